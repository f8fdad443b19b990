import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import (
    ConstantProductPool,
    WeightedPool,
    arbitrage_along,
    kept_by_rivals,
    trade_batches,
    trade_blocks,
)
from defi_lib.ledger import Ledger, who_profits

POOL = ConstantProductPool((1_000.0, 2e6))
EVEN = ConstantProductPool((100.0, 100.0), fee=0.0)
fees = st.sampled_from([0.0, 0.0005, 0.003, 0.1])
paths = st.lists(st.floats(100.0, 40_000.0), min_size=1, max_size=12)


def ways(pool, prices, orders, gas):
    yield trade_blocks(pool, prices, orders, gas, bid=0.6)
    yield trade_batches(pool, prices, orders, 3.0, gas)


def orders_for(prices, seed):
    return np.random.default_rng(seed).uniform(-1e5, 1e5, len(prices)).tolist()


@given(prices=paths, fee=fees, seed=st.integers(0, 99), gas=st.floats(0.0, 1e4))
@settings(max_examples=100, deadline=None)
def test_every_dollar_is_booked(prices, fee, seed, gas):
    pool = ConstantProductPool((1_000.0, 2e6), fee)
    for run in ways(pool, prices, orders_for(prices, seed), gas):
        (x, y), blocks = run.pool.reserves, len(prices)
        assert x * prices[-1] + y - 4e6 == pytest.approx(run.held + run.net, rel=1e-9, abs=1e-4)
        assert x * y >= 2e9 * (1 - 1e-12) and run.blocks == blocks and run.trades <= blocks
        assert run.taken >= run.gas == pytest.approx(run.trades * gas)
        assert run.fees == pytest.approx(fee * sum(map(abs, orders_for(prices, seed))))


@given(prices=paths, fee=fees)
@settings(max_examples=100, deadline=None)
def test_without_passers_by_and_gas_it_is_the_known_arbitrage(prices, fee):
    pool = ConstantProductPool((1_000.0, 2e6), fee)
    run, known = trade_blocks(pool, prices, [0.0] * len(prices)), arbitrage_along(pool, prices)
    assert run.pool.reserves == pytest.approx(known.pool.reserves, rel=1e-9)
    assert run.taken == pytest.approx(known.arbitrage_profit, rel=1e-6, abs=1e-3)
    assert run.arbitrage_fees == pytest.approx(known.fee_income, rel=1e-6, abs=1e-3)


def test_by_hand_one_block():
    # Outside four times as dear: without a fee 100 dollars buy half of the coins, worth 200.
    run = trade_blocks(EVEN, [4.0], [0.0], gas=30.0, bid=0.5)
    assert run.pool.reserves == pytest.approx((50.0, 200.0))
    assert (run.trades, run.taken, run.gas, run.bids) == pytest.approx((1.0, 100.0, 30.0, 35.0))
    assert trade_blocks(EVEN, [4.0], [0.0], gas=100.0).trades == 0  # it would bring no more than it costs


def test_by_hand_the_price_at_the_end():
    # 25 coins sold in a pool of 100 and 100: p = 100/(100 + 2·25) = 2/3, also for who sells them.
    run = trade_batches(EVEN, [2 / 3], [-25 * 2 / 3], 5.0)
    assert run.pool.reserves == pytest.approx((125.0, 100 - 25 * 2 / 3))
    assert run.pool.price() == pytest.approx(2 / 3) and run.trades == 0 and run.impact == pytest.approx(0)
    # Alone against a price of 1/4, one arbitrageur sells 50 at 1/2; many sell until it is 1/4.
    assert trade_batches(EVEN, [0.25], [0.0], 1.0).taken == pytest.approx(12.5)
    crowd = trade_batches(EVEN, [0.25], [0.0], 1e9)
    assert crowd.pool.price() == pytest.approx(0.25) and crowd.taken == pytest.approx(0, abs=1e-6)


