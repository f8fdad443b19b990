"""Differential privacy: noise that hides whether one client took part, and what it costs in accuracy.

scipy, for the normal distribution, is loaded only when it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.learning.federated import Aggregate
from defi_lib.compute.learning.robust_aggregation import clip_updates
from defi_lib.renamed import renamed
from defi_lib.validation import (
    Amount,
    Whole,
    between,
    broadcastable,
    non_negative,
    plain,
    positive,
    representable,
    whole,
)


@representable
def laplace_scale(sensitivity: Amount, epsilon: Amount) -> Amount:
    """Scale of Laplace noise for pure ε-privacy: ``Δ/ε``; its variance is ``2Δ²/ε²``.

    Args:
        sensitivity: Δ, most by which one person changes the answer (sum of absolute changes), >= 0.
        epsilon: ε, > 0: no answer is more than e^ε times as likely with a person's data as without.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Dwork, Roth, *The Algorithmic Foundations of Differential Privacy* (2014), theorem 3.6.

    >>> laplace_scale(1.0, 0.5)
    2.0
    """
    sensitivity, epsilon = non_negative("sensitivity", sensitivity), positive("epsilon", epsilon)
    broadcastable(sensitivity=sensitivity, epsilon=epsilon)
    return sensitivity / epsilon


def gaussian_deviation(sensitivity: Amount, epsilon: Amount, delta: Amount) -> Amount:
    """Standard deviation of Gaussian noise for (ε, δ)-privacy: ``√(2·ln(1.25/δ))·Δ/ε``.

    Args:
        sensitivity: Δ, most by which one person changes the answer (Euclidean length), >= 0.
        epsilon: ε, in (0, 1]: beyond, the formula is not proved.
        delta: δ, chance that the promise fails, in (0, 1).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Dwork, Roth (2014), theorem A.1.
    """
    sensitivity, epsilon = non_negative("sensitivity", sensitivity), between("epsilon", epsilon, 0, 1, low_open=True)
    delta = between("delta", delta, 0.0, 1.0, low_open=True, high_open=True)
    broadcastable(sensitivity=sensitivity, epsilon=epsilon, delta=delta)
    return plain(np.sqrt(2 * np.log(1.25 / np.asarray(delta))) * sensitivity / epsilon)


def privacy_spent(noise: Amount, rounds: Whole, delta: Amount) -> Amount:
    """ε after many rounds with Gaussian noise: ``ρ + 2·√(ρ·ln(1/δ))``, ``ρ = rounds/(2·noise²)``.

    Args:
        noise: standard deviation as a multiple of the sensitivity, > 0.
        rounds: answers given, >= 0.
        delta: δ, in (0, 1).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Bun, Steinke, arXiv:1605.02065 (zero-concentrated privacy). Drawing clients at random spends less.

    >>> round(privacy_spent(noise_needed(2.0, 20, 1e-5), 20, 1e-5), 6)
    2.0
    """
    noise, rounds = positive("noise", noise), whole("rounds", rounds)
    delta = between("delta", delta, 0.0, 1.0, low_open=True, high_open=True)
    broadcastable(noise=noise, rounds=rounds, delta=delta)
    rho = np.asarray(rounds) / (2 * np.asarray(noise) ** 2)
    return plain(rho + 2 * np.sqrt(-rho * np.log(delta)))


def noise_needed(epsilon: Amount, rounds: Whole, delta: Amount) -> Amount:
    """Noise as a multiple of the sensitivity that spends exactly ε: the inverse of :func:`privacy_spent`.

    ``√ρ = √(ln(1/δ) + ε) − √ln(1/δ)``, computed as ``ε/(sum of both roots)``.

    Args:
        epsilon: ε, > 0.
        rounds: answers given, >= 1.
        delta: δ, in (0, 1).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    epsilon, rounds = positive("epsilon", epsilon), whole("rounds", rounds, 1)
    delta = between("delta", delta, 0.0, 1.0, low_open=True, high_open=True)
    broadcastable(epsilon=epsilon, rounds=rounds, delta=delta)
    log_delta = -np.log(delta)
    return plain(
        np.sqrt(np.asarray(rounds, dtype=float) / 2) * (np.sqrt(log_delta + epsilon) + np.sqrt(log_delta)) / epsilon
    )


def gaussian_delta(noise: Amount, rounds: Whole, epsilon: Amount) -> Amount:
    """Exact δ after many rounds with Gaussian noise: ``Φ(μ/2 − ε/μ) − e^ε·Φ(−μ/2 − ε/μ)``, ``μ = √rounds/noise``.

    Rounds with Gaussian noise are together exactly one answer with ``√rounds`` times less noise.

    Args:
        noise: standard deviation as a multiple of the sensitivity, > 0.
        rounds: answers given, >= 0.
        epsilon: ε, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Balle, Wang, arXiv:1805.06530, theorem 8; Dong, Roth, Su, arXiv:1905.02383, for the rounds.

    >>> round(gaussian_delta(1.0, 1, 1.0), 6)
    0.126937
    """
    noise, rounds = positive("noise", noise), whole("rounds", rounds)
    epsilon = non_negative("epsilon", epsilon)
    broadcastable(noise=noise, rounds=rounds, epsilon=epsilon)
    distance = np.sqrt(np.asarray(rounds, dtype=float)) / noise
    return plain(np.exp(_log_delta(distance, np.asarray(epsilon))))


