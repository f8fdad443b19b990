"""The checks of the lab on a chain: right answers get all points, each usual mistake is named."""

import pytest

from defi_lib.labs.staking.economy_of_a_chain import NOTHING, fingerprint, lab, write_book
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
from math import inf, isqrt
from defi_lib.labs.staking.economy_of_a_chain import NOTHING, fingerprint

def fitting_pages(pages):
    parent = NOTHING
    for number, page in enumerate(pages):
        if page.parent != parent or page.fingerprint != fingerprint(page.parent, page.text):
            return number
        parent = page.fingerprint
    return len(pages)

def new_base_fee(fee, used, target):
    change = fee * abs(used - target) // target // 8
    return fee + max(change, 1) if used > target else fee - change

def break_even(prize, machines, watts):
    return prize / machines / (watts * 24 / 1_000)

def staking_return(staked):
    return 64 * 10**9 // isqrt(staked * 10**9) * 225 * 365.25 / 10**9

def urn_share(stake, total, reward, draws):
    for draw in draws:
        stake, total = stake + reward * (draw < stake / total), total + reward
    return stake / total

def who_pays(inflation, staked, fee):
    grown = 1 + inflation
    return (1 + inflation * (1 - fee) / staked) / grown - 1, 1 / grown - 1, inflation * fee / grown

def equal_amount(gwei, gas, ether, ends, fixed, rate):
    more, less = gwei * gas * ether / 1e9 - fixed, rate - ends
    if more * less > 0:
        return more / less
    return inf if more > 0 else 0
"""

SIGNATURES = {
    "fitting_pages": "pages",
    "new_base_fee": "fee, used, target",
    "break_even": "prize, machines, watts",
    "staking_return": "staked",
    "urn_share": "stake, total, reward, draws",
    "who_pays": "inflation, staked, fee",
    "equal_amount": "gwei, gas, ether, ends, fixed, rate",
}

answers = Answers(lab, RIGHT, SIGNATURES)

OTHER_WAYS = """
def fitting_pages(pages):
    before = [NOTHING] + [page.fingerprint for page in pages]
    good = [p.parent == b and p.fingerprint == fingerprint(b, p.text) for p, b in zip(pages, before)]
    return (good + [False]).index(False)

def new_base_fee(fee, used, target):
    if used == target:
        return fee
    size = (abs(used - target) * fee) // target // 8
    return float(fee + max(size, 1)) if used > target else float(fee - size)

def urn_share(stake, total, reward, draws):
    own, others = stake, total - stake
    for draw in draws:
        if draw * (own + others) < own:
            own += reward
        else:
            others += reward
    return own / (own + others)
