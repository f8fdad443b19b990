"""Attacks on the checks of the lab on bought votes: no trick earns what only right rules should."""

from math import inf

import numpy as np
import pytest

from defi_lib.governance import attack
from defi_lib.labs import kit
from defi_lib.labs.governance.attack_and_defend import draw_dao
from defi_lib.labs.governance.attack_and_defend.defence import _worlds
from defi_lib.labs.governance.attack_and_defend.draws import electorate_of
from defi_lib.labs.governance.attack_and_defend.world import RANGES, costs, defences, passing
from tests.labs.governance.test_attack_and_defend import OTHER_WAYS, PARAMETERS, RIGHT, answers

#: Rules, by what they are, with the most points of 4 that they may earn and words of the feedback.
TRICKS = {
    "all at the most": ("dict(snapshot=1, delay=365, quorum=1, limit=1, exit=1, veto=1)", 0, "new honest proposals"),
    "all at the least": ("dict(snapshot=0, delay=0, quorum=0, limit=0, exit=0, veto=0)", 0, "the limit of 0.0%"),
    "none": ("dict(snapshot=0, delay=0, quorum=0, limit=1, exit=0, veto=0)", 0, "for one block"),
    "free for the honest": ("dict(snapshot=1, delay=0, quorum=0, limit=1, exit=1, veto=1)", 0, "from the market"),
    "pay nobody": ("{**R, 'limit': 0.0}", 0, "0% of 500 new honest proposals"),
    "wait a year": ("{**R, 'delay': 365}", 0, "the delay of 365 days, after"),
    "everybody must agree": ("{**R, 'quorum': 1.0}", 0, "the quorum of 100.00% is not reached"),
    "as strict as one proposal of the past": (
        "{**R, 'quorum': max(p.in_favour for p in dao.past), 'limit': min(p.asked for p in dao.past)}",
        0,
        "new honest proposals",
    ),
    "half of the past is enough": (
        "{**R, 'quorum': sorted(p.in_favour for p in dao.past)[30], 'delay': 0}",
        0,
        "the quorum of",
    ),
    "always the council": ("{**R, 'veto': True}", 0, "the council errs, in"),
    "never the council": ("{**R, 'veto': False, 'exit': True}", 1, "rents the votes"),
    "no delay": ("{**R, 'delay': 0}", 1, "rents the votes"),
    "no limit": ("{**R, 'limit': 1.0}", 1, "rents the votes"),
    "no exit and no council": ("{**R, 'exit': False, 'veto': False}", 1, "rents the votes"),
    "no quorum": ("{**R, 'quorum': 0}", 0, "borrows the votes from the market"),
    "no snapshot": ("{**R, 'snapshot': False}", 3, "for one block"),
}

#: Answers that never look at the numbers.
CONSTANTS = ["0", "1", "inf", "-inf", "0.5", "1e6", "1e9", "True", "(0, 0)", "[1]", "{}", "nan"]


@pytest.mark.parametrize("trick", TRICKS)
def test_rules_that_need_no_thought_earn_little_or_nothing(trick):
    answers.assert_trick_earns_little("rules", TRICKS[trick], seeds=6)


@pytest.mark.parametrize("name", PARAMETERS)
def test_an_answer_that_never_changes_earns_nothing(name):
    answers.assert_constants_earn_nothing(name, CONSTANTS)


def test_random_rules_earn_nothing():
    source = """
import numpy as np
rng = np.random.default_rng(3)
def rules(dao):
    on, leave, veto = (int(each) for each in rng.integers(2, size=3))
    quorum, limit = rng.uniform(0, 0.1), rng.uniform()
    return dict(snapshot=on, delay=rng.integers(20), quorum=quorum, limit=limit, exit=leave, veto=veto)
"""
    assert sum(answers.feedback("rules", seed, source).points for seed in range(40)) == 0


