import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import BondingCurve, cross_reserve_return, fund_cost
from tests.support.contracts import assert_refuses

sizes = st.floats(1e-6, 1e15)
ratios = st.floats(0.01, 1.0)


def test_check_values():
    curve = BondingCurve(1000.0, 10_000.0, 0.5)
    assert curve.price() == pytest.approx(0.2, rel=1e-15)
    assert curve.market_value() == 2000.0
    bought = curve.buy(100.0)
    assert bought.amount_out == pytest.approx(488.088482, rel=1e-9)
    assert bought.average_price == pytest.approx(100 / 488.088482, rel=1e-8)
    assert bought.curve.sell(bought.amount_out).amount_out == pytest.approx(100.0, rel=1e-13)


@given(sizes, sizes, ratios, st.floats(1e-12, 100.0))
@settings(max_examples=150)
def test_selling_back_returns_what_was_paid(reserve, supply, ratio, part):
    curve = BondingCurve(reserve, supply, ratio)
    bought = curve.buy(part * reserve)
    sold = bought.curve.sell(bought.amount_out)
    assert sold.amount_out == pytest.approx(part * reserve, rel=1e-12, abs=1e-13 * reserve / ratio)
    assert sold.curve.reserve == pytest.approx(reserve, rel=1e-13 / ratio)
    assert sold.curve.supply == pytest.approx(supply, rel=1e-12)


@given(sizes, sizes, ratios, st.floats(1e-9, 10.0), st.floats(1e-9, 10.0))
@settings(max_examples=100)
def test_two_purchases_are_one_and_the_reserve_stays_its_part_of_the_value(reserve, supply, ratio, first, second):
    curve = BondingCurve(reserve, supply, ratio)
    once = curve.buy((first + second) * reserve)
    twice = curve.buy(first * reserve).curve.buy(second * reserve)
    assert twice.curve.supply == pytest.approx(once.curve.supply, rel=1e-13)
    assert once.curve.reserve == pytest.approx(ratio * once.curve.price() * once.curve.supply, rel=1e-14)
    # The price rises with every purchase, and nobody pays less than the price before or more than the one after.
    assert curve.price() * (1 - 1e-13) <= once.average_price <= once.curve.price() * (1 + 1e-13)


def test_exact_purchase_is_the_inverse_of_a_payment():
    curve = BondingCurve(1000.0, 10_000.0, 0.2)
    payment = np.array([0.0, 1e-9, 1.0, 1e6])
    bought = curve.buy(payment)
    np.testing.assert_allclose(curve.buy_exact(bought.amount_out).amount_in, payment, rtol=1e-12)


def test_tiny_amounts_keep_their_digits():
    curve = BondingCurve(1e6, 1e9, 0.3)
    assert curve.buy(1e-12).amount_out == pytest.approx(1e-12 / curve.price(), rel=1e-14)
    assert curve.sell(1e-12).amount_out == pytest.approx(1e-12 * curve.price(), rel=1e-14)
    assert curve.buy_exact(1e-12).amount_in == pytest.approx(1e-12 * curve.price(), rel=1e-14)


def test_nothing_bought_and_nothing_sold():
    curve = BondingCurve(1000.0, 10_000.0, 0.5)
    for trade in (curve.buy(0.0), curve.sell(0.0), curve.buy_exact(0.0)):
        assert trade.curve == curve
        assert trade.amount_in == trade.amount_out == 0.0
        assert trade.average_price == curve.price()


def test_a_full_reserve_has_one_price():
    curve = BondingCurve(1000.0, 10_000.0, 1.0)
    assert curve.buy(500.0).amount_out == pytest.approx(5000.0, rel=1e-14)
    assert curve.sell(9999.0).amount_out == pytest.approx(999.9, rel=1e-14)


def test_the_last_to_leave_finds_little_left():
    curve = BondingCurve(1000.0, 10_000.0, 0.1)
    first_half = curve.sell(5000.0)
    assert first_half.amount_out / 1000.0 == pytest.approx(1 - 0.5**10, rel=1e-13)
    assert first_half.curve.reserve == pytest.approx(1000.0 * 0.5**10, rel=1e-13)


