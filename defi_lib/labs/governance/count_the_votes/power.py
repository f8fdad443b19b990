"""How few decide, and how often each member does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np

from defi_lib import governance
from defi_lib.governance import decentraland_members, deciding_number
from defi_lib.labs.governance.count_the_votes.questions import Answers, lab, telling
from defi_lib.labs.kit import Part, equal, holds, matches


def _least(votes: list[int], enough: Callable[[int, int], bool]) -> int:
    """The least number of the first members for whom ``enough(theirs, all others')`` holds; all if it never does."""
    held, total = 0, sum(votes)
    for number, each in enumerate(votes, 1):
        held += each
        if enough(held, total - held):
            return number
    return len(votes)


def _fewest(votes: list[int], turnout: float, quorum: int) -> Answers:
    """Who decides, and what usual mistakes give."""
    total, falling = sum(votes), sorted(votes, reverse=True)
    right = int(deciding_number(np.array(votes, float), turnout, quorum / total))
    alone = _least(falling, lambda held, others: held > turnout * others)
    if quorum and alone < right:
        return right, {"The quorum is missing: they need that many votes too, even if hardly anybody comes.": alone}
    if quorum:
        by_quorum = _least(falling, lambda held, others: held >= quorum)
        return right, {"The quorum is not enough: they must outvote the others who come too.": by_quorum}
    mistakes: dict[str, Any] = {
        "The members are taken as they come in the list; the fewest are the largest.": _least(
            votes, lambda held, others: held > turnout * others
        ),
        "One too few: count the member who makes the majority too.": right - 1,
        "Members are counted here, but votes decide.": len(votes) // 2 + 1,
    }
    if turnout < 1:
        mistakes |= {
            "As if all others came; only the part `turnout` of their votes is cast.": _least(
                falling, lambda held, others: held > others
            ),
            "As if the deciders stood against themselves: only the *others* vote against.": _least(
                falling, lambda held, others: held > turnout * (held + others)
            ),
        }
    return right, mistakes


def _electorate(rng: np.random.Generator) -> list[int]:
    """A few large holders and many small ones, in no order."""
    return [int(each) for each in np.ceil(400 * np.exp(rng.normal(0, 0.6, 19)))]


@lab.question(
    "deciders",
    points=3,
    hints=(
        "Who should be in a small group that decides? Let it grow, the largest first, until it is enough.",
        "At each step compare what the group has with the part of all the *others* that comes, and with the quorum.",
    ),
)
def _deciders(rng: np.random.Generator, deciders: Any) -> Iterator[Part]:
    large, middle = sorted((int(each) for each in rng.integers(20, 400, 2)), reverse=True)
    large += 1
    tie = [middle, large + middle, large]
    enough = "As many votes as the others have are not more."
    yield equal(0.5, deciders, (tie, 1, 0), 2, {enough: 1})
    worlds: list[tuple[float, Callable[[np.random.Generator], tuple[list[int], float, int]]]] = [
        (0.5, lambda rng: (_electorate(rng), 1, 0)),
        (1, lambda rng: (_electorate(rng), float(f"{rng.uniform(0.3, 0.6):.2g}"), 0)),
        (0.25, lambda rng: _with_quorum(rng, 0.45, 0.7, binding=True)),
        (0.25, lambda rng: _with_quorum(rng, 0.05, 0.3, binding=False)),
    ]
    for points, draw in worlds:
        world = telling(rng, draw, _fewest)
        yield equal(points, deciders, world, *_fewest(*world))
    real = decentraland_members().votes
    turnout = float(f"{rng.uniform(0.15, 0.9):.2g}")
    said = f"`deciders(list(dao.votes), {turnout}, 0)`"
    yield matches(0.5, said, deciders(real.tolist(), turnout, 0), int(deciding_number(real, turnout)))


def _with_quorum(rng: np.random.Generator, low: float, high: float, binding: bool) -> tuple[list[int], float, int]:
    """An electorate in which the quorum asks for more than the majority does, or for less."""
    while True:
        votes, turnout = _electorate(rng), float(f"{rng.uniform(0.3, 0.6):.2g}")
        quorum = int(rng.uniform(low, high) * sum(votes))
        plain, with_it = (int(deciding_number(np.array(votes, float), turnout, q / sum(votes))) for q in (0, quorum))
        if (plain < with_it) == binding:
            return votes, turnout, quorum


def _chances(votes: list[int], quota: int) -> Answers:
    """Banzhaf's chances, and what usual mistakes give."""
    found, number = governance.banzhaf(votes, quota), len(votes)
    winning = np.zeros(number)
    for inside in product((0, 1), repeat=number):
        if np.dot(inside, votes) >= quota:
            winning += inside
    mistakes = {
        "These add up to 1; asked for is the chance of each to decide, which need not.": found.power,
        "These are shares of the votes, not chances to decide.": np.array(votes) / sum(votes),
        "These are numbers of coalitions; divide by how many the *others* can form.": np.array(found.swings, float),
        "Divide by the coalitions of the others, who are one fewer: this is half of it.": found.chance / 2,
        "Coalitions that win with the member count here even if they win without: look for those that turn.": (
            winning / 2 ** (number - 1)
        ),
        "Orders are counted here (Shapley, Shubik); Banzhaf counts coalitions, each once.": governance.shapley_shubik(
            votes, quota
        ).power,
    }
    if quota < sum(votes):
        exactly = "Votes that reach the quota exactly win here too."
        mistakes[exactly] = governance.banzhaf(votes, quota + 1).chance
    return found.chance, mistakes


def _council(rng: np.random.Generator) -> tuple[list[int], int]:
    votes = [int(each) for each in rng.integers(1, 12, 5)]
    return votes, int(rng.integers(sum(votes) // 2 + 1, max(int(0.7 * sum(votes)), sum(votes) // 2 + 2)))


@lab.question(
    "banzhaf",
    points=3,
    hints=(
        "For each member: how many coalitions of the *others* have too few votes alone, and enough with the member?",
        (
            "Keep a dictionary: votes → how many coalitions have just so many. Each of the others doubles the "
            "coalitions: without them, and with them."
        ),
    ),
)
def _banzhaf(rng: np.random.Generator, banzhaf: Any) -> Iterator[Part]:
    council = telling(rng, _council, _chances)
    yield equal(1, banzhaf, council, *_chances(*council))
    large, small = int(rng.integers(30, 60)), int(rng.integers(2, 9))
    for votes, quota, right, mistake in (
        (
            [large, large, 1],
            large + 1,
            (0.5, 0.5, 0.5),
            "Here any two of the three win, whoever they are: all decide equally often.",
        ),
        (
            [large, large, small],
            2 * large,
            (0.5, 0.5, 0.0),
            "Here the third never decides: the two others need each other, and nobody else.",
        ),
    ):
        answer = banzhaf(votes, quota)
        yield matches(0.5, f"`banzhaf({votes}, {quota})`", answer, right).said(mistake)
    many = [int(each) for each in rng.integers(1, 40, 30)]
    quota = sum(many) // 2 + 1
    answer, right = banzhaf(many, quota), governance.banzhaf(many, quota).chance
    known = np.shape(answer) == right.shape and np.allclose(np.asarray(answer, float), right, rtol=1e-6)
    yield holds(1, known, f"Not right for a council of 30: begin with `banzhaf({many}, {quota})[0]`, {right[0]:.6g}.")
