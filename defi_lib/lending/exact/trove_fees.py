"""Liquity's base rate and its fees in exact integers (1e-18)."""

from __future__ import annotations

from defi_lib.lending.exact.units import LARGEST, WAD, refuse, rounded_product, whole_number

#: Decay of the base rate per minute, and the most minutes that count: 1,000 years.
MINUTE_DECAY, MOST_MINUTES = 999_037_758_833_783_000, 525_600_000
#: Least fee of a redemption and of a loan, and the largest of a loan.
FEE_FLOOR, BORROWING_FEE_CAP = WAD // 200, WAD // 20


def exact_decayed_base_rate(base_rate: int, seconds: int) -> int:
    """The base rate (1e-18) after some time (seconds, >= 0), of which whole minutes count.

    Squarings round half up, the last product of the power as well; the product with the rate rounds down.

    Raises:
        ValueError: an argument that is no integer in its range.

    Source: liquity/dev, LiquityMath.sol.

    >>> exact_decayed_base_rate(10**17, 43_200)
    49999999999986008
    """
    base_rate = whole_number("base_rate", base_rate, 0, WAD)
    minutes = min(whole_number("seconds", seconds) // 60, MOST_MINUTES)
    return base_rate * _decay(minutes) // WAD


def _decay(minutes: int) -> int:
    """The decay of some minutes; as in the contract the odd factors are multiplied first, the highest power last."""
    odd, power = WAD, MINUTE_DECAY
    if not minutes:
        return WAD
    while minutes > 1:
        if minutes % 2:
            odd = rounded_product(power, odd)
        power, minutes = rounded_product(power, power), minutes // 2
    return rounded_product(power, odd)


def exact_borrowing_rate(base_rate: int) -> int:
    """Fee of a new loan per coin (1e-18): ``0.5 % + base rate``, at most 5 %."""
    return min(FEE_FLOOR + whole_number("base_rate", base_rate, 0, WAD), BORROWING_FEE_CAP)


def exact_borrowing_fee(base_rate: int, amount: int) -> int:
    """Fee of a new loan of ``amount`` (smallest units), rounded down.

    >>> exact_borrowing_fee(0, 1800 * WAD) // WAD
    9
    """
    return exact_borrowing_rate(base_rate) * whole_number("amount", amount, 0, LARGEST) // WAD


def exact_redemption_rate(base_rate: int) -> int:
    """Fee of a redemption per unit of collateral drawn (1e-18): ``0.5 % + base rate``, at most 1."""
    return min(FEE_FLOOR + whole_number("base_rate", base_rate, 0, WAD), WAD)


def exact_redemption_fee(base_rate: int, drawn: int) -> int:
    """Fee of a redemption that draws some collateral (smallest units), rounded down.

    Raises:
        ValueError: a fee that would eat up all that is drawn.
    """
    fee = exact_redemption_rate(base_rate) * whole_number("drawn", drawn, 0, LARGEST) // WAD
    refuse(fee >= drawn, f"drawn = {drawn} would be eaten up by the fee of {fee}: allowed is more than the fee")
    return fee
