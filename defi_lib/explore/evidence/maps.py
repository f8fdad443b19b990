"""The map of a verdict: where in the plane of two assumptions a reading is true, as an explorer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np

from defi_lib.evidence import Assumption, Effect, Evidence, apart, cases, written
from defi_lib.evidence.verdicts import NEARLY_ALL
from defi_lib.explore.controls import Choice, Control, Percent, Slider
from defi_lib.explore.evidence.bars import sentence_case
from defi_lib.explore.evidence.plane import Numbers, plane, turning_along
from defi_lib.explore.evidence.subject import Subject
from defi_lib.explore.explorer import Explorer
from defi_lib.explore.goals import Goal
from defi_lib.explore.plots import Area, Axis, Columns, Dots, Pieces, Plot
from defi_lib.validation import one_of

#: How long a map of a slow effect may take (seconds).
BUDGET = 2.0

#: Where maps are looked at to find a telling one.
_PROBES = np.array([0.0, 0.25, 0.5, 0.75, 1.0])


def turn(of: str | Effect, *, x: str = "", y: str = "", without: Collection[str] = (), height: int = 250) -> Explorer:
    """Let a reader turn a verdict: the map of two assumptions, with sliders for them and for all others.

    The map is computed when another assumption than its two is moved; then a movement takes one short call.

    Args:
        of: the id of a reading of kind "model", ``"P6c"``.
        x, y: names of the two assumptions; by default the two most decisive that are no choices.
        without: assumptions that get no slider, because from today they change nothing alone; they stay as today.
        height: of the map, in pixels.

    Raises:
        ValueError: a reading without worlds, ``x`` or ``y`` that is no range of it, or ``without`` what it has not.

    Example:
        >>> turn("X9a", x="gas_price", y="amount").sentence.split(":")[0]
        '**Not true here'
    """
    return _Map(Subject(of), x, y, without).explorer(height)


class _Map:
    """The map of one effect, computed anew only if it changes."""

    def __init__(self, subject: Subject, x: str, y: str, without: Collection[str] = ()) -> None:
        if subject.effect is None:
            kind = subject.reading.kind
            raise ValueError(f"of = {subject.reading.id!r} is of kind {kind!r}: only a model has a map")
        self.effect = subject.effect
        self.known = {name: _reaching(each, self.effect) for name, each in self.effect.assumptions.items()}
        found = subject.found
        assert isinstance(found, Evidence)
        self.start = {name: found.today_of(name) for name in self.known}
        self.true = found.true
        self.fixed = {one_of("without", name, list(self.known)): self.start[name] for name in without}
        moved = [name for name in _ranked(found, self.known) if name not in self.fixed]
        ranges = [name for name in moved if not self.known[name].options]
        if not x and not y:
            x, y = self._telling(ranges)
        self.x = one_of("x", x or next((name for name in ranges if name != y), ""), ranges)
        others = [name for name in ranges if name != self.x]
        self.y = one_of("y", y or next(iter(others), ""), others)
        self._plane: tuple[tuple[float, ...], dict[str, Numbers]] | None = None

    def _telling(self, ranges: list[str]) -> tuple[str, str]:
        """The first two of ``ranges`` on whose map both answers stand; or else the first two."""
        pairs = list(combinations(ranges, 2))
        across, up = (grid.ravel() for grid in np.meshgrid(_PROBES, _PROBES))
        count = len(across)
        world = {name: np.full(len(pairs) * count, here) for name, here in self.start.items()}
        for k, (x, y) in enumerate(pairs):
            here = slice(k * count, (k + 1) * count)
            world[x][here], world[y][here] = self.known[x].value(across), self.known[y].value(up)
        true = self.effect.true(world).reshape(len(pairs), count) if pairs else []
        both = (pair for pair, here in zip(pairs, true, strict=True) if here.any() and not here.all())
        return next(both, pairs[0] if pairs else ("", ""))

    def explorer(self, height: int) -> Explorer:
        """The explorer."""
        persons = [name for name, each in self.known.items() if each.role == "person"]
        names = [name for name in dict.fromkeys([self.x, self.y, *persons, *self.known]) if name not in self.fixed]
        x, y = self.known[self.x], self.known[self.y]
        areas = Area("x", "true from", "true to", "True"), Area("x not", "not from", "not to", "Not true", hatched=True)
        border = Pieces("x from", "y from", "x to", "y to", "Here it turns")
        points = Dots("x here", "y here", "You"), Dots("x today", "y today", "Today", ring=True)
        return Explorer(
            self.compute,
            Plot(*areas, border, *points, x=_axis(x), y=_axis(y), height=height),
            self.say,
            {name: _control(self.known[name], self.start[name]) for name in names},
            self._stories(),
            BUDGET,
            more=[name for name in names[2:] if name not in persons],
            goals=[Goal(f"Turn {self.effect.reading.id}: make it {'not true' if self.true else 'true'}.", self._other)],
        )

    def compute(self, **world: float) -> Columns:
        """The map around a world, and the reader's point on it."""
        world = {**self.fixed, **world}
        here, along, points = turning_along(self.effect, world, self.known[self.x], self.known[self.y])
        point = {"x here": world[self.x], "y here": world[self.y]}
        today = {"x today": self.start[self.x], "y today": self.start[self.y]}
        return {**self._around(world), **point, **today, "effect here": here, "turns here": points, "along": along}

    def say(self, **known: Any) -> str:
        """True or not at the reader's point, by how much, and where it turns along the first axis, or the second."""
        effect = float(known["effect here"])
        answer = "True" if effect > self.effect.more_than else "Not true"
        each, points = self.known[known["along"]], known["turns here"]
        here = float(known[each.name])
        if not len(points):
            turns = "On this map neither alone turns that."
        else:
            turns = f"It turns if {each.moved(bool(points[0] > here))} {apart(each, points[0], here)[0]}."
        return f"**{answer} here: {written(effect, self.effect.reading)}.** {turns}"

    def _other(self, known: Mapping[str, Any]) -> bool:
        return bool(float(known["effect here"]) > self.effect.more_than) != self.true

    def _around(self, world: Mapping[str, float]) -> dict[str, Numbers]:
        """The map; the last one is kept as long as only the reader's point moves on it."""
        rest = tuple(float(value) for name, value in world.items() if name not in (self.x, self.y))
        if self._plane is None or self._plane[0] != rest:
            self._plane = rest, plane(self.effect, world, self.known[self.x], self.known[self.y])
        return self._plane[1]

    def _stories(self) -> dict[str, dict[str, float]]:
        """A button for each other person and time."""
        return {case.name: dict(case.values) for case in cases(self.effect)[1:] if case.values}


