"""What was handed in: files, names and times in a folder, or in the zip of Moodle or Canvas; which are notebooks."""

from __future__ import annotations

import io
import json
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

#: A notebook that is larger (bytes) was not written by hand.
LARGEST = 50_000_000

#: ``Ada Lovelace_12345_assignsubmission_file_/01_swaps.ipynb``, or all of it in one name.
_MOODLE = re.compile(r"^(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)_?(?P<rest>.*)$")
#: ``lovelaceada_LATE_12345_678901_01_swaps-1.ipynb``
_CANVAS = re.compile(r"^(?P<name>[^_]+)_(?P<late>LATE_)?(?P<user>\d{2,})_(?P<file>\d{3,})_(?P<rest>.+)$")
#: What systems and editors put beside a file.
_NOT_MEANT = re.compile(r"(^|/)(\.ipynb_checkpoints|__MACOSX|\._[^/]*|\.DS_Store|Thumbs\.db|desktop\.ini)(/|$)")
_TOPS = {"submissions", "submitted", "handed_in", "received"}
_MODULE = re.compile(r"^\d+_[a-z]+$")
#: What a browser adds to a name that it has already, and Canvas to a second hand-in: `` (1)``, ``-1``.
_COUNTED = re.compile(r"(?:[ _]?\((?P<browser>\d+)\)|-(?P<canvas>\d{1,3})|[ _-]+(?:copy|kopie)\d*)+$", re.IGNORECASE)


class KnownLab(NamedTuple):
    """What a lab is recognised by: number, name of its file, module of its checks, and ids of its cells."""

    number: str
    title: str
    path: str  #: of the notebook with solutions, from the course's folder
    checks: str  #: ``"defi_lib.labs.exchange.swaps"``
    cells: frozenset[str]

    @property
    def stem(self) -> str:
        """``"01_swaps"``."""
        return PurePosixPath(self.path).stem

    @property
    def assignment(self) -> str:
        """Its name for nbgrader: ``"lab_1_1"``."""
        return f"lab_{self.number.replace('.', '_')}"


class HandIn(NamedTuple):
    """One notebook of one student."""

    student: str  #: whose folders have this name
    name: str
    lab: str
    path: str  #: where it was found
    when: datetime | None
    again: int  #: the count that Canvas or a browser put behind the name
    content: bytes
    canvas: str = ""  #: the student's number there
    marked_late: bool = False  #: by Canvas

    @property
    def order(self) -> tuple[datetime, int, int, str]:
        """The last of several is the newest."""
        return order_of(self.path, self.when, self.again)


class Unread(NamedTuple):
    """Something that is no hand-in, and why."""

    path: str
    why: str
    name: str = ""  #: whose it is, if the path says so


class Entry(NamedTuple):
    """A file that was handed in."""

    path: str
    when: datetime | None
    content: bytes | None  #: nothing if it is too large


class Owner(NamedTuple):
    """Whose a file is."""

    name: str
    number: str  #: of the student in Moodle's assignment
    rest: str  #: the file's own name
    canvas: str = ""  #: the student's number there
    late: bool = False

    @property
    def again(self) -> int:
        """The count that Canvas or a browser put behind the file's name."""
        counted = _COUNTED.search(PurePosixPath(self.rest).stem)
        return max((int(each) for each in counted.groups() if each), default=0) if counted else 0


def known_labs(root: Path) -> list[KnownLab]:
    """The labs of the course in ``root``, as their notebooks with solutions say."""
    found = []
    for file in sorted((root / "solutions").glob("[0-9]*/[0-9][0-9]_*.ipynb")):
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"]
        sources = ["".join(cell["source"]) for cell in cells]
        title = re.search(r"^# Lab ([\d.]+) · (.+)", sources[0])
        checks = re.search(r"^from (defi_lib\.labs[\w.]*) import check", "\n".join(sources), re.MULTILINE)
        if title and checks:
            ids = frozenset(
                cell["metadata"]["nbgrader"]["grade_id"] for cell in cells if "nbgrader" in cell["metadata"]
            )
            found.append(KnownLab(title[1], title[2], file.relative_to(root).as_posix(), checks[1], ids))
    return found


