"""The checks of the lab on votes: right answers get all points, each usual mistake is named."""

from math import inf

import pytest

from defi_lib.labs.governance.count_the_votes import lab
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
from collections import Counter
from math import inf, sqrt

def voting_power(tokens, delegates):
    votes = [0] * len(tokens)
    for member, delegate in enumerate(delegates):
        votes[member if delegate == -1 else delegate] += tokens[member]
    return votes

def votes_at(changes, block):
    return sum(change for when, change in changes if when <= block)

def count_ballots(votes, ballots, quorum):
    total, voted = {"for": 0, "against": 0, "abstain": 0}, set()
    for member, side in ballots:
        if member not in voted:
            total[side] += votes[member]
            voted.add(member)
    return total["for"], total["against"], total["for"] > total["against"] and total["for"] >= quorum

def deciders(votes, turnout, quorum):
    held, total = 0, sum(votes)
    for number, each in enumerate(sorted(votes, reverse=True), 1):
        held += each
        if held > turnout * (total - held) and held >= quorum:
            return number

def banzhaf(votes, quota):
    chances = []
    for member, own in enumerate(votes):
        found = Counter({0: 1})
        for other in votes[:member] + votes[member + 1:]:
            found += Counter({total + other: number for total, number in found.items()})
        turned = sum(number for total, number in found.items() if total < quota <= total + own)
        chances.append(turned / 2 ** (len(votes) - 1))
    return chances

def recount(tokens, in_favour, names):
    sides = {True: 0, False: 0}
    for held, said, many in zip(tokens, in_favour, names):
        sides[said] += many * sqrt(held / many)
    return sides[True], sides[False]

def turning_cost(whale, others, prize):
    against = sum(sqrt(each) for each in others)
    if sqrt(whale) > against:
        return inf
    if whale <= against:
        return 0
    return prize / int(against**2 / whale)
"""

#: Other ways: arrays, checkpoints as contracts keep them, one array of sums, names tried one after the other.
OTHER_WAYS = {
    "arrays": """
import numpy as np

def voting_power(tokens, delegates):
    to = np.where(np.array(delegates) < 0, np.arange(len(tokens)), delegates)
    return np.bincount(to, tokens, len(tokens))

def deciders(votes, turnout, quorum):
    votes = -np.sort(-np.array(votes))
    held = np.cumsum(votes)
    return np.argmax((held > turnout * (held[-1] - held)) & (held >= quorum)) + 1

def banzhaf(votes, quota):
    chances = np.zeros(len(votes))
    for member, own in enumerate(votes):
        sums = np.zeros(sum(votes) + 1)
        sums[0] = 1
        for other in votes[:member] + votes[member + 1:]:
            sums[other:] += sums[:len(sums) - other].copy()
        chances[member] = sums[max(quota - own, 0):quota].sum() / 2 ** (len(votes) - 1)
    return chances

def recount(tokens, in_favour, names):
    votes, said = np.sqrt(np.array(tokens) * np.array(names)), np.array(in_favour)
    return np.array([votes[said].sum(), votes[~said].sum()])
""",
    "step by step": """
def votes_at(changes, block):
    checkpoints = [(0, 0)]
    for when, change in changes:
        votes = checkpoints[-1][1] + change
        if checkpoints[-1][0] == when:
            checkpoints[-1] = when, votes
        else:
            checkpoints.append((when, votes))
    return [votes for when, votes in checkpoints if when <= block][-1]

def count_ballots(votes, ballots, quorum):
    first = {}
    for member, side in ballots:
        first.setdefault(member, side)
    yes, no = (sum(votes[m] for m in first if first[m] == side) for side in ("for", "against"))
    return [yes, no, int(yes > no and yes >= quorum)]

def turning_cost(whale, others, prize):
    for names in range(1, int(whale) + 1):
        mine, theirs = recount([whale, *others], [True] + [False] * len(others), [names] + [1] * len(others))
        if mine > theirs:
            return prize / (names - 1) if names > 1 else inf
    return 0
""",
}

PARAMETERS = {
    "voting_power": "tokens, delegates",
    "votes_at": "changes, block",
    "count_ballots": "votes, ballots, quorum",
    "deciders": "votes, turnout, quorum",
    "banzhaf": "votes, quota",
    "recount": "tokens, in_favour, names",
    "turning_cost": "whale, others, prize",
}

answers = Answers(lab, RIGHT, PARAMETERS)

#: What the mistakes below are made of.
PIECES = """
import itertools
import math
import numpy as np

from defi_lib.governance import shapley_shubik

def overwritten(tokens, delegates):
    votes = [held if to < 0 else 0 for held, to in zip(tokens, delegates)]
    got = [0] * len(tokens)
    for held, to in zip(tokens, delegates):
        if to >= 0:
            got[to] = held
    return [own + more for own, more in zip(votes, got)]

def chained(tokens, delegates):
    votes = [0] * len(tokens)
    for member, held in enumerate(tokens):
        while delegates[member] >= 0:
            member = delegates[member]
        votes[member] += held
    return votes

