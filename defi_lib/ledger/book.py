"""The double-entry ledger: every transfer has a payer and a payee, so that nothing appears or vanishes unseen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import fsum
from typing import Any

import numpy as np

from defi_lib.ledger import views
from defi_lib.ledger.accounts import OPENING, PRICE_CHANGE, TOTAL, Accounts, Entry, Flow, Mark, Route
from defi_lib.ledger.exact import ExactSum
from defi_lib.ledger.transfer import OUTSIDE, Booked, Moment, Transfer, moments
from defi_lib.validation import Amount, broadcastable, finite, non_negative, one_number, one_of, positive

#: What may happen to a party that is not registered.
NEW_PARTIES = ("refused", "by name")

_EPSILON = float(np.finfo(float).eps)


class Ledger(Accounts):
    """Append-only record of who paid whom, how much of which asset, why and when.

    What mechanisms return is written with :meth:`book`. Amounts (tokens, >= 0) and prices may be one number or one per
    scenario: ten thousand runs are one ledger. Whatever is neither opened, minted nor burned adds up to zero.

    Args:
        roles: the parties and their roles, ``{"alice": "trader"}``, or only their names, each its own role; more with
            :meth:`party`.
        numeraire: the asset in which prices and profits are counted; its price is 1.
        outside: name of the account that mints come from and burns go to.
        keep_history: keep every transfer, or for long simulations only the totals per payer, payee, asset and
            reason; ``transfers`` and ``over_time`` need the history, everything else does not.
        new_parties: ``"refused"``: who is not registered is an error; ``"by name"``: whoever pays or is paid is
            registered, and its role is its name without a number: ``"node 7"`` is a ``"node"``.

    An asset is worth its last mark; before its first mark, it is worth that first mark.

    >>> ledger = Ledger(["Ann", "pool"])
    >>> ledger.book(Transfer("Ann", "pool", 3.0, "USD", "fee"))
    >>> ledger.balance("pool", "USD")
    3.0
    """

    def __init__(
        self,
        roles: Mapping[str, str] | Iterable[str] | None = None,
        *,
        numeraire: str = "USD",
        outside: str = "outside",
        keep_history: bool = True,
        new_parties: str = "refused",
    ) -> None:
        super().__init__(numeraire, outside, keep_history)
        self.new_parties = one_of("new_parties", new_parties, NEW_PARTIES)
        self._entries = 0
        if isinstance(roles, str):
            raise ValueError(f"roles = {roles!r} is one name: allowed are a list of names, or names with roles")
        given = roles if isinstance(roles, Mapping) else dict.fromkeys(roles or ())
        for name, role in given.items():
            self.party(name, role)

    # Writing

    def party(self, name: str, role: str | None = None) -> str:
        """Register a party and its role (by default its own name); returns the name.

        Raises:
            ValueError: a name that is taken by the outside account or by a party of another role.
        """
        role = name if role is None else role
        if name == self.outside:
            raise ValueError(f"name = {name!r} is the account outside the system: choose another name")
        if TOTAL in (name, role):
            raise ValueError(f"name = {name!r}, role = {role!r}: {TOTAL!r} is the last row of every table")
        if self.roles.setdefault(name, role) != role:
            raise ValueError(f"name = {name!r} is already registered with role {self.roles[name]!r}, not {role!r}")
        return name

    def open(self, party: str, asset: str, amount: Amount) -> None:
        """Give ``party`` an opening balance (tokens, >= 0): wealth it had before, no profit.

        Raises:
            ValueError: an unknown party, or a negative amount.
        """
        self._party("party", party)
        self._enter(Route(self.outside, party, asset, OPENING), amount, None)

    def book(self, *records: Booked | Any, time: float | None = None, **names: Any) -> None:
        """Write what mechanisms did: the one way from their records to the ledger.

        Args:
            records: what happened: swaps, liquidations, runs, …; also transfers, and lists of them.
            time: of records without a time of their own (by default that of the last entry), or when a run starts.
            names: who plays which role, ``trader="Ann"``; see ``transfers`` of the record for its roles.

        Raises:
            ValueError: an unknown party, a party that pays itself (then nothing is written), a negative amount, time
                running backwards, or something that is no record.
        """
        happened = [moment for record in records for moment in moments(record, names)]
        for moment in happened:
            for transfer in moment.transfers:
                self._check_parties(transfer)
        for moment in happened:
            self._happen(moment, time)

    def record(
        self, payer: str, payee: str, amount: Amount, asset: str, reason: str, time: float | None = None
    ) -> None:
        """``payer`` gives ``payee`` an ``amount`` (tokens, >= 0) of ``asset``.

        Args:
            payer: a registered party.
            payee: another registered party.
            amount: tokens, one number or one per scenario.
            asset: name of the token or currency.
            reason: what the profit tables group by: ``"fee"``, ``"interest"``, ``"gas"``, …
            time: not before that of the last entry; by default the same.

        Raises:
            ValueError: an unknown party, a party that pays itself, a negative amount, or time running backwards.
        """
        self._check_parties(Transfer(payer, payee, amount, asset, reason), booked=False)
        self._enter(self._route(payer, payee, asset, reason), amount, time)

    def mint(self, payee: str, amount: Amount, asset: str, reason: str = "emission", time: float | None = None) -> None:
        """Create an ``amount`` (tokens, >= 0) of ``asset`` for ``payee``; errors as in :meth:`record`."""
        self._party("payee", payee)
        self._enter(self._route(self.outside, payee, asset, reason), amount, time)

    def burn(self, payer: str, amount: Amount, asset: str, reason: str = "burn", time: float | None = None) -> None:
        """Destroy an ``amount`` (tokens, >= 0) of ``asset`` of ``payer``; errors as in :meth:`record`."""
        self._party("payer", payer)
        self._enter(self._route(payer, self.outside, asset, reason), amount, time)

    def mark(self, asset: str, price: Amount, time: float | None = None) -> None:
        """From now on ``asset`` is worth ``price`` (numeraire per token, >= 0).

        Raises:
            ValueError: a negative price, a price for the numeraire, or time running backwards.
        """
        if asset == self.numeraire:
            raise ValueError(f"asset = {asset!r} is the numeraire: its price is 1")
        price = _kept(non_negative("price", price))
        shape = self._fitting("price", price)
        self._advance(time)
        self.shape = shape
        if asset in self.prices:
            self.repriced.add(asset)
        else:
            self.first_prices[asset] = price
            for route, flow in self.flows.items():
                if route.asset == asset:
                    flow.value = flow.amount * price
        self.prices[asset] = price
        if self.history is not None:
            self.history.append(Mark(self.time, asset, price))

    # Checking

    def check_conserved(self) -> None:
        """Every asset adds up, in every scenario: all balances together = opened + minted − burned, exactly summed.

        Raises:
            ValueError: naming asset, scenario and what is missing.
        """
        for asset in self.assets:
            accounts = [account for (_, held), account in self._accounts.items() if held == asset]
            parts = np.broadcast_arrays(*(part for a in accounts for part in (a.high, a.low)))
            rows = np.stack([part.ravel() for part in parts], axis=-1).tolist()
            surplus = np.array([fsum(row) for row in rows]).reshape(parts[0].shape)
            # The error of a sum in two floats is of second order.
            rounding = (self._entries * _EPSILON) ** 2 * self._moved(asset)
            wrong = np.abs(surplus) > rounding
            if np.any(wrong):
                place, excess = _first(wrong, surplus)
                raise ValueError(f"asset {asset!r} is not conserved{place}: the balances exceed the supply by {excess}")

    def reconcile(self, party: str, expected: Mapping[str, Amount], tolerance: float | None = None) -> None:
        """The balances of ``party`` are what the mechanism itself holds, for example the reserves of a pool.

        Args:
            party: whose books are compared.
            expected: tokens of each asset that the mechanism says it holds.
            tolerance: allowed difference, relative to all that ever moved through the account; by default a few
                roundings for each entry of the ledger.

        Raises:
            ValueError: naming party, asset, scenario and both numbers.
        """
        self._known("party", party)
        allowed = (64 + 4 * self._entries) * _EPSILON if tolerance is None else positive("tolerance", tolerance)
        for asset, amount in expected.items():
            real = finite(f"expected[{asset!r}]", amount)
            self._fitting(f"expected[{asset!r}]", real)
            booked = self.balance(party, asset)
            difference = np.asarray(booked - real)
            wrong = np.abs(difference) > allowed * np.maximum(self._moved(asset, party), np.abs(real))
            if np.any(wrong):
                place, excess = _first(wrong, difference)
                _, held = _first(wrong, np.asarray(real))
                raise ValueError(
                    f"party {party!r} holds {held} of {asset!r}{place}, "
                    f"but its entries in the ledger differ by {excess}: a transfer is missing or wrong"
                )

    # Tables: functions of the ledger that also read well as its methods

    by_party = views.by_party
    by_role = views.by_role
    by_reason = views.by_reason
    over_time = views.over_time
    transfers = views.transfers

    # Inside

    def _check_parties(self, transfer: Transfer, booked: bool = True) -> None:
        """Two parties, both known; a transfer that is booked may come from the outside, or go there."""
        payer, payee = transfer.payer, transfer.payee
        if payer == payee:
            raise ValueError(f"payer = {payer!r} pays itself: payer and payee must be two parties")
        for name, party in (("payer", payer), ("payee", payee)):
            if not (booked and party == OUTSIDE):
                self._party(name, party)

    def _party(self, name: str, party: str) -> None:
        """Somebody who pays or is paid: known, or registered now if the ledger takes new parties by name."""
        if self.new_parties == "by name" and party not in self.roles and party != self.outside:
            self.party(party, party.rstrip("0123456789").rstrip() or party)
        self._known(name, party)

    def _happen(self, moment: Moment, start: float | None) -> None:
        """Write one moment of what is booked; its parties are known."""
        time = start if moment.time is None else (start or 0.0) + moment.time
        for asset, price in moment.prices.items():
            self.mark(asset, price, time)
        for payer, payee, amount, asset, reason in moment.transfers:
            gives, gets = (self.outside if party == OUTSIDE else party for party in (payer, payee))
            self._enter(self._route(gives, gets, asset, reason), amount, time)

    def _enter(self, route: Route, amount: Amount, time: float | None) -> None:
        """Check and write one transfer; nothing is written if a check fails."""
        amount = non_negative("amount", amount)
        shape = self._fitting("amount", amount)
        self._advance(time)
        self.shape = shape
        self._entries += 1
        self._account(route.payer, route.asset).add(-amount)
        self._account(route.payee, route.asset).add(amount)
        flow = self.flows.get(route)
        if flow is None:
            flow = self.flows[route] = Flow()
        flow.amount = flow.amount + amount
        if route.asset in self.prices:
            flow.value = flow.value + amount * self.prices[route.asset]
        if self.history is not None:
            self.history.append(Entry(self.time, route, _kept(amount)))

    def _route(self, payer: str, payee: str, asset: str, reason: str) -> Route:
        if reason in (OPENING, PRICE_CHANGE, TOTAL):
            raise ValueError(f"reason = {reason!r} is a name used by the tables: choose another")
        return Route(payer, payee, asset, reason)

    def _account(self, party: str, asset: str) -> ExactSum:
        account = self._accounts.get((party, asset))
        if account is None:
            account = self._accounts[party, asset] = ExactSum()
        return account

    def _advance(self, time: float | None) -> None:
        if time is None:
            return
        if np.ndim(time) != 0:
            raise ValueError(f"time has shape {np.shape(time)}: allowed is one number for all scenarios")
        moment = one_number("time", finite("time", time))
        if self._time is not None and moment < self._time:
            raise ValueError(
                f"time = {moment:.12g} is outside the allowed range [{self._time:.12g}, inf): time runs on"
            )
        self._time = moment

    def _fitting(self, name: str, value: Amount) -> tuple[int, ...]:
        """Shape of the scenarios together with those of ``value``; an error if they do not fit."""
        if type(value) is float:
            return self.shape
        return broadcastable(**{name: value, "the scenarios": np.broadcast_to(0.0, self.shape)})

    def _moved(self, asset: str, party: str | None = None) -> Amount:
        """All that ever moved of ``asset`` (through the account of ``party``), both directions added."""
        return sum(
            (
                flow.amount
                for route, flow in self.flows.items()
                if route.asset == asset and (party is None or party in (route.payer, route.payee))
            ),
            0.0,
        )


def _kept(value: Amount) -> Amount:
    """A copy, because the caller may reuse the array for the next step."""
    return value.copy() if isinstance(value, np.ndarray) else value


def _first(wrong: np.ndarray, values: np.ndarray) -> tuple[str, str]:
    """Where ``wrong`` is true first, in words, and the value there."""
    if not wrong.shape:
        return "", f"{float(values):.12g}"
    where = tuple(int(i) for i in np.argwhere(wrong)[0])
    value = float(np.broadcast_to(values, wrong.shape)[where])
    return f" in scenario {', '.join(map(str, where))}", f"{value:.12g}"
