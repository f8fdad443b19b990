"""One side of an order book: resting orders in price-time priority, and the walk of a market order along them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept
from defi_lib.rounding import TOLERANCE, above, below, rest, same
from defi_lib.validation import Amount, positive, shown

BUY, SELL = "buy", "sell"


class Order(NamedTuple):
    """A limit order that rests in the book."""

    order_id: int
    maker: str
    side: str  #: ``"buy"`` or ``"sell"``
    price: float  #: quote tokens per base token
    size: float  #: base tokens

    @property
    def deposit(self) -> tuple[float, float]:
        """What the exchange holds for it: base and quote tokens."""
        return (self.size, 0.0) if self.side == SELL else (0.0, self.price * self.size)


class Fill(NamedTuple):
    """A trade between a taker and one resting order."""

    maker: str
    price: float  #: quote tokens per base token
    size: float  #: base tokens
    order_id: int


class Side(NamedTuple):
    """The orders of one side, best price first and oldest first at equal price, and how much of them is taken.

    What market orders take is kept as a position on the cumulated sizes, so that ten thousand books that differ only in
    what was taken share one list of orders.
    """

    orders: tuple[Order, ...]
    prices: NDArray[np.float64]
    base: NDArray[np.float64]  #: cumulated base tokens, from 0
    quote: NDArray[np.float64]  #: cumulated quote tokens, from 0
    taken: tuple[Amount, Amount] = (0.0, 0.0)  #: base and quote tokens

    @classmethod
    def of(cls, orders: Iterable[Order]) -> Self:
        """The side with these orders; the sort is stable, so that time priority stays."""
        ranked = tuple(sorted(orders, key=_rank))
        prices = np.array([order.price for order in ranked])
        sizes = np.array([order.size for order in ranked])
        return cls(ranked, kept(prices), kept(_cumulated(sizes)), kept(_cumulated(prices * sizes)))

    @property
    def left(self) -> tuple[Amount, Amount]:
        """Base and quote tokens not taken."""
        return self.base[-1] - self.taken[0], self.quote[-1] - self.taken[1]

    @property
    def best(self) -> Amount:
        """The price of the next order (quote per base)."""
        if not self.orders:
            raise ValueError("this side of the book has no orders and so no price: place one first")
        return self.prices[_level(self.base, self.taken[0])]

    def take(self, base: Amount, quote: Amount) -> Self:
        """This side when so much more is taken; what ends at an edge to within rounding leaves none of that order."""
        base, quote = self.taken[0] + base, self.taken[1] + quote
        edge = np.minimum(np.searchsorted(self.base, base * (1 - TOLERANCE)), len(self.orders))
        at_edge = self.base[edge] <= base * (1 + TOLERANCE)
        base, quote = np.where(at_edge, self.base[edge], base)[()], np.where(at_edge, self.quote[edge], quote)[()]
        return self._replace(taken=(base, quote))

    def up_to(self, limit: Amount, *, included: bool) -> NDArray[np.int64]:
        """How many orders are better than a price (quote per base), or as good where ``included``."""
        sign = self._sign
        ranks, shift = sign * self.prices, TOLERANCE * np.abs(limit) * (1 if included else -1)
        return np.searchsorted(ranks, sign * limit + shift, side="right" if included else "left")

    def first_at(self, price: Amount) -> NDArray[np.int64]:
        """How many orders are better than that price of an order."""
        return np.searchsorted(self._sign * self.prices, self._sign * price, side="left")

    @property
    def _sign(self) -> int:
        """1 where a lower price is better, otherwise −1."""
        return -1 if self.orders and self.orders[0].side == BUY else 1

    def worth(self, given: int, amount: Amount) -> Amount:
        """What ``amount`` of token ``given`` is worth along the orders, from where they are taken up to.

        The part in the first order, whole orders between and the part in the last are added up: nothing that is large
        against the amount is subtracted.
        """
        known, sought = (self.base, self.quote) if given == 0 else (self.quote, self.base)
        rate = self.prices if given == 0 else 1 / self.prices
        start = self.taken[given]
        end = start + amount
        first, last = _level(known, start), _level(known, end)
        across = (known[first + 1] - start) * rate[first] + (end - known[last]) * rate[last]
        return np.where(first == last, amount * rate[first], across + (sought[last] - sought[first + 1]))[()]

    @property
    def position(self) -> float:
        """Base tokens taken, if that is one number."""
        if np.ndim(self.taken[0]):
            raise ValueError(f"the book has scenarios of shape {np.shape(self.taken[0])}: allowed is one scenario")
        return float(self.taken[0])

    def fills(self, end: float) -> tuple[Fill, ...]:
        """The trades that take this side on to position ``end`` (base tokens), of a book of one scenario."""
        sizes = np.minimum(self.base[1:], end) - np.maximum(self.base[:-1], self.position)
        pairs = zip(self.orders, sizes.tolist(), strict=True)
        return tuple(Fill(order.maker, order.price, size, order.order_id) for order, size in pairs if size > 0)

    def open(self) -> tuple[Order, ...]:
        """The orders with what is left of them, of a book of one scenario."""
        taken = self.position
        ends = zip(self.orders, self.base[:-1].tolist(), self.base[1:].tolist(), strict=True)
        left = (o if start >= taken else o._replace(size=end - taken) for o, start, end in ends if end > taken)
        return tuple(left)


def match(order: Order, facing: tuple[Order, ...]) -> tuple[tuple[Fill, ...], list[Order], Order | None]:
    """Trade an order against the other side: the fills, what still stands there, and what is left of the order."""
    fills, standing, left = [], [], order.size
    for other in facing:
        size = 0.0 if above(_rank(other), -_rank(order)) else min(left, other.size)
        if size > 0:
            fills.append(Fill(other.maker, other.price, size, other.order_id))
            left = float(rest(left, size, order.size))
        if still := rest(other.size, size):
            standing.append(other._replace(size=float(still)))
    return tuple(fills), standing, order._replace(size=left) if left > 0 else None


def _rank(order: Order) -> float:
    return order.price if order.side == SELL else -order.price


def _level(edges: NDArray[np.float64], position: Amount) -> NDArray[np.int64]:
    """The order in which a position on the cumulated amounts lies."""
    return np.clip(np.searchsorted(edges, position, side="right") - 1, 0, len(edges) - 2)


def _cumulated(amounts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums of the first 0, 1, 2, … amounts."""
    return np.concatenate(([0.0], np.cumsum(amounts)))


