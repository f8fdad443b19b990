import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.exchange import (
    ExactStep,
    exact_amount_0,
    exact_amount_1,
    exact_amounts_for_liquidity,
    exact_liquidity_for_amounts,
    exact_sqrt_price_after_input,
    exact_sqrt_price_after_output,
    exact_swap_step,
)
from tests.support.contracts import assert_refuses
from tests.support.uniswap_v3 import cases

Q96 = 2**96

roots = st.integers(2**33, 2**159)
liquidities = st.integers(1, 2**127)


@pytest.mark.parametrize(("op", "inputs", "want"), cases("getAmount0Delta", "getAmount1Delta"))
def test_amounts_between_prices(op, inputs, want):
    amount = exact_amount_0 if op == "getAmount0Delta" else exact_amount_1
    got = amount(inputs["sqrt_a_x96"], inputs["sqrt_b_x96"], inputs["liquidity"], inputs["round_up"])
    assert [got] == list(want.values())


@pytest.mark.parametrize(("op", "inputs", "want"), cases("getNextSqrtPriceFromInput", "getNextSqrtPriceFromOutput"))
def test_price_after_amount(op, inputs, want):
    root, liquidity, token_in = inputs["sqrt_price_x96"], inputs["liquidity"], 0 if inputs["zero_for_one"] else 1
    if op == "getNextSqrtPriceFromInput":
        got = exact_sqrt_price_after_input(root, liquidity, inputs["amount_in"], token_in)
    elif want.get("reverted"):
        with pytest.raises(ValueError, match=rf"amount_out = {inputs['amount_out']} is outside .* from 0 to \d+$"):
            exact_sqrt_price_after_output(root, liquidity, inputs["amount_out"], token_in)
        return
    else:
        got = exact_sqrt_price_after_output(root, liquidity, inputs["amount_out"], token_in)
    assert got == want["sqrt_price_x96"]


@pytest.mark.parametrize(("op", "inputs", "want"), cases("computeSwapStep"))
def test_swap_step(op, inputs, want):
    given_amount = inputs["amount_remaining"]
    step = exact_swap_step(
        inputs["sqrt_price_x96"],
        inputs["sqrt_target_x96"],
        inputs["liquidity"],
        abs(given_amount),
        inputs["fee_pips"],
        given_amount > 0,
    )
    assert step == tuple(want[name] for name in ("sqrt_next_x96", "amount_in", "amount_out", "fee_amount"))


@pytest.mark.parametrize(("op", "inputs", "want"), cases("getLiquidityForAmounts"))
def test_liquidity_for_amounts(op, inputs, want):
    at = [inputs[name] for name in ("sqrt_price_x96", "sqrt_a_x96", "sqrt_b_x96")]
    assert exact_liquidity_for_amounts(inputs["amount0"], inputs["amount1"], *at) == want["liquidity"]


@pytest.mark.parametrize(("op", "inputs", "want"), cases("getAmountsForLiquidity"))
def test_amounts_for_liquidity(op, inputs, want):
    at = [inputs[name] for name in ("sqrt_price_x96", "sqrt_a_x96", "sqrt_b_x96")]
    assert exact_amounts_for_liquidity(inputs["liquidity"], *at) == (want["amount0"], want["amount1"])


