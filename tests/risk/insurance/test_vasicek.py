from itertools import product
from math import comb
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.normal import below, quantile
from defi_lib.risk import (
    chance_given_shock,
    chance_of_more,
    correlation_from_history,
    draw_losses,
    joint_chance,
    loss_counts,
    loss_in_bad_year,
    losses_in_bad_year,
    shortfall_chance,
)

NORMAL = NormalDist()
chances, rhos = st.floats(0.0, 1.0), st.floats(0.0, 0.99)


def test_the_normal_distribution_to_many_digits():
    z = np.linspace(-9.0, 9.0, 997)
    assert np.allclose(below(z), [NORMAL.cdf(each) for each in z], rtol=0, atol=3e-16)
    part = np.concatenate([10.0 ** -np.arange(1, 16), np.linspace(0.01, 0.99, 99), 1 - 10.0 ** -np.arange(1, 12)])
    assert np.allclose(quantile(part), [NORMAL.inv_cdf(each) for each in part], rtol=0, atol=1e-13)
    assert np.allclose(below(quantile([1e-300, 1e-100])), [1e-300, 1e-100], rtol=1e-9)


@pytest.mark.parametrize(("rho", "percent"), [(0.05, 9.0331), (0.2, 20.7571), (0.5, 46.6522)])
def test_the_worst_of_two_hundred_years(rho, percent):
    root = (NORMAL.inv_cdf(0.03) + rho**0.5 * NORMAL.inv_cdf(0.995)) / (1 - rho) ** 0.5
    assert 100 * loss_in_bad_year(0.03, rho) == pytest.approx(percent, abs=5e-5)
    assert loss_in_bad_year(0.03, rho) == pytest.approx(NORMAL.cdf(root), abs=1e-14)
    assert chance_of_more(loss_in_bad_year(0.03, rho), 0.03, rho) == pytest.approx(0.005, rel=1e-9)


@given(chances, st.floats(0.001, 0.999), st.floats(-8.0, 8.0))
def test_without_correlation_every_year_costs_what_is_expected(chance, part, shock):
    assert loss_in_bad_year(chance, 0.0, part) == chance == chance_given_shock(chance, 0.0, shock)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), chances)
def test_without_correlation_losses_are_binomial(covers, chance):
    wanted = [comb(covers, k) * chance**k * (1 - chance) ** (covers - k) for k in range(covers + 1)]
    assert np.allclose(loss_counts(covers, chance, 0.0), wanted, atol=1e-12)
    assert np.allclose(loss_counts(covers, chance, 1e-12), wanted, atol=1e-6)


@pytest.mark.filterwarnings("error")
def test_the_smallest_correlation_a_float_holds_is_none():
    assert np.allclose(loss_counts(3, 0.5, 5e-324), loss_counts(3, 0.5, 0.0))


def test_many_worlds_are_each_world():
    rho = np.array([0.0, 0.2, 0.7, 0.97])
    alone = [loss_counts(30, 0.03, each) for each in rho.tolist()]
    assert np.allclose(loss_counts(30, 0.03, rho), alone, rtol=0, atol=1e-15)


def test_a_hundred_independent_covers_lose_eight():
    assert losses_in_bad_year(100, 0.03, 0.0) == 8.0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 200), chances, rhos)
def test_correlation_does_not_change_how_much_is_lost_on_average(covers, chance, rho):
    counts = loss_counts(covers, chance, rho)
    assert counts.sum() == pytest.approx(1.0, abs=1e-9)
    assert counts @ np.arange(covers + 1) == pytest.approx(covers * chance, abs=1e-8 * covers)


@settings(max_examples=40, deadline=None)
@given(st.floats(0.001, 0.5), rhos, rhos)
def test_more_correlation_makes_two_losses_together_likelier(chance, one, other):
    low, high = sorted((one, other))
    assert joint_chance(chance, low) <= joint_chance(chance, high) + 1e-12
    assert chance**2 - 1e-12 <= joint_chance(chance, low) <= chance + 1e-12


def test_more_and_more_covers_come_to_the_closed_form():
    gaps = [abs(losses_in_bad_year(n, 0.03, 0.2) / n - loss_in_bad_year(0.03, 0.2)) for n in (10, 100, 1_000)]
    assert gaps[0] > gaps[1] > gaps[2] and gaps[2] < 0.002
    assert shortfall_chance(0.1, 1_000, 0.03, 0.2) == pytest.approx(chance_of_more(0.1, 0.03, 0.2), rel=0.03)


def test_two_covers_by_a_double_integral():
    chance, rho, steps = 0.1, 0.4, 40_000
    shocks = np.linspace(-8, 8, steps)
    weights = np.exp(-(shocks**2) / 2)
    given_shock = [NORMAL.cdf((NORMAL.inv_cdf(chance) + rho**0.5 * m) / (1 - rho) ** 0.5) for m in shocks]
    assert joint_chance(chance, rho) == pytest.approx(np.square(given_shock) @ weights / weights.sum(), abs=1e-10)


