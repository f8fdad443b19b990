"""How much a market with virtual pools can redeem, and at which spread: in floats, for many cases at once."""

from __future__ import annotations

import numpy as np

from defi_lib.validation import Amount, between, broadcastable, non_negative, one_number, plain, positive, representable


def marginal_spread(base_pool: Amount, delta: Amount) -> Amount:
    """Spread of the next small offer when the pool is ``delta`` from rest: ``1 − (B/(B + δ))²``.

    Args:
        base_pool: > 0, in any unit.
        delta: offered and not yet forgotten, >= 0, in the same unit.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(marginal_spread(50e6, 1e6), 6)
    0.038831
    """
    rest = _at_rest(base_pool, delta)
    return plain((1.0 - rest) * (1.0 + rest))


def average_spread(base_pool: Amount, delta: Amount) -> Amount:
    """Spread of one offer that moves the pool from rest to ``delta``: ``1 − B/(B + δ)``; arguments as above.

    >>> round(average_spread(50e6, 1e6), 6)
    0.019608
    """
    return plain(1.0 - _at_rest(base_pool, delta))


def settled_delta(inflow: Amount, recovery_period: Amount) -> Amount:
    """Where ``delta`` settles, after a block's recovery, if ``inflow`` is offered in each block: ``F·(PRP − 1)``.

    Args:
        inflow: per block, >= 0.
        recovery_period: blocks, >= 1.

    >>> settled_delta(1e4, 36)
    350000.0
    """
    inflow = non_negative("inflow", inflow)
    period = between("recovery_period", recovery_period, 1.0, np.inf, high_open=True)
    broadcastable(inflow=inflow, recovery_period=period)
    return plain(inflow * (np.asarray(period) - 1.0))


@representable
def daily_capacity(base_pool: Amount, recovery_period: Amount, spread: Amount, blocks_per_day: Amount) -> Amount:
    """What can be redeemed each day, for ever, at a marginal spread: ``B·(1/√(1 − s) − 1)·blocks per day/PRP``.

    Args:
        base_pool: > 0; the result is in its unit.
        recovery_period: blocks, >= 1.
        spread: the marginal one (ratio), in [0, 1).
        blocks_per_day: > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    The mainnet's parameters of May 2022, at 1.34 dollars per SDR and a marginal spread of 2.42 %:

    >>> round(daily_capacity(50e6 * 1.34, 36, 0.0242, 4_656_810 / 365) / 1e6)
    293
    """
    base, blocks = positive("base_pool", base_pool), positive("blocks_per_day", blocks_per_day)
    period = between("recovery_period", recovery_period, 1.0, np.inf, high_open=True)
    spread = between("spread", spread, 0.0, 1.0, high_open=True)
    broadcastable(base_pool=base, recovery_period=period, spread=spread, blocks_per_day=blocks)
    return plain(base * np.expm1(-0.5 * np.log1p(-np.asarray(spread))) * blocks / period)


@representable
def capacity_multiple(before: tuple[float, float], after: tuple[float, float]) -> float:
    """How many times as much a proposal lets redeem at the same spread: ``(B₂/B₁)·(PRP₁/PRP₂)``, whatever the spread.

    Args:
        before, after: base pool (> 0) and recovery period (>= 1).

    Raises:
        ValueError: an argument outside its range.

    Proposal 1164 of May 2022, and the emergency plan that was discussed before:

    >>> capacity_multiple((50e6, 36), (100e6, 18)), capacity_multiple((50e6, 36), (1e9, 1))
    (4.0, 720.0)
    """
    (base, period), (new_base, new_period) = before, after
    base, new_base = (
        one_number(name, positive(name, each)) for name, each in (("before[0]", base), ("after[0]", new_base))
    )
    period, new_period = (
        one_number(name, between(name, each, 1.0, np.inf, high_open=True))
        for name, each in (("before[1]", period), ("after[1]", new_period))
    )
    return (new_base / base) * (period / new_period)


def _at_rest(base_pool: Amount, delta: Amount) -> Amount:
    """``B/(B + δ)``."""
    base, delta = positive("base_pool", base_pool), non_negative("delta", delta)
    broadcastable(base_pool=base, delta=delta)
    return np.asarray(1.0 / (1.0 + np.asarray(delta) / base))
