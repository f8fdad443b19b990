"""Weights in a few bits."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import quantise
from tests.support.contracts import assert_refuses


@given(st.integers(0, 2**32), st.integers(2, 16))
def test_no_weight_moves_by_more_than_half_a_step(seed, bits):
    weights = np.random.default_rng(seed).standard_normal((4, 50)) * 10.0 ** np.arange(-3, 1)[:, np.newaxis]
    small = quantise(weights, bits)
    error = np.abs(small.values - weights).max(axis=1)
    largest = np.abs(weights).max(axis=1)
    assert np.all(error <= largest / (2**bits - 2) * (1 + 1e-9))
    assert np.abs(small.codes).max() == 2 ** (bits - 1) - 1
    np.testing.assert_allclose(quantise(small.values, bits).values, small.values, atol=1e-12)


def test_each_bit_halves_the_error():
    weights = np.random.default_rng(5).uniform(-1, 1, (1, 100_000))
    errors = [np.std(quantise(weights, bits).values - weights) for bits in range(4, 10)]
    np.testing.assert_allclose(errors, [2 / (2**b - 2) / np.sqrt(12) for b in range(4, 10)], rtol=0.02)
    assert quantise(weights, 4).bytes_per_number == pytest.approx(0.50002)
    assert quantise(np.zeros((2, 3)), 4).values.tolist() == [[0, 0, 0], [0, 0, 0]]
    assert quantise(np.empty((2, 0)), 4).values.shape == (2, 0)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: quantise([1.0], 1), r"bits = 1 .*from 2 to 16"),
        (lambda: quantise([1.0], 17), r"bits = 17 .*from 2 to 16"),
        (lambda: quantise([np.nan], 4), r"values\[0\] = nan"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
