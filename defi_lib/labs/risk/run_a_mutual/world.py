"""A mutual as its members see it: what it insures and has seen, what a plan sells and earns, and claims on covers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.risk import loaded_premium, run_fund
from defi_lib.rounding import reaches

#: Where no claim was ever seen, half a claim is counted: nobody is free of risk.
HALF = 0.5


class Kind(NamedTuple):
    """Protocols of one kind, with what happened to them so far. Each claim costs its whole cover."""

    demand: float  #: dollars of cover that customers want
    covers: int  #: how many equal covers were sold in each year
    claims: tuple[int, ...]  #: how many of them were lost in each year


class Book(NamedTuple):
    """What a mutual knows before it begins. Customers and whoever lends it capital know the same history."""

    kinds: tuple[Kind, ...]
    most: float  #: what customers pay at most, as a multiple of the fair premium
    asks: float  #: return that capital asks for, a year (ratio)


#: With round numbers, for the examples by hand.
EXAMPLE = Book(
    kinds=(Kind(60e6, 100, (2, 3, 0, 4, 1)), Kind(40e6, 100, (0, 0, 20, 0, 0))),
    most=1.5,
    asks=0.1,
)


class Terms(NamedTuple):
    """What a cover promises. Days are counted from the first day of the mutual."""

    sum: float  #: dollars that are paid at most
    excess: float  #: dollars of each loss that the customer bears
    causes: tuple[str, ...]  #: what is covered
    begins: int  #: first day of the cover
    waits: int  #: days from then on in which nothing is covered yet
    ends: int  #: last day of the cover
    report: int  #: days after the loss within which it must be reported


class Claim(NamedTuple):
    """What a customer says, and how the holders of the mutual's token voted on it."""

    cause: str
    day: int  #: of the loss
    reported: int  #: the day on which it was reported
    loss: float  #: dollars
    votes_for: float  #: part of the tokens that voted to pay


def chance_seen(covers: int, claims: tuple[int, ...] | list[int]) -> float:
    """Part of all covers that was lost."""
    return max(sum(claims), HALF) / (covers * len(claims))


def fair(kind: Kind) -> float:
    """The premium without loading, as a part of the cover, by what was seen."""
    return float(loaded_premium(1.0, chance_seen(kind.covers, kind.claims)))


class Outlook(NamedTuple):
    """What a plan sells and earns, as far as everybody can know it."""

    sold: NDArray[np.float64]  #: dollars of cover, of each kind
    premiums: float  #: dollars a year
    served: float  #: part of all demand
    gain: float  #: dollars a year on average: premiums less the claims that the history lets expect
    asked: float  #: dollars a year that capital asks for


def outlook(book: Book, plan: Mapping[str, Any]) -> Outlook:
    """What a plan sells and earns: ``premiums`` and ``limits`` have an entry for each kind, ``capital`` is a number.

    >>> seen = outlook(EXAMPLE, {"premiums": [0.03, 0.07], "limits": [60e6, 10e6], "capital": 2e6})
    >>> seen.sold.tolist(), seen.served, round(seen.premiums), round(seen.gain), seen.asked
    ([60000000.0, 0.0], 0.6, 1800000, 600000, 200000.0)
    """
    demand = np.array([kind.demand for kind in book.kinds])
    risk = np.array([fair(kind) for kind in book.kinds])
    asked = np.asarray(plan["premiums"], dtype=float)
    buys = np.asarray(reaches(book.most * risk, asked))
    sold = np.where(buys, np.minimum(np.asarray(plan["limits"], dtype=float), demand), 0.0)
    return Outlook(
        sold,
        float(sold @ asked),
        float(sold.sum() / demand.sum()),
        float(sold @ (asked - risk)),
        book.asks * float(plan["capital"]),
    )


def ruined(plan: Mapping[str, Any], seen: Outlook, lost: NDArray[np.float64]) -> float:
    """Part of the years in which premiums and capital do not pay all claims.

    Args:
        plan: of the mutual.
        seen: what it sells.
        lost: part of the covers of each kind (last axis) that is lost in each year.
    """
    run = run_fund(float(plan["capital"]), seen.premiums, (lost @ seen.sold)[np.newaxis])
    return float(np.mean(run.ruined))


def why_not(terms: Terms, claim: Claim) -> str:
    """Why a claim is not covered, with its numbers; nothing if it is."""
    first = terms.begins + terms.waits
    if claim.cause not in terms.causes:
        return f"the terms do not cover {claim.cause!r}"
    if claim.day < first:
        return f"the loss was on day {claim.day}, and the waiting time ends on day {first}"
    if claim.day > terms.ends:
        return f"the loss was on day {claim.day}, after the last day of the cover, {terms.ends}"
    if claim.reported > claim.day + terms.report:
        late = claim.reported - claim.day
        return f"it was reported {late} days after the loss, and {terms.report} are allowed"
    return ""


def owed(terms: Terms, claim: Claim) -> float:
    """What the terms promise (dollars), whatever the holders say."""
    return 0.0 if why_not(terms, claim) else min(max(claim.loss - terms.excess, 0.0), terms.sum)
