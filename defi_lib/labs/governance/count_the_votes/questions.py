"""Delegation, votes at an earlier block, and a small governor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

import numpy as np

from defi_lib.governance import is_passed
from defi_lib.integers import positions
from defi_lib.labs.kit import Lab, Part, holds, matches
from defi_lib.labs.kit.compare import Misshapen

lab = Lab("5.1")
check, progress = lab.check, lab.progress

World = TypeVar("World", bound=tuple[Any, ...])

#: The right answer, and what usual mistakes give.
Answers: TypeAlias = tuple[Any, Mapping[str, Any]]


def telling(
    rng: np.random.Generator, draw: Callable[[np.random.Generator], World], answers: Callable[..., Answers]
) -> World:
    """A random world in which the right answer and those of all mistakes differ: whole numbers often agree."""
    for _ in range(10_000):
        world = draw(rng)
        right, mistakes = answers(*world)
        rounded = [tuple(np.round(np.atleast_1d(each), 9)) for each in (right, *mistakes.values())]
        if len(set(rounded)) == len(rounded):
            return world
    raise RuntimeError("no world tells the mistakes apart: draw from a wider range")


def _powers(tokens: list[int], delegates: list[int]) -> Answers:
    """Votes by delegation, and what usual mistakes give."""
    own, to = np.array(tokens), np.array(delegates)
    away = to >= 0
    got = np.bincount(positions(to[away]), own[away], own.size)
    one = np.zeros(own.size)
    one[to[away]] = own[away]  # the last one overwrites
    chained = np.zeros(own.size)
    for place, held in enumerate(tokens):
        while delegates[place] >= 0:
            place = delegates[place]
        chained[place] += held
    mistakes = {
        "Whoever delegates keeps their votes here as well, so that they count twice.": own + got,
        "Who votes for others also votes with their own tokens, unless they have delegated these.": got,
        "Two who delegate to the same member both count: add, do not overwrite.": np.where(away, 0, own) + one,
        "Nothing is delegated here: look where the second list is not -1.": own + 0.0,
    }
    right = np.where(away, 0, own) + got
    if np.any(away & (got > 0)):
        mistakes["Votes go one step only: what somebody is given stays there, even if they delegate their own."] = (
            chained
        )
        mistakes["Whoever delegates gives away their own tokens only, not what others have delegated to them."] = (
            np.where(away, 0, right)
        )
    return right, mistakes


@lab.question(
    "voting_power",
    points=2,
    hints=(
        "Go through the members. To whom do this member's own tokens go? Nothing else of theirs moves.",
        "Begin with a list of zeros. Each member's tokens are added in one place: the own one, or the delegate's.",
    ),
)
def _voting_power(rng: np.random.Generator, voting_power: Any) -> Iterator[Part]:
    for chained in (False, True):

        def draw(rng: np.random.Generator, chained: bool = chained) -> tuple[list[int], list[int]]:
            first, second, third, delegate, top = (int(each) for each in rng.permutation(6)[:5])
            to = [-1] * 6
            to[first] = to[second] = delegate
            if chained:
                to[delegate], to[third] = top, top
            return [int(each) for each in rng.integers(10, 900, 6)], to

        tokens, to = telling(rng, draw, _powers)
        right, mistakes = _powers(tokens, to)
        said = f"`voting_power({tokens}, {to})`"
        yield matches(1, said, voting_power(tokens, to), right, mistakes)


@lab.question(
    "votes_at",
    points=2,
    hints=(
        "Which of the changes had happened when the block ended? Those in the block itself had.",
        "Add up one change after the other, and stop at the first that belongs to a later block.",
    ),
)
def _votes_at(rng: np.random.Generator, votes_at: Any) -> Iterator[Part]:
    blocks = [int(each) for each in np.cumsum(rng.integers(3, 20, 5)) + 100]
    sizes = [int(each) for each in rng.permutation(np.arange(1, 60))[:5] * 10 + rng.integers(1, 9)]
    sizes[3] = -sizes[0]  # somebody takes back what was given first
    changes = list(zip(blocks, sizes, strict=True))
    total = np.cumsum(sizes)

    def ask(changes: list[tuple[int, int]], block: int, right: float, mistakes: dict[str, float]) -> Part:
        return matches(0.5, f"`votes_at({changes}, {block})`", votes_at(changes, block), right, mistakes)

    now = {"These are the votes of now; asked for are those at the end of an earlier block.": float(total[-1])}
    only = "This is the last change alone; add up all changes until then."
    yield ask(changes, blocks[2] + 1, total[2], {**now, only: sizes[2]})
    early = "What changed in the block itself counts too: asked for is its *end*."
    yield ask(changes, blocks[1], total[1], {early: float(total[0]), **now, only: sizes[1]})
    loan = int(rng.integers(10, 90)) * 1_000
    flash = sorted([*changes, (blocks[2] + 1, loan), (blocks[2] + 1, -loan)], key=lambda each: each[0])
    yield ask(
        flash,
        blocks[2] + 1,
        total[2],
        {
            "A flash loan votes here! One checkpoint a block: what it shows is the end of the block.": total[2] + loan,
            "A flash loan counts against its borrower here; it is back before the block ends.": total[2] - loan,
            **now,
        },
    )
    before = "Before the first change there are no votes."
    yield ask(changes, blocks[0] - 1, 0.0, {before: float(sizes[0]), **now})


def _said(votes: list[int], ballots: list[tuple[int, str]], which: str) -> int:
    """Votes for one side, the first ballot of each voter."""
    first: dict[int, str] = {}
    for voter, side in ballots:
        first.setdefault(voter, side)
    return sum(votes[voter] for voter, side in first.items() if side == which)


def _tallies(votes: list[int], ballots: list[tuple[int, str]]) -> Answers:
    """Votes for and against, and what usual mistakes give; the first voter sends a second ballot, against."""
    yes, no, neither = (_said(votes, ballots, side) for side in ("for", "against", "abstain"))
    again = votes[ballots[0][0]]
    mistakes = {
        "A second ballot of the same voter counts here too: only the first is valid.": (yes, no + again),
        "The second ballot replaces the first here; only the first is valid.": (yes - again, no + again),
        "Who abstains is counted as in favour here.": (yes + neither, no),
        "Who abstains is counted as against here.": (yes, no + neither),
        "Ballots are counted here, not votes: each has the weight that the first list says.": (
            *(len([None for _, side in ballots[:-1] if side == which]) for which in ("for", "against")),
        ),
        "The two sides are swapped: those in favour come first.": (no, yes),
    }
    return (yes, no), mistakes


def _ballots(rng: np.random.Generator) -> tuple[list[int], list[tuple[int, str]]]:
    votes = [int(each) for each in rng.integers(10, 900, 7)]
    order = [int(each) for each in rng.permutation(7)]
    sides = ("for", "against", "for", "abstain", "against", "for")
    return votes, [*zip(order, sides, strict=False), (order[0], "against")]


@lab.question(
    "count_ballots",
    points=3,
    hints=(
        "Two things before you count: has this voter voted already, and what does an abstention add to?",
        "A proposal has to pass two tests, and both look at the votes in favour: against the others, and the quorum.",
    ),
)
def _count_ballots(rng: np.random.Generator, count_ballots: Any) -> Iterator[Part]:
    votes, ballots = telling(rng, _ballots, _tallies)
    right, mistakes = _tallies(votes, ballots)
    said = f"`count_ballots({votes}, {ballots}, 0)`"
    got = _three(count_ballots(votes, ballots, 0), said)
    yield matches(1, f"{said}, the first two values,", got[:2], right, mistakes)

    def passed(yes: int, no: int, neither: int, quorum: int) -> bool:
        """What the student says of it, with voters in a random order."""
        given = [(0, "for"), (1, "against"), (2, "abstain")]
        return bool(_three(count_ballots([yes, no, neither], [given[i] for i in rng.permutation(3)], quorum), "It")[2])

    yes, no, neither = (int(each) for each in rng.integers((500, 100, 50), (900, 400, 90)))
    for worlds in (
        (
            (yes, yes, neither, 0, "As many for as against are no majority: more must be for it."),
            (yes, no, neither, yes, "A quorum that is reached exactly is reached."),
        ),
        (
            (yes, no, neither, yes + 1, "The quorum is not reached: only votes *in favour* count towards it."),
            (yes, no, neither, yes - 1, "The quorum is reached and more are for it: this passes."),
            (no, yes, neither, no - 1, "A quorum is not enough: more must be for it than against."),
        ),
    ):
        wrong = [why for *world, why in worlds if passed(*world) != is_passed(*world)]
        yield holds(1, not wrong, "; ".join(wrong[:1]))


def _three(answer: Any, said: str) -> tuple[Any, ...]:
    """The three values of a count."""
    try:
        values = tuple(answer)
    except TypeError:
        values = ()
    if len(values) != 3:
        raise Misshapen(f"{said} should return three values, separated by commas.")
    return values
