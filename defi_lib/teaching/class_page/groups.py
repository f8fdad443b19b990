"""Counts in which nobody can be found: of no answer it is shown, nor can be computed, that one to four people gave it.

What lies along an axis is counted in intervals, and neighbours are joined until each holds nobody or at least five. Of
right and wrong both numbers are hidden if one is small; of several options the small ones, and with them the total. Nor
may the number of hand-ins tell it, which stands on the page: of 30 hand-ins 29 that are counted would leave one.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

FEWEST = 5
FEW = "fewer than 5"
HIDDEN = "not told"  #: somebody, but any number may be meant
#: Intervals of an axis before any are joined.
_INTERVALS = 20
#: Powers of ten beyond which a value is as good as nothing.
_DECADES = 12

#: Who is counted in one place: one set, or several of which none may be small.
Cell = tuple[frozenset[int], ...]


class Group(NamedTuple):
    """Neighbours that were joined: from the first place to before the last."""

    first: int
    last: int
    cell: Cell


class Interval(NamedTuple):
    """People on a piece of an axis."""

    low: float
    high: float
    people: int


def small(people: int) -> bool:
    """Whether so few may not be shown."""
    return 0 < people < FEWEST


def in_words(people: Sequence[int], most: int | None = None) -> list[str]:
    """How many chose each option, in words from which no small number can be computed.

    A number, :data:`FEW`, or "26 or more" where the number of hand-ins and the exact one would tell how many are left
    for those of whom there are few; :data:`HIDDEN` where there are not enough people for that.

    Args:
        people: who chose each, 0 or more; the first is asked first for the part that is left open.
        most: no more can have answered in all; None if that is not known.

    >>> in_words([28, 2, 0], 30), in_words([20, 2, 0], 30), in_words([5, 1], 6)
    (['26 or more', 'fewer than 5', '0'], ['20', 'fewer than 5', '0'], ['not told', 'not told'])
    """
    words = [FEW if small(each) else str(each) for each in people]
    few, large = [each for each in people if small(each)], [place for place, n in enumerate(people) if n >= FEWEST]
    if most is None or not few:
        return words
    nothing = [HIDDEN if each else "0" for each in people]
    if most < FEWEST + len(few) + len(large):
        return nothing
    if not large:
        return words
    others = sum(people[place] for place in large[1:])
    # So much is left open: at best room for four of each of the few, at least for one more than one of each.
    left = min((FEWEST - 1) * len(few), most - others - FEWEST)
    if left <= len(few):
        return nothing
    least = most - others - left
    if people[large[0]] >= least:
        words[large[0]] = f"{least} or more"
    return words


def joined(cells: Sequence[Cell]) -> list[Group]:
    """Neighbours joined until no set in any group is small; none if that cannot be, because all together are too few.

    >>> [len(group.cell[0]) for group in joined([(frozenset(range(n)),) for n in (0, 6, 0, 2, 7)])]
    [0, 6, 0, 7]
    """
    groups = [Group(place, place + 1, cell) for place, cell in enumerate(cells)]
    while few := [place for place, group in enumerate(groups) if any(small(len(each)) for each in group.cell)]:
        here = min(few, key=lambda place: _size(groups[place]))
        others = [place for place, group in enumerate(groups) if _size(group) and place != here]
        if not others:
            return []
        there = min(others, key=lambda place: (abs(place - here), _size(groups[place])))
        first, last = min(here, there), max(here, there)
        groups[first : last + 1] = [_together(groups[first : last + 1])]
    return groups


def _size(group: Group) -> int:
    return sum(len(each) for each in group.cell)


def _together(groups: Sequence[Group]) -> Group:
    cell = tuple(frozenset().union(*sets) for sets in zip(*(group.cell for group in groups), strict=True))
    return Group(groups[0].first, groups[-1].last, cell)


class Axis(NamedTuple):
    """From low to high; what lies beyond is counted at the ends."""

    low: float
    high: float
    log: bool = False

    def place(self, value: float) -> float:
        """Where a value lies, from 0 to 1."""
        if self.log:
            value = math.log10(max(value, self.low) / self.low) / math.log10(self.high / self.low)
        else:
            value = (value - self.low) / (self.high - self.low)
        return min(max(value, 0.0), 1.0)

    def rounded(self, value: float) -> float:
        """A value to one of the places where intervals begin: not what a single person said."""
        found = self.value(round(self.place(value) * _INTERVALS) / _INTERVALS)
        return float(f"{found:.2g}") if self.log else found

    def value(self, place: float) -> float:
        """What lies at a place."""
        if self.log:
            return float(self.low * (self.high / self.low) ** place)
        return self.low + place * (self.high - self.low)

    def intervals(self, values: Iterable[float], apart: bool = False) -> list[Interval]:
        """How many values lie where, one of each person; none if there are too few. Halves may be kept ``apart``."""
        where: list[set[int]] = [set() for _ in range(_INTERVALS)]
        for person, value in enumerate(values):
            where[min(int(self.place(value) * _INTERVALS + 1e-9), _INTERVALS - 1)].add(person)
        cells, half = [(frozenset(each),) for each in where], _INTERVALS // 2
        groups = joined(cells)
        if apart:
            later = [Group(each.first + half, each.last + half, each.cell) for each in joined(cells[half:])]
            groups = [*joined(cells[:half]), *later]
        ends = [self.value(place / _INTERVALS) for place in range(_INTERVALS + 1)]
        return [Interval(ends[group.first], ends[group.last], len(group.cell[0])) for group in groups]


def axis(values: Sequence[float], low: float, high: float, answer: float | None) -> Axis:
    """The piece of what could be said, from low to high, on which the answer and nearly all values lie.

    Its ends are round, and up to four values may lie beyond either, so that no end says what a single one is. Where
    values differ by powers of ten, so does the axis.
    """
    known = [] if answer is None else [answer]
    ordered = sorted(values)
    least = min([ordered[min(FEWEST, len(ordered)) - 1], *known])
    most = max([ordered[-min(FEWEST, len(ordered))], *known])
    if low >= 0 and least > 0 and most / least > 1_000:
        last = math.ceil(math.log10(most) + 1e-9)
        return Axis(10.0 ** max(math.floor(math.log10(least)), last - _DECADES), 10.0**last, log=True)
    bottom = min([low, *known])
    if most <= max(bottom, 0) + (high - bottom) * 10.0**-_DECADES:  # as good as nothing
        return Axis(bottom, high)
    top = min(_round_above(1.05 * most), max([high, *known]))
    return Axis(bottom, top if top > bottom else high)


def _round_above(value: float) -> float:
    """1, 2, 3, 4, 5, 6, 8 or 10 of a decade, from this value on (which is positive)."""
    power = 10.0 ** math.floor(math.log10(value))
    return float(next(f * power for f in (1, 2, 3, 4, 5, 6, 8, 10) if f * power >= value * (1 - 1e-12)))
