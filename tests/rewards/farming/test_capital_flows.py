from __future__ import annotations

import numpy as np
import pytest

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger import Ledger
from defi_lib.rewards import follow_yield, simulate_farm

POOL = ConstantProductPool((1e6, 1e6))


def test_capital_comes_until_yields_are_equal_and_leaves_when_rewards_stop():
    deep = ConstantProductPool((1e15, 1e15), 0.0)
    emission = np.where(np.arange(400) < 200, 1000.0, 0.0)
    run = simulate_farm(emission, deep, loyal=1e6, outside_yield=0.05, fees=200.0)
    assert run.nominal_yield[0] == pytest.approx(1200 * 365 / 1e6, rel=1e-9)
    assert run.nominal_yield[199] == pytest.approx(0.05, rel=1e-6)
    assert run.value_locked[199] == pytest.approx(1200 * 365 / 0.05, rel=1e-6)
    assert run.value_locked[399] == pytest.approx(200 * 365 / 0.05, rel=1e-6)
    assert np.all(np.diff(run.value_locked[:200]) >= 0)


def test_loyal_capital_stays_below_the_outside_yield():
    run = simulate_farm(0.0, POOL, loyal=1e6, outside_yield=0.05, mercenary=5e6, days=300)
    assert run.mercenary[0] == 5e6
    assert run.mercenary[1] == pytest.approx(5e6 * np.exp(-0.1), rel=1e-14)
    assert run.value_locked[-1] == pytest.approx(1e6, rel=1e-9)
    assert np.all(run.nominal_yield == 0)


def test_latecomers_earn_less():
    run = simulate_farm(5000.0, POOL, loyal=1e5, outside_yield=0.04, days=200)
    earned = [run.earned(day, 30) for day in range(0, 60, 10)]
    assert np.all(np.diff(earned) < 0)
    assert run.earned(0, 200) == pytest.approx(np.sum(run.nominal_yield) / 365, rel=1e-12)


def test_sales_press_the_price_and_buyers_hold_it():
    falling = simulate_farm(5000.0, POOL, 1e6, 0.05, days=100)
    held = simulate_farm(5000.0, POOL, 1e6, 0.05, sold=0.0, days=100)
    bought = simulate_farm(5000.0, POOL, 1e6, 0.05, demand=5000.0, days=100)
    assert np.all(np.diff(falling.price) < 0)
    assert np.all(held.price == 1.0)
    assert np.all(falling.price <= bought.price)


def test_every_dollar_farmers_get_comes_from_buyers_users_or_the_pool():
    run = simulate_farm(5000.0, POOL, 1e6, 0.05, fees=300.0, demand=1000.0, sold=0.7, days=50)
    ledger = Ledger({"farmers": "farmer", "users": "user", "buyers": "buyer", "pool": "pool"})
    ledger.open("pool", "reward token", POOL.reserves[0])
    ledger.open("pool", "USD", POOL.reserves[1])
    for day in range(50):
        ledger.book(run.transfers(day), time=day)
    ledger.check_conserved()
    ledger.reconcile("pool", {"reward token": run.pool.reserves[0], "USD": run.pool.reserves[1]})
    assert ledger.balance("farmers", "USD") == pytest.approx(np.sum(run.proceeds) + 50 * 300.0, rel=1e-12)
    assert ledger.supply("reward token") == pytest.approx(1e6 + 50 * 5000.0, rel=1e-12)


def test_scenarios_agree_with_single_runs():
    emission = np.linspace(5000.0, 0.0, 60)[:, np.newaxis] * np.array([1.0, 2.0, 0.0])
    depth = np.array([1e6, 1e7, 1e5])
    together = simulate_farm(emission, ConstantProductPool((depth, depth)), [1e5, 1e6, 1e7], 0.05, [0.0, 0.1, 5.0])
    for row, (loyal, speed) in enumerate([(1e5, 0.0), (1e6, 0.1), (1e7, 5.0)]):
        pool = ConstantProductPool((depth[row], depth[row]))
        alone = simulate_farm(emission[:, row], pool, loyal, 0.05, speed)
        np.testing.assert_allclose(together.value_locked[:, row], alone.value_locked, rtol=1e-14)
        np.testing.assert_allclose(together.nominal_yield[:, row], alone.nominal_yield, rtol=1e-14)


