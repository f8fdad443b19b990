"""Arbitrage in closed form: a constant product pool against an outside price, and cycles of pools."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from defi_lib.exchange.arbitrage.routing import Hop, swap_along
from defi_lib.exchange.pools.constant_product import ConstantProductPool
from defi_lib.exchange.pools.pool import Swap
from defi_lib.validation import Amount, broadcastable, plain, positive, ratio, token_pair


class Arbitrage(NamedTuple):
    """The most profitable trade between a pool and an outside market, seen by the arbitrageur.

    In each scenario at most one of the two swaps is more than nothing. What it gives, he sells outside at ``price``;
    what it takes, he buys there.
    """

    before: ConstantProductPool  #: the pool before
    pool: ConstantProductPool  #: the pool after
    price: Amount  #: outside price of token 0 in token 1
    bought: Swap  #: token 1 into the pool, token 0 out of it
    sold: Swap  #: token 0 into the pool, token 1 out of it
    profit: Amount  #: token 1, before gas; 0 where there is nothing to gain

    @property
    def swaps(self) -> tuple[Swap, Swap]:
        """Both swaps, in the order in which the pool saw them."""
        return self.bought, self.sold

    @property
    def fee_income(self) -> Amount:
        """Fee that stays in the pool, at the outside price (token 1)."""
        return self.bought.fee + self.sold.fee * self.price


class CycleArbitrage(NamedTuple):
    """The most profitable trade around a cycle of pools, seen by the arbitrageur."""

    swaps: tuple[Swap, ...]  #: in order; what one swap gives is what the next takes
    pools: tuple[ConstantProductPool, ...]  #: the pools after, in the order of the hops
    amount_in: Amount  #: paid into the first pool
    amount_out: Amount  #: received from the last pool, in the same token
    profit: Amount  #: the difference, before gas; 0 where there is nothing to gain


def no_trade_band(price: Amount, fee: Amount) -> tuple[Amount, Amount]:
    """Lowest and highest pool price that nobody corrects when the outside price is ``price``: ``γp`` to ``p/γ``.

    Read the other way round, also the outside prices at which a pool with this marginal price is left alone.

    Args:
        price: > 0.
        fee: ratio in [0, 1).

    Raises:
        ValueError: an argument outside its range.
    """
    price, gamma = positive("price", price), 1 - ratio("fee", fee)
    broadcastable(price=price, fee=fee)
    return price * gamma, price / gamma


def arbitrage_outside(pool: ConstantProductPool, price: Amount) -> Arbitrage:
    """Trade the pool against an outside market until nothing is left to gain.

    Below the band buy token 0 with ``Δy = (√(x·y·p·γ) − y)/γ``, profit ``(√(x·p) − √(y/γ))²``; above it sell
    ``Δx = (√(x·y·γ/p) − x)/γ``, profit ``(√y − √(x·p/γ))²``; within it do nothing.

    Args:
        pool: the pool, ``γ = 1 − fee``.
        price: outside price p of token 0 in token 1, > 0; the outside market is deep and takes no fee.

    Raises:
        ValueError: a price that is not positive, or shapes that do not fit together.

    Source: Angeris et al., arXiv:1911.03380; Angeris, Chitra, arXiv:2003.10001.
    """
    price = positive("price", price)
    x, y = pool.reserves
    gamma = 1 - pool.fee
    broadcastable(reserve_0=x, reserve_1=y, fee=pool.fee, price=price)
    gap_below = _root_difference(gamma * (x * price), y)
    gap_above = _root_difference(gamma * y, x * price)
    bought = pool.swap_exact_in(np.sqrt(y) * gap_below / gamma, 1, 0)
    sold = bought.pool.swap_exact_in(np.sqrt(x / price) * gap_above / gamma, 0, 1)
    profit = plain((gap_below**2 + gap_above**2) / gamma)
    return Arbitrage(pool, sold.pool, price, bought, sold, profit)


def arbitrage_cycle(hops: Sequence[Hop]) -> CycleArbitrage:
    """Trade around a cycle of pools in the given direction, as much as pays best; nothing where nothing pays.

    A row of constant product pools gives ``E·d/(1 + c·d)`` for d: with ``e_i = γ_i·y_i/x_i``, ``E`` is the product
    of all ``e_i`` and ``c = Σ γ_i·E_{i−1}/x_i``, ``E_{i−1}`` the product before pool i. The best amount is
    ``d = (√E − 1)/c``, its profit ``(√E − 1)²/c``.

    Args:
        hops: two or more, each with its own constant product pool; the last gives the token that the first takes.

    Raises:
        ValueError: fewer than two hops, one pool in two of them, or a token that a pool does not have.

    Source: the virtual pool of Wang et al., *Cyclic Arbitrage in DEXs*, arXiv:2105.02784, for any number of pools.
    """
    if len(hops) < 2:
        raise ValueError(f"hops has {len(hops)} entries: allowed are 2 or more, which close a cycle")
    if len({id(hop.pool) for hop in hops}) < len(hops):
        raise ValueError("hops visits one pool twice: allowed is every pool once")
    exchange_rate: Amount = 1.0
    slowdown: Amount = 0.0
    for pool, token_in, token_out in hops:
        token_pair(token_in, token_out, 2)
        rate_to_reserve = (1 - pool.fee) * exchange_rate / pool.reserves[token_in]
        slowdown = slowdown + rate_to_reserve
        exchange_rate = rate_to_reserve * pool.reserves[token_out]
    gain = _root_difference(exchange_rate, 1.0)
    path = swap_along(hops, gain / slowdown)
    pools = tuple(swap.pool for swap in path.swaps)
    return CycleArbitrage(path.swaps, pools, path.amount_in, path.amount_out, plain(gain**2 / slowdown))


def arbitrage_between(
    first: ConstantProductPool, second: ConstantProductPool, token: int = 0
) -> tuple[CycleArbitrage, CycleArbitrage]:
    """The best trade between two pools of the same pair: sell ``token`` in the first and buy it back in the second,
    then the other way round.

    In each scenario at most one of the two cycles is more than nothing; the pools at the end are those of the second.

    Args:
        first: a pool.
        second: another pool of the same two tokens in the same order.
        token: the token in which profits are counted, 0 or 1.

    Raises:
        ValueError: a token that a pool of two does not have, or one pool given twice.
    """
    other = 1 - token
    token_pair(token, other, 2, names=("token", "the other token"))
    one_way = arbitrage_cycle((Hop(first, token, other), Hop(second, other, token)))
    first, second = one_way.pools
    return one_way, arbitrage_cycle((Hop(second, token, other), Hop(first, other, token)))


def _root_difference(large: Amount, small: Amount) -> Amount:
    """``√large − √small`` where positive, otherwise 0; without cancellation."""
    return np.maximum(large - small, 0.0) / (np.sqrt(large) + np.sqrt(small))
