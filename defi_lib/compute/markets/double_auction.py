"""Double auctions and the posted price: how many trade, who pays what, and what the market keeps."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.markets.ranking import among_lowest
from defi_lib.frozen import kept
from defi_lib.ledger import former
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import above, below, rest
from defi_lib.validation import Amount, Whole, between, broadcastable, non_negative, plain, ratio


@former.with_payments
class Clearing(NamedTuple):
    """What happened in a market. Every bidder wants one unit (an hour of a machine), every asker has one.

    The last axis of ``bids`` and ``asks`` holds the people, the axes before it the scenarios.
    """

    bids: NDArray[np.float64]  #: most that each buyer pays (USD), as said
    asks: NDArray[np.float64]  #: least that each seller accepts (USD), as said
    trades: Whole  #: units that change hands
    buyer_price: Amount  #: USD that each buyer pays; 0 where nobody trades
    seller_price: Amount  #: USD that each seller gets, after the fee; 0 where nobody trades
    by_arrival: bool = False  #: who comes first is served first; otherwise the highest bids and the lowest asks

    @property
    def bought(self) -> NDArray[np.bool_]:
        """Which bidders get a unit."""
        eligible = _accepts(self.bids, self.buyer_price) if self.by_arrival else None
        return _served(-self.bids, self.trades, eligible)

    @property
    def sold(self) -> NDArray[np.bool_]:
        """Which askers sell their unit."""
        eligible = _accepts(-self.asks, -np.asarray(self.seller_price)) if self.by_arrival else None
        return _served(self.asks, self.trades, eligible)

    @property
    def surplus(self) -> Amount:
        """Gains from trade (USD): bids less asks of all who trade, market included."""
        gained = np.sum(self.bids, axis=-1, where=self.bought) - np.sum(self.asks, axis=-1, where=self.sold)
        return plain(gained)

    @property
    def possible_surplus(self) -> Amount:
        """Most that any market could gain with these bids and asks (USD)."""
        pairs = min(self.bids.shape[-1], self.asks.shape[-1])
        falling, rising = np.sort(self.bids, axis=-1)[..., ::-1], np.sort(self.asks, axis=-1)
        return plain(np.sum(np.maximum(falling[..., :pairs] - rising[..., :pairs], 0.0), axis=-1))

    @property
    def market_keeps(self) -> Amount:
        """What buyers pay and sellers do not get (USD); below 0 the market pays on top."""
        return plain(np.multiply(self.trades, rest(self.buyer_price, self.seller_price)))

    def transfers(self, buyer: str = "buyer", market: str = "market", seller: str = "seller") -> tuple[Transfer, ...]:
        """Through the market: ``"buyer 0"`` → ``"market"`` → ``"seller 0"``, one payment for each person."""
        paid = np.where(self.bought, np.asarray(self.buyer_price)[..., np.newaxis], 0.0)
        received = np.where(self.sold, np.asarray(self.seller_price)[..., np.newaxis], 0.0)
        buyers = (
            Transfer(f"{buyer} {i}", market, plain(paid[..., i]), "USD", "purchase") for i in range(paid.shape[-1])
        )
        sellers = (
            Transfer(market, f"{seller} {j}", plain(received[..., j]), "USD", "sale") for j in range(received.shape[-1])
        )
        return actual([*buyers, *sellers])


def k_double_auction(bids: Amount, asks: Amount, k: Amount = 0.5, fee: Amount = 0.0) -> Clearing:
    """All who gain trade at one price: the last pair with bid ≥ ask sets ``p = k·b_q + (1 − k)·s_q``.

    With a fee an asker needs ``s/(1 − fee)``, so fewer trade. Neither side does best by saying the truth.

    Args:
        bids: USD, >= 0, buyers along the last axis; there may be none.
        asks: USD, >= 0, sellers along the last axis; there may be none.
        k: weight of the bid in the price, in [0, 1], one or one per scenario.
        fee: ratio of the price that the market keeps, in [0, 1), one or one per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Chatterjee, Samuelson (1983); Rustichini, Satterthwaite, Williams (1994).

    >>> k_double_auction([5, 4, 1], [2, 3, 6]).buyer_price
    3.5
    """
    k, fee = between("k", k, 0.0, 1.0), ratio("fee", fee)
    bids, asks = _people(bids, asks, k=k, fee=fee)
    trades, last_bid, last_ask, _, _ = _margin(bids, asks / (1 - np.asarray(fee)[..., np.newaxis]))
    # Rounding must not lift the price above what the last buyer pays.
    price = np.minimum(last_ask + k * (last_bid - last_ask), last_bid)
    return _clearing(bids, asks, trades, price, price * (1 - fee))


def mcafee_auction(bids: Amount, asks: Amount) -> Clearing:
    """A double auction in which the truth is the best bid: one trade may be given up for it.

    ``p₀ = (b_{q+1} + s_{q+1})/2`` of the first pair that does not trade. If ``s_q ≤ p₀ ≤ b_q`` all q trade at p₀;
    else q − 1 trade, buyers pay b_q, sellers get s_q, and the market keeps the difference. A bid that is missing
    counts as 0, an ask that is missing as infinite.

    Args:
        bids: USD, >= 0, buyers along the last axis; there may be none.
        asks: USD, >= 0, sellers along the last axis; there may be none.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: McAfee, *A Dominant Strategy Double Auction* (1992). Each person may have one bid; who poses as several
    can gain.

    >>> mcafee_auction([5, 4, 1], [2, 3, 6]).trades
    2
    """
    bids, asks = _people(bids, asks)
    trades, high, low, next_bid, next_ask = _margin(bids, asks)
    middle = (next_bid + next_ask) / 2
    everybody = ~np.asarray(above(low, middle) | above(middle, high))
    buyer_price, seller_price = np.where(everybody, middle, high), np.where(everybody, middle, low)
    return _clearing(bids, asks, np.where(everybody, trades, np.maximum(trades - 1, 0)), buyer_price, seller_price)


def vcg_double_auction(bids: Amount, asks: Amount) -> Clearing:
    """All who gain trade, and each pays or gets what the others lose or gain by him: the market pays on top.

    Buyers pay ``max(b_{q+1}, s_q)``, sellers get ``min(s_{q+1}, b_q)``. Truth is the best bid and no gain is lost,
    so by the theorem of Myerson and Satterthwaite somebody must subsidise it: ``market_keeps`` is ≤ 0.

    Args:
        bids: USD, >= 0, buyers along the last axis; there may be none.
        asks: USD, >= 0, sellers along the last axis; there may be none.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Vickrey (1961), Clarke (1971), Groves (1973); Myerson, Satterthwaite (1983).

    >>> vcg_double_auction([5, 4, 1], [2, 3, 6]).market_keeps
    -2.0
    """
    bids, asks = _people(bids, asks)
    trades, high, low, next_bid, next_ask = _margin(bids, asks)
    # Where the last pair's numbers are equal but for rounding, nobody pays more than he bid or gets less than he asked.
    paid, received = np.minimum(np.maximum(next_bid, low), high), np.maximum(np.minimum(next_ask, high), low)
    return _clearing(bids, asks, trades, paid, received)


def posted_price_market(bids: Amount, asks: Amount, price: Amount, fee: Amount = 0.0) -> Clearing:
    """Somebody sets the price; who accepts it trades, on the longer side who comes first.

    Args:
        bids: USD, >= 0, buyers along the last axis in order of arrival; there may be none.
        asks: USD, >= 0, sellers along the last axis in order of arrival; there may be none.
        price: USD that a buyer pays, >= 0, one or one per scenario.
        fee: ratio of the price that the market keeps, in [0, 1), one or one per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> posted_price_market([5, 4, 1], [2, 3, 6], 3.5).surplus
    4.0
    """
    price, fee = non_negative("price", price), ratio("fee", fee)
    bids, asks = _people(bids, asks, price=price, fee=fee)
    net = price * (1 - fee)
    willing = np.sum(_accepts(bids, price), axis=-1, dtype=np.int64)
    able = np.sum(_accepts(-asks, -np.asarray(net)), axis=-1, dtype=np.int64)
    return _clearing(bids, asks, np.minimum(willing, able), price, net)._replace(by_arrival=True)


def most_profitable_price(bids: Amount, unit_cost: Amount) -> Amount:
    """List price (USD) of a single seller who knows demand, a cloud: the bid p with most ``(p − cost)·demand(p)``.

    The lowest of several; ``unit_cost`` where no bid is higher, as where nobody bids.

    Args:
        bids: USD, >= 0, buyers along the last axis; there may be none.
        unit_cost: USD for each unit, >= 0, one or one per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> most_profitable_price([5, 4, 1], 1.0)
    4.0
    """
    unit_cost = non_negative("unit_cost", unit_cost)
    bids, _ = _people(bids, np.zeros(0), unit_cost=unit_cost)
    floor = np.broadcast_to(np.asarray(unit_cost)[..., np.newaxis], (*bids.shape[:-1], 1))
    rising = np.sort(np.concatenate([bids, floor], axis=-1), axis=-1)
    buyers = np.arange(rising.shape[-1], 0, -1)
    gain = (rising - floor) * buyers
    most = np.max(gain, axis=-1, keepdims=True)
    best = np.argmax(~np.asarray(below(gain, most, scale=rising * buyers)), axis=-1)
    return plain(np.take_along_axis(rising, best[..., np.newaxis], axis=-1)[..., 0])


def equilibrium_bid(value: Amount, k: Amount = 0.5) -> Amount:
    """What a buyer bids (USD) in the linear equilibrium of one buyer and one seller: ``v/(1+k) + k(1−k)/(2(1+k))``.

    Less than the value, so that some gains are lost: at k = 1/2 a trade needs ``value ≥ cost + 1/4``.

    Args:
        value: of the unit to the buyer, in [0, 1]; values and costs are uniform on [0, 1].
        k: weight of the bid in the price, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Source: Chatterjee, Samuelson (1983). There are other equilibria.
    """
    value, k = between("value", value, 0.0, 1.0), between("k", k, 0.0, 1.0)
    broadcastable(value=value, k=k)
    return (value + k * (1 - k) / 2) / (1 + k)


def equilibrium_ask(cost: Amount, k: Amount = 0.5) -> Amount:
    """What a seller asks (USD) in the linear equilibrium of one buyer and one seller: ``c/(2−k) + (1−k)/2``.

    Args:
        cost: of the unit to the seller, in [0, 1]; values and costs are uniform on [0, 1].
        k: weight of the bid in the price, in [0, 1].

    Raises:
        ValueError: an argument outside its range.

    Source: Chatterjee, Samuelson (1983).
    """
    cost, k = between("cost", cost, 0.0, 1.0), between("k", k, 0.0, 1.0)
    broadcastable(cost=cost, k=k)
    return cost / (2 - k) + (1 - k) / 2


def _people(bids: Amount, asks: Amount, **terms: Amount) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bids and asks as arrays with common scenarios and people last."""
    bids, asks = np.atleast_1d(kept(non_negative("bids", bids))), np.atleast_1d(kept(non_negative("asks", asks)))
    scenarios = {"bids": bids[..., 0] if bids.shape[-1] else np.empty(bids.shape[:-1])}
    scenarios["asks"] = asks[..., 0] if asks.shape[-1] else np.empty(asks.shape[:-1])
    shape = broadcastable(**scenarios, **terms)
    return np.broadcast_to(bids, (*shape, bids.shape[-1])), np.broadcast_to(asks, (*shape, asks.shape[-1]))


