"""Conviction voting: support grows while it stays, and a proposal passes once there is enough."""

from __future__ import annotations

import numpy as np

from defi_lib.rounding import below
from defi_lib.validation import Amount, between, broadcastable, fulfilled, non_negative, plain, positive, representable


@representable
def conviction(stake: Amount, time: Amount, half_life: Amount, start: Amount = 0.0) -> Amount:
    """Support after a stake x has stood for some time: ``y = aᵗ·y₀ + x·(1 − aᵗ)/(1 − a)``, ``a = 2^(−1/h)``.

    Each period adds the stake to what is left of the support before: ``y' = a·y + x``; the limit is ``x/(1 − a)``.

    Args:
        stake: tokens on the proposal, >= 0.
        time: periods, >= 0.
        half_life: h, periods in which half of the support fades, > 0.
        start: support before, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> [round(conviction(100.0, t, 3.0), 4) for t in (3.0, 9.0, 30.0)]
    [242.3661, 424.1407, 484.2588]

    Linear in the stake, so that false names gain nothing. Source: 1Hive's conviction voting (contracts round down).
    """
    stake, time = non_negative("stake", stake), non_negative("time", time)
    half_life, start = positive("half_life", half_life), non_negative("start", start)
    broadcastable(stake=stake, time=time, half_life=half_life, start=start)
    rate = np.log(2) / np.asarray(half_life)
    left = np.exp(-rate * time)
    return plain(left * start + stake * (np.expm1(-rate * time) / np.expm1(-rate)))


@representable
def conviction_threshold(
    request: Amount, supply: Amount, half_life: Amount, weight: Amount = 0.0025, largest: Amount = 0.2
) -> Amount:
    """Support that a proposal needs: ``ρ·S/((1 − a)·(β − r)²)``, more the more of the fund it asks for.

    Args:
        request: share r of the fund, in [0, ``largest``).
        supply: tokens S staked or in all, > 0.
        half_life: periods, > 0.
        weight: ρ, > 0.
        largest: β, share of the fund from which nothing passes, in (0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(conviction_threshold(0.05, 1e6, 3.0), 2)
    538591.34

    Source: 1Hive's conviction voting.
    """
    largest = between("largest", largest, 0.0, 1.0, low_open=True)
    request, supply = non_negative("request", request), positive("supply", supply)
    half_life, weight = positive("half_life", half_life), positive("weight", weight)
    broadcastable(request=request, supply=supply, half_life=half_life, weight=weight, largest=largest)
    fulfilled("request", request, below(request, largest), "is a share below the largest")
    return plain(weight * supply / (-np.expm1(-np.log(2) / np.asarray(half_life)) * (largest - request) ** 2))


def periods_to_pass(stake: Amount, threshold: Amount, half_life: Amount) -> Amount:
    """Periods until a constant stake reaches a threshold; infinite if its limit stays below.

    ``t = −h·log₂(1 − threshold·(1 − a)/x)``.

    Args:
        stake: tokens x, >= 0.
        threshold: support that is needed, >= 0.
        half_life: periods, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(periods_to_pass(100.0, 242.3661, 3.0), 4)
    3.0
    """
    stake, threshold = non_negative("stake", stake), non_negative("threshold", threshold)
    half_life = positive("half_life", half_life)
    broadcastable(stake=stake, threshold=threshold, half_life=half_life)
    rate = np.log(2) / np.asarray(half_life)
    needed = threshold * -np.expm1(-rate)
    reached = np.asarray(below(needed, stake)) | (np.asarray(threshold) == 0)
    part = np.divide(needed, stake, out=np.zeros(np.broadcast(needed, stake).shape), where=np.less(needed, stake))
    return plain(np.where(reached, -np.log1p(-np.where(reached, part, 0.0)) / rate, np.inf) + 0.0)
