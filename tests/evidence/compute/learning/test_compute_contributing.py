import numpy as np
import pytest

from defi_lib import compute as net
from defi_lib.compute.learning import measured_teams as by
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.learning.contributing import pay_day, pay_for_a_round, pay_six

LN2 = float(np.log(2))


def of_today(**changed):
    return effect("C17a")(today(effect("C17a").assumptions, changed=changed))[0]


def test_the_rule_decides_whether_it_pays_to_be_steady():
    assert of_today() > 0.3 and of_today(rule=0) == pytest.approx(0) and of_today(rule=1) < -0.1
    assert of_today(rule=1, missed=2) > 0.3, "whoever comes late finds the model taught"
    assert of_today(fall=0.1) < 0 < of_today(rule=3, fall=0.1), "as fast down as up: only who is there must be paid"
    assert of_today(fall=1.0, newest=1.0, rule=3) == pytest.approx(of_today(fall=0.5, newest=1.0, rule=3)), "no memory"


def test_in_the_long_run_a_rating_settles_where_the_two_steps_balance():
    """Up by a, down by f: x = a + (1 − a)(1 − f)·x when there, (1 − f)·x when not; a steady one has 1."""
    up, down = 0.1, 0.25
    there = up / (1 - (1 - up) * (1 - down))
    assert of_today(rounds=20_000, contributors=1e6) == pytest.approx(1 - there * (2 - down), abs=1e-3)


def test_the_model_ranks_those_who_come_and_go_as_a_real_training_does():
    """Six trained by each mix: who earns more for a round than a steady one, and who less.

    Not in the model: that latecomers with few digits do harm at first.
    """
    for mix, own, ways in (("a fair sample", 0.0, 3), ("a few digits", 1.0, 2)):
        earned = net.earned_by_turns(mix)
        for missed, name in enumerate(("every second round", "the second half", "the first half")[:ways]):
            steady, coming = pay_for_a_round(1, missed, 6, own, 0.6, 0.0, 0.1, 0.25, 20)
            assert (coming > steady) == (2 * earned[name] > earned["nothing"]), (mix, name)


def test_a_second_name_brings_more_wherever_all_is_paid_out_and_equals_are_paid_alike():
    assert not evidence("C16a").true
    for persons in range(2, 6):
        alone = net.exact_shapley(lambda teams: np.any(teams, axis=1).astype(float), persons)
        copied = net.exact_shapley(
            net.with_copies(lambda teams: np.any(teams, axis=1).astype(float), 0, 1), persons + 1
        )
        assert copied[0] + copied[-1] == pytest.approx(2 / (persons + 1)) and copied[0] + copied[-1] > alone[0]


def test_five_rules_and_where_each_of_them_breaks():
    plain, named, bought = pay_six(0, True, LN2, 49), pay_six(4, True, LN2, 49), pay_six(0, True, LN2, 51)
    assert plain["friend"] == 0 and bought["friend"] > 0.999
    assert round(100 * plain["out"]) == 40 and round(100 * plain["rare"]) == 11 and round(100 * named["more"]) == 51
    assert pay_six(4, True, 0.25, 49)["cut_to"] < plain["more"] < pay_six(4, True, 0.2, 49)["cut_to"]
    assert pay_six(0, False, LN2, 49)["rare"] < 0.02


def test_a_day_of_pay():
    books = pay_day()
    assert books["Graded by stake"].balance("Free rider", "USD") == pytest.approx(900)
    assert books["A firm buys"].balance("Rare digits", "USD") == pytest.approx(150)
    firm, buyer = (books[way].balance("buyer", "USD") for way in ("A firm buys", "Shapley"))
    assert buyer < firm < 1.5 * buyer, "paying as much, only better pictures make it richer"
    assert {round(book.balance("writers", "USD")) for book in books.values()} == {300}
    honest = pay_day(copies=0, stake=0.0)  # the placebo: no second name, no bought stake
    assert honest["Graded by stake"].balance("First of three", "USD") == pytest.approx(
        honest["Shapley"].balance("First of three", "USD")
    )


def test_a_kept_team_and_a_kept_turn_are_those_of_today():
    test = net.load_digits(np.random.default_rng(1)).test
    masks = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 0, 1, 0, 1], [1, 0, 0, 0, 1, 0]], dtype=bool)
    for rare_alone in (True, False):
        found = net.retrained_accuracy(by.cast(rare_alone), test, by.TRAINING, behaviours={4: net.idle})(masks)
        assert net.team_accuracy(rare_alone)(masks) == pytest.approx(found, abs=1.5 / test.size)
    found = by.measure_turns(by.MIXES["a fair sample"])
    assert list(net.earned_by_turns().values()) == pytest.approx(found, abs=5e-3)
