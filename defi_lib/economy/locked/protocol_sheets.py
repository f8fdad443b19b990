"""Balance sheets of many protocols that hold one another's receipts: what is counted twice, and what cancels."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy.locked.value_locked import ValueCounts
from defi_lib.frozen import Parts, kept
from defi_lib.integers import positions
from defi_lib.validation import between, non_negative, plain, shown, whole

Array = NDArray[np.float64]
Places = NDArray[np.int64]
Marks = NDArray[np.bool_]


class _State(NamedTuple):
    coins: Array
    holder: Places
    issuer: Places
    kind: Places
    amount: Array
    loans: Array
    staked: Marks
    mints: Marks


class ProtocolSheets(Parts, _State):
    """Protocols 0 to n − 1 and kinds of coin 0 to k − 1: what each protocol holds, is owed and owes, in each kind.

    ::

        coins + claims on other protocols + loans to users  =  owed to other protocols + owed to users

    In the sum over all protocols the claims among them cancel, in each kind: ``owed to users − loans = coins``. So what
    users own, net, is what is there, however often it was deposited.

    A receipt is written in what it can be redeemed for: one of staked ether in ether, a pool's share in the two coins
    behind it. It is worth that at any price; what the pool trades on the way, and liquidations, are left out.

    Args:
        coins: that no protocol made (units, or dollars of today), >= 0, shape (n, k).
        holder, issuer, kind, amount: the claims, one entry each: which protocol holds how much of which kind that which
            other protocol owes; amounts >= 0.
        loans: what users owe each protocol, >= 0, shape (n, k); by default nothing.
        staked: of each protocol, whether it stakes its coins; by default none does.
        mints: of each protocol, whether what it owes are coins that it minted against its loans, as DAI, instead of
            deposits; by default none does.

    Raises:
        ValueError: an argument outside its range, a claim on oneself or on a protocol or in a kind that is not there.

    Source: own bookkeeping, in the spirit of Luo, Feng, Xu and Tasca (arXiv:2404.11745).

    Ether staked with 0, its receipt with 1, which mints 70 dollars; these in pool 2, its share in farm 3:

    >>> sheets = ProtocolSheets(
    ...     [[100.0, 0.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]],
    ...     holder=[1, 2, 3], issuer=[0, 1, 2], kind=[0, 1, 1], amount=[100.0, 70.0, 70.0],
    ...     loans=[[0, 0], [0, 70.0], [0, 0], [0, 0]], staked=[True, False, False, False],
    ...     mints=[False, True, False, False],
    ... )
    >>> counts = sheets.counts()
    >>> counts.gross, counts.net_of_claims, counts.redeemable
    (340.0, 170.0, 100.0)
    >>> sheets.held().tolist()
    [100.0, 100.0, 70.0, 70.0]
    """

    __slots__ = ()

    def __new__(
        cls,
        coins: ArrayLike,
        holder: ArrayLike = (),
        issuer: ArrayLike = (),
        kind: ArrayLike = (),
        amount: ArrayLike = (),
        loans: ArrayLike | None = None,
        staked: ArrayLike | None = None,
        mints: ArrayLike | None = None,
    ) -> Self:
        """Check the arguments."""
        held = np.asarray(non_negative("coins", np.asarray(coins, dtype=float)))
        if held.ndim != 2 or 0 in held.shape:
            raise ValueError(
                f"coins has shape {held.shape}: allowed is a row per protocol and a column per kind of coin"
            )
        count, kinds = held.shape
        sums = np.asarray(non_negative("amount", np.asarray(amount, dtype=float)))
        if sums.ndim != 1:
            raise ValueError(f"amount has shape {sums.shape}: allowed is a list, one entry per claim")
        ends = [
            _places(name, each, sums.size, size)
            for name, each, size in (("holder", holder, count), ("issuer", issuer, count), ("kind", kind, kinds))
        ]
        own = ends[0] == ends[1]
        if np.any(own):
            at = int(np.argmax(own))
            raise ValueError(f"issuer[{at}] = {ends[1][at]} equals holder[{at}]: nobody has a claim on itself")
        owed = np.zeros(held.shape) if loans is None else np.asarray(loans, dtype=float)
        owed = np.asarray(non_negative("loans", owed))
        if owed.shape != held.shape:
            raise ValueError(f"loans has shape {owed.shape}: allowed is {held.shape}, as coins")
        marks = [_marks(name, each, count) for name, each in (("staked", staked), ("mints", mints))]
        return super().__new__(cls, *map(kept, (held, *ends, sums, owed, *marks)))

    @property
    def claims(self) -> Array:
        """What each protocol holds of others, in each kind, shape (n, k)."""
        return self._summed(self.holder)

    @property
    def owed(self) -> Array:
        """What each protocol owes others, in each kind, shape (n, k)."""
        return self._summed(self.issuer)

    @property
    def users(self) -> Array:
        """What users have with each protocol, in each kind, shape (n, k): what is left of its assets.

        Below 0 where a protocol owes more of a kind than it has of it, and pays with another.
        """
        return self.coins + self.claims + self.loans - self.owed

    def matrix(self, prices: ArrayLike | None = None) -> Array:
        """``matrix[i, j]``: what i holds of j's (dollars)."""
        at = self._prices(prices)
        if at.ndim != 1:
            raise ValueError(f"prices has shape {at.shape}: allowed is one row of prices")
        table = np.zeros((len(self.coins), len(self.coins)))
        np.add.at(table, (self.holder, self.issuer), self.amount * at[self.kind])
        return table

    def held(self, prices: ArrayLike | None = None) -> Array:
        """What stands in each protocol's contracts (dollars, shape (…, n)): coins and receipts, without what is lent.

        Args:
            prices: of each kind (dollars), shape (…, k), a row per scenario; by default 1.
        """
        return self._prices(prices) @ (self.coins + self.claims).T

    def counts(self, prices: ArrayLike | None = None) -> ValueCounts:
        """All protocols together (dollars), one number or one per scenario.

        Args:
            prices: of each kind (dollars), shape (…, k), a row per scenario; by default 1.
        """
        minted = np.where(self.mints[self.issuer], self.amount, 0.0)
        parts = (
            np.sum(self.coins, axis=0),
            np.sum(self.coins[self.staked], axis=0),
            self._by_kind(self.amount - minted),
            self._by_kind(minted),
            np.sum(self.loans[~self.mints], axis=0),
        )
        at = self._prices(prices)
        return ValueCounts(*(plain(at @ part) for part in parts))

    def _summed(self, place: Places) -> Array:
        table = np.zeros(self.coins.shape)
        np.add.at(table, (place, self.kind), self.amount)
        return table

    def _by_kind(self, amount: Array) -> Array:
        return np.asarray(np.bincount(positions(self.kind), amount, self.coins.shape[1]), dtype=float)

    def _prices(self, prices: ArrayLike | None) -> Array:
        kinds = self.coins.shape[1]
        if prices is None:
            return np.ones(kinds)
        at = np.asarray(non_negative("prices", np.asarray(prices, dtype=float)))
        if at.ndim == 0 or at.shape[-1] != kinds:
            raise ValueError(f"prices has shape {at.shape}: allowed is one entry per kind of coin, (…, {kinds})")
        return at


