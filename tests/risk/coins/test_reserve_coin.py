"""A coin with an issuer: worked values, conservation, and everything that it must refuse."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.risk import ReserveCoin, divide_income
from tests.support.contracts import assert_broadcasts, assert_refuses


@pytest.mark.parametrize(("liquid", "discount", "price"), [(0.2, 0.1, 0.92), (0.9, 0.02, 0.998), (0.05, 0.3, 0.715)])
def test_what_a_coin_gets_if_all_leave(liquid, discount, price):
    """J1 of the reference models."""
    coin = ReserveCoin(1.0, liquid, 1 - liquid, discount)
    assert coin.recovery == pytest.approx(price, abs=1e-12)
    assert ReserveCoin(0.0, 0.0).recovery == 1.0


def test_circle_in_2024():
    """D4: 1.01 of about 1.7 billion dollars, 60 %, went to distributors."""
    income = divide_income(40e9, 1.7 / 40, to_distributors=1.01 / 1.7, passed_on=0.5)
    assert income.income == pytest.approx(1.7e9) and income.distributors == pytest.approx(1.01e9)
    assert income.issuer == pytest.approx(0.69e9) and income.holders == 0 and income.passed_on == pytest.approx(0.505e9)


parts = st.floats(0, 1)


@given(st.floats(0, 1e12), st.floats(0, 1), parts, parts, parts, parts)
def test_income_is_divided_without_rest(reserve, rate, holders, distributors, passed, costs):
    whole = max(holders + distributors + costs, 1.0)
    named = {"to_holders": holders / whole, "to_distributors": distributors / whole, "costs": costs / whole}
    income = divide_income(reserve, rate, passed_on=passed, **named)
    assert sum(income[1:3]) + income.costs + income.issuer == pytest.approx(income.income, rel=1e-12)
    ledger = Ledger(new_parties="by name")
    ledger.book(income)
    ledger.check_conserved()


def test_placebo_who_passes_everything_on_keeps_nothing():
    income = divide_income(100.0, 0.04, to_holders=1.0)
    assert income.holders == income.income == 4.0 and income.issuer == 0.0


@given(st.floats(1, 1e9), st.floats(0, 1), st.floats(0, 0.9), st.floats(0, 0.1), st.floats(0, 1))
def test_dollars_and_assets_are_conserved(supply, liquid, discount, fee, part):
    coin = ReserveCoin(supply, supply * liquid, supply * (1 - liquid), discount, fee)
    coins = part * min(coin.cash_at_once / (1 - fee), supply)
    change = coin.redeem("ann", coins)
    ledger = Ledger(new_parties="by name")
    ledger.book(coin.issue("bob", supply))
    ledger.book(change)
    ledger.check_conserved()
    lost = change.sold * discount
    assert change.after.reserve == pytest.approx(coin.reserve + change.dollars - lost, rel=1e-9, abs=1e-9 * supply)
    assert change.after.liquid >= 0 and change.after.illiquid >= 0


def test_to_the_last_dollar():
    coin = ReserveCoin(100.0, 20.0, 80.0, 0.1)
    gone = coin.redeem("ann", 92.0)
    assert gone.after.reserve == 0 and gone.after.supply == pytest.approx(8.0) and gone.sold == pytest.approx(80.0)
    assert_refuses(lambda: coin.redeem("ann", 92.01), r"coins less fee = 92.01")
    invested = ReserveCoin(100.0, 100.0).invest(80.0).after
    assert invested.liquid == pytest.approx(20.0) and invested.reserve == 100.0
    assert coin.lose(5.0).after.shortfall == 5.0 and coin.lose(80.0, of="illiquid").after.reserve == 20.0


def test_a_shut_door_and_a_blacklist():
    coin = ReserveCoin(100.0, 100.0).blacklist("eve", 10.0).suspend()
    assert_refuses(lambda: coin.redeem("ann", 1.0), r"coins = 1 is not possible: allowed is 0 while redemption is shut")
    assert coin.redeem("ann", 0.0).dollars == 0
    assert_refuses(lambda: coin.suspend(False).redeem("eve", 1.0), r"user = 'eve' is on the blacklist")
    assert coin.suspend(False).release("eve").redeem("eve", 10.0).after.supply == 90.0
    seized = coin.seize("eve", "state")
    assert seized.after.supply == 100.0 and not seized.after.frozen and seized.transfers[1].payee == "state"
    assert_refuses(lambda: coin.seize("bob", "state"), r"user = 'bob' is not on the blacklist: allowed are 'eve'")
    half = ReserveCoin(np.array([100.0, 100.0]), 100.0, suspended=np.array([True, False]))
    assert_refuses(lambda: half.redeem("ann", 1.0), r"coins.* = 1 is not possible")
    assert half.redeem("ann", np.array([0.0, 1.0])).after.supply.tolist() == [100.0, 99.0]


def test_arrays_are_each_case():
    liquid, discount = np.array([0.2, 0.9, 0.05]), np.array([0.1, 0.02, 0.3])
    assert_broadcasts(lambda m, h: ReserveCoin(1.0, m, 1 - m, h).redeem("ann", 0.5)[:5], liquid, discount)
    assert_broadcasts(
        lambda r, p: divide_income(1e9, r, to_distributors=p), np.array([0.0, 0.04]), np.array([0.6, 0.0])
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ReserveCoin(-1.0, 1.0), r"supply = -1"),
        (lambda: ReserveCoin(1.0, -1.0), r"liquid = -1"),
        (lambda: ReserveCoin(1.0, 1.0, -1.0), r"illiquid = -1"),
        (lambda: ReserveCoin(1.0, 1.0, discount=1.0), r"discount = 1"),
        (lambda: ReserveCoin(1.0, 1.0, fee=1.0), r"fee = 1"),
        (lambda: ReserveCoin(1.0, 1.0, frozen={"eve": 2.0}), r"frozen = 2"),
        (lambda: ReserveCoin(1.0, 1.0).lose(2.0), r"dollars = 2"),
        (lambda: ReserveCoin(1.0, 1.0).lose(1.0, of="gold"), r"of = 'gold'"),
        (lambda: ReserveCoin(1.0, 1.0).redeem("ann", 2.0), r"coins = 2"),
        (lambda: ReserveCoin(1.0, 1.0).blacklist("eve", 0.0), r"coins = 0"),
        (lambda: divide_income(1.0, 0.04, to_holders=0.6, costs=0.6), r"to_holders \+ to_distributors \+ costs = 1.2"),
        (lambda: divide_income(1.0, -0.04), r"rate = -0.04"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
