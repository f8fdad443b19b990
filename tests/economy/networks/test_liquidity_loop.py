import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.economy import even_exponent, follow_fees, resting_points, trade_cost, trade_shares
from defi_lib.exchange import ConstantProductPool, split_trade
from tests.support.contracts import assert_broadcasts, assert_refuses


def test_cost_is_that_of_the_pool_and_of_its_formula():
    assert trade_cost(1e6, 1e4, 0.0) == pytest.approx(1 - 1 / 1.01)
    assert trade_cost(1e6, 1e-3, 0.003) == pytest.approx(0.003, abs=1e-8)
    assert trade_cost(1.0, 1e12) == pytest.approx(1.0)
    kept, small = 0.997, 0.997 * 2e4 / 3e6
    assert trade_cost(3e6, 2e4) == pytest.approx(1 - kept / (1 + small), rel=1e-12)
    assert_broadcasts(trade_cost, np.array([1e5, 1e6]), np.array([10.0, 1e4]), np.array([0.0, 0.003]))


def test_shares_by_hand_and_without_taste():
    first, second = trade_cost(2e6, 1e4), trade_cost(1e6, 1e4)
    odds = np.exp((second - first) / 0.005)
    assert trade_shares([2e6, 1e6], 1e4, 0.005) == pytest.approx([odds / (1 + odds), 1 / (1 + odds)])
    assert trade_shares([2e6, 1e6], 1e4, 0.0).tolist() == [1.0, 0.0]
    assert trade_shares([1e6, 1e6, 1.0], 1e4, 0.0) == pytest.approx([0.5, 0.5, 0.0])
    # small trades go where the fee is low, large ones where depth is
    assert trade_shares([1e7, 1e6], [1e3, 1e5], 0.0, fees=[0.003, 0.0005]) == pytest.approx([100 / 101, 1 / 101])


def test_shares_by_the_choices_of_many_traders():
    rng, taste, depths = np.random.default_rng(1), 0.004, np.array([2e6, 1e6, 5e5])
    costs = trade_cost(depths, 1e4) - taste * rng.gumbel(size=(200_000, 3))
    drawn = np.bincount(np.argmin(costs, axis=-1), minlength=3) / 200_000
    assert trade_shares(depths, 1e4, taste) == pytest.approx(drawn, abs=0.005)


def test_a_router_takes_the_best_split_and_goes_by_depth_where_fees_are_equal():
    depths = np.array([2e6, 1e6, 5e5])
    assert trade_shares(depths, [1e3, 1e6], 0.01, routed=1.0) == pytest.approx(depths / depths.sum(), rel=1e-9)
    pools = [ConstantProductPool((2e6, 2e6), 0.003), ConstantProductPool((1e6, 1e6), 0.0005)]
    split = np.array(split_trade(pools, 5e4).amounts_in) / 5e4
    assert trade_shares([2e6, 1e6], 5e4, 0.01, fees=[0.003, 0.0005], routed=1.0) == pytest.approx(split)
    alone = trade_shares([2e6, 1e6], 5e4, 0.01, fees=[0.003, 0.0005])
    mixed = trade_shares([2e6, 1e6], 5e4, 0.01, fees=[0.003, 0.0005], routed=0.25)
    assert mixed == pytest.approx(0.75 * alone + 0.25 * split)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(1e-3, 1e12), min_size=2, max_size=5),
    st.lists(st.floats(1e-3, 1e9), min_size=1, max_size=3),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_all_trade_goes_somewhere(depths, amounts, taste, routed):
    shares = trade_shares(depths, amounts, taste, routed=routed)
    assert np.all(shares >= 0) and np.sum(shares) == pytest.approx(1, rel=1e-9)


@pytest.mark.parametrize("depth", [1e4, 1e6, 1e8])
@pytest.mark.parametrize("taste", [0.001, 0.05, 0.6])
def test_the_exponent_is_the_slope_of_trade_over_depth(depth, taste):
    step = 1e-5
    one, two = trade_shares(depth * np.exp([step, -step]), 1e4, taste)
    assert np.log(one / two) / (2 * step) == pytest.approx(even_exponent(depth, 1e4, taste), rel=1e-4)
    middle = [point for point in resting_points(2 * depth, 1e4, taste) if point.share == 0.5]
    assert middle[0].exponent == pytest.approx(even_exponent(depth, 1e4, taste), rel=1e-4, abs=1e-9)
    assert middle[0].stable == (even_exponent(depth, 1e4, taste) < 1)


def test_the_exponent_at_its_edges():
    assert even_exponent(1e4, 1e4, 0.25, 0.0) == pytest.approx(1.0)  # a quarter over τ: the most there can be
    amounts = np.geomspace(1e-9, 1e20, 200)
    assert np.all(even_exponent(1e6, amounts, 0.2501, 0.0) < 1)
    assert_broadcasts(even_exponent, np.array([1e4, 1e9]), np.array([1.0, 1e4]), np.array([0.1, 0.01]), 0.003)
    assert even_exponent(1e-6, 1e20, 0.1) < 1e-20


def test_small_markets_tip_and_large_ones_have_room_for_two():
    small = resting_points(2e6, 1e4, 0.005)
    assert [(point.share, point.stable) for point in small] == [(0.0, True), (0.5, False), (1.0, True)]
    large = resting_points(8e6, 1e4, 0.005)
    assert [point.stable for point in large] == [True, False, True, False, True]
    assert large[1].share == pytest.approx(1 - large[3].share) and large[2].share == pytest.approx(0.5)
    for point in (large[1], large[3]):  # a share of trade that equals that of depth
        share = np.array([point.share, 1 - point.share])
        assert trade_shares(8e6 * share, 1e4, 0.005) == pytest.approx(share, rel=1e-9)


