"""What restaking adds to staking, after what can be lost by it. Reading P9c."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.staking.stake.liquid_staking import LiquidStakingPool

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]


#: Of 1 staked, 0.02 is paid and 0.01 slashed; robbers take a quarter of 1.01, of which a fifth would have gone anyway;
#: three quarters of the rest fall on lenders, half of what is left comes back, and 0.005 is given besides.
_ROBBED = {
    "premium": 0.02, "tokens": 0.005, "slashed": 0.01, "stolen": 0.25, "common": 0.2, "lenders": 0.75, "rescued": 0.5,
}  # fmt: skip
_ALONE = {"common": 0.0, "lenders": 0.0, "rescued": 0.0}


@EVIDENCE.model(
    "P9c",
    placebos=[
        {"premium": 0.0, "tokens": 0.0, "slashed": 0.0, "stolen": 0.0},  # one more promise, and no more
        {"premium": 0.0, "tokens": 0.0, "slashed": 0.0, "common": 1.0},  # robbers take as much of the staked coin
        {"premium": 0.0, "tokens": 0.0, "slashed": 0.0, "lenders": 1.0},  # all that they take falls on others
    ],
    controls=[
        Control(_ROBBED, 1.01 * 0.975 + 0.005 - 1),
        Control(_ROBBED | {"lenders": 0.0}, 0.909 + 0.005 - 1),
        Control(_ALONE | {"premium": 0.0, "tokens": 0.0, "slashed": 0.2, "stolen": 0.5}, -0.6),
    ],
)
def restaking_adds(
    premium: Worlds, tokens: Worlds, slashed: Worlds, stolen: Worlds, common: Worlds, lenders: Worlds, rescued: Worlds
) -> Worlds:
    """What ether that is restaked for a year brings beyond ether that is only staked (part of the ether).

    What staking itself pays and risks is the same for both, and is left out; so is the part of the robbers' takings
    that they would take of a staked coin as well. What they pledged and never paid back is the lenders' loss.
    """
    year = LiquidStakingPool(1.0, fee=0.0).report(reward=premium, slashed=slashed)
    borne = stolen * (1 - common) * (1 - lenders) * (1 - rescued)
    return np.asarray(year.after.rate * (1 - borne) + tokens - 1)
