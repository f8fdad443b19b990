"""How far a pool's price strays from the price outside, with arbitrageurs and without."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from defi_lib.exchange.providing.divergence import EVEN_BLOCKS
from defi_lib.validation import Amount, broadcastable, non_negative, plain, positive, representable

#: Mean height by which a normal random walk passes a far level, in standard deviations of a step: |ζ(1/2)|/√(2π).
_PASSED = 1 / EVEN_BLOCKS


class PriceGap(NamedTuple):
    """A pool's price against the price outside, in the long run. Gaps in logarithmic units."""

    beyond: Amount  #: part of the time in which the gap is wider than ``calm``
    mean: Amount  #: mean size of the gap
    pushed: Amount  #: by how much arbitrageurs push the price back in all, per unit of time


@representable
def price_gap(volatility: Amount, pull: Amount, calm: Amount, edge: Amount | None = None) -> PriceGap:
    """The gap of a pool that traders who compare prices pull back, and arbitrageurs push back.

    The price outside moves with the volatility σ. Beyond ``±calm`` those who compare trade in one direction only,
    which closes the gap at the speed a; at ``±edge`` arbitrageurs close it. The density of the gap is flat up to
    calm and falls behind it as ``e^(−(|x| − calm)/s)``, ``s = σ²/(2a)``.

    Args:
        volatility: σ per square root of the unit of time (ratio), > 0.
        pull: a, speed at which traders close the gap beyond calm, per unit of time, > 0. If they trade the part v of
            the pool's value per unit of time in one direction, it is 4v.
        calm: gap up to which traders come from both sides alike, >= 0.
        edge: gap at which arbitrageurs push the price back, > 0; without it nobody does.

    Raises:
        ValueError: an argument outside its range.

    Source: own derivation, the stationary density of a diffusion with this drift; without drift it is that of
    Milionis, Moallemi, Roughgarden, arXiv:2305.14604. Real traders also move the price
    with each trade, and prices jump.

    >>> gap = price_gap(0.8, pull=16.0, calm=0.02)
    >>> round(gap.beyond, 4), round(gap.mean, 4), gap.pushed
    (0.5, 0.025, 0.0)
    >>> round(price_gap(0.8, pull=16.0, calm=0.02, edge=0.02).pushed, 4)
    16.0
    """
    volatility, pull = positive("volatility", volatility), positive("pull", pull)
    calm, edge = non_negative("calm", calm), math.inf if edge is None else positive("edge", edge)
    broadcastable(volatility=volatility, pull=pull, calm=calm, edge=edge)
    scale = np.asarray(volatility) ** 2 / (2 * np.asarray(pull))
    flat = np.minimum(calm, edge)
    far = np.maximum(edge - flat, 0.0) / scale  # from calm to the edge
    left = np.exp(-far)  # of the density, at the edge
    tail = -np.expm1(-far) * scale
    whole = flat + tail
    bent = scale**2 * (1 - left - np.where(left > 0, far, 0.0) * left)
    mean = (flat**2 / 2 + flat * tail + bent) / whole
    return PriceGap(plain(tail / whole), plain(mean), plain(np.asarray(volatility) ** 2 * left / (2 * whole)))


@representable
def overshoot(step: Amount, threshold: Amount = 0.0) -> Amount:
    """What arbitrageurs earn per push: half of E[H²]/E[H], where H is how far beyond the fee the price is corrected.

    They come once a block, and only where the gap beyond the fee is above a threshold δ, which pays for gas. With
    ``q = 0.5826·step`` it is nearly ``((δ + q) + q²/(δ + q))/2``; q itself without gas. Of the loss versus rebalancing
    they then take the part ``h/(γ + h)``, γ the fee, gas included.

    Args:
        step: standard deviation of the price's move in one block (logarithmic), >= 0.
        threshold: δ (logarithmic), >= 0; see :func:`least_gap`.

    Raises:
        ValueError: an argument outside its range.

    Source: own derivation; for δ = 0 Nezlobin and Tassy, arXiv:2505.05113. Right within 6 % for all thresholds.

    >>> round(overshoot(0.0005), 6), round(overshoot(0.0005, 0.001), 6)
    (0.000291, 0.000679)
    """
    passed, threshold = _PASSED * non_negative("step", step), non_negative("threshold", threshold)
    broadcastable(step=step, threshold=threshold)
    whole = threshold + passed
    return plain((whole + passed**2 / np.where(whole > 0, whole, 1.0)) / 2)


@representable
def least_gap(gas: Amount) -> Amount:
    """The gap beyond the fee from which a correction pays for its gas: ``√(8·g)``.

    A gap x beyond the fee is worth ``x²/8`` of a constant product pool to who corrects it.

    Args:
        gas: g, of one correction, as a part of the pool's value, >= 0.

    Raises:
        ValueError: a negative gas.

    >>> round(least_gap(1 / 20_000_000), 5)  # a dollar, and a pool of twenty million
    0.00063
    """
    return plain(np.sqrt(8 * np.asarray(non_negative("gas", gas))))
