"""The binomial and the normal distribution against counts and against Python's own."""

from math import comb
from statistics import NormalDist

import numpy as np
import pytest

from defi_lib.probability import binomial, normal_below


def test_a_binomial_is_what_counting_gives():
    exact = [comb(10, k) * 0.3**k * 0.7 ** (10 - k) for k in range(11)]
    assert binomial(10, 0.3, 0.7) == pytest.approx(exact, rel=1e-13)


def test_what_cannot_or_must_happen_has_its_chance():
    assert binomial(3, 0.0, 1.0).tolist() == [1, 0, 0, 0] and binomial(3, 1.0, 0.0).tolist() == [0, 0, 0, 1]


def test_one_row_for_each_chance():
    chances = np.array([[0.1, 0.5], [0.9, 1.0]])
    both = binomial(5, chances, 1 - chances)
    assert both.shape == (2, 2, 6) and np.allclose(both.sum(axis=-1), 1)
    assert np.array_equal(both[0, 1], binomial(5, 0.5, 0.5))


def test_many_trials_are_counted_by_logarithms():
    few, many = binomial(2_000, 0.01, 0.99), binomial(2_001, 0.01, 0.99)
    mixed = 0.99 * few + 0.01 * np.concatenate([[0.0], few[:-1]])  # one trial more
    assert many[:100] == pytest.approx(mixed[:100], rel=1e-9)


def test_the_normal_distribution_is_pythons_to_its_error():
    z = np.linspace(-7.5, 7.5, 3_001)
    exact = [NormalDist().cdf(value) for value in z]
    assert np.abs(normal_below(z) - exact).max() < 3e-8
    assert normal_below(-40.0) == pytest.approx(0, abs=1e-15) and normal_below(40.0) == 1
