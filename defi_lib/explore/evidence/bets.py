"""The reader's bet before the evidence: is a reading true today, how sure is the reader, and what would turn it?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, NamedTuple

from defi_lib.evidence import Effect, Evidence
from defi_lib.explore.evidence.bars import sentence_case
from defi_lib.explore.evidence.subject import Subject
from defi_lib.explore.questions.answers import Answer
from defi_lib.explore.questions.entry import Entry
from defi_lib.explore.questions.prediction import Prediction
from defi_lib.explore.questions.words import plain, rendered
from defi_lib.numerals import SPACE, number
from defi_lib.validation import between

ANSWERS = ("Not true", "True")

TURNS = "Which of these, moved alone, would turn the answer?"
NONE = "None of these"

#: How many assumptions a reader chooses from.
_OFFERED = 3


class Bet(NamedTuple):
    """What a reader bet."""

    answer: str  #: one of ``ANSWERS``
    sure: float  #: from 0.5, a coin's toss, to 1
    turns: str = ""  #: what would turn it: one of :func:`offered`; "" if that was not asked


class Wager:
    """What is bet on, and how. Committed once: the evidence appears at once."""

    once = True
    act = "Place your bet"
    then = "The evidence appears where it stands in the lesson."

    def __init__(self, subject: Subject, lesson: str) -> None:
        self.subject, self.lesson, self.name = subject, lesson, subject.reading.id
        when = "Is this true?" if subject.reading.kind == "logic" else "Is this true today?"
        self.question = f"<b>Your bet.</b> {rendered(subject.reading.text)} <b>{when}</b>"

    @property
    def right(self) -> str:
        """The right answer."""
        return ANSWERS[self.subject.found.true]

    @cached_property
    def offered(self) -> tuple[str, ...]:
        """What might turn it, to choose from; nothing where no world is drawn."""
        found = self.subject.found
        return offered(found) if isinstance(found, Evidence) else ()

    def entry(self) -> Entry:
        """Two options, a slider for how sure, and what would turn the answer."""
        second = (TURNS, *self.offered) if self.offered else ()
        words = {"shown": "How sure are you?", "button": "Place the bet"}
        return Entry("bet", plain(self.question), options=ANSWERS, second=second, **words)

    def read(self, value: Any) -> Bet:
        """A bet from what was entered: ``{"answer": "True", "sure": 80}``, in per cent."""
        entered = value if isinstance(value, Mapping) else {"answer": value}
        if entered.get("answer") not in ANSWERS:
            raise ValueError("Choose an answer first: a guess is enough.")
        sure = entered.get("sure", 75)
        between("sure", sure, 50, 100)
        turns = entered.get("turns") or ""
        if self.offered and turns not in self.offered:
            raise ValueError("Choose what would turn it, too: a guess is enough.")
        return Bet(entered["answer"], float(sure) / 100, turns)

    def show(self, value: Bet) -> str:
        """A bet in words."""
        turns = f"; what would turn it: {value.turns[:1].lower()}{value.turns[1:]}" if value.turns else ""
        return f"<b>{value.answer.lower()}</b>, {number(100 * value.sure)}{SPACE}% sure{turns}"

    def typed(self, value: Any) -> dict[str, Any]:
        """A bet, or what was entered for one, as the entry shows it."""
        made = value if isinstance(value, Bet) else self.read(value)
        return {"answer": made.answer, "sure": 100 * made.sure, "turns": made.turns or None}

    def told(self, value: Bet, right: Any) -> Answer:
        """The bet beside the answer, for the reader's progress."""
        answer, won = self.right, value.answer == self.right
        asked = plain(self.question)
        return Answer("prediction", self.lesson, self.name, won, value.answer, answer, won, asked, sure=value.sure)


def offered(found: Evidence) -> tuple[str, ...]:
    """What a reader may say would turn an answer: the assumption that does so first, two others, and none of them."""
    unknown = [name for name in found.decisive if name != found.named]
    still = [name for name in reversed(unknown) if not found.turning[name].points]
    others = [*still, *(name for name in reversed(unknown) if name not in still)]
    chosen = {*filter(None, [found.named]), *others[: _OFFERED - bool(found.named)]}
    return (*(sentence_case(found.assumptions[name].label) for name in found.assumptions if name in chosen), NONE)


def turned(found: Evidence, turns: str) -> str:
    """What the evidence says about an assumption that a reader chose; "" if none was."""
    names = [name for name, each in found.assumptions.items() if sentence_case(each.label) == turns]
    if not names:
        right = not any(found.turning[name].points for name in found.turned)
        return "As you said, none of these turns it alone." if right else "One of these **does** turn it alone."
    each = found.turning[names[0]]
    if not each.points and each.beyond is None:
        return f"It does **not** turn on {found.assumptions[names[0]].label} alone."
    within = "" if each.points else ", but only outside our ranges"
    return f"It **turns** as you said{within}, if {found.turn_of(names[0])}."


def bet(of: str | Effect, *, lesson: str = "") -> Prediction:
    """Let a reader bet, before the evidence, whether a reading is true today, and say how sure.

    Args:
        of: the id of a reading, ``"P6c"``.
        lesson: ``"1.2"``; a bet of a lesson is still known when its cell is run again.

    Raises:
        ValueError: no such reading, or one that is not yet tested.

    Example:
        >>> mine = bet("X9a")
        >>> mine.commit({"answer": "True", "sure": 80, "turns": "Price of gas"})
        >>> mine.committed.answer
        'True'
    """
    return Prediction(Wager(Subject(of), lesson))
