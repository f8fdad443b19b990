from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    copies_needed,
    detection_probability,
    deterring_check_rate,
    deterring_stake,
    inspection_game,
    majority_error,
    sampled_coalition_error,
    spot_check_income,
)
from defi_lib.ledger import Ledger, profits
from tests.support.contracts import assert_refuses

amounts = st.floats(0, 1e4)


def test_spot_checks():
    assert deterring_check_rate(10.0, saving=1.0, reward=1.2) == pytest.approx(0.08928571429)
    assert deterring_check_rate(9.0, gain=1.0) == pytest.approx(0.1)
    assert detection_probability(0.1, 20.0) == pytest.approx(0.8784233454)
    assert deterring_stake(0.08928571428571429, 1.0, 1.2) == pytest.approx(10)


def test_detection_of_rare_and_certain_checks():
    assert detection_probability(1e-18, 5.0) == pytest.approx(5e-18)
    assert detection_probability(np.array([0.0, 1.0, 1.0]), np.array([7.0, 0.0, 1e-9])).tolist() == [0, 0, 1]
    assert deterring_check_rate(0.0) == 0
    assert deterring_check_rate(0.5, saving=1.0) == 2  # no check is enough
    assert deterring_stake(0.5, saving=1.0, reward=5.0) == 0


@given(st.floats(0.01, 1), st.floats(0, 100), st.floats(0, 100), st.floats(0, 100))
def test_at_the_deterring_stake_cheating_just_does_not_pay(rate, saving, reward, gain):
    stake = deterring_stake(rate, saving, reward, gain)
    cheat = saving + (1 - rate) * gain - rate * (reward + stake)
    assert cheat <= 1e-9 * (1 + saving + gain + reward)
    if stake > 1e-290:  # below, doubles lose digits
        assert deterring_check_rate(stake, saving, reward, gain) == pytest.approx(rate)


@given(amounts, st.floats(0, 1), st.floats(0, 1), amounts, amounts, amounts, amounts)
def test_the_ledger_shows_what_cheating_brings(tasks, cheating, rate, reward, stake, saving, cost):
    result = spot_check_income(tasks, cheating, rate, reward, stake, saving, cost)
    honest = spot_check_income(tasks, 0.0, rate, reward, stake, saving, cost)
    ledger = Ledger({"provider": "provider"}, new_parties="by name")
    ledger.book(result)
    ledger.check_conserved()
    scale = tasks * (reward + stake + saving) + 1
    assert profits(ledger)["provider"]["total"] == pytest.approx(result.income, abs=1e-9 * scale)
    # The gain from cheating is what the closed form compares.
    expected = tasks * cheating * (saving - rate * (reward + stake))
    assert result.income - honest.income == pytest.approx(expected, abs=1e-9 * scale)
    assert honest.wrong == 0


def test_simulated_checks_agree():
    random = np.random.default_rng(11)
    found = (random.random((20_000, 8)) < 0.3).sum(axis=1)
    income = (8 - found) * 1.2 - found * 5.0
    mean = spot_check_income(8.0, 1.0, 0.3, 1.2, 5.0, 1.0).income
    assert income.mean() == pytest.approx(mean, abs=4 * income.std() / np.sqrt(income.size))
    assert (found > 0).mean() == pytest.approx(detection_probability(0.3, 8.0), abs=4 * 0.5 / np.sqrt(20_000))


def test_majority():
    for error, expected in ((0.1, [0.028, 0.00856, 0.002728]), (0.3, [0.216, 0.16308, 0.126036])):
        assert [majority_error(n, error) for n in (3, 5, 7)] == pytest.approx(expected, rel=1e-12)
    assert majority_error(3, np.array([0.0, 0.5, 1.0])) == pytest.approx([0, 0.5, 1])
    assert majority_error(1, 0.2) == pytest.approx(0.2)
    assert majority_error(4, 0.5) == pytest.approx(5 / 16)  # ties are not wrong


