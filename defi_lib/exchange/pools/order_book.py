"""The centralised baseline: a limit order book, run by an exchange that holds what its customers deposit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange.pools.constant_product import ConstantProductPool, needs_constant_product
from defi_lib.exchange.pools.order_queue import BUY, SELL, Fill, Order, Side, left_at, match, orders_of, sides_of
from defi_lib.exchange.pools.pool import ASSETS, PRICE_IMPACT, Swap, replaced
from defi_lib.frozen import kept
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import TOLERANCE
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    fulfilled,
    non_negative,
    one_number,
    one_of,
    plain,
    positive,
    ratio,
    token_pair,
)

#: The party that runs the book and holds every deposit, by the name and role that ledgers use.
EXCHANGE = "exchange"


class Trade(Swap):
    """A market order in an order book, seen by the taker: a swap whose fees the owner of the exchange gets."""

    __slots__ = ()

    def transfers(  # type: ignore[override]
        self,
        trader: str = "trader",
        makers: str = "makers",
        exchange: str = "exchange",
        assets: Sequence[str] = ASSETS,
    ) -> tuple[Transfer, ...]:
        """Fees to the owner of the exchange, the rest between trader and makers.

        Args:
            trader, makers, exchange: their names; makers who are paid for their orders are paid by the exchange.
            assets: the names of the base and the quote token.

        Raises:
            ValueError: too few names of assets.
        """
        paid, received = self._traded(assets)
        fee = maker_fees(self)
        charge = Transfer(makers, exchange, np.maximum(fee, 0.0), paid, "fee")
        rebate = Transfer(exchange, makers, np.maximum(-fee, 0.0), paid, "fee")
        return (
            Transfer(trader, exchange, self.fee, paid, "fee"),
            Transfer(trader, makers, self.amount_in - self.fee, paid, PRICE_IMPACT),
            Transfer(makers, trader, self.amount_out, received, PRICE_IMPACT),
            *(actual([charge, rebate]) or (charge,)),
        )


class Placement(NamedTuple):
    """What happened when a limit order was placed."""

    pool: OrderBook  #: the book after
    order: Order | None  #: what of it rests in the book
    fills: tuple[Fill, ...]  #: what was traded at once, best price first, oldest order first
    swap: Swap  #: the same in one sum, seen by the taker


class Cancellation(NamedTuple):
    """What happened when an order was cancelled."""

    pool: OrderBook  #: the book after
    order: Order  #: what was left of it; its deposit goes back to the maker


class _State(NamedTuple):
    bids: Side
    asks: Side
    taker_fee: Amount
    maker_fee: Amount
    next_id: int


class OrderBook(_State):
    """Limit orders to buy (bids) and to sell (asks) token 0, the base, for token 1, the quote.

    Args:
        bids, asks: rows of price (quote per base) and size (base tokens), each > 0, in order of arrival.
        taker_fee: ratio of the amount that a taker pays in, in [0, 1).
        maker_fee: ratio of what a maker receives; down to ``−taker_fee``, when makers are paid for their orders.
        maker: the name to which these first orders belong.

    A market order takes the best price first and the oldest order first at equal price. It has the interface of a pool
    and returns the same :class:`Swap`. Its price is the mid price, so that price impact and cost contain half the
    spread; its reserves are the deposits behind the orders, which :data:`EXCHANGE` holds.

    Raises:
        ValueError: an argument outside its range, or a bid at or above an ask.

    Source: Gould et al., *Limit order books*, Quantitative Finance 13 (2013). A real exchange fills what it can of a
    market order that exceeds the book, has tick and lot sizes, and often charges the fee on what is received.
    """

    __slots__ = ()

    def __new__(
        cls,
        bids: Sequence[Sequence[float]] | NDArray[np.float64] = (),
        asks: Sequence[Sequence[float]] | NDArray[np.float64] = (),
        taker_fee: Amount = 0.001,
        maker_fee: Amount = 0.0,
        maker: str = "market maker",
    ) -> Self:
        """Check the arguments and build the book."""
        taker_fee = kept(ratio("taker_fee", taker_fee))
        maker_fee = kept(between("maker_fee", maker_fee, -taker_fee, 1.0, high_open=True))
        buys = orders_of("bids", bids, BUY, maker, 0)
        sells = orders_of("asks", asks, SELL, maker, len(buys))
        return super().__new__(cls, *sides_of(buys, sells), taker_fee, maker_fee, len(buys) + len(sells))

    @classmethod
    def around(
        cls,
        mid: float,
        spread: float,
        depth: float,
        reach: float = 0.1,
        levels: int = 100,
        growth: float = 0.0,
        taker_fee: Amount = 0.001,
        maker_fee: Amount = 0.0,
    ) -> Self:
        """A book with ``depth`` quote tokens on each side, at evenly spaced prices up to ``reach`` from ``mid``.

        Args:
            mid: mid price (quote per base), > 0.
            spread: of the best ask and bid, ratio of mid, > 0.
            depth: value of the orders on each side (quote tokens), > 0.
            reach: distance of the last order, ratio of mid, in [spread/2, 1).
            levels: orders on each side.
            growth: value of the orders grows like this power of their rank: 0 the same at every price, 1 evenly.
            taker_fee, maker_fee: ratios.

        Raises:
            ValueError: an argument outside its range.
        """
        _single(mid=mid, spread=spread, depth=depth, reach=reach, growth=growth)
        positive("mid", mid), positive("spread", spread), positive("depth", depth)
        between("reach", reach, spread / 2, 1.0, high_open=True)
        distances = np.linspace(spread / 2, reach, at_least("levels", levels, 1))
        values = np.arange(1.0, levels + 1) ** non_negative("growth", growth)
        values *= depth / values.sum()
        bids, asks = mid * (1 - distances), mid * (1 + distances)
        rows = np.column_stack((bids, values / bids)), np.column_stack((asks, values / asks))
        return cls(*rows, taker_fee, maker_fee)

    @classmethod
    def mirror(
        cls,
        pool: ConstantProductPool,
        reach: float = 100.0,
        levels: int = 1000,
        taker_fee: Amount | None = None,
        maker_fee: Amount = 0.0,
    ) -> Self:
        """The book that trades like a constant product pool, between its price divided and multiplied by ``reach``.

        The prices between which an order stands in for the pool grow by the factor ``g = reach^(1/levels)``. From p to
        g·p the pool sells ``√(x·y)·(1/√p − 1/√(g·p))`` at ``p·√g`` on average: at the edges the two agree exactly.
        The book holds the part ``1 − 1/√reach`` of the pool's reserves: the rest serves prices beyond its reach.

        Raises:
            ValueError: another kind of pool, or one of more than one scenario, ``reach`` not above 1, or no levels.
        """
        x, y = needs_constant_product("pool", pool, fee_may_change=True).reserves
        _single(reach=reach, **{"pool.reserves[0]": x, "pool.reserves[1]": y})
        step = np.log(between("reach", reach, 1.0, np.inf, low_open=True)) / at_least("levels", levels, 1)
        middles = step * (np.arange(levels) + 0.5)
        asks = np.exp(middles) * (y / x)
        bids = np.exp(-middles) * (y / x)
        sold = x * np.exp(-(middles - step / 2) / 2) * -np.expm1(-step / 2)
        bought = x * np.exp((middles - step / 2) / 2) * np.expm1(step / 2)
        taker_fee = pool.fee if taker_fee is None else taker_fee
        return cls(np.column_stack((bids, bought)), np.column_stack((asks, sold)), taker_fee, maker_fee)

    def __reduce__(self) -> tuple[Callable[..., Self], tuple[tuple[object, ...]]]:
        return self._make, (tuple(self),)  # the state is not what the constructor takes

    @property
    def fee(self) -> Amount:
        """What a taker pays: ratio of the amount paid in."""
        return self.taker_fee

    @property
    def reserves(self) -> tuple[Amount, Amount]:
        """The deposits behind the orders: base tokens for sale and quote tokens bidding for them."""
        return self.asks.left[0], self.bids.left[1]

    @property
    def custody(self) -> dict[str, tuple[float, float]]:
        """Base and quote tokens that the exchange holds for the orders of each maker."""
        held: dict[str, tuple[float, float]] = {}
        for order in self.bids.open() + self.asks.open():
            base, quote = held.get(order.maker, (0.0, 0.0))
            held[order.maker] = base + order.deposit[0], quote + order.deposit[1]
        return held

    @property
    def best_bid(self) -> Amount:
        """Highest price at which somebody buys (quote per base)."""
        return self.bids.best

    @property
    def best_ask(self) -> Amount:
        """Lowest price at which somebody sells (quote per base)."""
        return self.asks.best

    @property
    def mid(self) -> Amount:
        """The middle of best bid and best ask (quote per base)."""
        return (self.best_bid + self.best_ask) / 2

    @property
    def spread(self) -> Amount:
        """Distance of best ask and best bid, as a ratio of the mid price."""
        return (self.best_ask - self.best_bid) / self.mid

    def price(self, token: int = 0, quote: int = 1) -> Amount:
        """The mid price of ``token`` in units of ``quote``."""
        token_pair(token, quote, 2, ("token", "quote"))
        return self.mid if token == 0 else 1 / self.mid

    def depth(self, within: Amount) -> tuple[Amount, Amount]:
        """Value (quote tokens) of the bids and of the asks whose price is at most ``within`` (ratio) from mid."""
        within = non_negative("within", within)
        bids = self.bids.quote[self.bids.up_to(self.mid * (1 - within), included=True)]
        asks = self.asks.quote[self.asks.up_to(self.mid * (1 + within), included=True)]
        return np.maximum(bids - self.bids.taken[1], 0.0), np.maximum(asks - self.asks.taken[1], 0.0)

    def swap_exact_in(self, amount_in: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """A market order that pays exactly ``amount_in`` (tokens, >= 0), fee included.

        Raises:
            ValueError: a negative amount, one that empties the side, or a token that the book does not have.
        """
        token_pair(token_in, token_out, 2)
        amount_in = non_negative("amount_in", amount_in)
        side = self._facing(token_in)
        fee = amount_in * self.taker_fee
        net_in = _less_than_all("amount_in·(1 − fee)", amount_in - fee, side, token_in)
        amount_out = side.worth(token_in, net_in)
        return Trade(self, self._after(token_in, net_in, amount_out), amount_in, amount_out, fee, token_in, token_out)

    def swap_exact_out(self, amount_out: Amount, token_in: int = 0, token_out: int = 1) -> Swap:
        """A market order that receives exactly ``amount_out`` (tokens, >= 0).

        Raises:
            ValueError: a negative amount, one that empties the side, or a token that the book does not have.
        """
        token_pair(token_in, token_out, 2)
        side = self._facing(token_in)
        amount_out = _less_than_all("amount_out", amount_out, side, token_out)
        net_in = side.worth(token_out, amount_out)
        amount_in = net_in / (1 - self.taker_fee)
        pool = self._after(token_in, net_in, amount_out)
        return Trade(self, pool, amount_in, amount_out, amount_in * self.fee, token_in, token_out)

    def trade_to(self, price: Amount, token: int = 0, quote: int = 1, *, after_fee: bool = False) -> tuple[Swap, Swap]:
        """The market order that moves the mid price to ``price``, ``(bought, sold)``; contract as in :class:`Pool`.

        The mid price moves in steps, to half way between the best order of the other side and the next that is left:
        the trade goes as near to ``price`` as it can without passing it. After fee, all orders are taken that are
        better than ``price`` when the fee is paid.

        Raises:
            ValueError: a price that is not positive, one for which a side would have to be emptied, or a token that
                the book does not have.

        >>> book = OrderBook([(99.0, 5.0)], [(101.0, 1.0), (103.0, 4.0)], taker_fee=0.0)
        >>> bought, sold = book.trade_to(101.0)
        >>> float(bought.amount_out), float(sold.amount_in), float(sold.pool.price())
        (1.0, 0.0, 101.0)
        """
        token_pair(token, quote, 2, ("token", "quote"))
        price, mid = positive("price", price), self.mid
        broadcastable(price=price, book=mid, taker_fee=self.taker_fee)
        target, gamma = price if token == 0 else 1 / price, 1 - self.taker_fee
        if after_fee:
            bids = self.bids.up_to(target / gamma, included=False)
            asks = self.asks.up_to(target * gamma, included=False)
        else:
            bids = left_at(self.bids, np.minimum(2 * target - self.best_ask, self.best_bid))
            asks = left_at(self.asks, np.maximum(2 * target - self.best_bid, self.best_ask))
        enough = (bids < len(self.bids.orders)) & (asks < len(self.asks.orders))
        fulfilled("price", price, enough, "are prices for which an order is left on each side")
        sold_base = np.maximum(self.bids.base[bids] - self.bids.taken[0], 0.0) / gamma
        paid_quote = np.maximum(self.asks.quote[asks] - self.asks.taken[1], 0.0) / gamma
        first, second = (paid_quote, sold_base) if token == 0 else (sold_base, paid_quote)
        bought = self.swap_exact_in(plain(first), quote, token)
        return bought, bought.pool.swap_exact_in(plain(second), token, quote)

    def with_fee(self, fee: Amount) -> Self:
        """The same book with another fee of the takers (ratio, in [0, 1)) from now on.

        Raises:
            ValueError: a fee outside its range, or one that does not pay what makers are paid.

        >>> OrderBook.around(2000.0, 0.001, 1e6).with_fee(0.0005).taker_fee
        0.0005
        """
        fee = kept(ratio("fee", fee))
        between("maker_fee", self.maker_fee, -fee, 1.0, high_open=True)
        return replaced(self, taker_fee=fee)

    def place(self, side: str, price: float, size: float, maker: str) -> Placement:
        """Place a limit order: what crosses the book trades at once, as a taker; the rest waits behind older orders.

        Args:
            side: ``"buy"`` or ``"sell"``.
            price: the worst acceptable (quote per base), > 0.
            size: to be traded (base tokens), > 0; the taker's fee comes on top of what is paid for it.
            maker: whose order it is.

        Raises:
            ValueError: an unknown side, a price or size that is not positive, or a book of many scenarios.
        """
        one_of("side", side, (BUY, SELL))
        _single(price=price, size=size)
        order = Order(
            self.next_id,
            maker,
            side,
            one_number("price", positive("price", price)),
            one_number("size", positive("size", size)),
        )
        facing, own = (self.asks, self.bids) if side == BUY else (self.bids, self.asks)
        fills, standing, rest = match(order, facing.open())
        own = Side.of(own.open() + (() if rest is None else (rest,)))
        bids, asks = (own, Side.of(standing)) if side == BUY else (Side.of(standing), own)
        book = self._replace(bids=bids, asks=asks, next_id=self.next_id + 1)

        traded, value = sum(fill.size for fill in fills), sum(fill.price * fill.size for fill in fills)
        token_in, net_in, amount_out = (1, value, traded) if side == BUY else (0, traded, value)
        amount_in = net_in / (1 - self.taker_fee)
        swap = Trade(self, book, amount_in, amount_out, amount_in * self.fee, token_in, 1 - token_in)
        return Placement(book, rest, fills, swap)

    def cancel(self, order_id: int) -> Cancellation:
        """Take an order out of the book.

        Raises:
            ValueError: no open order has this number, or a book of many scenarios.
        """
        bids, asks = self.bids.open(), self.asks.open()
        for order in bids + asks:
            if order.order_id == order_id:
                kept = [Side.of(other for other in orders if other is not order) for orders in (bids, asks)]
                return Cancellation(self._replace(bids=kept[0], asks=kept[1]), order)
        raise ValueError(f"order_id = {order_id!r} is no open order: allowed are the numbers of orders in the book")

    def _facing(self, token_in: int) -> Side:
        """The side that a market order meets."""
        return self.bids if token_in == 0 else self.asks

    def _after(self, token_in: int, net_in: Amount, amount_out: Amount) -> Self:
        """The book when a market order has taken this."""
        if token_in == 0:
            return self._replace(bids=self.bids.take(net_in, amount_out))
        return self._replace(asks=self.asks.take(amount_out, net_in))


def market_fills(swap: Swap) -> tuple[Fill, ...]:
    """Whose orders filled a market order, best price first, oldest order first at equal price (one scenario)."""
    return swap.before._facing(swap.token_in).fills(swap.pool._facing(swap.token_in).position)


def maker_fees(swap: Swap) -> Amount:
    """What the makers together pay the exchange, of the ``token_in`` that they receive (tokens; negative: they get)."""
    return (swap.amount_in - swap.fee) * swap.before.maker_fee


def _less_than_all(name: str, amount: Amount, side: Side, token: int) -> Amount:
    """``amount`` of a token if it leaves more than rounding of it on a side."""
    left, whole = side.left[token], (side.base if token == 0 else side.quote)[-1]
    amount = between(name, amount, 0.0, left, high_open=True)
    return fulfilled(name, amount, amount < left - TOLERANCE * whole, "are amounts that leave some of the side")


def _single(**values: Amount) -> None:
    """Refuse arrays where a book is built or an order placed: that is done in one scenario."""
    for name, value in values.items():
        if np.ndim(value):
            raise ValueError(f"{name} has shape {np.shape(value)}: allowed is a single number")
