"""What a plot shows, said once: the live Bokeh figure and the still picture are both made from it.

A plot is a set of marks over named columns. The names are the keys of what ``compute`` returns.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defi_lib import numerals
from defi_lib.numerals import Format
from defi_lib.theme import RULE, SERIES
from defi_lib.validation import finite

Columns = Mapping[str, Any]

#: What the reader's point adds to the name of a column, where :func:`explore` draws curves ``along`` a control.
HERE = " now"
#: How much of an axis is free beyond either end, so that no point is cut in half.
ROOM = 0.02

DASHES = ("solid", "dashed", "dotdash", "dotted")

#: No two of the rules of a plot look the same.
RULE_DASHES = ("dashed", "dotted", "dotdash", "solid")

_LETTERS = 27  # of a line beside the upright axis


@dataclass(frozen=True)
class Axis:
    """One axis: its name, unit, number format, scale, and a fixed range if it shall not follow the data."""

    label: str
    unit: str = ""
    format: Format = "number"
    log: bool = False
    range: tuple[float, float] | None = None

    @property
    def title(self) -> str:
        """Name and unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label

    @property
    def upright_title(self) -> str:
        """The same in lines that are not longer than the axis, on a projector too.

        >>> Axis("Gas a year", "part of the position").upright_title.splitlines()
        ['Gas a year (part of the', 'position)']
        """
        return textwrap.fill(self.title, _LETTERS)

    def padded(self, low: float, high: float) -> tuple[float, float]:
        """A range with room for half a point at both ends."""
        if self.log:
            room = (high / low) ** ROOM
            return low / room, high * room
        return low - ROOM * (high - low), high + ROOM * (high - low)

    def ticks(self, shown: tuple[float, float]) -> dict[float, str]:
        """Where the axis has its marks when it shows this range, and what is written at them."""
        low, high = self.range or shown
        return numerals.ticks(max(low, shown[0]), min(high, shown[1]), self.log, self.format)


@dataclass(frozen=True)
class Line:
    """A line through the columns ``x`` and ``y``; the column's name is its label unless another is given.

    With ``steps`` each value holds until the next ``x``, where the line jumps: what changes at once has no slope.
    """

    x: str
    y: str
    label: str = ""
    steps: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs."""
        return (self.x, self.y)


@dataclass(frozen=True)
class Area:
    """The area between the columns ``low`` and ``high``; several areas in one run there and back again over ``x``."""

    x: str
    low: str
    high: str
    label: str = ""
    hatched: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs."""
        return (self.x, self.low, self.high)


@dataclass(frozen=True)
class Pieces:
    """Short straight lines, from the columns ``x`` and ``y`` to ``x_to`` and ``y_to``; there may be none."""

    x: str
    y: str
    x_to: str
    y_to: str
    label: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs."""
        return (self.x, self.y, self.x_to, self.y_to)


@dataclass(frozen=True)
class Dots:
    """One or more points, or rings."""

    x: str
    y: str
    label: str = ""
    ring: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs."""
        return (self.x, self.y)


def Now(x: str, y: str, label: str = "Now") -> Dots:  # noqa: N802 - reads like the other marks
    """The reader's point on the curve ``y``, in an explorer that draws its curves ``along`` the control ``x``."""
    return Dots(x + HERE, y + HERE, label)


@dataclass(frozen=True)
class Rule:
    """A straight line across the plot: vertical at ``x``, or horizontal at ``y``: a number, or the name of a column."""

    x: str | float = ""
    y: str | float = ""
    label: str = ""

    @property
    def upright(self) -> bool:
        """Whether the line is vertical."""
        return self.x != ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The column it needs, if any."""
        place = self.x if self.upright else self.y
        return (place,) if isinstance(place, str) else ()

    def place(self, columns: Mapping[str, NDArray[Any]]) -> float:
        """Where the line is."""
        return float(columns[self.columns[0]][0]) if self.columns else float(self.x if self.upright else self.y)


@dataclass(frozen=True)
class Bars:
    """Horizontal bars, one per entry of ``category``; several values are stacked, losses to the left."""

    category: str
    values: tuple[str, ...]
    labels: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it needs."""
        return (self.category, *self.values)


