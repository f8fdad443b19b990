import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool
from defi_lib.governance import (
    admit,
    compare_payouts,
    delegate_effort,
    fee_switch,
    largest_loan,
    runway,
    sale_value,
)
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_broadcasts, assert_refuses


def test_worked_values_of_reputation():
    assert largest_loan(10.0, 0.95) == pytest.approx(190) and largest_loan(10.0, 0.8) == pytest.approx(40)
    assert largest_loan(10.0, 0.95, name_cost=7.0) == pytest.approx(197)
    assert largest_loan(10.0, 0.95, newcomer_surplus=10.0) == 0.0 == largest_loan(10.0, 0.95, probation=0.0)


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1e6), st.floats(0, 0.999), st.floats(0, 1e3), st.floats(0, 1), st.integers(0, 50))
def test_a_loan_is_what_a_defaulter_loses_period_by_period(surplus, discount, cost, part, probation):
    lost = sum(discount**t * (surplus - surplus * part) for t in range(1, probation + 1)) + cost
    found = largest_loan(surplus, discount, cost, surplus * part, probation)
    assert found == pytest.approx(lost, rel=1e-9, abs=1e-6)
    assert found <= largest_loan(surplus, discount, cost) * (1 + 1e-9) + 1e-6


def test_a_proof_of_personhood_errs_both_ways():
    assert admit(1_000.0, 500.0, 0.05, 0.01) == (950.0, 50.0, 5.0)
    assert admit(1_000.0, 0.0, 0.05, 0.01, tries=2).shut_out == pytest.approx(2.5)
    assert admit(0.0, 0.0, 0.5, 0.5).fake_share == 0.0 and admit(0.0, 4.0, 0.5, 0.5).fake_share == 1.0
    assert_broadcasts(lambda r: admit(10.0, 5.0, r, 0.1), np.array([0.0, 0.3, 1.0]))


def test_how_long_a_treasury_lasts_and_what_its_own_token_is_worth():
    assert runway(30e6, 12e6, 6e6) == 5.0 and runway(1.0, 2.0, 2.0) == np.inf and runway(0.0, 1.0) == 0.0
    pool = ConstantProductPool((5e5, 5e5), fee=0.003)
    assert sale_value(pool, 1e12) < 5e5 and sale_value(pool, 1.0) == pytest.approx(0.997, abs=1e-5)
    assert_broadcasts(lambda s: runway(1.0, s, 0.5), np.array([0.1, 0.5, 2.0]))


@settings(max_examples=60, deadline=None)
@given(st.floats(0, 1e12), st.floats(0, 0.9), st.floats(0, 0.99), st.floats(0, 0.9))
def test_holders_never_gain_more_than_providers_lose(volume, fee, part, elasticity):
    switch = fee_switch(volume, fee, part, elasticity)
    lost = switch.providers_before - switch.providers  # a difference of two large sums
    assert switch.holders <= lost * (1 + 1e-9) + 1e-9 + 1e-15 * switch.providers_before
    # Who stays earns as much on their money as before.
    assert switch.providers == pytest.approx(switch.providers_before * switch.liquidity, rel=1e-9, abs=1e-9)
    book = Ledger(new_parties="by name")
    book.book(switch)
    book.check_conserved()


def test_a_switch_that_takes_all_leaves_nobody():
    switch = fee_switch(1e9, 0.003, 1.0, 0.5)
    assert (switch.liquidity, switch.volume, switch.holders, switch.providers) == (0.0, 0.0, 0.0, 0.0)


def test_in_a_deep_pool_a_buyback_is_a_dividend_and_in_a_shallow_one_less():
    deep = compare_payouts(1e3, 1e13, ConstantProductPool((1e12, 1e12), fee=0.0))
    assert deep.buyback == pytest.approx(deep.dividend, rel=1e-6) == deep.investment
    shallow = compare_payouts(1e5, 1e7, ConstantProductPool((1e5, 1e5), fee=0.003))
    assert shallow.buyback < 0.6 * shallow.dividend
    assert compare_payouts(1e5, 1e7, ConstantProductPool((1e5, 1e5)), gain=-1.0).investment == 0.0
    assert_broadcasts(lambda a: compare_payouts(a, 1e7, ConstantProductPool((1e5, 1e5))), np.array([0.0, 1.0, 1e6]))


def test_fixed_pay_buys_no_effort_and_a_bonus_does():
    lazy = delegate_effort(1e6, 0.0, 0.0, 0.001, pay=5_000.0).delegate
    assert delegate_effort(1e6, 0.1, 2_000.0, 0.001, pay=5_000.0).delegate < lazy
    keen = delegate_effort(1e6, 0.1, 2_000.0, 0.001, bonus=0.03)
    assert keen.delegate > 0 and keen.members == pytest.approx(97_000)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: largest_loan(1.0, 1.0), "discount = 1"),
        (lambda: largest_loan(1.0, 0.5, newcomer_surplus=2.0), "newcomer_surplus = 2"),
        (lambda: largest_loan(1.0, 0.5, probation=-1.0), "probation = -1"),
        (lambda: largest_loan(1.0, 0.5, probation=np.nan), "probation = nan"),
        (lambda: admit(1.0, 1.0, 1.1, 0.0), "false_rejections = 1.1"),
        (lambda: admit(1.0, 1.0, 0.1, 0.0, tries=0.5), "tries = 0.5"),
        (lambda: runway(1.0, -1.0), "spending = -1"),
        (lambda: fee_switch(1.0, 0.1, 0.5, 1.0), "elasticity = 1"),
        (lambda: compare_payouts(1.0, 5.0, ConstantProductPool((5.0, 5.0))), "supply = 5 .*more than the pool holds"),
        (lambda: compare_payouts(1.0, 9.0, ConstantProductPool((5.0, 5.0)), gain=-2.0), "gain = -2"),
        (lambda: delegate_effort(1.0, 2.0, 0.0, 0.0), "chance = 2"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
