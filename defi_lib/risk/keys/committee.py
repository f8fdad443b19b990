"""Who can open a vault that k of n keys guard, if some of the keys are in one hand."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import Amount, at_least, between, broadcastable, integer, plain


def keys_lost(operators: Sequence[int], chance: Amount, common: Amount = 0.0) -> NDArray[np.float64]:
    """Chance that 0, 1, … of all keys are in a thief's hands, along a new last axis: exact, operator by operator.

    Args:
        operators: how many keys each operator holds, each >= 1; at least one operator.
        chance: that an operator loses all his keys, independently of the others, in [0, 1]: one number (or an array
            with one a world), or a list with one entry an operator.
        common: chance of what takes all keys at once, in [0, 1]: the same software, or the same cloud.

    Raises:
        ValueError: an argument outside its range, or another number of chances than of operators.

    >>> keys_lost([2, 1], 0.5)
    array([0.25, 0.25, 0.25, 0.25])
    """
    held = [at_least(f"operators[{i}]", keys, 1) for i, keys in enumerate(operators)]
    if not held:
        raise ValueError("operators has no entry: allowed is at least one")
    if isinstance(chance, (list, tuple)):
        if len(chance) != len(held):
            raise ValueError(f"chance has {len(chance)} entries: allowed are one number or {len(held)}, as operators")
        each = [between(f"chance[{i}]", one, 0.0, 1.0) for i, one in enumerate(chance)]
    else:
        each = [between("chance", chance, 0.0, 1.0)] * len(held)
    common = between("common", common, 0.0, 1.0)
    shape = broadcastable(**{f"chance[{i}]": one for i, one in enumerate(each)}, common=common)
    total = sum(held)
    counts = np.zeros((*shape, total + 1))
    counts[..., 0] = 1.0
    for keys, one in zip(held, each, strict=True):
        lost = np.asarray(one, float)[..., np.newaxis]
        moved = np.zeros_like(counts)
        moved[..., keys:] = counts[..., : total + 1 - keys]
        counts = counts * (1 - lost) + moved * lost
    all_at_once = np.asarray(common, float)[..., np.newaxis]
    counts = counts * (1 - all_at_once)
    counts[..., total] += all_at_once[..., 0]
    return counts


def committee_taken(needed: int, operators: int | Sequence[int], chance: Amount, common: Amount = 0.0) -> Amount:
    """Chance that a thief has enough keys: ``P(keys lost >= k)``.

    Args:
        needed: k, keys that open the vault, from 1 to all keys.
        operators: how many keys each operator holds; a number n stands for n operators with one key each.
        chance, common: as in :func:`keys_lost`.

    Raises:
        ValueError: an argument outside its range; more keys needed than there are.

    Five of nine, each lost once in twenty; and as at the Ronin bridge, where one company held four of the nine:

    >>> round(committee_taken(5, 9, 0.05), 9), round(committee_taken(5, [4, 1, 1, 1, 1, 1], 0.05), 8)
    (3.3222e-05, 0.01131125)
    """
    counts, needed = _counts(needed, operators, chance, common)
    return plain(np.clip(np.sum(counts[..., needed:], axis=-1), 0.0, 1.0))


def committee_stuck(needed: int, operators: int | Sequence[int], chance: Amount, common: Amount = 0.0) -> Amount:
    """Chance that too many keys are gone for anybody to open the vault: ``P(keys gone > n − k)``.

    What guards against thieves loses against mishaps: nine of nine are stuck as soon as one key is.

    Args:
        needed, operators: as in :func:`committee_taken`.
        chance: that an operator's keys are gone (not stolen), in [0, 1], as in :func:`keys_lost`.
        common: chance of what destroys all at once, in [0, 1].

    Raises:
        ValueError: an argument outside its range; more keys needed than there are.

    >>> round(committee_stuck(9, 9, 0.05), 6), round(committee_stuck(5, 9, 0.05), 9)
    (0.369751, 3.3222e-05)
    """
    counts, needed = _counts(needed, operators, chance, common)
    total = counts.shape[-1] - 1
    return plain(np.clip(np.sum(counts[..., total - needed + 1 :], axis=-1), 0.0, 1.0))


def hands_needed(needed: int, operators: int | Sequence[int]) -> int:
    """How few operators together hold enough keys: the committee's true size.

    Raises:
        ValueError: an argument outside its range; more keys needed than there are.

    >>> hands_needed(5, 9), hands_needed(5, [4, 1, 1, 1, 1, 1])
    (5, 2)
    """
    held = _held(operators)
    needed = integer("needed", needed, 1, sum(held))
    most = np.cumsum(sorted(held, reverse=True))
    return int(np.searchsorted(most, needed)) + 1


def _held(operators: int | Sequence[int]) -> Sequence[int]:
    if isinstance(operators, (int, np.integer)):
        return [1] * at_least("operators", operators, 1)
    return [at_least(f"operators[{i}]", keys, 1) for i, keys in enumerate(operators)]


def _counts(
    needed: int, operators: int | Sequence[int], chance: Amount, common: Amount
) -> tuple[NDArray[np.float64], int]:
    held = _held(operators)
    counts = keys_lost(held, chance, common)
    return counts, integer("needed", needed, 1, counts.shape[-1] - 1)
