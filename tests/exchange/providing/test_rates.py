"""Rates of a provider: the closed form against a pool that is arbitraged at every block, and against one a day."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import (
    ConstantProductPool,
    arbitrage_along,
    arbitrage_profit_rate,
    lvr_rate,
    providing_rates,
)
from defi_lib.units import DAYS_PER_YEAR, SECONDS_PER_YEAR
from tests.support.contracts import assert_refuses

BLOCKS = SECONDS_PER_YEAR / 12


@pytest.mark.parametrize(("volatility", "percent"), [(0.4, 0.11), (0.8, 0.83), (1.2, 2.67)])
def test_check_values_of_what_arbitrageurs_keep_at_a_fee_of_0_3_percent_and_blocks_of_12_seconds(volatility, percent):
    rates = providing_rates(volatility, 0.003, BLOCKS, 0.0)
    assert 100 * rates.arbitrage_profit == pytest.approx(percent, abs=0.005)
    assert rates.arbitrage_profit == pytest.approx(arbitrage_profit_rate(volatility, -np.log1p(-0.003), BLOCKS))
    assert rates.net == -rates.arbitrage_profit


def kept_by_arbitrageurs(volatility, waits, scenarios, seed):
    """Their profit a year, as a part of the pool's value, and its standard error: a trade after each of the waits."""
    rng, years = np.random.default_rng(seed), 0.0
    prices, price = [], np.ones(scenarios)
    for wait in waits(rng):
        price = price * np.exp(volatility * np.sqrt(wait) * rng.standard_normal(scenarios) - volatility**2 * wait / 2)
        years += np.mean(wait)
        prices.append(price)
    run = arbitrage_along(ConstantProductPool((1.0, np.exp(rng.uniform(-0.003, 0.003, scenarios))), 0.003), prices)
    rate = run.arbitrage_profit / (2 * years)
    return rate.mean(), rate.std(ddof=1) / np.sqrt(scenarios)


def at_random(rng):
    return (rng.exponential(1 / BLOCKS, 200) for _ in range(5_000))


def at_even_times(rng):
    return (1 / BLOCKS for _ in range(5_000))


def once_a_day(rng):
    return (1 / DAYS_PER_YEAR for _ in range(365))


def test_the_closed_form_agrees_with_a_pool_that_is_arbitraged_once_a_block():
    theory = providing_rates(0.8, 0.003, BLOCKS, 0.0).arbitrage_profit
    found, error = kept_by_arbitrageurs(0.8, at_random, 200, 1)
    assert found == pytest.approx(theory, abs=4 * error + 0.01 * theory)
    # At even times they keep somewhat less: 0.70 % a year instead of 0.83.
    evenly = providing_rates(0.8, 0.003, BLOCKS, 0.0, even=True).arbitrage_profit
    even, error = kept_by_arbitrageurs(0.8, at_even_times, 200, 2)
    assert even == pytest.approx(evenly, abs=4 * error + 0.01 * evenly) and 4 * error < 0.1 * evenly
    assert evenly < 0.9 * theory


def test_arbitrage_once_a_day_overstates_what_providers_lose():
    daily, error = kept_by_arbitrageurs(0.8, once_a_day, 2_000, 3)
    assert daily == pytest.approx(0.0688, abs=4 * error + 0.002)
    assert daily > 8 * providing_rates(0.8, 0.003, BLOCKS, 0.0).arbitrage_profit


def test_half_the_block_time_loses_less_and_the_part_of_blocks_goes_to_nothing():
    slow, fast = (providing_rates(0.8, 0.003, SECONDS_PER_YEAR / wait, 0.0).arbitrage_profit for wait in (12, 6))
    assert fast < slow < lvr_rate(0.8)
    assert providing_rates(0.8, 0.003, 1e14, 0.0).arbitrage_profit < 1e-5


@settings(max_examples=30, deadline=None)
@given(
    st.floats(0.0, 3.0), st.floats(1e-4, 0.1), st.floats(1.0, 1e9), st.floats(0.0, 1e3), st.floats(0.0, 1.0)
)  # fmt: skip
def test_what_is_paid_is_received(volatility, fee, blocks, volume, part):
    rates = providing_rates(volatility, fee, blocks, volume, part)
    assert rates.net + rates.protocol + rates.arbitrage_profit == pytest.approx(rates.fees, rel=1e-12, abs=1e-15)
    assert 0 <= rates.arbitrage_fees <= rates.loss_versus_rebalancing


def test_a_price_that_stands_still_costs_nothing():
    assert providing_rates(0.0, 0.003, BLOCKS, 10.0).net == pytest.approx(0.03)


def test_the_protocols_part_is_also_taken_of_what_arbitrageurs_pay_back():
    whole, less = (providing_rates(0.8, 0.003, BLOCKS, 0.0, part) for part in (0.0, 1 / 6))
    assert whole.net - less.net == pytest.approx(whole.arbitrage_fees / 6)
    assert less.net < 2 * whole.net  # a sixth of the fees more than doubles what is lost


def test_arrays_agree_with_scalars():
    volatilities = np.array([0.0, 0.4, 0.8])
    together = providing_rates(volatilities, 0.003, BLOCKS, 10.0, 0.1).net
    assert together.tolist() == [providing_rates(v, 0.003, BLOCKS, 10.0, 0.1).net for v in volatilities.tolist()]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: providing_rates(-0.1, 0.003, 1.0, 1.0), r"volatility = -0.1 .*\[0, inf\)"),
        (lambda: providing_rates(0.8, 0.0, 1.0, 1.0), r"fee = 0 .*\(0, 1\)"),
        (lambda: providing_rates(0.8, 0.003, 0.0, 1.0), r"blocks = 0 .*\(0, inf\)"),
        (lambda: providing_rates(0.8, 0.003, 1.0, -1.0), r"volume = -1 .*\[0, inf\)"),
        (lambda: providing_rates(0.8, 0.003, 1.0, 1.0, 1.1), r"protocol_part = 1.1 .*\[0, 1\]"),
        (lambda: providing_rates(np.ones(2), 0.003, np.ones(3), 1.0), r"volatility \(2,\), fee \(\), blocks \(3,\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
