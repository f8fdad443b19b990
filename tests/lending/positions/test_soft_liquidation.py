"""A pledge in bands of prices: what is sold on the way down, bought back on the way up, and lost by the round trip."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.lending import SoftLiquidation

PLEDGE = SoftLiquidation.pledged(10.0, top=2_000.0, bands=4, amplification=100.0)


def along(position, prices):
    """The position after these prices, and what all trades together lost."""
    lost = 0.0
    for price in prices:
        step = position.arbitrage(float(price))
        position, lost = step.position, lost + step.loss
    return position, lost


def test_bands_follow_one_another():
    upper, lower = PLEDGE.ends
    np.testing.assert_allclose(upper, [2_000, 1_980, 1_960.2, 1_940.598])
    np.testing.assert_allclose(lower[:-1], upper[1:])


def test_above_the_bands_nothing_is_sold():
    for price in (5_000.0, 2_000.0):
        step = PLEDGE.arbitrage(price)
        assert step.sold == pytest.approx(0, abs=1e-9) and step.loss == pytest.approx(0, abs=1e-6)
        np.testing.assert_allclose(step.position.collateral, 2.5)


def test_below_the_bands_all_is_sold_and_above_all_is_back():
    low = PLEDGE.arbitrage(1_900.0).position
    np.testing.assert_allclose(low.collateral, 0.0, atol=1e-9)
    high = low.arbitrage(2_100.0).position
    np.testing.assert_allclose(high.coins, 0.0, atol=1e-6)


def test_a_slow_fall_sells_each_band_at_the_mean_of_its_ends():
    """In the limit of small steps a band brings y·√(up·down), the contract's own measure of what a loan is worth."""
    upper, lower = PLEDGE.ends
    exact = float(np.sum(2.5 * np.sqrt(upper * lower)))
    errors = []
    for steps in (200, 400):
        low, _ = along(PLEDGE, np.linspace(2_000, 1_900, steps + 1)[1:])
        errors.append(exact - low.coins.sum())
    assert 0 < errors[1] < exact * 3e-4
    assert errors[0] / errors[1] == pytest.approx(2.0, rel=0.1)


def test_a_round_trip_loses_in_proportion_to_its_steps():
    back = {}
    for steps in (1, 100, 200):
        down, up = np.linspace(2_000, 1_900, steps + 1)[1:], np.linspace(1_900, 2_000, steps + 1)[1:]
        position, lost = along(PLEDGE, [*down, *up])
        back[steps] = 10.0 - position.collateral.sum()
        assert position.coins.sum() == pytest.approx(0, abs=1e-6) and lost > 0
    assert back[1] == pytest.approx(10 * (1 - 0.95**3), rel=1e-9)  # at one jump the pool sells at the third power
    assert back[100] / back[200] == pytest.approx(2.0, rel=0.05)
    assert back[200] < 0.01


def test_what_is_lost_is_what_the_worth_falls_by_at_the_price_of_the_trade():
    step = PLEDGE.arbitrage(1_950.0)
    assert step.loss == pytest.approx(PLEDGE.worth(1_950.0) - step.position.worth(1_950.0))
    again = step.position.arbitrage(1_970.0)
    assert again.bought > 0
    assert again.loss == pytest.approx(step.position.worth(1_970.0) - again.position.worth(1_970.0))
    # At the same price nobody gains by trading twice.
    still = again.position.arbitrage(1_970.0)
    assert abs(still.loss) < 1e-6 and abs(still.sold) + abs(still.bought) < 1e-9


def test_a_fee_as_large_as_the_jump_takes_the_loss_away():
    """The contract raises its fee after a jump to 1 − (new/old)³; then the old coins lose nothing by it."""
    steady = PLEDGE.arbitrage(1_970.0).position
    for new in (1_960.0, 1_940.0):
        dear = SoftLiquidation(steady.coins, steady.collateral, 2_000.0, 100.0, fee=1 - (new / 1_970.0) ** 3)
        assert dear.arbitrage(new).loss <= 1e-6 < steady.arbitrage(new).loss


@given(st.lists(st.floats(1_000.0, 3_000.0), min_size=1, max_size=6), st.floats(0, 0.02), st.floats(2.0, 300.0))
def test_without_creating_anything(prices, fee, size):
    position = SoftLiquidation.pledged(10.0, 2_000.0, 5, size, fee)
    for price in prices:
        step = position.arbitrage(price)
        after = step.position
        assert after.collateral.sum() == pytest.approx(position.collateral.sum() - step.sold + step.bought, abs=1e-9)
        assert after.coins.sum() == pytest.approx(position.coins.sum() + step.paid - step.spent, rel=1e-9, abs=1e-6)
        assert min(after.coins.min(), after.collateral.min(), step.sold, step.paid, step.bought, step.spent) >= 0
        assert step.loss >= -1e-6 * (1 + price) or fee > 0
        assert not (step.sold > 1e-9 and step.bought > 1e-9)
        position = after


def test_many_scenarios_are_each_of_them():
    prices = np.array([2_100.0, 1_975.0, 1_900.0])
    tops, fees = np.array([2_000.0, 1_990.0, 2_000.0]), np.array([0.0, 0.001, 0.006])
    many = SoftLiquidation.pledged(np.array([10.0, 5.0, 8.0]), tops, 4, 50.0, fees).arbitrage(prices)
    for at, (amount, price) in enumerate(zip((10.0, 5.0, 8.0), prices.tolist(), strict=True)):
        one = SoftLiquidation.pledged(amount, float(tops[at]), 4, 50.0, float(fees[at])).arbitrage(price)
        assert [many.sold[at], many.paid[at], many.loss[at]] == pytest.approx([one.sold, one.paid, one.loss], abs=1e-9)


def test_nothing_pledged_is_nothing_sold():
    step = SoftLiquidation.pledged(0.0, 2_000.0).arbitrage(1_500.0)
    assert step.sold == step.paid == step.loss == 0.0 == step.position.worth(1_500.0)


def test_what_is_not_allowed_says_so():
    for call, words in (
        (lambda: SoftLiquidation.pledged(-1.0, 2_000.0), "collateral = -1"),
        (lambda: SoftLiquidation.pledged(1.0, 0.0), "top = 0"),
        (lambda: SoftLiquidation.pledged(1.0, 2_000.0, bands=0), "bands = 0"),
        (lambda: SoftLiquidation.pledged(1.0, 2_000.0, amplification=1.0), "amplification = 1"),
        (lambda: SoftLiquidation.pledged(1.0, 2_000.0, fee=1.0), "fee = 1"),
        (lambda: SoftLiquidation(np.zeros(2), np.zeros(3), 2_000.0), "coins has 2 bands and collateral has 3"),
        (lambda: PLEDGE.arbitrage(0.0), "price = 0"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
