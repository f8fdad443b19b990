"""``make class FROM=…``: what a class predicted, bet and answered first, on one page for the lecture.

Students hand in the file that My progress makes for them. The page shows where the class was sure and wrong, and counts
people only: docs/teaching/class.md.
"""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path

from defi_lib.teaching.lecture.lesson import ROOT

FOLDER = ROOT / "build/class"


def main(arguments: list[str]) -> int:
    """Write page and tables; gives 0, or 2 with a sentence if it cannot begin."""
    parser = argparse.ArgumentParser(prog="python -m defi_lib.teaching class", description=__doc__)
    parser.add_argument("source", nargs="?", type=Path, help="folder or zip with what was handed in")
    parser.add_argument("--lesson", default="", help="only this lesson, such as 3.9; 'start' is the first page")
    parser.add_argument("--to", type=Path, default=FOLDER, help="where to write")
    given = parser.parse_args(arguments)
    try:
        return write(given.source, given.lesson, given.to)
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def write(source: Path | None, lesson: str, folder: Path) -> int:
    """``class.html``, ``class.csv`` and ``report.csv``; of one lesson ``class_3.9.html`` and so on.

    Raises:
        ValueError: there is no such lesson or source.
        OSError: the folder cannot be written.
    """
    from defi_lib.teaching.class_page.asked import Course
    from defi_lib.teaching.class_page.collected import collected, summary
    from defi_lib.teaching.class_page.counts import Counted
    from defi_lib.teaching.class_page.page import page
    from defi_lib.teaching.class_page.tables import write_counts, write_report

    course = Course()
    if lesson and lesson not in course.pages:
        raise ValueError(f"LESSON is {lesson!r}; there are {', '.join(course.pages)}")
    if source is None:
        raise ValueError("Say what was handed in: make class FROM=<folder or zip>")
    came = collected(source, course, lesson)
    found = Counted(came.students, course)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"class_{lesson}" if lesson else "class"
    others = sum(not line.counted for line in came.lines)
    text = page(found, others, lesson, date.today().isoformat())
    (folder / f"{name}.html").write_text(text, encoding="utf-8")
    write_counts(folder / f"{name}.csv", found)
    write_report(folder / "report.csv", came.lines)
    print(f"{summary(came.lines)}: {folder / name}.html, {name}.csv, report.csv")
    return 0
