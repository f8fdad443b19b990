"""A pool that arbitrageurs follow along price paths: ten thousand scenarios in a few numpy passes a step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, pairwise
from math import inf, sqrt
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange.pools.constant_product import ConstantProductPool, needs_constant_product
from defi_lib.exchange.pools.pool import ASSETS
from defi_lib.ledger.transfer import Transfer, complete
from defi_lib.validation import Amount, at_least, between, broadcastable, plain, positive, prices_of

Array: TypeAlias = NDArray[np.float64]

#: Called as ``watch(step, price, pool)`` after a step; steps count from 1.
Watch: TypeAlias = Callable[[int, Amount, ConstantProductPool], None]

#: Scenarios computed together: enough to hide the cost of a numpy call, few enough to stay in the L2 cache.
BLOCK = 12_288

#: Prices of one path that are made plain numbers at a time.
CHUNK = 65_536

#: Steps after which a trade counter of one byte must be emptied.
COUNTER_LIMIT = 255

#: Reason of what arbitrageurs and a pool trade, without the fees, and of what arbitrageurs trade outside.
ARBITRAGE = "arbitrage"


class ArbitrageRun(NamedTuple):
    """What the arbitrageurs and the pool got along the paths. Token amounts in tokens, values in token 1.

    The arbitrageurs paid ``amounts_in`` to the pool, took ``amounts_out`` from it, and traded the opposite outside,
    each time at the price of the time: token 0 for token 1, without cost there.
    """

    before: ConstantProductPool  #: the pool before the first step
    pool: ConstantProductPool  #: the pool after the last step
    steps: int  #: number of prices
    price: Amount  #: the last outside price of token 0
    trades: Amount  #: number of steps with a trade
    amounts_in: tuple[Amount, Amount]  #: paid to the pool, fees included
    amounts_out: tuple[Amount, Amount]  #: received from the pool
    volume: Amount  #: value of what was paid in, each trade at the price of its time
    arbitrage_profit: Amount  #: value received less value paid, each trade at the price of its time

    @property
    def fees(self) -> tuple[Amount, Amount]:
        """Fees paid to those who provide the liquidity (tokens); they stay in the pool."""
        fee = self.before.fee
        return fee * self.amounts_in[0], fee * self.amounts_in[1]

    @property
    def fee_income(self) -> Amount:
        """Value of the fees, each at the price of its time."""
        return self.before.fee * self.volume

    @property
    def pool_profit(self) -> Amount:
        """Change of the pool's value, fees included, from its own price at the start to the last outside price."""
        x, y = self.pool.reserves
        start_x, start_y = self.before.reserves
        return (x * self.price - start_x * self.before.price()) + (y - start_y)

    @property
    def rebalancing_profit(self) -> Amount:
        """Profit of who always held the pool's reserves, but traded them outside at the outside price.

        ``Σ x·Δp``. What he has more than the pool is what the arbitrageurs took, to the last cent.
        """
        return self.pool_profit + self.arbitrage_profit

    @property
    def loss_versus_rebalancing(self) -> Amount:
        """What the pool lost to stale prices before fees: the arbitrageurs' profit and the fees they paid."""
        return self.arbitrage_profit + self.fee_income

    def transfers(
        self,
        providers: str | Mapping[str, float] = "pool",
        arbitrageur: str = "arbitrageurs",
        market: str = "outside market",
        assets: Sequence[str] = ASSETS,
    ) -> tuple[Transfer, ...]:
        """All that arbitrageurs traded along the path: with the providers of the pool, and the opposite outside.

        Mark the last price before: then a provider's column ``"arbitrage"`` is the result against holding, fees apart,
        and the arbitrageurs' is their profit with the fees they paid.

        Args:
            providers: who owns the pool: one name, or the part that each owns (ratios that add up to 1).
            arbitrageur, market: the names of those who trade the pool, and of those with whom they trade outside.
            assets: the names of the pool's tokens, in the pool's order; values are counted in the second.

        Raises:
            ValueError: parts that do not add up to 1, or not two names of assets.
        """
        parts = {providers: 1.0} if isinstance(providers, str) else providers
        if not np.all(complete(parts)):
            raise ValueError(f"providers = {dict(parts)} add up to {sum(parts.values()):.12g}: allowed is exactly 1")
        if len(assets) != 2:
            raise ValueError(f"assets = {tuple(assets)!r}: allowed are the names of the pool's two tokens")
        moves = []
        for provider, part in parts.items():
            between(f"providers[{provider!r}]", part, 0.0, 1.0)
            for asset, paid, received, fee in zip(assets, self.amounts_in, self.amounts_out, self.fees, strict=True):
                moves.append(Transfer(arbitrageur, provider, part * fee, asset, "fee"))
                moves.append(Transfer(arbitrageur, provider, part * (paid - fee), asset, ARBITRAGE))
                moves.append(Transfer(provider, arbitrageur, part * received, asset, ARBITRAGE))
        proceeds = self.arbitrage_profit + self.amounts_in[1] - self.amounts_out[1]
        outside = (
            Transfer(arbitrageur, market, self.amounts_out[0], assets[0], ARBITRAGE),
            Transfer(market, arbitrageur, self.amounts_in[0], assets[0], ARBITRAGE),
            Transfer(market, arbitrageur, np.maximum(proceeds, 0.0), assets[1], ARBITRAGE),
            Transfer(arbitrageur, market, np.maximum(-proceeds, 0.0), assets[1], ARBITRAGE),
        )
        return (*moves, *outside)


