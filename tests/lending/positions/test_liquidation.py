"""Liquidation: check values, the rules of two versions, conservation, and the spiral."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.lending import (
    AAVE_V3,
    AAVE_V3_3,
    COMPOUND_V2,
    NO_DEBT,
    CloseRules,
    health_factor,
    liquidate,
    spiral_health_factor,
)
from defi_lib.lending.positions.liquidation import largest_repayment
from tests.support.contracts import assert_refuses

ALWAYS_HALF = CloseRules(0.5, full_below=0.0)
POSITIONS = st.tuples(st.floats(0, 1e6), st.floats(0, 1e9), st.floats(0.01, 1e5))


def test_check_values():
    better = liquidate(10.0, 12_000.0, 1400.0, 0.825, 0.05, rules=ALWAYS_HALF)
    assert better.health_factor == pytest.approx(0.9625, rel=1e-15)
    assert better.seized == pytest.approx(4.5, rel=1e-15)
    assert better.health_factor_after == pytest.approx(1.05875, rel=1e-14)
    worse = liquidate(10.0, 12_000.0, 1250.0, 0.825, 0.05, rules=ALWAYS_HALF)
    assert worse.health_factor == pytest.approx(0.859375, rel=1e-15)
    assert worse.health_factor_after == pytest.approx(0.8525, rel=1e-14)
    assert spiral_health_factor(0.825, 0.05) == pytest.approx(0.86625, rel=1e-15)


def test_close_factor_of_the_first_rules():
    # Health factors 0.9501, 0.95 and 0.5.
    debt = np.array([0.8 / 0.9501, 0.8 / 0.95, 1.6]) * 10_000
    result = liquidate(10_000.0, debt, 1.0, 0.8, 0.05)
    assert result.repaid[:2] == pytest.approx([debt[0] / 2, debt[1]], rel=1e-14)
    assert result.repaid[2] == pytest.approx(10_000 / 1.05, rel=1e-14)
    assert result.bad_debt[2] == pytest.approx(16_000 - 10_000 / 1.05, rel=1e-14)
    assert result.debt[2] == result.bad_debt[2]
    assert list(result.bad_debt[:2]) == [0.0, 0.0]


def test_small_positions_are_closed_whole_by_the_later_rules():
    collateral = np.array([2400.0, 2100.0, 1900.0])
    debt = collateral * 0.8 / 0.97
    assert list(liquidate(collateral, debt, 1.0, 0.8, 0.05, rules=AAVE_V3).repaid) == list(debt / 2)
    # Debts of 1979, 1732 and 1567 USD are below 2000.
    assert list(liquidate(collateral, debt, 1.0, 0.8, 0.05, rules=AAVE_V3_3).repaid) == list(debt)


def test_nothing_too_small_is_left_by_the_later_rules():
    # Half of the debt would leave 2050 − 1.25·1000 = 800 USD of collateral.
    repaid = largest_repayment(2050.0, 2000.0, 0.97, 0.25, AAVE_V3_3, 2000.0)
    assert repaid == pytest.approx(1050 / 1.25, rel=1e-14)
    assert 2050 - 1.25 * repaid == pytest.approx(1000, rel=1e-14)
    # Half of all debts is more than leaves 1000 USD of this one.
    assert largest_repayment(9000.0, 2500.0, 0.97, 0.05, AAVE_V3_3, 4800.0) == 1500.0
    # All of this debt is less than half of all debts.
    assert largest_repayment(9000.0, 2500.0, 0.97, 0.05, AAVE_V3_3, 5000.0) == 2500.0


def test_the_later_rules_write_bad_debt_off():
    result = liquidate(1.0, 5000.0, 1000.0, 0.8, 0.05, rules=AAVE_V3_3)
    assert result.debt == 0.0
    assert result.written_off == result.bad_debt == pytest.approx(5000 - 1000 / 1.05, rel=1e-14)
    assert result.health_factor_after == NO_DEBT


def test_the_protocol_takes_its_part_of_the_bonus():
    result = liquidate(10.0, 10_000.0, 1200.0, 0.8, 0.05, fee_share=0.1, rules=COMPOUND_V2)
    base = result.repaid / 1200
    assert result.protocol_fee == pytest.approx(base * 0.05 * 0.1, rel=1e-14)
    assert result.liquidator_profit == pytest.approx(result.repaid * 0.05 * 0.9, rel=1e-12)


@given(
    st.lists(POSITIONS, min_size=1, max_size=5),
    st.floats(0, 0.95),
    st.floats(0, 0.3),
    st.sampled_from([AAVE_V3, AAVE_V3_3, COMPOUND_V2]),
)
def test_nothing_is_created_and_arrays_agree_with_scalars(positions, threshold, bonus, rules):
    collateral, debt, price = np.array(positions).T
    result = liquidate(collateral, debt, price, threshold, bonus, 0.1, rules)
    healthy = result.health_factor >= 1
    assert np.all(result.repaid[healthy] == 0)
    assert np.all(result.seized[healthy] == 0)
    assert np.all((result.collateral >= 0) & (result.debt >= 0) & (result.repaid >= 0))
    assert result.debt + result.repaid + result.written_off == pytest.approx(debt, rel=1e-12, abs=1e-300)
    # What is seized is worth what is repaid and the bonus, or is all there is.
    assert result.seized * price == pytest.approx(result.repaid * (1 + bonus), rel=1e-9, abs=1e-200)
    np.testing.assert_allclose(result.health_factor, health_factor(collateral * price, threshold, debt), rtol=1e-14)
    for i, (one_collateral, one_debt, one_price) in enumerate(positions):
        one = liquidate(one_collateral, one_debt, one_price, threshold, bonus, 0.1, rules)
        assert (one.health_factor, one.repaid, one.seized) == (
            result.health_factor[i],
            result.repaid[i],
            result.seized[i],
        )


@given(st.floats(100, 1e6), st.floats(0.5, 0.95), st.floats(0.01, 0.05), st.floats(0.3, 0.999))
def test_a_liquidation_helps_only_above_the_spiral(debt, threshold, bonus, health):
    result = liquidate(debt * health / threshold, debt, 1.0, threshold, bonus, rules=ALWAYS_HALF)
    limit = spiral_health_factor(threshold, bonus)
    if health > limit * 1.0001:
        assert result.health_factor_after > result.health_factor
    elif health < limit * 0.9999:
        assert result.health_factor_after < result.health_factor


def test_many_positions_are_computed_in_blocks_without_a_seam():
    rng = np.random.default_rng(3)
    collateral, debt = rng.lognormal(0, 2, 20_001), rng.lognormal(7, 2, 20_001)
    whole = liquidate(collateral, debt, 2000.0, 0.825, 0.05, rules=AAVE_V3_3)
    for part in (slice(0, 100), slice(8190, 8195), slice(20_000, None)):
        some = liquidate(collateral[part], debt[part], 2000.0, 0.825, 0.05, rules=AAVE_V3_3)
        np.testing.assert_array_equal(some.repaid, whole.repaid[part])
        np.testing.assert_array_equal(some.seized, whole.seized[part])


def test_positions_in_scenarios_and_none_at_all():
    prices = np.array([2000.0, 1400.0, 800.0])[:, None]
    result = liquidate(np.array([10.0, 5.0]), np.array([12_000.0, 100.0]), prices, 0.825, 0.05)
    assert result.health_factor.shape == result.bad_debt.shape == (3, 2)
    assert list(result.repaid[:, 1]) == [0.0, 0.0, 0.0]
    assert liquidate(np.zeros(0), np.zeros(0), 1.0, 0.8, 0.05).repaid.shape == (0,)


def test_a_worthless_dust_of_collateral_of_a_healthy_position_is_not_seized():
    result = liquidate(1e-300, 0.0, 1e-300, 0.8, 0.05)
    assert (result.seized, result.health_factor) == (0.0, NO_DEBT)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: liquidate(np.array([1.0, -1.0]), 1.0, 1.0, 0.8, 0.05), r"collateral\[1\] = -1 .* \[0, inf\)"),
        (lambda: liquidate(1.0, -1.0, 1.0, 0.8, 0.05), r"debt = -1"),
        (lambda: liquidate(1.0, 1.0, 0.0, 0.8, 0.05), r"price = 0 .* \(0, inf\)"),
        (lambda: liquidate(1.0, 1.0, 1.0, 1.8, 0.05), r"liquidation_threshold = 1.8 .* \[0, 1\]"),
        (lambda: liquidate(1.0, 1.0, 1.0, 0.8, -0.05), r"bonus = -0.05"),
        (lambda: liquidate(1.0, 1.0, 1.0, 0.8, 0.05, 1.1), r"fee_share = 1.1"),
        (lambda: liquidate(np.ones(2), np.ones(3), 1.0, 0.8, 0.05), r"collateral \(2,\), debt \(3,\)"),
        (lambda: CloseRules(0.0), r"close_factor = 0 .* \(0, 1\]"),
        (lambda: CloseRules(full_below=1.5), r"full_below = 1.5 .* \[0, 1\]"),
        (lambda: CloseRules(full_size=-1.0), r"full_size = -1"),
        (lambda: CloseRules(least_left=1.0), r"least_left = 1 .* \[0, 0\]"),
        (lambda: spiral_health_factor(1.2, 0.05), r"liquidation_threshold = 1.2"),
        (lambda: spiral_health_factor(0.8, -0.1), r"bonus = -0.1"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