"""

#: Question, what the wrong function returns (R: what the right one does), points, what must be said.
MISTAKES = [
    ("fitting_pages", "R + (R < len(pages))", "0.5 or 1", "changed page itself"),
    ("fitting_pages", "sum(p.fingerprint == fingerprint(p.parent, p.text) for p in pages)", "1", "the *first* page"),
    ("fitting_pages", "len(pages)", "1", "you did not see it"),
    ("fitting_pages", "([p.fingerprint == fingerprint(p.parent, p.text) for p in pages] + [0]).index(0)", "2", "name"),
    ("fitting_pages", "links(pages)", "1.5 or 2 or 2.5", "must name `NOTHING`"),
    ("new_base_fee", "fee + fee * (used - target) / target / 8", "0.5", "whole numbers"),
    ("new_base_fee", "fee + fee * (used - target) // target // 8 + (used == target + 10**6 and fee == 7)", "2", "size"),
    ("new_base_fee", "fee + fee * (used - target) / target", "0.5", "missing its eighth"),
    ("new_base_fee", "fee * (used - target) / target / 8", "0", "only the change"),
    ("new_base_fee", "fee + fee * (used - 2 * target) / (2 * target) / 8", "0", "not with the limit"),
    ("new_base_fee", "fee - fee * (used - target) / target / 8", "0.5", "turned round"),
    ("new_base_fee", "R - (fee == 7)", "2.5", "at least 1 wei"),
    ("new_base_fee", "R + (used == target)", "2.5", "nothing changes"),
    ("break_even", "R * 24", "0", "24 hours"),
    ("break_even", "R / 1_000", "0", "not kilowatts"),
    ("break_even", "R * machines", "0", "all machines share it"),
    ("break_even", "prize / machines", "0 or 1", "energy that it takes"),
    ("break_even", "1 / R", "0", "turned round"),
    ("staking_return", "64e9 / (staked * 1e9) ** 0.5 * 225 * 365.25 / 1e9", "0.5", "isqrt"),
    ("staking_return", "64 * 10**9 // isqrt(staked) * 225 * 365.25 / 1e9", "0", "of *gwei*"),
    ("staking_return", "R * 365 / 365.25", "0.5", "365.25 days"),
    ("staking_return", "R / 225 / 365.25", "0", "one epoch"),
    ("staking_return", "R / 365.25", "0", "one day"),
    ("staking_return", "R * 1e9", "0", "in gwei"),
    ("staking_return", "R * 100", "0", "percentage"),
    ("staking_return", "R * staked", "0", "of all stakers"),
    (
        "urn_share",
        "(stake + reward * sum(d < stake / total for d in draws)) / (total + reward * len(draws))",
        "1.5",
        "now",
    ),
    ("urn_share", "R * (total + reward * len(draws))", "0", "your part of all"),
    ("urn_share", "R * (total + reward * len(draws)) / total", "0.5", "divide by what there is at the end"),
    ("urn_share", "above(stake, total, reward, draws)", "0.5", "*below* your share"),
    ("urn_share", "mine_only(stake, total, reward, draws)", "0.5", "that others win counts too"),
    ("who_pays", "(inflation * (1 - fee) / staked, R[1], R[2])", "1", "*number* of coins"),
    ("who_pays", "((1 + inflation / staked) / (1 + inflation) - 1, R[1], R[2])", "1", "fee of the pool"),
    ("who_pays", "((1 + inflation * (1 - fee)) / (1 + inflation) - 1, R[1], R[2])", "1", "more than the inflation"),
    ("who_pays", "(1 + R[0], R[1], R[2])", "1", "the factor less 1"),
    ("who_pays", "(R[0], 0, R[2])", "1.5", "smaller part of all"),
    ("who_pays", "(R[0], -inflation, R[2])", "1.5", "divide by that"),
    ("who_pays", "(R[0], 1 + R[1], R[2])", "1.5", "the factor less 1"),
    ("who_pays", "(R[0], R[1], inflation * fee)", "1.5", "coins of before"),
    ("who_pays", "(R[0], R[1], fee)", "1.5", "new coins only"),
    ("who_pays", "(R[0], R[1], R[2] * staked)", "1.5", "whoever stakes"),
    ("who_pays", "R[:2]", "1.5", "at least 3 values"),
    ("equal_amount", "(1e9 * place - fixed) / (rate - ends) if 0 < R < inf and place > fixed else R", "2", "billionth"),
    (
        "equal_amount",
        "(place / ether - fixed) / (rate - ends) if 0 < R < inf and place > fixed else R",
        "2",
        "in ether",
    ),
    ("equal_amount", "place / (rate - ends) if 0 < R < inf and place > fixed else R", "2", "fixed fee is missing"),
    ("equal_amount", "(place - fixed) / rate if 0 < R < inf and place > fixed else R", "2", "of the two ends"),
    ("equal_amount", "(place + fixed) / (rate - ends) if 0 < R < inf and place > fixed else R", "2", "different sides"),
    ("equal_amount", "R if place > fixed else 0", "2", "*small* amounts"),
    ("equal_amount", "R or (place - fixed) / (rate - ends)", "2.5", "always cheaper here"),
    ("equal_amount", "R if place > fixed or rate < ends else inf", "2.5", "always cheaper, so say 0"),
    ("equal_amount", "0 if R == inf else R", "2.5", "never cheaper, so say"),
    ("equal_amount", "(place - fixed) / (rate - ends) if R == inf else R", "2.5", "never cheaper here"),
]

INSIDE = {
    "equal_amount": "place = gwei * gas * ether / 1e9",
}

HELPERS = """
def links(pages):
    for number, page in enumerate(pages):
        if page.fingerprint != fingerprint(page.parent, page.text):
            return number
        if number and page.parent != pages[number - 1].fingerprint:
            return number
    return len(pages)

def above(stake, total, reward, draws):
    for draw in draws:
        stake, total = stake + reward * (draw >= stake / total), total + reward
    return stake / total

def mine_only(stake, total, reward, draws):
    for draw in draws:
        won = reward * (draw < stake / total)
        stake, total = stake + won, total + won
    return stake / total
"""


def test_a_book_and_its_forgeries():
    book = write_book(["a", "b", "c"])
    assert book[0].parent == NOTHING and book[2].parent == book[1].fingerprint == fingerprint(book[0].fingerprint, "b")
    assert fingerprint("x", "a") != fingerprint("x", "b") and len(NOTHING) == len(book[0].fingerprint)


class TestEconomyOfAChain(LabContract):
    answers = answers
    mistakes = MISTAKES
    pieces = HELPERS
    inside = INSIDE
    other_ways = {"all three": OTHER_WAYS}
    chains = [("staking_return", "R * 1.1", ["who_pays"])]
    total = 19

    @staticmethod
    def by_hand(notebook):
        book = write_book(["a", "b", "c"])
        assert notebook["fitting_pages"](book) == 3
        assert notebook["new_base_fee"](1_000, 200, 100) == 1_125
        assert notebook["urn_share"](1, 2, 1, [0.4, 0.9]) == pytest.approx(0.5)
        assert notebook["equal_amount"](20, 50_000, 3_000, 0.01, 1, 0.05) == pytest.approx(50)
