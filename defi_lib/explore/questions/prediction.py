"""A question whose answer the reader commits to before seeing it."""

from __future__ import annotations

import html
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import ipywidgets as widgets
from IPython.display import display

from defi_lib.explore.questions.answers import Answer, offer
from defi_lib.explore.questions.box import Box, paragraph, say, status
from defi_lib.explore.questions.entry import Entry
from defi_lib.explore.questions.withholding import Output, until_the_cell_ends
from defi_lib.explore.questions.words import number_in, plain, shown, span
from defi_lib.progress.place import has_reader
from defi_lib.validation import between

_FIRST = "Commit to a prediction first; then the answer appears here."
_LATER = "This gives the answer away. {act} first; then it appears here."
_AGAIN = "Change my answer once"


class Waiting(Protocol):
    """What stands on the page and changes with the commitment."""

    def refresh(self) -> None:
        """Say what can be said now."""


@dataclass
class _Kept:
    """What stays when the cell of a prediction is run again: what waits for the commitment finds it here."""

    committed: Any = None
    changed: bool = False  #: whether the one change is used up
    answer: Any = None
    waiting: weakref.WeakSet[Waiting] = field(default_factory=weakref.WeakSet)

    def refresh(self) -> None:
        for each in tuple(self.waiting):
            each.refresh()


#: By lesson and name; predictions without a lesson are found by nothing, and keep to themselves.
_kept: dict[tuple[str, str], _Kept] = {}


class Asks(Protocol):
    """What is asked, and how it is answered."""

    @property
    def question(self) -> str:
        """In HTML."""

    @property
    def lesson(self) -> str:
        """ "1.1", or ""."""

    @property
    def name(self) -> str:
        """Of the prediction in its lesson."""

    @property
    def once(self) -> bool:
        """Whether a commitment stands: the lesson gives the answer at once."""

    @property
    def act(self) -> str:
        """What a reader is asked to do before the answer is shown."""

    @property
    def then(self) -> str:
        """What a reader is told after the commitment."""

    def entry(self) -> Entry:
        """Where it is answered."""

    def read(self, value: Any) -> Any:
        """The answer that was entered; ``ValueError`` holds one sentence for the reader."""

    def show(self, value: Any) -> str:
        """An answer in HTML."""

    def typed(self, value: Any) -> Any:
        """An answer as the entry shows it."""

    def told(self, value: Any, right: Any) -> Answer:
        """What is offered to whoever keeps answers; ``right`` is None as long as it is not known."""


@dataclass(frozen=True)
class Asked:
    """A choice or a number."""

    question: str
    options: tuple[str, ...]
    low: float
    high: float
    unit: str
    lesson: str
    name: str
    once: bool = False
    act: str = "Commit to a prediction"
    then: str = "Read on: the lesson will come back to it."

    def entry(self) -> Entry:
        """Options, or a place for a number."""
        label = plain(self.question)
        if self.options:
            return Entry("options", label, options=self.options, button="Commit")
        where = span(self.low, self.high, self.unit)
        return Entry("number", label, shown=f"Your guess, {where}", button="Commit")

    def read(self, value: Any) -> Any:
        """The answer that was entered; ``ValueError`` holds one sentence for the reader."""
        if not self.options:
            return number_in("" if value is None else value, self.low, self.high, self.unit)
        if value not in self.options:
            raise ValueError("Choose an answer first: a guess is enough.")
        return value

    def show(self, value: Any) -> str:
        """An answer in HTML."""
        return html.escape(str(value)) if self.options else shown(value, self.unit)

    def typed(self, value: Any) -> Any:
        """An answer as the entry shows it."""
        return value if isinstance(value, str) or self.options else f"{value:.10g}"

    def told(self, value: Any, right: Any) -> Answer:
        """The answer beside the right one, if that is known."""
        won = value == right if self.options and right is not None else None
        told = Answer("prediction", self.lesson, self.name, won, value, right, won, plain(self.question))
        return told if self.options else replace(told, unit=self.unit, low=self.low, high=self.high)


