"""``python -m defi_lib.teaching handouts [1.1 2.4 …]``: two printed pages for each lesson, in ``build/handouts/``.

Puzzle, prediction and mechanism on the first page; a picture, the bet and the quiz, with space to write, on the second.
They are made from the shipped notebooks, which are not run, and hold no answer.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from defi_lib.course import contents
from defi_lib.teaching.lecture.lesson import ROOT, Lesson, lesson

FOLDER = ROOT / "build/handouts"


def main(arguments: list[str]) -> int:
    """Print the lessons that are named, or all; gives the exit status."""
    from defi_lib.teaching.handouts.printing import Printer

    parser = argparse.ArgumentParser(prog="python -m defi_lib.teaching handouts", description=__doc__)
    parser.add_argument("lessons", nargs="*", help="numbers of lessons, such as 1.1; without any, all are printed")
    parser.add_argument("--into", type=Path, default=FOLDER, help="the folder for the PDF files")
    given = parser.parse_args(arguments)
    try:
        wanted = [lesson(number) for number in given.lessons] or [Lesson(page) for page in contents.lessons(ROOT)]
        given.into.mkdir(parents=True, exist_ok=True)
        with Printer() as printer:
            for each in wanted:
                (given.into / name_of(each)).write_bytes(printer.pdf(each))
    except (ValueError, RuntimeError, OSError) as error:
        print(f"No handout: {error}", file=sys.stderr)
        return 1
    print(f"{len(wanted)} handout{'s' if len(wanted) > 1 else ''} in {given.into}")
    return 0


def name_of(lesson: Lesson) -> str:
    """``"1.1_swaps.pdf"``."""
    return f"{lesson.page.number}_{Path(lesson.page.path).stem.partition('_')[2]}.pdf"
