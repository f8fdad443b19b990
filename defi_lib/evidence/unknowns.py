"""What a reading assumes: today's value of each unknown, and the range in which it may be.

The table ``assumptions.csv`` is written before an effect is computed. A later change keeps the old row, with the day
and the reason; :func:`changes` counts them. A row whose reading is ``*`` holds for all readings that name it, so that
the price of gas is one number in the whole course.

Ranges follow rules. ``published``: three or more values of grade A or B of the last two years, lowest to highest.
``in force``: all values of a price list or a contract, whatever its date. ``factor two``: half to double the newest
value, where fewer are published. ``our choice``: no published value, or one that does not fit; the
reason stands beside it. An axis is logarithmic if its high end is more than three times its low end.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.numerals import number, percent
from defi_lib.validation import one_of

RULES = ("published", "in force", "factor two", "our choice")

#: How far beyond a range a turning point is looked for: a factor, and lengths of the range.
_FAR, _LONG = 100.0, 5.0

#: Who somebody is and when something holds are fixed before worlds are drawn; all else is unknown.
ROLES = ("unknown", "person", "regime")

#: Persons of the whole course: what somebody has, sends or trades, in USD.
PEOPLE = (50.0, 500.0, 5_000.0)


#: Noun phrases that name many things: "the dollars in the pool", but not "the pool's fee" or "the gas of a swap".
_MANY = re.compile(r"(?:the )?(?!gas\b|loss\b)\w+s\b(?!')")


@dataclass(frozen=True)
class Assumption:
    """One number that nobody knows for certain, or one of a few things.

    A world holds its value; of a choice the number of the option, from 0.
    """

    name: str
    label: str  #: a noun phrase: "the price of gas"
    unit: str  #: "% …" stands for a ratio that is written as per cent
    today: float
    low: float
    high: float
    rule: str = "our choice"
    role: str = "unknown"
    least: float = 0.0  #: what can be at all: wider ranges end there
    most: float = math.inf
    sources: tuple[str, ...] = ()  #: ids of published figures
    reason: str = ""
    options: tuple[str, ...] = ()  #: of a choice
    frozen: str = ""  #: the day on which the row was set

    def __post_init__(self) -> None:
        one_of("rule", self.rule, RULES)
        one_of("role", self.role, ROLES)
        ordered = self.least <= self.low <= self.today <= self.high <= self.most
        if not (ordered and self.low < self.high and math.isfinite(self.high)):
            raise ValueError(f"{self.name}: today = {self.today} must lie in a range, not in [{self.low}, {self.high}]")
        if not (self.sources or self.reason):
            raise ValueError(f"{self.name} has neither sources nor a reason")

    @property
    def log(self) -> bool:
        """Whether equal factors count as equal distances: for ranges wider than a factor of three."""
        return not self.options and self.low > 0 and self.high / self.low > 3

    def place(self, value: ArrayLike, *, linear: bool = False) -> NDArray[np.float64]:
        """Where a value stands in the range: 0 at the low end, 1 at the high end."""
        if self.options:
            return (np.asarray(value, float) + 0.5) / len(self.options)
        low, high = self._axis([self.low, self.high], linear)
        return (self._axis(value, linear) - low) / (high - low)

    def value(self, place: ArrayLike, *, width: float = 1.0, linear: bool = False) -> NDArray[np.float64]:
        """The value at a place of the range, which ``width`` stretches around today's value."""
        if self.options:
            return np.minimum(np.floor(np.asarray(place) * len(self.options)), len(self.options) - 1.0)
        start = self.place(self.today, linear=linear)
        low, high = self._axis([self.low, self.high], linear)
        where = low + (high - low) * (start + width * (np.asarray(place, float) - start))
        ends = (self.low, self.high) if width <= 1 else (self.least, self.most)
        return np.clip(np.exp(where) if self.log and not linear else where, *ends)

    def grid(self, points: int = 65) -> NDArray[np.float64]:
        """The range from end to end, today's value among its values; of a choice all options."""
        if self.options:
            return np.arange(len(self.options), dtype=float)
        return np.unique(np.append(self.value(np.linspace(0, 1, points)), self.today))

    def reach(self, points: int = 257) -> NDArray[np.float64]:
        """Far beyond the range on both sides, as far as anything can be: where a turning point is looked for last."""
        low, high = self._axis([self.low, self.high], False)
        far = math.log(_FAR) if self.log else _LONG * (high - low)
        grid = np.linspace(low - far, high + far, points)
        values = np.clip(np.exp(grid) if self.log else grid, self.least, self.most)
        return np.unique(np.append(values, self.today))

    def moved(self, up: bool) -> str:
        """What it does when it crosses a value: "the price of gas rises above", "the loans that fail fall below"."""
        verb, where = ("rise", "above") if up else ("fall", "below")
        return f"{self.label} {verb}{'' if _MANY.match(self.label) else 's'} {where}"

    def written(self, value: float, digits: int = 2) -> str:
        """A value with its unit, for sentences."""
        if self.options:
            return self.options[int(value)]
        return in_unit(value, self.unit, digits)

    def _axis(self, value: ArrayLike, linear: bool) -> NDArray[np.float64]:
        array = np.asarray(value, float)
        return np.log(array) if self.log and not linear else array


