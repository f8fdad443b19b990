"""Who comes first: the lowest asks, the highest bids, and of equals whoever came first."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.rounding import above, below


def lowest(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """The ``count`` lowest along the last axis, rising; all if there are not so many.

    >>> lowest(np.array([3.0, 1.0, 2.0]), 2)
    array([1., 2.])
    """
    if count >= values.shape[-1]:
        return np.sort(values, axis=-1)
    return np.sort(np.partition(values, count - 1, axis=-1)[..., :count], axis=-1)


def among_lowest(values: NDArray[np.float64], line: NDArray[np.float64], count: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whose number is one of the ``count`` lowest; of those equal to within rounding the first.

    Args:
        values: along the last axis.
        line: the lowest of them, rising, ``count`` of them at least: see :func:`lowest`.
        count: with a last axis of one, no more than there are values.

    >>> among_lowest(np.array([0.1 + 0.2, 0.3, 0.2]), np.array([0.2, 0.3]), np.array([2]))
    array([ True, False,  True])
    """
    if not line.shape[-1]:
        return np.zeros(values.shape, dtype=bool)
    last = np.take_along_axis(line, np.maximum(count - 1, 0), axis=-1)
    lower = np.asarray(below(values, last))
    ties = ~lower & ~np.asarray(above(values, last))
    left = count - np.sum(lower, axis=-1, keepdims=True)
    crowded = ((np.sum(ties, axis=-1, keepdims=True) > left) & (count > 0))[..., 0]
    ties[crowded] &= np.cumsum(ties[crowded], axis=-1) <= left[crowded]
    return (lower | ties) & (count > 0)
