"""The checks of the lab on swaps: right answers get all points, each usual mistake is named."""

import pytest

from defi_lib.labs.exchange.swaps import lab
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
def swap(dx, x, y, fee):
    net = dx * (1 - fee)
    return y * net / (x + net)

def pool_after(dx, x, y, fee):
    new = x + dx, y - swap(dx, x, y, fee)
    return *new, new[1] / new[0]

def amount_to_pay(dy, x, y, fee):
    return x * dy / (y - dy) / (1 - fee)

def price_impact(dx, x, y, fee):
    return 1 - swap(dx, x, y, fee) / (dx * (1 - fee) * y / x)

def sell_in_parts(dx, x, y, fee, parts):
    total = 0
    for _ in range(parts):
        total += swap(dx / parts, x, y, fee)
        x, y, _ = pool_after(dx / parts, x, y, fee)
    return total

def follow_the_money(dx, x, y, fee):
    loss = dx * y / x - swap(dx, x, y, fee)
    return loss, dx * fee * y / x, loss - dx * fee * y / x

def turning_amount(x, y, fee, taker):
    return max(x * (taker - fee) / (1 - fee) / (1 - taker), 0)
"""

MISTAKES = [
    ("swap", "dx * y / x", "0", "as if the pool were endless"),
    ("swap", "x * dx / (y + dx)", "0", "two reserves are swapped"),
    ("swap", "x * y / (x + dx)", "0", "what stays in the pool"),
    ("swap", "y * dx / (x - dx)", "0", "Divide by the reserve after the trade"),
    ("swap", "y * dx / (x + dx)", "1", "fee is missing"),
    ("swap", "y * dx / (x + dx) * (1 - fee)", "1", "fee is taken from what comes out"),
    ("swap", "y * dx * (1 + fee) / (x + dx * (1 + fee))", "1", "fee is added"),
    ("pool_after", "(x + dx * (1 - fee), y - s, (y - s) / (x + dx))", "2", "fee is dropped on the way"),
    ("pool_after", "(y - s, x + dx, (y - s) / (x + dx))", "1", "first reserve is the one that is paid into"),
    ("pool_after", "(x - dx, y - s, (y - s) / (x + dx))", "2", "grows, it does not shrink"),
    ("pool_after", "(x + dx, y + s, (y - s) / (x + dx))", "2", "it shrinks"),
    ("pool_after", "(x + dx, y - s * (1 - fee), (y - s) / (x + dx))", "2", "paid in the other token"),
    ("pool_after", "(x + dx, y - s, y / x)", "2", "price before the trade"),
    ("pool_after", "(x + dx, y - s, s / dx)", "2", "average price of the trade"),
    ("pool_after", "(x + dx, y - s, (x + dx) / (y - s))", "2", "other way round"),
    ("amount_to_pay", "x * dx / (y - dx)", "1", "fee is missing"),
    ("amount_to_pay", "x * dx / (y - dx) * (1 + fee)", "1", "divide by `1 - fee`"),
    ("amount_to_pay", "x * dx / (y - dx) * (1 - fee)", "1", "makes the trade cheaper"),
    ("amount_to_pay", "dx * x / y", "0", "price before the trade times the amount"),
    ("amount_to_pay", "x * dx / (y + dx)", "0", "Divide by what is left in the pool"),
    ("price_impact", "100 * i", "0", "percentage"),
    ("price_impact", "-i", "0", "sign is turned round"),
    ("price_impact", "1 - (y - s) / (x + dx) / (y / x)", "0", "price after the trade"),
    ("price_impact", "1 / (1 - i) - 1", "0", "would have got"),
    ("price_impact", "1 - s / (dx * y / x)", "1", "fee is included"),
    ("price_impact", "dx / (x + dx)", "1", "fee is missing"),
    ("sell_in_parts", "parts * swap(dx / parts, x, y, fee)", "0", "untouched pool"),
    ("sell_in_parts", "right_parts(dx * parts, x, y, fee, parts)", "0", "Every part is the whole amount"),
    ("sell_in_parts", "right_parts(dx, x, y, fee, parts) - right_less(dx, x, y, fee, parts)", "0", "last part only"),
    ("sell_in_parts", "swap(dx, x, y, fee)", "1", "one trade of the whole amount"),
    ("follow_the_money", "(dx - s, m[1], m[2])", "2", "different tokens"),
    ("follow_the_money", "(m[2], m[1], m[2])", "2", "price impact alone"),
    ("follow_the_money", "(-m[0], m[1], m[2])", "2", "sign is turned round"),
    ("follow_the_money", "(m[0], dx * fee, m[2])", "2", "counted in the token paid in"),
    ("follow_the_money", "(m[0], s * fee, m[2])", "2", "part of what is paid in"),
    ("follow_the_money", "(m[0], m[1], m[0])", "2", "whole loss"),
    ("turning_amount", "max(x * taker / (1 - taker) if fee < taker else 0, 0)", "2", "own fee is missing"),
    ("turning_amount", "x * (taker - fee) / (1 - fee) / (1 - taker)", "2", "negative amount"),
    ("turning_amount", "max(t * y / x, 0)", "1", "wrong token"),
    ("turning_amount", "max(t / x, 0)", "1", "part of the reserve"),
    ("turning_amount", "max(x * (((1 - fee) / (1 - taker)) ** 0.5 - 1) / (1 - fee), 0)", "1", "price after the trade"),
]


SIGNATURES = {name: "dx, x, y, fee" + ", parts" * (name == "sell_in_parts") for name in lab.questions}
SIGNATURES["turning_amount"] = "x, y, fee, taker"

#: What the formulas are made of: a wrong `swap` must not be what these call.
PIECES = """
s, m = right_swap(dx, x, y, fee), right_follow_the_money(dx, x, y, fee)
i, right_parts = right_price_impact(dx, x, y, fee), right_sell_in_parts
"""

LESS = """
def right_less(dx, x, y, fee, parts):
    total = 0
    for _ in range(parts - 1):
        total += swap(dx / parts, x, y, fee)
        x, y, _ = pool_after(dx / parts, x, y, fee)
    return total
