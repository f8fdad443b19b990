"""The bank: its balance sheet, its rule for credit, and a run."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.lending import SECONDS_PER_YEAR, Bank, CreditScoring
from tests.support.contracts import assert_refuses


def opened():
    bank = Bank(100.0, 0.01, 0.06, recovery=0.4, cost=0.01, reserve_ratio=0.1)
    return bank.deposit("anna", 1000.0).bank


def test_credit_scoring():
    scoring = CreditScoring(0.06, 0.01, recovery=0.4, cost=0.01)
    assert scoring.cut_off == pytest.approx(0.04 / 0.66, rel=1e-14)
    assert scoring.expected_profit(0.0) == pytest.approx(0.04)
    assert scoring.expected_profit(scoring.cut_off) == pytest.approx(0.0, abs=1e-16)
    assert list(scoring.approves(np.array([0.0, 0.06, 0.07, 1.0]))) == [True, True, False, False]


def test_the_bank_refuses_bad_risks():
    change = opened().lend("ben", 500.0, 0.02)
    assert (change.amount, change.bank.all_loans, change.bank.reserves) == (500.0, 500.0, 600.0)
    refused = opened().lend("carl", 500.0, 0.2)
    assert (refused.amount, refused.bank.all_loans, refused.transfers) == (0.0, 0.0, ())


def test_the_spread_is_its_income():
    bank = opened().lend("ben", 1000.0, 0.0).bank
    year = bank.advance(SECONDS_PER_YEAR)
    assert bank.spread == pytest.approx(0.05)
    assert year.bank.deposits["anna"] == pytest.approx(1010.0, rel=1e-14)
    assert year.bank.loans["ben"] == pytest.approx(1060.0, rel=1e-14)
    assert year.bank.equity == pytest.approx(100 + 60 - 10 - 10, rel=1e-12)


def test_the_length_of_a_step_changes_nothing_about_interest():
    bank = Bank(100.0, 0.01, 0.06).deposit("anna", 1000.0).bank.lend("ben", 900.0, 0.0).bank
    half = bank.advance(SECONDS_PER_YEAR / 2).bank
    year, halves = bank.advance(SECONDS_PER_YEAR).bank, half.advance(SECONDS_PER_YEAR / 2).bank
    assert halves.equity == pytest.approx(year.equity, rel=1e-13)


def test_a_default_is_borne_by_the_owners_first():
    bank = opened().lend("ben", 500.0, 0.0).bank.default("ben").bank
    assert (bank.all_loans, bank.reserves) == (0.0, 800.0)
    assert bank.equity == -200.0
    assert opened().lend("ben", 100.0, 0.0).bank.default("ben").bank.equity == pytest.approx(40.0)


def test_in_a_run_the_cash_ends_before_the_claims():
    bank = opened().deposit("bert", 1000.0).bank.lend("ben", 1800.0, 0.0).bank
    assert bank.lendable == pytest.approx(100.0)
    with pytest.raises(ValueError, match=r"amount = 1000 .* \[0, 300\]"):
        bank.withdraw("anna")
    assert bank.withdraw("anna", 300.0).bank.reserves == 0.0


def test_repaying():
    bank = opened().lend("ben", 500.0, 0.0).bank
    assert bank.repay("ben", 200.0).bank.loans["ben"] == 300.0
    assert bank.repay("ben").bank.reserves == 1100.0


@given(st.floats(0, 900), st.floats(0, 1), st.floats(0, 1e8), st.booleans())
def test_the_ledger_balances(loan, risk, seconds, defaults):
    ledger = Ledger({"bank": "bank", "anna": "depositor", "ben": "borrower", "staff": "staff"})
    ledger.open("bank", "USD", 100.0)
    steps = [Bank(100.0, 0.01, 0.06, cost=0.001).deposit("anna", 1000.0)]
    steps.append(steps[-1].bank.lend("ben", loan, risk))
    steps.append(steps[-1].bank.advance(seconds))
    steps.append(steps[-1].bank.default("ben") if defaults else steps[-1].bank.repay("ben"))
    for step in steps:
        for transfer in step.transfers:
            ledger.record(*transfer)
    bank = steps[-1].bank
    ledger.check_conserved()
    ledger.reconcile("bank", {"USD": bank.reserves, "USD supplied": -bank.all_deposits, "USD debt": bank.all_loans})


def test_scenarios():
    bank = Bank(100.0, np.array([0.0, 0.02]), 0.05).deposit("anna", 100.0).bank.lend("ben", 100.0, 0.06).bank
    # The second bank pays too much for its deposits to take this risk.
    assert list(bank.loans["ben"]) == [100.0, 0.0]
    assert bank.advance(SECONDS_PER_YEAR).bank.equity == pytest.approx([105.0, 98.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Bank(-1.0, 0.01, 0.05), r"equity = -1 .* \[0, inf\)"),
        (lambda: Bank(1.0, -0.01, 0.05), r"deposit_rate = -0.01"),
        (lambda: Bank(1.0, 0.01, -0.05), r"lending_rate = -0.05"),
        (lambda: Bank(1.0, 0.01, 0.05, recovery=1.1), r"recovery = 1.1 .* \[0, 1\]"),
        (lambda: Bank(1.0, 0.01, 0.05, cost=-0.1), r"cost = -0.1"),
        (lambda: Bank(1.0, 0.01, 0.05, reserve_ratio=1.1), r"reserve_ratio = 1.1 .* \[0, 1\]"),
        (lambda: Bank(np.ones(2), np.ones(3), 0.05), r"equity \(2,\), .* deposit_rate \(3,\)"),
        (lambda: opened().deposit("anna", -1.0), r"amount = -1"),
        (lambda: opened().withdraw("zed"), r"user = 'zed' has no account of this kind: allowed are 'anna'"),
        (lambda: opened().withdraw("anna", 1001.0), r"amount = 1001 .* \[0, 1000\]"),
        (lambda: opened().lend("ben", 1001.0, 0.0), r"amount = 1001 .* \[0, 1000\]"),
        (lambda: opened().lend("ben", 1.0, 1.5), r"default_probability = 1.5 .* \[0, 1\]"),
        (lambda: opened().repay("ben"), r"user = 'ben' .* allowed are none yet"),
        (lambda: opened().default("ben"), r"user = 'ben'"),
        (lambda: opened().lend("ben", 9.0, 0.0).bank.repay("ben", 10.0), r"amount = 10 .* \[0, 9\]"),
        (lambda: opened().advance(-1.0), r"seconds = -1"),
        (
            lambda: (
                Bank(0.0, 0.0, 9.0, cost=1.0, reserve_ratio=0.0)
                .deposit("a", 1.0)
                .bank.lend("b", 1.0, 0.0)
                .bank.advance(1.0)
            ),
            r"costs = .* is not possible: allowed is what the bank has in cash",
        ),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


@pytest.mark.parametrize("name", ["lending_rate", "deposit_rate", "recovery", "cost"])
def test_a_rule_for_credit_is_checked(name):
    arguments = {"lending_rate": 0.06, "deposit_rate": 0.01, "recovery": 0.4, "cost": 0.0, name: -0.1}
    with pytest.raises(ValueError, match=rf"{name} = -0.1 is outside the allowed range \[0, "):
        CreditScoring(**arguments)


def test_where_a_default_costs_nothing_the_cut_off_is_a_number():
    free = CreditScoring(0.0, 0.0, recovery=1.0)
    assert free.cut_off == 1.0 and free.approves(1.0)
    dear = CreditScoring(0.0, 0.08, recovery=1.0, cost=0.12)
    assert dear.cut_off < 0 and not dear.approves(0.0)
    both = CreditScoring(np.array([0.0, 0.3]), 0.08, np.array([1.0, 0.0]), 0.12)
    assert both.cut_off == pytest.approx([-0.2, 0.1 / 1.3])
