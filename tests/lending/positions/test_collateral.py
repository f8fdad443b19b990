"""Health factors: check values, many positions at once, and the corners."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.lending import (
    NO_DEBT,
    borrowing_capacity,
    health_factor,
    health_factors,
    liquidation_chance,
    liquidation_price,
)
from tests.support.contracts import assert_refuses

VALUES = st.floats(0, 1e15)


def test_check_values():
    assert health_factor(10 * 2000.0, 0.825, 12_000.0) == pytest.approx(1.375, rel=1e-15)
    assert liquidation_price(10.0, 0.825, 12_000.0) == pytest.approx(1454.545455, abs=5e-7)
    assert health_factor(10 * liquidation_price(10.0, 0.825, 12_000.0), 0.825, 12_000.0) == pytest.approx(1, rel=1e-14)
    assert borrowing_capacity(20_000.0, 0.8, 12_000.0) == 4000.0
    assert borrowing_capacity(20_000.0, 0.8, 17_000.0) == 0.0


@given(VALUES, st.floats(0, 1), VALUES)
def test_a_health_factor_is_always_a_finite_number(collateral, threshold, debt):
    health = health_factor(collateral, threshold, debt)
    assert isinstance(health, float)
    assert 0 <= health <= NO_DEBT
    if debt == 0:
        assert health == NO_DEBT
    elif debt > 1e-30:
        assert health == pytest.approx(collateral * threshold / debt, rel=1e-12)


def test_without_debt_it_is_what_the_contract_says():
    assert NO_DEBT == (2**256 - 1) / 1e18
    np.testing.assert_array_equal(health_factor(np.array([0.0, 5.0]), 0.8, 0.0), [NO_DEBT, NO_DEBT])
    assert health_factor(1e15, 0.8, 1e-300) == NO_DEBT
    assert health_factor(137.5, 0.5382781022360376, 2.2250738585072014e-308) == NO_DEBT  # and not the float above it


def test_many_positions_in_many_scenarios():
    rng = np.random.default_rng(4)
    collateral, debts = rng.uniform(0, 10, (5, 3)), rng.uniform(0, 10, (5, 2))
    prices, debt_prices = rng.uniform(1, 100, (4, 3)), rng.uniform(1, 100, (4, 2))
    thresholds = np.array([0.8, 0.7, 0.0])
    got = health_factors(collateral, prices, thresholds, debts, debt_prices)
    assert got.shape == (4, 5)
    for s in range(4):
        assert health_factors(collateral, prices[s], thresholds, debts, debt_prices[s]) == pytest.approx(got[s])
        for p in range(5):
            worth = (collateral[p] * prices[s] * thresholds).sum()
            assert got[s, p] == pytest.approx(worth / (debts[p] * debt_prices[s]).sum(), rel=1e-13)


def test_debts_may_be_one_number_per_position():
    got = health_factors(np.array([[10.0], [1.0], [0.0]]), np.array([2000.0]), 0.825, np.array([12_000.0, 0.0, 1.0]))
    assert got == pytest.approx([1.375, NO_DEBT, 0.0])
    assert health_factors(np.zeros((0, 2)), np.ones(2), 0.8, np.zeros(0)).shape == (0,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: health_factor(-1.0, 0.8, 1.0), r"collateral_value = -1 .* \[0, inf\)"),
        (lambda: health_factor(1.0, 1.1, 1.0), r"liquidation_threshold = 1.1 .* \[0, 1\]"),
        (lambda: health_factor(1.0, 0.8, np.array([1.0, np.nan])), r"debt_value\[1\] = nan"),
        (lambda: liquidation_price(0.0, 0.8, 1.0), r"collateral = 0 .* \(0, inf\)"),
        (lambda: liquidation_price(1.0, 0.0, 1.0), r"liquidation_threshold = 0 .* \(0, 1\]"),
        (lambda: liquidation_price(1.0, 0.8, -1.0), r"debt_value = -1"),
        (lambda: borrowing_capacity(-1.0, 0.8), r"collateral_value = -1"),
        (lambda: borrowing_capacity(1.0, 1.8), r"loan_to_value = 1.8"),
        (lambda: borrowing_capacity(1.0, 0.8, -1.0), r"debt_value = -1"),
        (lambda: health_factors(np.ones((2, 3)), np.ones(2), 0.8, np.ones(2)), r"collateral \(2, 3\), prices \(2,\)"),
        (lambda: health_factors(np.ones(3), np.ones(3), 0.8, np.ones(2)), r"collateral \(3,\)"),
        (lambda: health_factors(np.ones((2, 3)), np.ones(3), 0.8, np.ones(4)), r"debts \(4,\)"),
        (lambda: health_factors(np.ones((2, 3)), np.ones(3), 0.8, np.ones((2, 2)), np.ones(3)), r"debt_prices \(3,\)"),
        (lambda: health_factors(np.ones((2, 3)), -np.ones(3), 0.8, np.ones(2)), r"prices\[0\] = -1"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


@given(st.floats(0.001, 0.9), st.floats(0.01, 1))
def test_the_chance_of_a_fall_is_that_of_a_price_without_drift(fall, volatility):
    chance = liquidation_chance(fall, volatility)
    assert 0 <= chance <= 1
    # Stopped at the fall, a price without drift is worth on average what it is worth now: it cannot fall on too often.
    assert liquidation_chance(fall / 2, volatility) >= chance - 1e-9
    assert liquidation_chance(fall, 2 * volatility) >= chance - 1e-6


def test_the_chance_of_a_fall_agrees_with_many_drawn_days():
    rng = np.random.default_rng(3)
    steps = rng.normal(-0.5 * 0.1**2 / 2_000, 0.1 / 2_000**0.5, (4_000, 2_000)).cumsum(axis=1).min(axis=1)
    for fall in (0.02, 0.1, 0.2):
        # Looked at 2,000 times a day, a path is a little less deep than looked at always.
        drawn = (steps <= np.log(1 - fall) + 0.5826 * 0.1 / 2_000**0.5).mean()
        assert liquidation_chance(fall, 0.1) == pytest.approx(drawn, abs=0.02)


def test_the_ends_of_the_chance_of_a_fall():
    assert liquidation_chance(0.0, 0.0) == 1.0 and liquidation_chance(0.1, 0.0) == 0.0
    assert liquidation_chance(0.999999, 0.1) == 0.0 and liquidation_chance(1e-12, 5.0) <= 1.0
    assert liquidation_chance(np.array([0.0, 0.1]), 0.1)[1] == liquidation_chance(0.1, 0.1)
    assert_refuses(lambda: liquidation_chance(1.0, 0.1), r"fall = 1 .* \[0, 1\)")
    assert_refuses(lambda: liquidation_chance(0.1, -1), r"volatility = -1")
