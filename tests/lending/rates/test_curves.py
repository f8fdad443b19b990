"""Interest-rate curves against their check values, and against the deployed strategy of Aave v2."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.lending import (
    BLOCKS_PER_YEAR,
    SeparateRates,
    SharedRates,
    aave_curve,
    average_rate,
    compound_v2_curve,
    compound_v3_curve,
    per_block,
    stable_debt_surcharge,
    supply_rate,
    utilisation,
)
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

CASES = cases("aave_rates")
RAY = 10**27


def test_aave_check_values():
    usdc = SharedRates(aave_curve(0.0, 0.04, 0.60, 0.9), 0.10)
    used = np.array([0.45, 0.9, 0.95, 1.0])
    assert usdc.borrow_rate(used) == pytest.approx([0.02, 0.04, 0.34, 0.64], rel=1e-13)
    assert usdc.supply_rate(used) == pytest.approx([0.0081, 0.0324, 0.2907, 0.576], rel=1e-13)
    weth = aave_curve(0.0, 0.08, 1.00, 0.65)
    assert weth.rate(0.65) == pytest.approx(0.08, rel=1e-14)
    assert weth.rate(0.8) == pytest.approx(0.508571, abs=5e-7)


def test_compound_check_values():
    cusdc = compound_v2_curve(0.0, 0.04, 1.09, 0.8)
    assert cusdc.rate(np.array([0.4, 0.8, 0.9, 1.0])) == pytest.approx([0.02, 0.04, 0.149, 0.258], rel=1e-13)
    cwbtc = compound_v2_curve(0.02, 0.18, 1.0, 0.8)
    assert cwbtc.rate(np.array([0.4, 0.8, 0.9, 1.0])) == pytest.approx([0.11, 0.20, 0.30, 0.40], rel=1e-13)


def test_first_version_of_compound_takes_the_multiplier_per_unit_of_utilisation():
    assert compound_v2_curve(0.02, 0.18, 1.0, 0.8, version=1).rate(0.8) == pytest.approx(0.02 + 0.18 * 0.8, rel=1e-14)
    first = compound_v2_curve(0.0, 0.05, 1.0, 0.8, version=1)
    assert first.rate(0.4) == compound_v2_curve(0.0, 0.05 * 0.8, 1.0, 0.8).rate(0.4)


def test_rate_per_block():
    assert per_block(0.04) * BLOCKS_PER_YEAR == pytest.approx(0.04, rel=1e-15)
    assert per_block(0.04, 2_628_000) == 0.04 / 2_628_000


def test_compound_iii_check_values():
    rates = SeparateRates(compound_v3_curve(0.015, 0.035, 0.25, 0.8), compound_v3_curve(0.0, 0.0325, 0.40, 0.8))
    assert rates.borrow_rate(np.array([0.8, 0.9])) == pytest.approx([0.043, 0.068], rel=1e-13)
    assert rates.supply_rate(np.array([0.8, 0.9])) == pytest.approx([0.026, 0.066], rel=1e-13)
    # Its utilisation may exceed 1.
    assert rates.borrow_rate(1.1) == pytest.approx(0.015 + 0.035 * 0.8 + 0.25 * 0.3, rel=1e-13)


@pytest.mark.parametrize("case", [c for c in CASES if c["op"] == "aave_v2_rates"], ids=lambda case: case["id"])
def test_deployed_strategy_of_aave_v2(case):
    params = {name: int(value) / RAY for name, value in case["params"].items()}
    inputs = {name: int(value) / 1e18 for name, value in case["inputs"].items()}
    want = {name: int(value) / RAY for name, value in case["outputs"].items()}
    variable = aave_curve(
        params["base_variable"], params["slope1_variable"], params["slope2_variable"], params["optimal_utilization"]
    )
    stable = aave_curve(
        params["market_stable_rate"], params["slope1_stable"], params["slope2_stable"], params["optimal_utilization"]
    )
    debts = (inputs["total_stable_debt"], inputs["total_variable_debt"])
    used = utilisation(inputs["available_liquidity"], sum(debts))
    average = average_rate(debts, (int(case["inputs"]["average_stable_rate"]) / RAY, variable.rate(used)))
    earned = supply_rate(average, used, int(case["inputs"]["reserve_factor_bps"]) / 1e4)
    assert variable.rate(used) == pytest.approx(want["variable_borrow_rate"], rel=1e-12, abs=1e-18)
    assert stable.rate(used) == pytest.approx(want["stable_borrow_rate"], rel=1e-12)
    assert earned == pytest.approx(want["liquidity_rate"], rel=1e-12, abs=1e-18)


def test_utilisation():
    assert utilisation(0.0, 0.0) == 0.0
    assert utilisation(25.0, 75.0) == 0.75
    assert utilisation(25.0, 75.0, reserves=20.0) == 75 / 80
    assert utilisation(25.0, 75.0, unbacked=50.0) == 0.5
    assert utilisation(0.0, 1e-300) == 1.0
    np.testing.assert_array_equal(utilisation(np.array([1.0, 0.0]), np.array([0.0, 2.0])), [0.0, 1.0])


def test_nothing_lies_above_an_optimal_utilisation_of_1():
    assert aave_curve(0.01, 0.04, 0.6, 1.0).rate(1.0) == 0.05


def test_surcharge_on_stable_debt():
    assert stable_debt_surcharge(0.2, 0.2, 0.08) == 0.0
    assert stable_debt_surcharge(1.0, 0.2, 0.08) == pytest.approx(0.08, rel=1e-14)
    assert stable_debt_surcharge(np.array([0.1, 0.6]), 0.2, 0.08) == pytest.approx([0.0, 0.04], rel=1e-13)


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 4), st.floats(0.01, 0.99), st.lists(st.floats(0, 1), min_size=2))
def test_curves_rise_and_agree_for_scalars_and_arrays(base, low, high, kink, used):
    curve = aave_curve(base, low, high, kink)
    rates = curve.rate(np.sort(used))
    assert np.all(np.diff(rates) >= -1e-15 * (1 + rates[1:]))
    assert list(rates) == [curve.rate(float(u)) for u in np.sort(used)]
    assert curve.rate(0.0) == base
    assert curve.rate(1.0) == pytest.approx(base + low + high, rel=1e-12)


@given(st.floats(0, 1e12), st.floats(0, 1e12), st.floats(0, 1), st.floats(0, 2))
def test_suppliers_and_treasury_share_what_borrowers_pay(cash, debt, factor, rate):
    used = utilisation(cash, debt)
    paid = debt * rate
    earned = supply_rate(rate, used, factor) * (cash + debt)
    assert earned == pytest.approx(paid * (1 - factor), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: utilisation(-1.0, 2.0), r"cash = -1 is outside the allowed range \[0, inf\)"),
        (lambda: utilisation(1.0, np.array([1.0, -2.0])), r"debt\[1\] = -2 .* \[0, inf\)"),
        (lambda: utilisation(1.0, 2.0, 4.0), r"reserves = 4 .* \[0, 3\]"),
        (lambda: utilisation(1.0, 2.0, 0.0, -1.0), r"unbacked = -1"),
        (lambda: utilisation(np.ones(2), np.ones(3)), r"cash \(2,\), debt \(3,\)"),
        (lambda: aave_curve(0.0, 0.04, 0.6, 0.0), r"optimal = 0 .* \(0, 1\]"),
        (lambda: aave_curve(0.0, -0.04, 0.6, 0.9), r"slope_1 = -0.04"),
        (lambda: aave_curve(0.0, 0.04, -0.6, 0.9), r"slope_2 = -0.6"),
        (lambda: aave_curve(-0.1, 0.04, 0.6, 0.9), r"base = -0.1"),
        (lambda: compound_v2_curve(0.0, 0.04, 1.0, 0.8, version=3), r"version = 3 .* choose 1 or 2"),
        (lambda: compound_v2_curve(0.0, 0.04, 1.0, 1.8), r"kink = 1.8 .* \(0, 1\]"),
        (lambda: compound_v2_curve(0.0, -0.04, 1.0, 0.8), r"multiplier = -0.04"),
        (lambda: compound_v2_curve(0.0, 0.04, -1.0, 0.8), r"jump = -1"),
        (lambda: compound_v3_curve(0.0, 0.04, 1.0, -0.8), r"kink = -0.8 .* \[0, 1\]"),
        (lambda: compound_v3_curve(0.0, -0.04, 1.0, 0.8), r"low = -0.04"),
        (lambda: compound_v3_curve(0.0, 0.04, -1.0, 0.8), r"high = -1"),
        (lambda: aave_curve(0.0, 0.04, 0.6, 0.9).rate(-0.1), r"utilisation = -0.1"),
        (lambda: per_block(0.1, 0), r"blocks_per_year = 0 .* \(0, inf\)"),
        (lambda: supply_rate(0.1, 0.5, 1.1), r"reserve_factor = 1.1 .* \[0, 1\]"),
        (lambda: supply_rate(0.1, -0.5), r"utilisation = -0.5"),
        (lambda: SharedRates(aave_curve(0.0, 0.04, 0.6, 0.9), -0.1), r"reserve_factor = -0.1"),
        (lambda: average_rate((1.0,), (0.1, 0.2)), r"rates has 2 entries: .* 1 debts"),
        (lambda: average_rate((), ()), r"rates has 0 entries"),
        (lambda: average_rate((1.0, -1.0), (0.1, 0.2)), r"debts\[1\] = -1"),
        (lambda: average_rate((1.0, 1.0), (0.1, -0.2)), r"rates\[1\] = -0.2"),
        (lambda: stable_debt_surcharge(1.2, 0.2, 0.1), r"stable_share = 1.2 .* \[0, 1\]"),
        (lambda: stable_debt_surcharge(0.2, 1.0, 0.1), r"optimal_share = 1 .* \[0, 1\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
