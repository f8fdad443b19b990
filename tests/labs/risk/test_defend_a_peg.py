"""The checks of the lab on pegs: right answers get all points, each usual mistake is named."""

import pytest

from defi_lib.labs.risk.defend_a_peg import lab
from defi_lib.labs.risk.defend_a_peg.world import EXAMPLE, survives
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
from math import inf, sqrt

import numpy as np

from defi_lib.labs.risk.defend_a_peg.world import RULES, cheapest, cost, paid, pairs

def claims(liquid, discount, leaving):
    everything = liquid + (1 - liquid) * (1 - discount)
    if leaving >= everything:
        return everything / leaving, 0
    sold = max(leaving - liquid, 0) / (1 - discount)
    left = 1 - min(leaving, liquid) - sold
    return 1, left / (1 - leaving)

def tipping(liquid, discount, interest, fee):
    if liquid == 1 or discount == 0:
        return inf
    stays, leaves = 1 + interest, 1 - fee
    sale = stays / (1 - discount)
    return (stays * (1 - liquid) + sale * liquid - leaves) / (sale - leaves)

def weekend_price(pool, sold, doubted, recovery, capital):
    coins, dollars = pool
    product, worth = coins * dollars, 1 - doubted * (1 - recovery)
    dollars = product / (coins + sold)
    needed = max(sqrt(product * worth) - dollars, 0)
    return (dollars + min(needed, capital)) ** 2 / product

def defended(pool, sold, module, fee):
    product, coins = pool[0] * pool[1], pool[0] + sold
    brought = max(coins - sqrt(product * (1 + fee)), 0)
    brought = min(brought, module * (1 + fee))
    return product / (coins - brought) ** 2, module - brought / (1 + fee)

def price_path(pool, sold, fee, capital, bound, days):
    product = pool[0] * pool[1]
    dollars = product / (pool[0] + sold)
    free, prices = [capital] + [0] * (days + bound), []
    for day in range(days):
        spent = min(free[day], max(sqrt(product / (1 + fee)) - dollars, 0))
        free[day + bound] += (product / dollars - product / (dollars + spent)) / (1 + fee)
        dollars += spent
        prices.append(dollars**2 / product)
    return prices

def design(coin):
    rates, found = [0, *np.linspace(coin.outside_rate, coin.outside_rate + 0.12, 11)], []
    module, savings = pairs(np.linspace(0, 18 * max(coin.past["outflow"]), 21), rates)
    cash, buffer = pairs(np.linspace(0, 0.7, 29), np.linspace(0, 0.12, 41))
    for fee in (0, 0.005, 0.01):
        one = {"cash": 0, "module": module, "buffer": 0, "fee": fee, "savings": savings, "rule": RULES[0]}
        one = cheapest(coin, one, ["weekend", "outflow"]) | {"cash": cash, "buffer": buffer}
        found += [cheapest(coin, one | {"rule": rule}, ["run", "bank", "weekend"]) for rule in RULES]
    return min(filter(None, found), key=lambda one: cost(coin, one))

from tests.labs.risk.solved import once
design = once(design)

def breaking_loss(coin, chosen, leaving):
    fine = lambda lost: paid(coin, chosen, leaving, lost).enough
    if fine(1):
        return inf
    if not fine(0):
        return 0
    low, high = 0, 1
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if fine(middle) else (low, middle)
    return low
"""

#: Other ways: the library's functions, a rule of thumb with a search by hand, many losses tried at once.
OTHER_WAYS = {
    "the library": """
from defi_lib.exchange import ConstantProductPool
from defi_lib.risk import hold_peg, run_on_reserve, shut_weekend

def claims(liquid, discount, leaving):
    run = run_on_reserve(liquid, 1 - liquid, leaving, discount)
    return run.per_leaving, run.per_other

def weekend_price(pool, sold, doubted, recovery, capital):
    return shut_weekend(ConstantProductPool(pool, fee=0), sold, doubted, recovery, capital).price

def defended(pool, sold, module, fee):
    run = hold_peg([sold], ConstantProductPool(pool, fee=0), gem=module, tout=fee, capital=1e6)
    return run.price[0], run.gem[0]

def price_path(pool, sold, fee, capital, bound, days):
    flows = [sold] + [0] * (days - 1)
    run = hold_peg(flows, ConstantProductPool(pool, fee=0), gem=1e6, tout=fee, capital=capital, bound=bound)
    return run.price
