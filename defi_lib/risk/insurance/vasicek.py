"""Losses that come together: one common shock behind many covers, in closed form, exactly for a few, and drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.normal import below, quantile
from defi_lib.probability import binomial
from defi_lib.validation import Amount, at_least, between, broadcastable, one_number, plain, ratio, shown

#: The common shock is counted from −8 to 8: no more than 10⁻¹⁵ is left out.
_REACH = 8.0
_WIDEST, _NARROWEST = 0.4, 1e-3  #: steps of the shock
_TOGETHER = 300_000  #: numbers that are held at a time


def chance_given_shock(chance: Amount, correlation: Amount, shock: Amount) -> Amount:
    """Chance of a loss once the common shock is known: ``Φ((Φ⁻¹(p) + √ρ·shock)/√(1 − ρ))``.

    Args:
        chance: p of a loss in the period, in [0, 1].
        correlation: ρ of what lies behind two losses (asset correlation), in [0, 1).
        shock: a standard normal number; what is bad for all is positive.

    Raises:
        ValueError: an argument outside its range.

    Source: Vasicek, *Probability of Loss on Loan Portfolio* (1987).

    >>> round(chance_given_shock(0.03, 0.2, 2.5758), 4), chance_given_shock(0.03, 0.0, 2.5758)
    (0.2076, 0.03)
    """
    chance, correlation = between("chance", chance, 0.0, 1.0), ratio("correlation", correlation)
    broadcastable(chance=chance, correlation=correlation, shock=shock)
    chance, rho = np.asarray(chance, float), np.asarray(correlation, float)
    moved = (quantile(chance) + np.sqrt(rho) * np.asarray(shock)) / np.sqrt(1 - rho)
    certain = (rho == 0) | (chance == 0) | (chance == 1)
    return plain(np.where(certain, chance, below(moved)))


def loss_in_bad_year(chance: Amount, correlation: Amount, part: Amount = 0.995) -> Amount:
    """Part of very many equal covers that is lost in a year worse than ``part`` of all years.

    Args:
        chance: of a loss of each cover in a year, in [0, 1].
        correlation: ρ, in [0, 1): in 0 the expected part is lost in every year.
        part: of the years that are better, in (0, 1).

    Raises:
        ValueError: an argument outside its range.

    >>> [round(loss_in_bad_year(0.03, rho), 6) for rho in (0.0, 0.05, 0.2, 0.5)]
    [0.03, 0.090331, 0.207571, 0.466522]
    """
    part = between("part", part, 0.0, 1.0, low_open=True, high_open=True)
    return chance_given_shock(chance, correlation, plain(quantile(part)))


def chance_of_more(loss: Amount, chance: Amount, correlation: Amount) -> Amount:
    """Chance of a year in which more than the part ``loss`` of very many equal covers is lost.

    Args:
        loss: part of all covers, in [0, 1): what premium and capital can pay.
        chance: of a loss of each cover in a year, in [0, 1].
        correlation: ρ, in [0, 1).

    Raises:
        ValueError: an argument outside its range.

    >>> round(chance_of_more(0.207571, 0.03, 0.2), 5), chance_of_more(0.1, 0.03, 0.0)
    (0.005, 0.0)
    """
    loss, chance = ratio("loss", loss), between("chance", chance, 0.0, 1.0)
    correlation = ratio("correlation", correlation)
    broadcastable(loss=loss, chance=chance, correlation=correlation)
    loss, chance, rho = (np.asarray(each, float) for each in (loss, chance, correlation))
    root = np.sqrt(np.where(rho > 0, rho, 1.0))
    above = below((quantile(chance) - np.sqrt(1 - rho) * quantile(loss)) / root)
    above = np.where(loss == 0, np.where(chance > 0, 1.0, 0.0), above)
    sure = (rho == 0) | (chance == 0) | (chance == 1)
    return plain(np.where(sure, np.where(chance > loss, 1.0, 0.0), above))


def loss_counts(covers: int, chance: Amount, correlation: Amount) -> NDArray[np.float64]:
    """Chance that 0, 1, … of so many equal covers are lost, along a new last axis: binomial, given the shock.

    Args:
        covers: how many, >= 1.
        chance: of a loss of each, in [0, 1].
        correlation: ρ, in [0, 1); with 0 it is the binomial law.

    Raises:
        ValueError: an argument outside its range.

    >>> loss_counts(2, 0.5, 0.0)
    array([0.25, 0.5 , 0.25])
    """
    covers = at_least("covers", covers, 1)
    chance, correlation = between("chance", chance, 0.0, 1.0), ratio("correlation", correlation)
    shape = broadcastable(chance=chance, correlation=correlation)
    chances, rhos = (np.broadcast_to(np.asarray(each, float), shape).ravel() for each in (chance, correlation))
    counts = binomial(covers, chances, 1 - chances)
    linked = np.flatnonzero((rhos > 0) & (chances > 0) & (chances < 1))
    finenesses = halvings(covers, rhos[linked])
    for fineness in np.unique(finenesses):
        shocks, weights = shocks_and_weights(int(fineness))
        worlds = linked[finenesses == fineness]
        together = max(_TOGETHER // (shocks.size * (covers + 1)), 1)
        for start in range(0, worlds.size, together):
            some = worlds[start : start + together]
            given = np.asarray(chance_given_shock(chances[some, np.newaxis], rhos[some, np.newaxis], shocks))
            counts[some] = weights @ binomial(covers, given, 1 - given)
    return counts.reshape(*shape, covers + 1)


def halvings(covers: ArrayLike, rhos: NDArray[np.float64]) -> NDArray[np.int64]:
    """How often the widest step is halved: the chance of a loss then changes from one step to the next by less than its
    own spread among so many covers.
    """
    width = 0.8 * np.sqrt((1 - rhos) / np.maximum(rhos, 1e-12) / np.asarray(covers))
    return np.ceil(np.log2(_WIDEST / np.clip(width, _NARROWEST, _WIDEST))).astype(np.int64)


def shocks_and_weights(halvings: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Shocks in equal steps, and how likely each is."""
    shocks = np.linspace(-_REACH, _REACH, int(2 * _REACH / _WIDEST) * 2**halvings + 1)
    weights = np.exp(-(shocks**2) / 2)
    return shocks, weights / weights.sum()


