"""A weekend: redemption is shut, and what a coin is worth is said by a pool, and by who has dollars to buy."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from defi_lib.exchange import Pool, Swap
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.risk.coins.reserve_coin import COIN, DOLLAR
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive, ratio

#: The pools of this room hold the coin as token 0 and dollars as token 1.
COIN_TOKEN, DOLLAR_TOKEN = 0, 1


class Weekend(NamedTuple):
    """What happened in a pool while redemption was shut, and after it has opened again."""

    fair: Amount  #: what buyers think a coin is worth (USD)
    lowest: Amount  #: price after the sellers, before anybody buys
    price: Amount  #: price after the buyers
    sale: Swap  #: by those who do not wait
    purchase: Swap  #: by those with dollars
    return_: Swap  #: the trade that brings the price back when redemption opens
    pays: Amount  #: what redemption pays then (USD per coin)

    @property
    def pool(self) -> Any:
        """The pool after all of it."""
        return self.return_.pool

    @property
    def sellers_loss(self) -> Amount:
        """What the sellers would have got by waiting, less what they got (USD)."""
        return self.sale.amount_in * self.pays - self.sale.amount_out

    @property
    def buyers_gain(self) -> Amount:
        """What the buyers' coins are worth in the end, less what they paid (USD)."""
        return self.purchase.amount_out * self.pays - self.purchase.amount_in

    @property
    def arbitrage_gain(self) -> Amount:
        """The same of those who trade when redemption opens (USD)."""
        into, out = self.return_.amount_in, self.return_.amount_out
        bought = self.return_.token_in == DOLLAR_TOKEN
        return out * self.pays - into if bought else out - into * self.pays

    @property
    def providers_gain(self) -> Amount:
        """What the pool's providers have more in the end (USD): all that sellers lost, less what the others gained."""
        return self.sellers_loss - self.buyers_gain - self.arbitrage_gain

    def transfers(self, sellers: str = "sellers", buyers: str = "buyers", pool: str = "pool") -> tuple[Transfer, ...]:
        """The three trades."""
        assets = (COIN, DOLLAR)
        parties = ((self.sale, sellers), (self.purchase, buyers), (self.return_, "arbitrageurs"))
        return actual(move for swap, who in parties for move in swap.transfers(who, pool, assets))


def shut_weekend(
    pool: Pool,
    sold: Amount,
    doubted: Amount,
    recovery: Amount = 0.0,
    capital: Amount = 0.0,
    margin: Amount = 0.0,
    pays: Amount = 1.0,
) -> Weekend:
    """Redemption is shut while a part of the reserve is in doubt: some sell in a pool, others buy, and it opens again.

    Buyers think that a coin is worth ``fair = 1 − doubted·(1 − recovery)``, and pay up to ``fair·(1 − margin)`` as long
    as they have dollars. Sellers do not ask for a price: below the buyers' limit it falls as deep as the pool is thin.

    Args:
        pool: of the coin (token 0) and dollars (token 1); any pool of :mod:`defi_lib.exchange`.
        sold: coins that do not wait, >= 0.
        doubted: part of the reserve in doubt, in [0, 1].
        recovery: part of it that buyers expect to come back, in [0, 1].
        capital: dollars of the buyers, >= 0.
        margin: what they want below the fair price, in [0, 1).
        pays: what redemption pays when it opens (USD per coin), > 0; arbitrage then brings the pool there.

    Every argument may hold arrays with one entry per scenario.

    Raises:
        ValueError: an argument outside its range.

    >>> from defi_lib.exchange import ConstantProductPool
    >>> end = shut_weekend(ConstantProductPool((100.0, 100.0), fee=0.0), 10.0, doubted=0.08, capital=1.0)
    >>> round(end.fair, 4), round(end.lowest, 4), round(end.price, 4)
    (0.92, 0.8264, 0.8447)

    Source: USDC, 10 to 13 March 2023: 8 % of the reserve in doubt, 0.87 dollars in exchanges, redeemed at 1 on Monday.
    """
    sold, capital = non_negative("sold", sold), non_negative("capital", capital)
    doubted, recovery = between("doubted", doubted, 0.0, 1.0), between("recovery", recovery, 0.0, 1.0)
    margin, pays = ratio("margin", margin), positive("pays", pays)
    broadcastable(sold=sold, doubted=doubted, recovery=recovery, capital=capital, margin=margin, pays=pays)
    fair = 1 - doubted * (1 - np.asarray(recovery))
    sale = pool.swap_exact_in(sold, COIN_TOKEN, DOLLAR_TOKEN)
    purchase = sale.pool.swap_exact_in(0.0 * sold, DOLLAR_TOKEN, COIN_TOKEN)
    if np.any(np.greater(fair, 0) & np.greater(capital, 0)):
        limit = np.maximum(fair * (1 - margin), np.finfo(float).tiny ** 0.25)
        purchase = buy_up_to(sale.pool, plain(limit), capital)
    back = return_to(purchase.pool, pays)
    lowest, price = sale.price_after, purchase.pool.price(COIN_TOKEN, DOLLAR_TOKEN)
    return Weekend(plain(fair), lowest, price, sale, purchase, back, plain(pays))


