"""What a lab is made of: questions, their checks, and one line of feedback; :mod:`.lab` shows how to write one."""

from defi_lib.labs.kit.compare import TOLERANCE, Part, equal, holds, matches, round_number, together
from defi_lib.labs.kit.feedback import PARTLY, RAISED, RIGHT, TOO_LONG, UNANSWERED, WRONG, Feedback
from defi_lib.labs.kit.lab import Lab

__all__ = [
    "PARTLY",
    "RAISED",
    "RIGHT",
    "TOLERANCE",
    "TOO_LONG",
    "UNANSWERED",
    "WRONG",
    "Feedback",
    "Lab",
    "Part",
    "equal",
    "holds",
    "matches",
    "round_number",
    "together",
]
