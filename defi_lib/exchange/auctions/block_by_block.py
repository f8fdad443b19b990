"""A pool block by block: who is first, whom he pays for it, and a pool in which nobody is first.

Each block has one outside price and one order of passers-by. In an ordinary pool arbitrageurs trade first, and bid for
it. In a pool that trades a whole block at *the price it has afterwards* all orders count twice: of token 0 the block
sells A, of token 1 it sells B, and ``y + B − pA = p·(x + A − B/p)`` gives ``p = (y + 2B)/(x + 2A)`` (without a fee).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange.pools.constant_product import ConstantProductPool, needs_constant_product
from defi_lib.exchange.pools.pool import PRICE_IMPACT
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.validation import Amount, between, broadcastable, finite, non_negative, plain, positive

Array: TypeAlias = NDArray[np.float64]


class BlockRun(NamedTuple):
    """What moved in all blocks. Values in token 1, each at the outside price of its block."""

    before: ConstantProductPool  #: the pool before the first block
    pool: ConstantProductPool  #: the pool after the last block
    blocks: int
    trades: Amount  #: blocks in which arbitrageurs traded
    fees: Amount  #: paid by passers-by
    impact: Amount  #: what passers-by lose to the pool's price besides; less than nothing if the price was good
    arbitrage_fees: Amount  #: paid by arbitrageurs
    taken: Amount  #: what arbitrageurs gain from the pool after the fees
    gas: Amount  #: burned by arbitrageurs
    bids: Amount  #: paid by arbitrageurs for the first place
    held: Amount  #: what the pool's reserves gained as the outside price moved: ``Σ x·Δp``

    @property
    def net(self) -> Amount:
        """What providers gain against holding the pool's reserves outside, the bids not counted."""
        return self.fees + self.impact - self.taken

    def transfers(
        self,
        traders: str = "passers-by",
        providers: str = "providers",
        arbitrageurs: str = "arbitrageurs",
        paid_for_first: str = "block producers",
        network: str = "network",
        asset: str = "USD",
    ) -> tuple[Transfer, ...]:
        """Fees, price impact, old prices, gas and bids, as values.

        Args:
            traders, providers, arbitrageurs: their names.
            paid_for_first: who gets the bids: whoever orders the block, or the providers.
            network: who gets the gas.
            asset: in which values are counted.
        """
        worse, better = np.maximum(self.impact, 0.0), np.maximum(-np.asarray(self.impact), 0.0)
        old = np.asarray(self.taken) + self.arbitrage_fees
        return actual(
            [
                Transfer(traders, providers, self.fees, asset, "fee"),
                Transfer(traders, providers, plain(worse), asset, PRICE_IMPACT),
                Transfer(providers, traders, plain(better), asset, PRICE_IMPACT),
                Transfer(arbitrageurs, providers, self.arbitrage_fees, asset, "fee"),
                Transfer(providers, arbitrageurs, plain(np.maximum(old, 0.0)), asset, "old prices"),
                Transfer(arbitrageurs, network, self.gas, asset, "gas"),
                Transfer(arbitrageurs, paid_for_first, self.bids, asset, "bid"),
            ]
        )


def trade_blocks(
    pool: ConstantProductPool,
    prices: Iterable[Amount],
    orders: Iterable[Amount],
    gas: Amount = 0.0,
    bid: Amount = 0.0,
) -> BlockRun:
    """In each block arbitrageurs trade first, to the edge of the band, if that pays for gas; then passers-by.

    Args:
        pool: of constant product; one, or one a scenario.
        prices: outside price of token 0 in token 1, > 0, for each block; one, or one a scenario.
        orders: what passers-by pay in each block, as a value in token 1: > 0 buys token 0, < 0 sells it.
        gas: of a trade of arbitrageurs (token 1), >= 0.
        bid: part of what they gain after gas that they bid for the first place, in [0, 1].

    Raises:
        ValueError: an argument outside its range, fewer orders than prices, or another kind of pool.

    Source: Angeris et al., arXiv:1911.03380, with an order after each correction. On a real chain the first place is
    bid for once a block in all pools together, and orders wait for more than one block.

    >>> run = trade_blocks(ConstantProductPool((1_000.0, 2e6)), [2_100.0, 2_000.0], [5_000.0, -5_000.0], bid=0.6)
    >>> run.trades, round(run.taken, 2), round(run.bids, 2), round(run.fees, 2)
    (2.0, 2216.24, 1329.74, 30.0)
    """
    bid, gas = between("bid", bid, 0.0, 1.0), non_negative("gas", gas)
    state = _Blocks(pool)
    gamma = 1 - np.asarray(state.fee)
    for price, order in state.blocks(prices, orders):
        x, y = state.x, state.y
        paid = np.maximum(np.sqrt(x * y * price * gamma) - y, 0.0) / gamma
        given = np.maximum(np.sqrt(x * y * gamma / price) - x, 0.0) / gamma
        got, back = x * gamma * paid / (y + gamma * paid), y * gamma * given / (x + gamma * given)
        gain = got * price - paid + back - given * price
        goes = gain > gas
        state.move(goes * (given - got), goes * (paid - back))
        state.book(goes, gain, gas, state.fee * (paid + given * price))
        x, y = state.x, state.y
        paid, given = np.maximum(order, 0.0), np.maximum(-order, 0.0) / price
        got, back = x * gamma * paid / (y + gamma * paid), y * gamma * given / (x + gamma * given)
        state.move(given - got, paid - back)
        state.serve(np.abs(order), got * price + back)
    return state.result(bid)