def arbitrage_along(
    pool: ConstantProductPool, prices: Iterable[Amount], watch: Watch | None = None, every: int = 1
) -> ArbitrageRun:
    """Let arbitrageurs trade the pool to the edge of its no-trade band at every price; fees stay in the pool.

    At each price p they pay ``max(√(x·y·p·γ) − y, 0)/γ`` of token 1, or ``max(√(x·y·γ/p) − x, 0)/γ`` of token 0,
    ``γ = 1 − fee``: the most profitable trade, the same as that of
    :func:`~defi_lib.exchange.arbitrage.between.arbitrage_outside`.

    Args:
        pool: the constant product pool at the start; its reserves and fee may be arrays with one entry per scenario.
            For another pool, or one that computes its fee, chain ``arbitrage_outside``.
        prices: outside price of token 0 in token 1, > 0, one array of scenarios per step: an array whose first axis is
            time, a DataFrame whose rows are times, or any iterable, which is then read one step at a time.
        watch: called as ``watch(step, price, pool)`` after every step, or every ``every`` steps.
        every: steps between two calls of ``watch``, >= 1.

    Raises:
        ValueError: a price that is not positive and finite, shapes that do not fit together, or another kind of pool.

    Source: Angeris et al., arXiv:1911.03380; loss versus rebalancing: Milionis et al., arXiv:2208.06046.
    Real arbitrageurs also pay gas and a fee outside, and skip trades worth less.

    >>> run = arbitrage_along(ConstantProductPool((1000.0, 2e6)), [2000.0, 2100.0, 1950.0])
    >>> run.trades, round(run.arbitrage_profit, 2), round(run.pool.price(), 2)
    (2.0, 3373.61, 1955.67)
    """
    at_least("every", every, 1)
    needs_constant_product("pool", pool)
    stream = _plain_steps(prices_of(prices))
    for first in stream:
        stream = chain((first,), stream)
        if np.ndim(first) == 0 and np.ndim(pool.price()) == np.ndim(pool.fee) == 0:
            return _along_one(pool, stream, watch, every)
        break
    run, steps, price = None, 0, np.asarray(pool.price())
    for price_now in stream:
        price = _checked_price(steps, price_now)
        run = run or _Run(pool, price)
        run.step(steps, price)
        steps += 1
        if watch is not None and steps % every == 0:
            watch(steps, run.shaped(price), run.pool())
    run = run or _Run(pool, price)
    return run.result(steps, price)


def _plain_steps(prices: Iterable[Amount]) -> Iterator[Amount]:
    """One entry per step; those of one long path as plain numbers, which are far faster to compute with."""
    if isinstance(prices, np.ndarray) and prices.ndim == 1 and prices.dtype.kind in "fiu":
        for start in range(0, len(prices), CHUNK):
            yield from prices[start : start + CHUNK].astype(np.float64).tolist()
    else:
        yield from prices


