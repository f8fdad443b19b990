"""What arbitrage gives and takes, who does it, and whether moving a price pays. Readings P15a, X12a and X17a.

Without arbitrageurs a pool's price strays. Passers-by who compare then trade in the direction in which it is a bargain,
and otherwise elsewhere: they pull it back a little. What passers-by and providers do to each other leaves neither of
the two; what leaves them is the fee paid elsewhere, and what arbitrageurs keep.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.evidence.gas import gas_cost, todays_gas_cost
from defi_lib.evidence.unknowns import assumptions
from defi_lib.exchange import ConstantProductPool, least_gap, overshoot, price_gap
from defi_lib.figures import figure
from defi_lib.units import DAYS_PER_YEAR, SECONDS_PER_YEAR

EVIDENCE = Registry("exchange")

Array = NDArray[np.float64]

#: Both sides of the pool of P15a (USD).
POOL = 20e6

#: What a trade moves the logarithm of the price by, over the trade as a part of the pool's value.
_MOVED = 4

#: In place of a price that stands still, or of nobody who compares.
_NEARLY = 1e-9

#: Of the controls: what arbitrageurs wait for is worth 160 dollars of gas, and is as high as they pass it by chance.
_WAITED = 0.008
_GAS = {"gas_price": 100.0, "swap_gas": 400_000.0, "ether_price": 4_000.0}
#: A fee of 0.01 in logarithms; one of 3 %, and what is left to an edge at 0.04.
_LOW, _HIGH = float(-np.expm1(-0.01)), 0.03
_LEFT = 0.04 + float(np.log1p(-_HIGH))
#: Over which the density of the gap halves from 0.01 to 0.04, if it falls as e^(−x/s).
_SCALE = 0.03 / float(np.log(2))


def _block(passed: float) -> float:
    """Seconds between blocks in which a volatility of 80 % passes a far level by this height on average."""
    return (passed * 1.7165 / 0.8) ** 2 * SECONDS_PER_YEAR


@EVIDENCE.model(
    "P15a",
    # The price stands still outside, and no trade moves it: there is nothing to correct.
    placebos=[{"volatility": 1e-9, "impact": 0.0}],
    controls=[
        # Arbitrageurs stand at 0.01 + 1.25 · 0.008 = 0.02 (logarithms), where those who compare (eight pools a year)
        # would begin to leave. Without arbitrageurs half of the time lies beyond, and one of two directions leaves: a
        # quarter. Pushed back are 0.64/0.04 = 16 a year, a quarter of which is traded, each worth 0.01; of an impact
        # of 0.01 on ten pools a year half is kept. Half of all comes back.
        Control(
            {"passers_by": 10 / DAYS_PER_YEAR, "volatility": 0.8, "fee": _LOW, "block_time": _block(_WAITED),
             "exchange_fee": _LOW + 0.02, "stay": 0.2, "impact": 0.01, "returned": 0.5, **_GAS},
            8 * (_LOW + 0.02) / 4 - 0.5 * (16 / 4 * 0.01 + 10 * 0.01 / 2), within=1e-3,
        ),
        # The exchange is cheaper by 0.01 than the pool: within, nobody who compares comes, beyond, one direction does.
        # From 0.01 to the edge at 0.04 the density halves: the whole is 0.01 + s/2 with arbitrageurs, 0.01 + s without.
        Control(
            {"passers_by": 0.64 / 4 / _SCALE / 0.5 / DAYS_PER_YEAR, "volatility": 0.8, "fee": _HIGH,
             "block_time": _block(_LEFT), "exchange_fee": _HIGH - 0.01, "stay": 0.5, "impact": 0.02, "returned": 0.0,
             **_GAS, "gas_price": 0.0},
            0.16 / _SCALE * 0.02 * (_SCALE / 2 / (0.01 + _SCALE / 2) - _SCALE / (0.01 + _SCALE)) / 2
            - _LEFT * 0.16 / (0.01 + _SCALE / 2) / 4
            - 0.16 / _SCALE * (1 + _SCALE / 4 / (0.01 + _SCALE / 2)) * 0.0004 / (0.06 - _LEFT), within=1e-3,
        ),
    ],
)  # fmt: skip
def arbitrage_serves(
    passers_by: Array,
    volatility: Array,
    fee: Array,
    block_time: Array,
    exchange_fee: Array,
    stay: Array,
    impact: Array,
    returned: Array,
    gas_price: Array,
    swap_gas: Array,
    ether_price: Array,
) -> Array:
    """What arbitrageurs save passers-by and providers together, less what they keep of them (part of the pool a year).

    Args:
        passers_by: what they would trade a day (part of the pool).
        volatility: of ether (ratio per √year).
        fee: of the pool (ratio).
        block_time: seconds between two blocks, in each of which arbitrageurs may trade.
        exchange_fee: what a trade costs elsewhere (ratio).
        stay: part of the passers-by who trade in the pool whatever its price.
        impact: price impact of one of their trades (ratio).
        returned: part of the arbitrageurs' takings that auctions give back.
        gas_price: gwei.
        swap_gas: units of gas of a correction.
        ether_price: USD.
    """
    gas = gas_cost(swap_gas, gas_price, ether_price)
    saved, kept = given_and_taken(passers_by, volatility, fee, block_time, exchange_fee, stay, impact, gas)
    return saved - (1 - returned) * kept


def given_and_taken(
    passers_by: ArrayLike,
    volatility: ArrayLike,
    fee: ArrayLike,
    block_time: ArrayLike,
    exchange_fee: ArrayLike,
    stay: ArrayLike,
    impact: ArrayLike,
    gas: ArrayLike,
) -> tuple[Array, Array]:
    """What passers-by need not pay elsewhere thanks to arbitrageurs, and what these keep (parts of the pool a year).

    Args:
        passers_by, volatility, fee, block_time, exchange_fee, stay, impact: as in :func:`arbitrage_serves`.
        gas: of a correction (USD).
    """
    moving, elsewhere, own = np.maximum(volatility, _NEARLY), np.asarray(exchange_fee), np.asarray(fee)
    step = moving * np.sqrt(np.asarray(block_time) / SECONDS_PER_YEAR)
    earned, log_fee = overshoot(step, least_gap(np.asarray(gas) / POOL)), -np.log1p(-own)
    traded = DAYS_PER_YEAR * np.asarray(passers_by)
    comparing = traded * (1 - np.asarray(stay))
    pull = np.maximum(_MOVED * comparing / 2, _NEARLY)
    calm = np.maximum(elsewhere, own) - np.minimum(elsewhere, own)
    pushed = price_gap(moving, pull, calm, log_fee + earned)
    leaving = _leaving(pushed.beyond, elsewhere, own)
    alone = _leaving(price_gap(moving, pull, calm).beyond, elsewhere, own)
    of_traders = (traded - comparing * leaving) * np.square(impact) / (log_fee + impact)
    return comparing * (alone - leaving) * elsewhere, earned * pushed.pushed / _MOVED + of_traders


def with_arbitrageurs(
    elsewhere: ArrayLike, passers_by: float, volatility: float, fee: float, block_time: float, stay: float
) -> dict[str, Array]:
    """What lesson 1.5 explores: saved and taken by the price of a trade elsewhere; gas and impact are today's.

    >>> found = with_arbitrageurs(0.004, 0.04, 0.78, 0.003, 12.0, 0.5)
    >>> {name: round(float(part), 3) for name, part in found.items()}
    {'Saved': 0.004, 'Taken': 0.008}
    """
    impact, gas = assumptions("P15a", ("impact",))["impact"].today, todays_gas_cost("P15a", "swap_gas")
    saved, kept = given_and_taken(passers_by, volatility, fee, block_time, elsewhere, stay, impact, gas)
    return {"Saved": saved, "Taken": kept + 0 * saved}


def _leaving(beyond: ArrayLike, exchange_fee: Array, fee: Array) -> Array:
    """Part of those who compare that trades elsewhere: beyond the calm one direction of the two, within it none.

    Where the exchange asks less than the pool, all of them within.
    """
    half = np.asarray(beyond) / 2
    return np.where(exchange_fee >= fee, half, 1 - half)


@EVIDENCE.figures("X12a")
def three_arbitrageurs() -> Count:
    """What the three largest took of arbitrage between exchanges and pools."""
    value, volume = (figure(f"lvr.share_cex_dex_arbitrage_{what}") for what in ("value_top_three_searchers", "volume"))
    quarter = figure("lvr.share_cex_dex_arbitrage_value_top_three_searchers_q1")
    all_of_it, trades = figure("lvr.cex_dex_arbitrage_value_taken"), figure("lvr.cex_dex_arbitrage_trades_19")
    return Count(
        true=float(value.value) > 50,
        says=f"Nineteen did it on a large scale, in {float(trades.value) / 1e6:.1f} million trades, and took "
        f"{all_of_it.value} million USD; the three largest had {value.value:.0f} % of the value "
        f"({quarter.value:.0f} % in the first quarter of 2025, and {volume.value:.0f} % of the volume).",
        who="Counted by Wu, Sui, Thiery and Pai (arXiv:2507.13023), August 2023 to March 2025.",
        turns="the base is everybody who could have tried, or what the builders of blocks were paid is taken off first",
        sources=tuple(each.id for each in (value, volume, quarter, all_of_it, trades)),
        other="It is a share among those who do it at all; market makers elsewhere are few as well.",
    )


@EVIDENCE.model(
    "X17a",
    # Nobody else trades, and nothing costs anything: what went in comes out.
    placebos=[{"pool_fee": 0.0, "followers": 0.0, "back": 0.0, "seen": 0.0}],
    controls=[
        # One of each coin, no fee. The whale pays 1 and gets 1/2; followers pay 2: a quarter is left, beside 4. The
        # whale's half brings 4 · (1/2)/(3/4) = 8/3.
        Control({"purchase": 1.0, "pool_fee": 0.0, "followers": 2.0, "back": 0.0, "seen": 0.0}, 5 / 3),
        # Half of the way back, from 4 to 2: √½ beside √2, and the half brings √2 · ½/(√½ + ½) = 2 − √2.
        Control({"purchase": 1.0, "pool_fee": 0.0, "followers": 0.0, "back": 0.5, "seen": 0.0}, 1 - 2**0.5),
        # Half of every payment is fee. The whale pays 2 and gets 1/2: 1/2 beside 3, a price of 6. Arbitrageurs pay
        # √6 − 1, of which half counts, and leave 3 · ½/(√6/2) = √1.5 beside √6 − ½. The whale's quarter counts 1/8.
        Control(
            {"purchase": 2.0, "pool_fee": 0.5, "followers": 0.0, "back": 1.0, "seen": 0.5},
            1.5**0.5 * 0.125 / (6**0.5 - 0.5 + 0.125) / 2 - 1,
        ),
    ],
)
def whale_alone(purchase: Array, pool_fee: Array, followers: Array, back: Array, seen: Array) -> Array:
    """What a whale gains that buys into a pool and sells all again (part of what it paid).

    It buys; arbitrageurs bring the price a part of the way back; followers buy; it sells.

    Args:
        purchase: what it pays (parts of the pool's dollars).
        pool_fee: of a trade (ratio).
        followers: what they pay (parts of the pool's dollars).
        back: part of the way, in logarithms of the price, that arbitrageurs bring it back.
        seen: part of what it bought that an attacker takes, who saw the order.
    """
    even = np.ones_like(purchase)
    first = ConstantProductPool((even, even), fee=pool_fee).swap_exact_in(purchase, 1, 0)
    held = np.sqrt(first.pool.price()) ** back - 1  # what arbitrageurs sell, over what the pool holds
    corrected = first.pool.swap_exact_in(first.pool.reserves[0] * held / (1 - pool_fee)).pool
    followed = corrected.swap_exact_in(followers, 1, 0).pool
    return np.asarray(followed.swap_exact_in(first.amount_out * (1 - seen)).amount_out / purchase - 1)
