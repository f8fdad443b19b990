"""Margin accounts of a perpetual future: what each position is worth, and where it ends."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.frozen import kept
from defi_lib.rounding import same
from defi_lib.validation import Amount, broadcastable, finite, fulfilled, non_negative, plain, positive, ratio

Numbers = NDArray[np.float64]


class FuturesAccounts(
    NamedTuple("FuturesAccounts", [("size", Numbers), ("entry", Numbers), ("margin", Numbers), ("fund", Amount)])
):
    """The accounts of one perpetual future; the last axis counts accounts, the last of them the market makers.

    For each coin that somebody is long somebody is short one: sizes add up to nothing. Whatever the price does, the
    sum of all accounts stays what it is. Market makers take what is sold by force, and have enough behind them.

    Args:
        size: coins, negative of a short.
        entry: the mean price at which each position was opened (USD), > 0.
        margin: money in the account (USD), >= 0.
        fund: money in the insurance fund (USD), >= 0.

    Raises:
        ValueError: an argument outside its range, sizes that do not add up to nothing, or no account.

    >>> accounts = FuturesAccounts([10.0, -10.0, 0.0], 4_000.0, [4_000.0, 20_000.0, 1e6])
    >>> accounts.equity(3_500.0).tolist(), accounts.leverage(4_000.0).tolist()
    ([-1000.0, 25000.0, 1000000.0], [10.0, 2.0, 0.0])
    """

    __slots__ = ()

    def __new__(cls, size: ArrayLike, entry: ArrayLike, margin: ArrayLike, fund: Amount = 0.0) -> Self:
        """Check the arguments."""
        size = np.atleast_1d(np.asarray(finite("size", np.asarray(size, float))))
        entry, margin = positive("entry", entry), non_negative("margin", margin)  # type: ignore[arg-type]
        broadcastable(size=size, entry=entry, margin=margin)
        shape = np.broadcast_shapes(size.shape, np.shape(entry), np.shape(margin))
        if not shape[-1]:
            raise ValueError(f"size has shape {shape}: allowed are one or more accounts")
        with np.errstate(over="ignore"):
            finite("worth of a position", plain(np.abs(size) * entry))
            open_interest = np.sum(np.abs(size), axis=-1)
        total = np.sum(size, axis=-1)
        fulfilled(
            "sum of size", total, np.asarray(same(total, 0.0, scale=open_interest)), "is 0, a long for each short"
        )
        fund = non_negative("fund", fund)
        broadcastable(**{"sum of size": np.zeros(shape[:-1]), "fund": fund})
        sizes, entries, margins = (kept(np.array(np.broadcast_to(each, shape))) for each in (size, entry, margin))
        return super().__new__(cls, sizes, entries, margins, kept(fund))

    def profit(self, mark: Amount) -> Numbers:
        """What each position has won since it was opened (USD), at the price ``mark``: ``size·(mark − entry)``."""
        with np.errstate(over="ignore"):
            won = self.size * (_each(positive("mark", mark)) - self.entry)
        return np.asarray(finite("profit", np.asarray(won)))

    def equity(self, mark: Amount) -> Numbers:
        """What each account is worth (USD): its margin and its profit; below zero it owes more than it has."""
        return np.asarray(self.margin + self.profit(mark))

    def leverage(self, mark: Amount) -> Numbers:
        """Worth of each position over what its account is worth; infinite where nothing is left."""
        worth, equity = np.abs(self.size) * _each(mark), np.maximum(self.equity(mark), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(worth > 0, worth / equity, 0.0)

    def bankruptcy_price(self) -> Numbers:
        """The price at which nothing of an account is left: ``entry − margin/size``, at least 0; infinite without one.

        >>> FuturesAccounts([10.0, -10.0, 0.0], 4_000.0, [4_000.0, 20_000.0, 1e6]).bankruptcy_price().tolist()
        [3600.0, 6000.0, inf]
        """
        with np.errstate(divide="ignore", over="ignore"):
            price = self.entry - np.divide(self.margin, self.size, where=self.size != 0, out=np.zeros(self.size.shape))
        return np.where(self.size != 0, np.maximum(price, 0.0), np.inf)


def liquidation_line(leverage: Amount, maintenance: Amount) -> Amount:
    """The part of today's price at which a long is liquidated: ``(1 − 1/L)/(1 − m)``.

    There its account is worth the maintenance margin ``m`` of the position.

    Args:
        leverage: L, worth of the position over the account, from 1 to ``1/m``.
        maintenance: m (ratio), in [0, 1).

    Raises:
        ValueError: an argument outside its range.

    >>> round(liquidation_line(10.0, 0.02), 4), liquidation_line(1.0, 0.02)
    (0.9184, 0.0)
    """
    maintenance = ratio("maintenance", maintenance)
    leverage = positive("leverage", leverage)
    broadcastable(leverage=leverage, maintenance=maintenance)
    inside = np.greater_equal(leverage, 1.0) & np.less_equal(np.multiply(leverage, maintenance), 1.0)
    fulfilled("leverage", leverage, np.asarray(inside), "are 1 to 1/maintenance")
    return plain((1 - 1 / np.asarray(leverage)) / (1 - np.asarray(maintenance)))


def leverage_reached(fall: Amount, maintenance: Amount) -> Amount:
    """The leverage from which on a fall of the price liquidates a long: ``1/(1 − (1 − f)(1 − m))``.

    Args:
        fall: f (ratio), in [0, 1).
        maintenance: m (ratio), in [0, 1); not both may be 0.

    Raises:
        ValueError: an argument outside its range, or no fall and no maintenance margin.

    >>> round(leverage_reached(0.2, 0.02), 2), leverage_reached(0.5, 0.0)
    (4.63, 2.0)
    """
    fall, maintenance = ratio("fall", fall), ratio("maintenance", maintenance)
    broadcastable(fall=fall, maintenance=maintenance)
    part = np.add(fall, maintenance) - np.multiply(fall, maintenance)
    return plain(1 / np.asarray(positive("fall and maintenance together", plain(part))))


def _each(price: Amount) -> Numbers:
    """A price per scenario, beside accounts in the last axis."""
    return np.asarray(price)[..., None]
