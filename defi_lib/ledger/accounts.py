"""What a ledger knows: who paid whom what so far, what each holds, and what it is worth. Nothing here writes."""

from __future__ import annotations

from difflib import get_close_matches
from typing import NamedTuple

from defi_lib.ledger.exact import ExactSum
from defi_lib.validation import Amount

OPENING = "opening"
PRICE_CHANGE = "price change"
TOTAL = "total"


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


class Accounts:
    """The reading half of a :class:`~defi_lib.ledger.Ledger`, from which the tables are made."""

    def __init__(self, numeraire: str, outside: str, keep_history: bool) -> None:
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

    def _known(self, name: str, party: str) -> None:
        if party in self.roles:
            return
        if party == self.outside:
            raise ValueError(f"{name} = {party!r} is the account outside the system: use mint or burn")
        close = get_close_matches(party, self.roles, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"register it with ledger.party({party!r}, role)"
        raise ValueError(f"{name} = {party!r} is no party of this ledger: {hint}")
