"""The checks of the lab on tokens: right answers get all points, each usual mistake is named."""

import pytest

from defi_lib.labs.rewards.follow_a_token import lab
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
from defi_lib.exchange import ConstantProductPool

def farm_rate(emission, price, deposits, entry):
    return emission * price * 365 / (deposits + entry)

def share_out(stakes, entries, emission, days):
    earned = [0.0] * len(stakes)
    for day in range(days):
        there = [stake if entry <= day else 0 for stake, entry in zip(stakes, entries)]
        for number, stake in enumerate(there):
            earned[number] += emission * stake / sum(there) if sum(there) else 0
    return earned

def true_return(fee_yield, emission_yield, change, sold):
    return fee_yield + emission_yield * (sold * (1 + change / 2) + (1 - sold) * (1 + change))

def free_tokens(month, tokens, cliff, at_cliff, months):
    if month < cliff:
        return 0
    return tokens * (at_cliff + (1 - at_cliff) * min(int(month - cliff), months) / months)

def sell_unlocks(unlocks, tokens, dollars, demand):
    pool, taken, bought = ConstantProductPool((tokens, dollars), 0.003), 0, 0
    for amount in unlocks:
        purchase = pool.swap_exact_in(demand, 1, 0)
        sale = purchase.pool.swap_exact_in(amount)
        taken, bought, pool = taken + sale.amount_out, bought + purchase.amount_out, sale.pool
    return taken, bought, pool.swap_exact_in(bought).amount_out

def staker_share(rate, staked, times):
    growth = (1 + rate) ** times
    return growth / (staked * growth + 1 - staked)

def own_or_rent(discount, fees, lost, wanted, years):
    return max(discount / years - fees + lost, 0), max(wanted - fees + lost, 0)
"""

#: Another way to a right answer: the index of reward per staked token that contracts keep, and a list of months.
OTHER_WAYS = {
    "share_out": """
import numpy as np

def share_out(stakes, entries, emission, days):
    stakes, entries = np.array(stakes, float), np.array(entries)
    index = [0.0]
    for day in range(days):
        total = stakes[entries <= day].sum()
        index.append(index[-1] + (emission / total if total > 0 else 0))
    return stakes * (index[days] - np.array(index)[entries])
""",
    "free_tokens": """
def free_tokens(month, tokens, cliff, at_cliff, months):
    free = tokens * at_cliff * (month >= cliff)
    for step in range(1, months + 1):
        free += tokens * (1 - at_cliff) / months * (month >= cliff + step)
    return free
