"""What booking was called before still works, and says what to write instead."""

from __future__ import annotations

import numpy as np
import pytest

from defi_lib.ledger import OUTSIDE, Ledger, Transfer, former


def test_transfers_mint_move_and_burn():
    ledger = Ledger({"a": "user", "b": "user"})
    moves = [
        Transfer(OUTSIDE, "a", 5.0, "token", "emission"),
        Transfer("a", "b", 3.0, "token", "sale"),
        Transfer("b", OUTSIDE, 1.0, "token", "burn"),
    ]
    with pytest.warns(DeprecationWarning, match=r"is now ledger\.book\(transfers, time=time\)"):
        former.record_transfers(ledger, moves, 7.0)
    assert (ledger.balance("a", "token"), ledger.balance("b", "token"), ledger.supply("token")) == (2.0, 2.0, 4.0)
    assert ledger.time == 7.0
    ledger.check_conserved()


def test_unknown_parties_are_refused():
    with pytest.raises(ValueError, match="payer = 'c' is no party"), pytest.warns(DeprecationWarning):
        former.record_transfers(Ledger({"a": "user"}), [Transfer("c", "a", 1.0, "token", "sale")])


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_payments_are_transfers_whose_parties_need_not_be_known():
    ledger = Ledger({"cloud": "baseline"})
    payments = [former.Payment("buyer 3", "node 12", 5.0, "rent"), former.Payment("7", "cloud", 1.0, "rent")]
    assert payments[0] == Transfer("buyer 3", "node 12", 5.0, "USD", "rent")
    former.record_payments(ledger, [*payments, former.Payment("a", "b", np.zeros(3), "rent")], time=2.0)
    assert ledger.roles | {"a": "a", "b": "b"} == {
        "cloud": "baseline", "buyer 3": "buyer", "node 12": "node", "7": "7", "a": "a", "b": "b"
    }  # fmt: skip
    assert (ledger.balance("node 12", "USD"), ledger.time, len(ledger.flows)) == (5.0, 2.0, 2)
    assert former.divide_payments(payments, "cloud", {"x": 0.5, "y": 0.5})[1:] == (
        Transfer("7", "x", 0.5, "USD", "rent"),
        Transfer("7", "y", 0.5, "USD", "rent"),
    )
