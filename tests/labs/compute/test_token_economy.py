"""The checks of the lab on a token economy: right answers get all points, each usual mistake and death is named."""

import math

import numpy as np
import pytest

from defi_lib.compute import TokenEconomy, simulate_token_economy, simulate_treasury
from defi_lib.labs import kit
from defi_lib.labs.compute.token_economy import lab, network
from defi_lib.labs.compute.token_economy.network import (
    FEWEST,
    MONTHS,
    NETWORK,
    TREASURY,
    Market,
    Network,
    books,
    draw_markets,
    live,
    show_survival,
    show_who_paid,
)
from defi_lib.labs.compute.token_economy.survival import _runway
from defi_lib.ledger import profits
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
from math import exp, inf
from defi_lib.labs.compute.token_economy import NETWORK

def burn_mint(supply, minted, spent, price):
    return spent / price, supply + minted - spent / price

def token_price(supply, minted, spent, belief):
    price = (belief + spent) / (supply + minted)
    return price, spent / minted if minted else inf, burn_mint(supply, minted, spent, price)[1] - supply

def provider_pay(minted, price, revenue, providers, cost):
    pay = minted * price + revenue
    return pay / providers, minted * price / pay if pay else 0, pay / cost

def run(network, market, emission, belief_follows=True, measure=max, grow=exp, after=False, before=False,
        spend=None, earn=None, power=None):
    supply, providers, left = network.supply, network.providers, network.budget
    last, lists = market.belief[0] / supply, ([], [], [])
    for month, paid in enumerate(market.paid):
        spent = paid * (network.burned if spend is None else spend)
        revenue = paid * (1 - network.burned if earn is None else earn)
        minted = emission(month, last, revenue, left)
        belief = market.belief[month]
        if belief_follows:
            belief *= (providers / network.providers) ** (power or network.follow)
        last = token_price(supply, minted, spent, belief)[0]
        old, supply = supply, burn_mint(supply, minted, spent, last)[1]
        left -= minted
        income = provider_pay(minted, last, revenue, providers, network.cost)[0]
        change = (income - network.cost) / measure(income, network.cost)
        following = providers * grow(network.speed * change)
        for one, value in zip(lists, (last, old if before else supply, following if after else providers)):
            one.append(value)
        providers = following
    return lists

def runway(cash, tokens, income, spending, prices):
    for month, (coming, price) in enumerate(zip(income, prices)):
        cash += coming
        if cash + tokens * price < spending * (1 - 1e-9):
            return month
        missing = max(spending - cash, 0)
        cash, tokens = cash + missing - spending, tokens - missing / price
    return len(prices)

treasury_share = 0.2

def emission(month, last, revenue, left):
    wanted = 1_070 if last > 0.4 else 870
    return min(max(wanted * NETWORK.cost - revenue, 0) / last, left)
