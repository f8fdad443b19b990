"""Dutch auction of collateral: the price falls until somebody buys, as in Maker's liquidations since 2021."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import Parts, kept
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending.auctions.curves import PriceCurve, StairstepDecrease
from defi_lib.lending.stablecoins.debt_position import BIDDER, COIN, COLLATERAL, ISSUER
from defi_lib.rounding import Truth, above, below, rest
from defi_lib.validation import Amount, between, broadcastable, finite, fulfilled, non_negative, plain, positive

#: Who starts auctions, and whose collateral it was, in transfers.
KEEPER, OWNER = "keeper", "owner"


#: How prices fell in most of the contract's auctions.
_CURVE = StairstepDecrease(0.99, 90.0)


class _Rules(NamedTuple):
    curve: PriceCurve
    buffer: Amount
    penalty: Amount
    tail: Amount
    cusp: Amount
    tip: Amount
    chip: Amount


class DutchRules(_Rules):
    """How collateral of one kind is auctioned.

    Args:
        curve: how the price falls; by default 1 % every 90 seconds.
        buffer: first price per price of the collateral (ratio), > 0.
        penalty: what the owner pays above the debt (ratio), >= 0.
        tail: seconds after which an auction must start again, >= 0.
        cusp: part of the first price below which it must start again (ratio), in [0, 1].
        tip: what a keeper gets for a start (coins), >= 0.
        chip: what it gets besides, per coin to be raised (ratio), >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: makerdao/dss, Dog and Clipper (``chop`` is 1 + penalty, ``buf``). In the contract governance may stop
    auctions in stages, and prices of the collateral are an hour old.

    >>> DutchRules(buffer=1.3).penalty
    0.13
    """

    __slots__ = ()

    def __new__(
        cls,
        curve: PriceCurve = _CURVE,
        buffer: Amount = 1.2,
        penalty: Amount = 0.13,
        tail: Amount = 8400.0,
        cusp: Amount = 0.4,
        tip: Amount = 0.0,
        chip: Amount = 0.0,
    ) -> Self:
        """Check the arguments."""
        return super().__new__(
            cls,
            curve,
            kept(positive("buffer", buffer)),
            kept(non_negative("penalty", penalty)),
            kept(non_negative("tail", tail)),
            kept(between("cusp", cusp, 0.0, 1.0)),
            kept(non_negative("tip", tip)),
            kept(non_negative("chip", chip)),
        )

    def incentive(self, tab: Amount) -> Amount:
        """What a keeper gets for starting an auction that is to raise ``tab`` (coins): ``tip + chip·tab``."""
        return plain(self.tip + self.chip * non_negative("tab", tab))


class _State(NamedTuple):
    tab: Amount
    lot: Amount
    top: Amount
    start: Amount
    least_rest: Amount
    rules: DutchRules


class DutchAuction(Parts, _State):
    """Collateral for sale at a falling price, until the coins are raised or nothing is left.

    Args:
        tab: coins to be raised, >= 0.
        lot: collateral for sale (tokens), >= 0.
        top: first price (coins per token), > 0.
        start: when it was that price (seconds).
        rules: how the price falls, and when it starts again.
        least_rest: a purchase leaves this much of the tab, or nothing of tab or lot (coins, >= 0); in the contract
            the least debt of a position with penalty (``chost``).

    Every amount may be an array: one auction in each scenario.

    Raises:
        ValueError: an argument outside its range.

    Source: makerdao/dss, Clipper. The contract counts in integers; a buyer can pay with what another contract made of
    the collateral in the meantime, so that no capital is needed (a flash loan).

    >>> auction = DutchAuction(1000.0, 1.0, 2000.0, 0.0, DutchRules())
    >>> take = auction.take(1.0, 900.0)
    >>> round(take.bought, 4), take.paid, round(take.returned, 4)
    (0.5529, 1000.0, 0.4471)
    """

    __slots__ = ()

    def __new__(
        cls, tab: Amount, lot: Amount, top: Amount, start: Amount, rules: DutchRules, least_rest: Amount = 0.0
    ) -> Self:
        """Check the arguments."""
        tab, lot, top = non_negative("tab", tab), non_negative("lot", lot), positive("top", top)
        start, least_rest = finite("start", start), non_negative("least_rest", least_rest)
        broadcastable(tab=tab, lot=lot, top=top, start=start, least_rest=least_rest)
        return super().__new__(cls, kept(tab), kept(lot), kept(top), kept(start), kept(least_rest), rules)

    @property
    def is_running(self) -> Truth:
        """Where something is for sale and something is to be raised."""
        return np.greater(self.tab, 0) & np.greater(self.lot, 0)

    def price(self, time: Amount) -> Amount:
        """The price (coins per token) at a time (seconds).

        Raises:
            ValueError: a time before the start.
        """
        return self.rules.curve.price(self.top, self._seconds(time))

    def needs_reset(self, time: Amount) -> Truth:
        """Where the price has fallen too far, or for too long: ``t > tail`` or ``price < cusp·top``."""
        return np.asarray(above(self._seconds(time), self.rules.tail, scale=np.abs(self.start))) | below(
            self.price(time), self.rules.cusp * self.top
        )

    def take(
        self,
        amount: Amount,
        time: Amount,
        highest_price: Amount = np.inf,
        where: bool | NDArray[np.bool_] = True,
    ) -> DutchTake:
        """Buy at the price of now; what the tab does not need goes back to the owner.

        Who would leave a rest of the tab below the least rest buys so much less that exactly that is left.

        Args:
            amount: tokens, >= 0; more than the lot is the lot.
            time: now (seconds).
            highest_price: what the buyer is ready to pay (coins per token).
            where: in which scenarios somebody buys.

        Raises:
            ValueError: an auction that is over or must start again, a price that is too high, or a part of a tab that
                is too small to be divided.
        """
        amount, price = np.where(where, non_negative("amount", amount), 0.0), self.price(time)
        idle = ~np.asarray(where)
        fulfilled("lot", self.lot, self.is_running | idle, "is an auction that is not over")
        fulfilled("time", time, ~np.asarray(self.needs_reset(time)) | idle, "is before the auction must start again")
        fulfilled("price", price, ~np.asarray(above(price, highest_price)) | idle, "is at most highest_price")
        bought, paid = self._sold(np.minimum(self.lot, amount), price, idle)
        tab, lot = np.asarray(rest(self.tab, paid)), np.asarray(rest(self.lot, bought))
        over = ~idle & ((tab <= 0) | (lot <= 0))
        auction = self._replace(tab=plain(np.where(over, 0.0, tab)), lot=plain(np.where(over, 0.0, lot)))
        returned, missing = np.where(over, lot, 0.0), np.where(over, tab, 0.0)
        return DutchTake(self, auction, plain(bought), plain(paid), plain(returned), plain(missing))

    def _sold(self, slice_: Amount, price: Amount, idle: NDArray[np.bool_]) -> tuple[Amount, Amount]:
        """Tokens that are sold, and what is paid for them, if somebody wants ``slice_``."""
        owe = slice_ * price
        whole = np.asarray(above(owe, self.tab)) & ~idle
        part = ~whole & below(owe, self.tab) & below(slice_, self.lot) & ~idle
        short = part & below(np.subtract(self.tab, owe), self.least_rest, scale=self.tab)
        divisible = above(self.tab, self.least_rest)
        fulfilled("tab", self.tab, ~short | divisible, "is more than least_rest, or all is bought")
        paid = np.where(whole, self.tab, np.where(short, self.tab - self.least_rest, owe))
        changed = whole | short
        return np.where(changed, paid / np.where(changed, price, 1.0), slice_), paid

    def redo(self, price: Amount, time: Amount, where: bool | NDArray[np.bool_] = True) -> DutchRestart:
        """Start again at the present price of the collateral; the keeper is paid if tab and lot are worth it.

        Args:
            price: of the collateral (coins per token), > 0.
            time: now (seconds).
            where: in which scenarios it starts again.

        Raises:
            ValueError: an auction that is over, or that need not start again.
        """
        price, idle = positive("price", price), ~np.asarray(where)
        fulfilled("lot", self.lot, self.is_running | idle, "is an auction that is not over")
        fulfilled("time", time, np.asarray(self.needs_reset(time)) | idle, "is when the auction must start again")
        top, start = np.where(idle, self.top, price * self.rules.buffer), np.where(idle, self.start, time)
        auction = self._replace(top=plain(top), start=plain(start))
        worth_it = ~np.asarray(below(self.tab, self.least_rest) | below(self.lot * price, self.least_rest))
        incentive = np.where(~idle & worth_it, self.rules.incentive(self.tab), 0.0)
        return DutchRestart(self, auction, plain(incentive))

    def _seconds(self, time: Amount) -> Amount:
        return plain(between("time", time, self.start, np.inf) - self.start)


class DutchTake(NamedTuple):
    """What happened when somebody bought; 0 where nobody did."""

    before: DutchAuction
    auction: DutchAuction  #: after; tab and lot are 0 where it is over
    bought: Amount  #: tokens that the bidder got
    paid: Amount  #: coins that the issuer got
    returned: Amount  #: tokens that went back to the owner, if it is over
    missing: Amount  #: coins that the auction failed to raise, if it is over

    def transfers(
        self,
        bidder: str = BIDDER,
        owner: str = OWNER,
        issuer: str = ISSUER,
        coin: str = COIN,
        collateral: str = COLLATERAL,
    ) -> tuple[Transfer, ...]:
        """The bidder pays the issuer, gets collateral, and the owner what is left."""
        return actual(
            (
                Transfer(bidder, issuer, self.paid, coin, "auction"),
                Transfer(issuer, bidder, self.bought, collateral, "auction"),
                Transfer(issuer, owner, self.returned, collateral, "collateral"),
            )
        )


class DutchRestart(NamedTuple):
    """What happened when an auction started again."""

    before: DutchAuction
    auction: DutchAuction  #: after
    incentive: Amount  #: what the keeper got (coins), newly issued

    def transfers(self, issuer: str = ISSUER, keeper: str = KEEPER, coin: str = COIN) -> tuple[Transfer, ...]:
        """The keeper is paid."""
        return actual((Transfer(issuer, keeper, self.incentive, coin, "keeper incentive"),))
