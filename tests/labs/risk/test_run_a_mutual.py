"""The checks of the lab on an insurance mutual: right answers get all points, each usual mistake is named."""

import pytest

from defi_lib.labs.risk.run_a_mutual import lab
from defi_lib.labs.risk.run_a_mutual.world import EXAMPLE, Claim, Terms, outlook
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
from math import sqrt
from statistics import NormalDist

import numpy as np

from defi_lib.labs.risk.run_a_mutual.world import outlook
from defi_lib.risk import joint_chance, token_price
from tests.support.pairs import TRIED, chances_of_pairs

ETHER = 10**18
normal = NormalDist()

def premium(covers, claims, loading):
    return max(sum(claims), 0.5) / (covers * len(claims)) * (1 + loading)

def dependence(covers, claims):
    chance = sum(claims) / (covers * len(claims))
    pairs = sum(lost * (lost - 1) for lost in claims) / (covers * (covers - 1) * len(claims))
    return np.interp(pairs, chances_of_pairs(chance), TRIED)

def capital(cover, premium, chance, dependence, years):
    shock = normal.inv_cdf(1 - 1 / years)
    bad = normal.cdf((normal.inv_cdf(chance) + sqrt(dependence) * shock) / sqrt(1 - dependence))
    return cover * max(bad - premium, 0)

