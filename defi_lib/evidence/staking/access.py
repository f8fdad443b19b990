"""Who can be kept out of a block, and who was kept from paying."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.staking.chain.inclusion import LIST_MEMBERS, chance_within, inclusion_chance

EVIDENCE = Registry("staking")

Worlds = NDArray[np.float64]

TEN_MINUTES = 600.0  #: seconds

_NOBODY = {"refusing": 0.0, "relays_refuse": 0.0, "proposers_refuse": 0.0}


@EVIDENCE.model(
    "P1a",
    placebos=[_NOBODY],
    controls=[
        # Two blocks, of which each takes it with 0.9 · 0.5 · 0.8 + 0.1 · 0.9 = 45 %: one in 0.3025 takes it never.
        Control(
            {"refusing": 0.5, "home_made": 0.1, "relays_refuse": 0.2, "proposers_refuse": 0.1, "block_time": 300,
             "lists": 0}, -0.3025,
        ),
        # One block, which nobody builds but those who refuse; each of 16 members refuses with a half.
        Control(
            {"refusing": 1, "home_made": 0, "relays_refuse": 0, "proposers_refuse": 0.5, "block_time": 600, "lists": 1},
            -(2.0**-16),
        ),
    ],
)  # fmt: skip
def refused_orders_wait(
    refusing: Worlds, home_made: Worlds, relays_refuse: Worlds, proposers_refuse: Worlds, block_time: Worlds,
    lists: Worlds,
) -> Worlds:  # fmt: skip
    """Chance to be in a block within ten minutes of an order that some refuse, less that of any other order."""
    sold, members = 1 - home_made, np.where(lists == 1, LIST_MEMBERS, 0)
    blocks = TEN_MINUTES / block_time
    refused = inclusion_chance(sold, refusing, relays_refuse, proposers_refuse, members)
    ordinary = inclusion_chance(sold, list_members=members)
    return np.asarray(chance_within(refused, blocks) - chance_within(ordinary, blocks))


@EVIDENCE.figures("P1b")
def addresses_frozen_by_issuers() -> Count:
    """Addresses that the issuers of the two largest dollar coins have stopped from paying."""
    tether, circle = (figure(f"issuer_freeze.{firm}_addresses") for firm in ("tether", "circle"))
    of_tether, of_circle = (figure(f"issuer_freeze.{firm}_value") for firm in ("tether", "circle"))
    supply, both = (
        figure("stablecoin.tether_liabilities_end_2025"),
        figure("stablecoin.usdt_usdc_share_stablecoin_supply"),
    )
    frozen = float(tether.value) + float(circle.value)
    part = float(of_tether.value) / float(supply.value)
    return Count(
        true=frozen == 0,
        says=f"Tether froze {tether.value:,.0f} addresses with {of_tether.value} billion USD, "
        f"Circle {circle.value:.0f} with {of_circle.value:.0f} million. "
        f"The two coins are {both.value:.0f} % of all dollar coins.",
        who=f"Counted by AMLBot ({tether.dates}) and Dune ({both.dates}).",
        turns="people pay with a coin whose contract knows no freeze, such as ether",
        sources=tuple(each.id for each in (tether, circle, of_tether, of_circle, supply, both)),
        other=f"It is a small part, {100 * part:.1f} % of Tether's coins, and by the issuers' account mostly on "
        "request of courts and police.",
    )
