"""Flash loans: repaid with the fee, or undone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.lending import AAVE_V2_FEE, AAVE_V3_FEE, flash_loan


def test_check_values():
    assert flash_loan(1e6, 2e6, AAVE_V2_FEE).fee == pytest.approx(900.0, rel=1e-14)
    assert flash_loan(1e6, 2e6, AAVE_V3_FEE).fee == pytest.approx(500.0, rel=1e-14)


def test_a_loan_that_cannot_be_repaid_is_undone():
    failed = flash_loan(1e6, 1e6 + 499.0, gas=10.0)
    assert (failed.repaid, failed.fee, failed.profit) == (False, 0.0, -10.0)
    assert [transfer.reason for transfer in failed.transfers] == ["gas"]
    just = flash_loan(1e6, 1e6 * (1 + 0.0005), gas=10.0)
    assert just.repaid
    assert just.profit == pytest.approx(-10.0, abs=1e-9)


@given(st.floats(0, 1e12), st.floats(0, 1e12), st.floats(0, 0.1), st.floats(0, 1e3))
def test_lender_never_loses_and_borrower_at_most_the_gas(amount, proceeds, fee, gas):
    loan = flash_loan(amount, proceeds, fee, gas)
    assert loan.fee >= 0
    assert loan.profit >= -gas - 1e-12 * amount
    ledger = Ledger({"borrower": "borrower", "lender": "lender", "validator": "validator"})
    for transfer in loan.transfers:
        ledger.record(*transfer)
    assert ledger.balance("lender", "token") == pytest.approx(loan.fee, rel=1e-12, abs=1e-15 * amount)
    assert ledger.balance("validator", "token") == gas


def test_scenarios():
    loan = flash_loan(100.0, np.array([100.0, 101.0]), 0.005)
    assert list(loan.repaid) == [False, True]
    assert loan.profit == pytest.approx([0.0, 0.5])


@pytest.mark.parametrize("name", ["amount", "proceeds", "fee", "gas"])
def test_errors_name_argument_value_and_range(name):
    arguments = {"amount": 1.0, "proceeds": 1.0, "fee": 0.1, "gas": 0.0, name: -1.0}
    with pytest.raises(ValueError, match=rf"{name} = -1 is outside the allowed range \[0, inf\)"):
        flash_loan(**arguments)
    arguments |= {"amount": np.ones(2), "proceeds": np.ones(3), "fee": 0.1, "gas": 0.0}
    with pytest.raises(ValueError, match=r"amount \(2,\), proceeds \(3,\)"):
        flash_loan(**arguments)
