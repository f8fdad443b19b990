"""Noise that hides a client, and its price."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    gaussian_deviation,
    laplace_scale,
    load_digits,
    noise_needed,
    privacy_spent,
    private_average,
    split_samples,
    train_federated,
)
from tests.support.contracts import assert_refuses


@pytest.fixture(scope="module")
def digits():
    return load_digits(np.random.default_rng(1))


def test_privacy_check_values():
    assert 2 * laplace_scale(1.0, 0.5) ** 2 == 8
    assert gaussian_deviation(1.0, 1.0, 1e-5) == pytest.approx(4.844805, rel=1e-6)
    assert privacy_spent(1.0, 1, 1e-5) == pytest.approx(0.5 + 2 * np.sqrt(0.5 * np.log(1e5)))
    assert privacy_spent(2.0, 0, 1e-5) == 0


@given(st.floats(1e-6, 1e4), st.integers(1, 10_000), st.floats(1e-12, 0.5))
def test_noise_spends_what_it_should(epsilon, rounds, delta):
    assert privacy_spent(noise_needed(epsilon, rounds, delta), rounds, delta) == pytest.approx(epsilon, rel=1e-9)


def test_noise_has_the_stated_deviation():
    updates = np.zeros((4, 100_000))
    noisy = private_average(2.0, 3.0, np.random.default_rng(1))(updates, np.ones(4))
    assert noisy.std() == pytest.approx(1.5, rel=4 / np.sqrt(200_000))
    exact = private_average(1e9, 0.0, np.random.default_rng(1))(np.eye(4), np.ones(4))
    assert exact.tolist() == [0.25] * 4


def test_privacy_costs_accuracy(digits):
    many = split_samples(digits.train, 100, np.random.default_rng(6))

    def reached(epsilon):
        noise = noise_needed(epsilon, 15, 1e-5)
        return train_federated(
            many, digits.test, 15, aggregate=private_average(1.0, noise, np.random.default_rng(7))
        ).accuracy[-1]

    strict, loose, none = reached(0.3), reached(8.0), reached(1e9)
    assert strict < loose - 0.1
    assert loose <= none + 0.02


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: laplace_scale(1.0, 0.0), r"epsilon = 0 .*\(0, inf\)"),
        (lambda: gaussian_deviation(1.0, 1.5, 1e-5), r"epsilon = 1.5 .*\(0, 1\]"),
        (lambda: gaussian_deviation(1.0, 0.5, 0.0), r"delta = 0 .*\(0, 1\)"),
        (lambda: privacy_spent(0.0, 1, 0.1), r"noise = 0 .*\(0, inf\)"),
        (lambda: noise_needed(1.0, 0, 0.1), r"rounds = 0 .*from 1"),
        (lambda: private_average(0.0, 1.0, np.random.default_rng(1)), r"limit = 0 .*\(0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
