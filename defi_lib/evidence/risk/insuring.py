"""Who insures the insurer. Readings R9a and R9b."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.ledger import Ledger
from defi_lib.risk import chance_of_more, joint_chance, loss_in_bad_year, run_fund, run_levied_fund, shortfall_chance

EVIDENCE = Registry("risk")

Array = NDArray[np.float64]

#: How long the levy after a bad year is looked at: until the reserve is full again.
YEARS_OF_LEVY = 80

# Two protocols, each lost whole in one year of ten: at least one in 0.19 of all years, both in 0.01.
_TWO = {
    "chance": 0.1, "part": 1.0, "dependence": 0.0, "protocols": 2.0, "capital": 0.4, "premium": 0.1, "fall": 0.0,
}  # fmt: skip


@EVIDENCE.model(
    "R9a",
    placebos=[
        {"chance": 0.0},  # nothing insured is ever lost
        {"part": 0.0},  # a claim takes nothing
        # An ordinary insurer: a thousand protocols that have nothing in common.
        {"dependence": 0.0, "protocols": 1_000.0, "capital": 0.3, "fall": 0.0},
    ],
    controls=[
        Control(_TWO, -0.01),  # half of all cover is there: exactly one of the two can be paid
        Control(_TWO | {"premium": 0.09}, -0.19),
        Control(_TWO | {"capital": 0.6, "premium": 0.2, "fall": 0.5}, -0.01),
        Control(_TWO | {"capital": 0.6, "premium": 0.1, "fall": 0.5}, -0.19),
        Control(_TWO | {"part": 0.5, "capital": 0.25, "premium": 0.0}, -0.01),
        Control(_TWO | {"chance": 0.03, "dependence": 0.2}, -0.002194, 1e-3),  # lost in the same year
        Control(_TWO | {"protocols": 1.0, "dependence": 0.5}, -0.1),
        Control(_TWO | {"protocols": 2.4}, -0.01),
    ],
)
def years_with_unpaid_claims(
    chance: Array, part: Array, dependence: Array, protocols: Array, capital: Array, premium: Array, fall: Array
) -> Array:
    """Part of all years in which a fund cannot pay every claim in full, below 0.

    Each protocol has an equal part of the cover. In a year one common shock, by which losses depend on each other
    (Vasicek), and one of its own decide whether it has a claim. The fund has the year's premium and what its capital
    is still worth.

    Args:
        chance: that a protocol has a claim in the year.
        part: of its cover that a claim takes.
        dependence: correlation of what lies behind two claims, in [0, 1).
        protocols: how many, taken as a whole number.
        capital: at the beginning of the year (part of the cover).
        premium: of the year, after costs (part of the cover).
        fall: of what the capital is held in, against the unit of the cover, when claims are due.
    """
    means = premium + capital * (1 - fall)
    unpaid = shortfall_chance(means, np.rint(protocols), chance, dependence, part)
    return 0.0 - np.round(unpaid, 6)  # less than one year of a million is nothing


def unpaid_years(dependence: ArrayLike, chance: float, capital: float, protocols: float) -> dict[str, ArrayLike]:
    """What lesson 6.7 explores: years of two hundred in which a fund cannot pay, few protocols and very many.

    A claim takes the whole cover; the premium is the expected loss.

    Args:
        dependence: correlation, in [0, 1).
        chance: of a claim of each protocol in a year.
        capital: part of the cover.
        protocols: how many.

    >>> found = unpaid_years(0.2, 0.03, 0.177571, 1)
    >>> {name: round(float(value), 2) for name, value in found.items()}
    {'This fund': 6.0, 'Very many protocols': 1.0, 'together': 2.44}
    """
    means = chance + capital
    alike = np.asarray(dependence, float)
    few = shortfall_chance(means, np.rint(protocols), chance, alike)
    return {
        "This fund": 200 * np.asarray(few),
        "Very many protocols": 200 * np.asarray(chance_of_more(means, chance, alike)),
        "together": np.asarray(joint_chance(chance, alike)) / chance**2,
    }


def bad_year(
    cover: float = 1_000.0, chance: float = 0.03, dependence: float = 0.2, capital: float = 0.1
) -> dict[str, Ledger]:
    """One bad year of two hundred, booked at three insurers: who bears it? (million USD)

    Very many protocols, of which each is lost whole or not at all; the premium is the expected loss. Deposit
    insurance begins with the reserve of the United States, always pays, and collects afterwards, without interest.

    Args:
        cover: sold by each insurer.
        chance: of a loss in a year.
        dependence: correlation; the ordinary insurer insures what has nothing in common.
        capital: of the fund and of the ordinary insurer (part of the cover).

    >>> ledger = bad_year()["cover fund"]
    >>> round(ledger.balance("robbed", "USD"), 1)
    -77.6
    """
    losses = {"cover fund": loss_in_bad_year(chance, dependence), "ordinary insurer": chance}
    premium, books = cover * chance, {}
    for name, part in losses.items():
        ledger = books[name] = Ledger(("robbed", "all insured", "owners", "thieves"))
        ledger.record("robbed", "thieves", cover * part, "USD", "theft")
        ledger.book(
            run_fund(cover * capital, premium, [cover * part]), fund="owners", claimants="robbed", members="all insured"
        )
    reserve = float(figure("deposit_insurance.fdic_reserve_ratio").value) / 100
    lost = np.append(cover * losses["cover fund"], np.zeros(YEARS_OF_LEVY - 1))
    ledger = books["deposit insurance"] = Ledger(("robbed", "all banks", "reserve", "thieves"))
    ledger.record("robbed", "thieves", lost[0], "USD", "theft")
    ledger.book(run_levied_fund(lost, cover, cover * reserve), fund="reserve", depositors="robbed", banks="all banks")
    for ledger in books.values():
        ledger.check_conserved()
    return books


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
    claims = tuple(
        f"insurance.nexus_mutual_claims_{of}" for of in ("ftx_paid", "hodlnaut_paid", "ftx_filed", "hodlnaut_filed")
    )
    paid, terra, *rest = (float(figure(key).value) for key in keys)
    ftx, hodlnaut, *filed = (float(figure(key).value) for key in claims)
    mutual, stolen = sum(rest[:2]), 1e3 * sum(rest[2:])
    most = rest[0] + paid  # of 2021 only the largest mutual is counted, which had most of the market
    return Count(
        true=most >= 0.1 * stolen,
        says=f"In 2021 and 2022 sellers of cover paid {most:.0f} million dollars of claims, and {stolen / 1e3:.1f} "
        f"billion were stolen from DeFi: {100 * most / stolen:.1f} %.",
        who="OpenCover (claims of 2022), Nexus Mutual (claims of 2021) and Chainalysis (thefts).",
        turns="more than ten times as much is insured and paid for",
        sources=keys + claims,
        other=f"Of what was insured most was paid: of {sum(filed):.0f} claims for FTX and Hodlnaut at the largest "
        f"mutual {ftx + hodlnaut:.0f}. Of the {paid} million of 2022 {terra} were for Terra's coin, which fell and was "
        f"not stolen; the largest mutual alone paid {mutual:.1f} million in both years, "
        f"{100 * mutual / stolen:.2f} %",
    )
