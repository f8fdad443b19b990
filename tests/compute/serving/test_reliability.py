import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    availability,
    checkpoint_overhead,
    daly_interval,
    expected_run_time,
    replicated_availability,
    simulate_run_times,
    survival,
    young_interval,
)
from tests.support.contracts import assert_refuses


def test_check_values():
    assert survival(100.0, 10.0, 500.0) == pytest.approx(0.135335283)
    assert availability(500.0, 4.0) == pytest.approx(0.992063492)
    assert replicated_availability(0.8, 3.0) == pytest.approx(0.992)
    assert replicated_availability(0.8, 100.0, 0.01) == pytest.approx(0.99)


def test_a_training_run_of_16384_cards():
    mtbf = 54 * 24 / 419 * 3600
    assert mtbf / 3600 == pytest.approx(3.093079, rel=1e-6)
    interval = young_interval(60.0, mtbf)
    assert interval == pytest.approx(1155.95, rel=1e-5)
    assert checkpoint_overhead(interval, 60.0, mtbf) == pytest.approx(0.1038, rel=1e-3)


@given(st.floats(-18, 3), st.floats(-3, 6))
def test_no_other_interval_is_better(log_checkpoint, log_mtbf):
    mtbf = 10.0**log_mtbf
    checkpoint = mtbf * 10.0**log_checkpoint
    if log_checkpoint > 2.5:
        checkpoint = mtbf * 10**2.5  # beyond, run times exceed all numbers
    best = daly_interval(checkpoint, mtbf)
    part, saving = best / mtbf, checkpoint / mtbf
    assert 0 < part <= 1
    if saving > 1e-6:
        assert 1 - part == pytest.approx(np.exp(-part - saving), rel=1e-6, abs=1e-12)
        times = expected_run_time(1.0, best * np.array([0.9, 1.0, 1.1]), checkpoint, mtbf)
        assert times[1] <= min(times[0], times[2]) * (1 + 1e-12)
    else:
        assert part == pytest.approx(np.sqrt(2 * saving) - 2 * saving / 3, rel=1e-6)


def test_the_first_order_is_good_for_rare_failures():
    interval = young_interval(0.01, 1e4)
    overhead = expected_run_time(1.0, interval, 0.01, 1e4) - 1
    assert overhead == pytest.approx(checkpoint_overhead(interval, 0.01, 1e4), rel=1e-2)


@pytest.mark.parametrize(("mtbf", "restart"), [(10.0, 0.5), (2.0, 0.0), (1.5, 1.0)])
def test_simulated_run_times_agree(mtbf, restart):
    times = simulate_run_times(20, 1.0, 0.1, mtbf, restart, 4000, np.random.default_rng(4))
    expected = expected_run_time(20.0, 1.0, 0.1, mtbf, restart)
    assert times.mean() == pytest.approx(expected, abs=4 * times.std() / np.sqrt(4000))
    assert times.min() >= 22 - 1e-9


def test_without_work():
    assert simulate_run_times(0, 1.0, 0.1, 1.0, 0.0, 3, np.random.default_rng(1)).tolist() == [0, 0, 0]
    assert expected_run_time(0.0, 1.0, 0.1, 1.0) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: survival(-1.0, 1.0, 1.0), r"nodes = -1 .*\[0, inf\)"),
        (lambda: survival(1.0, 1.0, 0.0), r"mtbf = 0 .*\(0, inf\)"),
        (lambda: availability(1.0, -1.0), r"mttr = -1 .*\[0, inf\)"),
        (lambda: replicated_availability(1.2, 1.0), r"one = 1.2 .*\[0, 1\]"),
        (lambda: replicated_availability(0.5, -1.0), r"replicas = -1 .*\[0, inf\)"),
        (lambda: replicated_availability(0.5, 1.0, 2.0), r"common_cause = 2 .*\[0, 1\]"),
        (lambda: young_interval(-1.0, 1.0), r"checkpoint = -1 .*\[0, inf\)"),
        (lambda: daly_interval(0.0, 1.0), r"checkpoint = 0 .*\(0, inf\)"),
        (lambda: checkpoint_overhead(0.0, 1.0, 1.0), r"interval = 0 .*\(0, inf\)"),
        (lambda: expected_run_time(1.0, 1e6, 0.0, 1.0), r"run time = inf .*\[0, inf\)"),
        (lambda: expected_run_time(-1.0, 1.0, 0.0, 1.0), r"work = -1 .*\[0, inf\)"),
        (lambda: simulate_run_times(-1, 1.0, 0.1, 1.0, 0.0, 1, np.random.default_rng(1)), r"segments = -1 .*from 0"),
        (lambda: simulate_run_times(1, 1.0, 0.1, 1.0, 0.0, -1, np.random.default_rng(1)), r"runs = -1 .*>= 0"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
