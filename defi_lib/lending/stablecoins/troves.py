"""Troves as in Liquity: debt without interest, kept safe by liquidation and by redemption of the riskiest debt."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import Parts, kept
from defi_lib.lending.stablecoins.trove_fees import raised_base_rate, redemption_fee
from defi_lib.lending.stablecoins.trove_records import Redemption, TroveLiquidation
from defi_lib.rounding import TOLERANCE, Truth, below, same
from defi_lib.validation import Amount, between, broadcastable, non_negative, one_number, plain, positive

#: Least worth of the collateral per coin of debt, and of the system before recovery mode.
MINIMUM_RATIO, CRITICAL_RATIO = 1.1, 1.5
#: The collateral ratio of a position without debt, so that it stays finite.
NO_DEBT_RATIO = float(np.finfo(float).max)


class _Rules(NamedTuple):
    reserve: float
    least_debt: float
    compensation: float
    recovery: bool


class TroveRules(_Rules):
    """What a system of troves demands besides the minimum ratio.

    Args:
        reserve: coins of each debt that are set aside for the liquidator, >= 0; they cannot be redeemed.
        least_debt: a trove that a redemption leaves open owes at least this besides (coins), >= 0.
        compensation: part of the collateral that the liquidator gets (ratio), in [0, 1].
        recovery: whether troves below the ratio of the system can be liquidated while that is below 150 %.

    Raises:
        ValueError: an argument outside its range.

    >>> LIQUITY
    TroveRules(reserve=200.0, least_debt=1800.0, compensation=0.005, recovery=True)
    """

    __slots__ = ()

    def __new__(
        cls, reserve: float = 0.0, least_debt: float = 0.0, compensation: float = 0.0, recovery: bool = False
    ) -> Self:
        """Check the arguments; by default nothing besides."""
        reserve = one_number("reserve", non_negative("reserve", reserve))
        least_debt = one_number("least_debt", non_negative("least_debt", least_debt))
        return super().__new__(
            cls,
            reserve,
            least_debt,
            one_number("compensation", between("compensation", compensation, 0.0, 1.0)),
            bool(recovery),
        )


#: Nothing but the minimum ratio, and the rules of the contracts of 2021.
PLAIN, LIQUITY = TroveRules(), TroveRules(200.0, 1800.0, 0.005, True)


class _State(NamedTuple):
    collateral: NDArray[np.float64]
    debt: NDArray[np.float64]
    rules: TroveRules


class Troves(Parts, _State):
    """All debt positions of a system without interest; the last axis counts positions, others scenarios.

    Args:
        collateral: tokens of each position, >= 0.
        debt: coins of each position, >= 0; what is set aside for its liquidator is part of it.
        rules: by default only the minimum ratio of 110 %; ``LIQUITY`` are those of the contracts.

    Raises:
        ValueError: an argument outside its range, or not one number per position.

    Source: liquity/dev, TroveManager.sol. There a trove gets its part of a liquidation when it is next touched, by its
    stake; stakes are kept in proportion to collateral, so that the parts are those of here. To the last unit, and with
    loans: :class:`~defi_lib.lending.TroveSystem`.

    >>> troves = Troves([20.0, 12.0], [1000.0, 1000.0])
    >>> float(troves.redeem(500.0, price=100.0).drawn[1])
    5.0
    """

    __slots__ = ()

    def __new__(cls, collateral: Amount, debt: Amount, rules: TroveRules = PLAIN) -> Self:
        """Check the arguments."""
        collateral, debt = non_negative("collateral", collateral), non_negative("debt", debt)
        shape = broadcastable(collateral=collateral, debt=debt)
        if not shape:
            raise ValueError("collateral has shape (): allowed are arrays with one number per position")
        return super().__new__(cls, kept(np.broadcast_to(collateral, shape)), kept(np.broadcast_to(debt, shape)), rules)

    def ratios(self, price: Amount) -> NDArray[np.float64]:
        """Worth of the collateral per coin of debt, at ``price`` (coins per token, > 0)."""
        value = self.collateral * _per_position(positive("price", price))
        divisor = np.maximum(self.debt, np.maximum(value / NO_DEBT_RATIO, np.finfo(float).tiny))
        return np.where(self.debt > 0, np.minimum(value / divisor, NO_DEBT_RATIO), NO_DEBT_RATIO)

    def system_ratio(self, price: Amount) -> Amount:
        """Worth of all collateral per coin of all debt, at ``price`` (coins per token, > 0)."""
        together = Troves(self.collateral.sum(-1, keepdims=True), self.debt.sum(-1, keepdims=True))
        return plain(together.ratios(price)[..., 0])

    def in_recovery(self, price: Amount) -> Truth:
        """Whether all collateral together is worth less than 150 % of all debt."""
        return below(self.collateral.sum(-1) * positive("price", price), CRITICAL_RATIO * self.debt.sum(-1))

    def redeem(self, coins: Amount, price: Amount, base_rate: Amount = 0.0, supply: Amount | None = None) -> Redemption:
        """Exchange coins for collateral at face value, less the fee, from the lowest collateral ratio upwards.

        Positions below the minimum ratio are left to liquidation. Whose debt is paid off (but for what is set aside)
        gets the rest of its collateral back. Before a position that would keep less than the least debt it stops.

        Args:
            coins: what the redeemer gives, from 0 to the debt of all positions at or above the minimum ratio.
            price: coins per token of collateral, > 0.
            base_rate: ratio, in [0, 1], decayed until now.
            supply: all coins; by default the debt of all positions.

        Raises:
            ValueError: an argument outside its range.
        """
        net = np.maximum(self.debt - self.rules.reserve, 0.0)
        eligible = np.where(~self._unsafe(price) & (net > 0), net, 0.0)
        most = eligible.sum(axis=-1)
        # A sum in another order differs by a rounding of each term.
        slack = 1 + TOLERANCE * max(eligible.shape[-1], 1)
        coins = plain(np.minimum(between("coins", coins, 0.0, most * slack), most))
        order = np.argsort(self.ratios(price), axis=-1, kind="stable")
        cancelled = _first_come(eligible, order, coins)
        stopped = (cancelled < eligible) & below(eligible - cancelled, self.rules.least_debt, scale=eligible)
        cancelled = np.where(stopped, 0.0, cancelled)
        drawn = cancelled / _per_position(price)
        closed = (cancelled > 0) & (cancelled >= net)
        returned = np.where(closed, self.collateral - drawn, 0.0)
        left = self._with(np.where(closed, 0.0, self.collateral - drawn), np.where(closed, 0.0, self.debt - cancelled))
        paid = coins if not np.any(stopped) else plain(cancelled.sum(axis=-1))
        raised = raised_base_rate(base_rate, paid, self.debt.sum(axis=-1) if supply is None else supply)
        fee = drawn.sum(axis=-1) * redemption_fee(raised)
        return Redemption(self, left, cancelled, drawn, returned, plain(fee), raised, paid)

    def liquidate(self, price: Amount, pool: Amount = 0.0) -> TroveLiquidation:
        """Close every position below the minimum ratio.

        The stability pool (coins, >= 0) cancels debt for the collateral, from the lowest ratio upwards. What it cannot
        take is added to the other positions, in proportion to their collateral; without others it stays.

        In recovery mode, if the rules have one, the pool pays nothing for positions at 100 % or below, and positions
        from 110 % up to the ratio of the system are closed too, if the pool can pay all of their debt: it gets
        collateral worth 110 % of that, and the owner the rest. The last position stays as it is.

        Raises:
            ValueError: an argument outside its range.
        """
        pool, price = non_negative("pool", pool), positive("price", price)
        order = np.argsort(self.ratios(price), axis=-1, kind="stable")
        offset, capped, whole = self._offset(price, pool, order)
        debt = np.where(whole, self.debt, 0.0)
        taken = np.where(capped, MINIMUM_RATIO * debt / _per_position(price), np.where(whole, self.collateral, 0.0))
        compensation = self.rules.compensation * taken
        offset_collateral = (taken - compensation) * (offset / np.where(debt > 0, debt, 1.0))
        others = np.where(whole, 0.0, self.collateral)
        all_others = others.sum(axis=-1, keepdims=True)
        alone = all_others <= 0
        share = others / np.where(alone, 1.0, all_others)
        spread_debt = np.where(alone, 0.0, debt - offset)
        spread = np.where(alone, 0.0, taken - compensation - offset_collateral)
        returned = np.where(capped, self.collateral - taken, 0.0)
        gone = offset_collateral + compensation + returned + spread
        after = self._with(
            np.where(whole & ~alone, 0.0, self.collateral - gone) + share * spread.sum(-1, keepdims=True),
            np.where(whole & ~alone, 0.0, self.debt - offset) + share * spread_debt.sum(-1, keepdims=True),
        )
        return TroveLiquidation(
            self, after, offset, offset_collateral, spread_debt, spread, compensation, returned, whole & ~alone
        )

    def _unsafe(self, price: Amount) -> NDArray[np.bool_]:
        """Which positions are below the minimum ratio: products, so that one exactly at it is not."""
        worth = self.collateral * _per_position(positive("price", price))
        return np.asarray(below(worth, MINIMUM_RATIO * self.debt))

    def _offset(
        self, price: Amount, pool: Amount, order: NDArray[np.intp]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
        """Debt that the pool pays, and which positions are closed: at a capped price, and at all."""
        unsafe = self._unsafe(price)
        shape = np.broadcast_shapes(unsafe.shape, order.shape, np.shape(_per_position(pool)))
        unsafe = np.broadcast_to(unsafe, shape)
        plainly = _first_come(np.where(unsafe, self.debt, 0.0), order, pool)
        if not self.rules.recovery or not np.any(self.in_recovery(price)):
            return plainly, np.zeros(shape, bool), unsafe
        return self._recover(price, pool, np.broadcast_to(order, shape), unsafe)

    def _recover(
        self, price: Amount, pool: Amount, order: NDArray[np.intp], unsafe: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_], NDArray[np.bool_]]:
        """As ``_offset``, one position of each scenario after the other: each changes the ratio of the system."""
        debts, tokens = np.broadcast_to(self.debt, order.shape), np.broadcast_to(self.collateral, order.shape)
        coins = np.broadcast_to(pool, order.shape[:-1]).astype(float)
        all_debt, all_tokens, troves_left = debts.sum(-1), tokens.sum(-1), ((debts > 0) | (tokens > 0)).sum(-1)
        offset, capped, whole = np.zeros(order.shape), np.zeros(order.shape, bool), np.zeros(order.shape, bool)
        for place in np.moveaxis(order, -1, 0)[..., None]:
            debt, held = (np.take_along_axis(each, place, -1)[..., 0] for each in (debts, tokens))
            several = troves_left > 1  # the last is never closed
            weak = np.take_along_axis(unsafe, place, -1)[..., 0] & several
            worth = held * price
            recovering = np.asarray(below(all_tokens * price, CRITICAL_RATIO * all_debt))
            lost = recovering & ~np.asarray(below(debt, worth))
            low = below(worth * all_debt, all_tokens * price * debt)
            enough = ~np.asarray(below(coins, debt))
            cap = recovering & several & ~weak & low & enough & (debt > 0)
            paid = np.where(cap, debt, np.where(weak & ~lost, np.where(enough, debt, coins), 0.0))
            taken = np.where(cap | weak, held, 0.0)
            left = np.where(weak & ~cap, held * (1 - self.rules.compensation), 0.0)
            stays = left * np.where(debt > 0, (debt - paid) / np.where(debt > 0, debt, 1.0), 0.0)
            coins, all_debt, all_tokens = np.maximum(coins - paid, 0.0), all_debt - paid, all_tokens - taken + stays
            troves_left = troves_left - (cap | weak)
            for array, value in ((offset, paid), (capped, cap), (whole, cap | weak)):
                np.put_along_axis(array, place, np.asarray(value)[..., None], -1)
        return offset, capped, whole

    def _with(self, collateral: NDArray[np.float64], debt: NDArray[np.float64]) -> Self:
        """Other numbers of the same system, which nobody else has."""
        for array in (collateral, debt):
            array.setflags(write=False)
        return self._replace(collateral=collateral, debt=debt)


def _first_come(amounts: NDArray[np.float64], order: NDArray[np.intp], available: Amount) -> NDArray[np.float64]:
    """How much of each amount is served when ``available`` is given out in ``order``."""
    queue = np.take_along_axis(amounts, order, axis=-1)
    before = np.concatenate([np.zeros_like(queue[..., :1]), np.cumsum(queue, axis=-1)[..., :-1]], axis=-1)
    served = np.clip(_per_position(available) - before, 0.0, queue)
    # Who lacks no more than the sum of those before was rounded by is served whole.
    whole = same(served, queue, scale=queue.shape[-1] * (before + queue) / 2**4)
    served = np.where((served > 0) & whole, queue, served)
    result = np.empty_like(served)
    np.put_along_axis(result, np.broadcast_to(order, served.shape), served, axis=-1)
    return result


def _per_position(value: Amount) -> Amount:
    """One number per scenario, to be combined with one per scenario and position."""
    return np.expand_dims(value, -1)
