"""``make handout FOLDER=…``: the course for students, without solutions, answer keys and what instructors run."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path

from defi_lib.course.place import Place
from defi_lib.teaching.handout.kept import KEPT, LEFT_OUT, is_kept, student_files
from defi_lib.teaching.handout.links import pull_link
from defi_lib.teaching.handout.writing import commit, student_copy, write

__all__ = ["KEPT", "LEFT_OUT", "commit", "is_kept", "main", "pull_link", "student_copy", "student_files", "write"]

ROOT = Path(__file__).resolve().parents[3]


def main(arguments: list[str]) -> int:
    """Write the student's copy; gives 0, or 2 with a sentence if it cannot be written."""
    parser = argparse.ArgumentParser(prog="python -m defi_lib.teaching handout", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "build" / "students", help="where it goes")
    parser.add_argument("--place", default="OWNER/REPO", help="of the copy on GitHub: you/course")
    parser.add_argument("--no-git", action="store_true", help="write the folder, and commit nothing")
    given = parser.parse_args(arguments)
    try:
        paths = write(ROOT, given.folder, Place.named(given.place))
        said = "" if given.no_git else commit(given.folder, paths, f"The course for students{_of(ROOT)}")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{given.folder}: {len(paths)} files for students" + (f"; {said}." if said else "."))
    return 0


def _of(root: Path) -> str:
    """Of which commit of the course, where git knows it."""
    try:
        command = ["git", "-C", str(root), "rev-parse", "--short", "HEAD"]
        return f", from {subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()}"
    except (OSError, subprocess.CalledProcessError):
        return ""
