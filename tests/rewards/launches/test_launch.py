from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import BondingCurve
from defi_lib.rewards import (
    Allocation,
    AllocationTable,
    Vesting,
    airdrop,
    curve_exit,
    curve_launch,
    price_factor_of_unlock,
    price_of_counted,
    public_sale,
    sale_round,
    sybil_gain,
)

TABLE = AllocationTable(
    1e9,
    [
        Allocation("team", 0.2, Vesting(12.0, 0.25, 36.0, 1.0)),
        Allocation("seed", 0.15, Vesting(12.0, 0.0, 24.0, 1.0), 0.01),
        Allocation("public", 0.05, price=0.05),
        Allocation("treasury", 0.6, Vesting(0.0, 0.0, 48.0)),
    ],
)


def test_table_adds_up():
    assert TABLE.tokens.tolist() == pytest.approx([2e8, 1.5e8, 5e7, 6e8])
    assert TABLE.raised.tolist() == pytest.approx([0.0, 1.5e6, 2.5e6, 0.0])
    assert TABLE.float_share(0.0) == pytest.approx(0.05)
    assert TABLE.float_share(12.0) == pytest.approx(0.2 * 0.25 + 0.05 + 0.6 / 4)
    assert TABLE.float_share(48.0) == pytest.approx(1.0, rel=1e-15)
    assert TABLE.market_value(0.1, 0.0) == pytest.approx(5e6)
    assert TABLE.fully_diluted_value(0.1) == pytest.approx(1e8)
    assert TABLE.unlocked([0.0, 12.0, 48.0]).shape == (4, 3)
    assert np.all(np.diff(TABLE.circulating(np.arange(60.0))) >= -1e-6)


def test_rounds():
    seed = sale_round(1.5e6, 1e7, 1e9)
    assert seed.price == 0.01
    assert seed.tokens == pytest.approx(1.5e8)
    assert seed.share == 0.15
    assert seed.tokens * seed.price == pytest.approx(1.5e6, rel=1e-15)
    assert sale_round([0.0, 1.0], [1.0, 4.0], 8.0).tokens.tolist() == [0.0, 2.0]


def test_reference_value_of_the_float():
    assert price_factor_of_unlock(0.125, 1.0) == 0.125


def test_who_counts_nothing_pays_for_the_float_and_who_counts_all_for_all_tokens():
    before, after = price_of_counted(100.0, 10.0, 30.0, 0.0), price_of_counted(100.0, 40.0, 0.0, 0.0)
    assert after / before == pytest.approx(price_factor_of_unlock(0.25, 1.0), rel=1e-15)
    assert price_of_counted(100.0, 10.0, 30.0, 1.0) == price_of_counted(100.0, 40.0, 0.0, 1.0) == 2.5
    assert price_of_counted([[1.0], [2.0]], [1.0, 2.0, 4.0], 0.0, 0.5).tolist() == [[1.0, 0.5, 0.25], [2.0, 1.0, 0.5]]


@settings(max_examples=100)
@given(st.floats(1e-9, 1e9), st.floats(0, 1e9), st.floats(0, 1), st.floats(0, 1))
def test_a_release_never_raises_the_price(trading, locked, counted, part):
    released = part * locked
    before = price_of_counted(1.0, trading, locked, counted)
    assert price_of_counted(1.0, trading + released, locked - released, counted) <= before * (1 + 1e-12)


def test_public_sale_fills_alike():
    sale = public_sale([100.0, 300.0], 400.0, 0.5)
    assert sale.paid.tolist() == [50.0, 150.0]
    assert sale.tokens.tolist() == [100.0, 300.0]
    assert sale.refunded.tolist() == [50.0, 150.0]
    assert public_sale([10.0, 0.0], 400.0, 0.5).tokens.tolist() == [20.0, 0.0]
    assert public_sale([0.0], 0.0, 0.5).tokens.tolist() == [0.0]


def test_reference_value_of_the_curve():
    launch = curve_launch(BondingCurve(1000.0, 10_000.0, 0.5), 100.0)
    assert launch.tokens[0] == pytest.approx(488.088482, rel=1e-8)
    assert curve_exit(launch.curve, launch.tokens).money[0] == pytest.approx(100.0, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=8), st.floats(0.05, 1.0))