def gaussian_privacy_spent(noise: Amount, rounds: Whole, delta: Amount) -> Amount:
    """Exact ε after many rounds with Gaussian noise: where :func:`gaussian_delta` is δ.

    It is never above :func:`privacy_spent`, which bounds it.

    Args:
        noise: standard deviation as a multiple of the sensitivity, > 0.
        rounds: answers given, >= 0.
        delta: δ, in (0, 1); 0 is spent where the noise alone fails less often than that.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: as :func:`gaussian_delta`.

    >>> round(privacy_spent(11.18, 20, 1e-5), 2), round(gaussian_privacy_spent(11.18, 20, 1e-5), 2)
    (2.0, 1.56)
    """
    most = np.asarray(privacy_spent(noise, rounds, delta))
    distance, limit = np.sqrt(np.asarray(rounds, dtype=float)) / noise, np.log(delta)
    return plain(_bisected(lambda epsilon: _log_delta(distance, epsilon) <= limit, np.zeros(most.shape), most))


def gaussian_noise_needed(epsilon: Amount, rounds: Whole, delta: Amount) -> Amount:
    """Least Gaussian noise that spends ε at δ, as a multiple of the sensitivity; never above :func:`noise_needed`.

    Args:
        epsilon: ε, > 0.
        rounds: answers given, >= 1.
        delta: δ, in (0, 1).

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: as :func:`gaussian_delta`.

    >>> round(noise_needed(2.0, 20, 1e-5), 2), round(gaussian_noise_needed(2.0, 20, 1e-5), 2)
    (11.18, 8.92)
    """
    noise_needed(epsilon, rounds, delta)  # refuses what is out of range
    safe = 1 / np.asarray(noise_needed(epsilon, 1, delta))
    goal, limit = np.broadcast_to(epsilon, safe.shape), np.log(delta)
    far = safe
    while np.any(short := _log_delta(far, goal) <= limit):
        far = np.where(short, 2 * far, far)
    # From how far apart two answers may lie on, in standard deviations, to the noise.
    distance = _bisected(lambda each: _log_delta(each, goal) > limit, safe, far)
    return plain(np.sqrt(np.asarray(rounds, dtype=float)) / distance)


def _log_delta(distance: NDArray[np.float64], epsilon: NDArray[np.float64]) -> NDArray[np.float64]:
    """ln δ of one answer with Gaussian noise; both terms as logarithms, so that no e^ε overflows."""
    from scipy.special import log_ndtr

    apart = np.asarray(distance) > 0
    distance = np.where(apart, distance, 1.0)
    likely, other = log_ndtr(distance / 2 - epsilon / distance), log_ndtr(-distance / 2 - epsilon / distance)
    less = np.minimum(epsilon + other - likely, 0.0)  # rounding may leave a little more than nothing
    with np.errstate(divide="ignore"):
        return np.where(apart, likely + np.log(-np.expm1(less)), -np.inf)


def _bisected(
    reached: Callable[[NDArray[np.float64]], NDArray[np.bool_]], low: NDArray[np.float64], high: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Where ``reached`` becomes true between ``low`` and ``high``; ``low`` itself if it is true there."""
    high = np.where(reached(low), low, high)
    for _ in range(100):
        middle = low + (high - low) / 2
        there = reached(middle)
        low, high = np.where(there, low, middle), np.where(there, middle, high)
    return high


@renamed(random="rng")
def private_average(limit: float, noise: float, rng: np.random.Generator) -> Aggregate:
    """Aggregation that hides each client: updates clipped to ``limit``, their plain mean, and Gaussian noise.

    The noise has a standard deviation of ``noise·limit/clients`` in each number: many clients hide in the crowd, few
    drown in it. Sizes do not count, because one client could otherwise count for more.

    Args:
        limit: greatest length of an update, > 0.
        noise: standard deviation as a multiple of the sensitivity, >= 0: see :func:`gaussian_noise_needed`.
        rng: where the noise comes from.

    Raises:
        ValueError: an argument outside its range.

    Source: McMahan et al., arXiv:1710.06963; a client may be added or removed, their number is public.
    """
    positive("limit", limit), non_negative("noise", noise)

    def aggregate(updates: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        mean = np.mean(clip_updates(updates, limit), axis=0)
        return mean + noise * limit / len(updates) * rng.standard_normal(mean.shape)

    return aggregate
