"""What a record holds, and what two records of the same thing are together. Pure: no file is touched here.

Records are plain: kind → lesson → item → fields. Each has the ``day`` (``"2026-11-29"``) on which it was first made.
Merging is what makes two kernels, a saved copy and a broken write harmless: whatever order they come in, nothing is
lost and nothing counts twice.
"""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

Entry = dict[str, Any]
Records = dict[str, dict[str, dict[str, Entry]]]

_LESSON = re.compile(r"start|\d{1,2}\.\d{1,2}")
_ITEM = re.compile(r"[\w.-]{1,80}")
_LONGEST = 400  # characters of a question or an answer


def checked(kind: str, lesson: str, item: str, fields: Mapping[str, Any]) -> Entry:
    """The entry for these fields.

    Raises:
        ValueError: an unknown kind or field, a field that is missing, or a value that is not allowed.
    """
    if kind not in KINDS:
        raise ValueError(f"kind = {kind!r} is not allowed: choose one of {', '.join(map(repr, KINDS))}")
    if not (isinstance(lesson, str) and _LESSON.fullmatch(lesson)):
        raise ValueError(f"lesson = {lesson!r} is not allowed: write it as '1.1', or 'start' for the first page")
    if not (isinstance(item, str) and _ITEM.fullmatch(item)):
        raise ValueError(f"item = {item!r} is not allowed: letters, digits, points and hyphens, at most 80")
    needed, optional, _ = KINDS[kind]
    for name in fields:
        if name not in needed | optional:
            raise ValueError(f"{name!r} is no field of {kind!r}: allowed are {', '.join(sorted(needed | optional))}")
    for name in sorted(needed):
        if name not in fields:
            raise ValueError(f"{name!r} is missing in a record of kind {kind!r}")
    entry = {name: read(name, fields[name]) for name, read in (needed | optional).items() if name in fields}
    if kind == "quiz" and "day" in entry:
        return {"latest": entry["first"], "again": entry["day"], **entry}
    return entry


def valid(data: Any, dated: bool = True) -> tuple[Records, bool]:
    """The records in ``data`` that are as they should be, and whether all are; without ``dated`` none needs a day."""
    records: Records = {}
    whole = isinstance(data, dict)
    for kind, lessons in data.items() if isinstance(data, dict) else ():
        for lesson, items in lessons.items() if isinstance(lessons, dict) else ():
            for item, fields in items.items() if isinstance(items, dict) else ():
                try:
                    entry = checked(kind, lesson, item, fields)
                except (ValueError, TypeError, AttributeError):
                    whole = False
                else:
                    if "day" in entry or not dated:
                        records.setdefault(kind, {}).setdefault(lesson, {})[item] = entry
                    else:
                        whole = False
            whole = whole and isinstance(items, dict)
        whole = whole and isinstance(lessons, dict)
    return records, whole


def merged(older: Records, newer: Records) -> Records:
    """Both together; where the day does not tell what came first, ``older`` did."""
    result: Records = {kind: {lesson: dict(items) for lesson, items in ls.items()} for kind, ls in older.items()}
    for kind, lessons in newer.items():
        join = KINDS[kind][2]
        for lesson, items in lessons.items():
            known = result.setdefault(kind, {}).setdefault(lesson, {})
            for item, entry in items.items():
                known[item] = join(known[item], entry) if item in known else entry
    return result


def _join_quiz(older: Entry, newer: Entry) -> Entry:
    """The first try that was ever made, with what was chosen then, and the latest sitting's."""
    first, _ = sorted((older, newer), key=lambda entry: entry["day"])
    _, last = sorted((older, newer), key=lambda entry: entry["again"])
    tries = {"first": first["first"], "day": first["day"], "latest": last["latest"], "again": last["again"]}
    both = {name: value for name, value in {**older, **newer, **tries}.items() if name != "chosen"}
    return both | ({"chosen": first["chosen"]} if "chosen" in first else {})


def _join_prediction(older: Entry, newer: Entry) -> Entry:
    """The first one counts: whoever has seen the answer predicts no more. The answer may come later."""
    first, second = sorted((older, newer), key=lambda entry: entry["day"])
    return {**second, **first}


def _join_lab(older: Entry, newer: Entry) -> Entry:
    """The better one, with the day on which it was reached."""
    return min((older, newer), key=lambda entry: (-entry["points"] / entry["out_of"], entry["day"]))


def _join_lesson(older: Entry, newer: Entry) -> Entry:
    return min((older, newer), key=lambda entry: entry["day"])


def _truth(name: str, value: Any) -> bool:
    if value is True or value is False or type(value).__name__ in ("bool", "bool_"):
        return bool(value)
    raise ValueError(f"{name} = {value!r} is not allowed: it is True or False")


def _words(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} = {value!r} is not allowed: it is a text")
    return value[:_LONGEST]


def _number(name: str, value: Any) -> float:
    if isinstance(value, numbers.Real) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    raise ValueError(f"{name} = {value!r} is not allowed: it is a finite number")


def _not_negative(name: str, value: Any) -> float:
    if _number(name, value) < 0:
        raise ValueError(f"{name} = {value!r} is not allowed: it is a number from 0")
    return float(value)


def _positive(name: str, value: Any) -> float:
    if _number(name, value) <= 0:
        raise ValueError(f"{name} = {value!r} is not allowed: it is a positive number")
    return float(value)


def _chance(name: str, value: Any) -> float:
    if not 0 <= _number(name, value) <= 1:
        raise ValueError(f"{name} = {value!r} is not allowed: it is a number from 0 to 1")
    return float(value)


def _number_or_words(name: str, value: Any) -> float | str:
    return _words(name, value) if isinstance(value, str) else _number(name, value)


def _day(name: str, value: Any) -> str:
    try:
        return date.fromisoformat(value).isoformat()
    except (TypeError, ValueError):
        raise ValueError(f"{name} = {value!r} is not allowed: write a day as '2026-11-29'") from None


_Fields = dict[str, Callable[[str, Any], Any]]
_ALWAYS: _Fields = {"day": _day}
_TEXTS: _Fields = {"asked": _words, "skill": _words}

#: For each kind: the fields that it must have, those that it may have, and what two records of one thing are together.
KINDS: dict[str, tuple[_Fields, _Fields, Callable[[Entry, Entry], Entry]]] = {
    "quiz": (
        {"first": _truth},
        {"chosen": _number_or_words, "latest": _truth, "again": _day, **_TEXTS, **_ALWAYS},
        _join_quiz,
    ),
    "prediction": (
        {"value": _number_or_words},
        {
            "answer": _number_or_words,
            "unit": _words,
            "low": _number,
            "high": _number,
            "sure": _chance,
            **_TEXTS,
            **_ALWAYS,
        },
        _join_prediction,
    ),
    "lab": ({"points": _not_negative, "out_of": _positive}, _ALWAYS, _join_lab),
    "lesson": ({}, _ALWAYS, _join_lesson),
}
