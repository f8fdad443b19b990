"""The checks of the lab on a design of one's own: right answers get all points, each usual mistake is named."""

import pytest

from defi_lib.labs import kit
from defi_lib.labs.economy.the_design import lab
from defi_lib.labs.economy.the_design.own_design import BANDS
from defi_lib.labs.economy.the_design.world import (
    EXAMPLE,
    EXAMPLES,
    TWO_YEARS,
    draw_people,
    left_to_founders,
    read_design,
    report,
    try_blocks,
    try_design,
)
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
import numpy as np
from math import inf


from defi_lib.labs.economy.the_design.world import MORE, POOL, TODAY

def tokens(design):
    rules = {**TODAY, **design}
    moved = MORE if "more_airdrop" in design.get("remedies", ()) else 0
    parts = {
        "insiders": rules["insider_tokens"] - moved,
        "users": rules["airdrop"] + moved,
        "farm": rules["emission"],
        "votes": rules["grants"],
        "pool": POOL,
    }
    return {**parts, "nobody": 1 - sum(parts.values())}

def returns(people):
    found = {}
    for role in {each.role for each in people if each.served}:
        some = [each for each in people if each.role == role and each.served]
        found[role] = sum(each.profit for each in some) / sum(each.wealth for each in some)
    return found

def spread(people):
    line = sorted(people, key=lambda each: each.wealth)
    rates = []
    for tenth in np.array_split(np.array([(each.better, each.wealth) for each in line]), 10):
        better, wealth = tenth.sum(axis=0)
        rates.append(min(max(better / wealth, -0.05), 0.05))
    return 50 + 50 * sum(rates) / 10 / 0.05

def score(year):
    alive = (year.unpaid <= 0.2) & (year.liquidity >= 0.2) & (year.dry <= 0.3)
    serve = np.minimum(year.traded / year.traded_before, 1)
    founders = np.clip(1 + year.insiders / (2 * year.wages), 0, 1)
    fair = np.clip(1 + (min(year.served.values()) + 0.05) / 0.25, 0, 1)
    return np.mean(year.spread * alive * serve) * founders * fair

def effect(with_it, without):
    apart = np.array(with_it) - np.array(without)
    mean, error = apart.mean(), apart.std(ddof=1) / len(apart) ** 0.5
    return mean, error, np.sign(mean) * (abs(mean) > 2 * error)

def design():
    return {
        "insider_tokens": 0.02,
        "airdrop": 0.03,
        "emission": 0.0,
        "grants": 0.0,
        "protocol_part": 0.1,
        "reserve_factor": 0.25,
        "remedies": ("layer_2",),
    }

def edge(left):
    low, high = 0.0, 0.5
    if left(high) > 0:
        return inf
    if left(low) <= 0:
        return 0.0
    while high - low > 1e-10:
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) > 0 else (low, middle)
    return low
"""

OTHER_WAYS = {
    "the library and scipy": """
from defi_lib.economy import judge_outcome
from scipy.optimize import brentq

def score(year):
    return judge_outcome(year).score

def edge(left):
    ends = left(0), left(0.5)
    return inf if ends[1] > 0 else 0 if ends[0] < 0 else brentq(left, 0, 0.5, xtol=1e-12)
""",
    "step by step": """
from statistics import mean, stdev

def returns(people):
    profit, wealth = {}, {}
    for each in people:
        if each.served:
            profit[each.role] = profit.get(each.role, 0) + each.profit
            wealth[each.role] = wealth.get(each.role, 0) + each.wealth
    return {role: profit[role] / wealth[role] for role in profit}

def effect(with_it, without):
    apart = [a - b for a, b in zip(with_it, without)]
    error = stdev(apart) / len(apart) ** 0.5
    return [mean(apart), error, 0 if abs(mean(apart)) < 2 * error else 1 if mean(apart) > 0 else -1]

def design():
    return {"emission": 0, "grants": 0, "insider_tokens": 0.02, "airdrop": 0.04, "remedies": ["layer_2", "cover"]}
