"""Yuma consensus."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import yuma_consensus
from tests.support.contracts import assert_refuses

STAKE, GRADES = np.array([0.5, 0.3, 0.2]), np.array([[0.7, 0.3], [0.6, 0.4], [0.0, 1.0]])


def test_consensus():
    result = yuma_consensus(STAKE, GRADES)
    assert result.consensus.tolist() == [0.7, 0.4]
    np.testing.assert_allclose(result.incentive, [0.602273, 0.397727], rtol=1e-6)
    np.testing.assert_allclose(result.dividends, [0.568182, 0.340909, 0.090909], rtol=1e-5)
    # Without the cut, the small validator's praise would count in full.
    np.testing.assert_allclose(STAKE @ GRADES, [0.53, 0.47])


def test_half_of_the_stake_decides_everything():
    mine = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert yuma_consensus([0.51, 0.49], mine).incentive.tolist() == [1, 0]
    assert yuma_consensus([0.51, 0.49], mine).dividends.tolist() == [1, 0]
    assert yuma_consensus([1.0, 1.0], np.zeros((2, 2))).incentive.tolist() == [0, 0]


@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 5), st.floats(0.05, 1))
def test_consensus_is_the_highest_grade_with_support(seed, validators, miners, majority):
    random = np.random.default_rng(seed)
    stake, grades = random.random((3, validators)) + 0.01, random.random((3, validators, miners))
    result = yuma_consensus(stake, grades, majority)
    parts = stake / stake.sum(axis=1, keepdims=True)
    for scenario in range(3):
        for miner in range(miners):
            column = grades[scenario, :, miner]
            supported = [w for w in column if parts[scenario][column >= w].sum() >= majority * (1 - 1e-12)]
            assert result.consensus[scenario, miner] == max(supported)
    np.testing.assert_allclose(result.incentive.sum(axis=1), 1)
    np.testing.assert_allclose(result.dividends.sum(axis=1), 1)
    one = yuma_consensus(stake[1] * 7, grades[1], majority)
    np.testing.assert_allclose(one.dividends, result.dividends[1])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: yuma_consensus([1.0], [1.0]), r"grades has shape \(1,\)"),
        (lambda: yuma_consensus([0.0, 0.0], GRADES[:2]), r"sum of stake = 0 .*\(0, inf\)"),
        (lambda: yuma_consensus([-1.0, 2.0], GRADES[:2]), r"stake\[0\] = -1 .*\[0, inf\)"),
        (lambda: yuma_consensus(STAKE, -GRADES), r"grades\[0, 0\] = -0.7 .*\[0, inf\)"),
        (lambda: yuma_consensus(STAKE, GRADES, 0.0), r"majority = 0 .*\(0, 1\]"),
        (lambda: yuma_consensus(STAKE[:2], GRADES), "shapes do not fit"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


@pytest.mark.parametrize("validators", [2, 6, 10, 1000])
@pytest.mark.parametrize("stake", [0.1, 0.3, 1 / 3])
def test_a_majority_that_is_just_reached_is_one(validators, stake):
    grades = np.repeat([[0.8, 0.2], [0.3, 0.7]], validators // 2, axis=0)
    assert yuma_consensus(np.full(validators, stake), grades).consensus == pytest.approx([0.8, 0.7])
    assert yuma_consensus([0.1, 0.2, 0.7], [[0.9], [0.9], [0.1]], 0.3).consensus == pytest.approx([0.9])
