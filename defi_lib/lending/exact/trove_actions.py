"""Liquidation and redemption of Liquity's troves in exact integers: what others may do to a position."""

from __future__ import annotations

from typing import NamedTuple

from defi_lib.frozen import FrozenDict
from defi_lib.ledger.transfer import OUTSIDE, Transfer, actual
from defi_lib.lending.exact.trove_book import LIQUIDATED, REDEEMED, Both
from defi_lib.lending.exact.trove_fees import FEE_FLOOR, exact_redemption_fee
from defi_lib.lending.exact.trove_system import (
    LEAST_DEBT,
    MINIMUM,
    RESERVE,
    SET_ASIDE,
    STAKERS,
    TroveSystem,
    debts_moved,
)
from defi_lib.lending.exact.units import WAD, refuse, whole_number
from defi_lib.lending.stablecoins.stability_pool import COIN, COLLATERAL, ISSUER, STABILITY_POOL
from defi_lib.units import SECONDS_PER_DAY

#: One part in this many of the collateral goes to the liquidator.
COMPENSATION = 200
#: Seconds after the start before which nothing is redeemed.
BOOTSTRAP = 14 * SECONDS_PER_DAY


class ExactTroveLiquidation(NamedTuple):
    """What happened in a liquidation (smallest units)."""

    before: TroveSystem
    system: TroveSystem  #: after
    offset: Both  #: debt that the pool paid, and the collateral that it got
    spread: Both  #: debt and collateral that the other troves got
    compensation: Both  #: coins and collateral that the liquidator got
    surplus: int  #: collateral kept for the owner
    transfers: tuple[Transfer, ...]


class _Division(NamedTuple):
    offset: Both
    spread: Both
    compensation: int
    surplus: int = 0


def liquidate_trove(system: TroveSystem, user: str, liquidator: str = "liquidator") -> ExactTroveLiquidation:
    """Close the trove of ``user``; the liquidator gets 200 coins and 0.5 % of the collateral.

    Below 110 % the stability pool pays what it can of the debt for that part of the collateral, and all other troves
    share the rest of both. In recovery mode at 100 % or less they share all of it; from 110 % up to the ratio of the
    system the pool must pay all, gets collateral worth 110 %, and the owner keeps the rest.

    Raises:
        ValueError: no trove, or one that may not be liquidated.

    Source: liquity/dev, TroveManager.sol (liquidate).
    """
    refuse(not system.has_trove(user), f"user = {user!r} has no trove: it does not exist or is closed")
    division = _divided(system, user)
    if division is None:
        raise ValueError(f"user = {user!r} has a ratio of {system.ratio_of(user)}: it may not be liquidated")
    offset, spread, compensation, surplus = division
    book = system.book.touched(user).removed(user, LIQUIDATED)
    pool = system.pool.liquidate(*offset).pool if offset.debt else system.pool
    book = book.moved(-offset.debt, -offset.collateral - surplus).redistributed(*spread)
    book = book.moved(0, -compensation).remembered()
    kept = FrozenDict(system.surplus)
    if surplus:
        kept = kept | {user: kept.get(user, 0) + surplus}
    after = system._replace(book=book, pool=pool, surplus=kept)
    moved = (
        Transfer(STABILITY_POOL, OUTSIDE, offset.debt, COIN, "liquidation"),
        Transfer(ISSUER, STABILITY_POOL, offset.collateral, COLLATERAL, "liquidation"),
        Transfer(ISSUER, liquidator, compensation, COLLATERAL, "liquidator's compensation"),
        Transfer(SET_ASIDE, liquidator, RESERVE, COIN, "liquidator's compensation"),
        *debts_moved(system, after, "liquidation"),
    )
    reward = Both(RESERVE, compensation)
    return ExactTroveLiquidation(system, after, offset, spread, reward, surplus, actual(moved))


