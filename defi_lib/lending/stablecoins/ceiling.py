"""Debt ceiling: how many coins may be issued against one kind of collateral, and against all."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import kept
from defi_lib.rounding import above, rest
from defi_lib.validation import Amount, broadcastable, finite, fulfilled, non_negative, plain

_LARGEST = float(np.finfo(float).max)


class _State(NamedTuple):
    ceiling: Amount
    issued: Amount
    global_ceiling: Amount
    issued_elsewhere: Amount


class DebtCeiling(_State):
    """What positions with one kind of collateral owe together, and how much they may.

    ``room = min(ceiling − issued, global ceiling − issued − issued elsewhere)``. It limits new debt only: fees may
    carry the debt above the ceiling, and then nothing more is issued until it is below again.

    Args:
        ceiling: for this kind of collateral (coins, >= 0).
        issued: debt against it, with fees (coins, >= 0).
        global_ceiling: for all kinds together (coins, >= 0); by default there is none.
        issued_elsewhere: debt against other kinds (coins, >= 0).

    Every argument may be an array of scenarios.

    Raises:
        ValueError: an argument outside its range.

    Source: makerdao/dss, Vat (``ilk.line``, ``Line``). In the contract governance, or a module of its own, moves the
    ceilings.

    >>> DebtCeiling(1e6, issued=9e5, global_ceiling=5e6, issued_elsewhere=4.05e6).room
    50000.0
    """

    __slots__ = ()

    def __new__(
        cls,
        ceiling: Amount,
        issued: Amount = 0.0,
        global_ceiling: Amount = _LARGEST,
        issued_elsewhere: Amount = 0.0,
    ) -> Self:
        """Check the arguments."""
        ceiling, issued = non_negative("ceiling", ceiling), non_negative("issued", issued)
        everywhere = non_negative("global_ceiling", global_ceiling)
        elsewhere = non_negative("issued_elsewhere", issued_elsewhere)
        broadcastable(ceiling=ceiling, issued=issued, global_ceiling=everywhere, issued_elsewhere=elsewhere)
        return super().__new__(cls, kept(ceiling), kept(issued), kept(everywhere), kept(elsewhere))

    @property
    def room(self) -> Amount:
        """Coins that may still be issued; 0 at and above the ceiling."""
        here = rest(self.ceiling, self.issued)
        everywhere = rest(self.global_ceiling, self.issued + self.issued_elsewhere)
        return plain(np.maximum(np.minimum(here, everywhere), 0.0))

    def issue(self, debt: Amount) -> DebtCeiling:
        """After ``debt`` coins were issued (> 0) or paid back (< 0).

        Raises:
            ValueError: more than there is room for, or more paid back than is owed.
        """
        debt = finite("debt", debt)
        fulfilled("debt", debt, np.less_equal(debt, 0) | ~np.asarray(above(debt, self.room)), "is the room")
        fulfilled("debt", debt, ~np.asarray(above(np.negative(debt), self.issued)), "is minus what is issued or more")
        return self._replace(issued=plain(np.maximum(rest(self.issued, np.negative(debt)), 0.0)))

    def grow(self, fees: Amount) -> DebtCeiling:
        """After ``fees`` (coins, >= 0) were added to the debt, whatever the ceiling.

        Raises:
            ValueError: negative fees.
        """
        return self._replace(issued=self.issued + non_negative("fees", fees))
