import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import fill_block, next_base_fee, pay_for_gas, served_by_price, simulate_fee_market
from tests.support.contracts import assert_refuses


def test_the_highest_tips_get_in():
    block = fill_block([90, 100, 19, 25, 100], [5, 9, 19, 7, 1], [10, 10, 10, 10, 10], 20, 30)
    assert block.included.tolist() == [True, True, False, True, False]
    assert block.gas_used == 30
    assert (block.tips * 1e18).round().tolist() == [50, 90, 0, 50, 0]
    assert (block.burned * 1e18).round().tolist() == [200, 200, 0, 200, 0]


def test_the_first_that_does_not_fit_ends_the_block_and_equal_tips_keep_their_order():
    assert fill_block([9, 9, 9], [3, 2, 1], [10, 25, 5], 1, 30).included.tolist() == [True, False, False]
    assert fill_block([9, 9, 9], 3, 15, 1, 30).included.tolist() == [True, True, False]
    assert not fill_block([9, 9], 3, 31, 1, 30).included.any()


offers = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 30), st.integers(1, 20)), min_size=1, max_size=12)


@settings(max_examples=100)
@given(offers, st.integers(0, 50), st.integers(1, 60))
def test_blocks_are_fair_and_add_up(offers, base_fee, limit):
    max_fee, max_tip, gas = map(np.array, zip(*offers, strict=True))
    block = fill_block(max_fee, max_tip, gas, base_fee, limit)
    assert block.gas_used == gas[block.included].sum() <= limit
    assert np.all(max_fee[block.included] >= base_fee)
    assert np.all((block.burned + block.tips)[~block.included] == 0)
    tip = np.minimum(max_tip, max_fee - base_fee)
    willing = tip >= 0
    assert not block.included.any() or not (willing & ~block.included & (tip > tip[block.included].min())).any()
    for i in np.flatnonzero(block.included):
        alone = pay_for_gas(int(gas[i]), base_fee, int(max_fee[i]), int(max_tip[i]))
        assert (block.burned[i], block.tips[i]) == pytest.approx((alone.burned, alone.tip), rel=1e-14)


def test_scenarios_and_single_runs_agree():
    random = np.random.default_rng(5)
    max_fee = random.integers(0, 200, (20, 3, 40))
    gas = random.integers(1, 10, 40)
    path = simulate_fee_market(max_fee, 2, gas, np.array([10, 100, 1000]), 100)
    assert path.base_fee.shape == (21, 3)
    assert path.included.shape == path.tips.shape == (20, 3, 40)
    for scenario in range(3):
        alone = simulate_fee_market(max_fee[:, scenario], 2, gas, int(path.base_fee[0, scenario]), 100)
        for together, single in zip(path, alone, strict=True):
            assert np.array_equal(together[:, scenario], single)


def test_the_path_follows_the_rule_block_by_block():
    max_fee = np.random.default_rng(6).integers(0, 10**11, (30, 50))
    path = simulate_fee_market(max_fee, 10**9, 10**6, 10**10, 30_000_000)
    for block in range(30):
        want = next_base_fee(int(path.base_fee[block]), int(path.gas_used[block]), 30_000_000)
        assert path.base_fee[block + 1] == want


def test_in_a_rush_the_fee_rises_until_small_users_are_out():
    # 100 users, half of whom can pay 30 gwei and half 3,000; the block holds 60.
    willing = np.tile(np.r_[np.full(50, 30), np.full(50, 3000)] * 10**9, (120, 1))
    path = simulate_fee_market(willing, 2 * 10**9, 500_000, 10**9, 30_000_000)
    assert path.included[0].sum() == 60
    assert not path.included[-1, :50].any()
    # With 50 willing, 20 more than the target, the fee climbs to what the rich bear.
    assert path.base_fee[-1] > 30 * 10**9
    assert path.burned.sum() > 10 * path.tips.sum()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fill_block([-1], 1, 1, 1, 10), r"max_fee\[0\] = -1 is outside"),
        (lambda: fill_block([1], [1.5], 1, 1, 10), r"max_tip\[0\] = 1.5 is outside"),
        (lambda: fill_block([1], 1, 0, 1, 10), r"gas = 0 is outside the allowed range: whole numbers from 1"),
        (lambda: fill_block([1], 1, 1, -1, 10), r"base_fee = -1 is outside"),
        (lambda: fill_block([1], 1, 1, 1, 0), r"gas_limit = 0 is outside"),
        (lambda: fill_block([1, 2], [1, 2, 3], 1, 1, 10), r"shapes do not fit together"),
        (lambda: simulate_fee_market([1, 2], 1, 1, 1, 10), r"max_fee has shape \(2,\): allowed is \(blocks"),
        (lambda: simulate_fee_market(np.ones((0, 2), int), 1, 1, 1, 10), r"at least one block"),
        (
            lambda: simulate_fee_market([[1]], 1, 1, 1, 1),
            r"gas_limit = 1 is outside the allowed range: an integer >= 2",
        ),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)


