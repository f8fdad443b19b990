"""What the course asks: every answer of a student is held against it, and only the course's words are shown."""

from __future__ import annotations

import math
from functools import cache, cached_property
from pathlib import Path
from typing import NamedTuple

from defi_lib.claims import reading
from defi_lib.course import contents
from defi_lib.course.contents import Page
from defi_lib.evidence.shared import true_today
from defi_lib.explore.evidence.bets import ANSWERS
from defi_lib.explore.questions import ChoiceQuestion, NumberQuestion, Question, lessons, questions_of
from defi_lib.progress.records import Entry
from defi_lib.teaching.lecture.lesson import ROOT, Asked, Lesson

_SURE = (0.5, 1.0)


class Given(NamedTuple):
    """One student's answer to one question of the course, which it fits."""

    part: str  #: "bet", "prediction" or "quiz"
    lesson: str
    item: str
    value: float | str | None  #: of a quiz what was chosen first, if that is known
    sure: float = 0.0  #: of a bet, from 0.5 to 1
    answer: float | str | None = None  #: of a prediction, as the student's lesson told it
    right: bool = False  #: of a quiz


class Course:
    """The questions of a course.

    Args:
        root: its folder.
    """

    def __init__(self, root: Path = ROOT) -> None:
        self.root = root

    @cached_property
    def pages(self) -> dict[str, Page]:
        """The lessons by the names that progress gives them."""
        return {"start" if page.number == "0" else page.number: page for page in contents.lessons(self.root)}

    def name(self, lesson: str) -> str:
        """``"3.9 What security buys"``."""
        page = self.pages[lesson]
        return page.name if lesson == "start" or lesson in page.name else f"{lesson} {page.name}"

    @cache  # noqa: B019 - one course a run
    def predictions(self, lesson: str) -> dict[str, Asked]:
        """The predictions of a lesson by their ids."""
        return Lesson(self.pages[lesson], self.root).predictions if lesson in self.pages else {}

    @cache  # noqa: B019
    def bets(self, lesson: str) -> list[str]:
        """The ids of the readings that a lesson bets on."""
        return Lesson(self.pages[lesson], self.root).readings if lesson in self.pages else []

    @cache  # noqa: B019
    def questions(self, lesson: str) -> dict[str, Question]:
        """The questions of a lesson's quiz by their ids."""
        return {each.id: each for each in questions_of(lesson)} if lesson in lessons() else {}

    def text(self, id: str) -> str:
        """A reading in words."""
        return reading(id).text

    def true(self, id: str) -> bool:
        """Whether a reading is true today."""
        return true_today(id)

    def given(self, kind: str, lesson: str, item: str, entry: Entry) -> Given | None:
        """An answer as it was handed in, if it can be one to a question of this course; else nothing."""
        if kind == "quiz":
            return self._tried(lesson, item, entry)
        if "sure" in entry:
            possible = item in self.bets(lesson) and entry["value"] in ANSWERS and _SURE[0] <= entry["sure"] <= _SURE[1]
            return Given("bet", lesson, item, entry["value"], entry["sure"]) if possible else None
        return self._predicted(lesson, item, entry)

    def _tried(self, lesson: str, item: str, entry: Entry) -> Given | None:
        question, chosen = self.questions(lesson).get(item), entry.get("chosen")
        if question is None or (chosen is not None and judged(question, chosen) is not entry["first"]):
            return None
        return Given("quiz", lesson, item, chosen, right=entry["first"])

    def _predicted(self, lesson: str, item: str, entry: Entry) -> Given | None:
        asked, value = self.predictions(lesson).get(item), entry["value"]
        if asked is None:
            return None
        answer = entry.get("answer")
        if asked.options:
            known = answer if answer in asked.options else None
            return Given("prediction", lesson, item, value, answer=known) if value in asked.options else None
        same = all(entry.get(name, getattr(asked, name)) == getattr(asked, name) for name in ("low", "high", "unit"))
        if not same or isinstance(value, str) or not asked.low <= value <= asked.high:
            return None
        known = answer if isinstance(answer, float) and math.isfinite(answer) else None
        return Given("prediction", lesson, item, value, answer=known)


def judged(question: Question, chosen: float | str) -> bool | None:
    """Whether a first try was right; None if it is no answer to this question."""
    if isinstance(question, ChoiceQuestion) and isinstance(chosen, str) and chosen in question.options:
        return chosen == question.answer
    if isinstance(question, NumberQuestion) and not isinstance(chosen, str):
        return question.feedback(repr(chosen)).right
    return None
