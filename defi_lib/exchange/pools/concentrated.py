"""Concentrated liquidity: the exchange of Uniswap v3, in which every provider chooses a price range."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Self

import numpy as np

from defi_lib.exchange.pools.pool import LiquidityChange, Swap, price_gaps
from defi_lib.exchange.pools.price_range import amounts_between, liquidity_for_amounts
from defi_lib.exchange.pools.tick_rows import float_rungs, read_rows
from defi_lib.exchange.pools.tick_walk import (
    Growth,
    Ladder,
    PoolState,
    Position,
    PositionKey,
    Ticks,
    fees_from,
    growth_inside,
    growth_since,
    position_key,
    select_growth,
    units_of,
    walk,
)
from defi_lib.exchange.pools.ticks import (
    HIGHEST_PRICE,
    LOWEST_PRICE,
    MAX_SQRT_PRICE,
    MAX_TICK,
    MIN_SQRT_PRICE,
    MIN_TICK,
    sqrt_price_at_tick,
    tick_position,
)
from defi_lib.frozen import FrozenDict, kept
from defi_lib.persistent import SharedDict
from defi_lib.rounding import above, rest, same, within
from defi_lib.validation import (
    Amount,
    Whole,
    at_least,
    between,
    broadcastable,
    non_negative,
    plain,
    positive,
    ratio,
    token_pair,
    whole,
)

#: Fee (ratio) and the tick spacing that goes with it.
FEE_TIERS = FrozenDict({0.0001: 1, 0.0005: 10, 0.003: 60, 0.01: 200})

#: More than any liquidity takes before a price limit (tokens).
_ENOUGH = 1e200

#: Who provides liquidity where it does not matter.
PROVIDER = "provider"

Pair = tuple[Amount, Amount]


class ConcentratedPool(PoolState):
    """Many positions, each with its liquidity in its own range; a trade uses those that its price passes through.

    A new pool has a price and no liquidity: add some. Prices and ticks are per unit in which the amounts are counted,
    whole tokens or a contract's smallest units. The price, the fees and every amount traded may be arrays with one
    entry per scenario: a trade then walks all scenarios over the ticks together. Ranges and liquidity are common
    to all scenarios.

    Args:
        price: of token 0 in token 1, within that of the ticks −887272 and 887272.
        fee: ratio of the amount paid in, in [0, 1). It is owed to the positions in range, and not put to work.
        tick_spacing: ranges begin and end on its multiples; see :data:`FEE_TIERS`.
        protocol_fee: part of the fee that goes to the protocol, in [0, 1), or one for each token paid in; the
            contract allows 0 and 1/4 to 1/10.
        positions: those that exist already; see :meth:`add_liquidity`.
        ticks: a snapshot of the ticks in use: rows of tick, net and perhaps gross liquidity, as a list of tuples or of
            dictionaries, a mapping from the tick, or a DataFrame with the names of a subgraph (``tickIdx``,
            ``liquidityNet``, ``liquidityGross``). The pool trades as the original does. Liquidity that no one of
            ``positions`` owns belongs to nobody: it stays. Without them, the ticks follow from the positions. Where the
            gross liquidity is not known, it is taken to be the least possible, ``|net|``.
        liquidity: in range, as the source of ``ticks`` states it: only compared with what they say.
        fee_growth_x128: fees per unit of liquidity so far, in multiples of 2⁻¹²⁸, for each token.
        fee_growth_outside_x128: the same on the far side of ticks in use, by tick; 0 if not given.
        protocol_fees: tokens owed to the protocol.
        reserves: tokens held; by default what the liquidity is made of, what positions have earned, and what is owed.
        tick: that of the price, or the one below if the price fell onto a tick and stopped; by default the first. A
            price that is a tick's to within rounding is on that tick.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Adams et al., *Uniswap v3 Core* (2021).
    The contract computes in integers, rounds every amount against the user and the root of the price to a multiple
    of 2⁻⁹⁶, and limits the liquidity that may begin or end on one tick. It fills a trade in part where liquidity
    ends; here that takes a ``price_limit``. The root of the price is one float here: amounts are right to 4e-16 of
    ``L·√P`` (token 1) or ``L/√P`` (token 0), which shows where a trade moves the price by less than 1e-7 (relative),
    and can decide whether a trade that ends on a tick crosses it. To the last unit there is
    :class:`~defi_lib.exchange.exact.concentrated.ExactConcentratedPool`.

    >>> pool = ConcentratedPool(2000.0).add_liquidity(75960, 76080, 1000.0).pool
    >>> round(pool.swap_exact_in(0.01).amount_out, 3)
    19.931
    >>> same_again = ConcentratedPool(2000.0, ticks=[(75960, 1000.0), (76080, -1000.0)], liquidity=1000.0)
    >>> same_again.swap_exact_in(0.01).amount_out == pool.swap_exact_in(0.01).amount_out
    True
    """

    __slots__ = ()

    def __new__(
        cls,
        price: Amount,
        fee: Amount = 0.003,
        tick_spacing: int = 60,
        protocol_fee: Amount | Pair = 0.0,
        *,
        positions: Mapping[PositionKey, Position] = FrozenDict(),
        ticks: Any = None,
        liquidity: Amount | None = None,
        fee_growth_x128: tuple[Growth, Growth] = (0, 0),
        fee_growth_outside_x128: Mapping[int, tuple[Growth, Growth]] = FrozenDict(),
        protocol_fees: Pair = (0.0, 0.0),
        reserves: Pair | None = None,
        tick: Whole | None = None,
    ) -> Self:
        """Check the arguments and build the pool."""
        root, tick = _on_tick(kept(between("price", price, LOWEST_PRICE, HIGHEST_PRICE)), tick)
        fee, spacing = kept(ratio("fee", fee)), at_least("tick_spacing", tick_spacing, 1)
        shares = _protocol_shares(protocol_fee)
        broadcastable(**{"price": root, "fee": fee, "protocol_fee[0]": shares[0], "protocol_fee[1]": shares[1]})
        owed, growth = _pair("protocol_fees", protocol_fees), (kept(fee_growth_x128[0]), kept(fee_growth_x128[1]))
        known = _positions(positions, spacing)
        used = _ticks(known, ticks, spacing, fee_growth_outside_x128)
        state = (root, tick, fee, spacing, shares, SharedDict(known), used)
        pool = super().__new__(cls, *state, growth, owed, (0.0, 0.0))
        if liquidity is not None:
            pool._check_liquidity(liquidity)
        if reserves is None:
            return pool._replace(reserves=(pool._held(0) + owed[0], pool._held(1) + owed[1]))
        return pool._replace(reserves=_pair("reserves", reserves))

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy and a pickle keep the state as it is."""
        return type(self)._make, (tuple(self),), getattr(self, "__dict__", None)

    def _replace(self, **fields: Any) -> Self:
        """This pool with some fields, already known to be valid, replaced; a subclass keeps what it added."""
        pool = super()._replace(**fields)
        if added := getattr(self, "__dict__", None):
            pool.__dict__.update(added)
        return pool

    @property
    def ladder(self) -> Ladder:
        """All ticks in use, the roots of their prices, and the liquidity between them."""
        return self.ticks.ladder()

    @property
    def liquidity(self) -> Amount:
        """Liquidity in range, √(token 0 · token 1)."""
        return self.ticks.liquidity_at(self.tick)

    def price(self, token: int = 0, quote: int = 1) -> Amount:
        """Marginal price of ``token`` in units of ``quote``, without fee."""
        token_pair(token, quote, 2)
        price = self.sqrt_price * self.sqrt_price
        return price if token == 0 else 1 / price

    def swap_exact_in(
        self, amount_in: Amount, token_in: int = 0, token_out: int = 1, price_limit: Amount | None = None
    ) -> Swap:
        """Sell exactly ``amount_in`` (tokens, >= 0), or less if the price comes to ``price_limit`` before.

        Args:
            amount_in: tokens of ``token_in``, fee included.
            token_in, token_out: 0 and 1, or 1 and 0.
            price_limit: of token 0 in token 1; below the price for token 0 in, above it for token 1 in.

        Raises:
            ValueError: a negative amount, a limit on the wrong side of the price, or, without a limit, more than the
                liquidity can pay for.
        """
        return self._swap(non_negative("amount_in", amount_in), token_in, token_out, price_limit, exact_in=True)

    def swap_exact_out(
        self, amount_out: Amount, token_in: int = 0, token_out: int = 1, price_limit: Amount | None = None
    ) -> Swap:
        """Buy exactly ``amount_out`` (tokens, >= 0), or less if the price comes to ``price_limit`` before.

        Arguments and errors as in :meth:`swap_exact_in`.
        """
        return self._swap(non_negative("amount_out", amount_out), token_in, token_out, price_limit, exact_in=False)

    def trade_to(self, price: Amount, token: int = 0, quote: int = 1, *, after_fee: bool = False) -> tuple[Swap, Swap]:
        """The trade that moves the price to ``price``, ``(bought, sold)``; contract and arguments as in ``Pool``.

        It walks to a price limit. The fee is not put to work and moves no price. Where no liquidity is, the price moves
        for nothing.

        Raises:
            ValueError: a price that is not positive or beyond all ticks, or a token that the pool does not have.

        >>> pool = ConcentratedPool(2000.0).add_liquidity(69060, 82920, 1000.0).pool
        >>> bought, sold = pool.trade_to(2100.0)
        >>> round(bought.amount_in, 3), sold.amount_in, round(sold.pool.price(), 9)
        (1107.721, 0.0, 2100.0)
        """
        token_pair(token, quote, 2, ("token", "quote"))
        up, down = price_gaps(self, price, token, quote, after_fee=after_fee)
        bought = self._to(up, quote)
        return bought, bought.pool._to(down, token)

    def with_fee(self, fee: Amount) -> Self:
        """The same pool with another fee (ratio, in [0, 1)) from now on; ``ValueError`` outside this range."""
        fee = kept(ratio("fee", fee))
        broadcastable(fee=fee, price=self.sqrt_price)
        return self._replace(fee=fee)

    def liquidity_for(self, amounts: Pair, tick_lower: int, tick_upper: int) -> Amount:
        """The most liquidity that both amounts (tokens) can pay for in a range at the pool's price.

        Raises:
            ValueError: a negative amount, or ticks that no position can have.
        """
        key = position_key(tick_lower, tick_upper, PROVIDER, self.tick_spacing)
        low, high = (sqrt_price_at_tick(tick) ** 2 for tick in key[1:])
        return liquidity_for_amounts(*amounts, self.price(), low, high)

    def add_liquidity(
        self, tick_lower: int, tick_upper: int, liquidity: float, owner: Hashable = PROVIDER
    ) -> LiquidityChange:
        """Pay for ``liquidity`` in a range; what the position has earned so far is booked.

        Args:
            tick_lower, tick_upper: ends of the range, multiples of the tick spacing.
            liquidity: L (√(token 0 · token 1)), > 0, one number; see :meth:`liquidity_for`.
            owner: whose position it is.

        Raises:
            ValueError: ticks that no position can have, or a liquidity that is not one positive number.
        """
        key = position_key(tick_lower, tick_upper, owner, self.tick_spacing)
        liquidity = _one("liquidity", positive("liquidity", liquidity))
        amounts = self._amounts(key, liquidity)
        pool = self._with_liquidity(key, liquidity, (0.0, 0.0))
        held_0, held_1 = (held + paid for held, paid in zip(self.reserves, amounts, strict=True))
        return LiquidityChange(self, pool._replace(reserves=(held_0, held_1)), amounts, liquidity)

    def remove_liquidity(
        self, tick_lower: int, tick_upper: int, liquidity: float, owner: Hashable = PROVIDER
    ) -> LiquidityChange:
        """Take ``liquidity`` out of a position; what it held and has earned is booked, for :meth:`collect` to pay.

        Removing 0 only books the fees.

        Raises:
            ValueError: a position without liquidity, or more than it has.
        """
        key, held = self._known(tick_lower, tick_upper, owner)
        if held.liquidity == 0:
            raise ValueError(f"owner = {owner!r} has no liquidity left from tick {tick_lower} to {tick_upper}")
        liquidity = _one("liquidity", within("liquidity", liquidity, 0.0, held.liquidity))
        amounts = self._amounts(key, liquidity)
        return LiquidityChange(self, self._with_liquidity(key, -liquidity, amounts), amounts, liquidity)

    def collect(
        self, tick_lower: int, tick_upper: int, owner: Hashable = PROVIDER, at_most: Pair | None = None
    ) -> LiquidityChange:
        """Pay out what is booked for a position (tokens), or as much of it as ``at_most``.

        As in the contract, fees since the last booking stay: :meth:`remove_liquidity` of 0 books them.

        Raises:
            ValueError: a position that does not exist, or a negative amount.
        """
        key, held = self._known(tick_lower, tick_upper, owner)
        owed_0, owed_1 = held.tokens_owed
        if at_most is not None:
            most_0, most_1 = _pair("at_most", at_most)
            owed_0, owed_1 = plain(np.minimum(owed_0, most_0)), plain(np.minimum(owed_1, most_1))
        left = (held.tokens_owed[0] - owed_0, held.tokens_owed[1] - owed_1)
        positions = self.positions.with_entry(key, held._replace(tokens_owed=left))
        pool = self._replace(positions=positions, reserves=self._less(owed_0, owed_1))
        return LiquidityChange(self, pool, (owed_0, owed_1), 0.0)

    def collect_protocol(self) -> LiquidityChange:
        """Pay out what is owed to the protocol (tokens); the contract keeps back one smallest unit of each."""
        pool = self._replace(protocol_fees=(0.0, 0.0), reserves=self._less(*self.protocol_fees))
        return LiquidityChange(self, pool, self.protocol_fees, 0.0)

    def with_protocol_fee(self, protocol_fee: Amount | Pair) -> Self:
        """The same pool with another part of the fee for the protocol, from now on."""
        return self._replace(protocol_fee=_protocol_shares(protocol_fee))

    def position_amounts(self, tick_lower: int, tick_upper: int, owner: Hashable = PROVIDER) -> Pair:
        """Tokens that the liquidity of a position is made of now, without fees.

        Raises:
            ValueError: a position that does not exist.
        """
        key, held = self._known(tick_lower, tick_upper, owner)
        return self._amounts(key, held.liquidity)

    def fees_earned(self, tick_lower: int, tick_upper: int, owner: Hashable = PROVIDER) -> Pair:
        """Tokens that a position has earned since its fees were last booked: liquidity times growth inside its range.

        Raises:
            ValueError: a position that does not exist.
        """
        key, held = self._known(tick_lower, tick_upper, owner)
        inside = self._growth_inside(key, self._outside(key))
        earned_0, earned_1 = (
            fees_from(growth_since(now, before), held.liquidity)
            for now, before in zip(inside, held.fee_growth_inside_x128, strict=True)
        )
        return earned_0, earned_1

    def _to(self, rise: Amount, token_in: int) -> Swap:
        """Pay ``token_in`` until the price of the other token has risen by the part ``rise`` (0: nothing)."""
        root = self.sqrt_price * (np.sqrt(1 + rise) if token_in == 1 else 1 / np.sqrt(1 + rise))
        reached = plain(within("√price", root, MIN_SQRT_PRICE, MAX_SQRT_PRICE))
        limit = plain(np.where(np.greater(rise, 0), reached, self.sqrt_price))
        return self._walked(plain(np.where(np.not_equal(limit, self.sqrt_price), _ENOUGH, 0.0)), token_in, True, limit)

    def _swap(self, amount: Amount, token_in: int, token_out: int, price_limit: Amount | None, exact_in: bool) -> Swap:
        token_pair(token_in, token_out, 2)
        limit = self._root_limit(price_limit, token_in)
        broadcastable(amount=amount, price=self.sqrt_price, fee=self.fee, price_limit=limit)
        return self._walked(amount, token_in, exact_in, limit, whole=price_limit is None)

    def _walked(self, amount: Amount, token_in: int, exact_in: bool, limit: Amount, *, whole: bool = False) -> Swap:
        """Trade until √price is ``limit``; if the amount must be filled as a whole, it is an error if it is not."""
        went = walk(self, amount, token_in, exact_in, limit)
        if whole and np.any(went.unfilled > 0):
            name, most = ("amount_in", went.paid) if exact_in else ("amount_out", went.received)
            between(name, amount, 0.0, plain(most))
        paid, received = plain(went.paid), plain(went.received)
        owed = list(self.protocol_fees)
        owed[token_in] = owed[token_in] + went.protocol_fee
        pool = self._replace(
            sqrt_price=plain(went.sqrt_price),
            tick=went.tick,
            ticks=went.ticks,
            fee_growth_x128=went.fee_growth_x128,
            protocol_fees=(owed[0], owed[1]),
            reserves=self._less(-paid, received) if token_in == 0 else self._less(received, -paid),
        )
        return Swap(self, pool, paid, received, plain(went.fee), token_in, 1 - token_in)

    def _root_limit(self, price_limit: Amount | None, token_in: int) -> Amount:
        """Root of the price at which a trade must stop."""
        if price_limit is None:
            return MIN_SQRT_PRICE if token_in == 0 else MAX_SQRT_PRICE
        broadcastable(price_limit=price_limit, price=self.sqrt_price)
        if token_in == 0:
            limit = between("price_limit", price_limit, LOWEST_PRICE, self.price(), high_open=True)
        else:
            limit = between("price_limit", price_limit, self.price(), HIGHEST_PRICE, low_open=True)
        root = np.clip(np.sqrt(limit), MIN_SQRT_PRICE, MAX_SQRT_PRICE)
        # A limit one float away may have the root of the price itself, and must not lie on its other side.
        return plain(np.minimum(root, self.sqrt_price) if token_in == 0 else np.maximum(root, self.sqrt_price))

    def _known(self, tick_lower: int, tick_upper: int, owner: Hashable) -> tuple[PositionKey, Position]:
        key = position_key(tick_lower, tick_upper, owner, self.tick_spacing)
        if key not in self.positions:
            raise ValueError(f"owner = {owner!r} has no position from tick {tick_lower} to {tick_upper}: add liquidity")
        return key, self.positions[key]

    def _amounts(self, key: PositionKey, liquidity: float) -> Pair:
        """Tokens in ``liquidity`` of a range."""
        low, high = sqrt_price_at_tick(key.tick_lower), sqrt_price_at_tick(key.tick_upper)
        amount_0, amount_1 = amounts_between(liquidity, self.sqrt_price, low, high)
        return plain(amount_0), plain(amount_1)

    def _outside(self, key: PositionKey) -> dict[int, tuple[Growth, Growth]]:
        """Growth outside of both ends of ``key``; by convention, a new tick has it all below."""
        start_0, start_1 = self.fee_growth_x128
        rungs = {tick: self.ticks.rung(tick) for tick in key[1:]}
        return {
            tick: (select_growth(tick <= self.tick, start_0, 0), select_growth(tick <= self.tick, start_1, 0))
            if rung is None
            else rung.fee_growth_outside_x128
            for tick, rung in rungs.items()
        }

    def _growth_inside(self, key: PositionKey, outside: Mapping[int, tuple[Growth, Growth]]) -> tuple[Growth, Growth]:
        _, lower, upper = key
        inside_0, inside_1 = (
            growth_inside(
                self.tick, self.fee_growth_x128[token], lower, upper, (outside[lower][token], outside[upper][token])
            )
            for token in (0, 1)
        )
        return inside_0, inside_1

    def _with_liquidity(self, key: PositionKey, change: float, removed: Pair) -> Self:
        """This pool with more or less liquidity in a position, its fees and what was removed booked."""
        held, outside = self.positions.get(key, Position()), self._outside(key)
        inside = self._growth_inside(key, outside)
        owed_0, owed_1 = (
            owed + fees_from(growth_since(now, before), held.liquidity) + taken
            for owed, now, before, taken in zip(
                held.tokens_owed, inside, held.fee_growth_inside_x128, removed, strict=True
            )
        )
        liquidity = held.liquidity + change if change >= 0 else float(rest(held.liquidity, -change))
        ticks = self.ticks.with_change(key, units_of(liquidity) - units_of(held.liquidity), outside)
        positions = self.positions.with_entry(key, Position(liquidity, inside, (owed_0, owed_1)))
        return self._replace(positions=positions, ticks=ticks)

    def _held(self, number: int) -> Amount:
        """All liquidity as tokens of one kind, with the fees of the positions and what is booked for them."""
        total: Amount = 0.0
        _, roots, liquidity = self.ladder
        for low, high, here in zip(roots, roots[1:], liquidity, strict=False):
            total = total + amounts_between(here, self.sqrt_price, low, high)[number]
        for key, held in self.positions.items():
            earned = self.fees_earned(key.tick_lower, key.tick_upper, key.owner)
            total = total + earned[number] + held.tokens_owed[number]
        return plain(total)

    def _check_liquidity(self, stated: Amount) -> None:
        """An error where the ticks say something else than their source."""
        if not np.all(same(non_negative("liquidity", stated), self.liquidity)):
            raise ValueError(
                f"liquidity = {stated} does not fit: the net liquidity of all ticks up to {self.tick} is "
                f"{self.liquidity}"
            )

    def _less(self, amount_0: Amount, amount_1: Amount) -> Pair:
        """Reserves after paying out; only rounding could take them below zero."""
        left_0, left_1 = (
            np.maximum(held - out, 0.0) for held, out in zip(self.reserves, (amount_0, amount_1), strict=True)
        )
        return plain(left_0), plain(left_1)


