"""Published figures of the real world, each with its date, source and certainty.

>>> figure("lp_losses", "fees earned by LPs").value
199.3

The data are the rows of ``figures.csv``. Figures that were written down from memory, or whose source is weak or
not credible, are not given out unless asked for: no claim should rest on them.
"""

from __future__ import annotations

import csv
import re
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from defi_lib.validation import one_of

if TYPE_CHECKING:
    import pandas as pd

_UNRELIABLE = ("from memory", "weak", "not credible")

#: How many names an error lists.
_LISTED = 6


class Figure(NamedTuple):
    """One published figure."""

    topic: str
    item: str  #: what it is
    value: float | str  #: a number in ``unit``; text where the source gives a range or a finding
    unit: str
    date: str  #: when it held or was published
    source: str
    certainty: str  #: "sourced", "derived", "from memory", with remarks in brackets

    @property
    def reliable(self) -> bool:
        """Whether a claim may rest on it: not from memory, and from a source that is not weak."""
        return not any(word in self.certainty for word in _UNRELIABLE)

    def cite(self) -> str:
        """Source, date and any remark on certainty, as Markdown for under a number."""
        source = re.sub(r"https?://[^\s;,)]+", r"<\g<0>>", self.source)
        remark = re.sub(r"^sourced\s*\(?(.*?)\)?$", r"\1", self.certainty)
        return f"{source} ({self.date}; {remark})" if remark else f"{source} ({self.date})"

    def __str__(self) -> str:
        value = f"{self.value:,.12g}" if isinstance(self.value, float) else self.value
        text = value if self.unit == "-" else f"{value} {self.unit}"
        return f"{self.item}: {text} ({self.date})"


def figure(topic: str, item: str, *, date: str = "", allow_unreliable: bool = False) -> Figure:
    """The one figure of ``topic`` that is called ``item``, or whose name alone contains it.

    Args:
        topic: one of :func:`topics`.
        item: the name, or a part of it that no other name of the topic has; capitals do not matter.
        date: the date, or its beginning, where the same thing was published for several dates.
        allow_unreliable: also give out figures from memory or from weak sources.

    Raises:
        ValueError: an unknown topic, no such figure, several of them, or one that is not reliable.
    """
    found = _matching(topic, item, date)
    if len(found) > 1:
        listing = "; ".join(f"{entry.item!r} ({entry.date})" for entry in found[:_LISTED])
        more = f"; and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise ValueError(f"item = {item!r} fits {len(found)} figures of {topic!r}, say which: {listing}{more}")
    (entry,) = found
    if not entry.reliable and not allow_unreliable:
        raise ValueError(f"{entry.item!r} is not reliable ({entry.certainty}): say allow_unreliable=True to use it")
    return entry


def topics() -> list[str]:
    """The topics, in alphabetical order."""
    return list(_by_topic())


def items(topic: str) -> list[str]:
    """The names of the figures of a topic.

    Raises:
        ValueError: an unknown topic.
    """
    return list(dict.fromkeys(entry.item for entry in _of(topic)))


def search(text: str) -> list[Figure]:
    """The figures whose topic, name, unit or source contains every word of ``text``; capitals do not matter."""
    words = text.lower().split()
    if not words:
        raise ValueError(f"text = {text!r} has no word to search for")
    every = (entry for entries in _by_topic().values() for entry in entries)
    return [e for e in every if all(word in f"{e.topic} {e.item} {e.unit} {e.source}".lower() for word in words)]


def table(topic: str) -> pd.DataFrame:
    """All figures of a topic, one row each.

    Raises:
        ValueError: an unknown topic.
    """
    import pandas as pd

    rows = [(*entry[1:], entry.reliable) for entry in _of(topic)]
    return pd.DataFrame(rows, columns=[*Figure._fields[1:], "reliable"]).set_index("item")


def _matching(topic: str, item: str, date: str) -> list[Figure]:
    """The figures called ``item``, else those whose name contains it; at least one."""
    entries = _of(topic)
    wanted = item.lower()
    by_name = [e for e in entries if e.item.lower() == wanted] or [e for e in entries if wanted in e.item.lower()]
    if not by_name:
        names = {name.lower(): name for name in items(topic)}
        close = [names[name] for name in get_close_matches(wanted, names, n=_LISTED, cutoff=0.3)]
        close = close or items(topic)[:_LISTED]
        raise ValueError(f"item = {item!r} is no figure of {topic!r}: did you mean {', '.join(map(repr, close))}?")
    found = [entry for entry in by_name if entry.date.startswith(date)]
    if not found:
        dates = ", ".join(dict.fromkeys(entry.date for entry in by_name))
        raise ValueError(f"date = {date!r} is not there for {by_name[0].item!r}: the dates are {dates}")
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
    for topic, item, value, *rest in list(csv.reader(text.splitlines()))[1:]:
        found.setdefault(topic, []).append(Figure(topic, item, _number(value), *rest))
    return dict(sorted(found.items()))


def _number(text: str) -> float | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return number if isfinite(number) else text
