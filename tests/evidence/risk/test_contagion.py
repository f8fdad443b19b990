"""X14b: the same network cleared claim by claim, what absorbs and what amplifies, and where it turns."""

import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.risk.contagion import failure, users_outside, who_bears
from defi_lib.risk import Network, clear

FOUND = effect("X14b")


def at(**changed):
    return float(FOUND(today(FOUND.assumptions, changed=changed))[0])


def by_clearing(exposed, hole, cushion, others, linked, recovered):
    """Claim by claim: each other protocol holds its part of the failed one's debts, and all owe one another."""
    debts, size = 1.0 - cushion, others + 1
    owed = np.full(size, linked * debts)
    owed[0] = exposed * debts
    table = np.repeat(owed[:, None] / others, size, axis=1)
    np.fill_diagonal(table, 0.0)
    assets = 1.0 - np.sum(table, axis=0)
    assets[0] *= 1.0 - hole
    lost = clear(Network.of_matrix(assets, table, debts - owed), recovered).users_loss
    return np.sum(lost[1:]) / np.sum(lost) if np.sum(lost) > 1e-9 else 0.0


@pytest.mark.parametrize("exposed, others, linked", [(0.74, 5, 0.05), (0.3, 2, 0.3), (0.84, 25, 0.0), (0.6, 3, 0.2)])
@pytest.mark.parametrize("hole, cushion, recovered", [(0.23, 0.014, 1.0), (0.9, 0.08, 0.6), (0.1, 0.001, 0.9)])
def test_the_same_network_cleared_claim_by_claim(exposed, others, linked, hole, cushion, recovered):
    world = {"exposed": exposed, "hole": hole, "cushion": cushion, "others": others, "linked": linked}
    world |= {"isolated": 0.0, "recovered": recovered, "shared": 0.0, "depth": 2.0}
    mine = users_outside(**{name: np.array([float(value)]) for name, value in world.items()})[0]
    assert mine == pytest.approx(by_clearing(exposed, hole, cushion, others, linked, recovered), abs=1e-6)


def test_a_shared_pool_absorbs_what_isolated_lenders_bear():
    absorbed = [at(isolated=0.0, others=others) for others in (5, 10, 25)]
    assert absorbed == sorted(absorbed, reverse=True) and absorbed[-1] == 0.0 < absorbed[0]
    assert at(isolated=1.0, others=25) == pytest.approx(0.74)
    # Without a cushion nobody is spared: each bears in proportion to what he holds.
    assert at(isolated=0.0, cushion=0.0) == pytest.approx(0.74, abs=0.01)


def test_half_of_the_reading_hangs_on_how_much_others_hold():
    point = evidence("X14b").turning["exposed"].points
    assert point == (pytest.approx(2 / 3, abs=1e-3),)
    assert at(exposed=0.66) < 0.5 < at(exposed=0.68)


def test_what_defaults_destroy_or_sell_amplifies():
    assert at() < at(recovered=0.99) < at(recovered=0.95) < at(recovered=0.9)
    assert at() < at(shared=0.1) < at(shared=0.2) and at(shared=0.2, depth=20.0) < at(shared=0.2)


def test_what_is_explored_adds_up():
    found = who_bears(np.linspace(0, 1, 50), 0.03, 0.4, destroyed=0.05, exposed=0.5)
    parts = sum(found[who] for who in ("Its own users", "Users of others", "Owners and funds"))
    assert parts == pytest.approx(found["gone"] + found["added"])
    assert found["gone"] == pytest.approx(np.linspace(0, 100, 50)) and np.all(found["added"] >= -1e-9)


def test_a_rescue_helps_both():
    alone, helped = (failure(0.7, 0.3, 0.01, 5, rescue=rescue) for rescue in (0.0, 0.5))
    assert helped.inside == pytest.approx(alone.inside / 2) and helped.outside < alone.outside
    assert helped.rescuers > 0.0
