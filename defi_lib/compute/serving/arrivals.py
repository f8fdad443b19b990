"""Requests: when they come, and how long each takes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.integers import positions
from defi_lib.renamed import renamed
from defi_lib.units import SECONDS_PER_DAY
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    finite,
    non_negative,
    one_number,
    positive,
    sizes,
)


@renamed(random="rng")
def poisson_arrivals(
    rate: Amount, requests: int, rng: np.random.Generator, scenarios: int | None = None
) -> NDArray[np.float64]:
    """Times (seconds) of the first requests of many independent users: exponential gaps of mean 1/rate.

    Args:
        rate: requests per second, > 0; an array fits the scenarios.
        requests: number of them, >= 0.
        rng: where the randomness comes from.
        scenarios: length of a first axis; by default there is none.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Palm, Khinchine: many independent streams together are nearly a Poisson process.
    """
    rate = positive("rate", rate)
    shape = () if scenarios is None else (at_least("scenarios", scenarios, 0),)
    if broadcastable(rate=rate, scenarios=np.empty(shape)) != shape:
        raise ValueError(f"rate has shape {np.shape(rate)}: allowed are one number, or one for each scenario {shape}")
    gaps = rng.standard_exponential((*shape, at_least("requests", requests, 0)))
    return np.cumsum(gaps, axis=-1) / np.asarray(rate)[..., np.newaxis]


@renamed(random="rng")
def daily_arrivals(
    mean_rate: float, swing: float, days: float, rng: np.random.Generator, peak: float = 0.5
) -> NDArray[np.float64]:
    """Times (seconds) of requests whose rate follows the day: ``mean·(1 + swing·cos(2π·(t − peak)))``, t in days.

    Capacity for the peak waits at night; that is what sharing across time zones could use.

    Args:
        mean_rate: requests per second, >= 0.
        swing: in [0, 1]; at 1 nobody asks at the quietest moment, and twice the mean at the peak.
        days: length, >= 0.
        rng: where the randomness comes from.
        peak: time of the peak as a part of the day, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Source: thinning of a Poisson process, Lewis, Shedler (1979).
    """
    non_negative("mean_rate", mean_rate), between("swing", swing, 0.0, 1.0), between("peak", peak, 0.0, 1.0)
    length = one_number("days", non_negative("days", days)) * SECONDS_PER_DAY
    count = rng.poisson(mean_rate * (1 + swing) * length)
    times = np.sort(rng.uniform(0.0, length, count))
    level = (1 + swing * np.cos(2 * np.pi * (times / SECONDS_PER_DAY - peak))) / (1 + swing)
    return times[rng.random(count) < level]


def dispersion(arrivals: Amount, window: float) -> float:
    """How much requests come in bursts: the variance of their number in a window, over its mean.

    Requests that know nothing of each other (Poisson) have 1, at every window; a timetable 0. Where many come because
    many come, it is above 1 and grows with the window.

    Args:
        arrivals: seconds, not decreasing; the windows begin at the first, and a last one that is not full is left out.
        window: seconds, > 0, at most the time from the first arrival to the last.

    Raises:
        ValueError: an argument outside its range, or arrivals that are no list in order.

    Source: Cox, Lewis, *The Statistical Analysis of Series of Events* (1966).

    >>> dispersion([0.0, 0.1, 0.2, 0.3, 2.5], 1.0)
    2.0
    """
    times = np.asarray(finite("arrivals", arrivals))
    if times.ndim != 1 or times.size < 2 or np.any(np.diff(times) < 0):
        raise ValueError(f"arrivals of shape {times.shape}: allowed is a list of two times or more in their order")
    length = float(times[-1] - times[0])
    window = one_number("window", between("window", window, 0.0, length, low_open=True))
    counts = np.bincount(positions(np.minimum((times - times[0]) / window, length / window)))
    whole = counts[: max(int(length / window), 1)]
    return float(np.var(whole) / np.mean(whole))


@renamed(random="rng")
def draw_services(
    mean: Amount, shape: int | tuple[int, ...], rng: np.random.Generator, variation: float = 1.0
) -> NDArray[np.float64]:
    """Service times (seconds): gamma distributed; exponential at variation 1, constant at 0.

    Args:
        mean: seconds, >= 0, one number or an array that fits the shape.
        shape: of the result.
        rng: where the randomness comes from.
        variation: standard deviation as a ratio of the mean, in [0, 1e100].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    mean, variation = non_negative("mean", mean), one_number("variation", between("variation", variation, 0.0, 1e100))
    drawn = sizes("shape", shape)
    broadcastable(mean=mean, shape=np.broadcast_to(0.0, drawn))
    if variation < 1e-16:  # next to none: a mean as a float has more
        return np.array(np.broadcast_to(mean, drawn))
    return rng.standard_gamma(variation**-2, drawn) * variation**2 * np.asarray(mean)
