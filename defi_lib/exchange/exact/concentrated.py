"""Concentrated liquidity in the integers of the contract: Uniswap v3 to the last unit."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, NamedTuple, Self

from defi_lib.exchange.exact.positions import ExactPosition, ExactTick, Pair, checked_positions, checked_ticks, pair
from defi_lib.exchange.exact.price_range import (
    MAX_AMOUNT,
    MAX_LIQUIDITY,
    ExactStep,
    exact_amounts_for_liquidity,
    exact_swap_step,
)
from defi_lib.exchange.pools.concentrated import PROVIDER
from defi_lib.exchange.pools.pool import LiquidityChange, Swap
from defi_lib.exchange.pools.tick_map import TickMap
from defi_lib.exchange.pools.tick_walk import PositionKey, growth_inside, growth_since, position_key
from defi_lib.exchange.pools.ticks import (
    MAX_SQRT_PRICE_X96,
    MAX_TICK,
    MIN_SQRT_PRICE_X96,
    MIN_TICK,
    sqrt_price_x96_at_tick,
    tick_at_sqrt_price_x96,
)
from defi_lib.frozen import FrozenDict
from defi_lib.persistent import SharedDict
from defi_lib.validation import integer, token_pair

#: The contract looks for the next tick in words of this many multiples of the spacing, and stops at their ends.
_WORD = 256


class _State(NamedTuple):
    sqrt_price_x96: int
    tick: int
    fee_pips: int
    tick_spacing: int
    protocol_fee: Pair
    ticks: TickMap[ExactTick]
    positions: SharedDict[PositionKey, ExactPosition]
    fee_growth_x128: Pair
    protocol_fees: Pair
    reserves: Pair


class ExactConcentratedPool(_State):
    """A Uniswap v3 pool in integers: the same steps leave the same state as the contract, to the last unit.

    Use it to replay a contract or where the last unit counts. It trades one amount at a time and takes no arrays:
    lessons and scenarios are for :class:`~defi_lib.exchange.pools.concentrated.ConcentratedPool`, whose methods have
    the same names. What the contract refuses is a ``ValueError``, and every step returns a new pool, so that the old
    one stays as it was.

    Args:
        sqrt_price_x96: √P·2⁹⁶, P in token 1 per token 0, both in smallest units.
        fee_pips: millionths of what is paid in, below 1,000,000.
        tick_spacing: ranges begin and end on its multiples, 1 to 16383.
        protocol_fee: the protocol takes one n-th of the fee: n = 0 (nothing) or 4 to 10, or one n for each token in.
        tick: that of the price, or the one below if the price fell onto a tick and stopped; by default the first.
        ticks: all in use; the liquidity in range is the sum of their net liquidity up to ``tick``. Either each with its
            :class:`ExactTick`, or a snapshot: rows of tick, net and perhaps gross liquidity, as a list of tuples or of
            dictionaries, or a DataFrame with the names of a subgraph (``tickIdx``, ``liquidityNet``,
            ``liquidityGross``; integers, or text that is one). Without gross liquidity, it is the least possible,
            ``|net|``.
        positions: those that will be changed or collected. Liquidity that none of them owns belongs to nobody.
        liquidity: in range, as the source of ``ticks`` states it: only compared with what they say.
        fee_growth_x128: fees per unit of liquidity so far, in multiples of 2⁻¹²⁸ modulo 2²⁵⁶, for each token.
        protocol_fees: owed to the protocol (smallest units).
        reserves: held by the contract (smallest units).

    Raises:
        ValueError: an argument outside its range, or a state in which the contract cannot be.

    Source: Adams et al., *Uniswap v3 Core* (2021). The contract's price oracle and flash loans are left out.
    """

    __slots__ = ()

    def __new__(
        cls,
        sqrt_price_x96: int,
        fee_pips: int = 3000,
        tick_spacing: int = 60,
        protocol_fee: int | Pair = 0,
        *,
        tick: int | None = None,
        ticks: Any = (),
        positions: Mapping[PositionKey, ExactPosition] = FrozenDict(),
        liquidity: int | None = None,
        fee_growth_x128: Pair = (0, 0),
        protocol_fees: Pair = (0, 0),
        reserves: Pair = (0, 0),
    ) -> Self:
        """Check the arguments and build the pool."""
        root = integer("sqrt_price_x96", sqrt_price_x96, MIN_SQRT_PRICE_X96, MAX_SQRT_PRICE_X96 - 1)
        at_price = tick_at_sqrt_price_x96(root)
        on_tick = root == sqrt_price_x96_at_tick(at_price)
        tick = integer("tick", at_price if tick is None else tick, at_price - on_tick, at_price)
        fee_pips = integer("fee_pips", fee_pips, 0, 999_999)
        spacing = integer("tick_spacing", tick_spacing, 1, 16383)
        used = checked_ticks(ticks, spacing)
        pool = super().__new__(
            cls,
            root,
            tick,
            fee_pips,
            spacing,
            _protocol_shares(protocol_fee),
            TickMap(used),
            SharedDict(checked_positions(positions, used, spacing)),
            pair("fee_growth_x128", fee_growth_x128),
            pair("protocol_fees", protocol_fees, MAX_LIQUIDITY),
            pair("reserves", reserves),
        )
        if liquidity is not None and integer("liquidity", liquidity, 0, MAX_LIQUIDITY) != pool.liquidity:
            raise ValueError(
                f"liquidity = {liquidity} does not fit: the net liquidity of all ticks up to {tick} is {pool.liquidity}"
            )
        return pool

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy and a pickle keep the state as it is."""
        return type(self)._make, (tuple(self),)

    @property
    def liquidity(self) -> int:
        """Liquidity in range."""
        return self.ticks.net_up_to(self.tick)

    @property
    def max_liquidity_per_tick(self) -> int:
        """The most liquidity that may begin or end on one tick: all of them together stay below 2¹²⁸."""
        return MAX_LIQUIDITY // (2 * (MAX_TICK // self.tick_spacing) + 1)

    @property
    def fee(self) -> float:
        """Fee as a ratio of what is paid in."""
        return self.fee_pips / 1e6

    def price(self, token: int = 0, quote: int = 1) -> float:
        """Marginal price of ``token`` in units of ``quote`` (both smallest units), without fee, as a float."""
        token_pair(token, quote, 2, ("token", "quote"))
        price = (self.sqrt_price_x96 / 2**96) ** 2
        return price if token == 0 else 1 / price

    def swap_exact_in(
        self, amount_in: int, token_in: int = 0, token_out: int = 1, sqrt_price_limit_x96: int | None = None
    ) -> Swap:
        """Sell ``amount_in`` (smallest units, > 0, fee included), or less if the price comes to the limit before.

        Args:
            amount_in: of ``token_in``.
            token_in, token_out: 0 and 1, or 1 and 0.
            sqrt_price_limit_x96: below the price for token 0 in, above it for token 1 in; by default the last one
                allowed. So where liquidity ends, the trade is filled in part, as by the contract.

        Raises:
            ValueError: an amount that is no positive integer, or a limit on the wrong side of the price.
        """
        amount_in = integer("amount_in", amount_in, 1, MAX_AMOUNT)
        return self._swap(amount_in, token_in, token_out, sqrt_price_limit_x96, exact_in=True)

    def swap_exact_out(
        self, amount_out: int, token_in: int = 0, token_out: int = 1, sqrt_price_limit_x96: int | None = None
    ) -> Swap:
        """Buy ``amount_out`` (smallest units, > 0), or less if the price comes to the limit before.

        Arguments and errors as in :meth:`swap_exact_in`.
        """
        amount_out = integer("amount_out", amount_out, 1, MAX_AMOUNT)
        return self._swap(amount_out, token_in, token_out, sqrt_price_limit_x96, exact_in=False)

    def add_liquidity(
        self, tick_lower: int, tick_upper: int, liquidity: int, owner: Hashable = PROVIDER
    ) -> LiquidityChange:
        """Pay for ``liquidity`` (> 0) in a range, rounded up; what the position has earned so far is booked.

        Raises:
            ValueError: ticks that no position can have, or more than :attr:`max_liquidity_per_tick` on one of them.
        """
        key = position_key(tick_lower, tick_upper, owner, self.tick_spacing)
        liquidity = integer("liquidity", liquidity, 1, self.max_liquidity_per_tick)
        paid = self._amounts(key, liquidity, round_up=True)
        pool = self._with_liquidity(key, liquidity, (0, 0))._receiving(*paid)
        return LiquidityChange(self, pool, paid, liquidity)

    def remove_liquidity(
        self, tick_lower: int, tick_upper: int, liquidity: int, owner: Hashable = PROVIDER
    ) -> LiquidityChange:
        """Take ``liquidity`` out of a position; what it held, rounded down, and has earned is booked for collecting.

        Removing 0 only books the fees.

        Raises:
            ValueError: a position without liquidity, or more than it has.
        """
        key = position_key(tick_lower, tick_upper, owner, self.tick_spacing)
        held = self.positions.get(key, ExactPosition()).liquidity
        if held == 0:
            raise ValueError(
                f"owner = {owner!r} has no liquidity from tick {tick_lower} to {tick_upper}: add some first"
            )
        liquidity = integer("liquidity", liquidity, 0, held)
        amounts = self._amounts(key, liquidity, round_up=False)
        return LiquidityChange(self, self._with_liquidity(key, -liquidity, amounts), amounts, liquidity)

    def collect(
        self, tick_lower: int, tick_upper: int, owner: Hashable = PROVIDER, at_most: Pair | None = None
    ) -> LiquidityChange:
        """Pay out what is booked for a position (smallest units), or as much of it as ``at_most``.

        As in the contract, a position that does not exist is paid nothing.

        Raises:
            ValueError: a negative amount, or reserves that cannot pay.
        """
        key = PositionKey(owner, tick_lower, tick_upper)
        held = self.positions.get(key, ExactPosition())
        paid = _least(held.tokens_owed, at_most)
        if key not in self.positions:
            return LiquidityChange(self, self, paid, 0)
        left = (held.tokens_owed[0] - paid[0], held.tokens_owed[1] - paid[1])
        positions = self.positions.with_entry(key, held._replace(tokens_owed=left))
        return LiquidityChange(self, self._replace(positions=positions)._receiving(-paid[0], -paid[1]), paid, 0)

    def collect_protocol(self, at_most: Pair | None = None) -> LiquidityChange:
        """Pay out what is owed to the protocol (smallest units), or as much of it as ``at_most``.

        Of what is taken whole, the contract keeps one unit: emptying its storage would make the next fee dearer.

        Raises:
            ValueError: a negative amount, or reserves that cannot pay.
        """
        owed_0, owed_1 = self.protocol_fees
        most_0, most_1 = _least(self.protocol_fees, at_most)
        paid = most_0 - (0 < most_0 == owed_0), most_1 - (0 < most_1 == owed_1)
        pool = self._replace(protocol_fees=(owed_0 - paid[0], owed_1 - paid[1]))
        return LiquidityChange(self, pool._receiving(-paid[0], -paid[1]), paid, 0)

    def with_protocol_fee(self, protocol_fee: int | Pair) -> Self:
        """The same pool, whose protocol takes one n-th of the fee from now on: n = 0 (nothing) or 4 to 10."""
        return self._replace(protocol_fee=_protocol_shares(protocol_fee))

    def _swap(self, amount: int, token_in: int, token_out: int, limit: int | None, exact_in: bool) -> Swap:
        token_pair(token_in, token_out, 2)
        token_in, token_out = int(token_in), int(token_out)
        root = self.sqrt_price_x96
        bounds = (MIN_SQRT_PRICE_X96 + 1, root - 1) if token_in == 0 else (root + 1, MAX_SQRT_PRICE_X96 - 1)
        limit = integer("sqrt_price_limit_x96", bounds[token_in] if limit is None else limit, *bounds)
        pool, left, paid, received, fee = self, amount, 0, 0, 0
        while left and pool.sqrt_price_x96 != limit:
            tick = pool._next_tick(token_in)
            end = sqrt_price_x96_at_tick(tick)
            target = max(end, limit) if token_in == 0 else min(end, limit)
            step = exact_swap_step(pool.sqrt_price_x96, target, pool.liquidity, left, pool.fee_pips, exact_in)
            left -= step.amount_in + step.fee if exact_in else step.amount_out
            paid, received, fee = paid + step.amount_in + step.fee, received + step.amount_out, fee + step.fee
            pool = pool._after(step, tick, token_in)
        pool = pool._receiving(paid, -received) if token_in == 0 else pool._receiving(-received, paid)
        return Swap(self, pool, paid, received, fee, token_in, token_out)

    def _next_tick(self, token_in: int) -> int:
        """The next tick in use in the direction of the trade, or the end of the word."""
        number = self.tick // self.tick_spacing + token_in
        start = number // _WORD * _WORD
        first, last = (start, number) if token_in == 0 else (number, start + _WORD - 1)
        low, high = first * self.tick_spacing, last * self.tick_spacing
        if token_in == 0:
            below = self.ticks.at_or_below(self.tick)
            return max(MIN_TICK, low if below is None else max(low, below))
        above = self.ticks.above(self.tick)
        return min(MAX_TICK, high if above is None else min(high, above))

    def _after(self, step: ExactStep, next_tick: int, token_in: int) -> Self:
        """This pool after a step towards a tick: fees shared out, and the tick crossed if it was reached."""
        divisor, liquidity = self.protocol_fee[token_in], self.liquidity
        share = step.fee // divisor if divisor else 0
        growth, owed = list(self.fee_growth_x128), list(self.protocol_fees)
        owed[token_in] = (owed[token_in] + share) % 2**128
        if liquidity:
            growth[token_in] = (growth[token_in] + (step.fee - share << 128) // liquidity) % 2**256
        tick, ticks = self.tick, self.ticks
        if step.sqrt_price_x96 == sqrt_price_x96_at_tick(next_tick):
            tick = next_tick - 1 + token_in
            if next_tick in ticks:
                outside = ticks[next_tick].fee_growth_outside_x128
                turned = (growth_since(growth[0], outside[0]), growth_since(growth[1], outside[1]))
                ticks = ticks.with_rung(next_tick, ticks[next_tick]._replace(fee_growth_outside_x128=turned))
        elif step.sqrt_price_x96 != self.sqrt_price_x96:
            tick = tick_at_sqrt_price_x96(step.sqrt_price_x96)
        return self._replace(
            sqrt_price_x96=step.sqrt_price_x96,
            tick=tick,
            ticks=ticks,
            fee_growth_x128=(growth[0], growth[1]),
            protocol_fees=(owed[0], owed[1]),
        )

    def _amounts(self, key: PositionKey, liquidity: int, round_up: bool) -> Pair:
        low, high = sqrt_price_x96_at_tick(key.tick_lower), sqrt_price_x96_at_tick(key.tick_upper)
        return exact_amounts_for_liquidity(liquidity, self.sqrt_price_x96, low, high, round_up)

    def _with_liquidity(self, key: PositionKey, change: int, removed: Pair) -> Self:
        """This pool with more or less liquidity in a position, its fees and what was removed booked."""
        held, ticks = self.positions.get(key, ExactPosition()), self.ticks
        outside = []
        for bound, sign in ((key.tick_lower, 1), (key.tick_upper, -1)):
            # By convention, all growth so far was below a new tick.
            fresh = ExactTick(0, 0, self.fee_growth_x128 if bound <= self.tick else (0, 0))
            gross, net, growth = ticks.rung(bound) or fresh
            gross = integer(f"liquidity on tick {bound}", gross + change, 0, self.max_liquidity_per_tick)
            ticks = ticks.with_rung(bound, ExactTick(gross, net + sign * change, growth) if gross else None)
            outside.append(growth)
        inside_0, inside_1 = (
            growth_inside(self.tick, self.fee_growth_x128[number], *key[1:], (outside[0][number], outside[1][number]))
            for number in (0, 1)
        )
        owed_0, owed_1 = (
            (owed + (held.liquidity * growth_since(now, before) >> 128) + taken) % 2**128
            for owed, now, before, taken in zip(
                held.tokens_owed, (inside_0, inside_1), held.fee_growth_inside_x128, removed, strict=True
            )
        )
        position = ExactPosition(held.liquidity + change, (inside_0, inside_1), (owed_0, owed_1))
        return self._replace(ticks=ticks, positions=self.positions.with_entry(key, position))

    def _receiving(self, amount_0: int, amount_1: int) -> Self:
        """This pool with more of each token, or less; it cannot pay what it does not hold."""
        return self._replace(reserves=pair("reserves", (self.reserves[0] + amount_0, self.reserves[1] + amount_1)))


def _least(owed: Pair, at_most: Pair | None) -> Pair:
    """What is owed, or what was asked for if that is less."""
    most_0, most_1 = owed if at_most is None else pair("at_most", at_most)
    return min(owed[0], most_0), min(owed[1], most_1)


def _protocol_shares(protocol_fee: int | Pair) -> Pair:
    """The n of one n-th of the fee, for each token paid in."""
    shares = protocol_fee if isinstance(protocol_fee, tuple) else (protocol_fee, protocol_fee)
    for number, share in enumerate(shares):
        if integer(f"protocol_fee[{number}]", share, 0, 10) in (1, 2, 3):
            raise ValueError(
                f"protocol_fee[{number}] = {share} is outside the allowed range: 0, or an integer from 4 to 10"
            )
    return pair("protocol_fee", shares)
