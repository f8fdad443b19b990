"""Do passive providers in a range lose to informed traders, and what follows if professionals earn more? X21b, X1b.

A range multiplies what a position earns and loses by the same number. What decides is therefore not its width. All
trading pays the fee; of the loss versus rebalancing arbitrageurs pay a part back as fees, and they are a part of all
trading: so all fees are what comes back, divided by that part. Who was counted so once goes on to trade as much when
blocks come faster or prices move otherwise: only the informed follow the price.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.exchange.providing import HALF_KEPT
from defi_lib.evidence.gas import gas_cost
from defi_lib.evidence.unknowns import assumptions
from defi_lib.exchange import arbitrage_part_with_jumps, concentrated_lvr_rate
from defi_lib.measures import top_share
from defi_lib.units import SECONDS_PER_YEAR

EVIDENCE = Registry("exchange")

Array = NDArray[np.float64]

#: Of a hundred providers of Uniswap v3 so many are professionals (BIS 2024: 93 % are private people).
PROFESSIONALS, PRIVATE = 7, 93

#: Between a quarter and four times the price a position does twice what a full-range one does: σ²/4 = 16 % a year.
_RANGE = {"volatility": 0.8, "reach": 4.0}

#: What decides how much the informed trade; passers-by do not look at it.
_MOVES = ("jumps", "jump", "volatility", "block_time")


class YearInRange(NamedTuple):
    """Where the money of a position goes in a year in its range, as parts of the position."""

    loss: Array  #: to those who trade at old prices, before any fee
    arbitrage_fees: Array  #: that these pay
    other_fees: Array  #: that all others pay
    protocol: Array  #: what the protocol keeps of both fees

    @property
    def fees_kept(self) -> Array:
        """What the provider gets of all fees."""
        return self.arbitrage_fees + self.other_fees - self.protocol

    @property
    def net(self) -> Array:
        """What the provider gains on average, against rebalancing."""
        return self.fees_kept - self.loss


def year_in_range(
    informed: ArrayLike,
    jumps: ArrayLike,
    jump: ArrayLike,
    volatility: ArrayLike,
    protocol_part: ArrayLike,
    fee: ArrayLike,
    block_time: ArrayLike,
    reach: ArrayLike,
    counted: Mapping[str, float] | None = None,
) -> YearInRange:
    """What a passive position earns and loses in a year, as long as the price stays in the middle of its range.

    Args:
        informed: arbitrageurs' part of all trading in the pool, in (0, 1], in the world ``counted``.
        jumps: the part of the price's variance that comes in jumps.
        jump: their size (ratio of the price).
        volatility: of ether (ratio per √year), jumps included.
        protocol_part: of all fees (ratio).
        fee: of a trade (ratio).
        block_time: seconds between two blocks.
        reach: upper end of the range over the price, which stands at the same factor above its lower end.
        counted: jumps, jump, volatility and block_time of the world in which ``informed`` was counted; these, if not
            given. Passers-by trade as much here as there.

    >>> year = year_in_range(0.5, 0.0, 0.01, 0.8, 0.0, 0.003, 12.0, 4.0)
    >>> round(float(year.loss), 4), round(float(year.net), 4)
    (0.16, 0.1321)
    """
    here = {"jumps": jumps, "jump": jump, "volatility": volatility, "block_time": block_time}
    loss, back = _loss_and_back(fee=fee, reach=reach, **here)
    then = _loss_and_back(fee=fee, reach=reach, **(counted or here))[1]
    others = then * (1 / np.asarray(informed) - 1)
    return YearInRange(loss, back, others, (back + others) * np.asarray(protocol_part))


def _loss_and_back(
    jumps: ArrayLike, jump: ArrayLike, volatility: ArrayLike, block_time: ArrayLike, fee: ArrayLike, reach: ArrayLike
) -> tuple[Array, Array]:
    """What a position loses at old prices in a year, and what of it comes back as fees (parts of the position)."""
    loss = np.asarray(concentrated_lvr_rate(1.0, 1 / np.asarray(reach), reach, volatility))
    moving = np.where(np.asarray(volatility) > 0, volatility, 1.0)  # where the price stands still, nothing is lost
    kept = arbitrage_part_with_jumps(
        moving, -np.log1p(-np.asarray(fee)), SECONDS_PER_YEAR / np.asarray(block_time), jumps, np.log1p(jump)
    )
    return loss, loss * (1 - kept)


def counted_today() -> dict[str, float]:
    """How prices and blocks move in the world in which today's informed traders were counted."""
    return {name: each.today for name, each in assumptions("X21b", _MOVES).items()}


