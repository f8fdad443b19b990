"""What a reader has done, in one plain file in the reader's own data folder; nothing leaves the machine.

Remembered are the first tries of quizzes, predictions beside their answers, the best points of labs, and which lessons
were begun, each with its day. No names, no times of day::

    record("lab", "1.1", "swap", points=2, out_of=2)    # never raises for what is wrong with file or folder
    load("lab", "1.1")                                  # {"swap": {"points": 2.0, "out_of": 2.0, "day": "2026-11-29"}}
    summary()                                           # what the page My progress shows

The switch is the variable ``DEFI_COURSE_PROGRESS``: ``off``, or the path of another file. Without it, progress is kept
where a reader is: in JupyterLab, Voilà, VS Code and a browser edition; not in tests, nbconvert, nbgrader or a script.
"""

from defi_lib.progress.keeper import add, forget, load, on_change, problem, record, saved
from defi_lib.progress.place import enabled, lesson_here, path
from defi_lib.progress.summary import Guess, LabPoints, LessonDone, Missed, Summary, due, order, summary

__all__ = [
    "Guess",
    "LabPoints",
    "LessonDone",
    "Missed",
    "Summary",
    "add",
    "due",
    "enabled",
    "forget",
    "lesson_here",
    "load",
    "on_change",
    "order",
    "path",
    "problem",
    "record",
    "saved",
    "summary",
]
