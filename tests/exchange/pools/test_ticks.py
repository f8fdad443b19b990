from decimal import Decimal, localcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.exchange import price_at_tick, tick_at_price, usable_tick
from defi_lib.exchange.pools.ticks import (
    MAX_SQRT_PRICE,
    MAX_SQRT_PRICE_X96,
    MAX_TICK,
    MIN_SQRT_PRICE,
    MIN_SQRT_PRICE_X96,
    MIN_TICK,
    sqrt_price_at_tick,
    sqrt_price_x96_at_tick,
    tick_at_sqrt_price,
    tick_at_sqrt_price_x96,
)

every_tick = st.integers(MIN_TICK, MAX_TICK)


def test_price_2000():
    assert tick_at_price(2000) == 76012
    assert isinstance(tick_at_price(2000.0), int)
    assert price_at_tick(76012) == pytest.approx(2000 / 1.0001**0.825, rel=1e-7)


def test_price_of_a_tick_is_a_power_to_the_last_digits():
    assert price_at_tick(0) == 1
    assert price_at_tick(1) == 1.0001
    with localcontext() as context:
        context.prec = 60
        for tick in (2, -1, 12345, -200_000, 200_311, MAX_TICK, MIN_TICK):
            exact = Decimal("1.0001") ** tick
            assert abs(Decimal(price_at_tick(tick)) / exact - 1) < Decimal("4e-16")


def test_every_tick_is_found_at_its_price_and_not_below_it():
    all_ticks = np.arange(MIN_TICK, MAX_TICK + 1)
    prices = price_at_tick(all_ticks)
    np.testing.assert_array_equal(tick_at_price(prices), all_ticks)
    # Not one float below: 1.0001**11 is one float below the price of tick 11, and means it.
    np.testing.assert_array_equal(tick_at_price(prices[1:] * (1 - 1e-10)), all_ticks[:-1])
    roots = sqrt_price_at_tick(all_ticks[::97])
    np.testing.assert_array_equal(tick_at_sqrt_price(roots), all_ticks[::97])
    np.testing.assert_array_equal(tick_at_sqrt_price(np.nextafter(roots[1:], 0)), all_ticks[::97][1:] - 1)


def test_a_tick_is_found_at_its_price_however_it_was_computed():
    assert tick_at_price(1.0001**11) == 11
    all_ticks = np.arange(MIN_TICK, MAX_TICK + 1)
    for prices in (np.power(1.0001, all_ticks), np.array([1.0001**tick for tick in all_ticks.tolist()])):
        np.testing.assert_array_equal(tick_at_price(prices), all_ticks)
        np.testing.assert_array_equal(tick_at_price(1 / prices[1:]), -all_ticks[1:])
        for rounding in ("down", "nearest", "up"):
            np.testing.assert_array_equal(usable_tick(prices, 1, rounding), all_ticks)
            usable = np.arange(-887220, 887221, 60 * 97)
            np.testing.assert_array_equal(usable_tick(prices[usable - MIN_TICK], 60, rounding), usable)


def test_halfway_between_two_usable_ticks_is_the_upper_one():
    np.testing.assert_array_equal(usable_tick(1.0001 ** np.array([-90, -30, 30, 12330]), 60), [-60, 0, 60, 12360])


@given(every_tick)
def test_integers_are_exact_on_both_sides_of_a_tick(tick):
    root = sqrt_price_x96_at_tick(tick)
    if tick < MAX_TICK:
        assert tick_at_sqrt_price_x96(root) == tick
    if tick > MIN_TICK:
        assert tick_at_sqrt_price_x96(root - 1) == tick - 1


@given(st.integers(MIN_SQRT_PRICE_X96, MAX_SQRT_PRICE_X96 - 1))
def test_integers_bracket_every_price(root):
    tick = tick_at_sqrt_price_x96(root)
    assert sqrt_price_x96_at_tick(tick) <= root < sqrt_price_x96_at_tick(tick + 1)


@given(every_tick)
def test_root_is_the_root_of_the_price(tick):
    # What the contract rounds up to the next multiple of 2⁻⁹⁶ shows at the lowest prices.
    root = np.sqrt(price_at_tick(tick))
    assert 0 <= sqrt_price_at_tick(tick) - root * (1 - 1e-14) <= 3e-14 * root + 2.0**-96


def test_arrays_are_as_scalars():
    prices = np.array([[1e-9, 1.0, 1.00005], [2000.0, 1e20, 7.0]])
    np.testing.assert_array_equal(tick_at_price(prices), [[tick_at_price(float(p)) for p in row] for row in prices])
    some_ticks = np.array([[0, 5], [5, -887272]])
    np.testing.assert_array_equal(
        sqrt_price_at_tick(some_ticks), [[sqrt_price_at_tick(int(t)) for t in row] for row in some_ticks]
    )


def test_usable_ticks():
    assert usable_tick(2000.0, 60) == 76020
    assert usable_tick(2000.0, 60, "down") == 75960
    assert usable_tick(2000.0, 60, "up") == 76020
    for rounding in ("down", "nearest", "up"):
        np.testing.assert_array_equal(usable_tick(price_at_tick(np.array([-120, 0, 60])), 60, rounding), [-120, 0, 60])
    # A price that is no tick, between two multiples of a tick.
    assert usable_tick(1.00005, 1, "up") == 1
    assert usable_tick(1.00005, 1, "down") == 0
    assert usable_tick(price_at_tick(MAX_TICK), 60, "up") == 887220
    assert usable_tick(price_at_tick(MIN_TICK), 60, "down") == -887220


def test_errors():
    with pytest.raises(ValueError, match=r"tick = 887273 .* whole numbers from -887272 to 887272"):
        price_at_tick(887273)
    with pytest.raises(ValueError, match=r"tick\[1\] = -887273 "):
        sqrt_price_at_tick([0, -887273])
    with pytest.raises(ValueError, match=r"tick = 0\.5 "):
        price_at_tick(0.5)
    with pytest.raises(ValueError, match=r"price = 0 is outside the allowed range \["):
        tick_at_price(0.0)
    with pytest.raises(ValueError, match=r"price\[0\] = 1e\+39 "):
        tick_at_price([1e39, 1.0])
    with pytest.raises(ValueError, match=r"sqrt_price = 1e-30 "):
        tick_at_sqrt_price(1e-30)
    with pytest.raises(ValueError, match=r"sqrt_price_x96 = 4295128738 .* >= 4295128739"):
        tick_at_sqrt_price_x96(MIN_SQRT_PRICE_X96 - 1)
    with pytest.raises(ValueError, match=f"sqrt_price_x96 = {MAX_SQRT_PRICE_X96} "):
        tick_at_sqrt_price_x96(MAX_SQRT_PRICE_X96)
    with pytest.raises(ValueError, match="tick_spacing = 0 "):
        usable_tick(1.0, 0)
    with pytest.raises(ValueError, match=r"rounding = 'sideways' .* 'nearest', 'down', 'up'"):
        usable_tick(1.0, 1, "sideways")


def test_ends_of_the_range_belong_to_ticks():
    assert tick_at_sqrt_price(MIN_SQRT_PRICE) == MIN_TICK
    # As in the contract, whose highest price is already outside.
    assert tick_at_sqrt_price(np.nextafter(MAX_SQRT_PRICE, 0)) == MAX_TICK - 1
