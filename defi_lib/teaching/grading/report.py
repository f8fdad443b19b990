"""The tables: ``grades.csv`` for the learning platform, ``report.csv`` with a line for all that came in."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from defi_lib.teaching.grading.handed_in import Unread, moodle_number
from defi_lib.teaching.grading.klass import Graded
from defi_lib.teaching.grading.settings import Settings


class Line(NamedTuple):
    """One line of the report, with lateness counted."""

    graded: Graded
    days_late: int
    penalty: float

    @property
    def grade(self) -> float | None:
        """Points after the penalty; nothing if it could not be graded."""
        return None if self.graded.points is None else max(self.graded.points - self.penalty, 0.0)


def lines(account: Iterable[Graded], settings: Settings) -> list[Line]:
    """All that was graded, by student and lab."""
    found = []
    for each in sorted(account, key=lambda each: (each.name.lower(), each.student, _order(each.lab))):
        days = settings.days_late(each.lab, each.when)
        found.append(Line(each, days, settings.penalty(days, each.out_of)))
    return found


def write_report(file: Path, report: Sequence[Line], others: Sequence[Unread]) -> None:
    """``report.csv``: points, time, lateness and remarks of each; then what could not be read, and why."""
    head = [
        "student",
        "lab",
        "grade",
        "out of",
        "points",
        "days late",
        "penalty",
        "handed in",
        "status",
        "remarks",
        "file",
    ]
    rows: list[list[object]] = []
    for line in report:
        each = line.graded
        remarks = list(each.remarks)
        if each.marked_late and not line.days_late:
            remarks.append("Canvas marks it as late")
        status = f"not graded: {each.why}" if each.why else "graded"
        points = ["", _number(each.out_of), ""] if line.grade is None or each.points is None else [
            _number(line.grade), _number(each.out_of), _number(each.points)
        ]  # fmt: skip
        when = each.when.isoformat(sep=" ") if each.when else ""
        rows.append(
            [
                each.name,
                each.lab,
                *points,
                line.days_late,
                _number(line.penalty),
                when,
                status,
                "; ".join(remarks),
                each.path,
            ]
        )
    rows += [[each.name, "", "", "", "", "", "", "", f"not graded: {each.why}", "", each.path] for each in others]
    write_table(file, [head, *rows])


def write_grades(file: Path, report: Sequence[Line], labs: Sequence[str]) -> None:
    """``grades.csv``: a row for each student, a column for each lab; what could not be graded stays empty, not 0.

    Moodle asks which columns to take; where students came from Canvas, the columns and the row of maxima are Canvas's.
    """
    students = {line.graded.student: line.graded for line in report}
    grades = {(line.graded.student, line.graded.lab): line.grade for line in report}
    out_of = {line.graded.lab: line.graded.out_of for line in report if line.graded.out_of}
    from_canvas = bool(students) and all(each.canvas for each in students.values())
    rows: list[list[object]] = []
    for student, graded in students.items():
        points = ["" if grades.get((student, lab)) is None else _number(grades[student, lab]) for lab in labs]
        rows.append([graded.name, *([graded.canvas, "", "", ""] if from_canvas else [student]), *points])
    if from_canvas:
        head = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", *(f"Lab {lab}" for lab in labs)]
        rows.insert(0, ["    Points Possible", "", "", "", "", *(_number(out_of.get(lab)) for lab in labs)])
    else:
        head = ["Full name", "Folder", *(f"Lab {lab}" for lab in labs)]
    write_table(file, [head, *rows])


def write_worksheet(file: Path, report: Sequence[Line], lab: str) -> None:
    """Moodle's grading worksheet of one lab, for those whom its numbers name; nothing if there are none."""
    head = ["Identifier", "Full name", "Grade", "Maximum grade", "Last modified (grade)"]
    rows = [
        [f"Participant {number}", line.graded.name, _number(line.grade), _number(line.graded.out_of), "-"]
        for line in report
        if line.graded.lab == lab and line.grade is not None and (number := moodle_number(line.graded.path))
    ]
    if rows:
        write_table(file, [head, *rows])


def _order(lab: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", lab)))


def _number(value: float | None) -> str:
    return "" if value is None else f"{round(value, 4):g}"


def write_table(file: Path, rows: Sequence[Sequence[object]]) -> None:
    """A table that spreadsheets read as it is meant: marked as UTF-8, and no text that would be a formula."""
    with file.open("w", newline="", encoding="utf-8-sig") as opened:
        csv.writer(opened).writerows([[_harmless(each) for each in row] for row in rows])


def _harmless(value: object) -> object:
    formula = isinstance(value, str) and len(value) > 1 and value[0] in "=+-@" and not _is_number(value)
    return f"'{value}" if formula else value


def _is_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?[\d.]+(e-?\d+)?", text))
