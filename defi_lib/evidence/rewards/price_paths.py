"""What tokens cost in the four years after their launch, in the mean of all launches, weighted by size."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Worlds = NDArray[np.float64]

#: Months: the first half-year, of which launches have been counted, and the end.
COUNTED, END = 6, 48


def prices(months: Worlds, half_year: Worlds, later: Worlds) -> Worlds:
    """Mean price of a token (multiple of the launch price) at each of ``months``, a row each; straight in logarithms.

    >>> prices(np.array([0.0, 6.0, 27.0, 48.0]), np.array(-0.75), np.array(-0.84)).round(9)
    array([1.  , 0.25, 0.1 , 0.04])

    Args:
        months: after the launch, up to 48.
        half_year: change in the first six months (ratio).
        later: change from then to the end of the fourth year (ratio).
    """
    time = np.multiply.outer(months, np.ones(np.shape(half_year)))
    first, second = np.minimum(time / COUNTED, 1.0), np.maximum(time - COUNTED, 0.0) / (END - COUNTED)
    return np.asarray((1 + half_year) ** first * (1 + later) ** second)
