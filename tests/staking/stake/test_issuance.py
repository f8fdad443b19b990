from math import isqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import (
    annual_issuance,
    annual_return,
    base_reward,
    dilution,
    epoch_issuance,
    next_inflation,
    stake_for_return,
)
from tests.support.contracts import assert_refuses


@pytest.mark.parametrize(
    ("stake", "reward", "issued", "rate"),
    [(14e6, 540, 621_290, 0.044378), (32e6, 357, 938_839, 0.029339), (36.5e6, 334, 1_001_872, 0.027449)],
)
def test_check_values(stake, reward, issued, rate):
    assert base_reward(stake) == reward
    assert annual_issuance(stake) == pytest.approx(issued, abs=0.5)
    assert annual_return(stake) == pytest.approx(rate, abs=1e-6)
    assert annual_return(stake) * stake == pytest.approx(annual_issuance(stake), rel=1e-15)


@settings(max_examples=200)
@given(st.integers(1, 10**9))
def test_exact_at_every_stake(stake):
    want = 10**9 * 64 // isqrt(stake * 10**9)
    assert base_reward(stake) == want
    assert epoch_issuance(stake) == want * stake
    assert base_reward(np.array([stake, 32]))[0] == want


def test_around_squares():
    stakes = np.array([n * n * 10 for n in range(1, 10_000, 7)])
    stakes = np.concatenate([stakes - 1, stakes, stakes + 1])
    assert base_reward(stakes).tolist() == [10**9 * 64 // isqrt(int(stake) * 10**9) for stake in stakes]


def test_return_that_the_marginal_staker_asks_for():
    stake = stake_for_return(np.array([0.03, 0.05]))
    assert annual_return(np.round(stake)) == pytest.approx([0.03, 0.05], rel=3e-3)
    assert stake_for_return(1e-9) == 120_000_000


def test_cosmos():
    assert next_inflation(0.10, 0.5, 1.0) - 0.10 == pytest.approx(0.032985, abs=5e-7)
    assert next_inflation(0.10, 0.67, 1.0) == pytest.approx(0.10)
    assert next_inflation(0.10, np.array([0.0, 1.0]), 5.0).tolist() == [0.20, 0.07]
    path = 0.10
    for _ in range(1000):
        path = next_inflation(path, 0.5, 0.001)
    assert path == pytest.approx(0.132985, abs=1e-6)


def test_dilution_check_values():
    result = dilution(0.256, 0.44)
    assert result == pytest.approx((0.5818182, 0.2594094, -0.2038217), abs=5e-8)


@given(st.floats(0, 10), st.floats(0.01, 1))
def test_dilution_moves_shares_and_makes_none(inflation, staked):
    result = dilution(inflation, staked)
    assert staked * result.staker + (1 - staked) * result.holder == pytest.approx(0, abs=1e-12)
    assert result.gap == pytest.approx(inflation / staked, rel=1e-9, abs=1e-12)
    assert (1 + inflation / staked) / (1 + inflation) - 1 == pytest.approx(result.staker, rel=1e-9, abs=1e-12)


def test_dilution_when_all_stake_nobody_gains_and_tiny_inflation_keeps_digits():
    assert dilution(0.5, 1.0).staker == 0
    assert dilution(1e-18, 0.5).staker == pytest.approx(1e-18, rel=1e-12)
    together = dilution(0.1, np.array([0.2, 0.9]))
    assert together.staker.tolist() == [dilution(0.1, 0.2).staker, dilution(0.1, 0.9).staker]
    assert together.holder.shape == (2,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: base_reward(0), r"total_stake = 0 is outside the allowed range: whole numbers from 1 to 1000000000"),
        (lambda: epoch_issuance([32, 0.5]), r"total_stake\[1\] = 0.5"),
        (lambda: annual_issuance(-1), r"total_stake = -1"),
        (lambda: annual_return(2 * 10**9), r"total_stake = 2e\+09|total_stake = 2000000000"),
        (lambda: next_inflation(-0.1, 0.5, 1), r"inflation = -0.1"),
        (lambda: next_inflation(0.1, 1.5, 1), r"bonded = 1.5"),
        (lambda: next_inflation(0.1, 0.5, -1), r"years = -1"),
        (lambda: next_inflation(0.1, 0.5, 1, goal=0), r"goal = 0"),
        (lambda: next_inflation(0.1, 0.5, 1, max_change=-1), r"max_change = -1"),
        (lambda: next_inflation(0.1, 0.5, 1, lowest=-1), r"lowest = -1"),
        (
            lambda: next_inflation(0.1, 0.5, 1, highest=0.01),
            r"highest = 0.01 is outside the allowed range \[0.07, inf\)",
        ),
        (lambda: dilution(-0.1, 0.5), r"inflation = -0.1"),
        (lambda: dilution(0.1, 0.0), r"staked = 0 is outside the allowed range \(0, 1\]"),
        (lambda: stake_for_return(0.0), r"wanted = 0"),
        (lambda: stake_for_return(0.1, 0), r"largest = 0"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