"""

SIGNATURES = {
    "burn_mint": "supply, minted, spent, price",
    "token_price": "supply, minted, spent, belief",
    "provider_pay": "minted, price, revenue, providers, cost",
    "run": "network, market, emission",
    "runway": "cash, tokens, income, spending, prices",
    "emission": "month, last, revenue, left",
}

answers = Answers(lab, RIGHT, SIGNATURES)

PIECES = {
    "burn_mint": "tokens = spent / price",
    "token_price": "price, rest, change = R0 = right_token_price(supply, minted, spent, belief)",
    "provider_pay": "value = minted * price; pay = value + revenue",
    "run": "",
    "runway": "",
    "emission": "",
}

#: Question, what the wrong function returns (R: what the right one does), points, what must be said.
MISTAKES = [
    ("burn_mint", "spent, R[1]", "1.5", "These are dollars"),
    ("burn_mint", "spent * price, R[1]", "1.5", "divide"),
    ("burn_mint", "abs(minted - tokens), R[1]", "1.5", "not their change"),
    ("burn_mint", "tokens, supply + minted - spent", "0.5", "take off the *tokens*"),
    ("burn_mint", "tokens, supply - minted + tokens", "1", "turned it round"),
    ("burn_mint", "tokens, supply - tokens", "0.5", "new tokens are missing"),
    ("burn_mint", "tokens, supply + minted", "0.5", "Nothing was burned"),
    ("burn_mint", "tokens, minted - tokens", "0.5", "supply afterwards"),
    ("burn_mint", "tokens, supply + minted + tokens", "0.5", "take them off"),
    ("burn_mint", "tokens", "0", "at least 1 values"),
    ("token_price", "((belief + spent) / supply, rest, change)", "2", "there already"),
    ("token_price", "(belief / (supply + minted), rest, change)", "2", "dollars are missing"),
    ("token_price", "(belief / supply, rest, change)", "2", "both count"),
    ("token_price", "((belief - spent) / (supply + minted), rest, change)", "2", "add them"),
    ("token_price", "(rest, price, change)", "1 or 1.5", "are swapped"),
    ("token_price", "(price, 1 / rest if minted else rest, change)", "2.5", "turned round"),
    ("token_price", "(price, belief / supply if minted else rest, change)", "2.5", "no part in it"),
    ("token_price", "(price, rest, -change)", "2", "sign is turned round"),
    ("token_price", "(price, rest, supply + change)", "2", "by how much it changes"),
    ("token_price", "(price, rest, 0)", "2", "not at that of rest"),
    ("token_price", "(price, rest, minted)", "2", "burned is missing"),
    ("token_price", "(price, spent / max(minted, 1e-9), change)", "2.5", "inf"),
    ("provider_pay", "((minted + revenue) / providers, *R[1:])", "1.5 or 2", "multiply by the price"),
    ("provider_pay", "(value / providers, *R[1:])", "2", "customers pay is missing"),
    ("provider_pay", "(revenue / providers, *R[1:])", "2", "new tokens are missing"),
    ("provider_pay", "(pay, *R[1:])", "2", "of all of them"),
    ("provider_pay", "(R[0] - cost, *R[1:])", "1.5", "cost is not taken off"),
    ("provider_pay", "(R[0], value / revenue if revenue else 0, R[2])", "2", "by all that providers get"),
    ("provider_pay", "(R[0], 1 - R[1] if pay else 0, R[2])", "2", "that customers pay"),
    ("provider_pay", "(R[0], 100 * R[1], R[2])", "2", "percentage"),
    ("provider_pay", "(R[0], minted / (minted + revenue) if pay else 0, R[2])", "2", "multiply by the price"),
    ("provider_pay", "(*R[:2], R[0] / cost)", "2.5", "pay of *all*"),
    ("provider_pay", "(*R[:2], revenue / cost)", "2.5", "customers alone"),
    ("provider_pay", "(*R[:2], pay // cost)", "2.5", "Do not round"),
    ("provider_pay", "(*R[:2], providers)", "2", "can the pay keep"),
    ("provider_pay", "(R[0], value / pay, R[2])", "2.5", "ZeroDivisionError"),
    ("run", "right_run(network, market, emission, spend=1)", "0", "here all of it does"),
    ("run", "right_run(network, market, emission, earn=1)", "1", "does not reach providers"),
    ("run", "right_run(network, market, emission, belief_follows=False)", "1", "Belief follows"),
    ("run", "right_run(network, market, emission, power=1)", "1", "exponent is missing"),
    ("run", "right_run(network, market, emission, measure=lambda a, b: b)", "1", "the larger"),
    ("run", "right_run(network, market, emission, grow=lambda change: 1 + change)", "1", "multiplied by `exp"),
    ("run", "right_run(network, market, emission, grow=lambda change: 1)", "1", "never change"),
    ("run", "right_run(network, market, emission, after=True)", "0", "worked *in* the month"),
    ("run", "right_run(network, market, emission, before=True)", "0", "supply *after*"),
    ("run", "[list(each) for each in zip(*R)]", "0", "three lists, with"),
    ("run", "R[0]", "0", "three lists, with"),
    ("runway", "R + 1", "0", "does not count"),
    ("emission", "R + left", "0", "there may ever be"),
    ("emission", "-1", "0", "0 is the least"),
    ("emission", "float('nan')", "0", "0 is the least"),
    ("emission", "'all'", "0", "a number of tokens"),
]

#: What a rule may be told instead, and what must be said.
TOLD = [
    ("month, last, revenue, network.budget", 3, "is left of the budget"),
    ("month, market.belief[0] / network.supply, revenue, left", 3, "the price of the month before"),
    ("month, last, market.paid[month], left", 3, "the revenue of providers"),
    ("month + 1, last, revenue, left", 1, "In month 0 the rule is told 1; the month is 0"),
]

#: Wrong treasuries that need more than a line.
PURSES = """
def purse(cash, tokens, income, spending, prices, rich=False, first=False, at_once=False, own=True, start=False):
    if rich:
        cash, tokens = cash + tokens * prices[0], 0
    for month, price in enumerate(prices):
        cash += income[month] * own
        missing = spending if first else max(spending - cash, 0)
        sold = tokens if at_once and missing else min(tokens, missing / price)
        cash, tokens = cash + sold * price, tokens - sold
        if cash < spending * (1 - 1e-9):
            return month
        cash -= spending
    return len(prices)