class PriceFall(NamedTuple):
    """Counts before and after prices fell, with no loan repaid and nobody liquidated."""

    before: ValueCounts
    after: ValueCounts

    @property
    def lost(self) -> ValueCounts:
        """What each part, and so each count, has lost (dollars)."""
        return ValueCounts(*(plain(np.asarray(old - new)) for old, new in zip(self.before, self.after, strict=True)))


def price_fall(sheets: ProtocolSheets, fall: ArrayLike, prices: ArrayLike | None = None) -> PriceFall:
    """What a fall of prices does to each count: each kind loses its part, in coins, receipts and loans alike.

    Left out, and said so: liquidations, which repay loans and so shrink gross counts further, pools that trade on the
    way down, and borrowers who leave a debt that is larger than their deposit.

    Args:
        sheets: of all protocols.
        fall: of each kind's price, 0 to 1, shape (…, k), a row per scenario.
        prices: of each kind before (dollars), shape (…, k); by default 1.

    Raises:
        ValueError: an argument outside its range, or of another shape.

    Ether falls by a quarter: gross counts it twice and loses twice as much, but a smaller part of itself.

    >>> sheets = ProtocolSheets([[100.0, 0.0], [0.0, 60.0]], holder=[1], issuer=[0], kind=[0], amount=[100.0])
    >>> run = price_fall(sheets, [0.25, 0.0])
    >>> run.before.gross, run.lost.gross, run.before.redeemable, run.lost.redeemable
    (260.0, 50.0, 160.0, 25.0)
    """
    before = sheets._prices(prices)
    falls = np.asarray(between("fall", np.asarray(fall, dtype=float), 0.0, 1.0))
    if falls.ndim == 0 or falls.shape[-1] != before.shape[-1]:
        raise ValueError(
            f"fall has shape {falls.shape}: allowed is one entry per kind of coin, (…, {before.shape[-1]})"
        )
    return PriceFall(sheets.counts(before), sheets.counts(before * (1.0 - falls)))


def _places(name: str, values: ArrayLike, size: int, count: int) -> Places:
    given = np.asarray(values)
    given = given.astype(np.int64) if given.size == 0 else given
    places = np.asarray(whole(name, given, 0, count - 1), dtype=np.int64)
    if places.shape != (size,):
        raise ValueError(f"{name} has shape {places.shape}: allowed is ({size},), one entry per claim")
    return places


def _marks(name: str, values: ArrayLike | None, count: int) -> Marks:
    marks = np.zeros(count, dtype=bool) if values is None else np.asarray(values)
    if marks.dtype != bool or marks.shape != (count,):
        raise ValueError(
            f"{name} = {shown(marks)} is not allowed: allowed is True or False for each of {count} protocols"
        )
    return marks
