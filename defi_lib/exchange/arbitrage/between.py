"""Arbitrage: a pool of any kind against an outside price, and cycles of constant product pools in closed form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from defi_lib.exchange.arbitrage.routing import Hop, swap_along
from defi_lib.exchange.pools.constant_product import ConstantProductPool, needs_constant_product
from defi_lib.exchange.pools.pool import Pool, Swap
from defi_lib.rounding import rest
from defi_lib.validation import Amount, broadcastable, fulfilled, non_negative, plain, positive, ratio, token_pair


class Arbitrage(NamedTuple):
    """The most profitable trade between a pool and an outside market, seen by the arbitrageur.

    In each scenario at most one of the two swaps is more than nothing. What it gives, he sells outside at ``price``;
    what it takes, he buys there.
    """

    before: Pool  #: the pool before
    pool: Pool  #: the pool after
    price: Amount  #: outside price of the token in the quote: of token 0 in token 1, if nothing else was asked for
    bought: Swap  #: the quote into the pool, the token out of it
    sold: Swap  #: the token into the pool, the quote out of it
    profit: Amount  #: in the quote, before gas; 0 where there is nothing to gain

    @property
    def swaps(self) -> tuple[Swap, Swap]:
        """Both swaps, in the order in which the pool saw them."""
        return self.bought, self.sold

    @property
    def fee_income(self) -> Amount:
        """Fee that stays in the pool, at the outside price (the quote)."""
        return self.bought.fee + self.sold.fee * self.price


class CycleArbitrage(NamedTuple):
    """The most profitable trade around a cycle of pools, seen by the arbitrageur."""

    swaps: tuple[Swap, ...]  #: in order; what one swap gives is what the next takes
    pools: tuple[ConstantProductPool, ...]  #: the pools after, in the order of the hops
    amount_in: Amount  #: paid into the first pool
    amount_out: Amount  #: received from the last pool, in the same token
    profit: Amount  #: the difference, less the fee of a loan, before gas; 0 where there is nothing to gain


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
    with np.errstate(over="ignore"):
        low, high = price * gamma, price / gamma
    fulfilled("price", price, (np.asarray(low) > 0) & np.isfinite(high), "are prices whose band a float can hold")
    return low, high


def arbitrage_outside(pool: Pool, price: Amount, token: int = 0, quote: int = 1) -> Arbitrage:
    """Trade the pool against an outside market until nothing is left to gain.

    Below the band buy the token, above it sell, until the last bit of the trade costs ``price``, its fee included;
    within it do nothing. The pool knows the trade (``trade_to``, ``after_fee``); the profit is what its swaps leave.
    In a constant product pool ``Δy = (√(x·y·p·γ) − y)/γ`` or ``Δx = (√(x·y·γ/p) − x)/γ``, ``γ = 1 − fee``.

    Args:
        pool: of any kind.
        price: outside price p of the token in the quote, > 0; the outside market is deep and takes no fee.
        token, quote: two different tokens of the pool.

    Raises:
        ValueError: a price that is not positive, shapes that do not fit together, or a pool that cannot say which
            trade brings it to a price.

    Source: Angeris et al., arXiv:1911.03380; Angeris, Chitra, arXiv:2003.10001.

    >>> from defi_lib.exchange import WeightedPool
    >>> round(arbitrage_outside(WeightedPool((8000.0, 4e6), (0.8, 0.2)), 2100.0).profit, 2)
    3458.08
    """
    if not hasattr(pool, "trade_to"):
        raise ValueError(f"pool is a {type(pool).__name__} without trade_to: allowed is a pool that has it")
    price = positive("price", price)
    bought, sold = pool.trade_to(price, token, quote, after_fee=True)
    # In each scenario one of the two is nothing, so that the sums hide no digits.
    with np.errstate(over="ignore", invalid="ignore"):
        received, paid = bought.amount_out * price + sold.amount_out, bought.amount_in + sold.amount_in * price
        profit = rest(received, paid)
    fulfilled("price", price, np.isfinite(profit), "are prices at which a float can hold the profit")
    return Arbitrage(pool, sold.pool, price, bought, sold, plain(profit))


def arbitrage_cycle(hops: Sequence[Hop], loan_fee: Amount = 0.0, capital: Amount | None = None) -> CycleArbitrage:
    """Trade around a cycle of pools in the given direction, as much as pays best; nothing where nothing pays.

    A row of constant product pools gives ``E·d/(1 + c·d)`` for d: with ``e_i = γ_i·y_i/x_i``, ``E`` is the product
    of all ``e_i`` and ``c = Σ γ_i·E_{i−1}/x_i``, ``E_{i−1}`` the product before pool i. Where each token paid in
    costs a fee f, the best amount is ``d = (√(E/(1 + f)) − 1)/c``, at most the capital.

    Args:
        hops: two or more, each with its own constant product pool; the last gives the token that the first takes.
        loan_fee: what it costs to borrow what is paid in (ratio of it, >= 0): of a flash loan.
        capital: the most that can be paid in (tokens, >= 0); no limit if it is not given.

    Raises:
        ValueError: fewer than two hops, one pool in two of them, another kind of pool, a token that a pool does
            not have, or a negative fee or capital.

    Source: the virtual pool of Wang et al., *Cyclic Arbitrage in DEXs*, arXiv:2105.02784, for any number of pools.

    >>> from defi_lib.exchange import ConstantProductPool, Hop
    >>> cheap, dear = ConstantProductPool((1e3, 1e6), 0.0), ConstantProductPool((1e3, 1.21e6), 0.0)
    >>> hops = (Hop(cheap, 1, 0), Hop(dear, 0, 1))
    >>> best = arbitrage_cycle(hops)
    >>> round(best.amount_in), round(best.profit), round(arbitrage_cycle(hops, capital=100.0).profit, 2)
    (50000, 5000, 20.98)
    """
    if len(hops) < 2:
        raise ValueError(f"hops has {len(hops)} entries: allowed are 2 or more, which close a cycle")
    if len({id(hop.pool) for hop in hops}) < len(hops):
        raise ValueError("hops visits one pool twice: allowed is every pool once")
    exchange_rate: Amount = 1.0
    slowdown: Amount = 0.0
    for number, (pool, token_in, token_out) in enumerate(hops):
        needs_constant_product(f"hops[{number}].pool", pool, fee_may_change=True)
        token_pair(token_in, token_out, 2)
        rate_to_reserve = (1 - pool.fee) * exchange_rate / pool.reserves[token_in]
        slowdown = slowdown + rate_to_reserve
        exchange_rate = rate_to_reserve * pool.reserves[token_out]
    cost = 1 + np.asarray(non_negative("loan_fee", loan_fee))
    amount = _root_difference(exchange_rate / cost, 1.0) / slowdown
    if capital is not None:
        amount = np.minimum(amount, non_negative("capital", capital))
    path = swap_along(hops, plain(amount))
    pools = tuple(swap.pool for swap in path.swaps)
    profit = plain(rest(path.amount_out, path.amount_in * cost))
    return CycleArbitrage(path.swaps, pools, path.amount_in, path.amount_out, profit)


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
        ValueError: a token that a pool of two does not have, another kind of pool, or one pool given twice.
    """
    other = 1 - token
    token_pair(token, other, 2, names=("token", "the other token"))
    one_way = arbitrage_cycle((Hop(first, token, other), Hop(second, other, token)))
    first, second = one_way.pools
    return one_way, arbitrage_cycle((Hop(second, token, other), Hop(first, other, token)))


def _root_difference(large: Amount, small: Amount) -> Amount:
    """``√large − √small`` where positive by more than rounding, otherwise 0; without cancellation."""
    return np.maximum(rest(large, small), 0.0) / (np.sqrt(large) + np.sqrt(small))
