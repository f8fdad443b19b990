from __future__ import annotations

import numpy as np
import pytest

from defi_lib import staking as st
from tests.support.keeping import arrays, check_keeps, check_travels, state_classes

PAIR = np.array([1.0, 2.0])
GENESIS = st.draft_block(None, (), "nobody", 0, 1)

#: Of each public state: how to make it, and of what; every number that may be an array is one.
STATES = {
    "BlockTree": (lambda balances: st.BlockTree(GENESIS, balances), ({"alice": 5},)),
    "KeyPair": (st.KeyPair, (b"0" * 32,)),
    "LiquidStakingPool": (st.LiquidStakingPool, (PAIR, PAIR, PAIR / 4)),
    "Miners": (st.Miners, (PAIR, PAIR, PAIR, PAIR)),
    "RestakingNetwork": (st.RestakingNetwork, (PAIR, np.array([[True, False], [True, True]]), PAIR / 4, PAIR / 3)),
    "Validator": (st.Validator, (PAIR, np.ones((2, 3)), PAIR / 2)),
    "Wallet": (st.Wallet, (("alice", "bob"), 2)),
}


def states():
    return {name: make(*given) for name, (make, given) in STATES.items()}


def test_no_public_state_is_forgotten():
    assert state_classes(st) == set(STATES)


@pytest.mark.parametrize("name", STATES)
def test_a_state_keeps_what_it_was_given(name):
    make, given = STATES[name]
    check_keeps(make, *given)


@pytest.mark.parametrize("name", STATES)
def test_a_state_travels(name):
    check_travels(states()[name])


def records():
    known = states()
    return {
        "block": known["BlockTree"].extend((), "alice", 1),
        "reward": known["Validator"].reward(PAIR, 0.5),
        "slashing": known["Validator"].slash(0.1),
        "delegation": known["Validator"].delegate(np.ones((2, 3))),
        "undelegation": known["Validator"].undelegate(np.ones((2, 3))),
        "deposit": known["LiquidStakingPool"].deposit(PAIR),
        "redemption": known["LiquidStakingPool"].redeem(0.5),
        "report": known["LiquidStakingPool"].report(PAIR),
        "mining": st.mining_day(known["Miners"], 5.0),
        "path": st.simulate_mining(known["Miners"], [5.0, 6.0], 1.0, 0.5),
        "market": st.simulate_fee_market([[5, 6]], 1, 1, 1, 10),
        "stakes": st.simulate_stakes([1.0, 2.0], 1.0, 3, 2, np.random.default_rng(1)),
    }


@pytest.mark.parametrize("name", records())
def test_a_record_travels(name):
    check_travels(records()[name])


@pytest.mark.parametrize(
    "name", ["reward", "slashing", "delegation", "undelegation", "deposit", "redemption", "report"]
)
def test_what_a_transition_leads_to_is_locked_too(name):
    assert all(not array.flags.writeable for array in arrays(records()[name][1]))


def test_balances_of_a_block_cannot_be_changed():
    tree = st.BlockTree(GENESIS, {"alice": 5})
    with pytest.raises(TypeError):
        tree.accounts.balances["alice"] = 9
    after = tree.extend((), "alice", 1).tree
    with pytest.raises(TypeError):
        after.accounts.balances["alice"] = 9
    assert tree.balance("alice") == 5
