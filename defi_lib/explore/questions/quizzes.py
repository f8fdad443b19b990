"""Questions with feedback for every mistake; what was right at the first try is counted."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import NamedTuple, overload

import ipywidgets as widgets

from defi_lib.explore.questions.answers import Answer, offer
from defi_lib.explore.questions.box import Box, paragraph, say, status
from defi_lib.explore.questions.entry import Entry
from defi_lib.explore.questions.kinds import ChoiceQuestion, Feedback, Question
from defi_lib.explore.questions.quizfile import questions_of
from defi_lib.theme import RIGHT, WRONG

#: Another number in each run of a kernel, so that readers see options in different orders, and each always in one.
_RUN = secrets.randbits(64)


class _First(NamedTuple):
    """The first answer to a question."""

    right: bool
    chosen: str | float | None


#: The first answer to a question of a lesson; a cell that is run again does not forget it.
_first_tries: dict[tuple[str, str], _First] = {}


class Quiz(Box):
    """Questions with feedback. Made by :func:`quiz`.

    Attributes:
        questions: what is asked.
        entries: where a reader answers, one for each question.
        notes: what was said to each answer.
        count: how many were right at the first try, in words.
    """

    def __init__(self, questions: Sequence[Question], lesson: str = "") -> None:
        self.questions, self.lesson = list(questions), lesson
        self._tries = _first_tries if lesson else dict[tuple[str, str], _First]()
        self.entries: list[Entry] = []
        self.notes: list[widgets.HTMLMath] = []
        self.count = status()
        boxes = [self._box(number, question) for number, question in enumerate(self.questions, 1)]
        lines = [f"{number}. {question.text()}" for number, question in enumerate(self.questions, 1)]
        text = "\n".join([*lines, "Run ▸ Run All Cells, and answer here."])
        super().__init__([*boxes, self.count], text, framed=False)
        self._count()

    @property
    def choices(self) -> list[Entry]:
        """Another name of ``entries``."""
        return self.entries

    def answer(self, number: int, value: object) -> Feedback:
        """Answer question ``number`` (from 1) as a reader does."""
        entry = self.entries[number - 1]
        if entry.button:
            entry.commit(value)
        else:
            entry.value = value
        return self.questions[number - 1].feedback(value)

    def _box(self, number: int, question: Question) -> widgets.Widget:
        entry, note = question.widget(Random(f"{_RUN} {self.lesson} {question.id}")), status()
        place = number - 1
        if entry.button:
            entry.on_commit(lambda value: self._answered(place, value))
        else:
            entry.observe(lambda change: self._answered(place, change["new"]), "value")
        self.entries.append(entry)
        self.notes.append(note)
        return Box([paragraph(f"<b>{number}. {question.html()}</b>"), entry, note], question.text())

    def _answered(self, place: int, value: object) -> None:
        question, note = self.questions[place], self.notes[place]
        feedback = question.feedback(value)
        say(note, _marked(feedback))
        if feedback.right is not None:
            now = _First(feedback.right, question.kept(value))
            first = self._tries.setdefault((self.lesson, question.id), now)
            self._count()
            told = Answer("quiz", self.lesson, question.id, first.right, value, question.answer, feedback.right)
            offer(replace(told, asked=question.text(), skill=question.skill, chosen=first.chosen))

    def _count(self) -> None:
        known = [self._tries.get((self.lesson, question.id)) for question in self.questions]
        tries = [None if first is None else first.right for first in known]
        if (open_ := tries.count(None)) < len(tries):
            left = f" ({open_} still to answer)" if open_ else ""
            say(self.count, f"Right at the first try: {tries.count(True)} of {len(tries)}{left}.")


def _marked(feedback: Feedback) -> str:
    """The sign says what the colour says, for those who do not see it."""
    if feedback.right is None:
        return feedback.text
    color, sign = (RIGHT, "✓") if feedback.right else (WRONG, "✗")
    return f'<span style="color:{color};font-weight:bold" aria-hidden="true">{sign}</span> {feedback.text}'


@overload
def quiz(lesson: str, /) -> Quiz: ...
@overload
def quiz(*questions: tuple[str, Mapping[str, str]]) -> Quiz: ...
def quiz(*questions: str | tuple[str, Mapping[str, str]]) -> Quiz:
    """Ask the questions of a lesson's quiz file: ``quiz("1.1")``.

    Questions may also stand in the cell, each with its options and the feedback to each, where a feedback begins with
    ``"Right"`` for the one right option: ``quiz(("Where does the fee go?", {"Into the pool": "Right: …", "To the
    miner": "No: …"}))``.

    Raises:
        ValueError: a lesson without a quiz; a question without exactly one right option; an option without feedback.
    """
    if len(questions) == 1 and isinstance(questions[0], str):
        return Quiz(questions_of(questions[0]), questions[0])
    asked = []
    for number, question in enumerate(questions, 1):
        if isinstance(question, str):
            raise ValueError(
                f"question {number} = {question!r} is not allowed: give one lesson, or pairs of text and options"
            )
        text, answers = question
        asked.append(ChoiceQuestion.from_answers(number, f"{number}. {text}", answers))
    return Quiz(asked)
