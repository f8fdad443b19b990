"""Liquidations and cascades as entries of the double-entry ledger.

What a market or a bank does carries its transfers with it (``ledger.record(*transfer)``); what happens to many
positions at once is summed here, borrower by borrower.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from defi_lib.ledger import Ledger
from defi_lib.lending.market.tokens import owed
from defi_lib.lending.positions.cascade import PoolCascade
from defi_lib.lending.positions.liquidation import Liquidation
from defi_lib.validation import Amount

#: Reasons of the entries. Of a liquidation the liquidator keeps the bonus, so that this column of the profit table is
#: the bonus; a sale is made at the price before it, so that its column is the price impact with the fee of the pool.
LIQUIDATION, BAD_DEBT, SALE = "liquidation", "bad debt", "sale"


def record_liquidation(
    ledger: Ledger,
    liquidation: Liquidation,
    borrowers: str | Sequence[str],
    liquidator: str = "liquidators",
    market: str = "market",
    treasury: str = "treasury",
    assets: Sequence[str] = ("ETH", "USD"),
    time: float | None = None,
) -> None:
    """Write what liquidators repay and seize, what the treasury keeps, and the debt that no collateral is left for.

    Args:
        ledger: in which all are parties. Collateral belongs to the borrower until it is seized; a debt is a claim
            called ``"USD debt"`` that the market holds.
        liquidation: of one position, or of many along the last axis.
        borrowers: the name of the borrower of all positions, or one name for each position.
        liquidator, market, treasury: their names.
        assets: the names of the collateral and of the currency of the debts.
        time: of the entries; by default the ledger's.

    Raises:
        ValueError: not one name per position, an unknown party, or time running backwards.
    """
    collateral, currency = assets
    lost = np.where(np.greater(liquidation.seized, 0), liquidation.bad_debt, 0.0)
    kept = liquidation.seized - liquidation.protocol_fee
    amounts = (liquidation.repaid, kept, liquidation.protocol_fee, lost)
    for name, (repaid, got, fee, gone) in _by_name(borrowers, amounts):
        ledger.record(liquidator, market, repaid, currency, LIQUIDATION, time)
        ledger.record(market, name, repaid, owed(currency), LIQUIDATION, time)
        ledger.record(name, liquidator, got, collateral, LIQUIDATION, time)
        ledger.record(name, treasury, fee, collateral, LIQUIDATION, time)
        ledger.record(market, name, gone, owed(currency), BAD_DEBT, time)


def record_cascade(
    ledger: Ledger,
    cascade: PoolCascade,
    borrowers: str | Sequence[str],
    liquidator: str = "liquidators",
    pool: str = "pool",
    market: str = "market",
    treasury: str = "treasury",
    assets: Sequence[str] = ("ETH", "USD"),
    time: float | None = None,
) -> None:
    """Write a cascade wave by wave: each at the price at which it was computed, then the sale into the pool.

    The ledger marks the collateral at the price of each wave and, at the end, at the final one. Arguments and errors as
    in :func:`record_liquidation`; ``pool`` is the name of those who own the exchange pool. The sale that began it is
    not written: the lesson knows who sold.
    """
    collateral, currency = assets
    for wave in cascade.waves:
        ledger.mark(collateral, wave.price, time)
        record_liquidation(ledger, wave.liquidation, borrowers, liquidator, market, treasury, assets, time)
        ledger.record(liquidator, pool, wave.sold, collateral, SALE, time)
        ledger.record(pool, liquidator, wave.proceeds, currency, SALE, time)
    ledger.mark(collateral, cascade.final_price, time)


def _by_name(names: str | Sequence[str], amounts: tuple[Amount, ...]) -> list[tuple[str, list[Amount]]]:
    """The sums of each of ``amounts`` over the positions (last axis) of each name; of one position the amounts."""
    if isinstance(names, str):
        return [(names, [np.sum(amount, axis=-1) if np.ndim(amount) else amount for amount in amounts])]
    owners = np.asarray(names)
    count = np.shape(amounts[0])[-1:]
    if owners.shape != count:
        positions = count[0] if count else 1
        raise ValueError(f"borrowers has {len(owners)} names: allowed is one, or one for each of {positions} positions")
    distinct = dict.fromkeys(owners.tolist())
    return [
        (name, [np.sum(np.asarray(amount)[..., owners == name], axis=-1) for amount in amounts]) for name in distinct
    ]
