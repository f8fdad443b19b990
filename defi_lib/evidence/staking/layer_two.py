"""What a small swap loses in network fees on a layer 2."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.evidence.gas import gas_cost
from defi_lib.staking.fees.blob import BPO2, blob_fee_floor, blob_fee_growth, blob_fee_per_byte
from defi_lib.staking.fees.gas import WEI_PER_GWEI
from defi_lib.staking.fees.transaction_cost import layer_2_fee

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]

BLOCKS_AN_HOUR = 300  #: of layer 1

#: 0.04 USD of execution in each swap of 10 dollars, and nothing else.
_BY_HAND = {
    "gas_price": 0, "ether_price": 2_000, "swap_gas": 200_000, "busy": 1, "data": 100, "layer_2_gas": 0.1,
    "hours": 0, "swaps": 1, "way_gas": 400_000, "amount": 10,
}  # fmt: skip


@EVIDENCE.model(
    "R5a",
    placebos=[{"gas_price": 0.0, "layer_2_gas": 0.0, "hours": 0.0}],  # places that cost nothing, here and there
    controls=[
        Control(_BY_HAND, -0.004),
        # 16 gwei: a sixteenth of it for each of 100 bytes, 0.0002 USD. Coming and leaving: 12.8 USD in 128 swaps.
        Control(_BY_HAND | {"gas_price": 16, "layer_2_gas": 0, "swaps": 128}, -0.01002),
        # Data only, at 320 gwei: 20 gwei a byte, 0.004 USD, after some 53.5 blocks of one too many 1.8221 times that.
        Control(
            _BY_HAND | {"gas_price": 16, "busy": 20, "layer_2_gas": 0, "swaps": 1e12,
                        "hours": 0.6 * 11_684_671 / 131_072 / 300}, -0.0004 * 1.822118800, within=1e-6,
        ),
    ],
)  # fmt: skip
def network_fees_of_a_small_swap(
    gas_price: Worlds, ether_price: Worlds, swap_gas: Worlds, busy: Worlds, data: Worlds, layer_2_gas: Worlds,
    hours: Worlds, swaps: Worlds, way_gas: Worlds, amount: Worlds,
) -> Worlds:  # fmt: skip
    """What is lost of the amount: execution, data, and a part of the way in and out (below 0: a loss)."""
    floor = blob_fee_floor(gas_price * busy * WEI_PER_GWEI)
    blob_fee = floor * blob_fee_growth(BPO2.target + 1, hours * BLOCKS_AN_HOUR, BPO2)
    swap = layer_2_fee(swap_gas, layer_2_gas * WEI_PER_GWEI, data, blob_fee_per_byte(blob_fee), ether_price)
    coming_and_leaving = gas_cost(way_gas, gas_price, ether_price)
    return np.asarray(-swap.share(amount) - coming_and_leaving / (amount * swaps))
