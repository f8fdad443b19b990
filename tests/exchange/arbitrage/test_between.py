import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import (
    ConstantProductPool,
    Hop,
    arbitrage_between,
    arbitrage_cycle,
    arbitrage_outside,
    no_trade_band,
)
from tests.support.contracts import assert_refuses

amounts = st.floats(1e-3, 1e12)
fees = st.floats(0.0, 0.3)
factors = st.floats(0.02, 50.0)


def test_check_values_against_an_outside_price():
    with_fee = arbitrage_outside(ConstantProductPool((1000.0, 2e6)), 2200.0)
    assert with_fee.bought.amount_in == pytest.approx(94_753.166, abs=5e-4)
    assert with_fee.profit == pytest.approx(4475.614, abs=5e-4)
    assert arbitrage_outside(ConstantProductPool((1000.0, 2e6), 0.0), 2200.0).profit == pytest.approx(4764.607319393812)
    low, high = no_trade_band(2000.0, 0.003)
    assert (low, high) == (pytest.approx(1994.0), pytest.approx(2006.018054))


def test_check_values_between_two_pools():
    a, b = ConstantProductPool((1000.0, 2.1e6)), ConstantProductPool((1000.0, 1.9e6))
    cycle, nothing = arbitrage_between(a, b)
    assert cycle.amount_in == pytest.approx(22.981517, rel=1e-7)
    assert cycle.profit == pytest.approx(1.106813, rel=1e-6)
    assert nothing.amount_in == nothing.profit == 0.0
    nothing, cycle = arbitrage_between(b, a)
    assert nothing.amount_in == 0.0
    assert cycle.profit == pytest.approx(1.106813, rel=1e-6)


def test_the_amount_of_two_pools_is_that_of_the_virtual_pool():
    x_a, y_a, x_b, y_b, gamma = 1000.0, 2.1e6, 900.0, 1.7e6, 0.997
    e_a, e_b = x_a * y_b / (y_b + gamma * y_a), gamma * y_a * x_b / (y_b + gamma * y_a)
    expected = (np.sqrt(e_a * e_b * gamma) - e_a) / gamma
    cycle, _ = arbitrage_between(ConstantProductPool((x_a, y_a)), ConstantProductPool((x_b, y_b)))
    assert cycle.amount_in == pytest.approx(expected, rel=1e-10)


@given(x=amounts, y=amounts, fee=fees, factor=factors)
@settings(max_examples=150)
def test_profit_is_what_the_swaps_leave_and_no_other_amount_leaves_more(x, y, fee, factor):
    pool = ConstantProductPool((x, y), fee)
    price = pool.price() * factor
    best = arbitrage_outside(pool, price)
    scale = y + x * price

    def gain(trade):
        return (
            trade.amount_out * price - trade.amount_in
            if trade.token_in == 1
            else (trade.amount_out - trade.amount_in * price)
        )

    assert best.profit >= 0.0
    assert sum(gain(swap) for swap in best.swaps) == pytest.approx(best.profit, abs=1e-13 * scale)
    assert min(swap.amount_in for swap in best.swaps) == 0.0
    for swap in best.swaps:
        for change in (0.97, 1.03):
            other = pool.swap_exact_in(
                change * swap.amount_in + 1e-9 * pool.reserves[swap.token_in], swap.token_in, swap.token_out
            )
            assert gain(other) <= best.profit + 1e-13 * scale


@given(x=amounts, y=amounts, fee=fees, factor=factors)
@settings(max_examples=100)
def test_afterwards_the_pool_is_in_the_band_and_nothing_is_left_to_gain(x, y, fee, factor):
    pool = ConstantProductPool((x, y), fee)
    price = pool.price() * factor
    low, high = no_trade_band(price, fee)
    inside = low <= pool.price() <= high
    best = arbitrage_outside(pool, price)
    assert (best.profit == 0.0) == inside or best.profit < 1e-15 * y
    assert low * (1 - 1e-12) <= best.pool.price() <= high * (1 + 1e-12)
    assert arbitrage_outside(best.pool, price).profit <= 1e-24 * (y + x * price)


def test_within_the_band_nothing_moves():
    pool = ConstantProductPool((1000.0, 2e6))
    for price in (1994.1, 2000.0, 2006.0):
        best = arbitrage_outside(pool, price)
        assert best.pool == pool
        assert best.profit == best.fee_income == 0.0


def test_profit_of_a_tiny_gap_keeps_its_digits():
    pool = ConstantProductPool((1000.0, 2e6), 0.0)
    price = 2000.0 * (1 + 1e-9)
    gap = (price - 2000.0) / 2000.0
    # (√(xp) − √y)² = y·(√(1+g) − 1)² = y·g²/4·(1 − g/2 + …)
    assert arbitrage_outside(pool, price).profit == pytest.approx(2e6 * gap**2 / 4, rel=1e-8)


def test_arrays_agree_with_scalars_in_both_directions():
    price = np.array([1500.0, 1999.0, 2000.0, 2500.0])
    fee = np.array([0.0, 0.003, 0.01, 0.05])
    together = arbitrage_outside(ConstantProductPool((1000.0, 2e6), fee), price)
    for i in range(4):
        alone = arbitrage_outside(ConstantProductPool((1000.0, 2e6), fee[i]), price[i])
        assert together.profit[i] == pytest.approx(alone.profit, rel=1e-14)
        assert together.bought.amount_in[i] == pytest.approx(alone.bought.amount_in, rel=1e-14)
        assert together.sold.amount_in[i] == pytest.approx(alone.sold.amount_in, rel=1e-14)
        assert together.pool.reserves[0][i] == pytest.approx(alone.pool.reserves[0], rel=1e-15)


