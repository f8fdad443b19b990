"""Published figures of the real world, each with its date, its source and a grade.

>>> figure("lp_losses.fees_earned_lps_studied_uniswap").value
199.3
>>> figure("lp_losses", "fees earned by LPs").id
'lp_losses.fees_earned_lps_studied_uniswap.2021-09'

The data are the rows of ``figures.csv``. A **series** is one thing that is counted again and again
(``gas.average_price``); with a date it is the ``id`` of one row (``gas.average_price.2026-01-03``), which never
changes. Who asks without a date gets the newest. The grades: **A** the primary source (contract, paper, filing,
regulator, whoever measured it); **B** a named primary source seen through another page, or two independent reports;
**C** one report, or a weak one; **D** from memory, or claimed by the seller. D is not given out unless asked for: no
claim should rest on it.
"""

from __future__ import annotations

import calendar
import csv
import datetime
import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

from defi_lib import words
from defi_lib.validation import one_of

if TYPE_CHECKING:
    import pandas as pd

#: The day from which the age of a figure is counted: when the data were last gone through.
TODAY = datetime.date(2026, 11, 29)

GRADES = "ABCD"

#: How many names an error lists.
_LISTED = 6


class Figure(NamedTuple):
    """One published figure."""

    topic: str
    item: str  #: what it is
    value: float | str  #: a number in ``unit``; text where the unit is "text" or "date"
    unit: str
    date: str  #: when it held or was published: year, month or day; the end of a span
    source: str
    grade: str  #: A, B, C or D
    note: str = ""  #: remarks: what is doubtful, what another source says, that it was derived
    since: str = ""  #: where it is about a span of time: its beginning
    series: str = ""  #: the thing that is counted, whatever the date

    @property
    def id(self) -> str:
        """The key of this row: the series and the date."""
        return f"{self.series}.{self.date}"

    @property
    def certainty(self) -> str:
        """The grade, by its old name."""
        return self.grade

    @property
    def reliable(self) -> bool:
        """Whether a claim may rest on it: not from memory, and not the seller's word."""
        return self.grade != "D"

    @property
    def dates(self) -> str:
        """The date, or the span of time, in words."""
        return f"{self.since} to {self.date}" if self.since else self.date

    @property
    def last_day(self) -> datetime.date:
        """The last day that it is about: of a year or a month the last one."""
        year, *rest = (int(part) for part in self.date.split("-"))
        month = rest[0] if rest else 12
        return datetime.date(year, month, rest[1] if rest[1:] else calendar.monthrange(year, month)[1])

    def cite(self) -> str:
        """Source and date, and a mark where the grade is C or D, as Markdown for under a number.

        An address is a link that shows its site's name alone, at GitHub the repository's.
        """
        source = re.sub(r"https?://[^\s;,)]+", _linked, self.source).replace(" ;", ";")
        mark = {"C": f"; {words.WEAK}", "D": f"; {words.UNVERIFIED}: {self.note}"}.get(self.grade, "")
        return f"{source} ({self.dates}{mark})"

    def __str__(self) -> str:
        value = f"{self.value:,.12g}" if isinstance(self.value, float) else self.value
        text = value if self.unit in ("-", "text", "date") else f"{value} {self.unit}"
        return f"{self.item}: {text} ({self.dates})"


def _linked(address: re.Match[str]) -> str:
    parts = urlsplit(address[0])
    site = parts.netloc.removeprefix("www.")
    if site in ("github.com", "raw.githubusercontent.com"):  # everybody's: say whose it is
        site = "GitHub: " + "/".join(parts.path.split("/")[1:3])
    return f"[{site}]({address[0].replace('(', '%28')})"


def figure(topic: str, item: str = "", *, date: str = "", allow_unreliable: bool = False) -> Figure:
    """The newest figure of a series, or of the things of ``topic`` that are called ``item``.

    >>> figure("gas.average_price", date="2024").value
    98.7

    Args:
        topic: a series, the id of a row, or one of :func:`topics`.
        item: with a topic: the name, or a part of it that no other name of the topic has; capitals do not matter.
        date: the date, or its beginning, where the same thing was published for several dates.
        allow_unreliable: also give out figures of grade D.

    Raises:
        ValueError: an unknown topic, series or id, no such figure, several things, one of grade D, or a series and
            an item.
    """
    if "." in topic and item:
        raise ValueError(f"item = {item!r} is not needed: {topic!r} is a series or an id")
    entry = max(_series(topic, date) if "." in topic else _matching(topic, item, date), key=_when)
    if not entry.reliable and not allow_unreliable:
        raise ValueError(f"{entry.item!r} is not reliable ({entry.note}): say allow_unreliable=True to use it")
    return entry


