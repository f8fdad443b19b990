"""The money market: what each action moves, what it refuses, and its ledger."""

import numpy as np
import pytest

from defi_lib.ledger import Ledger
from defi_lib.lending import (
    AAVE_V3_3,
    DAY,
    NO_DEBT,
    SECONDS_PER_YEAR,
    Listing,
    Market,
    SeparateRates,
    SharedRates,
    aave_curve,
    compound_v3_curve,
    compounded_interest,
)

STABLE = Listing(SharedRates(aave_curve(0.0, 0.04, 0.60, 0.9), 0.1), 0.75, 0.8, 0.05, 0.1)
ETHER = Listing(SharedRates(aave_curve(0.0, 0.07, 3.0, 0.45), 0.1), 0.8, 0.825, 0.05, 0.1)
PARTIES = {"alice": "borrower", "bob": "supplier", "liz": "liquidator", "market": "market", "treasury": "treasury"}


def lent(price=2000.0, debt=15_000.0, **options):
    """Bob supplies dollars, Alice borrows some against ten ether."""
    market = Market({"USD": STABLE, "ETH": ETHER}, {"USD": 1.0, "ETH": 2000.0}, **options)
    market = market.supply("bob", "USD", 20_000.0).market.supply("alice", "ETH", 10.0).market
    return market.borrow("alice", "USD", debt).market.set_prices({"ETH": price}).market


def test_interest_follows_utilisation():
    market = lent()
    reserve = market.reserve("USD")
    assert reserve.utilisation == 0.75
    assert reserve.borrow_rate == pytest.approx(0.04 * 0.75 / 0.9, rel=1e-14)
    assert reserve.supply_rate == pytest.approx(reserve.borrow_rate * 0.75 * 0.9, rel=1e-14)
    later = market.advance(SECONDS_PER_YEAR).market
    assert later.supplied("bob", "USD") == pytest.approx(20_000 * (1 + reserve.supply_rate), rel=1e-14)
    growth = compounded_interest(reserve.borrow_rate, SECONDS_PER_YEAR)
    assert later.owed("alice", "USD") == pytest.approx(15_000 * (1 + growth), rel=1e-14)
    assert later.reserve("USD").treasury == pytest.approx(15_000 * growth * 0.1, rel=1e-13)


def test_what_compounding_exceeds_stays_as_surplus():
    reserve = lent().advance(SECONDS_PER_YEAR).market.reserve("USD")
    rate = 0.04 * 0.75 / 0.9
    assert reserve.surplus == pytest.approx(
        15_000 * (compounded_interest(rate, SECONDS_PER_YEAR) - rate) * 0.9, rel=1e-9
    )
    assert lent(accrual="linear").advance(SECONDS_PER_YEAR).market.reserve("USD").surplus == pytest.approx(0, abs=1e-9)


def test_rates_change_when_somebody_touches_the_reserve():
    market = lent()
    waited = market.advance(30 * DAY).market
    assert waited.reserves["USD"] == market.reserves["USD"]
    touched = market.advance(30 * DAY, touch=True).market
    assert touched.reserves["USD"].borrow_rate > market.reserves["USD"].borrow_rate
    assert touched.owed("alice", "USD") == waited.owed("alice", "USD")


def test_an_asset_that_nobody_borrows_earns_nothing():
    base = Listing(SharedRates(aave_curve(0.02, 0.04, 0.60, 0.9), 0.1))
    market = Market({"USD": base}, {"USD": 1.0}).supply("bob", "USD", 5.0).market.advance(SECONDS_PER_YEAR).market
    assert (market.supplied("bob", "USD"), market.reserve("USD").borrow_index) == (5.0, 1.0)


def test_everything_can_be_withdrawn_after_everything_was_repaid():
    market = lent().advance(SECONDS_PER_YEAR).market
    market = market.repay("alice", "USD", payer="liz").market
    assert market.owed("alice", "USD") == 0.0
    assert market.position("alice").health_factor == NO_DEBT
    market = market.withdraw("alice", "ETH").market.withdraw("bob", "USD").market
    market = market.collect_treasury("USD").market.withdraw("treasury", "USD").market
    reserve = market.reserve("USD")
    assert (reserve.supplied, reserve.debt, reserve.treasury) == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)
    assert reserve.cash == pytest.approx(reserve.surplus)
    assert reserve.cash > 0


