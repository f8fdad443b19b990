import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.staking import acceptable_fee, pay_per_share_income, pool_income, solo_income
from tests.support.contracts import assert_refuses


def test_solo_against_simulated_blocks():
    found = np.random.default_rng(1).binomial(4320, 0.001, 200_000) * 3.125
    income = solo_income(0.001, 4320, 3.125)
    assert income.mean == pytest.approx(found.mean(), rel=0.01)
    assert income.standard_deviation == pytest.approx(found.std(), rel=0.01)
    assert income.nothing == pytest.approx((found == 0).mean(), rel=0.03)
    assert income.fee == 0


def test_a_pool_keeps_the_mean_but_for_the_fee_and_removes_luck():
    alone, pooled = solo_income(0.0001, 4320, 3.125), pool_income(0.0001, 0.25, 4320, 3.125, 0.02)
    assert pooled.mean == pytest.approx(alone.mean * 0.98)
    assert pooled.fee == pytest.approx(alone.mean * 0.02)
    assert alone.variation / pooled.variation == pytest.approx((2500 * 0.9999 / 0.75) ** 0.5)
    assert pooled.nothing < 1e-300
    assert alone.nothing == pytest.approx(0.9999**4320)
    paid = pay_per_share_income(0.0001, 4320, 3.125, 0.04)
    assert (paid.mean, paid.standard_deviation, paid.nothing) == (pytest.approx(alone.mean * 0.96), 0, 0)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1e5), st.floats(0, 0.99))
def test_what_is_earned_is_mined(share, rest, blocks, fee):
    pool_share = min(share + rest, 1.0)
    for income in (pool_income(share, pool_share, blocks, 2.0, fee), pay_per_share_income(share, blocks, 2.0, fee)):
        assert income.mean + income.fee == pytest.approx(2 * share * blocks, rel=1e-12, abs=1e-300)
        assert 0 <= income.nothing <= 1
        assert income.standard_deviation >= 0
        assert np.isfinite(income.variation)


def test_edges():
    assert pool_income(0.0, 0.0, 10, 1) == (0, 0, 1, 0)
    assert solo_income(1.0, 10, 1) == (10, 0, 0, 0)
    assert solo_income(1.0, 0, 1) == (0, 0, 1, 0)
    assert pay_per_share_income(0.0, 10, 1).nothing == 1


def test_scenarios_agree_with_single_calls():
    share = np.array([0.0, 1e-6, 0.01, 1.0])
    together = pool_income(share, 1.0, 100, 3.0, 0.01)
    for i, one in enumerate(share):
        assert tuple(pool_income(float(one), 1.0, 100, 3.0, 0.01)) == tuple(part[i] for part in together)
    assert together.variation.tolist() == [0, 0, 0, 0]


def test_acceptable_fee_makes_the_miner_indifferent():
    share, pool_share, blocks, aversion = 1e-3, 0.2, 52_560.0, 3.0
    fee = acceptable_fee(share, pool_share, blocks, aversion)

    def worth(income):
        mean = income.mean / (share * blocks)
        return mean - aversion / 2 * (income.standard_deviation / (share * blocks)) ** 2

    assert 0 < fee < 0.05
    assert worth(pool_income(share, pool_share, blocks, 1.0, fee)) == pytest.approx(
        worth(solo_income(share, blocks, 1.0)), rel=1e-12
    )
    assert acceptable_fee(share, pool_share, blocks, 0.0) == 0
    fees = acceptable_fee(np.array([0.2, 0.01, 0.001]), 0.2, blocks, aversion)
    assert fees[0] == 0
    assert np.all(np.diff(fees) > 0)
    assert np.all(np.diff(acceptable_fee(1e-3, np.array([0.01, 0.1, 0.5]), blocks, aversion)) > 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: solo_income(1.1, 1, 1), r"share = 1.1 is outside the allowed range \[0, 1\]"),
        (lambda: pool_income(0.3, 0.2, 1, 1), r"pool_share = 0.2 is outside the allowed range \[0.3, 1\]"),
        (lambda: pool_income(0.1, 0.2, -1, 1), r"blocks = -1"),
        (lambda: pool_income(0.1, 0.2, 1, -1), r"reward = -1"),
        (lambda: pool_income(0.1, 0.2, 1, 1, 1.0), r"fee = 1 is outside the allowed range \[0, 1\)"),
        (lambda: pay_per_share_income([0.1, 2], 1, 1), r"share\[1\] = 2"),
        (lambda: pay_per_share_income(0.1, -1, 1), r"blocks = -1"),
        (lambda: pay_per_share_income(0.1, 1, -1), r"reward = -1"),
        (lambda: pay_per_share_income(0.1, 1, 1, -0.1), r"fee = -0.1"),
        (lambda: acceptable_fee(0.0, 0.5, 1, 1), r"share = 0 is outside the allowed range \(0, 1\]"),
        (lambda: acceptable_fee(0.5, 0.2, 1, 1), r"pool_share = 0.2"),
        (lambda: acceptable_fee(0.1, 0.2, 0, 1), r"blocks = 0"),
        (lambda: acceptable_fee(0.1, 0.2, 1, -1), r"risk_aversion = -1"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
