"""Whole units in floats."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.lending.market.units import largest_below, rounded, rounded_down, snapped


def test_a_half_goes_up():
    assert [rounded(half, 0) for half in (0.5, 1.5, 2.5, -0.5, -1.5)] == [1.0, 2.0, 3.0, 0.0, -1.0]
    assert (rounded(1.0000005, 6), rounded_down(1.0000009, 6)) == (1.000001, 1.0)
    assert (rounded(0.1, None), rounded_down(0.1, None)) == (0.1, 0.1)


def test_what_floats_lose_is_no_unit():
    # 0.29·100 and 1.1·1.1·100 are not quite 29 and 121.
    assert (rounded_down(0.29, 2), rounded_down(1.1 * 1.1, 2)) == (0.29, 1.21)
    assert (largest_below(0.29, 2), largest_below(1.1 * 1.1, 2)) == (0.28, 1.20)
    assert (rounded(1.005, 2), rounded(20.000001 * 0.5, 6)) == (1.01, 10.000001)


@given(st.integers(0, 2**43), st.integers(0, 18))
def test_whole_numbers_of_units_stay(units, decimals):
    amount = units / 10**decimals
    assert rounded(amount, decimals) == rounded_down(amount, decimals) == amount
    assert largest_below(amount, decimals) == (units - 1) / 10**decimals


@given(st.floats(0, 1e30), st.integers(0, 18))
def test_rounding_is_that_of_exact_numbers(amount, decimals):
    units = Fraction(amount) * 10**decimals
    noise = Fraction(1, 16) if units < 2**49 else 1 + units / 2**51
    assert abs(Fraction(rounded(amount, decimals)) * 10**decimals - floor(units + Fraction(1, 2))) <= 1
    assert -noise - 1 <= Fraction(rounded_down(amount, decimals)) * 10**decimals - units <= noise


def test_amounts_near_a_limit():
    # Six decimals are exact: a unit more is more.
    assert snapped(5000.000001, 5000.0, 6) == 5000.000001
    assert snapped(5000.0 * (1 + 1e-15), 5000.0, 18) == snapped(5000.0 * (1 + 1e-15), 5000.0, None) == 5000.0
    assert snapped(np.nextafter(5000.0, 0.0), 5000.0, 18) == 5000.0
    assert snapped(5000.0 * (1 - 1e-13), 5000.0, 18) < 5000.0
    assert snapped(5000.00001, 5000.0, 18) == 5000.00001
    assert snapped(0.0, 0.0, 6) == 0.0


@pytest.mark.parametrize("function", [rounded, rounded_down, largest_below])
def test_scalars_and_arrays_agree(function):
    amounts = np.array([0.0, 1e-9, 0.29, 12.3456785, 1e12, 1e18])
    for decimals in (0, 2, 8, 18):
        together = function(amounts, decimals)
        assert list(together) == [function(float(amount), decimals) for amount in amounts]
        assert type(function(0.3, decimals)) is float
