"""Auctions of an issuer's losses and surplus: bids for its governance token that beat each other, as in Maker."""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np

from defi_lib.frozen import Parts, kept
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.lending.stablecoins.debt_position import COIN, ISSUER
from defi_lib.rounding import Truth, above, below
from defi_lib.validation import Amount, between, broadcastable, finite, fulfilled, non_negative, plain, positive

#: The governance token in transfers.
TOKEN = "governance token"


class _Terms(NamedTuple):
    improvement: Amount
    growth: Amount
    bid_lifetime: Amount
    duration: Amount


class AuctionTerms(_Terms):
    """How bids beat each other and when an auction ends.

    Args:
        improvement: a bid is at least this part better than the one before (ratio), >= 0 (``beg − 1``).
        growth: by how much a restart raises the tokens of a debt auction without bids (ratio), >= 0 (``pad − 1``).
        bid_lifetime: seconds without a better bid after which the best has won, > 0 (``ttl``).
        duration: seconds after which it ends in any case, > 0 (``tau``).

    Raises:
        ValueError: an argument outside its range.

    >>> AuctionTerms().duration
    172800.0
    """

    __slots__ = ()

    def __new__(
        cls,
        improvement: Amount = 0.05,
        growth: Amount = 0.5,
        bid_lifetime: Amount = 10_800.0,
        duration: Amount = 172_800.0,
    ) -> Self:
        """Check the arguments."""
        return super().__new__(
            cls,
            kept(non_negative("improvement", improvement)),
            kept(non_negative("growth", growth)),
            kept(positive("bid_lifetime", bid_lifetime)),
            kept(positive("duration", duration)),
        )


#: The terms of the contracts when they were deployed.
TERMS = AuctionTerms()


class _State(NamedTuple):
    coins: Amount
    tokens: Amount
    bidder: str | None
    expiry: Amount
    end: Amount
    terms: AuctionTerms


class _Auction(Parts, _State):
    """What both auctions share: coins on one side, tokens on the other, the best bidder, and two clocks."""

    __slots__ = ()

    def is_over(self, time: Amount) -> Truth:
        """Where the best bid has won: its lifetime or the auction has passed (seconds); never without a bid."""
        passed = np.asarray(above(time, self.expiry)) | above(time, self.end)
        return passed if self.bidder is not None else passed & False

    def restart(self, time: Amount) -> Self:
        """Set the clock again after an auction without bids.

        Raises:
            ValueError: an auction that has a bid or has not ended.
        """
        if self.bidder is not None:
            raise ValueError(f"bidder = {self.bidder!r} has bid: allowed is an auction without bids")
        fulfilled("time", time, above(time, self.end), "is after the end of the auction")
        return self._replace(end=plain(np.add(time, self.terms.duration)))

    def _bid(self, bidder: str, tokens: Amount, time: Amount) -> Self:
        time = finite("time", time)
        alive = np.asarray(below(time, self.end))
        if self.bidder is not None:
            alive = alive & below(time, self.expiry)
        fulfilled("time", time, alive, "is before the best bid has won and the auction ended")
        return self._replace(bidder=bidder, expiry=plain(np.add(time, self.terms.bid_lifetime)), tokens=tokens)

    def _won(self, time: Amount) -> str:
        fulfilled("time", time, self.is_over(time), "is after the lifetime of a bid or the end, if there was a bid")
        return str(self.bidder)