def older_than(months: int, keys: Iterable[str], *, today: datetime.date = TODAY) -> list[Figure]:
    """Which of the figures with these keys (a series or an id each) speak of a time that long ago, oldest first.

    >>> [entry.id for entry in older_than(12, ["remittance.global_average", "gas.average_price"])]
    ['remittance.global_average.2023-09']

    Raises:
        ValueError: a key that no figure has.
    """
    year, month = divmod(12 * today.year + today.month - 1 - months, 12)
    last = datetime.date(year, month + 1, min(today.day, calendar.monthrange(year, month + 1)[1]))
    asked = {entry.id: entry for entry in (figure(key, allow_unreliable=True) for key in keys)}
    return sorted((entry for entry in asked.values() if entry.last_day < last), key=_when)


def topics() -> list[str]:
    """The topics, in alphabetical order."""
    return list(_by_topic())


def figures(topic: str = "") -> list[Figure]:
    """All figures, or those of one topic, by topic, item and date.

    >>> figures("gas")[0].topic
    'gas'

    Raises:
        ValueError: an unknown topic.
    """
    return list(_of(topic)) if topic else [entry for name in topics() for entry in _of(name)]


def items(topic: str) -> list[str]:
    """The names of the figures of a topic.

    Raises:
        ValueError: an unknown topic.
    """
    return list(dict.fromkeys(entry.item for entry in _of(topic)))


def search(text: str) -> list[Figure]:
    """The figures whose series, name, unit or source contains every word of ``text``; capitals do not matter."""
    wanted = text.lower().split()
    if not wanted:
        raise ValueError(f"text = {text!r} has no word to search for")
    every = (entry for entries in _by_topic().values() for entry in entries)
    return [e for e in every if all(word in f"{e.series} {e.item} {e.unit} {e.source}".lower() for word in wanted)]


def table(topic: str) -> pd.DataFrame:
    """All figures of a topic, one row each.

    Raises:
        ValueError: an unknown topic.
    """
    import pandas as pd

    rows = [(*entry[1:], entry.reliable) for entry in _of(topic)]
    return pd.DataFrame(rows, columns=[*Figure._fields[1:], "reliable"]).set_index("item")


def _when(entry: Figure) -> str:
    return entry.date


def _series(key: str, date: str) -> list[Figure]:
    """The rows of a series, or the one row with this id; at least one."""
    entries = _of(key.partition(".")[0])
    found = [entry for entry in entries if key in (entry.series, entry.id)]
    if not found:
        close = get_close_matches(key, {entry.series for entry in entries}, n=_LISTED, cutoff=0.3)
        raise ValueError(f"topic = {key!r} is no series and no id: did you mean {', '.join(map(repr, close))}?")
    return _dated(found, date)


def _matching(topic: str, item: str, date: str) -> list[Figure]:
    """The rows of the one thing called ``item``, else of the one whose name contains it; at least one."""
    entries = _of(topic)
    wanted = item.lower()
    by_name = [e for e in entries if e.item.lower() == wanted] or [e for e in entries if wanted in e.item.lower()]
    if not by_name:
        names = {name.lower(): name for name in items(topic)}
        close = [names[name] for name in get_close_matches(wanted, names, n=_LISTED, cutoff=0.3)]
        close = close or items(topic)[:_LISTED]
        raise ValueError(f"item = {item!r} is no figure of {topic!r}: did you mean {', '.join(map(repr, close))}?")
    found = _dated(by_name, date)
    if len({entry.item for entry in found}) > 1:
        listing = "; ".join(f"{entry.item!r} ({entry.date})" for entry in found[:_LISTED])
        more = f"; and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise ValueError(f"item = {item!r} fits {len(found)} figures of {topic!r}, say which: {listing}{more}")
    return found


def _dated(entries: list[Figure], date: str) -> list[Figure]:
    """Those whose date begins so; at least one."""
    found = [entry for entry in entries if entry.date.startswith(date)]
    if not found:
        there = ", ".join(dict.fromkeys(entry.date for entry in entries))
        raise ValueError(f"date = {date!r} is not there for {entries[0].item!r}: the dates are {there}")
    return found


def _of(topic: str) -> list[Figure]:
    by_topic = _by_topic()
    if topic not in by_topic:
        close = get_close_matches(topic, by_topic, n=3)
        if close:
            raise ValueError(f"topic = {topic!r} is unknown: did you mean {', '.join(map(repr, close))}?")
    return by_topic[one_of("topic", topic, list(by_topic))]


@cache
def _by_topic() -> dict[str, list[Figure]]:
    """All figures by topic, read once when the first is asked for."""
    found: dict[str, list[Figure]] = {}
    text = files("defi_lib").joinpath("figures.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        topic = row["series"].partition(".")[0]
        entry = Figure(topic=topic, **{**row, "value": _number(row["value"])})  # type: ignore[arg-type]
        found.setdefault(topic, []).append(entry)
    return dict(sorted(found.items()))


def _number(text: str) -> float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if isfinite(number) else text