@given(price=st.floats(0.2, 5.0), order=st.floats(-20.0, 20.0), fee=fees, rivals=st.floats(1.0, 20.0))
@settings(max_examples=100, deadline=None)
def test_both_tokens_are_treated_alike(price, order, fee, rivals):
    one = trade_batches(ConstantProductPool((100.0, 100.0), fee), [price], [order], rivals)
    # In the other token: the price turned round, the order's value at it, and buying is selling.
    other = trade_batches(ConstantProductPool((100.0, 100.0), fee), [1 / price], [-order / price], rivals)
    assert one.pool.reserves == pytest.approx(other.pool.reserves[::-1], rel=1e-9)
    assert one.taken == pytest.approx(other.taken * price, rel=1e-6, abs=1e-6)


def test_nobody_gains_by_selling_a_little_more_or_less():
    """Cournot: with what the other two do, the third's amount is the best one."""
    price, fee, rivals = 0.6, 0.01, 3
    pool = ConstantProductPool((100.0, 100.0), fee)
    run = trade_batches(pool, [price], [0.0], rivals)
    each = (run.pool.reserves[0] - 100) / rivals

    def gain(mine):
        end = 100 / (100 + 2 * (1 - fee) * (2 * each + mine))
        return mine * ((1 - fee) * end - price)

    assert gain(each) * rivals == pytest.approx(run.taken)
    assert gain(each) > max(gain(each * 1.01), gain(each * 0.99))


@pytest.mark.parametrize("rivals", [1.0, 3.0, 10.0])
def test_rivals_keep_two_parts_of_two_more_than_they_are(rivals):
    steps = 0.78 / np.sqrt(365 * 7_200) * np.random.default_rng(2).standard_normal((2_000, 512))
    pool = ConstantProductPool((5_000.0, 1e7), 0.0)
    run = trade_batches(pool, 2_000 * np.exp(np.cumsum(steps, 0)), np.zeros((2_000, 1)), rivals)
    lost = 0.78**2 / 8 * 20e6 * 2_000 / (365 * 7_200)
    assert np.mean(run.taken) / lost == pytest.approx(kept_by_rivals(rivals), rel=0.03)


def test_bids_move_from_the_block_to_the_pool_and_nothing_else_does():
    run = trade_blocks(POOL, [2_100.0, 2_000.0], [5_000.0, -5_000.0], gas=3.0, bid=0.6)
    roles = {name: name for name in ("passers-by", "providers", "arbitrageurs", "block producers", "network")}
    ordinary, auctioned = Ledger(roles), Ledger(roles)
    ordinary.book(run)
    auctioned.book(run, paid_for_first="providers")
    before, after = (who_profits(ledger)["total"] for ledger in (ordinary, auctioned))
    assert (
        after["providers"] - before["providers"] == pytest.approx(run.bids) == pytest.approx(before["block producers"])
    )
    assert after["arbitrageurs"] == pytest.approx((run.taken - 6.0) * 0.4) == pytest.approx(before["arbitrageurs"])
    assert before["providers"] == pytest.approx(run.net)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: trade_blocks(POOL, [2_000.0, -1.0], [0.0, 0.0]), r"prices\[1\] = -1"),
        (lambda: trade_blocks(POOL, [2_000.0], [np.nan]), r"orders\[0\] = nan"),
        (lambda: trade_blocks(POOL, [2_000.0, 2_100.0], [0.0]), "shorter"),
        (lambda: trade_blocks(POOL, [2_000.0], [0.0], bid=1.1), "bid = 1.1"),
        (lambda: trade_blocks(POOL, [2_000.0], [0.0], gas=-1.0), "gas = -1"),
        (lambda: trade_batches(POOL, [2_000.0], [0.0], 0.5), "rivals = 0.5"),
        (lambda: trade_batches(WeightedPool((1.0, 1.0), (0.8, 0.2)), [1.0], [0.0], 2.0), "pool is a WeightedPool"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