""",
}


PARAMETERS = {
    "farm_rate": "emission, price, deposits, entry",
    "share_out": "stakes, entries, emission, days",
    "true_return": "fee_yield, emission_yield, change, sold",
    "free_tokens": "month, tokens, cliff, at_cliff, months",
    "sell_unlocks": "unlocks, tokens, dollars, demand",
    "staker_share": "rate, staked, times",
    "own_or_rent": "discount, fees, lost, wanted, years",
}

answers = Answers(lab, RIGHT, PARAMETERS)


#: What the mistakes below are made of.
PIECES = {
    "farm_rate": "right = right_farm_rate(emission, price, deposits, entry)",
    "share_out": "zeros = [0] * len(stakes); right = right_share_out(stakes, entries, emission, days)",
    "true_return": "right = right_true_return(fee_yield, emission_yield, change, sold)",
    "free_tokens": "right = right_free_tokens(month, tokens, cliff, at_cliff, months); since = month - cliff",
    "sell_unlocks": "taken, bought, back = right_sell_unlocks(unlocks, tokens, dollars, demand)\n"
    "fresh = [right_sell_unlocks([amount], tokens, dollars, demand) for amount in unlocks]",
    "staker_share": "growth = (1 + rate) ** times; right = right_staker_share(rate, staked, times)",
    "own_or_rent": "own, rent = right_own_or_rent(discount, fees, lost, wanted, years)",
}

#: question, wrong result, points that are left, words of the feedback
MISTAKES = [
    ("farm_rate", "right / 365", "0", "rate of one day"),
    ("farm_rate", "100 * right", "0", "percentage"),
    ("farm_rate", "right / price", "0", "price is missing"),
    ("farm_rate", "1 / right", "0", "turned round"),
    ("farm_rate", "right * deposits", "0", "divide by the deposits"),
    ("farm_rate", "right * (deposits + entry) / deposits", "1", "newcomers are missing"),
    ("farm_rate", "right * (deposits + entry) / (entry or deposits)", "1", "Only the newcomers"),
    ("farm_rate", "right * ((deposits + entry) / deposits) ** 2", "1", "brought tokens with them"),
    ("farm_rate", "right * (deposits + entry) / (deposits - entry)", "1", "taken off"),
    ("share_out", "[emission * days / len(stakes)] * len(stakes)", "0 or 1", "same here"),
    ("share_out", "[each / days for each in right]", "0", "one day"),
    ("share_out", "[emission * days] * len(stakes)", "0 or 1", "whole emission"),
    ("share_out", "right_share_out(stakes, zeros, emission, days)", "1", "from the first day"),
    (
        "share_out",
        "[emission * days * s * (days - e) / sum(a * (days - b) for a, b in zip(stakes, entries))"
        " for s, e in zip(stakes, entries)]",
        "1",
        "Stake times days",
    ),
    ("share_out", "right_share_out(stakes, [e + (e > 0) for e in entries], emission, days)", "1", "part in that day"),
    (
        "share_out",
        "right_share_out(stakes, [e - min(entries) for e in entries], emission, days)",
        "2",
        "nobody is there",
    ),
    ("true_return", "fee_yield + emission_yield", "0", "the screen shows"),
    ("true_return", "right - fee_yield", "0", "fees are missing"),
    ("true_return", "(fee_yield + emission_yield) * (1 + change * (1 - sold / 2))", "0", "they are dollars"),
    ("true_return", "fee_yield + emission_yield * (1 + change)", "1", "sold at the last price"),
    ("true_return", "fee_yield + emission_yield * (1 + change / 2)", "0", "sold as it came"),
    ("true_return", "fee_yield + emission_yield * (1 + change * (1 - sold))", "1", "not the first"),
    ("true_return", "fee_yield + emission_yield * (1 + change * (1 + sold) / 2)", "0", "sold as it came"),
    ("free_tokens", "right if month >= cliff else tokens * at_cliff", "2.5", "Before the cliff nothing"),
    ("free_tokens", "right if month >= cliff else tokens * month / (cliff + months)", "2.5", "no month counts yet"),
    ("free_tokens", "right if month > cliff else 0", "2.5", "not only after it"),
    ("free_tokens", "right / tokens", "0.5", "give tokens"),
    (
        "free_tokens",
        "tokens * month / (cliff + months) if month >= cliff else 0",
        "0.5 or 1",
        "evenly since the launch",
    ),
    (
        "free_tokens",
        "right and min(tokens * (at_cliff + (1 - at_cliff) * since / months), tokens)",
        "2.5",
        "round down to full months",
    ),
    (
        "free_tokens",
        "right and tokens * (at_cliff + (1 - at_cliff) * (since // 1) / months)",
        "2.5",
        "stop at the whole",
    ),
    (
        "free_tokens",
        "right and min(tokens * (at_cliff + (since // 1) / months), tokens)",
        "2 or 2.5",
        "on top of the whole",
    ),
    ("sell_unlocks", "(sum(unlocks) * dollars / tokens, bought, back)", "2", "at the price of the launch"),
    ("sell_unlocks", "(right_sell_unlocks(unlocks, tokens, dollars, 0)[0], bought, back)", "2", "buyers are missing"),
    ("sell_unlocks", "(sum(each[0] for each in fresh), bought, back)", "2", "that the month before left"),
    ("sell_unlocks", "(taken, sum(each[1] for each in fresh), back)", "2", "that the month before left"),
    ("sell_unlocks", "(taken, demand * len(unlocks) * tokens / dollars, back)", "2", "each purchase moves it"),
    ("sell_unlocks", "(taken, demand * len(unlocks), back)", "2", "asked for are their tokens"),
    ("sell_unlocks", "(taken, bought, demand * len(unlocks))", "2", "what they paid"),
    ("sell_unlocks", "(taken, bought)", "2", "three values"),
    ("sell_unlocks", "taken", "0", "three values"),
    ("staker_share", "growth", "0", "growth of the *number*"),
    ("staker_share", "1", "1", "grew like yours"),
    ("staker_share", "staked * growth + 1 - staked", "0", "yours grow too"),
    ("staker_share", "1 / staked", "1", "do not stake are missing"),
    ("staker_share", "(1 + rate * times) / (staked * (1 + rate * times) + 1 - staked)", "1", "simple interest"),
    ("staker_share", "right - 1", "0", "growth less one"),
    ("staker_share", "growth / ((1 - staked) * growth + staked)", "0", "are swapped"),
    ("staker_share", "right if staked < 1 else growth", "1", "If all stake"),
    ("own_or_rent", "(own and discount - fees + lost, rent)", "2", "spread it over the years"),
    ("own_or_rent", "(own and discount / years, rent)", "2", "brings and loses is missing"),
    ("own_or_rent", "(own and discount / years - fees, rent)", "2", "loses to arbitrage is missing"),
    ("own_or_rent", "(own and discount / years + lost, rent)", "2", "fees of the pool are missing"),
    ("own_or_rent", "(own and discount / years + fees - lost, rent)", "2", "fees come in, losses go out"),
    ("own_or_rent", "(own, rent and wanted + lost)", "2", "need less as a reward"),
    ("own_or_rent", "(own, rent and wanted - fees)", "2", "want to be paid for it"),
    ("own_or_rent", "(own, rent and wanted)", "2", "more than a provider needs"),
    ("own_or_rent", "(own, rent and wanted + fees - lost)", "2", "fees come in, losses go out"),
    ("own_or_rent", "(discount / years - fees + lost, wanted - fees + lost)", "2", "reward below zero"),
]


SELL_IN_ANOTHER_ORDER = """
def sell_unlocks(unlocks, tokens, dollars, demand):
    pool, taken, bought = ConstantProductPool((tokens, dollars), 0.003), 0, 0
    for amount in unlocks:
        sale = pool.swap_exact_in(amount)
        purchase = sale.pool.swap_exact_in(demand, 1, 0)
        taken, bought, pool = taken + sale.amount_out, bought + purchase.amount_out, purchase.pool
    return taken, bought, pool.swap_exact_in(bought).amount_out
