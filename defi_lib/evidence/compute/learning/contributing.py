"""What a contribution is worth, and whether it pays to be steady. Readings C17a and C16a."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib import compute as net
from defi_lib.evidence.effects import Control, Proof, Registry
from defi_lib.ledger import Ledger

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Rules of pay and which rounds are missed, in the order of the options.
BY_THE_ROUND, BY_WHAT_IT_ADDS, BY_RATING = range(3)
EVERY_SECOND, SECOND_HALF, FIRST_HALF = range(3)

# A rating of the newest round alone: a third of the pot if all three are there, half if one is away.
_RATED = {
    "rule": BY_RATING, "missed": EVERY_SECOND, "contributors": 3, "own": 0.2, "pace": 0.1, "moving": 0.0, "newest": 1.0,
    "rounds": 20,
}  # fmt: skip
# By what a round adds: half of what is unknown is learned in each of two rounds, and only the first is not missed.
_ADDED = {**_RATED, "rule": BY_WHAT_IT_ADDS, "own": 1.0, "pace": 0.5, "rounds": 2}


@EVIDENCE.model(
    "C17a",
    placebos=[{"rule": BY_THE_ROUND}],  # each round is paid alike, whoever was away before
    controls=[
        Control(_RATED, 1 - (1 / 3) / (0.5 / 3 + 0.5 / 2)),
        # With half of it new: 1/2 and 3/4 for the steady ones, 0 and 1/2 for who comes late.
        Control({**_RATED, "missed": FIRST_HALF, "newest": 0.5, "rounds": 2}, 1 - 0.25 / ((0.5 + 0.375) / 2)),
        # 1/2, 3/4, 7/8, 15/16 against 1/2, 1/4, 5/8; five rounds are taken as four.
        Control(
            {**_RATED, "newest": 0.5, "rounds": 5},
            1 - (1 / 3 + 0.625 / 2.375) / 2 / ((1 / 3 + 1 / 2 + 0.875 / 2.375 + 1 / 2) / 4),
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
    rounds: Array,
) -> Array:
    """What is missing from the pay for a round of somebody who misses half of them (part of a steady one's pay).

    Args:
        rule: of pay: by the round, by what each round adds, or in proportion to a rating that remembers.
        missed: every second round, the second half, or the first half.
        contributors: number of them, all steady but one.
        own: part of what one teaches that nobody else knows.
        pace: part of what is still unknown that a round teaches.
        moving: part of the task that is new in each round.
        newest: part of a rating that the newest round makes up.
        rounds: number of them, rounded to an even one.
    """
    steady, coming = pay_for_a_round(rule, missed, contributors, own, pace, moving, newest, rounds)
    return 1 - coming / steady


def pay_for_a_round(
    rule: ArrayLike,
    missed: ArrayLike,
    contributors: ArrayLike,
    own: ArrayLike,
    pace: ArrayLike,
    moving: ArrayLike,
    newest: ArrayLike,
    rounds: ArrayLike,
) -> tuple[Array, Array]:
    """Mean pay for a round of a steady contributor, and of one who misses half of the rounds.

    What all know is taught by whoever is there, and paid for in equal parts; what one alone knows waits for its owner.
    Of both a round teaches the same part of what is still unknown, and a part of what is known becomes old.

    Args:
        rule, missed, contributors, own, pace, moving, newest, rounds: as in :func:`lost_by_missing_half`.

    >>> steady, coming = pay_for_a_round(1, 0, 6, 1.0, 0.5, 0.0, 0.1, 2)  # only the first round is not missed
    >>> steady.round(3).item(), coming.round(3).item()
    (0.062, 0.083)
    """
    all_given = (rule, missed, contributors, own, pace, moving, newest, rounds)
    rule, missed, others, own, pace, moving, newest, rounds = np.broadcast_arrays(
        *(np.asarray(x, float) for x in all_given)
    )
    number, half = others, np.rint(rounds / 2)
    common, mine, his = np.ones(own.shape), np.ones(own.shape), np.ones(own.shape)  # what is still unknown of each
    rating, his_rating = np.zeros(own.shape), np.zeros(own.shape)
    steady, coming = np.zeros(own.shape), np.zeros(own.shape)
    for time in range(int(2 * half.max())):
        running = time < 2 * half
        there = np.select([missed == EVERY_SECOND, missed == SECOND_HALF], [time % 2 == 0, time < half], time >= half)
        present = number - 1 + there
        rating, his_rating = rating + newest * (1 - rating), his_rating + newest * (there - his_rating)
        shared = (1 - own) * pace * common / present
        paid = np.select(
            [rule == BY_THE_ROUND, rule == BY_WHAT_IT_ADDS],
            [1.0, shared + own * pace * mine / number],
            rating / ((number - 1) * rating + there * his_rating),
        )
        his_paid = np.select(
            [rule == BY_THE_ROUND, rule == BY_WHAT_IT_ADDS],
            [1.0, shared + own * pace * his / number],
            his_rating / ((number - 1) * rating + there * his_rating),
        )
        steady, coming = steady + running * paid, coming + running * there * his_paid
        common, mine = (each * (1 - pace) for each in (common, mine))
        his = his * (1 - pace * there)
        common, mine, his = (each + moving * (1 - each) for each in (common, mine, his))
    return steady / (2 * half), coming / half


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
    shares = np.array([np.bincount(owner, net.divide_budget(1.0, worth).amounts, 5) for worth in worths])
    return {
        "Rule": list(RULES), **dict(zip(WHO, shares.T, strict=True)), "more": shares[2][0], "cut_to": shares[3][0],
        "out": shares[1][2], "rare": shares[2][2], "friend": shares[4][3],
    }  # fmt: skip


def pay_day(
    copies: int = 2, stake: float = 60.0, budget: float = 900.0, grading: float = 100.0, picture: float = 0.5,
    bought: float = 0.75, point: float = 15.0,
) -> dict[str, Ledger]:  # fmt: skip
    """A model of six people is paid for by each rule, and a firm buys right pictures instead: who has what (USD).

    The firm looks at what it buys: neither copies nor empty nor wrong ones. It trains what the honest four reach.

    Args:
        copies: further names of the first.
        stake: of the free rider's friend (% of all stake).
        budget: that the six get from a buyer.
        grading: that validators get.
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
        ledger.record("buyer", "validators", 0.0 if firm else grading, "USD", "grading")
        ledger.record("users", "buyer", 100 * point * float(teams[int(firm)]), "USD", "use")
        ledger.check_conserved()
    return books