def test_buyers_in_a_row_are_the_plain_loop(payments, reserve_ratio):
    curve = start = BondingCurve(1000.0, 10_000.0, reserve_ratio)
    launch = curve_launch(start, payments)
    for number, payment in enumerate(payments):
        trade = curve.buy(payment)
        assert launch.tokens[number] == pytest.approx(trade.amount_out, rel=1e-12)
        curve = trade.curve
    assert launch.curve == pytest.approx(tuple(curve), rel=1e-12)
    # Whoever leaves in the opposite order gets exactly what they paid.
    leave = curve_exit(launch.curve, launch.tokens[::-1])
    np.testing.assert_allclose(leave.money[::-1], payments, rtol=1e-8, atol=1e-8 * (1000 + sum(payments)))
    # In the order of coming, the first gain what the last lose.
    first_out = curve_exit(launch.curve, launch.tokens).money - payments
    assert np.sum(first_out) == pytest.approx(0.0, abs=1e-8 * (1000 + sum(payments)))


def test_first_buyers_gain_from_last():
    launch = curve_launch(BondingCurve(1.0, 1e6, 0.3), np.full(100, 10.0))
    profit = curve_exit(launch.curve, launch.tokens).money - 10.0
    assert profit[0] > 0 > profit[-1]
    assert np.all(np.diff(launch.average_price) > 0)


def test_airdrop():
    tokens = airdrop([1.0, 0.0, 3.0], 100.0, 0.5)
    assert tokens.tolist() == [25 + 12.5, 0.0, 25 + 37.5]
    assert np.sum(airdrop([1e308, 1e308, 1e-300], 7.0)) == pytest.approx(7.0, rel=1e-15)


def test_splitting_pays_where_accounts_count():
    use = np.ones(100)
    assert sybil_gain(use, 0, 10, 0.0) == pytest.approx(1.0, rel=1e-12)
    assert sybil_gain(use, 0, 10, 1.0) == pytest.approx(10 / 109 * 100, rel=1e-12)
    assert sybil_gain(use, 5, 1, 0.7) == pytest.approx(1.0, rel=1e-15)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: AllocationTable(0.0, TABLE.allocations), r"supply = 0 is outside the allowed range \(0, inf\)"),
        (lambda: AllocationTable(1.0, [Allocation("a", 0.5)]), r"shares add up to 0.5: allowed .* add up to 1"),
        (lambda: AllocationTable(1.0, [Allocation("a", -0.5)]), r"share of 'a' = -0.5"),
        (lambda: AllocationTable(1.0, [Allocation("a", 0.5)] * 2), r"names 'a' more than once"),
        (lambda: AllocationTable(1.0, [Allocation("a", 1.0, price=-1.0)]), r"price of 'a' = -1"),
        (lambda: TABLE.market_value(-1.0, 0.0), r"price = -1"),
        (lambda: TABLE.fully_diluted_value(-1.0), r"price = -1"),
        (lambda: sale_round(2.0, 1.0, 1.0), r"raised = 2 is outside the allowed range \[0, 1\]"),
        (lambda: sale_round(1.0, 0.0, 1.0), r"valuation = 0"),
        (lambda: price_of_counted(1.0, 0.0, 1.0, 0.5), r"trading = 0 is outside the allowed range \(0, inf\)"),
        (lambda: price_of_counted(-1.0, 1.0, 1.0, 0.5), "worth = -1"),
        (lambda: price_of_counted(1.0, 1.0, -1.0, 0.5), "coming = -1"),
        (lambda: price_of_counted(1.0, 1.0, 1.0, 1.5), r"counted = 1.5 is outside the allowed range \[0, 1\]"),
        (lambda: price_factor_of_unlock(0.0, 1.0), r"float_before = 0 is outside the allowed range \(0, 1\]"),
        (lambda: public_sale([-1.0], 1.0, 1.0), r"orders\[0\] = -1"),
        (lambda: public_sale([1.0], 1.0, 0.0), r"price = 0"),
        (lambda: curve_launch(BondingCurve(1.0, 1.0, 0.5), [1.0, -1.0]), r"payments\[1\] = -1"),
        (lambda: curve_exit(BondingCurve(1.0, 1.0, 0.5), [0.5, 0.5]), r"sum of tokens = 1 .* \[0, 1\)"),
        (lambda: airdrop([0.0, 0.0], 1.0), r"largest activity = 0"),
        (lambda: airdrop([1.0], 1.0, 2.0), r"equal_part = 2"),
        (lambda: airdrop([1.0], -1.0), r"tokens = -1"),
        (lambda: sybil_gain([1.0], 1, 2), r"account = 1 is outside the allowed range: an integer from 0 to 0"),
        (lambda: sybil_gain([1.0, 0.0], 1, 2), r"activity\[1\] = 0"),
        (lambda: sybil_gain([1.0], 0, 0), r"copies = 0"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()
