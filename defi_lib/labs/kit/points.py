"""How many points a lab has brought so far, and what is left of it."""

from __future__ import annotations

import html
from typing import NamedTuple

from defi_lib import theme
from defi_lib.labs.kit.feedback import RIGHT, Feedback


class Points(NamedTuple):
    """What all checks of a lab say: one line for each question, and the total."""

    answers: dict[str, Feedback]

    @property
    def total(self) -> str:
        """Such as ``9 of 14 points``."""
        return _total([(each.points, each.out_of) for each in self.answers.values()])

    def __repr__(self) -> str:
        """Lines of text; no number, which would count in grading."""
        lines = (f"{each.symbol} {name}: {each.status}, {_part(each)}" for name, each in self.answers.items())
        return "\n".join([*lines, f"{self.total}."])

    def _repr_html_(self) -> str:
        lines = (
            f"{each.symbol} <code>{html.escape(name)}</code>: {each.status}, {_part(each)}"
            for name, each in self.answers.items()
        )
        return _box("<br>".join([*lines, f"<strong>{self.total}.</strong>"]))


class Progress(NamedTuple):
    """The points that are remembered, and what is left."""

    points: dict[str, tuple[float, float]]  #: question → points, and out of how many

    @property
    def total(self) -> str:
        """Such as ``9 of 14 points``."""
        return _total(list(self.points.values()))

    @property
    def left(self) -> dict[str, float]:
        """The questions that are not done, with the points that they still bring."""
        return {name: out_of - got for name, (got, out_of) in self.points.items() if got < out_of}

    def __repr__(self) -> str:
        """One line of text; no number, which would count in grading."""
        left = ", ".join(f"{name} ({missing:g})" for name, missing in self.left.items())
        return f"{self.total}. Left: {left}." if left else f"{self.total}. All questions are done."

    def _repr_html_(self) -> str:
        left = ", ".join(f"<code>{html.escape(name)}</code> ({missing:g})" for name, missing in self.left.items())
        return _box(f"<strong>{self.total}.</strong> " + (f"Left: {left}." if left else f"{RIGHT}, all of it."))


def _total(points: list[tuple[float, float]]) -> str:
    return f"{sum(got for got, _ in points):g} of {sum(out_of for _, out_of in points):g} points"


def _part(feedback: Feedback) -> str:
    return f"{feedback.points:g} of {feedback.out_of:g}"


def _box(lines: str) -> str:
    return f'<div role="status" style="border-left: 0.3em solid {theme.NEUTRAL}; padding: 0.3em 0.8em">{lines}</div>'