class DebtAuction(_Auction):
    """Governance tokens are issued to raise a fixed amount of coins: who asks for the fewest tokens gets them.

    A bid must ask for so few that ``tokens·(1 + improvement) ≤ tokens of the bid before``. The bidder pays that one
    back (the first pays the issuer, whose debt is healed at once). The holders of the token bear the loss: they are
    diluted.

    Args:
        coins: what is raised, >= 0 (``bid``).
        tokens: what is offered at first, >= 0 (``lot``).
        time: now (seconds).
        terms: of the auction.

    Amounts and times may be arrays of scenarios; the bidder is the same in all.

    Raises:
        ValueError: an argument outside its range; a transition raises where the contract reverts.

    Source: makerdao/dss, Flopper (kick, dent, tick, deal).

    >>> auction = DebtAuction(50_000.0, 250.0, time=0.0)
    >>> auction = auction.bid("ann", 200.0, time=60.0).auction.bid("ben", 100.0, time=120.0).auction
    >>> auction.settle(10_921.0).tokens
    100.0
    """

    __slots__ = ()

    def __new__(cls, coins: Amount, tokens: Amount, time: Amount = 0.0, terms: AuctionTerms = TERMS) -> Self:
        """Check the arguments."""
        coins, tokens, time = non_negative("coins", coins), non_negative("tokens", tokens), finite("time", time)
        broadcastable(coins=coins, tokens=tokens, time=time)
        end = plain(np.add(time, terms.duration))
        return super().__new__(cls, kept(coins), kept(tokens), None, np.inf, end, terms)

    def bid(self, bidder: str, tokens: Amount, time: Amount) -> Bid:
        """``bidder`` asks for ``tokens`` (>= 0) only, and pays who was best.

        Raises:
            ValueError: not few enough tokens, or a bid that comes too late.
        """
        tokens = between("tokens", tokens, 0.0, self.tokens, high_open=True)
        few = ~np.asarray(above(tokens * (1 + self.terms.improvement), self.tokens))
        fulfilled("tokens", tokens, few, "is the tokens of the last bid, less the improvement")
        auction = self._bid(bidder, tokens, time)
        moved = (Transfer(bidder, self.bidder or ISSUER, self.coins, COIN, "debt auction"),)
        return Bid(self, auction, actual(moved))

    def restart(self, time: Amount) -> Self:
        """Offer more tokens and set the clock again, after an auction without bids.

        Raises:
            ValueError: an auction that has a bid or has not ended.
        """
        return super().restart(time)._replace(tokens=plain(self.tokens * (1 + self.terms.growth)))

    def settle(self, time: Amount) -> Settlement:
        """Issue the tokens to the best bidder.

        Raises:
            ValueError: a bid that may still be beaten, or none.
        """
        winner = self._won(time)
        moved = (Transfer(OUTSIDE, winner, self.tokens, TOKEN, "debt auction"),)
        return Settlement(winner, self.coins, self.tokens, actual(moved))


class SurplusAuction(_Auction):
    """Coins of the surplus are sold to who bids most governance tokens, which are destroyed.

    A bid must be at least ``(1 + improvement)`` times the one before. The bidder pays that one back; the rest waits
    with the auction. Who holds the token gains: there are fewer.

    Args:
        coins: what is sold, >= 0 (``lot``).
        time: now (seconds).
        terms: of the auction.

    Amounts and times may be arrays of scenarios; the bidder is the same in all.

    Raises:
        ValueError: an argument outside its range; a transition raises where the contract reverts.

    Source: makerdao/dss, Flapper (kick, tend, tick, deal), in use until 2023; since then the surplus buys tokens from a
    pool instead.

    >>> auction = SurplusAuction(10_000.0, time=0.0).bid("ann", 4.0, time=60.0).auction
    >>> auction.bid("ben", 4.2, time=120.0).auction.settle(10_921.0).tokens
    4.2
    """

    __slots__ = ()

    def __new__(cls, coins: Amount, time: Amount = 0.0, terms: AuctionTerms = TERMS) -> Self:
        """Check the arguments."""
        coins, time = non_negative("coins", coins), finite("time", time)
        broadcastable(coins=coins, time=time)
        return super().__new__(cls, kept(coins), 0.0, None, np.inf, plain(np.add(time, terms.duration)), terms)

    def bid(self, bidder: str, tokens: Amount, time: Amount) -> Bid:
        """``bidder`` offers ``tokens`` (> 0) and pays who was best.

        Raises:
            ValueError: not enough tokens, or a bid that comes too late.
        """
        tokens = positive("tokens", tokens)
        enough = ~np.asarray(below(tokens, self.tokens * (1 + self.terms.improvement)))
        enough = enough & np.greater(tokens, self.tokens)
        fulfilled("tokens", tokens, enough, "is the tokens of the last bid and the improvement")
        moved = (
            Transfer(bidder, self.bidder or bidder, self.tokens, TOKEN, "surplus auction"),
            Transfer(bidder, ISSUER, plain(np.subtract(tokens, self.tokens)), TOKEN, "surplus auction"),
        )
        return Bid(self, self._bid(bidder, tokens, time), actual(moved))

    def settle(self, time: Amount) -> Settlement:
        """Give the best bidder the coins, and destroy the tokens.

        Raises:
            ValueError: a bid that may still be beaten, or none.
        """
        winner = self._won(time)
        moved = (
            Transfer(ISSUER, winner, self.coins, COIN, "surplus auction"),
            Transfer(ISSUER, OUTSIDE, self.tokens, TOKEN, "surplus auction"),
        )
        return Settlement(winner, self.coins, self.tokens, actual(moved))


class Bid(NamedTuple):
    """What happened when somebody bid."""

    before: DebtAuction | SurplusAuction
    auction: Any  #: after
    transfers: tuple[Transfer, ...]  #: the bidder pays back who was best; the issuer keeps what has been bid


class Settlement(NamedTuple):
    """What happened at the end of an auction."""

    winner: str
    coins: Amount  #: raised from the winner, or sold to it
    tokens: Amount  #: issued to the winner, or paid by it and destroyed
    transfers: tuple[Transfer, ...]