@given(roots, roots, liquidities)
def test_two_divisions_of_the_contract_are_one(root_a, root_b, liquidity):
    low, high = sorted((root_a, root_b))
    numerator = (liquidity << 96) * (high - low)
    assert exact_amount_0(root_a, root_b, liquidity, False) == numerator // high // low
    first = -(-numerator // high)
    assert exact_amount_0(root_a, root_b, liquidity, True) == -(-first // low)
    for amount in (exact_amount_0, exact_amount_1):
        down, up = (amount(root_a, root_b, liquidity, round_up) for round_up in (False, True))
        assert up - down in (0, 1)


@given(roots, liquidities, st.integers(0, 2**200), st.integers(0, 1))
def test_the_price_never_moves_in_favour_of_the_trader(root, liquidity, amount, token_in):
    try:
        after = exact_sqrt_price_after_input(root, liquidity, amount, token_in)
    except ValueError as error:
        assert "sqrt_price_x96 after the trade" in str(error)
        return
    need, give = (exact_amount_0, exact_amount_1) if token_in == 0 else (exact_amount_1, exact_amount_0)
    assert (after <= root) if token_in == 0 else (after >= root)
    assert need(root, after, liquidity, True) <= amount
    # What comes out is no more than at the price before.
    received = give(root, after, liquidity, False)
    most = amount * root * root >> 192 if token_in == 0 else (amount << 192) // (root * root)
    assert received <= most


@given(roots, roots, liquidities, st.integers(0, 2**200), st.integers(0, 999_999), st.booleans())
def test_a_step_takes_no_more_than_it_was_given(root, target, liquidity, amount, fee_pips, exact_in):
    step = exact_swap_step(root, target, liquidity, amount, fee_pips, exact_in)
    assert min(root, target) <= step.sqrt_price_x96 <= max(root, target)
    assert step.fee * (1_000_000 - fee_pips) >= step.amount_in * fee_pips
    if exact_in:
        assert step.amount_in + step.fee <= amount
        assert step.sqrt_price_x96 == target or step.amount_in + step.fee == amount
    else:
        assert step.amount_out <= amount
        assert step.sqrt_price_x96 == target or step.amount_out == amount


def test_digits_lost_where_the_product_overflows():
    # 2^130 · 2^150 does not fit into 256 bits: the price is L/(L/√P + Δx), with L/√P rounded down to 1.
    root, liquidity, amount = 2**150 - 1, 2**54, 2**130
    assert exact_sqrt_price_after_input(root, liquidity, amount) == -(-(2**150) // (1 + 2**130)) == 2**20
    assert exact_sqrt_price_after_input(root, liquidity, 2**100) == 2**50


def test_nothing_traded():
    assert exact_swap_step(Q96, Q96 // 2, 10**18, 0) == ExactStep(Q96, 0, 0, 0)
    assert exact_swap_step(Q96, Q96, 10**18, 10**18, 3000, False) == ExactStep(Q96, 0, 0, 0)
    assert exact_liquidity_for_amounts(0, 10**18, Q96, Q96 // 2, 2 * Q96) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: exact_amount_0(0, Q96, 1, True), "sqrt_a_x96 = 0 .* from 1 to"),
        (lambda: exact_amount_1(Q96, 2**160, 1, True), rf"sqrt_b_x96 = {2**160} .* to {2**160 - 1}$"),
        (lambda: exact_amount_0(Q96, Q96, 2**128, True), f"liquidity = {2**128} "),
        (lambda: exact_amount_0(Q96, Q96, -1, True), "liquidity = -1 "),
        (lambda: exact_amount_1(Q96, Q96, 1e18, True), r"liquidity = 1e\+18 is outside the allowed range: an integer"),
        (lambda: exact_amounts_for_liquidity(1, 0, Q96, Q96 + 1), "sqrt_price_x96 = 0 "),
        (lambda: exact_liquidity_for_amounts(1, 1, Q96, Q96, Q96), "sqrt_b_x96 = .* equals sqrt_a_x96"),
        (lambda: exact_liquidity_for_amounts(-1, 1, Q96, Q96, Q96 + 1), "amount_0 = -1 "),
        (lambda: exact_liquidity_for_amounts(2**200, 1, Q96, Q96 // 2, Q96 + 1), "liquidity from amount_0 = "),
        (lambda: exact_liquidity_for_amounts(1, 2**100, Q96, Q96 - 1, 2 * Q96), "liquidity from amount_1 = "),
        (lambda: exact_sqrt_price_after_input(Q96, 0, 1), "liquidity = 0 .* from 1 "),
        (lambda: exact_sqrt_price_after_input(Q96, 1, 2**255), f"amount_in = {2**255} "),
        (lambda: exact_sqrt_price_after_input(Q96, 1, 1, 2), "token_in = 2 is no token"),
        (lambda: exact_sqrt_price_after_input(Q96, 1, 2**64, 1), f"sqrt_price_x96 after the trade = {2**160 + Q96} "),
        (lambda: exact_sqrt_price_after_output(Q96, 10**18, 10**18), rf"amount_out = {10**18} .* to {10**18 - 1}$"),
        (lambda: exact_sqrt_price_after_output(Q96, 10**18, 10**18, 1), rf"amount_out = {10**18} .* {10**18 - 1}$"),
        (lambda: exact_sqrt_price_after_output(2**156, 2**66, 63, 1), "sqrt_price_x96 after the trade"),
        (lambda: exact_swap_step(Q96, 2 * Q96, 1, 1, 10**6), "fee_pips = 1000000 .* from 0 to 999999"),
        (lambda: exact_swap_step(Q96, 2 * Q96, 1, -1), "amount = -1 "),
        (lambda: exact_swap_step(Q96, 0, 1, 1), "sqrt_target_x96 = 0 "),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
