from math import e, erf, log, sqrt
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from defi_lib.measures import effective_number, gini, herfindahl, lorenz_curve, nakamoto, theil, top_share

MEASURES = [
    gini,
    theil,
    herfindahl,
    effective_number,
    nakamoto,
    lambda v, axis=-1: top_share(v, fraction=0.3, axis=axis),
]
BITCOIN_POOLS = [246.0, 173.0, 111.0]
REST = 809.65 - sum(BITCOIN_POOLS)

holdings = arrays(float, st.integers(1, 30), elements=st.floats(0, 1e9, allow_subnormal=False)).filter(
    lambda values: values.max() > 0
)


@pytest.mark.parametrize(
    ("values", "want"),
    [
        ([5.0] * 7, 0.0),
        ([0, 0, 0, 1], 0.75),
        ([1, 2, 3, 4], 0.25),
        ([4, 1, 3, 2], 0.25),
        ([90] + [10 / 99] * 99, 0.89),
        ([3], 0.0),
    ],
)
def test_gini(values, want):
    assert gini(values) == pytest.approx(want, rel=1e-14, abs=0)


def test_gini_of_equal_holdings_is_exactly_zero():
    assert gini([0.1] * 1001) == 0.0


# Midpoint quantiles of a million people: the distribution itself, without random numbers.
PROBABILITY = (np.arange(1_000_000) + 0.5) / 1_000_000


def test_pareto():
    alpha = 1.16
    # The exact Lorenz curve of the Pareto distribution on a grid that is fine where the rich are.
    wealth = np.diff(-((1 - np.linspace(0, 1, 1_000_001)) ** (1 - 1 / alpha)))
    assert gini(wealth) == pytest.approx(1 / (2 * alpha - 1), abs=1e-6) == pytest.approx(0.757576, abs=1e-6)
    assert top_share(wealth, fraction=0.2) == pytest.approx(0.2 ** (1 - 1 / alpha), abs=1e-12)
    assert top_share(wealth, fraction=0.2) == pytest.approx(0.8009, abs=5e-5)


def test_lognormal():
    sample = np.linspace(-8, 8, 200_001)
    wealth_share = np.array([NormalDist().cdf(z - 1) for z in sample])
    population = np.array([NormalDist().cdf(z) for z in sample])
    # Lorenz curve of σ = 1 in closed form, read at a million people of equal number.
    held = np.diff(np.interp(np.linspace(0, 1, 100_001), population, wealth_share))
    assert gini(held) == pytest.approx(erf(0.5), abs=1e-5) == pytest.approx(0.5205, abs=1e-5)
    quantiles = np.exp([NormalDist().inv_cdf(p) for p in PROBABILITY[::10]])
    assert theil(quantiles) == pytest.approx(0.5, abs=2e-3)  # σ²/2


def test_theil():
    assert theil([1, 2, 3, 4]) == pytest.approx(0.106440, abs=5e-7)
    assert theil([0, 0, 0, 1]) == pytest.approx(log(4), rel=1e-15)
    assert theil([2.0] * 9) == pytest.approx(0, abs=1e-15)
    assert theil([e, e, 1]) > 0


def test_herfindahl_and_effective_number():
    assert herfindahl([50, 30, 20]) == pytest.approx(3800, rel=1e-14)
    assert effective_number([50, 30, 20]) == pytest.approx(2.6316, abs=5e-5)
    assert herfindahl([*BITCOIN_POOLS, REST]) == pytest.approx(2760.7, abs=0.05)
    assert herfindahl(BITCOIN_POOLS + [REST / 1_000_000] * 1_000_000) == pytest.approx(1567.7, abs=0.05)


