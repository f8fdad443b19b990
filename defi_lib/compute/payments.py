"""Payments of a compute market as entries of the double-entry ledger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from defi_lib.ledger import Ledger
from defi_lib.validation import Amount


class Payment(NamedTuple):
    """Who pays whom, how much and why; every record of this package lists its own in ``.payments``."""

    payer: str
    payee: str
    amount: Amount  #: of ``asset``, >= 0, one number or one per scenario
    reason: str
    asset: str = "USD"


def record_payments(ledger: Ledger, payments: Iterable[Payment], time: float | None = None) -> None:
    """Write payments; those of nothing are left out.

    What the ledger's outside pays is minted, what it gets is burned. A party new to the ledger is registered. Its role
    is its name without a number: ``"node 7"`` is a ``"node"``.

    Args:
        ledger: where to.
        payments: of one or several records.
        time: of all of them; by default the ledger's.

    Raises:
        ValueError: as :meth:`Ledger.record`.
    """
    for payment in payments:
        for name in (payment.payer, payment.payee):
            if name not in ledger.roles and name != ledger.outside:
                ledger.party(name, name.rstrip("0123456789").rstrip() or name)
        payer, payee, amount, reason, asset = payment
        if not np.any(amount):
            continue
        if payer == ledger.outside:
            ledger.mint(payee, amount, asset, reason, time)
        elif payee == ledger.outside:
            ledger.burn(payer, amount, asset, reason, time)
        else:
            ledger.record(payer, payee, amount, asset, reason, time)
