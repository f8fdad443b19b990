"""Liquidations and cascades in the ledger: nothing is lost, and the columns say who got what."""

import numpy as np
import pytest

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger import Ledger, profits
from defi_lib.lending import AAVE_V3_3, liquidate, pool_cascade, sale_for_fall

PARTIES = ("ada", "bob", "liquidators", "market", "treasury", "pool")


def a_ledger(**collateral):
    ledger = Ledger({name: name for name in PARTIES})
    ledger.mark("ETH", 2_000.0)
    ledger.mark("USD debt", 1.0)
    for name, amount in collateral.items():
        ledger.open(name, "ETH", amount)
    ledger.open("liquidators", "USD", 1e9)
    return ledger


def test_a_liquidation_pays_the_bonus_and_no_more():
    ledger = a_ledger(ada=10.0)
    ledger.mark("ETH", 1_400.0)
    happened = liquidate(10.0, 12_000.0, 1_400.0, 0.825, 0.05, fee_share=0.1)
    ledger.book(happened, borrowers="ada")
    result = profits(ledger)
    assert happened.repaid == 6_000 and np.isclose(happened.seized, 4.5)
    assert np.isclose(result["ada"]["liquidation"], -0.05 * 6_000)
    assert np.isclose(result["liquidators"]["liquidation"], 0.9 * 0.05 * 6_000)
    assert np.isclose(result["treasury"]["liquidation"], 0.1 * 0.05 * 6_000)
    assert abs(result["market"]["liquidation"]) < 1e-9
    ledger.check_conserved()


def test_positions_are_summed_by_borrower_and_the_loss_is_the_markets():
    ledger = a_ledger(ada=2.0, bob=10.0)
    ledger.mark("ETH", 1_000.0)
    happened = liquidate(np.array([1.0, 1.0, 10.0]), np.array([1_050.0, 1_500.0, 1_000.0]), 1_000.0, 0.83, 0.05)
    ledger.book(happened, borrowers=["ada", "ada", "bob"])
    result = profits(ledger)
    bad = 1_050 + 1_500 - 2_000 / 1.05
    assert np.isclose(result["market"]["bad debt"], -bad) and np.isclose(result["ada"]["bad debt"], bad)
    assert result["bob"]["liquidation"] == result["bob"]["bad debt"] == 0
    assert np.isclose(ledger.balance("ada", "ETH"), 0.0)


@pytest.mark.parametrize("shock", [0.1, np.array([0.05, 0.2, 0.5])])
def test_a_cascade_conserves_and_agrees_with_its_own_sums(shock):
    pool = ConstantProductPool((10_000.0, 2e7))
    collateral = np.full(50, 100.0)
    debt = np.linspace(0.4, 0.8, 50) * collateral * 2_000
    cascade = pool_cascade(pool, sale_for_fall(pool, shock), collateral, debt, 0.83, 0.05, 0.1)
    ledger = a_ledger(ada=2_500.0, bob=2_500.0)
    ledger.open("pool", "USD", 2e7)
    ledger.book(cascade, borrowers=["ada"] * 25 + ["bob"] * 25)
    ledger.check_conserved()
    left = cascade.collateral
    assert np.allclose(ledger.balance("ada", "ETH"), left[..., :25].sum(-1))
    assert np.allclose(ledger.balance("bob", "ETH"), left[..., 25:].sum(-1))
    assert np.allclose(ledger.balance("liquidators", "USD") - 1e9, cascade.liquidators_profit, rtol=1e-6, atol=1e-2)
    assert np.allclose(ledger.price("ETH"), cascade.final_price)
    lost = -np.asarray(profits(ledger)["market"]["bad debt"])
    assert np.allclose(lost, cascade.bad_debt)


@pytest.mark.parametrize("refill", [0.5, np.array([0.0, 0.3, 1.0])])
def test_what_buyers_pay_and_get_is_booked(refill):
    pool, collateral = ConstantProductPool((10_000.0, 2e7)), np.full(50, 100.0)
    debt = np.linspace(0.4, 0.8, 50) * collateral * 2_000
    cascade = pool_cascade(pool, sale_for_fall(pool, 0.1), collateral, debt, 0.83, 0.05, refill=refill, visits=2.0)
    ledger = a_ledger(ada=5_000.0)
    ledger.open("pool", "USD", 2e7)
    ledger.party("buyers", "buyers")
    ledger.book(cascade, borrowers="ada")
    ledger.check_conserved()
    ether = sum(sum(swap.amount_out for swap in wave.buying) for wave in cascade.waves)
    assert np.allclose(ledger.balance("buyers", "ETH"), ether)
    assert np.all(ledger.balance("buyers", "USD") <= 0) and np.all(
        ledger.balance("buyers", "USD") >= -ether * 1800 * 1.004
    )


def test_bad_debt_is_written_once_even_where_it_is_written_off():
    pool = ConstantProductPool((10_000.0, 2e7))
    args = (np.full(3, 1_000.0), np.full(3, 1.6e6), 0.83, 0.05)
    cascade = pool_cascade(pool, sale_for_fall(pool, 0.3), *args, rules=AAVE_V3_3)
    ledger = a_ledger(ada=3_000.0)
    ledger.book(cascade, borrowers="ada")
    assert cascade.bad_debt > 0
    assert np.isclose(-profits(ledger)["market"]["bad debt"], cascade.bad_debt)


def test_names_must_fit():
    happened = liquidate(np.ones(3), np.full(3, 2_000.0), 1_000.0, 0.8, 0.05)
    with pytest.raises(ValueError, match=r"borrowers has 2 names: allowed is one, or one for each of 3 positions"):
        a_ledger(ada=3.0).book(happened, borrowers=["ada", "bob"])
