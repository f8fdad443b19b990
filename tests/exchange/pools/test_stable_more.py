"""StableSwap: the protocol's part of the fee, the ramp of A, decimals, a trade to a price, and the short path."""

import copy
import math
import pickle
from decimal import localcontext

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import AmplificationRamp, StableSwapPool, contract_amplification
from defi_lib.exchange.pools import stable, stable_curve
from tests.exchange.pools.test_stable import exact_invariant, exact_pool, whole_balance, whole_invariant

UNIT, FEES = 10**18, 10**10


def pool_of(balances, amplification, fee, admin_fee, **more):
    held = tuple(balance / UNIT for balance in balances)
    return StableSwapPool(held, float(amplification), fee / FEES, admin_fee=admin_fee / FEES, **more)


def whole_exchange(balances, i, j, amount, amplification, fee, admin_fee):
    """Amount out, balances and the protocol's part, as the contract counts them."""
    after = [b + amount if k == i else b for k, b in enumerate(balances)]
    got = balances[j] - whole_balance(after, j, whole_invariant(balances, amplification), amplification) - 1
    fees = got * fee // FEES
    admin = fees * admin_fee // FEES
    after[j] = balances[j] - (got - fees) - admin
    return got - fees, after, admin


@pytest.mark.parametrize("balances", [[3 * 10**24, 2 * 10**24], [10**24, 5 * 10**24, 2 * 10**24]])
@pytest.mark.parametrize("admin_fee", [0, 5 * 10**9, 10**10])
def test_the_protocol_gets_its_part_of_every_trade_as_in_the_contract(balances, admin_fee):
    fee, amplification = 4 * 10**6, 200
    pool, whole, owed = pool_of(balances, amplification, fee, admin_fee), balances, [0] * len(balances)
    for i, j, amount in ((0, 1, 10**22), (1, 0, 3 * 10**23), (0, len(balances) - 1, 7 * 10**23), (1, 0, 10**18)):
        got, whole, admin = whole_exchange(whole, i, j, amount, amplification, fee, admin_fee)
        owed[j] += admin
        swap = pool.swap_exact_in(amount / UNIT, i, j)
        back = pool.swap_exact_out(swap.amount_out, i, j)
        assert swap.amount_out == pytest.approx(got / UNIT, rel=1e-13)
        assert back.pool.reserves == pytest.approx(swap.pool.reserves, rel=1e-13)
        assert back.pool.protocol_fees == pytest.approx(swap.pool.protocol_fees, rel=1e-10, abs=1e-9)
        pool = swap.pool
        assert pool.reserves == pytest.approx([balance / UNIT for balance in whole], rel=1e-14)
        assert pool.protocol_fees == pytest.approx([each / UNIT for each in owed], rel=1e-10)
    paid = pool.collect_protocol()
    assert paid.amounts == pool.protocol_fees and paid.pool.protocol_fees == (0.0,) * len(balances)
    assert paid.pool.reserves == pool.reserves


