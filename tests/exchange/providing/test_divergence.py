from fractions import Fraction
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import (
    ConstantProductPool,
    arbitrage_outside,
    arbitrage_part,
    arbitrage_part_with_jumps,
    arbitrage_profit_rate,
    break_even_volume,
    concentrated_divergence,
    concentrated_lvr_rate,
    expected_lvr,
    impermanent_loss,
    jump_part,
    lvr_rate,
    pool_divergence,
    trade_probability,
)
from tests.support.contracts import assert_refuses


@pytest.mark.parametrize(
    ("price_ratio", "weight", "percent"),
    [
        (1.25, 0.5, -0.619201),
        (1.5, 0.5, -2.020410),
        (2.0, 0.5, -5.719096),
        (3.0, 0.5, -13.397460),
        (4.0, 0.5, -20.0),
        (0.25, 0.5, -20.0),
        (5.0, 0.5, -25.464401),
        (2.0, 0.8, -3.272160),
        (0.5, 0.8, -4.275137),
        (1.0, 0.5, 0.0),
    ],
)
def test_check_values_of_impermanent_loss(price_ratio, weight, percent):
    assert 100 * impermanent_loss(price_ratio, weight) == pytest.approx(percent, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("weight", [0.5, 0.8, 0.01])
@pytest.mark.parametrize("change", [1e-15, 1e-12, 1e-9, -1e-9, 1e-6, -1e-4, 1e-3])
def test_small_changes_keep_all_digits(change, weight):
    price_ratio = 1 + change
    e = Fraction(price_ratio) - 1
    w = Fraction(weight)
    # Series of r^w/(1 + w·e) − 1 to the sixth order in e, in exact arithmetic.
    power, binomial = Fraction(0), Fraction(1)
    for order in range(1, 9):
        binomial = binomial * (w - order + 1) / order
        power += binomial * e**order
    want = (power - w * e) / (1 + w * e)
    assert impermanent_loss(price_ratio, weight) == pytest.approx(float(want), rel=2e-15)


def test_the_smallest_change_is_an_eighth_of_its_square():
    e = (1 + 1e-9) - 1
    assert impermanent_loss(1 + 1e-9) == pytest.approx(-(e**2) / 8 * (1 - e), rel=1e-15)


@given(st.floats(1e-12, 1e12))
@settings(max_examples=100)
def test_a_fall_costs_as_much_as_the_same_rise(price_ratio):
    # 1/r is rounded, which a loss of ln²r/8 feels by a part of |ln r|/4.
    rounding = 1e-16 * abs(log(price_ratio))
    assert impermanent_loss(1 / price_ratio) == pytest.approx(impermanent_loss(price_ratio), rel=1e-13, abs=rounding)


@given(st.floats(1e-6, 1e6), st.floats(0.0, 1.0))
@settings(max_examples=150)
def test_it_is_a_loss_and_agrees_with_the_plain_formula(price_ratio, weight):
    loss = impermanent_loss(price_ratio, weight)
    assert -1 < loss <= 0
    assert loss == pytest.approx(price_ratio**weight / (weight * price_ratio + (1 - weight)) - 1, rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("price_ratio", [1e-300, 1e-30, 1e30, 1e300])
def test_extreme_ratios(price_ratio):
    assert impermanent_loss(price_ratio) == pytest.approx(-1.0, abs=1e-14)
    assert impermanent_loss(price_ratio, 0.0) == impermanent_loss(price_ratio, 1.0) == 0.0


def test_a_pool_that_arbitrageurs_follow_has_this_loss():
    pool = ConstantProductPool((1000.0, 2e6), 0.0)
    moved = arbitrage_outside(pool, 5000.0).pool
    apart = pool_divergence(4e6, 2.5)
    assert apart.pool == pytest.approx(moved.reserves[0] * 5000.0 + moved.reserves[1], rel=1e-12)
    assert apart.holding == pytest.approx(1000.0 * 5000.0 + 2e6, rel=1e-15)
    assert apart.loss == pytest.approx(apart.holding - apart.pool, rel=1e-12)


def test_check_value_of_a_concentrated_position():
    apart = concentrated_divergence(2000.0, 2400.0, 1500.0, 8000 / 3)
    assert 100 * apart.impermanent_loss == pytest.approx(-3.090738, rel=2e-7)
    assert 100 * impermanent_loss(1.2) == pytest.approx(-0.414080, rel=2e-6)


def plain_value(price, low, high):
    """Value of liquidity 1 as in the white paper."""
    root = sqrt(min(max(price, low), high))
    return price * (1 / root - 1 / sqrt(high)) + root - sqrt(low)


@given(start=st.floats(1.0, 1e4), price=st.floats(1.0, 1e4), low=st.floats(10.0, 1e3), width=st.floats(1.01, 20.0))
@settings(max_examples=200)
def test_concentrated_positions_agree_with_the_white_paper(start, price, low, width):
    high = low * width
    apart = concentrated_divergence(start, price, low, high)
    root = sqrt(min(max(start, low), high))
    holding = price * (1 / root - 1 / sqrt(high)) + root - sqrt(low)
    assert apart.holding == pytest.approx(holding, rel=1e-9)
    assert apart.pool == pytest.approx(plain_value(price, low, high), rel=1e-9)
    assert apart.impermanent_loss <= 0
    assert apart.impermanent_loss == pytest.approx(apart.pool / apart.holding - 1, abs=1e-10)


def test_a_range_without_ends_is_a_constant_product_pool():
    apart = concentrated_divergence(1.0, np.array([0.25, 1.0, 1 + 1e-6, 4.0]), 1e-18, 1e18)
    np.testing.assert_allclose(
        apart.impermanent_loss, impermanent_loss(np.array([0.25, 1.0, 1 + 1e-6, 4.0])), rtol=1e-8
    )
    tiny = concentrated_divergence(2000.0, 2000.0 * (1 + 1e-10), 1500.0, 2500.0)
    e = (2000.0 * (1 + 1e-10) - 2000.0) / 2000.0
    assert tiny.impermanent_loss == pytest.approx(-(e**2) / 4 * sqrt(2000.0) / tiny.holding, rel=1e-9)


def test_out_of_the_range_on_both_dates_nothing_was_traded():
    assert concentrated_divergence(1000.0, 500.0, 1500.0, 2500.0).impermanent_loss == 0.0
    assert concentrated_divergence(3000.0, 9000.0, 1500.0, 2500.0).impermanent_loss == 0.0
    # From below to above: all of token 0 was sold at the geometric mean of the range.
    crossed = concentrated_divergence(1000.0, 4000.0, 1600.0, 2500.0)
    assert crossed.impermanent_loss == pytest.approx(sqrt(1600.0 * 2500.0) / 4000.0 - 1, rel=1e-13)


def test_check_values_of_loss_versus_rebalancing():
    assert lvr_rate(0.05) == pytest.approx(3.125e-4, rel=1e-14)
    assert lvr_rate(0.8) == pytest.approx(0.08, rel=1e-14)
    assert lvr_rate(0.8, 0.8) == pytest.approx(0.8 * 0.2 * 0.64 / 2, rel=1e-14)
    assert break_even_volume(0.05, 0.003) == pytest.approx(0.104167, rel=4e-6)
    assert expected_lvr(2.0, 0.5, 1.0) == pytest.approx(0.0615, abs=5e-5)


def test_expected_loss_of_a_short_time_is_the_rate():
    assert expected_lvr(3.0, 0.5, 1e-12, 0.3) == pytest.approx(3 * lvr_rate(0.5, 0.3) * 1e-12, rel=1e-12)
    assert expected_lvr(3.0, 0.5, 0.0) == 0.0


def test_expected_loss_is_what_the_pool_shrinks_by_on_average():
    """E[r^w] of a price without drift, by Gauss–Hermite quadrature, for three weights."""
    nodes, mass = np.polynomial.hermite_e.hermegauss(60)
    for weight in (0.2, 0.5, 0.8):
        ratio = np.exp(0.9 * nodes - 0.9**2 / 2)
        mean = np.sum(mass * ratio**weight) / np.sum(mass)
        assert expected_lvr(1.0, 0.9, 1.0, weight) == pytest.approx(1 - mean, rel=1e-10)


def test_concentrated_rate_from_the_curvature_of_the_value():
    low, high, price, step = 1500.0, 2500.0, 1900.0, 0.5
    value = [plain_value(price + change, low, high) for change in (-step, 0.0, step)]
    curvature = (value[0] - 2 * value[1] + value[2]) / step**2
    want = -(0.8**2) * price**2 * curvature / 2 / value[1]
    assert concentrated_lvr_rate(price, low, high, 0.8) == pytest.approx(want, rel=1e-5)
    assert concentrated_lvr_rate(2000.0, 1e-18, 1e24, 0.8) == pytest.approx(lvr_rate(0.8), rel=1e-9)
    np.testing.assert_array_equal(concentrated_lvr_rate(np.array([1000.0, 3000.0]), low, high, 0.8), 0.0)


def test_check_values_of_trade_probability():
    got = trade_probability(0.05, np.array([1e-4, 5e-4, 3e-3, 1e-2]), 7200.0)
    np.testing.assert_allclose(got, [0.806452, 0.454545, 0.121951, 0.04], rtol=2e-6)
    assert trade_probability(0.05, 0.0, 7200.0) == 1.0
    assert arbitrage_profit_rate(0.05, 5e-4, 7200.0) == pytest.approx(3.125e-4 / 2.2, rel=1e-12)
    assert break_even_volume(0.05, 5e-4, trade_probability=1 / 2.2) == pytest.approx(3.125e-4 / 2.2 / 5e-4, rel=1e-12)


@pytest.mark.parametrize("width", [0.0, 0.3, 1.0, 3.0])
def test_the_part_that_arbitrageurs_keep_with_even_blocks(width):
    """A price of normal steps, put back into a band ±γ by a trade after each: half of what it passes it by, squared."""
    rng, price, gained = np.random.default_rng(5), np.zeros(4_000), []
    for _ in range(600):
        price = price + rng.standard_normal(len(price))
        gained.append(np.mean(np.maximum(np.abs(price) - width, 0) ** 2))
        price = np.clip(price, -width, width)
    found, loss = np.mean(gained[100:]), 1.0
    assert arbitrage_part(1.0, width, 1.0) == pytest.approx(found / loss, rel=0.012)
    assert arbitrage_part(1.0, width, 1.0) <= trade_probability(1.0, width, 1.0)


@pytest.mark.parametrize(("width", "jump"), [(1.0, 12.0), (3.0, 20.0), (3.0, 9.0)])
def test_the_part_that_arbitrageurs_keep_if_the_price_jumps_too(width, jump):
    """As above, and three tenths of the variance are rare jumps: what they pass the band by is kept."""
    rng, price, gained, jumps = np.random.default_rng(6), np.zeros(4_000), [], 0.3
    chance = jumps / (1 - jumps) / jump**2
    for _ in range(600):
        leaps = (rng.random(len(price)) < chance) * rng.choice([-jump, jump], len(price))
        price = price + rng.standard_normal(len(price)) + leaps
        gained.append(np.mean(np.maximum(np.abs(price) - width, 0) ** 2))
        price = np.clip(price, -width, width)
    found, loss = np.mean(gained[100:]), 1 / (1 - jumps)
    got = arbitrage_part_with_jumps(loss**0.5, width, 1.0, jumps, jump)
    assert got == pytest.approx(found / loss, abs=0.02)


def test_what_a_jump_leaves_in_a_pool():
    """Pools whose prices stand anywhere in the band, and a jump of a hundredth: mean gain over V·j²/8."""
    step, fee = 1e-2, np.array([[0.002], [0.006]])  # less, and more, than half of the jump
    behind = np.linspace(-1, 1, 401) * -np.log1p(-fee)
    pool = ConstantProductPool((1_000.0 * np.exp(behind / 2), 2e6 * np.exp(-behind / 2)), fee)
    gain = np.mean(arbitrage_outside(pool, 2_000 * np.exp(step)).profit, axis=1)
    assert jump_part(step, -np.log1p(-fee[:, 0])) == pytest.approx(gain / (4e6 * step**2 / 8), rel=0.02)
    assert jump_part(0.01, 0.0) == 1.0 and jump_part(0.0, 0.01) == 0.0 and jump_part(0.0, 0.0) == 1.0
    assert jump_part(2e-3, 1e-3) == pytest.approx(1 / 3)


def test_with_jumps_alone_and_without_any():
    blocks = np.array([1e3, 1e6, 1e9])
    np.testing.assert_allclose(arbitrage_part_with_jumps(0.8, 0.003, blocks, 1.0, 0.01), jump_part(0.01, 0.003))
    alone = arbitrage_part_with_jumps(0.8, 0.003, blocks, 0.0, 0.01)
    np.testing.assert_allclose(alone, arbitrage_part(0.8, 0.003, blocks))


def test_even_blocks_leave_arbitrageurs_less_than_random_ones():
    assert arbitrage_part(0.8, 0.0, 1e9) == 1.0
    ratio = arbitrage_part(0.8, 0.003, 1e14) / trade_probability(0.8, 0.003, 1e14)
    assert ratio == pytest.approx(2**0.5 / 1.71645, rel=1e-5)


def test_arrays_agree_with_scalars():
    ratios, shares = np.array([0.5, 1.0, 1.7, 30.0]), np.array([0.1, 0.5, 0.8, 1.0])
    together = impermanent_loss(ratios, shares)
    assert together.tolist() == [impermanent_loss(r, w) for r, w in zip(ratios.tolist(), shares.tolist(), strict=True)]
    table = impermanent_loss(ratios[:, np.newaxis], shares)
    assert table.shape == (4, 4)
    assert table[2, 1] == impermanent_loss(1.7)
    assert type(impermanent_loss(2.0)) is type(concentrated_lvr_rate(2.0, 1.0, 3.0, 0.1)) is float
    ends = concentrated_divergence(2.0, ratios, 0.7, 9.0)
    assert ends.pool.tolist() == [concentrated_divergence(2.0, r, 0.7, 9.0).pool for r in ratios.tolist()]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: impermanent_loss(0.0), r"price_ratio = 0 .*\(0, inf\)"),
        (lambda: impermanent_loss(np.array([1.0, -2.0])), r"price_ratio\[1\] = -2 .*\(0, inf\)"),
        (lambda: impermanent_loss(2.0, 1.1), r"weight = 1.1 .*\[0, 1\]"),
        (lambda: impermanent_loss(np.ones(2), np.ones(3) / 2), r"price_ratio \(2,\), weight \(3,\)"),
        (lambda: pool_divergence(-1.0, 2.0), r"value = -1 .*\(0, inf\)"),
        (lambda: concentrated_divergence(1.0, 1.0, 2.0, 2.0), r"high = 2 .*\(2, inf\)"),
        (lambda: concentrated_divergence(1.0, 1.0, 0.0, 2.0), r"low = 0 .*\(0, inf\)"),
        (lambda: concentrated_divergence(0.0, 1.0, 1.0, 2.0), r"start = 0 .*\(0, inf\)"),
        (lambda: concentrated_lvr_rate(1.0, 1.0, 2.0, -0.1), r"volatility = -0.1 .*\[0, inf\)"),
        (lambda: lvr_rate(-1.0), r"volatility = -1 .*\[0, inf\)"),
        (lambda: expected_lvr(1.0, 1.0, -1.0), r"time = -1 .*\[0, inf\)"),
        (lambda: trade_probability(0.0, 0.1, 1.0), r"volatility = 0 .*\(0, inf\)"),
        (lambda: trade_probability(1.0, -0.1, 1.0), r"log_fee = -0.1 .*\[0, inf\)"),
        (lambda: trade_probability(1.0, 0.1, 0.0), r"blocks = 0 .*\(0, inf\)"),
        (lambda: arbitrage_part(0.0, 0.1, 1.0), r"volatility = 0 .*\(0, inf\)"),
        (lambda: arbitrage_part(1.0, -0.1, 1.0), r"log_fee = -0.1 .*\[0, inf\)"),
        (lambda: jump_part(-0.1, 0.1), r"jump = -0.1 .*\[0, inf\)"),
        (lambda: arbitrage_part_with_jumps(0.8, 0.1, 1.0, 1.1, 0.1), r"jumps = 1.1 .*\[0, 1\]"),
        (lambda: arbitrage_part_with_jumps(0.0, 0.1, 1.0, 1.0, 0.1), r"volatility = 0 .*\(0, inf\)"),
        (lambda: break_even_volume(1.0, 0.0), r"fee = 0 .*\(0, 1\)"),
        (lambda: break_even_volume(1.0, 0.1, trade_probability=2.0), r"trade_probability = 2 .*\[0, 1\]"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: lvr_rate(1e200), "lvr_rate(volatility = 1e+200)"),
        (lambda: lvr_rate(np.array([0.1, 1e200])), "lvr_rate(volatility = array"),
        (lambda: expected_lvr(1.0, 1e200, 1.0), "volatility = 1e+200"),
        (lambda: pool_divergence(1e200, 1e200), "price_ratio = 1e+200"),
        (lambda: concentrated_divergence(1.0, 1e308, 1e-320, 1e308), "low = 1e-320"),
        (lambda: concentrated_lvr_rate(1.5, 1.0, 2.0, 1e200), "volatility = 1e+200"),
        (lambda: arbitrage_profit_rate(1e200, 0.003, 1.0), "volatility = 1e+200"),
        (lambda: break_even_volume(1.0, 5e-324), "fee = 5e-324"),
        (lambda: break_even_volume(1e200, 0.003), "volatility = 1e+200"),
    ],
)
def test_what_no_float_can_hold_is_refused(call, name):
    with pytest.raises(ValueError, match="beyond what a float can hold") as error:
        call()
    assert name in str(error.value)


def test_edges_of_the_ranges():
    assert trade_probability(0.8, 0.0, 1e308) == 1.0 and 0 < trade_probability(1e-100, 0.003, 1e100) < 1e-140
    assert (
        break_even_volume(0.0, 0.003) == break_even_volume(0.8, 0.003, 0.0) == break_even_volume(0.8, 0.003, 1.0) == 0
    )
    assert lvr_rate(0.8, 0.0) == lvr_rate(0.8, 1.0) == expected_lvr(0.0, 0.8, 1.0) == 0.0