def _ranked(found: Evidence, known: Mapping[str, Assumption]) -> list[str]:
    """What turns the answer in most worlds; then what turns today's alone, within the map's reach before beyond it."""

    def rank(name: str) -> tuple[float, float, bool]:
        turning = found.turning[name]
        beyond = turning.beyond is None or not known[name].low <= turning.beyond <= known[name].high
        often = found.turned.get(name, 0.0)
        return -often if often >= 1 - NEARLY_ALL else 0.0, turning.distance, beyond

    return sorted(known, key=rank)


def _reaching(each: Assumption, effect: Effect) -> Assumption:
    """The assumption with a range that holds all persons and past times."""
    if each.options:
        return each
    told = [case.values[each.name] for case in cases(effect) if each.name in case.values]
    low, high = min([each.low, *told]), max([each.high, *told])
    return replace(each, low=low, high=high, least=min(each.least, low), most=max(each.most, high))


def _axis(each: Assumption) -> Axis:
    percent = each.unit.startswith("%")
    unit = each.unit.removeprefix("%").strip() if percent else each.unit
    return Axis(sentence_case(each.label), unit, "percent" if percent else "number", each.log, (each.low, each.high))


def _control(each: Assumption, start: float) -> Control:
    label = sentence_case(each.label)
    if each.options:
        return Choice(label, {option: float(k) for k, option in enumerate(each.options)}, start)
    if not each.unit.startswith("%"):
        return Slider(label, each.unit, each.low, each.high, start, log=each.log)
    low, high, here = (float(f"{100 * value:.14g}") for value in (each.low, each.high, start))
    return Percent(label, low, high, here, unit=each.unit, log=each.log)