def _on_tick(price: Amount, tick: Whole | None) -> tuple[Amount, Whole]:
    """Root and tick of a price; without a known tick, a price that is a tick's to within rounding is on it."""
    root, position = np.sqrt(price), tick_position(price)
    first = np.minimum(np.floor(position), MAX_TICK - 1).astype(np.int64)
    known = first if tick is None else np.asarray(whole("tick", tick, MIN_TICK - 1, MAX_TICK))
    low, high = (sqrt_price_at_tick(np.clip(known + more, MIN_TICK, MAX_TICK)) for more in (0, 1))
    inside = np.where((position == first) & (tick is None), low, np.clip(root, low, high))
    fits = (known == first) | np.asarray(same(inside, root))
    if not np.all(fits):
        raise ValueError(
            f"tick = {tick} does not fit the price: allowed are {first} and, for a price on it, the tick below"
        )
    return kept(plain(inside)), int(known) if known.ndim == 0 else kept(known)


def _positions(positions: Mapping[PositionKey, Position], spacing: int) -> dict[PositionKey, Position]:
    """Positions that somebody else has put together, checked."""
    known = {}
    for (owner, lower, upper), (liquidity, growth, owed) in positions.items():
        liquidity = _one("liquidity", non_negative("liquidity", liquidity))
        growth = kept(growth[0]), kept(growth[1])
        known[position_key(lower, upper, owner, spacing)] = Position(liquidity, growth, _pair("tokens_owed", owed))
    return known


