"""What a student's copy of the course has, and what it leaves out: every edition for students asks here."""

from __future__ import annotations

import os
import subprocess
from fnmatch import fnmatchcase
from pathlib import Path

#: What a student's copy has, as patterns of paths from the course's folder; ``*`` goes through folders too.
KEPT = (
    "course/*",
    "labs/*",
    "defi_lib/*",
    "share/*",
    "licences/*",
    "docs/lesson.png",
    "docs/progress.md",
    "docs/verdicts.md",
    "ASSUMPTIONS.md",
    "CITATION.cff",
    "LICENSE",
    "LICENSE-text",
    "THIRD_PARTY.md",
    "constraints.txt",
    "jupyter_server_config.py",
    "postBuild",
    "pyproject.toml",
    "requirements.txt",
    "runtime.txt",
    ".gitattributes",
    ".gitignore",
)

#: What of that it leaves out, and why.
LEFT_OUT = {
    "defi_lib/teaching/*": "what instructors run: grading, quiz banks, speaker notes",
    "share/jupyter/voila/templates/course/notes.html": "the page of speaker notes",
    "share/jupyter/voila/templates/course/static/notes.js": "the page of speaker notes",
}

#: Folders that are no part of the course where there is no git to say so.
_NOT_OURS = {".git", ".venv", "build", "class", "__pycache__", ".ipynb_checkpoints", ".settings"}


def is_kept(path: str) -> bool:
    """Whether a student's copy has the file ``path``, such as ``"course/glossary.md"``.

    >>> is_kept("labs/1_exchange/01_swaps.ipynb"), is_kept("solutions/1_exchange/01_swaps.ipynb")
    (True, False)
    """
    return _matches(path, KEPT) and not _matches(path, LEFT_OUT)


def student_files(root: Path) -> list[str]:
    """The files of the course in ``root`` that a student's copy has, in order, with ``/``."""
    return [path for path in _files(root) if is_kept(path)]


def _matches(path: str, patterns: tuple[str, ...] | dict[str, str]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


def _files(root: Path) -> list[str]:
    """What git knows of, as far as it is there; without git, everything that a course has."""
    if (root / ".git").exists():
        command = ["git", "-C", str(root), "ls-files", "-z"]
        known = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
        return sorted(path for path in known if path and (root / path).is_file())
    found = []
    for folder, inner, names in os.walk(root):
        inner[:] = sorted(name for name in inner if name not in _NOT_OURS and not name.endswith(".egg-info"))
        found += [(Path(folder) / name).relative_to(root).as_posix() for name in names]
    return sorted(found)
