"""Redemption as in Liquity: a coin may always be exchanged for collateral of the riskiest debt, at a moving fee."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive

#: Decay of the base rate per minute: half of it in 12 hours.
MINUTE_DECAY = 0.999037758833783
#: Least fee of a redemption and of a loan, and the largest of a loan (ratios).
FEE_FLOOR, BORROWING_FEE_CAP = 0.005, 0.05
#: Least worth of the collateral per coin of debt.
MINIMUM_RATIO = 1.1
#: The collateral ratio of a position without debt, so that it stays finite.
NO_DEBT_RATIO = float(np.finfo(float).max)
#: Limits that depend on rounded sums are met to this relative precision.
_PRECISION = 1e-12


def decayed_base_rate(base_rate: Amount, seconds: Amount) -> Amount:
    """The base rate (ratio, in [0, 1]) after some time (seconds, >= 0): ``b·0.999037758833783^minutes``.

    Only whole minutes count, as in the contract.

    Raises:
        ValueError: an argument outside its range.

    Source: liquity/dev, LiquityMath.sol.
    """
    minutes = np.floor(non_negative("seconds", seconds) / 60)
    return plain(between("base_rate", base_rate, 0.0, 1.0) * MINUTE_DECAY**minutes)


def raised_base_rate(base_rate: Amount, redeemed: Amount, supply: Amount) -> Amount:
    """The base rate after a redemption: ``min(1, b + ρ/2)``, with ρ the redeemed part of all coins.

    Args:
        base_rate: ratio, in [0, 1], decayed until now.
        redeemed: coins, in [0, supply].
        supply: all coins before, > 0.

    Raises:
        ValueError: an argument outside its range.
    """
    supply = positive("supply", supply)
    part = between("redeemed", redeemed, 0.0, supply) / supply
    return plain(np.minimum(between("base_rate", base_rate, 0.0, 1.0) + part / 2, 1.0))


def redemption_fee(base_rate: Amount) -> Amount:
    """Fee of a redemption (ratio of the collateral drawn): ``min(1, 0.5 % + b)``."""
    return plain(np.minimum(FEE_FLOOR + between("base_rate", base_rate, 0.0, 1.0), 1.0))


def borrowing_fee(base_rate: Amount) -> Amount:
    """Fee of a new loan, paid once (ratio of the debt): ``0.5 % + b``, at most 5 %."""
    return plain(np.minimum(FEE_FLOOR + between("base_rate", base_rate, 0.0, 1.0), BORROWING_FEE_CAP))


class _State(NamedTuple):
    collateral: NDArray[np.float64]
    debt: NDArray[np.float64]


class Troves(_State):
    """All debt positions of a system without interest; the last axis counts positions, others scenarios.

    Args:
        collateral: tokens of each position, >= 0.
        debt: coins of each position, >= 0.

    Raises:
        ValueError: an argument outside its range, or not one number per position.

    Source: liquity/dev, TroveManager.sol. Not modelled: the 200 coins set aside for whoever liquidates, the least
    debt, and the stricter rules when all collateral together is scarce.
    """

    __slots__ = ()

    def __new__(cls, collateral: Amount, debt: Amount) -> Self:
        """Check the arguments."""
        collateral, debt = non_negative("collateral", collateral), non_negative("debt", debt)
        shape = broadcastable(collateral=collateral, debt=debt)
        if not shape:
            raise ValueError("collateral has shape (): allowed are arrays with one number per position")
        return super().__new__(cls, np.broadcast_to(collateral, shape), np.broadcast_to(debt, shape))

    def ratios(self, price: Amount) -> NDArray[np.float64]:
        """Worth of the collateral per coin of debt, at ``price`` (coins per token, > 0)."""
        value = self.collateral * _per_position(positive("price", price))
        divisor = np.maximum(self.debt, np.maximum(value / NO_DEBT_RATIO, np.finfo(float).tiny))
        return np.where(self.debt > 0, np.minimum(value / divisor, NO_DEBT_RATIO), NO_DEBT_RATIO)

    def redeem(self, coins: Amount, price: Amount, base_rate: Amount = 0.0, supply: Amount | None = None) -> Redemption:
        """Exchange coins for collateral at face value, less the fee, from the lowest collateral ratio upwards.

        Positions below the minimum ratio are left to liquidation. Whose debt is paid off entirely gets the rest of
        its collateral back.

        Args:
            coins: what the redeemer gives, from 0 to the debt of all positions at or above the minimum ratio.
            price: coins per token of collateral, > 0.
            base_rate: ratio, in [0, 1], decayed until now.
            supply: all coins; by default the debt of all positions.

        Raises:
            ValueError: an argument outside its range.
        """
        ratios = self.ratios(price)
        eligible = np.where((ratios >= MINIMUM_RATIO) & (self.debt > 0), self.debt, 0.0)
        most = eligible.sum(axis=-1)
        coins = plain(np.minimum(between("coins", coins, 0.0, most * (1 + _PRECISION)), most))
        cancelled = _first_come(eligible, np.argsort(ratios, axis=-1, kind="stable"), coins)
        drawn = cancelled / _per_position(price)
        closed = (cancelled > 0) & (cancelled >= self.debt)
        returned = np.where(closed, self.collateral - drawn, 0.0)
        left = Troves(np.where(closed, 0.0, self.collateral - drawn), self.debt - cancelled)
        total = self.debt.sum(axis=-1) if supply is None else supply
        raised = raised_base_rate(base_rate, coins, total)
        fee = drawn.sum(axis=-1) * redemption_fee(raised)
        return Redemption(self, left, cancelled, drawn, returned, plain(fee), raised)

    def liquidate(self, price: Amount, pool: Amount = 0.0) -> TroveLiquidation:
        """Close every position below the minimum ratio.

        The stability pool (coins, >= 0) cancels debt for the collateral, from the lowest ratio upwards. What it cannot
        take is added to the other positions, in proportion to their collateral; without others it stays.

        Raises:
            ValueError: an argument outside its range.
        """
        ratios, pool = self.ratios(price), non_negative("pool", pool)
        unsafe = ratios < MINIMUM_RATIO
        debt, collateral = np.where(unsafe, self.debt, 0.0), np.where(unsafe, self.collateral, 0.0)
        offset = _first_come(debt, np.argsort(ratios, axis=-1, kind="stable"), pool)
        offset_collateral = collateral * (offset / np.where(debt > 0, debt, 1.0))
        others = np.where(unsafe, 0.0, self.collateral)
        all_others = others.sum(axis=-1, keepdims=True)
        share = others / np.where(all_others > 0, all_others, 1.0)
        spread_debt = np.where(all_others > 0, debt - offset, 0.0)
        spread_collateral = np.where(all_others > 0, collateral - offset_collateral, 0.0)
        troves = Troves(
            self.collateral - offset_collateral - spread_collateral + share * spread_collateral.sum(-1, keepdims=True),
            self.debt - offset - spread_debt + share * spread_debt.sum(-1, keepdims=True),
        )
        return TroveLiquidation(self, troves, offset, offset_collateral, spread_debt, spread_collateral)


class Redemption(NamedTuple):
    """What happened in a redemption; arrays have one number per position."""

    before: Troves
    troves: Troves  #: the positions after
    cancelled: NDArray[np.float64]  #: coins of debt that the redeemer paid
    drawn: NDArray[np.float64]  #: collateral that left the position for it (tokens)
    returned: NDArray[np.float64]  #: collateral that owners of closed positions got back (tokens)
    fee: Amount  #: the part of the drawn collateral that the redeemer does not get (tokens)
    base_rate: Amount  #: after


class TroveLiquidation(NamedTuple):
    """What happened in a liquidation; arrays have one number per position."""

    before: Troves
    troves: Troves  #: the positions after
    offset_debt: NDArray[np.float64]  #: coins that the stability pool paid
    offset_collateral: NDArray[np.float64]  #: tokens that the pool got for them
    spread_debt: NDArray[np.float64]  #: coins that the other positions now owe
    spread_collateral: NDArray[np.float64]  #: tokens that they got with them


def _first_come(amounts: NDArray[np.float64], order: NDArray[np.intp], available: Amount) -> NDArray[np.float64]:
    """How much of each amount is served when ``available`` is given out in ``order``."""
    queue = np.take_along_axis(amounts, order, axis=-1)
    before = np.concatenate([np.zeros_like(queue[..., :1]), np.cumsum(queue, axis=-1)[..., :-1]], axis=-1)
    served = np.clip(_per_position(available) - before, 0.0, queue)
    # Who lacks no more than the sum of those before was rounded by is served whole.
    rounding = queue.shape[-1] * np.finfo(float).eps * (before + queue)
    served = np.where((served > 0) & (served >= queue - rounding), queue, served)
    result = np.empty_like(served)
    np.put_along_axis(result, np.broadcast_to(order, served.shape), served, axis=-1)
    return result


def _per_position(value: Amount) -> Amount:
    """One number per scenario, to be combined with one per scenario and position."""
    return np.expand_dims(value, -1)