def test_drawn_losses_have_the_chance_and_the_counts():
    lost = draw_losses(np.random.default_rng(7), 40_000, 0.1, 0.3, covers=10)
    number = np.bincount(lost.sum(axis=1), minlength=11) / 40_000
    assert np.all(np.abs(number - loss_counts(10, 0.1, 0.3)) < 4 * np.sqrt(0.25 / 40_000))
    assert np.all(np.abs(lost.mean(axis=0) - 0.1) < 4 * np.sqrt(0.09 / 40_000))


def test_groups_have_nothing_in_common():
    lost = draw_losses(np.random.default_rng(3), 40_000, 0.2, 0.6, groups=[0, 0, 1, 1])
    links = np.corrcoef(lost.T.astype(float))
    assert links[0, 1] > 0.3 and links[2, 3] > 0.3 and np.all(np.abs(links[:2, 2:]) < 0.03)
    assert draw_losses(np.random.default_rng(3), (5, 7), 0.2, 0.6, groups=[0, 1, 2]).shape == (5, 7, 3)


def test_the_hidden_correlation_is_found_and_none_where_there_is_none():
    rng = np.random.default_rng(11)
    worlds = draw_losses(rng, (6, 3_000), 0.08, 0.35, covers=30)
    assert np.all(np.abs(correlation_from_history(worlds) - 0.35) < 0.05)
    assert correlation_from_history(draw_losses(rng, 20_000, 0.08, 0.0, covers=30)) < 0.01
    assert correlation_from_history([[True, False], [False, False]]) == 0.0
    assert correlation_from_history([[False, False]]) == 0.0


def test_what_a_fund_has_counts_exactly_at_the_boundary():
    # one of ten covers lost costs a tenth: a fund with a tenth pays it
    counts = loss_counts(10, 0.05, 0.0)
    assert shortfall_chance(0.1, 10, 0.05, 0.0) == pytest.approx(counts[2:].sum())
    assert shortfall_chance(0.0, 10, 0.05, 0.0) == pytest.approx(counts[1:].sum())
    assert shortfall_chance(1.0, 10, 0.05, 0.9) == 0.0


def test_brute_force_over_all_ways_to_lose():
    chances_of = [0.2] * 3
    total = sum(
        np.prod([p if each else 1 - p for p, each in zip(chances_of, lost, strict=True)])
        for lost in product([0, 1], repeat=3)
        if sum(lost) > 1
    )
    assert shortfall_chance(1 / 3, 3, 0.2, 0.0) == pytest.approx(total)


def test_what_is_certain_or_impossible_stays_so():
    assert loss_in_bad_year(np.array([0.0, 1.0]), 0.5).tolist() == [0.0, 1.0]
    assert loss_counts(3, 1.0, 0.5)[3] == loss_counts(3, 0.0, 0.5)[0] == 1.0
    assert chance_of_more(0.0, 0.0, 0.5) == 0.0 and chance_of_more(0.0, 0.1, 0.5) == 1.0
    assert chance_of_more(np.array([0.5, 0.99]), 1.0, 0.5).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: loss_in_bad_year(-0.1, 0.2), r"chance = -0\.1"),
        (lambda: loss_in_bad_year(0.1, 1.0), r"correlation = 1"),
        (lambda: loss_in_bad_year(0.1, -0.1), r"correlation = -0\.1"),
        (lambda: loss_in_bad_year(0.1, 0.2, 1.0), r"part = 1"),
        (lambda: chance_of_more(1.0, 0.1, 0.2), r"loss = 1"),
        (lambda: loss_counts(0, 0.1, 0.2), r"covers = 0"),
        (lambda: loss_counts(3, 0.1, 1.0), r"correlation = 1"),
        (lambda: shortfall_chance(-0.1, 3, 0.1, 0.0), r"means = -0\.1"),
        (lambda: joint_chance(0.1, 1.0), r"correlation = 1"),
        (lambda: correlation_from_history([True, False]), r"lost has shape"),
        (lambda: correlation_from_history([[2.0, 0.0]]), r"lost"),
        (lambda: draw_losses(np.random.default_rng(1), 3, 0.1, 1.0), r"correlation = 1"),
        (
            lambda: draw_losses(np.random.default_rng(1), 3, [0.1, 0.2], 0.1, groups=[0, 0, 0]),
            r"chance has shape \(2,\)",
        ),
        (lambda: draw_losses(np.random.default_rng(1), 3, 0.1, 0.1, groups=[-1]), r"groups = \[-1\]"),
    ],
)
def test_errors_name_the_argument_its_value_and_the_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()