def _accepts(limits: NDArray[np.float64], price: Amount) -> NDArray[np.bool_]:
    """Who pays the price; sellers, whose numbers count from below, come with both turned round."""
    return ~np.asarray(below(limits, np.asarray(price)[..., np.newaxis]))


class _Margin(NamedTuple):
    trades: NDArray[np.int64]  #: pairs that gain from trade
    last_bid: NDArray[np.float64]  #: of the last such pair
    last_ask: NDArray[np.float64]
    next_bid: NDArray[np.float64]  #: of the first pair that does not
    next_ask: NDArray[np.float64]


def _margin(bids: NDArray[np.float64], asks: NDArray[np.float64]) -> _Margin:
    """Where the falling bids meet the rising asks."""
    falling, rising = np.sort(bids, axis=-1)[..., ::-1], np.sort(asks, axis=-1)
    pairs = min(bids.shape[-1], asks.shape[-1])
    gaining = ~np.asarray(below(falling[..., :pairs], rising[..., :pairs]))
    trades = np.asarray(np.sum(gaining, axis=-1, dtype=np.int64))
    last = trades - 1
    return _Margin(trades, _at(falling, last), _at(rising, last), _at(falling, trades), _at(rising, trades, np.inf))


def _at(values: NDArray[np.float64], position: NDArray[np.int64], missing: float = 0.0) -> NDArray[np.float64]:
    """The entry at ``position`` of the last axis, ``missing`` where there is none."""
    count = values.shape[-1]
    if count == 0:
        return np.full(position.shape, missing)
    there = (position >= 0) & (position < count)
    found = np.take_along_axis(values, np.clip(position, 0, count - 1)[..., np.newaxis], axis=-1)[..., 0]
    return np.where(there, found, missing)


def _served(order: NDArray[np.float64], trades: Whole, eligible: NDArray[np.bool_] | None = None) -> NDArray[np.bool_]:
    """The first ``trades`` of the eligible if given, else those of the lowest ``order``; among equals the first."""
    count = np.asarray(trades)[..., np.newaxis]
    if eligible is not None:
        return eligible & (np.cumsum(eligible, axis=-1) <= count)
    return among_lowest(order, np.sort(order, axis=-1), count)


def _clearing(
    bids: NDArray[np.float64],
    asks: NDArray[np.float64],
    trades: NDArray[np.int64],
    buyer_price: Amount,
    seller_price: Amount,
) -> Clearing:
    """The record, with prices of 0 where nobody trades."""
    some = np.asarray(trades) > 0
    count = int(trades) if np.ndim(trades) == 0 else np.asarray(trades)
    buyer, seller = plain(np.where(some, buyer_price, 0.0)), plain(np.where(some, seller_price, 0.0))
    return Clearing(bids, asks, count, buyer, seller)
