"""Quadratic voting, and the price of a name at which its verdict turns."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import inf, isqrt
from typing import Any

import numpy as np

from defi_lib.labs.governance.count_the_votes.questions import Answers, lab, telling
from defi_lib.labs.kit import Part, equal, matches, round_number


def _sums(weights: Any, in_favour: list[bool]) -> tuple[float, float]:
    """Votes for and votes against."""
    said = np.array(in_favour)
    return float(np.sum(weights[said])), float(np.sum(weights[~said]))


def _counted(tokens: list[int], in_favour: list[bool], names: list[int]) -> Answers:
    """The recount, and what usual mistakes give."""
    held, many = np.array(tokens, float), np.array(names)
    right = _sums(np.sqrt(held * many), in_favour)
    linear = _sums(held, in_favour)
    mistakes: dict[str, Any] = {
        "This is one token one vote; each name has the square root of its tokens.": linear,
        "This is the root of the sum; each has a root of their own, and these are added.": (
            float(np.sqrt(linear[0])),
            float(np.sqrt(linear[1])),
        ),
        "The two sides are swapped: votes in favour come first.": right[::-1],
    }
    if max(names) > 1:
        mistakes |= {
            "The names are missing: tokens that are divided among several names have several roots.": _sums(
                np.sqrt(held), in_favour
            ),
            "Each name has all the tokens here; they are divided among the names.": _sums(
                many * np.sqrt(held), in_favour
            ),
            "This is the root for one of the names; each of them votes.": _sums(np.sqrt(held / many), in_favour),
            "Names are counted here; each has the root of its tokens.": _sums(many * 1.0, in_favour),
        }
    return right, mistakes


def _voters(rng: np.random.Generator, most: int) -> tuple[list[int], list[bool], list[int]]:
    said = [bool(each) for each in rng.permutation([True, True, False, False, False])]
    return [int(each) for each in rng.integers(20, 900, 5)], said, [int(each) for each in rng.integers(1, most + 1, 5)]


@lab.question(
    "recount",
    points=2,
    hints=(
        "How many tokens does one of the names have, and how many votes are these? All names of a voter vote alike.",
        "Go through the voters, find the votes of all their names together, and add them to the side they are on.",
    ),
)
def _recount(rng: np.random.Generator, recount: Any) -> Iterator[Part]:
    for points, most in ((1, 1), (0.5, 20)):
        world = telling(rng, partial(_voters, most=most), _counted)
        said = f"`recount({', '.join(map(str, world))})`"
        yield matches(points, said, recount(*world), *_counted(*world))
    tokens, in_favour, _ = _voters(rng, 1)
    said = f"With a name for each token, `recount({tokens}, {in_favour}, {tokens})`,"
    yield matches(0.5, said, recount(tokens, in_favour, tokens), _sums(np.array(tokens), in_favour))


def _price(whale: int, others: list[int], prize: float) -> Answers:
    """The price of a name below which false names pay, and what usual mistakes give."""
    roots = float(np.sum(np.sqrt(others)))
    least = roots**2 / whale  # with so many names it is a tie
    names = int(least) + 1
    mistakes = {
        "The first name is the whale's own: it buys one fewer.": prize / names,
        "This is the price at which a tie is paid for: a tie is lost, and there are no parts of a name.": (
            prize / (least - 1)
        ),
        "The votes of m names grow with the *root* of m: it needs many more.": prize / int(roots / np.sqrt(whale)),
        "The others' tokens are added before the root is taken; each of them has a root of their own.": (
            prize / int(sum(others) / whale)
        ),
        "These are the names that it buys; asked for is what each of them may cost.": float(names - 1),
        "These are the names that it needs; asked for is what each of them may cost.": float(names),
        "This is what all names together may cost; asked for is one.": prize,
    }
    return prize / (names - 1), mistakes


def _assembly(rng: np.random.Generator) -> tuple[int, list[int], float]:
    """A whale who needs some names, and not nearly one more or one fewer."""
    while True:
        others = [int(each) for each in rng.integers(20, 400, 20)]
        whale = int(rng.integers(1_000, 3_500))
        least = float(np.sum(np.sqrt(others))) ** 2 / whale
        if 0.1 < least % 1 < 0.9 and sum(others) >= whale:
            return whale, others, round_number(rng, 1_000, 1e5)


@lab.question(
    "turning_cost",
    points=3,
    hints=(
        "How many votes must the whale exceed? Then: how many names does it take to have more, if each vote is a root?",
        (
            "Find the smallest whole number of names that wins; try one after the other, or compute it. The prize pays "
            "for all but the first. Then look at the two cases at the ends."
        ),
    ),
)
def _turning_cost(rng: np.random.Generator, turning_cost: Any) -> Iterator[Part]:
    world = telling(rng, _assembly, _price)
    yield equal(1, turning_cost, world, *_price(*world))
    # Roots are whole, and the whale's part of each name is a power of two: the tie is exact however it is computed.
    side, doubled = int(rng.integers(11, 40)) * 8, int(rng.choice([4, 8]))
    root = int(rng.choice([2, 4]))
    tie = side**2, [root**2] * (side * doubled // root), round_number(rng, 1_000, 1e5)
    yield equal(
        1,
        turning_cost,
        tie,
        tie[2] / doubled**2,
        {
            "As many votes as the others have are not more: a tie is lost, as in question 3.": (
                tie[2] / (doubled**2 - 1)
            ),
            "The first name is the whale's own: it buys one fewer.": tie[2] / (doubled**2 + 1),
        },
    )
    few = [int(each) for each in rng.integers(20, 400, 3)]
    strong, prize = (sum(isqrt(each) + 1 for each in few) + 1) ** 2, round_number(rng, 1_000, 1e5)
    needless = "A whale who wins under its own name needs no other, whatever a name costs: say `inf`."
    yield equal(0.5, turning_cost, (strong, few, prize), inf).said(needless)
    weak = int(rng.integers(20, 60))
    many = [int(each) for each in rng.integers(30, 90, 20)]
    hopeless = "Even with a name for each token, one vote a token, this whale loses: no name is cheap enough, say 0."
    yield equal(0.5, turning_cost, (weak, many, prize), 0.0).said(hopeless)
