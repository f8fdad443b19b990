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

    A party new to the ledger is registered. Its role is its name without a number: ``"node 7"`` is a ``"node"``.

    Args:
        ledger: where to.
        payments: of one or several records.
        time: of all of them; by default the ledger's.

    Raises:
        ValueError: as :meth:`Ledger.record`.
    """
    for payment in payments:
        for name in (payment.payer, payment.payee):
            if name not in ledger.roles:
                ledger.party(name, name.rstrip("0123456789").rstrip() or name)
        if np.any(payment.amount):
            ledger.record(payment.payer, payment.payee, payment.amount, payment.asset, payment.reason, time)
