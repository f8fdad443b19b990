"""Plausible worlds: one value for each assumption, drawn evenly from the ranges.

The points are multiples of square roots of primes, without their whole parts (R. D. Richtmyer, 1951): evenly spread,
the same each time, and a line of numpy. The share of 1,024 worlds is right to about a hundredth.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.unknowns import Assumption

Worlds = dict[str, NDArray[np.float64]]

WORLDS = 1_024

#: Two for each assumption.
_PRIMES = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89)


def today(
    assumptions: Mapping[str, Assumption], count: int = 1, changed: Mapping[str, ArrayLike] | None = None
) -> Worlds:
    """Today's world ``count`` times, with some assumptions ``changed``."""
    here = {name: (changed or {}).get(name, each.today) for name, each in assumptions.items()}
    return {name: np.broadcast_to(np.asarray(value, float), (count,)) for name, value in here.items()}


def worlds(
    assumptions: Mapping[str, Assumption],
    count: int = WORLDS,
    *,
    width: float = 1.0,
    linear: bool = False,
    again: bool = False,
    fixed: Mapping[str, float] | None = None,
) -> Worlds:
    """Worlds drawn evenly from the ranges of what is unknown; who and when somebody is stays as it is today.

    Args:
        assumptions: by name.
        count: of worlds.
        width: stretches each range around today's value.
        linear: draw evenly in the values themselves, also where a range spans a factor of more than three.
        again: a second set, independent of the first.
        fixed: values that all worlds share.
    """
    unknown = [name for name, each in assumptions.items() if each.role == "unknown"]
    places = _even(count, 2 * len(unknown))[len(unknown) if again else 0 :]
    drawn: dict[str, ArrayLike] = {
        name: assumptions[name].value(place, width=width, linear=linear)
        for name, place in zip(unknown, places, strict=False)
    }
    return today(assumptions, count, {**drawn, **(fixed or {})})


@cache
def _even(count: int, columns: int) -> NDArray[np.float64]:
    """``columns`` rows of ``count`` numbers from 0 to 1."""
    points = (0.5 + np.multiply.outer(np.sqrt(_PRIMES[:columns]), np.arange(count))) % 1
    points.setflags(write=False)
    return points
