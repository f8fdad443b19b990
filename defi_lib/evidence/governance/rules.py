"""What rules against large holders are worth where names can be bought. Readings R3a, R3b and P10b."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from defi_lib.evidence.effects import Control, Count, Registry
from defi_lib.figures import figure
from defi_lib.governance import (
    conviction,
    count_votes,
    decentraland_members,
    decentraland_proposals,
    deciding_number,
    draw_jury,
    liquid_votes,
    names_bought,
    vote_weight,
    votes_of,
    votes_with_names,
)
from defi_lib.numerals import percent

EVIDENCE = Registry("governance")

Worlds = NDArray[np.float64]

DIME = 0.1  #: USD: what a vote at Decentraland is taken to be worth (our choice); no name has less than one vote
CAP = 10_000.0  #: votes that count for one name, where a cap is compared (our choice)
SEATS = 9  #: of a jury by lot (our choice)

#: The rules that weigh names, as a table calls them.
COMPARED = {"capped": "capped", "square root": "quadratic", "by heads": "equal"}

#: What is linear in tokens: a lock of one year of four, and thirty days of support that halves in three.
PATIENT = {
    "by tokens": votes_of,
    "locked a year": lambda held: vote_weight(held, 1.0, max_time=4.0),
    "conviction": lambda held: conviction(held, 30.0, 3.0),
}

#: Tokens for 100 dollars beside an equal part of holders with a dollar each; nobody buys names.
_SMALL = {
    "name_cost": 5, "budget": 0, "holding": 100, "part": 0.5, "typical": 1, "found": 0, "copied": 0
}  # fmt: skip


@EVIDENCE.model(
    "R3a",
    placebos=[
        # Names for nothing, and everybody takes them: the root of the tokens is the tokens.
        {"name_cost": 0, "found": 0, "copied": 1, "holding": 700_000, "typical": 7_700},
        # All hold the same, and nobody buys names.
        {"budget": 0, "holding": 7_700, "typical": 7_700},
    ],
    controls=[
        # Ten votes beside a hundred: one in eleven in place of one in two.
        Control(_SMALL, 1 - 2 / 11),
        # A quarter of the tokens: ten votes beside three hundred, 1/31 in place of 1/4.
        Control({**_SMALL, "part": 0.25}, 1 - 4 / 31),
        # Ninety-nine names more for 99 dollars: a hundred votes beside a hundred.
        Control({**_SMALL, "name_cost": 1, "budget": 0.99}, 0.0),
        # Of twenty-four names more half are struck: thirteen with two votes each.
        Control({**_SMALL, "name_cost": 2, "budget": 0.48, "found": 0.5}, 1 - 2 * 26 / 126),
        # Half of the others hold four dollars each and buy three names more; beside them four votes for eight.
        Control(
            {**_SMALL, "typical": 4, "name_cost": 0.25, "budget": 0.1875, "copied": 0.5},
            1 - 2 * np.sqrt(7_600) / (np.sqrt(7_600) + 75),
        ),
        # A dime in each name at least: two dollars fill twenty, √10 votes a dollar beside √2.5.
        Control({**_SMALL, "holding": 2, "name_cost": 0, "typical": 0.4}, 1 - 2 * 2 / 3),
    ],
)
def lowered_by_the_root(
    name_cost: Worlds,
    budget: Worlds,
    holding: Worlds,
    part: Worlds,
    typical: Worlds,
    found: Worlds,
    copied: Worlds,
) -> Worlds:
    """By what part of its part of the votes the root lowers a whale, after both sides bought what names they want.

    Args:
        name_cost: of each name but the first (USD).
        budget: spent on names, as a part of what the tokens are worth.
        holding: the whale's tokens (USD).
        part: of all tokens that vote, the whale's.
        typical: what each of the others holds (USD), so that they have as many root votes a token as in truth.
        found: part of the bought names that is struck.
        copied: part of the others' tokens whose holders buy names too.
    """
    whale = _votes_per_dollar(holding, budget, name_cost, found)
    others = (1 - copied) / np.sqrt(typical) + copied * _votes_per_dollar(typical, budget, name_cost, found)
    return np.asarray(1 - whale / (part * whale + (1 - part) * others))


def _votes_per_dollar(holding: Worlds, budget: Worlds, name_cost: Worlds, found: Worlds) -> Worlds:
    """Root votes for each dollar of a holding."""
    votes = votes_with_names(holding, budget * holding, name_cost, found, least=DIME)
    return np.asarray(votes / holding)


_DIVIDED = {"half": 0.1, "small_come": 1, "comes": 0.1, "lead": 0.5, "quorum": 0.01}


@EVIDENCE.model(
    "P10b",
    # All hold the same and come, and nobody of the larger half agrees: half beside half, which every quorum admits.
    placebos=[{"half": 0.5, "small_come": 1, "comes": 1, "lead": 1}],
    controls=[
        # A tenth comes in full; of nine tenths a tenth comes and is divided 75 : 25.
        Control(_DIVIDED, 0.1 - 0.045),
        Control({"half": 0.2, "small_come": 0.25, "comes": 0.5, "lead": 0.1, "quorum": 0.05}, 0.05 - 0.04),
        # A quarter of nine hundredths agrees; a quorum of a fifth lacks the rest.
        Control({**_DIVIDED, "quorum": 0.2}, 0.1 - (0.2 - 0.0225)),
    ],
)
def smaller_half_outweighs(half: Worlds, small_come: Worlds, comes: Worlds, lead: Worlds, quorum: Worlds) -> Worlds:
    """Votes of the smaller half less what it needs: the lead of the rest, or what lacks to the quorum (of all tokens).

    Args:
        half: the smaller half's part of all tokens.
        small_come: the part of these that votes.
        comes: the part of the others' tokens that votes.
        lead: of those against the smaller half, among the votes that the others cast.
        quorum: votes in favour that are needed, as a part of all tokens.
    """
    cast = (1 - half) * comes
    return np.asarray(half * small_come - np.maximum(cast * lead, quorum - cast * (1 - lead) / 2))


@EVIDENCE.figures("R3b")
def delegation() -> Count:
    """How much of what is cast is delegated, and how few are a majority with delegation and without it."""
    members, ended = decentraland_members(), decentraland_proposals()
    delegated = float(np.median(ended.delegated[ended.cast > 0] / ended.cast[ended.cast > 0]))
    alone, together = int(deciding_number(members.own)), int(deciding_number(members.votes))
    listed = int(deciding_number(members.votes_as_listed))
    first, today = (
        figure("governance_turnout.uniswap_mean_votes_proposal_first"),
        figure("governance_turnout.uniswap_mean_votes_proposal"),
    )
    gone = figure("governance_turnout.uniswap_votes_one_venture_fund")
    return Count(
        true=delegated > 0 and together >= alone,
        says=f"At Decentraland {percent(delegated, 2)} of what is cast in the middle vote is delegated; with "
        f"delegation {together} members are a majority of all votes, without it {alone}.",
        who="Counted by us in what the DAO published (April 2026).",
        turns="those who delegate would divide over many delegates, so that more than without are needed",
        sources=(first.id, today.id, gone.id),
        other=f"By the file's own sums of what is delegated {listed} are a majority. At Uniswap, where all vote "
        f"through delegates, {first.value:.0f} million votes were cast on average at first, {today.value:.0f} million "
        f"in 2025; one fund's change of custody took out {gone.value:.0f} million",
    )


def club(name_cost: Worlds, typical: Worlds, found: Worlds, spent: Worlds) -> dict[str, Worlds]:
    """A whale with a fifth of the tokens, for 100,000 dollars, in a club whose other members buy no names.

    >>> {name: round(float(value), 3) for name, value in club(10.0, 100.0, 0.0, 0.01).items()}
    {'Square root': 0.074, 'names': 101.0}
    """
    tokens, fifth, nobody = np.asarray(1e5), np.asarray(0.2), np.asarray(0.0)
    share = fifth * (1 - lowered_by_the_root(name_cost, spent, tokens, fifth, typical, found, nobody))
    return {"Square root": share, "names": np.asarray(names_bought(tokens, tokens * spent, name_cost, DIME))}


def whale_by_rule(name_cost: float, budget: float = 0.01, found: float = 0.0) -> pd.Series:
    """The part of the votes of Decentraland's largest member by each rule, if all members came (ratio).

    It alone buys names, for a part of what its votes are worth; the others keep to one. All lock, or support, for the
    same time. "Delegated" lets votes travel on to who votes, who may be somebody else; circles are lost.

    >>> (whale_by_rule(5.0) * 100).round(1).to_dict()  # doctest: +NORMALIZE_WHITESPACE
    {'by tokens': 13.4, 'locked a year': 13.4, 'conviction': 13.4, 'delegated': 13.6,
     'capped': 51.1, 'square root': 37.8, 'by heads': 27.8}
    """
    members = decentraland_members()
    own, whale = members.own, int(np.argmax(members.own))
    tokens, others = float(own[whale]), np.delete(own, whale)
    spend = budget * DIME * tokens
    names = names_bought(tokens, spend, name_cost)
    kept = 1 + (1 - found) * (names - 1)
    parts = {}
    for name, weigh in PATIENT.items():
        mine = max(float(weigh(tokens)), kept * float(weigh(tokens / names)))
        parts[name] = mine / (mine + float(np.sum(weigh(others))))
    itself = np.arange(own.size)
    travelled = liquid_votes(own, np.where(members.delegate < 0, itself, members.delegate)).votes
    parts["delegated"] = float(np.max(travelled) / np.sum(travelled))
    for name, rule in COMPARED.items():
        mine = float(votes_with_names(tokens, spend, name_cost, found, rule, CAP))
        parts[name] = mine / (mine + float(np.sum(votes_of(others, rule, CAP))))
    return pd.Series(parts)


def largest_gets_its_way(rule: str, electorates: int = 1_000, voters: int = 50, seed: int = 53) -> float:
    """In what part of drawn electorates the largest holder's side wins, if all others toss a coin (ratio).

    The voters are drawn, each at most once, from Decentraland's members who have a vote; a tie is not won. By "lot"
    nine of them decide, each name with the same chance.

    >>> [round(largest_gets_its_way(rule), 2) for rule in ("linear", "equal", "lot")]
    [0.94, 0.5, 0.5]
    """
    rng = np.random.default_rng(seed)
    own = decentraland_members().own
    with_votes = own[own > 0]
    drawn = np.array([rng.choice(with_votes, voters, replace=False) for _ in range(electorates)])
    agree = rng.random(drawn.shape) < 0.5
    agree[np.arange(electorates), np.argmax(drawn, axis=1)] = True
    if rule == "lot":
        return float(np.mean(draw_jury(drawn, agree, SEATS, rng, by="heads").passed))
    return float(np.mean(count_votes(drawn, agree, rule, CAP).passed))
