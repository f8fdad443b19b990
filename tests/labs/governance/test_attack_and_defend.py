"""The checks of the lab on bought votes: right answers get all points, each usual mistake is named."""

from math import inf

import pytest

from defi_lib.labs.governance.attack_and_defend import lab
from defi_lib.labs.governance.attack_and_defend.world import EXAMPLE, costs
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
from itertools import product
from math import inf, sqrt

from defi_lib.governance import deciding_share
from defi_lib.labs.governance.attack_and_defend.world import profits

def buy(tokens, pool, fall):
    held, dollars = pool
    if tokens >= held:
        return inf
    paid = dollars * tokens / (held - tokens)
    held, dollars = held / sqrt(1 - fall), dollars * sqrt(1 - fall)
    return paid - dollars * tokens / (held + tokens)

def borrow(tokens, price, loan, snapshot):
    if tokens > loan.available or (snapshot and loan.days == 0):
        return inf
    return tokens * price * (loan.fee + loan.rate * loan.days / 365)

def rent(votes, offers):
    paid = 0
    for offered, dollars in sorted(offers, key=lambda offer: offer[1]):
        taken = min(votes, offered)
        paid += taken * dollars
        votes -= taken
    return paid if votes <= 0 else inf

def profit(dao, rules, cost):
    left, chance = dao.treasury, 1
    if rules["exit"]:
        others = 1 - deciding_share(dao.turnout, rules["quorum"])
        left -= dao.treasury * others * (1 - (1 - dao.leave) ** rules["delay"])
    if rules["veto"]:
        chance = (1 - dao.catches) ** rules["delay"]
    return chance * rules["limit"] * left - cost

def pass_rate(dao, rules):
    passed, delay = 0, rules["delay"]
    gone = 1 - (1 - dao.leave) ** delay if rules["exit"] else 0
    for each in dao.past:
        in_time = dao.vote_days + delay <= each.wait
        enough = rules["limit"] * (1 - each.upset * gone) >= each.asked
        passed += each.in_favour >= rules["quorum"] and in_time and enough
    chance = (1 - dao.errs) ** delay if rules["veto"] else 1
    return chance * passed / len(dao.past)

def rules(dao):
    quorum, tried = min(each.in_favour for each in dao.past), []
    for leave, veto, delay in product((True, False), (True, False), range(0, 31, 2)):
        gone = 1 - (1 - dao.leave) ** delay if leave else 0
        limit = min(1, max(each.asked / (1 - each.upset * gone) for each in dao.past))
        one = {"snapshot": True, "delay": delay, "quorum": quorum, "limit": limit, "exit": leave, "veto": veto}
        if pass_rate(dao, one) >= 0.9:
            tried.append(one)
    return min(tried, key=lambda one: max(profits(dao, one).values()))

def breaking_treasury(dao, rules, costs):
    each_dollar = profit(dao, rules, 0) / dao.treasury
    return min(costs.values()) / each_dollar if each_dollar else inf
"""

#: Other ways: the library's pool and attack, arrays, rules read off one by one, an edge found by halving.
OTHER_WAYS = {
    "the library": """
import numpy as np
from defi_lib import governance
from defi_lib.exchange import ConstantProductPool

def buy(tokens, pool, fall):
    try:
        return governance.buy_votes(ConstantProductPool(pool, fee=0), tokens, fall).cost
    except ValueError:
        return np.inf

def profit(dao, rules, cost):
    defences = governance.Defences(
        rules["quorum"], rules["delay"], rules["limit"], dao.leave * rules["exit"], dao.catches * rules["veto"]
    )
    return governance.attack(dao.treasury, dao.turnout, cost, defences).profit

def pass_rate(dao, rules):
    votes, upset, asked, wait = np.array(dao.past).T
    gone = (1 - (1 - dao.leave) ** rules["delay"]) * rules["exit"]
    fine = (votes >= rules["quorum"]) & (wait - dao.vote_days >= rules["delay"])
    fine &= rules["limit"] * (1 - upset * gone) >= asked
    return np.mean(fine) * (1 - dao.errs * rules["veto"]) ** rules["delay"]
""",
    "step by step": """
