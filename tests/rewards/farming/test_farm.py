from __future__ import annotations

from time import process_time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.rewards import RewardFarm, StakingRewards


def test_reference_value_of_two_stakers():
    farm = RewardFarm([100.0, 0.0]).distribute(100.0).farm.stake([0.0, 300.0]).farm.distribute(100.0).farm
    assert farm.pending.tolist() == [125.0, 75.0]


def test_a_first_stake_of_one_wei_takes_no_digit_from_those_who_follow():
    farm = RewardFarm([1e-18, 0.0]).distribute(1e9).farm.stake([0.0, 1e6]).farm
    for _ in range(365):
        farm = farm.distribute(1e-3).farm
    assert farm.pending[0] == pytest.approx(1e9, rel=1e-15)
    assert farm.pending[1] == pytest.approx(0.365, rel=1e-13)


@pytest.mark.parametrize("size", [5e-324, 1e-300, 1e-18, 1.0, 1e18, 1e300])
def test_tiny_and_huge_stakes_share_alike(size):
    farm = RewardFarm([size, size]).distribute(10.0).farm
    assert farm.pending.tolist() == [5.0, 5.0]


def test_what_is_emitted_while_nobody_is_staked_belongs_to_nobody():
    farm = RewardFarm([0.0, 0.0]).distribute(7.0).farm
    assert farm.undistributed == 7.0
    assert farm.pending.tolist() == [0.0, 0.0]
    assert farm.stake([0.0, 1.0]).farm.distribute(3.0).farm.pending.tolist() == [0.0, 3.0]


def test_leaving_keeps_what_was_earned():
    farm = RewardFarm([1.0, 3.0]).distribute(4.0).farm.withdraw([1.0, 0.0]).farm.distribute(4.0).farm
    change = farm.claim([True, False])
    assert change.paid.tolist() == [1.0, 0.0]
    assert change.farm.pending.tolist() == [0.0, 7.0]


def test_scenarios_agree_with_single_farms():
    random = np.random.default_rng(1)
    stakes, emissions = random.random((5, 3)), random.random(5)
    stakes[2] = 0.0
    together = RewardFarm(stakes).distribute(emissions).farm.stake([1.0, 0.0, 2.0]).farm.distribute(2.0)
    for row, emission in enumerate(emissions):
        alone = RewardFarm(stakes[row]).distribute(emission).farm.stake([1.0, 0.0, 2.0]).farm.distribute(2.0).farm
        np.testing.assert_array_equal(together.farm.pending[row], alone.pending)
        assert together.farm.undistributed[row] == alone.undistributed
    assert together.farm.total_staked.shape == (5,)


def test_it_agrees_with_the_contract_in_integers():
    token, day = 10**18, 86_400
    contract = StakingRewards(30 * day).fund(3000 * token).contract.stake("0", 100 * token).contract
    contract = contract.notify_reward(3000 * token).contract
    farm = RewardFarm([100.0, 0.0, 0.0])
    for number, amount in ((1, 50), (2, 1250)):
        contract = contract.after(10 * day).stake(str(number), amount * token).contract
        farm = farm.distribute(1000.0).farm.stake(np.where(np.arange(3) == number, float(amount), 0.0)).farm
    contract, farm = contract.after(10 * day), farm.distribute(1000.0).farm
    np.testing.assert_allclose(farm.pending, [contract.earned(name) / token for name in "012"], rtol=1e-13)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda f: RewardFarm([1.0, -2.0]), r"stakes\[1\] = -2 is outside the allowed range \[0, inf\)"),
        (lambda f: RewardFarm([1.0, 2.0], [1.0, 2.0, 3.0]), r"shapes do not fit together: stakes \(2,\), pending"),
        (lambda f: RewardFarm([1.0, 2.0], 0.0, [1.0, 2.0]), r"undistributed has shape \(2,\)"),
        (lambda f: RewardFarm([1.0], -1.0), r"pending = -1"),
        (lambda f: RewardFarm([1e308, 1e308]).distribute(1.0), r"total of stakes = inf"),
        (lambda f: f.distribute(-1.0), r"emission = -1"),
        (lambda f: f.distribute([1.0, 2.0]), r"emission has shape \(2,\): allowed is one number"),
        (lambda f: f.stake([1.0, -1.0]), r"amounts\[1\] = -1"),
        (lambda f: f.stake([[1.0], [2.0]]), r"amounts has shape \(2, 1\): allowed is one per farmer \(2,\)"),
        (lambda f: f.withdraw([0.0, 3.5]), r"amounts\[1\] = 3.5 is outside the allowed range \[0, "),
        (lambda f: f.withdraw([1.0, 1.0, 1.0]), r"shapes do not fit together"),
        (lambda f: f.withdraw([-1.0, 0.0]), r"amounts\[0\] = -1 is outside the allowed range \[0, "),
        (lambda f: f.withdraw("all"), r"amounts = 'all' is not a number"),
        (lambda f: f.claim([1, 0]), r"who has values of type int64: allowed are true and false"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message), np.errstate(over="ignore"):
        action(RewardFarm([1.0, 3.0]))


SIZES = st.lists(st.floats(0.0, 1e12), min_size=3, max_size=3)
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("distribute"), st.floats(0.0, 1e9)),
        st.tuples(st.just("stake"), SIZES),
        st.tuples(st.just("withdraw"), SIZES),
        st.tuples(st.just("claim"), st.lists(st.booleans(), min_size=3, max_size=3)),
    ),
    max_size=30,
)


@settings(max_examples=60, deadline=None)
@given(ACTIONS, st.booleans())
def test_nothing_is_created(actions, always_staked):
    farm = RewardFarm([1e-18 if always_staked else 0.0, 0.0, 0.0, 0.0])
    ledger = Ledger({"farmers": "farmer", "farm": "protocol"})
    emitted = 0.0
    paid = np.zeros(4)
    for name, argument in actions:
        if isinstance(argument, list):
            argument = np.array([False if name == "claim" else 0.0, *argument])
        if name == "withdraw":
            argument = np.minimum(argument, farm.stakes)
        change = getattr(farm, name)(argument)
        ledger.book(change.transfers)
        farm, emitted, paid = change.farm, emitted + change.emitted, paid + change.paid
        assert np.all(farm.pending >= 0)
        assert np.all(farm.stakes >= 0)
    rounding = 1e-13 * emitted + 1e-320  # a few of the least steps of floats
    assert np.sum(paid) + np.sum(farm.pending) + farm.undistributed == pytest.approx(emitted, abs=rounding)
    assert not always_staked or farm.undistributed == 0
    ledger.check_conserved()
    ledger.reconcile("farm", {"reward token": np.sum(farm.pending) + farm.undistributed})


def test_a_year_of_a_hundred_thousand_farmers_is_fast():
    random = np.random.default_rng(1)
    farm = RewardFarm(random.pareto(1.2, 100_000))
    enter, leave = random.random((2, 100_000))
    claimed = 0.0
    started = process_time()
    for day in range(365):
        farm = farm.distribute(1000.0).farm
        farm = farm.stake(np.where(enter < 0.01, day * enter, 0.0)).farm
        farm = farm.withdraw(np.where(leave < 0.01, farm.stakes * leave, 0.0)).farm
        claim = farm.claim(random.random(100_000) < 0.1)
        farm, claimed = claim.farm, claimed + np.sum(claim.paid)
    seconds = process_time() - started
    assert claimed + np.sum(farm.pending) == pytest.approx(365_000.0, rel=1e-12)
    # Below 1 s on an idle machine, which `make bench` measures; here others may be running.
    assert seconds < 5.0
