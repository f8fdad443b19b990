"""The checks of the lab on liquidity and MEV: right answers get all points, each usual mistake is named."""

import numpy as np
import pytest

from defi_lib.labs.exchange.day import example_day
from defi_lib.labs.exchange.liquidity_and_mev import lab
from defi_lib.ledger import profits
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
import math
import numpy as np
from defi_lib.exchange import ConstantProductPool

def position(price, ether, dollars):
    value = 2 * np.sqrt(ether * dollars * price)
    return value, value / (ether * price + dollars) - 1

def break_even_volume(price, ether, dollars, fee, share):
    return (ether * price + dollars - position(price, ether, dollars)[0]) / (fee * share)

def arbitrage(price, ether, dollars, fee):
    keep = 1 - fee
    ether_in = (np.sqrt(ether * dollars * keep / price) - ether) / keep
    dollars_in = (np.sqrt(ether * dollars * keep * price) - dollars) / keep
    return max(ether_in, 0), max(dollars_in, 0)

def sandwich(front_run, victim, ether, dollars, fee):
    pool = ConstantProductPool((ether, dollars), fee)
    first = pool.swap_exact_in(front_run)
    second = first.pool.swap_exact_in(victim)
    third = second.pool.swap_exact_in(first.amount_out, 1, 0)
    return third.amount_out - front_run, pool.swap_exact_in(victim).amount_out - second.amount_out

def safe_tolerance(victim, gas, ether, dollars, fee):
    profit, loss = sandwich(np.linspace(0, ether, 100_001), victim, ether, dollars, fee)
    expected = ConstantProductPool((ether, dollars), fee).swap_exact_in(victim).amount_out
    return min(loss[profit > gas], default=expected) / expected

def turning_volume(prices, ether, dollars, fee):
    x, y, gain = ether, dollars, 0
    for price in prices:
        e, d = arbitrage(price, x, y, fee)
        out_d, out_e = y * e * (1 - fee) / (x + e * (1 - fee)), x * d * (1 - fee) / (y + d * (1 - fee))
        gain += out_d - e * price + out_e * price - d
        x, y = x + e - out_e, y + d - out_d
    return gain, max((ether - x) * price + dollars - y, 0) / fee

def who_paid(transfers, roles, price, role):
    paid = {}
    for row in transfers.itertuples():
        worth = row.amount * (price if row.asset == "ETH" else 1)
        payer, payee = roles[row.payer], roles[row.payee]
        if payee == role:
            paid[payer] = paid.get(payer, 0) + worth
        if payer == role:
            paid[payee] = paid.get(payee, 0) - worth
    return paid
"""


#: Other ways to a right answer: by trying, in a loop, with pandas, and exact to the last digit.
OTHER_WAYS = {
    "break_even_volume": """
def break_even_volume(price, ether, dollars, fee, share):
    return -position(price, ether, dollars)[1] * (ether * price + dollars) / fee / share
""",
    "arbitrage": """
def gain(amount, price, reserve_in, reserve_out, fee):
    return ConstantProductPool((reserve_in, reserve_out), fee).swap_exact_in(amount).amount_out * price - amount

def best(price, reserve_in, reserve_out, fee):
    low, high = 0, reserve_in
    for _ in range(80):
        left, right = low + (high - low) / 3, high - (high - low) / 3
        if gain(left, price, reserve_in, reserve_out, fee) < gain(right, price, reserve_in, reserve_out, fee):
            low = left
        else:
            high = right
    return low

def arbitrage(price, ether, dollars, fee):
    return best(1 / price, ether, dollars, fee), best(price, dollars, ether, fee)
""",
    "safe_tolerance": """
def safe_tolerance(victim, gas, ether, dollars, fee):
    low, high = 0, ether
    if sandwich(high, victim, ether, dollars, fee)[0] < gas:
        return 1
    for _ in range(60):
        middle = (low + high) / 2
        if sandwich(middle, victim, ether, dollars, fee)[0] > gas:
            high = middle
        else:
            low = middle
    pool = ConstantProductPool((ether, dollars), fee)
    return sandwich(low, victim, ether, dollars, fee)[1] / pool.swap_exact_in(victim).amount_out
""",
    "who_paid": """
def who_paid(transfers, roles, price, role):
    worth = transfers.amount * transfers.asset.map({"ETH": price, "USD": 1})
    payer, payee = transfers.payer.map(roles), transfers.payee.map(roles)
    received = worth[payee == role].groupby(payer[payee == role]).sum()
    return received.sub(worth[payer == role].groupby(payee[payer == role]).sum(), fill_value=0)