@EVIDENCE.model(
    "X21b",
    # The pool's price is never old: nobody knows more than it does, and nobody else trades.
    placebos=[{"block_time": 1e-30, "jumps": 0.0, "protocol_part": 0.0, "informed": 1.0}],
    controls=[
        # Only the informed trade. They keep half of 16 % and pay 8 %, of which the protocol takes a quarter: 16 − 6.
        Control(
            {**_RANGE, "informed": 1.0, "jumps": 0.0, "jump": 0.01, "protocol_part": 0.25,
             "fee": -float(np.expm1(-0.004)), "block_time": HALF_KEPT * (0.004 / 0.8) ** 2}, 0.1,
        ),
        # Jumps of twice the fee (in logarithms) only: a third of 16 % is kept, the rest comes back.
        Control(
            {**_RANGE, "informed": 1.0, "jumps": 1.0, "jump": float(np.expm1(0.01)), "protocol_part": 0.0,
             "fee": -float(np.expm1(-0.005)), "block_time": 12.0}, 0.16 / 3,
        ),
        # So high a fee that nearly all comes back, today too: 0.78²/4 of the position, for a quarter of the trading.
        # Others pay three times as much, whatever the volatility is now: 1.6²/4 are lost and come back.
        Control(
            {**_RANGE, "volatility": 1.6, "informed": 0.25, "jumps": 0.0, "jump": 0.01, "protocol_part": 0.25,
             "fee": -float(np.expm1(-4.0)), "block_time": 12.0}, 0.64 - 0.75 * (0.64 + 3 * 0.1521), within=2e-3,
        ),
    ],
)  # fmt: skip
def lost_to_the_informed(
    informed: Array,
    jumps: Array,
    jump: Array,
    volatility: Array,
    protocol_part: Array,
    fee: Array,
    block_time: Array,
    reach: Array,
) -> Array:
    """What a passive position loses to arbitrageurs, less the fees that it gets (part of the position, a year).

    Arguments as in :func:`year_in_range`; ``informed`` is counted in today's blocks and prices.
    """
    world = informed, jumps, jump, volatility, protocol_part, fee, block_time, reach
    return -year_in_range(*world, counted=counted_today()).net


def range_by_width(
    reach: ArrayLike, informed: float, fee: float, block_time: float, jumps: float, protocol_part: float
) -> dict[str, Array]:
    """What lesson 1.3 explores: fees and losses of a year by the width of the range; the rest is today's.

    The informed are counted at today's blocks and jumps; passers-by trade as much at others.

    >>> year = range_by_width(4.0, 0.5, 0.003, 12.0, 0.0, 0.0)
    >>> round(float(year["All fees"]), 2), round(float(year["Lost"]), 2)
    (0.28, 0.15)
    """
    then = counted_today()
    now = then | {"jumps": jumps, "block_time": block_time}
    year = year_in_range(informed, protocol_part=protocol_part, fee=fee, reach=reach, **now, counted=then)
    return {"All fees": year.fees_kept, "Lost": year.loss, "net": year.net}


_EQUAL = {"held": 0.5, "spread": 0.0, "closing": 0.5, "added": 0.0}


@EVIDENCE.model(
    "X1b",
    placebos=[{"extra": 0.0, "added": 0.0}],  # all earn the same
    controls=[
        # Seven professionals hold half, ninety-three private people of one size the rest: the richest tenth are all
        # professionals and three of them, a thirty-first of the private money. In one year half becomes 0.55.
        Control(
            {**_EQUAL, "extra": 0.1, "left_in": 1.0, "years": 1.0}, (0.55 + 0.5 / 31) / 1.05 - (0.5 + 0.5 / 31),
        ),
        # Half of the extra 20 % is left in: 1.1 in the first year, and of the half that does not close 1.05 in the
        # second, of which half has passed.
        Control(
            {**_EQUAL, "extra": 0.2, "left_in": 0.5, "years": 1.5, "added": 0.21},
            (0.55 * 1.05**0.5 + 0.5 * 1.21**1.5 / 31) / (0.55 * 1.05**0.5 + 0.5 * 1.21**1.5) - (0.5 + 0.5 / 31),
        ),
        # Private positions with a spread of 1: the largest 3 of 93 hold 1 − Φ(1.848 − 1) = 19.8 % of the private money.
        Control(
            {**_EQUAL, "spread": 1.0, "extra": 0.1, "left_in": 1.0, "years": 1.0},
            (0.55 + 0.5 * 0.198) / 1.05 - (0.5 + 0.5 * 0.198), within=0.02,
        ),
    ],
)  # fmt: skip
def richest_tenth(
    extra: Array, held: Array, closing: Array, left_in: Array, added: Array, spread: Array, years: Array
) -> Array:
    """How much more of all the money the richest tenth of the providers has after some years (part of the money).

    What all earn alike cancels: only the difference counts.

    Args:
        extra: what professionals earn more than private people (ratio a year).
        held: professionals' part of the money today.
        closing: what each year closes of the gap (ratio).
        left_in: what professionals leave in of the extra gain (ratio).
        added: what private people bring from outside, less what they spend (ratio of their money, a year).
        spread: of private positions (standard deviation of the logarithm).
        years: how long this goes on.
    """
    ahead = extra_growth(extra, closing, left_in, years) / (1 + added) ** years
    return _tenth(holdings(held, spread, ahead)) - _tenth(holdings(held, spread, np.ones_like(ahead)))