def losses_in_bad_year(covers: int, chance: Amount, correlation: Amount, part: Amount = 0.995) -> Amount:
    """The fewest losses that are not exceeded in ``part`` of all years, of so many equal covers.

    Args:
        covers: how many, >= 1.
        chance: of a loss of each, in [0, 1].
        correlation: ρ, in [0, 1).
        part: of the years, in (0, 1).

    Raises:
        ValueError: an argument outside its range.

    >>> losses_in_bad_year(100, 0.03, 0.0), losses_in_bad_year(100, 0.03, 0.2)
    (8.0, 22.0)
    """
    part = between("part", part, 0.0, 1.0, low_open=True, high_open=True)
    below_or_at = np.cumsum(loss_counts(covers, chance, correlation), axis=-1)
    enough = below_or_at >= np.minimum(np.asarray(part)[..., np.newaxis], below_or_at[..., -1:]) * (1 - 1e-12)
    return plain(np.argmax(enough, axis=-1).astype(float))


def joint_chance(chance: Amount, correlation: Amount) -> Amount:
    """Chance that two covers are lost in the same year.

    Args:
        chance: of each, in [0, 1].
        correlation: ρ, in [0, 1); with 0 it is ``chance²``.

    Raises:
        ValueError: an argument outside its range.

    >>> round(joint_chance(0.03, 0.0), 6), round(joint_chance(0.03, 0.2), 6)
    (0.0009, 0.002194)
    """
    return plain(loss_counts(2, chance, correlation)[..., 2])


