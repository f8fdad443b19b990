"""Auctions of surplus and losses, and the balance sheet that starts them."""

import copy
import pickle

import numpy as np
import pytest

from defi_lib.ledger import Ledger
from defi_lib.lending import AuctionTerms, BalanceSheet, DebtAuction, SheetRules, SurplusAuction
from tests.support.contracts import assert_refuses

RULES = SheetRules(86_400.0, 50.0, 250.0, 10.0, 20.0, 10.0)


def test_a_seized_debt_waits_for_its_auction():
    sheet = BalanceSheet(RULES).enqueue(100.0, 5.0).enqueue(20.0, 5.0).enqueue(1.0, 6.0)
    assert (sheet.queued, sheet.bad_debt, sheet.free_debt) == (121.0, 121.0, 0.0)
    with pytest.raises(ValueError, match=r"now = 86404 .* since"):
        sheet.release(5.0, 86_404.0)
    freed = sheet.release(5.0, 86_405.0)
    assert (freed.free_debt, freed.queued) == (120.0, 1.0)
    assert freed.release(5.0, 86_405.0) == freed
    with pytest.raises(ValueError, match=r"time = 3 "):
        sheet.enqueue(1.0, 3.0)


def test_income_heals_debt_before_anything_is_auctioned():
    sheet = BalanceSheet(RULES, free_debt=100.0).earn(30.0)
    with pytest.raises(ValueError, match=r"surplus = 30 .* heal first"):
        sheet.start_debt_auction(0.0)
    sheet = sheet.heal(30.0)
    assert (sheet.surplus, sheet.free_debt) == (0.0, 70.0)
    sheet, auction = sheet.start_debt_auction(0.0)
    assert (auction.coins, auction.tokens, sheet.free_debt, sheet.on_auction) == (50.0, 250.0, 20.0, 50.0)
    with pytest.raises(ValueError, match=r"free_debt = 20 .* debt_lot or more"):
        sheet.start_debt_auction(0.0)
    assert sheet.pay_auctioned(50.0).bad_debt == 20.0


def test_a_surplus_beyond_debt_and_buffer_is_auctioned():
    sheet = BalanceSheet(RULES, surplus=0.1 + 0.2 + 29.7)
    sheet, auction = sheet.start_surplus_auction(0.0)
    assert (auction.coins, sheet.on_sale) == (10.0, 10.0)
    assert sheet.surplus == pytest.approx(20.0)
    with pytest.raises(ValueError, match=r"surplus = 20 "):
        sheet.start_surplus_auction(0.0)
    with pytest.raises(ValueError, match=r"on_sale after = 20 "):
        sheet.earn(20.0).start_surplus_auction(0.0)
    assert sheet.sold(10.0).on_sale == 0.0
    with pytest.raises(ValueError, match=r"free_debt = 5 .* heal first"):
        BalanceSheet(RULES, surplus=100.0, free_debt=5.0).start_surplus_auction(0.0)


def test_bids_for_a_debt_ask_for_less():
    auction = DebtAuction(50.0, 250.0, 0.0)
    with pytest.raises(ValueError, match=r"tokens = 250 .* \[0, 250\)"):
        auction.bid("ann", 250.0, 0.0)
    with pytest.raises(ValueError, match=r"tokens = 239 .* less the improvement"):
        auction.bid("ann", 239.0, 0.0)
    first = auction.bid("ann", 210.0, 0.0)
    assert first.auction.bid("ben", 200.0, 0.0).auction.tokens == 200.0  # 210 is 5 % more than 200
    second = first.auction.bid("ben", 100.0, 10.0)
    with pytest.raises(ValueError, match=r"time = 10810 .* lifetime"):
        second.auction.settle(10_810.0)
    with pytest.raises(ValueError, match=r"time = 10810 .* before the best bid has won"):
        second.auction.bid("ann", 50.0, 10_810.0)
    assert second.auction.settle(10_811.0).winner == "ben"


def test_an_auction_without_bids_starts_again():
    auction = DebtAuction(50.0, 200.0, 0.0)
    with pytest.raises(ValueError, match=r"time = 172800 .* after the end"):
        auction.restart(172_800.0)
    with pytest.raises(ValueError, match=r"time = 172801 .* if there was a bid"):
        auction.settle(172_801.0)
    again = auction.restart(172_801.0)
    assert (again.tokens, again.end) == (300.0, 345_601.0)
    assert SurplusAuction(10.0, 0.0).restart(172_801.0).end == 345_601.0
    with pytest.raises(ValueError, match=r"bidder = 'ann' has bid"):
        auction.bid("ann", 1.0, 0.0).auction.restart(1e9)


