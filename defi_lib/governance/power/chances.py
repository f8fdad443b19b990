"""Chances in votes of equal voters: what a whale decides among many small ones, and whether many are right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.probability import binomial
from defi_lib.rounding import ceil
from defi_lib.validation import Amount, Whole, at_least, between, broadcastable, one_number, plain, whole

TOGETHER = 128  #: worlds whose voters are counted at a time
_NEVER = 1e-300  #: a chance of nothing, whose logarithm is a number


def whale_decides(share: Amount, others: Whole, come: Amount = 0.5, alike: Amount = 0.0) -> Amount:
    """Chance that one voter with ``share`` of all votes decides, beside equal voters who are for or against.

    ``P(½ − share <= share of those in favour < ½)``, summed exactly over how the others divide: how often the result
    would be another one, had the whale voted the other way. If they toss coins, this is its absolute Banzhaf index.

    Args:
        share: of all votes, in (0, 1).
        others: equal voters with the rest, >= 1.
        come: chance of each to be in favour, in [0, 1].
        alike: correlation of two of the others, in [0, 1): 0 is each for itself. Where two camps are equal (come = ½),
            every division of the others is equally likely at ⅓; towards 1 all vote as one.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Five per cent of the votes decide nine votes in ten beside coin tossers, and one in twenty where every division of
    the others is equally likely:

    >>> round(whale_decides(0.05, 1_000), 4), round(whale_decides(0.01, 1_000), 4)
    (0.9063, 0.272)
    >>> round(whale_decides(0.05, 1_000, alike=1 / 3), 4)
    0.0529

    Source: Penrose (1946); Pólya, Eggenberger (1923) for the urn of voters who follow one another; Straffin (1977) for
    the two cases. Half of all votes wins here.
    """
    share = between("share", share, 0.0, 1.0, low_open=True, high_open=True)
    come, alike = between("come", come, 0.0, 1.0), between("alike", alike, 0.0, 1.0, high_open=True)
    others = whole("others", others, 1)
    shape = broadcastable(share=share, others=others, come=come, alike=alike)
    flat = [np.broadcast_to(each, shape).ravel() for each in (share, others, come, alike)]
    found = np.empty(flat[0].size)
    order = np.argsort(
        flat[1], kind="stable"
    )  # worlds of about as many voters together: no table is larger than needed
    for start in range(0, order.size, TOGETHER):
        part = order[start : start + TOGETHER]
        found[part] = _decides(*(each[part] for each in flat))
    return plain(found.reshape(shape))


def _decides(
    share: NDArray[np.float64], others: NDArray[np.int64], come: NDArray[np.float64], alike: NDArray[np.float64]
) -> NDArray[np.float64]:
    each, number = (1 - share) / others, np.arange(int(np.max(others)) + 1)
    low, high = np.maximum(ceil((0.5 - share) / each), 0)[:, np.newaxis], np.asarray(ceil(0.5 / each))[:, np.newaxis]
    chances = divided(others, come, alike)
    return np.asarray(np.sum(chances, axis=-1, where=(low <= number) & (number < high)))


def divided(others: NDArray[np.int64], come: NDArray[np.float64], alike: NDArray[np.float64]) -> NDArray[np.float64]:
    """Chance that 0, 1, 2, … of the others are in favour, along a new last axis: a beta-binomial law.

    Of the chances of k + 1 and of k the ratio is ``(n − k)/(k + 1)·(p + k·r)/(1 − p + (n − k − 1)·r)`` with
    ``r = alike/(1 − alike)``: each vote seen makes the next one like it more likely, as if a ball were added to an urn.

    >>> divided(np.array([3]), np.array([0.5]), np.array([1 / 3]))
    array([[0.25, 0.25, 0.25, 0.25]])
    """
    number, come, pull = others[:, np.newaxis], come[:, np.newaxis], (alike / (1 - alike))[:, np.newaxis]
    k = np.arange(int(np.max(others)))
    left = np.maximum(number - k, 1)  # beyond the last voter the chance is set to nothing
    more = np.maximum(come + k * pull, _NEVER) / np.maximum(1 - come + (left - 1) * pull, _NEVER)
    steps = np.log(left / (k + 1)) + np.log(more)
    logs = np.concatenate([np.zeros_like(come), np.cumsum(np.where(k < number, steps, -np.inf), axis=-1)], axis=-1)
    chances = np.exp(logs - np.max(logs, axis=-1, keepdims=True))
    return np.asarray(chances / np.sum(chances, axis=-1, keepdims=True))


def majority_right(voters: int, chance: float) -> float:
    """Chance that a majority of independent voters is right: ``Σ_{k>n/2} C(n, k)·pᵏ·(1 − p)ⁿ⁻ᵏ``.

    Args:
        voters: an odd number >= 1.
        chance: p, that one of them is right, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Many who are right in six of ten cases are right together; many who know less than a coin are wrong together:

    >>> [round(majority_right(n, 0.6), 3) for n in (1, 3, 11, 101)], round(majority_right(101, 0.45), 3)
    ([0.6, 0.648, 0.753, 0.979], 0.156)

    Source: Condorcet (1785). Who all follow one opinion are one voter.
    """
    if at_least("voters", voters, 1) % 2 == 0:
        raise ValueError(f"voters = {voters} can tie: allowed is an odd number")
    return float(np.sum(_binomial(voters, chance)[voters // 2 + 1 :]))


def _binomial(count: int, chance: float) -> NDArray[np.float64]:
    """The chance of each number of successes, 0 to ``count``."""
    chance = one_number("chance", between("chance", chance, 0.0, 1.0))
    return binomial(count, chance, 1 - chance)