def test_all_suppliers_can_leave_whatever_their_sums_were_rounded_to():
    random = np.random.default_rng(0)
    for _ in range(20):
        market, users = Market({"USD": STABLE}, {"USD": 1.0}), ["a", "b", "c", "d"]
        for user in users:
            market = market.supply(user, "USD", random.uniform(1.0, 1000.0)).market
        for user in random.permutation(users):
            market = market.withdraw(str(user), "USD").market
        assert market.reserve("USD").cash == pytest.approx(0, abs=1e-12)


def test_repaying_more_than_is_owed_costs_no_more():
    change = lent().repay("alice", "USD", 1e9)
    assert (change.amount, change.market.owed("alice", "USD")) == (15_000.0, 0.0)


def test_the_loan_to_value_limits_borrowing_and_may_be_reached():
    market = lent(debt=0.0)
    assert market.position("alice").available_borrows == 16_000.0
    full = market.borrow("alice", "USD", 16_000.0).market
    assert full.position("alice").available_borrows == 0.0
    with pytest.raises(ValueError, match=r"amount = 16001 .* \[0, 16000"):
        market.borrow("alice", "USD", 16_001.0)


def test_what_is_not_pledged_does_not_count():
    market = lent(debt=100.0)
    with pytest.raises(ValueError, match=r"as_collateral = 0 is not possible: .* 'alice' a health factor of 1"):
        market.pledge("alice", "ETH", False)
    free = market.repay("alice", "USD").market.pledge("alice", "ETH", False).market
    assert free.position("alice").collateral_value == 0.0
    assert free.pledge("alice", "ETH", True).market.position("alice").collateral_value == 20_000.0


def test_an_unhealthy_user_may_still_take_back_what_is_no_collateral():
    oil = Listing(SharedRates(aave_curve(0.0, 0.1, 1.0, 0.5)))
    market = Market({"USD": STABLE, "ETH": ETHER, "OIL": oil}, {"USD": 1.0, "ETH": 2000.0, "OIL": 70.0})
    market = market.supply("bob", "USD", 20_000.0).market.supply("alice", "ETH", 10.0).market
    market = market.supply("alice", "OIL", 5.0).market.borrow("alice", "USD", 15_000.0).market
    market = market.set_prices({"ETH": 1000.0}).market
    assert market.withdraw("alice", "OIL", 5.0).amount == 5.0
    with pytest.raises(ValueError, match=r"amount = 0.1 is not possible"):
        market.withdraw("alice", "ETH", 0.1)
    assert market.withdraw("alice", "ETH", 0.0).amount == 0.0
    assert market.pledge("alice", "ETH", True).market == market


def test_means_are_rounded_down_to_basis_points_as_deployed():
    market = lent(debt=0.0).supply("alice", "USD", 10_000.0).market
    assert market.position("alice").liquidation_threshold == 0.8166
    exact = lent(debt=0.0, whole_basis_points=False).supply("alice", "USD", 10_000.0).market
    assert exact.position("alice").liquidation_threshold == pytest.approx(0.8 + 0.025 * 2 / 3, rel=1e-14)


def test_liquidation():
    market = lent(price=1800.0)
    assert market.position("alice").health_factor == pytest.approx(0.99)
    result = market.liquidate("liz", "alice", "ETH", "USD")
    assert result.repaid == 7500.0
    assert result.seized == pytest.approx(7500 / 1800 * 1.05, rel=1e-14)
    assert result.protocol_fee == pytest.approx(7500 / 1800 * 0.05 * 0.1, rel=1e-13)
    assert result.bad_debt == 0.0
    after = result.market
    assert after.supplied("treasury", "ETH") == pytest.approx(result.protocol_fee)
    assert after.supplied("alice", "ETH") == pytest.approx(10 - result.seized)
    assert after.reserve("ETH").cash == pytest.approx(10 - result.seized + result.protocol_fee)
    assert market.liquidate("liz", "alice", "ETH", "USD", 100.0).repaid == 100.0


def test_a_liquidator_may_take_the_deposit():
    result = lent(price=1800.0).liquidate("liz", "alice", "ETH", "USD", take_claim=True)
    assert result.market.supplied("liz", "ETH") == pytest.approx(result.seized - result.protocol_fee)
    assert result.market.reserve("ETH").cash == 10.0


