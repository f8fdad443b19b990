"""Who insures the insurer. Readings R9a and R9b."""

from __future__ import annotations

from defi_lib.evidence.effects import Count, Registry
from defi_lib.figures import figure

EVIDENCE = Registry("risk")


@EVIDENCE.figures("R9b")
def what_cover_paid() -> Count:
    """Claims that sellers of cover paid in 2021 and 2022, of what was stolen from DeFi protocols."""
    keys = (
        "insurance.defi_cover_claims_paid.2022",
        "insurance.defi_cover_claims_paid_terra.2022",
        "insurance.nexus_mutual_claims_paid_2021.2021",
        "insurance.nexus_mutual_claims_paid_2022.2022",
        "hacks.stolen_from_defi.2021",
        "hacks.stolen_from_defi.2022",
    )
    paid, terra, *rest = (float(figure(key).value) for key in keys)
    mutual, stolen = sum(rest[:2]), 1e3 * sum(rest[2:])
    most = rest[0] + paid  # of 2021 only the largest mutual is counted, which had most of the market
    return Count(
        true=most >= 0.1 * stolen,
        says=f"In 2021 and 2022 sellers of cover paid {most:.0f} million dollars of claims, and {stolen / 1e3:.1f} "
        f"billion were stolen from DeFi: {most / stolen:.1%}.",
        who="Claims counted by OpenCover (2022) and Nexus Mutual (2021), thefts by Chainalysis.",
        turns="more than ten times as much is insured and paid for",
        sources=keys,
        other=f"Of the {paid} million of 2022 {terra} were for Terra's coin, which fell and was not stolen; the "
        f"largest mutual alone paid {mutual:.1f} million in both years, {mutual / stolen:.2%}",
    )
