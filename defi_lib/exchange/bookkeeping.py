"""Swaps and deposits as entries of the double-entry ledger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from defi_lib.exchange.arbitrage.paths import ArbitrageRun
from defi_lib.exchange.pools.pool import LiquidityChange, Swap
from defi_lib.ledger import Ledger

#: Reason of both sides of a swap without its fee. At the price before the swap they differ by what the trader
#: lost through moving the price, so that this column of the profit table is the price impact.
PRICE_IMPACT = "price impact"

#: Reason of what arbitrageurs and a pool trade, without the fees, and of what arbitrageurs trade outside.
ARBITRAGE = "arbitrage"


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


def record_trade(
    ledger: Ledger,
    swap: Swap,
    trader: str,
    makers: str = "makers",
    exchange: str = "exchange",
    assets: Sequence[str] = ("ETH", "USD"),
    time: float | None = None,
) -> None:
    """Write a market order in an order book: fees to the owner of the exchange, the rest between trader and makers.

    Args:
        ledger: in which all three are parties.
        swap: what happened, from :class:`~defi_lib.exchange.pools.order_book.OrderBook`.
        trader, makers, exchange: their names.
        assets: the names of the base and the quote token.
        time: of the trade; by default the ledger's.

    Raises:
        ValueError: an unknown party, or time running backwards.
    """
    paid, received = assets[swap.token_in], assets[swap.token_out]
    net_in, maker_fee = swap.amount_in - swap.fee, swap.before.maker_fee
    ledger.record(trader, exchange, swap.fee, paid, "fee", time)
    ledger.record(trader, makers, net_in, paid, PRICE_IMPACT, time)
    ledger.record(makers, trader, swap.amount_out, received, PRICE_IMPACT, time)
    payer, payee = (makers, exchange) if maker_fee >= 0 else (exchange, makers)
    ledger.record(payer, payee, net_in * abs(maker_fee), paid, "fee", time)


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


def record_run(
    ledger: Ledger,
    run: ArbitrageRun,
    providers: Mapping[str, float],
    arbitrageur: str = "arbitrageurs",
    market: str = "outside market",
    assets: Sequence[str] = ("ETH", "USD"),
    time: float | None = None,
) -> None:
    """Write all that arbitrageurs traded along a path: with the providers of the pool, and the opposite outside.

    Mark the last price before: then a provider's column ``"arbitrage"`` is the result against holding, fees apart,
    and the arbitrageurs' is their profit with the fees they paid.

    Args:
        ledger: in which all are parties; its numeraire is ``assets[1]``.
        run: what happened.
        providers: the part of the pool that each owns (ratios that add up to 1).
        arbitrageur, market: the names of those who trade the pool, and of those with whom they trade outside.
        assets: the names of the pool's tokens, in the pool's order.
        time: of the entries; by default the ledger's.

    Raises:
        ValueError: parts that do not add up to 1, an unknown party, or time running backwards.
    """
    if abs(sum(providers.values()) - 1) > 1e-9:
        raise ValueError(
            f"providers = {dict(providers)} add up to {sum(providers.values()):.12g}: allowed is exactly 1"
        )
    for provider, part in providers.items():
        for asset, paid, received, fee in zip(assets, run.amounts_in, run.amounts_out, run.fees, strict=True):
            ledger.record(arbitrageur, provider, part * fee, asset, "fee", time)
            ledger.record(arbitrageur, provider, part * (paid - fee), asset, ARBITRAGE, time)
            ledger.record(provider, arbitrageur, part * received, asset, ARBITRAGE, time)
    ledger.record(arbitrageur, market, run.amounts_out[0], assets[0], ARBITRAGE, time)
    ledger.record(market, arbitrageur, run.amounts_in[0], assets[0], ARBITRAGE, time)
    proceeds = run.arbitrage_profit + run.amounts_in[1] - run.amounts_out[1]
    ledger.record(market, arbitrageur, np.maximum(proceeds, 0.0), assets[1], ARBITRAGE, time)
    ledger.record(arbitrageur, market, np.maximum(-proceeds, 0.0), assets[1], ARBITRAGE, time)
