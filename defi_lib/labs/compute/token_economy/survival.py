"""Questions 5 and 6: a treasury, and a rule that survives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from defi_lib.compute import simulate_treasury
from defi_lib.labs.compute.token_economy.network import (
    draw_markets,
    live,
)
from defi_lib.labs.compute.token_economy.shared import DRAWS, lab
from defi_lib.labs.kit import Part, matches, round_number


class _Purse(NamedTuple):
    """A treasury and what comes."""

    cash: float
    tokens: float
    income: list[float]
    spending: float
    prices: list[float]


def _runway(purse: _Purse, wrong: str = "") -> int:
    """Months that are paid; with a usual mistake, if one is named."""
    cash, tokens, income, spending, prices = purse
    if wrong == "rich":
        cash, tokens = cash + tokens * prices[0], 0.0
    for month, (coming, price) in enumerate(zip(income, prices, strict=True)):
        cash += 0 if wrong == "income" else coming
        if wrong == "tokens first":
            sold = min(tokens, spending / price)
            tokens, cash = tokens - sold, cash + sold * price
        elif cash < spending:
            sold = tokens if wrong == "all at once" else min(tokens, (spending - cash) / price)
            tokens, cash = tokens - sold, cash + sold * price
        if cash < spending * (1 - 1e-9):
            return month
        cash -= spending
    return len(prices)


_PURSE_MISTAKES = {
    "rich": "You count the tokens at today's price. They are sold later, and for less.",
    "tokens first": "Cash comes first; tokens are sold only when it is not enough.",
    "all at once": "When cash is short, only as many tokens are sold as are needed, not all at once.",
    "income": "What customers bring in each month is missing.",
}


def _purse(rng: np.random.Generator, earns: bool) -> _Purse:
    """A treasury whose token falls, for which every usual mistake gives another number of months."""
    while True:
        spending, price = round_number(rng, 1e3, 1e5), round_number(rng, 0.2, 5)
        fall, months = rng.uniform(0.03, 0.08), 48
        prices = [float(f"{price * (1 - fall) ** month * rng.uniform(0.97, 1.03):.3g}") for month in range(months)]
        income = [float(f"{spending * earns * rng.uniform(0.15, 0.45):.3g}") for _ in range(months)]
        cash, tokens = spending * rng.uniform(3, 10), spending * rng.uniform(12, 25) / price
        purse = _Purse(float(f"{cash:.3g}"), float(f"{tokens:.3g}"), income, spending, prices)
        named = [wrong for wrong in _PURSE_MISTAKES if earns or wrong != "income"]
        right = _runway(purse)
        results = [right, right + 1, *(_runway(purse, wrong) for wrong in named)]
        if right < months - 5 and len(set(results)) == len(results):
            return purse


@lab.question(
    "runway",
    points=3,
    hints=(
        "In each month: income comes in, then the spending goes out, from the cash first.",
        (
            "Only what is missing is sold: the smaller of missing dollars over price, and the tokens left. Is it "
            "still not enough? Then return the months before."
        ),
    ),
)
def _runway_question(rng: np.random.Generator, runway: Any) -> Iterator[Part]:
    ends = True  # does it find that a treasury ends?
    for points, earns in ((1, False), (1, True)):
        purse = _purse(rng, earns)
        right = _runway(purse)
        mistakes: dict[str, float | tuple[float, ...]] = {
            sentence: float(_runway(purse, wrong)) for wrong, sentence in _PURSE_MISTAKES.items()
        }
        mistakes["The month that cannot be paid does not count."] = float(right + 1)
        if not earns:  # the library's treasury has no income
            right = int(simulate_treasury(purse.cash, purse.tokens, purse.spending, purse.prices).runway)
            del mistakes[_PURSE_MISTAKES["income"]]
        what = (
            f"Cash {purse.cash:g}, {purse.tokens:g} tokens, spending {purse.spending:g}, "
            f"{'an income of about 30 % of that' if earns else 'no income'}, a price that falls from "
            f"{purse.prices[0]:g} to {purse.prices[-1]:g}: `runway`"
        )
        answer = runway(purse.cash, purse.tokens, list(purse.income), purse.spending, list(purse.prices))
        part = matches(points, what, answer, float(right), mistakes)
        ends = ends and np.ndim(answer) == 0 and answer != len(purse.prices)
        yield part
    spending, months, paid = (int(number) for number in rng.integers((10, 10, 2), (100, 20, 8)))
    calm = [1.0] * months
    part = matches(
        0.5,
        f"A treasury that can pay {months} months of {months}: `runway`",
        runway(float(spending), 0.0, [float(spending)] * months, float(spending), calm),
        float(months),
        {"An income as high as the spending keeps a treasury for ever: here, for all the months there are.": 1.0},
    )
    yield part if ends or part.mistake else Part(0.5, "Not every treasury can pay for all the months there are.")
    yield matches(
        0.5,
        f"Cash {paid * spending:g}, {spending:g} tokens at 1 dollar, spending {spending:g}: `runway`",
        runway(float(paid * spending), float(spending), [0.0] * months, float(spending), calm),
        float(paid + 1),
        {"A month for which there is exactly enough is paid.": float(paid), "Tokens can be sold as well.": paid - 1.0},
    )


#: What each kind of market earns: most is earned by the one for which one must save.
POINTS = {"Boom and bust": 0.5, "Slow growth": 0.5, "Crash": 0.5, "Long winter": 1.5}


@lab.question(
    "emission",
    points=3,
    hints=(
        (
            "Must all 1,000 providers stay? Try a rule that pays what 1,000 lack, and one for 880: what kills each, "
            "and in which month?"
        ),
        (
            "A provider costs the same dollars in every month, but not the same number of tokens. When is a reserve "
            "of providers cheap, and when is it dear?"
        ),
    ),
)
def _emission(rng: np.random.Generator, emission: Any, treasury_share: float) -> Iterator[Part]:
    if not 0 <= treasury_share <= 1:
        yield Part(3, f"`treasury_share` is a part of what customers pay, from 0 to 1; yours is {treasury_share:g}.")
        return
    seeds = [int(seed) for seed in rng.integers(10**6, size=DRAWS)]
    markets = {seed: draw_markets(seed) for seed in seeds}
    for kind, points in POINTS.items():
        lives = ((seed, live(emission, treasury_share, markets[seed][kind])) for seed in seeds)
        yield Part(
            points,
            next((f"{kind} of `draw_markets({seed})`: {life.killed}" for seed, life in lives if life.killed), ""),
        )
