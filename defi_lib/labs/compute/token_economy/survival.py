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
        yield matches(points, what, answer, float(right), mistakes)
    spending = float(rng.integers(10, 100))
    calm = [1.0] * 12
    yield matches(
        0.5,
        "A treasury that can pay twelve months of twelve: `runway`",
        runway(spending, 0.0, [spending] * 12, spending, calm),
        12.0,
        {"An income as high as the spending keeps a treasury for ever: here, for all the months there are.": 1.0},
    )
    yield matches(
        0.5,
        f"Cash {2 * spending:g}, {spending:g} tokens at 1 dollar, spending {spending:g}: `runway`",
        runway(2 * spending, spending, [0.0] * 12, spending, calm),
        3.0,
        {"A month for which there is exactly enough is paid.": 2.0, "Tokens can be sold as well.": 1.0},
    )


@lab.question(
    "emission",
    points=3,
    hints=(
        (
            "How many dollars do all providers lack in this month, after the revenue? No more than that needs to "
            "be minted."
        ),
        (
            "Turn these dollars into tokens at the last price, and never give away more than a small part of what "
            "is left. For the treasury, try small shares first."
        ),
    ),
)
def _emission(rng: np.random.Generator, emission: Any, treasury_share: float) -> Iterator[Part]:
    if not 0 <= treasury_share <= 1:
        yield Part(3, f"`treasury_share` is a part of what customers pay, from 0 to 1; yours is {treasury_share:g}.")
        return
    seeds = [int(seed) for seed in rng.integers(10**6, size=DRAWS)]
    markets = {seed: draw_markets(seed) for seed in seeds}
    for kind in markets[seeds[0]]:
        lives = ((seed, live(emission, treasury_share, markets[seed][kind])) for seed in seeds)
        yield Part(
            1, next((f"{kind} of `draw_markets({seed})`: {life.killed}" for seed, life in lives if life.killed), "")
        )
