"""Do gifts spread ownership, and who gets them? Readings R2a and R2b.

Of inequality one number is measured: which part of all tokens that persons hold lies with insiders and the hundred
largest buyers. Tokens in a treasury are nobody's. Who comes with many accounts is one person, and sells.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.evidence.unknowns import assumptions
from defi_lib.figures import figure

EVIDENCE = Registry("rewards")

Worlds = NDArray[np.float64]

#: The options of ``otherwise``.
STAY, SOLD = 0, 1

_HALF = {"insiders": 0.4, "traded": 0.1, "given": 0.1, "several": 0.5, "kept": 0.4, "large": 0.5, "buys": 0.25}


def with_the_large(
    insiders: Worlds, traded: Worlds, large: Worlds, given: Worlds, several: Worlds, kept: Worlds, buys: Worlds
) -> Worlds:
    """The large holders' part of all tokens that are held, a year after the gift."""
    sold = given * (1 - (1 - several) * kept)
    return np.asarray((insiders + large * traded + buys * sold) / (insiders + traded + given))


def without_the_gift(insiders: Worlds, traded: Worlds, large: Worlds, given: Worlds, otherwise: Worlds) -> Worlds:
    """The same if the tokens have stayed in the treasury, or were sold to the public, who buys as all buyers do."""
    others = traded + np.where(otherwise == SOLD, given, 0.0)
    return np.asarray((insiders + large * others) / (insiders + others))


@EVIDENCE.model(
    "R2a",
    placebos=[
        {"given": 0.0},  # nothing is given, or sold instead
        {"large": 1.0, "buys": 1.0, "kept": 0.0},  # the large hold all, and buy all of the gift
    ],
    controls=[
        # The large have 45 of 50 without. Of ten given two are kept, of eight sold they buy two: 47 of 60.
        Control({**_HALF, "otherwise": STAY}, 45 / 50 - 47 / 60),
        Control({**_HALF, "otherwise": SOLD}, 50 / 60 - 47 / 60),
        # All is kept by persons with one account; the large buy nothing.
        Control({**_HALF, "several": 0.0, "kept": 1.0, "otherwise": STAY}, 45 / 50 - 45 / 60),
        # They buy more of the gift than they would have bought at a sale.
        Control({**_HALF, "buys": 0.9, "otherwise": SOLD}, 50 / 60 - (45 + 7.2) / 60),
    ],
)
def spread_by_a_gift(
    insiders: Worlds,
    traded: Worlds,
    given: Worlds,
    several: Worlds,
    kept: Worlds,
    large: Worlds,
    buys: Worlds,
    otherwise: Worlds,
) -> Worlds:
    """The large holders' part without the gift, less that with it (part of the tokens held)."""
    without = without_the_gift(insiders, traded, large, given, otherwise)
    return np.asarray(without - with_the_large(insiders, traded, large, given, several, kept, buys))


def by_keeping(
    kept: ArrayLike, given: float, several: float, buys: float, insiders: float, otherwise: float
) -> dict[str, Worlds]:
    """What lesson 4.5 explores: the large holders' part by what receivers keep; what trades is today's.

    >>> found = by_keeping(0.4, given=0.125, several=0.5, buys=0.25, insiders=0.375, otherwise=0)
    >>> {name: round(float(part), 4) for name, part in found.items()}  # 0.425 of 0.5, 0.45 of 0.625
    {'Without the gift': 0.85, 'A year after it': 0.72}
    """
    known = assumptions("R2a", ("traded", "large"))
    own = (np.asarray(insiders), np.asarray(known["traded"].today), np.asarray(known["large"].today))
    gift, part = np.asarray(given), np.asarray(kept, float)
    without = without_the_gift(*own, gift, np.asarray(otherwise))
    return {
        "Without the gift": np.broadcast_to(without, part.shape),
        "A year after it": with_the_large(*own, gift, np.asarray(several), part, np.asarray(buys)),
    }


@EVIDENCE.figures("R2b")
def to_many_accounts() -> Count:
    """Accounts refused at three airdrops, and tokens paid to groups of accounts at one."""
    refused = [
        figure(f"sybil.{each}")
        for each in (
            "optimism_share_disqualified",
            "layerzero_airdrop_flagged_addresses_share",
            "linea_eligible_addresses_flagged",
        )
    ]
    groups, linked = (
        figure("sybil.arbitrum_airdrop_tokens_to_sybils"),
        figure("sybil.arbitrum_airdrop_share_tokens_went"),
    )
    first, second, last = (float(each.value) for each in refused)
    return Count(
        true=float(groups.value) < 20,
        says=f"Of Arbitrum's gift {groups.value:.1f} % of the tokens went to groups of accounts, and "
        f"{linked.value:.0f} % if all are counted that pay one another. Of the accounts that "
        f"asked, {first:.1f} % were refused at Optimism, {second:.0f} % at LayerZero, {last:.0f} % at Linea",
        who=f"X-explore, from the chain ({groups.date}); the projects themselves (2022 to {refused[-1].date})",
        turns="less was paid at others than at Arbitrum: it is the only airdrop of which tokens were counted after the "
        "payment, and nobody knows how many were not found",
        sources=(groups.id, linked.id, *(each.id for each in refused)),
        other="at two of three that count accounts before the payment, under a fifth",
    )