def whole_deposit(balances, amounts, supply, amplification, fee, admin_fee, sign):
    """Shares, balances and the protocol's parts of an unbalanced deposit (sign 1) or withdrawal (sign −1)."""
    n, rate = len(balances), fee * len(balances) // (4 * (len(balances) - 1))
    before = whole_invariant(balances, amplification)
    new = [b + sign * a for b, a in zip(balances, amounts, strict=True)]
    grown = whole_invariant(new, amplification)
    fees = [rate * abs(grown * balances[k] // before - new[k]) // FEES for k in range(n)]
    parts = [each * admin_fee // FEES for each in fees]
    charged = whole_invariant([new[k] - fees[k] for k in range(n)], amplification)
    return abs(charged - before) * supply // before, [new[k] - parts[k] for k in range(n)], parts


@pytest.mark.parametrize("sign", [1, -1])
def test_the_protocol_gets_its_part_of_the_fee_for_imbalance(sign):
    balances, supply = [10**24, 5 * 10**23, 2 * 10**24], 34 * 10**23
    args = (200, 4 * 10**6, 5 * 10**9)
    pool = pool_of(balances, *args, shares=supply / UNIT)
    amounts = [10**23, 0, 10**20]
    shares, left, parts = whole_deposit(balances, amounts, supply, *args, sign)
    act = pool.add_liquidity if sign == 1 else pool.remove_exact_amounts
    change = act([amount / UNIT for amount in amounts])
    assert change.shares == pytest.approx(shares / UNIT, rel=1e-12)
    assert change.pool.reserves == pytest.approx([each / UNIT for each in left], rel=1e-13)
    assert change.pool.protocol_fees == pytest.approx([each / UNIT for each in parts], rel=1e-8)


def test_the_protocol_gets_its_part_of_a_withdrawal_in_one_token():
    pool = StableSwapPool((1e6, 5e5, 2e6), 200.0, 0.01, admin_fee=0.5)
    free = StableSwapPool((1e6, 5e5, 2e6), 200.0, 0.0, shares=pool.shares)
    change, without = pool.remove_single_asset(1000.0, 1), free.remove_single_asset(1000.0, 1)
    part = 0.5 * (without.amounts[1] - change.amounts[1])
    assert change.pool.protocol_fees == (0.0, pytest.approx(part, rel=1e-9), 0.0) and part > 0
    assert change.pool.reserves[1] == pytest.approx(pool.reserves[1] - change.amounts[1] - part, rel=1e-14)


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(1e-6, 0.4)), max_size=8), st.floats(0, 1))
@settings(max_examples=30, deadline=None)
def test_nothing_is_lost(steps, admin_fee):
    pool = StableSwapPool((100.0, 30.0), 50.0, 0.01, admin_fee=admin_fee)
    start, moved = np.array(pool.reserves), np.zeros(2)
    for kind, part in steps:
        i = kind % 2
        if kind < 4:
            swap = pool.swap_exact_in(part * pool.reserves[i], i, 1 - i)
            moved[i] += swap.amount_in
            moved[1 - i] -= swap.amount_out
        elif kind == 4:
            swap = pool.add_liquidity((part, 0.0))
            moved += swap.amounts
        else:
            swap = pool.remove_single_asset(part, 1)
            moved -= swap.amounts
        pool = swap.pool
    assert np.array(pool.reserves) + pool.protocol_fees == pytest.approx(start + moved, rel=1e-12)


def test_a_ramp_is_that_of_the_contract():
    for start, end in ((100, 1000), (1000, 100), (85.37, 200), (7, 7)):
        ramp = AmplificationRamp(start, end, 1_600_000_000, 1_600_700_001)
        first, last = round(start * 100), end * 100
        for time in (0, 1_600_000_000, 1_600_000_007, 1_600_345_678, 1_600_700_000, 1_600_700_001, 2_000_000_000):
            passed, length = min(max(time - ramp.start_time, 0), 700_001), 700_001
            whole = (
                first + (last - first) * passed // length if last > first else first - (first - last) * passed // length
            )
            assert ramp.at(time) == whole / 100
        times = np.array([0, 1_600_123_456, 1_700_000_000])
        np.testing.assert_array_equal(ramp.at(times), [ramp.at(int(time)) for time in times])
    pool = StableSwapPool((1.5e6, 0.5e6), 100.0)
    assert pool.with_amplification(ramp.at(0)) == StableSwapPool((1.5e6, 0.5e6), 7.0, shares=pool.shares)
    assert pickle.loads(pickle.dumps(ramp)) == ramp


@pytest.mark.parametrize(
    ("args", "words"),
    [
        ((100, 1001, 0, 86_400), "end = 1001 .* from 10 to 1000"),
        ((100, 9, 0, 86_400), "end = 9 .* from 10 to 1000"),
        ((100, 200, 0, 86_399), "end_time = 86399 "),
        ((100.001, 200, 0, 86_400), "start = 100.001 .* multiple of 1/100"),
        ((0, 200, 0, 86_400), "start = 0 "),
        ((100, 200.5, 0, 86_400), "end = 200.5 "),
        ((2e5, 1_000_000, 0, 86_400), "end = 1000000 .* to 999999"),
    ],
)
def test_errors_of_a_ramp(args, words):
    with pytest.raises(ValueError, match=words):
        AmplificationRamp(*args)


