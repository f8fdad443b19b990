"""The checks of the lab on one dollar: right answers get all points, mistakes are named, tricks earn little."""

import numpy as np
import pytest

from defi_lib.economy import ProtocolSheets, stacked_counts, swap_takers, taker_concentration
from defi_lib.economy import follow_payment as follow
from defi_lib.labs import kit
from defi_lib.labs.economy.follow_one_dollar import books, draw_deposits, draw_payment, lab
from defi_lib.labs.economy.follow_one_dollar.turning import fewest_layers, part_at, stacked
from defi_lib.ledger import Ledger
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
def balances(transfers, asset):
    have = {}
    for payer, payee, amount, kind, reason in transfers:
        if kind == asset:
            have[payer] = have.get(payer, 0) - amount
            have[payee] = have.get(payee, 0) + amount
    return have

def who_gets(transfers, payer):
    have = balances(transfers, "USD")
    return {name: have[name] / -have[payer] for name in have if name != payer}

def concentration(gets, owners):
    firms = {}
    for name, amount in gets.items():
        firm = owners.get(name, name)
        firms[firm] = firms.get(firm, 0) + amount
    parts = [amount / sum(firms.values()) for amount in firms.values()]
    return sum((100 * part) ** 2 for part in parts), max(parts)

def value_locked(transfers, protocols):
    gross = net = coins = 0
    for asset in {each.asset for each in transfers}:
        have = balances(transfers, asset)
        held = sum(max(have.get(each, 0), 0) for each in protocols)
        gross += held
        if not asset.startswith("receipt of "):
            net += held
            if not asset.startswith("minted by "):
                coins += held
    return gross, net, coins

def stack(user, coins, again, protocols):
    moves, asset = [], "ether"
    for each in protocols:
        moves.append((user, each, coins, asset, "deposit"))
        moves.append((each, user, coins, "receipt of " + each, "receipt"))
        coins, asset = again * coins, "receipt of " + each
    return moves

def turning(again, layers, times):
    fewest, total, added = 0, 0, 1
    while added > 1e-12 and total <= times:
        fewest, total, added = fewest + 1, total + added, again * added
    if total <= times:
        fewest = 0
    low, high = 0, 1
    for _ in range(60):
        middle = (low + high) / 2
        if sum(middle**k for k in range(layers)) < times:
            low = middle
        else:
            high = middle
    return fewest, low
"""

OTHER_WAYS = {
    "in closed form, with numpy's roots": """
import numpy as np

def turning(again, layers, times):
    if times >= 1 / (1 - again):
        fewest = 0
    else:
        fewest = int(np.log(1 - times * (1 - again)) / np.log(again)) + 1
    roots = np.roots([1] * (layers - 1) + [1 - times])
    return fewest, max(each.real for each in roots if abs(each.imag) < 1e-9)
""",
    "the library's transfers": """
from defi_lib.ledger import Transfer

def stack(user, coins, again, protocols):
    moves, asset = [], "ether"
    for each in protocols:
        moves += [Transfer(user, each, coins, asset, ""), Transfer(each, user, coins, f"receipt of {each}", "")]
        coins, asset = again * coins, f"receipt of {each}"
    return moves
""",
    "the library's ledger and measures": """
import numpy as np
from defi_lib.ledger import Ledger
from defi_lib.measures import herfindahl

def balances(transfers, asset):
    ledger = Ledger(new_parties="by name")
    ledger.book(transfers)
    return {name: ledger.balance(name, asset)
            for name in {name for each in transfers if each.asset == asset for name in each[:2]}}

def concentration(gets, owners):
    names = {owners.get(name, name) for name in gets}
    firms = np.array([sum(gets[each] for each in gets if owners.get(each, each) == name) for name in names])
    return herfindahl(firms), (firms / firms.sum()).max()
