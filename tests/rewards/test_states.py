from __future__ import annotations

import numpy as np
import pytest

from defi_lib import rewards as rw
from defi_lib.exchange import BondingCurve, ConstantProductPool
from tests.support.keeping import arrays, check_keeps, check_travels, state_classes

PAIR = np.array([1.0, 2.0])

#: Of each public state: how to make it, and of what; every number that may be an array is one.
STATES = {
    "AllocationTable": (
        lambda share: rw.AllocationTable(9.0, [rw.Allocation("team", 1.0, rw.Vesting(share))]),
        (PAIR,),
    ),
    "BondDepository": (rw.BondDepository, (PAIR, PAIR, PAIR, PAIR, PAIR, PAIR / 2)),
    "DecayingEmission": (rw.DecayingEmission, (PAIR, PAIR, PAIR)),
    "MasterChef": (
        lambda users: rw.MasterChef(5, [rw.ChefPool(1, 0, 0, 9, users)]),
        ({"alice": rw.Farmer(5, 0)},),
    ),
    "OlympusDepository": (
        lambda bonds: rw.OlympusDepository(1, 10, 10**12, bonds=bonds),
        ({"alice": rw.OlympusBond(1, 1, 0)},),
    ),
    "RebasingToken": (rw.RebasingToken, (PAIR, PAIR, PAIR * 9)),
    "RewardFarm": (rw.RewardFarm, (np.ones((2, 3)), np.ones((2, 3)), PAIR)),
    "StakingRewards": (lambda users: rw.StakingRewards(9, users), ({"alice": rw.Staker(5)},)),
    "StepEmission": (rw.StepEmission, (PAIR, PAIR / 2, PAIR, PAIR)),
    "Vesting": (rw.Vesting, (PAIR, PAIR / 2, PAIR, PAIR, PAIR / 2)),
    "VestingWallet": (rw.VestingWallet, (1, 9, 2)),
}


def states():
    return {name: make(*given) for name, (make, given) in STATES.items()}


def test_no_public_state_is_forgotten():
    assert state_classes(rw) == set(STATES)


@pytest.mark.parametrize("name", STATES)
def test_a_state_keeps_what_it_was_given(name):
    make, given = STATES[name]
    check_keeps(make, *given)


@pytest.mark.parametrize("name", STATES)
def test_a_state_travels(name):
    check_travels(states()[name])


def records():
    known = states()
    pool = ConstantProductPool((1e3, 1e3), 0.003)
    table = rw.AllocationTable(1e3, [rw.Allocation("team", 0.5), rw.Allocation("rest", 0.5)])
    return {
        "bond": known["BondDepository"].deposit(0.5),
        "chef": known["MasterChef"].after(3).deposit("bob", 2),
        "olympus": known["OlympusDepository"].deposit("bob", 10**18),
        "rebase": known["RebasingToken"].rebase(0.1),
        "farm": known["RewardFarm"].distribute(5.0),
        "stake": known["RewardFarm"].stake(np.ones((2, 3))),
        "withdrawal": known["RewardFarm"].withdraw(np.ones((2, 3))),
        "claim": known["RewardFarm"].claim(np.array([True, False, True])),
        "rewards": known["StakingRewards"].stake("bob", 2),
        "wallet": known["VestingWallet"].fund(9),
        "farm run": rw.simulate_farm(1.0, pool, 5.0, 0.1, days=3),
        "launch run": rw.simulate_launch(table, pool, 3),
        "liquidity": rw.compare_liquidity(np.ones(4), 5.0, 1.0, reward=1.0),
        "launch": rw.curve_launch(BondingCurve(10.0, 10.0, 0.5), [1.0, 2.0]),
        "summary": rw.summarise([0.1, 0.2]),
    }


@pytest.mark.parametrize("name", records())
def test_a_record_travels(name):
    check_travels(records()[name])


@pytest.mark.parametrize("name", ["bond", "rebase", "farm", "stake", "withdrawal", "claim"])
def test_what_a_transition_leads_to_is_locked_too(name):
    record = records()[name]
    assert all(not array.flags.writeable for array in arrays(record[1]))


def test_a_transition_copies_nothing():
    farm = rw.RewardFarm(np.ones(4))
    after = farm.distribute(1.0).farm
    assert after.stakes is farm.stakes
    assert after.stake(np.ones(4)).farm.pending is after.pending
