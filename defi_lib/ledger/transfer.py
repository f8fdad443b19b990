"""Who paid whom what, and why: the form in which mechanisms say what moved, and how it gets into the ledger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from defi_lib.ledger.book import Ledger
from defi_lib.validation import Amount

#: Payer of what is minted, payee of what is burned, whatever the ledger calls it.
OUTSIDE = "outside"


class Transfer(NamedTuple):
    """One movement of value; between two parties, ``ledger.record(*transfer)`` books it.

    A claim is an asset too. Who supplies 100 USDC gives the market 100 ``"USDC"`` and gets 100 ``"USDC supplied"``;
    a borrower gets 100 ``"USDC"`` and gives 100 ``"USDC debt"``. So interest is a transfer of claims, and the transfers
    of one reason add up to the profit that this reason made.
    """

    payer: str
    payee: str
    amount: Amount  #: units of the asset, >= 0
    asset: str
    reason: str


def actual(transfers: Iterable[Transfer]) -> tuple[Transfer, ...]:
    """The transfers of more than nothing, from one party to another."""
    return tuple(each for each in transfers if each.payer != each.payee and np.any(each.amount))


def record_transfers(ledger: Ledger, transfers: Iterable[Transfer], time: float | None = None) -> None:
    """Write transfers into the ledger; those from or to ``OUTSIDE`` mint or burn.

    Args:
        ledger: in which all other payers and payees are parties.
        transfers: what moved, as the records of mechanisms list it.
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
