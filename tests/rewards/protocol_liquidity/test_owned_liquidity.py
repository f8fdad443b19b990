from __future__ import annotations

import numpy as np
import pytest

from defi_lib.exchange import ConstantProductPool
from defi_lib.rewards import compare_liquidity

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
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()
