"""A network of claims: who owes whom how much, what each has besides, and what it owes its users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.frozen import Parts, kept
from defi_lib.integers import positions
from defi_lib.validation import Amount, non_negative, shown, whole

Array = NDArray[np.float64]
Places = NDArray[np.int64]


class _State(NamedTuple):
    assets: Array
    debtor: Places
    creditor: Places
    amount: Array
    deposits: Array
    rank: Places
    deposit_rank: Places


class Network(Parts, _State):
    """Protocols 0 to n − 1 that hold outside assets and owe one another, and their users, fixed sums.

    Args:
        assets: what each holds outside the network (dollars), >= 0; protocols along the last axis, scenarios before.
        debtor, creditor, amount: the claims, one entry each: who owes whom how much (dollars, >= 0).
        deposits: what each owes its users, who are outside the network, >= 0; by default nothing.
        rank: of each claim: 0 is paid first, what is left goes to rank 1, and so on; by default all are of rank 0.
        deposit_rank: of each protocol's deposits, by default 0.

    Raises:
        ValueError: an argument outside its range, a claim on oneself or on a protocol that is not there.

    Two protocols: 1 has lent 50 to 0, and each has users.

    >>> network = Network([60.0, 40.0], debtor=[0], creditor=[1], amount=[50.0], deposits=[5.0, 80.0])
    >>> network.owed, network.equity
    (array([55., 80.]), array([ 5., 10.]))
    """

    __slots__ = ()

    def __new__(
        cls,
        assets: ArrayLike,
        debtor: ArrayLike,
        creditor: ArrayLike,
        amount: ArrayLike,
        deposits: ArrayLike | None = None,
        rank: ArrayLike | None = None,
        deposit_rank: ArrayLike | None = None,
    ) -> Self:
        """Check the arguments."""
        holds = np.atleast_1d(np.asarray(non_negative("assets", np.asarray(assets, dtype=float))))
        count = holds.shape[-1]
        sums = _row("amount", np.asarray(non_negative("amount", np.asarray(amount, dtype=float))))
        ends = [_places(name, each, sums.size, count) for name, each in (("debtor", debtor), ("creditor", creditor))]
        own = ends[0] == ends[1]
        if np.any(own):
            at = int(np.argmax(own))
            raise ValueError(f"creditor[{at}] = {ends[1][at]} equals debtor[{at}]: nobody has a claim on itself")
        users = np.zeros(count) if deposits is None else np.asarray(deposits, dtype=float)
        users = _sized("deposits", np.asarray(non_negative("deposits", users)), count)
        ranks = [
            np.zeros(size, np.int64)
            if given is None
            else _sized(name, np.asarray(whole(name, np.asarray(given))), size)
            for name, given, size in (("rank", rank, sums.size), ("deposit_rank", deposit_rank, count))
        ]
        return super().__new__(cls, *map(kept, (holds, *ends, sums, users, *ranks)))

    @classmethod
    def of_matrix(cls, assets: ArrayLike, owed: ArrayLike, deposits: ArrayLike | None = None) -> Self:
        """From a matrix: ``owed[i, j]`` dollars are what i owes j.

        >>> Network.of_matrix([2.0, 1.0, 1.0], [[0, 10, 0], [0, 0, 10], [5, 0, 0]]).owed
        array([10., 10.,  5.])
        """
        table = np.asarray(owed, dtype=float)
        if table.ndim != 2 or table.shape[0] != table.shape[1]:
            raise ValueError(f"owed = {shown(table)} is no square table: allowed is a row and a column per protocol")
        debtor, creditor = np.nonzero(table)
        return cls(assets, debtor, creditor, table[debtor, creditor], deposits)

    @property
    def size(self) -> int:
        """How many protocols there are."""
        return int(self.assets.shape[-1])

    @property
    def owed(self) -> Array:
        """What each owes in all, its users included (dollars)."""
        return _summed(self.debtor, self.amount, self.size) + self.deposits

    @property
    def claims(self) -> Array:
        """What each is owed by others (dollars)."""
        return _summed(self.creditor, self.amount, self.size)

    @property
    def equity(self) -> Array:
        """What each has more than it owes, if all pay (dollars; below 0 where it has less)."""
        return self.assets + self.claims - self.owed

    def matrix(self) -> Array:
        """``owed[i, j]``: what i owes j (dollars)."""
        table = np.zeros((self.size, self.size))
        np.add.at(table, (self.debtor, self.creditor), self.amount)
        return table

    def holding(self, assets: ArrayLike) -> Self:
        """The same claims with other outside assets: after a shock, or one row per scenario."""
        return type(self)(assets, self.debtor, self.creditor, self.amount, self.deposits, self.rank, self.deposit_rank)

    def shocked(self, loss: Amount) -> Self:
        """After a loss of outside assets (dollars, >= 0), which takes at most what there is; rows are scenarios."""
        return self.holding(np.maximum(self.assets - non_negative("loss", np.asarray(loss, dtype=float)), 0.0))

    def without_claims(self) -> Self:
        """The placebo: each claim sold at par to outsiders, so that nobody in the network owes another."""
        none = np.zeros(0)
        outside = self.deposits + _summed(self.debtor, self.amount, self.size)
        return type(self)(self.assets + self.claims, none, none, none, outside)


def _summed(place: Places, amount: Array, size: int) -> Array:
    return np.asarray(np.bincount(positions(place), amount, size), dtype=float)


def _row(name: str, values: Array) -> Array:
    if values.ndim != 1:
        raise ValueError(f"{name} = {shown(values)} has {values.ndim} axes: allowed is a list, one entry per claim")
    return values


def _sized(name: str, values: NDArray, size: int) -> NDArray:
    if values.shape != (size,):
        raise ValueError(f"{name} has shape {values.shape}: allowed is ({size},)")
    return values


def _ranks(name: str, values: ArrayLike | None, size: int) -> Places:
    return (
        np.zeros(size, np.int64) if values is None else _sized(name, np.asarray(whole(name, np.asarray(values))), size)
    )


def _places(name: str, values: ArrayLike, size: int, count: int) -> Places:
    places = _sized(name, np.asarray(whole(name, np.asarray(values), 0, max(count - 1, 0))), size)
    return places.astype(np.int64)


def part_of(some: Array, whole: Array) -> Array:
    """The part ``some/whole``, at most 1; and 1 where the whole is nothing: who owes nothing has paid it."""
    return np.where(whole > 0.0, np.minimum(some, whole) / np.where(whole > 0.0, whole, 1.0), 1.0)


def names_of(size: int, names: Sequence[str] | None = None) -> Sequence[str]:
    """One name for each protocol, by default "protocol 0" and so on.

    Raises:
        ValueError: not one name for each.
    """
    found = [f"protocol {at}" for at in range(size)] if names is None else list(names)
    if len(found) != size:
        raise ValueError(f"names has {len(found)} entries: allowed is one for each of {size} protocols")
    return found
