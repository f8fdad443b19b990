"""Positions and ticks of the exact pool, and whether a contract can be in the state that they describe."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import Any, NamedTuple, TypeAlias, cast

from defi_lib.exchange.exact.price_range import MAX_LIQUIDITY
from defi_lib.exchange.pools.tick_rows import read_rows
from defi_lib.exchange.pools.tick_walk import PositionKey, position_key
from defi_lib.exchange.pools.ticks import MAX_TICK, MIN_TICK
from defi_lib.validation import integer

#: One integer for each token.
Pair: TypeAlias = tuple[int, int]


class ExactPosition(NamedTuple):
    """Liquidity of one owner in one range. Amounts in smallest units."""

    liquidity: int = 0
    fee_growth_inside_x128: Pair = (0, 0)  #: when the fees were last booked
    tokens_owed: Pair = (0, 0)  #: booked fees and removed liquidity, not yet collected


class ExactTick(NamedTuple):
    """A tick on which a position begins or ends."""

    liquidity_gross: int  #: sum of the liquidity of all positions that begin or end here
    liquidity_net: int  #: what is added when the price rises across it
    fee_growth_outside_x128: Pair = (0, 0)  #: on the side where the price is not


def checked_ticks(ticks: Any, spacing: int) -> dict[int, ExactTick]:
    """Ticks or rows of a snapshot in rising order, if they can be in use."""
    known = {}
    for tick, (gross, net, outside) in read_rows(ticks).items():
        if integer("tick in ticks", tick, MIN_TICK, MAX_TICK) % spacing:
            raise ValueError(f"tick in ticks = {tick} is not allowed: multiples of the tick spacing {spacing} are")
        most = integer(f"ticks[{tick}].liquidity_gross", cast(int, gross), 1, MAX_LIQUIDITY)
        net = integer(f"ticks[{tick}].liquidity_net", cast(int, net), -most, most)
        known[tick] = ExactTick(most, net, pair(f"ticks[{tick}].fee_growth_outside_x128", outside))
    highest = max(known, default=None)
    for tick, liquidity in zip(known, accumulate(each.liquidity_net for each in known.values()), strict=True):
        # Above the last tick nothing is left, or a tick is missing.
        integer(f"liquidity above tick {tick}", liquidity, 0, 0 if tick == highest else MAX_LIQUIDITY)
    return known


def checked_positions(
    positions: Mapping[PositionKey, ExactPosition], ticks: Mapping[int, ExactTick], spacing: int
) -> dict[PositionKey, ExactPosition]:
    """Positions that somebody else has put together, if the ticks carry their liquidity."""
    known = {}
    for (owner, lower, upper), (liquidity, inside, owed) in positions.items():
        key = position_key(lower, upper, owner, spacing)
        most = min(ticks[bound].liquidity_gross if bound in ticks else 0 for bound in key[1:])
        liquidity = integer(f"liquidity of {owner!r} from tick {lower} to {upper}", liquidity, 0, most)
        inside = pair("fee_growth_inside_x128", inside)
        known[key] = ExactPosition(liquidity, inside, pair("tokens_owed", owed, MAX_LIQUIDITY))
    return known


def pair(name: str, values: Pair, most: int = 2**256 - 1) -> Pair:
    """One integer for each token, checked."""
    value_0, value_1 = values
    return integer(f"{name}[0]", value_0, 0, most), integer(f"{name}[1]", value_1, 0, most)
