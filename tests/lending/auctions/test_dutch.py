"""Dutch auctions of collateral: who pays, who gains, and that nothing is lost on the way."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.lending import (
    DebtPosition,
    DutchAuction,
    DutchRules,
    ExponentialDecrease,
    LinearDecrease,
    StairstepDecrease,
    start_auction,
)
from tests.support.contracts import assert_refuses

RULES = DutchRules(StairstepDecrease(0.99, 90.0), buffer=1.3, penalty=0.13, tip=300.0, chip=0.001)
UNSAFE = DebtPosition(100.0, 120_000.0, 1799.0, least_debt=5000.0)


def test_a_price_falls_to_nothing():
    assert LinearDecrease(3600.0).price(100.0, 3600.0) == LinearDecrease(3600.0).price(100.0, 1e9) == 0.0
    assert StairstepDecrease(0.5, 0.1).price(8.0, 0.3) == 1.0
    assert ExponentialDecrease(0.0).price(8.0, 0.0) == 8.0
    assert ExponentialDecrease(0.9999).price(2000.0, 1e9) == 0.0
    assert list(LinearDecrease(np.array([10.0, 20.0])).price(100.0, np.array([5.0, 5.0]))) == [50.0, 75.0]


def test_a_start_takes_the_position_and_pays_the_keeper():
    start = start_auction(UNSAFE, RULES, 7.0)
    assert (start.position.collateral, start.position.debt, start.debt) == (0.0, 0.0, 120_000.0)
    assert start.auction.tab == pytest.approx(135_600.0)
    assert start.auction.least_rest == pytest.approx(5650.0)
    assert (start.auction.lot, start.auction.start) == (100.0, 7.0)
    assert start.incentive == pytest.approx(435.6)


def test_exactly_at_the_limit_a_position_is_not_auctioned():
    with pytest.raises(ValueError, match=r"debt = 3 is not possible: allowed is a position that is unsafe"):
        start_auction(DebtPosition(3.3, 3.0, 1.0, liquidation_ratio=1.1), RULES)


def test_room_takes_a_part_or_all_of_it():
    part = start_auction(UNSAFE, RULES, room=56_500.0)
    assert part.debt == pytest.approx(50_000.0)
    assert part.auction.lot == pytest.approx(100 * 5 / 12)
    assert part.position.debt == pytest.approx(70_000.0)
    # 4,999 would be left, less than the least debt: all of it is taken.
    whole = start_auction(UNSAFE, RULES, room=1.13 * 115_001.0)
    assert (whole.debt, whole.position.debt) == (120_000.0, 0.0)
    with pytest.raises(ValueError, match=r"room = 5000 .* the least debt with penalty"):
        start_auction(UNSAFE, RULES, room=5000.0)
    with pytest.raises(ValueError, match=r"room = 0 "):
        start_auction(UNSAFE, RULES, room=0.0)


def test_a_purchase_leaves_the_least_rest_or_nothing():
    auction = DutchAuction(14_690.0, 10.0, 2000.0, 0.0, RULES, 5650.0)
    take = auction.take(6.0, 0.0)
    assert take.auction.tab == 5650.0
    assert take.paid == 9040.0
    assert take.bought == 4.52
    with pytest.raises(ValueError, match=r"tab = 5650 .* more than least_rest, or all is bought"):
        take.auction.take(1.0, 0.0)
    last = take.auction.take(100.0, 0.0)
    assert (last.paid, last.bought, last.missing) == (5650.0, 2.825, 0.0)
    assert last.returned == pytest.approx(10 - 4.52 - 2.825)
    assert not last.auction.is_running


def test_a_lot_that_is_worth_too_little_leaves_a_loss():
    take = DutchAuction(1000.0, 1.0, 600.0, 0.0, RULES).take(5.0, 0.0)
    assert (take.bought, take.paid, take.returned, take.missing) == (1.0, 600.0, 0.0, 400.0)
    assert not take.auction.is_running
    with pytest.raises(ValueError, match=r"lot = 0 .* not over"):
        take.auction.take(1.0, 0.0)
    with pytest.raises(ValueError, match=r"lot = 0 .* not over"):
        take.auction.redo(1.0, 1e5)


def test_a_lot_sold_in_tenths_leaves_nothing():
    auction = DutchAuction(1000.0, 0.3, 100.0, 0.0, RULES)
    for _ in range(3):
        auction = auction.take(0.1, 0.0).auction
    assert not auction.is_running


def test_an_auction_starts_again_when_it_takes_too_long():
    rules = DutchRules(LinearDecrease(10_000.0), 1.2, tail=5000.0, cusp=0.6, tip=10.0)
    auction = DutchAuction(1000.0, 1.0, 2000.0, 0.0, rules, 500.0)
    assert not auction.needs_reset(4000.0)  # exactly at the cusp
    assert auction.needs_reset(4001.0)
    with pytest.raises(ValueError, match=r"time = 4001 .* must start again"):
        auction.take(0.1, 4001.0)
    with pytest.raises(ValueError, match=r"time = 4000 .* when the auction must start again"):
        auction.redo(1000.0, 4000.0)
    again = auction.redo(1000.0, 4001.0)
    assert (again.auction.top, again.auction.start, again.incentive) == (1200.0, 4001.0, 10.0)
    assert auction.redo(499.0, 4001.0).incentive == 0.0  # the lot is worth less than the least rest
    assert not DutchAuction(1.0, 1.0, 1.0, 0.0, rules._replace(cusp=0.0)).needs_reset(5000.0)


POSITIVE = st.floats(1e-3, 1e6)


@settings(max_examples=100, deadline=None)
@given(POSITIVE, POSITIVE, POSITIVE, st.floats(0, 8400), st.floats(0, 1e7), st.floats(0, 1))
def test_a_purchase_creates_nothing(tab, lot, top, time, amount, rest):
    auction = DutchAuction(tab, lot, top, 0.0, RULES, rest * tab)
    try:
        take = auction.take(amount, min(time, 8000.0))
    except ValueError as error:
        assert "least_rest" in str(error)
        return
    assert take.bought + take.returned + take.auction.lot == pytest.approx(lot, rel=1e-12)
    assert take.paid + take.missing + take.auction.tab == pytest.approx(tab, rel=1e-12)
    assert take.paid == pytest.approx(take.bought * auction.price(min(time, 8000.0)), rel=1e-12)
    assert take.bought <= lot and take.paid <= tab
    if take.auction.is_running and take.bought:
        assert take.auction.tab >= rest * tab * (1 - 1e-12)


def test_arrays_agree_with_scalars():
    positions = DebtPosition(100.0, np.array([120_000.0, 118_000.0, 130_000.0]), 1790.0, least_debt=5000.0)
    unsafe = ~np.asarray(positions.is_safe)
    assert list(unsafe) == [True, False, True]
    started = start_auction(positions, RULES, 0.0, 1e5, unsafe)
    taken = started.auction.take(np.array([1.0, 1.0, 200.0]), 1800.0, where=unsafe)
    for i, debt in enumerate([120_000.0, 118_000.0, 130_000.0]):
        if not unsafe[i]:
            assert started.position.debt[i] == debt
            assert (taken.bought[i], taken.paid[i], started.incentive[i]) == (0.0, 0.0, 0.0)
            continue
        one = start_auction(DebtPosition(100.0, debt, 1790.0, least_debt=5000.0), RULES, 0.0, 1e5)
        take = one.auction.take([1.0, 1.0, 200.0][i], 1800.0)
        assert started.auction.tab[i] == one.auction.tab
        assert (taken.bought[i], taken.paid[i], taken.returned[i]) == (take.bought, take.paid, take.returned)
    later = started.auction.redo(1500.0, 8401.0, where=unsafe)
    assert list(later.auction.start) == [8401.0, 0.0, 8401.0]


def test_who_pays_and_who_gains():
    parties = {"owner": "borrower", "issuer": "protocol", "keeper": "keeper", "bidder": "bidder"}
    ledger = Ledger(parties)
    opened = DebtPosition(0.0, 0.0, 2000.0).adjust(100.0, 120_000.0)
    start = start_auction(opened.position._replace(price=1799.0), RULES)
    take = start.auction.take(100.0, 1710.0)
    ledger.book(opened, start, take)
    ledger.check_conserved()
    # The bidder gains the discount; the issuer keeps the penalty less the incentive.
    assert ledger.balance("bidder", "collateral") == take.bought
    assert ledger.balance("owner", "collateral") == pytest.approx(-take.bought)
    assert ledger.balance("owner", "coin debt") == pytest.approx(0.0, abs=1e-9)
    assert ledger.balance("keeper", "coin") == start.incentive
    assert ledger.balance("issuer", "coin") == pytest.approx(-120_000 - start.incentive + 135_600)
    assert take.bought * 1799.0 > 0.9 * take.paid


def test_it_travels_and_keeps_its_own_numbers():
    lots = np.array([1.0, 2.0])
    auction = DutchAuction(1000.0, lots, 100.0, 0.0, RULES)
    lots[0] = 9.0
    assert list(auction.lot) == [1.0, 2.0]
    assert list(pickle.loads(pickle.dumps(auction)).lot) == list(copy.deepcopy(auction).lot) == [1.0, 2.0]
    start = start_auction(UNSAFE, RULES)
    assert pickle.loads(pickle.dumps(start)) == copy.deepcopy(start) == start


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: LinearDecrease(0.0), "duration = 0"),
        (lambda: StairstepDecrease(1.1, 1.0), "cut = 1.1"),
        (lambda: StairstepDecrease(0.9, 0.0), "step = 0"),
        (lambda: ExponentialDecrease(-0.1), "cut = -0.1"),
        (lambda: ExponentialDecrease(0.9).price(-1.0, 0.0), "top = -1"),
        (lambda: LinearDecrease(1.0).price(1.0, -1.0), "seconds = -1"),
        (lambda: DutchRules(buffer=0.0), "buffer = 0"),
        (lambda: DutchRules(penalty=-0.1), "penalty = -0.1"),
        (lambda: DutchRules(tail=-1.0), "tail = -1"),
        (lambda: DutchRules(cusp=1.1), "cusp = 1.1"),
        (lambda: DutchRules(tip=-1.0), "tip = -1"),
        (lambda: DutchRules(chip=-1.0), "chip = -1"),
        (lambda: DutchAuction(-1.0, 1.0, 1.0, 0.0, RULES), "tab = -1"),
        (lambda: DutchAuction(1.0, -1.0, 1.0, 0.0, RULES), "lot = -1"),
        (lambda: DutchAuction(1.0, 1.0, 0.0, 0.0, RULES), "top = 0"),
        (lambda: DutchAuction(1.0, 1.0, 1.0, 0.0, RULES, -1.0), "least_rest = -1"),
        (lambda: DutchAuction(np.ones(2), np.ones(3), 1.0, 0.0, RULES), r"tab \(2,\), lot \(3,\)"),
        (lambda: DutchAuction(1.0, 1.0, 1.0, 5.0, RULES).price(4.0), r"time = 4 .* \[5, inf\]"),
        (lambda: DutchAuction(1.0, 1.0, 1.0, 0.0, RULES).take(-1.0, 0.0), "amount = -1"),
        (lambda: DutchAuction(1.0, 1.0, 2.0, 0.0, RULES).take(1.0, 0.0, 1.9), "price = 2 .* highest_price"),
        (lambda: DutchAuction(1.0, 1.0, 2.0, 0.0, RULES).redo(0.0, 1e4), "price = 0"),
        (lambda: start_auction(DebtPosition(0.0, 1.0, 1.0), RULES), "collateral = 0"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
