"""Question 7: the amount for which a chain and a provider cost the same."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np

from defi_lib.labs.kit import Part, equal, round_number
from defi_lib.labs.staking.economy_of_a_chain.questions import lab


@lab.question(
    "equal_amount",
    points=3,
    hints=(
        "Write both costs as a fixed part plus a rate times the amount. A gwei is a billionth of an ether.",
        (
            "Set the two equal and solve for the amount. If there is none above zero, look which of the two is cheaper "
            "for a tiny amount, and for a huge one."
        ),
    ),
)
def _equal_amount(rng: np.random.Generator, equal_amount: Any) -> Iterator[Part]:
    gas, ether = float(rng.choice([21_000, 50_000, 65_000])), round_number(rng, 1_500, 4_500)
    gwei = round_number(rng, 5, 50)
    place = gwei * 1e-9 * gas * ether
    ends, rate = round_number(rng, 0.005, 0.02), round_number(rng, 0.03, 0.07)
    fixed = float(f"{place * rng.uniform(0.1, 0.6):.2g}")
    question = gwei, gas, ether, ends, fixed, rate
    right = (place - fixed) / (rate - ends)
    yield equal(
        1,
        equal_amount,
        question,
        right,
        {
            "A gwei is a billionth of an ether.": (place * 1e9 - fixed) / (rate - ends),
            "The price of ether is missing: gas is paid in ether.": (place / ether - fixed) / (rate - ends),
            "The provider's fixed fee is missing.": place / (rate - ends),
            "The rate of the two ends is missing: changing dollars into coins and back costs a part of the amount.": (
                (place - fixed) / rate
            ),
            "The two fixed parts add up here; they stand on different sides.": (place + fixed) / (rate - ends),
        },
    )
    dear, high, low = float(f"{place * rng.uniform(2, 5):.2g}"), max(ends, rate) + 0.01, min(ends, rate)
    yield equal(
        1,
        equal_amount,
        (gwei, gas, ether, high, dear, low),
        (dear - place) / (high - low),
        {
            "The chain can also be the cheaper one for *small* amounts: the same equation says up to which.": 0.0,
            "A negative amount cannot be sent: which of the two is cheaper for a tiny amount here?": (
                (place - dear) / (high - low)
            ),
        },
    )
    yield equal(
        0.5,
        equal_amount,
        (gwei, gas, ether, low, dear, high),
        0.0,
        {"The chain has both the smaller fixed part and the smaller rate: it is always cheaper, so say 0.": inf}
        | {
            "A negative amount cannot be sent: the chain is always cheaper here, so say 0.": (place - dear)
            / (high - low)
        },
    )
    yield equal(
        0.5,
        equal_amount,
        (gwei, gas, ether, high, fixed, low),
        inf,
        {"The chain has both the larger fixed part and the larger rate: it is never cheaper, so say `inf`.": 0.0}
        | {"A negative amount cannot be sent: the chain is never cheaper here.": (place - fixed) / (low - high)},
    )
