from __future__ import annotations

import numpy as np
import pytest

from defi_lib.rewards import farm_outcomes, summarise, yield_sources


def test_without_chance_it_is_the_sum_of_its_sources():
    price = np.linspace(2.0, 1.0, 10_001)
    outcome = farm_outcomes(price, emission_yield=0.8, fee_yield=0.05, capital=100.0, gas=2.0, harvests=4)
    assert outcome.fees == pytest.approx(5.0, rel=1e-12)
    assert outcome.emissions == pytest.approx(80.0, rel=1e-12)
    assert outcome.reward_price_change == pytest.approx(100 * yield_sources(0, 0.8, -0.5)[2], rel=1e-3)
    assert outcome.gas == -8.0
    assert outcome.failure == 0.0
    assert outcome.profit == pytest.approx(5 + 80 - 20 - 8, rel=1e-3)
    assert outcome.returns == outcome.profit / 100


def test_holding_takes_the_last_price():
    outcome = farm_outcomes([1.0, 5.0, 0.5], [1.0, 3.0, 2.0], emission_yield=1.0, sold=0.0)
    assert outcome.reward_price_change == pytest.approx(-0.5)
    assert outcome.deposit_price_change == pytest.approx(1.0)


def test_failures_take_the_deposit_at_the_price_of_that_time():
    random = np.random.default_rng(5)
    price = np.ones((11, 20_000))
    deposit = np.linspace(1.0, 2.0, 11)[:, np.newaxis]
    outcome = farm_outcomes(price, deposit, emission_yield=0.0, failure_rate=0.7, loss=0.5, years=2.0, rng=random)
    failed = outcome.failure < 0
    assert np.mean(failed) == pytest.approx(1 - np.exp(-1.4), abs=0.02)
    worth = 1 + outcome.deposit_price_change
    np.testing.assert_allclose(outcome.failure[failed], -0.5 * worth[failed], rtol=1e-14)
    assert np.all(worth[~failed] == 2.0)
    # Who fails in the first of ten steps of a fifth of a year holds a deposit at the first step's price.
    assert np.mean(np.isclose(worth, 1.1)) == pytest.approx(1 - np.exp(-0.14), abs=0.01)


def test_rewards_stop_with_the_farm():
    random = np.random.default_rng(5)
    outcome = farm_outcomes(np.ones((101, 5000)), emission_yield=1.0, failure_rate=1.0, rng=random)
    assert np.mean(outcome.emissions) == pytest.approx(1 - np.exp(-1), abs=0.02)
    assert np.all(outcome.emissions[outcome.failure == 0] == pytest.approx(1.0))


def test_a_few_win_big():
    random = np.random.default_rng(3)
    growth = np.exp(np.cumsum(random.normal(-2.0 / 365, 2.0 / np.sqrt(365), (365, 20_000)), axis=0))
    price = np.concatenate([np.ones((1, 20_000)), growth])
    shape = summarise(farm_outcomes(price, price, emission_yield=0.5, sold=0.0).returns)
    assert shape.mean > 0 > shape.median
    assert shape.losing > 0.5
    assert shape.best_tenth_of_gains > 0.5
    assert shape.skewness > 2


def test_the_same_seed_gives_the_same_outcome():
    outcomes = [
        farm_outcomes(np.ones((5, 9)), emission_yield=1.0, failure_rate=1.0, rng=np.random.default_rng(2))
        for _ in range(2)
    ]
    assert np.array_equal(outcomes[0].profit, outcomes[1].profit)


def test_scenarios_agree_with_single_paths():
    random = np.random.default_rng(1)
    reward, deposit = 1 + random.random((2, 6, 4))
    together = farm_outcomes(reward, deposit, emission_yield=[1.0, 0.8, 0.6, 0.4, 0.2], sold=0.3, capital=7.0)
    for row in range(4):
        alone = farm_outcomes(
            reward[:, row], deposit[:, row], emission_yield=[1.0, 0.8, 0.6, 0.4, 0.2], sold=0.3, capital=7.0
        )
        assert together.profit[row] == pytest.approx(alone.profit, rel=1e-14)


def test_summary_of_known_returns():
    shape = summarise(np.append(np.zeros(9), 10.0))
    assert shape[:5] == (1.0, 0.0, 0.0, 0.0, 1.0)
    assert shape.skewness == pytest.approx(8 / 3, rel=1e-14)
    assert summarise([-0.5, -0.5]).skewness == 0.0
    assert summarise([-0.5, -0.5]).best_tenth_of_gains == 0.0
    assert summarise([1e-200, 3e-200, 1e-200]).skewness == pytest.approx(2**-0.5, rel=1e-12)
    assert summarise([[1.0, -1.0], [2.0, 4.0]]).losing.tolist() == [0.5, 0.0]


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: farm_outcomes(1.0, emission_yield=1.0), r"reward_price has 1 entry: allowed are 2 or more"),
        (lambda: farm_outcomes([0.0, 1.0], emission_yield=1.0), r"reward_price\[0\] = 0"),
        (lambda: farm_outcomes([1.0, -1.0], emission_yield=1.0), r"reward_price\[1\] = -1"),
        (lambda: farm_outcomes([1.0, 1.0], [1.0] * 3, emission_yield=1.0), r"deposit_price has 3 entries: .* 1, or 2"),
        (lambda: farm_outcomes([1.0, 1.0], emission_yield=-1.0), r"emission_yield = -1"),
        (lambda: farm_outcomes([1.0, 1.0], emission_yield=[1.0, 1.0]), r"emission_yield has shape \(2,\)"),
        (lambda: farm_outcomes([1.0, 1.0], emission_yield=1.0, fee_yield=-1.0), r"fee_yield = -1"),
        (lambda: farm_outcomes([1.0, 1.0], emission_yield=1.0, capital=0.0), r"capital = 0"),
        (lambda: farm_outcomes([1.0, 1.0], emission_yield=1.0, sold=2.0), r"sold = 2"),
        (lambda: farm_outcomes([1.0, 1.0], emission_yield=1.0, gas=-2.0), r"gas = -2"),
        (lambda: farm_outcomes([1.0, 1.0], emission_yield=1.0, harvests=-1), r"harvests = -1"),
        (lambda: farm_outcomes([1.0, 1.0], emission_yield=1.0, failure_rate=1.0), r"rng = None"),
        (lambda: farm_outcomes([1.0, 1.0], emission_yield=1.0, failure_rate=-1.0), r"failure_rate = -1"),
        (lambda: farm_outcomes([1.0, 1.0], emission_yield=1.0, loss=1.1), r"loss = 1.1"),
        (lambda: farm_outcomes([1.0, 1.0], emission_yield=1.0, years=0.0), r"years = 0"),
        (lambda: summarise([]), r"returns is empty"),
        (lambda: summarise([1.0, np.inf]), r"returns\[1\] = inf"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()
