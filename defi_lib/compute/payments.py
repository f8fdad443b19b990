"""Payments of a compute market as entries of the double-entry ledger."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np

from defi_lib.ledger import OUTSIDE, Ledger, Transfer, record_transfers
from defi_lib.validation import Amount, between, broadcastable, fulfilled, non_negative


class Payment(NamedTuple):
    """A transfer of the ledger, mostly of USD; every record of this package lists its own in ``.payments``."""

    payer: str
    payee: str
    amount: Amount  #: of ``asset``, >= 0, one number or one per scenario
    reason: str
    asset: str = "USD"


def record_payments(ledger: Ledger, payments: Iterable[Payment], time: float | None = None) -> None:
    """Write payments; those of nothing are left out.

    What ``"outside"`` pays is minted, what it gets is burned. A party new to the ledger is registered. Its role
    is its name without a number: ``"node 7"`` is a ``"node"``.

    Args:
        ledger: where to.
        payments: of one or several records.
        time: of all of them; by default the ledger's.

    Raises:
        ValueError: as :meth:`Ledger.record`.
    """
    payments = list(payments)
    for payment in payments:
        for name in (payment.payer, payment.payee):
            if name not in ledger.roles and name != OUTSIDE:
                ledger.party(name, name.rstrip("0123456789").rstrip() or name)
    transfers = (Transfer(each.payer, each.payee, each.amount, each.asset, each.reason) for each in payments)
    record_transfers(ledger, (each for each in transfers if np.any(each.amount)), time)


def sell(
    seller: str, buyer: str, tokens: Amount, price: Amount, asset: str, reason: str = "sale"
) -> tuple[Payment, ...]:
    """A sale: tokens one way, USD the other.

    Args:
        seller: who gives ``tokens``.
        buyer: who pays ``tokens·price``.
        tokens: >= 0.
        price: USD per token, >= 0.
        asset: name of the token.
        reason: of both payments.

    Raises:
        ValueError: a negative number, or shapes that do not fit together.
    """
    tokens, price = non_negative("tokens", tokens), non_negative("price", price)
    broadcastable(tokens=tokens, price=price)
    return (Payment(seller, buyer, tokens, reason, asset), Payment(buyer, seller, tokens * price, reason))


def divide_payments(payments: Iterable[Payment], party: str, parts: Mapping[str, Amount]) -> tuple[Payment, ...]:
    """Payments of one party as those of several, each with its part: early and late providers instead of all nodes.

    Args:
        payments: of one or several records; those of others stay as they are.
        party: who is divided.
        parts: name and part of each, in [0, 1]; they add up to 1.

    Raises:
        ValueError: a part outside [0, 1], parts that do not add up to 1, or shapes that do not fit together.
    """
    shares = {name: between(f"parts[{name!r}]", part, 0.0, 1.0) for name, part in parts.items()}
    broadcastable(**shares)
    together = np.asarray(sum(shares.values(), 0.0))
    # Tenths rarely add up to one exactly.
    fulfilled("sum of parts", together, np.abs(together - 1) <= 1e-12, "is 1")
    divided: list[Payment] = []
    for payment in payments:
        payer, payee, amount, reason, asset = payment
        if party not in (payer, payee):
            divided.append(payment)
            continue
        for name, share in shares.items():
            gives, gets = (name if each == party else each for each in (payer, payee))
            divided.append(Payment(gives, gets, amount * share, reason, asset))
    return tuple(divided)
