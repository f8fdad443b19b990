"""What booking was called before there was one way to do it. Each name still works, and warns.

The functions ``record_…(ledger, record, names…)`` are ``ledger.book(record, …)`` now.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import numpy as np

from defi_lib.ledger.book import Ledger
from defi_lib.ledger.transfer import OUTSIDE, Transfer, divide
from defi_lib.validation import Amount

Record = TypeVar("Record")


def _warn(name: str, now: str) -> None:
    warnings.warn(f"{name} is now {now}", DeprecationWarning, stacklevel=3)


def _booking(name: str, *roles: str) -> Callable[..., None]:
    """The function that wrote a record, with the names of roles in the order they had."""

    def record(ledger: Ledger, happened: Any, *names: Any, **others: Any) -> None:
        _warn(name, "ledger.book(record, ...)")
        given = dict(zip(roles[: len(names)], names, strict=True)) | others
        ledger.book(happened, **given)

    record.__name__ = record.__qualname__ = name
    record.__doc__ = "Now ``ledger.book(record, ...)``."
    return record


record_swap = _booking("record_swap", "trader", "pool", "assets", "time")
record_trade = _booking("record_trade", "trader", "makers", "exchange", "assets", "time")
record_deposit = _booking("record_deposit", "provider", "pool", "assets", "time")
record_withdrawal = _booking("record_withdrawal", "provider", "pool", "assets", "time")
record_run = _booking("record_run", "providers", "arbitrageur", "market", "assets", "time")
record_liquidation = _booking("record_liquidation", "borrowers", "liquidator", "market", "treasury", "assets", "time")
record_cascade = _booking("record_cascade", "borrowers", "liquidator", "pool", "market", "treasury", "assets", "time")
record_farm_run = _booking("record_farm_run", "farmers")
record_launch_run = _booking("record_launch_run")
record_fee = _booking("record_fee", "user", "validators", "operator", "asset", "time")
record_mining = _booking("record_mining", "miners", "fee_share", "users", "power", "makers", "asset")
record_stakes = _booking("record_stakes", "stakers", "operator", "suppliers", "asset")


def record_liquidity(ledger: Ledger, side: Any, provider: str, *names: str, **others: str) -> None:
    """Now ``ledger.book(side, provider=..., asset=ledger.numeraire)``."""
    _warn("record_liquidity", "ledger.book(side, provider=...)")
    given: dict[str, Any] = dict(zip(("protocol", "traders", "arbitrageurs")[: len(names)], names, strict=True))
    given |= others
    ledger.book(side, provider=provider, asset=ledger.numeraire, **given)


def record_transfers(ledger: Ledger, transfers: Iterable[Transfer], time: float | None = None) -> None:
    """Now ``ledger.book(transfers, time=time)``."""
    _warn("record_transfers", "ledger.book(transfers, time=time)")
    ledger.book([Transfer(*each) for each in transfers], time=time)


def Payment(payer: str, payee: str, amount: Amount, reason: str, asset: str = "USD") -> Transfer:  # noqa: N802
    """Now :class:`~defi_lib.ledger.Transfer`, whose fields are in the order of the ledger."""
    _warn("Payment(payer, payee, amount, reason, asset)", "Transfer(payer, payee, amount, asset, reason)")
    return Transfer(payer, payee, amount, asset, reason)


def record_payments(ledger: Ledger, payments: Iterable[Transfer], time: float | None = None) -> None:
    """Now ``Ledger(new_parties="by name").book(payments, time=time)``; payments of nothing were left out."""
    _warn("record_payments", 'Ledger(..., new_parties="by name").book(transfers, time=time)')
    made = list(payments)
    for name in (name for each in made for name in (each.payer, each.payee)):
        if name not in ledger.roles and name != OUTSIDE:
            ledger.party(name, name.rstrip("0123456789").rstrip() or name)
    ledger.book([each for each in made if np.any(each.amount)], time=time)


def divide_payments(payments: Iterable[Transfer], party: str, parts: Any) -> tuple[Transfer, ...]:
    """Now :func:`~defi_lib.ledger.divide`."""
    _warn("divide_payments", "defi_lib.ledger.divide")
    return divide(payments, party, parts)


def with_payments(record: type[Record]) -> type[Record]:
    """Give the class of a record ``payments``, what its ``transfers()`` was called; it warns."""

    def payments(self: Any) -> tuple[Transfer, ...]:
        _warn("record.payments", "record.transfers(), with the names of the roles")
        return tuple(self.transfers())

    record.payments = property(payments)  # type: ignore[attr-defined]
    return record
