"""What a place on Ethereum costs, for all effects in which somebody pays for one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.unknowns import assumptions
from defi_lib.staking import WEI_PER_GWEI, layer_1_fee


def gas_cost(units: ArrayLike, gas_price: ArrayLike, ether_price: ArrayLike) -> NDArray[np.float64]:
    """What so many units of gas cost (USD).

    Args:
        units: of gas.
        gas_price: gwei; base fee and tip together.
        ether_price: USD.

    >>> float(gas_cost(100_000, 10.0, 2_000.0))
    2.0
    """
    gas, price, ether = (np.asarray(each, float) for each in (units, gas_price, ether_price))
    return np.asarray(layer_1_fee(gas, price * WEI_PER_GWEI, 0.0, ether).total)


def todays_gas_cost(id: str, units: str) -> float:
    """What the units that a reading assumes under this name cost by its values of today (USD).

    >>> 0 < todays_gas_cost("P2a", "swap_gas") < 100
    True
    """
    known = assumptions(id, (units, "gas_price", "ether_price"))
    return float(gas_cost(*(each.today for each in known.values())))