def test_what_the_arbitrageur_gains_the_pool_loses():
    pool = ConstantProductPool((1000.0, 2e6), 0.01)
    for price in (1700.0, 2300.0):
        best = arbitrage_outside(pool, price)
        value = [p.reserves[0] * price + p.reserves[1] for p in (pool, best.pool)]
        assert value[0] - value[1] == pytest.approx(best.profit, rel=1e-9)
        assert best.fee_income > 0


@given(
    reserves=st.lists(st.tuples(st.floats(1.0, 1e6), st.floats(1.0, 1e6)), min_size=2, max_size=5),
    fee=st.floats(0.0, 0.05),
)
@settings(max_examples=100)
def test_a_cycle_of_any_length_is_as_good_as_it_gets(reserves, fee):
    hops = [Hop(ConstantProductPool(pair, fee), 0, 1) for pair in reserves]
    best = arbitrage_cycle(hops)
    assert best.amount_out - best.amount_in == pytest.approx(
        best.profit, abs=1e-12 * (best.amount_in + best.amount_out)
    )
    for change in (0.9, 1.1):
        amount = change * best.amount_in + 1e-6
        paid_in = amount
        for hop in hops:
            amount = hop.pool.swap_exact_in(amount).amount_out
        assert amount - paid_in <= best.profit + 1e-12 * (paid_in + amount)


def test_a_cycle_of_three_pools_against_a_search():
    pools = [ConstantProductPool(r, f) for r, f in (((1e3, 2e6), 0.003), ((2e6, 5e4), 0.0005), ((4.5e4, 1e3), 0.01))]
    best = arbitrage_cycle([Hop(pool) for pool in pools])
    amount = np.linspace(0.0, 300.0, 300_001)
    out = amount
    for pool in pools:
        out = pool.swap_exact_in(out).amount_out
    where = int(np.argmax(out - amount))
    assert best.profit > 0
    assert best.amount_in == pytest.approx(amount[where], abs=1e-3)
    assert best.profit == pytest.approx((out - amount)[where], rel=1e-9)
    assert [swap.pool for swap in best.swaps] == list(best.pools)


def test_profit_in_the_other_token_of_arrays():
    a = ConstantProductPool((1000.0, np.array([2.1e6, 1.9e6, 2e6])))
    b = ConstantProductPool((1000.0, 2e6))
    one_way, other_way = arbitrage_between(a, b, token=1)
    assert (one_way.profit > 0).tolist() == [False, True, False]
    assert (other_way.profit > 0).tolist() == [True, False, False]
    assert one_way.swaps[0].token_in == one_way.swaps[1].token_out == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: arbitrage_outside(ConstantProductPool((1.0, 1.0)), 0.0), r"price = 0 .*\(0, inf\)"),
        (
            lambda: arbitrage_outside(ConstantProductPool((1.0, 1.0)), np.array([1.0, np.nan])),
            r"price\[1\] = nan .*\(0, inf\)",
        ),
        (
            lambda: arbitrage_outside(ConstantProductPool((np.ones(2), 1.0)), np.ones(3)),
            r"reserve_0 \(2,\).*price \(3,\)",
        ),
        (lambda: no_trade_band(2000.0, 1.0), r"fee = 1 .*\[0, 1\)"),
        (lambda: no_trade_band(-1.0, 0.1), r"price = -1 .*\(0, inf\)"),
        (lambda: arbitrage_cycle([Hop(ConstantProductPool((1.0, 1.0)))]), r"hops has 1 entries: allowed are 2 or more"),
        (
            lambda: arbitrage_between(*[ConstantProductPool((1.0, 1.0))] * 2),
            r"one pool twice: allowed is every pool once",
        ),
        (lambda: arbitrage_between(ConstantProductPool((1.0, 1.0)), ConstantProductPool((1.0, 1.0)), 2), r"token = 2"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_a_loan_with_a_fee_and_little_capital_make_a_cycle_smaller():
    cheap, dear = ConstantProductPool((1e3, 1e6), 0.0), ConstantProductPool((1e3, 1.21e6), 0.0)
    hops = (Hop(cheap, 1, 0), Hop(dear, 0, 1))
    lent = arbitrage_cycle(hops, loan_fee=0.0201)
    assert lent.amount_in == pytest.approx((1.1 / 1.01 - 1) * 5e5)
    assert lent.profit == pytest.approx(4_050) == lent.amount_out - 1.0201 * lent.amount_in
    for change in (0.99, 1.01):
        amount = change * lent.amount_in
        out = dear.swap_exact_in(cheap.swap_exact_in(amount, 1, 0).amount_out).amount_out
        assert out - 1.0201 * amount < lent.profit
    assert arbitrage_cycle(hops, loan_fee=0.21).amount_in == 0.0 == arbitrage_cycle(hops, capital=0.0).profit
    assert arbitrage_cycle(hops, capital=1e9).profit == arbitrage_cycle(hops).profit
    owned = np.array([100.0, 50_000.0, 1e6])
    assert arbitrage_cycle(hops, capital=owned).amount_in == pytest.approx([100.0, 50_000.0, 50_000.0])


@pytest.mark.parametrize("name", ["loan_fee", "capital"])
def test_a_negative_fee_or_capital_is_refused(name):
    hops = (Hop(ConstantProductPool((1e3, 1e6)), 1, 0), Hop(ConstantProductPool((1e3, 1.21e6)), 0, 1))
    assert_refuses(lambda: arbitrage_cycle(hops, **{name: -0.1}), rf"{name} = -0\.1")