""",
}


PARAMETERS = {
    "position": "price, ether, dollars",
    "break_even_volume": "price, ether, dollars, fee, share",
    "arbitrage": "price, ether, dollars, fee",
    "sandwich": "front_run, victim, ether, dollars, fee",
    "safe_tolerance": "victim, gas, ether, dollars, fee",
    "turning_volume": "prices, ether, dollars, fee",
    "who_paid": "transfers, roles, price, role",
}

answers = Answers(lab, RIGHT, PARAMETERS)


#: What a wrong formula is made of; the functions of ``RIGHT`` are there with the name ``right_…``.
PIECES = {
    "position": """
    hold, start = ether * price + dollars, 2 * dollars
    value, loss = right_position(price, ether, dollars)
""",
    "break_even_volume": """
    hold, (value, ratio) = ether * price + dollars, right_position(price, ether, dollars)
    loss, volume = hold - value, right_break_even_volume(price, ether, dollars, fee, share)
""",
    "arbitrage": """
    keep, pool = 1 - fee, ConstantProductPool((ether, dollars), fee)
    e, d = right_arbitrage(price, ether, dollars, fee)
    to_price = math.sqrt(ether * dollars / price) - ether, math.sqrt(ether * dollars * price) - dollars
""",
    "sandwich": """
    pool, (profit, loss) = ConstantProductPool((ether, dollars), fee), right_sandwich(
        front_run, victim, ether, dollars, fee)
    first, alone = pool.swap_exact_in(front_run), pool.swap_exact_in(victim)
    second = first.pool.swap_exact_in(victim)
    def back(left, bought=first.amount_out):
        return left.swap_exact_in(bought, 1, 0).amount_out - front_run
""",
    "safe_tolerance": """
    safe = right_safe_tolerance(victim, gas, ether, dollars, fee)
    alone = ConstantProductPool((ether, dollars), fee).swap_exact_in(victim).amount_out
    runs = np.linspace(0, ether, 100_001)
    pays = right_sandwich(runs, victim, ether, dollars, fee)[0] > gas
    run = min(runs[pays], default=0)
""",
    "turning_volume": """
    last = right_turning_volume(prices[-1:], ether, dollars, fee)
    each = [right_turning_volume([price], ether, dollars, fee)[0] for price in prices]
    pool = ConstantProductPool((ether, dollars), fee)
    for price in prices:
        e, d = arbitrage(price, *pool.reserves, fee)
        pool = pool.swap_exact_in(e).pool.swap_exact_in(d, 1, 0).pool
    ahead = (ether - pool.reserves[0]) * prices[-1] + dollars - pool.reserves[1]
""",
    "who_paid": """
    paid, worth = right_who_paid(transfers, roles, price, role), 0
    def total(sign_in, sign_out, price=price, inside=0, of=roles):
        result = {}
        for row in transfers.itertuples():
            worth = row.amount * (price if row.asset == "ETH" else 1)
            payer, payee = of[row.payer], of[row.payee]
            if payer == payee == role:
                result[role] = result.get(role, 0) + inside * worth
            elif payee == role:
                result[payer] = result.get(payer, 0) + sign_in * worth
            elif payer == role:
                result[payee] = result.get(payee, 0) + sign_out * worth
        return result
