"""What a hurdle finances: projects one by one, and power laws in closed form against numbers drawn."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import linprog

from defi_lib.economy import (
    chance_above,
    chance_best_pays,
    choose_projects,
    hurdle_choice,
    lowest_return,
    part_that_pays,
    projects_that_pay,
    ranked_returns,
    simulate_portfolios,
    top_return_share,
)

multiples = st.lists(st.floats(0.0, 20.0), min_size=4, max_size=4)


@given(multiples, multiples, st.lists(st.floats(0.1, 9.0), min_size=4, max_size=4), st.floats(0.0, 30.0))
@settings(max_examples=40, deadline=None)
def test_each_choice_is_the_best_for_its_measure(private, social, cost, budget):
    """With the cost of money as hurdle, linear programming finds no better use of the budget."""
    choice = choose_projects(private, social, cost, 1.0, budget)
    for part, worth in ((choice.private_part, private), (choice.social_part, social)):
        gain = np.array(cost) * (np.array(worth) - 1.0)
        best = linprog(-gain, A_ub=[cost], b_ub=[budget], bounds=[(0.0, 1.0)] * 4)
        assert part @ gain == pytest.approx(-best.fun, abs=1e-6)
        assert part @ np.array(cost) <= budget + 1e-9 and np.all((part >= 0) & (part <= 1))
    assert choice.possible_gain >= choice.social_gain - 1e-9 * (1 + abs(choice.social_gain))


def test_placebo_where_the_fund_gets_all_both_choose_alike():
    worth = np.linspace(0.0, 5.0, 11)
    choice = choose_projects(worth, worth, 2.0, 1.0, 7.0)
    assert np.array_equal(choice.private_part, choice.social_part)
    assert choice.fund_gain == choice.social_gain == choice.possible_gain
    assert hurdle_choice(2.0, 0.5, 0.7, 1.5, 4.0)[2:6] == (0.0, 0.0, 0.0, 0.0)
    assert hurdle_choice(3.0, 0.1, 1.0, 2.0, 30.0)[2:6] == (0.0, 0.0, 0.0, 0.0)  # 0.1·30 is 3 within rounding


def test_at_the_hurdle_it_is_financed_and_ties_go_in_order():
    assert choose_projects([0.1 + 0.2, 0.29], 1.0, 1.0, 0.3).private_part.tolist() == [1.0, 0.0]
    assert choose_projects([2.0, 2.0, 2.0], 1.0, 2.0, 1.0, 3.0).private_part.tolist() == [1.0, 0.5, 0.0]
    assert choose_projects(2.0, 1.0, 2.0, 1.0, 0.0).private_part.tolist() == [0.0]


def test_projects_by_scenario_and_a_hurdle_per_project():
    both = choose_projects([[4.0, 1.0], [1.0, 4.0]], 2.0, [1.0, 3.0], 3.0, 2.0)
    assert both.private_part.tolist() == [[1.0, 0.0], [0.0, pytest.approx(2 / 3)]]
    assert both.fund_gain.tolist() == pytest.approx([3.0, 6.0])
    assert choose_projects([4.0, 4.0], 2.0, 1.0, [5.0, 3.0]).private_part.tolist() == [0.0, 1.0]


def test_what_harms_others_is_financed_too():
    choice = choose_projects([3.0, 1.2], [0.5, 4.0], 10.0, 2.0)
    assert choice.fund_gain == 20.0 and choice.social_gain == -5.0 and choice.possible_gain == 30.0


@pytest.mark.parametrize(
    ("hurdle", "kept", "lowest", "tail", "social"),
    list(product([0.4, 3.0], [0.2, 1.0, 4.0], [0.5, 1.3], [1.1, 2.5], [1.2])),
)
def test_the_hurdle_of_a_power_law_by_integration(hurdle, kept, lowest, tail, social):
    found = hurdle_choice(hurdle, kept, lowest, tail, social)
    line = kept * social
    low, high = sorted((max(line, lowest), max(hurdle, lowest)))

    def density(x):
        return tail * lowest**tail * x ** (-tail - 1)

    part = quad(density, low, high)[0]
    value = quad(lambda x: (x / kept - social) * density(x), low, high)[0]
    missed = line < hurdle
    wanted = (part, value, 0.0, 0.0) if missed else (0.0, 0.0, part, -value)
    assert found[2:6] == pytest.approx(wanted, abs=1e-9)
    assert found.financed + found.missed == pytest.approx(found.wanted + found.unwanted)


def test_the_hurdle_of_a_power_law_by_drawn_projects():
    rng, n = np.random.default_rng(2), 400_000
    private = 0.5 * (1 + rng.pareto(2.5, n))
    drawn = choose_projects(private, private / 0.4, 1.0, 3.0)
    exact = hurdle_choice(3.0, 0.4, 0.5, 2.5)
    missed = drawn.social_part - drawn.private_part
    assert np.mean(drawn.private_part) == pytest.approx(exact.financed, abs=2e-3)
    assert np.mean(missed) == pytest.approx(exact.missed, abs=3e-3)
    assert (drawn.possible_gain - drawn.social_gain) / n == pytest.approx(exact.missed_value, rel=0.02)
    assert np.mean(private[private >= 3.0]) == pytest.approx(exact.mean_financed, rel=0.05)


def test_check_values_of_the_power_law():
    assert top_return_share(0.2, 1.16) == pytest.approx(0.8009, abs=5e-5)
    assert top_return_share([0.0, 1.0], 1.5).tolist() == [0.0, 1.0]
    assert part_that_pays(2.0, 1.5) == pytest.approx(0.125)
    assert part_that_pays(1.0, 1.5) == 1.0 and part_that_pays(0.99, 1.5) == np.inf
    assert chance_above([0.0, 1.0, 2.0], 1.0, 3.0).tolist() == [1.0, 1.0, 0.125]
    assert lowest_return(3.0, [1.5, 3.0]).tolist() == pytest.approx([1.0, 2.0])


@given(st.floats(1.001, 20.0), st.floats(1.05, 10.0))
def test_the_part_that_pays_earns_just_the_costs(mean, tail):
    assert top_return_share(part_that_pays(mean, tail), tail) * mean == pytest.approx(1.0)


@given(st.integers(1, 400), st.floats(0.01, 10.0), st.floats(1.01, 20.0))
def test_ranked_returns_add_up_to_the_mean_whatever_the_number(n, lowest, tail):
    ranked = ranked_returns(n, lowest, tail)
    assert ranked.mean() == pytest.approx(lowest * tail / (tail - 1), rel=1e-9)
    assert np.all(np.diff(ranked) < 0) and ranked[-1] > lowest


def test_many_ranked_returns_come_to_the_law_of_all():
    n, mean, tail = 200_000, 2.0, 1.5
    ranked = ranked_returns(n, lowest_return(mean, tail), tail)
    assert ranked[: n // 5].sum() / ranked.sum() == pytest.approx(top_return_share(0.2, tail), abs=1e-4)
    assert projects_that_pay(n, lowest_return(mean, tail), tail) / n == pytest.approx(
        part_that_pays(mean, tail), abs=1e-3
    )


def test_ranks_and_the_best_alone_by_drawn_portfolios():
    n, lowest, tail, runs = 12, 0.8, 2.5, 60_000
    drawn = np.sort(lowest * (1 + np.random.default_rng(3).pareto(tail, (runs, n))), axis=1)[:, ::-1]
    assert np.all(
        np.abs(drawn.mean(axis=0) - ranked_returns(n, lowest, tail)) < 4.5 * drawn.std(axis=0) / np.sqrt(runs)
    )
    assert np.mean(drawn[:, 0] >= n) == pytest.approx(chance_best_pays(n, lowest, tail), abs=0.01)
    run = simulate_portfolios(n, lowest, tail, runs, np.random.default_rng(3))
    assert np.mean(run.best_share * run.multiple * n >= n) == pytest.approx(np.mean(run.needed == 1))
    assert np.mean(run.needed == n + 1) == pytest.approx(np.mean(run.multiple < 1.0))
    assert run.multiple.mean() == pytest.approx(lowest * tail / (tail - 1), rel=0.01)


def test_more_projects_make_the_mean_likelier_and_not_larger():
    lowest, rng = lowest_return(2.0, 1.5), np.random.default_rng(4)
    middle = [np.median(simulate_portfolios(n, lowest, 1.5, 4_000, rng).multiple) for n in (1, 10, 100)]
    assert middle[0] < middle[1] < middle[2] < 2.0


def test_no_power_where_all_projects_are_nearly_alike():
    ranked = ranked_returns(10, 2.0, 1e9)
    assert ranked == pytest.approx(np.full(10, 2.0)) and projects_that_pay(10, 2.0, 1e9) == 5
    assert projects_that_pay(10, 0.5, 1e9) == 11 and projects_that_pay(1, 1.0, 2.0) == 1
    assert chance_best_pays(1, 1.0, 1.5) == 1.0 and chance_best_pays(10**9, 1.0, 1.5) < 1e-3


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: choose_projects([-1.0], 1.0, 1.0, 1.0), "private"),
        (lambda: choose_projects([1.0], 1.0, 0.0, 1.0), "cost"),
        (lambda: choose_projects([1.0], 1.0, 1.0, -1.0), "hurdle"),
        (lambda: choose_projects([1.0], 1.0, 1.0, 1.0, -1.0), "budget"),
        (lambda: choose_projects([1.0], 1.0, 1.0, 1.0, [1.0, 2.0]), "budget"),
        (lambda: choose_projects([1.0, 2.0], [1.0, 2.0, 3.0], 1.0, 1.0), "shapes"),
        (lambda: hurdle_choice(0.0, 1.0, 1.0, 2.0), "hurdle"),
        (lambda: hurdle_choice(1.0, 0.0, 1.0, 2.0), "kept"),
        (lambda: hurdle_choice(1.0, 1.0, 1.0, 1.0), "tail"),
        (lambda: hurdle_choice(1e308, 1.0, 1.0, 1.01), "beyond"),
        (lambda: ranked_returns(0, 1.0, 2.0), "projects"),
        (lambda: ranked_returns(3, [1.0, 2.0], 2.0), "lowest"),
        (lambda: top_return_share(1.1, 2.0), "part"),
        (lambda: part_that_pays(0.0, 2.0), "mean"),
        (lambda: simulate_portfolios(3, 1.0, 2.0, 0, np.random.default_rng(1)), "runs"),
        (lambda: projects_that_pay(3, 1.0, 2.0, 0.0), "owed"),
    ],
)
def test_what_cannot_be_is_refused_by_name(call, name):
    with pytest.raises(ValueError, match=name):
        call()
