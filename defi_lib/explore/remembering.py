"""What readers answer goes into their progress, if they have one; nothing here can stop a lesson."""

from __future__ import annotations

import re
from typing import Any

from defi_lib import progress
from defi_lib.explore.questions.answers import Answer

_begun = False


def remember_answer(answer: Answer) -> None:
    """Keep an answer to a quiz or a prediction; added to ``on_answer`` when :mod:`defi_lib.explore` is imported."""
    lesson = answer.lesson or (progress.lesson_here() if progress.enabled() else "")
    if not lesson:
        return
    fields: dict[str, Any] = {"asked": answer.asked, "skill": answer.skill}
    if answer.kind == "quiz":
        fields |= {"first": answer.right, "chosen": answer.chosen}
    else:
        fields |= {"value": answer.value, "answer": answer.answer, "unit": answer.unit}
        fields |= {"low": answer.low, "high": answer.high, "sure": answer.sure}
    fields = {name: value for name, value in fields.items() if value not in (None, "")}
    try:
        progress.record(answer.kind, lesson, _item(answer), **fields)
    except ValueError:  # a lesson with a name of its own, an answer that is no number and no word
        return


def remember_begun() -> None:
    """Keep that this notebook's lesson was begun: its reader has moved a control."""
    global _begun
    if _begun or not progress.enabled():
        return
    _begun = True
    if lesson := progress.lesson_here():
        progress.record("lesson", lesson, "begun")


def _item(answer: Answer) -> str:
    """The question's id; a prediction that its author gave no lesson has none, and is known by its words."""
    if answer.lesson:
        return answer.question
    return "-".join(re.findall(r"[a-z0-9]+", answer.asked.lower()))[:60].strip("-") or answer.question