"""

WRONG_PURSES = [
    ("rich=True", "1", "today's price"),
    ("first=True", "1", "Cash comes first"),
    ("at_once=True", "1", "not all at once"),
    ("own=False", "1.5", "bring in each month"),
]

#: Other rules that keep the network alive.
SENSIBLE = {
    "three steps": "max(1_000 * (110 if last > 0.6 else 104 if last > 0.35 else 87) - revenue, 0) / last",
    "what tokens are left decides too": "max((106_000 if last > 0.4 and left > 2e6 else 87_000) - revenue, 0) / last",
}

#: Rules that come to mind first: the points, what the first feedback must say.
NAIVE = {
    "nothing": ("0", "0", "Nothing was ever minted"),
    "all at once": ("left", "0", "almost everything at once"),
    "all at once, later": ("left if month == 6 else min(90_000, left)", "0", "The budget was used up in month 6"),
    "always the same": ("min(NETWORK.budget / 60, left)", "0.5", "same number of tokens every month"),
    "always the same of the rest": ("left / (60 - month)", "0.5", "same number of tokens every month"),
    "the same, and more": ("min(400_000, left)", "0", "The budget was used up in month"),
    "halving every two years": ("min(260_000 * 0.5 ** (month // 24), left)", "0.5", "tokens were left"),
    "always the same dollars": ("min(100_000 / last, left)", "0.5", "besides what customers paid"),
    "what all lack": ("min(max(100_000 - revenue, 0) / last, left)", "1.5", "The budget was used up in month"),
    "what all lack, with a reserve": ("min(max(100_000 - revenue, 0) / last, left / 8)", "1.5", "Long winter"),
    "a little more, with a reserve": ("min(max(105_000 - revenue, 0) / last, left / 6)", "1.5", "Long winter"),
    "what all lack, but no more than fits the time": (
        "min(max(106_000 - revenue, 0) / last, 2 * left / (60 - month), left)",
        "1.5",
        "Long winter",
    ),
    "what the fewest lack": ("min(max(88_000 - revenue, 0) / last, left)", "0.5", "tokens were left"),
    "dollars that taper": ("min(1_000 * max(95 - 1.4 * month, 0) / last, left)", "1.5", "Long winter"),
    "dollars in steps": ("min(90_000 * (1 - 0.2 * (month // 12)) / last, left)", "1.5", "Long winter"),
}


def rule(source):
    return f"def emission(month, last, revenue, left):\n    return {source}\n"


@pytest.mark.parametrize(("how", "points", "said"), WRONG_PURSES)
def test_a_wrong_treasury_is_told_what_is_wrong(how, points, said):
    call = f"purse({SIGNATURES['runway']}, {how})"
    answers.assert_named("runway", call, points, said, before=PURSES)


@pytest.mark.parametrize(("told", "points", "said"), TOLD)
def test_a_rule_that_is_told_something_else(told, points, said):
    rule = f"lambda month, last, revenue, left: emission({told})"
    wrong = f"right = run\ndef run(network, market, emission):\n    return right(network, market, {rule})\n"
    for seed in range(12):
        result = answers.feedback("run", seed, wrong)
        assert said in result.text and result.points == points, (seed, result.text)


def test_a_rule_is_asked_once_a_month():
    wrong = """
right = run
def run(network, market, emission):
    return right(network, market, lambda *now: (emission(*now) + emission(*now)) * 0.6)
