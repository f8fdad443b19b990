"""Whole numbers of contracts: what 256 bits can hold, and limits whose error names them."""

from __future__ import annotations

from defi_lib.integers import UINT256_MAX
from defi_lib.validation import at_least, shown


def contract_number(name: str, value: int) -> int:
    """``value`` if it is a whole number from 0 to 2²⁵⁶ − 1.

    Raises:
        ValueError: anything else.
    """
    value = at_least(name, value, 0)
    at_most(name, value, UINT256_MAX, "what the contract can hold")
    return value


def at_most(name: str, value: int, most: int, what: str) -> None:
    """Refuse a ``value`` above ``most``; ``what`` says what that is.

    Raises:
        ValueError: more than that.
    """
    if value > most:
        raise ValueError(f"{name} = {shown(value)} is more than {what}: allowed is [0, {shown(most)}]")