def test_a_of_many_coins():
    assert contract_amplification(1e-10, 144) == pytest.approx(
        1e-10 * math.exp(math.log(144) * 143 - 700) * math.exp(700)
    )
    with pytest.raises(ValueError, match=r"for coins = 144 = inf is outside the allowed range \(0, inf\)"):
        contract_amplification(1.0, 144)
    with pytest.raises(ValueError, match=r"for coins = 150\[1\] = inf"):
        contract_amplification([1e-300, 1.0], 150)


def test_reserves_as_the_contract_states_them():
    pool = StableSwapPool((3 * 10**24, 2 * 10**12), 200, decimals=(18, 6))
    assert pool == StableSwapPool((3e6, 2e6), 200)
    with pytest.raises(ValueError, match="decimals has 1 entries"):
        StableSwapPool((1, 1), 200, decimals=(18,))
    with pytest.raises(ValueError, match=r"decimals\[1\] = -6 "):
        StableSwapPool((1, 1), 200, decimals=(18, -6))


# A trade to a price.

pools = st.builds(
    lambda x, y, a, fee, admin: StableSwapPool((10.0**x, 10.0**y), 10.0**a, fee, admin_fee=admin),
    st.floats(-2, 6),
    st.floats(-2, 6),
    st.floats(-3, 5),
    st.sampled_from([0.0, 0.0004, 0.04]),
    st.sampled_from([0.0, 0.5]),
)


