"""The rule decides what rings and invented rivals can do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import believed_price, expected_price, procure, sealed_asks
from tests.support.contracts import assert_broadcasts, assert_refuses

LOW, HIGH = 1.0, 3.5
RULES = ("second price", "first price", "pay as asked")


def drawn(sellers, seed=1, count=200_000):
    return np.random.default_rng(seed).uniform(LOW, HIGH, (count, sellers))


def prices(sellers, **options):
    return [procure(drawn(sellers), HIGH, rule, low=LOW, **options).price.mean() for rule in RULES]


def test_placebo_without_ring_and_fakes_all_rules_cost_the_same():
    for sellers in (2, 3, 8):
        assert prices(sellers) == pytest.approx([expected_price(sellers, 1, LOW, HIGH)] * 3, abs=0.006)
        assert prices(sellers, ring=1) == pytest.approx(prices(sellers), abs=1e-12), "a ring of one is none"


def test_invented_rivals_help_the_buyer_by_the_first_price_and_nobody_by_the_others():
    second, first, opened = prices(3, fakes=9)
    assert second == opened == pytest.approx(2.25, abs=0.006)
    assert first == pytest.approx(1.78, abs=0.006) and believed_price(3, 12, LOW, HIGH) == pytest.approx(1.78125)


def test_a_ring_hurts_the_buyer_by_every_rule():
    second, first, opened = prices(3, ring=2)
    assert second == opened == pytest.approx(expected_price(3, 2, LOW, HIGH), abs=0.006)
    assert first > prices(3)[1] + 0.05
    assert prices(3, ring=3) == pytest.approx([HIGH] * 3), "all in it: nobody competes"


@pytest.mark.parametrize(
    ("bidders", "ring", "fakes"), [(4, 2, 0), (5, 3, 4), (6, 5, 0), (10, 3, 8), (4, 4, 0), (4, 4, 3)]
)
def test_a_ring_among_invented_rivals_costs_what_the_formula_says(bidders, ring, fakes):
    award = procure(drawn(bidders, 4), HIGH, "first price", low=LOW, ring=ring, fakes=fakes)
    price = np.where(award.units, award.price, HIGH).mean()
    assert believed_price(bidders, bidders + fakes, LOW, HIGH, ring) == pytest.approx(price, abs=0.006)


@pytest.mark.parametrize(("bidders", "ring"), [(3, 2), (5, 2), (5, 4), (4, 1)])
def test_the_ring_can_do_no_better_than_its_ask(bidders, ring):
    others = np.sort(sealed_asks(drawn(bidders - ring, 2), bidders, LOW, HIGH).min(axis=1))
    tried = np.linspace(LOW, HIGH, 501)
    wins = 1 - np.searchsorted(others, tried) / others.size
    for cost in (1.0, 1.4, 2.2, 3.1):
        asked = sealed_asks(np.array([cost, *[HIGH] * (bidders - 1)]), bidders, LOW, HIGH, ring)[0]
        gains = (tried - cost) * wins
        assert (asked - cost) * (1 - np.searchsorted(others, asked) / others.size) >= gains.max() - 0.005


@given(st.integers(1, 6), st.integers(0, 6), st.integers(0, 9), st.integers(0, 10**6))
def test_nobody_sells_below_cost_or_above_the_reserve(sellers, ring, fakes, seed):
    costs = drawn(sellers, seed, 20)
    for rule in RULES:
        award = procure(costs, HIGH, rule, low=LOW, ring=min(ring, sellers), fakes=fakes)
        assert np.all(award.units == 1)
        assert np.all(award.paid[award.won] >= costs[award.won] - 1e-12) and np.all(award.cost <= HIGH + 1e-12)
        assert np.all(award.asks[award.won] <= award.paid[award.won] + 1e-12)


def test_by_hand_and_errors():
    open_asks = procure([1.0, 2.0, 3.0], 4.0, "pay as asked")
    assert open_asks.asks.tolist() == [2.0, 2.0, 3.0] and open_asks.paid.tolist() == [2.0, 0.0, 0.0]
    assert sealed_asks([1.0, 2.0, 3.0], 3, 0.0, 4.0, ring=2).tolist() == [2.5, 4.0, pytest.approx(10 / 3)]
    assert sealed_asks([0.0, 2.0, 3.0, 3.0, 3.0], 5, 0.0, 4.0, ring=2)[0] == pytest.approx(1.0)
    assert sealed_asks([0.0], 9, 0.0, 9.0).tolist() == [1.0]
    assert_broadcasts(lambda n, b: believed_price(n, b, 1.0, 3.5), np.array([1, 3]), np.array([12, 4]))
    assert_refuses(lambda: procure([1.0], 4.0, "third price"), "rule = 'third price'")
    assert_refuses(lambda: procure([], 4.0), "number of sellers = 0")
    assert_refuses(lambda: procure([1.0], 4.0, fakes=-1), "fakes = -1")
    assert_refuses(lambda: procure([1.0], 4.0, "first price", ring=2), "ring = 2")
    assert_refuses(lambda: procure([5.0], 4.0, "first price"), "cost = 5|cost.0. = 5")
    assert_refuses(lambda: sealed_asks([1.0, 2.0], 1, 0.0, 4.0), "believed = 1")
    assert_refuses(lambda: believed_price(0, 1), "bidders = 0")
    assert_refuses(lambda: believed_price(3, 3, ring=4), "ring = 4")
    assert_refuses(lambda: believed_price(3, 2, ring=2), "believed = 2")
    assert_refuses(lambda: believed_price(1, 1, 2.0, 1.0), "high = 1")