""",
    "by trying": """
def tipping(liquid, discount, interest, fee):
    low, high = 0.0, 1 - 1e-9
    if (1 + interest) * claims(liquid, discount, high)[1] >= 1 - fee:
        return inf
    for _ in range(60):
        middle = (low + high) / 2
        if (1 + interest) * claims(liquid, discount, middle)[1] >= 1 - fee:
            low = middle
        else:
            high = middle
    return low

def breaking_loss(coin, chosen, leaving):
    low, step = 0, 0.001
    while step > 1e-8:
        losses = low + step * np.arange(1001)
        fine = paid(coin, chosen, leaving, losses[losses <= 1]).enough
        if step == 0.001 and (fine.all() or not fine.any()):
            return inf if fine.all() else 0
        low, step = losses[np.sum(fine) - 1], step / 1000
    return low
""",
}

PARAMETERS = {
    "claims": "liquid, discount, leaving",
    "tipping": "liquid, discount, interest, fee",
    "weekend_price": "pool, sold, doubted, recovery, capital",
    "defended": "pool, sold, module, fee",
    "price_path": "pool, sold, fee, capital, bound, days",
    "design": "coin",
    "breaking_loss": "coin, chosen, leaving",
}

answers = Answers(lab, RIGHT, PARAMETERS)

#: What the mistakes below are made of.
PIECES = """
def path(pool, sold, fee, capital, bound, days, floor=0, gain=1, again=1):
    (x, y), coming, found = pool, [0.0] * (days + bound + 1), []
    coins, free, floor = x + sold, capital, floor or 1 / (1 + fee)
    for day in range(days):
        free += coming[day]
        spent = min(free, max(sqrt(x * y * floor) - x * y / coins, 0))
        bought = coins - x * y / (x * y / coins + spent)
        coins, free = coins - bought, free - spent
        coming[day + bound] += again * (bought / (1 + fee) if gain else spent)
        found.append(x * y / coins**2)
    return found
