from __future__ import annotations

import numpy as np
import pytest

from defi_lib.exchange import ConstantProductPool, providing_rates
from defi_lib.rewards import compare_liquidity, own_or_rent

FLAT = np.ones(366)


def test_a_flat_market_has_closed_forms():
    both = compare_liquidity(FLAT, 1e6, 1e5, reward=500.0, discount=0.2)
    assert both.premium == pytest.approx(1e6 / 0.8 - 1e6)
    assert both.owner_result[-1] == pytest.approx(365 * 300 - 250_000)
    assert both.renter_result[-1] == pytest.approx(-365 * 500)
    assert both.provider_result[-1] == pytest.approx(365 * 800)
    # Renting costs 500 a day, owning 250,000 at once and earns 300 a day.
    assert both.break_even == int(np.ceil(250_000 / 800))
    assert both.rented.value[-1] == pytest.approx(800 * 365 / 0.05, rel=1e-9)


def test_rented_liquidity_leaves_when_rewards_stop_and_owned_stays():
    reward = np.where(np.arange(365) < 180, 1000.0, 0.0)
    both = compare_liquidity(FLAT, 1e6, 1e3, reward=reward)
    assert both.rented.value[180] > 6e6
    assert both.rented.value[-1] == pytest.approx(5e4, rel=1e-3)
    assert np.all(both.owned.value == 1e6)
    cost = both.rented.trade_cost(1e4)
    assert cost[-1] > 0.2 > both.owned.trade_cost(1e4)[-1]


def test_trade_cost_is_that_of_the_pool():
    both = compare_liquidity(FLAT, 2e6, 0.0, reward=0.0)
    swap = ConstantProductPool((500.0, 1e6)).swap_exact_in(1e4, 1, 0)
    assert both.owned.trade_cost(1e4)[0] == pytest.approx(swap.cost, rel=1e-12)


def test_divergence_is_that_of_the_pool():
    both = compare_liquidity([1.0, 4.0], 1e6, 0.0, reward=0.0, discount=0.0)
    # The pool is worth 2, its assets would be worth 2.5.
    assert both.owned.value[-1] == pytest.approx(2e6)
    assert both.owned.divergence[0] == pytest.approx(-5e5)
    there_and_back = compare_liquidity([1.0, 4.0, 1.0], 1e6, 0.0, reward=0.0, discount=0.0)
    assert there_and_back.owner_result[-1] == pytest.approx(-5e5 - 2.5e5)


def test_never_better_is_one_step_beyond_the_end():
    assert compare_liquidity(FLAT, 1e6, 0.0, reward=0.0, discount=0.2).break_even == 366


def test_blocks_give_back_most_of_what_one_trade_a_week_would_take():
    # A week at 80 % a year: by the table of the closed form arbitrageurs keep 0.0873 of it with blocks of 12 seconds.
    weekly = compare_liquidity([1.0, 1.1], 1e6, 0.0, reward=0.0)
    blocks = compare_liquidity([1.0, 1.1], 1e6, 0.0, reward=0.0, volatility=0.8)
    assert blocks.owned.divergence[0] == pytest.approx(0.0873 * weekly.owned.divergence[0], rel=1e-3)
    np.testing.assert_array_equal(blocks.owned.value, weekly.owned.value)
    hours = compare_liquidity([1.0, 1.1], 1e6, 0.0, reward=0.0, volatility=0.8, block_time=3600.0)
    assert blocks.owned.divergence[0] > hours.owned.divergence[0] > weekly.owned.divergence[0]


def test_the_rent_of_the_same_depth_pays_for_losses_and_falls_by_what_traders_pay():
    wanted = {"reward": None, "outside_yield": 0.2, "volatility": 0.8}
    quiet, busy = (compare_liquidity(FLAT, 1e6, volume, **wanted) for volume in (0.0, 1e5))
    # 20 % and 0.0873 · 8 % of a million, and 300 dollars of fees a day less.
    assert -quiet.renter_result[-1] == pytest.approx(1e6 * (0.2 + 0.0873 * 0.08), rel=2e-5)
    assert busy.renter_result[-1] - quiet.renter_result[-1] == pytest.approx(365 * 300)
    np.testing.assert_array_equal(busy.rented.value, busy.owned.value)
    # So the owner's lead is the same, whatever is traded.
    leads = [run.owner_result[-1] - run.renter_result[-1] for run in (quiet, busy)]
    assert leads[0] == pytest.approx(leads[1], rel=1e-12)
    # Who earns enough without is paid nothing, and pays nothing.
    assert compare_liquidity(FLAT, 1e6, 1e7, **wanted).renter_result[-1] == 0.0


