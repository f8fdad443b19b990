"""Does a community end with more if it owns its token's pool, or if it rents the same depth? Reading R4a.

Arbitrageurs come once a block of 12 seconds and pay the pool's fee, which stays in the pool. The rent is what keeps
providers: they count fees and losses, and nobody foresees the price.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.exchange.providing import FEE, PROTOCOL_PART
from defi_lib.exchange import pool_divergence, providing_rates
from defi_lib.rewards import own_or_rent
from defi_lib.units import DAYS_PER_YEAR, SECONDS_PER_YEAR

EVIDENCE = Registry("rewards")

Array = NDArray[np.float64]

#: How long the reading looks, and seconds between two blocks of Ethereum.
YEARS, BLOCK_TIME = 3.0, 12.0

#: The options of ``kept_in``: what a renter's treasury lies in.
HALVES, OWN_TOKENS, DOLLARS = 0, 1, 2

_STILL = {
    "passers_by": 0.0, "volatility": 1e-9, "price_change": 0.0, "wanted": 0.1, "discount": 0.2, "elsewhere": 0.04,
    "kept_in": HALVES, "own_ask": 0.5,
}  # fmt: skip
_DOUBLED = _STILL | {"price_change": 3.0}
#: A pool that grows from 1 to 2 within three years, evenly in logarithms, is worth 3/ln 2 pool years.
_POOL_YEARS = 3 / float(np.log(2))
#: Fees that double the pool in three years; the protocol of the exchange takes a sixth.
_BUSY = float(np.log(2)) / 3 / (5 / 6) / FEE / DAYS_PER_YEAR
#: Arbitrageurs keep half where 1.7165·√(blocks a year)·0.0030045 = σ (κ = √(2π)/1.46035, by the tables).
_WILD = float(np.sqrt(2 * np.pi)) / 1.4603545088095868 * float(np.sqrt(2_628_000)) * -float(np.log(0.997))
#: There providers lose σ²/8, half comes back less a sixth: 7/12 of it are lost, and 0.7 of it in fees make good.
_NEXT_TO_NOTHING = 0.7 * _WILD**2 / 8 / FEE / DAYS_PER_YEAR


def net_rate(passers_by: ArrayLike, volatility: ArrayLike, block_time: ArrayLike = BLOCK_TIME) -> Array:
    """Fees less what arbitrageurs and the exchange's protocol keep (part of the pool a year).

    Args:
        passers_by: what they trade a day (part of the pool).
        volatility: of the token (ratio per √year).
        block_time: seconds between two blocks.

    >>> round(float(net_rate(0.04, 1.1)), 3)
    -0.003
    """
    volume = DAYS_PER_YEAR * np.asarray(passers_by, float)
    blocks = SECONDS_PER_YEAR / np.asarray(block_time, float)
    return np.asarray(providing_rates(volatility, FEE, blocks, volume, PROTOCOL_PART, even=True).net)


@EVIDENCE.model(
    "R4a",
    # Bonds without discount, and an owner who asks as much for the pool's risk as a provider: the rent that is saved is
    # what the owner asks, whatever is traded.
    placebos=[{"price_change": 0.0, "discount": 0.0, "elsewhere": 0.0, "kept_in": HALVES, "own_ask": 1.0}],
    worlds=4_096,
    controls=[
        # Nothing is traded, no price moves. The owner has 1, has given 0.2/0.8 and asks 5 % a year; the renter has 1,
        # 4 % a year on half of it, and has paid 10 % a year: 1 − 0.25 − 0.15 − (1 + 0.06 − 0.3).
        Control(_STILL, -0.16),
        # All in dollars: 4 % a year on all of it. All in tokens: no interest.
        Control(_STILL | {"kept_in": DOLLARS}, -0.22),
        Control(_STILL | {"kept_in": OWN_TOKENS}, -0.10),
        # At four times the price the pool is worth 2, the tokens given away 1; the halves 2.5, dollars 1, tokens 4.
        Control(_DOUBLED, 2 - 1 - 0.05 * _POOL_YEARS - (2.56 - 0.1 * _POOL_YEARS)),
        Control(_DOUBLED | {"kept_in": DOLLARS}, 2 - 1 - 0.05 * _POOL_YEARS - (1.12 - 0.1 * _POOL_YEARS)),
        Control(_DOUBLED | {"kept_in": OWN_TOKENS}, 2 - 1 - 0.05 * _POOL_YEARS - (4 - 0.1 * _POOL_YEARS)),
        # Fees double the pool: nobody needs a rent.
        Control(_STILL | {"passers_by": _BUSY}, 2 - 0.25 - 0.05 * _POOL_YEARS - 1.06),
        # A wild price whose losses fees make good: as if nothing were traded.
        Control(_STILL | {"passers_by": _NEXT_TO_NOTHING, "volatility": _WILD}, -0.16),
    ],
)
def owning_over_renting(
    passers_by: Array,
    volatility: Array,
    price_change: Array,
    wanted: Array,
    discount: Array,
    elsewhere: Array,
    kept_in: Array,
    own_ask: Array,
) -> Array:
    """How much more a treasury has after three years if it owns its pool than if it rents it (part of the pool).

    Both begin with coins worth the pool. The owner's are in it; the renter's lie in a drawer, where dollars earn
    interest, and pay the rent.

    Args:
        passers_by: what they trade a day (part of the pool).
        volatility: of the token (ratio per √year).
        price_change: of the token in all (ratio), > −1.
        wanted: what providers want above holding the coins (ratio a year).
        discount: of the bonds (ratio).
        elsewhere: interest on dollars outside the pool (ratio a year).
        kept_in: the renter's drawer: 0 = half dollars, half own tokens, 1 = own tokens, 2 = dollars.
        own_ask: part of ``wanted`` that the owner asks for the pool's risk (ratio).
    """
    price = 1 + price_change
    both = own_or_rent(price, YEARS, net_rate(passers_by, volatility), wanted, discount)
    interest = elsewhere * YEARS
    halves = pool_divergence(1.0, price).holding + interest / 2
    drawer = np.where(kept_in == HALVES, halves, np.where(kept_in == DOLLARS, 1 + interest, price))
    return both.pool - both.premium - own_ask * wanted * both.pool_years - (drawer - both.rent)


def against_a_drawer(
    years: ArrayLike,
    wanted: float,
    discount: float,
    price_change: float,
    passers_by: float,
    block_time: float,
    volatility: float,
) -> dict[str, Any]:
    """What lesson 4.3 explores: owner's and renter's result against coins in a drawer, by the years (part of the pool).

    The price changes evenly by ``price_change`` a year, and dollars earn nothing; other arguments as in
    :func:`owning_over_renting` and :func:`net_rate`.

    >>> run = against_a_drawer(3.0, 0.2, 0.2, price_change=0.0, passers_by=0.0, block_time=12.0, volatility=0.0)
    >>> {name: round(float(value), 2) for name, value in run.items()}
    {'Owner': -0.25, 'Renter': -0.6, 'lead': 0.35}
    """
    time = np.maximum(np.asarray(years, float), 1e-9)
    price = (1 + price_change) ** time
    both = own_or_rent(price, time, net_rate(passers_by, volatility, block_time), wanted, discount)
    owner = both.pool - both.premium - pool_divergence(1.0, price).holding
    return {"Owner": np.asarray(owner), "Renter": -np.asarray(both.rent), "lead": owner + both.rent}
