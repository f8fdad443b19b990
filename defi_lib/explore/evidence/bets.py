"""The reader's bet before the evidence: is a reading true today, and how sure is the reader?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from defi_lib.evidence import Effect
from defi_lib.explore.evidence.subject import Subject
from defi_lib.explore.questions.answers import Answer
from defi_lib.explore.questions.entry import Entry
from defi_lib.explore.questions.prediction import Prediction
from defi_lib.explore.questions.words import plain, rendered
from defi_lib.numerals import SPACE, number
from defi_lib.validation import between

ANSWERS = ("Not true", "True")


class Bet(NamedTuple):
    """What a reader bet."""

    answer: str  #: one of ``ANSWERS``
    sure: float  #: from 0.5, a coin's toss, to 1


class Wager:
    """What is bet on, and how. Committed once: the evidence appears at once."""

    once = True
    then = "The evidence appears where it stands in the lesson."

    def __init__(self, subject: Subject, lesson: str) -> None:
        self.subject, self.lesson, self.name = subject, lesson, subject.reading.id
        when = "Is this true?" if subject.reading.kind == "logic" else "Is this true today?"
        self.question = f"<b>Your bet.</b> {rendered(subject.reading.text)} <b>{when}</b>"

    @property
    def right(self) -> str:
        """The right answer."""
        return ANSWERS[self.subject.found.true]

    def entry(self) -> Entry:
        """Two options, and a slider for how sure."""
        return Entry("bet", plain(self.question), options=ANSWERS, shown="How sure are you?", button="Place the bet")

    def read(self, value: Any) -> Bet:
        """A bet from what was entered: ``{"answer": "True", "sure": 80}``, in per cent."""
        entered = value if isinstance(value, Mapping) else {"answer": value}
        if entered.get("answer") not in ANSWERS:
            raise ValueError("Choose an answer first: a guess is enough.")
        sure = entered.get("sure", 75)
        between("sure", sure, 50, 100)
        return Bet(entered["answer"], float(sure) / 100)

    def show(self, value: Bet) -> str:
        """A bet in words."""
        return f"<b>{value.answer.lower()}</b>, {number(100 * value.sure)}{SPACE}% sure"

    def typed(self, value: Any) -> dict[str, Any]:
        """A bet, or what was entered for one, as the entry shows it."""
        made = value if isinstance(value, Bet) else self.read(value)
        return {"answer": made.answer, "sure": 100 * made.sure}

    def told(self, value: Bet, right: Any) -> Answer:
        """The bet beside the answer, for the reader's progress."""
        answer, won = self.right, value.answer == self.right
        asked = plain(self.question)
        return Answer("prediction", self.lesson, self.name, won, value.answer, answer, won, asked, sure=value.sure)


def bet(of: str | Effect, *, lesson: str = "") -> Prediction:
    """Let a reader bet, before the evidence, whether a reading is true today, and say how sure.

    Args:
        of: the id of a reading, ``"P6c"``.
        lesson: ``"1.2"``; a bet of a lesson is still known when its cell is run again.

    Raises:
        ValueError: no such reading, or one that is not yet tested.

    Example:
        >>> mine = bet("P6c", lesson="1.2")  # doctest: +SKIP
        >>> mine.commit({"answer": "True", "sure": 80})  # doctest: +SKIP
    """
    return Prediction(Wager(Subject(of), lesson))