def test_no_constant_rules_hold_in_all_daos_of_a_check():
    """Loans, the easiest to stop: any quorum is too low for one of the DAOs or too high for another."""
    for seed in range(10):
        worlds = [(number, draw_dao(number)) for number in _worlds(np.random.default_rng(seed))]
        lent = max(dao.market.available / dao.supply for _, dao in worlds)
        pays = {"snapshot": 1, "delay": 0, "quorum": lent, "limit": 1, "exit": 0, "veto": 0}
        rng = np.random.default_rng(seed)
        rates = [passing(dao, pays, electorate_of(number).proposals(rng, 500)).rate for number, dao in worlds]
        assert min(rates) < 0.5


def test_the_four_daos_of_a_check_differ_in_all_that_matters():
    for seed in range(10):
        people = [electorate_of(number) for number in _worlds(np.random.default_rng(seed))]
        for each in zip(*people, strict=True):
            low, _, _, high = sorted(each)
            assert high > 1.7 * low
        daos = [draw_dao(number) for number in _worlds(np.random.default_rng(seed))]
        assert sorted(dao.catches > dao.leave for dao in daos) == [False, False, True, True]


@pytest.mark.parametrize("number", range(1_000, 1_032))
def test_every_dao_can_be_attacked_and_can_be_defended(number):
    notebook = {}
    exec(RIGHT, notebook)
    dao = draw_dao(number)
    mine = notebook["rules"](dao)
    for rules, pays in ((dict.fromkeys(RANGES, 0) | {"limit": 1}, True), (mine, False)):
        found = [
            bool(attack(dao.treasury, dao.turnout, cost, defences(dao, rules)).pays)
            for cost in costs(dao, rules).values()
            if cost < inf
        ]
        assert found and set(found) == {pays}


def test_without_a_treasury_no_attack_pays():
    dao = draw_dao(7)._replace(treasury=0.0)
    rules = dict.fromkeys(RANGES, 0) | {"limit": 1}
    assert not any(
        attack(dao.treasury, dao.turnout, cost, defences(dao, rules)).pays for cost in costs(dao, rules).values()
    )


def test_rules_that_change_what_they_are_given_change_only_their_own():
    spoilt = "def profit(dao, rules, cost):\n    rules.clear()\n    return 1.0\n"
    assert answers.feedback("profit", 1, spoilt).status == kit.WRONG
    spoilt = "def breaking_treasury(dao, rules, costs):\n    costs.clear(); rules.clear()\n    return 1.0\n"
    assert answers.feedback("breaking_treasury", 1, spoilt).status == kit.WRONG


def test_a_search_that_never_ends_is_stopped_and_costs_its_own_points_only(monkeypatch):
    monkeypatch.setattr("defi_lib.labs.kit.lab.TIME_LIMIT", 0.3)
    result = answers.feedback("rules", 1, "def rules(dao):\n    while True:\n        pass_rate(dao, {'delay': 0})\n")
    assert (result.status, result.points) in ((kit.RAISED, 0), (kit.TOO_LONG, 0))
    assert answers.feedback("breaking_treasury", 1, "def rules(dao):\n    while True: pass\n").status == kit.RIGHT


EARLIER = ("buy", "borrow", "rent", "profit", "pass_rate")


@pytest.mark.parametrize("given", ["...", "return 0", "return -1.0", "return float('inf')", "return 1.0"])
def test_earlier_answers_that_say_nothing_do_not_make_rules_hold(given):
    """The check asks its own attackers and its own honest proposals, not the student's."""
    source = "".join(f"def {name}({PARAMETERS[name]}):\n    {given}\n" for name in EARLIER)
    for seed in range(3):
        assert answers.feedback("rules", seed, source).points <= 1
        assert answers.feedback("breaking_treasury", seed, source).points == 0


def test_rules_that_were_found_without_the_earlier_answers_count():
    source = OTHER_WAYS["step by step"] + "".join(f"def {name}({PARAMETERS[name]}): ...\n" for name in EARLIER)
    assert answers.feedback("rules", 1, source).status == kit.RIGHT
