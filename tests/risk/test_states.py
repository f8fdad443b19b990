"""States of risk travel, and cannot be changed from outside."""

import copy
import pickle

import pytest

from defi_lib.exchange import ConstantProductPool
from defi_lib.risk import CapitalRequirement, CoverProduct, FraxPool, FraxUser, LaunchedToken, Mutual, PegModule

MODULE = PegModule(users={"ann": (1000, 0)})
FRAX = FraxPool(collateral_ratio=500_000, users={"ann": FraxUser(10, 10, 10)})
STATES = {
    "launched token": LaunchedToken(ConstantProductPool((10.0, 10.0)), 5.0, share=0.5),
    "mutual": Mutual(10**20, 10**20),
    "mutual's change": Mutual(10**20, 10**20).buy(10**18),
    "requirement": CapitalRequirement(9, 100, 48, 90, 80, 70, 5),
    "product": CoverProduct(9, 260, 300, 5, 1_000, 10),
    "frax": FRAX,
    "frax's change": FRAX.collect("ann"),
    "peg module": MODULE,
    "peg module's change": MODULE.sell_gem("ann", 500),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_can_be_copied_and_sent(name):
    state = STATES[name]
    for twin in (copy.copy(state), copy.deepcopy(state), pickle.loads(pickle.dumps(state))):
        assert type(twin) is type(state)
        assert twin == state


@pytest.mark.parametrize("table", [MODULE.users, FRAX.users])
def test_tables_cannot_be_changed(table):
    with pytest.raises(TypeError):
        table["ann"] = 1.0


def test_nobody_can_change_a_state_from_outside():
    mine = {"ann": (1000, 0)}
    module = PegModule(users=mine)
    mine["ann"] = (5, 5)
    assert module == MODULE
