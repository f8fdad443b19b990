"""How far a reader has come: computed from the records alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from statistics import mean, median
from typing import NamedTuple

from defi_lib.progress.keeper import load
from defi_lib.progress.records import Entry, Records


class LessonDone(NamedTuple):
    """One lesson that was begun."""

    lesson: str
    begun: str  #: the day
    answered: int  #: questions of its quiz
    questions: int  #: how many its quiz has; 0 if that is not known
    right: int  #: at the first try

    @property
    def read(self) -> bool:
        """A lesson counts as read when every question of its quiz was answered."""
        return 0 < self.questions <= self.answered


class Missed(NamedTuple):
    """A question to be asked again."""

    lesson: str
    item: str
    asked: str
    skill: str  #: what it tests


class Guess(NamedTuple):
    """A prediction beside its answer."""

    lesson: str
    item: str
    asked: str
    value: float | str
    answer: float | str
    unit: str
    span: float  #: of what could be predicted; 0 if that is not known
    sure: float | None = None  #: of a bet on a verdict, from 0.5 to 1

    @property
    def number(self) -> bool:
        """Whether a number was predicted."""
        return isinstance(self.value, float) and isinstance(self.answer, float)

    @property
    def off(self) -> float:
        """How far a number lies above the answer; negative: below."""
        return self.value - self.answer if isinstance(self.value, float) and isinstance(self.answer, float) else 0.0

    @property
    def share(self) -> float:
        """How far a number is off, as a share of what could be predicted (else of the answer)."""
        size = self.span or (abs(self.answer) if isinstance(self.answer, float) else 0.0)
        return abs(self.off) / size if size else float(self.off != 0)

    @property
    def right(self) -> bool:
        """A bet that was won, or a number within a twentieth of what could be predicted."""
        return self.share <= CLOSE if self.number else self.value == self.answer


class LabPoints(NamedTuple):
    """The best points in one lab, over the questions that were tried."""

    lab: str
    points: float
    out_of: float


class Summary(NamedTuple):
    """What the page *My progress* shows."""

    lessons: list[LessonDone]
    tried: int  #: questions
    right: int  #: at the first try
    repeat: list[Missed]
    guesses: list[Guess]
    labs: list[LabPoints]

    @property
    def empty(self) -> bool:
        """Whether nothing was done yet."""
        return not (self.lessons or self.labs)

    @property
    def bets(self) -> list[Guess]:
        """Predictions of one option."""
        return [guess for guess in self.guesses if not guess.number]

    @property
    def numbers(self) -> list[Guess]:
        """Predictions of a number."""
        return [guess for guess in self.guesses if guess.number]

    @property
    def sure(self) -> list[Guess]:
        """Bets of which their reader has said how sure they were."""
        return [guess for guess in self.guesses if guess.sure is not None]

    @property
    def sureness(self) -> float:
        """How sure the reader was of these, on average: it is right if as large a part of them was won."""
        return mean(guess.sure for guess in self.sure if guess.sure is not None) if self.sure else 0.0

    @property
    def typically_off(self) -> float:
        """Half of the predicted numbers are further off than this (a share of what could be predicted)."""
        return median(guess.share for guess in self.numbers) if self.numbers else 0.0


#: A number is close if it is off by at most this share of what could be predicted.
CLOSE = 0.05

_LESSON = ("lesson", "quiz", "prediction")  # kinds that belong to a lesson; a lab has its own numbers


def summary(questions: Mapping[str, Iterable[str]] | None = None) -> Summary:
    """How far the reader has come.

    Args:
        questions: for each lesson, the ids of the questions in its quiz; without it, no lesson can count as read.
    """
    return summarised(load(), questions or {})


def summarised(records: Records, questions: Mapping[str, Iterable[str]]) -> Summary:
    """The same of any records."""
    quizzes, labs = records.get("quiz", {}), records.get("lab", {})
    tries = [entry for items in quizzes.values() for entry in items.values()]
    begun = {lesson for kind in _LESSON for lesson in records.get(kind, {})}
    return Summary(
        lessons=[_lesson(records, lesson, set(questions.get(lesson, ()))) for lesson in sorted(begun, key=order)],
        tried=len(tries),
        right=sum(entry["first"] for entry in tries),
        repeat=[
            _missed(lesson, item, entry)
            for lesson in sorted(quizzes, key=order)
            for item, entry in quizzes[lesson].items()
            if not entry["latest"]
        ],
        guesses=_guesses(records),
        labs=[
            LabPoints(lab, sum(e["points"] for e in labs[lab].values()), sum(e["out_of"] for e in labs[lab].values()))
            for lab in sorted(labs, key=order)
        ],
    )


def due(lesson: str, most: int = 2) -> list[Missed]:
    """Old questions to ask at the start of ``lesson``: of earlier lessons, wrong ones first, then the oldest.

    What was answered today is not old yet.
    """
    today = date.today().isoformat()
    old = []
    for earlier, items in load("quiz").items():
        for item, entry in items.items():
            seen = entry["again"]
            if order(earlier) < order(lesson) and seen < today:
                place = (entry["latest"], seen, order(earlier), item)
                old.append((place, _missed(earlier, item, entry)))
    return [missed for _, missed in sorted(old)[:most]]


def order(lesson: str) -> tuple[int, ...]:
    """The place of a lesson in the course: the first page, 1.1, …, 1.9, 1.10, …"""
    return (0, 0) if lesson == "start" else tuple(int(part) for part in lesson.split("."))


def _missed(lesson: str, item: str, entry: Entry) -> Missed:
    return Missed(lesson, item, entry.get("asked", ""), entry.get("skill", ""))


def _lesson(records: Records, lesson: str, questions: set[str]) -> LessonDone:
    everything = [entry for kind in _LESSON for entry in records.get(kind, {}).get(lesson, {}).values()]
    answered = {item: e for item, e in records.get("quiz", {}).get(lesson, {}).items() if item in (questions or {item})}
    begun = min(entry["day"] for entry in everything)
    return LessonDone(lesson, begun, len(answered), len(questions), sum(e["first"] for e in answered.values()))


def _guesses(records: Records) -> list[Guess]:
    found = records.get("prediction", {})
    return [
        _guess(lesson, item, found[lesson][item])
        for lesson in sorted(found, key=order)
        for item in found[lesson]
        if "answer" in found[lesson][item]
    ]


def _guess(lesson: str, item: str, entry: Entry) -> Guess:
    span = entry["high"] - entry["low"] if "low" in entry and "high" in entry else 0.0
    asked, unit, sure = entry.get("asked", ""), entry.get("unit", ""), entry.get("sure")
    return Guess(lesson, item, asked, entry["value"], entry["answer"], unit, max(span, 0.0), sure)
