"""Chances of loss, alone and together, and repair."""

from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    ReedSolomon,
    correlated_loss,
    grouped_loss,
    loss_probability,
    repair_plan,
    spread_loss,
    yearly_loss,
)
from tests.support.contracts import assert_refuses


def test_durability_check_values():
    losses = np.array([0.2, 0.3, 0.5])
    np.testing.assert_allclose(loss_probability(29, 80, losses), [2.9175e-18, 1.1132e-10, 4.8414e-3], rtol=1e-4)
    np.testing.assert_allclose(loss_probability(1, 3, losses), [8e-3, 2.7e-2, 0.125])
    np.testing.assert_allclose(loss_probability(20, 40, losses), [5.0273e-6, 2.4194e-3, 0.43731], rtol=1e-4)
    assert ReedSolomon(29, 80).expansion == pytest.approx(2.7586, rel=1e-4)


@given(st.integers(1, 40), st.integers(0, 40), st.integers(0, 64))
def test_durability_is_the_binomial_tail(needed, spare, part):
    pieces, p = needed + spare, Fraction(part, 64)
    exact = sum(comb(pieces, i) * (1 - p) ** i * p ** (pieces - i) for i in range(needed))
    assert loss_probability(needed, pieces, part / 64) == pytest.approx(float(exact), rel=1e-11)


def test_common_failures_beat_every_code():
    alone, together = loss_probability(29, 80, 0.1), correlated_loss(29, 80, 0.1, 0.2)
    assert together > 1e9 * alone
    assert correlated_loss(29, 80, 0.3, 1e-7) == pytest.approx(loss_probability(29, 80, 0.3), rel=1e-2)
    assert correlated_loss(29, 80, 0.3, 0.0) == loss_probability(29, 80, 0.3)
    assert correlated_loss(1, 1, 0.3, 0.5) == pytest.approx(0.3)
    assert correlated_loss(5, 9, 1.0, 0.5) == 1
    assert correlated_loss(1, 2, 0.3, 0.4) == pytest.approx(0.09 + 0.4 * 0.21)  # the meaning of a correlation


def test_correlated_losses_agree_with_draws():
    random = np.random.default_rng(3)
    chance = random.beta(0.2 * 4, 0.8 * 4, 200_000)  # correlation 1/5
    lost = random.binomial(20, chance) > 10
    expected = correlated_loss(10, 20, 0.2, 0.2)
    assert lost.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / 200_000))


def test_groups():
    assert grouped_loss(2, 4, 2, 0.1) == pytest.approx(0.01)  # two in each of two places: one place is enough
    assert grouped_loss(3, 4, 2, 0.1) == pytest.approx(0.19)
    assert grouped_loss(29, 80, 80, 0.0, 0.3) == pytest.approx(loss_probability(29, 80, 0.3))
    assert grouped_loss(29, 80, 80, 0.3) == pytest.approx(loss_probability(29, 80, 0.3))
    assert grouped_loss(29, 80, 1, 0.01) == pytest.approx(0.01)
    random = np.random.default_rng(4)
    left = (random.random((100_000, 4)) > 0.2).sum(axis=1)
    lost = random.binomial(left * 5, 0.7) < 9
    expected = grouped_loss(9, 20, 4, 0.2, 0.3)
    assert lost.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / 100_000))


def test_a_year_with_checks():
    assert yearly_loss(29, 80, 0.3) == pytest.approx(loss_probability(29, 80, 0.3), rel=1e-12)
    assert yearly_loss(1, 3, 0.19, 2) == pytest.approx(1 - (1 - 0.1**3) ** 2, rel=1e-12)
    assert yearly_loss(1, 3, 0.2, group_loss=0.1) == pytest.approx(0.28**3)  # each copy with another operator
    assert yearly_loss(29, 80, 0.1, groups=10, group_loss=0.2) == pytest.approx(grouped_loss(29, 80, 10, 0.2, 0.1))
    assert yearly_loss(29, 80, 0.2, 4, shock=0.9, shock_chance=0.01) == pytest.approx(0.01, rel=1e-3)
    assert yearly_loss(29, 80, 0.2, 1, shock=0.3, shock_chance=1.0) == pytest.approx(loss_probability(29, 80, 0.44))
    assert yearly_loss(29, 80, 0.2, 1, shock_chance=0.5) == pytest.approx(loss_probability(29, 80, 0.2))
    assert [yearly_loss(1, 2, part, 1, shock=shock, shock_chance=1.0) for part, shock in ((1.0, 0.0), (0.0, 1.0))] == [
        1,
        1,
    ]
    assert yearly_loss(1, 2, 1.0, 3) == yearly_loss(2, 4, 0.0, 3, groups=1, group_loss=1.0) == 1
    assert yearly_loss(1, 2, 0.0, 3) == 0


