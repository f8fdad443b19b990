"""Federated averaging on real digits, attacks and robust aggregation, and differential privacy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    Samples,
    accuracy,
    blank_model,
    client_updates,
    clip_updates,
    coalition_accuracy,
    coordinate_median,
    federated_average,
    flip_labels,
    gaussian_deviation,
    idle,
    krum,
    laplace_scale,
    load_digits,
    log_loss,
    loss_gradient,
    noise_needed,
    privacy_spent,
    private_average,
    reversing,
    split_samples,
    train,
    train_federated,
    trimmed_mean,
)


@pytest.fixture(scope="module")
def digits():
    return load_digits(np.random.default_rng(1))


@pytest.fixture(scope="module")
def clients(digits):
    return split_samples(digits.train, 10, np.random.default_rng(2))


def test_the_data_are_whole(digits):
    assert digits.train.size + digits.test.size == 1797
    assert digits.test.size == 449
    assert digits.train.features.shape[1] == 65
    assert digits.train.features.min() == 0
    assert digits.train.features.max() == 1
    assert np.unique(digits.test.labels).tolist() == list(range(10))


def test_the_gradient_is_that_of_the_loss(digits):
    random = np.random.default_rng(3)
    few = digits.train.part(np.arange(40))
    parameters = random.normal(0, 0.3, (65, 10))
    direction = random.normal(0, 1, (65, 10))
    change = 1e-5
    numeric = (log_loss(parameters + change * direction, few) - log_loss(parameters - change * direction, few)) / 2e-5
    assert np.sum(loss_gradient(parameters, few) * direction) == pytest.approx(numeric, rel=1e-6)
    assert log_loss(blank_model(few), few) == pytest.approx(np.log(10))
    assert np.all(train(parameters, Samples(np.empty((0, 65)), []), 3) == parameters)


def test_weighted_mean():
    assert federated_average([1.0, 2.0], [10.0, 30.0]) == pytest.approx(1.75)
    assert federated_average(np.eye(2), [1.0, 0.0]).tolist() == [1, 0]


def test_one_step_is_gradient_descent_on_all_data(digits, clients):
    # Sizes weigh the clients exactly as if their data lay in one place.
    unequal = split_samples(digits.train, 5, np.random.default_rng(4), alike=0.3, sizes=[1, 2, 3, 4, 10])
    run = train_federated(unequal, digits.test, 8, steps=1)
    np.testing.assert_allclose(run.parameters, train(blank_model(digits.train), digits.train, 8), atol=1e-12)
    assert run.sent == 8 * 5 * 650 * 4


def test_it_learns_and_a_lone_client_learns_less(digits, clients):
    run = train_federated(clients, digits.test, 20)
    alone = accuracy(train(blank_model(digits.test), clients[0], 100), digits.test)
    central = accuracy(train(blank_model(digits.test), digits.train, 100), digits.test)
    assert len(run.accuracy) == 21
    assert run.accuracy[0] < 0.2
    assert central >= run.accuracy[-1] - 0.02 > alone
    many = np.stack([run.parameters, blank_model(digits.test)])
    assert accuracy(many, digits.test).tolist() == [run.accuracy[-1], run.accuracy[0]]


@given(st.integers(0, 2**32), st.integers(1, 12), st.sampled_from([None, 0.05, 1.0, 100.0]))
def test_no_sample_is_lost(seed, count, alike):
    random = np.random.default_rng(seed)
    samples = Samples(np.arange(200.0)[:, np.newaxis], random.integers(0, 5, 200))
    parts = split_samples(samples, count, random, alike, sizes=np.arange(1, count + 1))
    assert sorted(np.concatenate([part.features[:, 0] for part in parts]).tolist()) == list(range(200))
    if alike is None:
        wanted = np.arange(1, count + 1) / np.arange(1, count + 1).sum() * 200
        assert np.all(np.abs([part.size for part in parts] - wanted) <= 1)


def test_unequal_clients_learn_more_slowly(digits):
    mixed = split_samples(digits.train, 10, np.random.default_rng(5), alike=0.05)
    classes = [np.unique(part.labels).size for part in mixed if part.size]
    assert np.mean(classes) < 6
    equal = split_samples(digits.train, 10, np.random.default_rng(5))
    slow, fast = train_federated(mixed, digits.test, 6, 10), train_federated(equal, digits.test, 6, 10)
    assert slow.accuracy[1:].mean() < fast.accuracy[1:].mean() - 0.02


def test_two_of_ten_ruin_the_mean_but_not_the_robust(digits, clients):
    attack = dict.fromkeys((0, 1), reversing(8.0))

    def reached(aggregate, behaviours):
        return train_federated(clients, digits.test, 15, aggregate=aggregate, behaviours=behaviours).accuracy[-1]

    honest = reached(federated_average, None)
    assert reached(federated_average, attack) < 0.5
    for aggregate in (coordinate_median, trimmed_mean(0.2), krum(2)):
        assert reached(aggregate, attack) > honest - 0.05
    assert reached(federated_average, {0: idle}) > honest - 0.03  # a free rider hardly shows


def test_flipped_labels(clients):
    flipped = flip_labels(clients[0])
    assert np.all(flipped.labels + clients[0].labels == 9)
    assert flip_labels(flipped).labels.tolist() == clients[0].labels.tolist()


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


def test_coalitions_of_clients(digits, clients):
    start = blank_model(digits.test)
    updates = client_updates(start, clients, 5, 1.0)
    sizes = [samples.size for samples in clients]
    value = coalition_accuracy(start, updates, sizes, digits.test)
    masks = np.array([[False] * 10, [True] * 10, [True] + [False] * 9])
    expected = [start, start + federated_average(updates, sizes), start + updates[0]]
    np.testing.assert_allclose(value(masks), [accuracy(model, digits.test) for model in expected])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Samples(np.ones((2, 3)), [0]), r"features \(2, 3\) and labels \(1,\)"),
        (lambda: Samples(np.ones((1, 3)), [-1]), r"labels\[0\] = -1 .*from 0"),
        (lambda: Samples([[np.nan]], [0]), r"features\[0, 0\] = nan"),
        (lambda: load_digits(np.random.default_rng(1), 1.0), r"test_share = 1 .*\(0, 1\)"),
        (lambda: accuracy(np.ones((1, 2)), Samples(np.empty((0, 1)), [])), r"number of samples = 0 .*>= 1"),
        (lambda: train(np.ones((1, 2)), Samples([[1.0]], [2]), 1), r"labels\[0\] = 2 .*\[0, 1\]"),
        (lambda: train(np.ones((1, 2)), Samples([[1.0]], [1]), 1, 0.0), r"rate = 0 .*\(0, inf\)"),
        (lambda: federated_average([1.0, 2.0], [1.0]), r"updates of 2 clients and sizes \(1,\)"),
        (lambda: federated_average([1.0], [0.0]), r"sum of sizes = 0 .*\(0, inf\)"),
        (lambda: federated_average([1.0, 2.0], [1.0, -1.0]), r"sizes\[1\] = -1 .*\[0, inf\)"),
        (lambda: split_samples(Samples([[1.0]], [0]), 0, np.random.default_rng(1)), r"clients = 0 .*>= 1"),
        (lambda: split_samples(Samples([[1.0]], [0]), 1, np.random.default_rng(1), 0.0), r"alike = 0 .*\(0, inf\)"),
        (lambda: train_federated([], Samples([[1.0]], [0]), 1), r"number of clients = 0 .*>= 1"),
        (lambda: trimmed_mean(0.5), r"trimmed = 0.5 .*\[0, 0.5\)"),
        (lambda: krum(-1), r"malicious = -1 .*>= 0"),
        (lambda: krum(2)(np.ones((6, 2)), np.ones(6)), r"number of clients = 6 .*>= 7"),
        (lambda: coordinate_median(np.empty((0, 2))), r"number of clients = 0 .*>= 1"),
        (lambda: clip_updates([[1.0]], 0.0), r"limit = 0 .*\(0, inf\)"),
        (lambda: reversing(-1.0), r"strength = -1 .*\[0, inf\)"),
        (lambda: laplace_scale(1.0, 0.0), r"epsilon = 0 .*\(0, inf\)"),
        (lambda: gaussian_deviation(1.0, 1.5, 1e-5), r"epsilon = 1.5 .*\(0, 1\]"),
        (lambda: gaussian_deviation(1.0, 0.5, 0.0), r"delta = 0 .*\(0, 1\)"),
        (lambda: privacy_spent(0.0, 1, 0.1), r"noise = 0 .*\(0, inf\)"),
        (lambda: noise_needed(1.0, 0, 0.1), r"rounds = 0 .*from 1"),
        (lambda: private_average(0.0, 1.0, np.random.default_rng(1)), r"limit = 0 .*\(0, inf\)"),
        (
            lambda: coalition_accuracy(np.ones(1), np.ones((2, 1)), [1.0], None),
            r"updates of 2 clients and sizes \(1,\)",
        ),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_a_part_of_the_clients_is_counted_exactly():
    """0.29 of a hundred are 29, though the product of floats is a little less."""
    for count in (10, 50, 100, 1000):
        for number in range(1, count // 2):
            outliers = np.r_[np.zeros(count - number), np.full(number, 1e6)]
            assert trimmed_mean(number / count)(outliers, outliers) == 0.0
            assert trimmed_mean((number - 1e-9) / count)(outliers, outliers) > 0