def rules(dao):
    council = dao.catches > dao.leave
    delay = min(each.wait for each in dao.past) - dao.vote_days
    gone = 0 if council else 1 - (1 - dao.leave) ** delay
    return {
        "veto": council,
        "exit": not council,
        "delay": delay,
        "snapshot": 1,
        "quorum": min(each.in_favour for each in dao.past),
        "limit": max(each.asked / (1 - each.upset * gone) for each in dao.past),
    }

def breaking_treasury(dao, rules, costs):
    low, high = 1.0, 1e15
    if profit(dao._replace(treasury=high), rules, min(costs.values())) < 0:
        return inf
    while high > low * (1 + 1e-9):
        middle = (low * high) ** 0.5
        if profit(dao._replace(treasury=middle), rules, min(costs.values())) > 0:
            high = middle
        else:
            low = middle
    return low
""",
}

PARAMETERS = {
    "buy": "tokens, pool, fall",
    "borrow": "tokens, price, loan, snapshot",
    "rent": "votes, offers",
    "profit": "dao, rules, cost",
    "pass_rate": "dao, rules",
    "rules": "dao",
    "breaking_treasury": "dao, rules, costs",
}

answers = Answers(lab, RIGHT, PARAMETERS)

#: What the mistakes below are made of.
PIECES = """
def in_turn(votes, offers):
    paid = 0
    for offered, dollars in offers:
        paid += min(votes, offered) * dollars
        votes -= min(votes, offered)
    return paid

def needed(votes, offers):
    found = []
    for offered, dollars in sorted(offers, key=lambda each: each[1]):
        if sum(each for each, _ in found) < votes:
            found.append((offered, dollars))
    return found