def _checked_price(step: int, price: Amount) -> Array:
    """The prices of a step as an array; what is no array of floats is looked at entry by entry."""
    if not (isinstance(price, np.ndarray) and price.dtype == np.float64):
        return np.asarray(positive(f"prices[{step}]", price), dtype=np.float64)
    if price.size and not (price.min() > 0.0 and price.max() < np.inf):
        positive(f"prices[{step}]", price)
    return price


def _along_one(pool: ConstantProductPool, prices: Iterable[Amount], watch: Watch | None, every: int) -> ArbitrageRun:
    """One path: the formulas of :class:`_Block` in plain numbers, without a numpy call in a step."""
    run, steps = _Run(pool, np.asarray(1.0)), 0
    block = run.blocks[0]
    gamma_inverse, excess = float(block.gamma_inverse), float(block.excess)
    x, y, trades = float(block.x[0]), float(block.y[0]), 0
    price = paid_x = paid_y = volume = value_x = 0.0
    for price_now in prices:
        price = price_now if type(price_now) is float and 0.0 < price_now < inf else _one_price(steps, price_now)
        product = x * y * gamma_inverse
        new_y = sqrt(product * price)
        new_x = product / new_y
        low_x, low_y = new_x - x * excess, new_y - y * excess
        new_x, new_y = max(min(x, new_x), low_x), max(min(y, new_y), low_y)
        change_x, change_y = new_x - x, new_y - y
        x, y, steps = new_x, new_y, steps + 1
        if change_x or change_y:
            value = change_x * price
            trades += change_x != 0.0
            value_x += value
            volume += max(value, change_y)
            paid_x += max(change_x, 0.0)
            paid_y += max(change_y, 0.0)
        if watch is not None and steps % every == 0:
            block.x[0], block.y[0] = x, y
            watch(steps, price, run.pool())
    block.x[0], block.y[0], block.paid_x[0], block.paid_y[0] = x, y, paid_x, paid_y
    block.volume[0], block.value_x[0], block.trades[0] = volume, value_x, trades
    return run.result(steps, np.asarray(price))


def _one_price(step: int, price: Amount) -> float:
    number = positive(f"prices[{step}]", price)
    if np.ndim(number):
        raise ValueError(f"prices[{step}] has shape {np.shape(number)}: allowed is one number, as in the first step")
    return float(number)


