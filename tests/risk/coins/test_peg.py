"""Bands, and a peg under flows: what a module, its fees, a savings rate and arbitrageurs' capital do."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool
from defi_lib.ledger import Ledger
from defi_lib.risk import hold_peg, module_band, redemption_band
from tests.support.contracts import assert_refuses

POOL = ConstantProductPool((100.0, 100.0), fee=0.0)
FLOWS = [10.0, 10.0, 0.0, -5.0, 0.0]


def test_bands():
    """J2: Liquity's 0.995 and 1.10."""
    assert redemption_band(0.005, 1.1) == (0.995, 1.1)
    assert module_band() == (1.0, 1.0)
    assert module_band(0.01, 0.0, 0.8774) == pytest.approx((0.8774, 0.8774 / 0.99))


def test_by_hand():
    """10 coins sold: 110 × 90.909; arbitrageurs buy them back at par for 9.0909 dollars and get 10 from the module."""
    run = hold_peg([10.0], POOL, gem=50.0, capital=100.0)
    assert run.price[0] == pytest.approx(1.0) and run.gem[0] == pytest.approx(40.0)
    assert run.arbitrage_gain == pytest.approx(10 - 100 / 11) and run.capital[0] == pytest.approx(100 - 100 / 11)
    fee = hold_peg([10.0], POOL, gem=50.0, capital=100.0, tout=0.01)
    assert fee.price[0] == pytest.approx(1 / 1.01) and fee.module[2] > 0
    up = hold_peg([-10.0], POOL, room=50.0, capital=100.0)
    assert up.price[0] == pytest.approx(1.0) and up.module[1] == pytest.approx(100 / 11)


def test_what_breaks_first():
    held = hold_peg(FLOWS, POOL, gem=50.0, capital=100.0)
    assert held.lowest == pytest.approx(1.0) and held.steps_to_return() == 0
    empty = hold_peg(FLOWS, POOL, gem=5.0, capital=100.0)
    assert empty.gem[1] == pytest.approx(0.0) and empty.lowest < 0.8 and not empty.returned()
    poor = hold_peg([10.0, *[0.0] * 9], POOL, gem=50.0, capital=3.0, bound=2)
    assert poor.returned() and poor.steps_to_return() > 2
    assert hold_peg([10.0, *[0.0] * 9], POOL, gem=50.0, capital=3.0, bound=4).steps_to_return() > poor.steps_to_return()


def test_a_savings_rate_draws_buyers_and_costs_its_interest():
    plain_run = hold_peg([0.2] * 30, POOL)
    drawn = hold_peg([0.2] * 30, POOL, saved=365.0, savings_rate=0.05, outside_rate=0.03, sensitivity=5.0)
    assert drawn.price[-1] > plain_run.price[-1]
    assert drawn.interest == pytest.approx(365 * (1.05 ** (30 / 365) - 1), rel=1e-3)
    even = hold_peg([0.2] * 30, POOL, saved=365.0, savings_rate=0.07, outside_rate=0.03, sensitivity=5.0)
    assert even.price[-1] == pytest.approx(1.0) and plain_run.interest == 0


money = st.floats(0, 60)
fees = st.floats(0, 0.02)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.floats(-30, 30), min_size=1, max_size=5), money, money, money, fees, fees)
def test_nothing_is_lost(flows, gem, room, capital, tin, tout):
    run = hold_peg(flows, POOL, gem=gem, room=room, capital=capital, tin=tin, tout=tout)
    taken, issued, fee = run.module
    assert run.gem[-1] == pytest.approx(gem - taken + issued + fee, abs=1e-6)
    coins = run.users[0] + run.arbitrage[0]
    assert run.pool.reserves[0] == pytest.approx(100 - coins, abs=1e-6)
    assert run.pool.reserves[1] == pytest.approx(100 - run.users[1] - run.arbitrage[1], abs=1e-6)
    assert run.arbitrage[0] == pytest.approx(taken - issued, abs=1e-9) and run.arbitrage_gain >= -1e-9
    assert np.all(run.gem >= 0) and np.all(run.capital >= 0) and np.all(run.price > 0)
    ledger = Ledger(new_parties="by name")
    ledger.book(run)
    ledger.check_conserved()


@settings(deadline=None, max_examples=40)
@given(money, money, money, money)
def test_more_reserve_and_more_capital_never_hurt(gem, more_gem, capital, more_capital):
    less = hold_peg([10.0, 10.0], POOL, gem=gem, capital=capital)
    more = hold_peg([10.0, 10.0], POOL, gem=gem + more_gem, capital=capital + more_capital)
    assert more.lowest >= less.lowest - 1e-9


def test_placebo_no_flow_no_deviation():
    run = hold_peg([0.0] * 4, POOL, gem=5.0, room=5.0, capital=9.0)
    assert run.price.tolist() == [1.0] * 4 and run.steps_to_return() == 0 and run.arbitrage_gain == 0


def test_arrays_are_each_case():
    flows = np.multiply.outer(FLOWS, [1.0, 0.5, 2.0])
    capital = np.array([0.0, 5.0, 100.0])
    many = hold_peg(flows, POOL, gem=20.0, room=5.0, capital=capital, tin=0.001)
    for at in range(3):
        one = hold_peg(flows[:, at], POOL, gem=20.0, room=5.0, capital=float(capital[at]), tin=0.001)
        assert many.price[:, at] == pytest.approx(one.price, rel=1e-12)
        assert many.steps_to_return()[at] == one.steps_to_return()


def test_scenarios_may_come_with_any_argument():
    two = np.array([0.0, 0.01])
    for name in ("gem", "capital", "room", "tin", "tout", "savings_rate", "outside_rate"):
        arguments = {"gem": 20.0, "capital": 9.0, "room": 5.0, "saved": 10.0, "sensitivity": 1.0}
        many = hold_peg(FLOWS, POOL, **{**arguments, name: two})
        one = hold_peg(FLOWS, POOL, **{**arguments, name: 0.01})
        assert many.price[:, 1] == pytest.approx(one.price, rel=1e-12), name
        assert many.arbitrage_gain[1] == pytest.approx(one.arbitrage_gain, abs=1e-9), name


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: redemption_band(0.005, 0.9), r"minimum_ratio = 0.9"),
        (lambda: redemption_band(1.0, 1.1), r"redemption_fee = 1"),
        (lambda: module_band(gem_price=0.0), r"gem_price = 0"),
        (lambda: hold_peg([np.inf], POOL), r"flows\[0\] = inf"),
        (lambda: hold_peg([1.0], POOL, gem=-1.0), r"gem = -1"),
        (lambda: hold_peg([1.0], POOL, capital=-1.0), r"capital = -1"),
        (lambda: hold_peg([1.0], POOL, bound=0), r"bound = 0"),
        (lambda: hold_peg([1.0], POOL).steps_to_return(-1.0), r"tolerance = -1"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
