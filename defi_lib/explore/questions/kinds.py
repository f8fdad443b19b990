"""The kinds of questions. A further kind is one class here, with its name in :data:`KINDS`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, ClassVar, NamedTuple, Protocol, Self

from defi_lib.explore.questions.entry import Entry
from defi_lib.explore.questions.fields import Fields
from defi_lib.explore.questions.words import number_in, plain, rendered, span


class Feedback(NamedTuple):
    """What an answer deserves."""

    right: bool | None  #: None: it is no answer, and does not count as a try
    text: str  #: HTML


class Question(Protocol):
    """A question of a quiz: what asks it, and what says whether an answer is right."""

    kind: ClassVar[str]  #: its name in the files

    @property
    def id(self) -> str:
        """Its name in its lesson."""
        ...

    @property
    def skill(self) -> str:
        """What it tests, in words."""
        ...

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims that it belongs to."""
        ...

    @property
    def answer(self) -> Any:
        """The right answer."""
        ...

    def text(self) -> str:
        """The question in plain words, without anything that gives the answer away."""
        ...

    def html(self) -> str:
        """The question as the page shows it."""
        ...

    def widget(self, random: Random) -> Entry:
        """Where a reader answers; ``random`` shuffles what has no order."""
        ...

    def feedback(self, value: Any) -> Feedback:
        """What to say to ``value``, as the widget gives it."""
        ...

    def kept(self, value: Any) -> str | float | None:
        """An answer as a reader's progress keeps it; None if it does not."""
        ...


@dataclass(frozen=True, kw_only=True)
class _Asked:
    """What all kinds have.

    Attributes:
        id: its name in its lesson.
        question: as HTML.
        skill: what it tests, in words.
        claims: ids of the claims that it belongs to.
    """

    id: str
    question: str
    skill: str = ""
    claims: tuple[str, ...] = ()

    def text(self) -> str:
        """The question in plain words."""
        return plain(self.question)

    def html(self) -> str:
        """The question as the page shows it."""
        return self.question


def _common(fields: Fields) -> dict[str, Any]:
    return {
        "id": fields.word("id"),
        "question": rendered(fields.text("question")),
        "skill": fields.text("skill"),
        "claims": tuple(fields.texts("claims", least=0)),
    }


@dataclass(frozen=True, kw_only=True)
class ChoiceQuestion(_Asked):
    """One of several options is right.

    Attributes:
        options: the feedback (HTML) to each option (plain words).
        answer: the right option.
        shuffled: whether the options are shown in any order.
    """

    kind: ClassVar[str] = "choice"
    options: Mapping[str, str]
    answer: str
    shuffled: bool = True

    @classmethod
    def from_fields(cls, fields: Fields) -> Self:
        """From an entry of a quiz file; ``ValueError`` says what is wrong with it."""
        common, feedback, right = _common(fields), {}, []
        for each in fields.entries("options", least=2):
            option = each.text("option")
            if option in feedback:
                raise ValueError(f"{each.place}: the option {option!r} stands there twice")
            feedback[option] = rendered(each.text("feedback"))
            if each.truth("right", default=False):
                right.append(option)
            each.nothing_else()
        if len(right) != 1:
            raise ValueError(f"{fields.place}: {len(right)} options are right = true: allowed is exactly 1")
        shuffled = fields.truth("shuffled", default=True)
        return cls(**common, options=feedback, answer=right[0], shuffled=shuffled)

    @classmethod
    def from_answers(cls, number: int, text: str, answers: Mapping[str, str]) -> Self:
        """From options and feedbacks, of which that to the right option begins with ``"Right"``."""
        right = [option for option, feedback in answers.items() if feedback.startswith("Right")]
        if len(right) != 1:
            raise ValueError(f"question {text!r} has {len(right)} right options: allowed is exactly 1")
        for option, feedback in answers.items():
            if not feedback.strip():
                raise ValueError(f"option {option!r} of question {text!r} has no feedback: every option needs one")
        return cls(id=str(number), question=text, options=dict(answers), answer=right[0])

    def widget(self, random: Random) -> Entry:
        """One radio button for each option."""
        options = list(self.options)
        if self.shuffled:
            random.shuffle(options)
        return Entry("options", self.text(), options=options)

    def feedback(self, value: Any) -> Feedback:
        """The feedback to the option ``value``."""
        if value not in self.options:
            return Feedback(None, "Choose one of the options.")
        return Feedback(value == self.answer, self.options[value])

    def kept(self, value: Any) -> str | None:
        """The option."""
        return value if value in self.options else None


class Near(NamedTuple):
    """A number that comes of a known mistake."""

    value: float
    tolerance: float
    feedback: str


