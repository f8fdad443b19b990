from __future__ import annotations

import numpy as np
import pytest

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger import Ledger
from defi_lib.rewards import Allocation, AllocationTable, Vesting, simulate_launch

TABLE = AllocationTable(
    1e9,
    [
        Allocation("team", 0.2, Vesting(12.0, 0.25, 36.0, 1.0)),
        Allocation("seed", 0.2, Vesting(12.0, 0.0, 24.0, 1.0), 0.005),
        Allocation("public", 0.05, price=0.1),
        Allocation("liquidity", 0.05),
        Allocation("treasury", 0.5, Vesting(0.0, 0.0, 48.0)),
    ],
)
POOL = ConstantProductPool((5e7, 5e6))


def test_nobody_sells_and_nobody_buys():
    run = simulate_launch(TABLE, POOL, 48, 0.0, liquidity="liquidity")
    assert np.all(run.price == 0.1)
    assert run.profits()["seed"][-1] == pytest.approx(2e8 * (0.1 - 0.005))
    assert run.profits()["public"][-1] == pytest.approx(0.0, abs=1e-6)


def test_unlocks_press_the_price():
    run = simulate_launch(TABLE, POOL, 48, {"team": 1.0, "seed": 1.0}, liquidity="liquidity")
    assert np.all(run.price[:12] == 0.1)
    assert np.all(np.diff(run.price)[11:] < 0)
    assert run.sold[:, 0].sum() == pytest.approx(2e8)
    assert np.all(run.sold[:, 2:] == 0)
    pool = POOL.swap_exact_in(5e7, 0, 1).pool
    assert run.price[12] == pytest.approx(pool.price(), rel=1e-12)
    profits = run.profits()
    assert profits["seed"][-1] > 0 > profits["public"][-1]
    assert run.float_share[0] == pytest.approx(0.1)
    assert run.float_share[-1] == pytest.approx(1.0)


def test_all_profits_together_are_the_supply_at_its_price():
    run = simulate_launch(TABLE, POOL, 48, 0.6, np.linspace(1e6, 0.0, 49), "liquidity")
    total = sum(run.profits().values())
    np.testing.assert_allclose(total, run.fully_diluted_value, rtol=1e-12)


def test_the_books_agree():
    run = simulate_launch(TABLE, POOL, 48, 0.6, 2e5, "liquidity")
    ledger = Ledger(dict.fromkeys(TABLE.names, "holder") | {"buyers": "buyer", "project": "team", "pool": "pool"})
    ledger.book(run.opening_transfers(), time=0.0)
    for month in range(49):
        ledger.book(run.transfers(month), time=month)
    ledger.mark("token", run.price[-1])
    ledger.check_conserved()
    ledger.reconcile("pool", {"token": run.pool.reserves[0], "USD": run.pool.reserves[1]})
    assert ledger.supply("token") == pytest.approx(1e9, rel=1e-12)
    for name in ("team", "seed", "public", "treasury", "buyers"):
        assert ledger.wealth(name) == pytest.approx(run.profits()[name][-1], rel=1e-9)


def test_latecomers_of_a_hype_pay_for_the_early():
    demand = np.where(np.arange(25) < 6, 2e6, 0.0)
    run = simulate_launch(TABLE, POOL, 24, {"team": 1.0, "seed": 1.0, "public": 1.0}, demand, "liquidity")
    assert np.all(np.diff(run.buyer_returns[1:6]) < 0)
    assert np.all(run.buyer_returns[6:] == 0)
    assert np.all(run.buyer_returns > -1)


def test_a_pool_of_somebody_else():
    table = AllocationTable(1e9, [Allocation("all", 1.0, Vesting(0.0, 0.0, 10.0))])
    run = simulate_launch(table, POOL, 10, 0.1)
    assert run.profits()["pool"][0] == pytest.approx(0.0, abs=1e-3)
    assert run.profits()["pool"][-1] < 0
    ledger = Ledger({"all": "holder", "buyers": "buyer", "project": "team", "pool": "pool"})
    ledger.book(run.opening_transfers(), time=0.0)
    for month in range(11):
        ledger.book(run.transfers(month), time=month)
    ledger.reconcile("pool", {"token": run.pool.reserves[0], "USD": run.pool.reserves[1]})


def test_scenarios_agree_with_single_runs():
    demand = np.random.default_rng(1).random((25, 3)) * 1e6
    parts = np.array([0.0, 0.5, 1.0])
    together = simulate_launch(TABLE, POOL, 24, {"team": parts, "treasury": 0.2}, demand, "liquidity")
    assert together.sold.shape == (25, 5, 3)
    for row, part in enumerate(parts.tolist()):
        alone = simulate_launch(TABLE, POOL, 24, {"team": part, "treasury": 0.2}, demand[:, row], "liquidity")
        np.testing.assert_allclose(together.price[:, row], alone.price, rtol=1e-14)
        for name, profit in together.profits().items():
            np.testing.assert_allclose(profit[:, row], alone.profits()[name], rtol=1e-9, atol=1e-3)


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: simulate_launch(TABLE, POOL, -1), r"months = -1"),
        (lambda: simulate_launch(TABLE, POOL, 3, 1.5), r"sold = 1.5 is outside the allowed range \[0, 1\]"),
        (lambda: simulate_launch(TABLE, POOL, 3, {"team": 2.0}), r"sold\['team'\] = 2"),
        (
            lambda: simulate_launch(TABLE, POOL, 3, {"them": 1.0}),
            r"name in sold = 'them' is not allowed: choose one of",
        ),
        (lambda: simulate_launch(TABLE, POOL, 3, 1.0, -1.0), r"demand = -1"),
        (lambda: simulate_launch(TABLE, POOL, 3, 1.0, [1.0] * 3), r"demand has 3 entries: allowed is one number, or 4"),
        (lambda: simulate_launch(TABLE, POOL, 3, liquidity="x"), r"liquidity = 'x' is not allowed"),
        (lambda: simulate_launch(TABLE, POOL, 3, liquidity="team"), r"pool.reserves\[0\] = 50000000 .* \[199999999"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()
