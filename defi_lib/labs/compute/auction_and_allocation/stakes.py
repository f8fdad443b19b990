"""Question 6: the stake of those who might cheat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.compute import (
    deterring_stake,
)
from defi_lib.labs.compute.auction_and_allocation.liars import (
    cheating_node,
)
from defi_lib.labs.compute.auction_and_allocation.shared import lab, with_evidence
from defi_lib.labs.kit import Part, equal


@lab.question(
    "stakes",
    points=2,
    hints=(
        (
            "Write what a cheat gains when nobody looks, and what is lost when somebody does. At the smallest "
            "stake both are equal."
        ),
        (
            "The lazy node saves its cost every time, and risks payment and stake; the other gets the payment if "
            "unchecked, and risks the stake. Solve for it; never below 0."
        ),
    ),
)
def _stakes(rng: np.random.Generator, stakes: Any) -> Iterator[Part]:
    payment, rate = float(rng.integers(8, 15)), float(rng.choice([0.02, 0.04, 0.05, 0.08, 0.1]))
    cost = payment - float(rng.choice([1.5, 2.5, 3.5]))
    question = payment, cost, rate
    lazy = deterring_stake(rate, saving=cost, reward=payment)
    fake = deterring_stake(rate, saving=payment, reward=payment)

    part = equal(
        0.5,
        stakes,
        question,
        lazy,
        {
            "Whoever is caught also loses the payment: take it off.": cost / rate,
            "A cheat saves its cost every time, and loses only when checked: divide by the check rate.": cost - payment,
            "The work is saved whether the cheat is caught or not.": max(cost * (1 - rate) / rate - payment, 0.0),
            "Who is caught loses its stake and the payment: the payment makes the stake smaller, not larger.": (
                cost / rate + payment
            ),
            "The two are swapped: the first value is for the lazy node, the second for the one without a card.": fake,
            "What tempts a lazy node is the work that it saves, not its profit.": (payment - cost) / rate - payment,
        },
        item=0,
    )
    yield with_evidence(part, cheating_node, stakes, 0, *question)
    often = payment, cost, float(rng.choice([0.96, 0.98, 0.99]))
    part = equal(
        0.5,
        stakes,
        often,
        0.0,
        {"With so many checks the payment alone deters. A stake is never below 0.": cost / often[2] - payment},
        item=0,
    )
    if not part.mistake and float(next(iter(stakes(*question)))) <= 0:
        part = Part(0.5, "The payment alone deters only where almost every answer is checked.")
    yield with_evidence(part, cheating_node, stakes, 0, *often)
    part = equal(
        1,
        stakes,
        question,
        fake,
        {
            "A node without a card saves no work: it cannot work. It wins the whole payment, unless it is checked.": (
                lazy
            ),
            "Not caught, it keeps the payment: that happens only in the part that is not checked.": payment / rate,
            "It wins the payment where it is not checked, and loses the stake where it is: divide by the check rate.": (
                payment * (1 - rate)
            ),
            "The fraction is turned round: unchecked over checked.": payment * rate / (1 - rate),
            "Its cost does not matter: it never works.": (payment - cost) * (1 - rate) / rate,
        },
        item=1,
    )
    yield with_evidence(part, cheating_node, stakes, 1, *question)
