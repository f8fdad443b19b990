"""Gauges: votes decide which pool earns the new tokens, and locks decide who in the pool earns more of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import NamedTuple, Self

import numpy as np

from defi_lib.frozen import FrozenDict, Parts
from defi_lib.governance.locks.vote_escrow import WEEK, VoteEscrow
from defi_lib.units import SECONDS_PER_DAY
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    integer,
    non_negative,
    plain,
    positive,
    representable,
)

VOTE_DELAY = 10 * SECONDS_PER_DAY  #: seconds between two votes of one user for one gauge
ALL_VOTES = 10_000  #: basis points
ONE = 10**18  #: a whole weight


def working_balance(
    deposit: Amount, total: Amount, votes: Amount, total_votes: Amount, tokenless: Amount = 0.4
) -> Amount:
    """Deposit that counts for rewards: ``min(b, τ·b + (1 − τ)·L·w/W)``.

    Args:
        deposit: own deposit b (LP tokens), >= 0.
        total: all deposits L of the gauge, >= ``deposit``.
        votes: own votes w, in [0, ``total_votes``].
        total_votes: all votes W, > 0.
        tokenless: part τ of a deposit that counts without votes, in [0, 1]; 0.4 at Curve.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    One per cent of the deposits and half a per cent of the votes:

    >>> working_balance(1e4, 1e6, 0.5, 100.0)
    7000.0

    Source: Curve's LiquidityGauge. It is computed at the user's own actions only, so that it stays while votes decay:
    :class:`~defi_lib.governance.locks.liquidity_gauge.LiquidityGauge`.
    """
    deposit, total_votes = non_negative("deposit", deposit), positive("total_votes", total_votes)
    tokenless = between("tokenless", tokenless, 0.0, 1.0)
    total, votes = between("total", total, deposit, inf), between("votes", votes, 0.0, total_votes)
    broadcastable(deposit=deposit, total=total, votes=votes, total_votes=total_votes, tokenless=tokenless)
    return plain(np.minimum(tokenless * deposit + (1 - tokenless) * total * (votes / total_votes), deposit))


@representable
def boost(deposit: Amount, total: Amount, votes: Amount, total_votes: Amount, tokenless: Amount = 0.4) -> Amount:
    """Rewards per deposit against those without votes, from 1 to ``1/τ``: :func:`working_balance` over ``τ·b``.

    Args as there, but ``deposit`` and ``tokenless`` > 0.

    >>> round(boost(1e4, 1e6, 0.5, 100.0), 12)
    1.75
    """
    deposit, tokenless = positive("deposit", deposit), positive("tokenless", tokenless)
    return working_balance(deposit, total, votes, total_votes, tokenless) / (tokenless * deposit)


class Vote(NamedTuple):
    """A user's vote for one gauge: a snapshot of the lock, which locking more later does not change."""

    slope: int  #: votes lost each second
    power: int  #: basis points of the user's votes
    end: int  #: seconds, of the lock
    time: int  #: seconds, when it was given


class _State(NamedTuple):
    types: Mapping[str, int]
    type_weights: tuple[int, ...]
    base_weights: Mapping[str, tuple[int, int]]
    slopes: Mapping[str, Mapping[tuple[int, int], int]]
    votes: Mapping[tuple[str, str], Vote]