def test_nakamoto():
    pools = BITCOIN_POOLS + [REST / 1000] * 1000
    assert nakamoto(pools) == 2
    assert type(nakamoto(pools)) is int
    assert nakamoto(pools, 1 / 3) == 2
    assert nakamoto(pools, 0.3) == 1
    assert nakamoto([1, 1], 0.5) == 2  # exactly half is not more than half
    assert nakamoto([1, 1, 1], 1 / 3) == 2
    assert nakamoto([0.1] * 10, 0.3) == 4  # 0.1 + 0.1 + 0.1 > 0.3 in floats
    assert nakamoto([7], 0.999) == 1
    assert nakamoto([1, 1, 1, 1], np.nextafter(1, 0)) == 4
    assert nakamoto([1, 0, 0], 0.0) == 1
    np.testing.assert_array_equal(nakamoto([[5, 3, 2], [4, 4, 2]], [0.4, 0.8]), [1, 3])


def test_top_share():
    assert top_share([1, 2, 3, 4], parties=1) == pytest.approx(0.4, rel=1e-15)
    assert top_share([1, 2, 3, 4], parties=9) == 1.0
    assert top_share([1, 2, 3, 4], fraction=0.5) == pytest.approx(0.7, rel=1e-15)
    assert top_share([1, 2, 3, 4], fraction=0.375) == pytest.approx(0.4 + 0.15, rel=1e-15)
    assert top_share([1, 2, 3, 4], fraction=0.0) == 0.0
    assert top_share([90] + [10 / 99] * 99, fraction=0.01) == pytest.approx(0.9, rel=1e-14)
    np.testing.assert_allclose(top_share([[1, 2, 3, 4], [1, 1, 1, 1]], fraction=[0.5, 0.25]), [0.7, 0.25], rtol=1e-15)


@given(holdings, st.floats(0, 1))
def test_top_share_reads_the_lorenz_curve(values, fraction):
    curve = lorenz_curve(values)
    want = 1 - np.interp(1 - fraction, curve.population, curve.holdings)
    assert top_share(values, fraction=fraction) == pytest.approx(want, abs=1e-12)


@given(holdings)
def test_gini_is_twice_the_area_under_the_diagonal(values):
    curve = lorenz_curve(values)
    assert curve.holdings[0] == 0.0 and curve.holdings[-1] == 1.0
    assert np.all(np.diff(curve.holdings) >= 0)
    assert gini(values) == pytest.approx(1 - 2 * np.trapezoid(curve.holdings, curve.population), abs=1e-12)


@given(holdings)
def test_bounds(values):
    n = len(values)
    assert 0 <= gini(values) <= (n - 1) / n + 1e-12
    assert 0 <= theil(values) <= log(n) + 1e-12
    assert 1e4 / n * (1 - 1e-12) <= herfindahl(values) <= 1e4 * (1 + 1e-12)
    assert effective_number(values) == pytest.approx(1e4 / herfindahl(values), rel=1e-14)
    assert 1 <= nakamoto(values) <= n // 2 + 1


@pytest.mark.parametrize("measure", MEASURES)
def test_scale_and_order_do_not_matter(measure):
    values = np.array([3.0, 0.0, 1.0, 9.0, 2.5])
    for factor in (1e-300, 1e-9, 1e300):
        assert measure(values * factor) == pytest.approx(measure(values), rel=1e-12)
    assert measure(values[::-1]) == pytest.approx(measure(values), rel=1e-14)


@pytest.mark.parametrize("measure", MEASURES)
def test_scenarios_agree_with_one_at_a_time(measure):
    values = np.random.default_rng(1).exponential(size=(4, 3, 50))
    want = [[measure(row) for row in block] for block in values]
    np.testing.assert_allclose(measure(values), want, rtol=1e-14)
    np.testing.assert_allclose(measure(np.moveaxis(values, -1, 0), axis=0), want, rtol=1e-14)


def test_lorenz_curve_of_scenarios():
    curve = lorenz_curve([[1, 2, 3, 4], [1, 1, 1, 1]])
    np.testing.assert_allclose(curve.population, [0, 0.25, 0.5, 0.75, 1])
    np.testing.assert_allclose(curve.holdings, [[0, 0.1, 0.3, 0.6, 1], [0, 0.25, 0.5, 0.75, 1]])


