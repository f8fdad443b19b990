"""Aggregation that a few liars cannot steer."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    clip_updates,
    coordinate_median,
    federated_average,
    idle,
    krum,
    load_digits,
    reversing,
    split_samples,
    train_federated,
    trimmed_mean,
)
from tests.support.contracts import assert_refuses


@pytest.fixture(scope="module")
def digits():
    return load_digits(np.random.default_rng(1))


@pytest.fixture(scope="module")
def clients(digits):
    return split_samples(digits.train, 10, np.random.default_rng(2))


def test_two_of_ten_ruin_the_mean_but_not_the_robust(digits, clients):
    attack = dict.fromkeys((0, 1), reversing(8.0))

    def reached(aggregate, behaviours):
        return train_federated(clients, digits.test, 15, aggregate=aggregate, behaviours=behaviours).accuracy[-1]

    honest = reached(federated_average, None)
    assert reached(federated_average, attack) < 0.5
    for aggregate in (coordinate_median, trimmed_mean(0.2), krum(2)):
        assert reached(aggregate, attack) > honest - 0.05
    assert reached(federated_average, {0: idle}) > honest - 0.03  # a free rider hardly shows


@given(st.integers(0, 2**32), st.integers(5, 12))
def test_robust_aggregates_stay_among_the_honest(seed, count):
    random = np.random.default_rng(seed)
    updates = random.standard_normal((count, 4))
    bad = (count - 3) // 2
    updates[:bad] += 10.0 ** random.uniform(0, 8)
    honest = updates[bad:]
    for aggregate in (coordinate_median, trimmed_mean(bad / count)):
        result = aggregate(updates, np.ones(count))
        assert np.all(result >= honest.min(axis=0) - 1e-6) and np.all(result <= honest.max(axis=0) + 1e-6)
    if np.linalg.norm(updates[0] - honest[0]) > 100:
        assert any(np.array_equal(krum(bad)(updates, np.ones(count)), one) for one in honest)


def test_clipping_shortens_and_never_turns():
    updates = np.array([[3.0, 4.0], [0.3, 0.4], [0.0, 0.0]])
    np.testing.assert_allclose(clip_updates(updates, 1.0), [[0.6, 0.8], [0.3, 0.4], [0, 0]])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: trimmed_mean(0.5), r"trimmed = 0.5 .*\[0, 0.5\)"),
        (lambda: krum(-1), r"malicious = -1 .*>= 0"),
        (lambda: krum(2)(np.ones((6, 2)), np.ones(6)), r"number of clients = 6 .*>= 7"),
        (lambda: coordinate_median(np.empty((0, 2))), r"number of clients = 0 .*>= 1"),
        (lambda: clip_updates([[1.0]], 0.0), r"limit = 0 .*\(0, inf\)"),
        (lambda: reversing(-1.0), r"strength = -1 .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_a_part_of_the_clients_is_counted_exactly():
    """0.29 of a hundred are 29, though the product of floats is a little less."""
    for count in (10, 50, 100, 1000):
        for number in range(1, count // 2):
            outliers = np.r_[np.zeros(count - number), np.full(number, 1e6)]
            assert trimmed_mean(number / count)(outliers, outliers) == 0.0
            assert trimmed_mean((number - 1e-9) / count)(outliers, outliers) > 0
