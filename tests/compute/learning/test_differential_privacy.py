"""Noise that hides a client, and its price."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    gaussian_delta,
    gaussian_deviation,
    gaussian_noise_needed,
    gaussian_privacy_spent,
    laplace_scale,
    load_digits,
    noise_needed,
    privacy_spent,
    private_average,
    split_samples,
    train_federated,
)
from tests.support.contracts import assert_broadcasts, assert_refuses
from tests.support.vectors import vectors

GOOGLE = vectors("gaussian_privacy")


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


@pytest.mark.parametrize("case", GOOGLE["deltas"], ids=str)
def test_delta_is_that_of_dp_accounting(case):
    assert gaussian_delta(case["noise"], 1, case["epsilon"]) == pytest.approx(case["delta"], rel=1e-12)


@pytest.mark.parametrize("case", GOOGLE["noises"], ids=str)
def test_noise_is_that_of_dp_accounting(case):
    assert 0 <= case["noise"] - gaussian_noise_needed(case["epsilon"], 1, case["delta"]) < 1e-7


@pytest.mark.parametrize("case", GOOGLE["rounds"], ids=str)
def test_rounds_together_are_what_dp_accounting_composes_one_by_one(case):
    exact = gaussian_privacy_spent(case["noise"], case["rounds"], case["delta"])
    assert 0 <= case["epsilon"] - exact < 1e-8


def test_twenty_rounds_need_a_fifth_less_noise_than_the_bound_says():
    assert gaussian_noise_needed([2.0, 0.5], 20, 1e-5) == pytest.approx([8.92, 31.4], abs=0.05)
    assert noise_needed(np.array([2.0, 0.5]), 20, 1e-5) == pytest.approx([11.18, 43.4], abs=0.05)


@given(st.floats(1e-3, 50.0), st.integers(1, 10_000), st.floats(1e-12, 0.5))
def test_exact_noise_spends_exactly_what_it_should_and_less_than_the_bound(epsilon, rounds, delta):
    noise = gaussian_noise_needed(epsilon, rounds, delta)
    assert gaussian_privacy_spent(noise, rounds, delta) == pytest.approx(epsilon, rel=1e-6)
    assert gaussian_delta(noise, rounds, epsilon) == pytest.approx(delta, rel=1e-9)
    assert noise <= noise_needed(epsilon, rounds, delta) * (1 + 1e-12)


@given(st.floats(1e-2, 1e4), st.integers(0, 10_000), st.floats(1e-12, 0.9))
def test_rounds_are_one_answer_with_less_noise(noise, rounds, delta):
    spent = gaussian_privacy_spent(noise, rounds, delta)
    assert 0 <= spent <= privacy_spent(noise, rounds, delta) * (1 + 1e-12) and np.isfinite(spent)
    if rounds:
        assert spent == pytest.approx(gaussian_privacy_spent(noise / rounds**0.5, 1, delta), rel=1e-9, abs=1e-12)


def test_edges_of_exact_privacy():
    assert gaussian_delta(1.0, 0, 0.0) == 0.0 == gaussian_privacy_spent(1.0, 0, 1e-5)
    assert gaussian_privacy_spent(100.0, 1, 0.5) == 0.0, "such a δ is more than the noise ever fails"
    assert gaussian_delta(1e-6, 1, 1.0) == 1.0, "no noise hides nothing"
    assert gaussian_delta(1.0, 1, 1e6) == 0.0
    tail = gaussian_delta(1.0, 1, np.array([10.0, 20.0, 30.0]))
    assert np.all(tail[:-1] > 1e30 * tail[1:]) and tail[-1] > 0, "tiny, and still a number"
    two = np.array([0.5, 3.0])
    assert_broadcasts(gaussian_delta, two, np.array([1, 9]), np.array([0.0, 2.0]))
    assert_broadcasts(gaussian_privacy_spent, two, np.array([1, 9]), np.array([1e-5, 0.1]))
    assert_broadcasts(gaussian_noise_needed, two, np.array([1, 9]), np.array([1e-5, 0.1]))
    assert_refuses(lambda: gaussian_delta(0.0, 1, 1.0), "noise = 0")
    assert_refuses(lambda: gaussian_delta(1.0, 1, -1.0), "epsilon = -1")
    assert_refuses(lambda: gaussian_delta(1.0, -1, 1.0), "rounds = -1")
    assert_refuses(lambda: gaussian_privacy_spent(1.0, 1, 1.0), "delta = 1")
    assert_refuses(lambda: gaussian_noise_needed(0.0, 1, 1e-5), "epsilon = 0")
    assert_refuses(lambda: gaussian_noise_needed(1.0, 0, 1e-5), "rounds = 0")
