"""For whom and when: fixed before worlds are drawn, from one list for the whole course.

Averaging over who somebody is and over times that differ (gas of 83 gwei and of 0.5) hides what is clear in each case.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from defi_lib.evidence.drawing import today
from defi_lib.evidence.effects import Effect
from defi_lib.evidence.unknowns import PEOPLE
from defi_lib.numerals import with_unit


class Case(NamedTuple):
    """A person and a time."""

    name: str  #: "$50, in March 2024"
    when: str  #: "today", "in March 2024"
    values: Mapping[str, float]  #: what is fixed

    @property
    def who(self) -> str:
        """ "$50"; "" if the reading names no person."""
        return self.name.removesuffix(self.when).removesuffix(", ")


class Regime(NamedTuple):
    """A named, dated time of the past: what some assumptions were then."""

    when: str
    values: Mapping[str, float]


def cases(effect: Effect) -> list[Case]:
    """The cases of a reading: the headline first, then the other persons today, then past times.

    The headline person is the one whom the reading names. A past time counts if one of the reading's assumptions was
    another then.
    """
    who = next((name for name, each in effect.assumptions.items() if each.role == "person"), "")
    own = effect.assumptions[who].today if who else 0.0
    people = [own, *(amount for amount in PEOPLE if amount != own)] if who else [None]
    times = [Regime("today", {}), *regimes(effect)]
    found = []
    for time in times:
        for person in people:
            values = dict(time.values) | ({who: person} if person is not None else {})
            named = [with_unit(person, "USD", 4)] if person is not None else []
            found.append(Case(", ".join([*named, time.when]), time.when, values))
    return found


def regimes(effect: Effect) -> list[Regime]:
    """The past times in which an assumption of the reading had another value."""
    known = effect.assumptions
    own = [Regime(each.when, {k: v for k, v in each.values.items() if k in known}) for each in _regimes()]
    return [each for each in own if each.values]


@cache
def _regimes() -> tuple[Regime, ...]:
    values: dict[str, dict[str, float]] = {}
    with (files("defi_lib.evidence") / "regimes.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            values.setdefault(row["when"], {})[row["name"]] = float(row["value"])
    return tuple(Regime(when, each) for when, each in values.items())


def others(effect: Effect) -> list[str]:
    """The answers for other persons and past times, a line for each person: "$50, today: not true; in 2024: true"."""
    answers = [(case, bool(effect.true(today(effect.assumptions, changed=case.values))[0])) for case in cases(effect)]
    lines: dict[str, list[str]] = {answers[0][0].who: []}
    for case, true in answers[1:]:
        lines.setdefault(case.who, []).append(f"{case.when}: {'true' if true else 'not true'}")
    return [", ".join(filter(None, [who, "; ".join(said)])) for who, said in lines.items() if said]
