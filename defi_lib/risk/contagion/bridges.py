"""Wrapped coins: claims on what a bridge has locked elsewhere, which can be stolen from or forged, and paused."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import Parts, kept
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.rounding import within
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain


class _State(NamedTuple):
    locked: Amount
    issued: Amount


class Bridge(Parts, _State):
    """Coins locked on one chain, and the wrapped coins issued for them on another.

    Args:
        locked: coins that the bridge holds, >= 0.
        issued: wrapped coins in circulation, >= 0; by default as many.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> after = Bridge(100.0).steal(40.0).after
    >>> after.backing, after.redeem(30.0).paid, after.redeem(30.0, snapshot=True).paid
    (0.6, 30.0, 18.0)
    """

    __slots__ = ()

    def __new__(cls, locked: Amount, issued: Amount | None = None) -> Self:
        """Check the arguments."""
        locked = kept(non_negative("locked", locked))
        issued = locked if issued is None else kept(non_negative("issued", issued))
        broadcastable(locked=locked, issued=issued)
        return super().__new__(cls, locked, issued)

    @property
    def backing(self) -> Amount:
        """Coins locked for each wrapped one, at most 1; 1 where none is issued."""
        some = np.asarray(self.issued) > 0.0
        return plain(np.where(some, np.minimum(self.locked / np.where(some, self.issued, 1.0), 1.0), 1.0))

    def lock(self, amount: Amount) -> BridgeChange:
        """Bring coins (>= 0), and get as many wrapped ones."""
        amount = non_negative("amount", amount)
        return self._changed(amount, amount, "lock", amount)

    def steal(self, amount: Amount) -> BridgeChange:
        """Somebody takes locked coins, at most all; the wrapped ones stay in circulation."""
        amount = within("amount", amount, 0.0, self.locked)
        return self._changed(-np.asarray(amount), 0.0, "theft", amount)

    def forge(self, amount: Amount) -> BridgeChange:
        """Somebody issues wrapped coins (>= 0) to himself for which nothing is locked."""
        amount = non_negative("amount", amount)
        return self._changed(0.0, amount, "forgery", 0.0)

    def redeem(self, amount: Amount, snapshot: bool = False) -> BridgeChange:
        """Give back wrapped coins, at most all, and get coins.

        Args:
            amount: wrapped coins, >= 0.
            snapshot: whether redeeming was paused and the loss shared among all who held (each gets :attr:`backing`);
                otherwise who comes first gets one for one, as long as there is any.
        """
        amount = within("amount", amount, 0.0, self.issued)
        paid = np.minimum(np.asarray(amount) * (self.backing if snapshot else 1.0), self.locked)
        return self._changed(-paid, -np.asarray(amount), "redemption", plain(paid))

    def _changed(self, locked: Amount, issued: Amount, reason: str, paid: Amount) -> BridgeChange:
        held, out = (np.maximum(a + np.asarray(b), 0.0) for a, b in ((self.locked, locked), (self.issued, issued)))
        return BridgeChange(self, type(self)(plain(held), plain(out)), reason, paid)


class BridgeChange(NamedTuple):
    """What happened at a bridge."""

    before: Bridge
    after: Bridge
    reason: str
    paid: Amount  #: coins that went in ("lock") or out

    def transfers(
        self, user: str = "user", bridge: str = "bridge", coin: str = "ETH", wrapped: str = "wrapped ETH"
    ) -> tuple[Transfer, ...]:
        """Coins between the user (or thief) and the bridge, and wrapped coins that were issued or burned."""
        change = np.asarray(self.after.issued) - self.before.issued
        payer, payee = (user, bridge) if self.reason == "lock" else (bridge, user)
        return actual(
            (
                Transfer(payer, payee, self.paid, coin, self.reason),
                Transfer(OUTSIDE, user, plain(np.maximum(change, 0.0)), wrapped, self.reason),
                Transfer(user, OUTSIDE, plain(np.maximum(-change, 0.0)), wrapped, self.reason),
            )
        )


class ForgedSpent(NamedTuple):
    """What a forger got, and who bears it (dollars)."""

    borrowed: Amount  #: what lenders paid out against forged coins
    lenders_loss: Amount  #: of it, what they never see again
    holders_loss: Amount  #: what honest holders of the wrapped coin lose


def spend_forged(
    bridge: Bridge,
    forged: Amount,
    price: Amount,
    loan_to_value: Amount,
    pace: Amount,
    paused_after: Amount,
    cap: Amount,
    snapshot: bool = True,
) -> ForgedSpent:
    """Forged coins are pledged at lending markets until somebody stops it; how much is lent, and who loses.

    The forger pledges ``min(forged, pace·paused_after, cap)`` coins and borrows ``price·loan_to_value`` on each, for
    ever; what he has not pledged by then is worth nothing. With a **snapshot** of holders before the forgery, these are
    paid in full and the forged coins are void: lenders bear it all. Without, all coins share what is locked.

    Args:
        bridge: before the forgery.
        forged: coins, >= 0.
        price: dollars, >= 0.
        loan_to_value: in [0, 1].
        pace: coins that can be pledged an hour, >= 0.
        paused_after: hours, >= 0.
        cap: coins that the lending markets take at most, >= 0.
        snapshot: which of the two.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> stopped = spend_forged(Bridge(500.0), 100.0, 2_000.0, 0.8, pace=10.0, paused_after=3.0, cap=90.0)
    >>> stopped.borrowed, stopped.lenders_loss
    (48000.0, 48000.0)
    """
    given = {
        "forged": non_negative("forged", forged),
        "price": non_negative("price", price),
        "loan_to_value": between("loan_to_value", loan_to_value, 0.0, 1.0),
        "pace": non_negative("pace", pace),
        "paused_after": non_negative("paused_after", paused_after),
        "cap": non_negative("cap", cap),
    }
    broadcastable(**given, locked=bridge.locked, issued=bridge.issued)
    forged, price, loan_to_value, pace, paused_after, cap = (np.asarray(each) for each in given.values())
    pledged = np.minimum(np.minimum(forged, pace * paused_after), cap)
    borrowed = pledged * price * loan_to_value
    if snapshot:
        return ForgedSpent(plain(borrowed), plain(borrowed), plain(np.zeros_like(borrowed)))
    share = Bridge(bridge.locked, bridge.issued + np.asarray(pledged)).backing
    recovered = np.minimum(pledged * share * price, borrowed)
    honest = np.asarray(bridge.issued) * price * (np.asarray(bridge.backing) - share)
    return ForgedSpent(plain(borrowed), plain(borrowed - recovered), plain(honest))
