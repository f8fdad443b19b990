from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.rewards import Staker, StakingRewards
from tests.support.vectors import FOLDER

TOKEN = 10**18
VECTORS = FOLDER / "synthetix_staking.json"
CASES = json.loads(VECTORS.read_text())["cases"]


def contract_in(state):
    users = {
        name: Staker(int(user["staked"]), int(user["rewards_stored"]), int(user["reward_per_token_paid"]))
        for name, user in state["users"].items()
    }
    return StakingRewards(
        int(state["rewards_duration"]),
        users,
        time=int(state["block_timestamp"]),
        reward_rate=int(state["reward_rate"]),
        period_finish=int(state["period_finish"]),
        last_update_time=int(state["last_update_time"]),
        reward_per_token_stored=int(state["reward_per_token_stored"]),
        reward_balance=int(state["reward_balance"]),
    )


def act(contract, operation, inputs):
    """The contract after one operation of the vectors, and what it paid."""
    arguments = {name: int(value) if name != "user" else value for name, value in inputs.items()}
    if operation == "warp":
        return contract.after(**arguments), 0
    change = getattr(contract, {"get_reward": "claim"}.get(operation, operation))(**arguments)
    return change.contract, change.paid


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_step_matches_the_contract(case):
    before, after = case["state_before"], case["state_after"]
    contract = contract_in(before)
    if case["outputs"]["reverted"]:
        with pytest.raises(ValueError):
            act(contract, case["op"], case["inputs"])
        assert contract == contract_in(after)
        return
    result, paid = act(contract, case["op"], case["inputs"])
    assert result == contract_in(after)
    assert result.total_staked == int(after["total_supply"])
    assert result.reward_per_token == int(after["reward_per_token"])
    for name, user in after["users"].items():
        assert result.earned(name) == int(user["earned"])
        received = int(user["reward_token_balance"]) - int(before["users"][name]["reward_token_balance"])
        assert received == (paid if case["inputs"].get("user") == name else 0)


def test_the_whole_sequence_matches_the_contract():
    contract = contract_in(CASES[0]["state_before"])
    for case in CASES:
        funded = int(case["state_before"]["reward_balance"]) - contract.reward_balance
        contract = act(contract.fund(funded).contract, case["op"], case["inputs"])[0]
        assert contract == contract_in(case["state_after"])


def stream(duration=200, reward=200 * TOKEN, **arguments):
    contract = StakingRewards(duration, **arguments).fund(reward).contract
    return contract.notify_reward(reward).contract


def test_reference_value_of_two_stakers():
    contract = stream().stake("A", 100 * TOKEN).contract
    contract = contract.after(100).stake("B", 300 * TOKEN).contract.after(100)
    assert (contract.earned("A"), contract.earned("B")) == (125 * TOKEN, 75 * TOKEN)


def test_a_first_stake_of_one_unit_takes_no_digit_from_those_who_follow():
    contract = stream().stake("tiny", 1).contract.after(100)
    contract = contract.stake("large", 10**24 - 1).contract.after(50)
    assert contract.earned("tiny") == 100 * TOKEN + 50 * TOKEN // 10**24
    # The contract's own floor costs the large staker up to total/10¹⁸ smallest units, no more.
    assert 0 <= 50 * TOKEN - contract.earned("large") <= 10**6


def test_what_is_streamed_while_nobody_is_staked_stays_in_the_contract():
    contract = stream().after(120).stake("late", TOKEN).contract.after(1000)
    change = contract.claim("late")
    assert change.paid == 80 * TOKEN
    assert change.contract.reward_balance == 120 * TOKEN


def test_a_second_notice_adds_what_is_left_and_starts_a_new_period():
    contract = stream().stake("A", TOKEN).contract.after(50).fund(50 * TOKEN).contract
    contract = contract.notify_reward(50 * TOKEN).contract
    assert contract.reward_rate == TOKEN
    assert contract.period_finish == 250


def test_duration_changes_only_after_the_period():
    contract = stream()
    with pytest.raises(ValueError, match=r"time = 200 is within a period: allowed is a time after 200"):
        contract.after(200).set_rewards_duration(7)
    assert contract.after(201).set_rewards_duration(7).contract.rewards_duration == 7