def orders_of(name: str, rows: object, side: str, maker: str, first_id: int) -> tuple[Order, ...]:
    """Rows of price and size as orders."""
    try:
        table = np.asarray(rows, dtype=float)
    except (TypeError, ValueError):
        raise ValueError(f"{name} = {shown(rows)} is no table: allowed are rows of price and size") from None
    if table.size == 0:
        return ()
    if table.ndim != 2 or table.shape[1] != 2:
        raise ValueError(f"{name} has shape {table.shape}: allowed are rows of two numbers, price and size")
    prices, sizes = positive(f"price in {name}", table[:, 0]), positive(f"size in {name}", table[:, 1])
    pairs = zip(prices.tolist(), sizes.tolist(), strict=True)  # type: ignore[union-attr]
    return tuple(Order(first_id + i, maker, side, price, size) for i, (price, size) in enumerate(pairs))


def sides_of(buys: Iterable[Order], sells: Iterable[Order]) -> tuple[Side, Side]:
    """Bids and asks of a book; the best bid must lie below the best ask."""
    bids, asks = Side.of(buys), Side.of(sells)
    if bids.orders and asks.orders and not below(bids.best, asks.best):
        raise ValueError(f"the best bid = {bids.best} meets the best ask: allowed are bids below {asks.best}")
    return bids, asks


def left_at(side: Side, limit: Amount) -> NDArray[np.int64]:
    """How many orders to take so that the next has the last price up to ``limit``; all, if that is beyond the last."""
    count = side.up_to(limit, included=True)
    beyond = (count == len(side.orders)) & ~np.asarray(same(limit, side.prices[-1]))
    return np.where(beyond, count, side.first_at(side.prices[np.maximum(count - 1, 0)]))
