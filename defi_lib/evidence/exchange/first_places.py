"""Do providers gain where the first place in each block is auctioned and the pool is paid for it? Reading P15c.

Arbitrageurs bid for being first in any pool. In an ordinary one who builds the block gets what they bid; here the pool
does. Each pool asks the fee that is best for its providers; what passers-by trade falls where it rises.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.exchange.providing import HALF_KEPT
from defi_lib.evidence.gas import gas_cost, todays_gas_cost
from defi_lib.evidence.unknowns import assumptions
from defi_lib.exchange import (
    BlockRun,
    ConstantProductPool,
    best_fee,
    first_place,
    trade_batches,
    trade_blocks,
    willing_volume,
)
from defi_lib.ledger import Ledger
from defi_lib.units import DAYS_PER_YEAR, SECONDS_PER_YEAR

EVIDENCE = Registry("exchange")

Array = NDArray[np.float64]

#: Both sides of the pool (USD), and the fee at which passers-by trade what is assumed.
POOL, AT_FEE = 20e6, 0.003

#: Nearly nothing, in place of a jump that never comes.
_NO_JUMP = 1e-9


def gain_at(
    fee: ArrayLike,
    returned: ArrayLike,
    passers_by: ArrayLike,
    elsewhere: ArrayLike,
    volatility: ArrayLike,
    block_time: ArrayLike,
    gas: ArrayLike,
    jumps: ArrayLike,
    jump: ArrayLike,
) -> Array:
    """What providers gain against rebalancing (part of the pool a year) at a fee.

    Args:
        fee: of the pool (ratio).
        returned: part of what the first place is worth that comes back to them.
        passers_by: what they trade a day (part of the pool) at a fee of 0.3 %.
        elsewhere: mean cost of a trade elsewhere (ratio).
        volatility: of ether (ratio per √year), jumps included.
        block_time: seconds between two blocks.
        gas: of a correction (USD).
        jumps: the part of the price's variance that comes in jumps.
        jump: their size (ratio of the price).
    """
    volume = DAYS_PER_YEAR * np.asarray(willing_volume(fee, passers_by, AT_FEE, elsewhere))
    blocks, size = SECONDS_PER_YEAR / np.asarray(block_time), np.log1p(np.maximum(jump, _NO_JUMP))
    place = first_place(volatility, fee, blocks, np.asarray(gas) / POOL, jumps, size)
    return np.asarray(fee * volume - place.taken + returned * place.gain)


# Blocks so far apart that no fee matters: all of 0.8²/8 = 8 % is taken.
_FAR_APART = {
    "passers_by": 0.04, "volatility": 0.8, "exchange_fee": 0.004, "jumps": 0.0, "jump": 0.01, "bid": 0.5,
    "gas_price": 0.0, "swap_gas": 0.0, "auction_gas": 0.0, "ether_price": 4_000.0, "block_time": 1e24,
}  # fmt: skip
# So many passers-by that both pools ask what is best for them alone: the mean cost of a trade elsewhere, 0.004 in
# logarithms. Of so many blocks arbitrageurs keep half.
_MEAN = -float(np.expm1(-0.004))
_BUSY = _FAR_APART | {"passers_by": 300.0, "exchange_fee": _MEAN, "block_time": HALF_KEPT * (0.004 / 0.8) ** 2}
# Gas of 100 dollars is waited for up to √(8 · 5e-6) = 0.006325; with small steps of the price each correction burns
# all that it takes, half of that on average: of 8 %, 0.003162/0.007162, and of 400 dollars 0.006325/0.010325.
_DEAR = _BUSY | {"gas_price": 100.0, "swap_gas": 250_000.0, "auction_gas": 750_000.0, "block_time": 1e-12}
_ONE, _FOUR = (0.08 * half / (0.004 + half) for half in (0.00001**0.5, 0.00004**0.5))
# Jumps only, of twice the fee: a third of 8 % is kept; with half of the variance in jumps half of each.
_JUMPS = _BUSY | {"jumps": 1.0, "jump": float(np.expm1(0.008))}


@EVIDENCE.model(
    "P15c",
    placebos=[
        {"bid": 0.0, "auction_gas": 0.0},  # nothing is bid, and the auction costs nothing
        {"volatility": 1e-9},  # the price stands still: there is nothing to bid for
    ],
    controls=[
        Control(_FAR_APART, 0.5 * 0.08),
        Control(_BUSY, 0.5 * 0.08 / 2, within=1e-3),
        Control(_DEAR, _ONE - _FOUR, within=2e-3),
        Control(_JUMPS, 0.5 * 0.08 / 3, within=1e-3),
        # With 40 dollars of gas a gap of 0.004 waits, 0.002 on average: 6,400 jumps of 0.01 a year are corrected by
        # 0.006 on average, 4.8e-5 squared. Half of this, after gas, is bid; other corrections earn their gas.
        Control(
            _JUMPS | {"gas_price": 40.0, "swap_gas": 250_000.0, "jump": float(np.expm1(0.01))},
            0.5 * 6_400 * (4.8e-5 / 8 - 2e-6), within=1e-3,
        ),
    ],
)  # fmt: skip
def auctioned_first(
    passers_by: Array,
    volatility: Array,
    exchange_fee: Array,
    jumps: Array,
    jump: Array,
    bid: Array,
    gas_price: Array,
    swap_gas: Array,
    auction_gas: Array,
    ether_price: Array,
    block_time: Array,
) -> Array:
    """What providers gain more where the first place is auctioned for them (part of the pool a year).

    Args:
        passers_by, volatility, jumps, jump, block_time: as in :func:`gain_at`.
        exchange_fee: mean cost of a trade elsewhere (ratio).
        bid: part of what the first place is worth, after gas, that rivals bid.
        gas_price: gwei.
        swap_gas: units of gas of a correction.
        auction_gas: units that the auction adds to it.
        ether_price: USD.
    """
    market = (passers_by, exchange_fee, volatility, block_time)

    def best(returned: Array, units: Array) -> Array:
        gas = gas_cost(units, gas_price, ether_price)
        return np.asarray(best_fee(lambda fee: gain_at(fee, returned, *market, gas, jumps, jump), np.shape(bid))[1])

    return best(bid, swap_gas + auction_gas) - best(np.zeros_like(bid), swap_gas)


def gain_by_fee(
    fee: ArrayLike, bid: float, elsewhere: float, block_time: float, volatility: float
) -> dict[str, ArrayLike]:
    """What lesson 1.9 explores: what providers gain by the pool's fee; the rest is today's.

    >>> year = gain_by_fee(0.003, 0.615, 0.004, 12.0, 0.78)
    >>> {name: round(float(part), 3) for name, part in year.items()}
    {'Never old': 0.044, 'Auctioned': 0.039, 'Ordinary': 0.034, 'given back': 0.005}
    """
    known = {name: each.today for name, each in assumptions("P15c", ("passers_by", "jumps", "jump")).items()}
    market = (known["passers_by"], elsewhere, volatility, block_time)
    gas = todays_gas_cost("P15c", "swap_gas")
    more = gas + todays_gas_cost("P15c", "auction_gas")
    never = gain_at(fee, 0.0, known["passers_by"], elsewhere, 0.0, block_time, 0.0, 0.0, 0.0)
    ordinary = gain_at(fee, 0.0, *market, gas, known["jumps"], known["jump"])
    auctioned = gain_at(fee, bid, *market, more, known["jumps"], known["jump"])
    return {"Never old": never, "Auctioned": auctioned, "Ordinary": ordinary, "given back": auctioned - ordinary}


def following_fee(calm: float, wild: float) -> float:
    """What a fee that follows the volatility brings providers more than the best fee for both times (a year).

    Half of the time is calm, half wild; passers-by come alike. The pool is ordinary; the rest is today's.

    >>> following_fee(0.7, 0.7) < 1e-6 < following_fee(0.4, 1.2) < 0.01
    True
    """
    names = ("passers_by", "exchange_fee", "block_time", "jumps", "jump")
    passers_by, elsewhere, block_time, *jumps = (each.today for each in assumptions("P15c", names).values())
    rest = (block_time, todays_gas_cost("P15c", "swap_gas"), *jumps)

    def net(fee: Array, volatility: Any) -> Array:
        return gain_at(fee, 0.0, passers_by, elsewhere, volatility, *rest)

    both = best_fee(lambda fee: (net(fee, calm) + net(fee, wild)) / 2)[1]
    each = np.mean([best_fee(lambda fee, sigma=sigma: net(fee, sigma))[1] for sigma in (calm, wild)])
    return float(each - both)


#: Who is who in :func:`three_pools`, and how many watches a day has.
PARTIES = ("passers-by", "providers", "arbitrageurs", "builders of blocks", "network")
WATCHES = 3


def three_pools(fee: float = 0.003, rivals: int = 3, watches: int = 96) -> dict[str, Ledger]:
    """An average day in an ordinary pool, in one with an auction, and in one with one price: the same blocks in all.

    Prices move and jump as P15c assumes today, and so much is bid; in each block one of the passers-by buys or sells.
    The average is over so many watches of eight hours each.

    >>> from defi_lib.ledger import who_profits
    >>> ledgers = three_pools(watches=2)
    >>> list(ledgers), float(who_profits(ledgers["auctioned"]).loc["builders of blocks", "total"])
    (['ordinary', 'auctioned', 'one price'], 0.0)
    """
    names = ("passers_by", "volatility", "block_time", "jumps", "jump", "bid")
    known = {name: each.today for name, each in assumptions("P15c", names).items()}
    day = SECONDS_PER_YEAR / DAYS_PER_YEAR / known["block_time"]  # blocks
    rng, shape = np.random.default_rng(9), (round(day / WATCHES), watches)
    variance = known["volatility"] ** 2 * known["block_time"] / SECONDS_PER_YEAR
    moves = np.sqrt((1 - known["jumps"]) * variance) * rng.standard_normal(shape)
    jump = np.log1p(known["jump"])
    jumping = rng.random(shape) < known["jumps"] * variance / jump**2
    moves += jumping * jump * rng.choice([-1.0, 1.0], shape)
    prices = 2_000 * np.exp(np.cumsum(moves - variance / 2, axis=0))
    orders = rng.choice([-1.0, 1.0], shape) * known["passers_by"] * POOL / day
    pool = ConstantProductPool((POOL / 4_000, POOL / 2), fee)
    gas = todays_gas_cost("P15c", "swap_gas")
    more = gas + todays_gas_cost("P15c", "auction_gas")
    return {
        "ordinary": _average_day(trade_blocks(pool, prices, orders, gas, known["bid"]), "builders of blocks"),
        "auctioned": _average_day(trade_blocks(pool, prices, orders, more, known["bid"]), "providers"),
        "one price": _average_day(trade_batches(pool, prices, orders, rivals, gas), "builders of blocks"),
    }


def _average_day(run: BlockRun, first: str) -> Ledger:
    """What moved on average; ``first`` is who gets the bids."""
    ledger = Ledger({party: party for party in PARTIES})
    for transfer in run.transfers(paid_for_first=first):
        ledger.record(*transfer._replace(amount=WATCHES * float(np.mean(transfer.amount))))
    ledger.check_conserved()
    return ledger
