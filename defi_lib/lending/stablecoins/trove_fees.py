"""Fees as in Liquity: a base rate that redemptions raise and time lowers."""

from __future__ import annotations

import numpy as np

from defi_lib.rounding import TOLERANCE, floor
from defi_lib.validation import Amount, between, non_negative, plain, positive

#: Decay of the base rate per minute: half of it in 12 hours.
MINUTE_DECAY = 0.999037758833783
#: Least fee of a redemption and of a loan, and the largest of a loan (ratios).
FEE_FLOOR, BORROWING_FEE_CAP = 0.005, 0.05


def decayed_base_rate(base_rate: Amount, seconds: Amount) -> Amount:
    """The base rate (ratio, in [0, 1]) after some time (seconds, >= 0): ``b·0.999037758833783^minutes``.

    Only whole minutes count, as in the contract.

    Raises:
        ValueError: an argument outside its range.

    Source: liquity/dev, LiquityMath.sol. The contract rounds each squaring of the power to 1e-18.

    >>> round(decayed_base_rate(0.1, 12 * 3600.0), 12)
    0.05
    """
    minutes = floor(non_negative("seconds", seconds) / 60)
    return plain(between("base_rate", base_rate, 0.0, 1.0) * MINUTE_DECAY**minutes)


def raised_base_rate(base_rate: Amount, redeemed: Amount, supply: Amount) -> Amount:
    """The base rate after a redemption: ``min(1, b + ρ/2)``, with ρ the redeemed part of all coins.

    Args:
        base_rate: ratio, in [0, 1], decayed until now.
        redeemed: coins, in [0, supply].
        supply: all coins before, > 0.

    Raises:
        ValueError: an argument outside its range.

    >>> raised_base_rate(0.0, 1e5, 1e7)
    0.005
    """
    supply = positive("supply", supply)
    # Coins that add up to all of them are all of them.
    part = between("redeemed", redeemed, 0.0, supply * (1 + TOLERANCE)) / supply
    return plain(np.minimum(between("base_rate", base_rate, 0.0, 1.0) + np.minimum(part, 1.0) / 2, 1.0))


def redemption_fee(base_rate: Amount) -> Amount:
    """Fee of a redemption (ratio of the collateral drawn): ``min(1, 0.5 % + b)``.

    >>> redemption_fee(0.005)
    0.01
    """
    return plain(np.minimum(FEE_FLOOR + between("base_rate", base_rate, 0.0, 1.0), 1.0))


def borrowing_fee(base_rate: Amount) -> Amount:
    """Fee of a new loan, paid once (ratio of the debt): ``0.5 % + b``, at most 5 %; none in recovery mode.

    >>> borrowing_fee(0.2)
    0.05
    """
    return plain(np.minimum(FEE_FLOOR + between("base_rate", base_rate, 0.0, 1.0), BORROWING_FEE_CAP))
