"""What a contribution is worth, and whether it pays to be steady. Readings C17a and C16a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib import compute as net
from defi_lib.evidence.effects import Control, Proof, Registry
from defi_lib.integers import positions
from defi_lib.ledger import Ledger

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: Rules of pay and which rounds are missed, in the order of the options.
BY_THE_ROUND, BY_WHAT_IT_ADDS, BY_RATING, BY_RATING_IF_THERE = range(4)
EVERY_SECOND, SECOND_HALF, FIRST_HALF = range(3)

# Ratings of three: half of the way up by each round of work, a quarter down by a missed one: 1/2 and 3/8.
_RATED = {
    "rule": BY_RATING, "missed": EVERY_SECOND, "contributors": 3, "own": 0.2, "pace": 0.1, "moving": 0.0, "newest": 0.5,
    "fall": 0.25, "rounds": 2,
}  # fmt: skip
# By what a round adds: half of what is unknown is learned in each of two rounds, and only the first is not missed.
_ADDED = {**_RATED, "rule": BY_WHAT_IT_ADDS, "own": 1.0, "pace": 0.5}


@EVIDENCE.model(
    "C17a",
    placebos=[{"rule": BY_THE_ROUND}],  # each round is paid alike, whoever was away before
    controls=[
        # Of the pot 1/3, and then 0.375 of 1.875, for one round of work; steady ones get 1/3 and 0.75 of 1.875.
        Control(_RATED, 1 - (1 / 3 + 0.2) / ((1 / 3 + 0.4) / 2)),
        Control({**_RATED, "rule": BY_RATING_IF_THERE}, 1 - (1 / 3) / ((1 / 3 + 1 / 2) / 2)),
        # With nothing first, and then 1/2 beside two of 3/4.
        Control({**_RATED, "missed": FIRST_HALF}, 1 - 0.25 / ((0.5 + 0.375) / 2)),
        # 1/2, 3/4, 7/8, 15/16 against 1/2, 3/8, 11/16, 33/64; five rounds are taken as four.
        Control(
            {**_RATED, "rounds": 5},
            1
            - (1 / 3 + 0.375 / 1.875 + 0.6875 / 2.4375 + 0.515625 / 2.390625)
            / 2
            / ((1 / 3 + 0.75 / 1.875 + 0.875 / 2.4375 + 0.9375 / 2.390625) / 4),
        ),
        # Of the own part 1/2 and then 1/4 is learned, of what all know as much, shared by three and by two.
        Control(_ADDED, 1 - 0.5 / 0.375),
        Control({**_ADDED, "own": 0.0}, 1 - (0.5 / 3) / ((0.5 / 3 + 0.25 / 2) / 2)),
        Control(
            {**_ADDED, "missed": SECOND_HALF, "own": 0.3, "contributors": 4},
            1 - 0.125 / ((0.125 + 0.175 / 3 + 0.01875) / 2),
        ),
        # A fifth of what is known becomes old: unknown are 1, 0.6, 0.44, 0.376 and, of who is away, 1, 0.6, 0.68.
        Control({**_ADDED, "moving": 0.2, "rounds": 4}, 1 - 0.42 / 0.302),
        Control(
            {**_ADDED, "moving": 0.2, "rounds": 2, "own": 0.0, "missed": FIRST_HALF},
            1 - 0.3 / 3 / ((0.5 / 2 + 0.3 / 3) / 2),
        ),
    ],
)
def lost_by_missing_half(
    rule: Array,
    missed: Array,
    contributors: Array,
    own: Array,
    pace: Array,
    moving: Array,
    newest: Array,
    fall: Array,
    rounds: Array,
) -> Array:
    """What is missing from the pay for a round of work of who misses half of them (part of a steady one's pay).

    Args:
        rule: of pay: by the round, by what each round adds, in proportion to a rating, or so but only when there.
        missed: every second round, the second half, or the first half.
        contributors: number of them, all steady but one.
        own: part of what one teaches that nobody else knows.
        pace: part of what is still unknown that a round teaches.
        moving: part of the task that is new in each round.
        newest: part of the way up to the full rating that a round of work brings.
        fall: part of the rating that a missed round takes.
        rounds: number of them, rounded to an even one.
    """
    steady, coming = pay_for_a_round(rule, missed, contributors, own, pace, moving, newest, fall, rounds)
    return 1 - coming / steady


def pay_for_a_round(
    rule: ArrayLike,
    missed: ArrayLike,
    contributors: ArrayLike,
    own: ArrayLike,
    pace: ArrayLike,
    moving: ArrayLike,
    newest: ArrayLike,
    fall: ArrayLike,
    rounds: ArrayLike,
) -> tuple[Array, Array]:
    """Mean pay for a round of work of a steady contributor, and of one who misses half of the rounds.

    Args:
        rule, missed, contributors, own, pace, moving, newest, fall, rounds: as in :func:`lost_by_missing_half`.

    >>> steady, coming = pay_for_a_round(1, 0, 6, 1.0, 0.5, 0.0, 0.1, 0.25, 2)  # only the first round is not missed
    >>> steady.round(3).item(), coming.round(3).item()
    (0.062, 0.083)
    """
    all_given = (rule, missed, contributors, own, pace, moving, newest, fall, rounds)
    rule, missed, number, own, pace, moving, newest, fall, rounds = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(x, float)) for x in all_given)
    )
    half = np.rint(rounds / 2)
    time = np.arange(int(2 * half.max()))[:, None]
    there = np.select([missed == EVERY_SECOND, missed == SECOND_HALF], [time % 2 == 0, time < half], time >= half)
    running = time < 2 * half
    paid = np.array([2 * half, half])  # of a steady one and of the other, by the round: 1 each
    adding, rating = rule == BY_WHAT_IT_ADDS, rule >= BY_RATING
    paid[:, adding] = _by_what_it_adds(
        there[:, adding], running[:, adding], number[adding], own[adding], pace[adding], moving[adding]
    )
    paid[:, rating] = _by_rating(
        there[:, rating], running[:, rating], number[rating], newest[rating], fall[rating],
        rule[rating] == BY_RATING_IF_THERE,
    )  # fmt: skip
    return paid[0] / (2 * half), paid[1] / half


def _by_what_it_adds(
    there: Flags, running: Flags, number: Array, own: Array, pace: Array, moving: Array
) -> tuple[Array, Array]:
    """Pay of a steady contributor, and of the other: in all rounds, by what each adds.

    What all know is taught by whoever is there, and paid for in equal parts; what one alone knows waits for its owner.
    Of both a round teaches the same part of what is still unknown, and a part of what is known becomes old.
    """
    unknown, his = np.ones(own.shape), np.ones(own.shape)  # of what steady ones know, and he alone
    steady, coming = np.zeros(own.shape), np.zeros(own.shape)
    for here, on in zip(there, running, strict=True):
        shared = (1 - own) * pace * unknown / (number - 1 + here)
        steady = steady + on * (shared + own * pace * unknown / number)
        coming = coming + on * here * (shared + own * pace * his / number)
        unknown, his = unknown * (1 - pace), his * (1 - pace * here)
        unknown, his = (each + moving * (1 - each) for each in (unknown, his))
    return steady, coming


def _by_rating(
    there: Flags, running: Flags, number: Array, newest: Array, fall: Array, only_there: Flags
) -> tuple[Array, Array]:
    """Parts of the pot of a steady contributor, and of the other: in all rounds, by ratings that begin at 0."""
    rating, his = np.zeros(newest.shape), np.zeros(newest.shape)
    steady, coming = np.zeros(newest.shape), np.zeros(newest.shape)
    for here, on in zip(there, running, strict=True):
        rating = rating + newest * (1 - rating)
        his = np.where(here, his + newest * (1 - his), his * (1 - fall))
        counts = np.where(only_there & ~here, 0.0, his)
        pot = (number - 1) * rating + counts
        steady, coming = steady + on * rating / pot, coming + on * counts / pot
    return steady, coming


@EVIDENCE.logic("C16a")
def no_rule_meets_all_four() -> Proof:
    """Three names with the same data: two persons, or three?"""
    worth = 12.0

    def alike(teams: NDArray[np.bool_]) -> Array:
        return worth * np.any(teams, axis=1)

    two, three = net.exact_shapley(alike, 2), net.exact_shapley(net.with_copies(alike, 0, 1), 3)
    honest, doubled = two[0], three[0] + three[2]
    return Proof(
        true=bool(np.isclose(honest, doubled)),
        says=f"Two bring the same, worth {worth:.0f} dollars: paid alike, each gets {honest:.0f}. One comes again "
        f"under a second name. Three names with the same are paid alike, {three[0]:.0f} each, and two of them are one "
        f"person, who now has {doubled:.0f}. A rule that keeps this person at {honest:.0f} must pay out less than "
        f"{worth:.0f}, or pay equals unlike.",
        turns="a second name costs more than it brings, or a part of the worth may stay unpaid",
    )


#: Who stands behind the six names, and by which rules they are paid.
WHO = ("First of three", "Two like the first", "Rare digits", "Free rider", "Wrong labels")
RULES = ("Per sample", "Leave one out", "Shapley", "Shapley, copies cut", "Graded by stake")
#: Pictures of each of WHO that are right.
RIGHT_PICTURES = (150, 300, 150, 0, 0)


def pay_six(copies: int, rare_alone: bool, cut: float, stake: float) -> dict[str, ArrayLike]:
    """What lesson 7.20 explores: a budget divided among six people by five rules (part of it; harm is paid nothing).

    Args:
        copies: further names under which the first offers the same pictures.
        rare_alone: whether the digits 8 and 9 are known to one alone, or a little to three more.
        cut: strength of the cut for copies.
        stake: that a friend of the free rider has, who gives all grades to him (% of all stake).

    >>> found = pay_six(0, True, 0.0, 20.0)
    >>> bool(found["out"] > 3 * found["rare"]), float(found["Free rider"][2])
    (True, 0.0)
    """
    game, names = net.with_copies(net.team_accuracy(rare_alone), 0, copies), 6 + copies
    owner = np.array([0, 1, 1, 2, 3, 4] + [0] * copies)  # which of WHO stands behind each name
    shapley = net.exact_shapley(game, names)
    same = np.outer(owner == 0, owner == 0) | np.eye(names, dtype=bool)
    fewer = net.divide_budget(1.0, net.discount_copies(shapley, same, cut)).amounts
    staked = net.yuma_consensus([100 - stake, stake], [fewer, owner == 3]).incentive
    worths = (np.ones(names), net.leave_one_out(game, names), shapley, fewer, staked)
    shares = np.array([np.bincount(positions(owner), net.divide_budget(1.0, worth).amounts, 5) for worth in worths])
    return {
        "Rule": list(RULES), **dict(zip(WHO, shares.T, strict=True)), "more": shares[2][0], "cut_to": shares[3][0],
        "out": shares[1][2], "rare": shares[2][2], "friend": shares[4][3],
    }  # fmt: skip


def pay_day(
    copies: int = 2, stake: float = 60.0, budget: float = 900.0, grading: float = 100.0, picture: float = 0.5,
    bought: float = 1.5, point: float = 15.0,
) -> dict[str, Ledger]:  # fmt: skip
    """A model of six people is paid for by each rule, and a firm buys right pictures instead: who has what (USD).

    The firm spends as much, and as much for looking: it buys neither copies nor wrong ones, and trains what the honest
    four reach.

    Args:
        copies: further names of the first.
        stake: of the free rider's friend (% of all stake).
        budget: that the six get from a buyer.
        grading: that validators get, or who looks for the firm.
        picture: what each right picture cost to write.
        bought: what the firm pays for it.
        point: what users pay for each point (of a hundred) that the model recognises.

    >>> books = pay_day()
    >>> round(books["Graded by stake"].balance("Free rider", "USD"))
    900
    """
    shares = pay_six(copies, True, float(np.log(2)), stake)
    teams = net.team_accuracy(True)(np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 1, 0, 0]], dtype=bool))
    books = {}
    for number, way in enumerate((*RULES, "A firm buys")):
        firm = way not in RULES
        ledger = books[way] = Ledger((*WHO, "writers", "validators", "buyer", "users"))
        for who, pictures in zip(WHO, RIGHT_PICTURES, strict=True):
            paid = bought * pictures if firm else budget * float(np.asarray(shares[who])[number])
            ledger.record("buyer", who, paid, "USD", "data")
            ledger.record(who, "writers", picture * pictures, "USD", "pictures")
        ledger.record("buyer", "validators", grading, "USD", "grading")
        ledger.record("users", "buyer", 100 * point * float(teams[int(firm)]), "USD", "use")
        ledger.check_conserved()
    return books
