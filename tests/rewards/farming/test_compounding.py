from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.measures import apy_from_apr
from defi_lib.rewards import compounded_value, min_capital, optimal_harvests


@pytest.mark.parametrize("harvests", [1, 2, 12, 365])
def test_closed_form_is_the_plain_loop(harvests):
    capital = 1000.0
    for _ in range(harvests):
        capital += capital * 0.8 * 2 / harvests - 1.5
    assert compounded_value(1000.0, 0.8, harvests, 1.5, 2.0) == pytest.approx(capital, rel=1e-12)


def test_without_gas_it_is_the_yield():
    assert compounded_value(1.0, 0.73, 365) - 1 == pytest.approx(apy_from_apr(0.73, 365), rel=1e-14)
    assert compounded_value(1.0, 0.0, 365) == 1.0
    assert compounded_value(1e6, 1e-12, 365) - 1e6 == pytest.approx(1e-6, rel=1e-3)
    assert compounded_value(100.0, 0.0, 10, 1.0) == 90.0


@settings(max_examples=60, deadline=None)
@given(st.floats(10.0, 1e5), st.floats(0.0, 4.0), st.floats(0.5, 100.0), st.floats(0.1, 2.0))
def test_no_other_number_of_harvests_leaves_more(capital, apr, gas, years):
    best = optimal_harvests(capital, apr, gas, years)
    assert best == int(best) >= 1
    others = np.arange(1, 2 * int(best) + 200)
    values = compounded_value(capital, apr, others, gas, years)
    assert compounded_value(capital, apr, int(best), gas, years) >= np.max(values) - 1e-9 * np.abs(np.max(values))


def test_rule_of_thumb():
    # 100,000 USD at 20 % with gas of 5 USD: every 18 days.
    best = optimal_harvests(1e5, 0.2, 5.0)
    assert best == pytest.approx(0.2 * np.sqrt(1e5 / 10.0), rel=0.1)
    assert optimal_harvests(1e9, 1e-6, 5.0) == 1


def test_gas_shuts_small_farmers_out():
    assert min_capital(0.2, 5.0) == 25.0
    assert compounded_value(25.0, 0.2, 1, 5.0) == pytest.approx(25.0, rel=1e-15)
    assert optimal_harvests(25.0, 0.2, 5.0) == 1


def test_arrays_agree_with_scalars():
    capital = np.array([10.0, 1e3, 1e6])
    best = optimal_harvests(capital, 0.5, 3.0)
    values = compounded_value(capital, 0.5, best, 3.0)
    for row, single in enumerate(capital.tolist()):
        assert best[row] == optimal_harvests(single, 0.5, 3.0)
        assert values[row] == compounded_value(single, 0.5, int(best[row]), 3.0)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: compounded_value(0.0, 0.1, 1), r"capital = 0 is outside the allowed range \(0, inf\)"),
        (lambda: compounded_value(1.0, -0.1, 1), r"apr = -0.1"),
        (lambda: compounded_value(1.0, 0.1, 0), r"harvests = 0 is outside the allowed range: whole numbers from 1"),
        (lambda: compounded_value(1.0, 0.1, [1, 1.5]), r"harvests\[1\] = 1.5"),
        (lambda: compounded_value(1.0, 0.1, 1, -1.0), r"gas = -1"),
        (lambda: compounded_value(1.0, 0.1, 1, 0.0, 0.0), r"years = 0"),
        (lambda: compounded_value(1.0, 1e4, 10**6), r"growth = inf"),
        (lambda: optimal_harvests(1.0, 0.1, 0.0), r"gas = 0 is outside the allowed range \(0, inf\)"),
        (lambda: min_capital(0.0, 1.0), r"apr = 0"),
        (lambda: compounded_value([1.0, 2.0], [0.1, 0.1, 0.1], 1), r"shapes do not fit together"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()