class GaugeController(Parts, _State):
    """Which gauge gets which part of the new tokens, by the votes of those who have locked, in whole units.

    Args:
        type_weights: weight of each type of gauges (1e18 = 1), >= 0; their ratio counts.

    A vote counts from the next week on, loses weight like the lock, and leaves with it.

    Raises:
        ValueError: an argument outside its range; what the contract refuses.

    >>> escrow = VoteEscrow(time=0).create_lock("ann", 10**18, 52 * WEEK).after
    >>> controller = GaugeController().add_gauge("pool", 0).add_gauge("other", 0).vote("ann", "pool", 10_000, escrow)
    >>> controller.relative_weight("pool", 0) / 1e18, controller.relative_weight("pool", WEEK) / 1e18
    (0.0, 1.0)

    Source: Curve's GaugeController. It walks from week to week; here the votes of a week are added up, each as
    ``slope·(end − week)``, which is the same number. Weights and types set later by the administrator are left out.
    """

    __slots__ = ()

    def __new__(cls, type_weights: Sequence[int] = (ONE,)) -> Self:
        """Check the argument and begin without a gauge."""
        weights = tuple(at_least(f"type_weights[{i}]", weight, 0) for i, weight in enumerate(type_weights))
        if not sum(weights):
            raise ValueError(f"type_weights = {weights} add up to 0: allowed is at least one weight > 0")
        return super().__new__(cls, FrozenDict(), weights, FrozenDict(), FrozenDict(), FrozenDict())

    def add_gauge(self, gauge: str, time: int, kind: int = 0, weight: int = 0) -> GaugeController:
        """With one more gauge of a type; a ``weight`` of its own counts from the week after ``time`` on."""
        if gauge in self.types:
            raise ValueError(f"gauge = {gauge!r} is there already: allowed is a new name")
        kind = integer("kind", kind, 0, len(self.type_weights) - 1)
        base = (_next_week(at_least("time", time, 0)), at_least("weight", weight, 0))
        return self._replace(
            types=FrozenDict({**self.types, gauge: kind}),
            base_weights=FrozenDict({**self.base_weights, gauge: base}),
            slopes=FrozenDict({**self.slopes, gauge: FrozenDict()}),
        )

    def vote(self, user: str, gauge: str, power: int, escrow: VoteEscrow) -> GaugeController:
        """Give ``power`` (basis points) of the user's votes to a gauge, in place of the last vote for it.

        Raises:
            ValueError: a lock that ends before the next week, a vote within ten days of the last, more than all votes.
        """
        lock, start = escrow.lock(user), _next_week(escrow.time)
        old = self._vote(user, gauge)
        power = integer("power", power, 0, ALL_VOTES)
        if not lock.amount or lock.end <= start:
            raise ValueError(f"user = {user!r} has a lock until {lock.end}: allowed is one that ends after {start}")
        if old is not None and escrow.time < old.time + VOTE_DELAY:
            raise ValueError(
                f"time = {escrow.time} is too early: {user!r} may vote again from {old.time + VOTE_DELAY} on"
            )
        used = self.power_used(user) - (old.power if old else 0) + power
        if used > ALL_VOTES:
            raise ValueError(f"power = {power} makes {used} with the other votes of {user!r}: allowed are {ALL_VOTES}")
        new = Vote(lock.slope * power // ALL_VOTES, power, lock.end, escrow.time)
        slopes = dict(self.slopes[gauge])
        for vote, sign in ((old, -1), (new, 1)):
            if vote is not None and vote.slope and vote.end > start:
                slopes[start, vote.end] = slopes.get((start, vote.end), 0) + sign * vote.slope
        return self._replace(
            slopes=FrozenDict({**self.slopes, gauge: FrozenDict(slopes)}),
            votes=FrozenDict({**self.votes, (user, gauge): new}),
        )

    def power_used(self, user: str) -> int:
        """Basis points of the user's votes that are given to gauges."""
        return sum(vote.power for (voter, _), vote in self.votes.items() if voter == user)

    def weight(self, gauge: str, time: int) -> int:
        """Votes for a gauge in the week of ``time``, as of its start."""
        week = at_least("time", time, 0) // WEEK * WEEK
        start, base = self.base_weights[self._known(gauge)]
        voted = sum(slope * (end - week) for (since, end), slope in self.slopes[gauge].items() if since <= week < end)
        return voted + (base if start <= week else 0)

    def slope(self, gauge: str, time: int) -> int:
        """Votes that a gauge loses each second in the week of ``time``."""
        week = at_least("time", time, 0) // WEEK * WEEK
        slopes = self.slopes[self._known(gauge)]
        return sum(slope for (since, end), slope in slopes.items() if since <= week < end)

    def relative_weight(self, gauge: str, time: int) -> int:
        """Part of the new tokens that a gauge gets in the week of ``time`` (1e18 = all); 0 while nobody has a vote."""
        self._known(gauge)
        weights = {name: self.weight(name, time) * self.type_weights[kind] for name, kind in self.types.items()}
        total = sum(weights.values())
        return ONE * weights[gauge] // total if total else 0

    def _vote(self, user: str, gauge: str) -> Vote | None:
        return self.votes.get((user, self._known(gauge)))

    def _known(self, gauge: str) -> str:
        if gauge not in self.types:
            raise ValueError(
                f"gauge = {gauge!r} is unknown: allowed are {', '.join(map(repr, self.types)) or 'none yet'}"
            )
        return gauge


def _next_week(time: int) -> int:
    return (time + WEEK) // WEEK * WEEK
