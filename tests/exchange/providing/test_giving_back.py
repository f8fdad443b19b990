import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import (
    ConstantProductPool,
    arbitrage_part_with_jumps,
    best_fee,
    first_place,
    kept_by_rivals,
    lvr_rate,
    trade_blocks,
    willing_volume,
)

BLOCKS = 365 * 7_200


def test_without_gas_it_is_the_part_that_arbitrageurs_keep():
    for jumps in (0.0, 1.0):
        place = first_place(0.8, 0.003, BLOCKS, jumps=jumps, jump=0.004)
        part = arbitrage_part_with_jumps(0.8, -np.log1p(-0.003), BLOCKS, jumps, 0.004)
        assert place.taken == pytest.approx(part * lvr_rate(0.8)) and place.gas == 0
        assert place.gain == pytest.approx(place.taken)


def test_by_hand_jumps_that_meet_a_gap_which_gas_lets_wait():
    # Gas lets a gap of √(8·2e-6) = 0.004 wait: h = 0.002, W = 0.006. A variance of 0.64 is 6,400 jumps of 0.01 a year,
    # each corrected by 0.006, 4.8e-5 squared: 0.6144 of 0.64 is pushed back by them, the rest in 533 corrections of
    # 0.004, worth the gas and no more.
    place = first_place(0.8, -np.expm1(-0.004), 1e30, 2e-6, jumps=1.0, jump=0.01)
    assert place.taken == pytest.approx((6_400 * 4.8e-5 + 2 * 0.002 * 0.0256 / 0.012) / 8)
    assert place.gas == pytest.approx(2e-6 * (6_400 + 0.0256 / 0.012 / 0.004))
    # One of 0.02 is longer than 0.004 + 0.006: beyond the fee 0.016 on average, its square 0.006²/3 more.
    longer = first_place(0.8, -np.expm1(-0.004), 1e30, 2e-6, jumps=1.0, jump=0.02)
    each = 0.016**2 + 0.006**2 / 3
    rest = 0.64 - 1_600 * (2 * 0.004 * 0.016 + each)
    assert longer.taken == pytest.approx((1_600 * each + 2 * 0.002 * rest / 0.012) / 8)


def test_where_the_price_stands_still_there_is_nothing_to_bid_for():
    for gas in (0.0, 1e-6):
        place = first_place(0.0, 0.003, BLOCKS, gas, jumps=0.2, jump=0.01)
        assert place == (0.0, 0.0, 0.0)


@given(
    volatility=st.floats(0.01, 3.0), fee=st.floats(1e-5, 0.5), blocks=st.floats(1.0, 1e10),
    gas=st.floats(0.0, 1e-3), jumps=st.floats(0.0, 1.0), jump=st.floats(1e-4, 0.5),
)  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_nobody_burns_more_than_there_is_to_take(volatility, fee, blocks, gas, jumps, jump):
    place = first_place(volatility, fee, blocks, gas, jumps, jump)
    assert place.loss == pytest.approx(volatility**2 / 8)
    assert -1e-12 <= place.gain <= place.taken <= place.loss * (1 + 1e-12) and place.gas >= 0


@pytest.mark.parametrize(
    ("fee", "gas", "jumps"), [(0.0005, 0.0, 0.0), (0.0005, 0.2, 0.3), (0.003, 0.0, 0.3), (0.003, 0.2, 0.0)]
)
def test_a_pool_traded_block_by_block_finds_the_same(fee, gas, jumps):
    """256 times a third of a day; what is taken, and the gas, within 7 %."""
    rng, value, variance, shape = np.random.default_rng(1), 20e6, 0.78**2 / BLOCKS, (2_400, 256)
    steps = np.sqrt((1 - jumps) * variance) * rng.standard_normal(shape)
    steps += 0.003 * (rng.random(shape) < jumps * variance / 0.003**2) * rng.choice([-1.0, 1.0], shape)
    pool = ConstantProductPool((5_000.0, value / 2), fee)
    run = trade_blocks(pool, 2_000 * np.exp(np.cumsum(steps, 0)), np.zeros((2_400, 1)), gas)
    place, a_year = first_place(0.78, fee, BLOCKS, gas / value, jumps, 0.003), 3 * 365 / value
    assert np.mean(run.taken) * a_year == pytest.approx(place.taken, rel=0.07)
    assert np.mean(run.gas) * a_year == pytest.approx(place.gas, rel=0.07, abs=1e-12)
    assert np.mean(run.arbitrage_fees) * a_year == pytest.approx(place.fees, rel=0.07)


def test_a_crowd_of_rivals_keeps_nothing():
    assert kept_by_rivals(1) == pytest.approx(2 / 3)
    np.testing.assert_allclose(kept_by_rivals(np.array([2.0, 6.0, 1e9])), [0.5, 0.25, 2e-9])


def test_fewer_come_where_the_fee_is_higher():
    volume = willing_volume(np.array([0.0, 0.003, 0.007]), 0.04, 0.003, 0.004)
    np.testing.assert_allclose(volume, 0.04 * np.exp([0.75, 0.0, -1.0]))


def test_the_best_fee_is_found_for_each_scenario_and_at_the_ends():
    means = np.array([[0.0005, 0.004], [0.02, 1e-9]])
    fee, gain = best_fee(lambda fee: fee * np.exp(-fee / means), (2, 2))
    np.testing.assert_allclose(fee[:, 0], means[:, 0], rtol=1e-3)
    np.testing.assert_allclose(gain[:, 0], means[:, 0] / np.e, rtol=1e-6)
    assert best_fee(lambda fee: fee)[0] == pytest.approx(0.1) and best_fee(lambda fee: -fee)[0] == pytest.approx(1e-4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: first_place(0.8, 0.0, BLOCKS), r"fee = 0 .* \(0, 1\)"),
        (lambda: first_place(0.8, 0.003, 0.0), "blocks = 0"),
        (lambda: first_place(0.8, 0.003, BLOCKS, -1.0), "gas = -1"),
        (lambda: first_place(0.8, 0.003, BLOCKS, jumps=0.2), "jump = 0.* > 0 where there are jumps"),
        (lambda: kept_by_rivals(0.5), "rivals = 0.5"),
        (lambda: willing_volume(0.003, 0.04, 0.003, 0.0), "elsewhere = 0"),
        (lambda: best_fee(lambda fee: fee * np.nan), r"net\[0\] = nan .* finite"),
    ],
)
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
