from math import expm1, log1p

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.measures import (
    annualised_return,
    apr_from_apy,
    apy_from_apr,
    internal_rate_of_return,
    max_drawdown,
    net_present_value,
    total_return,
)


@pytest.mark.parametrize(("periods", "want"), [(12, 0.0511619), (365, 0.0512675), (None, 0.0512711), (1, 0.05)])
def test_compounding(periods, want):
    assert apy_from_apr(0.05, periods) == pytest.approx(want, rel=1e-6)
    assert apr_from_apy(apy_from_apr(0.05, periods), periods) == pytest.approx(0.05, rel=1e-14)


@given(st.floats(-0.9, 5), st.one_of(st.none(), st.floats(1, 1e9)))
def test_apr_and_apy_are_inverse(apr, periods):
    assert apr_from_apy(apy_from_apr(apr, periods), periods) == pytest.approx(apr, rel=1e-11, abs=1e-15)


def test_tiny_rates_keep_their_digits():
    assert apy_from_apr(1e-15, 365) == pytest.approx(1e-15, rel=1e-14)
    assert apy_from_apr(1e-15) == pytest.approx(1e-15, rel=2e-15)
    assert apr_from_apy(1e-300, 12) == pytest.approx(1e-300, rel=1e-14)
    # So many periods that 1 + r/n is 1 in floats.
    assert apy_from_apr(0.05, 1e20) == pytest.approx(expm1(0.05), rel=1e-14)


def test_compounding_of_scenarios():
    apr, periods = np.array([[0.01], [0.5]]), np.array([1.0, 12.0, 365.0])
    want = [[apy_from_apr(a, n) for n in periods] for a in (0.01, 0.5)]
    np.testing.assert_allclose(apy_from_apr(apr, periods), want, rtol=1e-15)
    np.testing.assert_allclose(
        apr_from_apy(apy_from_apr(apr, periods), periods), np.broadcast_to(apr, (2, 3)), rtol=1e-13
    )


def test_impossible_rates():
    with pytest.raises(ValueError, match=r"apr = -12 .*\(-12, inf\)"):
        apy_from_apr(-12.0, 12.0)
    with pytest.raises(ValueError, match=r"apr\[1\] = -2 "):
        apy_from_apr([0.1, -2.0], 1)
    with pytest.raises(ValueError, match=r"apy = -1 .*\(-1, inf\)"):
        apr_from_apy(-1.0)
    with pytest.raises(ValueError, match=r"periods = 0 .*\(0, inf\)"):
        apy_from_apr(0.1, 0.0)
    with pytest.raises(ValueError, match="apy = inf"):
        apy_from_apr(1e4)
    with pytest.raises(ValueError, match="apr = inf"):
        apr_from_apy(1e300, 0.01)


@pytest.mark.parametrize(
    ("flows", "times", "want"),
    [
        ([-100, 110], None, 0.1),
        ([-100, 0, 121], None, 0.1),
        ([100, -110], None, 0.1),
        ([-100, 50], None, -0.5),
        ([-100, 110], [0, 0.5], 0.21),
        ([-100, 100], None, 0.0),
        ([0, -100, 0, 0, 133.1, 0], None, 0.1),
        ([-1, 1e30], None, 1e30),
        ([-1e-200, 2e-200], None, 1.0),
        ([-1e300, 1.5e300], [3600, 7200], expm1(log1p(0.5) / 3600)),
    ],
)
def test_internal_rate_of_return(flows, times, want):
    assert internal_rate_of_return(flows, times) == pytest.approx(want, rel=1e-12, abs=1e-15)


@given(st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=5), st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=40))
def test_value_at_the_internal_rate_is_zero(paid, received):
    flows = [-amount for amount in paid] + received
    rate = internal_rate_of_return(flows)
    if rate <= -1 + 1e-9:  # the last digits of the rate are gone: nothing to discount with
        return
    times = np.arange(len(flows))
    worth = net_present_value(rate, flows)
    sensitivity = np.sum(np.abs(flows) * (1 + rate) ** -times.astype(float) * (1 + times * (1 + 1 / (1 + rate))))
    assert abs(worth) <= 1e-14 * sensitivity


