"""The lab, and what several of its checks need."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute import real_requests
from defi_lib.labs.compute.queues_and_batches.days import seconds_of
from defi_lib.labs.kit import Lab

lab = Lab("7.4")
check, progress = lab.check, lab.progress


def short_line(rng: np.random.Generator, requests: int = 6) -> tuple[list[float], list[float]]:
    """Arrivals and services that are easy to read, so near to each other that some wait and some do not."""
    gaps = np.where(np.arange(requests) == requests - 2, 9.0, rng.integers(2, 20, requests) / 10)
    arrivals = np.cumsum(gaps) - gaps[0]
    return arrivals.round(1).tolist(), (rng.integers(8, 40, requests) / 10).tolist()


def real_line(rng: np.random.Generator, requests: int) -> tuple[str, NDArray[np.float64], NDArray[np.float64]]:
    """Some requests of the real hour of code in order, with their seconds of work, and words for them."""
    hour = real_requests("code")
    first = int(rng.integers(0, len(hour.seconds) - requests))
    some = slice(first, first + requests)
    said = f"the {requests} requests to the code service from number {first} on"
    return said, hour.seconds[some] - hour.seconds[first], seconds_of(hour)[some]
