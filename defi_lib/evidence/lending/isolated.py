"""Who bears what a failed coin leaves unpaid, and what a curator gets for lending against it. X15c and X19c."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Registry
from defi_lib.lending import bear_loss, curator_pay

EVIDENCE = Registry("lending")

Worlds = NDArray[np.float64]

_COIN = {"lent_out": 0.8, "bad": 0.1, "gone": 0.5, "safety_fund": 0.02, "rescued": 0.25, "extra": 0, "hidden": 0}
_BOLD = {
    "fee": 0.2,
    "careful_rate": 0.04,
    "part": 0.2,
    "fails": 0.1,
    "follow": 0.05,
    "leaves": 0.5,
    "away": 2,
    "own": 0,
}


@EVIDENCE.model(
    "X15c",
    placebos=[
        # Nobody chose: what falls is spread over all loans, and the pool has neither a fund nor friends.
        {"bad": 0, "safety_fund": 0, "rescued": 0},
        # No coin fails, and none had paid more.
        {"gone": 0, "extra": 0},
    ],
    controls=[
        # Eight tenths lent; of ten in a hundred half is gone, the fund pays two, others a quarter of three.
        Control(_COIN, 0.8 * 0.03 * 0.75),
        # A tenth of the other loans falls too: 19 on both, half gone, less two, less a quarter; five for the vaults.
        Control({**_COIN, "hidden": 0.1}, 0.8 * (0.075 * 0.75 - 0.05)),
        # The coin's borrowers had paid a fifth more: two in a hundred of all loans, which the vaults never had.
        Control({**_COIN, "extra": 0.2}, 0.8 * (0.03 * 0.75 - 0.02)),
        # The fund is larger than the loss.
        Control({**_COIN, "safety_fund": 0.06, "extra": 0.05}, -0.8 * 0.005),
    ],
)
def saved_by_isolation(
    lent_out: Worlds,
    bad: Worlds,
    gone: Worlds,
    safety_fund: Worlds,
    rescued: Worlds,
    extra: Worlds,
    hidden: Worlds,
) -> Worlds:
    """What a lender of a vault without the coin has more than a lender of the pool, by the time it has failed (ratio).

    The same loans stand in one pool, where each lender has a part of all of them, or in markets of their own. Coins
    that fall with it by a detour are spread over all other loans, in both. Fees are the same and left out.

    >>> round(float(saved_by_isolation(0.8, 0.1, 0.5, 0.02, 0.25, 0.0, 0.0)), 4)
    0.018
    """
    falls = bad + (1 - bad) * hidden
    pool = bear_loss(lent_out * falls * gone, lent_out * safety_fund, rescued).lenders - lent_out * bad * extra
    return np.asarray(pool - lent_out * hidden * gone)


@EVIDENCE.model(
    "X19c",
    placebos=[
        # As large a part of losses as of interest, and nobody runs after a rate or away from a loss.
        {"fee": 0.1, "own": 0.1, "follow": 0, "away": 0},
        # A coin by which nothing can be lost pays no more, and costs no name.
        {"part": 0, "away": 0},
    ],
    controls=[
        # A dollar's careful loans bring 0.008. Good years: 0.2·6.5 % on 1.1 dollars for ten years, then 0.4 for two.
        Control(_BOLD, 1.1 * (10 * 0.013 + 2 * 0.008 * 0.4) / 12 / 0.008 - 1),
        # A tenth of a loss is his: the premium is 1.8 % / 0.8, on 1.09 dollars.
        Control({**_BOLD, "own": 0.1}, 1.09 * (10 * 0.2 * 0.0625 - 0.02 + 2 * 0.008 * 0.4) / 12 / 0.008 - 1),
        # Nobody comes back for twenty years.
        Control({**_BOLD, "leaves": 1, "away": 20, "follow": 0}, 10 * 0.013 / 30 / 0.008 - 1),
    ],
)
def curators_gain(
    fee: Worlds,
    careful_rate: Worlds,
    part: Worlds,
    fails: Worlds,
    follow: Worlds,
    leaves: Worlds,
    away: Worlds,
    own: Worlds,
) -> Worlds:
    """What a curator earns more with the coin than without it, over what the careful one earns (ratio).

    The arguments are those of :func:`~defi_lib.lending.curator_pay`; his lenders earn the same on average.
    """
    return np.asarray(curator_pay(fee, careful_rate, part, fails, follow, leaves, away, own).gain)
