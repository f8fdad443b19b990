"""The score of what a year left, and whether one remedy made a difference."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.economy import DesignOutcome, judge_outcome
from defi_lib.labs.economy.the_design.reading import lab
from defi_lib.labs.kit import Part, holds, matches, together
from defi_lib.labs.kit.compare import numbers_of

_SEEDS = 8


def _fine_year(rng: np.random.Generator) -> DesignOutcome:
    """Eight years in which everything is well, but for spread and trading."""
    served = {"payer": 0.01, "trader": round(rng.uniform(-0.04, -0.01), 3), "holder": round(rng.uniform(-0.03, 0), 3)}
    before = np.round(rng.uniform(1e5, 2e5, _SEEDS))
    return DesignOutcome(
        spread=np.round(rng.uniform(40, 80, _SEEDS), 1),
        unpaid=np.round(rng.uniform(0, 0.15, _SEEDS), 2),
        liquidity=np.round(rng.uniform(0.3, 1, _SEEDS), 2),
        dry=np.round(rng.uniform(0, 0.25, _SEEDS), 2),
        traded=np.round(before * np.tile([0.7, 1.4], _SEEDS // 2) * rng.uniform(0.9, 1.1, _SEEDS)),
        traded_before=before,
        wages=float(rng.integers(500, 2_000)),
        insiders=float(rng.integers(3_000, 9_000)),
        served=served,
        returns={**served, "insider": 0.3},
        left_out=np.ones(_SEEDS),
    )


def _score(year: DesignOutcome) -> float:
    return judge_outcome(year).score


def _everything_fine(rng: np.random.Generator, score: Any) -> Part:
    year = _fine_year(rng)
    serve = year.traded / year.traded_before
    mistakes = {
        "Who trades more than before serves fully, not more than that: at most 1.": float((year.spread * serve).mean()),
        "Multiply in each seed first, and take the mean last: what is spread in years without trade helps nobody.": (
            float(year.spread.mean() * np.minimum(serve, 1).mean())
        ),
        "`serve` is the trading now, by the trading before.": float((year.spread * np.minimum(1 / serve, 1)).mean()),
        "Trading is missing: a design that nobody uses helps nobody.": float(year.spread.mean()),
        "Insiders who gain build; they do not make a design better than fully paid: at most 1.": (
            _score(year) * (1 + year.insiders / (2 * year.wages))
        ),
        "No role loses more than 5 %, so that the design is fully fair: at most 1.": (
            _score(year) * (1 + (min(year.served.values()) + 0.05) / 0.25)
        ),
        "This is the sum over the seeds; asked for is the mean.": _SEEDS * _score(year),
    }
    return matches(1, f"`score` of eight years that all survive, {_told(year)},", score(year), _score(year), mistakes)


def _told(year: DesignOutcome) -> str:
    return f"insiders with {year.insiders:,.0f} dollars and wages of {year.wages:,.0f}"


def _some_die(rng: np.random.Generator, score: Any) -> list[Part]:
    year = _fine_year(rng)
    dead = {"unpaid": 0.35, "liquidity": 0.1, "dry": 0.6}
    edge = {"unpaid": 0.2, "liquidity": 0.2, "dry": 0.3}
    sentences = {
        "unpaid": "A year in which more than a fifth of the wages is unpaid is not survived, and counts 0.",
        "liquidity": "A year in which less than a fifth of the liquidity is left is not survived, and counts 0.",
        "dry": "A year with the token in the dust on more than three days of ten is not survived, and counts 0.",
    }
    parts = []
    for (name, value), place in zip(dead.items(), rng.permutation(_SEEDS)[:3], strict=True):
        values = getattr(year, name).copy()
        values[place] = value
        fell = year._replace(**{name: values})
        fine = _score(year)
        mistakes = {
            sentences[name]: fine,
            "A year that is not survived counts 0, and is not left out of the mean.": _score(fell) * 8 / 7,
        }
        said = f"`score` of eight years of which one has {name} = {value}"
        parts.append(matches(1, said, score(fell), _score(fell), mistakes))
        values = getattr(year, name).copy()
        values[place] = edge[name]
        reached = year._replace(**{name: values})
        part = matches(1, "", score(reached), _score(reached))
        parts.append(part.said(f"What is reached exactly is reached: {name} = {edge[name]} is survived."))
    return parts


def _somebody_pays(rng: np.random.Generator, score: Any) -> Part:
    fine = _fine_year(rng)
    served = {**fine.served, "holder": round(rng.uniform(-0.2, -0.12), 3), "lender": -0.06}
    wages, loss = fine.wages, round(fine.wages * rng.uniform(0.5, 1.2))
    hurt = {"holder": served["holder"] + 0.03, "lender": -0.02, "insider": -0.28}
    year = fine._replace(insiders=-float(loss), served=served, returns={**served, **hurt})
    right, founders = _score(year), 1 - loss / (2 * wages)
    base = right / founders / (1 + (served["holder"] + 0.05) / 0.25)

    def with_fair(value: float) -> float:
        return base * founders * float(np.clip(1 + (value + 0.05) / 0.25, 0, 1))

    mistakes = {
        "Insiders who lose money do not build; the factor `founders` is missing.": right / founders,
        "Two years' wages lost is nothing left, not one year's.": right / founders * max(1 - loss / wages, 0),
        "The worst role pays for the others; the factor `fair` is missing.": base * founders,
        "Among the roles of users insiders have no place: look at `served`.": with_fair(min(year.returns.values())),
        "Fair is judged by those who were served; others lose nothing.": with_fair(year.returns["holder"]),
        "Look at the worst role, not at the mean of all.": with_fair(float(np.mean([*served.values()]))),
        "The first 5 % that a role loses are let pass.": base * founders * max(1 + served["holder"] / 0.25, 0),
        "From 5 % on, nothing is left at 30 %, which is 25 % further.": base
        * founders
        * max(1 + (served["holder"] + 0.05) / 0.3, 0),
    }
    said = f"`score` of years with {_told(year)}, and served {served},"
    return matches(1, said, score(year), right, mistakes)


@lab.question(
    "score",
    points=3,
    hints=(
        "Three factors are there for each seed, two once for all. Which of them have to be cut off at 0 or at 1?",
        "Make an array of the products of the first three, take its mean, and multiply by the two others.",
    ),
)
def _question_score(rng: np.random.Generator, score: Any) -> Iterator[Part]:
    yield _everything_fine(rng, score)
    yield together(1, *_some_die(rng, score))
    yield _somebody_pays(rng, score)


def _pair(rng: np.random.Generator, times: float, seeds: int = 12) -> tuple[list[float], list[float]]:
    """Scores with and without a remedy on the same fates; their mean difference is so many standard errors."""
    noise = rng.normal(0, 1, seeds)
    noise -= noise.mean()
    difference = noise + times * float(noise.std(ddof=1)) / seeds**0.5
    without = rng.normal(25, 6, seeds)
    return [round(float(each), 6) for each in without + difference], [round(float(each), 6) for each in without]


@lab.question(
    "effect",
    points=3,
    hints=(
        "Both lists met the same fates, seed by seed. What do you get if you subtract before you take any mean?",
        "Mean of the differences; their standard deviation with n − 1, by the root of n; then compare the two.",
    ),
)
def _effect(rng: np.random.Generator, effect: Any) -> Iterator[Part]:
    sign = int(rng.choice([-1, 1]))
    more, less = _pair(rng, sign * rng.uniform(3, 6))
    got = numbers_of(effect(list(more), list(less)), "`effect`", (3,))
    apart = np.subtract(more, less)
    mean, error, count = float(apart.mean()), float(apart.std(ddof=1) / len(more) ** 0.5), len(more)
    alone = float(np.sqrt(np.var(more, ddof=1) / count + np.var(less, ddof=1) / count))
    said = f"`effect({more}, {less})`"
    yield matches(
        1, f"{said}, value 1,", got[0], mean, {"The sign: with the remedy, less without it.": -mean,
        "This is the sum; asked for is the mean.": mean * count},
    )  # fmt: skip
    yield matches(
        1,
        f"{said}, value 2,",
        got[1],
        error,
        {
            "Both met the same fates: subtract seed by seed first, or luck that hits both looks like an error.": alone,
            "This is the standard deviation of the differences; that of their mean is smaller.": error * count**0.5,
            "Divide by the root of the number of seeds, not by the number.": error / count**0.5,
            "A few seeds are a sample: the squares are divided by n − 1 (`ddof=1`).": (
                error * ((count - 1) / count) ** 0.5
            ),
            "This is the variance of the mean; its root is the standard error.": error**2,
        },
    )
    cases = []
    for times, right in ((2.2, 1), (-2.2, -1), (1.8, 0), (-1.8, 0)):
        more, less = _pair(rng, times)
        answer = numbers_of(effect(list(more), list(less)), "`effect`", (3,))
        sentence = {
            0: "An effect below twice its standard error is none: the third value is 0.",
            1: "An effect of more than twice its standard error counts: the third value is 1.",
            -1: "A remedy that does harm has the third value −1.",
        }[right]
        cases.append(holds(1, answer[2] == right, f"{sentence} Here the effect is {times:g} times its error."))
    yield together(1, *cases)