def literal_market(max_fee, max_tip, gas, base_fee, limit, elasticity):
    """One scenario in Python's integers: the base fees, and the gas of each block."""
    fees, gas_used = [base_fee], []
    for block in max_fee:
        offers = [(min(max_tip, fee - base_fee), i) for i, fee in enumerate(block) if fee >= base_fee]
        used = 0
        for _, i in sorted(offers, key=lambda offer: (-offer[0], offer[1])):
            if used + gas[i] > limit:
                break
            used += gas[i]
        target = limit // elasticity
        if used > target:
            base_fee += max(base_fee * (used - target) // target // 8, 1)
        else:
            base_fee -= base_fee * (target - used) // target // 8
        fees.append(base_fee)
        gas_used.append(used)
    return fees, gas_used


@pytest.mark.parametrize(
    ("limit", "elasticity", "base_fee", "most"),
    [
        (30_000_000, 2, 10**9, 10**11),
        (6_000_000_000, 2, 10**9, 10**11),
        (2**50, 6, 10**9, 10**11),  # a layer 2 without a bound of its own
        (2**63 - 1, 2, 2**60, 2**70),
        (2**50, 2**40, 10**9, 2**200),
    ],
)
def test_markets_of_any_size_are_exact(limit, elasticity, base_fee, most):
    rng = np.random.default_rng(8)
    max_fee = [[int(rng.random() * most) for _ in range(20)] for _ in range(40)]
    gas = [int(limit * rng.uniform(0.01, 0.2)) for _ in range(20)]
    fees, used = literal_market(max_fee, 3, gas, base_fee, limit, elasticity)
    path = simulate_fee_market(np.array(max_fee, dtype=object), 3, gas, base_fee, limit, elasticity)
    assert path.base_fee.tolist() == fees
    assert path.gas_used.tolist() == used
    twice = np.repeat(np.array(max_fee, dtype=object)[:, np.newaxis], 2, axis=1)
    both = simulate_fee_market(twice, 3, gas, np.array([base_fee, 1], dtype=object), limit, elasticity)
    assert both.base_fee[:, 0].tolist() == fees
    assert path.burned.dtype == path.tips.dtype == np.float64
    assert np.all(np.isfinite(path.burned) & (path.burned >= 0) & (path.tips >= 0))


def test_gas_of_many_large_transactions_does_not_wrap():
    block = fill_block([9, 9, 9], [3, 2, 1], 2**62, 1, 2**63 - 1)
    assert block.included.tolist() == [True, False, False]


def test_a_gas_limit_beyond_the_clients_is_refused():
    for limit in (2**63, 0):
        with pytest.raises(ValueError, match="gas_limit"):
            fill_block([9], 1, 1, 1, limit)
        with pytest.raises(ValueError, match="gas_limit"):
            simulate_fee_market([[9]], 1, 1, 1, limit)


@pytest.mark.parametrize(("crowding", "link"), [(3, 0.0), (3, 0.5), (8, 0.85)])
def test_the_price_serves_whom_the_base_fee_serves_block_after_block(crowding, link):
    rng, blocks, many = np.random.default_rng(3), 160, 400
    amounts, others = rng.standard_normal((2, blocks, many))
    offers = np.exp(link * amounts + np.sqrt(1 - link**2) * others)
    wei = (offers * 1e9).astype(np.int64)
    start = int(np.quantile(wei, 1 - 1 / crowding))
    # The blocks aim at the room: the limit is twice that.
    market = simulate_fee_market(wei, np.minimum(wei, 1_000), 21_000, start, 2 * 21_000 * many // crowding)
    ranks = np.argsort(np.argsort(amounts[40:], axis=None)) / amounts[40:].size
    for low, high in ((0, 0.5), (0.9, 1)):
        came = market.included[40:].ravel()[(ranks >= low) & (ranks < high)].mean()
        assert came == pytest.approx(served_by_price(crowding, link, low, high), abs=0.03)


def test_who_is_served_by_a_price():
    assert served_by_price(1, 0.7, 0, 0.5) == served_by_price(0.2, 0.7, 0.9, 1) == 1  # there is room for all
    whole = served_by_price(np.array([[2.0], [10.0]]), np.array([0.0, 0.5, 0.95]), 0, 1)
    assert whole == pytest.approx(np.array([[0.5] * 3, [0.1] * 3]), abs=2e-3)  # as many as there is room for
    # Half of the room, offers half explained by amounts: a quarter and an arc sine.
    assert served_by_price(2, 0.6, 0, 0.5) == pytest.approx(0.5 - np.arcsin(0.6) / np.pi, abs=1e-4)
    fine = served_by_price(10, 0.6, 0.9, 1, points=512)
    assert served_by_price(10, 0.6, 0.9, 1) == pytest.approx(fine, abs=1e-3)


def test_served_by_price_refuses_what_is_no_crowd():
    assert_refuses(lambda: served_by_price(0, 0.5, 0, 1), "crowding")
    assert_refuses(lambda: served_by_price(2, 1.1, 0, 1), "link")
    assert_refuses(lambda: served_by_price(2, 0.5, 0.5, 0.5), "low")
    assert_refuses(lambda: served_by_price(2, 0.5, 0, 1.5), "high")
    assert_refuses(lambda: served_by_price(2, 0.5, 0, 1, points=0), "points")
