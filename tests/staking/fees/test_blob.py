from math import exp

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import (
    BLOB_BYTES,
    BPO1,
    BPO2,
    CANCUN,
    PRAGUE,
    blob_base_fee,
    blob_fee_floor,
    blob_fee_growth,
    blob_fee_per_byte,
    fake_exponential,
    layer_2_fee,
    next_excess_blob_gas,
)
from tests.support.contracts import assert_refuses

# The published cases of the clients' tests for EIP-4844.
PUBLISHED = [
    (1, 0, 1, 1),
    (38493, 0, 1000, 38493),
    (0, 1234, 2345, 0),
    (1, 2, 1, 6),
    (1, 4, 2, 6),
    (1, 3, 1, 16),
    (1, 6, 2, 18),
    (1, 4, 1, 49),
    (1, 8, 2, 50),
    (10, 8, 2, 542),
    (11, 8, 2, 596),
    (1, 5, 1, 136),
    (1, 5, 2, 11),
    (2, 5, 2, 23),
    (1, 50_000_000, 2_225_652, 5_709_098_764),
    (1, 380_928, 3_338_477, 1),
]


@pytest.mark.parametrize(("factor", "numerator", "denominator", "want"), PUBLISHED)
def test_published_cases(factor, numerator, denominator, want):
    got = fake_exponential(factor, numerator, denominator)
    assert type(got) is int
    assert got == want
    assert fake_exponential(factor, np.array([[numerator, 0]]), denominator).tolist() == [[want, factor]]


@settings(max_examples=60)
@given(st.integers(0, 40 * 5_007_716))
def test_close_to_the_exponential(excess):
    want = exp(excess / PRAGUE.update_fraction)
    assert want * (1 - 1e-6) - 1 <= blob_base_fee(excess) <= want * (1 + 1e-12)


def test_full_blocks_raise_the_fee_by_an_eighth():
    step = (CANCUN.limit - CANCUN.target) * BLOB_BYTES
    assert blob_base_fee(100_000_000 + step, CANCUN) / blob_base_fee(100_000_000, CANCUN) == pytest.approx(1.125, 1e-4)
    assert blob_base_fee(0) == blob_base_fee(0, CANCUN) == 1


def test_excess():
    assert next_excess_blob_gas(0, 6) == 0
    assert next_excess_blob_gas(0, 9) == 3 * BLOB_BYTES
    assert next_excess_blob_gas(2 * BLOB_BYTES, 3) == 0
    assert next_excess_blob_gas(np.array([0, 10 * BLOB_BYTES]), np.array([7, 0])).tolist() == [
        BLOB_BYTES,
        4 * BLOB_BYTES,
    ]
    assert next_excess_blob_gas(5 * BLOB_BYTES, 6, CANCUN) == 8 * BLOB_BYTES


def test_a_half_empty_blob_is_twice_as_dear():
    assert blob_fee_per_byte(10.0) == 10
    assert blob_fee_per_byte(10.0, np.array([1.0, 0.5])).tolist() == [10, 20]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: fake_exponential(-1, 1, 1), r"factor = -1 is outside"),
        (lambda: fake_exponential(1, -1, 1), r"numerator = -1 is outside"),
        (
            lambda: fake_exponential(1, 41, 1),
            r"numerator = 41 is outside the allowed range: whole numbers from 0 to 40",
        ),
        (lambda: fake_exponential(1, 1, 0), r"denominator = 0 is outside"),
        (lambda: fake_exponential(10**9, np.array([40]), 1), r"fake_exponential.* is outside"),
        (lambda: blob_base_fee([0, -1]), r"numerator\[1\] = -1 is outside"),
        (lambda: next_excess_blob_gas(0, 10), r"blobs = 10 is outside the allowed range: whole numbers from 0 to 9"),
        (lambda: next_excess_blob_gas(-1, 0), r"excess_blob_gas = -1 is outside"),
        (lambda: blob_fee_per_byte(-1.0), r"blob_base_fee = -1 is outside"),
        (lambda: blob_fee_per_byte(1.0, 0.0), r"fill = 0 is outside the allowed range \(0, 1\]"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)