def in_unit(value: float, unit: str, digits: int = 2) -> str:
    """A value with its unit.

    >>> in_unit(0.0123, "% a year"), in_unit(2_345, "USD a year"), in_unit(12, "s"), in_unit(1.5, "")
    ('1.2\xa0% a year', '2,345 USD a year', '12 s', '1.5')
    >>> in_unit(1, "dollars for each coin"), in_unit(-1, "cents"), in_unit(1, "times"), in_unit(1, "ms")
    ('1 dollar for each coin', '−1 cent', '1 times', '1 ms')
    """
    if unit.startswith("%"):
        return percent(value, digits) + unit[1:]
    shown, (things, *rest) = number(value, digits), unit.split(" ")
    if shown.lstrip("−") == "1" and things not in ("times", "s", "ms"):
        things = things.removesuffix("s")
    return " ".join((shown, things, *rest)).rstrip()


def brief(text: str, unit: str) -> str:
    """A value beside another one of its unit: "20 %" beside "13 % of the hours".

    >>> brief("0.55 USD an hour", "USD an hour"), brief("12 units of gas", "units of gas")
    ('0.55 USD', '12 units of gas')
    """
    sign, _, tail = unit.partition(" ")
    return text.removesuffix(f" {tail}") if tail and sign in ("%", "USD") else text


def beside(text: str, assumption: Assumption) -> str:
    """A value beside the name of its assumption: "2" beside "the number of sources"."""
    named = assumption.unit in assumption.label.split()
    return brief(text.removesuffix(f" {assumption.unit}") if named else text, assumption.unit)


def signed(value: float, unit: str, digits: int = 2) -> str:
    """A difference with its unit: a gain has its sign too.

    >>> signed(130, "USD a year"), signed(0.0, "%")
    ('+130 USD a year', '0\xa0%')
    """
    text = in_unit(value, unit, digits)
    return text if value <= 0 or text.startswith("0 ") else f"+{text}"


def apart(assumption: Assumption, one: float, other: float) -> tuple[str, str]:
    """A computed value of an assumption and a given one in words, with so many digits that they differ."""
    for digits in range(2, 9):
        rounded = one if assumption.options else float(f"{one:.{digits + 1}g}")
        words = assumption.written(rounded, digits), assumption.written(other, digits)
        if words[0] != words[1]:
            break
    return words


def assumptions(reading: str, names: Iterable[str]) -> dict[str, Assumption]:
    """The assumptions called ``names`` as the reading ``reading`` has them, or else as all readings have them.

    Raises:
        ValueError: a name without a row.
    """
    rows = in_use()
    missing = [name for name in names if (reading, name) not in rows and ("*", name) not in rows]
    if missing:
        raise ValueError(f"{reading} has no row in assumptions.csv for {', '.join(missing)}")
    return {name: rows.get((reading, name)) or rows["*", name] for name in names}


def changes() -> list[dict[str, str]]:
    """The rows that no longer count: each with the day on which it was replaced, and why."""
    return [row for row in _table() if row["replaced"]]


@cache
def in_use() -> dict[tuple[str, str], Assumption]:
    """All rows that count, by reading (``*`` = all) and name."""
    return {(row["reading"], row["name"]): _assumption(row) for row in _table() if not row["replaced"]}


def _assumption(row: dict[str, str]) -> Assumption:
    options = tuple(part.strip() for part in row["options"].split("|")) if row["options"] else ()
    texts: dict[str, Any] = {name: row[name] for name in ("name", "label", "unit", "rule", "role", "reason", "frozen")}
    numbers: dict[str, Any] = {
        name: float(row[name]) for name in ("today", "low", "high", "least", "most") if row[name]
    }
    sources = tuple(part.strip() for part in row["sources"].split(";") if part.strip())
    if options:
        numbers |= {"low": 0.0, "high": len(options) - 1.0}
    return Assumption(**texts, **numbers, sources=sources, options=options)


@cache
def _table() -> tuple[dict[str, str], ...]:
    with (files("defi_lib.evidence") / "assumptions.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))
