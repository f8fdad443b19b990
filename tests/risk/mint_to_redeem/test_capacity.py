"""What virtual pools can redeem, and how a market answers to new tokens: published and derived values."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.risk import (
    BLOCKS_PER_DAY,
    MAY_2022,
    answer_of,
    average_spread,
    capacity_multiple,
    daily_capacity,
    marginal_spread,
    may_2022,
    settled_delta,
    supply_growth,
)
from defi_lib.risk.mint_to_redeem.may_2022 import QUANTITIES


def test_check_values():
    assert average_spread(50e6, 1e6) == pytest.approx(0.019608, abs=5e-7)
    assert marginal_spread(50e6, 1e6) == pytest.approx(0.038831, abs=5e-7)
    assert settled_delta(1e4, 36) == 350_000
    assert supply_growth(9.855, 1.0) == pytest.approx(19_055.4, rel=2e-4)
    assert np.log(6.536e12 / 343e6) == pytest.approx(9.855, abs=5e-4)


def test_the_stated_capacity_is_a_marginal_spread():
    delta = 0.012340 * 50e6
    spread = marginal_spread(50e6, delta)
    assert spread == pytest.approx(0.0242, abs=5e-5)
    assert daily_capacity(50e6 * 1.34, 36, spread, BLOCKS_PER_DAY) == pytest.approx(293e6, rel=1e-3)


@given(spread=st.floats(0.001, 0.9))
def test_proposals_multiply_capacity_whatever_the_spread(spread):
    before = daily_capacity(50e6, 36, spread, BLOCKS_PER_DAY)
    for after, times in (((100e6, 18), 4.0), ((1e9, 1), 720.0)):
        assert capacity_multiple((50e6, 36), after) == times
        assert daily_capacity(*after, spread, BLOCKS_PER_DAY) == pytest.approx(times * before)
    assert capacity_multiple((50e6, 36), (50e6, 36)) == 1.0


def test_inflow_settles_where_the_formula_says():
    delta = 0.0
    for _ in range(3000):
        delta = (delta + 1e4) * (1 - 1 / 36)
    assert settled_delta(1e4, 36) == pytest.approx(delta)


@given(part=st.floats(0.0, 0.9), answer=st.floats(0.0, 1.0))
def test_growth_is_the_sum_of_small_sales(part, answer):
    steps, value, supply = 20_000, 1.0, 1.0
    values = value - answer * part * (np.arange(steps) + 0.5) / steps
    supply = np.exp(np.sum(part / steps / values))
    assert supply_growth(part, 1.0, answer) == pytest.approx(supply, rel=1e-5)


@given(part=st.floats(0.01, 0.9), answer=st.floats(0.1, 1.0))
def test_an_answer_is_found_again(part, answer):
    growth = supply_growth(part, 1.0, answer)
    assert answer_of(growth, 1 - answer * part) == pytest.approx(answer, rel=1e-6)
    assert supply_growth(part, 1.0, 1e-13) == pytest.approx(np.exp(part))


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_published_days(quantity):
    found = may_2022(quantity)
    assert len(found) >= 6 and sum(len(may_2022(each)) for each in QUANTITIES) == len(MAY_2022)
    days = [each.day for each in found]
    assert days == sorted(days) and days[0] > 0 and days[-1] < 10
    assert sum(each.timed for each in found) >= 1


def test_published_supply_and_value_fit_one_answer_near_one_at_the_end():
    supply = {each.day: each.value for each in may_2022("LUNA supply")}
    price = {each.day: each.value for each in may_2022("LUNA price")}
    last = max(day for day in supply if day in price)
    value = supply[last] * price[last]
    first = min(supply)
    answer = answer_of(supply[last] / supply[first], value / (supply[first] * price[first]))
    assert answer == pytest.approx(0.85, abs=0.01)


@pytest.mark.parametrize(
    "call, name",
    [
        (lambda: marginal_spread(0.0, 1.0), "base_pool"),
        (lambda: average_spread(1.0, -1.0), "delta"),
        (lambda: settled_delta(1.0, 0.5), "recovery_period"),
        (lambda: daily_capacity(1.0, 36, 1.0, 1e4), "spread"),
        (lambda: capacity_multiple((1.0, 36), (0.0, 36)), r"after\[0\]"),
        (lambda: capacity_multiple((1.0, 0), (1.0, 36)), r"before\[1\]"),
        (lambda: supply_growth(1.0, 1.0, 1.0), "answer"),
        (lambda: supply_growth(1.0, 1.0, -1.0), "answer"),
        (lambda: answer_of(1.0, 0.5), "supply_factor"),
        (lambda: answer_of(2.0, 1.5), "value_factor"),
        (lambda: may_2022("BTC"), "quantity"),
    ],
)
def test_errors(call, name):
    with pytest.raises(ValueError, match=name):
        call()
