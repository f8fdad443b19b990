"""A household's savings in money and coins: by hand, by lot, on finer grids."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.economy import chance_below, draw_lowest
from defi_lib.probability import normal_below

LIFE = dict(bill=0.5, chance=0.3)


def test_a_single_month_is_a_lognormal_price():
    # 1 in money, 1 in coins, 1.5 needed: the price must not end below a half.
    sigma = 0.8 / np.sqrt(12)
    edge = (np.log(0.5) + sigma**2 / 2) / sigma
    found = chance_below(2.0, 0.5, 0.8, need=1.5, horizon=1)
    assert found == pytest.approx(float(normal_below(edge)), abs=2e-5)


def test_money_alone_by_hand():
    assert chance_below(2.0, 0.0, 0.8) == 0.0
    assert chance_below(1.0, 0.0, 0.8) == 0.0, "a month's costs are enough, exactly"
    assert chance_below(0.9, 0.0, 0.8) == 1.0
    assert chance_below(2.0, 0.0, 0.8, bill=1.2, chance=0.3) == pytest.approx(0.3)


def test_saving_lets_later_bills_be_paid():
    """A bill of 1.25 is too much after one and two months of saving a tenth: two twelfths of the year."""
    found = chance_below(2.0, 0.0, 0.0, bill=1.25, chance=0.3, saved=0.1)
    assert found == pytest.approx(1 - 0.7 ** (2 / 12))


def test_money_that_loses_worth():
    # 1.2 months, twelve monthly losses of 2 %: below 1 after ten (0.98^9 = 0.834, 0.98^10 = 0.817 of 1.2 is 0.98).
    loss = -12 * np.log(0.98)
    assert chance_below(1.2, 0.0, 0.0, inflation=loss, horizon=9) == 0.0
    assert chance_below(1.2, 0.0, 0.0, inflation=loss, horizon=10) == 1.0
    # What paid a bill would have lost as well: 3 - 1 in month 1 is 3·0.98 - 1 and loses from there.
    kept = (3 * 0.98 - 1) * 0.98**11
    for need, expected in ((kept - 1e-6, 0.0), (kept + 1e-6, 1.0)):
        found = chance_below(3.0, 0.0, 0.0, inflation=loss, bill=1.0, chance=1.0, need=need)
        assert found == pytest.approx(expected)


def test_coins_that_slide_without_moving_up_and_down():
    # 0.4 in money and 1.6 in coins at a quarter in the end: 0.8.
    assert chance_below(2.0, 0.8, 0.0, -0.75) == 1.0
    assert chance_below(2.0, 0.8, 0.0, -0.6) == 0.0  # 0.4 + 0.64
    assert chance_below(24.0, 0.8, 0.0, -0.75) == 0.0


CASES = [
    dict(months=2.0, part=0.5, volatility=0.8, **LIFE),
    dict(months=2.0, part=0.9, volatility=0.8, drift=0.2),
    dict(months=2.0, part=0.5, volatility=0.8, saved=0.05, inflation=0.5, **LIFE),
    dict(months=2.0, part=0.5, volatility=0.8, bill=1.5, chance=0.9, saved=0.1, drift=0.3, inflation=0.2),
    dict(months=24.0, part=1.0, volatility=1.05, drift=-0.5, bill=2.0, chance=0.5, horizon=24),
]


@pytest.mark.parametrize("case", CASES)
def test_as_by_lot(case):
    lowest = draw_lowest(200_000, np.random.default_rng(5), **case)
    by_lot = float((lowest < 1).mean())
    error = np.sqrt(by_lot * (1 - by_lot) / len(lowest)) + 1e-5
    assert chance_below(**case) == pytest.approx(by_lot, abs=4 * error + 1e-3)


@pytest.mark.parametrize("case", CASES)
def test_a_finer_grid_says_the_same(case):
    coarse, fine = (chance_below(**case, nodes=nodes) for nodes in (64, 512))
    assert coarse == pytest.approx(fine, abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.1, 30), st.floats(0, 1), st.floats(0.05, 1.5), st.floats(0, 3), st.floats(0, 1), st.floats(0, 0.3))
def test_it_is_a_chance_that_more_savings_lower(months, part, volatility, bill, chance, saved):
    life = dict(bill=bill, chance=chance, saved=saved)
    less, more = chance_below(months, part, volatility, **life), chance_below(1.2 * months, part, volatility, **life)
    assert 0 <= more <= less + 5e-3 and less <= 1
    assert chance_below(months, part, volatility, **life | {"saved": saved + 0.1}) <= less + 5e-3
    assert chance_below(months, 0.0, volatility, **life) == chance_below(months, part, 0.0, **life)


def test_many_worlds_at_once_say_what_each_says_alone():
    parts, bills = np.array([[0.0], [0.5], [1.0]]), np.array([0.0, 0.5, 1.2])
    together = chance_below(2.0, parts, 0.8, bill=bills, chance=0.3)
    alone = [[chance_below(2.0, float(p), 0.8, bill=float(b), chance=0.3) for b in bills] for p in parts[:, 0]]
    np.testing.assert_allclose(together, alone, atol=1e-12)


def test_tiny_and_huge_volatility():
    assert chance_below(2.0, 0.8, 1e-6) == pytest.approx(0.0, abs=1e-9)
    assert 0.5 < chance_below(2.0, 0.8, 5.0) <= 1.0
    assert chance_below(0.0, 0.5, 0.8) == 1.0


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"months": -1.0}, "months = -1"),
        ({"part": 1.5}, "part = 1.5"),
        ({"volatility": -0.1}, "volatility = -0.1"),
        ({"drift": -1.0}, "drift = -1"),
        ({"saved": -1.0}, "saved = -1"),
        ({"bill": -1.0}, "bill = -1"),
        ({"chance": 2.0}, "chance = 2"),
        ({"inflation": np.inf}, "inflation = inf"),
        ({"horizon": 0}, "horizon = 0"),
    ],
)
def test_errors(bad, message):
    good = dict(months=2.0, part=0.5, volatility=0.8)
    with pytest.raises(ValueError, match=message):
        chance_below(**good | bad)
    with pytest.raises(ValueError, match=message):
        draw_lowest(10, np.random.default_rng(1), **good | bad)


def test_errors_of_one_of_them():
    with pytest.raises(ValueError, match="need = -1"):
        chance_below(2.0, 0.5, 0.8, need=-1.0)
    with pytest.raises(ValueError, match="nodes = 8"):
        chance_below(2.0, 0.5, 0.8, nodes=8)
    with pytest.raises(ValueError, match="count = 0"):
        draw_lowest(0, np.random.default_rng(1), 2.0, 0.5, 0.8)
    with pytest.raises(ValueError, match=r"shapes|fit"):
        chance_below(np.ones(2), np.ones(3) * 0.5, 0.8)
