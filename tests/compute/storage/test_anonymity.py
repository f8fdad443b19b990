"""Who is found without a name: counted by hand, and the formula beside the count."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import NOT_SEEN, alone_chance, chance_found, draw_traces, found_share, group_sizes, with_noise
from tests.support.contracts import assert_broadcasts, assert_refuses


def test_alone_in_a_box():
    assert alone_chance(1, 1) == 1 and alone_chance(2, 1) == 0
    assert alone_chance(3, 10) == pytest.approx(0.81)
    assert alone_chance(np.array([1.0, 2.0, 3.0]), 4.0) == pytest.approx([1, 0.75, 0.5625])
    draws = np.random.default_rng(1).integers(365, size=(20_000, 100))
    assert alone_chance(100, 365) == pytest.approx(np.mean((draws == draws[:, :1]).sum(axis=1) == 1), abs=0.01)


def test_groups_of_a_table():
    rows = [[1980, 1, 7], [1980, 1, 7], [1980, 2, 7], [1981, 1, 7], [1980, 1, 7]]
    assert group_sizes(rows).tolist() == [3, 3, 1, 1, 3]
    assert group_sizes(np.asarray(rows) // [10, 10, 1]).tolist() == [5] * 5  # decades: all alike
    assert_refuses(lambda: group_sizes([1, 2]), "two dimensions")


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=30))
def test_a_coarser_table_has_no_smaller_groups(rows):
    fine = group_sizes(rows)
    assert np.all(group_sizes(np.asarray(rows) // 2) >= fine) and np.sum(1 / fine) == pytest.approx(len(set(rows)))


def test_found_by_hand():
    traces = np.array([[1, 2, 3, 4], [1, 2, 3, 5], [6, 2, 3, 4]])
    rng = np.random.default_rng(0)
    assert found_share(rng, traces, 4) == 1.0
    assert found_share(rng, traces[:2, :3], 3) == 0.0  # twins
    assert found_share(rng, traces, 4, merged=10) == 0.0  # one place for all
    # Windows of two hours: the third has both places of the others in the second half, but not in the first.
    assert found_share(rng, np.array([[1, 2], [2, 1]]), 2, window=2) == 0.0
    hidden = np.array([[1, NOT_SEEN, 2], [1, 3, NOT_SEEN]])
    assert found_share(rng, hidden, 2) == 1.0
    # Another row is sold as mine: the neighbour finds a row, and it is not mine.
    assert found_share(rng, traces, 4, sold=traces[::-1]) == pytest.approx(1 / 3)


def test_noise_hides_nobody_while_enough_facts_are_true():
    rng = np.random.default_rng(2)
    traces = draw_traces(rng, 400, 50, 48, 1.0)
    assert found_share(rng, traces, 6) > 0.95
    slightly = found_share(rng, traces, 6, sold=with_noise(rng, traces, 50, 0.2))
    wholly = found_share(rng, traces, 6, sold=with_noise(rng, traces, 50, 1.0))
    assert wholly < 0.05 < 0.6 < slightly
    assert np.array_equal(with_noise(rng, traces, 50, 0.0), traces)
    gaps = draw_traces(rng, 50, 50, 20, 0.5)
    assert np.array_equal(with_noise(rng, gaps, 50, 1.0) == NOT_SEEN, gaps == NOT_SEEN)


@pytest.mark.parametrize(
    ("facts", "people", "places", "window", "recorded", "habit"),
    [
        (1, 60, 40, 1, 1.0, 0.0),
        (2, 1_500, 40, 1, 0.5, 0.75),
        (4, 1_500, 40, 1, 0.5, 0.75),
        (3, 1_500, 30, 6, 0.4, 0.75),
        (2, 1_500, 200, 1, 0.6, 0.95),
    ],
)
def test_the_formula_says_what_is_counted(facts, people, places, window, recorded, habit):
    rng = np.random.default_rng(7)
    traces = [draw_traces(rng, people, places, 48, recorded, habit) for _ in range(4)]
    counted = np.mean([found_share(rng, each, facts, window=window) for each in traces])
    formula = chance_found(facts, people, places, window, recorded, habit)
    assert formula == pytest.approx(counted, abs=0.04)


def test_the_formula_at_its_ends():
    assert chance_found(0, 2, 10) == 0 and chance_found(0, 1, 10) == 1  # who knows nothing; who is alone
    assert chance_found(1, 3, 10, habit=0.0) == pytest.approx(0.81)
    assert chance_found(4, 1e9, 2.0, 700, 1.0) == pytest.approx(0, abs=1e-9)
    assert chance_found(2, 1e6, 100, recorded=0.0) == 1  # nobody else is recorded
    facts = np.arange(1, 11)
    assert np.all(np.diff(np.asarray(chance_found(facts, 1e6, 1e3, 4, 0.3))) >= 0)
    assert_broadcasts(chance_found, np.array([1.0, 2.0, 4.0]), np.array([10.0, 1e5, 1e7]), np.array([10.0, 20.0, 1e4]))


def test_what_is_refused():
    rng = np.random.default_rng(0)
    assert_refuses(lambda: chance_found(2.5, 10, 10), "facts")
    assert_refuses(lambda: chance_found(21, 10, 10), "facts")
    assert_refuses(lambda: chance_found(2, 0, 10), "people")
    assert_refuses(lambda: chance_found(2, 10, 1), "places")
    assert_refuses(lambda: chance_found(2, 10, 10, 0.5), "hours")
    assert_refuses(lambda: chance_found(2, 10, 10, recorded=1.1), "recorded")
    assert_refuses(lambda: chance_found(2, 10, 10, habit=1.0), "habit")
    assert_refuses(lambda: chance_found(2, 10, 10, crowding=0.5), "crowding")
    assert_refuses(lambda: found_share(rng, [[1, NOT_SEEN], [1, 2]], 2), "facts")
    assert_refuses(lambda: draw_traces(rng, 10, 10, 10, 1.5), "recorded")
    assert_refuses(lambda: with_noise(rng, [[1]], 10, -0.1), "moved")
    assert_refuses(lambda: alone_chance(10, 0), "boxes")
