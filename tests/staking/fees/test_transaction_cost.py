import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.staking import (
    break_even_amount,
    calldata_fee_per_byte,
    layer_1_fee,
    layer_2_fee,
    min_amount,
    pay_for_gas,
    percentage_fee,
)
from tests.support.contracts import assert_refuses


def test_layer_1():
    fee = layer_1_fee(21_000, 20e9, 2e9, 2500.0)
    assert fee == pytest.approx((1.05, 0.105, 0))
    assert fee.share(np.array([10.0, 10_000.0])) == pytest.approx([0.1155, 0.0001155])
    paid = pay_for_gas(21_000, 20e9, 30e9, 2e9)
    assert fee.total == pytest.approx(paid.total * 2500)


def test_layer_2_is_execution_and_data():
    fee = layer_2_fee(21_000, 0.01e9, 100, 16 * 20e9, 2500.0, 0.5)
    execution, data = 21_000 * 0.01e9 / 1e18 * 2500, 100 * 16 * 20e9 / 1e18 * 2500
    assert fee == pytest.approx((data, 0, execution + data / 2))
    assert calldata_fee_per_byte(20e9) == 16 * 20e9
    assert layer_2_fee(21_000, 0.01e9, 100, 1.0, 2500.0).total < fee.total / 100


def test_percentage():
    fee = percentage_fee(np.array([1.0, 200.0, 10_000.0]), 0.02, 0.3, 0.01, 1.0)
    assert fee.operator == pytest.approx([1.0, 6.3, 300.3])
    assert fee.burned.tolist() == fee.validators.tolist() == [0, 0, 0]
    assert percentage_fee(200.0, 0.0).total == 0


@given(st.floats(0, 1e4), st.floats(1e-4, 0.2), st.floats(0, 10))
def test_at_the_break_even_both_cost_the_same(flat, percentage, fixed):
    amount = break_even_amount(flat, percentage, fixed)
    service = percentage_fee(amount, percentage, fixed).total
    assert service == pytest.approx(max(flat, fixed), rel=1e-9, abs=1e-12)
    assert percentage_fee(amount * 2 + 1, percentage, fixed).total > flat * (1 - 1e-12)


def test_smallest_amount():
    assert min_amount(5.0, 0.05) == 100
    assert min_amount(np.array([0.0, 5.0]), 0.01).tolist() == [0, 500]


def test_scenarios_agree_with_single_calls():
    random = np.random.default_rng(1)
    terms = [random.uniform(1, 100, 20) for _ in range(6)]
    for function, count in [(layer_1_fee, 4), (layer_2_fee, 6), (percentage_fee, 5)]:
        together = function(*terms[:count])
        for i in range(20):
            alone = function(*(float(term[i]) for term in terms[:count]))
            assert tuple(alone) == pytest.approx([part[i] for part in together], rel=1e-15)
            assert alone.total == pytest.approx(sum(alone), rel=1e-15)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: layer_1_fee(-1, 1, 1, 1), r"gas = -1 is outside the allowed range \[0, inf\)"),
        (lambda: layer_1_fee(1, -1, 1, 1), r"base_fee = -1"),
        (lambda: layer_1_fee(1, 1, -1, 1), r"tip = -1"),
        (lambda: layer_1_fee(1, 1, 1, 0), r"ether_price = 0 is outside the allowed range \(0, inf\)"),
        (lambda: layer_1_fee(1, 1, 1, 1).share(0), r"amount = 0 is outside"),
        (lambda: layer_2_fee(1, -1, 1, 1, 1), r"gas_price = -1"),
        (lambda: layer_2_fee(1, 1, -1, 1, 1), r"data_bytes = -1"),
        (lambda: layer_2_fee(1, 1, 1, [1, -1], 1), r"data_price\[1\] = -1"),
        (lambda: layer_2_fee(1, 1, 1, 1, 1, -0.1), r"margin = -0.1"),
        (lambda: calldata_fee_per_byte(-1), r"base_fee = -1"),
        (lambda: percentage_fee(-1, 0), r"amount = -1"),
        (lambda: percentage_fee(1, -0.1), r"percentage = -0.1"),
        (lambda: percentage_fee(1, 0, -1), r"fixed = -1"),
        (lambda: percentage_fee(1, 0, 0, -1), r"exchange_margin = -1"),
        (lambda: percentage_fee(1, 0, 0, 0, -1), r"minimum = -1"),
        (lambda: break_even_amount(1, 0), r"percentage = 0"),
        (lambda: break_even_amount(-1, 0.1), r"flat_fee = -1"),
        (lambda: min_amount(1, 0), r"share = 0 is outside the allowed range \(0, 1\]"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
