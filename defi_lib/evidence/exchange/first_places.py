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
# Gas of 100 dollars is waited for up to √(8 · 5e-6) = 0.006325; with small steps of the price they take 0.003162 and
# burn half of it: of 8 %, 0.003162/0.007162, and with 400 dollars 0.006325/0.010325. Nothing is bid of the rest.
_DEAR = _BUSY | {"gas_price": 100.0, "swap_gas": 250_000.0, "auction_gas": 750_000.0, "block_time": 1e-12, "bid": 0.0}
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
        Control(_DEAR | {"bid": 1.0}, _ONE - _FOUR / 2, within=2e-3),
        Control(_JUMPS, 0.5 * 0.08 / 3, within=1e-3),
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
    ordinary, auctioned = (
        best_fee(
            lambda fee, bid=back, gas=gas_cost(units, gas_price, ether_price): gain_at(
                fee, bid, *market, gas, jumps, jump
            ),
            np.shape(bid),
        )[1]
        for back, units in ((0.0, swap_gas), (bid, swap_gas + auction_gas))
    )
    return np.asarray(auctioned) - ordinary
