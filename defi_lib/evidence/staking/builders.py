"""Who keeps what the order of a block's transactions is worth. Reading P4c."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.staking.chain.block_auction import divide_order_value

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]


@EVIDENCE.model(
    "P4c",
    placebos=[{"bid_outside": 1.0, "bid_inside": 1.0, "returned": 1.0}],  # all goes back to traders: nothing to keep
    controls=[
        # Of 100, 25 are taken against exchanges. Searchers keep 20 of these and 15 of the others, and pay 65. Traders
        # get 13 back, builders keep a quarter of 52, stakers get 39, of which half pays a tenth to pools: 1.95.
        Control(
            {"outside": 0.25, "bid_outside": 0.2, "bid_inside": 0.8, "returned": 0.2, "margin": 0.25, "pooled": 0.5,
             "pool_fee": 0.1}, 0.3705 - (0.35 + 0.13 + 0.0195),
        ),
        # No trades against exchanges; all is bid, nobody keeps or gives back anything but the pools: 0.6 of all.
        Control(
            {"outside": 0.0, "bid_outside": 0.3, "bid_inside": 1.0, "returned": 0.0, "margin": 0.0, "pooled": 0.8,
             "pool_fee": 0.75}, 0.4 - 0.6,
        ),
    ],
)  # fmt: skip
def stakers_keep_more(
    outside: Worlds, bid_outside: Worlds, bid_inside: Worlds, margin: Worlds, returned: Worlds, pooled: Worlds,
    pool_fee: Worlds,
) -> Worlds:  # fmt: skip
    """What stakers keep of the worth of an order, less what all middlemen on the way keep (part of the worth)."""
    bid = outside * bid_outside + (1 - outside) * bid_inside
    kept = divide_order_value(1.0, np.minimum(bid, 1.0), returned, margin, pooled, pool_fee)
    return np.asarray(kept.stakers - kept.middlemen)
