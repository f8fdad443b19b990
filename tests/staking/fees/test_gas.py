import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import PAYMENT_GAS, WEI_PER_GWEI, next_base_fee, pay_for_gas
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

CASES = cases("eip1559")
INPUTS = ("parent_base_fee_per_gas", "parent_gas_used", "parent_gas_limit")


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_vectors(case):
    got = next_base_fee(*(int(case["inputs"][name]) for name in INPUTS))
    assert type(got) is int
    assert got == int(case["outputs"]["base_fee_per_gas"])


def test_vectors_in_one_call():
    arrays = [np.array([int(case["inputs"][name]) for case in CASES]) for name in INPUTS]
    want = [int(case["outputs"]["base_fee_per_gas"]) for case in CASES]
    assert next_base_fee(*arrays).tolist() == want


@pytest.mark.parametrize(("used", "want"), [(30e6, 1.125e9), (0, 0.875e9), (22.5e6, 1.0625e9), (15e6, 1e9)])
def test_check_values(used, want):
    assert next_base_fee(10**9, used, 30e6) == want


def test_full_blocks_double_the_fee_every_six_blocks():
    fee = start = 10**14
    for _ in range(20):
        fee = next_base_fee(fee, 30_000_000, 30_000_000)
    assert fee / start == pytest.approx(10.545094, rel=1e-7)
    assert np.log(2) / np.log(1.125) == pytest.approx(5.885, abs=5e-4)


def literal(base, used, limit, elasticity=2, divisor=8):
    """The rule of EIP-1559 in unbounded integers."""
    target = limit // elasticity
    if used > target:
        return base + max(base * (used - target) // target // divisor, 1)
    return base - base * (target - used) // target // divisor


@settings(max_examples=300)
@given(st.integers(0, 2**53), st.integers(6, 2**31), st.floats(0, 1), st.sampled_from([(2, 8), (6, 50), (6, 250)]))
def test_exact_in_63_bits(base, limit, part, rules):
    used = int(part * limit)
    want = literal(base, used, limit, *rules)
    assert next_base_fee(base, used, limit, *rules) == want
    assert next_base_fee(np.array([base]), used, limit, *rules).tolist() == [want]


def test_above_the_target_even_the_smallest_fee_rises():
    assert next_base_fee(0, 16e6, 30e6) == 1
    assert next_base_fee(7, 0, 30e6) == 7
    assert next_base_fee(8, 0, 30e6) == 7


def test_cost_of_a_payment():
    paid = pay_for_gas(PAYMENT_GAS, 20 * WEI_PER_GWEI, 30 * WEI_PER_GWEI, 0)
    assert paid == (True, pytest.approx(0.00042, rel=1e-15), 0.0)
    assert paid.total == pytest.approx(0.00042, rel=1e-15)


@pytest.mark.parametrize(
    ("max_fee", "max_tip", "want"),
    [(100, 5, (True, 20, 5)), (22, 5, (True, 20, 2)), (20, 5, (True, 20, 0)), (19, 5, (False, 0, 0))],
)
def test_tips(max_fee, max_tip, want):
    included, burned, tip = pay_for_gas(1e18, 20, max_fee, max_tip)
    assert (included, burned, tip) == want
    assert burned + tip <= max_fee


def test_payments_of_many_at_once():
    random = np.random.default_rng(1)
    gas, base, fee, tip = (random.uniform(0, 1e11, 50) for _ in range(4))
    together = pay_for_gas(gas, base, fee, tip)
    for i in range(50):
        alone = pay_for_gas(gas[i], base[i], fee[i], tip[i])
        assert tuple(alone) == tuple(part[i] for part in together)
    assert np.all(together.total <= gas * fee / 1e18 * (1 + 1e-15))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: next_base_fee(-1, 0, 30), r"base_fee = -1 is outside the allowed range: whole numbers from 0 to"),
        (lambda: next_base_fee(1.5, 0, 30), r"base_fee = 1.5 is outside"),
        (lambda: next_base_fee(10, 31, 30), r"gas_used = 31 is outside the allowed range \[0, 30\]"),
        (lambda: next_base_fee(10, [0, 31], 30), r"gas_used\[1\] = 31 is outside"),
        (lambda: next_base_fee(10, 0, 1), r"gas_limit = 1 is outside the allowed range: whole numbers from 2 to"),
        (lambda: next_base_fee(10, 0, 2**63), r"gas_limit = 9223372036854775808 is outside"),
        (lambda: next_base_fee(10, 0, 30, 0), r"elasticity = 0 is outside"),
        (lambda: next_base_fee(10, 0, 30, 2, 0), r"change_denominator = 0 is outside"),
        (lambda: next_base_fee([1, 2], [1, 2, 3], 30), r"shapes do not fit together: base_fee \(2,\), gas_used \(3,\)"),
        (lambda: pay_for_gas(-1, 0, 0, 0), r"gas = -1 is outside"),
        (lambda: pay_for_gas(1, -1, 0, 0), r"base_fee = -1 is outside"),
        (lambda: pay_for_gas(1, 0, -1, 0), r"max_fee = -1 is outside"),
        (lambda: pay_for_gas(1, 0, 0, [0, -1]), r"max_tip\[1\] = -1 is outside"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)


@settings(max_examples=200, deadline=None)
@given(
    st.integers(0, 2**256 - 1), st.integers(60, 2**63 - 1), st.floats(0, 1),
    st.sampled_from([(2, 8), (6, 250), (60, 1)]),
)  # fmt: skip
def test_exact_at_any_size_a_chain_can_have(base, limit, part, rules):
    used = min(int(part * limit), limit)
    want = literal(base, used, limit, *rules)
    assert next_base_fee(base, used, limit, *rules) == want
    small = literal(7, used, limit, *rules)
    together = next_base_fee(np.array([base, 7], dtype=object), np.array([used, used], dtype=np.int64), limit, *rules)
    assert together.tolist() == [want, small]


def test_full_blocks_pass_the_53_bits_of_floats():
    """One gwei is above 2⁵³ wei after 136 full blocks."""
    fee = 10**9
    for _ in range(600):
        following = next_base_fee(fee, 30_000_000, 30_000_000)
        assert following == literal(fee, 30_000_000, 30_000_000)
        assert next_base_fee(np.array([fee], dtype=object), 30_000_000, 30_000_000).tolist() == [following]
        fee = following
    assert fee > 2**100


def test_a_large_elasticity_wraps_nothing():
    assert next_base_fee(2**53, 2**31, 2**31, 2**31, 8) == literal(2**53, 2**31, 2**31, 2**31, 8)
    one = next_base_fee(np.array([2**53], dtype=np.int64), 2**31, 2**31, 2**31, 8)
    assert one.tolist() == [literal(2**53, 2**31, 2**31, 2**31, 8)]


def test_more_gas_than_the_limit_is_refused_where_floats_cannot_tell():
    with pytest.raises(ValueError, match="gas_used"):
        next_base_fee(1, 2**60 + 1, 2**60)
