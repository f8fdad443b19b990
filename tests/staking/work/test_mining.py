import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.measures import gini
from defi_lib.staking import (
    Miners,
    break_even_coin_price,
    break_even_power_price,
    daily_reward,
    mining_day,
    simulate_mining,
)
from tests.support.contracts import assert_refuses

# Unit costs of 0.0288, 0.0576 and 0.1152 USD per day and TH/s.
THREE = Miners(100.0, [0.04, 0.08, 0.16], 30.0)


def test_unit_cost():
    assert THREE.unit_cost == pytest.approx([0.0288, 0.0576, 0.1152])
    assert Miners(1.0, 0.1, 20.0, 0.01).unit_cost == pytest.approx([0.058])
    assert daily_reward(60_000.0, 3.125) == 144 * 3.125 * 60_000
    assert daily_reward(60_000.0, 3.125, 0.125, 10) == 10 * 3.25 * 60_000


def test_all_run_when_all_gain():
    day = mining_day(THREE, 60.0)
    assert day.running.tolist() == [100, 100, 100]
    assert day.unit_revenue == pytest.approx(0.2)
    assert day.revenue == pytest.approx([20, 20, 20])
    assert day.profit == pytest.approx([17.12, 14.24, 8.48])


def test_the_dearest_switch_off_and_the_marginal_miner_earns_nothing():
    day = mining_day(THREE, 30.0)  # three would get 0.1 each, less than the third one's cost
    assert day.running == pytest.approx([100, 100, 30 / 0.1152 - 200])
    assert day.unit_revenue == pytest.approx(0.1152)
    assert day.profit[2] == pytest.approx(0, abs=1e-12)
    # Two alone would get more than the third one's cost, so he must run in part.
    day = mining_day(THREE, 15.0)
    assert day.running == pytest.approx([100, 100, 0])
    assert day.unit_revenue == pytest.approx(0.075)
    losing = mining_day(THREE, 15.0, everybody=True)
    assert losing.profit == pytest.approx([5 - 2.88, 5 - 5.76, 5 - 11.52])


def test_free_power_nothing_to_earn_and_nobody():
    assert mining_day(Miners([5.0, 5.0], [0.0, 0.1], 30.0), 0.01).running.tolist() == [5, 0]
    nothing = mining_day(Miners([5.0, 5.0], [0.0, 0.1], 30.0), 0.0)
    assert nothing.running.tolist() == nothing.profit.tolist() == [0, 0]
    nobody = mining_day(Miners([0.0, 0.0], 0.1, 30.0), 10.0)
    assert nobody.unit_revenue == 0
    assert nobody.revenue.tolist() == [0, 0]


def test_miners_of_the_same_cost_run_the_same_part():
    two = mining_day(Miners([100.0, 100.0], 0.08, 30.0), 8.64)  # 0.0576 each: enough for 150 of the 200
    assert two.running == pytest.approx([75, 75])
    day = mining_day(Miners([10.0, 60.0, 5.0, 30.0], [0.04, 0.08, 0.16, 0.08], 30.0), 0.0576 * 55)
    assert day.running == pytest.approx([10, 30, 0, 15])
    alone, many = Miners([100.0], 0.08, 30.0), Miners(np.full(10, 10.0), 0.08, 30.0)
    assert mining_day(many, 3.0).running.sum() == pytest.approx(mining_day(alone, 3.0).running[0])


hashrates = st.one_of(st.just(0.0), st.floats(1e-200, 1e6))
fleets = st.lists(st.tuples(hashrates, st.floats(0, 1), st.floats(0, 100)), min_size=1, max_size=8)


@settings(max_examples=150)
@given(fleets, st.floats(0, 1e6))
def test_nobody_regrets(fleet, reward):
    miners = Miners(*(np.array(column) for column in zip(*fleet, strict=True)))
    day = mining_day(miners, reward)
    assert np.all((day.running >= 0) & (day.running <= miners.hashrate))
    assert np.all(day.profit >= -1e-9 * max(reward, 1))
    if day.running.sum() > 1e-9:
        assert day.revenue.sum() == pytest.approx(reward, rel=1e-12)
        idle = day.running < miners.hashrate * (1 - 1e-12)
        # Who could run more would not gain by it.
        assert np.all(miners.unit_cost[idle] >= day.unit_revenue * (1 - 1e-9))


def test_scenarios_agree_with_single_runs():
    random = np.random.default_rng(1)
    miners = Miners(random.uniform(1, 10, (6, 5)), random.uniform(0.02, 0.2, 5), random.uniform(15, 100, (6, 5)))
    reward = random.uniform(0.1, 5, 6)
    together = mining_day(miners, reward)
    for row in range(6):
        alone = mining_day(Miners(*(part[row] for part in miners)), reward[row])
        for one, many in zip(alone, together, strict=True):
            assert one == pytest.approx(many[row], rel=1e-14)


