"""What the first place in a block is worth, what rivals leave of it, and which fee suits a pool's providers."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange.providing.divergence import lvr_rate
from defi_lib.exchange.providing.price_gap import least_gap, overshoot
from defi_lib.validation import (
    Amount,
    between,
    broadcastable,
    fulfilled,
    non_negative,
    plain,
    positive,
    representable,
)

Array: TypeAlias = NDArray[np.float64]

#: Where :func:`best_fee` looks: the lowest and the highest fee.
FEES = (1e-4, 0.1)

#: Fees of the first look, evenly spread in logarithms; of each closer one, and how many of these.
_FIRST, _CLOSER, _LOOKS = 16, 7, 6


class FirstPlace(NamedTuple):
    """What trading first in each block earns in a pool, per unit of time, as parts of the pool's value."""

    loss: Amount  #: of the providers to old prices, before any fee: loss versus rebalancing
    fees: Amount  #: that come back to them from who trades first
    gas: Amount  #: burned by who trades first

    @property
    def taken(self) -> Amount:
        """What providers lose to who trades first, after the fees: gas included."""
        return self.loss - self.fees

    @property
    def gain(self) -> Amount:
        """What is left to bid for."""
        return self.loss - self.fees - self.gas


@representable
def first_place(
    volatility: Amount, fee: Amount, blocks: Amount, gas: Amount = 0.0, jumps: Amount = 0.0, jump: Amount = 0.0
) -> FirstPlace:
    """What the first trade in each block is worth in a full-range pool, and what it pays.

    Who is first pushes the price back to the fee γ from H beyond it and takes ``H²/8``. In the long run what the price
    moves is pushed back: ``2γ·ΣH + ΣH² = σ²``, sums over a unit of time. Small moves are pushed back with
    ``ΣH² = 2h·ΣH``, h from :func:`~defi_lib.exchange.overshoot`. A jump j, of which there are ``c·σ²/j²``, meets the
    gap anywhere in ±W, ``W = γ + h``: it brings H up to ``j + h``, ``(j + h)²/(4W)`` on average and ``(j + h)³/(6W)``
    squared; if it is longer than ``γ + W``, ``j − γ`` and ``(j − γ)² + W²/3``. Without jumps the part ``h/(γ + h)``
    of the loss is taken.

    Args:
        volatility: σ per square root of the unit of time (ratio), jumps included, >= 0.
        fee: of a trade, ratio in (0, 1).
        blocks: number of blocks per unit of time, at even times, > 0.
        gas: of one trade, as a part of the pool's value, >= 0.
        jumps: the part of the variance that comes in jumps, in [0, 1].
        jump: their size j in logarithmic units, >= 0; > 0 where there are jumps.

    Raises:
        ValueError: an argument outside its range.

    Source: own derivation; without jumps and gas, Nezlobin and Tassy, arXiv:2505.05113. Beside a pool that is traded
    block by block (:func:`~defi_lib.exchange.trade_blocks`) right within 7 %; where most of the variance comes in
    jumps, up to 13 % too little.

    >>> place = first_place(0.78, 0.003, 365 * 7_200)
    >>> round(place.loss, 4), round(place.gain, 4)
    (0.0761, 0.0065)
    """
    volatility, gas = non_negative("volatility", volatility), non_negative("gas", gas)
    fee, blocks = between("fee", fee, 0.0, 1.0, low_open=True, high_open=True), positive("blocks", blocks)
    jumps, jump = between("jumps", jumps, 0.0, 1.0), non_negative("jump", jump)
    broadcastable(volatility=volatility, fee=fee, blocks=blocks, gas=gas, jumps=jumps, jump=jump)
    fulfilled("jump", jump, (np.asarray(jump) > 0) | (np.asarray(jumps) == 0), "is > 0 where there are jumps")
    log_fee = -np.log1p(-np.asarray(fee))
    moving = np.asarray(volatility) * np.sqrt(1 - np.asarray(jumps))
    step, wait = moving / np.sqrt(np.asarray(blocks)), np.asarray(least_gap(gas))
    beyond, passed = np.asarray(overshoot(step, wait)), wait + np.asarray(overshoot(step))
    width = log_fee + beyond
    size = np.where(np.asarray(jumps) > 0, jump, 1.0)
    often = np.asarray(jumps) * np.square(volatility) / size**2
    far, reach = size > log_fee + width, size + beyond
    jumped = np.where(far, size - log_fee, reach**2 / (4 * width))
    squared = np.where(far, (size - log_fee) ** 2 + width**2 / 3, reach**3 / (6 * width))
    rest = np.square(volatility) - often * (2 * log_fee * jumped + squared)
    pushed = np.maximum(rest, 0.0) / (2 * width)
    large, small = often * squared / 8, pushed * beyond / 4
    burned = np.minimum(gas * pushed / np.where(passed > 0, passed, 1.0), small) + np.minimum(
        gas * often * np.minimum(1.0, reach / (2 * width)), large
    )
    loss = np.asarray(lvr_rate(volatility)) + 0 * burned
    taken = np.minimum(small + large, loss)
    return FirstPlace(plain(loss), plain(loss - taken), plain(np.minimum(burned, taken)))


