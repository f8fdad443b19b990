"""Growth factors against the deployed contracts, in exact integers, and against their limits."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib import lending
from defi_lib.lending import DAY, SECONDS_PER_YEAR, compounded_interest, linear_interest
from defi_lib.measures import apr_from_apy, apy_from_apr
from tests.support.contracts import assert_refuses
from tests.support.vectors import cases

CASES = cases("aave_rates")
RAY = 10**27


def annual_yield(*args):
    """The name of an earlier version, which warns."""
    with pytest.warns(DeprecationWarning, match="is now defi_lib.measures.apy_from_apr"):
        return lending.annual_yield(*args)


def nominal_rate(*args):
    """The name of an earlier version, which warns."""
    with pytest.warns(DeprecationWarning, match="is now defi_lib.measures.apr_from_apy"):
        return lending.nominal_rate(*args)


METHODS = ("aave_v2", "aave_v3", "cubic", "exponential", "linear")


def ray_product(a, b):
    return (a * b + RAY // 2) // RAY


def factor_v2(rate, n):
    """The growth factor of Aave v2 in its own integers."""
    x = rate // SECONDS_PER_YEAR
    square = ray_product(x, x)
    return RAY + x * n + binomials(n, square, ray_product(square, x))


def factor_v3(rate, n):
    """The growth factor of Aave v3 in its own integers."""
    square = ray_product(rate, rate) // SECONDS_PER_YEAR**2
    return RAY + rate * n // SECONDS_PER_YEAR + binomials(n, square, ray_product(square, rate) // SECONDS_PER_YEAR)


def binomials(n, square, cube):
    return n * max(n - 1, 0) * square // 2 + n * max(n - 1, 0) * max(n - 2, 0) * cube // 6


@pytest.mark.parametrize("case", [c for c in CASES if c["op"] == "linear_interest"], ids=lambda case: case["id"])
def test_deployed_linear_interest(case):
    got = linear_interest(int(case["inputs"]["rate"]) / RAY, float(case["inputs"]["seconds"]))
    for version in ("factor_v2", "factor_v3"):
        assert got == pytest.approx((int(case["outputs"][version]) - RAY) / RAY, rel=1e-14, abs=1e-25)


@pytest.mark.parametrize("rate", [0, 10**21, 5 * 10**25, 64 * 10**25, 307 * 10**25])
@pytest.mark.parametrize("seconds", [0, 1, 2, 3, 12, DAY, 30 * DAY, SECONDS_PER_YEAR, 5 * SECONDS_PER_YEAR])
def test_deployed_compounding_in_integers(rate, seconds):
    for method, factor in (("aave_v2", factor_v2), ("aave_v3", factor_v3)):
        want = (factor(rate, seconds) - RAY) / RAY
        assert compounded_interest(rate / RAY, float(seconds), method) == pytest.approx(want, rel=1e-11, abs=1e-25)


@given(st.integers(10**20, 4 * 10**27), st.integers(0, 5 * SECONDS_PER_YEAR))
def test_deployed_compounding_at_any_rate(rate, seconds):
    for method, factor in (("aave_v2", factor_v2), ("aave_v3", factor_v3)):
        want = (factor(rate, seconds) - RAY) / RAY
        assert compounded_interest(rate / RAY, float(seconds), method) == pytest.approx(want, rel=1e-9, abs=2e-27)


def test_the_rounding_of_the_third_term_matters_over_years():
    seconds = 5.0 * SECONDS_PER_YEAR
    exact, cubic = compounded_interest(0.05, seconds, "exponential"), compounded_interest(0.05, seconds, "cubic")
    v3 = compounded_interest(0.05, seconds, "aave_v3")
    assert v3 < cubic < exact == pytest.approx(np.expm1(0.25), rel=1e-15)
    assert exact - cubic == pytest.approx(0.25**4 / 24, rel=0.06)
    assert cubic - v3 == pytest.approx(0.25**3 / 6 * (1 - 3 / ((0.05 / SECONDS_PER_YEAR) ** 3 * 1e27)), rel=1e-6)


@given(st.floats(0, 3), st.floats(0, SECONDS_PER_YEAR))
def test_methods_are_ordered(rate, seconds):
    linear, cubic, exact = (compounded_interest(rate, seconds, m) for m in ("linear", "cubic", "exponential"))
    assert linear == linear_interest(rate, seconds)
    assert linear * (1 - 1e-12) <= cubic <= exact * (1 + 1e-12)


def test_tiny_interest_keeps_its_digits():
    assert compounded_interest(1e-12, 1.0, "exponential") == pytest.approx(1e-12 / SECONDS_PER_YEAR, rel=1e-14)
    assert annual_yield(1e-14, 365) == pytest.approx(1e-14, rel=1e-12)


def test_arrays_and_scalars_agree():
    rates, seconds = np.array([0.0, 0.02, 3.0]), np.array([[1.0], [1e6]])
    for method in ("aave_v2", "aave_v3", "cubic", "exponential", "linear"):
        both = compounded_interest(rates, seconds, method)
        assert both.shape == (2, 3)
        assert both[1, 2] == compounded_interest(3.0, 1e6, method)


def test_yields():
    assert annual_yield(0.05, 12) == pytest.approx(0.0511619, abs=5e-8)
    assert annual_yield(0.05, 365) == pytest.approx(0.0512675, abs=5e-8)
    assert annual_yield(0.05) == pytest.approx(0.0512711, abs=5e-8)
    assert nominal_rate(annual_yield(0.07, 12), 12) == pytest.approx(0.07, rel=1e-14)
    assert nominal_rate(annual_yield(0.07)) == pytest.approx(0.07, rel=1e-14)


def test_yields_have_one_home():
    with pytest.warns(DeprecationWarning, match=r"lending.annual_yield is now defi_lib.measures.apy_from_apr"):
        assert lending.annual_yield(rate=0.07, periods=12) == apy_from_apr(0.07, 12)
    with pytest.warns(DeprecationWarning, match=r"lending.nominal_rate is now defi_lib.measures.apr_from_apy"):
        assert lending.nominal_rate(annual_yield=0.07) == apr_from_apy(0.07)


@pytest.mark.parametrize(
    "call",
    [
        lambda: annual_yield(1000.0),
        lambda: annual_yield(np.array([0.1, 1000.0])),
        lambda: annual_yield(1e300, 1e3),
        lambda: nominal_rate(1e300, 1e-3),
        lambda: linear_interest(1e300, 1e300),
        *(lambda method=method: compounded_interest(1e300, 1e300, method) for method in METHODS),
        lambda: compounded_interest(1000.0, SECONDS_PER_YEAR, "exponential"),
        lambda: compounded_interest(np.array([0.1, 1000.0]), SECONDS_PER_YEAR, "exponential"),
    ],
)
def test_interest_too_large_for_a_float_is_refused(call):
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        with pytest.raises(ValueError, match=r"(apy|apr|interest).* = (inf|nan) is outside the allowed range"):
            call()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: linear_interest(-0.1, 1.0), r"rate = -0.1 .* \[0, inf\)"),
        (lambda: linear_interest(0.1, -1.0), r"seconds = -1 .* \[0, inf\)"),
        (lambda: compounded_interest(0.1, np.array([0.0, -5.0])), r"seconds\[1\] = -5"),
        (lambda: compounded_interest(0.1, 1.0, "daily"), r"method = 'daily' .* 'aave_v3'"),
        (lambda: compounded_interest(np.ones(2), np.ones(3)), r"rate \(2,\), seconds \(3,\)"),
        (lambda: annual_yield(0.1, 0), r"periods = 0 .* \(0, inf\)"),
        (lambda: annual_yield(-0.1), r"rate = -0.1"),
        (lambda: nominal_rate(-0.1), r"annual_yield = -0.1"),
        (lambda: nominal_rate(0.1, -1), r"periods = -1"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