def test_arrays_agree_with_scalars():
    reserve, ratio = np.array([1000.0, 2000.0, 5.0]), np.array([0.1, 0.5, 1.0])
    curves = BondingCurve(reserve, 10_000.0, ratio)
    for i in range(3):
        alone = BondingCurve(reserve[i], 10_000.0, ratio[i])
        assert curves.buy(7.0).amount_out[i] == pytest.approx(alone.buy(7.0).amount_out, rel=1e-15)
        assert curves.sell(7.0).amount_out[i] == pytest.approx(alone.sell(7.0).amount_out, rel=1e-15)
        assert curves.sell(7.0).average_price[i] == pytest.approx(alone.sell(7.0).average_price, rel=1e-13)
    assert type(BondingCurve(1.0, 1.0, 0.5).buy(1.0).amount_out) is float


def test_the_whole_supply_is_paid_the_whole_reserve():
    # As in the contract; before, the last token could not be sold.
    for tokens in (0.3, 0.1 + 0.2):
        sold = BondingCurve(1000.0, 0.3, 0.2).sell(tokens)
        assert (sold.amount_out, sold.curve.reserve, sold.curve.supply) == (1000.0, 0.0, 0.0)
    some = BondingCurve(1000.0, np.array([0.3, 0.6]), 0.2).sell(0.3)
    assert some.curve.supply.tolist() == [0.0, 0.3] and some.amount_out[0] == 1000.0 and some.curve.reserve[1] > 0
    curve = BondingCurve(1000.0, 0.3, 0.2)
    for _ in range(3):
        curve = curve.sell(0.1).curve
    assert curve.supply == curve.reserve == 0.0


def test_a_curve_keeps_nothing_that_somebody_can_change():
    reserve = np.array([1.0, 2.0])
    curve = BondingCurve(reserve, reserve, 0.5)
    reserve[:] = 9.0
    assert curve.reserve.tolist() == curve.supply.tolist() == [1.0, 2.0]
    assert pickle.loads(pickle.dumps(curve)).price().tolist() == curve.price().tolist()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: BondingCurve(0.0, 1.0, 0.5), r"reserve = 0 .*\(0, inf\)"),
        (lambda: BondingCurve(1.0, -1.0, 0.5), r"supply = -1 .*\(0, inf\)"),
        (lambda: BondingCurve(1.0, 1.0, 0.0), r"reserve_ratio = 0 .*\(0, 1\]"),
        (lambda: BondingCurve(1.0, 1.0, np.array([0.5, 1.5])), r"reserve_ratio\[1\] = 1.5 .*\(0, 1\]"),
        (lambda: BondingCurve(np.ones(2), np.ones(3), 0.5), r"reserve \(2,\), supply \(3,\)"),
        (lambda: BondingCurve(1.0, 1.0, 0.5).buy(-1.0), r"payment = -1 .*\[0, inf\)"),
        (lambda: BondingCurve(1.0, 1.0, 0.5).sell(1.1), r"tokens = 1.1 .*\[0, 1\]"),
        (lambda: BondingCurve(1.0, 1.0, 0.5).sell(-1.0), r"tokens = -1 .*\[0, 1\]"),
        (lambda: BondingCurve(1.0, 1.0, 0.5).sell(1.0).curve.price(), r"supply = 0 .*\(0, inf\)"),
        (lambda: BondingCurve(1.0, 1.0, 0.5).sell(1.0).curve.buy(1.0), r"supply = 0 .*\(0, inf\)"),
        (lambda: BondingCurve(1.0, 1.0, 0.5).sell(1.0).curve.sell(0.0), r"supply = 0 .*\(0, inf\)"),
        (lambda: fund_cost(1.0, 1.0, 2.1, 1.0), r"total_weight = 2.1 .*\(0, 2\]"),
        (lambda: cross_reserve_return(1.0, 0.0, 1.0, 0.5, 1.0), r"source_weight = 0 .*\(0, 1\]"),
        (lambda: cross_reserve_return(1.0, 0.5, 1.0, 1.5, 1.0), r"target_weight = 1.5 .*\(0, 1\]"),
        (lambda: cross_reserve_return(1.0, 0.5, 1.0, 0.5, -1.0), r"amount = -1 .*\[0, inf\)"),
        (lambda: BondingCurve(1.0, 1.0, 0.5).buy_exact(-1.0), r"tokens = -1 .*\[0, inf\)"),
        (lambda: BondingCurve(1.0, 1.0, 0.01).buy_exact(1e9), r"cost of tokens = inf .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
