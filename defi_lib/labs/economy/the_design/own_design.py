"""A student's own design on seeds that nobody has seen, and the value at which something turns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Any

import numpy as np

from defi_lib.economy import DesignScore, score_design
from defi_lib.labs.economy.the_design.reading import lab
from defi_lib.labs.economy.the_design.world import PEOPLE, SEEDS, read_design, report
from defi_lib.labs.kit import Part, holds, matches, together
from defi_lib.labs.kit.compare import Misshapen

#: A point for each of these that a design scores above today's rules.
BANDS = (5, 10, 15, 20)
_FACTORS = {
    "spread": "most tenths are worse off than they could be beside the twin",
    "survive": "in some years wages stay unpaid, liquidity leaves, or the token falls into the dust",
    "serve": "people trade less than they would under today's rules",
    "founders": "insiders lose money, and then do not build",
    "fair": "one role pays for the others",
}


def weakest(score: DesignScore) -> str:
    """The factor by which a design loses most, and what that means."""
    parts = {name: getattr(score, name) / (100 if name == "spread" else 1) for name in _FACTORS}
    name = min(parts, key=lambda each: parts[each])
    who = f", the {score.worst_role}" if name == "fair" else ""
    return f"It loses most by `{name}`: {_FACTORS[name]}{who}."


@lab.question(
    "design",
    points=4,
    hints=(
        "`try_design` says which factor is lowest. Who pays for what the others get? Change one rule at a time.",
        "Whoever sells tokens sells them to the holders. Which sales does nobody need? And who else can pay wages?",
    ),
)
def _design(rng: np.random.Generator, design: Any) -> Iterator[Part]:
    try:
        mine = read_design(design())
    except ValueError as fault:
        raise Misshapen(f"`design()` cannot be run and scores 0: {fault}.") from None
    hidden = {"seeds": SEEDS, "people": PEOPLE, "first": 100_000 + int(rng.integers(10**6))}
    score, today = score_design(mine, **hidden), score_design({}, **hidden)
    for more in BANDS:
        yield holds(
            1,
            score.score >= today.score + more,
            f"On {SEEDS} hidden seeds `design()` scores {report(score)}. Today's rules score {today.score:.1f} there, "
            f"and the next point is at {today.score + more:.1f}. {weakest(score)}",
        )


def _falling(rng: np.random.Generator, at: float) -> Callable[[float], float]:
    """What is left to founders: it falls with the gift, not evenly, and is nothing at ``at``."""
    slope, bend = rng.uniform(2_000, 9_000), rng.uniform(0.5, 3)

    def left(gift: float) -> float:
        return float(slope * (np.exp(-bend * gift) - np.exp(-bend * at)))

    return left


@lab.question(
    "edge",
    points=2,
    hints=(
        "Look at both ends first. If something is left at one and not at the other, the edge is between them: halve.",
        "Keep a gift at which something is left and one at which nothing is. Ask in the middle, and move one of them.",
    ),
)
def _edge(rng: np.random.Generator, edge: Any) -> Iterator[Part]:
    inner = []
    for at in (round(rng.uniform(0.05, 0.2), 4), round(rng.uniform(0.3, 0.45), 4)):
        left = _falling(rng, at)
        ends = left(0.0), left(0.5)
        line = 0.5 * ends[0] / (ends[0] - ends[1])
        mistakes = {
            "That is where a straight line between both ends would be nothing; what is left bends.": line,
            "That is the middle: look on which side of it the edge is, and go on.": 0.25,
        }
        said = f"`edge(left)`, where `left(0)` is {ends[0]:,.2f} and `left(0.5)` is {ends[1]:,.2f},"
        rough = matches(1, said, edge(left), at, mistakes)
        inner.append(rough)
    yield together(1, *inner)
    other = round(rng.uniform(0.1, 0.4), 4)
    always, never = _falling(rng, 0.6), _falling(rng, -0.1)
    yield together(
        1,
        matches(
            1, f"`edge(left)`, where `left` falls to nothing at a gift of {other},", edge(_falling(rng, other)), other
        ),
        matches(1, "", edge(always), inf).said(
            "Where something is left at a gift of 0.5, no gift is too large: `inf`."
        ),
        matches(1, "", edge(never), 0.0).said("Where nothing is left without any gift, the edge is 0."),
    )
