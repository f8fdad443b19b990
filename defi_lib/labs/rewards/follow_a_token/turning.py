"""Question 7: own the pool or rent it, at the same depth, and where that turns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from defi_lib.labs.kit import Part, equal
from defi_lib.labs.rewards.follow_a_token.questions import lab


@lab.question(
    "own_or_rent",
    points=3,
    hints=(
        "Count both for one dollar of pool and one year. Who owns it has what it brings; who rents pays the reward.",
        (
            "Owning costs the discount, a part of it each year, less what the pool brings. Providers come if "
            "the reward and what the pool brings make up what they want."
        ),
    ),
)
def _own_or_rent(rng: np.random.Generator, own_or_rent: Any) -> Iterator[Part]:
    years = float(rng.choice([2, 3, 4, 5]))
    discount, wanted = (float(f"{rng.uniform(low, high):.2g}") for low, high in ((0.05, 0.2), (0.06, 0.12)))
    lost = float(f"{rng.uniform(0.01, 0.03):.2g}")
    fees = float(f"{lost + rng.uniform(0.2, 0.8) * min(discount / years, wanted):.3g}")
    question = discount, fees, lost, wanted, years
    brings = fees - lost
    own, rent = discount / years - brings, wanted - brings
    for item, right, mistakes in (
        (
            0,
            own,
            {
                "The discount is given once; spread it over the years.": discount - brings,
                "What the owner's pool brings and loses is missing.": discount / years,
                "What the pool loses to arbitrage is missing: the owner bears it.": discount / years - fees,
                "The fees of the pool are missing: the owner receives them.": discount / years + lost,
                "The signs are turned round: fees come in, losses go out.": discount / years + brings,
            },
        ),
        (
            1,
            rent,
            {
                "Providers receive the pool's fees too: they need less as a reward.": wanted + lost,
                "Providers bear the loss to arbitrage: they want to be paid for it.": wanted - fees,
                "A reward of all that is wanted is more than a provider needs: the pool brings a part of it.": wanted,
                "The signs are turned round: fees come in, losses go out.": wanted + brings,
            },
        ),
    ):
        yield equal(1, own_or_rent, question, right, mistakes, item=item)
    rich = discount, lost + discount / years + wanted, lost, wanted, years
    yield equal(
        1,
        own_or_rent,
        rich,
        (0.0, 0.0),
        {
            "Nobody pays a reward below zero: where the pool brings more than is needed, say 0.": (
                -wanted,
                -discount / years,
            )
        },
    )
