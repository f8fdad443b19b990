"""What a place in a block costs, and whom it keeps out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.staking.fees.transaction_cost import layer_1_fee

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]

GWEI = 1e9  #: wei


@EVIDENCE.model(
    "X9a",
    placebos=[{"gas_price": 0.0}],  # a place that costs nothing takes no part of any amount
    # 100,000 units at 10 gwei are a thousandth of an ether: 2 of 100 dollars.
    controls=[Control({"gas_price": 10, "swap_gas": 100_000, "ether_price": 2_000, "amount": 100}, 0.02)],
)
def gas_of_a_swap(gas_price: Worlds, swap_gas: Worlds, ether_price: Worlds, amount: Worlds) -> Worlds:
    """Gas of a swap on layer 1 as a part of the amount; a swap that fails and is paid for again is left out."""
    return np.asarray(layer_1_fee(swap_gas, gas_price * GWEI, 0.0, ether_price).share(amount))
