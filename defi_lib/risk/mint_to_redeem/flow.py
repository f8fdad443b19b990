"""The flow of coins in a run, phase by phase, in closed form: reserve, pool, redemption, and the way back."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

#: Steps of a bracketed Newton iteration, which needs about ten; and how near it must come (ratio).
_STEPS, _NEAR = 200, 1e-12


class Flow(NamedTuple):
    """What a run is made of; one entry per case."""

    pace: Array  #: coins sold a day, while the run lasts
    days: Array  #: how long that is
    pool: Array  #: dollars
    base: Array  #: dollars
    drain: Array  #: c: what the virtual pools forget in a day, per unit of q
    reserve: Array  #: dollars
    least: Array  #: q at which redeeming begins to pay

    @classmethod
    def of(
        cls,
        supply: Array,
        leaving: Array,
        days: Array,
        base_pool: Array,
        recovery_period: Array,
        pool: Array,
        reserve: Array,
        min_spread: Array,
        blocks_per_day: Array,
    ) -> Self:
        """From the arguments of a run."""
        drain = base_pool * blocks_per_day / recovery_period
        least = np.expm1(-0.5 * np.log1p(-min_spread))
        return cls(leaving * supply / days, days, pool, base_pool, drain, reserve, least)

    def only(self, chosen: NDArray[np.bool_]) -> Self:
        """The cases that are chosen."""
        return type(self)(*(part[chosen] for part in self))


class FlowState(NamedTuple):
    """Where it stands."""

    q: Array  #: how far the pool is pushed: its price is 1/(1 + q)²
    sold: Array  #: coins
    redeemed: Array  #: coins
    raised: Array  #: dollars paid for new tokens
    reserve_spent: Array  #: dollars
    speed: Array  #: dollars a day paid for new tokens now


def flow(run: Flow, time: Array) -> FlowState:
    """The state at ``time`` (days), if the token's value has no end."""
    pace, pool, drain = run.pace, run.pool, run.drain
    depth, moving = pool + run.base, pace > 0.0
    safe = np.where(moving, pace, 1.0)
    selling = np.minimum(time, run.days)
    with np.errstate(over="ignore"):  # a pace so slow that it takes for ever
        paid = np.minimum(np.where(moving, run.reserve / safe, np.inf), selling)
        alone = np.minimum(np.where(moving, pool * run.least / safe, np.inf), selling - paid)
    first = pace * alone / pool
    # At the least spread δ fills up to least·base, and beyond it only if more is sold than is forgotten.
    with np.errstate(over="ignore"):
        full = drain * run.least / safe
    filling = np.where(moving & (full < 1.0), -run.base / drain * np.log1p(-np.where(full < 1.0, full, 0.0)), np.inf)
    even = np.minimum(filling, selling - paid - alone)
    joint = np.maximum(selling - paid - alone - even, 0.0)
    pushed = first * np.exp(-drain * joint / depth) + pace * joint / depth * _mean_decay(drain * joint / depth)
    above = pushed > run.least
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # at no least spread it takes for ever
        way_back = np.where(above, depth / drain * np.log(np.where(above, pushed, 1.0) / run.least), 0.0)
    back = np.where(above, np.minimum(time - selling, way_back), 0.0)
    q = np.where(above, pushed * np.exp(-drain * back / depth), pushed)

    price, (u_first, u_pushed, u) = (1.0 + run.least) ** -2, (1.0 + each for each in (first, pushed, q))
    raised = price * pace * even + pace * _price_time(run, u_first, u_pushed, joint) + pool * (1.0 / u - 1.0 / u_first)
    redeemed = pace * (even + joint) - pool * (q - first)
    going = np.where(time < run.days, pace, 0.0)
    slope = np.where((joint > 0.0) | (back > 0.0), (going - drain * q) / depth, 0.0)
    active = ((even > 0.0) | (joint > 0.0)) & (time - selling < np.where(time > run.days, way_back, np.inf))
    speed = np.where(active, u**-2 * (going - pool * slope), 0.0)
    spent = pace * paid
    return FlowState(q, pace * selling, np.maximum(redeemed, 0.0), np.maximum(raised, 0.0), spent, speed)


def time_of_halt(run: Flow, latest: Array, most: Array) -> Array:
    """When ``most`` dollars have been raised, at or before ``latest``: Newton's steps, kept between two bounds."""
    low, high, now = np.zeros_like(latest), np.array(latest), np.array(latest)
    for _ in range(_STEPS):
        state = flow(run, now)
        over = state.raised - most
        if not now.size or np.all((np.abs(over) <= _NEAR * most) | (high - low <= _NEAR * high)):
            break
        low, high = np.where(over < 0.0, now, low), np.where(over >= 0.0, now, high)
        with np.errstate(over="ignore"):  # so slow that a step leads out of the bounds
            step = now - over / np.where(state.speed > 0.0, state.speed, 1.0)
        inside = (state.speed > 0.0) & (step > low) & (step < high)
        now = np.where(inside, step, 0.5 * (low + high))
    return now


def _price_time(run: Flow, before: Array, after: Array, joint: Array) -> Array:
    """The price over time, added up while pool and virtual pools move together: ``∫ u⁻² dt``, ``u = 1 + q``."""
    depth, rate = run.pool + run.base, run.pace + run.drain
    part = run.drain / rate
    rational = depth / rate * (1.0 / before - 1.0 / after)
    return rational + depth / rate * part * np.log(after / before) + part**2 * joint


def _mean_decay(x: Array) -> Array:
    """``(1 − e^−x)/x``, and 1 at 0."""
    safe = np.where(x > 0.0, x, 1.0)
    return np.where(x > 0.0, -np.expm1(-safe) / safe, 1.0)