def extra_growth(extra: ArrayLike, closing: ArrayLike, left_in: ArrayLike, years: ArrayLike) -> Array:
    """What professionals' money becomes beside private money that earns the same without the extra rate.

    Each year what is left of the gap and left in is added; of the last year only the part that has passed.

    >>> round(float(extra_growth(0.1, 0.0, 1.0, 2.0)), 2)
    1.21
    """
    time, gap = np.asarray(years, float), np.asarray(extra) * np.asarray(left_in)
    begun = np.arange(np.ceil(time.max())).reshape(-1, *(1 for _ in time.shape))
    rates = np.asarray(gap * (1 - np.asarray(closing)) ** begun)
    return np.asarray(np.prod((1 + rates) ** np.clip(time - begun, 0, 1), axis=0))


def tenth_over_time(years: ArrayLike, extra: float, closing: float, left_in: float, held: float) -> dict[str, Array]:
    """Professionals' and the richest tenth's part of all the money by the year; the rest is today's.

    >>> part = tenth_over_time(10.0, 0.0, 0.0, 1.0, 0.8)
    >>> round(float(part["Professionals"]), 2), round(float(part["gain"]), 2)
    (0.8, 0.0)
    """
    time = np.asarray(years, float)
    part, spread = np.full(time.shape, held), np.full(time.shape, assumptions("X1b", ("spread",))["spread"].today)
    money = holdings(part, spread, extra_growth(extra, closing, left_in, time))
    tenth, before = _tenth(money), _tenth(holdings(part, spread, np.ones(time.shape)))
    professionals = np.asarray(money[:PROFESSIONALS].sum(0) / money.sum(0))
    return {"Professionals": professionals, "Richest tenth": tenth, "gain": tenth - before}


def gas_of_moving(size: ArrayLike, moves: float, gas_price: float, ether_price: float) -> dict[str, Array]:
    """What lesson 1.6 explores: gas to move a range so many times a year, as a part of the position.

    A move leaves one range and enters another, for as much gas as X8b has to enter a pool and to leave it.

    >>> float(gas_of_moving(10_000.0, 100, 25.0, 4_000.0)["Gas"])
    0.4
    """
    units = assumptions("X8b", ("pool_gas",))["pool_gas"].today
    cost = gas_cost(units, gas_price, ether_price)
    return {"Gas": np.asarray(moves * cost / np.asarray(size)), "a move": cost}


def holdings(held: ArrayLike, spread: ArrayLike, ahead: ArrayLike) -> Array:
    """What each provider holds (along the first axis), seven professionals first, whose part has grown ``ahead`` times.

    Private people's positions are lognormal, and all of them together hold ``1 - held``; all three have one shape.

    >>> some = holdings(0.7, 0.0, 1.0)
    >>> len(some), round(float(some[0]), 3), round(float(some[-1]), 4)
    (100, 0.1, 0.0032)
    """
    part, grown = np.asarray(held, float), np.asarray(ahead, float)
    sizes = np.exp(np.multiply.outer(_private(), spread))
    private = sizes * ((1 - part) / sizes.sum(0))
    large = np.broadcast_to(part * grown / PROFESSIONALS, (PROFESSIONALS, *part.shape))
    return np.concatenate([large, private])


def _tenth(money: Array) -> Array:
    return np.asarray(top_share(money, fraction=0.1, axis=0))


@cache
def _private() -> Array:
    """Private positions in logarithms, evenly spread: each stands for one in ninety-three."""
    return np.array([NormalDist().inv_cdf((k + 0.5) / PRIVATE) for k in range(PRIVATE)])
