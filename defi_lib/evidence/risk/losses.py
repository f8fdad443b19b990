"""What is stolen, and what comes back. Readings X20b and X27a."""

from __future__ import annotations

from defi_lib.evidence.effects import Count, Registry
from defi_lib.figures import figure

EVIDENCE = Registry("risk")

#: What customers of firms that stopped paying in 2022 got, of their claims in dollars of that day.
FIRMS = ("voyager_paid", "celsius_paid", "genesis_paid", "ftx_payment_claims_50000_usd")


#: Billion USD: what Immunefi counts for Bybit within the sum of ``hacks.central_losses_immunefi``.
BYBIT = 1.46


@EVIDENCE.figures("X20b")
def stolen_through_keys() -> Count:
    """Half a year of 2025 and of 2026: what went through keys, signers and one bridge."""
    names = ("all", "keys", "code", "deceived")
    all_, keys, code, deceived = (figure(f"hacks.lost_first_half_2025_{name}") for name in names)
    later = figure("hacks.crypto_stolen_first_half_2026")
    drift, bridge = figure("hacks.drift_protocol_loss"), figure("hacks.kelpdao_bridge_exploit_loss")
    part, part_later = keys.value / all_.value, (drift.value + bridge.value) / later.value
    wide = keys.value + deceived.value
    return Count(
        true=part > 0.5 and part_later > 0.5,
        says=f"Of {all_.value} billion dollars lost in the first half of 2025, {part:.0%} went through keys and who "
        f"may use them, {code.value / all_.value:.0%} through faults in contracts; of {later.value:.0f} million "
        f"stolen in the first half of 2026, {part_later:.0%} in two thefts alone: by signers who were deceived, and "
        "through one bridge.",
        who="Counted by Hacken (2025) and TRM Labs (2026).",
        turns="one theft, Bybit, is left out: without it keys are "
        f"{(keys.value - BYBIT) / (all_.value - BYBIT):.0%} of the first half of 2025",
        sources=tuple(each.id for each in (all_, keys, code, deceived, later, drift, bridge)),
        other=f"With people who were deceived one by one it is {wide / all_.value:.0%}, and "
        f"{(wide - BYBIT) / (all_.value - BYBIT):.0%} without Bybit",
    )


@EVIDENCE.figures("X27a")
def what_came_back() -> Count:
    """The losses of 2022: on the chain and in bankruptcies."""
    back, lost = figure("hacks.recovered_of_stolen.2022"), figure("hacks.stolen_all.2022")
    ronin, wormhole = figure("hacks.ronin_bridge_loss_march_2022"), figure("hacks.wormhole_bridge_loss")
    eth, all_eth = figure("hacks.ronin_bridge_given_back"), figure("hacks.ronin_bridge_eth_taken")
    paid = [figure(f"cefi_failure.{name}") for name in FIRMS]
    least, most = min(each.value for each in paid), max(each.value for each in paid)
    owners = (ronin.value * eth.value / all_eth.value + wormhole.value) / (1_000 * lost.value)
    with_owners = back.value + 100 * owners
    return Count(
        true=back.value < least,
        says=f"Of what was lost to hacks and fraud in 2022 {back.value} % was recovered; customers of four firms that "
        f"failed were paid {least:.0f} to {most:.0f} % of their claims.",
        who="Counted by Immunefi (2023); courts' plans of 2023 and 2024.",
        turns=f"owners pay in more than they did at two bridges: with that it is {with_owners:.0f} % for 2022",
        sources=(back.id, lost.id, ronin.id, wormhole.id, eth.id, all_eth.id, *(each.id for each in paid)),
        other="In coins FTX paid about 30 %",
    )
