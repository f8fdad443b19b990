"""Exactly at the limits of a market: one rule for who may act and for who may be liquidated."""

from fractions import Fraction
from math import ceil, floor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.lending import AAVE_V3_3, Listing, Market, SharedRates, aave_curve
from defi_lib.lending.market.units import portion

RATES = SharedRates(aave_curve(0.0, 0.04, 0.6, 0.9), 0.1)
FEW = settings(max_examples=40, deadline=None)


def market(threshold=0.8, loan_to_value=0.8, price=2000.0, decimals=(None, None), collateral=1.0, rules=AAVE_V3_3):
    terms = [Listing(RATES, loan_to_value, threshold, 0.05, 0.1, d) for d in decimals]
    empty = Market(dict(zip(("USD", "ETH"), terms, strict=True)), {"USD": 1.0, "ETH": price}, rules)
    full = empty.supply("bank", "USD", 1e9).market
    return full.supply("alice", "ETH", collateral).market if collateral else full


@FEW
@given(st.integers(1, 95), st.integers(1, 10**7), st.integers(1, 10**5), st.booleans())
def test_all_that_is_available_may_be_borrowed_and_is_healthy(percent, price, collateral, whole):
    decimals = (6, 18) if whole else (None, None)
    full = market(percent / 100, percent / 100, price / 100, decimals, collateral / 100)
    available = full.position("alice").available_borrows
    if not 1e-6 <= available <= 1e9:
        return
    amount = floor(available * 1e6) / 1e6 if whole else available
    after = full.borrow("alice", "USD", amount).market
    assert after.position("alice").healthy
    assert whole or (after.position("alice").available_borrows, after.position("alice").health_factor) == (0.0, 1.0)
    with pytest.raises(ValueError, match="health factor"):
        after.liquidate("bob", "alice", "ETH", "USD")


@pytest.mark.parametrize("collateral", [1_000.0, 3_456.789, 12_345.678, 20_000.0])
@pytest.mark.parametrize("loan_to_value", [0.05, 0.75, 0.8005])
def test_millions_may_be_borrowed_to_the_last_cent(collateral, loan_to_value):
    full = market(0.85, loan_to_value, 2000.0, (6, 18), collateral)
    available = full.position("alice").available_borrows
    assert full.borrow("alice", "USD", available).amount == pytest.approx(available, abs=1e-6)
    with pytest.raises(ValueError, match=r"amount = .* is outside the allowed range"):
        full.borrow("alice", "USD", available + 3e-6)


@FEW
@given(st.integers(0, 2**51), st.integers(0, 10_000))
def test_a_portion_of_whole_units_is_exact(units, points):
    exact = Fraction(units * points, 10_000)
    nearest = portion(units / 1e8, points / 1e4, 8)
    assert nearest == floor(exact + Fraction(1, 2)) / 1e8
    below = portion(units / 1e8, points / 1e4, 8, below_half_more=True)
    assert below == (ceil(exact + Fraction(points, 20_000)) - 1) / 1e8
    assert portion(np.array([units / 1e8]), points / 1e4, 8)[0] == nearest


@FEW
@given(st.integers(30, 95), st.integers(1, 10**4), st.integers(1, 10**6))
def test_a_withdrawal_and_a_liquidation_draw_the_same_line(percent, price, debt):
    """Whoever was allowed to withdraw cannot be liquidated at once."""
    need = Fraction(debt, 100) / Fraction(price) / Fraction(percent, 100)
    full = market(percent / 100, percent / 100, float(price), collateral=float(4 * need))
    owing = full.borrow("alice", "USD", debt / 100).market
    allowed = 0
    for nudge in (-1e-9, -1e-12, -1e-15, 0.0, 1e-15, 1e-13, 1e-12, 1e-9):
        try:
            after = owing.withdraw("alice", "ETH", float(3 * need) + nudge * float(need)).market
        except ValueError:
            continue
        allowed += 1
        with pytest.raises(ValueError, match="health factor"):
            after.liquidate("bob", "alice", "ETH", "USD")
    assert 4 <= allowed <= 6
    least = owing.withdraw("alice", "ETH", float(3 * need)).market
    assert least.position("alice").health_factor == 1.0


@pytest.mark.parametrize("decimals", [(None, None), (6, 8)])
def test_at_095_all_may_be_repaid(decimals):
    full = market(0.55, 0.55, 1.0, decimals, 20.0, rules=Market({}, {}).close_rules)
    owing = full.borrow("alice", "USD", 11.0).market.set_prices({"ETH": 0.95}).market
    assert owing.liquidate("bob", "alice", "ETH", "USD").repaid == 11.0
    above = owing.set_prices({"ETH": 0.951}).market
    assert above.liquidate("bob", "alice", "ETH", "USD").repaid == 5.5


def test_loans_in_parts_end_at_the_limit():
    full = market(0.85, 0.75, 2000.0, collateral=1_000.0)
    owing = full.borrow("alice", "USD", 1_499_999.9).market.borrow("alice", "USD", 0.1).market
    assert owing.position("alice").available_borrows == 0.0
    with pytest.raises(ValueError, match=r"amount = 1e-08 is outside"):
        owing.borrow("alice", "USD", 1e-8)


def test_parts_of_a_deposit_and_of_a_debt_leave_nothing():
    full = market(collateral=0.0).supply("alice", "ETH", 0.3).market
    owing = full.borrow("alice", "USD", 0.3).market
    for _ in range(3):
        owing = owing.repay("alice", "USD", 0.1).market
    assert owing.owed("alice", "USD") == 0.0
    for _ in range(3):
        owing = owing.withdraw("alice", "ETH", 0.1).market
    assert owing.supplied("alice", "ETH") == owing.reserve("ETH").cash == 0.0


def test_a_market_of_which_all_is_lent_out():
    full = market(0.8, 0.8, 2000.0, collateral=1e6)
    lent = full.borrow("alice", "USD", 1e9).market
    reserve = lent.reserve("USD")
    assert (reserve.cash, reserve.utilisation) == (0.0, 1.0)
    assert reserve.borrow_rate == pytest.approx(0.64, rel=1e-12)
    with pytest.raises(ValueError, match=r"amount = 1 is outside the allowed range \[0, 0\]"):
        lent.withdraw("bank", "USD", 1.0)


def test_scenarios_at_below_and_above_the_line():
    full = market(0.58, 0.58, 1.0, collateral=100.0).borrow("alice", "USD", 58.0).market
    moved = full.set_prices({"ETH": np.array([1 + 1e-12, 1.0, 1 - 1e-12])}).market
    assert list(moved.position("alice").healthy) == [True, True, False]
    assert list(moved.liquidate("bob", "alice", "ETH", "USD").repaid > 0) == [False, False, True]