def handed_in(source: Path, labs: Sequence[KnownLab]) -> tuple[list[HandIn], list[Unread]]:
    """All notebooks in a folder or zip, and what else was there.

    Raises:
        ValueError: ``source`` is neither.
    """
    hand_ins, others = [], []
    for entry, path in entries_in(source):
        read = _read(entry, path, labs)
        if isinstance(read, HandIn):
            hand_ins.append(read)
        else:
            owner = owner_of(path, PurePosixPath(path).stem)
            others.append(read._replace(name=owner.name if owner else ""))
    return _told_apart(hand_ins), others


def entries_in(source: Path, largest: int = LARGEST) -> Iterator[tuple[Entry, str]]:
    """All files in a folder or zip, each with its path without a folder that is around everything.

    A folder has one folder for each student, or files whose names hold the student's. Of both platforms the zip or the
    folder that it becomes is read. What is larger than ``largest`` (bytes) has no content.

    Raises:
        ValueError: ``source`` is neither.
    """
    if source.is_dir():
        entries = list(_in_folder(source, largest))
    elif source.is_file() and zipfile.is_zipfile(source):
        entries = list(_in_zip(source.read_bytes(), largest))
    else:
        raise ValueError(f"FROM is {str(source)!r}; it must be a folder or a zip that can be opened")
    top = _common_top(entries, source)
    return ((entry, entry.path.removeprefix(top)) for entry in entries)


def text_of(content: bytes) -> str:
    """The text of a file whatever its encoding: UTF-8 with or without a mark, UTF-16, or else Windows' Latin-1."""
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def lab_of(name: str, text: str, labs: Sequence[KnownLab]) -> KnownLab | None:
    """The lab of a notebook: by what it imports, its title, its cells, or the name of its file, in this order."""
    ways: list[Any] = [
        lambda lab: re.search(rf"from {re.escape(lab.checks)} import\b", text),
        lambda lab: re.search(rf"# Lab {re.escape(lab.number)} ·", text) or f"# Lab {lab.number} \\u00b7" in text,
        lambda lab: len(_ids(text) & lab.cells) > len(lab.cells) / 2,
        lambda lab: re.search(rf"(?<![a-z0-9]){re.escape(lab.stem)}(?![a-z0-9])", name.lower()),
    ]
    for way in ways:
        if len(found := [lab for lab in labs if way(lab)]) == 1:
            return found[0]
    return None


def _ids(text: str) -> set[str]:
    return set(re.findall(r'"grade_id": *"(\w+)"', text))


def _in_folder(folder: Path, largest: int) -> Iterator[Entry]:
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if _NOT_MEANT.search(path) or file.is_symlink() or not file.is_file():
            continue
        status = file.stat()
        when = datetime.fromtimestamp(int(status.st_mtime))
        content = file.read_bytes() if status.st_size <= largest else None
        yield from _opened(Entry(path, when, content), largest)


def _in_zip(content: bytes, largest: int) -> Iterator[Entry]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for info in archive.infolist():
            if info.is_dir() or _NOT_MEANT.search(info.filename):
                continue
            try:
                when = datetime(*info.date_time) if info.date_time[0] > 1980 else None
            except ValueError:
                when = None
            try:
                inner = archive.read(info) if info.file_size <= largest else None
            except (RuntimeError, OSError, EOFError, zlib.error, zipfile.BadZipFile, NotImplementedError):
                inner = b""  # a password, damaged
            yield from _opened(Entry(info.filename, when, inner), largest)


def _opened(entry: Entry, largest: int) -> Iterator[Entry]:
    """A student's own zip is opened too, one level deep."""
    if entry.path.lower().endswith(".zip") and entry.content and "!" not in entry.path:
        try:
            for inner in _in_zip(entry.content, largest):
                yield inner._replace(path=f"{entry.path}!/{inner.path}", when=entry.when)
            return
        except zipfile.BadZipFile:
            pass
    yield entry


