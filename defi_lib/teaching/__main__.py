"""``python -m defi_lib.teaching COMMAND …``: what instructors run; ``make`` has targets of the same names.

grade           from what students hand in to grades, a report and pages of feedback: docs/teaching/grading.md
handout         the edition for students, without answers: docs/teaching/student_edition.md
class           what a class predicted, bet and answered first, on one page: docs/teaching/class.md
handouts        two printed pages for each lesson, as PDF in build/handouts/
outline         the table of all lessons and labs, with minutes, outcomes and prerequisites
misconceptions  what quizzes and checks know of usual mistakes, a page for each module
link            a link by which students get the course on a JupyterHub (nbgitpuller)
tournament      ranks designs of lab 8.2 on hidden seeds
quizbank        all quizzes as Moodle XML and as QTI 1.2
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

#: Each command and the module whose ``main(arguments)`` does it.
COMMANDS = {
    "grade": "defi_lib.teaching.grade",
    "handout": "defi_lib.teaching.handout",
    "class": "defi_lib.teaching.class_page",
    "handouts": "defi_lib.teaching.handouts",
    "outline": "defi_lib.teaching.outline",
    "link": "defi_lib.teaching.handout.links",
    "misconceptions": "defi_lib.teaching.misconceptions",
    "tournament": "defi_lib.teaching.tournament",
    "quizbank": "defi_lib.teaching.quizbank",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for; gives the exit status."""
    name, *others = (sys.argv[1:] if arguments is None else list(arguments)) or [""]
    if name not in COMMANDS:
        print(f"{name!r} is no command: choose one of {', '.join(COMMANDS)}.\n\n{__doc__}", file=sys.stderr)
        return 2
    return int(import_module(COMMANDS[name]).main(others))


if __name__ == "__main__":
    sys.exit(main())
