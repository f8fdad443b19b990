"""What every pool promises (``Pool``), tried on every kind of pool."""

import numpy as np
import pytest

from defi_lib.exchange import ConstantProductPool

POOLS = {
    "constant product": ConstantProductPool((1000.0, 2e6), 0.003),
}
KINDS = pytest.mark.parametrize("pool", POOLS.values(), ids=POOLS.keys())


@KINDS
@pytest.mark.parametrize("factor", [0.95, 0.999, 1.0, 1.001, 1.05])
def test_a_trade_to_a_price_ends_there(pool, factor):
    price = pool.price() * factor
    bought, sold = pool.trade_to(price)
    assert (bought.token_in, bought.token_out, sold.token_in, sold.token_out) == (1, 0, 0, 1)
    assert sold.before is bought.pool
    assert sold.pool.price() == pytest.approx(price, rel=1e-12)
    assert (bought.amount_in > 0, sold.amount_in > 0) == (factor > 1, factor < 1)


@KINDS
@pytest.mark.parametrize("factor", [0.95, 1.05])
def test_after_fee_the_last_bit_of_the_trade_costs_the_price(pool, factor):
    price = pool.price() * factor
    swaps = pool.trade_to(price, after_fee=True)
    (trade,) = (swap for swap in swaps if swap.amount_in > 0)
    less = pool.swap_exact_in(trade.amount_in * (1 - 1e-6), trade.token_in, trade.token_out)
    last = (trade.amount_out - less.amount_out) / (trade.amount_in - less.amount_in)
    assert last == pytest.approx(price if trade.token_in == 0 else 1 / price, rel=1e-6)


@KINDS
def test_within_the_band_nothing_is_traded_after_fee(pool):
    for price in pool.price() * (1 + 0.99 * pool.fee * np.array([-1.0, 0.0, 1.0])):
        assert [swap.amount_in for swap in pool.trade_to(price, after_fee=True)] == [0.0, 0.0]


@KINDS
def test_prices_of_scenarios_are_reached_one_by_one(pool):
    prices = pool.price() * np.array([0.97, 1.0, 1.02])
    for after_fee in (False, True):
        together = pool.trade_to(prices, after_fee=after_fee)
        for i, price in enumerate(prices.tolist()):
            for swap, alone in zip(together, pool.trade_to(price, after_fee=after_fee), strict=True):
                assert swap.amount_in[i] == pytest.approx(alone.amount_in, rel=1e-13)
                assert swap.amount_out[i] == pytest.approx(alone.amount_out, rel=1e-13)


@KINDS
@pytest.mark.parametrize("price", [0.0, -1.0, np.nan, np.inf])
def test_a_price_that_is_none_is_refused(pool, price):
    with pytest.raises(ValueError, match="price = "):
        pool.trade_to(price)
