"""The books of a simulated year: every payment has a payer, a payee and a reason, and all accounts add up to zero."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.economy.system.people import ROLES
from defi_lib.ledger import OUTSIDE, Ledger, Transfer

Array = NDArray[np.float64]


class SystemEntry(NamedTuple):
    """One line: from whom, to whom, how much and why; one amount per seed."""

    payers: Mapping[str, Array]  #: what each account pays
    payees: Mapping[str, Array]  #: what each account gets
    reason: str
    asset: str


class SystemBook:
    """The accounts of roles and firms, and what each person gets by reason.

    A side of a payment is the name of a firm or *weights*: seeds × people, adding up to one in each seed. The account
    of a role is the sum of its people. If nobody is on one side, the payment does not happen, so that every entry has
    two equal sides.
    """

    def __init__(self, role: NDArray[np.int8]) -> None:
        self._role = role
        self._members = np.stack([role == place for place in range(len(ROLES))], axis=1).astype(float)
        self.entries: list[SystemEntry] = []
        self.firms: dict[str, Array] = {}  #: what each firm has got so far (USD), one per seed
        self.by_reason: dict[str, Array] = {}  #: what each person has got by reason (USD), seeds × people

    def pay(
        self, reason: str, amount: Array | float, payer: str | Array, payee: str | Array, asset: str = "USD"
    ) -> Array:
        """Book a payment of ``amount`` (one per seed) and return what was paid."""
        paid = np.array(np.broadcast_to(np.asarray(amount, dtype=float), (len(self._role),)))
        for side in (payer, payee):
            if not isinstance(side, str):
                paid[side.sum(axis=1) < 0.5] = 0.0
        if not paid.any():
            return paid
        sides = self._side(payer, paid, -1.0, reason, asset), self._side(payee, paid, 1.0, reason, asset)
        self.entries.append(SystemEntry(*sides, reason, asset))
        return paid

    def _side(self, party: str | Array, paid: Array, sign: float, reason: str, asset: str) -> Mapping[str, Array]:
        if isinstance(party, str):
            if asset == "USD":
                self.firms[party] = self.firms.get(party, np.zeros(len(paid))) + sign * paid
            return {party: paid}
        if asset == "USD":
            moved = (sign * paid)[:, np.newaxis] * party
            known = self.by_reason.get(reason)
            self.by_reason[reason] = moved if known is None else known + moved
        shares = np.matmul(self._members, party[:, :, np.newaxis])[:, :, 0]
        return {name: paid * shares[:, place] for place, name in enumerate(ROLES) if shares[:, place].any()}

    def profit(self) -> Array:
        """What each person has got in all (USD), seeds × people."""
        total = np.zeros(self._role.shape)
        for part in self.by_reason.values():
            total += part
        return total

    def balance(self, firm: str) -> Array:
        """What a firm has got and not yet paid (USD), one per seed."""
        return self.firms.get(firm, np.zeros(len(self._role)))

    def residual(self) -> Array:
        """What is missing in the books (USD), one per seed: zero to rounding."""
        return self.profit().sum(axis=1) + np.sum(list(self.firms.values()) or [np.zeros(len(self._role))], axis=0)

    def accounts(self, asset: str = "USD") -> dict[str, Array]:
        """What each role and firm has got in all, one per seed."""
        total: dict[str, Array] = {}
        for entry in self.entries:
            if entry.asset == asset:
                for sign, side in ((-1.0, entry.payers), (1.0, entry.payees)):
                    for name, amount in side.items():
                        total[name] = total.get(name, np.zeros(len(self._role))) + sign * amount
        return total

    def reasons(self, account: str) -> dict[str, Array]:
        """What one role or firm has got by reason (USD), one per seed."""
        total: dict[str, Array] = {}
        for entry in self.entries:
            for sign, side in ((-1.0, entry.payers), (1.0, entry.payees)):
                if entry.asset == "USD" and account in side:
                    total[entry.reason] = total.get(entry.reason, np.zeros(len(self._role))) + sign * side[account]
        return total

    def ledger(self, seed: int | None = None) -> Ledger:
        """The year in the course's ledger, in USD: of one seed, or the mean over all.

        Each payer pays each payee of an entry in proportion to what that payee gets of it.
        """
        ledger = Ledger([], new_parties="by name")
        names = {name for entry in self.entries for side in (entry.payers, entry.payees) for name in side}
        for name in sorted(names - {OUTSIDE}):
            ledger.party(name)
        for entry in self.entries:
            if entry.asset == "USD":
                ledger.book(_Booked(_split(entry, seed)))
        return ledger


class _Booked(NamedTuple):
    transfers: tuple[Transfer, ...]


def _split(entry: SystemEntry, seed: int | None) -> tuple[Transfer, ...]:
    """An entry as transfers between single accounts."""

    def pick(values: Array) -> float:
        return float(values.mean() if seed is None else values[seed])

    whole = np.sum(list(entry.payees.values()), axis=0)
    parts = {name: np.divide(got, whole, out=np.zeros_like(got), where=whole > 0) for name, got in entry.payees.items()}
    pairs = [(payer, payee, pick(paid * part)) for payer, paid in entry.payers.items() for payee, part in parts.items()]
    return tuple(
        Transfer(payer, payee, amount, entry.asset, entry.reason)
        for payer, payee, amount in pairs
        if amount > 0 and payer != payee
    )
