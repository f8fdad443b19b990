import numpy as np
import pytest

from defi_lib.compute import Payment, mcafee_auction, record_payments
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
