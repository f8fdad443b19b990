"""The claims that this course tests, the readings that make them precise, and what it cannot test."""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files
from typing import Literal, NamedTuple, cast

from defi_lib.validation import one_of


class Claim(NamedTuple):
    """What popular articles say; a hypothesis until a lesson has tested it."""

    id: str
    part: str
    text: str


#: The camps of the claims, by the first letter of their ids.
CAMPS = {"P": "Promises", "X": "Paradoxes", "R": "Remedies", "C": "Compute"}

KINDS = ("model", "figures", "logic")

#: What tests a reading: worlds of a model, published counts, or a proof.
Kind = Literal["model", "figures", "logic"]


class Reading(NamedTuple):
    """A claim made precise enough to be false: who, against what, measured how, for whom and when.

    A claim has one to three of them. The size that counts, ``more_than``, and its ``unit`` belong to the reading:
    without a size that matters many readings could not be false. They are written down, with the ranges of the
    reading's assumptions, before anything is computed: on the day ``frozen``.
    """

    id: str  #: of the claim, and a letter
    claim: str
    kind: Kind
    module: str  #: where it is tested: ``defi_lib.evidence.<module>``
    text: str
    compares: str  #: who and what is compared
    unit: str  #: of the effect; "% a year" stands for a ratio that is written as per cent
    more_than: float | None  #: the reading is true where the effect is larger; None = not set yet, or no size
    best_for: str  #: the strongest case of those who say it
    best_against: str  #: the strongest objection
    answered_by: str  #: the assumption, or the other reading, that answers the objection
    frozen: str  #: the day on which words, size and ranges were set; "" = not yet

    @property
    def camp(self) -> str:
        """``"P"`` promise, ``"X"`` paradox, ``"R"`` remedy or ``"C"`` compute."""
        return self.id[0]


class Untested(NamedTuple):
    """A claim that no model of this course can test."""

    what: str
    why: str
    evidence: str  #: what would test it


class NamedSystem(NamedTuple):
    """A system that the articles give as an example, beside what its own pages say."""

    name: str
    said: str  #: by an article
    found: str  #: in the source
    fits: str  #: "yes", "partly", "no" or "not found"
    source: str
    date: str  #: of the source, or of the day on which it was read
    grade: str  #: as in :mod:`defi_lib.figures`


def claim(id: str) -> Claim:
    """The claim called ``id``, such as ``"P2"``.

    Raises:
        ValueError: an id that no claim has.
    """
    return _claims()[one_of("id", id, list(_claims()))]


def claims(*ids: str) -> list[Claim]:
    """The claims called ``ids``, or all of them in order.

    Raises:
        ValueError: an id that no claim has.
    """
    return [claim(id) for id in ids or _claims()]


def reading(id: str) -> Reading:
    """The reading called ``id``, such as ``"P2a"``.

    >>> reading("X8a").claim, reading("X8a").kind
    ('X8', 'logic')

    Raises:
        ValueError: an id that no reading has.
    """
    return _readings()[one_of("id", id, list(_readings()))]


def readings(of: str = "", *, module: str = "") -> list[Reading]:
    """All readings in order, or those of one claim, or those that one module tests.

    >>> [each.id for each in readings("X8")]
    ['X8a', 'X8b']

    Raises:
        ValueError: a claim or a module that has none.
    """
    found = [each for each in _readings().values() if of in ("", each.claim) and module in ("", each.module)]
    if not found:
        one_of("of", of, ["", *_claims()])
        one_of("module", module, ["", *dict.fromkeys(each.module for each in _readings().values())])
    return found


@cache
def untested() -> tuple[Untested, ...]:
    """What the articles claim and this course cannot test, why, and what would.

    >>> untested()[3].what
    'Quantum computers will speed it up'
    """
    return tuple(Untested(**row) for row in _rows("untested.csv"))


@cache
def named_systems() -> tuple[NamedSystem, ...]:
    """The systems that the articles describe, and what they are.

    >>> [each.name for each in named_systems() if each.fits == "not found"]
    ['Data Planet']
    """
    return tuple(NamedSystem(**row) for row in _rows("named_systems.csv"))


@cache
def _claims() -> dict[str, Claim]:
    return {row["id"]: Claim(**row) for row in _rows("claims.csv")}


@cache
def _readings() -> dict[str, Reading]:
    return {row["id"]: _read(row) for row in _rows("readings.csv")}


def _rows(table: str) -> list[dict[str, str]]:
    with (files("defi_lib") / table).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _read(row: dict[str, str]) -> Reading:
    size = float(row["more_than"]) if row["more_than"] else None
    others = {name: value for name, value in row.items() if name not in ("kind", "more_than")}
    return Reading(**others, kind=cast(Kind, one_of("kind", row["kind"], KINDS)), more_than=size)
