"""A, how flat a StableSwap curve is: the two ways to count it, and its ramp from one value to another."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.rounding import same
from defi_lib.units import SECONDS_PER_DAY
from defi_lib.validation import Amount, Whole, at_least, fulfilled, plain, positive, whole

#: The contract ramps A for at least a day (seconds), and not beyond this (exclusive).
LEAST_RAMP, MOST = SECONDS_PER_DAY, 10**6


def contract_amplification(whitepaper_amplification: Amount, coins: int) -> Amount:
    """The A that the contract stores, from the A of the whitepaper: ``A·nⁿ⁻¹``.

    Raises:
        ValueError: an A that is not positive, fewer than two coins, or a result beyond all floats.

    >>> contract_amplification(100, 2)
    200.0
    """
    whitepaper = positive("whitepaper_amplification", whitepaper_amplification)
    coins = at_least("coins", coins, 2)
    power = coins ** (coins - 1)
    # From 144 coins on the power is beyond all floats; its product with a small A need not be.
    size = power.bit_length()
    with np.errstate(over="ignore"):
        stored = np.ldexp(whitepaper * (power / (1 << size)), size)
    return positive(f"whitepaper_amplification·coins^(coins − 1) for coins = {coins}", stored)


class _Ramp(NamedTuple):
    start: float
    end: float
    start_time: int
    end_time: int


class AmplificationRamp(_Ramp):
    """A that moves in a straight line from one time to another, in steps of 1/100, as the contract counts it.

    Args:
        start: A at the start, a multiple of 1/100, > 0.
        end: A at the end, a whole number below 1,000,000, at most ten times and at least a tenth of ``start``.
        start_time, end_time: whole seconds, at least one day apart.

    Raises:
        ValueError: an argument outside its range.

    Source: curvefi/curve-contract, ``ramp_A``. There a ramp can be stopped: that is a pool with A as at that time.

    >>> ramp = AmplificationRamp(100, 200, 0, 864_000)
    >>> ramp.at(0), ramp.at(86_400), ramp.at(100_000), ramp.at(10**7)
    (100.0, 110.0, 111.57, 200.0)
    """

    __slots__ = ()

    def __new__(cls, start: float, end: float, start_time: int, end_time: int) -> Self:
        """Check the arguments and build the ramp."""
        begin = _one("start_time", start_time, 0)
        finish = _one("end_time", end_time, begin + LEAST_RAMP)
        hundredths = positive("start", start) * 100
        fulfilled("start", start, same(hundredths, np.rint(hundredths)), "is a multiple of 1/100")
        first = _one("100·start", float(np.rint(hundredths)), 1, 100 * MOST)
        last = 100 * _one("end", end, max(-(-first // 1000), 1), min(first // 10, MOST - 1))
        return super().__new__(cls, first / 100, last / 100, begin, finish)

    def at(self, time: Whole) -> Amount:
        """A at a time (whole seconds), rounded as the contract rounds, towards ``start``; constant before and after.

        Raises:
            ValueError: a time that is no whole number >= 0.
        """
        first, last = round(self.start * 100), round(self.end * 100)
        length = self.end_time - self.start_time
        passed = np.clip(np.asarray(whole("time", time)) - self.start_time, 0, length)
        moved = abs(last - first) * passed // length
        return plain((first + moved if last >= first else first - moved) / 100)


def _one(name: str, value: float, low: int, high: int = 10**12) -> int:
    """``value`` if it is one whole number in [low, high]."""
    number = whole(name, value, low, high)  # type: ignore[arg-type]
    if not isinstance(number, int):
        raise ValueError(f"{name} has the shape {np.shape(value)}: allowed is one number")
    return number