def _common_top(entries: Sequence[Entry], source: Path) -> str:
    """A folder around everything that is no student's."""
    tops = {entry.path.partition("/")[0] for entry in entries if "/" in entry.path}
    if len(tops) == 1 and all("/" in entry.path for entry in entries):
        (top,) = tops
        if top in _TOPS or (top == source.stem and source.is_file()):
            return f"{top}/"
    return ""


def _read(entry: Entry, path: str, labs: Sequence[KnownLab]) -> HandIn | Unread:
    if not path.lower().endswith((".ipynb", ".json")):
        return Unread(entry.path, "is not a notebook")
    if entry.content is None:
        return Unread(entry.path, f"is larger than {LARGEST / 1e6:.0f} MB")
    lab = lab_of(PurePosixPath(path).name, text_of(entry.content), labs)
    if lab is None:
        why = "is empty" if not entry.content.strip() else "belongs to none of the labs, by its cells or by its name"
        return Unread(entry.path, why)
    owner = owner_of(path, lab.stem)
    student = folder_name(f"{owner.name} {owner.canvas}".strip() if owner else "")
    if owner is None or not student:
        return Unread(entry.path, "does not say whose it is: put it into a folder with the student's name")
    return HandIn(
        student, owner.name, lab.number, entry.path, entry.when, owner.again, entry.content, owner.canvas, owner.late
    )


def order_of(path: str, when: datetime | None, again: int) -> tuple[datetime, int, int, str]:
    """The last of several files of a student, in this order, is the newest."""
    number = _CANVAS.match(PurePosixPath(path).name)
    return when or datetime.min, int(number["file"]) if number else 0, again, path


def owner_of(path: str, stem: str) -> Owner | None:
    """Whose file this is, by the names of both platforms, by its folder, or by what is around ``stem`` in its name."""
    parts = path.split("/")
    for part in parts:
        if match := _MOODLE.match(part):
            return Owner(match["name"].strip(), match["number"], match["rest"] or parts[-1])
    if match := _CANVAS.match(parts[-1]) or _CANVAS.match(parts[0].removesuffix("!")):
        return Owner(match["name"], "", match["rest"], match["user"], bool(match["late"]))
    if len(parts) > 1 and not _MODULE.match(parts[0]):
        return Owner(parts[0].removesuffix("!"), "", parts[-1])
    own = _COUNTED.sub("", PurePosixPath(parts[-1]).stem)
    name = re.sub(re.escape(stem), " ", own, flags=re.IGNORECASE).strip(" _-.")
    return Owner(name, "", parts[-1]) if name and name != own else None


def folder_name(name: str) -> str:
    """A student's name as the name of a folder, on every system and for nbgrader, which knows * ? [ ]."""
    kept = re.sub(r"[\x00-\x1f/\\:*?\"<>|\[\]{}+]+", "_", name).strip(" .")
    return kept[:80].strip(" .")


def _told_apart(found: list[HandIn]) -> list[HandIn]:
    """Two of one name, whom Moodle's numbers tell apart in one zip, get these behind their names."""
    numbers: dict[tuple[str, str], set[str]] = {}
    for each in found:
        numbers.setdefault((each.student, each.lab), set()).add(moodle_number(each.path))
    twice = {student for (student, _), several in numbers.items() if len(several) > 1}
    return [
        each._replace(student=folder_name(f"{each.student} {moodle_number(each.path)}"))
        if each.student in twice and moodle_number(each.path)
        else each
        for each in found
    ]


def moodle_number(path: str) -> str:
    """The number by which Moodle knows a student in this assignment; "" if the hand-in is not from there."""
    return next((match["number"] for part in path.split("/") if (match := _MOODLE.match(part))), "")


def platform_name(path: str) -> str:
    """How the name of a file must begin for Moodle or Canvas to know whose it is; "" if it came from neither."""
    for part in path.split("/"):
        if match := _MOODLE.match(part):
            return f"{part[: match.start('rest')].rstrip('_')}_/"
    match = _CANVAS.match(path.split("/")[-1])
    return path.split("/")[-1][: match.start("rest")] if match else ""
