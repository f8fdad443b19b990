"""Swaps and deposits as entries of the double-entry ledger."""

from __future__ import annotations

from collections.abc import Sequence

from defi_lib.exchange.trade import LiquidityChange, Swap
from defi_lib.ledger import Ledger

#: Reason of both sides of a swap without its fee. At the price before the swap they differ by what the trader
#: lost through moving the price, so that this column of the profit table is the price impact.
PRICE_IMPACT = "price impact"


def record_swap(
    ledger: Ledger,
    swap: Swap,
    trader: str,
    pool: str = "pool",
    assets: Sequence[str] = ("ETH", "USD"),
    time: float | None = None,
) -> None:
    """Write a swap: the fee, what the trader paid besides, and what the trader received.

    Args:
        ledger: in which ``trader`` and ``pool`` are parties.
        swap: what happened.
        trader, pool: their names.
        assets: the names of the pool's tokens, in the pool's order.
        time: of the swap; by default the ledger's.

    Raises:
        ValueError: an unknown party, or time running backwards.
    """
    paid, received = assets[swap.token_in], assets[swap.token_out]
    ledger.record(trader, pool, swap.fee, paid, "fee", time)
    ledger.record(trader, pool, swap.amount_in - swap.fee, paid, PRICE_IMPACT, time)
    ledger.record(pool, trader, swap.amount_out, received, PRICE_IMPACT, time)


def record_deposit(
    ledger: Ledger,
    change: LiquidityChange,
    provider: str,
    pool: str = "pool",
    assets: Sequence[str] = ("ETH", "USD"),
    time: float | None = None,
) -> None:
    """Write what a provider paid in for new shares, and the shares (asset ``"<pool> share"``); arguments as above."""
    for asset, amount in zip(assets, change.amounts, strict=True):
        ledger.record(provider, pool, amount, asset, "liquidity", time)
    ledger.mint(provider, change.shares, f"{pool} share", "liquidity", time)


def record_withdrawal(
    ledger: Ledger,
    change: LiquidityChange,
    provider: str,
    pool: str = "pool",
    assets: Sequence[str] = ("ETH", "USD"),
    time: float | None = None,
) -> None:
    """Write what a provider got back for shares, and the shares burned; arguments as above."""
    for asset, amount in zip(assets, change.amounts, strict=True):
        ledger.record(pool, provider, amount, asset, "liquidity", time)
    ledger.burn(provider, change.shares, f"{pool} share", "liquidity", time)
