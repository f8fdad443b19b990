"""Power indices of thousands of members: by the frequencies of their sum, and independently by sampling."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import locked
from defi_lib.probability import normal_below
from defi_lib.rounding import reaches, within
from defi_lib.validation import Amount, at_least, non_negative, one_number, positive

COUNTED = 200  #: members of whom each is counted by itself; the votes of the rest add up to a normal sum
BATCH = 8_192  #: draws at a time
RESOLVED = 1e-9  #: members turned on average, below which the frequencies say no more
LISTED = 10  #: of the largest members all coalitions are gone through, not drawn, where everybody tosses a coin


class Power(NamedTuple):
    """What each member decides."""

    chance: NDArray[np.float64]  #: that it turns the vote, if all others toss a coin (absolute Banzhaf index)
    banzhaf: NDArray[np.float64]  #: the same as a part of the sum; adds up to 1
    shapley_shubik: NDArray[np.float64]  #: chance that it reaches the quota, in a random order; adds up to 1 or nearly
    error: float  #: largest standard error of the two chances; 0 if nothing was sampled


def approximate_power(
    weights: Amount, quota: float | None = None, *, counted: int = COUNTED, frequencies: int | None = None
) -> Power:
    """Both indices of many members, from the frequencies of the sum of their votes.

    If each of the others comes with chance t, the characteristic function of their votes is
    ``Π (1 − t + t·e^{iωw})``; its Fourier series gives the chance that they have between ``quota − w`` and the quota.
    Banzhaf's index is that at t = ½, that of Shapley and Shubik its mean over all t (Owen's multilinear extension).

    Args:
        weights: votes of each member, >= 0, on one axis; not all 0.
        quota: votes that win, in (0, all]; by default half of them. A sum that meets it exactly counts half: put the
            quota of whole votes between two sums. So far from half that next to nobody turns a vote, it is refused.
        counted: the largest members, counted one by one, >= 1; the rest is taken as a normal sum.
        frequencies: >= 16; by default 25 in a standard deviation of the sum. Where members
            of one size hold nearly all, steps of one member are not: :func:`~defi_lib.governance.banzhaf` counts them.

    Raises:
        ValueError: an argument outside its range.

    >>> rng = np.random.default_rng(1)
    >>> power = approximate_power(rng.pareto(1.5, size=1_000) + 1)
    >>> round(float(power.banzhaf.sum()), 9), round(float(power.shapley_shubik.sum()), 4)
    (1.0, 1.0)

    Source: Owen, *Multilinear Extensions and the Banzhaf Value* (1975); Leech, *Computing Power Indices for Large
    Voting Games* (2003), who counts the largest members and takes the rest as normal.
    """
    votes, quota = _checked(weights, quota)
    order, large, rest = _split(votes, counted)
    spread = max(float(np.sqrt(np.sum(large[1:] ** 2) + np.sum(rest**2))) / 2, 1e-9)
    fine = min(max(int(24 / spread), 256), 2**16) if frequencies is None else at_least("frequencies", frequencies, 16)
    # Beside each of the large, some sizes up to the largest of the rest: a small member's power grows with its votes.
    few = np.linspace(0.0, float(np.max(rest, initial=0.0)), 9)[1:] if np.any(rest) else np.zeros(0)
    nodes, parts = _chances_to_come(quota, float(large[0]), spread)
    turn = _Sum(large, rest, np.concatenate([large, few]), quota, fine)
    coin, orders = turn.chance(0.5), sum(part * turn.chance(node) for node, part in zip(nodes, parts, strict=True))
    found = []
    for each in (coin, np.asarray(orders)):
        result = np.zeros(votes.size)
        rate = np.concatenate([each[large.size :][:1] / few[:1], each[large.size :] / few])
        result[order] = np.concatenate(
            [each[: large.size], rest * np.interp(rest, [0.0, *few], rate) if few.size else rest]
        )
        found.append(result)
    return _power(found[0], found[1], 0.0, RESOLVED, quota)


def sampled_power(
    weights: Amount, quota: float | None = None, *, draws: int, rng: np.random.Generator, counted: int = COUNTED
) -> Power:
    """Both indices by drawing who comes: the largest members one by one, the sum of the rest from a normal law.

    Where few draws are turned (a quota far from half, or one member who nearly always decides), the parts of Banzhaf's
    index are known worse than ``error`` says.

    Args:
        weights, quota: as in :func:`approximate_power`.
        draws: >= 100, of each kind; a standard error falls with their root.
        rng: generator of random numbers.
        counted: members who are drawn one by one, >= 1.

    Raises:
        ValueError: an argument outside its range.

    >>> power = sampled_power([4.0, 3.0, 2.0, 1.0], 6.0, draws=40_000, rng=np.random.default_rng(1))
    >>> np.round(power.banzhaf * 12, 1)
    array([5., 3., 3., 1.])
    """
    votes, quota = _checked(weights, quota)
    draws = at_least("draws", draws, 100)
    order, large, rest = _split(votes, counted)
    chances = []
    for coin in (True, False):
        found = np.zeros(votes.size)
        for start in range(0, draws, BATCH):
            size = min(BATCH, draws - start)
            # Strata: one draw from each part of equal size of the chances to come.
            come = np.full(size, 0.5) if coin else (start + np.arange(size) + rng.random(size)) / draws
            there = rng.random((size, large.size)) < come[:, np.newaxis]
            if coin:
                listed = min(LISTED, large.size)
                there[:, :listed] = (start + np.arange(size))[:, np.newaxis] >> np.arange(listed) & 1
            found[order] += _turned(there, large, rest, quota, come, rng)
        chances.append(found / draws)
    spread = max(float(np.sqrt(np.max(each * (1 - each)) / draws)) for each in chances)
    return _power(chances[0], chances[1], spread, 0.0, quota)


def _checked(weights: Amount, quota: float | None) -> tuple[NDArray[np.float64], float]:
    """Votes as parts of all, and the quota as one."""
    votes = np.asarray(non_negative("weights", weights))
    if votes.ndim != 1 or not votes.size or not np.any(votes):
        raise ValueError(f"weights has shape {votes.shape}: allowed is one axis of votes that are not all 0")
    largest = float(np.max(votes))
    scaled = votes / largest
    total = float(np.sum(scaled))
    if quota is None:
        return scaled / total, 0.5
    most = largest * total  # may be beyond what a float can hold: every quota is below it then
    quota = one_number("quota", within("quota", positive("quota", quota), 0.0, most))
    return scaled / total, min(quota / largest / total, 1.0)


def _power(chance: NDArray[np.float64], orders: NDArray[np.float64], error: float, known: float, quota: float) -> Power:
    """Both indices, unless so few votes are turned that the parts are rounding or luck: less than ``known``."""
    chance, orders = np.clip(chance, 0.0, 1.0), np.clip(orders, 0.0, 1.0)
    if min(np.sum(chance), np.sum(orders)) <= known:
        raise ValueError(
            f"quota = {quota:.12g} of all votes is so far from half of them that who decides cannot be told: allowed "
            f"is one nearer to half; banzhaf and shapley_shubik count whole votes of few members exactly"
        )
    return Power(locked(chance), locked(chance / np.sum(chance)), locked(orders), error)


def _split(
    votes: NDArray[np.float64], counted: int
) -> tuple[NDArray[np.intp], NDArray[np.float64], NDArray[np.float64]]:
    """The order from large to small, the largest, and the rest."""
    counted = at_least("counted", counted, 1)
    order = np.argsort(-votes, kind="stable")
    return order, votes[order[:counted]], votes[order[counted:]]


def _chances_to_come(quota: float, largest: float, spread: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Chances between which somebody may turn the vote, and the part of all orders for which each stands."""
    # Others than the member come with t times their votes, which are at least all less those of the largest.
    others = max(1 - largest, 1e-12)
    low, high = max(quota - largest - 8 * spread, 0.0), min((quota + 8 * spread) / others, 1.0)
    count = min(max(int(3 * (high - low) / spread), 32), 256)
    nodes, parts = np.polynomial.legendre.leggauss(count)
    return low + (high - low) * (nodes + 1) / 2, parts * (high - low) / 2


