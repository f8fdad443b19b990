"""A vampire attack: a copy pays the original's providers until they have moved, and trade with them.

Providers go where they earn more, by fees and by what the copy pays them (new tokens, which somebody must buy). Trade
follows depth. Whoever stops paying learns whether depth has become a reason to stay.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.economy.networks.forks import fork_trade_share
from defi_lib.ledger.transfer import Moment, Transfer
from defi_lib.validation import Amount, between, broadcastable, non_negative, plain, positive

Array = NDArray[np.float64]

#: The part of all depth that either keeps, so that it is still a pool.
_LEAST = 1e-9


def payment_to_hold(
    share: Amount,
    depth: Amount,
    amount: Amount,
    taste: Amount,
    volume: Amount,
    *,
    routed: Amount = 0.0,
    fee: float = 0.003,
) -> Amount:
    """What the copy must pay its providers (USD a day) so that none of them gains by leaving: ``f·V·(x − v)/(1 − x)``.

    With the part x of all depth it has the part v of all trade; both earn the same on their depth if fees of
    ``f·V·v`` plus the payment are to x as ``f·V·(1 − v)`` to 1 − x. Moving somebody pays him while the payment is above
    it: while new tokens a day are worth more than the fees that he loses.

    Args:
        share: x, in (0, 1).
        depth: of both together (USD on one side), > 0.
        amount, taste, routed, fee: as in :func:`~defi_lib.economy.networks.forks.fork_trade_share`.
        volume: V, of all trade a day (USD), > 0.

    Returns:
        below 0 the copy holds them without paying: there they earn more than at the original.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own derivation.

    >>> round(payment_to_hold(0.2, 2e6, 1e4, 0.005, 1e6)), round(payment_to_hold(0.8, 2e6, 1e4, 0.005, 1e6))
    (652, -2607)
    """
    part = between("share", share, _LEAST, 1.0 - _LEAST)
    whole, trade = positive("depth", depth), positive("volume", volume)
    broadcastable(share=part, depth=whole, amount=amount, taste=taste, volume=trade, routed=routed)
    traded = fork_trade_share(part * whole, (1.0 - part) * whole, amount, taste, routed=routed, fee=fee)
    return plain(fee * trade * (part - traded) / (1.0 - part))


class VampireRun(NamedTuple):
    """An attack day by day; scenarios behind the days."""

    shares: Array  #: the copy's part of all depth, before the first day and after each
    traded: Array  #: its part of all trade on each day
    fees: Array  #: that traders paid on each day (USD)
    paid: Array  #: what the copy paid its providers on each day (USD)

    @property
    def kept(self) -> Amount:
        """The copy's part of all depth in the end."""
        return plain(self.shares[-1])

    @property
    def cost(self) -> Amount:
        """All that the copy paid (USD)."""
        return plain(np.sum(self.paid, axis=0))

    def transfers(
        self,
        day: int,
        traders: str = "traders",
        original: str = "original's providers",
        copy: str = "copy's providers",
        payer: str = "buyers of the copy's token",
    ) -> tuple[Transfer, ...]:
        """Who paid whom what on ``day``."""
        taken = self.fees[day] * self.traded[day]
        return (
            Transfer(traders, original, self.fees[day] - taken, "USD", "fees"),
            Transfer(traders, copy, taken, "USD", "fees"),
            Transfer(payer, copy, self.paid[day], "USD", "payment"),
        )

    def moments(self, **names: str) -> Iterator[Moment]:
        """Day by day all that happened."""
        for day in range(len(self.traded)):
            yield Moment(self.transfers(day, **names), time=float(day))


def vampire_attack(
    payments: ArrayLike,
    share: Amount,
    depth: Amount,
    amount: Amount,
    taste: Amount,
    volume: Amount,
    *,
    routed: Amount = 0.0,
    fee: float = 0.003,
    speed: float = 0.1,
) -> VampireRun:
    """Pay providers day by day: of all depth the part s is withdrawn, and goes to both in proportion to what they pay.

    Args:
        payments: to the copy's providers (USD) on each day, >= 0; days first, scenarios behind.
        share: the copy's part of all depth at first, in (0, 1).
        depth, amount, taste, volume, routed, fee: as in :func:`payment_to_hold`.
        speed: s, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: own model; the replicator equation in steps, as in
    :func:`~defi_lib.economy.networks.liquidity_loop.follow_fees`.

    >>> stop = np.where(np.arange(120) < 60, 1.0, 0.0)[:, np.newaxis] * np.array([300.0, 3_000.0])
    >>> vampire_attack(stop, 0.01, 2e6, 1e4, 0.005, 1e6).kept.round(2)
    array([0., 1.])
    """
    money = np.asarray(non_negative("payments", np.asarray(payments, dtype=float)))
    if money.ndim < 1 or not len(money):
        raise ValueError(f"payments has shape {money.shape}: allowed is at least one day, along the first axis")
    trade, part = positive("volume", volume), between("share", share, _LEAST, 1.0 - _LEAST)
    whole, pace = positive("depth", depth), between("speed", speed, 0.0, 1.0)
    shape = broadcastable(
        payments=money[0], share=part, depth=whole, amount=amount, taste=taste, volume=trade, routed=routed
    )
    current, earned = np.broadcast_to(np.asarray(part, float), shape), fee * np.broadcast_to(np.asarray(trade), shape)
    shares, traded = [current], []
    for paid in money:
        mine = np.asarray(
            fork_trade_share(current * whole, (1.0 - current) * whole, amount, taste, routed=routed, fee=fee)
        )
        goal = (earned * mine + paid) / (earned + paid)
        current = np.clip((1.0 - pace) * current + pace * goal, _LEAST, 1.0 - _LEAST)
        shares.append(current)
        traded.append(mine)
    days = (len(money), *shape)
    return VampireRun(
        np.stack(shares), np.stack(traded).reshape(days), np.broadcast_to(earned, days),
        np.broadcast_to(money.reshape(len(money), *(1,) * (len(shape) - money[0].ndim), *money[0].shape), days),
    )  # fmt: skip
