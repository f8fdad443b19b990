"""Numbers with 18 decimals as the Cosmos SDK computes with them: whole numbers of 1e-18, rounded half to even."""

from __future__ import annotations

from defi_lib.validation import integer

#: Units of the number 1.
ONE = 10**18
#: Longest result that the SDK holds, in bits.
MAX_BITS = 255 + 60
#: Largest of them.
MAX_DECIMAL = 2**MAX_BITS - 1


def multiply(first: int, second: int) -> int:
    """The product of two decimals (1e-18), rounded half to even.

    Raises:
        ValueError: a result longer than 315 bits.

    >>> multiply(15 * 10**17, 1), multiply(25 * 10**17, 1), multiply(-15 * 10**17, 1)
    (2, 2, -2)
    """
    return _held("first · second", _rounded(first * second))


def divide_decimal(first: int, second: int) -> int:
    """The quotient of two decimals (1e-18): cut at the 36th decimal, then rounded half to even at the 18th.

    Raises:
        ValueError: division by zero, or a result longer than 315 bits.

    >>> divide_decimal(2 * ONE, 3 * ONE), divide_decimal(-ONE, 3 * ONE)
    (666666666666666667, -333333333333333333)
    """
    if second == 0:
        raise ValueError("second = 0 is outside the allowed range: any number to divide by but 0")
    return _held("first / second", _rounded(cut(first * ONE * ONE, second)))


def cut(first: int, second: int) -> int:
    """The quotient of whole numbers, cut towards zero, as Go divides them.

    >>> cut(-7, 2), cut(7, 2)
    (-3, 3)
    """
    quotient = abs(first) // abs(second)
    return quotient if (first < 0) == (second < 0) else -quotient


def _rounded(number: int) -> int:
    """``number`` (1e-36) in units of 1e-18."""
    whole, rest = divmod(abs(number), ONE)
    up = 2 * rest > ONE or (2 * rest == ONE and whole % 2 == 1)
    return (whole + up) * (1 if number >= 0 else -1)


def _held(name: str, number: int) -> int:
    return integer(name, number, -MAX_DECIMAL, MAX_DECIMAL)