def buy_up_to(pool: Pool, price: Amount, dollars: Amount, coins: Amount | None = None) -> Swap:
    """Buy coins (token 0) until their price is ``price``, for at most ``dollars`` and at most ``coins``.

    Raises:
        ValueError: an argument outside its range, or a price that the pool does not reach.

    >>> from defi_lib.exchange import ConstantProductPool
    >>> buy_up_to(ConstantProductPool((100.0, 81.0), fee=0.0), 1.0, dollars=5.0).amount_in
    5.0
    """
    dollars = non_negative("dollars", dollars)
    bought, _ = pool.trade_to(price, COIN_TOKEN, DOLLAR_TOKEN, after_fee=True)
    bought = pool.swap_exact_in(plain(np.minimum(bought.amount_in, dollars)), DOLLAR_TOKEN, COIN_TOKEN)
    if coins is None:
        return bought
    few = plain(np.minimum(bought.amount_out, non_negative("coins", coins)))
    return pool.swap_exact_out(few, DOLLAR_TOKEN, COIN_TOKEN)


def sell_down_to(pool: Pool, price: Amount, coins: Amount) -> Swap:
    """Sell at most ``coins`` (token 0) until their price is ``price``.

    Raises:
        ValueError: an argument outside its range, or a price that the pool does not reach.

    >>> from defi_lib.exchange import ConstantProductPool
    >>> round(sell_down_to(ConstantProductPool((100.0, 121.0), fee=0.0), 1.0, coins=50.0).amount_in, 6)
    10.0
    """
    coins = non_negative("coins", coins)
    _, sold = pool.trade_to(price, COIN_TOKEN, DOLLAR_TOKEN, after_fee=True)
    return pool.swap_exact_in(plain(np.minimum(sold.amount_in, coins)), COIN_TOKEN, DOLLAR_TOKEN)


def return_to(pool: Pool, pays: Amount) -> Swap:
    """The purchase that brings a coin (token 0) up to what redemption pays; nothing where it costs more already."""
    return pool.trade_to(pays, COIN_TOKEN, DOLLAR_TOKEN, after_fee=True)[0]


class LinkedPrice(NamedTuple):
    """The price of a coin that another coin backs in part, and to which a peg module ties it."""

    worth: Amount  #: backing per coin, at most 1 (USD)
    floor: Amount  #: below it the module takes coins for the other coin
    ceiling: Amount  #: above it the module issues coins for the other coin
    price: Amount  #: in the pool after all trades (USD)
    issued: Amount  #: coins that the module issued
    taken_back: Amount  #: coins that it took back
    part_after: Amount  #: part of all coins that the other coin backs then
    passed_on: Amount  #: what holders of all coins lost to those who brought the other coin (USD)
    pool: Any


def linked_price(
    pool: Pool,
    backing_price: Amount,
    part: Amount,
    supply: Amount,
    *,
    other: Amount | None = None,
    tin: Amount = 0.0,
    tout: Amount = 0.0,
    room: Amount = 0.0,
    gem: Amount = 0.0,
) -> LinkedPrice:
    """A coin is backed in part by another one that fell; a peg module swaps the two at par.

    Its worth is ``min(1, part·price of the other + other backing)``. But who brings the fallen coin gets one coin for
    it, less ``tin``: as long as there is room, no coin is dearer than ``backing_price/(1 − tin)``. And who brings a
    coin and ``tout`` gets the fallen coin: while there is some, no coin is cheaper than ``backing_price/(1 + tout)``.

    Args:
        pool: of the coin (token 0) and dollars (token 1).
        backing_price: of the other coin (USD), > 0.
        part: of all coins that the other one backs, in [0, 1].
        supply: coins that exist, > 0.
        other: other backing per coin (USD), >= 0; by default ``1 − part``.
        tin, tout: fees of the module, in [0, 1).
        room: coins that it may still issue, >= 0.
        gem: units of the other coin in it, >= 0.

    Raises:
        ValueError: an argument outside its range.

    DAI in March 2023, half backed by USDC, which the module swapped at par, without end and without fee:

    >>> from defi_lib.exchange import ConstantProductPool
    >>> dai = ConstantProductPool((1e8, 1e8), fee=0.0)
    >>> [round(linked_price(dai, 0.8774, 0.52, 5.1e9, room=room).price, 4) for room in (1e9, 0.0)]
    [0.8774, 0.9362]

    Source: Maker, PSM-USDC-A; how the whole numbers of the contract go is in :class:`~defi_lib.risk.PegModule`.
    """
    backing_price, part = positive("backing_price", backing_price), between("part", part, 0.0, 1.0)
    supply, room, gem = positive("supply", supply), non_negative("room", room), non_negative("gem", gem)
    tin, tout = ratio("tin", tin), ratio("tout", tout)
    besides = 1 - part if other is None else non_negative("other", other)
    broadcastable(price=backing_price, part=part, supply=supply, other=besides, room=room, gem=gem, tin=tin, tout=tout)
    worth = plain(np.minimum(part * backing_price + besides, 1.0))
    floor, ceiling = backing_price / (1 + tout), backing_price / (1 - tin)
    agreed = pool.trade_to(worth, COIN_TOKEN, DOLLAR_TOKEN)[1].pool
    issue = sell_down_to(agreed, ceiling, room)
    back = buy_up_to(issue.pool, floor, np.finfo(float).max ** 0.5, gem * (1 + tout))
    issued, taken = issue.amount_in, back.amount_out
    left = supply + issued - taken
    backed = part * supply + issued / (1 - tin) - taken / (1 + tout)
    lost = issued * np.maximum(1 - ceiling, 0.0)
    price = back.pool.price(COIN_TOKEN, DOLLAR_TOKEN)
    parts = plain(np.minimum(backed / left, 1.0))
    return LinkedPrice(worth, floor, ceiling, price, issued, taken, parts, plain(lost), back.pool)
