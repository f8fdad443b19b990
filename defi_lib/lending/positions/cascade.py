"""Liquidation cascades: collateral that is sold moves the price that liquidates the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import Pool, Swap
from defi_lib.frozen import kept
from defi_lib.ledger.transfer import Moment, Transfer
from defi_lib.lending.positions.liquidation import AAVE_V3, ASSETS, CloseRules, Liquidation, liquidate
from defi_lib.renamed import renamed
from defi_lib.rounding import Truth, above, rest
from defi_lib.validation import Amount, between, broadcastable, finite, non_negative, plain, positive, ratio

#: Reason of what liquidators sell: at the price before it, so that its column is the price impact with the pool's fee.
SALE = "sale"
#: Reason of what buyers do between two waves: at the price to which the sale brought the pool.
BUYING = "buying"


class LinearCascade(NamedTuple):
    """Outcome of a cascade with linear price impact; the last axis of arrays counts positions as they were given."""

    price_before: Amount
    first_price: Amount  #: after the shock
    final_price: Amount
    liquidated: NDArray[np.bool_]  #: which positions were sold

    @property
    def amplification(self) -> Amount:
        """Total fall per first fall: 1 without a cascade."""
        return _amplification(self.price_before, self.first_price, self.final_price)


def linear_cascade(
    price: Amount, first_price: Amount, impact: Amount, triggers: Amount, sizes: Amount
) -> LinearCascade:
    """Each position sells when the price is at or below its trigger, and each sale lowers the price: ``λ·q``.

    The price does not fall below 0.

    Args:
        price: before the shock (USD), > 0; one number, or one per scenario.
        first_price: after the shock (USD), in [0, price).
        impact: λ, fall of the price per token sold (USD), >= 0.
        triggers: price at which each position is liquidated (USD), >= 0; the last axis counts positions.
        sizes: what each position sells (tokens), >= 0.

    Raises:
        ValueError: an argument outside its range.

    Source: Shleifer, Vishny (1992, 2011); Greenwood, Landier, Thesmar (2015); Kyle (1985) for λ.

    >>> cascade = linear_cascade(100.0, 95.0, 0.5, [95.0, 93.0, 80.0], [4.0, 2.0, 9.0])
    >>> cascade.liquidated, cascade.final_price, cascade.amplification
    (array([ True,  True, False]), 92.0, 1.6)
    """
    price, impact = positive("price", price), non_negative("impact", impact)
    first_price = between("first_price", first_price, 0.0, price, high_open=True)
    triggers, sizes = non_negative("triggers", triggers), non_negative("sizes", sizes)
    start, slope = np.expand_dims(first_price, -1), np.expand_dims(impact, -1)
    shape = broadcastable(triggers=np.atleast_1d(triggers), sizes=sizes, first_price=start, impact=slope)
    triggers, sizes = np.broadcast_to(triggers, shape), np.broadcast_to(sizes, shape)
    # Whoever has the higher trigger is hit first, so the first position that is not hit ends the cascade.
    order = np.argsort(-triggers, axis=-1, kind="stable")
    queue = np.take_along_axis(triggers, order, axis=-1)
    with np.errstate(over="ignore", invalid="ignore"):
        sold = np.cumsum(np.take_along_axis(sizes, order, axis=-1), axis=-1)
        drop = finite("fall of the price", slope * sold)
    fallen = np.asarray(rest(start, drop))
    path = np.maximum(np.concatenate([np.broadcast_to(start, (*sold.shape[:-1], 1)), fallen], -1), 0.0)
    # A price is what many falls leave of the first one: it is rounded like that one.
    hit = np.logical_and.accumulate(~np.asarray(above(path[..., :-1], queue, start)), axis=-1)
    final = np.take_along_axis(path, hit.sum(axis=-1, keepdims=True), axis=-1)[..., 0]
    liquidated = np.empty_like(hit)
    np.put_along_axis(liquidated, order, hit, axis=-1)
    return LinearCascade(kept(price), kept(first_price), plain(final), liquidated)


class Wave(NamedTuple):
    """One wave of liquidations at one price."""

    price: Amount  #: at which health factors were computed
    liquidation: Liquidation  #: what happened to each position
    sold: Amount  #: collateral that liquidators sold into the pool (tokens)
    proceeds: Amount  #: what they got for it (USD)
    price_after: Amount  #: to which the sale brought the pool
    buying: tuple[Swap, ...] = ()  #: what buyers paid into the pool before the next wave, and got out of it

    @property
    def reported(self) -> Amount:
        """The price of the pool when buyers have come once: what the next block sees."""
        return self.buying[0].pool.price() if self.buying else self.price_after


class PoolCascade(NamedTuple):
    """Outcome of a cascade whose collateral is sold into an exchange pool; the last axis counts positions."""

    price_before: Amount  #: of the pool, before the shock
    first_price: Amount  #: after the shock
    final_price: Amount
    pool: Pool  #: after the last wave
    collateral: Amount  #: left in each position (tokens)
    debt: Amount  #: left in each position (USD)
    waves: tuple[Wave, ...]

    @property
    def lowest_price(self) -> Amount:
        """The lowest price that a block saw from the shock on, see :attr:`path`."""
        lowest = self.first_price
        for price in self.path[2:]:
            lowest = np.minimum(lowest, price)
        return plain(lowest)

    @property
    def path(self) -> tuple[Amount, ...]:
        """The prices that blocks see: before the shock, after it, then after each wave and the first buyers."""
        return (self.price_before, self.first_price, *(wave.reported for wave in self.waves))

    @property
    def amplification(self) -> Amount:
        """Largest fall per first fall: 1 without a cascade."""
        return _amplification(self.price_before, self.first_price, self.lowest_price)

    @property
    def repaid(self) -> Amount:
        """Debt that liquidators repaid, over all positions (USD)."""
        return sum((np.sum(wave.liquidation.repaid, axis=-1) for wave in self.waves), np.float64(0.0))

    @property
    def liquidators_profit(self) -> Amount:
        """What the sales brought above the debt repaid (USD); below 0 when the cascade beats the bonus."""
        return sum((wave.proceeds for wave in self.waves), np.float64(0.0)) - self.repaid

    @property
    def bad_debt(self) -> Amount:
        """Debt that no collateral is left for, written off or not (USD)."""
        written_off = sum((np.sum(wave.liquidation.written_off, axis=-1) for wave in self.waves), np.float64(0.0))
        return plain(np.sum(np.where(np.greater(self.collateral, 0), 0.0, self.debt), axis=-1) + written_off)

    def moments(
        self,
        borrowers: str | Sequence[str] = "borrower",
        liquidator: str = "liquidators",
        pool: str = "pool",
        market: str = "market",
        treasury: str = "treasury",
        assets: Sequence[str] = ASSETS,
        buyers: str = "buyers",
    ) -> Iterator[Moment]:
        """Wave by wave: each at the price at which it was computed, then the sale into the pool, then what buyers do at
        the price after it; the final price last.

        Arguments and errors as of :meth:`Liquidation.transfers`; ``pool`` is the name of those who own the exchange
        pool. The sale that began it is not among them: the lesson knows who sold.
        """
        for wave in self.waves:
            moves = wave.liquidation.transfers(borrowers, liquidator, market, treasury, assets)
            sale = (
                Transfer(liquidator, pool, wave.sold, assets[0], SALE),
                Transfer(pool, liquidator, wave.proceeds, assets[1], SALE),
            )
            yield Moment((*moves, *sale), {assets[0]: wave.price})
            if wave.buying:
                bought = (move for swap in wave.buying for move in swap.transfers(buyers, pool, assets))
                yield Moment(tuple(move._replace(reason=BUYING) for move in bought), {assets[0]: wave.price_after})
        yield Moment((), {assets[0]: self.final_price})

    def transfers(self, **names: Any) -> tuple[Transfer, ...]:
        """The transfers of all :meth:`moments`, with the same names."""
        return tuple(transfer for moment in self.moments(**names) for transfer in moment.transfers)


@renamed(most_waves="max_waves")
def pool_cascade(
    pool: Pool,
    sale: Amount,
    collateral: Amount,
    debt: Amount,
    liquidation_threshold: Amount,
    bonus: Amount = 0.05,
    fee_share: Amount = 0.0,
    rules: CloseRules = AAVE_V3,
    max_waves: int = 1000,
    refill: Amount = 0.0,
    visits: Amount = 1.0,
    stops_at_loss: Truth = False,
    until: Amount = 0.0,
) -> PoolCascade:
    """Somebody sells; whoever is then below a health factor of 1 is liquidated, the collateral sold, and again.

    The oracle reports the price of the pool. In each wave every unhealthy position is liquidated as far as the rules
    allow, and the liquidators sell what they got, at once. Then buyers come, who know that the coin is worth the price
    after the shock: each time they close a part of the gap.

    Liquidators sell by rule, at a loss too, or stop at a loss: a token costs them ``P/(1 + b)``, the oracle's price P
    less the part of the bonus b that they keep, so they stop where the pool pays no more than that for one more, its
    fee included. Of all liquidations of the wave the same part is made, the rest waits for the next.

    A broker who calls for margin is the same without a bonus and with more ``visits``: he waits before he sells.

    Args:
        pool: of any kind; token 0 is the collateral, token 1 the currency of the debts (USD); one scenario or more.
        sale: the shock: collateral that somebody sells first (tokens), > 0; see :func:`sale_for_fall`.
        collateral: of each position (tokens), >= 0; the last axis counts positions.
        debt: of each position (USD), >= 0.
        liquidation_threshold: ratio, in [0, 1].
        bonus: what liquidators get above what they repay (ratio), >= 0.
        fee_share: part of the bonus that the protocol keeps, and does not sell, in [0, 1].
        rules: how much one liquidation may repay.
        max_waves: bound on the number of waves.
        refill: part of the gap between the pool's price and that after the shock which buyers close each time they
            come, in [0, 1]; 0: nobody buys.
        visits: how often they come before the next wave, >= 1.
        stops_at_loss: whether liquidators stop at a loss, as whoever repays with a flash loan must: it would be undone.
        until: price (USD), >= 0: once a block has seen it or less, the scenario need not be followed to its end.

    Raises:
        ValueError: an argument outside its range, or a cascade that has not ended after ``max_waves``; liquidators who
            stop at a loss and more than one bonus per scenario.

    >>> from defi_lib.exchange import ConstantProductPool
    >>> pool, debts = ConstantProductPool((1000.0, 2e6)), [6_000.0 * n for n in range(1, 20)]
    >>> for refill in (0.0, 0.8):
    ...     cascade = pool_cascade(pool, sale_for_fall(pool, 0.1), [60.0] * 19, debts, 0.83, refill=refill)
    ...     print(len(cascade.waves), round(cascade.lowest_price))
    4 547
    2 1671
    >>> cascade = pool_cascade(pool, sale_for_fall(pool, 0.1), [60.0] * 19, debts, 0.83, refill=0.8, stops_at_loss=True)
    >>> len(cascade.waves), round(cascade.lowest_price)
    (10, 1780)
    """
    collateral, debt = non_negative("collateral", collateral), non_negative("debt", debt)
    refill, visits = between("refill", refill, 0.0, 1.0), between("visits", visits, 1.0, np.inf)
    until = non_negative("until", until)
    shock = pool.swap_exact_in(positive("sale", sale))
    price, swapped = shock.price_after, shock.pool
    shape = broadcastable(collateral=np.atleast_1d(collateral), debt=debt, price=np.expand_dims(price, -1))
    collateral, debt = np.broadcast_to(collateral, shape), np.broadcast_to(debt, shape)
    kept_of_bonus = _one_bonus(bonus, fee_share) if np.any(stops_at_loss) else 0.0
    waves: list[Wave] = []
    while True:
        step = liquidate(collateral, debt, np.expand_dims(price, -1), liquidation_threshold, bonus, fee_share, rules)
        if np.any(stops_at_loss):
            step = _without_loss(step, swapped, price / (1 + kept_of_bonus), stops_at_loss)
        if not np.any((np.sum(step.seized, axis=-1) > 0) & (price > until)):
            break
        if len(waves) == max_waves:
            raise ValueError(f"max_waves = {max_waves} is too few: the cascade goes on; allowed are more")
        sold = np.sum(step.seized - step.protocol_fee, axis=-1)
        swap = swapped.swap_exact_in(plain(sold))
        buying = _bought(swap.pool, shock.price_after, np.where(sold > 0, refill, 0.0), visits)
        waves.append(Wave(price, step, plain(sold), swap.amount_out, swap.price_after, buying))
        swapped = buying[-1].pool if buying else swap.pool
        collateral, debt, price = step.collateral, step.debt, swapped.price()
    return PoolCascade(pool.price(), shock.price_after, price, swapped, collateral, debt, tuple(waves))


def _one_bonus(bonus: Amount, fee_share: Amount) -> Amount:
    """What liquidators keep of the bonus (ratio), one number per scenario: the axis of positions is taken away."""
    kept_part = np.asarray(non_negative("bonus", bonus) * (1 - between("fee_share", fee_share, 0.0, 1.0)))
    if kept_part.ndim and kept_part.shape[-1] != 1:
        raise ValueError(
            f"bonus has {kept_part.shape[-1]} entries along the positions: allowed is one where liquidators stop at a "
            "loss"
        )
    return kept_part[..., 0] if kept_part.ndim else plain(kept_part)


def _without_loss(step: Liquidation, pool: Pool, worth: Amount, stops: Truth) -> Liquidation:
    """The wave as far as the pool pays at least ``worth`` (USD) for each token that liquidators get and sell."""
    most = pool.trade_to(plain(worth), after_fee=True)[1].amount_in
    sold = np.sum(step.seized - step.protocol_fee, axis=-1)
    scale = np.where(stops & (sold > most), most / np.where(sold > 0, sold, 1.0), 1.0)[..., None]
    return step._replace(repaid=step.repaid * scale, seized=step.seized * scale)


def sale_for_fall(pool: Pool, fall: Amount) -> Amount:
    """The sale of token 0 (tokens) that lowers its price by ``fall`` (ratio, in [0, 1)), fee included.

    What the pool's ``trade_to`` sells; in a constant product pool the root of ``(x + γΔ)·(x + Δ) = x²/(1 − fall)``.

    Raises:
        ValueError: a fall outside its range, or one that a single trade with the pool cannot bring about.

    >>> from defi_lib.exchange import ConstantProductPool
    >>> round(sale_for_fall(ConstantProductPool((1000.0, 2e6), 0.0), 0.19), 9)
    111.111111111
    """
    fall, price = ratio("fall", fall), pool.price()
    broadcastable(fall=fall, price=price)
    return pool.trade_to(price * (1 - fall))[1].amount_in


def lowest_without_loss(first_price: Amount, fee: Amount, refill: Amount, bonus: Amount) -> Amount:
    """The price below which liquidators who stop at a loss cannot bring a constant product pool, however many loans.

    From a price p they sell until the pool pays ``p/(1 + b)`` for one token more: with ``γ = 1 − fee`` and
    ``s = √(γ(1 + b))`` the price is then ``k·p``, ``k = 1/(s·(1 + (s − 1)/γ))``; where ``γ(1 + b) ≤ 1`` they sell
    nothing. Buyers close a part r of the gap to ``P₁``, the price after the shock. So no wave ends below the p at which
    ``p = (1 − r)·k·p + r·P₁``, and with loans enough the waves come to it.

    Args:
        first_price: of the pool, after the shock (USD), > 0.
        fee: of the pool (ratio), in [0, 1).
        refill: part of the gap that buyers close between two waves, in [0, 1].
        bonus: that liquidators keep (ratio), >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own derivation.

    >>> [round(lowest_without_loss(1800.0, 0.003, refill, 0.05)) for refill in (0.0, 0.3, 0.8, 1.0)]
    [0, 1630, 1780, 1800]
    """
    price, left = positive("first_price", first_price), 1 - ratio("fee", fee)
    refill, bonus = between("refill", refill, 0.0, 1.0), non_negative("bonus", bonus)
    broadcastable(first_price=price, fee=left, refill=refill, bonus=bonus)
    push = np.maximum(np.sqrt(left * (1 + bonus)), 1.0)
    stays = (1 - refill) / (push * (1 + (push - 1) / left))
    return plain(np.where(stays < 1, price * refill / np.where(stays < 1, 1 - stays, 1.0), price))


def _bought(pool: Pool, price: Amount, refill: Amount, visits: Amount) -> tuple[Swap, ...]:
    """What buyers do who close a part of the gap to ``price`` each time they come: the first time, and all others."""
    if not np.any(refill > 0):
        return ()
    swaps: list[Swap] = []
    for part in (refill, 1 - (1 - refill) ** (visits - 1)):
        if np.any(part > 0):
            here = pool.price()
            swaps.append(pool.trade_to(plain(here + part * np.maximum(price - here, 0.0)))[0])
            pool = swaps[-1].pool
    return tuple(swaps)


def _amplification(before: Amount, first: Amount, final: Amount) -> Amount:
    """Total fall per first fall; 1 where the shock was too small to move the price."""
    moved = np.greater(before, first)
    return plain(np.where(moved, before - final, 1.0) / np.where(moved, before - first, 1.0))
