"""What a check takes of a student's earlier answers: those that answer, not those that say the same to everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def answered_or(right: Callable[..., Any], given: Any, calls: Sequence[Sequence[Any]]) -> Any:
    """The student's function, right or wrong, or the check's own where the student's does not answer.

    A check that builds on earlier answers does not count a mistake twice. But a function that says the same to
    whatever it is asked is no answer, and what would be right by it, nothing, would be too easy.

    Args:
        right: the check's own.
        given: the student's.
        calls: arguments; to each but the first an answer must differ from that to the first, and be finite.
    """
    try:
        first, *others = (np.asarray(given(*arguments), dtype=float).ravel() for arguments in calls)
    except Exception:  # it will be called with other numbers, where this is told to the student
        return given
    if not all(np.isfinite(each).all() for each in (first, *others)):
        return right
    return right if any(np.array_equal(first, each) for each in others) else given
