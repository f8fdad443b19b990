"""Speaker notes: what to do at each part of a lesson, when, and what students usually think.

Most of it is in the lesson already: the question of its prediction, its bet, the scenarios and goals of its plots, and
the wrong answers of its quiz with what is said to them. A file ``notes/<number>.toml`` may add an instructor's own
words (``notes/README.md`` says how).
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from defi_lib.claims import reading
from defi_lib.explore.questions.kinds import ChoiceQuestion, NumberQuestion, Question
from defi_lib.explore.questions.quizfile import questions_of
from defi_lib.explore.questions.words import plain
from defi_lib.teaching.lecture.lesson import Lesson, Section

FOLDER = Path(__file__).parent / "notes"
#: What an instructor may write, and how the window calls it.
OWN = {"say": "Say", "ask": "Ask", "misconception": "Many think", "press": "Press"}


class Remark(NamedTuple):
    """One note: what kind it is, its words, and a second sentence in smaller type."""

    kind: str
    text: str
    more: str = ""


class Part(NamedTuple):
    """Notes to a section of a lesson.

    Args:
        title: of the section.
        start: minutes from the beginning of the lesson.
        minutes: that it takes.
        remarks: in the order in which they are needed.
    """

    title: str
    start: float
    minutes: float
    remarks: tuple[Remark, ...]


def notes(lesson: Lesson, folder: Path = FOLDER) -> list[Part]:
    """The notes to all sections of a lesson.

    Raises:
        ValueError: a file with own words that is not as ``notes/README.md`` says.
    """
    file = folder / f"{lesson.page.number}.toml"
    own = _own(file, lesson) if file.is_file() else {}
    given = {title: words["minutes"] for title, words in own.items() if "minutes" in words}
    rest = sum(section.words for section in lesson.sections if section.title not in given) or 1
    left = max(lesson.page.minutes - sum(given.values()), 0)
    parts: list[Part] = []
    start = 0.0
    for section in lesson.sections:
        mine = own.get(section.title, {})
        minutes = float(given.get(section.title, left * section.words / rest))
        remarks = [Remark(kind, mine[field]) for field, kind in OWN.items() if field in mine]
        parts.append(Part(section.title, start, minutes, (*remarks, *_found(lesson, section))))
        start += minutes
    return parts


def misconceptions(question: Question) -> list[Remark]:
    """The wrong answers of a quiz question that has any, with what is said to them."""
    if isinstance(question, ChoiceQuestion):
        wrong = {option: said for option, said in question.options.items() if option != question.answer}
    elif isinstance(question, NumberQuestion):
        wrong = {f"{near.value:g} {question.unit}".strip(): near.feedback for near in question.near}
    else:
        wrong = {}
    return [
        Remark("Many think", f"{question.text()} – “{plain(option)}”", plain(said)) for option, said in wrong.items()
    ]


def _found(lesson: Lesson, section: Section) -> list[Remark]:
    """What the lesson itself says about a section."""
    remarks = []
    if any(True for block in section.blocks for _ in block.calls("predict")):
        remarks.append(Remark("Ask", lesson.question, " / ".join(lesson.options)))
        remarks.append(Remark("Then", "Commit the guess of the room: until then the lesson passes over the answer."))
    if scenarios := lesson.scenarios(section):
        remarks.append(Remark("Press", " → ".join(scenarios)))
    remarks += [Remark("Goal", goal) for goal in lesson.goals(section)]
    for id in lesson.readings if any(True for block in section.blocks for _ in block.calls("bet")) else ():
        remarks.append(Remark("Ask", f"True today? {reading(id).text}"))
        remarks.append(Remark("Then", "Place the bet of the room: the evidence comes after it."))
    if section.title.startswith("The mechanism"):
        remarks += misconceptions(questions_of(lesson.quiz)[0])[:1]
    if section.title.startswith("Check yourself"):
        remarks += [remark for question in questions_of(lesson.quiz) for remark in misconceptions(question)]
    return remarks


def _own(file: Path, lesson: Lesson) -> dict[str, dict[str, Any]]:
    """An instructor's own words, by the titles of sections."""
    place = f"notes/{file.name}"
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{place} cannot be read: {error}") from error
    entries = data.get("parts", [])
    if set(data) - {"parts"} or not isinstance(entries, list):
        raise ValueError(f"{place}: allowed is nothing but [[parts]]")
    found: dict[str, dict[str, Any]] = {}
    for entry in entries:
        start = entry.pop("part", "")
        section = lesson.section(start) if start else None
        if section is None:
            titles = ", ".join(repr(each.title) for each in lesson.sections)
            raise ValueError(f"{place}: part = {start!r} begins no title of the lesson: these are {titles}")
        for name, value in entry.items():
            good = (
                isinstance(value, (int, float)) and value > 0
                if name == "minutes"
                else name in OWN and isinstance(value, str)
            )
            if not good:
                raise ValueError(
                    f"{place}: {name} = {value!r}: allowed are words for {', '.join(OWN)}, and minutes above 0"
                )
        found[section.title] = found.get(section.title, {}) | entry
    if sum(words.get("minutes", 0) for words in found.values()) > lesson.page.minutes:
        raise ValueError(f"{place}: minutes are more in all than the {lesson.page.minutes} of the lesson")
    return found