def test_bad_debt_stays_or_is_written_off():
    for rules, left, deficit in (({}, 1.0, 0.0), ({"close_rules": AAVE_V3_3}, 0.0, 1.0)):
        result = lent(price=1000.0, **rules).liquidate("liz", "alice", "ETH", "USD")
        bad = 15_000 - 10_000 / 1.05
        assert result.repaid == pytest.approx(10_000 / 1.05)
        assert result.market.supplied("alice", "ETH") == 0.0
        assert result.bad_debt == pytest.approx(bad)
        assert result.market.owed("alice", "USD") == pytest.approx(left * bad)
        assert result.market.reserve("USD").deficit == pytest.approx(deficit * bad)
        assert result.market.reserve("USD").surplus == pytest.approx(-deficit * bad, abs=1e-9)


def test_the_later_rules_refuse_to_leave_too_little():
    market = lent(price=1800.0, close_rules=AAVE_V3_3)
    assert market.liquidate("liz", "alice", "ETH", "USD").repaid == 7500.0
    poor = lent(price=220.0, debt=1900.0, close_rules=AAVE_V3_3)
    with pytest.raises(ValueError, match=r"at_most = 1500 is not possible: .* 1000 USD of both"):
        poor.liquidate("liz", "alice", "ETH", "USD", 1500.0)
    assert poor.liquidate("liz", "alice", "ETH", "USD").repaid == 1900.0


def test_a_flash_loan_pays_the_suppliers():
    market = lent()
    change = market.flash_loan("liz", "USD", 5000.0, fee=0.0009)
    assert change.market.supplied("bob", "USD") == pytest.approx(20_004.5, rel=1e-14)
    assert change.market.reserve("USD").cash == pytest.approx(5004.5)
    assert change.market.reserve("USD").surplus == pytest.approx(0.0, abs=1e-9)


def test_two_curves_of_compound_iii():
    rates = SeparateRates(compound_v3_curve(0.015, 0.035, 0.25, 0.8), compound_v3_curve(0.0, 0.0325, 0.40, 0.8))
    listing = Listing(rates, 0.8, 0.85, 0.05)
    market = Market({"USD": listing, "ETH": ETHER}, {"USD": 1.0, "ETH": 2000.0}, accrual="linear")
    market = market.supply("bob", "USD", 20_000.0).market.supply("alice", "ETH", 10.0).market
    market = market.borrow("alice", "USD", 15_000.0).market.advance(SECONDS_PER_YEAR).market
    paid, earned = 15_000 * (0.015 + 0.035 * 0.75), 20_000 * 0.0325 * 0.75
    assert market.reserve("USD").surplus == pytest.approx(paid - earned, rel=1e-10)


def test_scenarios_agree_with_single_markets():
    prices, debts = np.array([2100.0, 1650.0, 900.0]), np.array([100.0, 14_000.0, 15_000.0])
    market = lent(prices, debts).advance(np.array([0.0, 1e6, 3e7])).market
    result = market.liquidate("liz", "alice", "ETH", "USD")
    for i, seconds in enumerate([0.0, 1e6, 3e7]):
        one = lent(float(prices[i]), float(debts[i])).advance(seconds).market
        if i == 0:
            assert result.repaid[i] == result.seized[i] == 0.0
        else:
            want = one.liquidate("liz", "alice", "ETH", "USD")
            assert (result.repaid[i], result.seized[i]) == (want.repaid, want.seized)
            assert result.bad_debt[i] == want.bad_debt
            one = want.market
        assert result.market.position("alice").health_factor[i] == one.position("alice").health_factor
        assert result.market.reserve("USD").supply_rate[i] == one.reserve("USD").supply_rate or i == 0