def largest_within(changes, block):
    votes = most = 0
    for when, change in changes:
        votes += change if when < block else 0
        most += change if when < block or (when == block and change > 0) else 0
    return most

def smallest_within(changes, block):
    return sum(change for when, change in changes if when < block or (when == block and change < 0))

def tally(votes, ballots, weight=lambda votes: votes):
    return [sum(weight(votes[m]) for m, side in ballots if side == which) for which in ("for", "against", "abstain")]

def least(votes, enough):
    held, total = 0, sum(votes)
    for number, each in enumerate(votes, 1):
        held += each
        if enough(held, total - held):
            return number
    return len(votes)

def winning(votes, quota):
    found = np.zeros(len(votes))
    for inside in itertools.product((0, 1), repeat=len(votes)):
        found += np.array(inside) * (np.dot(inside, votes) >= quota)
    return found / 2 ** (len(votes) - 1)

def sides(weights, in_favour):
    return tuple(sum(w for w, said in zip(weights, in_favour) if said == side) for side in (True, False))
"""

INSIDE = {
    "voting_power": "away = [to >= 0 for to in delegates]\ngot = [r - t * (not a) for r, t, a in zip("
    "right_voting_power(tokens, delegates), tokens, away)]",
    "count_ballots": "first = dict(reversed(ballots)); again = len(ballots) > len(first)\n"
    "yes, no, passed = right_count_ballots(votes, ballots, quorum)\n"
    "both = tally(votes, ballots); last = tally(votes, dict(ballots).items()); once = tally(votes, first.items())",
    "deciders": "falling = sorted(votes, reverse=True)\nright = right_deciders(votes, turnout, quorum)",
    "turning_cost": "roots = sum(sqrt(each) for each in others)\nR = right_turning_cost(whale, others, prize)\n"
    "inner = R not in (0, inf)\nn = roots**2 / whale",
}

#: question, wrong result, points that are left, words of the feedback
MISTAKES = [
    ("voting_power", "[t + g for t, g in zip(tokens, got)]", "0", "count twice"),
    ("voting_power", "got", "0", "unless they have delegated"),
    ("voting_power", "overwritten(tokens, delegates)", "0", "do not overwrite"),
    ("voting_power", "tokens", "0", "Nothing is delegated"),
    ("voting_power", "chained(tokens, delegates)", "1", "one step only"),
    ("voting_power", "[0 if a else r for a, r in zip(away, R)]", "1", "not what others have delegated"),
    ("votes_at", "sum(change for _, change in changes)", "0 or 0.5", "votes of now"),
    ("votes_at", "sum(change for when, change in changes if when < block)", "1.5", "its *end*"),
    ("votes_at", "([0] + [change for when, change in changes if when <= block])[-1]", "0.5", "last change alone"),
    ("votes_at", "largest_within(changes, block)", "1.5", "flash loan votes here"),
    ("votes_at", "smallest_within(changes, block)", "1", "its *end*"),
    ("votes_at", "R if block >= changes[0][0] else changes[0][1]", "1.5", "Before the first change"),
    ("count_ballots", "(both[0], both[1], passed)", "2", "only the first is valid"),
    ("count_ballots", "(last[0], last[1], passed)", "2", "replaces the first"),
    ("count_ballots", "(yes + once[2], no, passed)", "2", "as in favour here"),
    ("count_ballots", "(yes, no + once[2], passed)", "2", "as against here"),
    ("count_ballots", "(*tally(votes, first.items(), lambda each: 1)[:2], passed)", "2", "Ballots are counted"),
    ("count_ballots", "(no, yes, passed)", "2", "are swapped"),
    ("count_ballots", "(yes, no, yes >= no and yes >= quorum)", "2", "no majority"),
    ("count_ballots", "(yes, no, yes > no and yes > quorum)", "2", "reached exactly"),
    ("count_ballots", "(yes, no, yes > no and yes + no >= quorum)", "2", "only votes *in favour*"),
    ("count_ballots", "(yes, no, yes > no and yes + once[2] >= quorum)", "2", "only votes *in favour*"),
    ("count_ballots", "(yes, no, yes >= quorum)", "1", "no majority"),
    ("count_ballots", "(yes, no, False)", "1", "reached exactly"),
    ("count_ballots", "(yes, no)", "0", "three values"),
    ("count_ballots", "yes", "0", "three values"),
    (
        "deciders",
        "least(falling, lambda held, others: held >= turnout * others and held >= quorum)",
        "2.5",
        "are not more",
    ),
    (
        "deciders",
        "least(votes, lambda held, others: held > turnout * others and held >= quorum)",
        "0.5 or 0.75",
        "the fewest are the largest",
    ),
    ("deciders", "right - 1", "0", "are not more"),
    ("deciders", "len(votes) // 2 + 1", "0.5 or 0.75", "Members are counted"),
    (
        "deciders",
        "least(falling, lambda held, others: held > others and held >= quorum)",
        "1 or 1.25",
        "all others came",
    ),
    (
        "deciders",
        "right if turnout == 1 else"
        " least(falling, lambda held, others: held > turnout * (held + others) and held >= quorum)",
        "1 or 1.25 or 1.5 or 1.75",
        "against themselves",
    ),
    ("deciders", "right_deciders(votes, turnout, 0)", "2.75", "quorum is missing"),
    ("deciders", "right if not quorum else least(falling, lambda held, others: held >= quorum)", "2.75", "not enough"),
    ("banzhaf", "[each / sum(R) for each in R]", "0.5", "add up to 1"),
    ("banzhaf", "[each / sum(votes) for each in votes]", "0", "shares of the votes"),
    ("banzhaf", "[each * 2 ** (len(votes) - 1) for each in R]", "0", "divide by how many"),
    ("banzhaf", "[each / 2 for each in R]", "0", "half of it"),
    ("banzhaf", "winning(votes, quota) if len(votes) < 9 else R", "1 or 1.5", "look for those that turn"),
    ("banzhaf", "shapley_shubik(votes, quota).power", "0.5", "Orders are counted"),
    ("banzhaf", "right_banzhaf(votes, quota + 1)", "0 or 0.5", "quota exactly"),
    ("banzhaf", "R if len(votes) < 9 else [each / 2 for each in R]", "2", "council of 30"),
    ("banzhaf", "R if len(votes) < 9 else R[:5]", "2", "council of 30"),
    ("banzhaf", "R if len(votes) != 3 or votes[2] > 1 else [each / sum(votes) for each in votes]", "2.5", "any two"),
    (
        "banzhaf",
        "R if len(votes) != 3 or votes[2] == 1 else [each / sum(votes) for each in votes]",
        "2.5",
        "never decides",
    ),
    ("recount", "sides(tokens, in_favour)", "0.5", "one token one vote"),
    ("recount", "tuple(sqrt(each) for each in sides(tokens, in_favour))", "0", "root of the sum"),
    ("recount", "R[::-1]", "0", "are swapped"),
    ("recount", "sides([sqrt(each) for each in tokens], in_favour)", "1", "names are missing"),
    ("recount", "sides([m * sqrt(each) for each, m in zip(tokens, names)], in_favour)", "1", "all the tokens here"),
    ("recount", "sides([sqrt(each / m) for each, m in zip(tokens, names)], in_favour)", "1", "one of the names"),
    ("recount", "R if max(names) == 1 else sides(names, in_favour)", "1.5", "Names are counted"),
    ("turning_cost", "prize / (int(n) + 1) if inner else R", "1", "whale's own"),
    ("turning_cost", "prize / (n - 1) if inner else R", "1", "price at which a tie"),
    ("turning_cost", "prize / int(roots / sqrt(whale)) if inner else R", "1", "grow with the *root*"),
    ("turning_cost", "prize / max(sum(others) // whale, 1) if inner else R", "1", "before the root is taken"),
    ("turning_cost", "int(n) if inner else R", "1", "names that it buys"),
    ("turning_cost", "int(n) + 1 if inner else R", "1", "names that it needs"),
    ("turning_cost", "prize if inner else R", "1", "asked for is one"),
    ("turning_cost", "prize / (math.ceil(n) - 1) if inner else R", "2", "a tie is lost"),
    ("turning_cost", "R if R < inf else 0", "2.5", "say `inf`"),
    ("turning_cost", "R if R > 0 else prize / int(n)", "2.5", "no name is cheap enough"),
]


class TestCountTheVotes(LabContract):
    answers = answers
    mistakes = MISTAKES
    pieces = PIECES
    inside = INSIDE
    other_ways = OTHER_WAYS
    chains = [("voting_power", "tokens", ["deciders"]), ("recount", "(1, 2)", ["turning_cost"])]
    total = 18

    @staticmethod
    def by_hand(notebook):
        assert notebook["voting_power"]([50, 30, 20], [-1, 0, 1]) == [80, 20, 0]
        assert [notebook["votes_at"]([(5, 100), (9, -30)], block) for block in (7, 9, 4)] == [100, 70, 0]
        assert notebook["count_ballots"]([60, 50], [(0, "for"), (1, "against")], 80) == (60, 50, False)
        assert notebook["count_ballots"]([60, 50, 30], [(0, "for"), (1, "against"), (0, "against")], 50) == (
            60,
            50,
            True,
        )
        four = [40, 30, 20, 10]
        assert [notebook["deciders"](four, *rest) for rest in ((1, 0), (0.5, 0), (0.5, 50))] == [2, 1, 2]
        assert notebook["banzhaf"]([50, 49, 1], 51) == [0.75, 0.25, 0.25]
        assert notebook["recount"]([100, 36, 25], [True, False, False], [1, 1, 1]) == pytest.approx((10, 11))
        assert notebook["recount"]([100, 36, 25], [True, False, False], [4, 1, 1]) == pytest.approx((20, 11))
        assert notebook["turning_cost"](100, [4] * 25, 1_000) == 40
        assert notebook["turning_cost"](100, [4], 1_000) == inf and notebook["turning_cost"](10, [4] * 25, 1_000) == 0