def _divided(system: TroveSystem, user: str) -> _Division | None:
    """Who gets what of a trove; None if it may not be liquidated."""
    debt, collateral = system.book.entire(user)
    own, coins = system.ratio_of(user), system.pool.total
    if system.in_recovery:
        if len(system.book.open) < 2:
            return None
        if own <= WAD:
            compensation = collateral // COMPENSATION
            return _Division(Both(), Both(debt, collateral - compensation), compensation)
        if MINIMUM <= own < system.ratio and debt <= coins:
            capped = debt * MINIMUM // system.price
            compensation = capped // COMPENSATION
            return _Division(Both(debt, capped - compensation), Both(), compensation, collateral - capped)
    if own >= MINIMUM:
        return None
    compensation = collateral // COMPENSATION
    left = collateral - compensation
    offset = Both(min(debt, coins), left * min(debt, coins) // debt)
    return _Division(offset, Both(debt - offset.debt, left - offset.collateral), compensation)


class ExactRedemption(NamedTuple):
    """What happened in a redemption (smallest units)."""

    before: TroveSystem
    system: TroveSystem  #: after
    paid: int  #: coins that the redeemer gave, less than offered if it stopped early
    drawn: int  #: collateral that left the troves for them
    fee: int  #: the part of it that the redeemer does not get
    transfers: tuple[Transfer, ...]


def redeem_coins(system: TroveSystem, coins: int, redeemer: str = "redeemer", max_fee: int = WAD) -> ExactRedemption:
    """Exchange coins for collateral at face value less a fee, from the lowest ratio at or above 110 % upwards.

    Of each trove at most the debt without the 200 coins set aside is paid; then it is closed, and its owner can claim
    the rest of the collateral. The redemption stops before a trove that would keep less than the least debt. The base
    rate rises by half of the redeemed part of all debt.

    Args:
        system: before.
        coins: offered (smallest units), >= 1.
        redeemer: in the transfers.
        max_fee: accepted at most, per unit of collateral drawn (1e-18), from 0.5 % to 1.

    Raises:
        ValueError: the first 14 days, a system below 110 %, coins that redeem nothing, or a fee above ``max_fee``.

    Source: liquity/dev, TroveManager.sol (redeemCollateral), with right hints.
    """
    coins = whole_number("coins", coins, 1)
    refuse(not FEE_FLOOR <= max_fee <= WAD, f"max_fee = {max_fee} is outside the allowed range [{FEE_FLOOR}, {WAD}]")
    begin = system.start + BOOTSTRAP
    refuse(system.time < begin, f"time = {system.time} is in the first 14 days: allowed is {begin} or later")
    refuse(system.ratio < MINIMUM, f"ratio of the system = {system.ratio} is below {MINIMUM}")
    state, paid, drawn = system, 0, 0
    for user in [name for name in system.book.open if system.ratio_of(name) >= MINIMUM]:
        if paid == coins:
            break
        state, lot, collateral = _redeemed_from(state, user, coins - paid)
        if not lot:
            break
        paid, drawn = paid + lot, drawn + collateral
    refuse(not drawn, f"coins = {coins} redeem nothing: the first trove would keep less than the least debt")
    raised = min(system.decayed_base_rate + drawn * system.price // system.book.total.debt // 2, WAD)
    state = state.with_fee_time(raised)
    fee = exact_redemption_fee(raised, drawn)
    refuse(fee * WAD // drawn > max_fee, f"max_fee = {max_fee} is less than the fee of {fee * WAD // drawn}")
    closed = sum(state.book.troves[name].status == REDEEMED for name in system.book.open)
    moved = (
        Transfer(redeemer, OUTSIDE, paid, COIN, "redemption"),
        Transfer(ISSUER, redeemer, drawn - fee, COLLATERAL, "redemption"),
        Transfer(ISSUER, STAKERS, fee, COLLATERAL, "redemption fee"),
        Transfer(SET_ASIDE, OUTSIDE, closed * RESERVE, COIN, "reserve"),
        *debts_moved(system, state, "redemption"),
    )
    return ExactRedemption(system, state, paid, drawn, fee, actual(moved))


def _redeemed_from(system: TroveSystem, user: str, coins: int) -> tuple[TroveSystem, int, int]:
    """The system after coins were redeemed from one trove, the coins and the collateral; 0 coins if it must stop."""
    book = system.book.touched(user)
    debt, collateral = book.entire(user)
    lot = min(coins, debt - RESERVE)
    drawn = lot * WAD // system.price
    if debt - lot == RESERVE:
        book = book.removed(user, REDEEMED).moved(-debt, -collateral)
        kept = FrozenDict(system.surplus)
        kept = kept | {user: kept.get(user, 0) + collateral - drawn}
        return system._replace(book=book, surplus=kept), lot, drawn
    if debt - lot - RESERVE < LEAST_DEBT:
        return system._replace(book=book), 0, 0
    return system._replace(book=book.written(user, debt - lot, collateral - drawn)), lot, drawn
