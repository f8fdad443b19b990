"""What readers answer is offered to whoever wants to keep it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Answer:
    """One answer of a reader.

    A prediction is offered when the reader commits to it, and again when the lesson knows the right answer; the last
    one counts.

    Attributes:
        kind: ``"quiz"`` or ``"prediction"``.
        lesson: the lesson, ``"1.1"``; empty if it is not known.
        question: the question's id in its lesson.
        right: whether the reader's *first* answer was right; None if that is not known, as for a predicted number.
        value: what the reader answered now: an option, a number, or items in order.
        answer: the right answer in the same form; None as long as it is not known.
        latest: whether this answer is right; None as ``right``.
        asked: the question in words.
        skill: what it tests, for a quiz.
        unit: of a predicted number.
        low: the smallest number that could be predicted.
        high: the largest.
        sure: how sure the reader was of a bet, from 0.5 to 1.
        chosen: of a quiz, the reader's *first* answer: an option or a number; None if it is neither.
    """

    kind: str
    lesson: str
    question: str
    right: bool | None
    value: Any
    answer: Any
    latest: bool | None = None
    asked: str = ""
    skill: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    sure: float | None = None
    chosen: str | float | None = None


#: Each of these functions is called with every :class:`Answer`.
on_answer: list[Callable[[Answer], None]] = []


def offer(answer: Answer) -> None:
    """Tell everybody who listens."""
    for listener in tuple(on_answer):
        listener(answer)