def test_break_even():
    price = break_even_power_price(0.06, np.array([15.0, 30.0]), 0.006)
    assert price == pytest.approx([0.15, 0.075])
    assert Miners(1.0, price, [15.0, 30.0], 0.006).unit_cost == pytest.approx([0.06, 0.06])
    assert break_even_power_price(0.06, 15.0, 0.1) == 0
    coin = break_even_coin_price(THREE, 450.0)
    for miner in range(3):
        assert mining_day(THREE, 450 * coin[miner], everybody=True).profit[miner] == pytest.approx(0, abs=1e-9)
    assert break_even_coin_price(THREE, np.array([450.0, 900.0]))[1] == pytest.approx(coin / 2)


def test_over_time_cheap_power_gathers_the_hashrate():
    path = simulate_mining(THREE, np.full(60, 40.0), 20.0, 0.8, wear=0.02)
    assert path.hashrate.shape == (61, 3)
    assert gini(path.hashrate[-1]) > gini(path.hashrate[0]) + 0.2
    assert path.hashrate[-1].argmax() == 0
    assert path.running[-1, 2] == pytest.approx(0, abs=1e-9)
    equal = simulate_mining(Miners([100.0] * 3, 0.08, 30.0), np.full(60, 40.0), 20.0, 0.8, wear=0.02)
    assert gini(equal.hashrate[-1]) == pytest.approx(0, abs=1e-12)


def test_over_time_every_dollar_is_accounted_for():
    random = np.random.default_rng(2)
    miners = Miners(random.uniform(1, 10, (4, 6)), random.uniform(0.02, 0.2, 6), 30.0, 0.001)
    reward = random.uniform(1, 5, (12, 4))
    part = random.uniform(0, 1, 6)
    path = simulate_mining(miners, reward, 15.0, part, wear=0.05, days=30.0)
    assert path.revenue.sum(axis=-1) == pytest.approx(reward * 30, rel=1e-12)
    assert path.withdrawn + path.invested + path.cost == pytest.approx(path.revenue)
    assert np.all(path.withdrawn >= -1e-9)
    grown = path.hashrate[:-1] * 0.95 + path.invested / 15
    assert path.hashrate[1:] == pytest.approx(grown, rel=1e-14)
    alone = simulate_mining(Miners(*(term[2] for term in miners)), reward[:, 2], 15.0, part, wear=0.05)
    assert alone.hashrate == pytest.approx(path.hashrate[:, 2], rel=1e-12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Miners([1, -1], 1, 1), r"hashrate\[1\] = -1 is outside the allowed range \[0, inf\)"),
        (lambda: Miners(1, -1, 1), r"power_price = -1"),
        (lambda: Miners(1, 1, -1), r"efficiency = -1"),
        (lambda: Miners(1, 1, 1, -1), r"fixed_cost = -1"),
        (lambda: Miners([1, 2], [1, 2, 3], 1), r"shapes do not fit together: hashrate \(2,\), power_price \(3,\)"),
        (lambda: mining_day(THREE, -1), r"reward = -1"),
        (lambda: mining_day(Miners(5e-324, 0, 1), 1e9), r"unit_revenue = inf is outside"),
        (lambda: daily_reward(-1, 1), r"coin_price = -1"),
        (lambda: daily_reward(1, -1), r"subsidy = -1"),
        (lambda: daily_reward(1, 1, -1), r"fees = -1"),
        (lambda: daily_reward(1, 1, 1, -1), r"blocks = -1"),
        (lambda: break_even_power_price(-1, 1), r"unit_revenue = -1"),
        (lambda: break_even_power_price(1, 0), r"efficiency = 0 is outside the allowed range \(0, inf\)"),
        (lambda: break_even_coin_price(THREE, 0), r"coins_per_day = 0"),
        (lambda: break_even_coin_price(Miners(0.0, 1, 1), 1), r"total hashrate = 0 is outside"),
        (lambda: simulate_mining(THREE, [], 1, 0), r"reward is empty"),
        (lambda: simulate_mining(THREE, [1.0], 0, 0), r"machine_price = 0"),
        (lambda: simulate_mining(THREE, [1.0], 1, 1.5), r"reinvested = 1.5 is outside the allowed range \[0, 1\]"),
        (lambda: simulate_mining(THREE, [1.0], 1, [0.5, -1, 0]), r"reinvested\[1\] = -1"),
        (lambda: simulate_mining(THREE, [1.0], 1, 0, wear=1.0), r"wear = 1 is outside the allowed range \[0, 1\)"),
        (lambda: simulate_mining(THREE, [1.0], 1, 0, days=0), r"days = 0"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
