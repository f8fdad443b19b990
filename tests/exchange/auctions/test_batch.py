import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool, WeightedPool, second_best_shortfall, settle_batch
from defi_lib.ledger import Ledger

POOL = ConstantProductPool((1_000.0, 2e6))
amounts = st.floats(1e-6, 1e4)
fees = st.floats(0.0, 0.1)


def totals(batch):
    return [sum(each) for each in batch.orders], [sum(each) for each in batch.received]


def test_by_hand_without_fee():
    # 100 against 50 in a pool of 100 and 100: p = (100 + 50)/(100 + 100); a third of the hundred goes to the pool.
    batch = settle_batch(ConstantProductPool((100.0, 100.0), 0.0), [60.0, 40.0], [50.0])
    assert batch.price == pytest.approx(0.75)
    assert batch.received[0] == pytest.approx((45.0, 30.0)) and batch.received[1] == pytest.approx((200 / 3,))
    assert batch.swaps[0].amount_in == pytest.approx(100 / 3) and batch.matched == pytest.approx(200 / 3)


@given(x=amounts, y=amounts, fee=fees, a=st.floats(0, 1e4), b=st.floats(0, 1e4))
@settings(max_examples=200, deadline=None)
def test_what_goes_in_comes_out_and_the_pool_keeps_its_promise(x, y, fee, a, b):
    pool = ConstantProductPool((x, y), fee)
    batch = settle_batch(pool, [a], [b])
    (in_0, in_1), (out_1, out_0) = totals(batch)
    after_0, after_1 = batch.pool.reserves
    assert in_0 + x == pytest.approx(out_0 + after_0, rel=1e-9)
    assert in_1 + y == pytest.approx(out_1 + after_1, rel=1e-9)
    assert after_0 * after_1 >= x * y * (1 - 1e-12)
    assert min(swap.amount_in for swap in batch.swaps) == 0
    # The average price is one that a trader of the rest alone would get: between the pool's after fee and before.
    assert (1 - fee) * min(y / x, after_1 / after_0) * (1 - 1e-9) <= batch.price
    assert batch.price <= max(y / x, after_1 / after_0) / (1 - fee) * (1 + 1e-9)


@given(a=amounts, split=st.floats(0.01, 0.99), b=st.floats(0, 1e4))
@settings(max_examples=100, deadline=None)
def test_order_and_splitting_mean_nothing(a, split, b):
    whole, parts = settle_batch(POOL, [a, 3.0], [b]), settle_batch(POOL, [3.0, a * split, a - a * split], [b])
    assert whole.price == pytest.approx(parts.price, rel=1e-12)
    assert whole.received[0][0] == pytest.approx(parts.received[0][1] + parts.received[0][2], rel=1e-9)


@given(victim=st.floats(1.0, 1e5), attack=st.floats(1.0, 1e3))
@settings(max_examples=100, deadline=None)
def test_no_order_of_a_batch_can_be_sandwiched(victim, attack):
    """Who buys and sells the same in one batch moves no price, takes nothing from anybody, and earns nothing."""
    alone = settle_batch(POOL, [], [victim])
    batch = settle_batch(POOL, [attack], [victim, attack * alone.price])
    assert batch.price == pytest.approx(alone.price, rel=1e-12)
    assert batch.received[1][0] == pytest.approx(alone.received[1][0], rel=1e-12)
    assert batch.received[1][1] == pytest.approx(attack, rel=1e-12)
    assert batch.received[0][0] == pytest.approx(attack * alone.price, rel=1e-12)


@pytest.mark.parametrize("margin", [0.0, 0.25])
def test_one_order_alone_gets_what_a_swap_gives_less_the_margin(margin):
    for side in (0, 1):
        swap = POOL.swap_exact_in(7.0, side, 1 - side)
        orders = ([7.0], []) if side == 0 else ([], [7.0])
        batch = settle_batch(POOL, *orders, margin=margin)
        assert batch.received[side][0] == pytest.approx((1 - margin) * swap.amount_out, rel=1e-12)
        assert batch.margins[side][0] == pytest.approx(margin * swap.amount_out, rel=1e-12)
        assert batch.pool.reserves == pytest.approx(swap.pool.reserves)


def test_equals_meet_without_the_pool_and_an_empty_batch_does_nothing():
    even = settle_batch(POOL, [10.0], [20_000.0])
    assert even.price == 2_000.0 and even.pool.reserves == POOL.reserves and even.matched == 10.0
    nothing = settle_batch(POOL, [], [])
    assert nothing.price == 2_000.0 and nothing.pool.reserves == POOL.reserves and nothing.transfers() == ()


def test_the_price_does_not_jump_at_the_edges_of_what_meets_without_the_pool():
    for edge in (10.0 * 2_000 * 0.997, 10.0 * 2_000 / 0.997):
        prices = [settle_batch(POOL, [10.0], [edge * (1 + step)]).price for step in (-1e-9, 0.0, 1e-9)]
        assert prices == pytest.approx([edge / 10.0] * 3, rel=1e-8)


def test_arrays_are_scenarios():
    batch = settle_batch(POOL, [np.array([1.0, 30.0])], [20_000.0, np.array([0.0, 10.0])], margin=0.01)
    for k in (0, 1):
        single = settle_batch(POOL, [[1.0, 30.0][k]], [20_000.0, [0.0, 10.0][k]], margin=0.01)
        assert batch.price[k] == pytest.approx(single.price)
        assert batch.received[1][0][k] == pytest.approx(single.received[1][0])


def test_the_settlement_keeps_nothing_and_the_solver_his_margin():
    batch = settle_batch(POOL, [10.0], [40_000.0, 2_000.0], margin=0.01)
    names = {"ann": "s", "bob": "b", "cy": "b", "pool": "p", "solver": "v", "settlement": "c"}
    ledger = Ledger(names)
    ledger.book(batch, sellers=["ann"], buyers=["bob", "cy"])
    ledger.check_conserved()
    ledger.reconcile("settlement", {"ETH": 0.0, "USD": 0.0})
    ledger.reconcile("solver", {"USD": batch.margins[0][0], "ETH": sum(batch.margins[1])})


def test_refuses():
    with pytest.raises(ValueError, match=r"sold_0\[1\] = -1"):
        settle_batch(POOL, [1.0, -1.0], [])
    with pytest.raises(ValueError, match="margin = 1"):
        settle_batch(POOL, [1.0], [], margin=1.0)
    with pytest.raises(ValueError, match="pool is a WeightedPool"):
        settle_batch(WeightedPool((1.0, 1.0), (0.8, 0.2)), [1.0], [])
    with pytest.raises(ValueError, match="sellers has 2 names"):
        settle_batch(POOL, [1.0], []).transfers(sellers=["a", "b"])
    with pytest.raises(ValueError, match=r"bidders = 0\.5: allowed is 1 or more"):
        second_best_shortfall(0.5)


def test_the_second_best_bid_as_drawn():
    rng = np.random.default_rng(5)
    for count in (2, 5, 12):
        second = np.sort(rng.random((40_000, count)), axis=1)[:, -2].mean()
        assert 1 - second == pytest.approx(second_best_shortfall(count), abs=0.005)