@given(st.integers(1, 60), st.integers(0, 64))
def test_majority_is_the_binomial_tail(copies, part):
    p = Fraction(part, 64)
    exact = sum(comb(copies, k) * p**k * (1 - p) ** (copies - k) for k in range(copies // 2 + 1, copies + 1))
    assert majority_error(copies, part / 64) == pytest.approx(float(exact), rel=1e-12)


def test_a_coalition_makes_copies_useless():
    assert majority_error(7, 0.0, 0.3) == majority_error(7, 0.3)
    assert majority_error(101, 0.0, 0.6) > 0.97
    assert majority_error(5, 0.1, 0.2) == pytest.approx(majority_error(5, 0.28))
    assert majority_error(1001, 0.45) < 1e-3


def test_few_nodes_to_draw_from():
    assert sampled_coalition_error(3, 2, 5) == pytest.approx(3 / 10)
    assert sampled_coalition_error(3, 1, 5) == 0
    assert sampled_coalition_error(3, 5, 5) == 1
    assert sampled_coalition_error(5, 300_000, 1_000_000) == pytest.approx(majority_error(5, 0.3), rel=1e-5)


@pytest.mark.parametrize(("error", "target"), [(0.1, 0.01), (0.3, 0.05), (0.45, 1e-3), (0.0, 1e-9), (0.2, 0.5)])
def test_copies_needed_are_the_least(error, target):
    copies = copies_needed(error, target)
    assert copies % 2 == 1
    assert majority_error(copies, error) <= target
    assert copies == 1 or majority_error(copies - 2, error) > target


def test_verifiers_dilemma():
    game = inspection_game(0.5, 10.0, 1.0, 11.2)
    assert game.cheating_rate == 0.05
    assert game.check_rate == pytest.approx(1 / 11.2)
    assert game.accepted_cheats == pytest.approx(0.05 * (1 - 1 / 11.2))
    assert inspection_game(10.0, 10.0, 1.0, 5.0) == (1, 0)  # nobody checks
    assert inspection_game(1.0, 10.0, 5.0, 5.0) == (1, 1)  # nobody is deterred
    assert inspection_game(0.0, 10.0, 1.0, 5.0) == (0, 0.2)
    rates = inspection_game(np.array([0.5, 20.0]), 10.0, 1.0, np.array([[2.0], [0.5]])).cheating_rate
    assert rates.tolist() == [[0.05, 1], [1, 1]]


@given(st.floats(0, 100), st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0, 100))
def test_in_equilibrium_nobody_does_better_alone(cost, bounty, saving, penalty):
    cheating, checked = inspection_game(cost, bounty, saving, penalty)

    def verifier(check):
        return check * (cheating * bounty - cost)

    def provider(cheat):
        return cheat * (saving - checked * penalty)

    assert max(verifier(0), verifier(1)) <= verifier(checked) + 1e-9
    assert max(provider(0), provider(1)) <= provider(cheating) + 1e-9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: detection_probability(1.5, 1.0), r"check_rate = 1.5 .*\[0, 1\]"),
        (lambda: detection_probability(0.5, -1.0), r"cheats = -1 .*\[0, inf\)"),
        (lambda: deterring_check_rate(-1.0), r"stake = -1 .*\[0, inf\)"),
        (lambda: deterring_check_rate(np.zeros(2), saving=np.array([0.0, 1.0])), r"stake\[1\] = 0 .*\(0, inf\)"),
        (lambda: deterring_stake(0.0, 1.0), r"check_rate = 0 .*\(0, 1\]"),
        (lambda: deterring_stake(0.5, -1.0), r"saving = -1 .*\[0, inf\)"),
        (lambda: spot_check_income(1.0, 2.0, 0.1, 1.0, 1.0, 1.0), r"cheating = 2 .*\[0, 1\]"),
        (lambda: spot_check_income(1.0, 0.5, 0.1, -1.0, 1.0, 1.0), r"reward = -1 .*\[0, inf\)"),
        (lambda: spot_check_income(np.ones(2), np.ones(3), 0.1, 1.0, 1.0, 1.0), "shapes do not fit"),
        (lambda: majority_error(0, 0.1), r"copies = 0 .*>= 1"),
        (lambda: majority_error(1003, 0.1), r"copies = 1003 .*\[1, 1001\]"),
        (lambda: majority_error(3, [0.1, 1.2]), r"error\[1\] = 1.2 .*\[0, 1\]"),
        (lambda: majority_error(3, 0.1, -0.1), r"coalition = -0.1 .*\[0, 1\]"),
        (lambda: sampled_coalition_error(6, 1, 5), r"copies = 6 .*\[1, 5\]"),
        (lambda: sampled_coalition_error(3, 6, 5), r"coalition = 6 .*\[0, 5\]"),
        (lambda: copies_needed(0.5, 0.1), r"error = 0.5 .*\[0, 0.5\)"),
        (lambda: copies_needed(0.1, 0.0), r"target = 0 .*\(0, 1\)"),
        (lambda: copies_needed(0.4999, 1e-3), r"error = 0.4999 needs more than 1001 copies"),
        (lambda: inspection_game(-1.0, 1.0, 1.0, 1.0), r"check_cost = -1 .*\[0, inf\)"),
        (lambda: inspection_game(1.0, 0.0, 1.0, 1.0), r"bounty = 0 .*\(0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_what_costs_just_what_it_brings_is_not_done():
    """To within rounding: 0.1 + 0.2 is at 0.3."""
    for cost, bounty in ((0.3, 0.1 + 0.2), (0.1 + 0.2, 0.3)):
        assert inspection_game(cost, bounty, 1.0, 2.0) == (1.0, 0.0)
        assert inspection_game(1.0, 2.0, cost, bounty) == (1.0, 1.0)


@pytest.mark.parametrize("copies", [1, 3, 5, 7, 21])
@pytest.mark.parametrize("error", [0.1, 0.2, 0.3, 0.45])
def test_copies_that_just_reach_the_target_are_enough(copies, error):
    reached = majority_error(copies, error)
    assert copies_needed(error, reached) == copies_needed(error, reached * (1 - 1e-15)) == copies
