"""The curve of StableSwap: its invariant D, how one reserve answers to the others, and roots that have no formula."""

from __future__ import annotations

from collections.abc import Callable
from math import asinh, hypot, prod, sinh, sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.validation import Amount, per_token, plain, positive

#: Builds a record from values already known to be valid, in half the time of its constructor.
_record = tuple.__new__

_MAX_STEPS, _MAX_DOUBLINGS = 64, 500
_TOLERANCE = 1e-12  # of the last step: Newton squares the error, so that what is left is far below rounding


class Curve(NamedTuple):
    """The invariant at the present reserves, divided by A·n + 1 so that neither a tiny nor a huge A overflows."""

    flat: Amount  #: A·n/(A·n + 1), the weight of the constant sum
    bend: Amount  #: D_P/(A·n + 1), the weight of the constant product times D_P = Dⁿ⁺¹/(nⁿ·∏x)
    total: Amount  #: D (tokens)


def invariant(reserves: tuple[Amount, ...], amplification: Amount) -> Amount:
    """D (tokens) of reserves under the contract's A, by Newton: ``D ← (A·n·Σx + n·D_P)·D / ((A·n−1)·D + (n+1)·D_P)``.

    The equation is convex in D, so that from above every step comes closer. The start is the lower of two upper bounds:
    where Newton leads from ``n·(∏x)^(1/n)``, which is below D, and what follows from ``D_P ≤ max(2·A·n·Σx, 2·D)``.
    It is so close that few steps are enough for the most unbalanced reserves.

    Args:
        reserves: of each token, > 0.
        amplification: as in the contract, > 0.

    Raises:
        ValueError: an argument that is not positive.
        ArithmeticError: no convergence in 64 steps.
    """
    reserves = per_token("reserves", reserves, None, positive)
    amplification = positive("amplification", amplification)
    count, total = len(reserves), sum(reserves)
    if count == 2 and type(amplification) is type(reserves[0]) is type(reserves[1]) is float:
        known = curve_of_two(reserves[0], reserves[1], amplification)
        if known is not None:
            return known.total
    flat, curved = weights(amplification, count)
    balanced = count * prod(reserve ** (1 / count) for reserve in reserves)
    from_below = (flat * total + curved * count * balanced) / (flat + curved * count)
    root = 1 / (count + 1)
    unbalanced = balanced ** (count * root) * (2 * flat / curved) ** root * total**root
    invariant = np.minimum(from_below, np.maximum(unbalanced, balanced * 2 ** (1 / count)))
    for _ in range(_MAX_STEPS):
        product = product_term(invariant, reserves)
        slope = (flat - curved) * invariant + curved * (count + 1) * product
        last, invariant = invariant, invariant * ((flat * total + curved * count * product) / slope)
        if np.all(np.abs(invariant - last) <= _TOLERANCE * invariant):
            return invariant
    raise ArithmeticError(f"no D in {_MAX_STEPS} steps for reserves = {reserves}, amplification = {amplification}")


def weights(amplification: Amount, count: int) -> tuple[Amount, Amount]:
    """Weights of constant sum and constant product, ``A·n/(A·n + 1)`` and ``1/(A·n + 1)``."""
    return amplification / (amplification + 1 / count), 1 / count / (amplification + 1 / count)


def product_term(total: Amount, reserves: tuple[Amount, ...]) -> Amount:
    """``D_P = Dⁿ⁺¹/(nⁿ·∏x)``, which is D when all reserves are equal."""
    return prod((total / (len(reserves) * reserve) for reserve in reserves), start=total)