class Prediction(Box):
    """A question whose answer the reader commits to before seeing it. Made by :func:`predict`."""

    def __init__(self, asked: Asks) -> None:
        self._asked = asked
        self._kept = _kept.setdefault((asked.lesson, asked.name), _Kept()) if asked.lesson else _Kept()
        self._entry, self._note = asked.entry(), status()
        self._entry.on_commit(self.commit)
        self._entry.on_again(self.change)
        super().__init__(
            [paragraph(asked.question), self._entry, self._note],
            f"Your prediction: {asked.question}\nRun ▸ Run All Cells, and answer here.",
        )
        if self.committed is not None:
            self._entry.value = self._asked.typed(self.committed)
            self._entry.disabled = asked.once
            more = asked.then if asked.once else "Commit again to say something else."
            say(self._note, f"You said {asked.show(self.committed)}. {more}")

    @property
    def committed(self) -> Any:
        """The reader's answer, or None."""
        return self._kept.committed

    def commit(self, value: Any) -> None:
        """Take the reader's answer: an option, a number, or what was typed for one.

        What is no answer is refused with one sentence on the page. After a commitment nothing is taken until
        :meth:`change`.
        """
        if self._entry.disabled:
            return
        try:
            answer = self._asked.read(value)
        except ValueError as error:
            self._entry.invalid = True
            say(self._note, html.escape(str(error), quote=False))
            return
        self._kept.committed = answer
        with self._entry.hold_sync():
            self._entry.value = self._asked.typed(value)
            self._entry.disabled, self._entry.invalid = True, False
            self._entry.again = "" if self._kept.changed or self._asked.once else _AGAIN
        say(self._note, f"You said {self._asked.show(answer)}. {self._asked.then}")
        self._kept.refresh()
        self._offer()

    def change(self) -> None:
        """Open the entry again; this can be done once."""
        if self._asked.once or self._kept.changed or not self._entry.disabled:
            return
        self._kept.changed, self._kept.committed = True, None
        with self._entry.hold_sync():
            self._entry.disabled, self._entry.again = False, ""
        say(self._note, "Change your answer, and commit again.")
        self._kept.refresh()

    def compare(self, answer: Any, because: str = "") -> widgets.Widget:
        """The reader's answer beside the right one, but only after the commitment.

        It fills in by itself when the reader commits later, also after the cell of the prediction was run again.

        Args:
            answer: the right answer, as a cell computed it.
            because: one sentence that explains it.
        """
        self._kept.answer = answer
        comparison = Comparison(self._kept, self._asked.show, answer, because)
        self._kept.waiting.add(comparison)
        if self.committed is not None:
            self._offer()
        return comparison

    def withhold(self) -> None:
        """Let what this cell prints and displays from here on wait for the commitment: it gives the answer away.

        After a commitment nothing is withheld; nor where nobody reads (tests, tools, :func:`has_reader`), so that a
        shipped lesson holds what the cell prints. An exception is always shown.
        """
        if self.committed is None and has_reader():
            withheld = Withheld(self._kept, self._asked.act)
            display(withheld)
            withheld.begin()

    def waits(self, waiting: Waiting) -> None:
        """Let something on the page refresh whenever the reader commits or changes."""
        self._kept.waiting.add(waiting)

    def _offer(self) -> None:
        offer(self._asked.told(self.committed, self._kept.answer))


class Comparison(Box):
    """What the reader said beside the answer. Made by :meth:`Prediction.compare`."""

    def __init__(self, kept: _Kept, show: Callable[[Any], str], answer: Any, because: str) -> None:
        self._kept, self._show, self._right, self._because = kept, show, answer, because
        self._said = status()
        super().__init__([self._said], _FIRST)
        self.refresh()

    def refresh(self) -> None:
        """Say what can be said now."""
        self.mark_waiting(self._kept.committed is None)
        if self._kept.committed is None:
            say(self._said, _FIRST)
            return
        said, right = self._show(self._kept.committed), self._show(self._right)
        say(self._said, f"You said <b>{said}</b>. The answer is <b>{right}</b>. {self._because}")

    def close(self) -> None:
        """Leave the page, and wait for no commitment any more."""
        self._kept.waiting.discard(self)
        super().close()


class Withheld(Box):
    """What a cell shows, as soon as the reader has committed. Made by :meth:`Prediction.withhold`."""

    def __init__(self, kept: _Kept, act: str) -> None:
        self._kept, self._later = kept, _LATER.format(act=act)
        self._said, self._shown = status(self._later), widgets.Output()
        self._outputs: list[Output] = []
        super().__init__([self._said, self._shown], self._later)
        self.mark_waiting(True)
        kept.waiting.add(self)

    def begin(self) -> None:
        """Keep what the running cell shows from now on."""
        self._outputs = until_the_cell_ends(self.refresh)

    def refresh(self) -> None:
        """Show what was withheld, or withhold it again."""
        committed = self._kept.committed is not None
        self.mark_waiting(not committed)
        say(self._said, "" if committed else self._later)
        self._shown.outputs = tuple(self._outputs) if committed else ()

    def close(self) -> None:
        """Leave the page, and wait for no commitment any more."""
        self._kept.waiting.discard(self)
        super().close()


def predict(
    question: str,
    *,
    options: Sequence[str] = (),
    low: float = 0,
    high: float = 100,
    unit: str = "%",
    step: float = 1,
    lesson: str = "",
    name: str = "prediction",
) -> Prediction:
    """Ask for a prediction: one of ``options``, or a number from ``low`` to ``high`` in ``unit``.

    The question may hold HTML and LaTeX formulas.

    Args:
        question: what is asked.
        options: to choose from; without them a number is asked for.
        low: the smallest number that is taken.
        high: the largest.
        unit: of the number.
        step: not used any more: readers type what they want.
        lesson: ``"1.1"``; a prediction of a lesson is still known when its cell is run again.
        name: of the prediction in its lesson, if there are several.

    Raises:
        ValueError: ``high`` that is not above ``low``.
    """
    if not options:
        between("high", high, low, float("inf"), low_open=True)
    return Prediction(Asked(question, tuple(options), low, high, unit, lesson, name))
