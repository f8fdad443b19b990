"""The checks of the lab on a business case: right answers get all points, each usual mistake is named."""

import math

import pytest

from defi_lib.labs import kit
from defi_lib.labs.compute.business_case import Card, lab
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
import math
from defi_lib.labs.compute.business_case import Card

def power_bill(card, use, power):
    return 8_760 * (use * card.busy + (1 - use) * card.idle) / 1_000 * power

def year_result(card, use, power, rent, fee):
    return 8_760 * use * rent * (1 - fee) - power_bill(card, use, power) - card.price / card.life

def break_even_use(card, power, rent, fee):
    empty, full = year_result(card, 0, power, rent, fee), year_result(card, 1, power, rent, fee)
    return -empty / (full - empty) if full > empty else math.inf

def crowd(card, nodes, hours, emission, power, rent, fee):
    return year_result(card, min(hours / (8_760 * nodes), 1), power, rent, fee) + emission / nodes

def free_entry(card, hours, emission, power, rent, fee):
    nodes = 0
    while crowd(card, nodes + 1, hours, emission, power, rent, fee) >= 0:
        nodes += 1
    return nodes

def my_case():
    card, use, power, fee = Card(450, 60, 1_600, 4), 0.3, 0.17, 0.25
    return *card, use, power, fee, (power_bill(card, use, power) + card.price / card.life) / (8_760 * use * (1 - fee))
"""

SIGNATURES = {
    "power_bill": "card, use, power",
    "year_result": "card, use, power, rent, fee",
    "break_even_use": "card, power, rent, fee",
    "crowd": "card, nodes, hours, emission, power, rent, fee",
    "free_entry": "card, hours, emission, power, rent, fee",
    "my_case": "",
}

answers = Answers(lab, RIGHT, SIGNATURES)

OTHER_WAYS = {
    "break_even_use": """
def break_even_use(card, power, rent, fee):
    margin = rent * (1 - fee) - (card.busy - card.idle) / 1_000 * power
    if margin <= 0:
        return float("inf")
    return (card.price / card.life + 8_760 * card.idle / 1_000 * power) / (8_760 * margin)
""",
    "free_entry": """
def free_entry(card, hours, emission, power, rent, fee):
    low, high = 0, 1_000_000
    while high - low > 1:
        middle = (low + high) // 2
        if crowd(card, middle, hours, emission, power, rent, fee) >= 0:
            low = middle
        else:
            high = middle
    return low
""",
}

#: What formulas are made of.
PIECES = {
    "power_bill": "idle = right_power_bill(card, 0, power)",
    "year_result": """
bill, worn = power_bill(card, use, power), card.price / card.life
income = 8_760 * use * rent
""",
    "break_even_use": """
