"""Reverse auctions: a buyer takes the cheapest offers, and rings try to bend the price."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.markets.ranking import among_lowest, lowest
from defi_lib.frozen import kept
from defi_lib.ledger import former
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import above
from defi_lib.validation import Amount, Whole, at_least, between, broadcastable, non_negative, one_of, plain
from defi_lib.validation import whole as whole_number

RULES = ("first price", "second price")


@former.with_payments
class Award(NamedTuple):
    """What a buyer bought; scenarios first, sellers along the last axis."""

    asks: NDArray[np.float64]  #: USD that each seller asked
    won: NDArray[np.bool_]  #: who sells a unit
    paid: NDArray[np.float64]  #: USD to each seller, 0 to those who do not sell

    @property
    def units(self) -> Whole:
        """Units bought."""
        count = np.asarray(np.sum(self.won, axis=-1, dtype=np.int64))
        return int(count) if count.ndim == 0 else count

    @property
    def cost(self) -> Amount:
        """What the buyer pays for all (USD)."""
        return plain(np.sum(self.paid, axis=-1))

    @property
    def price(self) -> Amount:
        """Average price of a unit (USD); 0 where nothing is bought."""
        return plain(np.sum(self.paid, axis=-1) / np.maximum(np.sum(self.won, axis=-1), 1))

    def transfers(self, buyer: str = "buyer", seller: str = "seller") -> tuple[Transfer, ...]:
        """``"buyer"`` → ``"seller 0"``, one for each seller."""
        return actual(
            Transfer(buyer, f"{seller} {j}", plain(self.paid[..., j]), "USD", "purchase")
            for j in range(self.paid.shape[-1])
        )


def reverse_auction(asks: Amount, reserve: Amount, units: Whole = 1, rule: str = "second price") -> Award:
    """A buyer takes the ``units`` lowest asks that are not above his reserve price.

    First price: each winner gets what he asked. Second price: each gets the lowest ask that was not taken, or the
    reserve price if that is lower or there is none; then truth is the best ask, and it is the payment of VCG.

    Args:
        asks: USD for one unit, >= 0, sellers along the last axis; there may be none. Among equals the first wins.
        reserve: most that the buyer pays for a unit (USD), >= 0, for instance the list price of a cloud.
        units: wanted, >= 0, one or one per scenario.
        rule: ``"first price"`` or ``"second price"``.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Vickrey (1961); Krishna, *Auction Theory*. Akash opens the asks while the auction runs and leaves the choice
    to the buyer.

    >>> reverse_auction([3.0, 1.0, 2.0], reserve=5.0).cost
    2.0
    >>> reverse_auction([3.0, 1.0, 2.0], 5.0, units=2, rule="first price").cost
    3.0
    """
    one_of("rule", rule, RULES)
    asks, reserve = np.atleast_1d(kept(non_negative("asks", asks))), non_negative("reserve", reserve)
    count = whole_number("units", units)
    sellers = asks.shape[-1]
    shape = broadcastable(asks=asks[..., 0] if sellers else np.empty(asks.shape[:-1]), reserve=reserve, units=count)
    asks = np.broadcast_to(asks, (*shape, sellers))
    limit = np.broadcast_to(reserve, shape)[..., np.newaxis]
    wanted = np.minimum(np.broadcast_to(count, shape), sellers)[..., np.newaxis]
    # Whoever is next in line, the buyer himself at his reserve price included.
    line = np.concatenate([lowest(asks, int(np.max(wanted, initial=0)) + 1), limit], axis=-1)
    affordable = np.sum(~np.asarray(above(line[..., :-1], limit)), axis=-1, keepdims=True)
    won = among_lowest(asks, line, np.minimum(wanted, affordable))
    price = asks if rule == "first price" else np.minimum(np.take_along_axis(line, wanted, axis=-1), limit)
    return Award(asks, won, np.where(won, price, 0.0))


def equilibrium_ask_first_price(cost: Amount, bidders: int, low: float = 0.0, high: float = 1.0) -> Amount:
    """What a seller asks (USD) if the lowest ask wins and is paid: ``c + (high − c)/N``.

    Args:
        cost: of the seller (USD), in [low, high]; costs are uniform there, and nobody knows those of others.
        bidders: N, >= 1.
        low, high: limits of the costs (USD); ``high`` is the reserve price.

    Raises:
        ValueError: an argument outside its range.

    Source: Krishna, *Auction Theory*.
    """
    _limits(low, high)
    cost = between("cost", cost, low, high)
    return cost + (high - cost) / at_least("bidders", bidders, 1)


def expected_price(bidders: Whole, ring: Whole = 1, low: float = 0.0, high: float = 1.0) -> Amount:
    """Mean price (USD) of one unit, by the second price and (without a ring) by the first as well.

    Without a ring ``low + (high − low)·2/(N+1)``. If m of the N sellers form a ring of which only the cheapest
    really competes, ``1/(N−m+1) + (N−m)/(N(N+1))`` instead of ``2/(N+1)``: with all in it, the reserve price.

    Args:
        bidders: N, >= 1, one or one per scenario.
        ring: m, from 1 (nobody colludes) to N.
        low, high: limits of the costs (USD), which are uniform between them; ``high`` is the reserve price.

    Raises:
        ValueError: an argument outside its range.

    Source: Vickrey (1961) without ring; with a ring own derivation, the mean of the second lowest of the ring's minimum
    and the N − m others.

    >>> round(expected_price(3), 2), round(expected_price(3, ring=2), 2)
    (0.5, 0.58)
    """
    _limits(low, high)
    count, members = whole_number("bidders", bidders, 1), whole_number("ring", ring, 1)
    broadcastable(bidders=count, ring=members)
    between("ring", members, 1, count)
    others = count - members
    return plain(low + (high - low) * (1 / (others + 1) + others / (count * (count + 1.0))))


def ring_asks(costs: Amount, ring: int, reserve: Amount) -> NDArray[np.float64]:
    """Asks (USD) if the first ``ring`` sellers collude: the cheapest of them asks his cost, the others the reserve.

    All other sellers ask their cost. For use with the second price.

    Args:
        costs: USD, >= 0, sellers along the last axis; among equals the first competes.
        ring: number of sellers in it, from 0 to all.
        reserve: most that the buyer pays (USD), >= 0, one or one per scenario.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    costs, reserve = np.atleast_1d(non_negative("costs", costs)), non_negative("reserve", reserve)
    members = int(whole_number("ring", ring, 0, costs.shape[-1]))
    shape = broadcastable(costs=costs[..., 0] if costs.shape[-1] else np.empty(costs.shape[:-1]), reserve=reserve)
    asks = np.array(np.broadcast_to(costs, (*shape, costs.shape[-1])))
    if members:
        inside = asks[..., :members]
        competes = np.arange(members) == np.argmin(inside, axis=-1)[..., np.newaxis]
        asks[..., :members] = np.where(competes, inside, np.maximum(inside, np.asarray(reserve)[..., np.newaxis]))
    return asks


def _limits(low: float, high: float) -> None:
    non_negative("low", low)
    between("high", high, low, np.inf, low_open=True, high_open=True)
