"""Power indices, exactly: how often a member turns a lost vote into a won one, which is not the share of the votes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import factorial, gcd
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import locked
from defi_lib.validation import at_least, integer

MOST_MEMBERS = 200  #: beyond, sampled_power and approximate_power
MOST_BITS = 2**31  #: of the count of all coalitions by their votes: a quarter of a gigabyte


class Banzhaf(NamedTuple):
    """How often each member decides, if all others toss a coin."""

    swings: tuple[int, ...]  #: coalitions of others that lose without the member and win with it
    chance: NDArray[np.float64]  #: ``swings/2ⁿ⁻¹``, the absolute index
    power: NDArray[np.float64]  #: ``swings/Σ swings``; adds up to 1


class ShapleyShubik(NamedTuple):
    """How often each member decides, if all come to vote in a random order."""

    pivots: tuple[int, ...]  #: orders, of n! in all, in which the member's votes are those that reach the quota
    power: NDArray[np.float64]  #: ``pivots/n!``; adds up to 1


def banzhaf(weights: Sequence[int], quota: int | None = None) -> Banzhaf:
    """Banzhaf's index of each member, exactly, by counting coalitions by their votes: O(n·Σw), not O(2ⁿ).

    Args:
        weights: whole votes of each member, >= 0; up to 200 members.
        quota: votes that win, from 1 to all of them; by default more than half.

    Raises:
        ValueError: an argument outside its range, or votes so many that the count does not fit.

    One per cent counts as much as forty-nine:

    >>> banzhaf([50, 49, 1], quota=51).swings
    (3, 1, 1)

    Source: Penrose (1946), Banzhaf (1965); generating functions after Mann, Shapley (1962).
    """
    weights, quota = _checked(weights, quota)
    # The coalitions without a member of w votes are those of all, less those without it that w votes more would make.
    swings = _by_weight(weights, quota, len(weights) + 1, 0, sum)
    chance = np.array([each / 2 ** (len(weights) - 1) for each in swings])
    total = sum(swings)
    return Banzhaf(tuple(swings), locked(chance), locked(np.array([each / total for each in swings])))


def shapley_shubik(weights: Sequence[int], quota: int | None = None) -> ShapleyShubik:
    """The index of Shapley and Shubik of each member, exactly, by counting coalitions by their votes and size.

    ``Σ_k k!(n − 1 − k)!/n!·(coalitions of k others that the member turns)``. Arguments and errors as in
    :func:`banzhaf`; a count by size takes n times its room.

    >>> shapley_shubik([50, 49, 1], quota=51).pivots
    (4, 1, 1)

    Source: Shapley, Shubik (1954).
    """
    weights, quota = _checked(weights, quota)
    count = len(weights)
    orders = [factorial(k) * factorial(count - 1 - k) for k in range(count)]

    def weighed(by_size: list[int]) -> int:
        return sum(turned * each for turned, each in zip(by_size, orders, strict=False))

    pivots = _by_weight(weights, quota, (count + 1) ** 2, count + 1, weighed)
    return ShapleyShubik(tuple(pivots), locked(np.array([each / factorial(count) for each in pivots])))


def _checked(weights: Sequence[int], quota: int | None) -> tuple[list[int], int]:
    """Whole weights without their common factor, and the quota in the same unit."""
    whole = [at_least(f"weights[{i}]", each, 0) for i, each in enumerate(weights)]
    integer("number of weights", len(whole), 1, MOST_MEMBERS)
    total = at_least("sum of weights", sum(whole), 1)
    quota = integer("quota", total // 2 + 1 if quota is None else quota, 1, total)
    unit = gcd(*whole)
    return [each // unit for each in whole], -(-quota // unit)


def _by_weight(weights: list[int], quota: int, width: int, size: int, weighed: Callable[[list[int]], int]) -> list[int]:
    """What ``weighed`` makes of the coalitions that a member turns, by their size; once for each weight."""
    losing = _cumulated(weights, quota, width, size)
    digit = size or width
    found = {0: 0}
    for weight in set(weights) - {0}:
        turned = _without(losing, weight, size, quota - 1) - _without(losing, weight, size, quota - 1 - weight)
        digits = [(turned >> (digit * k)) & ((1 << digit) - 1) for k in range(width // digit)]
        found[weight] = weighed(digits)
    return [found[weight] for weight in weights]


def _cumulated(weights: list[int], quota: int, width: int, size: int) -> list[int]:
    """How many coalitions have at most s votes, for each s below the quota, as one number of ``width`` bits.

    All counts stand side by side in one long integer, in which a member's votes are a shift: adding it to itself,
    shifted, lets each coalition be with and without the member. With ``size`` bits a member, the coalitions of each
    size stand side by side in each count.
    """
    if quota * width > MOST_BITS:
        raise ValueError(
            f"quota = {quota} with {len(weights)} members is more than can be counted: allowed are "
            f"{MOST_BITS // width} votes; use larger units, or approximate_power"
        )
    counts, mask = 1, (1 << quota * width) - 1
    for weight in weights:
        if weight < quota:
            counts = (counts + (counts << (weight * width + size))) & mask
    # A byte more than needed, so that every count begins at a bit of its own.
    text = counts.to_bytes((quota * width + 7) // 8 + 1, "little")
    total, totals = 0, []
    for position in range(quota):
        first = position * width
        part = int.from_bytes(text[first // 8 : (first + width + 7) // 8], "little")
        total += (part >> first % 8) & ((1 << width) - 1)
        totals.append(total)
    return totals


def _without(losing: list[int], weight: int, size: int, votes: int) -> int:
    """How many coalitions without one member of ``weight`` have at most ``votes``: upwards from the smallest rest."""
    count = 0
    if votes < 0:
        return 0
    for at in range(votes % weight, votes + 1, weight):
        count = losing[at] - (count << size)
    return count
