"""Attacks on the checks of the lab on pegs: no trick earns what only a design for this coin should."""

import numpy as np
import pytest

from defi_lib.labs import kit
from defi_lib.labs.risk.defend_a_peg import draw_coin
from defi_lib.labs.risk.defend_a_peg.draws import fresh, largest, reference
from defi_lib.labs.risk.defend_a_peg.survival import _worlds
from defi_lib.labs.risk.defend_a_peg.world import BOUND, EXAMPLE, KINDS, RULES, cost, paid, survives, tried
from tests.labs.risk.test_defend_a_peg import OTHER_WAYS, PARAMETERS, answers

FIXED = "dict(cash={}, module={}, buffer={}, fee={}, savings={}, rule={!r})"

#: Designs, by what they are, with the most points of 4 that they may earn and words of the feedback.
TRICKS = {
    "nothing": (FIXED.format(0, 0, 0, 0, 0, "first come"), 0, "shocks of the kind 'run'"),
    "nothing, and shut for ever": (FIXED.format(0, 0, 0, 0, 0, "suspension"), 0, "shocks of the kind 'run'"),
    "shut for ever": ("{**R, 'cash': 0, 'module': 0, 'rule': 'suspension'}", 0, "shocks of the kind 'run'"),
    "all cash": (FIXED.format(1, 0, 0, 0, 0, "first come"), 0, "most of it cash of 100.0%"),
    "all in the module": (FIXED.format(0, 1, 0, 0, 0, "first come"), 0, "most of it a module of 100.0%"),
    "all at the most": (FIXED.format(0.5, 0.5, 1, 0.1, 1, "first come"), 0, "most of it a buffer"),
    "a fee of 10 %": ("{**R, 'fee': 0.1}", 0, "get 0.9"),
    "a fee that pays for all": (FIXED.format(0.1, 0.03, 0.02, 0.1, 0, "suspension"), 0, "of the kind 'run'"),
    "an absurd savings rate": ("{**R, 'savings': 1}", 0, "a savings rate of 100.0%"),
    "what savers get elsewhere, for all": ("{**R, 'savings': coin.outside_rate}", 0, "a savings rate of"),
    "no savings rate": ("{**R, 'savings': 0}", 3, "of the kind 'outflow'"),
    "no module": ("{**R, 'module': 0}", 1, "of the kind"),
    "no cash": ("{**R, 'cash': 0}", 2, "of the kind 'run'"),
    "no buffer": ("{**R, 'buffer': 0}", 3, "of the kind 'run'"),
    "always first come": ("{**R, 'rule': 'first come'}", 2, "of the kind 'run'"),
    "always shut": ("{**R, 'rule': 'suspension'}", 2, "of the kind 'run'"),
    "always a liquidity fee": ("{**R, 'rule': 'liquidity fee'}", 2, "of the kind 'run'"),
    "something of everything": (FIXED.format(0.25, 0.07, 0.03, 0.005, 0.04, "suspension"), 0, "your design costs"),
    "little of everything": (FIXED.format(0.1, 0.03, 0.02, 0.005, 0.02, "first come"), 0, "your design costs"),
    "for the mean shock": ("{n: v if n == 'rule' else 0.6 * v for n, v in R.items()}", 1, "new shocks"),
    "the worst of the past as it is": (
        "dict(cash=max(coin.past['run']), module=15 * max(coin.past['outflow']), buffer=0.02, fee=0, savings=0,"
        " rule='first come')",
        0,
        "your design costs",
    ),
}

#: Answers that never look at the numbers.
CONSTANTS = ["0", "1", "inf", "-inf", "0.5", "(0, 0)", "(1, 1)", "(1, 0)", "[1] * 10", "[0.98] * 4", "{}", "nan"]


@pytest.mark.parametrize("trick", TRICKS)
def test_designs_that_need_no_thought_earn_little_or_nothing(trick):
    answers.assert_trick_earns_little("design", TRICKS[trick], seeds=4)


@pytest.mark.parametrize("name", PARAMETERS)
def test_an_answer_that_never_changes_earns_nothing(name):
    answers.assert_constants_earn_nothing(name, CONSTANTS)


def test_random_designs_earn_nothing():
    source = """
import numpy as np
rng = np.random.default_rng(3)
def design(coin):
    cash, module, buffer, fee, savings = rng.uniform(0, (0.5, 0.15, 0.06, 0.02, 0.12))
    return dict(cash=cash, module=module, buffer=buffer, fee=fee, savings=savings, rule=RULES[rng.integers(3)])
"""
    assert sum(answers.feedback("design", seed, source).points for seed in range(20)) == 0


def test_no_constant_design_is_cheap_enough_and_survives_a_kind_in_all_coins_of_a_check():
    """The cheapest of a check's four coins has no room for the module or the reserve that another one needs."""
    for seed in range(4):
        found = [(draw_coin(number), *reference(number)) for number in _worlds(np.random.default_rng(seed))]
        least = min(price for _, _, price in found)
        needs = max(design["module"] * coin.module_cost for coin, design, _ in found)
        assert needs > 1.25 * least


def test_the_four_coins_of_a_check_differ_in_all_that_matters():
    for seed in range(6):
        numbers = _worlds(np.random.default_rng(seed))
        coins, shocks = [draw_coin(number) for number in numbers], [largest(number) for number in numbers]
        for each in (
            [coin.wait for coin in coins],
            [coin.sensitivity for coin in coins],
            [shock["run"] for shock in shocks],
            [shock["outflow"] for shock in shocks],
        ):
            low, _, _, high = sorted(each)
            assert high > 2.5 * low


