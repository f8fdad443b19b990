"""The checks of the lab on a money market: right answers get all points, each usual mistake is named."""

import pytest

from defi_lib.labs.lending.money_market import lab
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
def borrow_rate(u, kink, low, high):
    return low * u / kink if u <= kink else low + high * (u - kink) / (1 - kink)

def year_of_interest(cash, debt, kink, low, high, factor):
    paid = debt * borrow_rate(debt / (cash + debt), kink, low, high)
    return paid, paid * (1 - factor), paid * factor

def health(c, p, lt, d):
    return c * p * lt / d, d / (c * lt)

def liquidate(c, p, lt, d, bonus, close):
    if c * p * lt >= d:
        return 0, 0
    repaid = min(close * d, c * p / (1 + bonus))
    return repaid, repaid * (1 + bonus) / p

def loop(part, rounds, asset, loan):
    leverage = sum(part**n for n in range(rounds + 1))
    return leverage, leverage * asset - (leverage - 1) * loan

def cascade(price, impact, triggers, sizes):
    for trigger, size in sorted(zip(triggers, sizes), reverse=True):
        if price > trigger:
            break
        price -= impact * size
    return price

def without_a_cent(repaid, bonus, loan_fee, x, y):
    owed, got = repaid * (1 + loan_fee), repaid * (1 + bonus) * x / y
    least = x * owed / (y - owed) if owed < y else float("inf")
    return y * got / (x + got) - owed, least * y / x / repaid - 1
"""

SIGNATURES = {
    "borrow_rate": "u, kink, low, high",
    "year_of_interest": "cash, debt, kink, low, high, factor",
    "health": "c, p, lt, d",
    "liquidate": "c, p, lt, d, bonus, close",
    "loop": "part, rounds, asset, loan",
    "cascade": "price, impact, triggers, sizes",
    "without_a_cent": "repaid, bonus, loan_fee, x, y",
}

#: Question, what the wrong function returns (R: what the right one does), points, what must be said.
MISTAKES = [
    ("borrow_rate", "low * u if u <= kink else R", "1", "divide the utilisation by the kink"),
    ("borrow_rate", "low if u <= kink else R", "1", "only a part of the gentle slope"),
    ("borrow_rate", "low * u / kink + high * u if u <= kink else R", "1", "steep slope plays no part"),
    ("borrow_rate", "low + high * (u - kink) / (1 - kink)", "1", "must not make the rate smaller"),
    ("borrow_rate", "R if u <= kink else R - low", "1", "on top of the gentle one"),
    ("borrow_rate", "R if u <= kink else R - low + low * u / kink", "1", "in full, once"),
    ("borrow_rate", "low * u / kink", "1", "The kink is missing"),
    ("borrow_rate", "R if u <= kink else low + high * (u - kink)", "1", "reached at a utilisation of 1"),
    ("borrow_rate", "R if u <= kink else low + high * u / (1 - kink)", "1", "only what lies above the kink"),
    ("year_of_interest", "((cash + debt) / debt * R[0], R[1], R[2])", "2", "not on all the money"),
    ("year_of_interest", "(debt * borrow_rate(debt / cash, kink, low, high), R[1], R[2])", "2", "over *all* the money"),
    ("year_of_interest", "(R[0] / debt, R[1], R[2])", "2", "multiply it by what is owed"),
    ("year_of_interest", "(R[0], R[0], R[2])", "2", "takes its part first"),
    ("year_of_interest", "(R[0], R[2], R[2])", "2", "part of the treasury; lenders"),
    ("year_of_interest", "(R[0], R[1] * debt / (cash + debt), R[2])", "2", "utilisation twice"),
    ("year_of_interest", "(R[0], R[1], R[1])", "2", "treasury gets the other part"),
    ("health", "(c * p / d, R[1])", "1", "only a part of the collateral counts"),
    ("health", "(1 / R[0], R[1])", "1", "Turn it round"),
    ("health", "(c * lt / d, R[1])", "1", "multiply it by the price"),
    ("health", "(c * p / lt / d, R[1])", "1", "do not divide"),
    ("health", "(R[0], d / c)", "1", "long before the collateral is worth the debt"),
    ("health", "(R[0], d / c * lt)", "1", "below the line"),
    ("health", "(R[0], 1 - 1 / R[0])", "1", "give the price itself"),
    ("liquidate", "(d * (R[0] > 0) if c * p * lt / d > 0.5 else R[0], R[1])", "3", "multiply it by the close factor"),
    ("liquidate", "(R[0] * (1 + bonus) if c * p * lt / d > 0.5 else R[0], R[1])", "3", "paid in collateral"),
    ("liquidate", "(R[0], R[1] / (1 + bonus) if c * p * lt / d > 0.5 else R[1])", "3", "bonus is missing"),
    ("liquidate", "(R[0], R[1] * p if c * p * lt / d > 0.5 else R[1])", "3", "into tokens of the collateral"),
    ("liquidate", "(R[0], R[0] * bonus / p if c * p * lt / d > 0.5 else R[1])", "3", "bonus alone"),
    ("liquidate", "(R[0], R[1] / lt if c * p * lt / d > 0.5 else R[1])", "3", "when to liquidate"),
    ("liquidate", "R if c * p * lt < d else (close * d, close * d * (1 + bonus) / p)", "3", "must not be touched"),
    ("liquidate", "(close * d, close * d * (1 + bonus) / p) if c * p * lt < d else R", "3", "More collateral is taken"),
    ("liquidate", "(close * d, min(c, close * d * (1 + bonus) / p)) if c * p * lt < d else R", "3", "nobody pays more"),
    ("liquidate", "(min(close * d, c * p), R[1]) if c * p * lt < d else R", "3", "divide its worth by"),
    ("loop", "(R[0] - 1, R[1])", "1", "Your own capital is missing"),
    ("loop", "(R[0] - part**rounds, R[1])", "1", "One round too few"),
    ("loop", "(R[0] + part ** (rounds + 1), R[1])", "1", "One round too many"),
    ("loop", "(1 / (1 - part), R[1])", "1", "endless rounds"),
    ("loop", "(1 + part * rounds, R[1])", "1", "the loans shrink"),
    ("loop", "(R[0], R[0] * (asset - loan))", "1", "everything but your own capital"),
    ("loop", "(R[0], R[0] * asset)", "1", "The interest is missing"),
    ("loop", "(R[0], R[0] * asset - loan)", "1", "on every borrowed dollar"),
    ("cascade", "price - impact * sum(s for t, s in zip(triggers, sizes) if price <= t)", "1", "sales hit others"),
    ("cascade", "price - impact * sum(sizes)", "0", "Everything is sold"),
    ("cascade", "price", "1", "The news alone"),
    ("without_a_cent", "(repaid * (bonus - loan_fee), R[1])", "2", "less than the price before"),
    ("without_a_cent", "(R[0] + repaid * loan_fee, R[1])", "2", "has a fee"),
    ("without_a_cent", "(R[0] + repaid * (1 + loan_fee), R[1])", "2", "paid back from it"),
    ("without_a_cent", "(y * repaid / (y + repaid) - repaid * (1 + loan_fee), R[1])", "2", "bonus is missing"),
    ("without_a_cent", "(-R[0], R[1])", "2", "turned round"),
    ("without_a_cent", "(R[0], R[1] if repaid > y else loan_fee)", "2", "price falls while"),
    ("without_a_cent", "(R[0], R[1] if repaid > y else 1 / (1 - repaid / y) - 1)", "2", "fee of the loan is missing"),
    ("without_a_cent", "(R[0], 1 + R[1])", "2", "lies above 1"),
    ("without_a_cent", "(R[0], R[1] * repaid)", "2", "part of what is repaid"),
    ("without_a_cent", "(R[0], 100 * R[1])", "2", "percentage"),
    ("without_a_cent", "(R[0], (1 + loan_fee) / (1 - repaid * (1 + loan_fee) / y) - 1)", "2", "no bonus is enough"),
    ("cascade", "once(price, impact, triggers, sizes)", "2", "went through the list once"),
]

ONCE = """
def once(price, impact, triggers, sizes):
    for trigger, size in zip(triggers, sizes):
        if price <= trigger:
            price -= impact * size
    return price
