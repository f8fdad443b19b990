"""Debt positions with a stability fee."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.lending import SECONDS_PER_YEAR, DebtPosition, annual_fee, fee_per_second
from tests.support.contracts import assert_refuses

POSITION = DebtPosition(10.0, 10_000.0, 2000.0, fee=0.04, liquidation_ratio=1.5)


def test_fee_per_second_of_the_contract():
    assert fee_per_second(0.04) == pytest.approx(1.243680656318820312e-9, rel=1e-12)
    assert annual_fee(1.243680656318820312e-9) == pytest.approx(0.04, rel=1e-12)
    assert annual_fee(fee_per_second(1e-12)) == pytest.approx(1e-12, rel=1e-12)


def test_the_fee_is_compounded():
    change = POSITION.advance(SECONDS_PER_YEAR)
    assert change.position.debt == pytest.approx(10_400.0, rel=1e-14)
    assert change.debt == pytest.approx(400.0, rel=1e-13)
    halves = POSITION.advance(SECONDS_PER_YEAR / 2).position.advance(SECONDS_PER_YEAR / 2).position
    assert halves.debt == pytest.approx(10_400.0, rel=1e-14)


def test_safe_while_the_ratio_holds():
    assert POSITION.is_safe
    assert POSITION.liquidation_price == 1500.0
    assert POSITION.largest_debt == pytest.approx(40_000 / 3)
    assert DebtPosition(10.0, 10_000.0, 1500.0).is_safe
    assert not DebtPosition(10.0, 10_000.0, 1499.99).is_safe
    assert DebtPosition(0.0, 0.0, 1.0).liquidation_price == 0.0


def test_adjusting():
    more = POSITION.adjust(collateral=5.0, debt=10_000.0)
    assert (more.position.collateral, more.position.debt) == (15.0, 20_000.0)
    less = more.position.adjust(collateral=-5.0, debt=-10_000.0)
    assert (less.position.collateral, less.position.debt) == (10.0, 10_000.0)
    closed = POSITION.adjust(-10.0, -10_000.0).position
    assert (closed.collateral, closed.debt) == (0.0, 0.0)
    # An unsafe position may still be made less risky.
    assert DebtPosition(10.0, 10_000.0, 1000.0).adjust(collateral=1.0, debt=-1.0).position.debt == 9999.0


@pytest.mark.parametrize(("collateral", "debt", "ratio"), [(3.3, 3.0, 1.1), (0.57, 0.3, 1.9), (1.1 * 0.7, 0.7, 1.1)])
def test_what_may_be_issued_is_safe(collateral, debt, ratio):
    position = DebtPosition(collateral, 0.0, 1.0, 0.0, ratio).adjust(debt=debt).position
    assert position.is_safe
    assert position.liquidate().sold == 0.0
    assert not DebtPosition(collateral, debt * (1 + 1e-12), 1.0, 0.0, ratio).is_safe
    with pytest.raises(ValueError, match="debt after"):
        DebtPosition(collateral, 0.0, 1.0, 0.0, ratio).adjust(debt=debt * (1 + 1e-12))


def test_growth_beyond_what_a_float_holds_is_refused():
    with pytest.raises(ValueError, match=r"fee_per_second = 1 is not possible: .* growth below 1.8e308"):
        annual_fee(1.0)
    with pytest.raises(ValueError, match=r"fee_per_second\[1\] = 1 "):
        annual_fee(np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match=r"seconds = 31536000 "):
        DebtPosition(1.0, 1e307, 1.0, fee=99.0).advance(SECONDS_PER_YEAR)
    with pytest.raises(ValueError, match=r"seconds = 3.1536e\+18 "):
        DebtPosition(1.0, 0.0, 1.0, fee=1.0).advance(1e11 * SECONDS_PER_YEAR)
    with pytest.raises(ValueError, match=r"liquidation_price = inf"):
        _ = DebtPosition(1e-300, 1e300, 1.0).liquidation_price
    with pytest.raises(ValueError, match=r"price = 1e\+300 is not possible"):
        DebtPosition(1e300, 0.0, 1e300)
    with pytest.raises(ValueError, match=r"debt = 1.7e\+308 is not possible"):
        DebtPosition(1.0, 1.7e308, 1.0)


def test_a_position_keeps_its_own_numbers():
    collateral = np.array([10.0, 10.0])
    position = DebtPosition(collateral, 1000.0, 2000.0)
    collateral[0] = 0.0
    assert list(position.collateral) == [10.0, 10.0]
    with pytest.raises(ValueError, match="read-only"):
        position.collateral[0] = 1.0


def test_a_copy_owes_the_same():
    position = POSITION.advance(SECONDS_PER_YEAR).position
    assert copy.deepcopy(position).debt == position.debt
    assert pickle.loads(pickle.dumps(position.liquidate())) == position.liquidate()


def test_liquidation_returns_what_is_left():
    result = DebtPosition(10.0, 10_000.0, 1400.0).liquidate(penalty=0.13)
    assert result.proceeds == pytest.approx(11_300.0)
    assert result.sold == pytest.approx(11_300 / 1400)
    assert result.returned == pytest.approx(10 - 11_300 / 1400)
    assert result.bad_debt == 0.0
    assert (result.position.collateral, result.position.debt) == (0.0, 0.0)


def test_liquidation_at_a_bad_auction_leaves_bad_debt():
    result = DebtPosition(10.0, 10_000.0, 1400.0).liquidate(auction_price=500.0)
    assert (result.sold, result.proceeds, result.returned, result.bad_debt) == (10.0, 5000.0, 0.0, 5000.0)
    untouched = POSITION.liquidate()
    assert (untouched.sold, untouched.position) == (0.0, POSITION)


@given(st.floats(0, 1e6), st.floats(0, 1e9), st.floats(0.01, 1e5), st.floats(0, 1), st.floats(0.01, 1e5))
def test_a_liquidation_creates_nothing(collateral, debt, price, penalty, paid):
    result = DebtPosition(collateral, debt, price).liquidate(penalty, paid)
    assert result.sold + result.returned + result.position.collateral == pytest.approx(collateral, rel=1e-12)
    assert 0 <= result.sold <= collateral * (1 + 1e-15)
    assert result.proceeds + result.bad_debt >= (debt - result.position.debt) * (1 - 1e-12)


def test_the_ledger_balances():
    ledger = Ledger({"owner": "borrower", "issuer": "protocol", "bidder": "bidder"})
    change = DebtPosition(0.0, 0.0, 2000.0, fee=0.04).adjust(10.0, 10_000.0)
    steps = [change, change.position.advance(SECONDS_PER_YEAR)]
    steps.append(steps[-1].position._replace(price=1200.0).liquidate())
    for step in steps:
        for transfer in step.transfers:
            ledger.record(*transfer)
    ledger.check_conserved()
    assert ledger.balance("owner", "coin debt") == pytest.approx(0.0, abs=1e-9)
    assert ledger.balance("owner", "coin") == 10_000.0
    assert ledger.balance("bidder", "collateral") == pytest.approx(steps[-1].sold)


def test_many_positions_at_once():
    positions = DebtPosition(np.array([10.0, 10.0]), np.array([10_000.0, 100.0]), 1400.0)
    result = positions.liquidate()
    one = DebtPosition(10.0, 10_000.0, 1400.0).liquidate()
    assert list(result.sold) == [one.sold, 0.0]
    assert list(result.position.debt) == [0.0, 100.0]
    assert list(positions.advance(DAY_ARRAY).position.debt) == [10_000.0, 100.0]


DAY_ARRAY = np.array([0.0, 86_400.0])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: DebtPosition(-1.0, 1.0, 1.0), r"collateral = -1 .* \[0, inf\)"),
        (lambda: DebtPosition(1.0, -1.0, 1.0), r"debt = -1"),
        (lambda: DebtPosition(1.0, 1.0, 0.0), r"price = 0"),
        (lambda: DebtPosition(1.0, 1.0, 1.0, -0.1), r"fee = -0.1"),
        (lambda: DebtPosition(1.0, 1.0, 1.0, 0.1, 0.9), r"liquidation_ratio = 0.9 .* \[1, "),
        (lambda: DebtPosition(1.0, 1.0, 1.0, rate_index=0.5), r"rate_index = 0.5"),
        (lambda: DebtPosition(np.ones(2), np.ones(3), 1.0), r"collateral \(2,\), debt \(3,\)"),
        (lambda: POSITION.advance(-1.0), r"seconds = -1"),
        (lambda: POSITION.adjust(collateral=-11.0), r"collateral = -11 .* \[-10, "),
        (lambda: POSITION.adjust(debt=-10_001.0), r"debt = -10001 .* \[-10000, "),
        (lambda: POSITION.adjust(debt=5000.0), r"debt after = 15000 is not possible: .* liquidation ratio"),
        (lambda: POSITION.adjust(collateral=-3.0), r"debt after = 10000 is not possible"),
        (lambda: POSITION.liquidate(-0.1), r"penalty = -0.1"),
        (lambda: POSITION.liquidate(0.1, 0.0), r"auction_price = 0"),
        (lambda: DebtPosition(0.0, 1.0, 1.0).liquidation_price, r"collateral = 0 is not possible"),
        (lambda: fee_per_second(-0.1), r"annual_fee = -0.1"),
        (lambda: annual_fee(-0.1), r"fee_per_second = -0.1"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
