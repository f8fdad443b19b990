"""Mappings that share what they have in common with the one they were made from.

A state that cannot be changed makes a new mapping at every step. To copy it each time makes n steps cost n²; here a
step copies one small part, and the states before and after share all the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")

#: Entries of a part, on average at most: a copy of so many costs less than everything around it.
_PART = 32


class SharedDict(Mapping[K, V]):
    """A mapping that cannot be changed, in the order in which its keys came, with a cheap step to the next one.

    One step costs O(√n) or less. It can be pickled and copied.

    >>> start = SharedDict({"ann": 1})
    >>> start.with_entry("bob", 2), start
    (SharedDict({'ann': 1, 'bob': 2}), SharedDict({'ann': 1}))
    """

    __slots__ = ("_count", "_parts")

    def __init__(self, entries: Mapping[K, V] = {}) -> None:
        self._count = len(entries)
        number = 1
        while number * _PART < self._count:
            number *= 2
        self._parts = self._spread({key: (i, value) for i, (key, value) in enumerate(entries.items())}, number)

    @staticmethod
    def _spread(numbered: Mapping[K, tuple[int, V]], number: int) -> list[dict[K, tuple[int, V]]]:
        """Entries with their place in the order, spread over so many parts by the hash of the key."""
        parts: list[dict[K, tuple[int, V]]] = [{} for _ in range(number)]
        for key, entry in numbered.items():
            parts[hash(key) % number][key] = entry
        return parts

    def with_entry(self, key: K, value: V) -> SharedDict[K, V]:
        """The same mapping with one entry more, or with another value of one; this one stays as it is."""
        new: SharedDict[K, V] = SharedDict.__new__(type(self))
        where = hash(key) % len(self._parts)
        part = self._parts[where]
        place = part[key][0] if key in part else self._count
        new._count = self._count + (key not in part)
        new._parts = self._parts.copy()
        new._parts[where] = {**part, key: (place, value)}
        if new._count > 2 * _PART * len(new._parts):
            whole = {key: entry for part in new._parts for key, entry in part.items()}
            new._parts = self._spread(whole, 4 * len(new._parts))
        return new

    def __getitem__(self, key: K) -> V:
        return self._parts[hash(key) % len(self._parts)][key][1]

    def __iter__(self) -> Iterator[K]:
        places = [(place, key) for part in self._parts for key, (place, _) in part.items()]
        return (key for _, key in sorted(places, key=lambda entry: entry[0]))

    def __len__(self) -> int:
        return self._count

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)!r})"

    def __hash__(self) -> int:
        return hash(frozenset(self.items()))

    def __reduce__(self) -> tuple[type, tuple[dict[K, V]]]:
        # The hash of a text differs from process to process, and with it the parts.
        return type(self), (dict(self),)
