"""What an attack brings, what honest proposals need, and rules that stand between the two."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np

from defi_lib.labs.governance.attack_and_defend.draws import draw_dao, electorate_of
from defi_lib.labs.governance.attack_and_defend.questions import lab
from defi_lib.labs.governance.attack_and_defend.world import (
    RANGES,
    SWITCHES,
    Dao,
    Rules,
    attacked,
    costs,
    passing,
)
from defi_lib.labs.kit import Part, holds, matches, together
from defi_lib.labs.kit.compare import Misshapen, entries_of, four_cases, numbers_of

#: Honest proposals that must pass: of fresh ones, and of how many.
MUST_PASS, FRESH = 0.7, 500


def some_number(rng: np.random.Generator, council: bool = False) -> int:
    """Of a DAO whose members leave a theft, or whose council stops it."""
    return 16 * int(rng.integers(100, 5_000)) + int(rng.integers(8)) + 8 * council


def some_rules(rng: np.random.Generator, dao: Dao, leave: bool, veto: bool) -> dict[str, Any]:
    """Rules that bind some honest proposals and not others, in numbers that are easy to read."""
    return {
        "snapshot": True,
        "delay": int(rng.integers(3, 7)),
        "quorum": float(np.quantile([each.in_favour for each in dao.past], 0.3, method="lower")),
        "limit": float(np.quantile([each.asked for each in dao.past], 0.8, method="lower")),
        "exit": leave,
        "veto": veto,
    }


def _profits(dao: Dao, rules: dict[str, Any], cost: float) -> tuple[float, dict[str, float]]:
    """What the attacker gains, and what usual mistakes give."""
    one = attacked(dao, rules, cost)
    treasury, limit, days, chance = dao.treasury, rules["limit"], rules["delay"], float(one.chance)
    left, share = float(one.left), float(one.share)
    mistakes = {
        "The cost of the votes is missing.": chance * float(one.take),
        "The limit is missing: one proposal may move only so much.": chance * (treasury - left) - cost,
    }
    if rules["exit"]:
        gone = 1 - (1 - dao.leave) ** days
        mistakes |= {
            "Who may leave takes money along before the proposal is carried out; that is missing.": (
                chance * limit * treasury - cost
            ),
            "The attacker stays: only the *others* leave, `1 - share` of all.": (
                chance * limit * treasury * (1 - gone) - cost
            ),
            "Members leave on each day of the delay, not on one only.": (
                chance * limit * treasury * (1 - (1 - share) * dao.leave) - cost
            ),
            "This is what leaves; asked for is what the attacker gains.": left,
        }
    if rules["veto"]:
        mistakes |= {
            "The council may stop it; that chance is missing.": float(one.take) - cost,
            "The council may stop it on each day of the delay, not on one only.": (
                (1 - dao.catches) * float(one.take) - cost
            ),
            "The votes are paid whether or not the council stops it.": chance * (float(one.take) - cost),
            "This is the chance that the council stops it; you need the other.": (
                (1 - chance) * float(one.take) - cost
            ),
            "`errs` is for honest proposals; a theft is found with the chance `catches`.": (
                (1 - dao.errs) ** days * float(one.take) - cost
            ),
        }
    return float(one.profit), mistakes


@lab.question(
    "profit",
    points=2,
    hints=(
        "In which order? Members leave, then the proposal takes its part of the rest, if nobody stops it.",
        "After a day the part `1 - leave` of the others is still there. And after all the days of the delay?",
    ),
)
def _profit(rng: np.random.Generator, profit: Any) -> Iterator[Part]:
    def ask(leave: bool, veto: bool) -> Part:
        number = some_number(rng, council=veto and not leave)
        dao = draw_dao(number)
        rules = some_rules(rng, dao, leave, veto)
        cost = float(f"{0.01 * dao.treasury * rng.uniform(0.5, 2):.3g}")
        said = f"`profit(draw_dao({number}), {rules}, {cost:.12g})`"
        return matches(0.5, said, profit(dao, dict(rules), cost), *_profits(dao, rules, cost))

    plain = ask(False, False)
    if plain.mistake and plain.mistake.startswith("`profit("):
        plain = plain.said(
            f"{plain.mistake} Here nobody may leave, and nobody may stop it: what does a delay do alone?"
        )
    yield plain
    yield ask(True, False)
    yield ask(False, True)
    yield ask(True, True)


def _rates(dao: Dao, rules: dict[str, Any]) -> tuple[float, dict[str, float]]:
    """Part of the honest proposals that passes, and what usual mistakes give."""
    past = np.array(dao.past)
    seen = passing(dao, rules, past)

    def rate(*fine: Any) -> float:
        return float(np.mean(np.logical_and.reduce(fine))) * seen.chance

    shorter = passing(dao._replace(vote_days=0), rules, past)
    mistakes = {
        "The quorum is missing: a proposal without enough votes fails.": rate(seen.delay, seen.limit),
        "The delay is missing: money that comes too late is of no use.": rate(seen.quorum, seen.limit),
        "The limit is missing: who gets less than needed has not got it.": rate(seen.quorum, seen.delay),
        "First comes the vote, `vote_days`, then the delay.": shorter.rate,
        "This is the part that fails.": 1 - seen.rate,
        "This is the number of them; asked for is the part.": seen.rate * len(dao.past),
    }
    if rules["exit"]:
        everybody = np.where(np.arange(4) == 1, 1.0, past)  # all upset
        nobody = passing(dao, {**rules, "exit": False}, past)
        mistakes |= {
            "Who may leave does so over honest proposals too: less is there when the money is paid.": nobody.rate,
            "Only those leave who are `upset`, not all.": passing(dao, rules, everybody).rate,
        }
    if rules["veto"]:
        mistakes |= {
            "A council errs: that chance is missing.": seen.rate / seen.chance,
            "The council may err on each day of the delay, not on one only.": seen.rate / seen.chance * (1 - dao.errs),
            "`catches` is for thefts; an honest proposal is stopped with the chance `errs`.": (
                seen.rate / seen.chance * (1 - dao.catches) ** rules["delay"]
            ),
        }
    return seen.rate, mistakes


def _telling_dao(rng: np.random.Generator, leave: bool, veto: bool) -> tuple[int, dict[str, Any]]:
    """A DAO and rules under which the mistakes show."""
    for _ in range(1_000):
        number = some_number(rng, council=veto and not leave)
        dao = draw_dao(number)
        rules = some_rules(rng, dao, leave, veto)
        rules["delay"] = int(np.quantile([each.wait for each in dao.past], 0.6, method="lower") - dao.vote_days)
        right, mistakes = _rates(dao, rules)
        found = [round(each, 6) for each in (right, *mistakes.values())]
        if right > 0 and len(set(found)) == len(found):
            return number, rules
    raise RuntimeError("no DAO tells the mistakes apart: draw from a wider range")


@lab.question(
    "pass_rate",
    points=2,
    hints=(
        "For one proposal: enough votes, in time, enough money? Reached exactly is reached. Then count.",
        "The council errs with the same chance for each of them: multiply the part that passes by it, at the end.",
    ),
)
def _pass_rate(rng: np.random.Generator, pass_rate: Any) -> Iterator[Part]:
    for leave, veto in ((False, False), (True, False), (False, True), (True, True)):
        number, rules = _telling_dao(rng, leave, veto)
        dao = draw_dao(number)
        said = f"`pass_rate(draw_dao({number}), {rules})`"
        yield matches(0.5, said, pass_rate(dao, dict(rules)), *_rates(dao, rules))


def rules_of(answer: Any, said: str) -> Rules:
    """A student's rules, or a sentence on what else it is."""
    entries = entries_of(answer, said, list(RANGES), "there is no rule {}")
    found = {}
    for name, (low, high) in RANGES.items():
        value = float(numbers_of(entries[name], f"The rule {name!r} of {said}", ()))
        allowed = (
            "True or False" if name in SWITCHES else f"from {low:g} to {high:g}" if high < inf else "0 or more days"
        )
        if not low <= value <= high or value == inf or (name in SWITCHES and value not in (0, 1)):
            raise Misshapen(f"The rule {name!r} of {said} is {value:g}: allowed is {allowed}.")
        found[name] = value
    return found


