"""The price that a loan believes: what it costs to move it, what an average and a cap do to it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.exchange.pools.pool import Pool, Swap
from defi_lib.rounding import within
from defi_lib.validation import Amount, broadcastable, finite, non_negative, plain, positive


class PriceMove(NamedTuple):
    """A pool whose price somebody has raised, and what that costs once arbitrageurs have brought it back."""

    bought: Swap  #: the trade: the quote into the pool, the token out of it
    factor: Amount  #: price after the trade over the true price
    capital: Amount  #: paid in (the quote)
    cost: Amount  #: of that, what is lost: the tokens bought are worth the rest at the true price


def move_price(pool: Pool, factor: Amount, token: int = 0, quote: int = 1) -> PriceMove:
    """Raise the price of a token in a pool to ``factor`` times what it is, the true price.

    In a constant product pool without fee, with y of the quote, it takes ``y·(√r − 1)`` and costs
    ``y·(√r + 1/√r − 2)``.

    Args:
        pool: of any kind that can say which trade moves it to a price.
        factor: r, >= 1.
        token, quote: two different tokens of the pool.

    Raises:
        ValueError: a factor below 1, or as :meth:`~defi_lib.exchange.ConstantProductPool.trade_to`.

    Source: Mackinga, Nadahalli, Wattenhofer, *TWAP Oracle Attacks: Easier Done than Said?* (2022).

    >>> from defi_lib.exchange import ConstantProductPool
    >>> move = move_price(ConstantProductPool((1_000.0, 1e6), 0.0), 2.0)
    >>> round(move.capital, 2), round(move.cost, 2)
    (414213.56, 121320.34)
    """
    factor = within("factor", factor, 1.0, np.inf)
    true = pool.price(token, quote)
    bought = pool.trade_to(plain(np.multiply(true, factor)), token, quote)[0]
    cost = np.maximum(bought.amount_in - np.multiply(bought.amount_out, true), 0.0)
    return PriceMove(bought, factor, bought.amount_in, plain(cost))


def spike_for_average(factor: Amount, blocks: Amount) -> Amount:
    """The factor that a price must have for one block, so that its average over some blocks is ``factor``.

    ``1 + (R − 1)·n``, of a plain mean as Uniswap v2 keeps it. The mean of logarithms of Uniswap v3 asks for ``R^n``.

    Args:
        factor: R, average over true price, >= 1.
        blocks: n, over which the mean goes, >= 1.

    Raises:
        ValueError: an argument below 1, or a result that no float holds.

    >>> spike_for_average(3.0, 150)
    301.0
    """
    factor, blocks = within("factor", factor, 1.0, np.inf), within("blocks", blocks, 1.0, np.inf)
    broadcastable(factor=factor, blocks=blocks)
    with np.errstate(over="ignore"):
        return finite("factor of the spike", plain(1 + (np.asarray(factor) - 1) * np.asarray(blocks)))


def believed_price(prices: ArrayLike) -> Amount:
    """The median of what several sources say: whoever wants to move it must move half of them.

    Args:
        prices: of the sources, > 0; the first axis counts sources.

    Raises:
        ValueError: a price that is not positive, or no source.

    >>> believed_price([2_000.0, 2_010.0, 9_999.0])
    2010.0
    """
    said = np.atleast_1d(np.asarray(positive("prices", np.asarray(prices, float))))
    if not len(said):
        raise ValueError("prices = []: allowed are one or more sources")
    return plain(np.median(said, axis=0))


def capped_rate(rate: Amount, snapshot: Amount, growth: Amount, elapsed: Amount) -> Amount:
    """A staked coin's rate of exchange, believed up to what it can have grown to: ``min(rate, s·(1 + g·t))``.

    A cap protects against a rate that is inflated. Where the snapshot and its age do not belong together, it gives a
    rate that is too low, and liquidates sound loans.

    Args:
        rate: what the service says, > 0.
        snapshot: s, a rate of the past, > 0.
        growth: g, the most it can grow in a year (ratio), >= 0.
        elapsed: t, years since the snapshot, >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: BGD Labs, *Correlated-assets price oracle* (CAPO) of Aave.

    >>> round(capped_rate(1.30, 1.20, 0.1, 0.5), 4), round(capped_rate(1.21, 1.20, 0.1, 0.5), 4)
    (1.26, 1.21)
    """
    rate, snapshot = positive("rate", rate), positive("snapshot", snapshot)
    growth, elapsed = non_negative("growth", growth), non_negative("elapsed", elapsed)
    broadcastable(rate=rate, snapshot=snapshot, growth=growth, elapsed=elapsed)
    with np.errstate(over="ignore"):
        most: NDArray[np.float64] = np.asarray(snapshot) * (1 + np.asarray(growth) * np.asarray(elapsed))
    return plain(np.minimum(rate, most))
