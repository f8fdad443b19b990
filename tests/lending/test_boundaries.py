"""Exactly on a boundary: a float that rounding has moved off it still counts as being on it."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool
from defi_lib.lending import (
    AAVE_V3_3,
    Bank,
    CreditScoring,
    Listing,
    SharedRates,
    aave_curve,
    borrowing_capacity,
    compound_v3_curve,
    fall_to_liquidation,
    fall_to_ruin,
    flash_loan,
    health_factor,
    health_factors,
    linear_cascade,
    liquidate,
    liquidation_price,
    max_leverage,
    pool_cascade,
    sale_for_fall,
    spiral_health_factor,
    stable_debt_surcharge,
    utilisation,
)

percents = st.integers(1, 99)
cents = st.integers(1, 10**9)
FEW = settings(max_examples=60, deadline=None)


def test_what_was_found():
    assert liquidate(100.0, 58.0, 1.0, 0.58, 0.05).repaid == 0.0
    assert liquidate(19.0, 11.0, 1.0, 0.55, 0.05).repaid == 11.0
    assert flash_loan(50.0, 55.0, 0.1).repaid is True
    assert flash_loan(50.0, 55.0, 0.1).profit == 0.0


@FEW
@given(cents, percents, st.integers(1, 10**6))
def test_at_a_health_factor_of_1_nobody_is_liquidated_and_a_little_below_everybody(collateral, percent, price):
    price = price / 100
    debt = float(Fraction(collateral, 100) * Fraction(price) * Fraction(percent, 100))
    owner = (collateral / 100, debt, price, percent / 100)
    assert liquidate(*owner, 0.05).repaid == 0.0
    assert liquidate(*owner, 0.05).health_factor == 1.0
    assert health_factor(owner[0] * price, percent / 100, debt) == 1.0
    assert liquidate(owner[0], debt * (1 + 1e-12), *owner[2:], 0.05).repaid > 0
    many = liquidate(np.full(3, owner[0]), debt * np.array([1 - 1e-12, 1.0, 1 + 1e-12]), *owner[2:], 0.05)
    assert list(many.repaid > 0) == [False, False, True]


@FEW
@given(cents, st.integers(10, 80))
def test_at_095_all_may_be_repaid_and_a_little_above_half(collateral, percent):
    debt = collateral / 100 * percent / 95
    assert liquidate(collateral / 100, debt, 1.0, percent / 100, 0.05).repaid == debt
    assert liquidate(collateral / 100, debt * (1 - 1e-12), 1.0, percent / 100, 0.05).repaid < 0.51 * debt


@FEW
@given(cents, percents, cents)
def test_at_its_liquidation_price_a_loan_is_still_healthy(collateral, percent, debt):
    price = liquidation_price(collateral / 100, percent / 100, debt / 100)
    assert health_factor(collateral / 100 * price, percent / 100, debt / 100) == 1.0
    assert liquidate(collateral / 100, debt / 100, price, percent / 100, 0.05).repaid == 0.0
    assert liquidate(collateral / 100, debt / 100, price * (1 - 1e-12), percent / 100, 0.05).repaid > 0.0


def test_many_positions_are_counted_by_the_same_rule():
    factors = health_factors(np.array([[100.0], [100.0]]), [1.0], [0.58], np.array([58.0, 58.0000001]))
    assert factors[0] == 1.0
    assert factors[1] < 1


def test_at_the_spiral_nothing_is_left_on_either_side():
    # Of 21 tokens 20 dollars of debt and the bonus of 5 % are paid, with nothing to spare.
    for collateral, debt in ((21.0, 20.0), (2.1, 2.0), (0.21, 0.2), (6.3, 6.0)):
        step = liquidate(collateral, debt, 1.0, 0.8, 0.05)
        assert step.health_factor == pytest.approx(spiral_health_factor(0.8, 0.05), rel=1e-14)
        assert (step.collateral, step.debt, step.bad_debt) == (0.0, 0.0, 0.0)


def test_small_is_less_than_the_limit_not_the_limit():
    # A debt of 2,000 is not small: half of it, as of a larger one, where it leaves 1,000 on both sides.
    debt = 0.1 * 20_000 * (1 - 2.0**-53)
    step = liquidate(3000.0, debt, 1.0, debt / 3000 * 0.97, 0.05, rules=AAVE_V3_3)
    assert step.repaid == pytest.approx(1000, rel=1e-12)


def test_a_cascade_in_dollars_is_that_in_cents():
    triggers = np.array([99.9, 99.8, 99.7, 99.6, 99.5, 99.4, 99.3, 99.2, 99.1, 99.0])
    dollars = linear_cascade(100.0, 99.9, 0.1, triggers, np.ones(10))
    assert dollars.amplification == pytest.approx(11, rel=1e-12)
    assert np.all(dollars.liquidated)
    assert linear_cascade(10_000.0, 9990.0, 10.0, np.rint(triggers * 100), np.ones(10)).amplification == 11.0


@FEW
@given(st.integers(10, 10_000), st.lists(st.integers(0, 300), min_size=1, max_size=8), st.integers(1, 50))
def test_a_cascade_is_that_of_whole_numbers(price, gaps, impact):
    first = price - 1
    triggers = [max(first - gap, 0) for gap in gaps]
    whole = linear_cascade(float(price), float(first), float(impact), triggers, np.ones(len(gaps)))
    for unit in (0.1, 0.01, 1 / 3):
        parts = linear_cascade(
            price * unit, first * unit, impact * unit, np.multiply(triggers, unit), np.ones(len(gaps))
        )
        assert list(parts.liquidated) == list(whole.liquidated)
        assert parts.final_price == pytest.approx(whole.final_price * unit, rel=1e-12, abs=1e-15)


def test_a_price_that_falls_to_nothing_is_nothing():
    assert linear_cascade(0.4, 0.3, 0.1, np.full(3, 0.3), np.ones(3)).final_price == 0.0


@pytest.mark.parametrize("fall", [0.1, 0.2, 0.3, 0.45])
def test_a_pool_that_falls_to_a_liquidation_price_sets_nothing_off(fall):
    pool = ConstantProductPool((1000.0, 2e6), 0.0)
    debt = 10.0 * 2000 * (1 - fall) * 0.8
    assert not pool_cascade(pool, sale_for_fall(pool, fall), 10.0, debt, 0.8).waves
    assert pool_cascade(pool, sale_for_fall(pool, fall * (1 + 1e-12)), 10.0, debt * (1 + 1e-12), 0.8).waves


@FEW
@given(percents)
def test_the_largest_leverage_leaves_no_room(percent):
    threshold = percent / 100
    for most in (max_leverage(threshold), 100 / (100 - percent)):
        assert fall_to_liquidation(most, threshold) == 0.0


def test_no_leverage_is_allowed_whatever_rounding_made_of_it():
    one = 0.3 / (0.1 + 0.2)
    assert one < 1
    assert (fall_to_ruin(one), fall_to_liquidation(one, 0.8)) == (1.0, 1.0)


@FEW
@given(cents, percents)
def test_a_full_loan_leaves_nothing_to_borrow(collateral, percent):
    debt = float(Fraction(collateral, 100) * Fraction(percent, 100))
    assert borrowing_capacity(collateral / 100, percent / 100, debt) == 0.0


def test_terms_that_touch_are_in_order():
    rates = SharedRates(aave_curve(0.0, 0.04, 0.6, 0.9))
    assert Listing(rates, 0.1 + 0.2, 0.3, 0.05).loan_to_value == 0.3
    assert Listing(rates, 0.5, 1 / (1 + 0.1) * (1 + 2.0**-52), 0.1).liquidation_threshold == 1 / 1.1


def test_a_kink_at_1_has_nothing_above_it():
    almost = 1 - 2.0**-52
    assert almost < 1
    assert aave_curve(0.0, 0.04, 3.0, almost).rate(1.0) == pytest.approx(0.04, rel=1e-12)
    assert aave_curve(0.01, 0.04, 3.0, 0.45).rate(0.45) == pytest.approx(0.05, rel=1e-14)
    assert compound_v3_curve(0.0, 0.05, 3.0, 0.3).rate(0.1 + 0.2) == pytest.approx(0.015, rel=1e-12)
    assert stable_debt_surcharge(0.1 + 0.2, 0.3, 0.08) == 0.0


@FEW
@given(percents, percents, st.integers(0, 40), st.integers(0, 100))
def test_the_bank_lends_to_the_risk_at_its_limit(lending, deposit, cost, recovery):
    scoring = CreditScoring(lending / 100, deposit / 100, recovery / 100, cost / 100)
    margin = lending - deposit - cost
    assert (scoring.cut_off == 0) == (margin == 0)
    if margin >= 0:
        limit = min(margin / (100 + lending - recovery), 1.0)
        assert scoring.approves(limit)
        assert scoring.approves(min(scoring.cut_off, 1.0))
        assert margin == 0 or limit > 1 - 1e-6 or not scoring.approves(limit * (1 + 1e-6) + 1e-12)


def test_a_bank_pays_everything_out_and_keeps_nothing():
    bank = Bank(0.0, 0.01, 0.05, reserve_ratio=0.0).deposit("ann", 0.1).bank.deposit("ann", 0.2).bank
    empty = bank.withdraw("ann", 0.3).bank
    assert (empty.deposits["ann"], empty.reserves, empty.equity) == (0.0, 0.0, 0.0)
    lent = bank.lend("bob", 0.3, 0.0).bank
    assert (lent.reserves, lent.lendable) == (0.0, 0.0)
    repaid = lent.repay("bob", 0.1).bank.repay("bob", 0.1).bank.repay("bob", 0.1).bank
    assert repaid.loans["bob"] == 0.0


def test_a_bank_lends_down_to_its_reserve():
    bank = Bank(0.0, 0.01, 0.05, reserve_ratio=0.7).deposit("ann", 1.0).bank
    assert bank.lend("bob", 0.3, 0.0).bank.lendable == 0.0


def test_a_debt_where_all_money_is_the_protocols_has_no_utilisation():
    with pytest.raises(
        ValueError, match=r"reserves = 100 is not possible: allowed is less than all the money there is"
    ):
        utilisation(0.0, 100.0, 100.0)
    with pytest.raises(ValueError, match=r"reserves\[1\] = 0.3"):
        utilisation(np.array([0.0, 0.1]), np.array([0.0, 0.2]), np.array([0.0, 0.3]))
    assert utilisation(100.0, 0.0, 100.0) == 0.0
    assert utilisation(0.0, 100.0, 100.0, 50.0) == 2.0
