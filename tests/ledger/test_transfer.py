from __future__ import annotations

import pytest

from defi_lib.ledger import OUTSIDE, Ledger, Transfer, record_transfers


def test_transfers_mint_move_and_burn():
    ledger = Ledger({"a": "user", "b": "user"})
    moves = [
        Transfer(OUTSIDE, "a", 5.0, "token", "emission"),
        Transfer("a", "b", 3.0, "token", "sale"),
        Transfer("b", OUTSIDE, 1.0, "token", "burn"),
    ]
    record_transfers(ledger, moves, 7.0)
    assert (ledger.balance("a", "token"), ledger.balance("b", "token"), ledger.supply("token")) == (2.0, 2.0, 4.0)
    assert ledger.time == 7.0
    ledger.check_conserved()


def test_unknown_parties_are_refused():
    with pytest.raises(ValueError, match="payer = 'c' is no party"):
        record_transfers(Ledger({"a": "user"}), [Transfer("c", "a", 1.0, "token", "sale")])
