import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.staking import Validator, net_staking_return, solo_validators
from tests.support.contracts import assert_refuses


def test_reward_with_commission():
    reward = Validator(100.0, [300.0, 600.0], 0.1).reward(50.0)
    assert reward.own == pytest.approx(5)
    assert reward.commission == pytest.approx(4.5)
    assert reward.delegators == pytest.approx([13.5, 27])
    assert reward.validator.stake == 1000
    restaked = Validator(100.0, [300.0, 600.0], 0.1).reward(50.0, 1.0)
    assert restaked.validator.stake == pytest.approx(1050)
    assert restaked.validator.own == pytest.approx(109.5)


amounts = st.floats(0, 1e12)
ratios = st.floats(0, 1)


@given(amounts, st.lists(amounts, min_size=1, max_size=5), ratios, amounts, ratios, ratios)
def test_nothing_is_created(own, delegated, commission, amount, restaked, fraction):
    validator = Validator(own, delegated, commission)
    reward = validator.reward(amount, restaked)
    paid = reward.own + reward.commission + reward.delegators.sum()
    assert paid == pytest.approx(amount, rel=1e-9)
    scale = validator.stake + amount
    assert reward.validator.stake - validator.stake == pytest.approx(restaked * amount, rel=1e-9, abs=1e-12 * scale)
    slashing = validator.slash(fraction)
    burned = slashing.own + slashing.delegators.sum()
    assert burned == pytest.approx(fraction * validator.stake, rel=1e-9)
    assert slashing.validator.stake + burned == pytest.approx(validator.stake, rel=1e-9)
    added = validator.delegate(amount)
    assert added.validator.stake == pytest.approx(validator.stake + amount * len(delegated), rel=1e-9)
    assert validator.undelegate(delegated).validator.stake == own


def test_the_operator_earns_more_per_token_than_those_who_delegate():
    validator = Validator(100.0, [900.0], 0.1)
    for _ in range(50):
        validator = validator.reward(10.0, 1.0).validator
    assert validator.own / validator.stake > 0.1
    assert Validator(100.0, [900.0]).reward(500.0, 1.0).validator.own == pytest.approx(150)


def test_scenarios_agree_with_single_runs():
    random = np.random.default_rng(1)
    own, delegated, commission = random.uniform(0, 10, 4), random.uniform(0, 10, (4, 3)), random.uniform(0, 1, 4)
    amount, restaked = random.uniform(0, 5, 4), random.uniform(0, 1, 4)
    together = Validator(own, delegated, commission).reward(amount, restaked)
    for i in range(4):
        alone = Validator(own[i], delegated[i], commission[i]).reward(amount[i], restaked[i])
        assert alone.delegators == pytest.approx(together.delegators[i], rel=1e-14)
        assert alone.commission == pytest.approx(together.commission[i], rel=1e-14)
        assert alone.validator.own == pytest.approx(together.validator.own[i], rel=1e-14)
    assert Validator(1.0, [1.0]).reward(np.array([1.0, 2.0])).delegators.shape == (2, 1)
    assert Validator(1.0, [1.0]).slash(np.array([0.1, 0.2])).validator.stake == pytest.approx([1.8, 1.6])


def test_nobody_staked():
    reward = Validator(0.0, [0.0]).reward(5.0)
    assert (reward.own, reward.commission, reward.delegators.tolist()) == (5, 0, [0])


def test_small_stakers_pay_more():
    assert solo_validators(np.array([31.9, 32.0, 100.0])).tolist() == [0, 1, 3]
    rate = net_staking_return(0.03, np.array([32.0, 32_000.0]), fixed_cost=0.5)
    assert rate == pytest.approx([0.03 - 0.5 / 32, 0.03 - 0.5 / 32_000])
    assert net_staking_return(0.03, 1.0, 0.1) == pytest.approx(0.027)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Validator(-1, [1]), r"own = -1"),
        (lambda: Validator(1, [1, -1]), r"delegated\[1\] = -1 is outside the allowed range \[0, inf\)"),
        (lambda: Validator(1, [1], 1.1), r"commission = 1.1 is outside the allowed range \[0, 1\]"),
        (lambda: Validator([1, 2], np.ones((3, 2))), r"shapes do not fit together: own \(2,\)"),
        (lambda: Validator(1, [1]).reward(-1), r"amount = -1"),
        (lambda: Validator(1, [1]).reward(1, 1.1), r"restaked = 1.1"),
        (lambda: Validator(1, [1]).slash(1.1), r"fraction = 1.1"),
        (lambda: Validator(1, [1]).delegate(-1), r"amounts = -1"),
        (lambda: Validator(1, [1, 2]).undelegate([1, 3]), r"amounts\[1\] = 3 is outside the allowed range"),
        (lambda: solo_validators(-1), r"stake = -1"),
        (lambda: solo_validators(1, 0), r"minimum = 0"),
        (lambda: net_staking_return(-1, 1), r"gross = -1"),
        (lambda: net_staking_return(1, 0), r"stake = 0"),
        (lambda: net_staking_return(1, 1, 2), r"commission = 2"),
        (lambda: net_staking_return(1, 1, 0, -1), r"fixed_cost = -1"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