def test_a_user_who_never_came_has_earned_nothing():
    contract = stream().after(10)
    assert contract.earned("nobody") == 0
    assert contract.claim("nobody").paid == 0
    assert contract.claim("nobody").transfers == ()


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda c: c.stake("A", 0), r"amount = 0 is outside the allowed range: an integer >= 1"),
        (lambda c: c.stake("A", 1.5), r"amount = 1\.5"),
        (lambda c: c.stake("A", -1), r"amount = -1"),
        (lambda c: c.withdraw("A", 11), r"amount = 11 is outside the allowed range: whole numbers from 1 to 10"),
        (lambda c: c.withdraw("B", 1), r"amount = 1 .* from 1 to 0"),
        (lambda c: c.exit("B"), r"user = 'B' has staked 0"),
        (lambda c: c.after(-1), r"seconds = -1"),
        (lambda c: c.fund(-1), r"amount = -1"),
        (lambda c: c.notify_reward(-1), r"reward = -1"),
        (lambda c: c.notify_reward(1000), r"reward = 1000 is too high .* from 0 to 9$"),
        (lambda c: c._replace(reward_balance=0).notify_reward(0), r"none before the contract is funded"),
        (lambda c: c._replace(reward_balance=0).after(9).claim("A"), r"reward_balance = 0 cannot pay 9"),
        (lambda c: c.set_rewards_duration(0), r"rewards_duration = 0"),
        (lambda c: StakingRewards(0), r"rewards_duration = 0"),
        (lambda c: StakingRewards(time=5, last_update_time=6), r"last_update_time = 6 .* from 0 to 0"),
        (lambda c: StakingRewards(users={"A": Staker(-1)}), r"users\['A'\].staked = -1"),
        (lambda c: StakingRewards(users={"A": Staker(1, 0, 5)}), r"reward_per_token_paid = 5 .* from 0 to 0"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    contract = stream(10, 10).stake("A", 10).contract
    with pytest.raises(ValueError, match=message):
        action(contract)
    assert contract == stream(10, 10).stake("A", 10).contract


USERS = st.sampled_from("ABC")
AMOUNTS = st.one_of(st.just(1), st.integers(1, 10**6), st.integers(10**18, 10**27))
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("stake"), USERS, AMOUNTS),
        st.tuples(st.just("withdraw"), USERS, AMOUNTS),
        st.tuples(st.just("claim"), USERS),
        st.tuples(st.just("exit"), USERS),
        st.tuples(st.just("after"), st.integers(0, 10**6)),
        st.tuples(st.just("notify_reward"), st.integers(0, 10**27)),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(ACTIONS)
def test_nothing_is_created(actions):
    contract = StakingRewards(1000)
    ledger = Ledger({name: "staker" for name in "ABC"} | {"staking rewards": "protocol", "distributor": "protocol"})
    funded = moved = 0
    for name, *arguments in actions:
        if name == "after":
            contract = contract.after(*arguments)
            continue
        if name == "notify_reward":
            change = contract.fund(*arguments)
            ledger.book(change.transfers)
            funded += arguments[0]
            contract = change.contract
        if name in ("withdraw", "exit"):
            staked = contract.staker(arguments[0]).staked
            if not staked:
                continue
            arguments[1:] = [min(amount, staked) for amount in arguments[1:]]
        change = getattr(contract, name)(*arguments)
        ledger.book(change.transfers)
        contract = change.contract
        owed = sum(contract.earned(user) for user in "ABC")
        assert owed <= contract.reward_balance
        moved += abs(change.staked)
        # The ledger is in floats.
        booked = ledger.balance("staking rewards", "staked token")
        assert abs(booked - contract.total_staked) <= 1e-12 * moved
    ledger.check_conserved()
    paid = sum(ledger.balance(user, "reward token") for user in "ABC")
    assert paid + contract.reward_balance == pytest.approx(funded, rel=1e-12)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(USERS, AMOUNTS, st.integers(0, 300)), min_size=1, max_size=12))
def test_all_is_paid_but_dust_if_somebody_is_always_staked(stakes):
    contract = stream(1000, 1000 * TOKEN).stake("D", 1).contract
    for user, amount, seconds in stakes:
        contract = contract.stake(user, amount).contract.after(seconds)
    contract = contract.after(10**6)
    for user in "ABCD":
        contract = contract.claim(user).contract
    # Each settlement floors the reward per token (worth total/10¹⁸) and each user's part of it.
    assert contract.reward_balance <= (len(stakes) + 2) * (contract.total_staked // 10**18 + 1 + 4)
