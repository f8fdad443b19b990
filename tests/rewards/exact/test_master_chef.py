from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.rewards import ChefPool, Farmer, MasterChef
from tests.support.vectors import FOLDER

TOKEN = 10**18
VECTORS = FOLDER / "sushi_masterchef.json"
CASES = json.loads(VECTORS.read_text())["cases"]


def pool_in(pool):
    users = {name: Farmer(int(user["amount"]), int(user["reward_debt"])) for name, user in pool["users"].items()}
    numbers = [int(pool[key]) for key in ("alloc_point", "last_reward_block", "acc_sushi_per_share_1e12", "lp_supply")]
    # The contract does not distinguish a user it never met from one without deposit.
    return ChefPool(*numbers, {name: user for name, user in users.items() if user != Farmer()})


def met(chef):
    pools = (
        pool._replace(users={name: user for name, user in pool.users.items() if user != Farmer()})
        for pool in chef.pools
    )
    return chef._replace(pools=tuple(pools))


def chef_in(params, state):
    return MasterChef(
        int(params["sushi_per_block"]),
        [pool_in(pool) for pool in state["pools"]],
        block=int(state["block_number"]),
        start_block=int(params["start_block"]),
        bonus_end_block=int(params["bonus_end_block"]),
        bonus_multiplier=int(params["bonus_multiplier"]),
        reward_balance=int(state["sushi_balance"]["masterchef"]),
    )


def act(chef, operation, inputs):
    names = {"pid": "pool"}
    words = ("user", "with_update")
    arguments = {names.get(n, n): value if n in words else int(value) for n, value in inputs.items()}
    if operation == "blocks":
        return chef.after(**arguments)._unchanged()
    return getattr(chef, {"mass_update": "update_all"}.get(operation, operation))(**arguments)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_step_matches_the_contract(case):
    before, after = case["state_before"], case["state_after"]
    chef, want = chef_in(case["params"], before), chef_in(case["params"], after)
    if case["outputs"]["reverted"]:
        with pytest.raises(ValueError, match="amount"):
            act(chef, case["op"], case["inputs"])
        assert chef == want
        return
    change = act(chef, case["op"], case["inputs"])
    assert met(change.chef) == want
    assert change.chef.total_alloc_point == int(after["total_alloc_point"])
    assert change.minted + change.dev_minted == int(after["sushi_supply"]) - int(before["sushi_supply"])
    assert change.dev_minted == int(after["sushi_balance"]["dev"]) - int(before["sushi_balance"]["dev"])
    for name in ("alice", "bob", "carol"):
        received = int(after["sushi_balance"][name]) - int(before["sushi_balance"][name])
        assert received == (change.paid if case["inputs"].get("user") == name else 0)
        for number, pool in enumerate(after["pools"]):
            assert change.chef.pending(name, number) == int(pool["users"][name]["pending"])


def test_the_whole_sequence_matches_the_contract():
    chef = chef_in(CASES[0]["params"], CASES[0]["state_before"])
    for case in CASES:
        if not case["outputs"]["reverted"]:
            chef = act(chef, case["op"], case["inputs"]).chef
        assert met(chef) == chef_in(case["params"], case["state_after"])


def test_bonus_counts_only_until_its_end():
    chef = MasterChef(TOKEN, bonus_end_block=110, bonus_multiplier=10, start_block=100, block=100)
    assert chef.multiplier(100, 110) == 100
    assert chef.multiplier(105, 120) == 50 + 10
    assert chef.multiplier(110, 120) == chef.multiplier(115, 125) == 10
    chef = chef.add_pool(1).chef.deposit("A", 5).chef.after(20)
    change = chef.update_pool(0)
    assert (change.minted, change.dev_minted) == (110 * TOKEN, 11 * TOKEN)


def test_nothing_is_due_before_the_start():
    chef = MasterChef(TOKEN, start_block=100).add_pool(1).chef.deposit("A", 1).chef.after(100)
    assert chef.pending("A") == 0
    assert chef.after(1).pending("A") == TOKEN