def test_a_year_with_checks_agrees_with_draws():
    random, runs = np.random.default_rng(6), 100_000
    struck, when = random.random(runs) < 0.3, random.integers(0, 4, runs)
    alive = np.ones(runs, dtype=bool)
    for quarter in range(4):
        there = random.random((runs, 5)) > 1 - 0.8**0.25
        own = random.random((runs, 5, 4)) > 1 - 0.6**0.25
        hit = (struck & (when == quarter))[:, np.newaxis, np.newaxis] & (random.random((runs, 5, 4)) < 0.25)
        alive &= np.sum(there[:, :, np.newaxis] & own & ~hit, axis=(1, 2)) >= 13
    expected = yearly_loss(13, 20, 0.4, 4, groups=5, group_loss=0.2, shock=0.25, shock_chance=0.3)
    assert 1 - alive.mean() == pytest.approx(expected, abs=4 * np.sqrt(expected / runs))


@given(
    st.integers(1, 6),
    st.sampled_from([1, 2, 3, 6]),
    st.integers(1, 12),
    st.lists(st.floats(0, 1), min_size=4, max_size=4),
)
def test_a_year_with_checks_is_a_chance(needed, groups, checks, chances):
    piece, group, shock, chance = chances
    rest = {"groups": groups, "group_loss": group, "shock": shock, "shock_chance": chance}
    loss = yearly_loss(needed, 6, piece, checks, **rest)
    assert type(loss) is float and 0 <= loss <= 1
    assert loss >= yearly_loss(needed, 6, piece, checks, **rest | {"shock": 0.0}) - 1e-12
    array = yearly_loss(needed, 6, np.array([piece, 0.5]), checks, **rest)
    assert array[0] == pytest.approx(loss, rel=1e-12, abs=1e-300)


def test_repair_agrees_with_the_chain_and_with_draws():
    plan = repair_plan(3, 8, 5, 1.0, 0.2)
    # Mean time from the linear equations of the chain: after a repair nothing is lost.
    rates = np.zeros((6, 6))
    failing, repairing = np.array([8.0, 7, 6, 5, 4, 3]), np.array([0, 0, 0, 5.0, 5, 5])
    for lost in range(6):
        if lost < 5:
            rates[lost, lost + 1] = failing[lost]
        rates[lost, 0] += repairing[lost]
        rates[lost, lost] -= failing[lost] + repairing[lost]
    assert plan.mean_time_to_loss == pytest.approx(np.linalg.solve(rates, -np.ones(6))[0], rel=1e-12)
    random, times, repairs, moved = np.random.default_rng(5), np.zeros(4000), np.zeros(4000), np.zeros(4000)
    held = np.zeros(4000)
    state, alive = np.zeros(4000, dtype=int), np.ones(4000, dtype=bool)
    while np.any(alive):
        both = failing[state] + repairing[state]
        passed = alive * random.standard_exponential(4000) / both
        times, held = times + passed, held + passed * (8 - state)
        fixed = alive & (random.random(4000) * both < repairing[state])
        repairs, moved = repairs + fixed, moved + fixed * (1 + state / 3)
        state = np.where(fixed, 0, state + alive)
        alive &= state < 6
        state = np.minimum(state, 5)
    assert times.mean() == pytest.approx(plan.mean_time_to_loss, abs=4 * times.std() / np.sqrt(4000))
    assert repairs.sum() / times.sum() == pytest.approx(plan.repairs, rel=0.02)
    assert moved.sum() / times.sum() == pytest.approx(plan.traffic, rel=0.02)
    assert held.sum() / times.sum() == pytest.approx(plan.mean_pieces, rel=0.02)