Mark = Line | Area | Pieces | Dots | Rule | Bars


@dataclass(frozen=True)
class LegendEntry:
    """How one mark looks and what it is called."""

    label: str
    color: str
    kind: str  # "line", "area", "hatched", "dot", "ring", "rule" or "bar"
    dash: str = "solid"


@dataclass(frozen=True, init=False)
class Plot:
    """Marks on two axes.

    Args:
        marks: what is drawn, in this order.
        x, y: the axes.
        height: in pixels; the width is that of the cell.
    """

    marks: tuple[Mark, ...]
    x: Axis
    y: Axis
    height: int = 320
    legend: tuple[LegendEntry, ...] = field(default=(), compare=False)

    def __init__(self, *marks: Mark, x: Axis, y: Axis, height: int = 320) -> None:
        object.__setattr__(self, "marks", marks)
        object.__setattr__(self, "x", x)
        object.__setattr__(self, "y", y)
        object.__setattr__(self, "height", height)
        object.__setattr__(self, "legend", tuple(_legend(marks)))

    @property
    def columns(self) -> tuple[str, ...]:
        """All the columns it needs, each once."""
        return tuple(dict.fromkeys(name for mark in self.marks for name in mark.columns))


def Lines(x: str, y: list[str], *, x_axis: Axis | None = None, y_axis: Axis | None = None) -> Plot:  # noqa: N802
    """The common case: one line per column of ``y`` over the column ``x``."""
    return Plot(*(Line(x, name) for name in y), x=x_axis or Axis(x), y=y_axis or Axis(""))


def columns_of(plot: Plot, result: Columns) -> dict[str, NDArray[Any]]:
    """The columns that ``plot`` needs, as arrays of finite numbers, equally long within a mark.

    Only dots and pieces may be none.

    Raises:
        ValueError: a column that is missing, empty, or no list of finite numbers (names, where bars stand on them),
            or columns of one mark that have different lengths.
    """
    drawn = {name for mark in plot.marks if not isinstance(mark, Dots | Pieces) for name in mark.columns}
    words = {mark.category for mark in plot.marks if isinstance(mark, Bars)}
    columns: dict[str, NDArray[Any]] = {}
    for name in plot.columns:
        if name not in result:
            raise ValueError(f"compute returned no {name!r}: it returned {', '.join(map(repr, result))}")
        columns[name] = np.atleast_1d(np.asarray(result[name])) if name in words else _numbers(name, result[name])
        if columns[name].ndim != 1 or (name in drawn and columns[name].size == 0):
            raise ValueError(f"{name} has shape {columns[name].shape}: allowed is a list of at least one entry")
    if plot.y.range:
        _keep_near(plot, columns)
    for mark in plot.marks:
        lengths = {name: len(columns[name]) for name in mark.columns}
        if len(set(lengths.values())) > 1:
            listing = ", ".join(f"{name} {length}" for name, length in lengths.items())
            raise ValueError(f"the columns of one mark have different lengths: {listing}; allowed are equal lengths")
    return columns


def _keep_near(plot: Plot, columns: dict[str, NDArray[Any]]) -> None:
    """Draw nothing far beyond a fixed axis; nought, which has no place on a logarithmic one, at its lower end."""
    low, high = plot.y.range or (0.0, 1.0)
    for name in {mark.y for mark in plot.marks if isinstance(mark, Line)}:
        least, most = (low, high**2 / low) if plot.y.log else (low - (high - low), high + (high - low))
        columns[name] = np.clip(columns[name], least, most)
    for name in {mark.y for mark in plot.marks if isinstance(mark, Dots) and plot.y.log}:
        columns[name] = np.maximum(columns[name], low)


def _numbers(name: str, column: Any) -> NDArray[Any]:
    array = np.atleast_1d(np.asarray(column))
    if array.dtype.kind == "f" and not np.all(np.isfinite(array)):
        where = int(np.argmin(np.isfinite(array)))
        raise ValueError(f"{name}[{where}] = {array.flat[where]} is not a finite number")
    return np.atleast_1d(finite(name, column))


