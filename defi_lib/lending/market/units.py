"""Whole units: amounts as contracts keep them, which know no part of the smallest unit of a token."""

from __future__ import annotations

import numpy as np

from defi_lib.validation import Amount, plain

#: The oracle of the market states prices, and the market counts worth, in 10⁻⁸ USD.
USD_DECIMALS = 8

#: From here on every float is a whole number.
_WHOLE = 2.0**52
#: What a few roundings of a float may have moved a number by: relative to it, and at most, in units.
_NOISE, _MOST_NOISE = 4 * float(np.finfo(float).eps), 2.0**-5
#: A product of fewer than 10⁴ units with basis points is a multiple of 5·10⁻⁵: this is no part of a unit.
_POINT = 1e-6
#: And what many sums may have.
_SUM_NOISE = 1e-12


def rounded(amount: Amount, decimals: int | None) -> Amount:
    """``amount`` in whole units of 10^−decimals, a half goes up; unchanged if ``decimals`` is None."""
    return amount if decimals is None else _floor(amount, decimals, 0.5)


def rounded_down(amount: Amount, decimals: int | None) -> Amount:
    """``amount`` in whole units of 10^−decimals, the rest is dropped; unchanged if ``decimals`` is None."""
    return amount if decimals is None else _floor(amount, decimals, 0.0)


def largest_below(amount: Amount, decimals: int) -> Amount:
    """The largest number of whole units of 10^−decimals that is less than ``amount``, as far as floats can tell."""
    # The least number of units that is not less is −⌊−amount⌋.
    return -_floor(-amount, decimals, 1.0)


def portion(amount: Amount, ratio: Amount, decimals: int, below_half_more: bool = False) -> Amount:
    """``ratio`` of ``amount``, which is a whole number of units of 10^−decimals, in whole units, a half goes up.

    Exact for a ratio in whole basis points however many units there are, where a product of two floats loses halves
    from some 10¹⁴ units (a million USD) on.

    Args:
        amount: >= 0.
        ratio: in [0, 1].
        decimals: of the units.
        below_half_more: the most units below ``ratio`` of half a unit more than ``amount``, instead of the nearest.
    """
    points = np.multiply(ratio, 1e4)
    whole_points = np.rint(points)
    points = np.where(np.abs(points - whole_points) < 1e-9, whole_points, points)
    units = np.multiply(amount, 10.0**decimals)
    units = np.where(units < _WHOLE, np.rint(units), units)
    # Ten thousands of units, and the others: each product with basis points is a whole number below 2⁵³.
    others = np.fmod(units, 1e4)
    many = (units - others) / 1e4 * points
    few = (others + 0.5) * points / 1e4 if below_half_more else others * points / 1e4
    part = many + (np.ceil(few - _POINT) - 1 if below_half_more else np.floor(few + (0.5 + _POINT)))
    return plain(np.where(units < _WHOLE, part / 10.0**decimals, amount * ratio))


def snapped(amount: Amount, limit: Amount, decimals: int | None) -> Amount:
    """``limit`` where ``amount`` differs from it by no more than floats are rounded by; whole units are exact.

    An amount above the limit may have lost more, since limits are sums.
    """
    less = np.less(amount, limit * (1 - 4 * _NOISE))
    if np.all(less):
        return amount
    inexact = True if decimals is None else np.greater_equal(limit * 10.0**decimals, _WHOLE)
    return plain(np.where(inexact & ~less & (amount <= limit * (1 + _SUM_NOISE)), limit, amount))


def _floor(amount: Amount, decimals: int, more: float) -> Amount:
    """The whole units in ``amount`` and ``more`` units, where a number that rounding brought below counts as whole."""
    unit = 10.0**decimals
    units = amount * unit
    size = np.abs(units)
    whole = np.floor(units + (more + np.minimum(_NOISE * size, _MOST_NOISE)))
    return plain(np.where(size < _WHOLE, whole / unit, amount))
