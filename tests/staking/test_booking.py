"""Fees, mining and staking in the ledger: nothing is lost, and the columns say who got what."""

import numpy as np
import pytest

from defi_lib.ledger import Ledger, profits
from defi_lib.staking import (
    Fee,
    Miners,
    layer_1_fee,
    simulate_mining,
    simulate_stakes,
)


def test_a_fee_goes_where_it_says():
    ledger = Ledger({name: name for name in ("ada", "validators", "operator")})
    ledger.book(layer_1_fee(21_000, 20e9, 5e9, 2_000.0), user="ada")
    ledger.book(Fee(0.1, 0.0, 0.3), user="ada")
    result = profits(ledger)
    ledger.check_conserved()
    assert result["ada"]["total"] == pytest.approx(-(21_000 * 25e-9 * 2_000 + 0.4))
    assert result["validators"]["total"] == pytest.approx(21_000 * 5e-9 * 2_000)
    assert result["operator"]["total"] == pytest.approx(0.3)
    assert result["total"]["burned fee"] == pytest.approx(-(21_000 * 20e-9 * 2_000 + 0.1))


MINERS = Miners([10.0, 10.0, 30.0], [0.3, 0.05, 0.05], 20.0)
MINING_PARTIES = ("home", "farms", "users", "power companies", "makers of machines")


@pytest.mark.parametrize("reward", [np.full(6, 10.0), np.linspace(1.0, 20.0, 12).reshape(6, 2)])
def test_mining_leaves_what_owners_withdraw(reward):
    path = simulate_mining(MINERS, reward, machine_price=15.0, reinvested=0.5)
    ledger = Ledger({name: name for name in MINING_PARTIES})
    ledger.book(path, miners=["home", "farms", "farms"], fee_share=0.1)
    ledger.check_conserved()
    result = profits(ledger)
    withdrawn = path.withdrawn.sum(axis=0)
    assert np.allclose(result["home"]["total"], withdrawn[..., 0])
    assert np.allclose(result["farms"]["total"], withdrawn[..., 1:].sum(axis=-1))
    assert np.allclose(result["total"]["new coins"], 0.9 * path.revenue.sum(axis=(0, -1)))
    assert np.allclose(result["users"]["fee"], -0.1 * path.revenue.sum(axis=(0, -1)))


STAKES = np.array([5.0, 25.0, 70.0])


@pytest.mark.parametrize(("operator", "name"), [(None, "pool"), (2, "large")])
def test_stakes_at_the_end_and_withdrawals_are_the_balances(operator, name):
    history = simulate_stakes(
        STAKES,
        1.0,
        50,
        20,
        np.random.default_rng(1),
        cost=0.01,
        restaked=[0.5, 1.0, 0.9],
        minimum=32.0,
        pool_fee=0.1,
        operator=operator,
    )
    ledger = Ledger({party: party for party in ("small", "medium", "large", "pool", "suppliers")})
    for party, stake in zip(("small", "medium", "large"), STAKES, strict=True):
        ledger.open(party, "token", stake)
    ledger.book(history, stakers=["small", "medium", "large"], operator=name)
    ledger.check_conserved()
    for index, party in enumerate(("small", "medium", "large")):
        ledger.reconcile(party, {"token": history.stakes[:, index] + history.withdrawn[:, index]})
    ledger.reconcile("suppliers", {"token": history.costs.sum(axis=-1)})


def test_errors():
    path = simulate_mining(MINERS, [10.0], machine_price=15.0, reinvested=0.5)
    ledger = Ledger({name: name for name in MINING_PARTIES})
    with pytest.raises(ValueError, match=r"miners has 2 names: allowed is one for each of 3"):
        ledger.book(path, miners=["home", "farms"])
    with pytest.raises(ValueError, match=r"fee_share = 1.5 is outside the allowed range \[0, 1\]"):
        ledger.book(path, miners=["home", "farms", "farms"], fee_share=1.5)
    history = simulate_stakes(STAKES, 1.0, 1, 1, np.random.default_rng(1))
    with pytest.raises(ValueError, match=r"stakers has 1 names: allowed is one for each of 3"):
        ledger.book(history, stakers=["home"])
    with pytest.raises(ValueError, match=r"'bob' is no party"):
        ledger.book(Fee(1.0), user="bob")
