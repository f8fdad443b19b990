"""Sums that lose nothing to rounding, so that conservation can be checked and not only believed."""

from __future__ import annotations

from defi_lib.validation import Amount


class ExactSum:
    """A running sum in two floats, ``high + low``: what rounding takes from the first is kept in the second.

    Source: Knuth, *The Art of Computer Programming* 2, section 4.2.2 (the error of a sum is itself a float).
    """

    __slots__ = ("high", "low")

    def __init__(self) -> None:
        self.high: Amount = 0.0
        self.low: Amount = 0.0

    def add(self, amount: Amount) -> None:
        """Add one number, or one per scenario."""
        high = self.high
        total = high + amount
        added = total - high
        self.low = self.low + ((high - (total - added)) + (amount - added))
        self.high = total

    @property
    def value(self) -> Amount:
        """The sum, rounded once."""
        return self.high + self.low