def test_bids_for_a_surplus_offer_more():
    auction = SurplusAuction(10.0, 0.0).bid("ann", 4.0, 0.0).auction
    with pytest.raises(ValueError, match=r"tokens = 4.1 .* and the improvement"):
        auction.bid("ben", 4.1, 0.0)
    auction = auction.bid("ben", 4.2, 0.0).auction.bid("ben", 5.0, 0.0).auction
    assert auction.settle(10_801.0).tokens == 5.0
    assert auction.is_over(10_801.0) and not auction.is_over(10_800.0)


def test_who_pays_a_loss_and_who_gains_from_a_surplus():
    ledger = Ledger({"ann": "bidder", "ben": "bidder", "issuer": "protocol"})
    ledger.mint("ann", 10.0, "governance token")
    ledger.mint("ben", 10.0, "governance token")
    auction = DebtAuction(50.0, 250.0, 0.0)
    for bidder, tokens in (("ann", 200.0), ("ben", 100.0)):
        bid = auction.bid(bidder, tokens, 0.0)
        ledger.book(bid)
        auction = bid.auction
    ledger.book(auction.settle(1e4 + 801))
    assert (ledger.balance("ann", "coin"), ledger.balance("ben", "coin")) == (0.0, -50.0)
    assert ledger.balance("issuer", "coin") == 50.0
    assert ledger.balance("ben", "governance token") == 110.0  # all holders are diluted by 100
    sale = SurplusAuction(30.0, 2e4)
    for bidder, tokens in (("ben", 4.0), ("ann", 5.0), ("ann", 6.0)):
        bid = sale.bid(bidder, tokens, 2e4)
        ledger.book(bid)
        sale = bid.auction
    ledger.book(sale.settle(3.1e4))
    ledger.check_conserved()
    assert (ledger.balance("ann", "coin"), ledger.balance("issuer", "coin")) == (30.0, 20.0)
    assert (ledger.balance("ann", "governance token"), ledger.balance("ben", "governance token")) == (4.0, 110.0)
    assert ledger.balance("issuer", "governance token") == 0.0


def test_scenarios():
    sheet = BalanceSheet(RULES, free_debt=np.array([60.0, 100.0]))
    sheet, auction = sheet.start_debt_auction(0.0)
    assert list(sheet.free_debt) == [10.0, 50.0]
    bid = auction.bid("ann", np.array([100.0, 200.0]), 0.0)
    assert list(bid.auction.settle(2e4).tokens) == [100.0, 200.0]
    with pytest.raises(ValueError, match=r"tokens\[1\] = 240 "):
        auction.bid("ann", np.array([100.0, 240.0]), 0.0)


@pytest.mark.parametrize(
    "state",
    [
        BalanceSheet(RULES, 1.0).enqueue(2.0, 0.0),
        DebtAuction(50.0, 250.0).bid("ann", 1.0, 0.0).auction,
        SurplusAuction(10.0).bid("ann", 1.0, 0.0),
    ],
    ids=lambda state: type(state).__name__,
)
def test_copies_are_equal(state):
    assert pickle.loads(pickle.dumps(state)) == copy.deepcopy(state) == state


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: AuctionTerms(-0.1), "improvement = -0.1"),
        (lambda: AuctionTerms(growth=-0.1), "growth = -0.1"),
        (lambda: AuctionTerms(bid_lifetime=0.0), "bid_lifetime = 0"),
        (lambda: AuctionTerms(duration=0.0), "duration = 0"),
        (lambda: SheetRules(-1.0), "wait = -1"),
        (lambda: SheetRules(most_on_sale=-1.0), "most_on_sale = -1"),
        (lambda: DebtAuction(-1.0, 1.0), "coins = -1"),
        (lambda: DebtAuction(1.0, -1.0), "tokens = -1"),
        (lambda: SurplusAuction(-1.0), "coins = -1"),
        (lambda: SurplusAuction(1.0).bid("ann", 0.0, 0.0), "tokens = 0"),
        (lambda: BalanceSheet(RULES, -1.0), "surplus = -1"),
        (lambda: BalanceSheet(RULES).earn(-1.0), "coins = -1"),
        (lambda: BalanceSheet(RULES).issue(-1.0), "coins = -1"),
        (lambda: BalanceSheet(RULES).heal(1.0), "coins = 1 .* the surplus"),
        (lambda: BalanceSheet(RULES, 1.0).heal(1.0), "coins = 1 .* the free debt"),
        (lambda: BalanceSheet(RULES).pay_auctioned(1.0), "coins = 1 .* on auction"),
        (lambda: BalanceSheet(RULES).sold(1.0), "coins = 1 .* on sale"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
