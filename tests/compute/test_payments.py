import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import Payment, divide_payments, mcafee_auction, record_payments, sell
from defi_lib.ledger import Ledger


def test_parties_get_the_role_of_their_name_without_number():
    ledger = Ledger({"cloud": "baseline"})
    record_payments(ledger, [Payment("buyer 3", "node 12", 5.0, "rent"), Payment("7", "cloud", 1.0, "rent")], time=2.0)
    assert ledger.roles == {"cloud": "baseline", "buyer 3": "buyer", "node 12": "node", "7": "7"}
    assert ledger.balance("node 12", "USD") == 5.0
    assert ledger.time == 2.0


def test_payments_of_nothing_leave_no_entry():
    ledger = Ledger()
    record_payments(ledger, [Payment("a", "b", 0.0, "rent"), Payment("a", "b", np.zeros(3), "rent")])
    assert ledger.flows == {}


def test_the_outside_mints_and_burns():
    ledger = Ledger()
    record_payments(ledger, [Payment("outside", "node 1", 5.0, "emission", "TOKEN")])
    record_payments(ledger, [Payment("node 1", "outside", 2.0, "burn", "TOKEN")])
    assert ledger.balance("node 1", "TOKEN") == ledger.supply("TOKEN") == 3
    ledger.check_conserved()


def test_an_auction_of_many_scenarios_is_one_ledger():
    random = np.random.default_rng(1)
    clearing = mcafee_auction(random.random((100, 6)), random.random((100, 5)))
    ledger = Ledger()
    record_payments(ledger, clearing.payments)
    ledger.check_conserved()
    np.testing.assert_allclose(ledger.balance("market", "USD"), clearing.market_keeps, atol=1e-15)


def test_a_negative_payment_is_refused():
    with pytest.raises(ValueError, match=r"amount = -1 .*\[0, inf\)"):
        record_payments(Ledger(), [Payment("a", "b", -1.0, "rent")])


def test_a_sale_moves_tokens_one_way_and_money_the_other():
    ledger = Ledger()
    ledger.mark("TOKEN", 2.0)
    record_payments(ledger, sell("node 1", "buyer", np.array([3.0, 0.0]), 2.0, "TOKEN"))
    assert ledger.balance("buyer", "TOKEN").tolist() == [3, 0]
    assert ledger.balance("node 1", "USD").tolist() == [6, 0]
    assert np.all(ledger.wealth("buyer") == 0)  # at the market price nobody gains
    ledger.check_conserved()


@given(st.floats(0, 1), st.floats(0, 1e9))
def test_divided_payments_are_the_whole(part, amount):
    whole = [
        Payment("users", "nodes", amount, "rent"),
        Payment("nodes", "power", amount / 2, "cost"),
        Payment("users", "power", 1.0, "fee"),
    ]
    divided = divide_payments(whole, "nodes", {"early": part, "late": 1 - part})
    assert [payment[:2] for payment in divided] == [
        ("users", "early"), ("users", "late"), ("early", "power"), ("late", "power"), ("users", "power")
    ]  # fmt: skip
    assert divided[-1] == whole[-1]
    assert divided[0].amount + divided[1].amount == pytest.approx(amount)
    assert divided[0].amount == amount * part


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: sell("a", "b", -1.0, 1.0, "T"), r"tokens = -1 .*\[0, inf\)"),
        (lambda: sell("a", "b", 1.0, -1.0, "T"), r"price = -1 .*\[0, inf\)"),
        (lambda: sell("a", "b", np.ones(2), np.ones(3), "T"), "shapes do not fit"),
        (lambda: divide_payments([], "a", {"b": 1.5, "c": -0.5}), r"parts\['b'\] = 1.5 .*\[0, 1\]"),
        (lambda: divide_payments([], "a", {"b": 0.5, "c": 0.4}), r"sum of parts = 0.9 is not possible: allowed is 1"),
        (lambda: divide_payments([], "a", {}), r"sum of parts = 0 is not possible: allowed is 1"),
    ],
)
def test_errors_of_sales_and_parts_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()
