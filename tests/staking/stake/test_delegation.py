import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.staking import Validator, net_staking_return, restaked_growth, solo_validators
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


def test_rewards_lie_idle_until_they_fill_a_step():
    assert restaked_growth(0.12, 1.0, 2) == pytest.approx(1.01**24)
    assert restaked_growth(0.12, 32, 5, step=32) == pytest.approx(1.6)  # less than two validators: no compounding
    assert restaked_growth(0.12, 31.9, 5, step=32) == 1  # nothing earns
    # 48 of 64 earn at first nothing more than one step; after 50 months at 0.32 the second one is full.
    assert restaked_growth(0.12, 48, 5, step=32) == pytest.approx((48 + 50 * 0.32 + 10 * 0.64) / 48)
    assert restaked_growth(0.12, 1e6, 10, step=1) == pytest.approx(1.01**120, rel=1e-5)
    assert restaked_growth(0.1, 5.0, 0) == restaked_growth(0.0, 5.0, 3, step=2) == 1


def test_restaking_in_steps_agrees_for_arrays_and_refuses_what_is_outside():
    rates, steps = np.array([0.02, 0.05, 0.5]), np.array([0.0, 1.0, 32.0])
    one_by_one = [restaked_growth(rate, 100.0, 7, step) for rate, step in zip(rates, steps, strict=True)]
    assert restaked_growth(rates, 100.0, 7, steps) == pytest.approx(one_by_one, rel=1e-12)
    right = {"rate": 0.1, "stake": 10.0, "years": 1, "step": 0.0, "periods": 12}
    for name, bad in {"rate": -0.1, "stake": 0.0, "years": -1, "step": -1.0, "periods": 0}.items():
        assert_refuses(lambda name=name, bad=bad: restaked_growth(**right | {name: bad}), name)
    assert_refuses(lambda: restaked_growth(1e300, 1e300, 10), "the stake at the end")
    assert_refuses(lambda: restaked_growth([0.1, 0.2], [1.0, 2.0, 3.0], 1), "shape")