def test_without_repair_all_is_lost():
    never = repair_plan(1, 3, 0, 0.5, 1.0)
    assert never.mean_time_to_loss == pytest.approx(2 * (1 / 3 + 1 / 2 + 1))
    assert never.repairs == never.traffic == 0
    assert never.loss_within(0.0) == 0
    assert never.mean_pieces == pytest.approx(3 * 2 / (2 * (1 / 3 + 1 / 2 + 1)))
    fast = repair_plan(29, 80, 50, 0.2, np.array([1 / 12, 1 / 365]))
    assert fast.mean_time_to_loss[1] > 1e6 * fast.mean_time_to_loss[0]
    assert repair_plan(29, 80, 35, 0.2, 0.02).traffic < repair_plan(29, 80, 70, 0.2, 0.02).traffic


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: loss_probability(6, 5, 0.1), r"needed = 6 .*from 1 to 5"),
        (lambda: loss_probability(1, 5, [0.1, 1.1]), r"piece_loss\[1\] = 1.1 .*\[0, 1\]"),
        (lambda: correlated_loss(1, 5, 0.1, 1.0), r"correlation = 1 .*\[0, 1\)"),
        (lambda: correlated_loss(1, 5, -0.1, 0.1), r"piece_loss = -0.1 .*\[0, 1\]"),
        (lambda: grouped_loss(1, 5, 2, 0.1), r"groups = 2 does not divide 5"),
        (lambda: grouped_loss(1, 4, 2, 1.1), r"group_loss = 1.1 .*\[0, 1\]"),
        (lambda: yearly_loss(3, 5, 0.1, 0), r"checks = 0 .*>= 1"),
        (lambda: yearly_loss(3, 5, 0.1, groups=0), r"groups = 0 .*>= 1"),
        (lambda: yearly_loss(3, 5, 0.1, groups=2), r"groups = 2 does not divide 5"),
        (lambda: yearly_loss(3, 5, 1.1), r"piece_loss = 1.1 .*\[0, 1\]"),
        (lambda: yearly_loss(3, 5, 0.1, shock=2.0), r"shock = 2 .*\[0, 1\]"),
        (lambda: repair_plan(3, 5, 2, 1.0, 1.0), r"threshold = 2 .*\[3, 4\]"),
        (lambda: repair_plan(3, 5, 4, 0.0, 1.0), r"failure_rate = 0 .*\(0, inf\)"),
        (lambda: repair_plan(3, 5, 4, 1.0, 0.0), r"repair_time = 0 .*\(0, inf\)"),
        (lambda: repair_plan(1, 200, 199, 1e-9, 1e-9), r"mean time to loss = inf .*repair less often"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_pieces_that_are_spread_over_operators():
    gone = np.array([0.0, 0.05, 0.3, 1.0])
    for groups in (1, 2, 4, 5, 8, 10, 16, 20, 40, 80):  # where no piece is cut it is the formula for groups
        np.testing.assert_allclose(spread_loss(29, 80, groups, gone), grouped_loss(29, 80, groups, gone), rtol=1e-12)
    assert spread_loss(29, 80, 3, 0.1) == pytest.approx(3 * 0.01 * 0.9 + 0.001)  # two of three must be there
    assert spread_loss(1, 3, np.array([1, 2, 3]), 0.1) == pytest.approx([0.1, 0.01, 0.001])
    assert isinstance(spread_loss(29, 80, 7, 0.1), float)


@given(st.integers(1, 12), st.integers(0, 12), st.integers(0, 16))
def test_one_operator_for_each_piece_is_the_code_alone(needed, spare, part):
    pieces = needed + spare
    assert spread_loss(needed, pieces, pieces, part / 16) == pytest.approx(loss_probability(needed, pieces, part / 16))
    assert spread_loss(needed, pieces, 1, part / 16) == pytest.approx(part / 16)


def test_operators_are_whole_and_no_more_than_pieces():
    assert_refuses(lambda: spread_loss(29, 80, 2.5, 0.1), "operators")
    assert_refuses(lambda: spread_loss(29, 80, 81, 0.1), "operators")
    assert_refuses(lambda: spread_loss(29, 80, 0, 0.1), "operators")
    assert_refuses(lambda: spread_loss(29, 80, 5, 1.1), "gone")