def literal_exponential(numerator, denominator):
    """The loop of EIP-4844 for a factor of 1."""
    output, term, i = 0, denominator, 1
    while term > 0:
        output += term
        term = term * numerator // (denominator * i)
        i += 1
    return output // denominator


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 177 * 5_007_716))
def test_fees_of_any_size_are_exact(excess):
    want = literal_exponential(excess, PRAGUE.update_fraction)
    assert blob_base_fee(excess) == want < 2**256
    assert blob_base_fee(np.array([excess, 0], dtype=np.int64)).tolist() == [want, 1]


def test_excess_of_any_size_is_exact():
    assert next_excess_blob_gas(2**63 - 1, 9) == 2**63 - 1 + 3 * BLOB_BYTES
    assert next_excess_blob_gas(np.array([2**63 - 1, 0], dtype=np.int64), 9).tolist() == [
        2**63 - 1 + 3 * BLOB_BYTES,
        3 * BLOB_BYTES,
    ]
    with pytest.raises(ValueError, match="excess_blob_gas"):
        next_excess_blob_gas(2**64, 0)
    with pytest.raises(ValueError, match="numerator"):
        blob_base_fee(178 * PRAGUE.update_fraction)


def test_todays_rules_keep_the_steps_of_the_fee():
    """Every schedule has its limit at one and a half targets and the same largest change, but the first."""
    for schedule in (PRAGUE, BPO1, BPO2):
        assert schedule.limit * 2 == schedule.target * 3
        assert blob_fee_growth(schedule.limit, 1, schedule) == pytest.approx(1.0817, abs=1e-4)
        assert 1 / blob_fee_growth(0, 1, schedule) == pytest.approx(1.17, abs=2e-3)


def test_one_blob_too_many_makes_a_payment_of_20_dollars_dear_after_2447_blocks():
    price, excess, blocks = 2_000.0, 0, 0
    while layer_2_fee(65_000, 0.01e9, 120, blob_base_fee(excess, BPO2), price).total < 0.01 * 20:
        excess, blocks = next_excess_blob_gas(excess, BPO2.target + 1, BPO2), blocks + 1
    assert blocks == 2_447
    assert blob_base_fee(excess, BPO2) == pytest.approx(blob_fee_growth(15, blocks), rel=1e-9)


def test_the_fee_does_not_fall_below_a_sixteenth_of_the_base_fee():
    base_fee, excess = 10**9, 20_000_000
    assert blob_base_fee(excess, BPO2) < blob_fee_floor(base_fee) == 62_500_000
    # Below the floor a block at its target raises the excess, by a third of what it carries, and rounds down.
    assert next_excess_blob_gas(excess, 14, BPO2, base_fee) == excess + 14 * BLOB_BYTES * 7 // 21
    assert next_excess_blob_gas(excess, 14, BPO2) == excess
    for _ in range(3_000):
        excess = next_excess_blob_gas(excess, 14, BPO2, base_fee)
    assert 1 <= blob_base_fee(excess, BPO2) / blob_fee_floor(base_fee) < 1.06
    # Above it all is as before; an empty block empties a small excess.
    assert next_excess_blob_gas(excess, 15, BPO2, base_fee) == excess + BLOB_BYTES
    assert next_excess_blob_gas(5 * BLOB_BYTES, 0, BPO2, base_fee) == 0
    both = next_excess_blob_gas(np.array([20_000_000, excess]), np.array([14, 15]), BPO2, base_fee)
    assert both.tolist() == [20_000_000 + 14 * BLOB_BYTES * 7 // 21, excess + BLOB_BYTES]


def test_the_floor_is_one_wei_where_gas_costs_nothing():
    assert blob_fee_floor(0) == 1.0
    assert blob_fee_floor(np.array([0.0, 1_600.0])).tolist() == [1.0, 100.0]
    assert_refuses(lambda: blob_fee_floor(-1.0), "base_fee")
    assert_refuses(lambda: blob_fee_growth(22, 1), "blobs")
    assert_refuses(lambda: blob_fee_growth(15, -1), "blocks")
    assert_refuses(lambda: blob_fee_growth(21, 1e6), "blocks")
