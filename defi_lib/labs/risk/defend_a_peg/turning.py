"""From which loss on a design fails."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf
from typing import Any

import numpy as np

from defi_lib.labs.kit import Part, matches, together
from defi_lib.labs.risk.defend_a_peg.draws import draw_coin
from defi_lib.labs.risk.defend_a_peg.runs import edge, lab
from defi_lib.labs.risk.defend_a_peg.survival import some_number
from defi_lib.labs.risk.defend_a_peg.world import RULES, Coin, Design, paid

#: An edge is found by trying: so close is close enough (relative).
CLOSE = 1e-4


def largest_loss(coin: Coin, design: Design, leaving: float) -> float:
    """The part of the cash up to which lost banks are survived: 0 if none is, infinitely much if all of it may go."""
    return edge(lambda lost: paid(coin, design, leaving, lost).enough)


def _design(rng: np.random.Generator, rule: str) -> tuple[dict[str, Any], float]:
    """A design that survives a run of this size, but not one after all its cash is lost."""
    cash = round(round(rng.uniform(0.4, 0.6), 2) + 0.005, 3)
    numbers = {"module": (0.02, 0.08), "buffer": (0.02, 0.05), "fee": (0.001, 0.004), "savings": (0.0, 0.05)}
    drawn = {name: round(rng.uniform(*ends), 4) for name, ends in numbers.items()}
    return {"cash": cash, **drawn, "rule": rule}, round(rng.uniform(0.2, 0.5) * cash, 3)


def _mistakes(coin: Coin, design: dict[str, Any], leaving: float, right: float) -> dict[str, float]:
    """What usual mistakes give."""
    found = {
        "This is a part of the supply; asked for is the part of the cash.": right * design["cash"],
        "This is the part that must be left; asked for is the part that may be lost.": 1 - right,
        "This is the part that one bank holds; how much may be lost?": 1 / coin.banks,
        "This is a number of banks; asked for is the part of the cash.": right * coin.banks,
        "Nobody runs here; count those who leave after the loss.": largest_loss(coin, design, 0.0),
        "The part `recovery` of the lost cash comes back later.": largest_loss(
            coin._replace(recovery=0.0), design, leaving
        ),
    }
    return {said: number for said, number in found.items() if abs(number / right - 1) > 10 * CLOSE}


@lab.question(
    "breaking_loss",
    points=2,
    hints=(
        "`paid(coin, chosen, leaving, lost).enough` says whether a loss is survived. A larger one never helps.",
        "Look at the two ends, 0 and 1, first. If they differ, try the middle: in which half is the edge?",
    ),
)
def _breaking_loss(rng: np.random.Generator, breaking_loss: Any) -> Iterator[Part]:
    def ask(design: dict[str, Any], leaving: float, number: int) -> Part:
        coin = draw_coin(number)
        right = largest_loss(coin, design, leaving)
        said = f"`breaking_loss(draw_coin({number}), {design}, {leaving})`"
        mistakes = _mistakes(coin, design, leaving, right) if 0 < right < inf else None
        return matches(1, said, breaking_loss(coin, dict(design), leaving), right, mistakes, CLOSE)

    yield together(1, *(ask(*_design(rng, rule), some_number(rng)) for rule in RULES[:2]))
    design, leaving = _design(rng, RULES[2])
    weak = {**design, "cash": 0.05, "module": 0.0, "buffer": 0.0, "rule": "first come"}
    safe = {**design, "cash": 0.4, "module": 0.1, "buffer": 0.4}
    number = some_number(rng)
    never, always = ask(weak, 0.9, number), ask(safe, 0.05, number)
    yield together(
        1,
        ask(design, leaving, number),
        never.said(f"{never.mistake} This design fails even if nothing is lost: 0."),
        always.said(f"{always.mistake} This design survives even if all of its cash is lost: `inf`."),
    )