class _Sum:
    """The sum of the votes of all but one, by its frequencies."""

    def __init__(
        self,
        large: NDArray[np.float64],
        rest: NDArray[np.float64],
        sizes: NDArray[np.float64],
        quota: float,
        frequencies: int,
    ) -> None:
        self.large, self.rest, self.sizes = large.size, (float(np.sum(rest)), float(np.sum(rest**2))), sizes
        self.omega = 2 * np.pi * np.arange(1, frequencies + 1)
        self.turn = np.exp(1j * np.multiply.outer(sizes, self.omega))
        # Damped towards the end of the series: the sum is smeared by a normal law as narrow as the last frequency.
        damped = np.exp(-18 * (self.omega / self.omega[-1]) ** 2 - 1j * self.omega * quota)
        self.kernel = damped / (0.5j * self.omega)

    def chance(self, come: float) -> NDArray[np.float64]:
        """That the others have less than the quota, but not with this member, for each size."""
        factor = come * self.turn
        factor += 1 - come
        factor[np.abs(factor) < 1e-12] = 1e-12  # a coin that cancels a frequency, which it need not do without it
        mean, square = self.rest
        whole = np.exp(1j * self.omega * come * mean - self.omega**2 * (come * (1 - come) * square / 2))
        whole *= np.prod(factor[: self.large], axis=0)
        np.divide(self.turn - 1, factor, out=factor)
        return np.real(factor @ (whole * self.kernel)) + self.sizes


def _turned(
    there: NDArray[np.bool_],
    large: NDArray[np.float64],
    rest: NDArray[np.float64],
    quota: float,
    come: NDArray[np.float64],
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """In how many draws each member turns the vote, the large first."""
    known = there @ large
    mean, spread = come * np.sum(rest), np.sqrt(come * (1 - come) * np.sum(rest**2))
    others = known + np.clip(mean + spread * rng.standard_normal(come.size), 0.0, np.sum(rest))
    without = others[:, np.newaxis] - there * large
    turned = (~reaches(without, quota) & reaches(without + large, quota)).sum(axis=0).astype(float)
    if not rest.size:
        return turned
    # Of the rest, whose votes are few, the law of the sum says the chance: how much of it lies below the quota.
    ends = np.linspace(0.0, float(np.max(rest)), 33)
    below = np.array([np.sum(normal_below((quota - end - known - mean) / np.maximum(spread, 1e-300))) for end in ends])
    return np.concatenate([turned, below[0] - np.interp(rest, ends, below)])
