"""Who decides where tokens vote, and who votes at all. Readings X3a, X3b and P10a."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.governance.electorates.decentraland import decentraland_proposals
from defi_lib.governance.power.chances import whale_decides
from defi_lib.numerals import percent

EVIDENCE = Registry("governance")

Worlds = NDArray[np.float64]

FEW = 10  #: voters of whom the readings ask whether they are a majority


@EVIDENCE.model(
    "X3b",
    # No whale: two equals. Each decides where the other is against, in half of all decisions, however alike voters are.
    placebos=[{"share": 0.5, "others": 1, "favour": 0.5}],
    controls=[
        # A thousand coin tossers: models.md I1, an exact binomial sum.
        Control({"share": 0.05, "others": 1_000, "favour": 0.5, "agreement": 0.0}, 0.9063 - 0.05, within=1e-4),
        # Two others with 40 % each: the whale decides where they disagree, 2·0.8·0.2·(1 − 0.25).
        Control({"share": 0.2, "others": 2, "favour": 0.8, "agreement": 0.25}, 0.24 - 0.2),
        # Nineteen others divide 0 to 19 with the same chance; with 30 % the whale decides at 6 to 13, eight of twenty.
        Control({"share": 0.3, "others": 19, "favour": 0.5, "agreement": 1 / 3}, 0.4 - 0.3),
        # Three others divide 0, 1, 2, 3 with the same chance; half of all votes decides unless all three are in favour.
        Control({"share": 0.5, "others": 3, "favour": 0.5, "agreement": 1 / 3}, 0.75 - 0.5),
    ],
)
def decides_more_often(share: Worlds, others: Worlds, favour: Worlds, agreement: Worlds) -> Worlds:
    """How much more often a whale turns the result than in its part of the votes (part of all decisions).

    Args:
        share: the whale's part of the votes cast.
        others: how many equal voters have the rest.
        favour: part of the others who are in favour, on average over many decisions.
        agreement: correlation of two of the others: how much the division changes from one to the next.
    """
    return np.asarray(whale_decides(share, np.rint(others).astype(np.int64), favour, agreement) - share)


def among_others(share: ArrayLike, others: ArrayLike, favour: ArrayLike, agreement: ArrayLike) -> dict[str, Any]:
    """What lesson 5.1 explores: how often a whale turns the result, beside its part of the votes.

    >>> {name: round(float(value), 2) for name, value in among_others(0.05, 1_000, 0.5, 0.0).items()}
    {'Decides': 0.91, 'Its share': 0.05, 'times': 18.13}
    """
    part = np.asarray(share, float)
    decides = decides_more_often(part, np.asarray(others, float), np.asarray(favour), np.asarray(agreement)) + part
    return {"Decides": decides, "Its share": part, "times": decides / part}


@EVIDENCE.figures("X3a")
def ten_are_a_majority() -> Count:
    """The fewest voters with more than half of the votes cast, as three teams counted, and bounds from our data."""
    fewest, aave = (
        figure("governance.voters_needed_average_50_votes"),
        figure(f"{_TURNOUT}.aave_fewest_wallets_majority_votes"),
    )
    voters, ten = (
        figure(f"{_TURNOUT}.aave_wallets_vote_median_last"),
        figure("governance.voting_power_held_together_ten_voters_uniswap"),
    )
    few = float(np.mean(decentraland_proposals().voters < 2 * FEW))
    return Count(
        true=float(fewest.value) <= FEW and float(aave.value) <= FEW,
        says=f"Compound: fewer than {fewest.value:.0f} voters on average. Aave: {aave.value:.0f} wallets of "
        f"{voters.value:.0f} in the middle vote.",
        who="Counted on chain by Messias and others (2023), and at Aave by a website (2026, weak source).",
        turns="a delegate counts as all those who chose her",
        sources=(fewest.id, aave.id, voters.id, ten.id),
        other=f"At Uniswap the ten largest have {percent(float(ten.value) / 100, 3)} of all votes, not of those cast: "
        f"if all came, they were no majority. Decentraland publishes no single ballots; {percent(few, 2)} of its "
        f"proposals had fewer than {2 * FEW} voters, so that there ten are always enough",
    )


@EVIDENCE.figures("P10a")
def who_votes_at_all() -> Count:
    """The part of all tokens that votes beside that of shares, by two bases."""
    four, cast = (
        figure("governance.share_token_supply_votes_proposal"),
        figure(f"{_TURNOUT}.uniswap_mean_votes_proposal"),
    )
    able = figure(f"{_TURNOUT}.uniswap_all_delegated_uni_active")
    private, house = (
        figure("shareholder_voting.us_companies_shares_retail_holders"),
        figure(f"{_SHARES}_institutions_voted"),
    )
    voted, small = float(four.value), float(private.value)
    can = float(cast.value) / float(able.value)
    return Count(
        true=voted > small or 100 * can > small,
        says=f"About {voted:.0f} % of all tokens vote at Aave, Compound, Lido and Uniswap; at listed companies "
        f"{small:.0f} % of private holders' shares and {house.value:.4g} % of institutions'. Of the tokens at "
        f"Uniswap that are delegated, and so can vote, {percent(can, 2)} do.",
        who="Counted by Falk and others (2024), Uniswap's accountability committee and a delegate (2025), and "
        "Broadridge (first half of 2025).",
        turns=f"more than {percent(1 - voted / small, 2)} of all tokens lie in treasuries and locks, "
        "where nobody may vote with them, and are taken out",
        sources=(four.id, cast.id, able.id, private.id, house.id),
        other="The date counts: at Uniswap the mean fell from nearly 60 to 45 million",
    )


_TURNOUT, _SHARES = "governance_turnout", "shareholder_voting.us_companies_shares"
