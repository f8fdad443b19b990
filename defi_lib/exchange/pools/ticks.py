"""Ticks: the grid of prices ``1.0001^tick`` on which the ranges of concentrated liquidity begin and end.

Two kinds of functions live here. Those ending in ``_x96`` take and return Python integers, √price·2⁹⁶, and equal the
contract to the last unit. The others take floats or arrays; at the price of a tick they name that very tick,
which a rounded-down logarithm does not.

Source: Adams et al., *Uniswap v3 Core* (2021), sections 6.1 and 6.2.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import isqrt, log, log1p

import numpy as np

from defi_lib.rounding import TOLERANCE
from defi_lib.validation import Amount, Whole, at_least, between, one_of, plain, whole

MIN_TICK, MAX_TICK = -887272, 887272

#: Ratio of the prices of neighbouring ticks.
TICK_BASE = 1.0001

#: What the nearest float lacks to the ratio 10001/10000, relative: raised to a large power it would show.
_BASE_ERROR = float(Fraction(10001, 10000) / Fraction(TICK_BASE) - 1)
_LOG_BASE = log1p(1e-4)

#: In ticks. Further than this from a tick, the logarithm cannot land on the wrong side of it.
_NEAR = 1e-5

_Q96 = 2**96


def _half_powers(guard: int = 256) -> tuple[int, ...]:
    """``1.0001^(−2ⁱ/2)`` for i = 0 to 19, as multiples of 2⁻¹²⁸ rounded to nearest: the constants of the contract."""
    power = isqrt((10_000 << 2 * guard) // 10_001)
    rounded = []
    for _ in range(20):
        rounded.append(((power >> guard - 129) + 1) >> 1)
        power = power * power >> guard
    return tuple(rounded)


_HALF_POWERS = _half_powers()


@lru_cache(maxsize=4096)
def sqrt_price_x96_at_tick(tick: int) -> int:
    """Root of the price of ``tick`` as a multiple of 2⁻⁹⁶, rounded up: ``⌈√(1.0001^tick)·2⁹⁶⌉``.

    Raises:
        ValueError: no integer, or a tick outside [−887272, 887272].

    The contract multiplies one constant for each bit of the tick; the order and the rounding are the same here.
    """
    tick = int(whole("tick", tick, MIN_TICK, MAX_TICK))
    product = 1 << 128
    for bit, power in enumerate(_HALF_POWERS):
        if abs(tick) >> bit & 1:
            product = product * power >> 128
    if tick > 0:
        product = (2**256 - 1) // product
    return -(-product >> 32)


#: The lowest root of a price, and the first one that is too high, as multiples of 2⁻⁹⁶.
MIN_SQRT_PRICE_X96, MAX_SQRT_PRICE_X96 = sqrt_price_x96_at_tick(MIN_TICK), sqrt_price_x96_at_tick(MAX_TICK)
MIN_SQRT_PRICE, MAX_SQRT_PRICE = MIN_SQRT_PRICE_X96 / _Q96, MAX_SQRT_PRICE_X96 / _Q96


def tick_at_sqrt_price_x96(sqrt_price_x96: int) -> int:
    """The greatest tick whose :func:`sqrt_price_x96_at_tick` is not above ``sqrt_price_x96``.

    Raises:
        ValueError: no integer, or outside the range of the contract, which does not include the highest price.
    """
    root = at_least("sqrt_price_x96", sqrt_price_x96, MIN_SQRT_PRICE_X96)
    if root >= MAX_SQRT_PRICE_X96:
        raise ValueError(
            f"sqrt_price_x96 = {root} is outside the allowed range [{MIN_SQRT_PRICE_X96}, {MAX_SQRT_PRICE_X96})"
        )
    tick = min(round(2 * log(root / _Q96) / _LOG_BASE), MAX_TICK - 1)
    return tick if sqrt_price_x96_at_tick(tick) <= root else tick - 1


def sqrt_price_at_tick(tick: Whole) -> Amount:
    """The contract's root of the price of ``tick``, rounded to the nearest float: √(token 1 per token 0).

    Raises:
        ValueError: a tick that is no whole number in [−887272, 887272].
    """
    tick = whole("tick", tick, MIN_TICK, MAX_TICK)
    if isinstance(tick, int):
        return sqrt_price_x96_at_tick(tick) / _Q96
    ticks, where = np.unique(tick, return_inverse=True)
    roots = np.array([sqrt_price_x96_at_tick(each) / _Q96 for each in ticks.tolist()])
    return roots[where].reshape(tick.shape)


def tick_at_sqrt_price(sqrt_price: Amount) -> Whole:
    """The greatest tick below the highest whose :func:`sqrt_price_at_tick` is not above ``sqrt_price``.

    It compares exactly, as the contract does: one float below the root of a tick is the tick below.

    Raises:
        ValueError: a root of a price outside the range of the contract.
    """
    root = between("sqrt_price", sqrt_price, MIN_SQRT_PRICE, MAX_SQRT_PRICE)
    position = 2 * np.log(root) / _LOG_BASE
    nearest = np.clip(np.rint(position), MIN_TICK, MAX_TICK - 1)
    near = np.abs(position - nearest) < _NEAR
    tick = np.clip(np.floor(position), MIN_TICK, MAX_TICK - 1).astype(np.int64)
    if np.any(near):
        candidate = np.where(near, nearest, 0).astype(np.int64)
        tick = np.where(near, candidate - (root < sqrt_price_at_tick(candidate)), tick)
    return int(tick) if tick.ndim == 0 else tick


def price_at_tick(tick: Whole) -> Amount:
    """Price of token 0 in token 1 at ``tick``: ``1.0001^tick``.

    The price is per unit in which the pool counts. For a contract that is the smallest unit of each token: multiply
    by ``10^(decimals of token 0 − decimals of token 1)`` for the price of whole tokens.

    Raises:
        ValueError: a tick that is no whole number in [−887272, 887272].
    """
    tick = whole("tick", tick, MIN_TICK, MAX_TICK)
    return plain(np.power(TICK_BASE, tick, dtype=np.float64) * (1 + _BASE_ERROR * tick))


def tick_at_price(price: Amount) -> Whole:
    """The greatest tick whose price is not above ``price``: ``⌊log(price)/log(1.0001)⌋``.

    A price that is that of a tick to within rounding is on the tick, however it was computed.

    Raises:
        ValueError: a price outside [1.0001^−887272, 1.0001^887272].

    >>> tick_at_price(1.0001**11), tick_at_price(price_at_tick(11)), tick_at_price(1.0011)
    (11, 11, 10)
    """
    return _whole(np.floor(tick_position(_priced(price))))


def usable_tick(price: Amount, tick_spacing: int = 1, rounding: str = "nearest") -> Whole:
    """The tick a position may use for ``price``: a multiple of ``tick_spacing``, ``"nearest"``, ``"down"`` or ``"up"``.

    Nearest is meant in the logarithm of the price; halfway between two it is the upper one. The result never leaves
    the range of the contract.

    Raises:
        ValueError: a price outside [1.0001^−887272, 1.0001^887272], a spacing below 1, or an unknown rounding.
    """
    spacing = at_least("tick_spacing", tick_spacing, 1)
    one_of("rounding", rounding, ("nearest", "down", "up"))
    position = tick_position(_priced(price)) / spacing
    steps = {"down": np.floor(position), "up": np.ceil(position), "nearest": np.floor(position + 0.5)}[rounding]
    highest = MAX_TICK // spacing
    return _whole(np.clip(steps, -highest, highest) * spacing)


def tick_position(price: Amount) -> Amount:
    """``log(price)/log(1.0001)`` within the range of ticks, and whole for a price on a tick to within rounding.

    Prices that were computed as a power of the float 1.0001 count as on the tick: it is too small by a part in 10¹⁷,
    which a power of 887272 makes a part in 10¹¹.
    """
    position = np.clip(np.log(price) / _LOG_BASE, MIN_TICK, MAX_TICK)
    nearest = np.rint(position)
    rounding = (TOLERANCE + np.abs(nearest) * abs(_BASE_ERROR)) * (1.2 / _LOG_BASE)
    return plain(np.where(np.abs(position - nearest) <= rounding, nearest, position))


def _priced(price: Amount) -> Amount:
    return between("price", price, LOWEST_PRICE, HIGHEST_PRICE)


def _whole(ticks: Amount) -> Whole:
    return int(ticks) if np.ndim(ticks) == 0 else np.asarray(ticks).astype(np.int64)


#: The prices of the lowest and the highest tick; the contract's integers lie a little above both.
LOWEST_PRICE, HIGHEST_PRICE = price_at_tick(MIN_TICK), max(price_at_tick(MAX_TICK), MAX_SQRT_PRICE**2)
