"""What is stolen, and what comes back. Readings X20b and X27a."""

from __future__ import annotations

from defi_lib.evidence.effects import Count, Registry
from defi_lib.figures import figure

EVIDENCE = Registry("risk")

#: What customers of firms that stopped paying in 2022 got, of their claims in dollars of that day.
FIRMS = ("voyager_paid", "celsius_paid", "genesis_paid", "ftx_payment_claims_50000_usd")

#: Exchanges that failed before: what QuadrigaCX paid, and how many of those closed by 2013 did not repay.
OLDER = ("quadrigacx_paid", "closed_exchanges_not_repaid")

#: Billion USD: what Immunefi counts for Bybit within the sum of ``hacks.central_losses_immunefi``.
BYBIT = 1.46


@EVIDENCE.figures("X20b")
def stolen_through_keys() -> Count:
    """Half a year of 2025 and of 2026: what went through keys, signers and one bridge."""
    names = ("all", "keys", "code", "deceived")
    all_, keys, code, deceived = (_number(f"lost_first_half_2025_{name}") for name in names)
    later = _number("crypto_stolen_first_half_2026")
    drift, bridge = _number("drift_protocol_loss"), _number("kelpdao_bridge_exploit_loss")
    part, part_later = keys / all_, (drift + bridge) / later
    wide = keys + deceived
    return Count(
        true=part > 0.5 and part_later > 0.5,
        says=f"Of {all_} billion dollars lost in the first half of 2025, {part:.0%} went through keys and who "
        f"may use them, {code / all_:.0%} through faults in contracts; of {later:.0f} million "
        f"stolen in the first half of 2026, {part_later:.0%} in two thefts alone: by signers who were deceived, and "
        "through KelpDAO's bridge, which asked one verifier of one.",
        who="Counted by Hacken (2025) and TRM Labs (2026).",
        turns="one theft, Bybit, is left out: without it keys are "
        f"{(keys - BYBIT) / (all_ - BYBIT):.0%} of the first half of 2025",
        sources=(
            *(f"hacks.lost_first_half_2025_{name}" for name in names),
            "hacks.crypto_stolen_first_half_2026",
            "hacks.drift_protocol_loss",
            "hacks.kelpdao_bridge_exploit_loss",
        ),
        other=f"With people who were deceived one by one it is {wide / all_:.0%}, and "
        f"{(wide - BYBIT) / (all_ - BYBIT):.0%} without Bybit",
    )


@EVIDENCE.figures("X27a")
def what_came_back() -> Count:
    """The losses of 2022: on the chain and in bankruptcies."""
    names = ("recovered_of_stolen.2022", "stolen_all.2022", "wormhole_bridge_loss", "ronin_bridge_loss_march_2022")
    eth = "ronin_bridge_given_back", "ronin_bridge_eth_taken"
    back, lost, wormhole, ronin = (_number(name) for name in names)
    paid = [_number(name, "cefi_failure") for name in FIRMS]
    quadriga, unpaid = (_number(name, "cefi_failure") for name in OLDER)
    owners = wormhole + ronin * _number(eth[0]) / _number(eth[1])  # million USD
    return Count(
        true=back < min(paid),
        says=f"Of what was lost to hacks and fraud in 2022 {back} % was recovered; customers of four firms that "
        f"stopped paying in 2022 got {min(paid):.0f} to {max(paid):.0f} % of their claims, in dollars of that day.",
        who="Counted by Immunefi (2023); courts' plans of 2023 and 2024.",
        turns="what owners pay in counts, and they pay more than at Ronin and Wormhole: with these two it is "
        f"{back + 100 * owners / (1_000 * lost):.0f} % for 2022",
        sources=(*(f"hacks.{name}" for name in (*names, *eth)), *(f"cefi_failure.{name}" for name in FIRMS + OLDER)),
        other="The firms are those whose plans were published, and they failed by debts: QuadrigaCX had paid "
        f"{quadriga:.0f} % (a weak source), and of the exchanges closed by 2013 of which it is known {unpaid} % repaid "
        "nobody. In coins FTX paid about 30 %",
    )


def _number(name: str, topic: str = "hacks") -> float:
    return float(figure(f"{topic}.{name}").value)
