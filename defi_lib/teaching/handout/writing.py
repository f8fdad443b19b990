"""Writes a student's copy of the course into a folder, and into that folder's git."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable
from importlib.resources import files as packaged
from pathlib import Path

from defi_lib.course.contents import PLACE
from defi_lib.course.place import BLOCK, BLOCKS, NAMED, NOWHERE, Place, moved
from defi_lib.teaching.handout.kept import student_files
from defi_lib.teaching.handout.links import without_dead_links
from defi_lib.teaching.handout.sealing import with_sealed

#: In a student's copy: what was written, so that the next one takes away what is there no more.
LIST = ".edition.json"
#: What a student's copy has instead of the course's own.
OWN = ("Makefile", "README.md")
#: What names the place of the repository.
_PLACED = tuple(name for name in (*BLOCKS, *NAMED) if name not in OWN)
#: What stands between braces in these is a paragraph of the course's file, by how it begins.
_TAKEN = re.compile(r"^\{\{([\w.]+): (.+)\}\}$", re.MULTILINE)


def student_copy(root: Path, place: Place = NOWHERE) -> dict[str, bytes]:
    """The files of a student's copy, by path.

    Args:
        root: the course.
        place: of the copy on GitHub.

    Raises:
        ValueError: a page of the course has lost a paragraph that the copy takes from it.
    """
    contents_of = {path: (root / path).read_bytes() for path in student_files(root)}
    texts = {path: text for path, content in contents_of.items() if (text := _text(path, content)) is not None}
    others = {path: content for path, content in contents_of.items() if path not in texts}
    texts = with_sealed(texts) | {name: _own(name, root, place) for name in OWN}
    texts["pyproject.toml"] = texts["pyproject.toml"].partition("\n[tool.ruff]\n")[0]
    known = {*texts, *others}
    known |= {Path(path).parent.as_posix() for path in known}  # a link may lead to a folder
    for path, text in texts.items():
        here = BLOCK.sub("", moved(text, path, PLACE, place)) if path in _PLACED else text
        others[path] = without_dead_links(path, here, known).encode()
    return dict(sorted(others.items()))


def write(root: Path, folder: Path, place: Place = NOWHERE) -> list[str]:
    """Write the student's copy of the course in ``root`` into ``folder``; gives the paths of its files.

    What an earlier copy wrote there and this one does not have is removed; everything else in the folder stays.

    Raises:
        ValueError: the folder holds something else, or lies around the course.
    """
    root, folder = root.resolve(), folder.resolve()
    if folder == root or folder in root.parents:
        raise ValueError(f"folder = {str(folder)!r} is not allowed: it holds the course itself")
    earlier = _earlier(folder)
    copy = student_copy(root, place)
    for path, content in copy.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        if (root / path).is_file():
            shutil.copymode(root / path, file)
    for path in earlier - set(copy):
        (folder / path).unlink(missing_ok=True)
    version = re.search(r'^version = "(.+)"', copy["pyproject.toml"].decode(), re.MULTILINE)
    listed = {"version": version[1] if version else "", "files": sorted(copy)}
    (folder / LIST).write_text(json.dumps(listed, indent=1) + "\n", encoding="utf-8")
    return [*sorted(copy), LIST]


def commit(folder: Path, paths: Iterable[str], message: str) -> str:
    """Commit what was written to the folder's own git, which is made if there is none; says what was done.

    Raises:
        ValueError: git refuses; with what it says.
    """
    if shutil.which("git") is None:
        return "git is not installed: the folder is written, and no more"
    if not (folder / ".git").exists():
        _git(folder, "init", "--quiet", "--initial-branch=main")
    listed = "\0".join(paths).encode()
    _git(folder, "add", "--all", "--force", "--pathspec-from-file=-", "--pathspec-file-nul", given=listed)
    _git(folder, "add", "--update")
    if not _git(folder, "status", "--porcelain", "--untracked-files=no"):
        return "nothing has changed since the last one"
    unknown = not _git(folder, "config", "--get", "user.email", may_fail=True)
    who = ["-c", "user.name=The course", "-c", "user.email=course@localhost"] if unknown else []
    _git(folder, *who, "commit", "--quiet", "--message", message)
    return f"committed to its git as {_git(folder, 'rev-parse', '--short', 'HEAD')}"


def _earlier(folder: Path) -> set[str]:
    """What an earlier copy wrote.

    Raises:
        ValueError: there is something in the folder, and no copy.
    """
    if (folder / LIST).is_file():
        return set(json.loads((folder / LIST).read_text(encoding="utf-8"))["files"])
    there = [file.name for file in folder.iterdir() if file.name != ".git"] if folder.exists() else []
    if there:
        raise ValueError(f"folder = {str(folder)!r} is not empty and holds no student's copy: give a new one")
    return set()


def _text(path: str, content: bytes) -> str | None:
    """The text of a file that may be changed; nothing for pictures and data."""
    if not path.endswith((".py", ".ipynb", ".md", ".toml", ".cff", ".txt")):
        return None
    return content.decode()


def _own(name: str, root: Path, place: Place) -> str:
    """A file of the student's copy in place of the course's."""
    text = (packaged("defi_lib.teaching.handout") / "files" / name).read_text("utf-8")
    known = place != NOWHERE
    said = {
        "{{binder}}\n\n": f"Without installing: [on Binder]({place.binder})\n\n" if known else "",
        "{{mistakes}}": f"[please report it]({place.repository}/issues)" if known else "please tell your teachers",
    }
    for mark, words in said.items():
        text = text.replace(mark, words)
    return _TAKEN.sub(lambda match: _paragraph(root / match[1], match[2]), text)


def _paragraph(file: Path, start: str) -> str:
    for paragraph in re.split(r"\n{2,}", file.read_text(encoding="utf-8").strip("\n")):
        if re.search(rf"^{re.escape(start)}", paragraph, re.MULTILINE):
            return paragraph
    raise ValueError(f"{file.name} has no paragraph with a line that begins with {start!r}")


def _git(folder: Path, *arguments: str, given: bytes = b"", may_fail: bool = False) -> str:
    done = subprocess.run(["git", "-C", str(folder), *arguments], input=given, capture_output=True)
    if done.returncode and not may_fail:
        raise ValueError(f"git {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout.decode().strip()
