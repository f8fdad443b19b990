"""Routing: what an aggregator does. Paths through several pools, and one trade split over pools of the same pair."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange.pools.constant_product import ConstantProductPool, needs_constant_product
from defi_lib.exchange.pools.pool import Pool, Swap
from defi_lib.validation import Amount, broadcastable, non_negative, plain, ratio, token_pair

Array = NDArray[np.float64]

#: Above this many pools, trying every choice of pools would take too long.
MOST_POOLS_WITH_GAS = 10

#: So many amounts of pools are computed at a time, over all choices and scenarios.
_NUMBERS_AT_ONCE = 2**18

#: Halvings of an interval, and the relative precision of amounts at which they may stop: what comes out is flat at
#: its maximum, so that it has twice as many digits.
HALVINGS, PRECISION = 32, 1e-9

#: Size of the trade that measures a marginal price, as a part of the amount sold to the pool and at least of the whole:
#: larger would be less exact where it cannot be centred, smaller would lose digits in the difference.
WINDOW, LEAST_WINDOW = 1e-5, 1e-9


class Hop(NamedTuple):
    """One pool on a path, and the direction in which it is crossed."""

    pool: Any
    token_in: int = 0
    token_out: int = 1


class PathTrade(NamedTuple):
    """A trade along a path: what one swap gives is what the next takes."""

    swaps: tuple[Swap, ...]  #: one per hop
    amount_in: Amount  #: paid by the trader, first token
    amount_out: Amount  #: received by the trader, last token, after the aggregator's cut
    aggregator_cut: Amount  #: kept by the aggregator, last token
    gas: Amount  #: paid by the trader for all hops, in the unit of ``gas_per_hop``


class SplitTrade(NamedTuple):
    """A trade split over several pools. Amounts in ``token_in`` and ``token_out`` of the pools."""

    swaps: tuple[Swap, ...]  #: one per pool, of nothing where the pool is not used
    amount_in: Amount  #: paid by the trader
    amount_out: Amount  #: received by the trader, after the aggregator's cut, before gas
    aggregator_cut: Amount  #: kept by the aggregator, ``token_out``
    gas: Amount  #: paid by the trader to the block producers, ``token_out``
    best_single: Amount  #: what the best pool alone would give, after gas, without aggregator

    @property
    def amounts_in(self) -> tuple[Amount, ...]:
        """What each pool takes."""
        return tuple(swap.amount_in for swap in self.swaps)

    @property
    def amounts_out(self) -> tuple[Amount, ...]:
        """What each pool gives."""
        return tuple(swap.amount_out for swap in self.swaps)

    @property
    def pools(self) -> tuple[Any, ...]:
        """The pools after the trade."""
        return tuple(swap.pool for swap in self.swaps)

    @property
    def saving(self) -> Amount:
        """What the trader has more than from the best single pool, after cut and gas; a loss is negative."""
        return self.amount_out - self.gas - self.best_single


def swap_along(
    hops: Sequence[Hop], amount_in: Amount, aggregator_fee: Amount = 0.0, gas_per_hop: Amount = 0.0
) -> PathTrade:
    """Sell exactly ``amount_in`` along a path of pools.

    Args:
        hops: one or more, each with its own pool.
        amount_in: first token, >= 0.
        aggregator_fee: ratio of what comes out, in [0, 1).
        gas_per_hop: any one asset, >= 0.

    Raises:
        ValueError: no hop, or an argument outside its range.
    """
    if not hops:
        raise ValueError("hops is empty: allowed is a path of at least one pool")
    aggregator_fee, gas_per_hop = ratio("aggregator_fee", aggregator_fee), non_negative("gas_per_hop", gas_per_hop)
    amount = amount_in = non_negative("amount_in", amount_in)
    swaps = []
    for pool, token_in, token_out in hops:
        swaps.append(pool.swap_exact_in(amount, token_in, token_out))
        amount = swaps[-1].amount_out
    cut = amount * aggregator_fee
    return PathTrade(tuple(swaps), amount_in, amount - cut, cut, gas_per_hop * len(hops))


def optimal_split(
    pools: Sequence[ConstantProductPool], amount_in: Amount, token_in: int = 0, token_out: int = 1
) -> Array:
    """How much each constant product pool should take so that the sum of what they give is largest.

    Every pool that is used ends at the same marginal price, pools with a worse price get nothing: with
    ``α = √(x·y/γ)`` and ``β = x/γ`` pool i takes ``max(α_i·μ − β_i, 0)``. The water level μ is the lowest of
    ``(amount + Σβ)/Σα``, summed over the best pool, the best two, and so on.

    Args:
        pools: one or more, of the same two tokens in the same order.
        amount_in: ``token_in``, >= 0; may be an array, as may the reserves.

    Returns:
        ``token_in`` per pool, pools along the first axis.

    Raises:
        ValueError: no pool, another kind of pool (see :func:`split_any`), or an argument outside its range.

    Source: own derivation from the first-order condition; the problem is that of Angeris, Chitra, Evans, Boyd,
    *Optimal Routing for Constant Function Market Makers*, arXiv:2204.05238.
    """
    amount_in, _ = _checked(pools, amount_in, 0.0, token_in, token_out)
    _need_constant_products(pools)
    return _fill(*_containers(pools, amount_in, token_in, token_out), amount_in)


def split_trade(
    pools: Sequence[ConstantProductPool],
    amount_in: Amount,
    token_in: int = 0,
    token_out: int = 1,
    aggregator_fee: Amount = 0.0,
    gas: Amount = 0.0,
) -> SplitTrade:
    """Sell ``amount_in`` to several constant product pools in the best possible way.

    Without gas the best way is :func:`optimal_split`. With gas every choice of pools is tried, because a small
    trade is better off in fewer pools.

    Args:
        pools: one or more, of the same two tokens in the same order.
        amount_in: ``token_in``, >= 0.
        aggregator_fee: ratio of what comes out, in [0, 1).
        gas: ``token_out`` per pool used, >= 0.

    Raises:
        ValueError: no pool, another kind of pool (see :func:`split_any`), more than 10 pools when gas is paid, or an
            argument outside its range.

    Source: arXiv:2204.05238; with a cost per pool, the problem is a mixed-integer one there too.
    """
    amount_in, gas = _checked(pools, amount_in, gas, token_in, token_out)
    _need_constant_products(pools)
    if not np.any(gas):
        amounts = _fill(*_containers(pools, amount_in, token_in, token_out), amount_in)
    elif len(pools) > MOST_POOLS_WITH_GAS:
        raise ValueError(f"pools has {len(pools)} entries: allowed are at most {MOST_POOLS_WITH_GAS} with gas")
    else:
        amounts = _best_choice(pools, amount_in, gas, token_in, token_out)
    return _execute(pools, amounts, amount_in, token_in, token_out, aggregator_fee, gas)


def split_any(
    pools: Sequence[Pool],
    amount_in: Amount,
    token_in: int = 0,
    token_out: int = 1,
    aggregator_fee: Amount = 0.0,
    gas: Amount = 0.0,
) -> SplitTrade:
    """Sell ``amount_in`` to pools of any kind, so that all that are used end at the same marginal price.

    The marginal price is measured by a small trade, price and amounts are found by bisection. What comes out is
    exact to about 10 digits although the amounts are not, because the optimum is flat. Gas is counted but does not
    change the split.

    Args:
        pools: one or more, where a larger trade never gets a better price; the tokens have the same numbers in all.
        amount_in: ``token_in``, >= 0.
        aggregator_fee: ratio of what comes out, in [0, 1).
        gas: ``token_out`` per pool used, >= 0.

    Raises:
        ValueError: no pool, or an argument outside its range; whatever the pools raise for ``amount_in``.

    Source: first-order condition of arXiv:2204.05238.
    """
    amount_in, gas = _checked(pools, amount_in, gas, token_in, token_out)
    amounts = _equalise([_marginal_price(pool, amount_in, token_in, token_out) for pool in pools], amount_in)
    return _execute(pools, amounts, amount_in, token_in, token_out, aggregator_fee, gas)


def _checked(
    pools: Sequence[Any], amount_in: Amount, gas: Amount, token_in: int, token_out: int
) -> tuple[Amount, Amount]:
    if not pools:
        raise ValueError("pools is empty: allowed is at least one pool")
    token_pair(token_in, token_out, min(len(pool.reserves) for pool in pools))
    amount_in, gas = non_negative("amount_in", amount_in), non_negative("gas", gas)
    broadcastable(amount_in=amount_in, gas=gas)
    return amount_in, gas


def _need_constant_products(pools: Sequence[Any]) -> None:
    for number, pool in enumerate(pools):
        needs_constant_product(f"pools[{number}]", pool, fee_may_change=True)  # each pool trades once


def _containers(
    pools: Sequence[ConstantProductPool], amount_in: Amount, token_in: int, token_out: int
) -> tuple[Array, Array]:
    """For each pool the level ``√(x/(y·γ))`` at which it begins to fill, and its width α."""
    entries = [(pool.reserves[token_in], pool.reserves[token_out], 1 - pool.fee) for pool in pools]
    levels = [np.sqrt(x / (y * gamma)) for x, y, gamma in entries]
    widths = [np.sqrt(x) * np.sqrt(y / gamma) for x, y, gamma in entries]
    shape = np.broadcast_shapes(np.shape(amount_in), *(np.shape(level) for level in levels))
    level, width = (np.stack([np.broadcast_to(row, shape) for row in rows]) for rows in (levels, widths))
    return level, width


def _fill(level: Array, width: Array, amount: Amount) -> Array:
    """What each container holds when ``amount`` is poured over all of them that have a width."""
    bottom = np.where(width > 0, level, np.inf)
    order = np.argsort(bottom, axis=0, kind="stable")
    height, sorted_width = (np.take_along_axis(values, order, axis=0) for values in (level, width))
    height = height - height[0]
    water = (amount + np.cumsum(sorted_width * height, axis=0)) / np.cumsum(sorted_width, axis=0)
    wet = np.where(level - bottom.min(axis=0) < water.min(axis=0), width, 0.0)
    total = np.where(wet.any(axis=0), wet.sum(axis=0), 1.0)
    # From differences of levels, seen from each container: a small amount is not lost between two large numbers.
    rise = np.stack([amount + (wet * (level - own)).sum(axis=0) for own in level])
    return wet * np.maximum(rise, 0.0) / total


def _best_choice(
    pools: Sequence[ConstantProductPool], amount_in: Amount, gas: Amount, token_in: int, token_out: int
) -> Array:
    """What each pool takes if every choice of pools is tried, all of them first; of two as good the first is kept."""
    level, width = _containers(pools, np.broadcast_arrays(amount_in, gas)[0], token_in, token_out)
    every = range(len(pools))
    choices = [every, *(chosen for size in every[1:] for chosen in combinations(every, size))]
    used = np.zeros((len(pools), len(choices), *(1 for _ in level.shape[1:])))
    for number, chosen in enumerate(choices):
        used[list(chosen), number] = 1.0
    amounts, best = np.zeros_like(level), np.full(level.shape[1:], -np.inf)
    at_once = max(1, _NUMBERS_AT_ONCE // level.size)
    for start in range(0, len(choices), at_once):
        tried = _fill(level[:, None], width[:, None] * used[:, start : start + at_once], amount_in)
        output = np.asarray(_output(pools, tried, gas, token_in, token_out))
        first = output.argmax(axis=0)[None]
        found = np.take_along_axis(output, first, axis=0)[0]
        amounts = np.where(found > best, np.take_along_axis(tried, first[None], axis=1)[:, 0], amounts)
        best = np.maximum(found, best)
    return amounts


def _output(pools: Sequence[Any], amounts: Array, gas: Amount, token_in: int, token_out: int) -> Amount:
    """What all pools give for the amounts, less gas for each that is used."""
    swaps = [pool.swap_exact_in(amount, token_in, token_out) for pool, amount in zip(pools, amounts, strict=True)]
    return sum(swap.amount_out for swap in swaps) - gas * np.count_nonzero(amounts, axis=0)


def _execute(
    pools: Sequence[Any],
    amounts: Array,
    amount_in: Amount,
    token_in: int,
    token_out: int,
    aggregator_fee: Amount,
    gas: Amount,
) -> SplitTrade:
    """The record of the split."""
    aggregator_fee = ratio("aggregator_fee", aggregator_fee)
    swaps = tuple(
        pool.swap_exact_in(amount, token_in, token_out) for pool, amount in zip(pools, map(plain, amounts), strict=True)
    )
    output = sum(swap.amount_out for swap in swaps)
    cut = output * aggregator_fee
    singles = [pool.swap_exact_in(amount_in, token_in, token_out).amount_out for pool in pools]
    best_single = np.max(np.stack(np.broadcast_arrays(*singles)), axis=0) - gas * (np.asarray(amount_in) > 0)
    total_gas = plain(gas * np.count_nonzero(amounts, axis=0))
    return SplitTrade(swaps, amount_in, output - cut, cut, total_gas, plain(best_single))


def _marginal_price(pool: Any, whole: Amount, token_in: int, token_out: int) -> Callable[[Amount], Amount]:
    """What the pool gives per unit around an amount already sold, as a function of that amount."""
    least_window = np.where(np.asarray(whole) > 0, LEAST_WINDOW * np.asarray(whole), 1.0)

    def price(amount: Amount) -> Amount:
        window = WINDOW * amount + least_window
        start = np.maximum(np.minimum(amount + window / 2, whole) - window, 0.0)
        more = pool.swap_exact_in(start + window, token_in, token_out).amount_out
        return (more - pool.swap_exact_in(start, token_in, token_out).amount_out) / window

    return price


def _equalise(prices: Sequence[Callable[[Amount], Amount]], amount: Amount) -> Array:
    """Amounts at which all falling functions have one value, or less at 0, and whose sum is ``amount``."""
    nothing = np.zeros_like(np.asarray(amount, dtype=float))
    high = np.max(np.broadcast_arrays(*(price(nothing) for price in prices)), axis=0)
    low = np.min(np.broadcast_arrays(*(price(amount + nothing) for price in prices)), axis=0)
    low = np.maximum(low, 1e-18 * high)
    least = np.zeros((len(prices), *high.shape))
    most = least + amount
    for _ in range(HALVINGS):
        level = np.sqrt(low) * np.sqrt(high)
        amounts = np.stack([_reached(*bracket, level) for bracket in zip(prices, least, most, strict=True)])
        enough = amounts.sum(axis=0) >= amount
        low, high = np.where(enough, level, low), np.where(enough, high, level)
        most, least = np.where(enough, amounts, most), np.where(enough, least, amounts)
    # Between two prices that cannot be told apart, as in pools of constant price, the rest is shared in proportion.
    gap = most.sum(axis=0) - least.sum(axis=0)
    part = np.divide(amount - least.sum(axis=0), gap, out=np.zeros_like(gap), where=gap > 0)
    return least + part * (most - least)


def _reached(price: Callable[[Amount], Amount], low: Array, high: Array, level: Array) -> Array:
    """The amount from ``low`` to ``high`` down to which the price stays at least ``level``."""
    low = np.where(price(high) >= level, high, low)
    for _ in range(HALVINGS):
        if np.all(high - low <= PRECISION * high):
            break
        middle = (low + high) / 2
        above = price(middle) >= level
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return low
