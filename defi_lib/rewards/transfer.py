"""Who paid whom what, and why: the form in which rewards, launches and bonds say what moved."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from defi_lib.ledger import Ledger
from defi_lib.validation import Amount

#: Payer of what is minted, payee of what is burned.
OUTSIDE = "outside"


class Transfer(NamedTuple):
    """One movement of value."""

    payer: str
    payee: str
    amount: Amount  #: units of the asset, >= 0
    asset: str
    reason: str


def record_transfers(ledger: Ledger, transfers: Iterable[Transfer], time: float | None = None) -> None:
    """Write transfers into the ledger; those from or to ``OUTSIDE`` mint or burn.

    Args:
        ledger: in which all other payers and payees are parties.
        transfers: what moved, as the records of this package list it.
        time: of all of them; by default the ledger's.

    Raises:
        ValueError: an unknown party, or time running backwards.
    """
    for payer, payee, amount, asset, reason in transfers:
        if payer == OUTSIDE:
            ledger.mint(payee, amount, asset, reason, time)
        elif payee == OUTSIDE:
            ledger.burn(payer, amount, asset, reason, time)
        else:
            ledger.record(payer, payee, amount, asset, reason, time)


def moved(*transfers: Transfer) -> tuple[Transfer, ...]:
    """The transfers of single numbers in which anything moved."""
    return tuple(transfer for transfer in transfers if transfer.amount)