def trade_batches(
    pool: ConstantProductPool,
    prices: Iterable[Amount],
    orders: Iterable[Amount],
    rivals: Amount,
    gas: Amount = 0.0,
) -> BlockRun:
    """In each block passers-by and arbitrageurs trade together, at the price that the pool has afterwards.

    n equal arbitrageurs each sell what pays best, given what the others do. With ``X = x + 2γA``, ``Y = y + 2γB`` of
    the passers-by the price becomes ``Y/Z``, where ``nP·Z² − (n − 1)·Y·Z − X·Y = 0`` and P is the outside price over γ;
    the other way round when they buy. They come if together they gain more than the gas. Nobody is first: no bids.

    Args:
        pool: its reserves and fee; its own rule for a price is not used.
        prices, orders, gas: as in :func:`trade_blocks`; gas of all arbitrageurs together.
        rivals: n >= 1.

    Raises:
        ValueError: an argument outside its range, fewer orders than prices, or another kind of pool.

    Source: the rule is that of Canidio and Fritsch, arXiv:2307.02074; rivals by Cournot (own derivation). CoW AMM,
    which follows it, leaves the price to a competition of solvers.

    >>> run = trade_batches(ConstantProductPool((100.0, 100.0), fee=0.0), [0.25], [0.0], rivals=1)
    >>> run.pool.reserves, run.taken
    ((150.0, 75.0), 12.5)
    """
    rivals, gas = between("rivals", rivals, 1.0, np.inf, high_open=True), non_negative("gas", gas)
    state = _Blocks(pool)
    gamma = 1 - np.asarray(state.fee)
    for price, order in state.blocks(prices, orders):
        paid, given = np.maximum(order, 0.0), np.maximum(-order, 0.0) / price
        own, other = state.x + 2 * gamma * given, state.y + 2 * gamma * paid
        sold = np.maximum(_rivals_end(own, other, rivals, price / gamma) - own, 0.0) / (2 * gamma)
        spent = np.maximum(_rivals_end(other, own, rivals, 1 / (price * gamma)) - other, 0.0) / (2 * gamma)
        end = (other + 2 * gamma * spent) / (own + 2 * gamma * sold)
        gain = gamma * (sold * end + spent / end * price) - sold * price - spent
        goes = gain > gas
        sold, spent = goes * sold, goes * spent
        end = (other + 2 * gamma * spent) / (own + 2 * gamma * sold)
        into, bought = given + sold, paid + spent
        state.move(into - gamma * bought / end, bought - gamma * into * end)
        state.book(goes, gain, gas, state.fee * (spent + sold * price))
        state.serve(np.abs(order), gamma * (given * end + paid / end * price))
    return state.result(0.0)


def _rivals_end(own: Array, other: Array, rivals: Amount, price: Array) -> Array:
    """Z: the reserve of what rivals sell, twice what came in on top, once none of them wants to sell more."""
    crowd = (np.asarray(rivals) - 1) * other
    return (crowd + np.sqrt(crowd**2 + 4 * rivals * price * own * other)) / (2 * rivals * price)


class _Blocks:
    """Reserves and sums, moved block by block."""

    def __init__(self, pool: ConstantProductPool) -> None:
        needs_constant_product("pool", pool)
        self.before, self.fee = pool, pool.fee
        self.x, self.y = (np.asarray(reserve, float) for reserve in pool.reserves)
        self.price, self.count = np.asarray(pool.price(), float), 0
        self.sums: dict[str, Amount] = dict.fromkeys(
            ("trades", "fees", "impact", "arbitrage_fees", "taken", "gas", "held"), 0.0
        )

    def blocks(self, prices: Iterable[Amount], orders: Iterable[Amount]) -> Iterable[tuple[Array, Array]]:
        for price, order in zip(prices, orders, strict=True):
            price = np.asarray(positive(f"prices[{self.count}]", price))
            order = np.asarray(finite(f"orders[{self.count}]", order))
            self.add(held=self.x * (price - self.price))
            self.price, self.count = price, self.count + 1
            yield price, order

    def add(self, **amounts: Amount) -> None:
        for name, amount in amounts.items():
            self.sums[name] = self.sums[name] + amount

    def move(self, x: Array, y: Array) -> None:
        self.x, self.y = self.x + x, self.y + y

    def book(self, goes: Array, gain: Array, gas: Amount, fee: Array) -> None:
        self.add(trades=goes, taken=goes * gain, gas=goes * np.asarray(gas), arbitrage_fees=goes * fee)

    def serve(self, paid: Array, received: Array) -> None:
        fee = self.fee * paid
        self.add(fees=fee, impact=paid - received - fee)

    def result(self, bid: Amount) -> BlockRun:
        pool = self.before._holding(plain(self.x), plain(self.y), 0)
        shape = broadcastable(reserve=pool.reserves[0], **self.sums)
        sums = {name: plain(np.broadcast_to(np.asarray(each, float), shape).copy()) for name, each in self.sums.items()}
        bids = plain(np.asarray(bid) * (np.asarray(sums["taken"]) - sums["gas"]))
        return BlockRun(self.before, pool, self.count, bids=bids, **sums)
