"""What clients of federated training contributed: trained anew without them, and round by round."""

import numpy as np
import pytest

from defi_lib.compute import (
    CachedGame,
    Samples,
    accuracy,
    blank_model,
    contributions_by_round,
    exact_shapley,
    idle,
    load_digits,
    retrained_accuracy,
    reversing,
    split_samples,
    train_federated,
)


@pytest.fixture(scope="module")
def test_data():
    return load_digits(np.random.default_rng(1)).test


@pytest.fixture(scope="module")
def clients():
    return split_samples(load_digits(np.random.default_rng(1)).train, 5, np.random.default_rng(2), alike=0.5)


def test_a_coalition_is_worth_what_it_trains_alone(test_data, clients):
    cheats = {1: idle, 3: reversing(2.0)}
    game = CachedGame(retrained_accuracy(clients, test_data, 3, behaviours=cheats), 5)
    masks = np.array([[0, 0, 0, 0, 0], [1, 1, 1, 1, 1], [1, 0, 0, 1, 0], [0, 1, 0, 0, 0]], dtype=bool)
    some = train_federated([clients[0], clients[3]], test_data, 3, behaviours={1: reversing(2.0)})
    blank = accuracy(blank_model(test_data), test_data)
    everybody = train_federated(clients, test_data, 3, behaviours=cheats).accuracy[-1]
    assert game(masks).tolist() == [blank, everybody, some.accuracy[-1], blank]
    assert exact_shapley(game, 5).sum() == pytest.approx(everybody - blank)
    assert game.known == 32


def test_rounds_share_out_what_the_accuracy_gains(test_data, clients):
    run = contributions_by_round(clients, test_data, np.ones((4, 5)))
    plain = train_federated(clients, test_data, 4)
    np.testing.assert_allclose(run.parameters, plain.parameters, atol=1e-12)
    assert run.accuracy.tolist() == plain.accuracy.tolist()
    np.testing.assert_allclose(run.values.sum(axis=1), np.diff(run.accuracy), atol=1e-12)


def test_who_is_away_changes_nothing_and_gets_nothing(test_data, clients):
    present = np.ones((4, 5), dtype=bool)
    present[1:, 0] = present[2] = False
    run = contributions_by_round(clients, test_data, present)
    assert np.all(run.values[~present] == 0)
    assert run.accuracy[3] == run.accuracy[2]
    never = present.copy()
    never[:, 0] = False
    others = contributions_by_round(clients[1:], test_data, present[:, 1:])
    np.testing.assert_allclose(contributions_by_round(clients, test_data, never).parameters, others.parameters)


def test_one_client_gets_all(test_data, clients):
    run = contributions_by_round(clients[:1], test_data, [[True], [True]])
    np.testing.assert_allclose(run.values[:, 0], np.diff(run.accuracy))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda c, t: retrained_accuracy([], t, 1), r"number of clients = 0 .*>= 1"),
        (lambda c, t: retrained_accuracy(c, t, -1)(np.ones((1, 5), dtype=bool)), r"rounds = -1 .*>= 0"),
        (lambda c, t: contributions_by_round([], t, [[]]), r"number of clients = 0 .*>= 1"),
        (lambda c, t: contributions_by_round([Samples(np.empty((0, 65)), [])], t, [[1]]), r"size of a client\[0\] = 0"),
        (lambda c, t: contributions_by_round(c, t, np.ones((2, 4))), r"present has shape \(2, 4\)"),
        (lambda c, t: contributions_by_round(c, t, np.ones(5)), r"present has shape \(5,\)"),
        (lambda c, t: contributions_by_round([c[0]] * 21, t, np.ones((1, 21))), r"players = 21 .*from 1 to 20"),
    ],
)
def test_errors_name_argument_value_and_range(clients, test_data, call, message):
    with pytest.raises(ValueError, match=message):
        call(clients, test_data)
