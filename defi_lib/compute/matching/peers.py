"""Peers without a centre: who is close to whom, how a key is found, how news spreads, which piece to fetch first."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept
from defi_lib.integers import positions
from defi_lib.renamed import renamed
from defi_lib.validation import Whole, at_least, between, broadcastable
from defi_lib.validation import whole as whole_number

#: Length of the identifiers; Kademlia itself has 160 bits.
BITS = 48


def kademlia_distance(one: Whole, other: Whole) -> Whole:
    """Distance of two identifiers (whole numbers >= 0): ``a XOR b``.

    It is symmetric, obeys the triangle inequality, and each identifier has exactly one at each distance.

    Raises:
        ValueError: a negative or broken number.

    Source: Maymounkov, Mazières, *Kademlia* (2002).

    >>> kademlia_distance(0b1010, 0b1001)
    3
    """
    one, other = whole_number("one", one), whole_number("other", other)
    broadcastable(one=one, other=other)
    return one ^ other


class Lookup(NamedTuple):
    """How a node found the one closest to a key."""

    path: tuple[int, ...]  #: positions of the nodes asked, the asking one first, the closest last
    found: bool  #: whether the last is really the closest of all

    @property
    def hops(self) -> int:
        """Messages one after the other."""
        return len(self.path) - 1


@renamed(random="rng")
@dataclass(frozen=True, eq=False)
class PeerNetwork:
    """Nodes of which each knows a few others: for each length of common prefix at most ``bucket``.

    Args:
        ids: identifiers, whole numbers in [0, 2^48), all different, at least one.
        bucket: how many nodes each knows at each distance class, >= 1; 20 in Kademlia.
        rng: which ones it knows.

    Raises:
        ValueError: an argument outside its range, or an identifier that occurs twice.

    Source: Maymounkov, Mazières (2002). Real nodes ask three others at once and replace those that are gone.
    """

    ids: NDArray[np.int64]
    bucket: int
    rng: InitVar[np.random.Generator]
    _contacts: tuple[NDArray[np.int64], ...] = field(init=False, repr=False)

    def __post_init__(self, rng: np.random.Generator) -> None:
        ids = kept(np.atleast_1d(whole_number("ids", self.ids, 0, 2**BITS - 1)))
        at_least("number of ids", ids.size, 1)
        if np.unique(ids).size != ids.size:
            raise ValueError(f"ids has {ids.size - np.unique(ids).size} repeated entries: allowed are different ones")
        at_least("bucket", self.bucket, 1)
        object.__setattr__(self, "ids", ids)
        known = (self._acquaintances(position, rng) for position in range(ids.size))
        object.__setattr__(self, "_contacts", tuple(known))

    @property
    def contacts(self) -> NDArray[np.int64]:
        """How many nodes each node knows."""
        return np.array([known.size for known in self._contacts], dtype=np.int64)

    def closest(self, key: int, online: NDArray[np.bool_] | None = None) -> int:
        """Position of the node that is responsible for ``key``: the closest that is on line (by default all are).

        Raises:
            ValueError: a key outside [0, 2^48), or nobody on line.
        """
        there = np.flatnonzero(self._online(online))
        at_least("nodes on line", there.size, 1)
        return int(there[np.argmin(self.ids[there] ^ whole_number("key", key, 0, 2**BITS - 1))])

    def lookup(self, start: int, key: int, online: NDArray[np.bool_] | None = None) -> Lookup:
        """Ask the closest node known, then the closest known to that one, until nobody knows a closer one.

        With everybody on line the closest of all is always found, in O(log n) hops.

        Args:
            start: position of the node that asks; it is on line.
            key: identifier looked for, in [0, 2^48).
            online: which nodes answer; by default all. Nobody has noticed yet who is gone.

        Raises:
            ValueError: an argument outside its range.
        """
        path = [int(whole_number("start", start, 0, self.ids.size - 1))]
        target = int(whole_number("key", key, 0, 2**BITS - 1))
        there = self._online(online).copy()
        there[path[0]] = True
        while True:
            known = self._contacts[path[-1]]
            known = known[there[known]]
            distances = self.ids[known] ^ target
            if not known.size or distances.min() >= self.ids[path[-1]] ^ target:
                return Lookup(tuple(path), path[-1] == self.closest(target, there))
            path.append(int(known[np.argmin(distances)]))

    def keys_held(self, keys: NDArray[np.int64]) -> NDArray[np.int64]:
        """How many of ``keys`` (in [0, 2^48)) each node is responsible for."""
        wanted = np.atleast_1d(whole_number("keys", keys, 0, 2**BITS - 1))
        closest = [self.closest(key) for key in wanted.tolist()]
        return np.bincount(positions(closest), minlength=self.ids.size).astype(np.int64)

    def _online(self, online: NDArray[np.bool_] | None) -> NDArray[np.bool_]:
        there = np.ones(self.ids.size, dtype=bool) if online is None else np.asarray(online, dtype=bool)
        if there.shape != self.ids.shape:
            raise ValueError(f"online has shape {there.shape}: allowed is one entry for each of {self.ids.size} nodes")
        return there

    def _acquaintances(self, position: int, rng: np.random.Generator) -> NDArray[np.int64]:
        """A few nodes of each distance class: 2^i ≤ distance < 2^(i+1)."""
        shuffled = rng.permutation(self.ids.size)
        # The exponent of a float is the class; identifiers are short enough to be exact in one.
        classes = np.frexp((self.ids[shuffled] ^ self.ids[position]).astype(float))[1]
        order = np.argsort(classes, kind="stable")
        ordered = classes[order]
        rank = np.arange(ordered.size) - np.searchsorted(ordered, ordered)
        return shuffled[order[(rank < self.bucket) & (ordered > 0)]]


@renamed(random="rng")
def draw_ids(count: int, rng: np.random.Generator, crowded: float = 0.0) -> NDArray[np.int64]:
    """Different identifiers for nodes, evenly spread, or a part of them crowded into 1/256 of the space.

    Args:
        count: number of nodes, >= 0.
        rng: where the randomness comes from.
        crowded: part of the nodes, in [0, 1], that have identifiers with the same first 8 bits: by a bad choice, or by
            an attacker who surrounds a key.

    Raises:
        ValueError: an argument outside its range.
    """
    at_least("count", count, 0)
    between("crowded", crowded, 0.0, 1.0)
    ids: NDArray[np.int64] = np.empty(0, dtype=np.int64)
    while ids.size < count:
        drawn = rng.integers(0, 2**BITS, count - ids.size)
        narrow = np.arange(ids.size, count) < round(crowded * count)
        ids = np.concatenate([ids, np.where(narrow, drawn >> 8, drawn)])
        _, first = np.unique(ids, return_index=True)
        ids = ids[np.sort(first)]
    return rng.permutation(ids)


def rarest_piece(copies: Whole, missing: NDArray[np.bool_]) -> int:
    """Which piece to fetch next: of those that are missing and that somebody has, the one with the fewest copies.

    So that no piece dies out when nodes leave. Among equals the first; -1 if there is none to fetch.

    Args:
        copies: of each piece in the network, >= 0.
        missing: which pieces the node does not have.

    Raises:
        ValueError: a negative number, or lists of different length.

    Source: Cohen, *Incentives Build Robustness in BitTorrent* (2003); Legout et al. (2006).

    >>> rarest_piece([3, 1, 2], [True, False, True])
    2
    """
    count = np.atleast_1d(whole_number("copies", copies))
    broadcastable(copies=count, missing=np.asarray(missing, dtype=float))
    wanted = np.flatnonzero(np.asarray(missing, dtype=bool) & (count > 0))
    return int(wanted[np.argmin(count[wanted])]) if wanted.size else -1
