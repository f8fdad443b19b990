"""Closed forms for a constant product refuse pools for which they are wrong; what is general takes every pool."""

import numpy as np
import pytest

from defi_lib.exchange import (
    ConstantProductPool,
    Hop,
    OrderBook,
    StableSwapPool,
    WeightedPool,
    arbitrage_between,
    arbitrage_cycle,
    arbitrage_outside,
    best_front_run,
    deterring_tolerance,
    max_front_run,
    optimal_split,
    sandwich_attack,
    sandwich_profit,
    split_any,
    split_trade,
)
from defi_lib.lending import pool_cascade, sale_for_fall
from defi_lib.rewards import cash_game, simulate_farm

PRODUCT = ConstantProductPool((1000.0, 2e6))
WEIGHTED = WeightedPool((8000.0, 4e6), (0.8, 0.2))


class RisingFee(ConstantProductPool):
    """Its fee is 0.3 % at first and grows with what was sold to it."""

    @property
    def fee(self):
        return np.maximum(0.003, 0.003 * self.reserves[0] / 1000)


class TakesAll(ConstantProductPool):
    """It pays nothing."""

    def swap_exact_in(self, amount_in, token_in=0, token_out=1):
        return super().swap_exact_in(amount_in, token_in, token_out)._replace(amount_out=0.0)


OTHERS = [WEIGHTED, StableSwapPool((1e3, 1e3), 100.0), OrderBook.around(2000.0, 0.001, 1e6), TakesAll((1.0, 1.0))]
ONCE = {
    "cycle": lambda pool: arbitrage_cycle((Hop(PRODUCT), Hop(pool, 1, 0))),
    "between": lambda pool: arbitrage_between(pool, PRODUCT),
    "split": lambda pool: split_trade((PRODUCT, pool), 1.0),
    "optimal split": lambda pool: optimal_split((pool, PRODUCT), 1.0),
    "mirror": OrderBook.mirror,
}
TWICE = {
    "attack": lambda pool: sandwich_attack(pool, 10.0, 0.01),
    "profit": lambda pool: sandwich_profit(pool, 10.0, 1.0),
    "best": lambda pool: best_front_run(pool, 10.0, 0.01),
    "largest": lambda pool: max_front_run(pool, 10.0, 0.01),
    "deterring": lambda pool: deterring_tolerance(pool, 10.0, 1.0),
}


@pytest.mark.parametrize("call", (ONCE | TWICE).values(), ids=(ONCE | TWICE).keys())
@pytest.mark.parametrize("pool", OTHERS, ids=lambda pool: type(pool).__name__)
def test_closed_forms_name_the_pool_that_they_refuse(call, pool):
    with pytest.raises(ValueError, match=rf"pools?(\[\d\])? is a {type(pool).__name__}.*allowed is"):
        call(pool)


@pytest.mark.parametrize("call", TWICE.values(), ids=TWICE.keys())
def test_a_fee_that_moves_with_the_trades_is_refused_where_they_follow_each_other(call):
    with pytest.raises(ValueError, match="pool is a RisingFee with its own fee"):
        call(RisingFee((1000.0, 2e6)))


def test_a_fee_of_the_pools_own_is_used_where_each_pool_trades_once():
    moved, twin = RisingFee((1000.0, 2e6)), ConstantProductPool((1000.0, 2e6), 0.003)
    assert split_trade((moved, PRODUCT), 10.0).amount_out == split_trade((twin, PRODUCT), 10.0).amount_out
    assert (
        arbitrage_outside(moved, 2100.0).profit
        == arbitrage_outside(twin, 2100.0).profit
        == pytest.approx(1075.71, rel=1e-5)
    )
    other = ConstantProductPool((1000.0, 2.1e6))
    assert arbitrage_between(other, moved)[0].profit == arbitrage_between(other, twin)[0].profit > 0


def test_the_values_of_a_review():
    found = arbitrage_outside(WEIGHTED, 2100.0)
    assert found.profit == found.bought.amount_out * 2100.0 - found.bought.amount_in
    assert found.profit == pytest.approx(3458.0842855, rel=1e-9)
    amounts = np.linspace(0.0, 4e5, 400_001)
    assert np.max(WEIGHTED.swap_exact_in(amounts, 1, 0).amount_out * 2100.0 - amounts) == pytest.approx(found.profit)


@pytest.mark.parametrize("fall", [0.0, 1e-6, 0.01, 0.05])
def test_a_sale_for_a_fall_is_right_for_other_pools(fall):
    for pool in (WEIGHTED, RisingFee((1000.0, 2e6))):
        assert pool.swap_exact_in(sale_for_fall(pool, fall)).price_after == pytest.approx(pool.price() * (1 - fall))


def test_what_only_swaps_takes_every_pool():
    cascade = pool_cascade(WEIGHTED, 100.0, np.array([10.0]), np.array([15_900.0]), 0.8)
    assert cascade.waves and cascade.pool.invariant > WEIGHTED.invariant
    assert cash_game(WEIGHTED, 10.0).shape == (2, 2)
    farm = simulate_farm(np.full(5, 3.0), WEIGHTED, 1e6, 0.05)
    assert farm.proceeds.sum() == pytest.approx(4e6 - farm.pool.reserves[1])
    assert split_any((PRODUCT, WEIGHTED), 10.0).saving > 0
