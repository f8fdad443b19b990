from math import isfinite

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from defi_lib.exchange import (
    amounts_for_liquidity,
    capital_efficiency,
    concentrated_divergence,
    liquidity_for_amounts,
    position_value,
    swap_step,
)
from defi_lib.exchange.pools.price_range import sqrt_price_after_input, sqrt_price_after_output
from tests.support.contracts import assert_refuses

prices = st.floats(1e-12, 1e12)
liquidities = st.floats(1e-6, 1e30)


def test_liquidity_of_one_ether_and_5000_dollars():
    at = (5000.0, 4545.0, 5500.0)
    assert liquidity_for_amounts(1.0, 1e12, *at) == pytest.approx(1519.437308, rel=1e-9)
    assert liquidity_for_amounts(1e12, 5000.0, *at) == pytest.approx(1517.882344, rel=1e-9)
    assert liquidity_for_amounts(1.0, 5000.0, *at) == pytest.approx(1517.882344, rel=1e-9)


def test_amounts_in_a_range():
    got = amounts_for_liquidity(1000.0, 2000.0, 1500.0, 2500.0)
    assert got == pytest.approx((2.360680, 5991.526088), rel=1e-6)
    assert all(isinstance(amount, float) for amount in got)
    assert position_value(1000.0, 2000.0, 1500.0, 2500.0) == pytest.approx(2.360680 * 2000 + 5991.526088, rel=1e-6)


@pytest.mark.parametrize(("factor", "want"), [(1.1, 21.488088), (1.21, 11), (4, 2)])
def test_capital_efficiency(factor, want):
    assert capital_efficiency(2000 / factor, 2000 * factor, 2000.0) == pytest.approx(want, rel=1e-7)
    assert capital_efficiency(2000 / factor, 2000 * factor) == pytest.approx(want, rel=1e-7)
    assert capital_efficiency(1.0, factor**2) == pytest.approx(1 / (1 - factor**-0.5), rel=1e-12)


def test_efficiency_of_a_very_narrow_range():
    assert capital_efficiency(1.0, 1 + 1e-12, 1 + 5e-13) == pytest.approx(4e12, rel=1e-3)


def test_efficiency_is_the_capital_of_a_full_range_over_that_of_the_range():
    low, high, price = 1500.0, 2600.0, 1700.0
    full = 2 * np.sqrt(price)
    assert capital_efficiency(low, high, price) == pytest.approx(
        full / position_value(1.0, price, low, high), rel=1e-13
    )


def test_value_is_what_impermanent_loss_compares():
    start, price, low, high = 2000.0, 2400.0, 1500.0, 1500 * (4 / 3) ** 2
    put_in = amounts_for_liquidity(1.0, start, low, high)
    holding = put_in[0] * price + put_in[1]
    value = position_value(1.0, price, low, high)
    assert value / holding - 1 == pytest.approx(-0.03090738, rel=1e-6)
    assert concentrated_divergence(start, price, low, high).impermanent_loss == pytest.approx(value / holding - 1)


def test_outside_its_range_a_position_is_of_one_token():
    below = amounts_for_liquidity(10.0, 1.0, 4.0, 9.0)
    assert below == (pytest.approx(10 / 2 - 10 / 3, rel=1e-14), 0.0)
    above = amounts_for_liquidity(10.0, 100.0, 4.0, 9.0)
    assert above == (0.0, 10.0)
    assert amounts_for_liquidity(10.0, 4.0, 4.0, 9.0) == below
    assert amounts_for_liquidity(10.0, 9.0, 4.0, 9.0) == above
    assert liquidity_for_amounts(1.0, 0.0, 1.0, 4.0, 9.0) == pytest.approx(6.0)
    assert liquidity_for_amounts(0.0, 1.0, 9.0, 4.0, 9.0) == 1.0


@given(liquidities, prices, prices, st.floats(1.0001, 1e6))
def test_amounts_and_liquidity_are_inverse(liquidity, price, low, width):
    high = low * width
    amounts = amounts_for_liquidity(liquidity, price, low, high)
    assume(not low < price < low * (1 + 1e-9) and not high * (1 - 1e-9) < price < high)
    assert liquidity_for_amounts(*amounts, price, low, high) == pytest.approx(liquidity, rel=1e-5)
    wide = low * (1 + 1e-3) < price < high * (1 - 1e-3) or not low < price < high
    if wide and width > 1.01:
        assert liquidity_for_amounts(*amounts, price, low, high) == pytest.approx(liquidity, rel=1e-11)


def test_formulas_broadcast():
    price, low = np.array([[1.0], [2.0], [5.0]]), np.array([0.5, 1.5])
    for formula in (
        lambda p, a: amounts_for_liquidity(3.0, p, a, 4.0)[0],
        lambda p, a: amounts_for_liquidity(3.0, p, a, 4.0)[1],
        lambda p, a: liquidity_for_amounts(3.0, 2.0, p, a, 4.0),
        lambda p, a: position_value(3.0, p, a, 4.0),
        lambda p, a: capital_efficiency(a, 8.0, np.maximum(p, 1.5)),
        lambda p, a: swap_step(p, p * 2, 3.0, a, 0.003, 1).amount_out,
        lambda p, a: swap_step(p, p / 2, 3.0, a, 0.003, 0, exact_in=False).fee,
    ):
        want = [[formula(float(p), float(a)) for a in low] for p in price[:, 0]]
        np.testing.assert_allclose(formula(price, low), want, rtol=1e-14)


