"""When requests come, and how long they take."""

import numpy as np
import pytest

from defi_lib.compute import daily_arrivals, dispersion, draw_services, poisson_arrivals, real_requests
from tests.support.contracts import assert_refuses


def test_the_day_has_its_peak():
    times = daily_arrivals(0.05, 0.8, 60.0, np.random.default_rng(4))
    hours = np.histogram(times % 86_400 / 3600, bins=24, range=(0, 24))[0]
    middle = np.arange(24) + 0.5
    # The mean of the cosine over an hour.
    expected = 60 * 3600 * 0.05 * (1 + 0.8 * np.cos(2 * np.pi * (middle / 24 - 0.5)) * np.sinc(1 / 24))
    assert np.sum((hours - expected) ** 2 / expected) < 57  # chi-squared, 24 degrees of freedom, 1 in 5000
    assert np.all(np.diff(times) >= 0)
    assert times[-1] < 60 * 86_400
    assert daily_arrivals(0.0, 0.5, 1.0, np.random.default_rng(1)).size == 0


def test_moments_of_draws():
    services = draw_services(np.array([[2.0], [0.0]]), (2, 100_000), np.random.default_rng(1), 1.5)
    assert services[0].mean() == pytest.approx(2, abs=4 * 3 / np.sqrt(100_000))
    assert services[0].std() == pytest.approx(3, rel=0.05)
    assert np.all(services[1] == 0)
    assert draw_services(2.0, 3, np.random.default_rng(1), 0.0).tolist() == [2, 2, 2]
    gaps = np.diff(poisson_arrivals(np.array([1.0, 4.0]), 50_000, np.random.default_rng(2), 2))
    np.testing.assert_allclose(gaps.mean(axis=1), [1, 0.25], rtol=4 / np.sqrt(50_000))


def test_chance_alone_has_a_dispersion_of_one_and_a_timetable_none():
    rng = np.random.default_rng(3)
    for window in (1.0, 20.0):
        found = dispersion(poisson_arrivals(2.0, 200_000, rng), window)
        assert found == pytest.approx(1, abs=5 * np.sqrt(2 * window / 100_000))
    assert dispersion(np.arange(1_001.0), 10.0) == 0
    assert dispersion([5.0, 5.0, 5.0, 7.5], 1.0) == pytest.approx(1.5)  # 3 and 0; the last half window is left out
    assert dispersion([1.0, 1.5, 3.0], 2.0) == 0  # one window


def test_real_requests_come_in_bursts():
    found = {name: dispersion(real_requests(name).seconds, 60.0) for name in ("code", "conversation")}
    assert found == pytest.approx({"code": 163.9, "conversation": 16.1}, abs=0.1)
    # Another way, by numpy's histogram.
    times = real_requests("code").seconds
    counts = np.histogram(times, np.arange(0, times[-1], 60.0))[0]
    assert found["code"] == pytest.approx(counts.var() / counts.mean())


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: poisson_arrivals(0.0, 3, np.random.default_rng(1)), r"rate = 0 .*\(0, inf\)"),
        (lambda: poisson_arrivals(1.0, -1, np.random.default_rng(1)), r"requests = -1 .*>= 0"),
        (lambda: poisson_arrivals(np.ones(2), 1, np.random.default_rng(1)), r"rate has shape \(2,\)"),
        (lambda: daily_arrivals(1.0, 1.5, 1.0, np.random.default_rng(1)), r"swing = 1.5 .*\[0, 1\]"),
        (lambda: daily_arrivals(-1.0, 0.5, 1.0, np.random.default_rng(1)), r"mean_rate = -1 .*\[0, inf\)"),
        (lambda: dispersion([1.0, 2.0], 0.0), r"window = 0 .*\(0, 1\]"),
        (lambda: dispersion([1.0, 2.0], 3.0), r"window = 3 .*\(0, 1\]"),
        (lambda: dispersion([2.0, 1.0], 0.5), r"shape \(2,\).*order"),
        (lambda: dispersion([1.0], 0.5), r"shape \(1,\).*two times"),
        (lambda: draw_services(1.0, -2, np.random.default_rng(1)), r"shape = -2 .*>= 0"),
        (lambda: draw_services(-1.0, 2, np.random.default_rng(1)), r"mean = -1 .*\[0, inf\)"),
        (lambda: draw_services(1.0, 2, np.random.default_rng(1), -1.0), r"variation = -1 .*\[0, 1e\+100\]"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