@pytest.mark.parametrize("measure", [*MEASURES, lorenz_curve])
@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "values is empty"),
        ([1, -2], r"values\[1\] = -2 is outside the allowed range \[0, inf\)"),
        ([1, np.nan], r"values\[1\] = nan"),
        ([0, 0], "values add up to 0"),
        ([[1, 0], [0, 0]], r"values\[1\] add up to 0"),
        (["a"], "not a number"),
    ],
)
def test_impossible_holdings(measure, values, message):
    with pytest.raises(ValueError, match=message):
        measure(values)


def test_impossible_choices():
    with pytest.raises(ValueError, match=r"threshold = 1 .*\[0, 1\)"):
        nakamoto([1, 2], 1.0)
    with pytest.raises(ValueError, match="exactly one of the two"):
        top_share([1, 2])
    with pytest.raises(ValueError, match="exactly one of the two"):
        top_share([1, 2], parties=1, fraction=0.5)
    with pytest.raises(ValueError, match=r"fraction = 1.5 .*\[0, 1\]"):
        top_share([1, 2], fraction=1.5)
    with pytest.raises(ValueError, match=r"parties = 0 .* >= 1"):
        top_share([1, 2], parties=0)


def test_huge_spread():
    assert gini([1e308, 1e308, 0.0]) == pytest.approx(1 / 3, rel=1e-14)
    assert effective_number([5e-324, 1e300]) == 1.0
    assert sqrt(herfindahl([1e300])) == 100.0


@pytest.mark.parametrize("count", [2, 10, 20, 100, 1000, 10**6])
def test_half_of_equal_parties_hold_exactly_half(count):
    assert nakamoto(np.full(count, 1 / count)) == count // 2 + 1
    assert nakamoto([0.1, 0.2, 0.2, 0.3, 0.2], 0.5) == 3  # 0.3 + 0.2 is half, which is not more than half
    assert nakamoto([0.5, 0.1, 0.1, 0.1, 0.1, 0.1]) == 2
    assert nakamoto([0.5 + 1e-12, 0.5 - 1e-12]) == 1


@given(st.lists(st.integers(1, 50), min_size=1, max_size=30), st.integers(0, 19), st.sampled_from([1, 10, 1e-3, 1 / 3]))
def test_nakamoto_agrees_with_whole_numbers(holdings, twentieths, unit):
    held, number = 0, 0
    for holding in sorted(holdings, reverse=True):
        held, number = held + holding, number + 1
        if held * 20 > twentieths * sum(holdings):
            break
    assert nakamoto([holding * unit for holding in holdings], twentieths / 20) == number


@pytest.mark.parametrize("count", [10, 30, 70, 100, 1000])
def test_a_whole_number_of_parties_is_not_a_little_more(count):
    holdings = np.arange(1.0, count + 1)
    for tenths in range(11):
        want = 0.0 if tenths == 0 else top_share(holdings, parties=tenths * count // 10)
        assert top_share(holdings, fraction=tenths * 0.1 if tenths < 10 else 1.0) == want


@pytest.mark.parametrize("measure", [*MEASURES, lorenz_curve])
def test_a_table_is_refused_and_a_series_is_its_values(measure):
    frame = pd.DataFrame({"alice": [1.0, 2.0], "bob": [3.0, 4.0]})
    with pytest.raises(ValueError, match=r"values = DataFrame of shape .* is a table"):
        measure(frame)
    np.testing.assert_array_equal(measure(frame["bob"]), measure([3.0, 4.0]))
    with pytest.raises(ValueError, match=r"values\[0\] is masked"):
        measure(np.ma.array([1.0, 2.0], mask=[True, False]))


def test_numbers_of_parties_have_64_bits():
    assert nakamoto(np.ones((2, 3))).dtype == np.int64


def test_thresholds_must_fit_the_scenarios():
    with pytest.raises(ValueError, match="shapes do not fit together"):
        nakamoto(np.ones((2, 3)), [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="shapes do not fit together"):
        top_share(np.ones((2, 3)), fraction=[0.1, 0.2, 0.3])