def exits(pool_value, mcr, tokens, members):
    left = pool_value
    for out in range(members + 1):
        before = token_price(left, mcr)
        after = token_price(left - tokens * before // ETHER, mcr)
        eth = min((before + after) // 2 * 975 // 1000, after) * tokens // ETHER
        if out == members or left - eth < mcr:
            return out, pool_value - left
        left -= eth

def lasting(risks, margin):
    while True:
        asked = sum(risks) / len(risks)
        stay = [risk for risk in risks if (1 + margin) * risk >= asked]
        if stay == risks:
            return asked
        risks = stay

def judge(terms, claim):
    named = claim.cause in terms.causes
    in_time = terms.begins + terms.waits <= claim.day <= terms.ends
    if named and in_time and claim.reported <= claim.day + terms.report:
        return min(max(claim.loss - terms.excess, 0), terms.sum)
    return 0

def run(book):
    asked = [premium(kind.covers, kind.claims, book.most - 1) for kind in book.kinds]
    depend = [dependence(kind.covers, kind.claims) for kind in book.kinds]
    plan = {"premiums": asked, "limits": [0] * len(asked), "capital": 0}
    for i in np.argsort(depend):
        if outlook(book, plan).served < 0.5:
            plan["limits"][i] = sold = book.kinds[i].demand
            plan["capital"] += capital(sold, asked[i], asked[i] / book.most, depend[i], 500)
    return plan
"""

PARAMETERS = {
    "premium": "covers, claims, loading",
    "dependence": "covers, claims",
    "capital": "cover, premium, chance, dependence, years",
    "exits": "pool_value, mcr, tokens, members",
    "lasting": "risks, margin",
    "judge": "terms, claim",
    "run": "book",
}

answers = Answers(lab, RIGHT, PARAMETERS)

#: Other ways: halving instead of a table, the library, a plan by what worst years of the history took.
OTHER_WAYS = {
    "the library": """
import numpy as np
from defi_lib import risk

def premium(covers, claims, loading):
    lost = np.sum(claims) if any(claims) else 0.5
    return risk.loaded_premium(1.0, lost / covers / len(claims), loading)

def capital(cover, premium, chance, dependence, years):
    return np.maximum(cover * risk.loss_in_bad_year(chance, dependence, 1 - 1 / years) - cover * premium, 0)

def exits(pool_value, mcr, tokens, members):
    mutual, paid = risk.Mutual(pool_value, mcr, tokens * members), 0
    for out in range(members):
        try:
            mutual, trade = mutual.sell(tokens)
        except ValueError:
            return out, paid
        paid += trade.eth
    return members, paid

def lasting(risks, margin):
    return risk.unravel(risks, margin).premium
""",
    "step by step": """
def dependence(covers, claims):
    chance = sum(claims) / (covers * len(claims))
    pairs = sum(lost * (lost - 1) for lost in claims) / (covers * (covers - 1) * len(claims))
    low, high = 0, 0.99
    while high - low > 0.004:
        middle = (low + high) / 2
        if joint_chance(chance, middle) < pairs:
            low = middle
        else:
            high = middle
    return low

def lasting(risks, margin):
    risks = sorted(risks)
    for i, risk in enumerate(risks):
        mean = sum(risks[i:]) / len(risks[i:])
        if (1 + margin) * risk >= mean:
            return mean

def judge(terms, claim):
    if claim.cause not in terms.causes:
        return 0
    if claim.day < terms.begins + terms.waits or claim.day > terms.ends:
        return 0
    if claim.reported - claim.day > terms.report or claim.loss < terms.excess:
        return 0
    return min(terms.sum, claim.loss - terms.excess)
""",
    "all the capital that is paid for": """
def run(book):
    names = range(len(book.kinds))
    fair = [premium(kind.covers, kind.claims, 0) for kind in book.kinds]
    worst = [max(kind.claims) / kind.covers / risk for kind, risk in zip(book.kinds, fair)]
    limits, total = [0] * len(names), sum(kind.demand for kind in book.kinds)
    for i in sorted(names, key=lambda i: worst[i]):
        limits[i] = min(book.kinds[i].demand, 0.501 * total - sum(limits))
    gain = sum(limit * risk for limit, risk in zip(limits, fair)) * (book.most - 1)
    return {"premiums": np.array(fair) * book.most, "limits": limits, "capital": 0.999 * gain / book.asks}
""",
}

INSIDE = {
    "premium": "chance = R0 = right_premium(covers, claims, 0)\nyears = len(claims)",
    "dependence": "chance = right_premium(covers, claims, 0)\nmany = covers == 1000\n"
    "both = joint_chance(chance, right_dependence(covers, claims))",
    "capital": "limit, shock = normal.inv_cdf(chance), normal.inv_cdf(1 - 1 / years)\nroot = sqrt(1 - dependence)\n"
    "bad = right_capital(1, 0, chance, dependence, years)\npaid = lambda loss: cover * max(loss - premium, 0)",
    "lasting": "mean = sum(risks) / len(risks)\n"
    "once = [risk for risk in risks if (1 + margin) * risk >= mean]\nworst = max(risks)",
    "judge": "loss, excess, most = claim.loss, terms.excess, terms.sum",
}

#: What the mistakes below are made of.
PIECES = """
import numpy as np

def queue(value, mcr, tokens, members, price=None, shuts=None, moves=True):
    out = paid = 0
    price = price or (lambda before, after: min((before + after) // 2 * 975 // 1000, after))
    shuts = shuts or (lambda now, left: left < mcr)
    for _ in range(members):
        before = token_price(value, mcr)
        after = token_price(value - tokens * before // ETHER, mcr)
        eth = price(before, after) * tokens // ETHER
        if shuts(value, value - eth):
            break
        out, paid, value = out + 1, paid + eth, value - eth * moves
    return out, paid
"""

Q = "queue(pool_value, mcr, tokens, members, "

#: question, wrong result, points that are left, words of the feedback
MISTAKES = [
    ("premium", "chance", "0", "loading is missing"),
    ("premium", "chance * loading", "0", "the loading alone"),
    ("premium", "chance + loading", "0", "a part *of it*"),
    ("premium", "R * years", "0", "divide by `len(claims)`"),
    ("premium", "R * covers", "0", "mean number of claims"),
    ("premium", "R * covers * years", "0", "number of claims"),
    ("premium", "chance * (1 - loading)", "0", "below the expected loss"),
    ("premium", "R if any(claims) else 0", "1", "count half a claim"),
    ("premium", "R if any(claims) else 2 * R", "1", "count half a claim"),
    ("premium", "(sum(claims) + 0.5) / covers / years * (1 + loading)", "0", "should be"),
    ("dependence", "(both - chance**2) / (chance * (1 - chance)) if many else R", "0", "correlation of the losses"),
    ("dependence", "both if many else R", "0", "which dependence gives that chance"),
    ("dependence", "both / chance**2 if many else R", "0", "more often two are lost"),
    ("dependence", "1 - R if many else R", "0", "*more* likely"),
    ("dependence", "R if many else 0.2", "1", "no two were ever lost"),
    ("dependence", "R**0.5", "0", "should be"),
    ("capital", "cover * bad", "0", "they pay a part"),
    ("capital", "bad - premium", "0", "asked for are dollars"),
    ("capital", "paid(normal.cdf((limit + dependence * shock) / root))", "0 or 0.5", "weighs √dependence"),
    ("capital", "paid(normal.cdf(limit + sqrt(dependence) * shock))", "0", "that is missing"),
    ("capital", "paid(normal.cdf((limit + sqrt(dependence) * shock) / root**2))", "0", "not 1 − dependence"),
    ("capital", "paid(normal.cdf((limit - sqrt(dependence) * shock) / root))", "0", "of a bad year, or of a good one"),
    ("capital", "paid(chance)", "0", "of a bad year, or of a good one"),
    ("capital", "cover * (bad + premium)", "0", "twice"),
    ("capital", "cover * (bad - premium)", "1.5", "no capital is needed"),
    ("capital", "paid(bad) if dependence else 0", "1.5", "nothing in common"),
    ("exits", Q + "shuts=lambda now, left: now < mcr)", "1", "*after* the sale"),
    ("exits", Q + "shuts=lambda now, left: False)", "1", "nobody gets out"),
    ("exits", Q + "price=lambda before, after: before)", "0", "less than the price before"),
    ("exits", Q + "price=lambda before, after: (before + after) // 2)", "0", "97.5 %"),
    ("exits", Q + "price=lambda before, after: after)", "0", "lower one counts"),
    ("exits", Q + "moves=False)", "1", "smaller pool"),
    ("exits", "(R[0], R[1] / 1)", "0", "whole wei"),
    ("exits", "(R[0], R[1] + 1)", "0", "cut to a whole number"),
    ("exits", "R[0]", "0", "should be 2 numbers"),
    ("lasting", "mean", "0", "better risks leave"),
    ("lasting", "sum(once) / len(once)", "0", "When does it end?"),
    ("lasting", "mean * (1 + margin)", "0", "what they *cost*"),
    ("lasting", "worst", "0", "a lower premium does too"),
    ("lasting", "worst * (1 + margin)", "0", "nobody but the worst"),
    ("lasting", "R * (1 + margin)", "0", "more than those who stay cost"),
    ("lasting", "R if margin else mean", "1", "only the worst stays"),
    ("judge", "min(loss, most) if R else 0", "0", "excess of"),
    ("judge", "min(loss, most) - excess if R else 0", "0", "from the loss first"),
    ("judge", "loss - excess if R else 0", "0", "than the sum of the cover"),
    ("judge", "R / 2", "0", "yours pays"),
    ("judge", "R if claim.votes_for > 0.5 else 0", "0", "does that change the terms?"),
    ("judge", "0 if claim.day in (terms.begins + terms.waits, terms.ends) else R", "2", "this is covered"),
    ("judge", "0 if claim.reported == claim.day + terms.report else R", "2", "this is covered"),
    ("judge", "right_judge(terms._replace(waits=0), claim)", "2", "the waiting time ends on day"),
    ("judge", "right_judge(terms._replace(ends=10**6), claim)", "2", "after the last day of the cover"),
    ("judge", "right_judge(terms._replace(report=10**6), claim)", "2", "days after the loss, and"),
    ("judge", "right_judge(terms._replace(causes=(claim.cause,)), claim)", "2", "the terms do not cover"),
    ("judge", "loss - excess if loss < excess else R", "2", "nothing is due"),
    ("run", "[*R.values()]", "0", "should return a dictionary"),
    ("run", "{'capital': 1e6}", "0", "'premiums' is missing"),
    ("run", "{**R, 'kapital': 1}", "0", "an entry 'kapital' too many"),
    ("run", "{**R, 'limits': R['limits'][1:]}", "0", "should be 5 numbers"),
    ("run", "{**R, 'capital': -1}", "0", "finite numbers, 0 or more"),
    ("run", "{**R, 'capital': float('nan')}", "0", "finite numbers, 0 or more"),
    ("run", "{**R, 'premiums': [None] * 5}", "0", "made of numbers"),
    ("run", "{**R, 'capital': 'much'}", "0", "made of numbers"),
]


class TestRunAMutual(LabContract):
    answers = answers
    mistakes = MISTAKES
    pieces = PIECES
    inside = INSIDE
    other_ways = OTHER_WAYS
    chains = [
        ("premium", "R * 2", ["dependence", "capital", "exits", "lasting", "judge"]),
        ("exits", "(0, 0)", ["lasting", "run"]),
        ("lasting", "0", ["judge", "run"]),
        ("judge", "0", ["run"]),
    ]
    total = 18
    seeds = 3

    @staticmethod
    def by_hand(notebook):
        at = {name: notebook[name] for name in PARAMETERS}
        assert at["premium"](100, [2, 3, 0, 4, 1], 0.5) == pytest.approx(0.03)
        assert at["premium"](100, [0] * 5, 0.5) == pytest.approx(0.0015)
        assert at["dependence"](4, [0, 2]) == pytest.approx(0.2, abs=0.005)
        assert notebook["joint_chance"](0.02, 0.0) == pytest.approx(0.0004)
        assert notebook["joint_chance"](0.02, 0.3) == pytest.approx(0.0017, abs=5e-5)
        assert at["capital"](1e6, 0.04, 0.03, 0.2, 200) == pytest.approx(167_571, abs=1)
        assert at["capital"](1e6, 0.04, 0.03, 0, 200) == 0
        ether = 10**18
        assert at["exits"](102_000 * ether, 100_000 * ether, 5_000 * ether, 40)[0] == 14
        assert at["lasting"]([0.01, 0.05, 0.09], 0.2) == pytest.approx(0.09)
        assert at["lasting"]([0.01, 0.05, 0.09], 0.5) == pytest.approx(0.07)
        terms = Terms(sum=50_000, excess=2_000, causes=("bug", "key"), begins=100, waits=14, ends=280, report=30)
        assert at["judge"](terms, Claim("bug", 114, 134, 30_000, 0.2)) == 28_000
        seen = outlook(EXAMPLE, {"premiums": [0.03, 0.07], "limits": [60e6, 10e6], "capital": 2e6})
        assert (seen.sold.tolist(), seen.served) == ([60e6, 0.0], 0.6)
        assert (round(seen.premiums), round(seen.gain), seen.asked) == (1_800_000, 600_000, 200_000)
