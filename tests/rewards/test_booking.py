"""Runs in the ledger: nothing is lost, and the tables say what the runs say."""

import numpy as np
import pytest

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger import Ledger, profits
from defi_lib.rewards import (
    Allocation,
    AllocationTable,
    Vesting,
    compare_liquidity,
    simulate_farm,
    simulate_launch,
)

POOL = ConstantProductPool((500_000.0, 1e6))


def farm_ledger(run, farmers):
    ledger = Ledger({name: name for name in ("users", "buyers", "pool", *farmers)})
    ledger.mark("reward token", 2.0, 0.0)
    for asset, amount in zip(("reward token", "USD"), POOL.reserves, strict=True):
        ledger.open("pool", asset, amount)
    ledger.book(run, farmers=farmers)
    return ledger


def test_a_farm_is_conserved_and_its_farmers_get_what_it_paid():
    run = simulate_farm(1_000.0, POOL, 1e6, 0.05, fees=100.0, demand=300.0, sold=0.7, days=30)
    late = run.mercenary / run.value_locked
    ledger = farm_ledger(run, {"loyal": 1 - late, "late": late})
    ledger.check_conserved()
    ledger.reconcile("pool", {"reward token": run.pool.reserves[0], "USD": run.pool.reserves[1]})
    assert ledger.supply("reward token") == pytest.approx(500_000 + 30_000)
    money = ledger.balance("loyal", "USD"), ledger.balance("late", "USD")
    income = run.proceeds + run.fees
    assert money == pytest.approx((np.sum(income * (1 - late)), np.sum(income * late)))
    assert ledger.price("reward token") == run.price[-1]
    table = profits(ledger)
    assert table["loyal"]["sale"] < 0 < table["pool"]["sale"]
    assert sum(table[name]["sale"] for name in ("loyal", "late", "pool")) == pytest.approx(0, abs=1e-6)


def test_parts_of_a_farm_that_do_not_add_up_are_named():
    run = simulate_farm(1_000.0, POOL, 1e6, 0.05, days=3)
    with pytest.raises(ValueError, match=r"add up to 0.9 on day 1: allowed is exactly 1"):
        farm_ledger(run, {"loyal": 0.5, "late": [0.5, 0.4, 0.5]})


@pytest.mark.parametrize("liquidity", [None, "Liquidity"])
def test_a_launch_is_conserved_and_its_table_is_that_of_the_run(liquidity):
    table = AllocationTable(
        1e6,
        [
            Allocation("Team", 0.5, Vesting(12, 0.25, 36, 1)),
            Allocation("Investors", 0.3, Vesting(12, 0.25, 36, 1), 0.05),
            Allocation("Airdrop", 0.1),
            Allocation("Liquidity", 0.1),
        ],
    )
    pool = ConstantProductPool((1e5, 1e5))
    run = simulate_launch(table, pool, 24, {"Team": 0.5, "Investors": 1.0, "Airdrop": 0.9}, 3_000.0, liquidity)
    ledger = Ledger({name: name for name in (*table.names, "buyers", "project", "pool")})
    ledger.book(run)
    ledger.check_conserved()
    booked, said = profits(ledger), run.profits()
    assert booked["buyers"]["price change"] == 0
    assert booked["buyers"]["purchase"] == pytest.approx(said["buyers"][-1])
    for name in ("Team", "Investors", "Airdrop", "buyers", "project"):
        assert booked[name]["total"] == pytest.approx(said[name][-1])
    if liquidity:
        both = booked["Liquidity"]["total"] + booked["pool"]["total"]
        assert both == pytest.approx(said["Liquidity"][-1])


def test_owned_and_rented_liquidity_have_the_results_of_the_comparison():
    prices = np.exp(np.cumsum(np.random.default_rng(1).normal(0, 0.05, (101, 8)), axis=0))
    comparison = compare_liquidity(prices, 1e6, 50_000.0, reward=500.0)
    roles = {name: name for name in ("protocol", "providers", "traders", "arbitrageurs", "bonders")}
    owned, rented = Ledger(roles), Ledger(roles)
    owned.book(comparison.owned, provider="protocol")
    rented.book(comparison.rented, provider="providers")
    for ledger in (owned, rented):
        ledger.check_conserved()
    owner = profits(owned)["protocol"]["total"]
    np.testing.assert_allclose(owner, comparison.owner_result[-1] + comparison.premium)
    np.testing.assert_allclose(profits(rented)["protocol"]["total"], comparison.renter_result[-1])
    np.testing.assert_allclose(profits(rented)["providers"]["total"], comparison.provider_result[-1])
