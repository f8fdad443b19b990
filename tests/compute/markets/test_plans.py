import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    break_even_uses,
    choose_plan,
    metered_cost,
    settle_by_contract,
    settle_by_invoice,
)
from defi_lib.ledger import Ledger, profits
from tests.support.contracts import assert_refuses

amounts = st.floats(0, 1e6)


def test_metered_cost():
    assert metered_cost(0.01, 0.0002, 100.0, 0.0001, 60.0) == pytest.approx(0.01 + 0.02 + 0.006)
    many = metered_cost(0.0, np.array([1.0, 2.0]), 3.0, 0.0, 0.0)
    assert many.tolist() == [3, 6]


def test_subscription_against_pay_per_use():
    assert break_even_uses(20.0, 0.002) == 10_000
    choice = choose_plan(np.array([0.0, 5_000, 10_000, 50_000]), 0.002, 20.0, 0.001)
    assert choice.paid.tolist() == [0, 10, 20, 20]
    assert choice.saved.tolist() == [0, 0, 0, 80]
    assert choice.margin.tolist() == [0, 5, 10, -30]


@given(st.lists(amounts, min_size=1, max_size=5), st.floats(0, 10), amounts, st.floats(0, 10))
def test_what_clients_save_by_choosing_the_provider_loses(uses, price, subscription, unit_cost):
    choice = choose_plan(np.array(uses), price, subscription, unit_cost)
    np.testing.assert_allclose(choice.margin_per_use - choice.margin, choice.saved, atol=1e-6, rtol=1e-9)
    assert np.all(choice.margin <= choice.margin_per_use)
    assert np.all(choice.margin <= choice.margin_subscription)
    ledger = Ledger(new_parties="by name")
    ledger.book(choice)
    ledger.check_conserved()
    if "provider" in ledger.roles:
        np.testing.assert_allclose(profits(ledger)["provider"]["total"], choice.margin, rtol=1e-9, atol=1e-9)


def test_settlement_by_contract_and_by_invoice():
    contract = settle_by_contract(1000.0, 0.5, 0.02, batch=10.0, deposit_days=7.3, interest=0.1)
    assert (contract.amount, contract.fee, contract.loss) == (500, 2, 0)
    assert contract.waiting == pytest.approx(500 * 0.1 * 0.02)
    assert contract.share == pytest.approx(0.006)
    invoice = settle_by_invoice(1000.0, 0.5, 0.3, 0.029, batch=1000.0, days=36.5, interest=0.1, default=0.02)
    assert invoice.loss == 10
    assert invoice.fee == pytest.approx(0.3 + 0.029 * 490)
    assert invoice.waiting == pytest.approx(4.9)
    assert invoice.cost == invoice.fee + invoice.waiting + invoice.loss


def test_small_payments_alone_are_eaten_by_either():
    payment = np.array([0.01, 1.0, 100.0])
    assert np.all(np.diff(settle_by_contract(1.0, payment, 0.05).share) < 0)
    assert settle_by_contract(1.0, 0.01, 0.05).share == pytest.approx(5)
    assert settle_by_contract(0.0, 1.0, 0.05).share == 0
    assert settle_by_invoice(1.0, 0.0, 0.3).share == 0


@given(amounts, amounts, st.floats(0, 10), st.floats(0, 0.9), st.floats(0, 365), st.floats(0, 1), st.floats(0, 0.9))
def test_the_ledger_shows_what_the_provider_keeps(number, payment, fee, percentage, days, interest, default):
    for settled in (
        settle_by_contract(number, payment, fee, 2.0, days, interest),
        settle_by_invoice(number, payment, fee, percentage, 3.0, days, interest, default),
    ):
        ledger = Ledger({"provider": "provider"}, new_parties="by name")
        ledger.book(settled)
        ledger.check_conserved()
        kept = settled.amount - settled.cost
        assert ledger.balance("provider", "USD") == pytest.approx(kept, rel=1e-9, abs=1e-9 * (settled.amount + 1))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: metered_cost(-1.0, 0, 0, 0, 0), r"start = -1 .*\[0, inf\)"),
        (lambda: metered_cost(0, 0, [1.0, -1.0], 0, 0), r"processor_time\[1\] = -1 .*\[0, inf\)"),
        (lambda: metered_cost(0, np.ones(2), np.ones(3), 0, 0), "shapes do not fit"),
        (lambda: break_even_uses(20.0, 0.0), r"price = 0 .*\(0, inf\)"),
        (lambda: break_even_uses(-1.0, 1.0), r"subscription = -1 .*\[0, inf\)"),
        (lambda: choose_plan(-1.0, 1.0, 1.0), r"uses = -1 .*\[0, inf\)"),
        (lambda: choose_plan(1.0, -1.0, 1.0), r"price = -1 .*\[0, inf\)"),
        (lambda: choose_plan(1.0, 1.0, 1.0, -1.0), r"unit_cost = -1 .*\[0, inf\)"),
        (lambda: settle_by_contract(-1.0, 1.0, 1.0), r"payments = -1 .*\[0, inf\)"),
        (lambda: settle_by_contract(1.0, 1.0, 1.0, 0.5), r"batch = 0.5 .*\[1, inf\)"),
        (lambda: settle_by_contract(1.0, 1.0, -1.0), r"transaction_fee = -1 .*\[0, inf\)"),
        (lambda: settle_by_invoice(1.0, -1.0, 1.0), r"payment = -1 .*\[0, inf\)"),
        (lambda: settle_by_invoice(1.0, 1.0, 1.0, 1.0), r"percentage = 1 .*\[0, 1\)"),
        (lambda: settle_by_invoice(1.0, 1.0, 1.0, default=1.0), r"default = 1 .*\[0, 1\)"),
        (lambda: settle_by_invoice(1.0, 1.0, 1.0, days=-1.0), r"days = -1 .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
