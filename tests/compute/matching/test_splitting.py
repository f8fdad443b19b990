"""Does it add up? Many machines against one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    amdahl_speedup,
    fastest_number,
    gustafson_speedup,
    scalable_speedup,
    slowest_time,
    split_task,
)
from tests.support.contracts import assert_broadcasts, assert_refuses

MANY = st.integers(1, 10**9)
PART = st.floats(0.0, 1.0)


def test_laws_by_hand():
    assert amdahl_speedup(4, 0.2) == pytest.approx(1 / (0.2 + 0.8 / 4)) == 2.5
    assert amdahl_speedup(10**12, 0.05) == pytest.approx(20.0), "one part in twenty for one machine: never above 20"
    assert gustafson_speedup(4, 0.2) == pytest.approx(3.4)
    assert scalable_speedup(10, 0.05, 0.001) == pytest.approx(10 / (1 + 0.45 + 0.09))
    assert fastest_number(0.05, 0.001) == pytest.approx(np.sqrt(950))


@given(MANY, PART)
def test_the_laws_hold_together(machines, serial):
    speedup = amdahl_speedup(machines, serial)
    assert scalable_speedup(machines, serial, 0.0) == pytest.approx(speedup)
    assert 1 - 1e-12 <= speedup <= machines * (1 + 1e-12), "never more than linear, never exponential"
    assert speedup * serial <= 1 + 1e-12
    grown = gustafson_speedup(machines, serial)
    assert speedup * (1 - 1e-12) <= grown <= machines * (1 + 1e-9)


@given(MANY)
def test_placebo_without_what_holds_them_up_all_are_linear(machines):
    for speedup in (
        amdahl_speedup(machines, 0.0),
        gustafson_speedup(machines, 0.0),
        scalable_speedup(machines, 0.0, 0.0),
        split_task(60.0, machines).speedup,
    ):
        assert speedup == pytest.approx(machines, rel=1e-12)
    assert amdahl_speedup(machines, 1.0) == pytest.approx(1.0)


@given(st.floats(0.0, 0.99), st.floats(1e-9, 0.1))
def test_the_fastest_number_is_the_fastest(contention, crosstalk):
    best = round(fastest_number(contention, crosstalk))
    near = np.array([max(best - 2, 1), best, best + 2])
    # Between whole numbers the best of both sides may be one of them, never two away.
    speeds = scalable_speedup(near, contention, crosstalk)
    assert speeds[1] >= speeds[[0, 2]].max() * (1 - 1e-12)


def test_waiting_for_the_slowest():
    assert slowest_time(1) == pytest.approx(1.0)
    assert slowest_time(100) == pytest.approx(sum(1 / k for k in range(1, 101)))
    assert slowest_time(100, needed=90) == pytest.approx(sum(1 / k for k in range(11, 101)))
    assert slowest_time(100, 2.0, 0.5, needed=1) == pytest.approx(2.0 + 0.5 / 100)
    assert slowest_time(10**9, 3.0, 0.0) == 3.0, "where nobody is late by chance, all are done at once"
    rng = np.random.default_rng(1)
    drawn = np.sort(1.0 + 0.5 * rng.exponential(size=(20_000, 30)), axis=1)
    assert drawn[:, -1].mean() == pytest.approx(slowest_time(30, 1.0, 0.5), rel=0.01)
    assert drawn[:, 23].mean() == pytest.approx(slowest_time(30, 1.0, 0.5, needed=24), rel=0.01)


def test_a_task_by_hand():
    task = split_task(1_000.0, 10, serial=0.1, rounds=20, message=50.0, line=100.0, latency=0.1, spread=0.5, speed=0.5)
    harmonic = sum(1 / k for k in range(1, 11))
    assert task.alone_part == pytest.approx(0.1 * 1_000 / 0.5)
    assert task.shared_part == pytest.approx(900 / 5 * (0.5 + 0.5 * harmonic))
    assert task.talking == pytest.approx(20 * (0.1 + 2 * 0.9 * 50 * 8 / 100))
    assert task.speedup == pytest.approx(1_000 / (task.alone_part + task.shared_part + task.talking))
    assert split_task(1_000.0, 10, serial=0.1).speedup == pytest.approx(amdahl_speedup(10, 0.1))


def test_what_talks_all_the_time_is_slower_and_what_does_not_is_nearly_n_times_faster():
    hour = {"work": 3_600.0, "machines": 100, "line": 50.0, "latency": 0.05, "spread": 0.2}
    rendering = split_task(**hour, rounds=1, message=10.0).speedup
    weather = split_task(**hour, rounds=10_000, message=1.0).speedup
    assert rendering > 40 and weather < 1


@given(st.floats(1e-3, 1e9), st.integers(0, 10**6), st.floats(0, 1e6), st.floats(0.01, 1e6), PART, PART)
def test_one_machine_is_as_fast_as_itself_and_more_never_more_than_linear(work, rounds, message, line, serial, spread):
    rest = {"serial": serial, "rounds": rounds, "message": message, "line": line, "spread": spread, "latency": 0.1}
    assert split_task(work, 1, **rest).speedup == pytest.approx(1.0)
    many = split_task(work, np.array([2, 100, 10**6]), **rest).speedup
    assert np.all((many > 0) & (many <= np.array([2, 100, 10**6]) * (1 + 1e-9)))


def test_edges():
    two = np.array([0.1, 0.9])
    assert_broadcasts(amdahl_speedup, np.array([1, 50]), two)
    assert_broadcasts(scalable_speedup, np.array([1, 50]), two, two)
    assert_broadcasts(lambda n, s: slowest_time(n, s, s), np.array([1, 50]), two)
    assert_broadcasts(lambda w, n, s: split_task(w, n, serial=s, rounds=3), two, np.array([1, 50]), two)
    assert fastest_number(1.0, 0.5) == 1.0
    assert_refuses(lambda: amdahl_speedup(0, 0.1), "machines = 0")
    assert_refuses(lambda: amdahl_speedup(2, 1.1), "serial = 1.1")
    assert_refuses(lambda: scalable_speedup(2, 0.1, -1.0), "crosstalk = -1")
    assert_refuses(lambda: fastest_number(0.1, 0.0), "crosstalk = 0")
    assert_refuses(lambda: slowest_time(3, needed=4), "needed = 4")
    assert_refuses(lambda: split_task(0.0, 2), "work = 0")
    assert_refuses(lambda: split_task(1.0, 2, line=0.0), "line = 0")
    assert_refuses(lambda: split_task(1.0, 2, spread=1.5), "spread = 1.5")
    assert_refuses(lambda: split_task(1.0, 2, rounds=9, message=1e308, line=1e-300), "beyond what a float can hold")
