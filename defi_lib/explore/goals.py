"""Goals under a plot: something to bring about with the sliders, ticked when it is reached."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ipywidgets as widgets

from defi_lib.words import GOAL, REACHED

#: The goals that have been reached since the kernel was started, by their text: a cell that is run again knows them.
reached: set[str] = set()


@dataclass(frozen=True)
class Goal:
    """Something that a reader can bring about.

    Args:
        text: what, in plain words: "Make the pool cheaper than the book for 500 dollars."
        when: whether it is reached, from what the sentence knows: the parameters and columns, by their names.

    Example:
        >>> goal = Goal("Pay less in the pool.", when=lambda now: now["in_pool"] < now["in_book"])
        >>> goal.when({"in_pool": 0.01, "in_book": 0.02})
        True
    """

    text: str
    when: Callable[[Mapping[str, Any]], Any]


class GoalList(widgets.HTML):
    """The goals of an explorer, a line each. A goal stays ticked for the session."""

    def __init__(self, goals: Sequence[Goal]) -> None:
        self.goals = tuple(goals)
        super().__init__(self._lines())
        self.add_class("defi-goals")

    def look(self, known: Mapping[str, Any]) -> None:
        """Tick what is reached now."""
        new = [goal.text for goal in self.goals if goal.text not in reached and bool(goal.when(known))]
        if new:
            reached.update(new)
            self.value = self._lines()

    def _lines(self) -> str:
        return "".join(map(_line, self.goals))


def _line(goal: Goal) -> str:
    sign, head = ("✓", REACHED) if goal.text in reached else ("○", GOAL)
    return f'<p role="status">{sign} <strong>{head}</strong> {html.escape(goal.text)}</p>'
