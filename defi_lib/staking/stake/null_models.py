"""Null models of wealth: how unequal people become where nobody is better than anybody else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.renamed import renamed
from defi_lib.validation import Amount, at_least, between, broadcastable, finite, non_negative, positive, representable


@representable
def kesten_tail_exponent(log_mean: Amount, log_deviation: Amount) -> Amount:
    """Tail exponent of wealth that grows at random and is refilled: ``α = −2μ/σ²``, where ``E[A^α] = 1``.

    P(wealth > w) falls as ``w^(−α)``. At α = 1 (Zipf) the richest hold most; a Pareto Gini is ``1/(2α − 1)``.

    Args:
        log_mean: μ of ln A, the growth factor of a step, < 0: without income, typical wealth shrinks.
        log_deviation: σ of ln A, > 0.

    Raises:
        ValueError: an argument outside its range.

    Source: Kesten (1973); Gabaix (1999, 2009).
    """
    log_mean = between("log_mean", log_mean, -np.inf, 0.0, low_open=True, high_open=True)
    log_deviation = positive("log_deviation", log_deviation)
    broadcastable(log_mean=log_mean, log_deviation=log_deviation)
    return -2 * log_mean / log_deviation**2


@renamed(random="rng")
def simulate_kesten(
    wealth: Amount, log_mean: Amount, log_deviation: Amount, income: Amount, steps: int, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Wealth after a number of steps of ``w' = A·w + B`` with ln A normal: luck on capital, and a steady income.

    Args:
        wealth: of each person at the start, >= 0, any shape; each is multiplied by luck of his own.
        log_mean: μ of ln A per step.
        log_deviation: σ of ln A per step, >= 0.
        income: B per step, >= 0.
        steps: >= 0.
        rng: where the randomness comes from.

    Raises:
        ValueError: an argument outside its range, or wealth beyond the range of floats.
    """
    start, income = np.atleast_1d(non_negative("wealth", wealth)), non_negative("income", income)
    log_mean, log_deviation = finite("log_mean", log_mean), non_negative("log_deviation", log_deviation)
    shape = broadcastable(wealth=start, log_mean=log_mean, log_deviation=log_deviation, income=income)
    current = np.array(np.broadcast_to(start, shape))
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(at_least("steps", steps, 0)):
            factor = rng.standard_normal(shape)
            factor *= log_deviation
            factor += log_mean
            current *= np.exp(factor, out=factor)
            current += income
    return np.asarray(finite("wealth at the end", current))


@renamed(random="rng")
def simulate_yard_sale(wealth: Amount, fraction: Amount, rounds: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Wealth after rounds in which all meet in random pairs and bet a part of the poorer's wealth on a fair coin.

    Each bet is fair, nobody is more able, total wealth stays: yet in the end one has it all.

    Args:
        wealth: of each person at the start, >= 0; persons along the last axis, scenarios before it.
        fraction: of the poorer's wealth at stake, in [0, 1], one or one per scenario.
        rounds: >= 0; who has no partner, because the number is odd, sits one out.
        rng: where the randomness comes from.

    Raises:
        ValueError: an argument outside its range.

    Source: Chakraborti (2002); Boghosian (2014).
    """
    start, part = np.atleast_1d(non_negative("wealth", wealth)), np.asarray(between("fraction", fraction, 0.0, 1.0))
    people = start.shape[-1]
    shape = (*np.broadcast_shapes(start.shape[:-1], part.shape), people)
    current, part = np.array(np.broadcast_to(start, shape)), part[..., np.newaxis]
    order = np.broadcast_to(np.arange(people), shape)
    pairs = people // 2
    for _ in range(at_least("rounds", rounds, 0)):
        order = rng.permuted(order, axis=-1)
        one, other = order[..., :pairs], order[..., pairs : 2 * pairs]
        wealth_one, wealth_other = np.take_along_axis(current, one, -1), np.take_along_axis(current, other, -1)
        sign = 1.0 - 2.0 * rng.integers(0, 2, wealth_one.shape)
        moved = sign * part * np.minimum(wealth_one, wealth_other)
        np.put_along_axis(current, one, wealth_one + moved, -1)
        np.put_along_axis(current, other, wealth_other - moved, -1)
    return current