"""

INSIDE = {
    "claims": "P = liquid + (1 - liquid) * (1 - discount)\n"
    "sales, many, all = liquid < leaving < P, P < leaving < 1, leaving == 1\nstay = max(1 - leaving, 1e-9)",
    "tipping": "none = liquid == 1 or discount == 0\nP = liquid + (1 - liquid) * (1 - discount)\n"
    "given = dict(liquid=liquid, discount=discount, interest=interest, fee=fee)\n"
    "T = lambda **more: right_tipping(**{**given, **more})",
    "weekend_price": "x, y = pool; k = x * y; worth = 1 - doubted * (1 - recovery); c, d = x + sold, k / (x + sold)\n"
    "R = right_weekend_price(pool, sold, doubted, recovery, capital)\n"
    "first, calm = R < worth - 1e-9, d / c > worth",
    "defended": "x, y = pool; k = x * y; floor = 1 / (1 + fee); at = sqrt(k * (1 + fee))\n"
    "R = right_defended(pool, sold, module, fee)\nc = x + sold - at; tiny = c < 0; empty = R[1] < 1e-3",
    "price_path": "given = pool, sold, fee, capital, bound, days",
    "breaking_loss": "inside = 0 < right_breaking_loss(coin, chosen, leaving) < inf",
}

#: question, wrong result, points that are left, words of the feedback
MISTAKES = [
    ("claims", "(1, 1) if sales else R", "2", "who stays pays nothing"),
    (
        "claims",
        "(1, (1 - liquid - (leaving - liquid) * (1 - discount)) / stay) if sales else R",
        "2",
        "more than a dollar's",
    ),
    (
        "claims",
        "(1, (1 - liquid - (leaving - liquid) * (1 + discount)) / stay) if sales else R",
        "2",
        "which is more than",
    ),
    ("claims", "(1, R[1] * stay) if sales else R", "2", "all who stay get together"),
    ("claims", "(leaving + R[1] * stay,) * 2 if sales else R", "2", "not an equal share"),
    ("claims", "(1, R[1] * (1 - discount)) if sales else R", "2", "without a discount"),
    ("claims", "(1, 0) if many else R", "2", "last in the queue"),
    ("claims", "(P, 0) if many else R", "2", "get together"),
    ("claims", "(liquid / leaving, 0) if many else R", "2", "bonds are sold too"),
    ("claims", "(1, 1) if all else R", "2", "the last get nothing"),
    ("claims", "(liquid, 1) if all else R", "2", "cash alone"),
    ("claims", "(1 - discount, 1) if all else R", "2", "the cash does not"),
    ("claims", "(1 - P, 1) if all else R", "2", "what is lost"),
    ("claims", "R[0]", "0", "should be 2 numbers"),
    ("tipping", "R if none else liquid", "0", "where sales begin"),
    ("tipping", "R if none else P", "0", "long before"),
    ("tipping", "R if none else 1 - R", "0", "still stays"),
    ("tipping", "R if none else T(discount=discount / (1 + discount))", "0", "a dollar paid out costs"),
    ("tipping", "R if none else T(fee=0)", "1", "fee is missing"),
    ("tipping", "R if none else T(fee=-fee)", "1", "makes staying better"),
    ("tipping", "R if none or not fee else T(interest=0)", "1", "interest is missing"),
    ("tipping", "1 if liquid == 1 else R", "1", "all of the reserve is cash"),
    ("tipping", "1 if discount == 0 else R", "1", "a sale costs nothing"),
    ("weekend_price", "d / c", "0", "buyers are missing"),
    ("weekend_price", "worth", "0", "not enough dollars"),
    ("weekend_price", "(d + capital) / c if first else R", "1", "Buyers take coins out"),
    ("weekend_price", "(y - d) / sold", "0", "on average"),
    ("weekend_price", "(y + capital) ** 2 / k", "0", "one after the other"),
    ("weekend_price", "R if first or calm else (d + capital) ** 2 / k", "1", "Buyers stop"),
    ("weekend_price", "R if first or calm else 1 - doubted", "1", "part `recovery`"),
    ("weekend_price", "R if first or calm else 1 - doubted * recovery", "1", "rest of it"),
    ("weekend_price", "R if first or calm else 1", "1", "do not pay a dollar"),
    ("weekend_price", "worth if calm else R", "1", "nobody buys then"),
    ("weekend_price", "(d + capital) ** 2 / k if calm else R", "1", "none buys"),
    ("weekend_price", "1 if calm else R", "1", "but it moves"),
    ("defended", "R if tiny or empty else (1, module - sold)", "1", "stops paying below"),
    ("defended", "R if tiny or empty else (1 - fee, module - c * (1 - fee))", "1", "A coin and the fee"),
    ("defended", "R if tiny or empty else (floor, module - sold * floor)", "1", "pool bears a part"),
    ("defended", "R if tiny or empty else (floor, module - c)", "1", "not a whole one"),
    ("defended", "R if tiny or empty else (floor, module - k / at + k / (x + sold))", "1", "is theirs"),
    ("defended", "R if tiny or empty else (floor, c * floor)", "1", "what the module paid"),
    ("defended", "R if tiny or empty else (k / (x + sold) ** 2, module)", "1", "module is missing"),
    ("defended", "(floor, 0) if empty else R", "1", "before the price is back"),
    ("defended", "(floor, module - c * floor) if empty else R", "1", "more than it has"),
    ("defended", "(k / (x + sold - module) ** 2, 0) if empty else R", "1", "more coins than dollars"),
    ("defended", "(k / (x + sold - module * floor) ** 2, 0) if empty else R", "1", "not fewer than one"),
    ("defended", "(floor, module) if tiny else R", "1", "nobody uses the module"),
    ("defended", "(floor, module - c * floor) if tiny else R", "1", "nobody brings a coin"),
    ("price_path", "path(*given, again=0)", "1", "buys once more"),
    ("price_path", "path(*given, gain=0)", "1", "keep what they gain"),
    ("price_path", "[(pool[0] / (pool[0] + sold)) ** 2, *R[:-1]]", "0", "after the buyers"),
    ("price_path", "path(*given[:4], 1, days)", "2", "not on the next"),
    ("price_path", "R if bound < 3 else path(*given[:4], bound + 1, days)", "2", "a day too many"),
    ("price_path", "R if bound < 3 else path(*given[:4], bound - 1, days)", "2", "a day too few"),
    (
        "price_path",
        "R if days == 10 or capital < pool[0] / 10 else [R[0]] * 3 + [1]",
        "2",
        "on the first day, and stays",
    ),
    ("price_path", "R if capital else [1] * days", "2", "Without money"),
    ("price_path", "R if sold > 0.05 * pool[0] else [1 / (1 + fee)] * days", "2", "so small a sale"),
    ("price_path", "R[-1]", "0", "should be 10 numbers"),
    ("design", "[*R.values()]", "0", "should return a dictionary"),
    ("design", "{'cash': 0.1}", "0", "'module' is missing"),
    ("design", "{**R, 'modul': 0.1}", "0", "there is no 'modul'"),
    ("design", "{**R, 'cash': 8}", "0", "allowed is from 0 to 1"),
    ("design", "{**R, 'fee': -0.1}", "0", "allowed is from 0 to 0.1"),
    ("design", "{**R, 'savings': inf}", "0", "is inf"),
    ("design", "{**R, 'buffer': inf - inf}", "0", "is nan"),
    ("design", "{**R, 'cash': 0.7, 'module': 0.7}", "0", "1.4 together"),
    ("design", "{**R, 'rule': 'never'}", "0", "choose one of first come"),
    ("design", "{**R, 'rule': ['suspension']}", "0", "choose one of first come"),
    ("design", "{**R, 'cash': np.array([0.1, 0.2])}", "0", "should be 1 number"),
    ("breaking_loss", "R * chosen['cash'] if inside else R", "0", "part of the supply"),
    ("breaking_loss", "1 - R if inside else R", "0", "must be left"),
    ("breaking_loss", "1 / coin.banks if inside else R", "0", "one bank holds"),
    ("breaking_loss", "R * coin.banks if inside else R", "0", "number of banks"),
    (
        "breaking_loss",
        "right_breaking_loss(coin._replace(recovery=0), chosen, leaving) if inside else R",
        "0",
        "comes back",
    ),
    ("breaking_loss", "R or 1", "1", "fails even if nothing is lost"),
    ("breaking_loss", "min(R, 1)", "1", "even if all of its cash"),
]


class TestDefendAPeg(LabContract):
    answers = answers
    mistakes = MISTAKES
    pieces = PIECES
    inside = INSIDE
    other_ways = OTHER_WAYS
    chains = [
        ("claims", "(R[0], R[1] / 2)", ["tipping", "design", "breaking_loss"]),
        ("tipping", "R / 2", ["design", "breaking_loss"]),
        ("weekend_price", "R / 2", ["design", "breaking_loss"]),
        ("defended", "(1, module)", ["price_path", "design", "breaking_loss"]),
        ("price_path", "R[::-1]", ["design", "breaking_loss"]),
        ("design", "{**R, 'cash': 1 - R['module']}", ["breaking_loss"]),
    ]
    total = 18
    seeds = 3

    @staticmethod
    def by_hand(notebook):
        at = {name: notebook[name] for name in PARAMETERS}
        assert at["claims"](0.2, 0.1, 0.56) == pytest.approx((1, 0.4 / 0.44))
        assert at["claims"](0.2, 0.1, 1.0)[0] == pytest.approx(0.92)
        assert at["tipping"](0.2, 0.1, 0.05, 0) == pytest.approx(0.44)
        assert at["weekend_price"]((100, 100), 25, 0.1, 0.5, 10) == pytest.approx(0.81)
        assert at["weekend_price"]((100, 100), 25, 0.1, 0.5, 17.47) == pytest.approx(0.95, abs=1e-3)
        assert at["defended"]((100, 100), 25, 50, 0.0201) == pytest.approx((1 / 1.0201, 50 - 24 / 1.0201))
        assert at["defended"]((100, 100), 25, 10, 0.0201) == pytest.approx((0.7588, 0), abs=1e-4)
        path = at["price_path"]
        assert path((100, 100), 25, 0.0201, 10, 1, 3) == pytest.approx([0.81, 1 / 1.0201, 1 / 1.0201])
        assert path((100, 100), 25, 0.0201, 10, 2, 3) == pytest.approx([0.81, 0.81, 1 / 1.0201])
        thin = {"cash": 0.4, "module": 0, "buffer": 0.03, "fee": 0, "savings": 0, "rule": "first come"}
        assert at["breaking_loss"](EXAMPLE, thin, 0.1) == pytest.approx(0.195)
        assert survives(EXAMPLE, at["design"](EXAMPLE), "run", max(EXAMPLE.past["run"])).all()
