"""The double-entry ledger: every transfer has a payer and a payee, so that nothing appears or vanishes unseen."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from math import fsum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from defi_lib.ledger.exact import ExactSum
from defi_lib.validation import Amount, broadcastable, finite, non_negative, positive

if TYPE_CHECKING:
    import pandas as pd

OPENING = "opening"
PRICE_CHANGE = "price change"
TOTAL = "total"

_EPSILON = float(np.finfo(float).eps)


class Route(NamedTuple):
    """From whom to whom, in what, why."""

    payer: str
    payee: str
    asset: str
    reason: str


class Flow:
    """All that ever moved along one route."""

    __slots__ = ("amount", "value")

    def __init__(self) -> None:
        self.amount: Amount = 0.0  #: tokens
        self.value: Amount = 0.0  #: in the numeraire, each transfer at the price of its time


class Entry(NamedTuple):
    """One entry of the history."""

    time: float
    route: Route
    amount: Amount  #: tokens


class Mark(NamedTuple):
    """A price in the history."""

    time: float
    asset: str
    price: Amount  #: numeraire per token


class Ledger:
    """Append-only record of who paid whom, how much of which asset, why and when.

    Amounts (tokens, >= 0) and prices may be one number or one per scenario: ten thousand runs are one ledger.
    Whatever is neither opened, minted nor burned adds up to zero.

    Args:
        roles: the parties and their roles, ``{"alice": "trader"}``; more with :meth:`party`.
        numeraire: the asset in which prices and profits are counted; its price is 1.
        outside: name of the account that mints come from and burns go to.
        keep_history: keep every transfer, or for long simulations only the totals per payer, payee, asset and
            reason; ``transfers`` and ``over_time`` need the history, everything else does not.

    An asset is worth its last mark; before its first mark, it is worth that first mark.
    """

    def __init__(
        self,
        roles: Mapping[str, str] | None = None,
        *,
        numeraire: str = "USD",
        outside: str = "outside",
        keep_history: bool = True,
    ) -> None:
        self.numeraire = numeraire
        self.outside = outside
        self.roles: dict[str, str] = {}  #: role of every party
        self.prices: dict[str, Amount] = {numeraire: 1.0}  #: the last mark of every asset
        self.first_prices: dict[str, Amount] = {numeraire: 1.0}
        self.repriced: set[str] = set()  #: assets marked more than once
        self.flows: dict[Route, Flow] = {}  #: totals per payer, payee, asset and reason
        self.history: list[Entry | Mark] | None = [] if keep_history else None
        self.shape: tuple[int, ...] = ()  #: shape of the scenarios
        self._accounts: dict[tuple[str, str], ExactSum] = {}
        self._time: float | None = None
        self._entries = 0
        for name, role in (roles or {}).items():
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
        self._known("party", party)
        self._enter(Route(self.outside, party, asset, OPENING), amount, None)

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
        self._known("payer", payer)
        self._known("payee", payee)
        if payer == payee:
            raise ValueError(f"payer = {payer!r} pays itself: payer and payee must be two parties")
        self._enter(self._route(payer, payee, asset, reason), amount, time)

    def mint(self, payee: str, amount: Amount, asset: str, reason: str = "emission", time: float | None = None) -> None:
        """Create an ``amount`` (tokens, >= 0) of ``asset`` for ``payee``; errors as in :meth:`record`."""
        self._known("payee", payee)
        self._enter(self._route(self.outside, payee, asset, reason), amount, time)

    def burn(self, payer: str, amount: Amount, asset: str, reason: str = "burn", time: float | None = None) -> None:
        """Destroy an ``amount`` (tokens, >= 0) of ``asset`` of ``payer``; errors as in :meth:`record`."""
        self._known("payer", payer)
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

    # Reading

    @property
    def time(self) -> float:
        """Time of the last entry."""
        return 0.0 if self._time is None else self._time

    @property
    def assets(self) -> list[str]:
        """Every asset that ever moved, the first first."""
        return list(dict.fromkeys(route.asset for route in self.flows))

    def balance(self, party: str, asset: str) -> Amount:
        """What ``party`` holds of ``asset`` (tokens); below 0 if it paid more than it had or got."""
        if party != self.outside:
            self._known("party", party)
        account = self._accounts.get((party, asset))
        return 0.0 if account is None else account.value

    def supply(self, asset: str) -> Amount:
        """What there is of ``asset`` (tokens): opened and minted less burned."""
        return 0.0 - self.balance(self.outside, asset)

    def price(self, asset: str) -> Amount:
        """The last mark of ``asset`` (numeraire per token).

        Raises:
            ValueError: an asset that was never marked.
        """
        if asset in self.prices:
            return self.prices[asset]
        raise ValueError(f"asset = {asset!r} has no price: call ledger.mark({asset!r}, price) first")

    def wealth(self, party: str) -> Amount:
        """What ``party`` holds, valued at the last marks (numeraire).

        Raises:
            ValueError: an unknown party, or an asset that was never marked.
        """
        self._known("party", party)
        held = [asset for holder, asset in self._accounts if holder == party]
        return sum((self.balance(party, asset) * self.price(asset) for asset in held), 0.0)

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

    # Tables (pandas is imported when they are asked for)

    def by_party(self, scenario: str | int | float = "mean") -> pd.DataFrame:
        """What each party holds of each asset (tokens)."""
        from defi_lib.ledger.views import by_party

        return by_party(self, scenario)

    def by_role(self, scenario: str | int | float = "mean") -> pd.DataFrame:
        """What all parties of a role together hold of each asset (tokens)."""
        from defi_lib.ledger.views import by_role

        return by_role(self, scenario)

    def by_reason(self, scenario: str | int | float = "mean") -> pd.DataFrame:
        """What was moved for each reason, of each asset (tokens), whoever paid."""
        from defi_lib.ledger.views import by_reason

        return by_reason(self, scenario)

    def over_time(
        self, asset: str | None = None, by: str = "role", scenario: str | int | float = "mean"
    ) -> pd.DataFrame:
        """Wealth (numeraire), or holdings of one ``asset`` (tokens), of each role or party after each time."""
        from defi_lib.ledger.views import over_time

        return over_time(self, asset, by, scenario)

    def transfers(self, scenario: str | int | float = "mean") -> pd.DataFrame:
        """Every transfer, one row each."""
        from defi_lib.ledger.views import transfers

        return transfers(self, scenario)

    # Inside

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

    def _known(self, name: str, party: str) -> None:
        if party in self.roles:
            return
        if party == self.outside:
            raise ValueError(f"{name} = {party!r} is the account outside the system: use mint or burn")
        close = get_close_matches(party, self.roles, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"register it with ledger.party({party!r}, role)"
        raise ValueError(f"{name} = {party!r} is no party of this ledger: {hint}")

    def _advance(self, time: float | None) -> None:
        if time is None:
            return
        if np.ndim(time) != 0:
            raise ValueError(f"time has shape {np.shape(time)}: allowed is one number for all scenarios")
        moment = float(finite("time", time))
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
