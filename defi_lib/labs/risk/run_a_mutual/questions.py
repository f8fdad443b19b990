"""What a history tells: the premium, the dependence, the capital for a bad year."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np

from defi_lib.labs.kit import Lab, Part, matches, together
from defi_lib.labs.kit.compare import numbers_of
from defi_lib.labs.risk.run_a_mutual.draws import drawn
from defi_lib.labs.risk.run_a_mutual.world import Kind, chance_seen
from defi_lib.risk import joint_chance, loaded_premium, loss_in_bad_year

lab = Lab("6.2")
check, progress = lab.check, lab.progress
NORMAL = NormalDist()

#: What fifty years leave open of a dependence, so that another way of estimating it is right too: a number, and a part.
OPEN, OPEN_PART = 0.015, 0.1


def _premium_of(rng: np.random.Generator, premium: Any, covers: int, claims: list[int]) -> Part:
    loading = round(float(rng.uniform(0.2, 0.6)), 2)
    years, chance = len(claims), chance_seen(covers, claims)
    right = loaded_premium(1.0, chance, loading)
    mistakes = {
        "The loading is missing.": chance,
        "This is the loading alone: the expected loss belongs to the premium too.": chance * loading,
        "The loading comes on top of the expected loss, as a part *of it*.": chance + loading,
        "These claims fell in several years: divide by `len(claims)` too.": right * years,
        "This is the mean number of claims in a year; asked for is a part of the cover.": right * covers,
        "This is the number of claims.": right * covers * years,
        "This premium is below the expected loss: the loading comes on top.": chance * (1 - loading),
    }
    said = f"`premium({covers}, {claims}, {loading})`"
    part = matches(1, said, premium(covers, list(claims), loading), right, mistakes)
    if not any(claims):
        part = part.said(f"{said}: no claim was seen yet, so count half a claim; that gives {right:.6g}.")
    return part


@lab.question(
    "premium",
    points=2,
    hints=(
        "First the chance: how many covers were there in all years together, and how many of them were lost?",
        "The premium is the chance, and the part `loading` of it on top. Only then ask what to do without any claim.",
    ),
)
def _premium(rng: np.random.Generator, premium: Any) -> Iterator[Part]:
    claims = [int(each) for each in rng.integers(0, 7, int(rng.integers(5, 9)))]
    claims[0] += 2
    yield _premium_of(rng, premium, int(rng.integers(4, 20)) * 10, claims)
    none = _premium_of(rng, premium, int(rng.integers(4, 20)) * 10, [0] * int(rng.integers(2, 5)))
    one = _premium_of(rng, premium, int(rng.integers(4, 20)) * 10, [0, 1, 0])
    yield together(1, none, one)


def some_number(rng: np.random.Generator) -> int:
    """The first of four books: two of years that differ little, two of years that differ more."""
    return 4 * int(rng.integers(100, 112))


def _dependence_of(said: str, got: Any, kind: Kind, right: float) -> Part:
    number = float(numbers_of(got, said, ()))
    if abs(number - right) <= OPEN + OPEN_PART * right:
        return Part(1)
    chance = chance_seen(kind.covers, kind.claims)
    both = joint_chance(chance, right)
    mistakes = {
        "This is the correlation of the losses themselves; asked for is the dependence behind them, on the shock.": (
            (both - chance**2) / (chance * (1 - chance))
        ),
        "This is the chance that two are lost together; which dependence gives that chance?": both,
        "This is how much more often two are lost together than by chance; which dependence gives that?": (
            both / chance**2
        ),
        "Which of the two is too small? A larger dependence makes losses of the same year *more* likely.": 1 - right,
    }
    for mistake, wrong in mistakes.items():
        if abs(number - wrong) <= 0.01 * wrong:
            return Part(1, mistake)
    return Part(1, f"{said} should be about {right:.3f}; yours gives {number:.4g}.")


@lab.question(
    "dependence",
    points=2,
    hints=(
        "With k losses among n covers, k(k − 1) of the n(n − 1) pairs were lost. Take the mean over the years.",
        (
            "`joint_chance(chance, 0.3)` is the chance of a pair if the dependence is 0.3. It rises with the "
            "dependence: is what you saw more or less? Halve, and again."
        ),
    ),
)
def _dependence(rng: np.random.Generator, dependence: Any) -> Iterator[Part]:
    number = some_number(rng)
    for some in (number, number + 1):
        book, _, seen = drawn(some)
        parts = []
        for at in (int(np.argmin(seen)), int(np.argmax(seen))):
            kind = book.kinds[at]
            said = f"`dependence(kind.covers, kind.claims)` of `kind = draw_book({some}).kinds[{at}]`"
            parts.append(_dependence_of(said, dependence(kind.covers, list(kind.claims)), kind, float(seen[at])))
        if some > number:
            covers, claims = int(rng.integers(20, 90)), [1, 0, 0, 1, 0, 0, 1, 0]
            said = f"`dependence({covers}, {claims})`"
            none = _dependence_of(said, dependence(covers, list(claims)), Kind(1.0, covers, tuple(claims)), 0.0)
            parts.append(none.said(f"{said}: no two were ever lost in the same year, so the history shows 0."))
        yield together(1, *parts)


@lab.question(
    "capital",
    points=2,
    hints=(
        "Solve for the accident: with a shock z, below which number must it lie for the cover to be lost?",
        (
            "Lost if the accident is below (limit + √dependence·z)/√(1 − dependence), with limit = inv_cdf(chance). "
            "Which z is worse than all but one of so many years?"
        ),
    ),
)
def _capital(rng: np.random.Generator, capital: Any) -> Iterator[Part]:
    for points, years in ((1, 200), (0.5, int(rng.choice([50, 100, 500])))):
        yield _capital_for(rng, capital, years, points)
    cover, chance = float(rng.integers(5, 90)) * 1e6, round(float(rng.uniform(0.02, 0.06)), 3)
    worst = loss_in_bad_year(chance, 0.1, 0.99)
    dear, alone = round(worst + 0.05, 3), round(chance / 2, 4)
    rich = matches(1, "", capital(cover, dear, chance, 0.1, 100), 0.0)
    own = matches(1, "", capital(cover, alone, chance, 0.0, 100), cover * (chance - alone))
    rich = rich.said(
        f"`capital({cover:.12g}, {dear}, {chance}, 0.1, 100)`: the premium of {dear:.1%} pays even the bad year of "
        f"{worst:.1%}. Then no capital is needed: 0."
    )
    own = own.said(
        f"`capital({cover:.12g}, {alone}, {chance}, 0.0, 100)`: with nothing in common the part {chance:.1%} is lost "
        f"in every year, and the premium of {alone:.2%} pays some of it."
    )
    yield together(0.5, rich, own, _capital_for(rng, capital, 100, 0.5))


def _capital_for(rng: np.random.Generator, capital: Any, years: int, points: float) -> Part:
    cover, chance = float(rng.integers(5, 90)) * 1e6, round(float(rng.uniform(0.02, 0.06)), 3)
    rho, rate = round(float(rng.uniform(0.1, 0.4)), 2), round(chance * float(rng.uniform(1.1, 1.5)), 4)
    bad, limit, shock = loss_in_bad_year(chance, rho, 1 - 1 / years), NORMAL.inv_cdf(chance), _shock(years)

    def wrong(loss: float) -> float:
        return cover * max(loss - rate, 0.0)

    mistakes = {
        "Premiums come in before claims are paid: they pay a part.": cover * bad,
        "This is a part of the cover; asked for are dollars.": bad - rate,
        "The common shock weighs √dependence, not the dependence.": wrong(
            NORMAL.cdf((limit + rho * shock) / sqrt(1 - rho))
        ),
        "The accident weighs √(1 − dependence); that is missing.": wrong(NORMAL.cdf(limit + sqrt(rho) * shock)),
        "The accident weighs √(1 − dependence), not 1 − dependence.": wrong(
            NORMAL.cdf((limit + sqrt(rho) * shock) / (1 - rho))
        ),
        "With this shock no capital is needed: is it that of a bad year, or of a good one?": wrong(
            NORMAL.cdf((limit - sqrt(rho) * shock) / sqrt(1 - rho))
        ),
        "Here premium and capital pay for the loss twice: the premium takes from what is needed.": cover * (bad + rate),
    }
    said = f"`capital({cover:.12g}, {rate}, {chance}, {rho}, {years})`"
    return matches(points, said, capital(cover, rate, chance, rho, years), cover * (bad - rate), mistakes)


def _shock(years: int) -> float:
    return NORMAL.inv_cdf(1 - 1 / years)