empty, full = year_result(card, 0, power, rent, fee), year_result(card, 1, power, rent, fee)
fixed = card.price / card.life + 8_760 * card.idle / 1_000 * power
""",
    "crowd": "use = hours / 8_760 / nodes; part = emission / nodes",
    "free_entry": "",
    "my_case": "",
}

#: Question, what the wrong function returns (R: what the right one does), points, what must be said.
MISTAKES = [
    ("power_bill", "R * 1_000", "0", "not kilowatts"),
    ("power_bill", "R - (1 - use) * idle", "0.5", "card waits are missing"),
    ("power_bill", "(1 - use) * idle", "0.5", "card works are missing"),
    ("power_bill", "R + use * idle", "0.5", "only in the hours in which it does not work"),
    ("power_bill", "right_power_bill(card, 1 - use, power)", "0", "are swapped"),
    ("power_bill", "R / 365", "0", "one day"),
    ("power_bill", "R / 8_760", "0", "one hour"),
    ("power_bill", "R / power", "0", "kilowatt-hours; multiply"),
    ("year_result", "income - bill - worn", "0", "fee of the network is missing"),
    ("year_result", "income * fee - bill - worn", "0", "only the fee"),
    ("year_result", "(income - bill - worn) * (1 - fee)", "0", "not from what is left"),
    ("year_result", "R + bill", "0", "power bill is missing"),
    ("year_result", "R + worn", "1", "loss of value is missing"),
    ("year_result", "R + worn - card.price", "1", "in one year"),
    ("year_result", "R + (8_760 * rent - income) * (1 - fee)", "0", "only in the hours"),
    ("year_result", "income * (1 - fee) + bill + worn", "0", "taken off, not added"),
    ("break_even_use", "-R", "0", "turn its sign round"),
    ("break_even_use", "1 - R", "0", "may wait"),
    ("break_even_use", "-empty / full if full > empty else R", "1", "what a full year adds"),
    ("break_even_use", "8_760 * R", "1", "These are hours"),
    ("break_even_use", "100 * R", "1", "percentage"),
    ("break_even_use", "1 / R", "0", "turned round"),
    ("break_even_use", "fixed / (8_760 * rent * (1 - fee)) if full > empty else R", "1", "more power than"),
    ("break_even_use", "-empty / (full - empty)", "2", "math.inf"),
    ("break_even_use", "R if R < 1 else math.inf", "2", "still earns a little"),
    ("crowd", "R - part", "0", "tokens of the network are missing"),
    ("crowd", "R - part + emission", "0", "each gets its part"),
    ("crowd", "year_result(card, use, power, rent, fee) + part", "1.5", "1 at most"),
    ("crowd", "R * nodes", "0", "of one"),
    ("crowd", "year_result(card, min(use * nodes, 1), power, rent, fee) + part", "0.5", "went to one node"),
    ("free_entry", "R + 1", "0", "one too many"),
    ("free_entry", "R - 1", "0", "still lose nothing"),
    ("free_entry", "right_free_entry(card, hours, 0, power, rent, fee)", "2", "tokens of the network are missing"),
    ("free_entry", "int(hours // 8_760)", "0", "busy all the time"),
    ("free_entry", "max(R, 1)", "2", "always works loses"),
    ("free_entry", "R if R > 2 else 0", "2", "gains only 5 dollars"),
    ("my_case", "R[:7]", "0", "8 numbers"),
    ("my_case", "(0.45, *R[1:])", "0", "hard to believe"),
    ("my_case", "(*R[:4], 30, *R[5:])", "0", "hard to believe"),
    ("my_case", "(60, 450, *R[2:])", "0", "while it waits"),
    ("my_case", "(*R[:5], 0, *R[6:])", "0", "price of power (USD per kWh) = 0 is hard to believe"),
    ("my_case", "(*R[:7], 0)", "0", "rent that you must ask (USD per hour) = 0 is hard to believe"),
    ("my_case", "(*R[:7], 1.1 * R[7])", "0", "more than it must be"),
    ("my_case", "(*R[:7], 0.9 * R[7])", "0", "too little"),
]


def test_a_rent_to_the_cent_and_a_card_that_is_there_anyway_are_right():
    assert answers.does("my_case", "return 5, 1, 0, 3, 0.5, 0.3, 0, 0.0018").points == 3
    card, use, power, fee = Card(450, 60, 1_600, 4), 0.3, 0.17, 0.25
    rent = (8_760 * (use * 0.45 + (1 - use) * 0.06) * power + 400) / (8_760 * use * (1 - fee))
    assert answers.does("my_case", f"return {tuple(card)[:4]} + ({use}, {power}, {fee}, {rent:.2f})").points == 3


def test_two_digits_are_enough_for_a_small_rent_and_one_is_not():
    for rent, points in (("0.0018", 3), ("0.00185", 3), ("0.002", 0), ("0.01", 0)):
        assert answers.does("my_case", f"return 5, 1, 0, 3, 0.5, 0.3, 0, {rent}").points == points


def test_a_case_is_judged_by_the_right_formula_not_by_a_wrong_one_of_the_students():
    right = answers.feedback("my_case", 1, "year_result = lambda *given: 0\n")
    assert (right.status, right.points) == (kit.RIGHT, 3)
    trick = "def my_case(): return 450, 60, 1_600, 4, 0.3, 0.17, 0.25, 0.5\n"
    told = answers.feedback("my_case", 1, "year_result = lambda *given: 0\n" + trick)
    assert told.points == 0 and "mend it first (question 2)" in told.text


#: Answers that need no thought, tried with each of the stubs below in the place of all earlier ones.
TRIVIAL = {
    "power_bill": ["card.busy", "power"],
    "year_result": ["rent", "-card.price / card.life", "8_760 * use * rent * (1 - fee)"],
    "break_even_use": ["math.inf", "math.inf if power > 0.5 else 0.5", "0.5"],
    "crowd": ["emission / nodes", "hours / nodes", "year_result(card, 1, power, rent, fee)"],
    "free_entry": ["0", "int(hours / 8_760)", "2", "10**6"],
    "my_case": [
        "(5, 1, 0, 1, 1, 0, 0, 0)",
        "(5, 1, 0, 1, 1, 0.01, 0, 0.01)",
        "(450, 60, 1_600, 4, 0.3, 0.17, 0.25, 0.3)",
    ],
}


@pytest.mark.parametrize("name", TRIVIAL)
@pytest.mark.parametrize("stub", ["", "0", "1", "-1", "math.inf", "(0, 0)", "math.nan"])
def test_an_answer_without_thought_earns_nothing_whatever_the_earlier_ones(name, stub):
    earlier = list(SIGNATURES)[: list(SIGNATURES).index(name)] if stub else []
    stubs = "".join(f"def {each}({SIGNATURES[each]}): return {stub}\n" for each in earlier)
    for trivial in ["0", "1", "-1", "1e6", "math.inf", "math.nan", "True", *TRIVIAL[name]]:
        source = f"{stubs}def {name}({SIGNATURES[name]}): return {trivial}\n"
        assert answers.feedback(name, 1, source).points == 0, trivial


def test_cases_at_random_earn_nothing():
    """Plausible numbers, with a rent between a cent and two dollars: at most a few of a thousand are right by luck."""
    source = """
import numpy as np
rng = np.random.default_rng(7)
def my_case():
    return rng.uniform([50, 5, 0, 1, 0.05, 0.05, 0, 0.01], [700, 50, 3_000, 6, 1, 0.5, 0.5, 2])
"""
    notebook = {"check": lab.check}
    exec(RIGHT + source, notebook)
    earned = [eval("check('my_case', seed=1)", notebook).points for _ in range(1_000)]
    assert set(earned) <= {0, 3} and sum(earned) <= 3 * 20


class TestBusinessCase(LabContract):
    answers = answers
    mistakes = MISTAKES
    inside = PIECES
    other_ways = OTHER_WAYS
    chains = [("power_bill", "R * 1.1", ["year_result", "break_even_use", "crowd", "free_entry"])]
    total = 16

    @staticmethod
    def by_hand(notebook):
        card = Card(450, 60, 1_600, 4)
        assert notebook["power_bill"](card, 0.5, 0.17) == pytest.approx(379.746)
        assert notebook["year_result"](card, 0.4, 0.17, 0.35, 0.25) == pytest.approx(198.13, abs=0.005)
        assert notebook["break_even_use"](card, 0.44, 0.35, 0.25) == pytest.approx(0.7928, abs=5e-5)
        assert notebook["break_even_use"](card, 1.0, 0.35, 0.25) == math.inf
