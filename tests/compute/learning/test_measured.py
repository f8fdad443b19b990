"""What was trained once is what is trained today, and between two trainings lies what lies between their results."""

import numpy as np
import pytest

from defi_lib.compute import (
    accuracy_alone,
    accuracy_hidden,
    accuracy_in_one_place,
    accuracy_together,
    gaussian_noise_needed,
)
from defi_lib.compute.learning import measured as by
from tests.support.contracts import assert_refuses

#: Another processor may sum in another order: then a digit at the edge may fall to the other side.
NEAR = 2e-3
NOISY = by.NOISES[7]  # 8


@pytest.mark.parametrize(
    ("server", "steps", "alike", "clients", "liars"), [(0, 5, 0.5, 5, 0.0), (1, 1, 0.1, 20, 0.2), (2, 1, 10.0, 5, 0.4)]
)
def test_a_kept_world_is_that_of_today(server, steps, alike, clients, liars):
    found = by.measure_together(by.SERVERS[server], steps, alike, clients, liars)
    kept = accuracy_together(server, steps, alike, clients, liars, np.array(by.ROUNDS))
    assert kept == pytest.approx(found, abs=NEAR)


@pytest.mark.parametrize(("noise", "alike", "clients"), [(0.0, 0.5, 10), (NOISY, 0.1, 30)])
def test_a_kept_world_with_noise_is_that_of_today(noise, alike, clients):
    found = by.measure_hidden(noise, alike, clients)
    where = by.NOISES.index(noise), by.ALIKE.index(alike), by.HIDING_CLIENTS.index(clients)
    assert by._kept()["hidden"][where] == pytest.approx(found, abs=NEAR)


def test_one_place_and_alone_are_those_of_today():
    for server in (0, 1):
        found = by.measure_in_one_place(by.SERVERS[server], 5)
        assert accuracy_in_one_place(server, 5, np.array(by.ROUNDS)) == pytest.approx(found, abs=NEAR)
    assert accuracy_alone(0.1, 20) == pytest.approx(by.measure_alone(0.1, 20), abs=NEAR)


def test_between_two_worlds_lies_their_middle():
    for axis, ends in (("rounds", (10, 20)), ("steps", (1, 5)), ("clients", (20, 100)), ("alike", (0.1, 0.5))):
        world = {"server": 1, "steps": 5, "alike": 0.5, "clients": 20, "liars": 0.2, "rounds": 10}
        low, high, middle = (
            accuracy_together(**world | {axis: each}) for each in (*ends, float(np.sqrt(ends[0] * ends[1])))
        )
        assert middle == pytest.approx((low + high) / 2, abs=1e-9), axis
    world = {"server": 0, "steps": 5, "alike": 0.5, "clients": 10, "rounds": 10}
    low, high, middle = (accuracy_together(**world, liars=each) for each in (0.2, 0.4, 0.3))
    assert middle == pytest.approx((low + high) / 2)


def test_noise_is_the_least_that_keeps_the_promise():
    promises = np.geomspace(0.25, 16, 50)
    for rounds in (5, 30):
        exact = gaussian_noise_needed(promises, rounds, by.DELTA)
        assert by.noise_of_one_round(promises) * np.sqrt(rounds) == pytest.approx(exact, rel=1e-4)
    at = float(np.interp(-8.0, -by.noise_of_one_round(promises) * np.sqrt(20), promises))  # where it is 8
    assert accuracy_hidden(at, 0.5, 100, 20) == pytest.approx(by._kept()["hidden"][7, 1, 2, 2], abs=1e-3)


def test_much_noise_spoils_and_a_crowd_helps():
    crowd = np.array([10.0, 30.0, 100.0, 300.0])
    for promise in (0.5, 2.0, 8.0):
        assert np.all(np.diff(accuracy_hidden(promise, 0.5, crowd, 20)) > -0.01)
    promises = np.array([0.5, 1.0, 2.0, 4.0, 8.0, np.inf])
    assert np.all(np.diff(accuracy_hidden(promises, 10.0, 100, 20)) > -0.01)
    assert accuracy_hidden(1e-3, 0.5, 10, 20) < 0.2, "nothing but noise: one digit of ten is guessed"


def test_what_was_not_tried_is_refused():
    assert_refuses(lambda: accuracy_together(3, 5, 0.5, 20, 0.0, 20), "server = 3")
    assert_refuses(lambda: accuracy_together(0, 0, 0.5, 20, 0.0, 20), "steps = 0")
    assert_refuses(lambda: accuracy_together(0, 5, 0.5, 20, 0.5, 20), "liars = 0.5")
    assert_refuses(lambda: accuracy_hidden(0.0, 0.5, 20, 20), "epsilon = 0")
    assert_refuses(lambda: accuracy_hidden(2.0, -1, 20, 20), "alike = -1")