"""

INSIDE = {
    "buy": "x, y = pool; price = y / x; root = sqrt(1 - fall); R = right_buy(tokens, pool, fall)\n"
    "if R == inf: return R\npaid = y * tokens / (x - tokens)\n",
    "borrow": "usual = tokens * price\ninterest = usual * loan.rate * loan.days / 365",
    "rent": "R = right_rent(votes, offers)\nmore = votes > sum(each for each, _ in offers)\n"
    "all = votes == sum(each for each, _ in offers)\n"
    "if more: return R",
    "profit": "T, limit, days = dao.treasury, rules['limit'], rules['delay']\n"
    "share = deciding_share(dao.turnout, rules['quorum'])\n"
    "gone = (1 - (1 - dao.leave) ** days) * rules['exit']\nleft = T * (1 - share) * gone\n"
    "chance = (1 - dao.catches * rules['veto']) ** days",
    "pass_rate": "at = lambda **more: right_pass_rate(dao, {**rules, **more}); days = rules['delay']\n"
    "chance = (1 - dao.errs) ** rules['delay'] if rules['veto'] else 1",
    "breaking_treasury": "part = right_profit(dao, rules, 0) / dao.treasury\nprices = [*costs.values()]\n"
    "R = right_breaking_treasury(dao, rules, costs)\nif R == inf or inf in prices: return R",
}

#: question, wrong result, points that are left, words of the feedback
MISTAKES = [
    ("buy", "tokens * price - y * root * tokens / (x / root + tokens)", "0", "not to be had at the pool's price"),
    ("buy", "y * tokens / x", "0", "makes the next dearer"),
    ("buy", "paid", "0", "some of it comes back"),
    ("buy", "paid - R", "0", "less that"),
    ("buy", "-R", "0", "The sign"),
    ("buy", "paid - tokens * price * (1 - fall)", "0", "makes the next one cheaper"),
    ("buy", "paid * fall", "0", "as you left it"),
    ("buy", "paid - y * (1 - fall) * tokens / (x + tokens)", "1", "the product stays"),
    ("buy", "paid - y * tokens / (x + tokens)", "1", "if it does not fall"),
    ("buy", "paid - y * (1 - fall) * tokens / (x / (1 - fall) + tokens)", "1", "square root"),
    ("buy", "R * 1.0001", "0", "round nothing"),
    ("borrow", "R / price", "0", "asked for are dollars"),
    ("borrow", "usual * (loan.fee + loan.rate) if R < inf else R", "0", "a year has 365"),
    ("borrow", "usual * (loan.fee + loan.rate * loan.days) if R < inf else R", "0", "divide by 365"),
    ("borrow", "interest if R < inf else R", "0", "fee is missing"),
    ("borrow", "usual * loan.fee if R < inf else R", "0 or 1", "interest is missing"),
    ("borrow", "usual * loan.fee * max(loan.days, 1) + interest if R < inf else R", "0", "paid once"),
    ("borrow", "usual + R", "0", "give the tokens back"),
    ("borrow", "usual * (loan.fee + loan.rate * loan.days / 360) if R < inf else R", "0", "365 days here"),
    ("borrow", "inf if tokens == loan.available else R", "2", "enough"),
    ("borrow", "usual * loan.fee + interest if loan.days else R", "2", "one more needed"),
    ("borrow", "usual * loan.fee + interest if tokens <= loan.available else R", "2", "no vote, say `inf`"),
    ("borrow", "inf if snapshot else R", "0", "should be"),
    ("borrow", "inf if loan.days == 0 else R", "2", "votes of now count"),
    ("rent", "in_turn(votes, offers) if votes != sum(n for n, _ in offers) else R", "1", "cheapest come first"),
    ("rent", "R if all else in_turn(votes, sorted(offers, key=lambda each: -each[1]))", "1", "dearest are taken first"),
    ("rent", "sum(n * price for n, price in needed(votes, offers))", "1", "all the votes of the last one"),
    ("rent", "votes * needed(votes, offers)[-1][1]", "0", "not what the last one asks"),
    ("rent", "votes * min(price for _, price in offers)", "0", "cheapest for all"),
    ("rent", "votes * sum(price for _, price in offers) / len(offers)", "0", "mean price"),
    ("rent", "sum(n * price for n, price in offers)", "1", "need only a part"),
    ("rent", "inf if all else R", "1", "just so many"),
    ("profit", "R + cost", "0", "cost of the votes"),
    ("profit", "chance * (T - left) - cost", "0", "limit is missing"),
    ("profit", "chance * limit * T - cost", "1", "takes money along"),
    ("profit", "chance * limit * T * (1 - gone) - cost", "1", "only the *others* leave"),
    ("profit", "chance * limit * T * (1 - (1 - share) * dao.leave * rules['exit']) - cost", "1", "not on one only"),
    ("profit", "left if rules['exit'] else R", "1", "what leaves"),
    ("profit", "limit * (T - left) - cost", "1", "that chance is missing"),
    (
        "profit",
        "(1 - dao.catches * rules['veto']) * limit * (T - left) - cost",
        "1",
        "stop it on each day",
    ),
    ("profit", "chance * (limit * (T - left) - cost)", "1", "whether or not"),
    ("profit", "(1 - chance if rules['veto'] else 1) * limit * (T - left) - cost", "1", "you need the other"),
    ("profit", "(1 - dao.errs * rules['veto']) ** days * limit * (T - left) - cost", "1", "for honest proposals"),
    ("profit", "0", "0", "what does a delay do alone"),
    ("pass_rate", "at(quorum=0)", "0", "quorum is missing"),
    (
        "pass_rate",
        "chance * right_pass_rate(dao._replace(vote_days=-99), {**rules, 'veto': 0})",
        "0",
        "delay is missing",
    ),
    ("pass_rate", "at(limit=99)", "0", "limit is missing"),
    ("pass_rate", "right_pass_rate(dao._replace(vote_days=0), rules)", "0", "then the delay"),
    ("pass_rate", "1 - R", "0", "part that fails"),
    ("pass_rate", "R * len(dao.past)", "0", "number of them"),
    ("pass_rate", "at(exit=False)", "1", "over honest proposals too"),
    (
        "pass_rate",
        "right_pass_rate(dao._replace(past=[each._replace(upset=1) for each in dao.past]), rules)",
        "1",
        "Only those leave",
    ),
    ("pass_rate", "at(veto=False)", "1", "A council errs"),
    ("pass_rate", "at(veto=False) * (1 - dao.errs * rules['veto'])", "1", "err on each day"),
    (
        "pass_rate",
        "at(veto=False) * (1 - dao.catches * rules['veto']) ** rules['delay']",
        "1",
        "`catches` is for thefts",
    ),
    ("breaking_treasury", "max(prices) / part", "0.5", "not the dearest"),
    ("breaking_treasury", "sum(prices) / part", "0.5", "all of them together"),
    ("breaking_treasury", "sum(prices) / 4 / part", "0.5", "one at random"),
    ("breaking_treasury", "min(prices)", "0.5", "gets only a part"),
    ("breaking_treasury", "right_profit(dao, rules, min(prices))", "0.5", "at which it gains nothing"),
    ("breaking_treasury", "R - dao.treasury", "0.5", "asked for is the point"),
    ("breaking_treasury", "min(prices) * part", "0.5", "multiply or divide"),
    (
        "breaking_treasury",
        "min(prices) / right_profit(dao, {**rules, 'veto': 0}, 0) * dao.treasury",
        "1.5",
        "council is missing",
    ),
    (
        "breaking_treasury",
        "min(prices) / right_profit(dao, {**rules, 'exit': 0}, 0) * dao.treasury",
        "1",
        "Those who leave",
    ),
    ("rules", "[*R.values()]", "0", "should return a dictionary"),
    ("rules", "{'quorum': 0.1}", "0", "'snapshot' is missing"),
    ("rules", "{**R, 'quorom': 0.1}", "0", "there is no rule 'quorom'"),
    ("rules", "{**R, 'quorum': 8}", "0", "allowed is from 0 to 1"),
    ("rules", "{**R, 'delay': -1}", "0", "0 or more days"),
    ("rules", "{**R, 'delay': inf}", "0", "0 or more days"),
    ("rules", "{**R, 'limit': inf - inf}", "0", "is nan"),
    ("rules", "{**R, 'exit': 0.5}", "0", "allowed is True or False"),
    ("rules", "{**R, 'veto': 'yes'}", "0", "should be made of numbers"),
]


class TestAttackAndDefend(LabContract):
    answers = answers
    mistakes = MISTAKES
    pieces = PIECES
    inside = INSIDE
    other_ways = OTHER_WAYS
    chains = [
        ("buy", "R * 2", ["profit", "pass_rate", "rules", "breaking_treasury"]),
        ("borrow", "R * 2", ["profit", "pass_rate", "rules", "breaking_treasury"]),
        ("rent", "votes", ["rules", "breaking_treasury"]),
        ("profit", "R + cost", ["rules"]),
        ("rules", "{**R, 'limit': 1}", ["breaking_treasury"]),
    ]
    total = 18
    seeds = 5

    @staticmethod
    def by_hand(notebook):
        at = {name: notebook[name] for name in PARAMETERS}
        assert at["buy"](10e6, (30e6, 60e6), 0.36) == pytest.approx(30e6 - 480e6 / 47.5)
        assert at["borrow"](1e6, 2, EXAMPLE.market, True) == pytest.approx(3287.67, abs=0.01)
        assert at["borrow"](1e6, 2, EXAMPLE.flash, False) == 2000
        assert at["borrow"](1e6, 2, EXAMPLE.flash, True) == inf
        assert at["rent"](5e6, list(EXAMPLE.offers)) == pytest.approx(0.9e6)
        hard = {"snapshot": True, "delay": 2, "quorum": 0.2, "limit": 0.5, "exit": True, "veto": False}
        assert at["profit"](EXAMPLE, hard, 3e6) == pytest.approx(5e6)
        assert at["profit"](EXAMPLE, {**hard, "veto": True}, 3e6) == pytest.approx(-1e6)
        soft = {"snapshot": True, "delay": 2, "quorum": 0.06, "limit": 0.25, "exit": False, "veto": False}
        assert at["pass_rate"](EXAMPLE, soft) == 0.5
        assert at["pass_rate"](EXAMPLE, {**soft, "veto": True}) == pytest.approx(0.405)
        same = notebook["profits"](EXAMPLE, hard)
        for way, cost in costs(EXAMPLE, hard).items():
            assert same[way] == pytest.approx(at["profit"](EXAMPLE, hard, cost))
        price = {"buy": 9e6, "borrow": inf, "rent": 3e6, "flash": inf}
        assert at["breaking_treasury"](EXAMPLE, {**hard, "veto": True}, price) == pytest.approx(60e6)
