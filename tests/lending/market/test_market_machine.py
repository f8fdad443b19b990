"""Random sequences of actions in which nothing is created, and in which a refused action changes nothing."""

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from defi_lib.ledger import Ledger
from defi_lib.lending import AAVE_V3, AAVE_V3_3, Listing, Market, SharedRates, aave_curve

USERS = ("alice", "bob", "carol")
ASSETS = ("USD", "ETH", "OIL")
LISTINGS = {
    "USD": Listing(SharedRates(aave_curve(0.0, 0.04, 0.60, 0.9), 0.1), 0.75, 0.8, 0.05, 0.1),
    "ETH": Listing(SharedRates(aave_curve(0.01, 0.07, 3.0, 0.45), 0.2), 0.8, 0.825, 0.05, 0.1),
    "OIL": Listing(SharedRates(aave_curve(0.0, 0.1, 1.0, 0.5), 0.0)),
}
PRICES = {"USD": 1.0, "ETH": 2000.0, "OIL": 70.0}
WEALTH = {"USD": 1e6, "ETH": 500.0, "OIL": 15_000.0}

users, assets = st.sampled_from(USERS), st.sampled_from(ASSETS)
parts = st.one_of(st.just(1.0), st.just(0.0), st.floats(0, 1.2))


class MarketMachine(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.market = None
        self.wallets = {user: dict(WEALTH) for user in (*USERS, "treasury")}
        self.ledger = Ledger({"market": "market", "treasury": "treasury"} | {user: "user" for user in USERS})
        for user in self.wallets:
            for asset, amount in WEALTH.items():
                self.ledger.open(user, asset, amount)
        self.start(AAVE_V3)

    def start(self, rules):
        self.market = Market(LISTINGS, PRICES, rules)
        for user, asset, amount in (
            ("bob", "USD", 4e5),
            ("alice", "ETH", 200.0),
            ("carol", "ETH", 1.0),
            ("bob", "OIL", 1e4),
        ):
            self.do(self.market.supply(user, asset, amount))
        for user in ("alice", "carol"):
            self.do(self.market.borrow(user, "USD", 0.95 * self.market.position(user).available_borrows))

    def do(self, change):
        """Take over the new market, and pay what moved."""
        for payer, payee, amount, asset, reason in change.transfers:
            assert payer != payee
            assert amount > 0
            self.ledger.record(payer, payee, float(amount), asset, reason)
            if asset in ASSETS:
                for party, sign in ((payer, -1), (payee, 1)):
                    if party != "market":
                        self.wallets[party][asset] += sign * amount
        self.market = change.market

    def attempt(self, action, *arguments):
        before, copied = self.market, [dict(part) for part in self.market[:3]]
        try:
            change = getattr(self.market, action)(*arguments)
        except ValueError as refusal:
            assert "allowed" in str(refusal)
            assert self.market is before
            assert [dict(part) for part in self.market[:3]] == copied
        else:
            self.do(change)

    @rule(rules=st.sampled_from([AAVE_V3, AAVE_V3_3]))
    def change_the_rules(self, rules):
        self.market = self.market._replace(close_rules=rules)

    @rule(user=users, asset=assets, part=parts)
    def supply(self, user, asset, part):
        self.attempt("supply", user, asset, self.wallets[user][asset] * min(part, 0.9))

    @rule(user=users, asset=assets, part=parts)
    def withdraw(self, user, asset, part):
        balance = self.market.supplied(user, asset)
        self.attempt("withdraw", user, asset, balance * part)

    @rule(user=users, asset=assets, part=parts)
    def borrow(self, user, asset, part):
        room = self.market.position(user).available_borrows / self.market.prices[asset]
        self.attempt("borrow", user, asset, min(room, self.market.reserve(asset).cash) * part)

    @rule(user=users, asset=assets, part=parts)
    def repay(self, user, asset, part):
        self.attempt("repay", user, asset, min(self.market.owed(user, asset) * part, self.wallets[user][asset]))

    @rule(user=users, asset=assets, use=st.booleans())
    def pledge(self, user, asset, use):
        self.attempt("pledge", user, asset, use)

    @rule(seconds=st.sampled_from([0.0, 1.0, 3600.0, 1e6, 1e8]), touch=st.booleans())
    def wait(self, seconds, touch):
        self.attempt("advance", seconds, touch)

    @rule(factor=st.one_of(st.floats(0.3, 0.95), st.floats(0.95, 1.5)))
    def reprice(self, factor):
        price = min(max(self.market.prices["ETH"] * factor, 10.0), 1e5)
        self.attempt("set_prices", {"ETH": price})

    @rule(asset=assets, part=parts)
    def flash_loan(self, asset, part):
        self.attempt("flash_loan", "alice", asset, self.market.reserve(asset).cash * min(part, 1.0), 0.0009)

    @rule(asset=assets)
    def collect_treasury(self, asset):
        self.attempt("collect_treasury", asset)

    @rule(user=users, choice=st.integers(0, 8), part=st.one_of(st.none(), parts), claim=st.booleans())
    def liquidate(self, user, choice, part, claim):
        market, liquidator = self.market, USERS[USERS.index(user) - 1]
        pairs = [(c, d) for c in ASSETS for d in ASSETS if market.pledged(user, c) > 0 and market.owed(user, d) > 0]
        collateral, debt = pairs[choice % len(pairs)] if pairs else ("ETH", "USD")
        unsafe = market.position(user).health_factor < 1
        at_most = self.wallets[liquidator][debt]
        if part is not None:
            at_most = min(at_most, market.owed(user, debt) * part)
        self.attempt("liquidate", liquidator, user, collateral, debt, at_most, claim)
        assert unsafe or self.market is market

    @invariant()
    def tokens_are_conserved(self):
        for asset, amount in WEALTH.items():
            held = sum(wallet[asset] for wallet in self.wallets.values()) + self.market.reserve(asset).cash
            assert held == pytest.approx(amount * len(self.wallets), rel=1e-12)

    @invariant()
    def claims_are_covered(self):
        for asset in ASSETS:
            reserve = self.market.reserve(asset)
            size = reserve.supplied + reserve.debt + reserve.cash + WEALTH[asset]
            assert reserve.cash >= -1e-12 * size
            # The claims on what was written off stay, and earn what all claims earn, though nobody pays it.
            assert reserve.surplus + reserve.deficit * reserve.supply_index >= -1e-9 * size

    @invariant()
    def accounts_add_up_to_the_reserves(self):
        for asset in ASSETS:
            reserve = self.market.reserve(asset)
            claims = sum(self.market.supplied(user, asset) for user in self.market.accounts)
            debts = sum(self.market.owed(user, asset) for user in self.market.accounts)
            size = reserve.supplied + reserve.debt + WEALTH[asset]
            assert claims == pytest.approx(reserve.supplied, rel=1e-11, abs=1e-12 * size)
            assert debts == pytest.approx(reserve.debt, rel=1e-11, abs=1e-12 * size)

    @invariant()
    def indices_never_fall(self):
        for asset in ASSETS:
            stored, live = self.market.reserves[asset], self.market.reserve(asset)
            assert live.supply_index >= stored.supply_index >= 1
            assert live.borrow_index >= stored.borrow_index >= 1

    def teardown(self):
        self.ledger.check_conserved()
        for asset in ASSETS:
            reserve = self.market.reserve(asset)
            held = {
                asset: reserve.cash,
                f"{asset} supplied": -(reserve.supplied + reserve.treasury),
                f"{asset} debt": reserve.debt,
            }
            self.ledger.reconcile("market", held, tolerance=1e-9)


MarketMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestMarketMachine = MarketMachine.TestCase
