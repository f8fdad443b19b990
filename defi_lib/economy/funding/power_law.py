"""Portfolios of projects of which few earn most: how few pay for all, exactly and by drawing.

Returns are multiples of what a project costs: 1 gives the money back. The power law is Pareto's: the chance of at least
x is ``(x_m/x)^α`` from the lowest return ``x_m`` on, with the mean ``α·x_m/(α − 1)`` if α > 1.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.rounding import below
from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, plain, positive, shown

Array = NDArray[np.float64]


def chance_above(multiple: Amount, lowest: Amount, tail: Amount) -> Amount:
    """Chance that a return reaches a multiple: ``(x_m/x)^α``, and 1 below the lowest.

    Args:
        multiple: >= 0.
        lowest: x_m, the lowest return, > 0.
        tail: α > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(chance_above(10.0, 1.0, 1.5), 4), chance_above(0.5, 1.0, 1.5)
    (0.0316, 1.0)
    """
    multiple, lowest, tail = non_negative("multiple", multiple), positive("lowest", lowest), positive("tail", tail)
    broadcastable(multiple=multiple, lowest=lowest, tail=tail)
    return plain(np.power(np.divide(lowest, np.maximum(multiple, lowest)), tail))


def lowest_return(mean: Amount, tail: Amount) -> Amount:
    """The lowest return of a power law with a given mean: ``x_m = m(α − 1)/α``, to compare tails at one mean.

    Raises:
        ValueError: ``mean`` not above 0, ``tail`` not above 1, or shapes that do not fit together.

    >>> lowest_return(3.0, 1.5)
    1.0
    """
    mean, tail = positive("mean", mean), checked_tail(tail)
    broadcastable(mean=mean, tail=tail)
    return plain(mean * (np.subtract(tail, 1.0) / tail))


def top_return_share(part: Amount, tail: Amount) -> Amount:
    """What the best part q of very many projects earns of all: ``q^(1 − 1/α)``.

    Raises:
        ValueError: ``part`` outside [0, 1], ``tail`` not above 1, or shapes that do not fit together.

    >>> round(top_return_share(0.2, 1.16), 4)
    0.8009
    """
    part, tail = between("part", part, 0.0, 1.0), checked_tail(tail)
    broadcastable(part=part, tail=tail)
    return plain(np.power(part, 1.0 - np.divide(1.0, tail)))


def part_that_pays(mean: Amount, tail: Amount, owed: Amount = 1.0) -> Amount:
    """How few of very many projects bring back the cost of all, the best first: ``(w/m)^(α/(α − 1))``.

    Infinite where all together do not.

    Args:
        mean: m, the expected return of a project, > 0.
        tail: α > 1.
        owed: w, the multiple of all costs that has to come back, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(part_that_pays(2.0, 1.5), 4), part_that_pays(0.9, 1.5)
    (0.125, inf)
    """
    mean, tail, owed = positive("mean", mean), checked_tail(tail), positive("owed", owed)
    broadcastable(mean=mean, tail=tail, owed=owed)
    enough = ~np.asarray(below(mean, owed))
    with np.errstate(over="ignore", under="ignore"):
        part = np.power(np.where(enough, np.minimum(np.divide(owed, mean), 1.0), 1.0), tail / np.subtract(tail, 1.0))
    return plain(np.where(enough, part, np.inf))


def ranked_returns(projects: int, lowest: float, tail: float) -> Array:
    """What the best, the second, … of n equal-looking projects earn on average, shape (n,): exact for the power law.

    The lowest of n is again a power law, with the tail nα: on average ``x_m·n/(n − 1/α)``. From there each next better
    one has on average ``k/(k − 1/α)`` times as much, k counted from the best. They add up to n times the mean, whatever
    n: a larger portfolio does not earn more on average, only more surely.

    Args:
        projects: n >= 1, each of the same cost.
        lowest: x_m, the lowest return, > 0.
        tail: α > 1.

    Raises:
        ValueError: an argument outside its range.

    Source: the order statistics of Pareto's law, Arnold, *Pareto Distributions* (2nd edition, 2015).

    >>> ranked_returns(2, 1.0, 2.0).round(4).tolist(), float(ranked_returns(9, 1.0, 2.0).mean().round(9))
    ([2.6667, 1.3333], 2.0)
    """
    projects = at_least("projects", projects, 1)
    lowest, tail = one_number("lowest", positive("lowest", lowest)), one_number("tail", checked_tail(tail))
    rank = np.arange(projects, 0, -1.0)
    return np.asarray(lowest * np.cumprod(rank / (rank - 1.0 / tail)))[::-1].copy()


def projects_that_pay(projects: int, lowest: float, tail: float, owed: float = 1.0) -> int:
    """How many of n projects, the best first, bring back the cost of all, by their average returns in order.

    ``projects + 1`` where all together do not. Arguments as in :func:`ranked_returns`, ``owed`` as in
    :func:`part_that_pays`. A single portfolio may need more or fewer: :func:`simulate_portfolios`.

    Raises:
        ValueError: an argument outside its range.

    >>> projects_that_pay(30, lowest_return(2.0, 1.5), 1.5), projects_that_pay(30, lowest_return(0.9, 1.5), 1.5)
    (5, 31)
    """
    owed = one_number("owed", positive("owed", owed))
    ranked = ranked_returns(projects, lowest, tail)
    return int(_needed(ranked, owed))


def chance_best_pays(projects: int, lowest: Amount, tail: Amount, owed: Amount = 1.0) -> Amount:
    """Chance that the best of n projects alone brings back the cost of all: ``1 − (1 − (x_m/(n·w))^α)^n``.

    Args:
        projects: n >= 1, each of the same cost.
        lowest: x_m, the lowest return, > 0.
        tail: α > 0.
        owed: w, the multiple of all costs that has to come back, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(chance_best_pays(30, 0.5, 1.5), 4), chance_best_pays(1, 1.0, 1.5)
    (0.0626, 1.0)
    """
    projects, owed = at_least("projects", projects, 1), positive("owed", owed)
    alone = np.asarray(chance_above(np.multiply(projects, owed), lowest, tail))
    with np.errstate(divide="ignore"):
        return plain(-np.expm1(projects * np.log1p(-alone)))


class PortfolioRun(NamedTuple):
    """Portfolios drawn at random, one entry each."""

    multiple: Array  #: what the portfolio brings of its cost
    best_share: Array  #: part of it that its best project brings
    needed: NDArray[np.int64]  #: how many, the best first, bring back the cost of all; n + 1 if all do not


def simulate_portfolios(
    projects: int, lowest: float, tail: float, runs: int, rng: np.random.Generator, owed: float = 1.0
) -> PortfolioRun:
    """Draw portfolios of n projects of equal cost: a second way to the formulas here, and what one fund may meet.

    Arguments as in :func:`ranked_returns`, but any ``tail`` > 0; ``runs`` >= 1 portfolios; ``owed`` > 0.

    Raises:
        ValueError: an argument outside its range.

    >>> run = simulate_portfolios(30, lowest_return(2.0, 1.5), 1.5, 4_000, np.random.default_rng(1))
    >>> bool(np.median(run.multiple) < 1.7)
    True
    """
    projects, runs = at_least("projects", projects, 1), at_least("runs", runs, 1)
    lowest, tail, owed = (
        one_number(name, positive(name, value)) for name, value in (("lowest", lowest), ("tail", tail), ("owed", owed))
    )
    drawn = np.sort(lowest * (1.0 + rng.pareto(tail, (runs, projects))), axis=-1)[:, ::-1]
    total = drawn.sum(axis=-1)
    return PortfolioRun(total / projects, drawn[:, 0] / total, _needed(drawn, owed))


def _needed(ranked: Array, owed: float) -> NDArray[np.int64]:
    """How many along the last axis, the best first, add up to ``owed`` times their number."""
    short = below(np.cumsum(ranked, axis=-1), owed * ranked.shape[-1])
    return np.asarray(np.sum(short, axis=-1) + 1, dtype=np.int64)


def mean_above(multiple: Amount, lowest: Amount, tail: Amount) -> Array:
    """Mean of the returns above a multiple, those below counted as nothing: ``α/(α − 1)·x·(x_m/x)^α``."""
    mean = np.maximum(multiple, lowest) * np.asarray(tail) / np.subtract(tail, 1.0)
    return np.asarray(mean * chance_above(multiple, lowest, tail))


def checked_tail(tail: Amount) -> Amount:
    """``tail`` if the law has a mean: above 1."""
    return between("tail", tail, 1.0, np.inf, low_open=True, high_open=True)


def one_number(name: str, value: Amount) -> float:
    """``value`` as a float, where one case only can be asked for."""
    if np.ndim(value):
        raise ValueError(f"{name} = {shown(value)} has shape {np.shape(value)}: allowed is one number")
    return float(value)
