"""Fixed-point numbers of contracts: integers that count in units of 1e-18 (Maker's wad), and powers of them."""

from __future__ import annotations

from defi_lib.validation import at_least, integer

#: One coin, one token, a ratio of 1: 10¹⁸ smallest units.
WAD = 10**18
#: The largest integer of the contracts; "all of it" in a call, and the ratio of a system without debt.
LARGEST = 2**256 - 1


def whole_number(name: str, value: int, low: int = 0, high: int = LARGEST) -> int:
    """``value`` as an integer from ``low`` to ``high``."""
    return integer(name, value, low, high) if high < LARGEST else at_least(name, value, low)


def rounded_product(x: int, y: int, unit: int = WAD) -> int:
    """``x·y / unit``, half a unit rounded up, for x, y >= 0."""
    return (x * y + unit // 2) // unit


def rounded_power(base: int, exponent: int, unit: int = WAD) -> int:
    """``base`` (in units of ``1/unit``) to a whole power >= 0 by squaring, each product rounded half up.

    >>> rounded_power(999_037_758_833_783_000, 720)
    499999999999860089
    """
    result = unit
    while exponent:
        if exponent % 2:
            result = rounded_product(result, base, unit)
        base, exponent = rounded_product(base, base, unit), exponent // 2
    return result


def refuse(condition: bool, sentence: str) -> None:
    """Raise ``ValueError`` with ``sentence`` where the contract reverts."""
    if condition:
        raise ValueError(sentence)