@representable
def kept_by_rivals(rivals: Amount) -> Amount:
    """Part of the loss versus rebalancing that n rivals keep where all trade at the price at the end: ``2/(n + 2)``.

    In a pool that trades each batch at the price that it has afterwards, without a fee, rivals who see a gap g move the
    price by n parts of n + 1 and earn ``V·g²·n/(4(n+1)²)`` together. What they leave, ``g/(n+1)``, is there in the next
    block, so that the gaps' variance is ``s²·(n+1)²/(n·(n+2))``. One alone keeps two thirds, a crowd nothing.

    Args:
        rivals: n >= 1; a mean number need not be whole.

    Raises:
        ValueError: fewer than one.

    Source: the pool is that of Canidio and Fritsch, *Arbitrageurs' profits, LVR, and sandwich attacks*
    (arXiv:2307.02074), whose rivals keep nothing; own derivation for n of them.

    >>> [round(kept_by_rivals(n), 3) for n in (1, 2, 6)]
    [0.667, 0.5, 0.25]
    """
    rivals = between("rivals", rivals, 1.0, np.inf, high_open=True)
    return plain(2 / (np.asarray(rivals) + 2))


@representable
def willing_volume(fee: Amount, traded: Amount, at_fee: Amount, elsewhere: Amount) -> Amount:
    """What passers-by trade at a fee, if each comes where it is less than a trade costs her elsewhere.

    Those costs are spread exponentially: ``v·e^(−(f − f₀)/m)``. Without costs of its own a pool earns most of them at
    the fee m.

    Args:
        fee: f of the pool, ratio in [0, 1).
        traded: v, what they trade at the fee f₀, >= 0.
        at_fee: f₀, ratio in [0, 1).
        elsewhere: m, mean cost of a trade elsewhere (ratio), > 0.

    Raises:
        ValueError: an argument outside its range.

    Source: our choice of a demand; the mean is that of people who trade, not of trades.

    >>> [round(willing_volume(f, 0.04, 0.003, 0.004), 3) for f in (0.0005, 0.003, 0.01)]
    [0.075, 0.04, 0.007]
    """
    fee, at_fee = (between(name, each, 0.0, 1.0, high_open=True) for name, each in (("fee", fee), ("at_fee", at_fee)))
    traded, elsewhere = non_negative("traded", traded), positive("elsewhere", elsewhere)
    broadcastable(fee=fee, traded=traded, at_fee=at_fee, elsewhere=elsewhere)
    return plain(traded * np.exp((np.asarray(at_fee) - fee) / elsewhere))


def best_fee(net: Callable[[Array], Array], shape: tuple[int, ...] = ()) -> tuple[Amount, Amount]:
    """The fee at which providers gain most, and what they gain: for each scenario, by looking ever closer.

    Args:
        net: what they gain at a fee; called with fees along a first axis, before those of the scenarios.
        shape: of the scenarios; by default there is one.

    Returns:
        The fee, in ``FEES``, right within a thousandth of itself; and the gain.

    Raises:
        ValueError: a gain that is no finite number.

    >>> fee, gain = best_fee(lambda fee: fee * np.exp(-fee / 0.004))
    >>> round(fee, 5), round(gain, 6)
    (0.004, 0.001472)
    """
    low, high = np.log(FEES)
    around, step = np.linspace(0.0, high - low, _FIRST), (high - low) / (_FIRST - 1)
    middle: Array = np.full(shape, low)
    gain = middle
    for _ in range(_LOOKS + 1):
        logs = np.clip(middle + around.reshape(-1, *(1 for _ in shape)), low, high)
        gains = np.broadcast_to(np.asarray(net(np.exp(logs)), float), logs.shape)
        fulfilled("net", gains, np.isfinite(gains), "are finite gains")
        best = np.argmax(gains, axis=0)[np.newaxis]
        middle, gain = (np.take_along_axis(each, best, 0)[0] for each in (logs, gains))
        around, step = np.linspace(-step, step, _CLOSER), 2 * step / (_CLOSER - 1)
    return plain(np.exp(middle)), plain(gain)