"""


OTHER_WAYS = {
    "by minimum and maximum": """
def borrow_rate(u, kink, low, high):
    return low * min(u, kink) / kink + high * max(u - kink, 0) / (1 - kink)

def loop(part, rounds, asset, loan):
    held, added = 1, 1
    for _ in range(rounds):
        added *= part
        held += added
    return held, held * asset - (held - 1) * loan
""",
}

answers = Answers(lab, RIGHT, SIGNATURES)


class TestMoneyMarket(LabContract):
    answers = answers
    mistakes = MISTAKES
    pieces = ONCE
    other_ways = OTHER_WAYS
    chains = [("borrow_rate", "2 * low * u", ["year_of_interest"])]
    total = 19
    seeds = 20

    @staticmethod
    def by_hand(notebook):
        assert notebook["borrow_rate"](0.5, 0.8, 0.04, 0.6) == pytest.approx(0.025)
        assert notebook["year_of_interest"](50, 50, 0.8, 0.04, 0.6, 0.1) == pytest.approx((1.25, 1.125, 0.125))
        assert notebook["health"](10, 2_000, 0.8, 10_000) == pytest.approx((1.6, 1_250))
        assert notebook["liquidate"](10, 1_000, 0.8, 9_000, 0.05, 0.5) == pytest.approx((4_500, 4.725))
        assert notebook["loop"](0.5, 2, 0.04, 0.02) == pytest.approx((1.75, 0.055))
        assert notebook["cascade"](100, 1, [99, 100], [1, 1]) == 98
        assert notebook["without_a_cent"](6_000, 0.05, 0, 100, 200_000) == pytest.approx((107.61, 0.0309), rel=1e-3)
