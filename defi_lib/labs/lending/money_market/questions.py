"""Checks of ``labs/2_lending/01_money_market.ipynb``, but what asks where a verdict turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.labs.kit import Lab, Part, equal, holds, matches, round_number
from defi_lib.lending import CloseRules, aave_curve, health_factor, leverage_after, linear_cascade
from defi_lib.lending import liquidate as liquidation
from defi_lib.lending import liquidation_price as trigger

lab = Lab("2.1")
check, progress = lab.check, lab.progress


def _curve(rng: np.random.Generator) -> tuple[float, float, float]:
    """Kink and the two slopes of a rate (ratios)."""
    kink = float(rng.choice([0.6, 0.7, 0.8, 0.9]))
    return kink, round_number(rng, 0.03, 0.1), round_number(rng, 0.3, 2.0)


def _rate(used: float, kink: float, low: float, high: float) -> float:
    return float(aave_curve(0.0, low, high, kink).rate(used))


@lab.question(
    "borrow_rate",
    points=2,
    hints=(
        ("There are two cases: utilisation up to the kink, and above it. Which of the two lines belongs to which?"),
        (
            "Write an `if` for the first case. In the second the whole gentle slope is paid already; add the "
            "steep one for the way from kink to 1."
        ),
    ),
)
def _borrow_rate(rng: np.random.Generator, borrow_rate: Any) -> Iterator[Part]:
    kink, low, high = _curve(rng)
    used = round(float(rng.uniform(0.2, 0.9)) * kink, 3)
    yield equal(
        1,
        borrow_rate,
        (used, kink, low, high),
        _rate(used, kink, low, high),
        {
            "Below the kink the gentle slope is reached at the kink, not at 1: divide the utilisation by the kink.": (
                low * used
            ),
            "This is the rate at the kink: below it, only a part of the gentle slope is paid.": low,
            "Below the kink the steep slope plays no part.": low * used / kink + high * used,
            "Below the kink the steep slope plays no part, and it must not make the rate smaller either.": (
                low + high * (used - kink) / (1 - kink)
            ),
        },
    )
    kink, low, high = _curve(rng)
    used = round(kink + float(rng.uniform(0.2, 0.9)) * (1 - kink), 3)
    excess = used - kink
    yield equal(
        1,
        borrow_rate,
        (used, kink, low, high),
        _rate(used, kink, low, high),
        {
            "Above the kink the steep slope comes on top of the gentle one: add both.": high * excess / (1 - kink),
            "The gentle slope does not go on above the kink: there it is paid in full, once.": (
                low * used / kink + high * excess / (1 - kink)
            ),
            "The kink is missing: above it the rate climbs with the steep slope.": low * used / kink,
            "The steep slope is reached at a utilisation of 1: divide what lies above the kink by `1 - kink`.": (
                low + high * excess
            ),
            "The steep slope counts only what lies above the kink, `utilisation - kink`.": low
            + high * used / (1 - kink),
        },
    )


@lab.question(
    "year_of_interest",
    points=3,
    hints=(
        "Utilisation is debt over all the money: what is lent out and what still lies there.",
        (
            "Ask `borrow_rate` for the rate and multiply by the debt. Then divide this sum: the treasury takes "
            "its part, lenders get the rest."
        ),
    ),
)
def _year_of_interest(rng: np.random.Generator, borrow_rate: Any, year_of_interest: Any) -> Iterator[Part]:
    kink, low, high = _curve(rng)
    factor = float(rng.choice([0.1, 0.15, 0.2, 0.35]))
    debt = round_number(rng, 1e6, 1e7)
    cash = round_number(rng, 0.2 * debt, 2 * debt)
    used = debt / (cash + debt)
    rate = float(borrow_rate(used, kink, low, high))  # the student's own, so that a mistake there counts once
    paid = debt * rate
    case = (cash, debt, kink, low, high, factor)
    yield equal(
        1,
        year_of_interest,
        case,
        paid,
        {
            "Interest is paid on what is lent out, `debt`, not on all the money.": (cash + debt) * rate,
            "Utilisation is debt over *all* the money, `cash + debt`.": debt
            * float(borrow_rate(debt / cash, kink, low, high)),
            "This is the rate; multiply it by what is owed.": rate,
        },
        item=0,
    )
    yield equal(
        1,
        year_of_interest,
        case,
        paid * (1 - factor),
        {
            "The treasury takes its part first: what is left goes to the lenders.": paid,
            "This is the part of the treasury; lenders get the rest.": paid * factor,
            "The interest is what borrowers pay on their debt: it has been multiplied with the utilisation twice.": (
                paid * used * (1 - factor)
            ),
        },
        item=1,
    )
    yield equal(
        1,
        year_of_interest,
        case,
        paid * factor,
        {"This is what lenders get; the treasury gets the other part.": paid * (1 - factor)},
        item=2,
    )


def _loan(rng: np.random.Generator, low: float, high: float) -> tuple[float, float, float, float]:
    """Collateral, price, threshold and debt of a loan with a health factor between ``low`` and ``high``."""
    collateral, price = round_number(rng, 5, 500), round_number(rng, 500, 5_000)
    threshold = float(rng.choice([0.65, 0.7, 0.75, 0.8]))
    debt = collateral * price * threshold / rng.uniform(low, high)
    return collateral, price, threshold, float(f"{debt:.5g}")


@lab.question(
    "health",
    points=2,
    hints=(
        "Only a part of the collateral counts, at its price. Compare this with the debt.",
        "For the price, put 1 for the health factor into the formula and solve it for the price.",
    ),
)
def _health(rng: np.random.Generator, health: Any) -> Iterator[Part]:
    loan = collateral, price, threshold, debt = _loan(rng, 1.2, 2.5)
    right = float(health_factor(collateral * price, threshold, debt))
    yield equal(
        1,
        health,
        loan,
        right,
        {
            "The threshold is missing: only a part of the collateral counts.": collateral * price / debt,
            "Turn it round: what the collateral counts for, over the debt.": 1 / right,
            "The collateral is counted in tokens: multiply it by the price.": collateral * threshold / debt,
            "The threshold belongs to the collateral: multiply by it, do not divide.": collateral
            * price
            / threshold
            / debt,
        },
        item=0,
    )
    line = float(trigger(collateral, threshold, debt))
    yield equal(
        1,
        health,
        loan,
        line,
        {
            "The threshold is missing: the loan is liquidated long before the collateral is worth the debt.": debt
            / collateral,
            "Set the health factor to 1 and solve for the price: the threshold goes below the line, with the "
            "collateral.": debt / collateral * threshold,
            "This is by how much the price may fall, as a ratio; give the price itself.": 1 - 1 / right,
        },
        item=1,
    )


def _sold_out(loan: tuple[float, float, float, float], bonus: float, close: float) -> tuple[float, float]:
    collateral, price, threshold, debt = loan
    step = liquidation(collateral, debt, price, threshold, bonus, rules=CloseRules(close, full_below=0.0))
    return float(step.repaid), float(step.seized)


@lab.question(
    "liquidate",
    points=4,
    hints=(
        (
            "Three cases: the loan is healthy, there is enough collateral, there is not enough. Ask for the "
            "health first."
        ),
        (
            "Repaid is the smaller of two numbers: the part of the debt that may be repaid, and what all the "
            "collateral pays for with the bonus. Then count in tokens."
        ),
    ),
)
def _liquidate(rng: np.random.Generator, liquidate: Any) -> Iterator[Part]:
    bonus, close = float(rng.choice([0.05, 0.08, 0.1])), float(rng.choice([0.4, 0.5, 0.6]))
    loan = collateral, price, threshold, debt = _loan(rng, 0.92, 0.99)
    repaid, seized = _sold_out(loan, bonus, close)
    yield equal(
        1,
        liquidate,
        (*loan, bonus, close),
        repaid,
        {
            "Only a part of the debt may be repaid: multiply it by the close factor.": debt,
            "The bonus is paid in collateral; it does not make the repaid debt larger.": repaid * (1 + bonus),
        },
        item=0,
    )
    yield equal(
        1,
        liquidate,
        (*loan, bonus, close),
        seized,
        {
            "The bonus is missing: the liquidator takes collateral worth what was repaid *plus* the bonus.": repaid
            / price,
            "This is counted in dollars; turn it into tokens of the collateral at the price.": repaid * (1 + bonus),
            "This is the bonus alone.": repaid * bonus / price,
            "The threshold says when to liquidate, not how much to take.": repaid * (1 + bonus) / price / threshold,
        },
        item=1,
    )
    healthy = _loan(rng, 1.05, 1.5)
    both = liquidate(*healthy, bonus, close)
    yield holds(
        1,
        bool(np.allclose(np.asarray(both, dtype=float), 0.0)),
        "A loan with a health factor of 1 or more must not be touched: return `0, 0`.",
    )
    drowned = collateral, price, threshold, debt = _loan(rng, 0.2, 0.28)
    wanted = close * debt * (1 + bonus) / price
    yield equal(
        1,
        liquidate,
        (*drowned, bonus, close),
        _sold_out(drowned, bonus, close),
        {
            "More collateral is taken than there is. The liquidator takes all of it at most, and then repays only what "
            "it is worth without the bonus.": (close * debt, wanted),
            "If all the collateral is taken, the liquidator repays only what it is worth without the bonus: nobody "
            "pays more than that.": (close * debt, collateral),
            "All the collateral goes, and the liquidator keeps the bonus: divide its worth by `1 + bonus`.": (
                collateral * price,
                collateral,
            ),
        },
    )


@lab.question(
    "loop",
    points=2,
    hints=(
        "Write down the first rounds: how much is pledged at first, and how much more with each loan?",
        (
            "Add up the pledges, each the part `loan_to_value` of the one before. Of all that is pledged, "
            "everything but your own dollar is borrowed."
        ),
    ),
)
def _loop(rng: np.random.Generator, loop: Any) -> Iterator[Part]:
    part, rounds = float(rng.choice([0.55, 0.6, 0.65, 0.7])), int(rng.integers(2, 9))
    asset, loan = round_number(rng, 0.03, 0.06), round_number(rng, 0.01, 0.029)
    exposure = float(leverage_after(part, rounds))
    case = (part, rounds, asset, loan)
    yield equal(
        1,
        loop,
        case,
        exposure,
        {
            "Your own capital is missing: it is pledged before anything is borrowed.": exposure - 1,
            "One round too few: after `rounds` loans the last loan is pledged too.": float(
                leverage_after(part, rounds - 1)
            ),
            "One round too many: the first deposit is yours, it is no loan.": float(leverage_after(part, rounds + 1)),
            "This is the limit of endless rounds; add up the rounds there are.": 1 / (1 - part),
            "Each round is a part of the round before, so the loans shrink: they are not all the same.": 1
            + part * rounds,
        },
        item=0,
    )
    yield equal(
        1,
        loop,
        case,
        exposure * asset - (exposure - 1) * loan,
        {
            "Interest is paid on what is borrowed: everything but your own capital, `leverage - 1`.": exposure
            * (asset - loan),
            "The interest is missing.": exposure * asset,
            "The interest is paid once; it is owed on every borrowed dollar.": exposure * asset - loan,
        },
        item=1,
    )


def _crowd(rng: np.random.Generator) -> tuple[float, float, float, list[float], list[float]]:
    """A price, a fall, an impact, and loans of which some are hit one after the other and some stay out of reach."""
    price, impact = round_number(rng, 80, 200), 0.01
    start = round(0.95 * price, 2)
    sizes = [float(size) for size in rng.integers(100, 500, int(rng.integers(3, 6)))]
    reached = start - impact * np.cumsum([0.0, *sizes])  # the price before the first sale, after each
    triggers = [round(start + 0.01, 2)]
    triggers += [
        round(float(low) + 0.3 * impact * before, 2) for low, before in zip(reached[1:-1], sizes, strict=False)
    ]
    low = float(reached[-1])
    triggers += [round(low - 5.0, 2), round(low - 9.0, 2)]
    sizes += [float(rng.integers(100, 400)), float(rng.integers(100, 400))]
    return price, start, impact, triggers, sizes


@lab.question(
    "cascade",
    points=3,
    hints=(
        (
            "A sale can hit a loan that the price had not reached before. In which order are loans hit as the "
            "price falls?"
        ),
        (
            "Sort the loans with their sizes by trigger, the highest first. Go through them until the price is "
            "above the trigger."
        ),
    ),
)
def _cascade(rng: np.random.Generator, cascade: Any) -> Iterator[Part]:
    for shuffled in (False, True):
        price, start, impact, triggers, sizes = _crowd(rng)
        if shuffled:  # the second to be hit stands behind the third, so that going through once is not enough
            order = [0, 2, 1, *rng.permutation(np.arange(3, len(triggers)))]
            triggers, sizes = [triggers[i] for i in order], [sizes[i] for i in order]
        right = linear_cascade(price, start, impact, np.array(triggers), np.array(sizes))
        at_once = start - impact * sum(size for level, size in zip(triggers, sizes, strict=True) if start <= level)
        one_pass = start
        for level, size in zip(triggers, sizes, strict=True):
            one_pass -= impact * size * (one_pass <= level)
        mistakes = {
            "Only the loans that the news hit are sold; their sales hit others.": at_once,
            "Everything is sold: a loan is sold only if the price is at or below its trigger.": start
            - impact * sum(sizes),
            "The news alone: the sales push the price further.": start,
            "The first fall is missing: begin at the price after the news.": float(right.final_price) + price - start,
        }
        if shuffled:
            mistakes |= {
                "You went through the list once. A sale may hit a loan that came earlier in the list: go through it "
                "again until nothing is sold any more.": one_pass
            }
        loans = f"`cascade({start:g}, {impact:g}, {triggers}, {sizes})`"
        yield matches(1, loans, cascade(start, impact, triggers, sizes), float(right.final_price), mistakes)
    out_of_reach = [level - 50.0 for level in triggers]
    yield holds(
        1,
        bool(np.isclose(float(cascade(start, impact, out_of_reach, sizes)), start)),
        "If the news hit no loan, nothing is sold, and the price stays where the news left it.",
    )


__all__ = ["check", "lab", "progress"]