@pytest.mark.parametrize("number", range(160, 208, 3))
def test_every_coin_needs_a_defence_and_has_one_that_survives_the_largest_shocks(number):
    coin, (design, price) = draw_coin(number), reference(number)
    bare = {"cash": 0, "module": 0, "buffer": 0, "fee": 0, "savings": 0, "rule": "first come"}
    assert price == cost(coin, design) > 0
    rng = np.random.default_rng(number)
    for kind in KINDS:
        assert survives(coin, design, kind, largest(number)[kind]).all()
        assert survives(coin, design, kind, fresh(number, kind, rng, 50)).all()
        assert max(coin.past[kind]) <= largest(number)[kind] + 1e-5
    assert not all(survives(coin, bare, kind, largest(number)[kind]).all() for kind in KINDS)


def test_without_a_shock_every_rule_pays_all():
    for rule in RULES:
        one = {"cash": 0.2, "module": 0.1, "buffer": 0.0, "fee": 0.0, "savings": 0.04, "rule": rule}
        for kind in KINDS:
            assert tried(EXAMPLE._replace(recovery=1.0), one, kind, 0.0).worst == pytest.approx(1, abs=1e-9)


def test_many_designs_at_once_are_what_each_is_alone():
    cash, module = np.array([0.0, 0.2, 0.6]), np.array([0.01, 0.03, 0.05])
    many = {"cash": cash, "module": module, "buffer": 0.02, "fee": 0.005, "savings": 0.05, "rule": "suspension"}
    for at in range(3):
        one = many | {"cash": float(cash[at]), "module": float(module[at])}
        assert cost(EXAMPLE, many)[at] == pytest.approx(cost(EXAMPLE, one))
        for kind in KINDS:
            size = max(EXAMPLE.past[kind])
            assert tried(EXAMPLE, many, kind, size).worst[at] == pytest.approx(tried(EXAMPLE, one, kind, size).worst[0])


def test_a_larger_loss_or_run_never_pays_more():
    for rule in RULES:
        one = {"cash": 0.4, "module": 0.02, "buffer": 0.03, "fee": 0.002, "savings": 0.0, "rule": rule}
        lost = paid(EXAMPLE, one, 0.3, np.linspace(0, 1, 101))
        assert (np.diff(np.minimum(lost.leavers, lost.stayers)) <= 1e-12).all()
        assert lost.enough[0] and not lost.enough[-1] and min(lost.leavers[-1], lost.stayers[-1]) < 1 - BOUND


def test_answers_that_change_what_they_are_given_change_only_their_own():
    spoilt = "def breaking_loss(coin, chosen, leaving):\n    chosen.clear()\n    return 1.0\n"
    assert answers.feedback("breaking_loss", 1, spoilt).status == kit.WRONG
    spoilt = "def design(coin):\n    coin.past['run'] = (0.0,)\n    return {}\n"
    assert answers.feedback("design", 1, spoilt).status == kit.RAISED
    assert answers.feedback("design", 1).status == kit.RIGHT


def test_a_search_that_never_ends_is_stopped_and_costs_its_own_points_only(monkeypatch):
    monkeypatch.setattr("defi_lib.labs.kit.lab.TIME_LIMIT", 0.5)
    result = answers.feedback("design", 1, "def design(coin):\n    while True:\n        cost(coin, {})\n")
    assert (result.status, result.points) in ((kit.RAISED, 0), (kit.TOO_LONG, 0))
    assert answers.feedback("breaking_loss", 1, "def design(coin):\n    while True: pass\n").status == kit.RIGHT


ODD = ["None", "'suspension'", "[]", "{1: 2}", "lambda: 0", "print", "object()", "np.zeros((3, 3))", "1 << 9999"]
ODD += ["{**R, 'rule': np.array(['a', 'b'])}", "{**R, 'rule': None}", "{**R, 'cash': None}", "{**R, 'cash': 1j}"]


@pytest.mark.parametrize("odd", ODD)
def test_an_odd_design_is_told_and_stops_nothing(odd):
    result = answers.feedback("design", 1, answers.wrong("design", odd))
    assert result.points == 0 and result.status in (kit.WRONG, kit.RAISED, kit.UNANSWERED) and result.text


EARLIER = ("claims", "tipping", "weekend_price", "defended", "price_path")


@pytest.mark.parametrize("given", ["...", "return 0", "return 1.0", "return float('inf')"])
def test_earlier_answers_that_say_nothing_change_nothing_later(given):
    """The check asks its own runs and markets, not the student's: they neither help nor cost anything."""
    source = "".join(f"def {name}({PARAMETERS[name]}):\n    {given}\n" for name in EARLIER)
    lazy = source + "def design(coin): return None\ndef breaking_loss(coin, chosen, leaving): return 0.0\n"
    for seed in range(2):
        assert answers.feedback("design", seed, source).status == kit.RIGHT
        assert answers.feedback("breaking_loss", seed, source + OTHER_WAYS["by trying"]).status == kit.RIGHT
        assert sum(answers.feedback(name, seed, lazy).points for name in PARAMETERS) == 0


def test_a_reserve_that_loses_nothing_has_no_edge():
    one = {"cash": 1.0, "module": 0.0, "buffer": 0.0, "fee": 0.0, "savings": 0.0, "rule": "suspension"}
    assert paid(EXAMPLE._replace(recovery=1.0, wait=0.0), one, 1.0, 1.0).enough
