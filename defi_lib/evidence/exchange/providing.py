"""Does providing pay, and does it pay the small less? Readings P6c, X8a and X8b.

Arbitrageurs come once a block and pay the pool's fee; blocks come at even times; what they keep is the closed form of
:func:`~defi_lib.exchange.providing_rates`. A year is 365 days.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Proof, Registry
from defi_lib.evidence.gas import gas_cost
from defi_lib.evidence.unknowns import assumptions
from defi_lib.exchange import ConstantProductPool, arbitrage_outside, pool_divergence, providing_rates
from defi_lib.numerals import number, percent
from defi_lib.units import DAYS_PER_YEAR, SECONDS_PER_YEAR

EVIDENCE = Registry("exchange")

Array = NDArray[np.float64]

#: Of the pools of X8b: the fee of a trade, and the protocol's part of it (Uniswap v2, since December 2025).
FEE, PROTOCOL_PART = 0.003, 1 / 6

#: How the money of the large provider of X8b is spread.
POOLS, LARGE = 10, 1_000_000.0

#: Years that are drawn in each world.
YEARS = 1_024

#: A block a year of which arbitrageurs keep half, over the square of the fee in logarithms and the variance of a year:
#: ``κ·√λ·γ = σ`` with κ = √(2π)/1.46035, the denominator |ζ(1/2)| by the tables.
HALF_KEPT = SECONDS_PER_YEAR * 2 * float(np.pi) / 1.4603545088095868**2

_HALF = {"volatility": 0.8, "fee": -float(np.expm1(-0.004)), "block_time": HALF_KEPT * (0.004 / 0.8) ** 2}
_BUSY = 0.1 / DAYS_PER_YEAR / _HALF["fee"]

#: Fees of a year that the providers of X8b get, for each part of the pool that passers-by trade a day.
_PER_PASSER = (1 - PROTOCOL_PART) * FEE * DAYS_PER_YEAR

_GAS = {"size": 1_000.0, "gas_price": 25.0, "ether_price": 4_000.0, "pool_gas": 400_000.0}  # 40 USD
_STILL = {**_GAS, "volatility": 0.0, "correlation": 0.5, "block_time": 12.0}
#: Over the variance of a year: seconds between blocks with which arbitrageurs keep half.
_EVERY_SECOND = HALF_KEPT * float(np.log1p(-FEE)) ** 2
_SMALL = {**_GAS, "gas_price": 0.0, "volatility": 0.01, "correlation": 0.0, "block_time": _EVERY_SECOND / 1e-4}
_TOGETHER = {**_GAS, "pool_gas": 1e6, "volatility": 0.8, "correlation": 1.0, "block_time": _EVERY_SECOND / 0.64}


@EVIDENCE.model(
    "P6c",
    # Nobody trades, the price stands still, nothing pays interest: pool and drawer hold the same.
    placebos=[{"passers_by": 0.0, "volatility": 1e-9, "price": 1.0, "savings": 0.0}],
    controls=[
        # Some 13,600 blocks a year and a fee of 0.004 in logarithms: 1/(1 + 1.7165·116.5·0.004/0.8) = 1/2 of a loss of
        # 0.8²/8 = 8 % is kept by arbitrageurs, 4 % paid back. Passers-by pay 10 %, the protocol takes a quarter of
        # 14 %: 10 + 4 − 8 − 3.5 = 2.5 %, and the account pays 2 %.
        Control({**_HALF, "passers_by": _BUSY, "price": 1.0, "protocol_part": 0.25, "savings": 0.02}, 0.005),
        # At four times the price the drawer is worth 2.5, the pool 2, and 2 · 1.025: −45 %; less 2 %.
        Control({**_HALF, "passers_by": _BUSY, "price": 4.0, "protocol_part": 0.25, "savings": 0.02}, -0.47),
    ],
)
def passive_provider(
    passers_by: Array,
    volatility: Array,
    price: Array,
    fee: Array,
    protocol_part: Array,
    block_time: Array,
    savings: Array,
) -> Array:
    """Mean gain of a passive provider against the same coins in a drawer, less a safe rate (part a year).

    The mean of the price after a year is ``price``: the drawer is then worth ``(1 + price)/2``, the pool
    ``√price · (1 + net)``, where net are the fees less what arbitrageurs and the protocol keep.

    Args:
        passers_by: what they trade a day (part of the pool).
        volatility: of ether (ratio per √year).
        price: of ether after a year (times today's), on average.
        fee: of a trade (ratio).
        protocol_part: of the fees (ratio).
        block_time: seconds between two blocks, in each of which arbitrageurs may trade.
        savings: interest of the account (ratio a year).
    """
    blocks, volume = SECONDS_PER_YEAR / block_time, DAYS_PER_YEAR * passers_by
    rates = providing_rates(volatility, fee, blocks, volume, protocol_part, even=True)
    kept = pool_divergence(1.0, price)
    return kept.pool * (1 + rates.net) - kept.holding - savings


def drawer_or_pool(end: ArrayLike, passers_by: float, fee: float, protocol_part: float) -> dict[str, Any]:
    """What lesson 1.2 explores: a provider's result against the drawer by the price at the end of one year.

    Volatility and time between blocks are today's; arguments as in :func:`passive_provider`.

    >>> round(float(drawer_or_pool(2.0, 0.0, 0.003, 0.0)["Without fees"]), 4)
    -0.0572
    """
    known = assumptions("P6c", ("volatility", "block_time"))
    blocks, volume = SECONDS_PER_YEAR / known["block_time"].today, DAYS_PER_YEAR * passers_by
    rates = providing_rates(known["volatility"].today, fee, blocks, volume, protocol_part, even=True)
    kept = pool_divergence(1.0, np.asarray(end, float))
    with_fees = kept.pool * (1 + rates.fees_kept) / kept.holding - 1
    return {"Without fees": kept.impermanent_loss, "With fees": with_fees, "zero": 0.0}


@EVIDENCE.model(
    "X8b",
    # Ten pools that move as one are one pool, and entering costs nothing: both lose in the same years.
    placebos=[{"correlation": 1.0, "pool_gas": 0.0}],
    worlds=512,
    controls=[
        # The price stands still and gas costs 4 % of the small and 0.04 % of the large position: between the two lies
        # what fees bring, 1 % above or below one of them.
        Control({**_STILL, "passers_by": 1.01 * 0.04 / _PER_PASSER}, 0.0),
        Control({**_STILL, "passers_by": 0.99 * 0.04 / _PER_PASSER}, 1.0),
        Control({**_STILL, "passers_by": 1.01 * 0.0004 / _PER_PASSER}, 1.0),
        Control({**_STILL, "passers_by": 0.99 * 0.0004 / _PER_PASSER}, 0.0),
        # Small moves x lose x²/8. Arbitrageurs keep half, and fees bring 1.8307·σ²/8 in all: one pool loses if
        # χ² of one degree is above 1.8307 (17.6 %), ten if χ² of ten degrees is above 18.307 (5 %, by the tables).
        Control({**_SMALL, "passers_by": (1.8307 * 0.15 - 1 / 16) * 1e-4 / FEE / DAYS_PER_YEAR}, 0.126, within=0.08),
        # Fees bring 20 %, and ten pools move as one, by 80 % a year. With a cost of 10 % the pool loses where the root
        # of the price is outside 1.2 ± √0.24, with 0.1 % outside 1.2 ± √0.438: 36.77 and 15.07 % of the years (by Φ).
        Control({**_TOGETHER, "passers_by": 0.2 / FEE / DAYS_PER_YEAR}, 0.2171, within=0.005),
    ],
)
def losing_years_apart(
    size: Array,
    gas_price: Array,
    ether_price: Array,
    pool_gas: Array,
    volatility: Array,
    correlation: Array,
    passers_by: Array,
    block_time: Array,
) -> Array:
    """How much more often the small provider ends a year below holding than the large one (part of the years).

    Each of ten coins moves with the same volatility; any two with the ``correlation``. The small one stands in any
    one of their pools, the large one with a tenth of the money in each. Both pay the same gas per pool.

    Args:
        size: what the small one puts in (USD).
        gas_price: gwei.
        ether_price: USD.
        pool_gas: units of gas to enter a pool and to leave it.
        volatility: of each coin (ratio per √year).
        correlation: of the coins' logarithmic returns, in [0, 1].
        passers_by: what they trade a day (part of each pool).
        block_time: seconds between two blocks.
    """
    blocks, volume = SECONDS_PER_YEAR / block_time, DAYS_PER_YEAR * passers_by
    rates = providing_rates(volatility, FEE, blocks, volume, PROTOCOL_PART, even=True)
    cost = gas_cost(pool_gas, gas_price, ether_price)
    one, ten = cost / size, POOLS * cost / LARGE
    results = _against_holding(volatility, correlation, rates.fees_kept)
    small, total = np.zeros(len(size)), np.zeros((YEARS, len(size)))
    for result in results:
        small += np.mean(result < one, 0)
        total += result / POOLS
    return small / POOLS - np.mean(total < ten, 0)


def _against_holding(volatility: Array, correlation: Array, fees: Array) -> Iterator[Array]:
    """Result of each pool, as a part of what was put in: a row a year, a column a world.

    A pool ends at ``√r·(1 + fees)``, holding at ``(1 + r)/2``: the path brings the loss itself. The roots are those of
    the common move times those of each pool's own, which are the same numbers in other orders: two exponentials serve
    all pools.
    """
    even, orders = _years()
    common = np.exp(np.outer(even, np.sqrt(correlation) * volatility / 2) - volatility**2 / 4)
    own = np.exp(np.outer(even, np.sqrt(1 - correlation) * volatility / 2))
    for order in orders:
        root = common * own[order]
        yield root * (1 + fees - root / 2) - 0.5


@cache
def _years() -> tuple[Array, NDArray[np.intp]]:
    """Standard normal moves, evenly spread, and the order in which each pool meets them."""
    normal, rng = NormalDist(), np.random.default_rng(8)
    even = np.array([normal.inv_cdf((k + 0.5) / YEARS) for k in range(YEARS)])
    return even, np.stack([rng.permutation(YEARS) for _ in range(POOLS)])


@EVIDENCE.logic("X8a")
def same_part() -> Proof:
    """Put 100 dollars and ten million into one pool, let the price move, take them out, compare the losses."""
    sizes, ratios = np.array([100.0, 10e6]), np.geomspace(0.1, 10, 41)
    losses = np.array([_loss_of_parts(sizes, ratio) for ratio in ratios])
    gap = float(np.ptp(losses, axis=1).max())
    assert gap < 1e-12
    at_double = float(_loss_of_parts(sizes, 2.0)[0])
    says = (
        f"{number(sizes[0])} and {number(sizes[1])} dollars in one pool lose the same part at each of "
        f"{len(ratios)} prices, from a tenth to ten times the start: {percent(at_double, 3)} at the double. Each takes "
        "out the part of the pool that it put in, so the size cancels."
    )
    return Proof(False, says, "a pool took a fixed amount of every position, or served some of them first")


def _loss_of_parts(sizes: Array, ratio: float) -> Array:
    """Impermanent loss of positions of these sizes (USD) in a pool without fee that is arbitraged to the new price."""
    start = ConstantProductPool((10_000.0, 20e6), fee=0.0)
    moved = arbitrage_outside(start, 2_000.0 * ratio).pool
    parts = sizes / 40e6
    value, held = (pool.reserves[0] * 2_000.0 * ratio + pool.reserves[1] for pool in (moved, start))
    return np.asarray(1 - parts * value / (parts * held))
