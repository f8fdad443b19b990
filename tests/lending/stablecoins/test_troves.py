"""Redemption and liquidation of positions without interest."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.lending import (
    Troves,
    borrowing_fee,
    decayed_base_rate,
    raised_base_rate,
    redemption_fee,
)
from tests.support.contracts import assert_refuses

SIZES = st.lists(st.tuples(st.floats(1e-3, 1e6), st.floats(0, 1e6)), min_size=1, max_size=6)


def test_check_values():
    assert raised_base_rate(0.0, 1e5, 1e7) == 0.005
    assert redemption_fee(0.005) == 0.01
    assert decayed_base_rate(0.05, 720 * 60.0) == pytest.approx(0.025, rel=1e-10)
    assert decayed_base_rate(0.05, 59.0) == 0.05
    assert (borrowing_fee(0.0), borrowing_fee(0.2)) == (0.005, 0.05)
    assert (redemption_fee(1.0), raised_base_rate(0.9, 1.0, 1.0)) == (1.0, 1.0)


def test_coins_that_add_up_to_all_are_all():
    assert raised_base_rate(0.0, 0.1 + 0.2, 0.3) == 0.5
    assert raised_base_rate(1.0, 0.1 + 0.2, 0.3) == 1.0


def test_the_riskiest_debt_is_redeemed_first():
    # Ratios at 100: 2.0, 1.2, 1.05 (left to liquidation), 1.5.
    troves = Troves(np.array([20.0, 12.0, 10.5, 15.0]), np.full(4, 1000.0))
    result = troves.redeem(1400.0, 100.0, supply=1e5)
    assert list(result.cancelled) == [0.0, 1000.0, 0.0, 400.0]
    assert list(result.drawn) == [0.0, 10.0, 0.0, 4.0]
    assert list(result.returned) == [0.0, 2.0, 0.0, 0.0]
    assert list(result.troves.collateral) == [20.0, 0.0, 10.5, 11.0]
    assert result.base_rate == pytest.approx(0.007)
    assert result.fee == pytest.approx(14 * 0.012)
    # Whoever was redeemed in part is safer than before.
    assert result.troves.ratios(100.0)[3] > 1.5


@given(SIZES, st.floats(0, 1), st.floats(0.01, 1e4))
def test_a_redemption_creates_nothing(sizes, part, price):
    collateral, debt = np.array(sizes).T
    troves = Troves(collateral, debt)
    most = debt[(troves.ratios(price) >= 1.1) & (debt > 0)].sum()
    if not most:
        return
    result = troves.redeem(part * most, price)
    assert result.cancelled.sum() == pytest.approx(part * most, abs=1e-14 * most)
    assert result.troves.collateral + result.drawn + result.returned == pytest.approx(collateral, rel=1e-12)
    assert result.troves.debt + result.cancelled == pytest.approx(debt, rel=1e-12)
    assert result.drawn * price == pytest.approx(result.cancelled, rel=1e-12)
    assert 0 <= result.fee <= result.drawn.sum()


@given(SIZES, st.floats(0, 3e6), st.floats(0.01, 1e4))
def test_a_liquidation_creates_nothing(sizes, pool, price):
    collateral, debt = np.array(sizes).T
    result = Troves(collateral, debt).liquidate(price, pool)
    assert result.offset_debt.sum() <= pool * (1 + 1e-12)
    assert (result.troves.debt.sum() + result.offset_debt.sum()) == pytest.approx(debt.sum(), rel=1e-12)
    assert (result.troves.collateral.sum() + result.offset_collateral.sum()) == pytest.approx(
        collateral.sum(), rel=1e-12
    )


def test_what_the_pool_cannot_take_goes_to_the_others_by_collateral():
    troves = Troves(np.array([10.0, 30.0, 60.0]), np.array([1000.0, 500.0, 500.0]))
    result = troves.liquidate(100.0, 600.0)
    assert list(result.offset_debt) == [600.0, 0.0, 0.0]
    assert list(result.offset_collateral) == [6.0, 0.0, 0.0]
    assert result.troves.debt == pytest.approx([0.0, 500 + 400 / 3, 500 + 800 / 3])
    assert result.troves.collateral == pytest.approx([0.0, 30 + 4 / 3, 60 + 8 / 3])
    alone = Troves(np.array([10.0]), np.array([1000.0])).liquidate(100.0, 600.0)
    assert (alone.troves.debt[0], alone.troves.collateral[0]) == (400.0, 4.0)


def test_scenarios():
    troves = Troves(np.array([12.0, 20.0]), np.full(2, 1000.0))
    result = troves.redeem(np.array([500.0, 1500.0, 0.0]), np.array([100.0, 110.0, 90.0]))
    for i, (coins, price) in enumerate([(500.0, 100.0), (1500.0, 110.0), (0.0, 90.0)]):
        one = troves.redeem(coins, price)
        np.testing.assert_array_equal(result.cancelled[i], one.cancelled)
        assert (result.fee[i], result.base_rate[i]) == (one.fee, one.base_rate)
    falls = troves.liquidate(np.array([100.0, 90.0]), np.array([0.0, 1e4]))
    np.testing.assert_array_equal(falls.offset_debt, [[0.0, 0.0], [1000.0, 0.0]])


def test_the_last_debt_can_be_redeemed_to_the_last_digit():
    debt = np.array([0.1, 0.7, 1e9, 0.3])
    result = Troves(debt * 2, debt).redeem(debt.sum(), 1.0)
    assert list(result.troves.debt) == [0.0, 0.0, 0.0, 0.0]


def test_all_debt_summed_in_another_order_can_be_redeemed():
    debt = np.random.default_rng(0).lognormal(0, 3, 1000)
    coins = debt.sum() * (1 + 1e-13)
    result = Troves(debt * 2, debt).redeem(coins, 1.0)
    assert not np.any(result.troves.debt)
    assert result.base_rate == 0.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Troves(1.0, 1.0), r"collateral has shape \(\)"),
        (lambda: Troves(np.array([1.0, -1.0]), 1.0), r"collateral\[1\] = -1 .* \[0, inf\)"),
        (lambda: Troves(np.ones(2), -np.ones(2)), r"debt\[0\] = -1"),
        (lambda: Troves(np.ones(2), np.ones(3)), r"collateral \(2,\), debt \(3,\)"),
        (lambda: Troves(np.ones(2), np.ones(2)).redeem(2.1, 2.0), r"coins = 2.1 .* \[0, 2\]"),
        (lambda: Troves(np.ones(2), np.ones(2)).redeem(0.1, 1.0), r"coins = 0.1 .* \[0, 0\]"),
        (lambda: Troves(np.ones(2), np.ones(2)).redeem(1.0, 0.0), r"price = 0"),
        (lambda: Troves(np.ones(2), np.ones(2)).liquidate(1.0, -1.0), r"pool = -1"),
        (lambda: Troves(np.ones(2), np.ones(2)).redeem(1.0, 2.0, -0.1), r"base_rate = -0.1 .* \[0, 1\]"),
        (lambda: decayed_base_rate(1.5, 0.0), r"base_rate = 1.5"),
        (lambda: decayed_base_rate(0.5, -1.0), r"seconds = -1"),
        (lambda: raised_base_rate(0.5, 2.0, 1.0), r"redeemed = 2 .* \[0, 1\]"),
        (lambda: raised_base_rate(0.5, 2.0, 0.0), r"supply = 0"),
        (lambda: borrowing_fee(1.1), r"base_rate = 1.1"),
        (lambda: redemption_fee(-0.1), r"base_rate = -0.1"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
