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
    return -_floor(-amount * (1 - _NOISE), decimals, 1.0)


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
