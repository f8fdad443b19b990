"""Who insures the insurer. Readings R9a and R9b."""

from __future__ import annotations

from defi_lib.evidence.effects import Count, Registry
from defi_lib.figures import figure

EVIDENCE = Registry("risk")


@EVIDENCE.figures("R9b")
def what_cover_paid() -> Count:
    """Claims that sellers of cover paid in 2021 and 2022, of what was stolen from DeFi protocols."""
    paid, terra = figure("insurance.defi_cover_claims_paid"), figure("insurance.defi_cover_claims_paid_terra")
    mutual = [figure(f"insurance.nexus_mutual_claims_paid_{year}") for year in (2021, 2022)]
    stolen = [figure(f"hacks.stolen_from_defi.{year}") for year in (2021, 2022)]
    # Of 2021 only the largest mutual is counted, which had most of the market.
    most, lost = mutual[0].value + paid.value, 1e3 * sum(each.value for each in stolen)
    return Count(
        true=most >= 0.1 * lost,
        says=f"In 2021 and 2022 sellers of cover paid {most:.0f} million dollars of claims, and {lost / 1e3:.1f} "
        f"billion were stolen from DeFi: {most / lost:.1%}.",
        who="Claims counted by OpenCover (2022) and Nexus Mutual (2021), thefts by Chainalysis.",
        turns="ten times as much is insured; nearly all that was insured was paid for",
        sources=tuple(each.id for each in (paid, terra, *mutual, *stolen)),
        other=f"Of the {paid.value:.1f} million of 2022 {terra.value:.1f} were for Terra's coin, which fell and was not "
        f"stolen; the largest mutual alone paid {mutual[0].value + mutual[1].value:.1f} million, "
        f"{(mutual[0].value + mutual[1].value) / lost:.2%}",
    )
