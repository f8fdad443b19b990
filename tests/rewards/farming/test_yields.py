from __future__ import annotations

import numpy as np
import pytest

from defi_lib.rewards import apr_after_entry, dilution, drawn_value, farm_apr, yield_sources


def test_reference_value_of_the_return():
    assert farm_apr(1000.0, 2.0, 1e6) == pytest.approx(0.73, rel=1e-15)


def test_entry_dilutes_at_once():
    assert apr_after_entry(0.73, 1e6, 1e6) == 0.365
    assert apr_after_entry(0.73, 1e6, 4e5) == pytest.approx(farm_apr(1000.0, 2.0, 1.4e6), rel=1e-15)
    assert apr_after_entry(0.73, 1.0, 1e300) > 0


def test_capital_comes_until_the_farm_pays_what_others_pay():
    value = drawn_value(1000.0, 2.0, 0.05, fees=100.0)
    assert value == 2100 * 365 / 0.05
    assert farm_apr(1000.0, 2.0, value) + 100 * 365 / value == pytest.approx(0.05, rel=1e-15)


def test_dilution():
    assert dilution(25.0, 75.0) == 0.25
    assert dilution(0.0, 1.0) == 0.0


def test_sources_add_up_to_the_total():
    sources = yield_sources(0.04, 1.0, -0.9, -0.1, sold=0.5)
    # Half of the rewards is sold at 55 % of the first price on average, half is held to 10 %.
    assert sources.reward_price_change == pytest.approx(0.5 * -0.45 + 0.5 * -0.9, rel=1e-15)
    assert sources.nominal == 1.04
    assert sources.total == pytest.approx(0.04 + 1.0 - 0.675 - 0.1, rel=1e-15)


def test_selling_at_once_fetches_the_mean_price():
    path = np.linspace(2.0, 0.5, 10_001)
    proceeds = np.mean((path[1:] + path[:-1]) / 2) / path[0]
    sources = yield_sources(0.0, 1.0, -0.75)
    assert sources.total == pytest.approx(proceeds, rel=1e-12)


def test_arrays_agree_with_scalars():
    emission, price, value = np.array([10.0, 20.0]), np.array([1.0, 3.0]), np.array([100.0, 5.0])
    for row in range(2):
        assert farm_apr(emission, price, value)[row] == farm_apr(emission[row], price[row], value[row])
        assert drawn_value(emission, price, 0.1)[row] == drawn_value(float(emission[row]), float(price[row]), 0.1)
    sources = yield_sources(0.1, [0.5, 1.0], [-0.5, 2.0], sold=[0.0, 1.0])
    assert sources.reward_price_change.tolist() == [-0.25, 1.0]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: farm_apr(-1.0, 1.0, 1.0), r"emission = -1 is outside the allowed range \[0, inf\)"),
        (lambda: farm_apr(1.0, -1.0, 1.0), r"price = -1"),
        (lambda: farm_apr(1.0, 1.0, [1.0, 0.0]), r"value_locked\[1\] = 0 is outside the allowed range \(0, inf\)"),
        (lambda: apr_after_entry(1.0, 1.0, -1.0), r"entry = -1"),
        (lambda: drawn_value(1.0, 1.0, 0.0), r"outside_yield = 0"),
        (lambda: dilution(1.0, 0.0), r"supply = 0"),
        (lambda: yield_sources(-0.1, 0.0, 0.0), r"fee_yield = -0.1"),
        (lambda: yield_sources(0.1, 0.0, -1.5), r"reward_price_change = -1.5 is outside the allowed range \[-1, inf\)"),
        (lambda: yield_sources(0.1, 0.0, 0.0, sold=1.5), r"sold = 1.5"),
        (lambda: yield_sources([0.1, 0.1], [0.1, 0.1, 0.1], 0.0), r"shapes do not fit together"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()