def test_the_ledger_balances_and_names_the_reasons():
    ledger = Ledger(PARTIES | {"market": "market"})
    start = Market({"USD": STABLE, "ETH": ETHER}, {"USD": 1.0, "ETH": 2000.0}, AAVE_V3_3)
    steps = [start.supply("bob", "USD", 20_000.0)]
    steps.append(steps[-1].market.supply("alice", "ETH", 10.0))
    steps.append(steps[-1].market.borrow("alice", "USD", 15_000.0))
    steps.append(steps[-1].market.advance(SECONDS_PER_YEAR, touch=True))
    steps.append(steps[-1].market.flash_loan("liz", "USD", 4000.0))
    steps.append(steps[-1].market.repay("alice", "USD", 1000.0))
    steps.append(steps[-1].market.collect_treasury("USD"))
    steps.append(steps[-1].market.set_prices({"ETH": 1000.0}))
    steps.append(steps[-1].market.liquidate("liz", "alice", "ETH", "USD"))
    steps.append(steps[-1].market.withdraw("bob", "USD", 500.0))
    for step in steps:
        for transfer in step.transfers:
            ledger.record(*transfer, time=float(step.market.time))
    market = steps[-1].market
    ledger.check_conserved()
    for asset in ("USD", "ETH"):
        reserve = market.reserve(asset)
        claims = -(reserve.supplied + reserve.treasury)
        held = {asset: reserve.cash, f"{asset} supplied": claims, f"{asset} debt": reserve.debt}
        ledger.reconcile("market", held, tolerance=1e-12)
    assert ledger.balance("bob", "USD supplied") == pytest.approx(market.supplied("bob", "USD"), rel=1e-12)
    assert ledger.balance("alice", "USD debt") == pytest.approx(-market.owed("alice", "USD"), abs=1e-9)
    assert {transfer.reason for step in steps for transfer in step.transfers} == {
        *("supply", "borrow", "interest", "reserve factor", "flash loan fee"),
        *("repay", "liquidation", "bad debt", "withdraw"),
    }
    # The liquidator's profit is the bonus without the protocol's part.
    profit = ledger.balance("liz", "USD") + 4000 * 0.0005 + ledger.balance("liz", "ETH") * 1000
    assert profit == pytest.approx(steps[-2].repaid * 0.05 * 0.9, rel=1e-9)


@pytest.mark.parametrize("size", [1e-18, 1.0, 1e15])
def test_any_size_of_amounts_keeps_its_digits(size):
    market = Market({"USD": STABLE, "ETH": ETHER}, {"USD": 1.0, "ETH": 2000.0})
    market = market.supply("bob", "USD", 20_000.0 * size).market.supply("alice", "ETH", 10.0 * size).market
    market = market.borrow("alice", "USD", 15_000.0 * size).market.advance(SECONDS_PER_YEAR).market
    market = market.set_prices({"ETH": 1700.0}).market
    want = lent().advance(SECONDS_PER_YEAR).market.set_prices({"ETH": 1700.0}).market
    assert market.position("alice").health_factor == pytest.approx(want.position("alice").health_factor, rel=1e-14)
    result, same = market.liquidate("liz", "alice", "ETH", "USD"), want.liquidate("liz", "alice", "ETH", "USD")
    assert (result.repaid, result.seized) == pytest.approx((same.repaid * size, same.seized * size), rel=1e-13)


def test_single_numbers_come_back_as_plain_floats():
    market = lent(price=1800.0).advance(DAY, touch=True).market
    result = market.liquidate("liz", "alice", "ETH", "USD")
    position = result.market.position("alice")
    numbers = (*position, position.health_factor, position.available_borrows, result.repaid, result.seized)
    numbers += (result.protocol_fee, result.bad_debt, *result.market.reserve("USD")[1:])
    assert {type(number) for number in numbers} == {float}


