"""Questions to a reader: a prediction before seeing, and a choice with feedback for every option."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ipywidgets as widgets

from defi_lib.explore.manners import Manners
from defi_lib.explore.reruns import close_parts, remember
from defi_lib.theme import RIGHT, WRONG
from defi_lib.validation import between


class _Box(widgets.VBox):
    """A framed box, with a text for readers without a kernel."""

    def __init__(self, children: Sequence[widgets.Widget], text: str, *, framed: bool = True) -> None:
        super().__init__([Manners(), *children] if framed else children)
        self._text = re.sub(r"<[^>]+>", "", text)
        remember(self)
        if framed:
            self.add_class("defi-question")

    def close(self) -> None:
        """Leave the page with all parts."""
        close_parts(self)
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return data | {"text/plain": self._text}, metadata


class Prediction(_Box):
    """A question whose answer the reader commits to before seeing it. Made by :func:`predict`.

    Attributes:
        committed: the reader's answer, or None.
    """

    def __init__(self, question: str, entry: widgets.ValueWidget, show: Callable[[Any], str]) -> None:
        self.committed: Any = None
        self._entry, self._show = entry, show
        self._button = widgets.Button(description="Commit", tooltip="Your answer cannot be changed afterwards")
        self._note = _status("")
        self._comparisons: list[Callable[[], None]] = []
        self._button.on_click(lambda _: self.commit(self._entry.value))
        parts = [widgets.HTMLMath(_paragraph(question)), entry, self._button, self._note]
        super().__init__(parts, f"Your prediction: {question}")

    def commit(self, value: Any) -> None:
        """Take the reader's answer; only the first one counts."""
        if self.committed is not None:
            return
        if value is None:
            _say(self._note, "Choose an answer first: a guess is enough.")
            return
        self.committed = value
        self._entry.disabled = self._button.disabled = True
        _say(self._note, f"You said {self._show(value)}. Read on: the lesson will come back to it.")
        for refresh in self._comparisons:
            refresh()

    def compare(self, answer: Any, because: str = "") -> widgets.Widget:
        """The reader's answer beside the right one; it fills in by itself if the reader commits later.

        Args:
            answer: the right answer, as a cell computed it.
            because: one sentence that explains it.
        """
        box = _status("")

        def refresh() -> None:
            if self.committed is None:
                _say(box, "Commit to a prediction above first; then the answer appears here.")
            else:
                said, right = self._show(self.committed), self._show(answer)
                _say(box, f"You said <b>{said}</b>. The answer is <b>{right}</b>. {because}")

        self._comparisons.append(refresh)
        refresh()
        return _Box([box], f"The answer is {self._show(answer)}. {because}")


class Quiz(_Box):
    """Questions with feedback for every option. Made by :func:`quiz`."""

    def __init__(self, questions: Sequence[tuple[str, Mapping[str, str]]]) -> None:
        self.choices: list[widgets.RadioButtons] = []
        self.notes: list[widgets.HTMLMath] = []
        boxes = [self._question(f"{n}. {text}", answers) for n, (text, answers) in enumerate(questions, 1)]
        lines = [line for text, answers in questions for line in (text, *(f"  ( ) {option}" for option in answers))]
        super().__init__(boxes, "\n".join(lines), framed=False)

    def _question(self, text: str, answers: Mapping[str, str]) -> widgets.Widget:
        _check_answers(text, answers)
        choice = widgets.RadioButtons(options=list(answers), value=None, layout={"width": "auto"})
        note = _status("")
        choice.observe(lambda change: _say(note, _feedback(answers[change["new"]])), "value")
        self.choices.append(choice)
        self.notes.append(note)
        return _Box([widgets.HTMLMath(_paragraph(f"<b>{text}</b>")), choice, note], text)


def predict(
    question: str, *, options: Sequence[str] = (), low: float = 0, high: float = 100, unit: str = "%", step: float = 1
) -> Prediction:
    """Ask for a prediction: one of ``options``, or a number from ``low`` to ``high`` in ``unit``.

    The question may hold HTML and LaTeX formulas.

    Raises:
        ValueError: ``high`` that is not above ``low``.
    """
    if options:
        return Prediction(question, widgets.RadioButtons(options=list(options), value=None), html.escape)
    between("high", high, low, float("inf"), low_open=True)
    shown = {"description": f"Your guess ({unit})" if unit else "Your guess", "layout": {"width": "auto"}}
    entry = widgets.BoundedFloatText(low, min=low, max=high, step=step, style={"description_width": "initial"}, **shown)
    return Prediction(question, entry, lambda value: f"{value:,.4g} {unit}".strip())


def quiz(*questions: tuple[str, Mapping[str, str]]) -> Quiz:
    """Ask questions, each with its options and the feedback to each.

    A feedback begins with ``"Right"`` for the one right option, and explains the mistake for every other:
    ``quiz(("Where does the fee go?", {"Into the pool": "Right: …", "To the miner": "No: …"}))``.

    Raises:
        ValueError: a question without exactly one right option, or an option without feedback.
    """
    return Quiz(questions)


def _check_answers(text: str, answers: Mapping[str, str]) -> None:
    right = [option for option, feedback in answers.items() if feedback.startswith("Right")]
    if len(right) != 1:
        raise ValueError(f"question {text!r} has {len(right)} right options: allowed is exactly 1")
    for option, feedback in answers.items():
        if not feedback.strip():
            raise ValueError(f"option {option!r} of question {text!r} has no feedback: every option needs one")


def _feedback(text: str) -> str:
    """The sign says what the colour says, for those who do not see it."""
    right = text.startswith("Right")
    color, sign = (RIGHT, "✓") if right else (WRONG, "✗")
    return f'<span style="color:{color};font-weight:bold" aria-hidden="true">{sign}</span> {text}'


def _paragraph(text: str) -> str:
    return f"<p>{text}</p>"


def _status(text: str) -> widgets.HTMLMath:
    note = widgets.HTMLMath()
    _say(note, text)
    return note


def _say(note: widgets.HTMLMath, text: str) -> None:
    note.value = f'<p role="status" aria-live="polite">{text}</p>' if text else ""