"""


def test_sellers_who_come_before_the_buyers_are_told_so():
    for seed in range(5):
        assert "buyers come first" in answers.feedback("sell_unlocks", seed, SELL_IN_ANOTHER_ORDER).text


def test_the_last_price_is_not_what_buyers_get_back():
    for body in ("pool.price(0, 1) * bought", "purchase.pool.swap_exact_in(bought).amount_out"):
        source = RIGHT.replace("pool.swap_exact_in(bought).amount_out", body)
        text = Answers(lab, source, PARAMETERS).feedback("sell_unlocks", 1).text
        assert "last price times" in text or "buyers of the last month" in text


class TestFollowAToken(LabContract):
    answers = answers
    mistakes = MISTAKES
    inside = PIECES
    other_ways = OTHER_WAYS
    chains = [("farm_rate", "R * 1.1", ["true_return"])]
    total = 18

    @staticmethod
    def by_hand(notebook):
        assert notebook["farm_rate"](1_000, 2, 1e6, 1e6) == pytest.approx(0.365)
        assert notebook["share_out"]([100, 300], [0, 5], 40, 10) == pytest.approx([250, 150])
        assert notebook["true_return"](0.04, 0.73, -0.7, 0) == pytest.approx(0.259)
        free = [notebook["free_tokens"](month, 4_800, 12, 0.25, 36) for month in (11, 12, 14.5, 60)]
        assert free == [0, 1_200, 1_400, 4_800]
        assert notebook["sell_unlocks"]([300, 300], 1_000, 1_000, 100) == pytest.approx(
            (473.57, 220.67, 99.93), abs=0.01
        )
        assert notebook["own_or_rent"](0.12, 0.05, 0.03, 0.08, 3) == pytest.approx((0.02, 0.06))
        assert notebook["staker_share"](1, 0.5, 1) == pytest.approx(4 / 3)
        assert notebook["staker_share"](0.003928, 0.915, 1_095) == pytest.approx(1.0915, abs=1e-4)
