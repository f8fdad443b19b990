"""What a reader hands in to a class: the predictions, bets and first tries that the reader chooses, and no name.

Nothing is sent: :func:`text_of` is the text of a file that the reader saves, looks at, and hands in as a class hands in
its work. Days are left out unless the reader wants them. Labs, later sittings and what was only begun never go in.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from defi_lib.progress.file import LARGEST, VERSION, LaterVersionError, NotProgressError
from defi_lib.progress.records import Entry, Records, valid
from defi_lib.progress.summary import order

NAME = "my_answers.json"
PARTS = {"predictions": "predictions", "bets": "bets, with how sure you were", "quizzes": "first tries of quizzes"}
PROMISE = (
    "The file has no name in it; how you hand it in says whose it is. Your instructor sees the file. On the page of "
    "the class answers are only counted: no name, and no number of people below five. Then the files are deleted. "
    "Handing in is up to you, and nobody is graded by it."
)
_ABOUT = (
    "Answers for a class in the course Decentralised finance, centralised profits, as their reader has chosen them. "
    "No name is in this file. To change what is in it, make it anew on the page My progress."
)
_FIELDS = {
    "prediction": ("asked", "value", "answer", "unit", "low", "high", "sure", "day"),
    "quiz": ("asked", "first", "chosen", "day"),
}


def part_of(kind: str, entry: Entry) -> str:
    """The part of a hand-in to which a record belongs, a key of :data:`PARTS`; "" if it is never handed in."""
    if kind == "prediction":
        return "bets" if "sure" in entry else "predictions"
    return "quizzes" if kind == "quiz" else ""


def chosen(
    records: Records, lessons: Collection[str] | None = None, parts: Collection[str] = tuple(PARTS), days: bool = False
) -> Records:
    """What is handed in of ``records``: these lessons (all, if none are given) and parts, with days or without."""
    found: Records = {}
    for kind in _FIELDS:
        kept = [name for name in _FIELDS[kind] if days or name != "day"]
        for lesson in sorted(records.get(kind, {}), key=order):
            for item, entry in records[kind][lesson].items():
                if part_of(kind, entry) in parts and (lessons is None or lesson in lessons):
                    own = {name: entry[name] for name in kept if name in entry}
                    found.setdefault(kind, {}).setdefault(lesson, {})[item] = own
    return found


def text_of(records: Records) -> str:
    """The text of the file."""
    whole = {"about": _ABOUT, "version": VERSION, "handed_in": True, "records": records}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def lessons_in(records: Records) -> list[str]:
    """Lessons of which something can be handed in, in reading order."""
    return sorted({lesson for kind in _FIELDS for lesson in records.get(kind, {})}, key=order)


def many(records: Records) -> int:
    """How many answers there are."""
    return sum(len(items) for lessons in records.values() for items in lessons.values())


def read(content: bytes) -> tuple[Records, int]:
    """What is in a file that was handed in (a whole progress file will do), and how many records could not be read.

    Raises:
        NotProgressError: it is neither, or of a later version of the course; the sentence says it to the instructor.
    """
    if len(content) > LARGEST:
        raise NotProgressError(f"is larger than {LARGEST / 1e6:g} MB")
    if not content.strip():
        raise NotProgressError("is empty")
    try:
        data: Any = json.loads(content)
    except (ValueError, RecursionError):
        raise NotProgressError("is damaged, or no JSON file") from None
    version = data.get("version") if isinstance(data, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or not isinstance(data.get("records"), dict):
        raise NotProgressError("is no file of this course's answers")
    if version > VERSION:
        raise LaterVersionError("comes from a later version of the course")
    wanted = {kind: lessons for kind, lessons in data["records"].items() if kind in _FIELDS}
    records, _ = valid(wanted, dated=False)
    return chosen(records, days=True), _leaves(wanted) - many(records)


def _leaves(kinds: dict[str, Any]) -> int:
    """How many records there are, whatever is in them."""
    found = 0
    for lessons in kinds.values():
        for items in lessons.values() if isinstance(lessons, dict) else (0,):
            found += len(items) if isinstance(items, dict) else 1
    return found