MARKET = lent()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: Market({"USD": STABLE}, {"ETH": 1.0}),
            r"prices has 'ETH': allowed are exactly those of listings, 'USD'",
        ),
        (lambda: Market({"USD": STABLE}, {"USD": 0.0}), r"prices\['USD'\] = 0 .* \(0, inf\)"),
        (lambda: Market({"USD": STABLE}, {"USD": 1.0}, accrual="daily"), r"accrual = 'daily'"),
        (lambda: Listing(STABLE.rates, 0.85, 0.8), r"loan_to_value = 0.85 .* \[0, 0.8\]"),
        (lambda: Listing(STABLE.rates, 0.8, 0.96, 0.05), r"liquidation_threshold = 0.96 .* \[0, 0.95238"),
        (lambda: Listing(STABLE.rates, 0.8, 0.8, -0.05), r"bonus = -0.05"),
        (lambda: Listing(STABLE.rates, 0.8, 0.8, 0.05, 1.2), r"fee_share = 1.2"),
        (lambda: Listing(STABLE.rates, decimals=-1), r"decimals = -1 .* an integer from 0 to 22"),
        (lambda: Listing(STABLE.rates, decimals=6.0), r"decimals = 6.0 .* an integer from 0 to 22"),
        (lambda: MARKET.borrow("alice", "USD", "all"), r"amount = 'all' is not a number"),
        (lambda: MARKET.borrow("alice", "USD", np.nan), r"amount = nan"),
        (lambda: MARKET.supply("bob", "DAI", 1.0), r"asset = 'DAI' is not listed: allowed are 'USD', 'ETH'"),
        (lambda: MARKET.supply("bob", "USD", -1.0), r"amount = -1 .* \[0, inf\)"),
        (lambda: MARKET.supply("market", "USD", 1.0), r"user = 'market' is the market itself"),
        (lambda: MARKET.withdraw("zed", "USD", 1.0), r"user = 'zed' has no account: allowed are 'bob', 'alice'"),
        (lambda: MARKET.withdraw("bob", "USD", 5001.0), r"amount = 5001 .* \[0, 5000\]"),
        (lambda: MARKET.withdraw("bob", "USD"), r"amount = 20000 .* \[0, 5000\]"),
        (lambda: MARKET.withdraw("alice", "ETH", 11.0), r"amount = 11 .* \[0, 10\]"),
        (lambda: MARKET.withdraw("alice", "ETH", 1.0), r"amount = 1 is not possible: .* 'alice' a health factor of 1"),
        (lambda: MARKET.withdraw("alice", "ETH", np.array([0.1, 1.0])), r"amount\[1\] = 1 is not possible"),
        (lambda: MARKET.borrow("alice", "USD", -1.0), r"amount = -1 .* \[0, 1000"),
        (lambda: MARKET.borrow("zed", "USD", 1.0), r"user = 'zed'"),
        (lambda: MARKET.borrow("alice", "DAI", 1.0), r"asset = 'DAI'"),
        (lambda: MARKET.repay("alice", "USD", -1.0), r"at_most = -1"),
        (lambda: MARKET.repay("zed", "USD", 1.0), r"user = 'zed'"),
        (lambda: MARKET.pledge("alice", "DAI", True), r"asset = 'DAI'"),
        (lambda: MARKET.advance(-1.0), r"seconds = -1 .* \[0, inf\)"),
        (lambda: MARKET.set_prices({"ETH": -1.0}), r"prices\['ETH'\] = -1"),
        (lambda: MARKET.set_prices({"DAI": 1.0}), r"asset = 'DAI'"),
        (lambda: MARKET.flash_loan("liz", "USD", 5001.0), r"amount = 5001 .* \[0, 5000\]"),
        (lambda: MARKET.flash_loan("liz", "USD", 1.0, -0.1), r"fee = -0.1"),
        (lambda: MARKET.collect_treasury("DAI"), r"asset = 'DAI'"),
        (
            lambda: MARKET.liquidate("liz", "alice", "ETH", "USD"),
            r"user = 'alice' with health factor 1.1 has no USD debt",
        ),
        (lambda: MARKET.liquidate("liz", "zed", "ETH", "USD"), r"user = 'zed'"),
        (lambda: lent(1800.0).liquidate("liz", "alice", "USD", "USD"), r"no USD debt to liquidate against USD"),
        (lambda: lent(1800.0).liquidate("liz", "alice", "ETH", "USD", -1.0), r"at_most = -1"),
        (lambda: Market({"USD": STABLE}, {"USD": 1.0}).position("a"), r"allowed are none yet"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    before = MARKET
    with pytest.raises(ValueError, match=message):
        call()
    assert before == MARKET == lent()


def test_a_liquidation_needs_the_cash_unless_the_claim_is_taken():
    market = lent(debt=1000.0)
    market = market.supply("carol", "USD", 50_000.0).market.borrow("carol", "ETH", 9.5).market
    market = market.set_prices({"ETH": 115.0}).market
    with pytest.raises(ValueError, match=r"seized collateral = .* \[0, 0.5\]"):
        market.liquidate("liz", "alice", "ETH", "USD")
    assert market.liquidate("liz", "alice", "ETH", "USD", take_claim=True).repaid == 1000.0
