"""Fire sales: whoever owes too much sells into one pool, its price falls for all who hold the same, and others must."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.lending import liquidate
from defi_lib.risk.contagion.network import Array, Network
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive

#: A sale smaller than this part of the pool ends a fire sale.
_SMALL = 1e-13


def deleverage(assets: Amount, equity: Amount, shock: Amount) -> tuple[Amount, Amount]:
    """Loss, and the sale that brings leverage back: ``a·s`` and ``a·s·B``, with ``B = (a − e)/e`` debts per equity.

    Args:
        assets: dollars, >= ``equity``.
        equity: dollars, > 0.
        shock: part of the assets that is lost, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> deleverage(100.0, 20.0, 0.05)
    (5.0, 20.0)

    Source: Greenwood, Landier, Thesmar, *Vulnerable Banks* (2015). Who loses more than its equity cannot sell so much.
    """
    equity, shock = positive("equity", equity), between("shock", shock, 0.0, 1.0)
    assets = between("assets", assets, equity, np.inf, high_open=True)
    broadcastable(assets=assets, equity=equity, shock=shock)
    loss = np.asarray(assets) * shock
    return plain(loss), plain(loss * (np.asarray(assets) - equity) / equity)


class FireSale(NamedTuple):
    """How a fire sale ends. Protocols along the last axis; dollars, or tokens of the shared asset."""

    before: ConstantProductPool
    after: ConstantProductPool
    first_price: Amount  #: after the sale that began it
    price: Amount  #: in the end
    tokens: Array  #: of each protocol, in the end
    cash: Array  #: of each protocol
    debt: Array  #: of each protocol
    sold: Array  #: tokens that each had to sell
    proceeds: Array  #: dollars that each got for them
    seized: Amount  #: tokens that were taken from borrowers and sold
    bad_debt: Amount  #: debts of borrowers that their collateral does not cover any more (dollars)
    rounds: int

    @property
    def equity(self) -> Array:
        """What each has more than it owes (dollars), below 0 if less."""
        return np.asarray(self.tokens * np.expand_dims(np.asarray(self.price), -1) + self.cash - self.debt)

    @property
    def got(self) -> Array:
        """What each lost on its sales, against the first price: somebody got it, who bought for less (dollars)."""
        return np.asarray(self.sold * np.expand_dims(np.asarray(self.first_price), -1) - self.proceeds)

    @property
    def paper(self) -> Array:
        """What each lost on tokens that it still has, against the first price: on paper (dollars)."""
        fall = np.asarray(self.first_price) - np.asarray(self.price)
        return np.asarray(self.tokens * np.expand_dims(fall, -1))

    @property
    def amplification(self) -> Amount:
        """The whole fall of the price over the first."""
        start, first = np.asarray(self.before.price()), np.asarray(self.first_price)
        some = start > first
        return plain(np.where(some, (start - self.price) / np.where(some, start - first, 1.0), 1.0))

    def transfers(
        self, protocols: str = "protocols", pool: str = "pool", lenders: str = "lenders", asset: str = "ETH"
    ) -> tuple[Transfer, ...]:
        """What the protocols sold, got for it, and paid back."""
        dollars = plain(np.sum(self.proceeds, axis=-1))
        return actual(
            (
                Transfer(protocols, pool, plain(np.sum(self.sold, axis=-1)), asset, "fire sale"),
                Transfer(pool, protocols, dollars, "USD", "fire sale"),
                Transfer(protocols, lenders, dollars, "USD", "repayment"),
            )
        )


def fire_sale(
    pool: ConstantProductPool,
    tokens: Amount,
    cash: Amount,
    debt: Amount,
    max_leverage: Amount,
    sale: Amount = 0.0,
    collateral: Amount = 0.0,
    loans: Amount = 0.0,
    liquidation_threshold: Amount = 0.8,
    bonus: Amount = 0.05,
    max_rounds: int = 2000,
) -> FireSale:
    """Somebody sells; protocols above their leverage sell until they are at it, borrowers are liquidated, and again.

    In each round a protocol with assets ``A = tokens·P + cash`` and equity ``E = A − debt`` sells tokens for
    ``A − λE`` dollars at the pool's price, all if E <= 0, and pays back with what it gets; borrowers are liquidated by
    :func:`~defi_lib.lending.positions.liquidation.liquidate`. All sales of a round go into the pool together.

    Args:
        pool: token 0 is the shared asset, token 1 dollars; one scenario or more.
        tokens: of each protocol, >= 0; protocols along the last axis, scenarios before.
        cash: of each (dollars), >= 0.
        debt: of each (dollars), >= 0.
        max_leverage: λ, most assets per equity, > 1; one for all, or one each.
        sale: tokens that somebody else sells first, >= 0.
        collateral: of each borrower (tokens), >= 0.
        loans: of each borrower (dollars), >= 0.
        liquidation_threshold: ratio, in [0, 1].
        bonus: of liquidators (ratio), >= 0.
        max_rounds: bound.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or more rounds than allowed.

    >>> pool = ConstantProductPool((1000.0, 2e6))
    >>> sold = fire_sale(pool, [100.0, 100.0], 0.0, [150_000.0, 100_000.0], max_leverage=4.0, sale=100.0)
    >>> sold.rounds, round(sold.price), np.round(sold.sold, 1).tolist()
    (9, 1397, [96.7, 0.0])
    """
    given = {
        "tokens": non_negative("tokens", tokens),
        "cash": non_negative("cash", cash),
        "debt": non_negative("debt", debt),
        "max_leverage": between("max_leverage", max_leverage, 1.0, np.inf, low_open=True, high_open=True),
    }
    sale = non_negative("sale", sale)
    collateral, loans = (np.atleast_1d(non_negative(*each)) for each in (("collateral", collateral), ("loans", loans)))
    began = pool.swap_exact_in(sale).pool
    price = np.expand_dims(np.asarray(began.price()), -1)
    shape = broadcastable(**{name: np.atleast_1d(each) for name, each in given.items()}, price=price)
    held, cash, debt, most = (np.broadcast_to(np.asarray(each, dtype=float), shape) for each in given.values())
    start, now, bad, seized = held, began, np.zeros(shape[:-1]), np.zeros(shape[:-1])
    proceeds = np.zeros(shape)
    for rounds in range(max_rounds):
        price = np.expand_dims(np.asarray(now.price()), -1)
        worth = held * price + cash
        excess = np.clip(worth - most * (worth - debt), 0.0, held * price)
        selling = np.minimum(excess / price, held)
        step = liquidate(collateral, loans, price, liquidation_threshold, bonus)
        taken = np.sum(step.seized, axis=-1)
        total = np.sum(selling, axis=-1) + taken
        if np.all(total <= _SMALL * now.reserves[0]):
            bad = bad + np.sum(np.maximum(loans - collateral * price, 0.0), axis=-1)
            ends = (began.price(), now.price(), held, cash, debt)
            parts: tuple[Any, ...] = (*ends, start - held, proceeds, plain(seized), plain(bad), rounds)
            return FireSale(pool, now, *parts)
        swap = now.swap_exact_in(plain(total))
        average = np.expand_dims(swap.amount_out / np.where(total > 0.0, total, 1.0), -1)
        got = selling * average
        held, paid = held - selling, np.minimum(got, debt)
        cash, debt, proceeds = cash + got - paid, debt - paid, proceeds + got
        collateral, loans, seized = step.collateral, step.debt, seized + taken
        bad, now = bad + np.sum(step.written_off, axis=-1), swap.pool
    raise ValueError(f"max_rounds = {max_rounds} is too few: the sales go on; allowed are more")


def assets_after(network: Network, sold: FireSale) -> Network:
    """The network once its protocols have sold: their outside assets are tokens at the last price, and cash.

    What they paid back to lenders outside is counted as paid: debts of ``network`` must not include it.
    """
    return network.holding(sold.tokens * np.expand_dims(np.asarray(sold.price), -1) + sold.cash)