def _ticks(
    positions: Mapping[PositionKey, Position],
    snapshot: Any,
    spacing: int,
    outside: Mapping[int, tuple[Growth, Growth]],
) -> Ticks:
    """The ticks of a snapshot, which must carry the positions; or those that the positions use."""
    owned = Ticks()
    for key, held in positions.items():
        if held.liquidity > 0:
            start = {tick: outside.get(tick, (0, 0)) for tick in key[1:]}
            owned = owned.with_change(key, units_of(held.liquidity), start)
    if snapshot is None:
        return owned
    used = Ticks(float_rungs(read_rows(snapshot), spacing, outside, units_of))
    for tick, known in owned.items():
        most = used[tick].liquidity_gross if tick in used else 0.0
        if above(known.liquidity_gross, most):
            raise ValueError(
                f"positions have the liquidity {known.liquidity_gross} on tick {tick}: allowed is what ticks say, at "
                f"most {most}"
            )
    return used


def _pair(name: str, amounts: Pair) -> Pair:
    """One amount of each token, checked."""
    return kept(non_negative(f"{name}[0]", amounts[0])), kept(non_negative(f"{name}[1]", amounts[1]))


def _one(name: str, value: Amount) -> float:
    """``value`` if it is one number and not one for each scenario."""
    if np.ndim(value):
        raise ValueError(f"{name} has the shape {np.shape(value)}: allowed is one number, common to all scenarios")
    return float(value)


def _protocol_shares(protocol_fee: Amount | Pair) -> Pair:
    """One part of the fee for each token paid in."""
    if isinstance(protocol_fee, tuple):
        return kept(ratio("protocol_fee[0]", protocol_fee[0])), kept(ratio("protocol_fee[1]", protocol_fee[1]))
    share = kept(ratio("protocol_fee", protocol_fee))
    return share, share
