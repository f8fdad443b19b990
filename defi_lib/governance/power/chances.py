"""Chances in votes of equal voters: what a whale decides among many small ones, and whether many are right."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.probability import binomial
from defi_lib.rounding import ceil
from defi_lib.validation import at_least, between


def whale_decides(share: float, others: int, come: float = 0.5) -> float:
    """Chance that one voter with ``share`` of all votes decides, beside equal voters who are for or against at random.

    ``P(½ − share <= share of those in favour < ½)``, an exact binomial sum: the absolute Banzhaf index of the whale.

    Args:
        share: of all votes, in (0, 1).
        others: equal voters with the rest, >= 1.
        come: chance of each to be in favour, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Five per cent of the votes decide nine votes in ten:

    >>> round(whale_decides(0.05, 1_000), 4), round(whale_decides(0.01, 1_000), 4)
    (0.9063, 0.272)

    Source: Penrose (1946). Half of all votes wins here.
    """
    share = float(between("share", share, 0.0, 1.0, low_open=True, high_open=True))
    others = at_least("others", others, 1)
    each = (1 - share) / others
    low, high = max(int(ceil((0.5 - share) / each)), 0), int(ceil(0.5 / each))
    return float(np.sum(_binomial(others, come)[low:high]))


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
    chance = float(between("chance", chance, 0.0, 1.0))
    return binomial(count, chance, 1 - chance)
