"""When requests come, and how long they take."""

import numpy as np
import pytest

from defi_lib.compute import daily_arrivals, draw_services, poisson_arrivals
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


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: poisson_arrivals(0.0, 3, np.random.default_rng(1)), r"rate = 0 .*\(0, inf\)"),
        (lambda: poisson_arrivals(1.0, -1, np.random.default_rng(1)), r"requests = -1 .*>= 0"),
        (lambda: poisson_arrivals(np.ones(2), 1, np.random.default_rng(1)), r"rate has shape \(2,\)"),
        (lambda: daily_arrivals(1.0, 1.5, 1.0, np.random.default_rng(1)), r"swing = 1.5 .*\[0, 1\]"),
        (lambda: daily_arrivals(-1.0, 0.5, 1.0, np.random.default_rng(1)), r"mean_rate = -1 .*\[0, inf\)"),
        (lambda: draw_services(1.0, -2, np.random.default_rng(1)), r"shape = -2 .*>= 0"),
        (lambda: draw_services(-1.0, 2, np.random.default_rng(1)), r"mean = -1 .*\[0, inf\)"),
        (lambda: draw_services(1.0, 2, np.random.default_rng(1), -1.0), r"variation = -1 .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