def correlation_from_history(lost: ArrayLike) -> Amount:
    """The correlation under which two covers would be lost together as often as they were.

    Args:
        lost: whether each cover was lost in each year: years along the second last axis, covers along the last one;
            worlds before. At least one year and two covers.

    Raises:
        ValueError: another shape, or entries that are neither 0 nor 1.

    A short history says little: without two losses in one year it is 0, whatever lies behind.

    >>> history = draw_losses(np.random.default_rng(1), 2_000, 0.1, 0.3, covers=40)
    >>> abs(correlation_from_history(history) - 0.3) < 0.05
    True
    """
    array = np.asarray(lost)
    if array.ndim < 2 or array.shape[-1] < 2 or array.shape[-2] < 1:
        raise ValueError(f"lost has shape {array.shape}: allowed are years, then at least two covers")
    number = np.sum(between("lost", np.asarray(array, float), 0.0, 1.0), axis=-1)
    covers = array.shape[-1]
    chance = np.asarray(np.mean(number, axis=-1) / covers)
    together = np.asarray(np.mean(number * (number - 1), axis=-1) / (covers * (covers - 1)))
    return plain(_correlation_for(chance.ravel(), together.ravel()).reshape(chance.shape))


def _correlation_for(chance: NDArray[np.float64], together: NDArray[np.float64]) -> NDArray[np.float64]:
    """By halving: the chance to be lost together rises with the correlation."""
    low, high = np.zeros(chance.shape), np.full(chance.shape, 0.999)
    for _ in range(24):
        middle = (low + high) / 2
        less = np.asarray(joint_chance(chance, middle)) < together
        low, high = np.where(less, middle, low), np.where(less, high, middle)
    return np.where(together > chance**2, (low + high) / 2, 0.0)


def draw_losses(
    rng: np.random.Generator,
    years: int | tuple[int, ...],
    chance: Amount,
    correlation: float,
    covers: int | None = None,
    groups: ArrayLike | None = None,
) -> NDArray[np.bool_]:
    """Draw which covers are lost in each year (or in each world and year), with a shock for all of a group.

    Args:
        rng: where chance comes from.
        years: how many, or a shape such as (worlds, years).
        chance: of a loss of each cover in a year, in [0, 1]; one number, or one a cover.
        correlation: ρ within a group, in [0, 1).
        covers: how many, >= 1; by default as many as ``chance`` or ``groups`` has entries.
        groups: the number of the group of each cover, from 0; covers of different groups have nothing in common. By
            default all are in one: they share their code, their oracle or their coin.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> draw_losses(np.random.default_rng(1), 3, [1.0, 0.0], 0.5).tolist()
    [[True, False], [True, False], [True, False]]
    """
    chance, rho = (
        between("chance", chance, 0.0, 1.0),
        one_number("correlation", ratio("correlation", correlation)),
    )
    kinds = np.zeros(1, dtype=np.int64) if groups is None else np.atleast_1d(np.asarray(groups, dtype=np.int64))
    count = max(np.size(chance), kinds.size) if covers is None else at_least("covers", covers, 1)
    if np.any(kinds < 0):
        raise ValueError(f"groups = {shown(groups)} has a negative entry: allowed are whole numbers from 0")
    each = {"chance": np.atleast_1d(np.asarray(chance, float)), "groups": kinds}
    for name, row in each.items():
        if row.shape not in ((1,), (count,)):
            raise ValueError(f"{name} has shape {row.shape}: allowed are one entry, or one for each of {count} covers")
    sizes = years if isinstance(years, (list, tuple)) else (years,)
    shape = tuple(at_least("years", each, 0) for each in sizes)
    kinds, bounds = np.broadcast_to(kinds, count), np.broadcast_to(quantile(chance), count)
    common = rng.standard_normal((*shape, int(kinds.max()) + 1))[..., kinds]
    own = rng.standard_normal((*shape, count))
    lost = np.sqrt(rho) * common + np.sqrt(1 - rho) * own < bounds
    return np.asarray(np.where(np.broadcast_to(chance, count) == 1, True, lost & (np.broadcast_to(chance, count) > 0)))
