"""Who can change a contract. Reading P12a."""

from __future__ import annotations

from defi_lib.evidence.effects import Count, Registry
from defi_lib.figures import figure

EVIDENCE = Registry("governance")


@EVIDENCE.figures("P12a")
def who_can_change_contracts() -> Count:
    """Of the contracts whose code can be changed, the part that one key or several together can change."""
    one, several, all_ = (
        figure(f"governance_rules.ethereum_upgradeable_{name}") for name in ("one_key", "several_keys", "contracts")
    )
    held = float(one.value) + float(several.value)
    return Count(
        true=held > 50,
        says=f"Of {float(all_.value):,.0f} different contracts on Ethereum whose code can be changed about "
        f"{one.value:.0f} % obey one key and {several.value:.0f} % several together.",
        who="Counted by Salehi, Clark and Mannan (2022).",
        turns="contracts are weighed by the money in them, and what matters most has no owner: that nobody has counted",
        sources=(one.id, several.id, all_.id),
        other="They were found among 1.4 million proxies",
    )