def _honest(number: int, dao: Dao, rules: Rules, rng: np.random.Generator) -> str:
    """Nothing if enough of fresh honest proposals pass; else what stops most of them."""
    seen = passing(dao, rules, electorate_of(number).proposals(rng, FRESH))
    if seen.rate >= MUST_PASS:
        return ""
    wait = f"the delay of {rules['delay']:g} days, after {dao.vote_days:g} of voting,"
    failed = {
        f"the quorum of {rules['quorum']:.2%} is not reached": float(1 - np.mean(seen.quorum)),
        f"{wait} is too long": float(1 - np.mean(seen.delay)),
        f"the limit of {rules['limit']:.1%} is too little": float(1 - np.mean(seen.limit)),
        f"the council errs, in {rules['delay']:g} days": 1 - seen.chance,
    }
    why = max(failed, key=lambda each: failed[each])
    new = f"{seen.rate:.0%} of {FRESH} new honest proposals pass, and {MUST_PASS:.0%} must"
    return f"In `draw_dao({number})` {new}; most often {why}."


#: What an attacker does, in words.
VERBS = {
    "buy": "buys the votes from the pool",
    "borrow": "borrows the votes from the market",
    "rent": "rents the votes",
    "flash": "borrows the votes for one block",
}


def _beaten(number: int, dao: Dao, rules: Rules, ways: tuple[str, ...]) -> str:
    """Nothing if no attack in these ways pays; else what it costs and brings."""
    price = costs(dao, rules)
    for way in ways:
        if price[way] == inf:
            continue
        one = attacked(dao, rules, price[way])
        if one.pays:
            brings = float(one.chance * one.take)
            return (
                f"In `draw_dao({number})` somebody {VERBS[way]}, {float(one.share):.2%} of all: this costs "
                f"{price[way]:,.0f} dollars and brings {brings:,.0f} on average. Which rule stops that?"
            )
    return ""


def _worlds(rng: np.random.Generator) -> list[int]:
    """Four DAOs: each of many and few votes, patience and haste, much and little money, good council and bad."""
    base = 16 * int(rng.integers(100, 5_000))
    return [base + each for each in four_cases(rng)]


@lab.question(
    "rules",
    points=4,
    hints=(
        "Be as strict as honest proposals allow: what do the past ones tell about quorum, limit and delay?",
        (
            "Try all four pairs of exit and veto, with several delays. Throw away what lets too few of the past pass; "
            "of the rest take that under which the best attacker gains least."
        ),
    ),
)
def _rules(rng: np.random.Generator, rules: Any) -> Iterator[Part]:
    worlds = [(number, draw_dao(number)) for number in _worlds(rng)]
    answers = [rules_of(rules(dao), f"`rules(draw_dao({number}))`") for number, dao in worlds]
    found = list(zip(worlds, answers, strict=True))
    honest = [_honest(number, dao, answer, rng) for (number, dao), answer in found]
    for points, ways in ((1, ("flash", "borrow")), (1.5, ("rent",)), (1.5, ("buy",))):
        lost = [_beaten(number, dao, answer, ways) for (number, dao), answer in found]
        yield together(points, *(holds(1, not each, each) for each in honest + lost))
