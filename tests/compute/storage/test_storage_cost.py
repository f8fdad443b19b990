"""A month of a terabyte, and storage for ever."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import endowment, endowment_left, storage_month
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses


def test_a_code_of_80_pieces_costs_more_than_the_customer_pays():
    month = storage_month(80 / 29, 4.0, 1.5)
    assert month.storage_payout == pytest.approx(4.138, rel=1e-4)
    assert month.margin < 0
    ledger = Ledger(new_parties="by name")
    full = storage_month(80 / 29, 4.0, np.array([1.5, 1.0]), 0.5, 7.0, 2.0, 0.05, 2.0)
    ledger.book(full)
    ledger.check_conserved()
    np.testing.assert_allclose(ledger.balance("network", "USD"), full.margin)


def test_endowments():
    assert [endowment(1.0, k) for k in (0.005, 0.1, 0.3)] == pytest.approx([200, 10, 10 / 3])
    assert endowment(1.0, 0.0, 0.04) == pytest.approx(26)
    assert endowment_left(10.0, 1.0, 0.0, 3.0) == 7
    assert endowment_left(10.0, 1.0, 0.0, 11.0) == 0
    assert endowment_left(200.0, 1.0, 0.0, 200.0) == 0  # a decline that stops
    assert endowment_left(10.0, 1.0, 1.0, np.array([0.0, 1.0, 50.0])).tolist() == [10, 9, 9]


@given(st.floats(0, 1e3), st.floats(0, 10), st.floats(0, 1), st.integers(0, 60), st.floats(0, 0.2))
def test_the_fund_year_by_year(fund, cost, decline, years, interest):
    left, due = fund, cost
    for _ in range(years):
        left, due = max(left - due, 0.0) * (1 + interest), due * (1 - decline)
        if left == 0:
            break
    scale = (fund + 60 * cost) * (1 + interest) ** 60
    assert endowment_left(fund, cost, decline, float(years), interest) == pytest.approx(left, abs=1e-11 * scale + 1e-12)


@given(st.floats(0.01, 1), st.floats(0, 0.2), st.floats(1, 1000))
def test_an_endowment_lasts_for_ever_and_less_does_not(decline, interest, cost):
    fund = endowment(cost, decline, interest)
    years = min(2000.0, 300 / (decline + interest))
    assert endowment_left(fund * (1 + 1e-9), cost, decline, years, interest) > 0
    assert endowment_left(fund * 0.99, cost, decline, years, interest) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: storage_month(0.5, 1.0, 1.0), r"expansion = 0.5 .*\[1, inf\)"),
        (lambda: storage_month(1.5, -1.0, 1.0), r"price = -1 .*\[0, inf\)"),
        (lambda: endowment(1.0, 0.0), r"decline \+ interest = 0 .*\(0, inf\)"),
        (lambda: endowment(1.0, 1.5), r"decline = 1.5 .*\[0, 1\]"),
        (lambda: endowment_left(1e300, 0.0, 0.0, 1e4, 0.1), r"fund left = inf"),
        (lambda: endowment_left(-1.0, 1.0, 0.1, 1.0), r"fund = -1 .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_a_fund_that_is_just_used_up_is_empty():
    for years in range(1, 60):
        for cost in (0.1, 0.3, 0.7):
            assert endowment_left(sum([cost] * years), cost, 0.0, years) == 0
            assert endowment_left(cost * years * (1 + 1e-9), cost, 0.0, years) > 0
