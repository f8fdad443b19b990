"""Filecoin's minting and pledge."""

import numpy as np
import pytest

from defi_lib.compute import (
    BASELINE_START,
    BASELINE_TOTAL,
    EPOCHS_PER_YEAR,
    baseline_minting,
    baseline_power,
    consensus_pledge,
    simple_minting,
    storage_pledge,
)
from tests.support.contracts import assert_refuses


def test_filecoin_check_values():
    assert simple_minting(1 / EPOCHS_PER_YEAR) == pytest.approx(36.266260, rel=1e-7)
    assert simple_minting(6.0) == pytest.approx(165e6)
    assert consensus_pledge(7e8, 32.0, 20 * 2.0**30) == pytest.approx(0.312924, rel=1e-5)
    assert consensus_pledge(7e8, 32.0, 1.0, 20 * 2.0**30) == pytest.approx(0.312924, rel=1e-5)
    assert storage_pledge(0.01) == pytest.approx(0.2)


def test_a_network_on_its_baseline_mints_with_time():
    times = np.linspace(0, 6, 20_001)
    ahead = baseline_minting(times, baseline_power(times) * 2)
    np.testing.assert_allclose(ahead, BASELINE_TOTAL * (1 - 2 ** (-times / 6)), rtol=1e-9, atol=1)
    # Capacity that follows in small steps counts like the continuous one.
    along = baseline_minting(times, baseline_power(times))
    np.testing.assert_allclose(along, ahead, rtol=3e-4)


def test_a_network_that_stays_behind_mints_later():
    times = np.array([0.0, 1.0, 5.0, 20.0])
    flat = baseline_minting(times, np.full((4, 2), [BASELINE_START, BASELINE_START / 2]))
    # With constant power at the start of the baseline, the sum of power is t, and θ = log2(1 + t·ln 2).
    effective = np.log2(1 + times * np.log(2))
    np.testing.assert_allclose(flat[:, 0], BASELINE_TOTAL * (1 - 2 ** (-effective / 6)))
    assert np.all(flat[1:, 1] < flat[1:, 0])
    assert baseline_minting([0.0, 10.0], [0.0, 5.0]).tolist() == [0, 0]


def test_power_above_the_baseline_counts_once_the_baseline_is_there():
    # 10 EiB from the beginning: the baseline counts until it reaches them, then the 10.
    crossing = np.log2(10 / BASELINE_START)
    total = (10 - BASELINE_START) / np.log(2) + 10 * (4 - crossing)
    effective = np.log2(1 + total * np.log(2) / BASELINE_START)
    found = baseline_minting([0.0, 4.0], [10.0, 0.0])[1]
    assert found == pytest.approx(BASELINE_TOTAL * (1 - 2 ** (-effective / 6)))
    # And steps do not matter.
    assert baseline_minting(np.linspace(0, 4, 9), np.full(9, 10.0))[-1] == pytest.approx(found)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simple_minting(-1.0), r"years = -1 .*\[0, inf\)"),
        (lambda: baseline_power(2000.0), r"years = 2000 .*\[0, 1000\]"),
        (lambda: baseline_minting([1.0, 2.0], [1.0, 1.0]), r"times begin at 1 "),
        (lambda: baseline_minting([0.0, 2.0], [1.0]), r"power has 1 entries.*2"),
        (lambda: baseline_minting([0.0, 2.0], [1.0, -1.0]), r"power\[1\] = -1 .*\[0, inf\)"),
        (lambda: consensus_pledge(1.0, 1.0, 0.0), r"network_power = 0 .*\(0, inf\)"),
        (lambda: consensus_pledge(1.0, 1.0, 1.0, share=2.0), r"share = 2 .*\[0, 1\]"),
        (lambda: storage_pledge(-1.0), r"daily_reward = -1 .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
