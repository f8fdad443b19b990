from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.governance import banzhaf, shapley_shubik
from tests.support.contracts import assert_refuses


def swings_by_hand(weights, quota):
    """How many coalitions of others each member turns, all listed."""
    found = []
    for i, weight in enumerate(weights):
        others = [each for j, each in enumerate(weights) if j != i]
        sums = (sum(some) for size in range(len(weights)) for some in combinations(others, size))
        found.append(sum(quota - weight <= held < quota for held in sums))
    return tuple(found)


def pivots_by_hand(weights, quota):
    found = [0] * len(weights)
    for order in permutations(range(len(weights))):
        held = 0
        for member in order:
            held += weights[member]
            if held >= quota:
                found[member] += 1
                break
    return tuple(found)


@pytest.mark.parametrize(
    ("quota", "weights", "swings", "orders"),
    [
        (6, (4, 3, 2, 1), (5, 3, 3, 1), (10, 6, 6, 2)),
        (51, (50, 49, 1), (3, 1, 1), (4, 1, 1)),
        (12, (4, 4, 4, 2, 2, 1), (10, 10, 10, 6, 6, 0), (168, 168, 168, 108, 108, 0)),
        (4, (2, 1, 1, 1, 1), (10, 4, 4, 4, 4), (48, 18, 18, 18, 18)),
    ],
)
def test_worked_values(quota, weights, swings, orders):
    assert banzhaf(weights, quota).swings == swings and shapley_shubik(weights, quota).pivots == orders


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.integers(0, 9), min_size=1, max_size=6).filter(any), st.floats(0.01, 1), st.sampled_from([1, 7, 10**9])
)
def test_they_are_what_listing_gives_in_any_unit(weights, part, unit):
    quota = max(1, round(part * sum(weights)))
    grown, asked = [each * unit for each in weights], (quota - 1) * unit + 1
    assert banzhaf(grown, asked).swings == swings_by_hand(weights, quota)
    assert shapley_shubik(grown, asked).pivots == pivots_by_hand(weights, quota)


def test_twelve_members():
    weights = [31, 27, 21, 20, 13, 8, 8, 5, 3, 1, 1, 0]
    assert banzhaf(weights).swings == swings_by_hand(weights, sum(weights) // 2 + 1)


def test_two_hundred_members_to_the_unit():
    weights = np.random.default_rng(3).integers(1, 60, 200)
    count = banzhaf(weights)
    assert np.sum(count.power) == pytest.approx(1) and np.all(count.chance < 1)
    heavy, light = int(np.argmax(weights)), int(np.argmin(weights))
    assert count.swings[heavy] > count.swings[light]
    # Equal members: Σ C(199, 100) for each, which is a number of 60 digits.
    from math import comb

    assert banzhaf([7] * 200).swings == (comb(199, 100),) * 200
    assert shapley_shubik([1] * 200).power == pytest.approx(np.full(200, 1 / 200), rel=1e-15)


def test_a_dictator_decides_all_and_unanimity_makes_all_equal():
    assert banzhaf([6, 3, 2]).power.tolist() == [1.0, 0.0, 0.0] == shapley_shubik([6, 3, 2]).power.tolist()
    assert banzhaf([6, 3, 2], 11).swings == (1, 1, 1) and shapley_shubik([6, 3, 2], 11).pivots == (2, 2, 2)
    assert banzhaf([5]).swings == (1,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: banzhaf([]), "number of weights = 0 .* from 1 to 200"),
        (lambda: banzhaf([1] * 201), "number of weights = 201"),
        (lambda: banzhaf([1, -1]), r"weights\[1\] = -1"),
        (lambda: banzhaf([0, 0]), "sum of weights = 0"),
        (lambda: banzhaf([0.5]), r"weights\[0\] = 0.5"),
        (lambda: shapley_shubik([1, 2], 4), "quota = 4 .* from 1 to 3"),
        (lambda: banzhaf([1, 2], 0), "quota = 0"),
        (lambda: shapley_shubik([10**9, 10**9 - 1, 5]), "more than can be counted"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)