class _Run:
    """Blocks of scenarios that together have the shape of the result."""

    def __init__(self, pool: ConstantProductPool, price: Array) -> None:
        self.start = pool
        self.shape = broadcastable(reserve_0=pool.reserves[0], reserve_1=pool.reserves[1], fee=pool.fee, prices=price)
        # Both reserves in one power of two per scenario: prices stay, products cannot overflow, no digit changes.
        exponents = np.frexp(pool.reserves[0])[1] / 2 + np.frexp(pool.reserves[1])[1] / 2
        self.unit = plain(np.ldexp(1.0, exponents.astype(np.int64)))
        x, y = (self._flat(reserve / self.unit) for reserve in pool.reserves)
        fees = self._flat(pool.fee)
        count = -(-len(x) // BLOCK) or 1
        edges = [len(x) * number // count for number in range(count + 1)]
        self.parts = [slice(low, high) for low, high in pairwise(edges)]
        # One fee for all scenarios stays a number, which is read faster than an array.
        self.blocks = [_Block(x[part], y[part], fees[part] if np.ndim(pool.fee) else pool.fee) for part in self.parts]

    def step(self, number: int, price: Array) -> None:
        try:
            flat = self._flat(price)
        except ValueError:
            allowed = f"{self.shape}, as in the first step, or one number"
            raise ValueError(f"prices[{number}] has shape {price.shape}: allowed is {allowed}") from None
        for part, block in zip(self.parts, self.blocks, strict=True):
            block.step(flat[part])
            if number % COUNTER_LIMIT == COUNTER_LIMIT - 1:
                block.count()

    def pool(self) -> ConstantProductPool:
        x, y = self._total("x"), self._total("y")
        return self.start._holding(x * self.unit, y * self.unit, 0)

    def result(self, steps: int, price: Array) -> ArbitrageRun:
        for block in self.blocks:
            block.count()
        pool, unit = self.pool(), self.unit
        change_x, change_y = (after - before for after, before in zip(pool.reserves, self.start.reserves, strict=True))
        in_x, in_y = self._total("paid_x") * unit, self._total("paid_y") * unit
        return ArbitrageRun(
            self.start,
            pool,
            steps,
            self.shaped(price),
            self._total("trades"),
            (in_x, in_y),
            # Where nothing was received, rounding could leave a little less than nothing.
            (plain(np.maximum(in_x - change_x, 0.0)), plain(np.maximum(in_y - change_y, 0.0))),
            self._total("volume") * unit,
            0.0 - change_y - self._total("value_x") * unit,
        )

    def shaped(self, price: Array) -> Amount:
        """A copy of the price in the shape of the result."""
        return plain(np.broadcast_to(price, self.shape).copy())

    def _flat(self, values: Amount) -> Array:
        values = np.asarray(values, dtype=np.float64)
        if values.shape != self.shape:
            values = np.broadcast_to(values, self.shape)
        return values.reshape(-1)

    def _total(self, name: str) -> Any:
        flat = np.concatenate([getattr(block, name) for block in self.blocks])
        return plain(flat.reshape(self.shape))


class _Block:
    """Reserves and totals of some scenarios, moved in place; value_x is the value of all changes of x."""

    def __init__(self, x: Array, y: Array, fee: Amount) -> None:
        self.x, self.y = x.copy(), y.copy()
        self.gamma_inverse, self.excess = 1 / (1 - fee), fee / (1 - fee)
        self.paid_x, self.paid_y, self.volume, self.value_x = (np.zeros_like(x) for _ in range(4))
        self.buffers = tuple(np.empty_like(x) for _ in range(4))
        self.trades = np.zeros(x.shape, np.int64)
        self.recent = np.zeros(x.shape, np.uint8)
        self.traded = np.empty(x.shape, np.bool_)

    def step(self, price: Array) -> None:
        """Trade to the edge of the band.

        With ``v = √(x·y·p/γ)`` and ``w = x·y/(γ·v)``, the reserves become ``clip(y, v − φ·y, v)`` and
        ``clip(x, w − φ·x, w)``, ``φ = 1/γ − 1``: down to v or w when sold by the pool, up to the other bound when
        paid to it with the fee on top, and unchanged within the band.
        """
        x, y = self.x, self.y
        v, w, change_x, change_y = self.buffers
        np.multiply(x, y, out=change_x)
        np.multiply(change_x, self.gamma_inverse, out=change_x)
        np.multiply(change_x, price, out=v)
        np.sqrt(v, out=v)
        np.divide(change_x, v, out=w)

        np.multiply(x, self.excess, out=change_x)
        np.subtract(w, change_x, out=change_x)
        np.minimum(x, w, out=w)
        np.maximum(w, change_x, out=w)
        np.subtract(w, x, out=change_x)

        np.multiply(y, self.excess, out=change_y)
        np.subtract(v, change_y, out=change_y)
        np.minimum(y, v, out=v)
        np.maximum(v, change_y, out=v)
        np.subtract(v, y, out=change_y)

        self.x, self.y, self.buffers = w, v, (y, x, change_x, change_y)
        self._book(price, change_x, change_y, x)

    def _book(self, price: Array, change_x: Array, change_y: Array, value: Array) -> None:
        """Add up the trade; all four arrays but the price are overwritten."""
        np.not_equal(change_x, 0.0, out=self.traded)
        np.add(self.recent, self.traded.view(np.uint8), out=self.recent)
        np.multiply(change_x, price, out=value)
        np.add(self.value_x, value, out=self.value_x)
        # One of the two changes is paid in, the other taken out: the larger is the value paid in.
        np.maximum(value, change_y, out=value)
        np.add(self.volume, value, out=self.volume)
        np.maximum(change_x, 0.0, out=change_x)
        np.add(self.paid_x, change_x, out=self.paid_x)
        np.maximum(change_y, 0.0, out=change_y)
        np.add(self.paid_y, change_y, out=self.paid_y)

    def count(self) -> None:
        """Empty the small counter of trades into the large one."""
        self.trades += self.recent
        self.recent[:] = 0