"""
    assert "once in each month: 1 in all; yours asks it 2 times" in answers.feedback("run", 1, wrong).text


def test_the_first_number_that_differs_is_shown():
    for changed, said in (("follow=3", "In month 1 the price should be"), ("speed=9", "In month 1 the")):
        wrong = f"right = run\ndef run(network, *rest):\n    return right(network._replace({changed}), *rest)\n"
        assert said in answers.feedback("run", 1, wrong).text


@pytest.mark.parametrize("share", [0.17, 0.2, 0.21])
def test_the_treasury_needs_some_part_of_what_customers_pay(share):
    answers.assert_right("emission", f"treasury_share = {share}", seeds=8)


@pytest.mark.parametrize("name", NAIVE)
def test_a_naive_design_dies_for_all_seeds_and_is_told_why(name):
    source, points, said = NAIVE[name]
    for seed in range(12):
        result = answers.feedback("emission", seed, rule(source))
        assert (repr(result), result.status) == (points, kit.PARTLY if points != "0" else kit.WRONG), (seed, result)
        assert said in result.text and "in month" in result.text, (seed, result.text)


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (0, "the treasury cannot pay"),
        (0.1, "the treasury cannot pay"),
        (0.5, "providers are left"),
        (1, "providers are left"),
    ],
)
def test_a_treasury_that_gets_too_little_or_too_much_is_told(share, said):
    for seed in range(10):
        result = answers.feedback("emission", seed, f"treasury_share = {share}")
        assert said in result.text and result.points < 3, (seed, result.text)


@pytest.mark.parametrize("share", ["-0.1", "1.5", "20"])
def test_a_share_is_between_0_and_1(share):
    result = answers.feedback("emission", 1, f"treasury_share = {share}")
    assert "from 0 to 1" in result.text and result.points == 0


def test_the_feedback_names_the_market_so_that_it_can_be_drawn_again():
    result = answers.feedback("emission", 5, rule("min(NETWORK.budget / 60, left)"))
    kind, rest = result.text.split(" of `draw_markets(")
    seed, said = rest.split(")`: ", 1)
    emission = {}
    exec(
        "from defi_lib.labs.compute.token_economy.network import NETWORK\n" + rule("min(NETWORK.budget / 60, left)"),
        emission,
    )
    assert live(emission["emission"], 0.2, draw_markets(int(seed))[kind]).killed == said


@pytest.mark.parametrize("stub", ["treasury_share = (\n    ...\n)", "treasury_share = None"])
def test_a_share_that_is_not_filled_in(stub):
    result = answers.feedback("emission", 1, stub)
    assert (result.status, result.points) == (kit.UNANSWERED, 0)


def test_the_network_of_the_text():
    assert NETWORK[:5] == (20_000_000, 10_000_000, 1_000, 100, 0.2)
    assert (*TREASURY, FEWEST * NETWORK.providers, MONTHS) == (300_000, 1_000_000, 20_000, 850, 60)


def test_the_markets_of_the_text():
    for seed in range(30):
        boom, slow, crash, winter = draw_markets(seed).values()
        start = NETWORK.supply
        assert 2.7 < max(boom.belief) / start < 5.5 and 0.16 < boom.belief[28] / start < 0.45
        assert 0.15 < boom.belief[-1] / start < 0.24 and 108e3 < max(boom.paid[:20]) < 131e3
        assert all(0.8 < belief / start < 1.2 for belief in slow.belief)
        assert slow.paid[0] < 22e3 and slow.paid[-1] > 115e3
        assert min(crash.belief[:22]) > 0.85 * start and max(crash.belief[32:]) < 0.25 * start
        assert all(73e3 <= paid <= 83e3 for paid in crash.paid[28:36]) and crash.paid[-1] > 145e3
        assert winter.belief[0] > 0.9 * start and min(winter.belief[9:]) > 0.28 * start
        assert max(winter.belief[9:]) < 0.39 * start
        assert 54e3 < winter.paid[0] < 66e3 and all(66e3 < paid < 72e3 for paid in winter.paid[9:])
        assert all(len(path) == MONTHS for market in (boom, slow, crash, winter) for path in market)


class _Listed:
    """An emission schedule of the library that mints what a list says, a month at a time."""

    def __init__(self, minted):
        self.total = np.concatenate([[0.0], np.cumsum(minted)])

    def emitted(self, time):
        return np.interp(time * 12, np.arange(len(self.total)), self.total)


def test_a_life_is_that_of_the_librarys_economy():
    notebook = {}
    exec(RIGHT, notebook)
    for market in draw_markets(3).values():
        life = live(notebook["emission"], 0.2, market)
        assert life.lives and len(life.months) == MONTHS
        economy = TokenEconomy(
            NETWORK.supply,
            NETWORK.providers,
            12.0,
            1.0,
            12 * NETWORK.cost,
            exponent=NETWORK.follow,
            velocity=1e18,
            burned_share=NETWORK.burned,
            entry_speed=12 * NETWORK.speed,
            potential=1e18,
        )
        paid = 0.8 * np.array(market.paid)
        minted = [month.minted for month in life.months]
        same = simulate_token_economy(economy, _Listed(minted), MONTHS / 12, 12, paid, np.array(market.belief))
        for name in ("price", "supply", "providers", "burned"):
            assert np.allclose(getattr(same, name), [getattr(month, name) for month in life.months], rtol=1e-9)


def test_a_treasury_is_that_of_the_library():
    rng = np.random.default_rng(7)
    for _ in range(50):
        prices = list(np.exp(np.cumsum(rng.normal(-0.05, 0.1, 40))))
        cash, tokens = rng.uniform(0, 10, 2)
        mine = _runway(network_purse := (cash, tokens, [0.0] * 40, 1.0, prices))
        assert mine == simulate_treasury(cash, tokens, 1.0, prices).runway, network_purse


def test_the_ledger_of_a_life_is_conserved_and_ends_with_all_tokens():
    def dollars(month, last, revenue, left):
        return min(max(100_000 - revenue, 0) / last, left)

    for market in list(draw_markets(1).values())[:3]:  # in the long winter it dies
        ledger, life = books(dollars, 0.2, market), live(dollars, 0.2, market)
        ledger.check_conserved()
        treasury = {network.TOKEN: life.tokens[-1], "USD": life.cash[-1]}
        ledger.reconcile("treasury", treasury, 1e-6)
        rest = life.months[-1].supply - life.tokens[-1]
        ledger.reconcile("token holders", {network.TOKEN: rest}, 1e-6)
        result = profits(ledger)
        paid = sum(market.paid)
        assert math.isclose(result["customers"]["total"], -paid, rel_tol=1e-9)
        assert abs(result["providers"]["total"]) < 0.01 * NETWORK.cost * NETWORK.providers * MONTHS
        assert result["token holders"]["total"] < 0


def test_pictures_say_what_became_of_each_network():
    assert show_survival(..., 0.2) == show_survival(lambda *_: None, 0.2) == show_survival(lambda *_: 0, ...)
    assert show_who_paid(..., 0.2, draw_markets(1)["Crash"]) == show_survival(..., 0.2)
    picture = show_survival(lambda month, last, revenue, left: min(max(1e5 - revenue, 0) / last, left), 0.2)
    assert picture.sentence.count("**lives**") == 3 and "Long winter: **dies**" in picture.sentence
    assert show_survival(lambda *_: 0, 0.2).sentence.count("**dies**: in month") == 4
    assert show_survival(lambda *_: -1, 0.2).sentence.count("0 is the least") == 4
    paid = show_who_paid(lambda month, last, revenue, left: min(1e5 / last, left / 9), 0.2, draw_markets(1)["Crash"])
    assert "**token holders** least" in paid.sentence


def test_what_the_last_questions_of_the_text_find():
    notebook = {}
    exec(RIGHT, notebook)
    run, mine = notebook["run"], notebook["emission"]
    boom, slow, *_ = draw_markets(1).values()

    def flat(month, last, revenue, left):
        return min(NETWORK.budget / 60, left)

    wild, tame = (run(NETWORK._replace(follow=1), boom, rule)[2] for rule in (flat, mine))
    assert max(wild) > 20_000 and wild[-1] < 1_500 and max(tame) < 1_200
    burning, not_burning = (run(NETWORK._replace(burned=part), slow, mine) for part in (0.2, 0))
    assert not_burning[1][-1] > burning[1][-1] and not_burning[0][-1] > burning[0][-1]
    assert profits(books(mine, 0.2, slow))["token holders"]["total"] < -2e6


#: Answers that need no thought, tried with each of the stubs below in the place of all earlier ones.
TRIVIAL = {
    "burn_mint": ["(0, supply)", "(spent, supply)"],
    "token_price": ["(0, math.inf, 0)", "(0, 0, -supply)", "(0, 0, minted)"],
    "provider_pay": ["(0, 0, 0)", "(cost, 0, providers)"],
    "run": [f"[[{price}] * 6, [{supply}] * 6, [network.providers] * 6]" for price in (0, 1) for supply in (0, 1)],
    "runway": ["len(prices)", "3", "12", "int(cash / spending)", "int(tokens * prices[0] / spending)"],
}
STUBS = ["", "0", "1", "(0, 0)", "(0, 0, 0)", "(1, 1, 1)", "[*given][-1:] * 3", "(math.nan,) * 3"]


@pytest.mark.parametrize("name", TRIVIAL)
@pytest.mark.parametrize("stub", STUBS)
def test_an_answer_without_thought_earns_nothing_whatever_the_earlier_ones(name, stub):
    earlier = list(SIGNATURES)[: list(SIGNATURES).index(name)] if stub else []
    stubs = "import math\n" + "".join(f"def {each}(*given): return {stub}\n" for each in earlier)
    for trivial in ["0", "1", "math.inf", "math.nan", "(0, 0)", "(1, 1, 1)", "[]", *TRIVIAL[name]]:
        source = f"{stubs}def {name}({SIGNATURES[name]}): return {trivial}\n"
        assert answers.feedback(name, 1, source).points == 0, trivial


def test_no_single_number_of_providers_is_right_at_all_times():
    """Pay for many, and the budget ends in the winter; pay for few, and too few are left in a crash."""
    markets = [draw_markets(seed) for seed in range(4)]
    for wanted in range(86, 112, 2):

        def gap(month, last, revenue, left, wanted=1_000 * wanted):
            return min(max(wanted - revenue, 0) / last, left)

        dies = {kind for each in markets for kind, market in each.items() if live(gap, 0.2, market).killed}
        assert dies & ({"Long winter"} if wanted >= 96 else {"Crash", "Boom and bust"}), wanted


def test_rules_at_random_never_win():
    """A thousand: a part of what is left, the same tokens, fewer and fewer, dollars, or what some number lacks."""
    rng = np.random.default_rng(5)
    markets = draw_markets(11)
    for number in range(1_000):
        tokens, divisor, dollars = rng.uniform((5e4, 3, 2e4), (4e5, 80, 1.5e5))
        wanted, months, rest = rng.uniform((8e4, 6, 1), (1.2e5, 40, 2.5))
        rules = (
            lambda month, last, revenue, left, a=tokens: min(a, left),
            lambda month, last, revenue, left, k=divisor: left / k,
            lambda month, last, revenue, left, a=tokens, half=months: min(a * 0.5 ** (month / half), left),
            lambda month, last, revenue, left, d=dollars: min(d / last, left),
            lambda month, last, revenue, left, d=dollars, w=rest: min(d / last, w * left / (60 - month), left),
            lambda month, last, revenue, left, w=wanted, k=divisor: min(max(w - revenue, 0) / last, left / k),
        )
        share = rng.uniform(0.15, 0.25) if number % 2 else rng.uniform()
        rule_ = rules[number % len(rules)]  # the first market that kills it is enough
        assert any(live(rule_, share, markets[kind]).killed for kind in ("Long winter", "Crash", "Boom and bust"))


class TestTokenEconomy(LabContract):
    answers = answers
    mistakes = MISTAKES
    inside = PIECES
    other_ways = {name: rule(f"min({source}, left)") for name, source in SENSIBLE.items()}
    chains = [
        ("burn_mint", "(R[0] * 1.1, R[1])", ["token_price", "provider_pay", "run", "runway", "emission"]),
        ("token_price", "(R[0] * 1.1, *R[1:])", ["provider_pay", "run", "runway", "emission"]),
    ]
    total = 18

    @staticmethod
    def by_hand(notebook):
        assert notebook["burn_mint"](1_000, 50, 40, 2) == (20, 1_030)
        assert notebook["burn_mint"](1_000, 50, 40, 0.8)[1] == 1_000
        assert notebook["token_price"](1_000, 50, 40, 2_060) == (2, 0.8, 30)
        assert notebook["provider_pay"](50, 2, 300, 10, 50) == (40, 0.25, 8)
        small = Network(supply=1_000, budget=500, providers=10, cost=20, burned=0.5, follow=1, speed=0.1)
        result = notebook["run"](small, Market([100, 100], [1_000, 1_000]), lambda *_: 50)
        assert np.allclose(result, [[1, 0.95355], [1_000, 997.564], [10, 9.51229]], rtol=1e-5)
        assert notebook["runway"](100, 10, [0, 0, 0], 60, [10, 8, 5]) == 2
        assert notebook["runway"](100, 10, [30, 30, 30], 60, [10, 8, 5]) == 3
