import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool, PriceAccumulator, WeightedPool
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

GROUPS = ("balanced18", "weth_usdc")


def cumulative(state):
    return tuple(int(state[f"price{i}_cumulative_last"]) / 2**112 for i in (0, 1))


@pytest.mark.parametrize("group", GROUPS)
def test_contract(group):
    """The sums of the contract, step by step and from the first step to the last."""
    steps = [case for case in cases("uniswap_v2") if case["group"] == group and not case["outputs"].get("reverted")]
    first, *steps = sorted(steps, key=lambda case: int(case["seq"]))
    last = whole = PriceAccumulator(float(first["state_after"]["block_timestamp"]))
    for case in steps:
        before, after = case["state_before"], case["state_after"]
        pool = ConstantProductPool((float(before["reserve0"]), float(before["reserve1"])))
        time = float(after["block_timestamp"])
        if case["op"] != "quote":
            step = PriceAccumulator(last.time, cumulative(before)).after(pool, time)
            assert step.cumulative == pytest.approx(cumulative(after), rel=1e-14)
            last, whole = step, whole.after(pool, time)
    assert whole.cumulative == pytest.approx(cumulative(steps[-1]["state_after"]), rel=1e-13)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(0.1, 10.0), st.floats(1e-3, 1e3)), min_size=1, max_size=6))
def test_the_average_weighs_each_price_by_its_time(steps):
    start = now = PriceAccumulator(5.0, (3.0, 4.0))
    for elapsed, price in steps:
        now = now.after(ConstantProductPool((1.0, price)), now.time + elapsed)
    times, prices = np.array(steps).T
    assert now.average_since(start) == pytest.approx(np.average(prices, weights=times), rel=1e-9)
    assert now.average_since(start, 1) == pytest.approx(np.average(1 / prices, weights=times), rel=1e-9)
    # The mean of inverses is not the inverse of the mean.
    assert 1 / now.average_since(start, 1) <= now.average_since(start) * (1 + 1e-9)


def test_a_price_moved_for_a_moment_hardly_moves_the_average():
    pool = ConstantProductPool((1000.0, 2e6), 0.0)
    attack = pool.swap_exact_in(2e6, 1, 0)
    start = PriceAccumulator(0.0)
    now = start.after(attack.before, 1788.0).after(attack.pool, 1800.0)
    assert attack.pool.price() == 8000.0 and now.average_since(start) == pytest.approx(2000 + 6000 * 12 / 1800)
    # Within one moment nothing is added, however the price moves.
    assert start.after(attack.pool, 0.0).cumulative == (0.0, 0.0)


def test_scenarios_and_other_pools():
    pools = WeightedPool((np.array([1.0, 2.0]), 4.0), (0.5, 0.5))
    now = PriceAccumulator().after(pools, 3.0)
    assert now.average_since(PriceAccumulator()) == pytest.approx([4.0, 2.0])
    assert pickle.loads(pickle.dumps(PriceAccumulator(1.0, (2.0, 3.0)))) == PriceAccumulator(1.0, (2.0, 3.0))
    times = np.array([1.0, 2.0])
    kept = PriceAccumulator(times)
    times[0] = 9.0
    assert kept.time.tolist() == [1.0, 2.0]


POOL, LATER = ConstantProductPool((1.0, 1.0)), PriceAccumulator(5.0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: PriceAccumulator(np.nan), "time = nan"),
        (lambda: PriceAccumulator(0.0, (0.0, -1.0)), r"cumulative\[1\] = -1"),
        (lambda: PriceAccumulator(0.0, (0.0,)), "cumulative has 1 entries: allowed are exactly 2"),
        (lambda: LATER.after(POOL, 4.0), "time = 4 is not possible: allowed are times from"),
        (lambda: LATER.after(WeightedPool((1.0, 1.0, 1.0), (0.25, 0.25, 0.5)), 6.0), "pool has 3 tokens"),
        (lambda: LATER.average_since(LATER), r"earlier\.time = 5 is not possible"),
        (lambda: LATER.average_since(PriceAccumulator(), 2), "token = 2"),
        (
            lambda: LATER.after(POOL, np.full(3, 6.0)).after(ConstantProductPool((np.ones(2), 1.0)), 9.0),
            "shapes do not fit",
        ),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
