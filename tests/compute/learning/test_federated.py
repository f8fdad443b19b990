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
    coalition_accuracy,
    federated_average,
    flip_labels,
    load_digits,
    split_samples,
    train,
    train_federated,
)
from tests.support.contracts import assert_refuses


@pytest.fixture(scope="module")
def digits():
    return load_digits(np.random.default_rng(1))


@pytest.fixture(scope="module")
def clients(digits):
    return split_samples(digits.train, 10, np.random.default_rng(2))


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


def test_flipped_labels(clients):
    flipped = flip_labels(clients[0])
    assert np.all(flipped.labels + clients[0].labels == 9)
    assert flip_labels(flipped).labels.tolist() == clients[0].labels.tolist()


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
        (lambda: federated_average([1.0, 2.0], [1.0]), r"updates of 2 clients and sizes \(1,\)"),
        (lambda: federated_average([1.0], [0.0]), r"sum of sizes = 0 .*\(0, inf\)"),
        (lambda: federated_average([1.0, 2.0], [1.0, -1.0]), r"sizes\[1\] = -1 .*\[0, inf\)"),
        (lambda: split_samples(Samples([[1.0]], [0]), 0, np.random.default_rng(1)), r"clients = 0 .*>= 1"),
        (lambda: split_samples(Samples([[1.0]], [0]), 1, np.random.default_rng(1), 0.0), r"alike = 0 .*\(0, inf\)"),
        (lambda: train_federated([], Samples([[1.0]], [0]), 1), r"number of clients = 0 .*>= 1"),
        (
            lambda: coalition_accuracy(np.ones(1), np.ones((2, 1)), [1.0], None),
            r"updates of 2 clients and sizes \(1,\)",
        ),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def rounds_to(goal, run):
    """First round whose model is as good as that; 99 if none is."""
    good = run.accuracy >= goal
    return int(np.argmax(good)) if good.any() else 99


def test_momentum_by_hand_with_clients_that_say_the_same_in_each_round(digits):
    nothing = {0: lambda update: np.ones(update.shape)}
    parameters = [
        train_federated([digits.train], digits.test, rounds, 1, behaviours=nothing, momentum=0.5).parameters[0, 0]
        for rounds in (1, 2, 3)
    ]
    # v = 1, 1.5, 1.75; each change is 0.5·v + 1.
    assert parameters == [1.5, 3.25, 5.125]


def test_placebo_no_momentum_is_plain_averaging_to_the_last_bit(digits, clients):
    plain = train_federated(clients, digits.test, 4)
    same = train_federated(clients, digits.test, 4, momentum=0.0, server_rate=1.0)
    assert np.array_equal(plain.parameters, same.parameters)
    assert train_federated(clients, digits.test, 4, momentum=0.7).sent == plain.sent, "momentum sends nothing more"


def test_momentum_needs_half_the_rounds_also_where_each_client_knows_a_few_digits(digits):
    plain, with_momentum = [], []
    for seed in range(2, 9):
        few = split_samples(digits.train, 10, np.random.default_rng(seed), alike=0.1)
        plain.append(rounds_to(0.9, train_federated(few, digits.test, 30)))
        with_momentum.append(rounds_to(0.9, train_federated(few, digits.test, 12, momentum=0.7)))
    assert 10 <= np.median(plain) <= 15 and np.median(with_momentum) in (5, 6)
    assert all(fast <= slow * 0.6 for fast, slow in zip(with_momentum, plain, strict=True))
    with pytest.raises(ValueError, match="momentum = 1 "):
        train_federated(few, digits.test, 1, momentum=1.0)
    with pytest.raises(ValueError, match="server_rate = 0 "):
        train_federated(few, digits.test, 1, server_rate=0.0)
