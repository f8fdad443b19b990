"""Auditors who look for holes: independent ones find what others miss, those with one method find the same."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np

from defi_lib.validation import Amount, Whole, between, broadcastable, non_negative, plain, whole


def hole_missed(found: Amount, auditors: Whole, alike: Amount = 0.0) -> Amount:
    """Chance that no auditor finds a hole: ``alike·(1 − q) + (1 − alike)·(1 − q)ⁿ``.

    Args:
        found: q, chance that one auditor finds it, in [0, 1].
        auditors: n, how many, >= 0.
        alike: chance that all look in the same way and so find the same, in [0, 1]: 0 is independent, 1 is one auditor.

    Raises:
        ValueError: an argument outside its range.

    >>> hole_missed(0.6, np.array([0, 1, 2, 3])).round(3).tolist(), round(hole_missed(0.6, 3, alike=1.0), 3)
    ([1.0, 0.4, 0.16, 0.064], 0.4)
    """
    found, alike = between("found", found, 0.0, 1.0), between("alike", alike, 0.0, 1.0)
    number = np.asarray(whole("auditors", auditors))
    broadcastable(found=found, auditors=number, alike=alike)
    each = 1 - np.asarray(found, float)
    together = np.where(number > 0, each, 1.0)
    return plain(np.asarray(alike) * together + (1 - np.asarray(alike)) * each**number)


def hole_missed_by_methods(found: Amount, methods: Sequence[Hashable]) -> Amount:
    """Chance that a hole is missed if auditors with the same method find the same: only different ones count.

    Args:
        found: chance that a method finds it, in [0, 1].
        methods: what each auditor works with.

    Raises:
        ValueError: a chance outside its range.

    >>> round(hole_missed_by_methods(0.6, ["reading", "reading", "fuzzing"]), 3)
    0.16
    """
    return hole_missed(found, len(set(methods)))


def hole_left(holes: Amount, found: Amount, auditors: Whole, alike: Amount = 0.0) -> Amount:
    """Chance that at least one hole is left, if there are ``holes`` on average (Poisson): ``1 − e^{−holes·missed}``.

    Where auditors are alike they miss the same, but a hole is a hole: what counts is how many are left on average.

    Args:
        holes: in the code before, on average, >= 0.
        found, auditors, alike: as in :func:`hole_missed`.

    Raises:
        ValueError: an argument outside its range.

    >>> round(hole_left(2.0, 0.6, 0), 4), round(hole_left(2.0, 0.6, 3), 4)
    (0.8647, 0.1201)
    """
    holes, left = non_negative("holes", holes), hole_missed(found, auditors, alike)
    broadcastable(holes=holes, hole_missed=left)
    return plain(-np.expm1(-np.asarray(holes) * left))


def audits_worth(
    loot: Amount, holes: Amount, found: Amount, auditors: Whole, price: Amount, alike: Amount = 0.0
) -> Amount:
    """What so many audits save on average, less what they cost: ``loot·(chance before − chance after) − n·price``.

    Args:
        loot: what a hole costs if it is left, >= 0.
        holes, found, auditors, alike: as in :func:`hole_left`.
        price: of one audit, >= 0.

    Raises:
        ValueError: an argument outside its range.

    >>> audits_worth(1e7, 2.0, 0.6, np.array([1, 2, 3]), price=1e5).round(-3).tolist()
    [3040000.0, 5708000.0, 7145000.0]
    """
    loot, price = non_negative("loot", loot), non_negative("price", price)
    before, after = hole_left(holes, found, 0), hole_left(holes, found, auditors, alike)
    broadcastable(loot=loot, price=price, after=after)
    return plain(np.asarray(loot) * (np.asarray(before) - after) - np.asarray(whole("auditors", auditors)) * price)
