"""A round of quadratic funding in whole units, as in the contract: the whole pool is always spent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from defi_lib.ledger.transfer import Transfer
from defi_lib.validation import at_least

ONE = 10**18  #: an alpha of 1


class MatchingRound(NamedTuple):
    """How a round ends, in smallest units."""

    alpha: int  #: part of the pairwise sums that is paid, 1e18 = 1; may be above 1
    pool: int  #: that is divided
    tallies: tuple[int, ...]  #: votes of each project
    spent: tuple[int, ...]  #: credits of each project
    allocations: tuple[int, ...]  #: paid to each project, contributions included
    left_over: int  #: lost to rounding, stays in the contract

    def transfers(
        self, contract: str = "funding round", projects: str = "project", asset: str = "grant"
    ) -> tuple[Transfer, ...]:
        """What each project, ``"project 0"`` and so on, gets out of the contract."""
        return tuple(
            Transfer(contract, f"{projects} {i}", float(amount), asset, "allocation")
            for i, amount in enumerate(self.allocations)
            if amount
        )


def match_round(votes: Sequence[Sequence[int]], pool: int, factor: int = 10**13) -> MatchingRound:
    """Divide a matching pool over projects by the votes of their donors.

    A donor of c credits gives √c votes, whole ones. With tallies ``T = Σv``, credits ``S = Σv²`` and f units a credit:
    ``α = ⌊pool·10¹⁸/(f·(ΣT² − ΣS))⌋``, and a project gets ``⌊(α·f·T² + 10¹⁸·f·S − α·f·S)/10¹⁸⌋``.

    Args:
        votes: of each project, the whole votes of its donors, >= 0.
        pool: smallest units, >= 0.
        factor: smallest units of a credit, >= 1; 10¹³ for a token of 18 decimals.

    Raises:
        ValueError: an argument outside its range, or no project with two donors: nothing to match.

    Nine donors of 100 votes and one of 300 give the same money, but only the nine are matched:

    >>> result = match_round([[100] * 9, [300]], pool=10**21)
    >>> result.spent, [amount // 10**15 for amount in result.allocations]
    ((90000, 90000), [1000899, 900])

    Source: clr.fund, FundingRound. There votes are secret (MACI), and unspent contributions become matching money.
    """
    pool, factor = at_least("pool", pool, 0), at_least("factor", factor, 1)
    given = [
        [at_least(f"votes[{project}][{i}]", each, 0) for i, each in enumerate(donors)]
        for project, donors in enumerate(votes)
    ]
    tallies, spent = [sum(donors) for donors in given], [sum(each**2 for each in donors) for donors in given]
    pairs = sum(tally**2 for tally in tallies) - sum(spent)
    if not pairs:
        raise ValueError(
            "votes has no project with two donors: allowed is a round in which there is something to match"
        )
    alpha = pool * ONE // (factor * pairs)
    paid = [
        (alpha * factor * tally**2 + ONE * factor * own - alpha * factor * own) // ONE
        for tally, own in zip(tallies, spent, strict=True)
    ]
    left = pool + factor * sum(spent) - sum(paid)
    return MatchingRound(alpha, pool, tuple(tallies), tuple(spent), tuple(paid), left)
