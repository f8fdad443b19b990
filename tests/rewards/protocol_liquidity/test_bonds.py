from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.rewards import BondDepository


def test_reference_value_of_the_price():
    assert BondDepository(369.0, 5.0, 1e6, 5e4).price == pytest.approx(19.45, rel=1e-15)


def test_minimum_price_and_discount():
    depository = BondDepository(369.0, 5.0, 1e6, 0.0, minimum_price=7.0)
    assert depository.price == 7.0
    assert depository.discount(10.0) == pytest.approx(0.3)
    assert depository.discount(5.0) == pytest.approx(-0.4)


def test_debt_decays_over_the_term():
    depository = BondDepository(100.0, 5.0, 1000.0, 50.0)
    assert [depository.after(days).debt for days in (0.0, 1.0, 5.0, 9.0)] == [50.0, 40.0, 0.0, 0.0]
    # As in the contract, booking the decay often slows it down.
    assert depository.after(1.0).after(1.0).debt == pytest.approx(32.0)
    assert depository.after(2.0).debt == pytest.approx(30.0)


def test_a_bond_raises_the_price_and_is_delivered_evenly():
    depository = BondDepository(100.0, 5.0, 1000.0, 50.0)
    sale = depository.deposit(60.0)
    assert (sale.price, sale.payout) == (6.0, 10.0)
    assert sale.depository.supply == 1010.0
    assert sale.depository.price == pytest.approx(1 + 100 * 110 / 1010)
    assert sale.delivered([0.0, 1.0, 5.0, 9.0]).tolist() == [0.0, 2.0, 10.0, 10.0]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0.0, 1e6), st.floats(0.0, 10.0)), max_size=12), st.floats(0.0, 1e4), st.floats(0, 1e6)
)
def test_every_token_is_backed(bonds, control_variable, debt):
    depository = BondDepository(control_variable, 5.0, 1e6, debt)
    ledger = Ledger({"bonders": "bonder", "treasury": "protocol", "bond depository": "protocol"})
    for value, days in bonds:
        sale = depository.after(days).deposit(value)
        ledger.book(sale.transfers)
        assert sale.payout <= value
        assert sale.depository.debt >= value
        depository = sale.depository
    ledger.check_conserved()
    assert depository.supply == pytest.approx(1e6 + ledger.balance("bond depository", "token"), rel=1e-12)
    assert ledger.balance("treasury", "reserve") >= ledger.balance("bond depository", "token") * (1 - 1e-12)


def test_arrays_agree_with_scalars():
    together = BondDepository([100.0, 300.0], 5.0, [1e3, 1e4], [50.0, 0.0]).after(1.0).deposit([10.0, 20.0])
    for row, arguments in enumerate([(100.0, 1e3, 50.0, 10.0), (300.0, 1e4, 0.0, 20.0)]):
        alone = BondDepository(arguments[0], 5.0, *arguments[1:3]).after(1.0).deposit(arguments[3])
        assert together.payout[row] == alone.payout
        assert together.depository.price[row] == alone.depository.price
        assert type(alone.depository.price) is float


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: BondDepository(-1.0, 5.0, 1.0), r"control_variable = -1 is outside the allowed range \[0, inf\)"),
        (lambda: BondDepository(1.0, 0.0, 1.0), r"term = 0"),
        (lambda: BondDepository(1.0, 5.0, [1.0, 0.0]), r"supply\[1\] = 0"),
        (lambda: BondDepository(1.0, 5.0, 1.0, -1.0), r"debt = -1"),
        (lambda: BondDepository(1.0, 5.0, 1.0, minimum_price=-1.0), r"minimum_price = -1"),
        (lambda: BondDepository(1.0, 5.0, 1.0, max_payout=1.1), r"max_payout = 1.1"),
        (lambda: BondDepository([1.0, 2.0], 5.0, [1.0, 2.0, 3.0]), r"shapes do not fit together"),
        (lambda: BondDepository(1.0, 5.0, 1.0).after(-1.0), r"days = -1"),
        (lambda: BondDepository(1.0, 5.0, 1.0).deposit(-1.0), r"value = -1"),
        (lambda: BondDepository(1.0, 5.0, 100.0, max_payout=0.01).deposit(2.0), r"payout = 2 .* \[0, 1\]"),
        (lambda: BondDepository(1.0, 5.0, 1.0).discount(0.0), r"market_price = 0"),
        (lambda: BondDepository(1.0, 5.0, 1.0).deposit(0.0).delivered(-1.0), r"days = -1"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()


def test_zero_is_no_bond():
    sale = BondDepository(1.0, 5.0, 1.0).deposit(np.array([0.0, 0.5]))
    assert sale.payout[0] == 0.0


def test_the_minimum_price_is_dropped_for_good_once_the_formula_reaches_it():
    depository = BondDepository(100.0, 5.0, 1000.0, 0.0, minimum_price=3.0)
    assert depository.deposit(10.0).depository.minimum_price == 3.0
    dropped = depository.deposit(60.0).depository
    assert dropped.minimum_price == 0.0
    assert dropped.after(5.0).price == 1.0
    together = BondDepository(100.0, 5.0, 1000.0, 0.0, minimum_price=3.0).deposit(np.array([10.0, 60.0])).depository
    assert together.minimum_price.tolist() == [3.0, 0.0]
