"""The quiz files: one for each lesson, in the folder ``quizzes`` of the package. docs/quizzes.md describes them.

In a student's copy they are sealed, as ``.txt``.
"""

from __future__ import annotations

import tomllib
from importlib.resources import files
from typing import Any

from defi_lib.explore.questions.fields import Fields
from defi_lib.explore.questions.kinds import KINDS, Question
from defi_lib.progress import order
from defi_lib.sealed import unsealed
from defi_lib.validation import one_of

_FOLDER = files("defi_lib") / "quizzes"


def lessons() -> list[str]:
    """The lessons that have a quiz, in reading order: ``"start"``, ``"1.1"``, …, ``"1.9"``, ``"1.10"``, …"""
    names = {file.name.rpartition(".")[0] for file in _FOLDER.iterdir() if file.name.endswith((".toml", ".txt"))}
    return sorted(names, key=order)


def questions_of(lesson: str) -> list[Question]:
    """The questions of a lesson's quiz.

    >>> [question.id for question in questions_of("1.1")]
    ['depth', 'impact', 'turn']

    Raises:
        ValueError: a lesson without a quiz, or a file that is not as docs/quizzes.md says.
    """
    one_of("lesson", lesson, lessons())
    name = f"{lesson}.toml"
    try:
        data = tomllib.loads(_text(lesson))
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"quizzes/{name} cannot be read: {error}") from error
    return parsed(data, f"quizzes/{name}")


def _text(lesson: str) -> str:
    file = _FOLDER / f"{lesson}.toml"
    return file.read_text("utf-8") if file.is_file() else unsealed((_FOLDER / f"{lesson}.txt").read_text("utf-8"))


def parsed(data: Any, place: str) -> list[Question]:
    """The questions that the contents of a quiz file ask.

    Raises:
        ValueError: naming the place, the field, its value and what is allowed.
    """
    quiz = Fields(place, data)
    questions: list[Question] = []
    for fields in quiz.entries("questions", least=1):
        kind = KINDS[fields.one_of("kind", KINDS)]
        question = kind.from_fields(fields)
        fields.nothing_else()
        if question.id in [other.id for other in questions]:
            raise ValueError(f"{fields.place}: the id {question.id!r} is taken by another question")
        questions.append(question)
    quiz.nothing_else()
    return questions
