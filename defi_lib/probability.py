"""Two distributions that mechanisms need: the binomial, exactly, and the normal, without scipy."""

from __future__ import annotations

from functools import cache
from math import comb, erf, lgamma, log

import numpy as np
from numpy.typing import ArrayLike, NDArray

#: Up to so many trials the ways are counted in whole numbers; beyond, by the logarithm of the gamma function.
_COUNTED = 2_000


def binomial(count: int, success: ArrayLike, failure: ArrayLike) -> NDArray[np.float64]:
    """Chances of 0 to ``count`` successes along a new last axis; both chances are given, so that none is rounded.

    >>> binomial(3, 0.5, 0.5)
    array([0.125, 0.375, 0.375, 0.125])
    """
    wins, ways = np.arange(count + 1), _log_ways(count)
    won_each, lost_each = np.asarray(success, float)[..., np.newaxis], np.asarray(failure, float)[..., np.newaxis]
    with np.errstate(divide="ignore", invalid="ignore"):
        # 0·log(0) is 0: an event that is not asked for may be impossible.
        won = np.where(wins == 0, 0.0, wins * np.log(won_each))
        lost = np.where(wins == count, 0.0, (count - wins) * np.log(lost_each))
        return np.exp(ways + won + lost)


def normal_below(z: ArrayLike) -> NDArray[np.float64]:
    """Part of a standard normal distribution below z, from a table (error below 3e-8).

    >>> normal_below([-1.0, 0.0, 1.0]).round(6)
    array([0.158655, 0.5     , 0.841345])
    """
    return np.interp(np.asarray(z, float), *_normal_table(), left=0.0, right=1.0)


def normal_quantile(part: ArrayLike) -> NDArray[np.float64]:
    """The number below which this part of a standard normal distribution lies, from the same table; ±8 at the ends.

    >>> normal_quantile([0.158655, 0.5, 0.841345]).round(4) + 0.0
    array([-1.,  0.,  1.])
    """
    grid, below = _normal_table()
    return np.interp(np.asarray(part, float), below, grid)


@cache
def _log_ways(count: int) -> NDArray[np.float64]:
    """Logarithms of the binomial coefficients."""
    if count <= _COUNTED:
        ways = np.array([log(comb(count, k)) for k in range(count + 1)])
    else:
        ways = np.array([lgamma(count + 1) - lgamma(k + 1) - lgamma(count - k + 1) for k in range(count + 1)])
    ways.setflags(write=False)
    return ways


@cache
def _normal_table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    grid = np.linspace(-8.0, 8.0, 16_001)
    return grid, np.array([(1 + erf(z / 2**0.5)) / 2 for z in grid.tolist()])