def stacked(bars: Bars, columns: Mapping[str, NDArray[Any]]) -> list[tuple[NDArray[Any], NDArray[Any]]]:
    """Left and right ends of each stacked bar: gains pile up to the right of zero, losses to the left."""
    gains = np.zeros(len(columns[bars.category]))
    losses = np.zeros(len(columns[bars.category]))
    ends = []
    for name in bars.values:
        value = columns[name].astype(float)
        start = np.where(value >= 0, gains, losses)
        ends.append((start, start + value))
        gains = gains + np.maximum(value, 0)
        losses = losses + np.minimum(value, 0)
    return ends


def ranges(plot: Plot, *shown: Mapping[str, NDArray[Any]]) -> tuple[tuple[float, float] | None, ...]:
    """What the two axes show: their fixed range, or else room for all columns of ``shown``; none for names of bars.

    An explorer gives the columns of its start as well as those of now: the axes stay unless the data leave them.
    """
    bars = any(isinstance(mark, Bars) for mark in plot.marks)
    x = _range(plot.x, [place for columns in shown for place in _places(plot, columns, True)])
    return x, None if bars else _range(plot.y, [place for columns in shown for place in _places(plot, columns, False)])


def _range(axis: Axis, places: list[NDArray[Any]]) -> tuple[float, float]:
    if axis.range:
        return axis.padded(*axis.range)
    all_places = np.concatenate([np.asarray(place, dtype=float).ravel() for place in places])
    if axis.log:
        all_places = all_places[all_places > 0]
    low, high = (float(all_places.min()), float(all_places.max())) if all_places.size else (1.0, 10.0)
    if np.isclose(low, high, rtol=1e-9, atol=0):
        low, high = (low / 2, low * 2) if axis.log else (low - max(abs(low) / 2, 0.5), high + max(abs(high) / 2, 0.5))
    return axis.padded(low, high)


def _places(plot: Plot, columns: Mapping[str, NDArray[Any]], along_x: bool) -> list[NDArray[Any]]:
    found: list[NDArray[Any]] = []
    for mark in plot.marks:
        if isinstance(mark, Bars):
            found += [end for ends in stacked(mark, columns) for end in ends] if along_x else []
        elif isinstance(mark, Rule):
            found += [np.array([mark.place(columns)])] if mark.upright == along_x else []
        elif isinstance(mark, Pieces):
            found += [columns[name] for name in ((mark.x, mark.x_to) if along_x else (mark.y, mark.y_to))]
        else:
            names = (mark.x,) if along_x else mark.columns[1:]
            found += [columns[name] for name in names]
    return found


def _legend(marks: tuple[Mark, ...]) -> list[LegendEntry]:
    """One entry per mark (per value of bars): colours in turn, and dashes, so that no line rests on colour alone."""
    entries: list[LegendEntry] = []
    for mark in marks:
        color = SERIES[len(entries) % len(SERIES)]
        if isinstance(mark, Bars):
            names = mark.labels or mark.values
            start = len(entries)
            entries += [LegendEntry(name, SERIES[(start + i) % len(SERIES)], "bar") for i, name in enumerate(names)]
        elif isinstance(mark, Line):
            lines = sum(entry.kind == "line" for entry in entries)
            entries.append(LegendEntry(mark.label or mark.y, color, "line", DASHES[lines % len(DASHES)]))
        elif isinstance(mark, Rule):
            rules = sum(entry.kind == "rule" for entry in entries)
            name = mark.label or str(mark.x if mark.upright else mark.y)
            entries.append(LegendEntry(name, RULE, "rule", RULE_DASHES[rules % len(RULE_DASHES)]))
        elif isinstance(mark, Pieces):
            entries.append(LegendEntry(mark.label or mark.y, RULE, "rule", "solid"))
        elif isinstance(mark, Area):
            entries.append(LegendEntry(mark.label or mark.high, color, "hatched" if mark.hatched else "area"))
        else:
            look = (RULE, "ring") if mark.ring else (color, "dot")
            entries.append(LegendEntry(mark.label or mark.y.removesuffix(HERE), *look))
    return entries