""",
}

MISTAKES = [
    ("position", "hold, loss", "1", "had you kept them"),
    ("position", "start, loss", "1", "what you put in; the price has changed"),
    ("position", "2 * ether * price, loss", "1", "grows like the price"),
    ("position", "value / 2, loss", "1", "one half of it"),
    ("position", "2 * np.sqrt(ether * dollars) + 0 * price, loss", "1", "where is the new price?"),
    ("position", "value, -loss", "2", "sign is turned round"),
    ("position", "value, 100 * loss", "2", "percentage"),
    ("position", "value, value - hold", "2", "These are dollars"),
    ("position", "value, value / start - 1", "2", "compares with what you put in"),
    ("position", "value, 1 - hold / value", "2", "not by what the position is worth"),
    ("position", "value, value / hold", "2", "less 1"),
    ("position", "2 * math.sqrt(ether * dollars * price), loss", "2", "`np.sqrt` instead of `math.sqrt`"),
    ("position", "(value, loss) if price > 0 else (0, 0)", "2", "no `if`"),
    ("position", "float(np.mean(value)), loss", "2", "should be 3 numbers"),
    ("break_even_volume", "loss / fee", "1", "Only your part of every fee"),
    ("break_even_volume", "loss / fee * share", "1", "larger, not smaller"),
    ("break_even_volume", "loss", "0", "only the fee, a small part"),
    ("break_even_volume", "loss * fee", "0", "Turn it round"),
    ("break_even_volume", "(2 * dollars - value) / fee / share", "0", "change of what you put in"),
    ("break_even_volume", "-ratio / fee / share", "0", "impermanent loss is a ratio"),
    ("break_even_volume", "-volume", "0", "sign is turned round"),
    ("break_even_volume", "1 / 3 + 0 * volume", "0", "should be"),
    ("arbitrage", "(e * keep, d * keep)", "1", "fee is paid on top"),
    ("arbitrage", "tuple(max(each, 0) * (e + d > 0) for each in to_price)", "1", "as if there were no fee"),
    ("arbitrage", "tuple(max(each, 0) / keep * (e + d > 0) for each in to_price)", "1", "Because of the fee"),
    ("arbitrage", "tuple(max(each, 0) for each in to_price)", "0", "as if there were no fee"),
    (
        "arbitrage",
        "(pool.swap_exact_in(d, 1, 0).amount_out, pool.swap_exact_in(e).amount_out)",
        "1",
        "what you receive",
    ),
    ("arbitrage", "(d, e)", "1", "values are swapped"),
    ("arbitrage", "((np.sqrt(ether * dollars * keep / price) - ether) / keep, d)", "1", "below zero"),
    ("arbitrage", "(e or -d / price, d or -e * price)", "1", "below zero"),
    ("arbitrage", "(1.02 * e, 1.02 * d)", "1", "paying in a little less would gain more"),
    ("arbitrage", "(0.98 * e, 0.98 * d)", "1", "paying in a little more would gain more"),
    ("arbitrage", "(0, 0)", "1", "differ by more than the fee"),
    ("arbitrage", "(e, d) if e + d else (0, 1)", "2", "so nobody trades"),
    ("arbitrage", "e + d", "0", "should be 2 numbers"),
    ("sandwich", "(profit + front_run, loss)", "1", "subtract what was paid first"),
    ("sandwich", "(-profit, loss)", "1", "sign is turned round: what comes back"),
    ("sandwich", "(back(first.pool), loss)", "1", "where is the victim's trade?"),
    ("sandwich", "(back(pool), loss)", "1", "back-run meets the untouched pool"),
    ("sandwich", "(back(alone.pool), loss)", "1", "victim meets the untouched pool"),
    ("sandwich", "(back(second.pool, second.amount_out), loss)", "1", "sells what the victim got"),
    ("sandwich", "(profit, second.amount_out)", "1", "what the victim gets"),
    ("sandwich", "(profit, -loss)", "1", "a loss is counted as a positive number"),
    ("sandwich", "(profit, loss / alone.amount_out)", "1", "This is a ratio"),
    ("sandwich", "(profit, victim * dollars / ether - second.amount_out)", "1", "price on the screen"),
    ("safe_tolerance", "100 * safe", "0", "percentage"),
    ("safe_tolerance", "safe * alone if safe < 1 else 1", "0", "These are the dollars"),
    ("safe_tolerance", "run", "0", "This is the front-run; asked for"),
    ("safe_tolerance", "run / ether if run else 1", "2", "front-run as a part of the pool"),
    ("safe_tolerance", "safe / (1 - safe) if safe < 1 else 1", "1", "not by what is left"),
    ("safe_tolerance", "right_safe_tolerance(victim, gas, ether, dollars, 0)", "1 or 2", "The fee is missing"),
    ("safe_tolerance", "gas / victim if safe < 1 else 1", "1 or 2", "exactly what the victim loses"),
    ("safe_tolerance", "0", "1", "With a tolerance of 0 you are safe"),
    ("safe_tolerance", "1", "0", "You were attacked: at a tolerance of 1"),
    ("safe_tolerance", "1.3 * safe if safe < 1 else 1", "1", "You were attacked"),
    ("safe_tolerance", "0.9 * safe if safe < 1 else 1", "2", "too careful"),
    ("safe_tolerance", "-0.01", "0", "between 0 and 1"),
    ("safe_tolerance", "np.nan", "0", "between 0 and 1"),
    ("safe_tolerance", "safe if safe < 1 else 0", "2", "return 1 where nothing pays"),
    ("turning_volume", "(last[0], R[1])", "2", "not at the last one only"),
    ("turning_volume", "(sum(each), R[1])", "2", "meets the untouched pool"),
    ("turning_volume", "(-R[0], R[1])", "2", "sign is turned round"),
    ("turning_volume", "(R[0] / fee, R[1])", "2", "the gain comes first"),
    ("turning_volume", "(R[0], last[1] if len(prices) > 2 else R[1])", "2", "not at the last one only"),
    ("turning_volume", "(R[0], R[1] * fee)", "2", "brings only the fee"),
    ("turning_volume", "(R[0], R[0] / fee if len(prices) > 2 else R[1])", "2", "not what you are behind"),
    ("turning_volume", "(R[0], -R[1])", "2", "a volume is positive"),
    ("turning_volume", "(R[0], ahead / fee)", "2", "ahead of the drawer without passers-by"),
    ("who_paid", "{}", "0", "Nothing was found"),
    ("who_paid", "total(-1, 1)", "0", "sign is turned round"),
    ("who_paid", "total(1, 0)", "1", "What the role pays is missing"),
    ("who_paid", "total(1, 1)", "1", "added to what it receives"),
    ("who_paid", "total(0, -1)", "0", "Nothing was found"),
    ("who_paid", "total(1, -1, price=1)", "1", "one for one"),
    ("who_paid", "total(1, -1, inside=1)", "2", "between two of the same role"),
    ("who_paid", "{'bot': 1.0}", "0", "is not a role"),
    ("who_paid", "sum(paid.values())", "0", "should return a dictionary"),
    ("who_paid", "{each: 2 * amount for each, amount in paid.items()}", "0", "should be"),
]


def test_the_example_day_is_conserved_and_always_the_same():
    day = example_day()
    day.check_conserved()
    assert day.transfers().equals(example_day().transfers())
    total = {role: row["total"] for role, row in profits(day).items()}
    assert total["outside market"] == total["total"] == 0
    assert min(total["arbitrageurs"], total["attackers"], total["validators"]) > 0 > total["traders"]


def test_every_day_is_conserved_and_the_table_of_the_course_agrees_with_who_paid():
    notebook = {}
    exec(RIGHT, notebook)
    for seed in range(20):
        day = example_day(np.random.default_rng(seed))
        day.check_conserved()
        for role, row in profits(day).items():
            if role != "total":
                paid = notebook["who_paid"](day.transfers(), day.roles, day.price("ETH"), role)
                assert sum(paid.values()) == pytest.approx(row["total"], abs=1e-6)


class TestLiquidityAndMev(LabContract):
    answers = answers
    mistakes = MISTAKES
    inside = PIECES
    other_ways = OTHER_WAYS
    chains = [
        ("position", "(ether * price, 0.0)", ["break_even_volume"]),
        ("position", "(0.9 * (ether * price + dollars), -0.05)", ["break_even_volume"]),
        ("arbitrage", "(0.9 * e, 0.9 * d)", ["turning_volume"]),
        ("sandwich", "(2 * profit, loss)", ["safe_tolerance"]),
        ("sandwich", "(profit, 1.1 * loss)", ["safe_tolerance"]),
    ]
    total = 19

    @staticmethod
    def by_hand(notebook):
        assert notebook["position"](4_000, 1, 1_000) == pytest.approx((4_000, -0.2))
        assert notebook["position"](250, 1, 1_000)[1] == pytest.approx(-0.2)
        volume = notebook["break_even_volume"](4_000, 1, 1_000, 0.003, 1)
        assert (round(volume), round(volume / 2_000)) == (333_333, 167)
        assert notebook["arbitrage"](400, 10, 1_000, 0) == (0, pytest.approx(1_000))
        assert 10 * 400 + 1_000 - notebook["position"](400, 10, 1_000)[0] == pytest.approx(1_000)
        assert notebook["sandwich"](10, 10, 10, 1_000, 0) == pytest.approx((8, 500 - 166.67), abs=0.005)
        assert notebook["safe_tolerance"](20, 0.1, 1_000, 2e6, 0.003) < 0.01
        assert notebook["safe_tolerance"](2, 0.1, 1_000, 2e6, 0.003) == 1
        assert notebook["turning_volume"]([400, 100], 10, 1_000, 1e-6) == (pytest.approx(1_500, rel=1e-4), 0)
