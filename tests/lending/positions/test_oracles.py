"""Prices that loans believe: check values of J3, and what averages, medians and caps do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool, WeightedPool, arbitrage_outside
from defi_lib.lending import believed_price, capped_rate, move_price, spike_for_average
from tests.support.contracts import assert_refuses

POOL = ConstantProductPool((1_000.0, 1e6), 0.0)


@pytest.mark.parametrize(("factor", "cost"), [(1.1, 2_271.44), (2.0, 121_320.34), (1.0, 0.0)])
def test_check_values(factor, cost):
    move = move_price(POOL, factor)
    assert move.cost == pytest.approx(cost, abs=0.005)
    assert move.capital == pytest.approx(1e6 * (factor**0.5 - 1))


@given(factor=st.floats(1.0, 1e4), fee=st.floats(0.0, 0.1))
@settings(max_examples=50, deadline=None)
def test_what_the_attacker_loses_the_arbitrageur_and_the_fees_gain(factor, fee):
    pool = ConstantProductPool((1_000.0, 1e6), fee)
    move = move_price(pool, factor)
    back = arbitrage_outside(move.bought.pool, pool.price())
    kept = [r1 - r0 for r0, r1 in zip(pool.reserves, back.pool.reserves, strict=True)]
    worth = kept[0] * pool.price() + kept[1]
    assert move.cost == pytest.approx(back.profit + worth, rel=1e-6, abs=1e-3)
    assert move.bought.pool.price() == pytest.approx(factor * pool.price(), rel=1e-9)


def test_a_fee_and_a_pool_of_another_kind_make_it_dearer_or_cheaper():
    assert move_price(POOL.with_fee(0.003), 2.0).cost > move_price(POOL, 2.0).cost
    lopsided = WeightedPool((1_000.0, 250_000.0), (0.8, 0.2), 0.0)
    assert lopsided.price() == pytest.approx(1_000.0)
    assert move_price(lopsided, 1.1).cost < move_price(POOL, 1.1).cost


def test_arrays_agree_with_single_moves():
    factors = np.array([1.0, 1.5, 30.0])
    together = move_price(POOL, factors)
    assert together.cost.tolist() == [move_price(POOL, float(factor)).cost for factor in factors]


def test_an_average_over_n_blocks_asks_for_a_spike_n_times_as_far():
    assert spike_for_average(3.0, 1) == 3.0 and spike_for_average(3.0, 10) == 21.0
    prices = np.ones(10)
    prices[4] = spike_for_average(3.0, 10)
    assert prices.mean() == pytest.approx(3.0)


def test_one_of_three_sources_moves_nothing_two_move_all():
    assert believed_price([100.0, 101.0, 900.0]) == 101.0
    assert believed_price([100.0, 899.0, 900.0]) == 899.0
    assert believed_price(np.array([[1.0, 2.0], [1.0, 4.0], [5.0, 9.0]])).tolist() == [1.0, 4.0]


def test_a_cap_that_is_out_of_step_gives_too_low_a_rate():
    """March 2026: the snapshot could rise by 3 % only, its age was that of the higher one."""
    true = 1.2285
    assert capped_rate(true, 1.2282, 0.0968, 7 / 365) == true
    assert capped_rate(true, 1.1572 * 1.03, 0.0968, 7 / 365) == pytest.approx(1.1941, abs=2e-4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: move_price(POOL, 0.9), r"factor = 0\.9"),
        (lambda: spike_for_average(0.5, 3), r"factor = 0\.5"),
        (lambda: spike_for_average(2.0, 0.5), r"blocks = 0\.5"),
        (lambda: spike_for_average(1e200, 1e200), "factor of the spike = inf"),
        (lambda: believed_price([]), "prices"),
        (lambda: believed_price([1.0, -1.0]), "prices"),
        (lambda: capped_rate(0.0, 1.0, 0.1, 0.0), r"rate = 0 "),
        (lambda: capped_rate(1.0, 1.0, -0.1, 0.0), r"growth = -0\.1"),
    ],
)
def test_what_makes_no_sense_is_refused(call, message):
    assert_refuses(call, message)