""",
}

PARAMETERS = {
    "balances": "transfers, asset",
    "who_gets": "transfers, payer",
    "concentration": "gets, owners",
    "value_locked": "transfers, protocols",
    "stack": "user, coins, again, protocols",
    "turning": "again, layers, times",
}

answers = Answers(lab, RIGHT, PARAMETERS)

INSIDE = {
    "balances": """
        got = {n: sum(e.amount for e in transfers if e.payee == n and e.asset == asset) for n in R0(transfers, asset)}
        paid = {n: sum(e.amount for e in transfers if e.payer == n and e.asset == asset) for n in R0(transfers, asset)}
    """,
    "who_gets": """
        usd = [e for e in transfers if e.asset == "USD"]
        got = {n: sum(e.amount for e in usd if e.payee == n) for n in R0(usd, "USD") if n != payer}
        paid = sum(e.amount for e in usd if e.payer == payer)
        have = R0(usd, "USD")
    """,
    "concentration": """
        firms = {}
        for name, amount in gets.items():
            firms[owners.get(name, name)] = firms.get(owners.get(name, name), 0) + amount
        total = sum(gets.values())
        hhi, top = right_concentration(gets, owners)
    """,
    "value_locked": """
        from defi_lib.labs.economy.follow_one_dollar.books import counts_of
        everybody = {n for e in transfers for n in e[:2]}
        brought = [e._replace(payer="nobody") for e in transfers if e.payer not in protocols]
        assets = {e.asset for e in transfers}
        issued = sum(-min(R0(transfers, "receipt of " + p).get(p, 0), 0) for p in protocols)
        gross, net, coins = right_value_locked(transfers, protocols)
    """,
    "stack": """
        whole = right_stack(user, coins, 1.0, protocols)
        first = [e for e in right_stack(user, coins, again, protocols)][:2]
    """,
    "turning": "fewest, part = right_turning(again, layers, times)",
}

#: question, wrong result, points that are left, words of the feedback
MISTAKES = [
    ("balances", "{n: -R[n] for n in R}", "0", "who pays has less"),
    ("balances", "got", "0", "what each has paid is missing"),
    ("balances", "paid", "0", "what each has received is missing"),
    ("balances", "R0([e._replace(asset=asset) for e in transfers], asset)", "1", "All assets are added up"),
    ("balances", "{n: R[n] for n in R if n != 'Ann'}", "0", "'Ann' is missing"),
    ("balances", "{**R, 'Zoe': 0}", "0", "'Zoe' is a name too many"),
    ("balances", "{**R, 'Ben': 1e9}", "0", "['Ben'] should be"),
    ("balances", "list(R.values())", "0", "should return a dictionary"),
    ("who_gets", "{n: got[n] / paid for n in got}", "1", "keeps the rest only"),
    ("who_gets", "{n: got[n] / sum(got.values()) for n in got}", "1", "counted twice"),
    ("who_gets", "{n: have[n] for n in got}", "0", "These are dollars"),
    ("who_gets", "{n: 100 * R[n] for n in R}", "0", "0.01 for a cent"),
    ("who_gets", "{n: -R[n] for n in R}", "0", "positive number"),
    ("who_gets", "{n: have[n] / paid for n in got}", "2", "came back to the payer"),
    ("who_gets", "{**R, payer: -1}", "0", "'Ann' is a name too many"),
    ("concentration", "(sum((100 * e / total) ** 2 for e in gets.values()), top)", "2", "before you square"),
    ("concentration", "(hhi / 10_000, top)", "1.5", "goes to 10,000"),
    ("concentration", "(sum(e**2 for e in firms.values()), top)", "1.5", "square each firm's part"),
    ("concentration", "(10_000 / hhi, top)", "1.5", "how many equal firms"),
    ("concentration", "(hhi**0.5, top)", "1.5", "square root"),
    ("concentration", "(hhi, max(gets.values()) / total)", "2 or 3", ""),
    ("concentration", "(hhi, top * total)", "1.5", "This is an amount"),
    ("concentration", "(hhi, 100 * top)", "1.5", "This is a percentage"),
    ("concentration", "(hhi, min(firms.values()) / total)", "1.5", "the smallest"),
    ("concentration", "hhi", "0", "two values"),
    ("value_locked", "counts_of(transfers, everybody)", "0.5", "at home"),
    ("value_locked", "(counts_of(brought, protocols)[0], net, coins)", "3", "has left again"),
    (
        "value_locked",
        "(sum(R0(transfers, a).get(p, 0) for a in assets for p in protocols), net, coins)",
        "2.5",
        "it owes",
    ),
    ("value_locked", "(net, net, coins)", "2.5", "that is the second value"),
    ("value_locked", "(coins, net, coins)", "2.5 or 3", "second value"),
    ("value_locked", "(gross, gross, coins)", "2.5", "Receipts are counted still"),
    ("value_locked", "(gross, coins, coins)", "3", "that is the third value"),
    ("value_locked", "(gross, gross - issued, coins)", "2.5", "never counted"),
    ("value_locked", "(gross, net, net)", "3", "no deposit behind them"),
    ("value_locked", "(gross, net, gross - net + coins)", "3", "Receipts are counted still"),
    ("value_locked", "(gross, net, gross)", "3", "Nothing is left out"),
    ("value_locked", "(gross, net, coins - issued + gross - net)", "3", "never counted"),
    ("value_locked", "(gross, net)", "3", "at least 3 values"),
    ("stack", "whole", "0", "goes on"),
    ("stack", "R[::2]", "1", "No receipt comes back"),
    ("stack", "[(b, a, *more) for a, b, *more in R]", "1", "the payer comes first"),
    ("stack", "first", "0", "Only the first deposit is there"),
    ("stack", "R[:-2]", "0", "One deposit is missing"),
    (
        "stack",
        "first + [e for n, e in enumerate(right_stack(user, again * coins, 1.0, protocols)) if n > 1]",
        "0",
        "of the receipt before",
    ),
    ("stack", "[e[:4] for e in R]", "0", "five entries"),
    ("stack", "[(user, user, 1, 'ether', '')] + R", "0", "to itself"),
    ("stack", "[(a, b, -c, d, e) for a, b, c, d, e in R]", "0", "0 or more"),
    ("stack", "[(a, b, c, 1, e) for a, b, c, d, e in R]", "0", "in words"),
    ("stack", "[str(e) for e in R]", "0", "in place of a transfer"),
    ("stack", "7", "0", "a list of transfers"),
    ("turning", "(fewest - 1, part)", "1", "one more is needed"),
    ("turning", "(fewest + 1, part)", "1", "One fewer is enough"),
    ("turning", "(fewest or 1, part)", "2", "say 0"),
    ("turning", "(fewest, 1 - 1 / times)", "2", "endlessly many"),
    ("turning", "(fewest, right_turning(again, layers + 1, times)[1])", "2", "one protocol more"),
    ("turning", "(fewest, right_turning(again, layers - 1, times)[1])", "2", "one protocol fewer"),
    ("turning", "(fewest, (times - 1) / (layers - 1))", "2", "part of a part"),
    ("turning", "fewest", "0", "two values"),
]


class TestFollowOneDollar(LabContract):
    answers = answers
    total = 18
    mistakes = MISTAKES
    pieces = "R0 = balances\n"
    inside = INSIDE
    other_ways = OTHER_WAYS
    chains = [
        ("balances", "{n: -R[n] for n in R}", ["concentration", "stack", "turning"]),
        ("who_gets", "{n: 100 * R[n] for n in R}", ["concentration", "value_locked"]),
        ("value_locked", "(gross, gross, coins)", ["stack", "turning"]),
        ("stack", "whole", ["turning"]),
    ]

    @staticmethod
    def by_hand(notebook):
        assert notebook["balances"](books.PAYMENT, "USD")["pool"] == 2.0
        got = notebook["who_gets"](books.PAYMENT, "Ann")
        parts = {"wallet": 0.01, "builder": 0.001, "proposer": 0.004, "pool": 0.002, "protocol": 0.001, "seller": 0.982}
        assert got == pytest.approx(parts)
        gets = {"wallet": 30, "builder": 20, "pool": 50}
        assert notebook["concentration"](gets, {}) == pytest.approx((3_800, 0.5))
        assert notebook["concentration"](gets, {"wallet": "X", "pool": "X"}) == pytest.approx((6_800, 0.8))
        assert notebook["value_locked"](books.DEPOSITS, books.PROTOCOLS) == (340, 170, 100)
        assert notebook["turning"](0.4, 3, 1.5) == pytest.approx((3, (3**0.5 - 1) / 2))


#: Answers that never look at their numbers.
CONSTANTS = ["0", "1", "-1", "0.5", "{}", "[]", "(0, 0)", "(1, 1)", "(2, 0.5)", "(10000, 1)", "(0, 0, 0)", "(1, 1, 1)",
             "inf", "(inf, inf)", "(nan, nan, nan)", "None"]  # fmt: skip


@pytest.mark.parametrize("name", PARAMETERS)
def test_an_answer_that_never_changes_earns_nothing(name):
    answers.assert_constants_earn_nothing(name, CONSTANTS)


#: Formulas without thought, by question, with the most points that they may earn.
TRICKS = [
    ("balances", "{n: 0 for e in transfers if e.asset == asset for n in e[:2]}", 0),
    ("who_gets", "{n: 1 / 5 for e in transfers for n in e[:2] if n != payer}", 0),
    ("who_gets", "{n: 0 for e in transfers for n in e[:2] if n != payer}", 0),
    ("concentration", "(10_000 / len(gets), 1 / len(gets))", 0),
    ("concentration", "(10_000, max(gets.values()))", 0),
    ("value_locked", "(sum(e.amount for e in transfers),) * 3", 0),
    ("value_locked", "(sum(e.amount for e in transfers if e.payee in protocols),) * 3", 0.5),
    ("value_locked", "(sum(R0(transfers, 'ether').get(p, 0) for p in protocols),) * 3", 0),
    ("value_locked", "(R[2],) * 3", 1.5),
    ("stack", "[]", 0),
    ("stack", "[(user, protocols[0], coins, 'ether', '')]", 0),
    ("stack", "[(user, protocols[0], coins * sum(again**k for k in range(len(protocols))), 'ether', '')]", 1),
    ("turning", "(0, 0)", 0),
    ("turning", "(2, 1 - 1 / times)", 0),
    ("turning", "(times, again)", 0),
    ("turning", "(layers, again)", 0),
]


@pytest.mark.parametrize(("name", "formula", "most"), TRICKS)
def test_a_formula_without_thought_earns_little(name, formula, most):
    for seed in range(6):
        source = "R0 = balances\n" + answers.wrong(name, formula)
        found = answers.feedback(name, seed, source)
        assert found.points <= most and found.status != kit.RIGHT, (seed, found.text)


def test_who_changes_the_book_in_place_changes_nothing_for_the_check():
    answers.assert_right("value_locked", answers.wrong("value_locked", "(transfers.clear(), R)[1]"), seeds=3)


def test_a_payment_is_conserved_and_says_what_the_library_s_chain_says():
    for seed in range(20):
        moves = draw_payment(seed)
        ledger = Ledger(new_parties="by name")
        ledger.book(moves)
        ledger.check_conserved()
        have = books.balances_of(moves, "USD")
        assert sum(have.values()) == pytest.approx(0, abs=1e-9) and min(have, key=have.get) == "Ann"
    direct = books.balances_of(draw_payment(1, passed_on=False, back=False), "USD")
    assert set(direct) == {"Ann", "wallet", "builder", "pool", "seller"}


def test_deposits_are_counted_as_the_library_s_balance_sheets_count_them():
    kinds = ("ether", "dollars", "minted by Bank")
    for seed in range(20):
        moves = draw_deposits(seed)
        rows = np.array([
            [books.balances_of(moves, kind).get(place, 0.0) for kind in kinds] for place in books.PROTOCOLS
        ])  # fmt: skip
        coins = np.maximum(rows, 0.0)
        claims = [
            (holder, issuer, books.balances_of(moves, "receipt of " + name).get(held, 0.0))
            for issuer, name in enumerate(books.PROTOCOLS)
            for holder, held in enumerate(books.PROTOCOLS)
            if holder != issuer and books.balances_of(moves, "receipt of " + name).get(held, 0.0) > 0
        ]
        holder, issuer, amount = zip(*claims, strict=True)
        sheets = ProtocolSheets(coins, holder, issuer, [0] * len(claims), amount)
        gross, net, there = books.counts_of(moves)
        assert gross == pytest.approx(sheets.counts().gross)
        assert net == pytest.approx(sheets.counts().net_of_claims)
        assert there == pytest.approx(coins[:, :2].sum()) and there < net < gross


def test_a_stack_is_counted_as_the_library_counts_it():
    places = ["Stake", "Bank", "Farm", "Mill"]
    for again in (0.0, 0.3, 1.0):
        gross, net, coins = books.counts_of(stacked("Ann", 70.0, again, places), places)
        assert (gross, net, coins) == pytest.approx((stacked_counts(70.0, 4, again).gross, 70.0, 70.0))


def test_where_it_turns_by_hand():
    assert [fewest_layers(0.4, times) for times in (1.3, 1.39, 1.41, 1.5, 1.57, 1.66, 1.67)] == [2, 2, 3, 3, 4, 7, 0]
    assert fewest_layers(0.5, 2.0) == 0 and part_at(2, 1.5) == pytest.approx(0.5)


def test_concentration_is_the_library_s():
    way = follow(1_000.0, swap_takers(interface=0.01, tip=5.0, tip_to_proposer=0.8, pool_fee=0.003, to_protocol=0.25))
    gets = {name: amount for name, amount in way.gets.items() if amount}
    notebook = {}
    exec(RIGHT, notebook)
    ours = notebook["concentration"](gets, {"proposer": "Big", "interface": "Big"})
    library = taker_concentration(way, {"proposer": "Big", "interface": "Big"})
    assert ours == pytest.approx((library.herfindahl, library.largest))