"""

OTHER_WAYS = {
    "by the product": """
def swap(dx, x, y, fee):
    return y - x * y / (x + dx * (1 - fee))

def amount_to_pay(dy, x, y, fee):
    return (x * y / (y - dy) - x) / (1 - fee)
""",
    "by halving": """
def turning_amount(x, y, fee, taker):
    low, high = 0, x
    for _ in range(60):
        middle = (low + high) / 2
        pool, exchange = swap(middle, x, y, fee), middle * y / x * (1 - taker)
        low, high = (middle, high) if pool > exchange else (low, middle)
    return low
""",
}

answers = Answers(lab, RIGHT, SIGNATURES)


class TestSwaps(LabContract):
    answers = answers
    mistakes = MISTAKES
    pieces = LESS
    inside = {name: PIECES for name in lab.questions if name not in ("swap", "turning_amount")}
    inside["turning_amount"] = "t = right_turning_amount(x, y, fee, taker)\n"
    other_ways = OTHER_WAYS
    chains = [("swap", "0.9 * y * dx / (x + dx)", ["pool_after"])]
    total = 17
    seeds = 20

    @staticmethod
    def by_hand(notebook):
        assert notebook["swap"](10, 10, 1_000, 0) == 500
        assert notebook["pool_after"](10, 10, 1_000, 0) == (20, 500, 25)
        assert notebook["amount_to_pay"](500, 10, 1_000, 0) == 10
        assert notebook["price_impact"](10, 10, 1_000, 0) == 0.5
        assert notebook["sell_in_parts"](10, 10, 1_000, 0, 2) == pytest.approx(500)
        assert notebook["follow_the_money"](10, 10, 1_000, 0) == (500, 0, 500)
        assert notebook["turning_amount"](990, 1_000, 0, 0.01) == pytest.approx(10)