""",
}

PARAMETERS = {
    "tokens": "design",
    "returns": "people",
    "spread": "people",
    "score": "year",
    "effect": "with_it, without",
    "design": "",
    "edge": "left",
}

answers = Answers(lab, RIGHT, PARAMETERS)

#: What the mistakes below are made of.
PIECES = """
def role_by_role(people, way, all_of_them=False):
    found = {}
    for role in {each.role for each in people if each.served}:
        found[role] = way([each for each in people if each.role == role and (each.served or all_of_them)])
    return found

def clip(value):
    return min(max(value, -0.05), 0.05)

def tenths(people, rate, cut=clip):
    cuts = np.array_split(np.arange(len(people)), 10)
    return 50 + 1000 * sum(cut(rate([people[place] for place in some])) for some in cuts) / 10

def rate(some):
    return sum(each.better for each in some) / sum(each.wealth for each in some)

def root(left, low=0.0, high=0.5):
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) > 0 else (low, middle)
    return low
"""

INSIDE = {
    "tokens": "gone = MORE * ('more_airdrop' in design['remedies'])\nnone = dict.fromkeys(TODAY, 0.0)",
    "returns": "R = right_returns(people)\nmean = lambda of: role_by_role(people, lambda some: "
    "sum(map(of, some)) / len(some))",
    "spread": "line = sorted(people, key=lambda each: each.wealth)",
    "score": "y, R = year, right_score(year)\nserve = year.traded / year.traded_before\n"
    "capped = np.minimum(serve, 1)\n"
    "alive = (year.unpaid <= 0.2) & (year.liquidity >= 0.2) & (year.dry <= 0.3)\n"
    "founders, at = 1 + year.insiders / (2 * year.wages), lambda **more: right_score(year._replace(**more))\n"
    "worst = min(year.served.values())\nfair = 1 + (worst + 0.05) / 0.25",
    "effect": "R = right_effect(with_it, without); m, e, s = R; n = len(without)\n"
    "alone = np.sqrt((np.var(with_it, ddof=1) + np.var(without, ddof=1)) / n)",
    "edge": "R = right_edge(left)",
}

#: question, wrong result, points that are left, words of the feedback
MISTAKES = [
    ("tokens", "right_tokens({**none, **design})", "0", "stays as it is today"),
    ("tokens", "{**R, 'nobody': R['nobody'] + POOL}", "0", "not left over either"),
    ("tokens", "right_tokens({**design, 'remedies': ()})", "1", "`more_airdrop` is missing"),
    (
        "tokens",
        "{**R, 'insiders': R['insiders'] + gone, 'nobody': R['nobody'] - gone}",
        "1",
        "takes from the insiders",
    ),
    (
        "tokens",
        "{**R, 'users': R['users'] - gone, 'nobody': R['nobody'] + gone}",
        "1",
        "goes to the users",
    ),
    ("tokens", "{'insiders': 1}", "0", "'users' is missing"),
    ("tokens", "[*R.values()]", "0", "should return a dictionary"),
    (
        "returns",
        "role_by_role(people, lambda some: sum(p.profit for p in some) / sum(p.wealth for p in some), True)",
        "0 or 1",
        "leave them out",
    ),
    ("returns", "mean(lambda p: p.profit / p.wealth)", "0 or 1", "own returns"),
    ("returns", "role_by_role(people, lambda some: sum(p.profit for p in some))", "0", "profit in dollars"),
    ("returns", "mean(lambda p: p.profit)", "0", "profit by head"),
    ("returns", "{role: 1 / (value or 1e-9) for role, value in R.items()}", "0", "divided by profit"),
    ("returns", "{role: 100 * value for role, value in R.items()}", "0", "per cent"),
    ("returns", "{**R, 'pirate': 0.1}", "0", "'pirate' has nobody"),
    ("returns", "R if 'staker' in R else {**R, 'staker': 0.0}", "2", "'staker' has nobody"),
    ("spread", "tenths(people, rate)", "0 or 1", "into order"),
    ("spread", "tenths(line, rate, lambda value: value)", "0 or 1", "nothing is cut off"),
    (
        "spread",
        "tenths(line, lambda some: sum(clip(p.better / p.wealth) * p.wealth for p in some)"
        " / sum(p.wealth for p in some), lambda value: value)",
        "0 or 1",
        "a whole tenth",
    ),
    ("spread", "tenths(line, lambda some: sum(p.better / p.wealth for p in some) / len(some))", "0 or 1", "own rates"),
    ("spread", "R - 50", "0", "is 50, not 0"),
    ("spread", "(R / 50 - 1) * 0.05", "0", "mean of the ten rates"),
    ("spread", "50 + 1000 * clip(rate(people))", "0", "Each tenth counts alike"),
    ("spread", "100 - R", "0", "The sign"),
    ("spread", "R + 1", "0", "should be"),
    (
        "score",
        "R * float(np.mean(y.spread * serve * alive) / np.mean(y.spread * np.minimum(serve, 1) * alive))",
        "0",
        "at most 1",
    ),
    ("score", "np.mean(y.spread) * np.mean(np.minimum(serve, 1)) * np.mean(alive)", "0", "in each seed first"),
    ("score", "at(traded=y.traded_before, traded_before=y.traded)", "0", "trading now"),
    ("score", "at(traded=y.traded_before)", "0", "Trading is missing"),
    ("score", "R * founders if founders > 1 else R", "1", "Insiders who gain"),
    ("score", "R * fair if fair > 1 else R", "1 or 2", "fully fair"),
    ("score", "R * 8", "0", "sum over the seeds"),
    ("score", "at(unpaid=0 * y.unpaid)", "2", "wages is unpaid"),
    ("score", "at(liquidity=1 + y.liquidity)", "2", "liquidity is left"),
    ("score", "at(dry=0 * y.dry)", "2", "in the dust"),
    ("score", "R * 8 / sum(alive)", "2", "left out of the mean"),
    ("score", "at(spread=y.spread * (y.unpaid < 0.2))", "2", "reached exactly"),
    ("score", "at(spread=y.spread * (y.dry < 0.3))", "2", "reached exactly"),
    ("score", "at(spread=y.spread * (y.liquidity > 0.2))", "2", "reached exactly"),
    ("score", "at(insiders=0)", "2", "factor `founders` is missing"),
    ("score", "at(insiders=2 * y.insiders)", "2", "not one year's"),
    ("score", "at(served={'payer': 0})", "2", "factor `fair` is missing"),
    ("score", "at(served=y.returns)", "2", "look at `served`"),
    ("score", "at(served={**y.served, 'holder': y.returns['holder']})", "2", "who were served"),
    ("score", "at(served={'payer': sum(y.served.values()) / len(y.served)})", "2", "not at the mean"),
    ("score", "R / fair * (1 + worst / 0.25) if fair < 1 else R", "2", "let pass"),
    ("score", "R / fair * (1 + (worst + 0.05) / 0.3) if fair < 1 else R", "2", "25 % further"),
    ("effect", "(-m, e, s)", "2", "The sign"),
    ("effect", "(m * n, e, s)", "2", "This is the sum"),
    ("effect", "(m, alone, s)", "2", "same fates"),
    ("effect", "(m, e * n ** 0.5, s)", "2", "standard deviation of the differences"),
    ("effect", "(m, e / n ** 0.5, s)", "2", "root of the number"),
    ("effect", "(m, e * ((n - 1) / n) ** 0.5, s)", "2", "`ddof=1`"),
    ("effect", "(m, e * e, s)", "2", "variance of the mean"),
    ("effect", "(m, e, np.sign(m))", "2", "is none"),
    ("effect", "(m, e, 0)", "2", "third value is 1"),
    ("effect", "(m, e, abs(s))", "2", "does harm"),
    ("effect", "(m, e, s if abs(m) > 3 * e else 0)", "2", "third value is 1"),
    ("design", "{}", "0", "Today's rules score"),
    ("design", "[R]", "0", "a design is a dictionary"),
    ("design", "{**R, 'pool_fee': inf - inf}", "0", "pool_fee"),
    ("design", "{**R, 'pool_fee': 10**400}", "0", "pool_fee"),
    ("design", "{**R, 'magic': 1}", "0", "'magic'"),
    ("design", "{**R, 'airdrop': 0.99}", "0", "add up to"),
    ("design", "{**R, 'remedies': 'layer_2'}", "0", "list of names"),
    ("design", "{**R, 'remedies': ('magic',)}", "0", "remedy = 'magic'"),
    ("design", "{**R, 'insider_tokens': 0.9, 'airdrop': 0}", "0 or 1", "It loses most by `"),
    ("design", "{**R, 'pool_fee': 0.1}", "0", "It loses most by `s"),
    ("design", "{**R, 'insider_tokens': 0, 'airdrop': 0.9}", "0", "It loses most by `"),
    ("edge", "0.5 * left(0) / (left(0) - left(0.5))", "0", "straight line"),
    ("edge", "0.25", "0", "That is the middle"),
    ("edge", "0.5 if R == inf else R", "1", "no gift is too large"),
    ("edge", "0.5 if R == 0 else R", "1", "the edge is 0"),
    ("edge", "round(R, 3) + 0.01", "0", "should be"),
]


class TestTheDesign(LabContract):
    answers = answers
    mistakes = MISTAKES
    pieces = PIECES
    inside = INSIDE
    other_ways = OTHER_WAYS
    chains = [
        ("tokens", "{**R, 'pool': 1}", ["returns", "spread", "score", "effect", "design", "edge"]),
        ("score", "2 * R", ["effect", "design", "edge"]),
    ]
    total = 20
    seeds = 4

    @staticmethod
    def by_hand(notebook):
        at = {name: notebook[name] for name in PARAMETERS}
        table = at["tokens"]({"insider_tokens": 0.4, "airdrop": 0.1, "remedies": ("more_airdrop",)})
        assert table["insiders"] == pytest.approx(0.19) and table["users"] == pytest.approx(0.31)
        assert table["farm"] == 0.1 and table["nobody"] == pytest.approx(0.3)
        found = at["returns"](EXAMPLE)
        assert found["trader"] == pytest.approx(-0.05) and found["holder"] == pytest.approx(-0.19)
        assert at["spread"](EXAMPLE) == pytest.approx(44)
        assert at["score"](TWO_YEARS) == pytest.approx(12.15)
        assert at["effect"]([3, 5, 4], [1, 4, 4]) == pytest.approx((1, 0.57735, 0), abs=1e-5)
        assert at["edge"](lambda gift: 10 - 40 * gift) == pytest.approx(0.25)
        assert 0.3 < at["edge"](left_to_founders) < 0.4


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_examples_of_the_lab_earn_little(name):
    source = f"from defi_lib.labs.economy.the_design.world import EXAMPLES\ndef design(): return EXAMPLES[{name!r}]"
    most = 3 if name == "no farm" else 0
    for seed in range(3):
        found = answers.feedback("design", seed, source)
        assert found.points <= most, found.text


def test_a_design_earns_a_point_for_each_band():
    assert lab.questions["design"].points == len(BANDS) == 4
    half = "{'emission': 0, 'grants': 0}"
    found = [answers.feedback("design", seed, f"def design(): return {half}") for seed in range(4)]
    assert {each.status for each in found} <= {kit.PARTLY, kit.WRONG} and any(each.points for each in found)
    assert all("hidden seeds" in each.text and "fair" in each.text for each in found)


def test_what_students_try_with_tells_the_same():
    mine = {"emission": 0.0}
    assert try_blocks(mine) == try_blocks(mine) and len(set(try_blocks(mine))) == 12
    assert try_blocks(mine)[1] == try_blocks(mine, first=4)[0]
    assert report(try_design(mine)).count("·") == 4
    assert draw_people(3) is draw_people(3) and draw_people(3) != draw_people(4)


class _Odd:
    def __repr__(self):
        raise RuntimeError


@pytest.mark.parametrize("bad", [None, _Odd(), {1: 2}, {"pool_fee": _Odd()}, {"pool_fee": True}, {"pool_fee": [0.1]}])
def test_what_is_no_design_is_refused_with_a_sentence(bad):
    with pytest.raises(ValueError, match=r"."):
        read_design(bad)
    assert read_design({"pool_fee": 1e-3, "remedies": ["cover"]}) == {"pool_fee": 0.001, "remedies": ("cover",)}