def test_return_of_scenarios():
    rng = np.random.default_rng(2)
    flows = np.concatenate([-rng.uniform(1, 100, (2, 300)), rng.uniform(0, 30, (20, 300))])
    times = np.cumsum(rng.uniform(0.1, 1, 22))
    want = [internal_rate_of_return(column, times) for column in flows.T]
    np.testing.assert_allclose(internal_rate_of_return(flows, times), want, rtol=1e-12)
    np.testing.assert_allclose(internal_rate_of_return(flows.T, times, axis=-1), want, rtol=1e-12)
    np.testing.assert_allclose(net_present_value(np.array(want), flows, times), 0, atol=1e-9)


def test_net_present_value():
    assert net_present_value(0.1, [-100, 110]) == pytest.approx(0, abs=1e-13)
    assert net_present_value(0.0, [-100, 110]) == 10
    assert net_present_value(0.1, [1, 1], [1, 2]) == pytest.approx(1 / 1.1 + 1 / 1.21, rel=1e-15)


@pytest.mark.parametrize(
    ("flows", "times", "message"),
    [
        ([], None, "flows is empty"),
        ([1, 2], None, "flows change sign never"),
        ([0, 0], None, "flows change sign never"),
        ([-1, 3, -2], None, "flows change sign more than once"),
        ([[-1, -1], [2, -2]], None, "flows of scenario 1 change sign never"),
        ([-1, 2], [0, 0], r"times\[1\] = 0 is not after 0: times must increase"),
        ([-1, 2], [0, 1, 2], "times has shape"),
        ([-1, np.inf], None, r"flows\[1\] = inf"),
        ([-1e-300, 1e300], [0, 1e-3], "internal rate of return = inf"),
    ],
)
def test_no_single_rate(flows, times, message):
    with pytest.raises(ValueError, match=message):
        internal_rate_of_return(flows, times)


def test_net_present_value_errors():
    with pytest.raises(ValueError, match=r"rate = -1 .*\(-1, inf\)"):
        net_present_value(-1.0, [1])


@pytest.mark.parametrize(
    ("values", "want"), [([1, 3, 2, 4, 1], 0.75), ([1, 2, 3], 0.0), ([5], 0.0), ([2, 0, 4], 1.0), ([4, 2, 8, 5], 0.5)]
)
def test_max_drawdown(values, want):
    assert max_drawdown(values) == want


def test_returns_of_a_path():
    assert total_return([50, 80, 75]) == 0.5
    assert total_return([1e15, 1e15 + 1]) == pytest.approx(1e-15, rel=1e-12)
    assert annualised_return([100, 90, 121], 2) == pytest.approx(0.1, rel=1e-14)
    assert annualised_return([100, 0], 2) == -1.0
    paths = np.random.default_rng(3).uniform(1, 2, (30, 4, 5))
    for measure in (max_drawdown, total_return, lambda v, axis=0: annualised_return(v, 2.5, axis)):
        want = [[measure(paths[:, i, j]) for j in range(5)] for i in range(4)]
        np.testing.assert_allclose(measure(paths), want, rtol=1e-14)
        np.testing.assert_allclose(measure(np.moveaxis(paths, 0, -1), axis=-1), want, rtol=1e-14)


@pytest.mark.parametrize("measure", [max_drawdown, total_return, lambda values: annualised_return(values, 1)])
@pytest.mark.parametrize(
    ("values", "message"),
    [([], "values is empty"), ([0, 1], "first of values = 0"), ([1, -1], r"values\[1\] = -1"), ([1, np.nan], "nan")],
)
def test_impossible_paths(measure, values, message):
    with pytest.raises(ValueError, match=message):
        measure(values)


def test_impossible_years():
    with pytest.raises(ValueError, match="years = 0"):
        annualised_return([1, 2], 0.0)
    with pytest.raises(ValueError, match="annualised return = inf"):
        annualised_return([1, 2], 1e-6)


def test_results_that_no_float_can_hold_are_errors():
    with pytest.raises(ValueError, match="total return = inf"):
        total_return([1e-300, 1e300])
    with pytest.raises(ValueError, match="total return\\[1\\] = inf"):
        total_return([[1.0, 1e-300], [2.0, 1e300]])
    with pytest.raises(ValueError, match="net present value = inf"):
        net_present_value(-0.999999, [1.0, 1e300], [0, 100])
    # The gain is beyond floats, the yield is not.
    assert annualised_return([1e-200, 1e200], 400) == pytest.approx(9.0, rel=1e-12)


def test_nothing_paid_is_worth_nothing_however_far_away():
    assert net_present_value(-0.999, [5.0, 0.0], [0, 1e6]) == 5.0
    with pytest.raises(ValueError, match="shapes do not fit together"):
        net_present_value([0.1, 0.2, 0.3], np.ones((4, 2)))
