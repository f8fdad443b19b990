"""The one place that says when two floats are equal to within rounding.

A threshold in a formula is a real number; what reaches the comparison is a float, after a handful of operations that
each round by half a unit in the last place. So 0.1 + 0.2 is *at* 0.3, and a debt of 58 against 100·0.58 of collateral
is *at* its limit. Every threshold on floats is compared here; whole numbers (contracts, counts) are compared by ``<``.

Write a threshold as a comparison of products (``debt`` with ``collateral·threshold``), not of a quotient with one: a
product has no pole and rounds once.
"""

from __future__ import annotations

from typing import overload

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import Amount, between, broadcastable, finite, plain

#: Two numbers that differ by less than this part of the larger count as equal: 16 units in the last place, what a
#: formula of a dozen operations can lose, and far below what any amount, price or time is known to.
TOLERANCE = 2.0**-48

Truth = bool | NDArray[np.bool_]


@overload
def same(first: float, second: float, scale: float = 0.0) -> bool: ...
@overload
def same(first: Amount, second: Amount, scale: Amount = 0.0) -> Truth: ...
def same(first: Amount, second: Amount, scale: Amount = 0.0) -> Truth:
    """Whether two numbers are equal to within rounding: ``|a − b| ≤ 2⁻⁴⁸·max(|a|, |b|, scale)``.

    Args:
        first, second: finite, or infinite; one number or one per scenario.
        scale: size of the terms of which they are made, if they are small differences of larger numbers (or times,
            counted from a far zero); by default their own size.

    >>> same(0.1 + 0.2, 0.3), same(1e-20, 0.0), same(1e-20, 0.0, scale=1.0)
    (True, False, True)
    """
    if type(first) is float and type(second) is float and type(scale) is float:
        return first == second or abs(first - second) <= TOLERANCE * max(abs(first), abs(second), scale) < np.inf
    first, second = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    size = np.maximum(np.maximum(np.abs(first), np.abs(second)), scale)
    with np.errstate(invalid="ignore"):  # ∞ − ∞, which the first comparison has answered
        return (first == second) | ((np.abs(first - second) <= TOLERANCE * size) & (size < np.inf))


@overload
def below(first: float, second: float, scale: float = 0.0) -> bool: ...
@overload
def below(first: Amount, second: Amount, scale: Amount = 0.0) -> Truth: ...
def below(first: Amount, second: Amount, scale: Amount = 0.0) -> Truth:
    """Whether the first is less than the second by more than rounding; its opposite is "at or above"."""
    if type(first) is float and type(second) is float and type(scale) is float:
        return first < second and not same(first, second, scale)
    return np.less(first, second) & ~np.asarray(same(first, second, scale))


@overload
def above(first: float, second: float, scale: float = 0.0) -> bool: ...
@overload
def above(first: Amount, second: Amount, scale: Amount = 0.0) -> Truth: ...
def above(first: Amount, second: Amount, scale: Amount = 0.0) -> Truth:
    """Whether the first is more than the second by more than rounding; its opposite is "at or below"."""
    return below(second, first, scale)


def reaches(number: Amount, bound: Amount) -> NDArray[np.bool_]:
    """Whether ``number >= 0`` is at or above ``bound >= 0``, or below it by rounding alone: not :func:`below`.

    One multiplication and no scale, for millions of numbers.

    >>> reaches(np.array([0.3, 0.2999]), 0.1 + 0.2)
    array([ True, False])
    """
    return np.greater_equal(number, np.multiply(bound, 1 - TOLERANCE))


def rest(whole: Amount, part: Amount, scale: Amount = 0.0) -> Amount:
    """What is left, ``whole − part``, and exactly 0 where the two are equal to within rounding.

    Without it three sales of 0.1 leave 2.8e-17 of 0.3, which a book then offers.

    >>> rest(0.3, 0.1 + 0.1 + 0.1)
    0.0
    """
    if type(whole) is float and type(part) is float and type(scale) is float:
        return 0.0 if same(whole, part, scale) else whole - part
    return plain(np.where(same(whole, part, scale), 0.0, np.subtract(whole, part)))


def within(name: str, value: Amount, low: Amount, high: Amount, scale: Amount = 0.0) -> Amount:
    """``value`` if it lies in [low, high] everywhere, and the bound itself where it misses it by rounding alone.

    Args:
        name: of the argument, for the error.
        value: one number or one per scenario.
        low, high: the bounds, which may be infinite; one or one per scenario.
        scale: as in :func:`same`, if the value or a bound is a difference of larger numbers.

    Raises:
        ValueError: a value that is not finite, or outside by more than rounding.

    >>> within("amount", 0.1 + 0.2, 0.0, 0.3)
    0.3
    """
    if type(value) is float and type(low) is float and type(high) is float and low <= value <= high < np.inf:
        return value
    value = finite(name, value)
    broadcastable(**{name: value, "its lower bound": low, "its upper bound": high})
    if np.any(np.less(value, low) | np.greater(value, high)):
        snapped = np.where(below(value, low, scale), value, np.maximum(value, low))
        snapped = np.where(above(value, high, scale), value, np.minimum(snapped, high))
        value = between(name, plain(snapped), low, high, high_open=bool(np.all(np.isposinf(high))))
    return value


def floor(number: Amount, scale: Amount = 0.0) -> Amount:
    """The largest whole number at or below ``number``: 3 for 0.3/0.1, which is a little less in floats.

    ``scale`` as in :func:`same`, if the number is made of a difference of larger ones.
    """
    nearest = np.rint(number)
    return plain(np.where(same(number, nearest, scale), nearest, np.floor(number)))


def ceil(number: Amount, scale: Amount = 0.0) -> Amount:
    """The smallest whole number at or above ``number``: 3 for 0.3/0.1 and for 3·0.1/0.1 alike."""
    nearest = np.rint(number)
    return plain(np.where(same(number, nearest, scale), nearest, np.ceil(number)))
