"""States of lending keep copies of what they are given, cannot be changed, and travel."""

import copy
import pickle

import numpy as np
import pytest

from defi_lib.lending import (
    Account,
    Bank,
    CreditScoring,
    KinkedCurve,
    Listing,
    Market,
    Reserve,
    SharedRates,
    ShareVault,
    aave_curve,
    flash_loan,
    linear_cascade,
    liquidate,
)
from defi_lib.lending.rates.interest import INTEREST_METHODS

RATES = SharedRates(aave_curve(0.0, 0.04, 0.6, 0.9), 0.1)


def a_market(price=2000.0):
    terms = Listing(RATES, 0.75, 0.8, 0.05, 0.1)
    market = Market({"USD": terms, "ETH": terms}, {"USD": 1.0, "ETH": price})
    market = market.supply("bob", "USD", 1e5).after.supply("alice", "ETH", 10.0).after
    return market.borrow("alice", "USD", 12_000.0).after


MARKET = a_market()
BANK = Bank(1000.0, 0.01, 0.05).deposit("ann", 500.0).after.lend("bob", 300.0, 0.001)
STATES = {
    "market": MARKET,
    "change": MARKET.advance(1e6, touch=True),
    "liquidation in a market": MARKET.set_prices({"ETH": 1000.0}).after.liquidate("carol", "alice", "ETH", "USD"),
    "account": MARKET.accounts["alice"],
    "reserve": MARKET.reserves["USD"],
    "position": MARKET.position("alice"),
    "bank": BANK.after,
    "bank change": BANK,
    "vault": ShareVault().deposit("alice", 1000),
    "curve": KinkedCurve(0.01, 0.05, 1.0, 0.8),
    "liquidation": liquidate(10.0, 12_000.0, 1400.0, 0.825, 0.05),
    "cascade": linear_cascade(100.0, 95.0, 0.5, [95.0, 93.0], [4.0, 2.0]).final_price,
    "flash loan": flash_loan(50.0, 55.0, 0.1),
    "methods": dict(INTEREST_METHODS),
}


@pytest.mark.parametrize("name", STATES)
def test_a_state_can_be_copied_and_sent(name):
    state = STATES[name]
    for twin in (copy.copy(state), copy.deepcopy(state), pickle.loads(pickle.dumps(state))):
        assert type(twin) is type(state)
        assert twin == state


def test_a_market_that_travelled_goes_on():
    there = pickle.loads(pickle.dumps(MARKET)).advance(1e6).after.repay("alice", "USD").after
    here = MARKET.advance(1e6).after.repay("alice", "USD").after
    assert there == here
    bank = pickle.loads(pickle.dumps(BANK.after))
    assert bank.advance(1e6).after == BANK.after.advance(1e6).after


@pytest.mark.parametrize(
    "make",
    [
        lambda x: a_market(x + 1000),
        lambda x: MARKET.set_prices({"ETH": x}),
        lambda x: MARKET.supply("alice", "ETH", x),
        lambda x: MARKET.borrow("alice", "USD", x),
        lambda x: MARKET.repay("alice", "USD", x),
        lambda x: MARKET.withdraw("alice", "ETH", x / 1000),
        lambda x: MARKET.flash_loan("alice", "USD", x),
        lambda x: MARKET.advance(x, touch=True),
        lambda x: Account({"ETH": x}, {"USD": x}),
        lambda x: Reserve(Listing(RATES), x, scaled_supply=x),
        lambda x: Listing(RATES, x / 1e5, x / 1e4),
        lambda x: Listing(RATES, bonus=x, fee_share=x / 1e4),
        lambda x: KinkedCurve(x, x, x, 0.8),
        lambda x: SharedRates(RATES.curve, x / 1e4),
        lambda x: CreditScoring(x, x, 0.4, x),
        lambda x: Bank(x, x, x, cost=x, reserve_ratio=0.0),
        lambda x: Bank(0.0, 0.01, 0.05).deposit("ann", x),
        lambda x: Bank(0.0, 0.01, 0.05).deposit("ann", 1e4).after.withdraw("ann", x),
        lambda x: Bank(0.0, 0.01, 0.05).deposit("ann", 1e4).after.lend("ann", x, 0.0),
        lambda x: liquidate(x, x, x, 0.5, 0.05),
        lambda x: linear_cascade(x + 1, x, 0.1, np.ones(3), np.ones(3)),
        lambda x: flash_loan(x, x, 0.0),
    ],
)
def test_nobody_can_change_a_state_from_outside(make):
    mine = np.array([2000.0, 1000.0, 1500.0])
    state = make(mine)
    before = repr(state)
    mine[:] = 7.0
    assert repr(state) == before
    mine = np.array([2000.0, 1000.0, 1500.0])
    make(mine)
    mine[0] = 5.0  # and nobody has locked it either


@pytest.mark.parametrize("table", [MARKET.reserves, MARKET.prices, MARKET.accounts, BANK.after.deposits])
def test_tables_cannot_be_changed(table):
    with pytest.raises(TypeError):
        table["alice"] = 1.0


def test_interest_that_no_float_holds_is_refused():
    dear = Listing(SharedRates(aave_curve(0.0, 1e3, 1e3, 0.9)), 0.75, 0.8, 0.05)
    market = Market({"USD": dear}, {"USD": 1.0}, accrual="exponential").supply("bob", "USD", 1.0).after
    lent = market.supply("alice", "USD", 100.0).after.borrow("alice", "USD", 70.0).after
    with np.errstate(over="ignore"), pytest.raises(ValueError, match=r"interest = inf is outside"):
        lent.advance(1e9).after.owed("alice", "USD")