def test_the_closed_form_is_the_sum_of_many_small_steps():
    year = providing_rates(0.8, 0.003, 365 * 7_200, 365 * 0.04, 1 / 6, even=True)
    both = own_or_rent(0.3, 3.0, year.net, 0.2, 0.1)
    steps = 20_000
    time = (np.arange(steps) + 0.5) * 3 / steps
    value = 0.3 ** (time / 6) * np.exp(year.net * time)
    assert both.pool_years == pytest.approx(value.mean() * 3, rel=1e-8)
    assert both.rent == pytest.approx((0.2 - year.net) * value.mean() * 3, rel=1e-8)
    assert both.pool == pytest.approx(np.sqrt(0.3) * np.exp(3 * year.net)) and both.premium == pytest.approx(0.3 / 9)


@pytest.mark.parametrize("net", [-0.1, 0.0, 1e-9, 0.05])
def test_who_asks_as_much_as_a_provider_gains_nothing_by_owning(net):
    both = own_or_rent(1.0, 3.0, net, wanted=0.2)
    # Growth of the pool, less the return asked for it, against the rent that is saved.
    assert both.pool - 1 - 0.2 * both.pool_years + both.rent == pytest.approx(0.0, abs=1e-12)


def test_own_or_rent_takes_arrays_as_single_numbers():
    ratios, nets = np.array([0.2, 1.0, 3.0]), np.array([-0.02, 0.0, 0.3])
    together = own_or_rent(ratios, 2.0, nets, 0.1, 0.05)
    for k in range(3):
        alone = own_or_rent(ratios[k], 2.0, nets[k], 0.1, 0.05)
        assert [column[k] for column in np.broadcast_arrays(*together)] == pytest.approx(list(alone), rel=1e-12)
    assert together.rent[2] == 0.0, "fees alone are more than providers want"


def test_scenarios_agree_with_single_runs():
    random = np.random.default_rng(1)
    # As many scenarios as steps, so that a wrong axis cannot hide.
    prices = np.exp(np.cumsum(random.normal(0.0, 0.05, (5, 4)), axis=0))
    fee, liquidity = np.array([0.0, 0.003, 0.01, 0.05]), np.array([1e5, 1e6, 1e7, 1e4])
    volume, reward = random.random(4) * 1e5, random.random((4, 4)) * 1e3
    together = compare_liquidity(prices, liquidity, volume, reward=reward, fee=fee, speed=0.5)
    for row in range(4):
        alone = compare_liquidity(
            prices[:, row], liquidity[row], volume, reward=reward[:, row], fee=fee[row], speed=0.5
        )
        np.testing.assert_allclose(together.owner_result[:, row], alone.owner_result, rtol=1e-12)
        np.testing.assert_allclose(together.provider_result[:, row], alone.provider_result, rtol=1e-12)
        np.testing.assert_allclose(together.rented.value[:, row], alone.rented.value, rtol=1e-12)
        assert together.break_even[row] == alone.break_even


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: compare_liquidity([1.0], 1.0, 1.0, reward=1.0), r"prices has 1 entry"),
        (lambda: compare_liquidity([1.0, 0.0], 1.0, 1.0, reward=1.0), r"prices\[1\] = 0"),
        (lambda: compare_liquidity(FLAT, 0.0, 1.0, reward=1.0), r"liquidity = 0"),
        (lambda: compare_liquidity(FLAT, 1.0, -1.0, reward=1.0), r"volume = -1"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=[1.0]), r"reward has 1 entries: .* one number, or 365"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=1.0, discount=1.0), r"discount = 1 .* \[0, 1\)"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=1.0, fee=1.0), r"fee = 1"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=1.0, outside_yield=0.0), r"outside_yield = 0"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=1.0, loyal=0.0), r"loyal = 0 .* \(0, 1\]"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=1.0, speed=-1.0), r"speed = -1"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=1.0, step_years=0.0), r"step_years = 0"),
        (lambda: compare_liquidity(FLAT, [1.0, 2.0], 1.0, reward=1.0, fee=[0.1] * 3), r"shapes do not fit together"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=1.0).owned.trade_cost(-1.0), r"size = -1"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=None), r"volatility is missing"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=None, volatility=0.0), r"volatility = 0"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=1.0, volatility=1.0, fee=0.0), r"fee = 0"),
        (lambda: compare_liquidity(FLAT, 1.0, 1.0, reward=1.0, volatility=1.0, block_time=0.0), r"block_time = 0"),
        (lambda: own_or_rent(0.0, 1.0, 0.0, 0.1), r"price_ratio = 0"),
        (lambda: own_or_rent(1.0, 0.0, 0.0, 0.1), r"years = 0"),
        (lambda: own_or_rent(1.0, 1.0, np.nan, 0.1), r"net = nan"),
        (lambda: own_or_rent(1.0, 1.0, 0.0, -0.1), r"wanted = -0.1"),
        (lambda: own_or_rent(1.0, 1.0, 0.0, 0.1, 1.0), r"discount = 1 .* \[0, 1\)"),
        (lambda: own_or_rent(1.0, 1.0, 1e3, 0.1), r"own_or_rent"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()
