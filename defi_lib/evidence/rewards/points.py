"""What is a point worth to who came first? Reading X4b.

Deposits grow evenly, in logarithms, and jump once more when a tenth of the time is left; the first day's are 1, and so
is the time. A deposit that stays from beginning to end is small beside all.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry

EVIDENCE = Registry("rewards")

Array = NDArray[np.float64]

#: When the late ones come: with a tenth of the time left. Points are boosted in the first half.
LATE, HALF = 0.9, 0.5

_EVEN = {"growth": 1.0, "late": 0.0, "boost": 1.0, "diverted": 0.0, "unearned": 0.0}
_E = float(np.e)


def grown(growth: ArrayLike, begin: ArrayLike, end: ArrayLike) -> Array:
    """What a dollar that grows evenly by the factor ``growth`` adds up to from ``begin`` to ``end`` of the time.

    >>> round(float(grown(np.e, 0.0, 1.0)), 4), float(grown(1.0, 0.25, 0.5))
    (1.7183, 0.25)

    ``(G^end − G^begin)/ln G``.
    """
    rate, start = np.log(np.asarray(growth, float)), np.asarray(begin, float)
    moves = np.abs(rate) > 1e-9
    safe = np.where(moves, rate, 1.0)
    span = np.asarray(end, float) - start
    return np.asarray(np.where(moves, np.exp(safe * start) * np.expm1(safe * span) / safe, span))


def all_points(growth: ArrayLike, late: ArrayLike, boost: ArrayLike) -> Array:
    """All points at the end: deposits over time, those of the first half boosted (dollars of the first day)."""
    latecomers = np.asarray(late, float) * grown(growth, LATE, 1.0)
    boosted = np.asarray(boost, float) * grown(growth, 0.0, HALF)
    return np.asarray(boosted + grown(growth, HALF, 1.0) + latecomers)


def tokens_by_day(growth: ArrayLike, late: ArrayLike, entry: ArrayLike = 0.0) -> Array:
    """Part of the tokens that a deposit of 1 gets from ``entry`` on if they are paid evenly by the day.

    The sum of one over all deposits; ``entry`` at most :data:`LATE`.
    """
    shrinks = 1 / np.asarray(growth, float)
    return np.asarray(grown(shrinks, entry, LATE) + grown(shrinks, LATE, 1.0) / (1 + np.asarray(late, float)))


@EVIDENCE.model(
    "X4b",
    # Nobody comes, and no rule is made later: whatever the boost, points are what is paid by the day.
    placebos=[{"growth": 1.0, "late": 0.0, "diverted": 0.0, "unearned": 0.0}],
    controls=[
        # Deposits grow e-fold: all points e − 1, by the day 1 − 1/e. The one is 1/(e − 1), the other (e − 1)/e.
        Control(_EVEN | {"growth": _E}, 1 - _E / (_E - 1) ** 2),
        # A fifth of the tokens goes to others, and a quarter of all points has no deposit.
        Control(_EVEN | {"diverted": 0.2}, 0.2),
        Control(_EVEN | {"unearned": 0.25}, 0.25),
        Control(_EVEN | {"diverted": 0.2, "unearned": 0.25}, 0.4),
        # Four times as much comes for the last tenth: points 1.4, by the day 0.9 + 0.1/5.
        Control(_EVEN | {"late": 4.0}, 1 - 1 / 1.4 / 0.92),
        # A growth of e² and a boost of three: points 3(e − 1)/2 + (e² − e)/2, of which the first has 2.
        Control(
            _EVEN | {"growth": _E**2, "boost": 3.0},
            1 - 2 / ((3 * (_E - 1) + _E**2 - _E) / 2) / ((1 - _E**-2) / 2),
        ),
        # The same growth and half as much again at the end: (e² − e^1.8)/4 more points, a third less of the last tenth.
        Control(
            _EVEN | {"growth": _E**2, "late": 0.5},
            1 - 1 / ((_E**2 - 1) / 2 + (_E**2 - _E**1.8) / 4) / ((1 - _E**-1.8) / 2 + (_E**-1.8 - _E**-2) / 3),
        ),
    ],
)
def lost_by_points(growth: Array, late: Array, boost: Array, diverted: Array, unearned: Array) -> Array:
    """What who is there from the first day gets less by points than by the day (part of the latter).

    Args:
        growth: deposits at the end over those of the first day.
        late: what comes for the last tenth of the time (part of the deposits that are there).
        boost: points for a dollar and day in the first half, over those in the second.
        diverted: part of the tokens that later rules give to others.
        unearned: part of all points that no deposit has earned.
    """
    own = (boost + 1) / 2
    by_points = (1 - diverted) * (1 - unearned) * own / all_points(growth, late, boost)
    return np.asarray(1 - by_points / tokens_by_day(growth, late))


def by_entry(entry: ArrayLike, growth: float, late: float, boost: float, diverted: float) -> dict[str, Any]:
    """What lesson 4.8 explores: tokens for a dollar and day, by the time of entry; 100 is what the first day promises.

    Args:
        entry: part of the time that is over, at most 0.9.
        growth, late, boost, diverted: as in :func:`lost_by_points`.

    >>> {name: round(float(value), 1) for name, value in by_entry(0.0, 10.0, 0.0, 1.0, 0.0).items()}
    {'Paid by the day': 39.1, 'By points': 25.6}
    """
    start = np.asarray(entry, float)
    stay = 1 - start
    own = (boost * np.maximum(HALF - start, 0.0) + 1 - np.maximum(start, HALF)) / stay
    points = (1 - diverted) * own / all_points(growth, late, boost)
    return {"Paid by the day": 100 * tokens_by_day(growth, late, start) / stay, "By points": 100 * points}
