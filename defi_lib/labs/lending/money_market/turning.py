"""Question 7: a liquidator without money, and the bonus at which that pays."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.labs.kit import Part, equal, round_number
from defi_lib.labs.lending.money_market.questions import lab


@lab.question(
    "without_a_cent",
    points=3,
    hints=(
        "How many tokens does the liquidator get for the debt and the bonus, and what does the pool give for them?",
        (
            "The verdict turns where the sale brings exactly the loan and its fee. Which amount of tokens brings that? "
            "Compare their worth at the price before the sale with what was repaid."
        ),
    ),
)
def _without_a_cent(rng: np.random.Generator, without_a_cent: Any) -> Iterator[Part]:
    tokens, price = round_number(rng, 500, 5_000), round_number(rng, 1_000, 4_000)
    dollars = float(f"{tokens * price:.4g}")
    repaid = float(f"{rng.uniform(0.02, 0.1) * dollars:.3g}")
    bonus, loan_fee = float(rng.choice([0.05, 0.075, 0.1])), float(rng.choice([0.0005, 0.0009]))
    question = repaid, bonus, loan_fee, tokens, dollars
    worth, owed = repaid * (1 + bonus), repaid * (1 + loan_fee)
    brings = dollars * worth / (dollars + worth)
    right = brings - owed, (1 + loan_fee) / (1 - owed / dollars) - 1
    for item, mistakes in (
        (
            0,
            {
                "The tokens are sold into the pool, which gives less than the price before the sale.": worth - owed,
                "The flash loan has a fee.": brings - repaid,
                "This is what the sale brings; the loan and its fee are paid back from it.": brings,
                "The bonus is missing in what the liquidator gets.": dollars * repaid / (dollars + repaid) - owed,
                "The sign is turned round: what comes in, less what is paid back, is the profit.": owed - brings,
            },
        ),
        (
            1,
            {
                "Only the fee of the loan is counted: the pool's price falls while the tokens are sold.": loan_fee,
                "The fee of the loan is missing.": 1 / (1 - repaid / dollars) - 1,
                "This is the factor; the bonus is what lies above 1.": 1 + right[1],
                "This is the bonus in dollars; give it as a part of what is repaid.": right[1] * repaid,
                "This is a percentage; give a ratio, 0.05 for 5 %.": 100 * right[1],
            },
        ),
    ):
        yield equal(1, without_a_cent, question, right[item], mistakes, item=item)
    deep = 3 * dollars, bonus, loan_fee, tokens, dollars
    yield equal(
        1,
        without_a_cent,
        deep,
        float("inf"),
        {
            "The pool holds fewer dollars than are owed: no bonus is enough; return `float('inf')`.": (
                (1 + loan_fee) / (1 - 3 * (1 + loan_fee)) - 1
            )
        },
        item=1,
    )
