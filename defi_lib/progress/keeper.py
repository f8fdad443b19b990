"""Remember, and find again. Nothing here raises because of the file or its folder: a lesson goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from defi_lib.progress import file
from defi_lib.progress.place import enabled, path
from defi_lib.progress.records import Records, checked, merged

#: What could not be written, by file: kept as long as the kernel runs, and written with the next record that can be.
_unwritten: dict[Path, Records] = {}

#: Called after something was remembered or forgotten here: the browser edition keeps a copy.
on_change: list[Callable[[], None]] = []

#: Predictions that this kernel made first, which its reader may still correct.
_own: set[tuple[Path, str, str]] = set()


def record(kind: str, lesson: str, item: str, **fields: Any) -> None:
    """Remember what a reader did; if progress is off, do nothing.

    Args:
        kind: ``"quiz"`` (``first``: was the first try right? ``chosen``: what it was), ``"prediction"`` (``value``,
            ``answer``, ``unit``, ``low``, ``high``; of a bet ``sure``), ``"lab"`` (``points``, ``out_of``) or
            ``"lesson"`` (it was begun).
        lesson: ``"1.1"``, of a lesson or of a lab; ``"start"`` is the first page.
        item: the question's id in it; ``"begun"`` for a lesson.
        fields: what is remembered; a quiz and a prediction may also have ``asked``, the question in words. ``day`` is
            today if it is not given.

    Raises:
        ValueError: an unknown kind or field, or a value that is not allowed. A file that is broken, or cannot be
            written, raises nothing.
    """
    entry = checked(kind, lesson, item, {"day": date.today().isoformat(), **fields})
    if enabled():
        _keep({kind: {lesson: {item: entry}}})


def load(kind: str = "", lesson: str = "") -> dict[str, Any]:
    """What is remembered: all of it, of one kind (lesson → item → fields), or of one kind in one lesson."""
    records: dict[str, Any] = _all() if enabled() else {}
    records = records.get(kind, {}) if kind else records
    return records.get(lesson, {}) if lesson else records


def saved() -> str:
    """The text of a progress file with all that is remembered, for a reader to keep."""
    return file.text_of(_all() if enabled() else {})


def add(text: str | bytes) -> int:
    """Add what a saved file remembers to what is remembered here; gives the number of its records.

    Raises:
        ValueError: it is no progress file; the sentence is for the reader.
    """
    records, _ = file.parsed(text)
    if enabled():
        _keep(records, own=False)
    return sum(len(items) for lessons in records.values() for items in lessons.values())


def forget() -> str:
    """Delete everything that is remembered; gives a sentence on what cannot be deleted, or ""."""
    if not enabled():
        return ""
    here = path()
    _unwritten.pop(here, None)
    _own.clear()
    try:
        file.delete(here)
    except OSError as error:
        return f"The file cannot be deleted ({error.strerror or error}): delete it by hand."
    _tell()
    return ""


def problem() -> str:
    """One sentence on why progress cannot be kept here, or ""."""
    here = path()
    try:
        file.read(here)
        file.try_folder(here)
    except file.LaterVersionError:
        return "Your progress comes from a later version of the course. Update the course: until then it is left alone."
    except OSError:
        return "Your progress cannot be written on this machine: it is kept only as long as a lesson is open."
    return ""


def _all() -> Records:
    here = path()
    try:
        return merged(file.read(here), _unwritten.get(here, {}))
    except (OSError, file.LaterVersionError):
        return _unwritten.get(here, {})


def _keep(new: Records, own: bool = True) -> None:
    """Put records to those that are there; ``own``: this kernel's reader made them now."""
    here = path()
    try:
        with file.locked(here):
            known = file.read(here)
            together = _with(new, merged(known, _unwritten.get(here, {})), here, own)
            changed = together != known
            if changed:
                file.write(here, together)
    except (OSError, file.LaterVersionError):
        _unwritten[here], changed = _with(new, _all(), here, own), True
    else:
        _unwritten.pop(here, None)
    if changed:
        _tell()


def _tell() -> None:
    for hear in on_change:
        hear()


def _with(new: Records, known: Records, here: Path, own: bool) -> Records:
    """Both together; a prediction of this kernel's own takes the place of the one that it made before."""
    result = merged(known, new)
    if not own:
        return result
    for lesson, items in new.get("prediction", {}).items():
        for item, entry in items.items():
            if item not in known.get("prediction", {}).get(lesson, {}):
                _own.add((here, lesson, item))
            elif (here, lesson, item) in _own:
                result["prediction"][lesson][item] = entry
    return result
