"""Aggregation that a few malicious clients cannot steer, and attacks to try it with."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.learning.federated import Aggregate, Behaviour
from defi_lib.rounding import above, floor
from defi_lib.validation import Amount, at_least, between, finite, non_negative, positive


def coordinate_median(updates: Amount, sizes: Amount = 1.0) -> NDArray[np.float64]:
    """Median of the clients in each number; sizes do not count, because a client could invent its own.

    Source: Yin et al., arXiv:1803.01498.
    """
    return np.median(_clients(updates), axis=0)


def trimmed_mean(trimmed: float = 0.2) -> Aggregate:
    """Aggregation that leaves out the part ``trimmed`` (in [0, 0.5)) of the clients at both ends, in each number.

    Raises:
        ValueError: a part outside its range.

    Source: Yin et al., arXiv:1803.01498.

    >>> trimmed_mean(0.2)(np.array([1.0, 2.0, 3.0, 4.0, 100.0]), np.ones(5)).item()
    3.0
    """
    between("trimmed", trimmed, 0.0, 0.5, high_open=True)

    def aggregate(updates: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
        ordered = np.sort(_clients(updates), axis=0)
        out = int(floor(trimmed * len(ordered)))
        return np.mean(ordered[out : len(ordered) - out], axis=0)

    return aggregate


def krum(malicious: int) -> Aggregate:
    """Aggregation that takes the one update with the nearest neighbours: ``n − malicious − 2`` of them.

    Safe if more than ``2·malicious + 2`` clients take part; it wastes what all others learned.

    Args:
        malicious: greatest number of malicious clients, >= 0.

    Raises:
        ValueError: a negative number, or (when it is used) too few clients.

    Source: Blanchard et al., *Machine Learning with Adversaries* (2017).

    >>> krum(1)(np.array([[1.0], [1.1], [0.9], [1.0], [50.0]]), np.ones(5))
    array([1.])
    """
    at_least("malicious", malicious, 0)

    def aggregate(updates: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.float64]:
        rows = _clients(updates).reshape(len(updates), -1)
        at_least("number of clients", len(rows), 2 * malicious + 3)
        squares = np.sum((rows[:, np.newaxis] - rows) ** 2, axis=-1)
        # The nearest of all is the update itself, at distance 0.
        scores = np.sum(np.sort(squares, axis=1)[:, 1 : len(rows) - malicious - 1], axis=1)
        return np.array(updates[int(np.argmin(above(scores, np.min(scores))))])

    return aggregate


def clip_updates(updates: Amount, limit: float) -> NDArray[np.float64]:
    """Shorten each client's update to a length of at most ``limit`` (> 0): nobody moves the model by more.

    Raises:
        ValueError: no client, or a limit that is not positive.
    """
    rows = _clients(updates)
    lengths = np.sqrt(np.sum(rows**2, axis=tuple(range(1, rows.ndim)), keepdims=True))
    return rows * np.minimum(1.0, positive("limit", limit) / np.maximum(lengths, np.finfo(float).tiny))


def reversing(strength: float = 1.0) -> Behaviour:
    """Attack: send the update the wrong way round, ``strength`` (>= 0) times as long."""
    non_negative("strength", strength)
    return lambda update: -strength * update


def idle(update: NDArray[np.float64]) -> NDArray[np.float64]:
    """Free riding: send nothing, and be paid by the size that one claims."""
    return np.zeros_like(update)


def _clients(updates: Amount) -> NDArray[np.float64]:
    rows = np.atleast_1d(finite("updates", updates))
    at_least("number of clients", len(rows), 1)
    return rows
