"""Claims, and a whole mutual that is tried on years which nobody has seen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.labs.kit import Part, holds, matches, together
from defi_lib.labs.kit.compare import Misshapen, entries_of, numbers_of
from defi_lib.labs.risk.run_a_mutual.draws import NEW_YEARS, draw_book, draw_claim, new_years
from defi_lib.labs.risk.run_a_mutual.questions import lab, some_number
from defi_lib.labs.risk.run_a_mutual.world import Book, Claim, Outlook, Terms, outlook, owed, ruined, why_not
from defi_lib.rounding import reaches

#: Claims of each part of the question: what is wrong with them, and how holders vote. In each part some are covered.
CASES = (
    (("big", "selfish"), ("", "selfish"), ("cause", "friends"), ("", "friends"), ("small", "friends")),
    (("first", "selfish"), ("last", "selfish"), ("waiting", "friends"), ("ended", "friends"), ("big", "friends")),
    (("edge", "selfish"), ("late", "friends"), ("", "selfish"), ("late", "selfish"), ("big", "friends")),
)


def _judged(judge: Any, terms: Terms, claim: Claim) -> Part:
    """One claim; if it is wrong, in words, with its numbers."""
    said, right, why = f"`judge({terms}, {claim})`", owed(terms, claim), why_not(terms, claim)
    got = judge(terms, claim)
    part = matches(1, said, got, right)
    if not part.mistake:
        return part
    paid, after = float(np.asarray(got, dtype=float)), claim.loss - terms.excess
    if why:
        mistake = f"nothing is due, because {why}."
    elif right == 0:
        mistake = f"the loss of {claim.loss:,.0f} is below the excess of {terms.excess:,.0f}: nothing is due."
    elif paid == 0:
        mistake = f"this is covered: {right:,.0f} are due. {_interest(claim)}"
    elif paid == min(claim.loss, terms.sum):
        mistake = f"the excess of {terms.excess:,.0f} is missing: the customer bears that part of the *loss*."
    elif paid == min(claim.loss, terms.sum) - terms.excess:
        mistake = f"take the excess of {terms.excess:,.0f} from the loss first, then apply the limit."
    elif paid == after:
        mistake = f"no more is paid than the sum of the cover, {terms.sum:,.0f}."
    else:
        mistake = f"{right:,.0f} are due; yours pays {paid:,.0f}."
    return part.said(f"{said}: {mistake}")


def _interest(claim: Claim) -> str:
    if claim.votes_for > 0.5:
        return "Is a first or a last day still a day?"
    return f"Of the holders, who would pay for it, {claim.votes_for:.0%} voted for it: does that change the terms?"


@lab.question(
    "judge",
    points=3,
    hints=(
        "Four questions, all must be answered by yes: the cause? not too early? not too late? reported in time?",
        "A day that is reached exactly counts. The excess comes off the loss; the sum is the most that is paid.",
    ),
)
def _judge(rng: np.random.Generator, judge: Any) -> Iterator[Part]:
    for cases in CASES:
        drawn = [draw_claim(rng, *cases[i]) for i in rng.permutation(len(cases))]
        yield together(1, *(_judged(judge, *each) for each in drawn))


#: Of all demand so much must be served; and so rarely may claims stay unpaid, for the points behind it.
SERVED = 0.5
RARELY = ((0.02, 2), (0.01, 2))
ENTRIES = ("premiums", "limits", "capital")


def plan_of(answer: Any, book: Book, said: str) -> dict[str, Any]:
    """A student's plan, or a sentence on what else it is."""
    entries = entries_of(answer, said, ENTRIES, "there is an entry {} too many")
    plan: dict[str, Any] = {}
    for name in ENTRIES:
        shape = () if name == "capital" else (len(book.kinds),)
        value = numbers_of(entries[name], f"The entry {name!r} of {said}", shape)
        if not np.all(np.isfinite(value) & (value >= 0)):
            raise Misshapen(
                f"The entry {name!r} of {said} is {str(entries[name])[:60]}: allowed are finite numbers, 0 or more."
            )
        plan[name] = value
    return plan


def _wanted(number: int, book: Book, seen: Outlook) -> str:
    """Nothing if enough is served and the capital is paid for; else what is wrong."""
    if not reaches(seen.served, SERVED):
        none = [i for i, dollars in enumerate(seen.sold) if dollars == 0]
        kinds = f" Of the kinds {none} nothing is sold." if none else ""
        return (
            f"In `draw_book({number})` you serve {seen.served:.0%} of the demand, and {SERVED:.0%} must be.{kinds} "
            f"Nobody buys above {book.most:g} times the fair premium."
        )
    if seen.gain < 0:
        return (
            f"In `draw_book({number})` premiums bring {-seen.gain:,.0f} dollars a year less than the claims to be "
            "expected: nobody lends you capital. Ask more."
        )
    if not reaches(seen.gain, seen.asked):
        return (
            f"In `draw_book({number})` premiums bring {seen.gain:,.0f} dollars a year more than the claims to be "
            f"expected, and the capital asks for {seen.asked:,.0f}: nobody lends it to you. Which kind needs so much?"
        )
    return ""


@lab.question(
    "run",
    points=4,
    hints=(
        "For each kind: what does a dollar of cover need in a bad year, and what does it bring? Compare the kinds.",
        (
            "Sell the kinds that need least until enough is served, refuse the rest, at the dearest premium that is "
            "still bought. Hold more than for the worst of 200 years, as far as `outlook` says it is paid."
        ),
    ),
)
def _run(rng: np.random.Generator, run: Any) -> Iterator[Part]:
    numbers = some_number(rng) + rng.permutation(4)
    wrong, chances = [], []
    for number in map(int, numbers):
        book = draw_book(number)
        plan = plan_of(run(book), book, f"`run(draw_book({number}))`")
        seen = outlook(book, plan)
        wrong.append(_wanted(number, book, seen))
        chances.append(ruined(plan, seen, new_years(number)))
    for rarely, points in RARELY:
        tried = [
            f"In `draw_book({number})` claims stay unpaid in {chance:.1%} of {NEW_YEARS:,} new years, and "
            f"{rarely:.0%} are allowed."
            for number, chance in zip(numbers, chances, strict=True)
            if chance > rarely
        ]
        yield together(points, *(holds(1, not each, each) for each in [*wrong, *tried]))
