"""The normal distribution to 14 digits, for many numbers at once: ruin, and who is heard, is decided far out."""

from __future__ import annotations

from functools import cache
from math import erfc, pi, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.probability import normal_quantile

FURTHEST = 38.0  #: beyond, nothing is left that a float could hold
_PER_UNIT = 1_000


def below(z: ArrayLike) -> NDArray[np.float64]:
    """Part of a standard normal distribution below z: a table and its first four derivatives.

    >>> below([-5.0, 0.0, 1.0]).round(12) + 0.0
    array([2.86652000e-07, 5.00000000e-01, 8.41344746e-01])
    """
    at = np.clip(np.asarray(z, float), -FURTHEST, FURTHEST)
    near = np.rint(at * _PER_UNIT).astype(np.int64)
    z0, step = near / _PER_UNIT, at - near / _PER_UNIT
    density = np.exp(-z0 * z0 / 2) / sqrt(2 * pi)
    series = 1 - z0 * step / 2 + (z0**2 - 1) * step**2 / 6 - (z0**3 - 3 * z0) * step**3 / 24
    part = np.clip(_table()[near + int(FURTHEST) * _PER_UNIT] + density * step * series, 0.0, 1.0)
    return np.asarray(np.where(at > -FURTHEST, part, 0.0))


def quantile(part: ArrayLike) -> NDArray[np.float64]:
    """The number below which this part of a standard normal distribution lies; -38 and 38 at the ends.

    >>> quantile([1e-12, 0.5, 0.995]).round(6) + 0.0
    array([-7.034484,  0.      ,  2.575829])
    """
    part = np.asarray(part, float)
    low = np.minimum(part, 1 - part)  # the other half is its mirror image, and rounds better near 0 than near 1
    inside = low > 0
    asked = np.where(inside, np.maximum(low, 1e-300), 0.5)
    # Far out the table ends, and the quantile is about that of a tail; Newton's steps (in logarithms) do the rest.
    z = np.where(asked > 1e-14, normal_quantile(asked), -np.sqrt(-2 * np.log(asked)))
    for _ in range(6):
        lies = np.maximum(below(z), 1e-300)
        slope = np.exp(-z * z / 2) / sqrt(2 * pi) / lies
        z = np.minimum(z - (np.log(lies) - np.log(asked)) / np.maximum(slope, 1e-300), 0.0)
    z = np.where(inside, z, -FURTHEST)
    return np.asarray(np.where(part <= 0.5, z, -z))


@cache
def _table() -> NDArray[np.float64]:
    grid = np.arange(-int(FURTHEST) * _PER_UNIT, int(FURTHEST) * _PER_UNIT + 1) / _PER_UNIT
    table = np.array([erfc(-z / sqrt(2)) / 2 for z in grid.tolist()])
    table.setflags(write=False)
    return table