@dataclass(frozen=True, kw_only=True)
class NumberQuestion(_Asked):
    """A number is right if it is close enough.

    Attributes:
        answer: the right number.
        tolerance: by how much an answer may differ.
        right: feedback to the right number.
        wrong: feedback to a number that comes of no known mistake.
        near: known mistakes.
        unit: behind the number.
        low: the smallest number that can be entered.
        high: the largest.
    """

    kind: ClassVar[str] = "number"
    answer: float
    tolerance: float
    right: str
    wrong: str
    near: Sequence[Near] = ()
    unit: str = ""
    low: float = -math.inf
    high: float = math.inf

    @classmethod
    def from_fields(cls, fields: Fields) -> Self:
        """From an entry of a quiz file; ``ValueError`` says what is wrong with it."""
        common = _common(fields)
        low, high = fields.number("low", default=-math.inf), fields.number("high", default=math.inf)
        answer, tolerance = fields.number("answer"), fields.number("tolerance", low=0)
        if not low <= answer <= high:
            raise ValueError(f"{fields.place}: answer = {answer:g} is not from low = {low:g} to high = {high:g}")
        near = []
        for each in fields.entries("near", least=0):
            value = each.number("value")
            mistake = Near(value, each.number("tolerance", low=0, default=tolerance), rendered(each.text("feedback")))
            if abs(value - answer) <= tolerance + mistake.tolerance:
                raise ValueError(f"{each.place}: value = {value:g} cannot be told from the answer {answer:g}")
            near.append(mistake)
            each.nothing_else()
        return cls(
            **common,
            answer=answer,
            tolerance=tolerance,
            right=rendered(fields.text("right")),
            wrong=rendered(fields.text("wrong")),
            near=near,
            unit=fields.text("unit", default=""),
            low=low,
            high=high,
        )

    def widget(self, random: Random) -> Entry:
        """A line to write the number in."""
        where = span(self.low, self.high, self.unit)
        return Entry("number", self.text(), shown=f"Your answer, {where}" if where else "Your answer", button="Check")

    def feedback(self, value: Any) -> Feedback:
        """The feedback to the number that the text ``value`` holds."""
        try:
            number = number_in(value, self.low, self.high, self.unit)
        except ValueError as error:
            return Feedback(None, rendered(str(error)))
        if _within(number, self.answer, self.tolerance):
            return Feedback(True, self.right)
        mistake = next((each for each in self.near if _within(number, each.value, each.tolerance)), None)
        return Feedback(False, mistake.feedback if mistake else self.wrong)

    def kept(self, value: Any) -> float | None:
        """The number that the text ``value`` holds."""
        try:
            return number_in(value, self.low, self.high, self.unit)
        except ValueError:
            return None


def _within(number: float, wanted: float, tolerance: float) -> bool:
    """Whether two numbers of a few decimals differ by at most ``tolerance``, whatever a float makes of them."""
    return abs(number - wanted) <= tolerance * (1 + 1e-9) + 1e-12 * abs(wanted)


@dataclass(frozen=True, kw_only=True)
class OrderQuestion(_Asked):
    """Items are to be put in order.

    Attributes:
        items: in the right order.
        right: feedback to the right order.
        wrong: feedback to every other.
    """

    kind: ClassVar[str] = "order"
    items: tuple[str, ...]
    right: str
    wrong: str
    answer: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "answer", self.items)

    @classmethod
    def from_fields(cls, fields: Fields) -> Self:
        """From an entry of a quiz file; ``ValueError`` says what is wrong with it."""
        items = fields.texts("items", least=3)
        if len(set(items)) < len(items):
            raise ValueError(f"{fields.place}: an item stands in items twice")
        right, wrong = rendered(fields.text("right")), rendered(fields.text("wrong"))
        return cls(**_common(fields), right=right, wrong=wrong, items=tuple(items))

    def widget(self, random: Random) -> Entry:
        """The items, to be moved up and down; at first never in the right order."""
        options = list(self.items)
        while tuple(options) == self.items:
            random.shuffle(options)
        return Entry("order", self.text(), options=options, button="Check")

    def feedback(self, value: Any) -> Feedback:
        """The feedback to the items in the order ``value``."""
        if not isinstance(value, (list, tuple)) or sorted(map(str, value)) != sorted(self.items):
            return Feedback(None, "Put all of them in order.")
        if tuple(value) == self.items:
            return Feedback(True, self.right)
        placed = sum(here == there for here, there in zip(value, self.items, strict=True))
        return Feedback(False, f"{self.wrong} ({placed} of {len(self.items)} stand in their place.)")

    def kept(self, value: Any) -> None:
        """Nothing: that an order was wrong says enough."""


#: Every kind that a quiz file may name.
KINDS: dict[str, type[ChoiceQuestion] | type[NumberQuestion] | type[OrderQuestion]] = {
    each.kind: each for each in (ChoiceQuestion, NumberQuestion, OrderQuestion)
}
