"""Whether progress is kept, and where."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

SWITCH = "DEFI_COURSE_PROGRESS"
NAME = "progress.json"

#: Set by what runs notebooks without a reader, though perhaps from a reader's JupyterLab.
_TOOLS = ("PYTEST_VERSION", "PYTEST_CURRENT_TEST", "NBGRADER_EXECUTION")
#: Set in the kernels of a reader: by a Jupyter server for a notebook's session, by Voilà, by VS Code.
_READERS = ("JPY_SESSION_NAME", "VOILA_KERNEL_ID", "VOILA_BASE_URL", "VSCODE_PID", "VSCODE_CWD")

#: Where the kernel of a notebook finds its path.
_NOTEBOOKS = ("JPY_SESSION_NAME", "VOILA_REQUEST_URL", "PATH_INFO")
_LESSON = re.compile(r"course[/\\](\d+)_[^/\\]+[/\\](\d+)_[^/\\]+\.ipynb$")


def enabled() -> bool:
    """Whether progress is kept: as the switch says, or else where a reader is."""
    return not switched_off() and has_reader()


def switched_off() -> bool:
    """Whether the switch says that nothing is kept."""
    return _switch().lower() == "off"


def has_reader() -> bool:
    """Whether somebody reads what this kernel shows, and can answer: not so in tests, in grading and in other tools."""
    if "NBGRADER_EXECUTION" in os.environ:  # what is graded is not the reader's
        return False
    if _switch().lower() not in ("", "off"):
        return True
    if any(os.environ.get(name) for name in _TOOLS):
        return False
    return sys.platform == "emscripten" or any(os.environ.get(name) for name in _READERS)


def path() -> Path:
    """The file: the one that the switch names, or that in the reader's data folder."""
    if _switch().lower() not in ("", "off"):
        return Path(_switch()).expanduser()
    return _data_folder() / NAME


def lesson_here() -> str:
    """The lesson in whose notebook this kernel runs, ``"1.1"`` or ``"start"``; empty if that is not known."""
    notebook = next((found for name in _NOTEBOOKS if (found := os.environ.get(name, "")).endswith(".ipynb")), "")
    if place := _LESSON.search(notebook):
        return f"{int(place[1])}.{int(place[2])}"
    return "start" if notebook.endswith("00_start_here.ipynb") else ""


def _switch() -> str:
    return os.environ.get(SWITCH, "").strip()


def _data_folder() -> Path:
    """The system's folder for the data of a user's programs: ``~/.local/share/defi-course`` on Linux."""
    try:
        from platformdirs import user_data_path
    except ImportError:  # it comes with Jupyter; a browser edition may lack it
        return Path.home() / ".local" / "share" / "defi-course"
    return user_data_path("defi-course", appauthor=False)
