"""The long run of a pool's price against the price outside, beside random walks that do the same step by step."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import arbitrage_part, least_gap, overshoot, price_gap, providing_rates


def walk(step, pull, calm, fee, threshold, walkers=2_000, steps=3_000, seed=5):
    """Part of the steps beyond calm, mean gap, push per step and earnings per push, after half of the steps."""
    rng = np.random.default_rng(seed)
    gap = rng.uniform(-1, 1, walkers) * (fee if np.isfinite(fee) else calm + step**2 / (2 * pull))
    beyond = mean = pushed = squared = 0.0
    for number in range(steps):
        gap += rng.normal(0, step, walkers) - pull * np.sign(gap) * (np.abs(gap) > calm)
        excess = np.abs(gap) - fee
        paid = excess > threshold
        if number >= steps // 2:
            pushed += excess[paid].sum()
            squared += (excess[paid] ** 2).sum()
        gap[paid] = np.sign(gap[paid]) * fee
        if number >= steps // 2:
            beyond += np.mean(np.abs(gap) > calm)
            mean += np.mean(np.abs(gap))
    counted = steps - steps // 2
    return beyond / counted, mean / counted, pushed / counted / walkers, squared / (2 * pushed) if pushed else 0.0


def test_without_arbitrageurs_the_walk_strays_as_far():
    beyond, mean, _, _ = walk(0.001, 0.00005, 0.005, np.inf, 0.0)
    gap = price_gap(0.001, 0.00005, 0.005)
    assert (gap.beyond, gap.mean) == pytest.approx((beyond, mean), rel=0.05)
    assert gap.pushed == 0


@pytest.mark.parametrize("threshold", [0.0, 0.0004, 0.001, 0.004])
def test_arbitrageurs_earn_what_the_walk_earns_them(threshold):
    fee, step = 0.01, 0.001
    _, _, pushed, each = walk(step, 1e-9, 1.0, fee, threshold)
    earned = overshoot(step, threshold)
    assert earned == pytest.approx(each, rel=0.06)
    # The band ends where the corrections begin, on average.
    gap = price_gap(step, 1e-9, 1.0, fee + earned)
    assert gap.pushed == pytest.approx(pushed, rel=0.06)


def test_arbitrageurs_and_traders_pull_together():
    beyond, mean, pushed, _ = walk(0.001, 0.0001, 0.004, 0.01, 0.0)
    gap = price_gap(0.001, 0.0001, 0.004, 0.01 + overshoot(0.001))
    assert gap.beyond == pytest.approx(beyond, rel=0.05)
    assert gap.mean == pytest.approx(mean, rel=0.05)
    assert gap.pushed == pytest.approx(pushed, rel=0.08)


def test_without_gas_it_is_what_providing_rates_says():
    volatility, fee, blocks = np.array([0.5, 0.8, 1.2]), 0.003, 2_628_000
    log_fee = -np.log1p(-fee)
    earned = overshoot(volatility / np.sqrt(blocks))
    part = earned / (log_fee + earned)
    assert part == pytest.approx(arbitrage_part(volatility, log_fee, blocks), rel=1e-12)
    pushed = price_gap(volatility, 1.0, 10.0, log_fee + earned).pushed
    kept = providing_rates(volatility, fee, blocks, 0.0, even=True).arbitrage_profit
    assert earned * pushed / 4 == pytest.approx(kept, rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.05, 2), st.floats(0.01, 1_000), st.floats(0, 0.5), st.floats(1e-4, 1))
def test_arbitrageurs_only_narrow_the_gap(volatility, pull, calm, edge):
    alone, pushed = price_gap(volatility, pull, calm), price_gap(volatility, pull, calm, edge)
    assert 0 <= pushed.beyond <= alone.beyond * (1 + 1e-9) and alone.beyond <= 1
    assert pushed.mean <= alone.mean * (1 + 1e-9) and pushed.mean <= edge
    assert pushed.pushed > 0 or edge > calm
    wider = price_gap(volatility, pull, calm, 2 * edge)
    assert wider.pushed <= pushed.pushed


def test_arrays_and_edges():
    volatility = np.array([0.4, 0.8])
    single = [price_gap(float(each), 8.0, 0.0, 0.01).pushed for each in volatility]
    assert price_gap(volatility, 8.0, 0.0, 0.01).pushed == pytest.approx(single, rel=1e-12)
    assert price_gap(0.8, 8.0, 0.0).beyond == 1, "no calm: somebody always compares"
    assert least_gap(0.0) == 0 and least_gap(2e-6) == pytest.approx(0.004)
    assert overshoot(0.0) == 0
    assert overshoot(1e-12, 0.01) == pytest.approx(0.005), "half of what is waited for"


@pytest.mark.parametrize(
    ("function", "arguments", "name"),
    [
        (price_gap, (0.0, 1.0, 0.1), "volatility"),
        (price_gap, (0.8, 0.0, 0.1), "pull"),
        (price_gap, (0.8, 1.0, -0.1), "calm"),
        (price_gap, (0.8, 1.0, 0.1, 0.0), "edge"),
        (price_gap, (0.8, 1.0, 0.1, np.inf), "edge"),
        (overshoot, (-0.1,), "step"),
        (overshoot, (0.1, -1.0), "threshold"),
        (least_gap, (-1.0,), "gas"),
    ],
)
def test_what_is_refused(function, arguments, name):
    with pytest.raises(ValueError, match=f"{name} = "):
        function(*arguments)