def test_a_first_stake_of_one_unit_takes_no_digit_from_those_who_follow():
    chef = MasterChef(TOKEN, dev_divisor=0).add_pool(1).chef.deposit("tiny", 1).chef.after(10**6)
    chef = chef.deposit("large", 10**24 - 1).chef.after(10)
    assert chef.pending("tiny") == 10**6 * TOKEN
    # One unit of the accumulator is worth lp_supply/10¹² smallest units.
    assert 0 <= 10 * TOKEN - chef.pending("large") <= 10**12 + 1


def test_two_pools_share_by_weight():
    chef = MasterChef(TOKEN).add_pool(100).chef.add_pool(300).chef
    chef = chef.deposit("A", 4, 0).chef.deposit("B", 5, 1).chef.after(4)
    assert (chef.pending("A", 0), chef.pending("B", 1)) == (TOKEN, 3 * TOKEN)


def test_shares_sent_by_mistake_dilute_the_users():
    pool = ChefPool(1, 0, lp_supply=200, users={"A": Farmer(100)})
    assert MasterChef(TOKEN, [pool]).after(2).pending("A") == TOKEN


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda c: c.deposit("A", -1), r"amount = -1 is outside the allowed range: an integer >= 0"),
        (lambda c: c.withdraw("A", 11), r"amount = 11 is outside the allowed range: whole numbers from 0 to 10"),
        (lambda c: c.deposit("A", 1, 1), r"pool = 1 is outside the allowed range: whole numbers from 0 to 0"),
        (lambda c: MasterChef(1).pending("A"), r"pool = 0 does not exist"),
        (lambda c: c.after(-1), r"blocks = -1"),
        (lambda c: c.add_pool(-1), r"alloc_point = -1"),
        (lambda c: c.set_alloc(0, 0).chef.after(1).update_pool(0), r"total_alloc_point = 0"),
        (lambda c: MasterChef(-1), r"reward_per_block = -1"),
        (lambda c: MasterChef(1, bonus_multiplier=0), r"bonus_multiplier = 0"),
        (lambda c: MasterChef(1, [ChefPool(1, 0, 0, 1, {"A": Farmer(2)})]), r"pools\[0\].lp_supply = 1"),
        (lambda c: MasterChef(1, [ChefPool(1, 0, 0, 2, {"A": Farmer(2, 1)})]), r"reward_debt = 1 .* from 0 to 0"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    chef = MasterChef(TOKEN).add_pool(1).chef.deposit("A", 10).chef
    with pytest.raises(ValueError, match=message):
        action(chef)
    assert chef == MasterChef(TOKEN).add_pool(1).chef.deposit("A", 10).chef


USERS, POOLS = st.sampled_from("ABC"), st.integers(0, 1)
AMOUNTS = st.one_of(st.integers(0, 3), st.integers(10**18, 10**24))
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("deposit"), USERS, AMOUNTS, POOLS),
        st.tuples(st.just("withdraw"), USERS, AMOUNTS, POOLS),
        st.tuples(st.just("emergency_withdraw"), USERS, POOLS),
        st.tuples(st.just("after"), st.integers(0, 10**4)),
        st.tuples(st.just("set_alloc"), POOLS, st.integers(1, 9), st.booleans()),
    ),
    max_size=25,
)


@settings(max_examples=60, deadline=None)
@given(ACTIONS)
def test_nothing_is_created(actions):
    chef = MasterChef(TOKEN, bonus_end_block=500).add_pool(1).chef.add_pool(3).chef
    ledger = Ledger({name: "farmer" for name in "ABC"} | {"chef": "protocol", "developers": "team"})
    minted = paid = dev = 0
    for name, *arguments in actions:
        if name == "after":
            chef = chef.after(*arguments)
            continue
        if name == "withdraw":
            arguments[1] = min(arguments[1], chef.pools[arguments[2]].farmer(arguments[0]).amount)
        change = getattr(chef, name)(*arguments)
        ledger.book(change.transfers)
        chef = change.chef
        minted, paid, dev = minted + change.minted, paid + change.paid, dev + change.dev_minted
        booked = chef.update_all().chef
        owed = sum(booked.pending(user, pool) for user in "ABC" for pool in (0, 1))
        assert owed <= booked.reward_balance
        assert minted == paid + chef.reward_balance
        assert dev <= minted // 10
    ledger.check_conserved()
    assert ledger.supply("reward token") == pytest.approx(minted + dev, rel=1e-12)
