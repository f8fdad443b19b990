"""The ticks that positions use, in rising order: found, summed and changed without a look at all of them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Self, TypeVar

T = TypeVar("T")

#: Ticks of a chunk at most; a step to another map copies one chunk and the list of chunks.
_CHUNK = 128


class Rung(NamedTuple):
    """What a map keeps for one tick: whole numbers, whose sums are exact in any order."""

    liquidity_gross: int
    liquidity_net: int
    fee_growth_outside_x128: tuple[Any, Any] = (0, 0)


class _Chunk(NamedTuple):
    """Neighbouring ticks."""

    ticks: list[int]
    rungs: list[Any]
    net: int  #: sum of their net liquidity


class TickMap(Mapping[int, T]):
    """Ticks in rising order with what begins and ends on them; it cannot be changed.

    A map made from another shares all chunks with it but one. So a step costs O(√n), and so does the liquidity at a
    tick. The values need the attributes ``liquidity_gross`` and ``liquidity_net``, whole numbers.
    """

    __slots__ = ("_chunks", "_firsts")

    def __init__(self, rungs: Mapping[int, Any] = {}) -> None:
        ticks = sorted(rungs)
        parts = [ticks[start : start + _CHUNK // 2] for start in range(0, len(ticks), _CHUNK // 2)]
        self._chunks = [_chunk(part, [rungs[tick] for tick in part]) for part in parts]
        self._firsts = [part[0] for part in parts]

    def rung(self, tick: int) -> Any | None:
        """What is kept for a tick, if it is in use."""
        if not self._chunks:
            return None
        ticks, rungs, _ = self._chunks[max(bisect_right(self._firsts, tick) - 1, 0)]
        place = bisect_left(ticks, tick)
        return rungs[place] if place < len(ticks) and ticks[place] == tick else None

    def with_rung(self, tick: int, rung: Any | None) -> Self:
        """The same map with another entry for one tick, or without it; this one stays as it is."""
        where = max(bisect_right(self._firsts, tick) - 1, 0)
        ticks, rungs, net = self._chunks[where] if self._chunks else _Chunk([], [], 0)
        place = bisect_left(ticks, tick)
        after = place + (place < len(ticks) and ticks[place] == tick)
        here = [] if rung is None else [rung]
        net += sum(each.liquidity_net for each in here) - sum(each.liquidity_net for each in rungs[place:after])
        ticks, rungs = ticks[:place] + [tick] * len(here) + ticks[after:], rungs[:place] + here + rungs[after:]
        if len(ticks) <= _CHUNK:
            return self._with_chunks(where, [_Chunk(ticks, rungs, net)] if ticks else [])
        half = len(ticks) // 2
        return self._with_chunks(where, [_chunk(ticks[:half], rungs[:half]), _chunk(ticks[half:], rungs[half:])])

    def _with_chunks(self, where: int, chunks: list[_Chunk]) -> Self:
        """The same map with others in the place of one chunk."""
        new = type(self).__new__(type(self))
        new._chunks, new._firsts = self._chunks.copy(), self._firsts.copy()
        new._chunks[where : where + 1] = chunks
        new._firsts[where : where + 1] = [chunk.ticks[0] for chunk in chunks]
        return new

    def rank(self, tick: int) -> int:
        """How many ticks in use are not above ``tick``."""
        where = bisect_right(self._firsts, tick) - 1
        if where < 0:
            return 0
        return sum(len(chunk.ticks) for chunk in self._chunks[:where]) + bisect_right(self._chunks[where].ticks, tick)

    def tick_at(self, number: int, default: int) -> int:
        """The tick in use that has so many others below it, or ``default`` where there is none."""
        for chunk in self._chunks if number >= 0 else ():
            if number < len(chunk.ticks):
                return chunk.ticks[number]
            number -= len(chunk.ticks)
        return default

    def net_up_to(self, tick: int) -> int:
        """Sum of the net liquidity of all ticks up to ``tick``: the liquidity there."""
        where = bisect_right(self._firsts, tick) - 1
        if where < 0:
            return 0
        ticks, rungs, _ = self._chunks[where]
        place = bisect_right(ticks, tick)
        return sum(chunk.net for chunk in self._chunks[:where]) + sum(rung.liquidity_net for rung in rungs[:place])

    def at_or_below(self, tick: int) -> int | None:
        """The greatest tick in use that is not above ``tick``."""
        return next((below for below, _ in self.falling(tick)), None)

    def above(self, tick: int) -> int | None:
        """The least tick in use that is above ``tick``."""
        return next((above for above, _ in self.rising(tick)), None)

    def falling(self, tick: int) -> Iterator[tuple[int, Any]]:
        """The ticks in use from ``tick`` downwards, with what is kept for them."""
        where = bisect_right(self._firsts, tick) - 1
        if where < 0:
            return
        ticks, rungs, _ = self._chunks[where]
        place = bisect_right(ticks, tick)
        yield from zip(reversed(ticks[:place]), reversed(rungs[:place]), strict=True)
        for ticks, rungs, _ in reversed(self._chunks[:where]):
            yield from zip(reversed(ticks), reversed(rungs), strict=True)

    def rising(self, tick: int) -> Iterator[tuple[int, Any]]:
        """The ticks in use above ``tick`` upwards, with what is kept for them."""
        where = max(bisect_right(self._firsts, tick) - 1, 0)
        for number, (ticks, rungs, _) in enumerate(self._chunks[where:]):
            place = bisect_right(ticks, tick) if number == 0 else 0
            yield from zip(ticks[place:], rungs[place:], strict=True)

    def __getitem__(self, tick: int) -> T:
        rung = self.rung(tick)
        if rung is None:
            raise KeyError(tick)
        return self._shown(rung)

    def _shown(self, rung: Any) -> Any:
        """A value as the user sees it."""
        return rung

    def __iter__(self) -> Iterator[int]:
        return (tick for chunk in self._chunks for tick in chunk.ticks)

    def __len__(self) -> int:
        return sum(len(chunk.ticks) for chunk in self._chunks)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({dict(self)!r})"

    def __hash__(self) -> int:
        return hash(tuple(self.items()))


def _chunk(ticks: list[int], rungs: list[Any]) -> _Chunk:
    return _Chunk(ticks, rungs, sum(rung.liquidity_net for rung in rungs))