def answer(curve: Curve, reserve: Amount, added: Amount, kept: Amount, lost: Amount) -> tuple[Amount, Amount]:
    """How a reserve y answers so that D stays when others change: its change t, and what it becomes.

    For a given D the invariant is a quadratic in y, and so in t (f flat, b bend):
    ``f·t² + (f·(y + added) + b)·t + y·(f·added + b·lost) = 0``. In t nothing cancels for tiny trades.

    Args:
        curve: before the change.
        reserve: y (tokens).
        added: change of the sum of the other reserves (tokens); all of them rise, or all of them fall.
        kept: product of the other reserves before, divided by the one after.
        lost: ``1 − kept``, given apart because it may be tiny.
    """
    flat, bend, _ = curve
    linear = flat * (reserve + added) + bend
    constant = reserve * (flat * added + bend * lost)
    free = flat * (reserve - added) - bend
    product = flat * bend * reserve * kept
    if type(linear) is float and type(constant) is float and type(product) is float:
        # The same without numpy.
        root: Any = hypot(free, 2 * sqrt(product))
        moved = -2 * constant / (root + linear) if linear > 0 else (root - linear) / (2 * flat)
        return moved, (root + free) / (2 * flat) if free > 0 else 2 * bend * reserve * kept / (root - free)
    root = np.hypot(free, 2 * product**0.5)
    large = root + np.abs(linear)
    change = np.where(linear > 0, -2 * constant / large, large / (2 * flat))
    wide = root + np.abs(free)
    after = np.where(free > 0, wide / (2 * flat), 2 * bend * reserve * kept / wide)
    return change[()], after[()]


def curve_of_two(x: Any, y: Any, amplification: Any) -> Curve | None:
    """The curve of two reserves, plain floats: for them the equation of D is a cubic, ``d³ + q·(2A − 1)·d = 2A·q``.

    ``d = D/(x + y)`` and ``q = 4xy/(x + y)²``. One step of Newton takes away what the functions round. None where A or
    the reserves are so small or so large that a term would vanish.
    """
    total, twice = x + y, 2.0 * amplification
    if not (2.0 <= twice < 1e60 and 1e-100 < total < 1e100):
        return None
    product = 4.0 * x * y / (total * total)
    if product < 1e-6:
        return None
    linear, constant = product * (twice - 1.0), product * twice
    scale = sqrt(linear / 3.0)
    root = 2.0 * scale * sinh(asinh(1.5 * constant / (linear * scale)) / 3.0)
    square = root * root
    root = (2.0 * square * root + constant) / (3.0 * square + linear)
    invariant, weight = total * root, twice + 1.0
    return _record(Curve, (twice / weight, invariant * root * root / (product * weight), invariant))


def rising_root(function: Callable[[Amount], NDArray[np.float64]], start: Amount) -> Amount:
    """Where a rising function with ``f(0) <= 0`` is 0: two bounds are drawn together by the method of Ridders.

    Args:
        function: called with one number, or one per scenario.
        start: a first guess, > 0; 0 where the root is 0.

    Raises:
        ValueError: no upper bound within reach.
    """
    low: Any = np.zeros(np.shape(start))
    high: Any = np.array(start, dtype=float)
    value_low: Any = function(plain(low))
    value: Any = function(plain(high))
    for _ in range(_MAX_DOUBLINGS):
        beyond = value < 0
        if not np.any(beyond):
            break
        low, value_low = np.where(beyond, high, low), np.where(beyond, value, value_low)
        high = np.where(beyond, 4 * high, high)
        value = function(plain(high))
    else:
        raise ValueError("price is not reached by any amount: allowed are prices nearer to the pool's")
    for _ in range(_MAX_STEPS):
        if np.all((high - low <= 4e-16 * high) | (value == 0)):
            break
        middle = low + (high - low) / 2
        at_middle = function(plain(middle))
        bend = np.sqrt(at_middle * at_middle - value_low * value)
        step = np.divide(at_middle, bend, out=np.zeros_like(middle), where=bend > 0)
        better = np.clip(middle - (middle - low) * step, low, high)
        for at, value_at in ((middle, at_middle), (better, function(plain(better)))):
            under, inside = value_at < 0, (low <= at) & (at <= high)
            low, value_low = np.where(under & inside, at, low), np.where(under & inside, value_at, value_low)
            high, value = np.where(~under & inside, at, high), np.where(~under & inside, value_at, value)
    return plain(high)
