"""Leverage: check values, limits, and a loop that is really borrowed from a market."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.lending import (
    Listing,
    Market,
    SharedRates,
    aave_curve,
    fall_to_liquidation,
    fall_to_ruin,
    health_factor,
    leverage_after,
    leverage_loop,
    max_leverage,
    net_yield,
)
from tests.support.contracts import assert_refuses


def test_check_values():
    assert leverage_after(0.75, 3) == pytest.approx(2.734375, rel=1e-14)
    assert max_leverage(0.75) == 4.0
    assert net_yield(4.0, 0.035, 0.025) == pytest.approx(0.065, rel=1e-14)
    assert fall_to_liquidation(4.0, 0.825) == pytest.approx(0.090909, abs=5e-7)
    assert fall_to_ruin(4.0) == 0.25


@given(st.floats(0, 0.99), st.integers(0, 200))
def test_the_loop_is_the_geometric_sum(part, rounds):
    want = sum(part**k for k in range(rounds + 1))
    assert leverage_after(part, rounds) == pytest.approx(want, rel=1e-11)
    assert leverage_after(part, rounds) <= max_leverage(part) * (1 + 1e-12)


def test_corners():
    assert leverage_after(0.0, 5) == 1.0
    assert leverage_after(0.5, 0) == 1.0
    assert leverage_after(1 - 1e-12, 9) == pytest.approx(10.0, rel=1e-9)
    assert leverage_after(0.9, 1e9) == pytest.approx(10.0, rel=1e-14)
    assert fall_to_liquidation(1.0, 0.8) == 1.0


@given(st.floats(1.001, 5), st.floats(0.2, 0.8))
def test_the_health_factor_is_1_after_the_fall(leverage, threshold):
    leverage = min(leverage, 1 / (1 - threshold))
    fall = fall_to_liquidation(leverage, threshold)
    assert health_factor(leverage * (1 - fall), threshold, leverage - 1) == pytest.approx(1, rel=1e-9)
    # The liquidators come before all is lost.
    assert fall <= fall_to_ruin(leverage)


def test_the_loop_round_by_round_is_what_a_market_lends():
    listing = Listing(SharedRates(aave_curve(0.0, 0.04, 0.6, 0.9)), 0.75, 0.825, 0.05)
    market = Market({"ETH": listing, "USD": listing}, {"ETH": 2000.0, "USD": 1.0})
    market = market.supply("bank", "USD", 1e6).market.supply("alice", "ETH", 1.0).market
    loop = leverage_loop(2000.0, 0.75, 3)
    for step in range(1, 4):
        borrowed = market.position("alice").available_borrows
        market = market.borrow("alice", "USD", borrowed).market.supply("alice", "ETH", borrowed / 2000).market
        position = market.position("alice")
        assert position.collateral_value == pytest.approx(loop.collateral[step], rel=1e-12)
        assert position.debt_value == pytest.approx(loop.debt[step], rel=1e-12)
    assert loop.leverage[-1] == pytest.approx(2.734375)


def test_scenarios():
    assert leverage_loop(np.array([1.0, 2.0]), 0.5, 3).debt.shape == (2, 4)
    assert leverage_loop(1.0, np.array([0.5, 0.6]), 3).leverage[1, 3] == leverage_after(0.6, 3)
    assert net_yield(np.array([1.0, 3.0]), 0.03, 0.05) == pytest.approx([0.03, -0.01])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: leverage_after(1.0, 3), r"loan_to_value = 1 .* \[0, 1\)"),
        (lambda: leverage_after(0.5, -1), r"rounds = -1"),
        (lambda: max_leverage(-0.1), r"loan_to_value = -0.1"),
        (lambda: net_yield(0.9, 0.1, 0.1), r"leverage = 0.9 .* \[1, "),
        (lambda: net_yield(2.0, np.inf, 0.1), r"asset_yield = inf"),
        (lambda: net_yield(2.0, 0.1, np.nan), r"borrow_rate = nan"),
        (lambda: fall_to_liquidation(5.1, 0.8), r"leverage = 5.1 .* \[1, 5\]"),
        (lambda: fall_to_liquidation(2.0, 0.0), r"liquidation_threshold = 0 .* \(0, inf\)"),
        (lambda: fall_to_liquidation(2.0, 1.0), r"liquidation_threshold = 1 .* \[0, 1\)"),
        (lambda: fall_to_ruin(0.5), r"leverage = 0.5"),
        (lambda: leverage_loop(0.0, 0.5, 1), r"equity = 0"),
        (lambda: leverage_loop(1.0, 0.5, -1), r"rounds = -1 .* an integer >= 0"),
        (lambda: leverage_loop(1.0, 1.5, 1), r"loan_to_value = 1.5"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