@given(pools, st.floats(-6, 1).map(lambda e: 10.0**e), st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_a_trade_comes_to_its_price(pool, part, up, inverse):
    token = int(inverse)
    spot = pool.price(token, 1 - token)
    price = spot * (1 + part) if up else spot / (1 + part)
    bought, sold = pool.trade_to(price, token, 1 - token)
    assert sold.pool.price(token, 1 - token) == pytest.approx(price, rel=1e-12)
    assert (bought.amount_in > 0, sold.amount_in > 0) == (up, not up)


@given(pools, st.floats(-4, 1).map(lambda e: 10.0**e), st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_trade_after_fee_is_the_most_profitable(pool, part, up):
    price = pool.price() * (1 + part) if up else pool.price() / (1 + part)
    bought, sold = pool.trade_to(price, after_fee=True)

    def profit(amount):
        swap = pool.swap_exact_in(amount, 1, 0) if up else pool.swap_exact_in(amount, 0, 1)
        return swap.amount_out * price - swap.amount_in if up else swap.amount_out - swap.amount_in * price

    amount = bought.amount_in if up else sold.amount_in
    assert min(bought.amount_in, sold.amount_in) == 0.0
    if amount == 0:
        assert 1 + part <= 1 / (1 - pool.fee) * (1 + 1e-12)
        return
    assert profit(amount) >= -1e-12 * amount * max(price, 1)
    for other in (0.9 * amount, 1.1 * amount):
        assert profit(other) <= profit(amount) + 1e-12 * amount * max(price, 1)


def test_trades_to_prices_per_scenario():
    pool = StableSwapPool((np.array([1e6, 2e6, 3e6]), 1.5e6), np.array([10.0, 200.0, 1000.0]), 0.0004)
    price = np.array([1.01, 0.99, pool.price()[2]])
    for after_fee in (False, True):
        bought, sold = pool.trade_to(price, after_fee=after_fee)
        for i in range(3):
            alone = StableSwapPool((float(pool.reserves[0][i]), 1.5e6), float(pool.amplification[i]), 0.0004)
            one = alone.trade_to(float(price[i]), after_fee=after_fee)
            assert bought.amount_in[i] == pytest.approx(one[0].amount_in, rel=1e-9)
            assert sold.amount_in[i] == pytest.approx(one[1].amount_in, rel=1e-9)
    with pytest.raises(ValueError, match="price = 0 "):
        StableSwapPool((1.0, 1.0), 10).trade_to(0.0)


# The short path of two plain reserves.


@given(st.floats(-3, 3), st.floats(0, 12), st.floats(-12, 3), st.integers(0, 1))
@settings(max_examples=100, deadline=None)
def test_two_plain_reserves_give_what_arrays_give(ratio, size, part, token_in):
    held, amplification = (10.0**ratio, 1.0), 10.0**size
    pool = StableSwapPool(held, amplification)
    arrays = StableSwapPool(tuple(np.array([each]) for each in held), np.array([amplification]))
    with localcontext(prec=60):
        want = float(exact_invariant(*exact_pool(pool)[:2]))
    assert pool.invariant == pytest.approx(want, rel=1e-15)
    assert pool.price() == pytest.approx(arrays.price()[0], rel=1e-14)
    amount = 10.0**part * held[token_in]
    swaps = [each.swap_exact_in(amount, token_in, 1 - token_in) for each in (pool, arrays)]
    assert swaps[0].amount_out == pytest.approx(swaps[1].amount_out[0], rel=1e-13)
    assert type(swaps[0].amount_out) is type(swaps[0].pool.reserves[1]) is float


def test_newton_is_not_needed_for_two_plain_reserves(monkeypatch):
    for part in (stable, stable_curve):
        monkeypatch.setattr(part, "product_term", None)
    swap = StableSwapPool((1e6, 2e6), 200.0).swap_exact_in(100.0)
    assert swap.pool.swap_exact_out(100.0, 1, 0).price_after > 0


class Tagged(StableSwapPool):
    """With something of its own."""

    tag = "none"


def test_a_subclass_stays_what_it_is():
    pool = Tagged((100.0, 50.0), 10.0)
    pool.tag = "mine"
    for after in (
        pool.swap_exact_in(1.0).pool,
        pool.swap_exact_out(1.0).pool,
        pool.add_liquidity((1.0, 1.0)).pool,
        pool.remove_liquidity(1.0).pool,
        pool.remove_single_asset(1.0).pool,
        pool.trade_to(1.1)[1].pool,
        pool.with_fee(0.01),
        pool.with_amplification(20.0),
        pool.collect_protocol().pool,
    ):
        assert type(after) is Tagged and after.tag == "mine"


def test_a_pool_keeps_nothing_that_somebody_can_change():
    x, a = np.array([1.0, 2.0]), np.array([10.0, 20.0])
    pool = StableSwapPool((x, 1.0), a, shares=x, protocol_fees=(x, 0.0))
    x[:] = a[:] = 5.0
    assert pool.reserves[0].tolist() == pool.shares.tolist() == pool.protocol_fees[0].tolist() == [1.0, 2.0]
    assert pool.amplification.tolist() == [10.0, 20.0]
    assert copy.deepcopy(pool).swap_exact_in(1.0).amount_out.tolist() == pool.swap_exact_in(1.0).amount_out.tolist()


def test_what_is_all_to_within_rounding_is_all():
    pool = StableSwapPool((0.1 + 0.2, 0.3), 10.0, 0.0, shares=0.1 + 0.2)
    for call in (
        lambda: pool.remove_liquidity(0.3),
        lambda: pool.remove_single_asset(0.3),
        lambda: pool.remove_exact_amounts((0.3, 0.0)),
        lambda: pool.swap_exact_out(0.3, 1, 0),
    ):
        with pytest.raises(ValueError, match=r"shares|reserve"):
            call()


@pytest.mark.parametrize("admin_fee", [-0.1, 1.1, np.nan])
def test_errors_of_the_admin_fee(admin_fee):
    with pytest.raises(ValueError, match=r"admin_fee = .*\[0, 1\]"):
        StableSwapPool((1.0, 1.0), 10, admin_fee=admin_fee)
    with pytest.raises(ValueError, match="protocol_fees has 1 entries"):
        StableSwapPool((1.0, 1.0), 10, protocol_fees=(1.0,))
