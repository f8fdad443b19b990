"""Many ranges of liquidity on one grid of ticks: what lies between them, and how a trade walks across them."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from itertools import accumulate
from math import ldexp
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from defi_lib.exchange.pools.price_range import Flag, select, some, unchecked_step
from defi_lib.exchange.pools.tick_map import Rung, TickMap
from defi_lib.exchange.pools.ticks import (
    MAX_SQRT_PRICE,
    MAX_TICK,
    MIN_SQRT_PRICE,
    MIN_TICK,
    sqrt_price_at_tick,
    tick_at_sqrt_price,
)
from defi_lib.persistent import SharedDict
from defi_lib.rounding import TOLERANCE
from defi_lib.validation import Amount, Whole, whole

#: Fees per unit of liquidity since the start, an integer multiple of 2⁻¹²⁸ modulo 2²⁵⁶: an ``int``, or an array of
#: them. A float would not do: after a time of little liquidity the sum is huge, and the next fees vanish in it.
Growth: TypeAlias = Any

_GROWTH_WRAP = 2**256

#: The contract looks for the next tick in words of this many multiples of the spacing, and stops at their ends.
_WORD = 256

#: Liquidity is summed in multiples of the least float: as whole numbers, in which no digit is lost in any order.
_UNIT_BITS = 1074
_UNITS = 1 << _UNIT_BITS


class PositionKey(NamedTuple):
    """Whose position it is, and on which ticks it begins and ends."""

    owner: Hashable
    tick_lower: int
    tick_upper: int


class Position(NamedTuple):
    """Liquidity of one owner in one range. Amounts in tokens."""

    liquidity: float = 0.0  #: √(token 0 · token 1)
    fee_growth_inside_x128: tuple[Growth, Growth] = (0, 0)  #: when the fees were last booked
    tokens_owed: tuple[Amount, Amount] = (0.0, 0.0)  #: booked fees and removed liquidity, not yet collected


class Tick(NamedTuple):
    """A tick on which a position begins or ends."""

    liquidity_gross: float  #: sum of the liquidity of all positions that begin or end here
    liquidity_net: float  #: what is added when the price rises across it
    fee_growth_outside_x128: tuple[Growth, Growth]  #: on the side where the price is not


def units_of(liquidity: float) -> int:
    """A liquidity as a whole number of the units in which it is summed: exactly."""
    numerator, denominator = liquidity.as_integer_ratio()
    return numerator << (_UNIT_BITS + 1 - denominator.bit_length())


class Ticks(TickMap[Tick]):
    """The ticks in use; liquidity is kept exactly, and shown as the nearest float.

    So where nothing is, no rounding is left of what was there.
    """

    __slots__ = ()

    def _shown(self, rung: Rung) -> Tick:
        gross, net, outside = rung
        return Tick(gross / _UNITS, net / _UNITS, outside)

    def liquidity_at(self, tick: Whole) -> Amount:
        """Liquidity in the segment of a tick."""
        if isinstance(tick, int):
            return self.net_up_to(tick) / _UNITS
        ladder = self.ladder()
        return np.array(ladder.liquidity)[np.searchsorted(ladder.ticks, tick, "right")]

    def with_change(self, key: PositionKey, change: int, outside: Mapping[int, tuple[Growth, Growth]]) -> Ticks:
        """With more or less liquidity (units) from one tick to another; ``outside`` is for ticks not yet in use."""
        ticks = self
        for tick, sign in ((key.tick_lower, 1), (key.tick_upper, -1)):
            gross, net, before = ticks.rung(tick) or Rung(0, 0, outside[tick])
            gross += change
            ticks = ticks.with_rung(tick, Rung(gross, net + sign * change, before) if gross else None)
        return ticks

    def ladder(self) -> Ladder:
        """All segments, from the lowest to the highest."""
        ticks = tuple(self)
        sums = accumulate((rung.liquidity_net for _, rung in self.rising(MIN_TICK - 1)), initial=0)
        roots = (MIN_SQRT_PRICE, *(float(sqrt_price_at_tick(tick)) for tick in ticks), MAX_SQRT_PRICE)
        return Ladder(ticks, roots, tuple(total / _UNITS for total in sums))


class Ladder(NamedTuple):
    """The ticks in use in rising order, and the segments they part: segment i lies below tick i."""

    ticks: tuple[int, ...]
    sqrt_prices: tuple[float, ...]  #: ends of the segments, from the lowest price of all to the highest
    liquidity: tuple[float, ...]  #: in each segment


class PoolState(NamedTuple):
    """All that a pool of concentrated liquidity is; see :class:`~.concentrated.ConcentratedPool`."""

    sqrt_price: Amount
    tick: Whole
    fee: Amount
    tick_spacing: int
    protocol_fee: tuple[Amount, Amount]
    positions: SharedDict[PositionKey, Position]
    ticks: Ticks
    fee_growth_x128: tuple[Growth, Growth]
    protocol_fees: tuple[Amount, Amount]
    reserves: tuple[Amount, Amount]


class Walk(NamedTuple):
    """Where a trade came to, and what it paid and received on the way (tokens)."""

    sqrt_price: Amount
    tick: Whole
    paid: Amount  #: fee included
    received: Amount
    fee: Amount
    unfilled: Amount  #: what is left of the amount that was asked for
    protocol_fee: Amount  #: part of the fee
    fee_growth_x128: tuple[Growth, Growth]
    ticks: Ticks


def position_key(tick_lower: int, tick_upper: int, owner: Hashable, spacing: int) -> PositionKey:
    """The key of a position, its ticks checked."""
    lower = whole("tick_lower", tick_lower, MIN_TICK, MAX_TICK - 1)
    upper = whole("tick_upper", tick_upper, MIN_TICK + 1, MAX_TICK)
    for name, tick in (("tick_lower", lower), ("tick_upper", upper)):
        if not isinstance(tick, int) or tick % spacing:
            raise ValueError(
                f"{name} = {tick} is outside the allowed range: one multiple of the tick spacing {spacing}"
            )
    if lower >= upper:
        raise ValueError(f"tick_upper = {upper} is outside the allowed range: above tick_lower = {lower}")
    return PositionKey(owner, int(lower), int(upper))


def growth_of(fee_per_liquidity: Amount) -> Growth:
    """Fee growth from tokens per unit of liquidity, rounded down."""
    return _multiples(fee_per_liquidity)


def growth_since(now: Growth, before: Growth) -> Growth:
    """The difference of two growths, which wraps as in the contract."""
    return (now - before) % _GROWTH_WRAP


def fees_from(growth: Growth, liquidity: float) -> Amount:
    """Tokens that a growth pays to ``liquidity``."""
    per_liquidity = growth / 2**128
    return liquidity * (per_liquidity if isinstance(per_liquidity, float) else per_liquidity.astype(np.float64))


def select_growth(condition: Flag, yes: Growth, no: Growth) -> Growth:
    """One growth or the other, for each scenario, as Python integers."""
    if isinstance(condition, (bool, np.bool_)):
        return yes if condition else no
    return np.where(condition, np.asarray(yes, dtype=object), np.asarray(no, dtype=object))


def growth_inside(tick: Whole, growth: Growth, lower: int, upper: int, outside: tuple[Growth, Growth]) -> Growth:
    """Fee growth between two ticks: all growth less that below ``lower`` and that above ``upper``."""
    below = select_growth(tick >= lower, outside[0], growth - outside[0])
    above = select_growth(tick < upper, outside[1], growth - outside[1])
    return (growth - below - above) % _GROWTH_WRAP


class _Stair(NamedTuple):
    """One segment of a walk."""

    number: int
    end: float  #: √price at which it ends in the direction of the walk
    liquidity: float
    tick: int | None  #: the tick in use at its end
    rung: Any


def _stairs(ticks: Ticks, tick: int, falling: bool) -> Iterator[_Stair]:
    """The segments from that of ``tick`` on, in the direction of the walk."""
    number, units = ticks.rank(tick), ticks.net_up_to(tick)
    for end, rung in ticks.falling(tick) if falling else ticks.rising(tick):
        yield _Stair(number, float(sqrt_price_at_tick(end)), units / _UNITS, end, rung)
        step = -1 if falling else 1
        number, units = number + step, units + step * rung.liquidity_net
    yield _Stair(number, MIN_SQRT_PRICE if falling else MAX_SQRT_PRICE, units / _UNITS, None, None)


def walk(pool: PoolState, amount: Amount, token_in: int, exact_in: bool, limit: Amount) -> Walk:
    """Trade segment by segment until the amount is filled or √price is ``limit``; each scenario joins where it is."""
    falling = token_in == 0
    root, segment, left = pool.sqrt_price, _segment(pool.ticks, pool.tick), amount
    paid: Amount = 0.0
    received: Amount = 0.0
    fee: Amount = 0.0
    protocol_fee: Amount = 0.0
    growth, ticks = list(pool.fee_growth_x128), pool.ticks
    start = int(np.max(pool.tick) if falling else np.min(pool.tick))
    for number, end, liquidity, rung_tick, rung in _stairs(pool.ticks, start, falling):
        going = (left > TOLERANCE * amount) & (root != limit)
        if not some(going):
            break
        here = going & (segment == number)
        target = select((end < limit) == falling, limit, end)
        step = unchecked_step(root, target, liquidity, select(here, left, 0.0), pool.fee, token_in, exact_in)
        rest = left - (step.paid if exact_in else step.amount_out)
        left = select(here, select(step.reached & (rest > 0), rest, 0.0), left)
        root = select(here, step.sqrt_price, root)
        paid, received = paid + select(here, step.paid, 0.0), received + select(here, step.amount_out, 0.0)
        fee_here = select(here, step.fee, 0.0)
        fee, protocol_here = fee + fee_here, fee_here * pool.protocol_fee[token_in]
        protocol_fee = protocol_fee + protocol_here
        if liquidity > 0:
            growth[token_in] = growth[token_in] + growth_of((fee_here - protocol_here) / liquidity)
        crossed = here & step.reached & (target == end)
        if rung_tick is not None and some(crossed):
            ticks = ticks.with_rung(rung_tick, _crossed(rung, crossed, growth))
            segment = segment + crossed * (1 - 2 * falling)
    filled = left <= TOLERANCE * amount  # what is left is only the rounding of what went before
    paid, received = (select(filled, amount, paid), received) if exact_in else (paid, select(filled, amount, received))
    tick = _tick_after(pool, amount, root, segment, falling)
    return Walk(root, tick, paid, received, fee, select(filled, 0.0, left), protocol_fee, (growth[0], growth[1]), ticks)


def _segment(ticks: Ticks, tick: Whole) -> Whole:
    """How many ticks in use lie at or below the price."""
    return ticks.rank(tick) if isinstance(tick, int) else np.searchsorted(np.array(list(ticks)), tick, "right")


def _crossed(rung: Rung, crossed: Flag, growth: list[Growth]) -> Rung:
    """A tick whose outside is turned to its other side."""
    outside_0, outside_1 = (
        select_growth(crossed, growth_since(now, outside), outside)
        for now, outside in zip(growth, rung.fee_growth_outside_x128, strict=True)
    )
    return rung._replace(fee_growth_outside_x128=(outside_0, outside_1))


def _tick_after(pool: PoolState, amount: Amount, root: Amount, segment: Whole, falling: bool) -> Whole:
    """The tick of the price that a trade has come to.

    As in the contract, that is the tick below where the price fell onto a tick in use or onto the end of a word; and
    where it stood on a tick and fell by less than a float can tell.
    """
    tick = tick_at_sqrt_price(root)
    if falling:
        doubtful = (np.asarray(tick) % (_WORD * pool.tick_spacing) == 0) | (root == pool.sqrt_price)
        if some(doubtful):
            tick = tick - (doubtful & (root == sqrt_price_at_tick(tick)))
    low: Whole
    high: Whole
    if np.ndim(segment) == 0:
        low, high = pool.ticks.tick_at(int(segment) - 1, MIN_TICK), pool.ticks.tick_at(int(segment), MAX_TICK)
    else:
        ends = np.array([MIN_TICK, *pool.ticks, MAX_TICK])
        low, high = ends[segment], ends[np.asarray(segment) + 1]
    tick = np.where(np.asarray(amount) > 0, np.clip(tick, low, high - 1), pool.tick)
    return int(tick) if tick.ndim == 0 else tick


_multiples = np.frompyfunc(lambda growth: int(ldexp(growth, 128)), 1, 1)
