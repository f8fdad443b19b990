"""What happens exactly at a boundary that floats miss by their rounding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import (
    Miners,
    Validator,
    confirmations_needed,
    custody_risk,
    double_spend_probability,
    mining_day,
    pay_for_gas,
    pool_income,
    simulate_stakes,
    solo_validators,
)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 1000), st.integers(1, 400), st.sampled_from([10, 100, 3, 7]))
def test_validators_of_any_unit_are_those_of_whole_numbers(stake, minimum, unit):
    assert solo_validators(stake / unit, minimum / unit) == stake // minimum


def test_validators():
    assert solo_validators(0.3, 0.1) == 3
    np.testing.assert_array_equal(solo_validators(np.array([0.3, 0.7, 0.65]), 0.1), [3, 7, 6])
    with pytest.raises(ValueError, match="stake/minimum"):
        solo_validators(1e308, 1e-308)


def test_a_delegator_who_takes_all_back_leaves_nothing():
    validator = Validator(1.0, [0.1, 0.3]).delegate([0.2, 0.0]).validator
    assert list(validator.undelegate([0.3, 0.3]).validator.delegated) == [0.0, 0.0]
    for _ in range(3):
        validator = validator.undelegate([0.0, 0.1]).validator
    assert validator.delegated[1] == 0.0
    with pytest.raises(ValueError, match="amounts"):
        validator.undelegate([0.0, 1e-9])


def test_at_the_minimum_no_pool_is_needed():
    history = simulate_stakes([0.7 + 0.1], 1.0, 1, 1, np.random.default_rng(1), minimum=0.8, pool_fee=0.5)
    assert history.fees[0, 0] == 0.0


def test_costs_that_use_up_a_stake_leave_nothing_that_could_win():
    history = simulate_stakes([0.7, 5.0], 0.0, 7, 1, np.random.default_rng(1), cost=[0.1, 0.0])
    assert history.stakes[0, 0] == 0.0
    assert history.costs[0, 0] == pytest.approx(0.7, rel=1e-14)


def test_an_offer_at_the_base_fee_is_included():
    assert pay_for_gas(1.0, 0.1 + 0.2, 0.3, 1.0).included


def test_a_miner_for_whom_nothing_is_left_does_not_run():
    day = mining_day(Miners([0.1, 0.2, 1.0], [0.0, 0.0, 1.0], 0.0, [0.0, 0.0, 1.0]), 0.1 + 0.2 + 4e-17)
    assert day.running[2] == 0.0


def test_confirmations_at_exactly_the_accepted_risk():
    assert confirmations_needed(0.25, 0.5) == 1  # 1/4 + 3/16 + 1/16
    for blocks in (1, 2, 6, 20, 100):
        for attacker in (0.1, 0.25, 0.4):
            assert confirmations_needed(attacker, double_spend_probability(attacker, blocks) * (1 - 1e-15)) == blocks


def test_more_confirmations_than_the_limit_are_refused():
    assert confirmations_needed(0.1, 0.001, limit=6) == 6
    with pytest.raises(ValueError, match="limit = 5"):
        confirmations_needed(0.1, 0.001, limit=5)


def test_chances_that_add_up_to_one():
    risk = custody_risk(0.9, 0.1, 1)
    assert risk.stolen == pytest.approx(0.1)
    assert risk.safe == pytest.approx(0.0, abs=1e-15)
    assert risk.safe >= 0.0
    assert pool_income(0.1 + 0.2, 0.3, 10.0, 1.0).mean == pytest.approx(3.0)
