"""Questions 1 and 2: what a deposit has become, and what makes up for it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.exchange import pool_divergence
from defi_lib.labs.exchange.liquidity_and_mev.shared import lab, moved, random_pool
from defi_lib.labs.kit import Part, equal, matches, round_number


@lab.question(
    "position",
    points=3,
    hints=(
        "Two equations, two amounts: put the dollars of the second, price times ether, into the first.",
        (
            "Then the square of the pool's ether is the product over the price. What is it worth with its "
            "dollars, and what would the tokens you put in be worth?"
        ),
    ),
)
def _position(rng: np.random.Generator, position: Any) -> Iterator[Part]:
    ether, dollars, _ = random_pool(rng)
    start = dollars / ether
    question = moved(rng, start), ether, dollars
    holding, value, loss = pool_divergence(2 * dollars, question[0] / start)
    yield equal(
        1,
        position,
        question,
        value,
        {
            "This is what the tokens would be worth, had you kept them; but arbitrageurs have traded with your pool "
            "until its price was the new one.": holding,
            "This is what you put in; the price has changed since.": 2 * dollars,
            "This grows like the price, as if all of it were ether that you kept.": 2 * ether * question[0],
            "This is one half of it: the ether and the dollars are worth the same, add both.": value / 2,
            "The square root is taken of the product alone: where is the new price?": 2 * math.sqrt(ether * dollars),
        },
        item=0,
    )
    yield equal(
        1,
        position,
        question,
        loss,
        {
            "The sign is turned round: less than holding is a negative number here.": -loss,
            "This is a percentage; give a ratio, -0.05 for 5 % less.": 100 * loss,
            "These are dollars; divide by what holding would be worth.": value - holding,
            "This compares with what you put in. The question is what the same tokens would be worth now.": (
                value / (2 * dollars) - 1
            ),
            "Divide by what holding would be worth, not by what the position is worth.": 1 - holding / value,
            "This is what is left of it; the loss is this less 1.": value / holding,
        },
        item=1,
    )
    prices = start * np.array([0.5, 1.0, 2.0])
    try:
        several = position(prices, ether, dollars)[0]
    except (TypeError, ValueError):
        yield Part(1, "An array of prices does not get through: use `np.sqrt` instead of `math.sqrt`, and no `if`.")
    else:
        values = pool_divergence(2 * dollars, prices / start).pool
        yield matches(1, "The value of the position at three prices at once", several, values)


@lab.question(
    "break_even_volume",
    points=2,
    hints=(
        ("First find how many dollars you are behind those who kept their tokens; `position` gives you what you have."),
        (
            "Of a dollar that is traded you get the fee, times your part of the pool. How many such dollars make "
            "up for what you are behind?"
        ),
    ),
)
def _break_even_volume(rng: np.random.Generator, position: Any, break_even_volume: Any) -> Iterator[Part]:
    for share in (1.0, round_number(rng, 0.001, 0.2)):
        ether, dollars, fee = random_pool(rng)
        price = moved(rng, dollars / ether)
        holding, value, ratio = pool_divergence(2 * dollars, price * ether / dollars)
        loss, income = holding - value, fee * share  # what a volume must make up for, and what one dollar of it brings
        question = price, ether, dollars, fee, share
        part = equal(
            1,
            break_even_volume,
            question,
            loss / income,
            {
                "Only your part of every fee is yours, so the pool must trade more than that: divide by `share`.": (
                    loss / fee
                ),
                "Your part of the fees is small, so the volume must be larger, not smaller: divide by `share`.": (
                    loss / fee * share
                ),
                "This is the loss itself; a volume brings only the fee, a small part of it.": loss,
                "This is what such a volume would bring. Turn it round: which volume brings this?": loss * fee,
                "This makes up for the change of what you put in; make up for what you lose against holding.": (
                    (2 * dollars - value) / income
                ),
                "The impermanent loss is a ratio; multiply it by what holding would be worth, and it is in dollars.": (
                    -ratio / income
                ),
                "The sign is turned round: a volume is positive.": -loss / income,
            },
        )
        if part.mistake:  # one in `position` is not counted twice
            own_value, own_ratio = position(price, ether, dollars)
            for own_loss in (holding - own_value, -own_ratio * holding):
                own = equal(1, break_even_volume, question, own_loss / income)
                part = part if own.mistake else own
        yield part