def test_points_of_rest_are_where_depth_goes():
    points = resting_points(8e6, 1e4, 0.005, fees=[0.003, 0.002])
    for low, point, high in zip((None, *points), points, (*points[1:], None), strict=False):
        if not point.stable:
            starts = 8e6 * np.array([point.share - 0.01, point.share + 0.01])
            run = follow_fees(
                np.stack([starts, 8e6 - starts], axis=-1), 1e4, 0.005, 1e6, 3_000, fees=[0.003, 0.002], speed=0.2
            )
            assert run.shares[-1, :, 0] == pytest.approx([low.share, high.share], abs=1e-6)
    assert [point.stable for point in points].count(False) >= 1


def test_routers_slow_the_loop_but_move_no_point_where_fees_are_equal():
    alone, routed = resting_points(8e6, 1e4, 0.005), resting_points(8e6, 1e4, 0.005, routed=0.8)
    assert [point.share for point in routed] == pytest.approx([point.share for point in alone], abs=1e-9)
    assert [point.stable for point in routed] == [point.stable for point in alone]
    middle = len(alone) // 2
    assert 1 - routed[middle].exponent == pytest.approx(0.2 * (1 - alone[middle].exponent), rel=1e-6)
    fast = follow_fees([1.1e6, 0.9e6], 1e4, 0.005, 1e6, 20)
    slow = follow_fees([1.1e6, 0.9e6], 1e4, 0.005, 1e6, 20, routed=0.8)
    assert 0.55 < slow.shares[-1, 0] < fast.shares[-1, 0]
    assert resting_points(8e6, 1e4, 0.005, routed=1.0) == ()


def test_without_taste_all_go_to_the_deeper():
    points = resting_points(2e6, 1e4, 0.0)
    assert [(point.share, point.stable) for point in points] == [(0.0, True), (0.5, False), (1.0, True)]
    assert points[1].exponent == np.inf and points[0].exponent == 0.0
    run = follow_fees([[1.01e6, 0.99e6], [1e6, 1e6]], 1e4, 0.0, 1e6, 5, speed=1.0)
    assert run.shares[-1] == pytest.approx(np.array([[1.0, 0.0], [0.5, 0.5]]), abs=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(1.0, 1e9), min_size=2, max_size=4),
    st.floats(1.0, 1e6),
    st.floats(0, 1),
    st.floats(0, 1),
    st.floats(0, 1),
)
def test_depth_and_fees_are_conserved(depths, amount, taste, routed, speed):
    run = follow_fees(depths, amount, taste, 5e6, 8, routed=routed, speed=speed)
    assert np.sum(run.depths, axis=-1) == pytest.approx(np.full(9, sum(depths)), rel=1e-9)
    assert np.sum(run.fees, axis=-1) == pytest.approx(np.full(8, 5e6 * 0.003), rel=1e-9)
    assert np.all(run.depths > 0)


def test_a_step_is_that_of_the_yields():
    fees = np.array([0.003, 0.001])
    run = follow_fees([3e6, 1e6], 1e4, 0.01, 1e6, 1, fees=fees, speed=0.25)
    earned = run.fees[0]
    assert earned == pytest.approx(1e6 * fees * trade_shares([3e6, 1e6], 1e4, 0.01, fees=fees))
    yields, mean = earned / np.array([3e6, 1e6]), earned.sum() / 4e6
    assert run.depths[1] == pytest.approx(np.array([3e6, 1e6]) * (1 + 0.25 * (yields / mean - 1)))
    still = follow_fees([3e6, 1e6], 1e4, 0.01, 1e6, 3, speed=0.0)
    assert still.depths == pytest.approx(np.tile([3e6, 1e6], (4, 1)))
    assert follow_fees([3e6, 1e6], 1e4, 0.01, 1e6, 0).fees.shape == (0, 2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: trade_cost(0.0, 1.0), "depth = 0"),
        (lambda: trade_cost(1.0, 0.0), "amount = 0"),
        (lambda: trade_cost(1.0, 1.0, 1.0), "fee = 1"),
        (lambda: trade_shares(1e6, 1.0, 0.1), "pools"),
        (lambda: trade_shares([1e6, -1.0], 1.0, 0.1), r"depths\[1\] = -1"),
        (lambda: trade_shares([1e6, 1e6], [1.0, 0.0], 0.1), r"amounts\[1\] = 0"),
        (lambda: trade_shares([1e6, 1e6], 1.0, -0.1), "taste = -0.1"),
        (lambda: trade_shares([1e6, 1e6], 1.0, 0.1, fees=[0.1, 0.1, 0.1]), "fees has shape"),
        (lambda: trade_shares([1e6, 1e6], 1.0, 0.1, routed=1.5), "routed = 1.5"),
        (lambda: even_exponent(1.0, 1.0, 0.0), "taste = 0"),
        (lambda: resting_points(0.0, 1.0, 0.1), "total = 0"),
        (lambda: resting_points(1.0, 1.0, 0.1, fees=0.0), "fees = 0"),
        (lambda: resting_points(1.0, 1.0, 0.1, fees=[0.1, 0.1, 0.1]), "fees has shape"),
        (lambda: follow_fees([1.0, 1.0], 1.0, 0.1, 0.0, 5), "volume = 0"),
        (lambda: follow_fees([1.0, 1.0], 1.0, 0.1, 1.0, -1), "steps = -1"),
        (lambda: follow_fees([1.0, 1.0], 1.0, 0.1, 1.0, 5, speed=1.1), "speed = 1.1"),
        (lambda: follow_fees([1.0, 1.0], 1.0, 0.1, 1.0, 5, fees=0.0), "fees = 0"),
    ],
)
def test_refusals(call, message):
    assert_refuses(call, message)
