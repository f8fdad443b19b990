"""What a state keeps: copies of what the user handed over, that nobody can change afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

import numpy as np

K = TypeVar("K")
V = TypeVar("V")


def kept(value: Any) -> Any:
    """``value``, as a state may keep it: an array that somebody else could change is copied, and locked.

    A locked array that owns its numbers is kept as it is, so that a state made of another's parts copies nothing.

    >>> mine = np.array([1.0, 2.0])
    >>> its = kept(mine)
    >>> mine[0] = 5.0
    >>> its, kept(its) is its
    (array([1., 2.]), True)
    """
    if not isinstance(value, np.ndarray) or (not value.flags.writeable and value.flags.owndata):
        return value
    copy = np.array(value)
    copy.setflags(write=False)
    return copy


def locked(value: Any) -> Any:
    """``value``, locked if it is an array, which nobody else holds: the result of a transition, which copies nothing.

    >>> locked(np.array([1.0]) * 2).flags.writeable
    False
    """
    if isinstance(value, np.ndarray):
        value.setflags(write=False)
    return value


class FrozenDict(Mapping[K, V]):
    """A mapping that cannot be changed and, unlike ``types.MappingProxyType``, can be pickled and copied.

    >>> FrozenDict({"alice": 5})
    FrozenDict({'alice': 5})
    """

    __slots__ = ("_entries",)

    def __init__(self, entries: Mapping[K, V] = {}) -> None:
        self._entries = dict(entries)

    def __getitem__(self, key: K) -> V:
        return self._entries[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __repr__(self) -> str:
        return f"FrozenDict({self._entries!r})"

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __or__(self, other: Mapping[K, V]) -> FrozenDict[K, V]:
        """A new mapping with the entries of ``other`` on top; neither is changed."""
        new: FrozenDict[K, V] = FrozenDict()
        new._entries = {**self._entries, **other}
        return new

    def __reduce__(self) -> tuple[type, tuple[dict[K, V]]]:
        return type(self), (self._entries,)


class Parts:
    """Mixin of a state (a ``NamedTuple``) whose constructor takes other arguments than its fields: it travels as it is.

    Its arrays arrive locked, and are not checked a second time.

    >>> import copy
    >>> from typing import NamedTuple
    >>> class Meter(Parts, NamedTuple("Meter", [("reading", float)])):
    ...     def __new__(cls) -> "Meter":
    ...         return super().__new__(cls, 0.0)
    >>> copy.deepcopy(Meter()._replace(reading=5.0))
    Meter(reading=5.0)
    """

    __slots__ = ()

    def __reduce__(self) -> tuple[Any, ...]:
        return _of_parts, (type(self), tuple(self))  # type: ignore[arg-type]


def _of_parts(kind: Any, parts: tuple[Any, ...]) -> Any:
    for part in parts:
        for each in part if type(part) is tuple else (part,):
            locked(each)
    return tuple.__new__(kind, parts)