@pytest.mark.parametrize("scale", [1e-12, 1e12])
def test_tiny_and_huge_farms_are_alike(scale):
    usual = simulate_farm(5000.0, POOL, 1e6, 0.05, fees=10.0, days=30)
    pool = ConstantProductPool((1e6 * scale, 1e6 * scale))
    scaled = simulate_farm(5000.0 * scale, pool, 1e6 * scale, 0.05, fees=10.0 * scale, days=30)
    np.testing.assert_allclose(scaled.nominal_yield, usual.nominal_yield, rtol=1e-12)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (
            lambda: simulate_farm(-1.0, POOL, 1.0, 0.05, days=3),
            r"emission = -1 is outside the allowed range \[0, inf\)",
        ),
        (
            lambda: simulate_farm([1.0, 2.0], POOL, 1.0, 0.05, days=3),
            r"emission has 2 entries: allowed is one number, or 3",
        ),
        (lambda: simulate_farm(1.0, POOL, 0.0, 0.05, days=3), r"loyal = 0"),
        (lambda: simulate_farm(1.0, POOL, 1.0, 0.0, days=3), r"outside_yield = 0"),
        (lambda: simulate_farm(1.0, POOL, 1.0, 0.05, -1.0, days=3), r"speed = -1"),
        (lambda: simulate_farm(1.0, POOL, 1.0, 0.05, sold=2.0, days=3), r"sold = 2"),
        (lambda: simulate_farm(1.0, POOL, 1.0, 0.05, fees=[1.0], days=3), r"fees has 1 entries"),
        (lambda: simulate_farm(1.0, POOL, 1.0, 0.05, mercenary=-1.0, days=3), r"mercenary = -1"),
        (lambda: simulate_farm(1.0, POOL, 1.0, 0.05, days=0), r"days = 0"),
        (lambda: simulate_farm(1.0, POOL, [1.0, 2.0], [0.1, 0.1, 0.1], days=3), r"shapes do not fit together"),
        (lambda: simulate_farm(1.0, POOL, 1.0, 0.05, days=3).earned(1, 3), r"entry \+ days = 4 .* at most 3"),
        (lambda: simulate_farm(1.0, POOL, 1.0, 0.05, days=3).earned(-1, 3), r"entry = -1"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()


def test_deposits_follow_a_known_income_as_they_follow_a_farm():
    run = simulate_farm(5000.0, POOL, 1e6, 0.05, 0.07, fees=300.0, demand=1000.0, mercenary=2e5, days=80)
    income = run.nominal_yield * run.value_locked / 365
    deposits = follow_yield(income, 0.05, 0.07, loyal=1e6, mercenary=2e5)
    assert deposits == pytest.approx(run.value_locked, rel=1e-12)


def test_deposits_close_the_part_of_the_gap_that_speed_says():
    assert follow_yield(10.0, 0.0365, np.log(2), loyal=40_000.0, days=3) == pytest.approx([40_000, 70_000, 85_000])
    at_once = follow_yield([10.0, 10.0, 5.0, 0.0], 0.0365, [0.0, 50.0], loyal=40_000.0)
    assert at_once[:, 0] == pytest.approx([40_000.0] * 4)
    assert at_once[:, 1] == pytest.approx([40_000, 100_000, 100_000, 50_000])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"income": -1.0}, "income"),
        ({"outside_yield": 0.0}, "outside_yield"),
        ({"speed": -0.1}, "speed"),
        ({"loyal": 0.0}, "loyal"),
        ({"mercenary": -1.0}, "mercenary"),
        ({"days": 0}, "days"),
        ({"income": [1.0, 2.0], "days": 3}, "income has 2 entries"),
    ],
)
def test_what_following_refuses(change, message):
    with pytest.raises(ValueError, match=message):
        follow_yield(**{"income": 1.0, "outside_yield": 0.05, "days": 5, **change})
