"""What a class handed in: one set of answers for each student, and a line for every file, whatever is in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from defi_lib.progress.file import LARGEST, NotProgressError
from defi_lib.progress.handing_in import NAME, many, read
from defi_lib.progress.records import Records
from defi_lib.teaching.class_page.asked import Course, Given
from defi_lib.teaching.grading.handed_in import Entry, entries_in, folder_name, order_of, owner_of

#: So many equal answers are no chance: they were handed in twice.
_SAME = 10


class Line(NamedTuple):
    """What became of a file."""

    path: str
    counted: bool
    answers: int = 0
    why: str = ""  #: it was not counted, or what of it was not


class Collected(NamedTuple):
    """The answers of each student who counts, in no order that says who they are, and a line for each file."""

    students: list[list[Given]]
    lines: list[Line]


class _File(NamedTuple):
    path: str
    order: tuple[object, ...]
    records: Records
    unread: int


def collected(source: Path, course: Course, lesson: str = "") -> Collected:
    """Everything in a folder or zip, of one lesson or of all.

    Raises:
        ValueError: ``source`` is neither.
    """
    files, lines = _read_all(entries_in(source, LARGEST))
    newest, more = _newest(files)
    students = []
    for file in newest:
        given, strange = _fitting(file.records, course, lesson)
        strange += file.unread
        why = f"{strange} of its answers fit no question of this version of the course" if strange else ""
        if given:
            students.append(given)
        else:
            nothing = f"holds no answers{f' to lesson {lesson}' if lesson else ''}"
            why = f"{nothing} that can be counted; {why}" if why else nothing
        lines.append(Line(file.path, bool(given), len(given), why))
    return Collected(sorted(students, key=repr), sorted([*lines, *more]))


def _read_all(entries: Iterable[tuple[Entry, str]]) -> tuple[dict[str, list[_File]], list[Line]]:
    """The files that can be read, by student, and lines for the others."""
    files: dict[str, list[_File]] = {}
    lines = []
    for entry, path in entries:
        try:
            if not path.lower().endswith(".json"):
                raise NotProgressError("is no file of answers")
            if entry.content is None:
                raise NotProgressError(f"is larger than {LARGEST / 1e6:g} MB")
            records, unread = read(entry.content)
        except NotProgressError as error:
            lines.append(Line(entry.path, False, 0, str(error)))
            continue
        student, again = _student(path)
        order = order_of(entry.path, entry.when, again)
        files.setdefault(student, []).append(_File(entry.path, order, records, unread))
    return files, lines


def _student(path: str) -> tuple[str, int]:
    """What tells a student's files from those of others, and the count behind the file's name.

    A file whose name says nothing of its student is a student of its own.
    """
    owner = owner_of(path, PurePosixPath(NAME).stem)
    if owner is None:
        return f"file {path}", 0
    return f"student {folder_name(owner.name)} {owner.number} {owner.canvas}", owner.again


def _newest(files: dict[str, list[_File]]) -> tuple[list[_File], list[Line]]:
    """Of each student the newest file, and of equal ones the first; lines for the others."""
    lines = []
    newest: list[_File] = []
    for each in files.values():
        *older, last = sorted(each, key=lambda file: file.order)
        newest.append(last)
        lines += [Line(file.path, False, 0, f"is older than {last.path}, which counts") for file in older]
    known: dict[str, str] = {}
    kept = []
    for file in sorted(newest, key=lambda file: file.path):
        text = json.dumps(file.records, sort_keys=True)
        first = known.setdefault(text, file.path)
        if first == file.path or many(file.records) < _SAME:
            kept.append(file)
        else:
            lines.append(Line(file.path, False, 0, f"holds the same answers as {first}, which counts"))
    return kept, lines


def _fitting(records: Records, course: Course, lesson: str) -> tuple[list[Given], int]:
    """The answers that fit a question, and how many fit none."""
    found: list[Given] = []
    strange = 0
    for kind, by_lesson in records.items():
        for name, items in by_lesson.items():
            if lesson in ("", name):
                given = [course.given(kind, name, item, entry) for item, entry in items.items()]
                found += [each for each in given if each is not None]
                strange += given.count(None)
    return sorted(found, key=lambda each: each[:3]), strange


def summary(lines: Sequence[Line]) -> str:
    """How many files there were, in words."""
    counted = sum(line.counted for line in lines)
    other = len(lines) - counted
    return f"{counted} counted" + (f", {other} not" if other else "")
