"""The file: read whatever is in it, write all of it or nothing."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from defi_lib.progress.records import Records, valid

VERSION = 1
ABOUT = (
    "Your progress in the course Decentralised finance, centralised profits. It stays on this machine. "
    "Delete this file, or press Delete on the page My progress, and it is forgotten."
)
LARGEST = 2_000_000  # bytes; a whole course takes less than 100,000
_PATIENCE = 2.0  # seconds for which another kernel may hold the file


class NotProgressError(ValueError):
    """The text is no progress file, or one of a later version of the course."""


class LaterVersionError(NotProgressError):
    """A file that a later version of the course has written: it is left alone."""


def text_of(records: Records) -> str:
    """The file's text: plain, in one order, for people too."""
    whole = {"about": ABOUT, "version": VERSION, "records": records}
    return json.dumps(whole, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def parsed(text: str | bytes) -> tuple[Records, bool]:
    """The records in a file's text, and whether all of them could be read.

    Raises:
        NotProgressError: with a sentence for the reader.
    """
    if len(text) > LARGEST:
        raise NotProgressError("That file is too large to be a progress file of this course.")
    try:
        data: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise NotProgressError("That file is no progress file of this course, or it is damaged.") from None
    version = data.get("version") if isinstance(data, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or "records" not in data:
        raise NotProgressError("That file is no progress file of this course.")
    if version > VERSION:
        raise LaterVersionError("That file comes from a later version of the course: update the course to use it.")
    if data.get("handed_in") is True:
        raise NotProgressError("That file is what you hand in to a class: load the one saved as your progress.")
    return valid(data["records"])


def read(path: Path) -> Records:
    """The records of the file; what is broken is set aside, and a file that is not there is empty.

    Raises:
        OSError: the file, or a broken one's folder, cannot be used.
        LaterVersionError: the file is of a later version of the course.
    """
    try:
        text = _patiently(path.read_bytes)
    except FileNotFoundError:
        return {}
    try:
        records, whole = parsed(text)
    except LaterVersionError:
        raise
    except NotProgressError:
        records, whole = {}, False
    if not whole:
        _set_aside(path, records)
    return records


def write(path: Path, records: Records) -> None:
    """Put ``records`` in the file's place in one step: who reads meanwhile sees the old file or the new one.

    Raises:
        OSError: it cannot be written; the old file is then as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".new")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as new:
            new.write(text_of(records))
            new.flush()
            os.fsync(new.fileno())
        _patiently(lambda: os.replace(name, path))
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def delete(path: Path) -> None:
    """Remove the file and all that stands beside it because of it.

    Raises:
        OSError: something cannot be removed.
    """
    beside = [*path.parent.glob(f"{path.stem}.broken-*{path.suffix}"), *path.parent.glob(f".{path.name}.*.new")]
    for file in (path, *beside, _lock_of(path)):
        file.unlink(missing_ok=True)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Keep other kernels of this reader from writing meanwhile; where files cannot be locked, go on without.

    Raises:
        OSError: the folder cannot be written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(_lock_of(path), "a+b") as lock:
        end = time.monotonic() + _PATIENCE
        while not _taken(lock) and time.monotonic() < end:
            time.sleep(0.01)
        yield  # closing the file gives the lock back, also when the kernel dies


def try_folder(path: Path) -> None:
    """Whether the file could be written; nothing stays behind.

    Raises:
        OSError: it cannot.
    """
    folder = next((each for each in path.parents if each.exists()), Path())
    if folder == path.parent:
        with tempfile.TemporaryFile(dir=folder):
            pass
    elif not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise PermissionError(f"{folder} cannot be written")


def _taken(lock: Any) -> bool:
    """Whether the lock is ours now; true where there are no locks."""
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # on Windows, and in a browser, where the module is there and empty
        return _taken_on_windows(lock)
    try:
        flock(lock, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a network folder without locks
        return True
    return True


def _taken_on_windows(lock: Any) -> bool:
    try:
        import msvcrt
    except ImportError:
        return True
    try:
        lock.seek(0)
        msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    except OSError:
        return False
    return True


def _lock_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


def _set_aside(path: Path, kept: Records) -> None:
    """Keep a broken file under another name, and what could be read of it under its own."""
    day = date.today().isoformat()
    for number in range(1, 100):
        more = f"-{number}" if number > 1 else ""
        aside = path.with_name(f"{path.stem}.broken-{day}{more}{path.suffix}")
        if not aside.exists():
            os.replace(path, aside)
            break
    if kept:
        write(path, kept)


def _patiently(act: Any) -> Any:
    """On Windows a file cannot be replaced in the moment in which another program reads it."""
    for _ in range(20):
        try:
            return act()
        except PermissionError:
            if os.name != "nt":
                raise
            time.sleep(0.02)
    return act()
