"""The quizzes with the names that a platform shows."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from defi_lib.course import contents
from defi_lib.explore.questions import Question, lessons, questions_of

ROOT = Path(__file__).resolve().parents[3]
START = "Start here"


class Bank(NamedTuple):
    """The quiz of a lesson."""

    lesson: str  #: ``"start"``, ``"1.1"``, …
    module: str  #: ``"1 Exchange"``
    title: str  #: ``"1.1 Swaps"``
    questions: list[Question]


def banks(root: Path = ROOT) -> list[Bank]:
    """All quizzes in reading order."""
    names = {page.number: page.name for page in contents.lessons(root)}
    modules = {module.number: module.title for module in contents.modules(root)}
    found = []
    for lesson in lessons():
        number = lesson.partition(".")[0]
        module = f"0 {START}" if lesson == "start" else f"{number} {modules[number]}"
        title = START if lesson == "start" else f"{lesson} {names[lesson]}"
        found.append(Bank(lesson, module, title, questions_of(lesson)))
    return found
