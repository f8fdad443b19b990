from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.rewards import (
    DecayingEmission,
    StepEmission,
    constant_emission,
    curve_emission,
    halving_emission,
)


def test_constant_emission_ends():
    schedule = constant_emission(100.0, 2.0)
    assert schedule.emitted([-1.0, 0.0, 0.5, 2.0, 9.0]).tolist() == [0.0, 0.0, 50.0, 200.0, 200.0]
    assert schedule.rate([-1.0, 0.0, 1.99, 2.0]).tolist() == [0.0, 100.0, 100.0, 0.0]


def test_bitcoin_halves_to_21_million():
    schedule = halving_emission(50.0 * 210_000 / 4)
    assert schedule.emitted([4.0, 8.0, 12.0]).tolist() == [10.5e6, 15.75e6, 18.375e6]
    assert schedule.emitted(400.0) == pytest.approx(21e6, rel=1e-12)
    assert schedule.rate(np.array([0.0, 3.9, 4.0, 8.0])).tolist() == [2_625_000.0, 2_625_000.0, 1_312_500.0, 656_250.0]


def test_curve_emits_what_its_final_supply_says():
    # 1.303 billion at the start (four years of which halve the rest) and 3.03 billion in the end.
    schedule = curve_emission()
    assert schedule.emitted(1.0) == pytest.approx(274_815_283.0, rel=1e-15)
    assert schedule.emitted(2.0) - schedule.emitted(1.0) == pytest.approx(274_815_283.0 / 2**0.25, rel=1e-14)
    assert schedule.rate(4.0) == pytest.approx(274_815_283.0 / 2, rel=1e-14)
    assert 1_303_030_303 + schedule.emitted(1e4) == pytest.approx(3.0303e9, rel=1e-5)


def test_decay_has_its_closed_form():
    schedule = DecayingEmission(100.0, np.log(2.0) / 4)
    assert schedule.rate(4.0) == pytest.approx(50.0, rel=1e-14)
    assert schedule.emitted(4.0) == pytest.approx(200.0 / np.log(2.0), rel=1e-14)
    assert DecayingEmission(100.0, 0.0).emitted(3.0) == 300.0
    assert DecayingEmission(100.0, 1e-17).emitted(3.0) == pytest.approx(300.0, rel=1e-15)
    assert DecayingEmission(100.0, 1.0, duration=1.0).emitted(9.0) == DecayingEmission(100.0, 1.0).emitted(1.0)


@settings(max_examples=60, deadline=None)
@given(
    st.floats(0.0, 1e9),
    st.floats(1e-3, 1.0),
    st.floats(1e-3, 10.0),
    st.lists(st.floats(0.0, 50.0), min_size=2, max_size=8),
)
def test_emitted_is_the_integral_of_the_rate(rate, factor, interval, times):
    schedule = StepEmission(rate, factor, interval)
    times = np.sort(times)
    emitted = schedule.emitted(times)
    increments = np.diff(emitted)
    assert np.all(increments >= -1e-12 * emitted[-1])
    assert np.all(increments <= rate * np.diff(times) + 1e-9 * emitted[-1] + 1e-300)
    steps = np.arange(np.floor(times[-1] / interval) + 1) * interval
    lengths = np.minimum(times[-1] - steps, interval)
    assert emitted[-1] == pytest.approx(np.sum(rate * factor ** np.arange(len(steps)) * lengths), rel=1e-9, abs=1e-300)


def test_arrays_agree_with_scalars():
    schedule = StepEmission([10.0, 20.0, 30.0], [1.0, 0.5, 0.9], [1.0, 2.0, 0.3], [5.0, 6.0, 7.0])
    for row, single in enumerate(zip(*schedule, strict=True)):
        alone = StepEmission(*map(float, single))
        for time in (0.0, 0.7, 3.0, 8.0):
            assert schedule.emitted(time)[row] == alone.emitted(time)
            assert schedule.rate(time)[row] == alone.rate(time)
    assert type(alone.emitted(1.0)) is type(alone.rate(1.0)) is float


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: StepEmission(-1.0), r"first_rate = -1 is outside the allowed range \[0, inf\)"),
        (lambda: StepEmission(1.0, [0.5, 1.5]), r"factor\[1\] = 1.5 is outside the allowed range \(0, 1\]"),
        (lambda: StepEmission(1.0, 0.0), r"factor = 0 is outside the allowed range \(0, 1\]"),
        (lambda: StepEmission(1.0, 1.0, 0.0), r"interval = 0"),
        (lambda: StepEmission(1.0, duration=-1.0), r"duration = -1"),
        (lambda: StepEmission([1.0, 2.0], [1.0, 1.0, 1.0]), r"shapes do not fit together"),
        (lambda: StepEmission(1.0).emitted(float("nan")), r"time = nan"),
        (lambda: DecayingEmission(-1.0, 0.0), r"first_rate = -1"),
        (lambda: DecayingEmission(1.0, -1.0), r"decay = -1"),
        (lambda: DecayingEmission(1.0, 1.0, 0.0), r"duration = 0"),
        (lambda: DecayingEmission(1.0, 1.0).rate(np.inf), r"time = inf"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()