roots = st.floats(1e-6, 1e6)


@given(
    roots, st.floats(1e-9, 0.9), liquidities, st.floats(1e-9, 2), st.sampled_from([0.0, 0.003, 0.5]), st.integers(0, 1)
)
def test_steps_in_and_out_are_inverse(root, way, liquidity, part, fee, token_in):
    target = root * (1 - way) if token_in == 0 else root / (1 - way)
    room = swap_step(root, target, liquidity, 1e300, fee, token_in)
    assert room.reached
    assert room.sqrt_price == target
    paid = swap_step(root, target, liquidity, room.paid * part, fee, token_in)
    asked = swap_step(root, target, liquidity, paid.amount_out, fee, token_in, exact_in=False)
    assert asked.paid == pytest.approx(paid.paid, rel=1e-12)
    assert asked.fee == pytest.approx(paid.fee, rel=1e-12)
    assert asked.sqrt_price == pytest.approx(paid.sqrt_price, rel=1e-14)
    assert paid.fee == pytest.approx(fee * paid.paid, rel=1e-12)
    assert min(root, target) <= paid.sqrt_price <= max(root, target)
    assert all(isfinite(number) for number in paid)


def test_dust_keeps_its_digits():
    # The price does not move in a float, but what is received is right.
    step = swap_step(2.0, 1.0, 1e20, 1e-9)
    assert step.sqrt_price == 2.0
    assert step.amount_out == pytest.approx(4e-9, rel=1e-15)
    assert swap_step(2.0, 1.0, 1e20, 4e-9, exact_in=False).amount_in == pytest.approx(1e-9, rel=1e-15)


def test_nothing_is_traded_where_there_is_no_liquidity():
    assert swap_step(1.0, 2.0, 0.0, 5.0, 0.003, 1) == (2.0, 0.0, 0.0, 0.0, True)
    assert swap_step(1.0, 2.0, 0.0, 5.0, 0.003, 1, exact_in=False) == (2.0, 0.0, 0.0, 0.0, True)


def test_price_after_an_amount():
    assert sqrt_price_after_input(1.0, 10.0, 1.0, 0) == pytest.approx(1 / 1.1)
    assert sqrt_price_after_input(1.0, 10.0, 1.0, 1) == pytest.approx(1.1)
    assert sqrt_price_after_output(1.0, 10.0, 1.0, 0) == pytest.approx(0.9)
    assert sqrt_price_after_output(1.0, 10.0, 1.0, 1) == pytest.approx(1 / 0.9)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: amounts_for_liquidity(-1.0, 1.0, 1.0, 2.0), r"liquidity = -1 .*\[0, inf\)"),
        (lambda: amounts_for_liquidity(1.0, 0.0, 1.0, 2.0), r"price = 0 .*\(0, inf\)"),
        (lambda: amounts_for_liquidity(1.0, 1.0, 0.0, 2.0), r"low = 0 .*\(0, inf\)"),
        (lambda: amounts_for_liquidity(1.0, 1.0, 2.0, 2.0), r"high = 2 .*\(2, inf\)"),
        (lambda: amounts_for_liquidity(1.0, 1.0, 1.0, np.array([2.0, 0.5])), r"high\[1\] = 0\.5 "),
        (lambda: amounts_for_liquidity([1.0, 2.0], [1.0, 2.0, 3.0], 1.0, 2.0), "shapes do not fit together"),
        (lambda: liquidity_for_amounts(-1.0, 1.0, 1.0, 1.0, 2.0), "amount_0 = -1 "),
        (lambda: liquidity_for_amounts(1.0, np.nan, 1.0, 1.0, 2.0), "amount_1 = nan "),
        (lambda: capital_efficiency(1.0, 4.0, 5.0), r"price = 5 .*\[1, 4\]"),
        (lambda: swap_step(1.0, 2.0, 1.0, 1.0, token_in=0), r"sqrt_target = 2 .*\(0, 1\]"),
        (lambda: swap_step(1.0, 0.5, 1.0, 1.0, token_in=1), r"sqrt_target = 0\.5 .*\[1, inf\)"),
        (lambda: swap_step(1.0, 0.5, 1.0, 1.0, fee=1.0), r"fee = 1 .*\[0, 1\)"),
        (lambda: swap_step(1.0, 0.5, 1.0, 1.0, token_in=2), "token_in = 2 is no token"),
        (lambda: sqrt_price_after_output(4.0, 2.0, 8.0, 0), r"amount_out = 8 .*\[0, 8\)"),
        (lambda: sqrt_price_after_output(4.0, 2.0, 0.5, 1), r"amount_out = 0\.5 .*\[0, 0\.5\)"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
