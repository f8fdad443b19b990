import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool, auction_order_flow
from defi_lib.ledger import Ledger

POOL = ConstantProductPool((1_000.0, 2e6))
DOLLARS = {"token_in": 1, "token_out": 0}


def test_by_hand_without_fee():
    # 100 into 100 and 100: the price is 4, and half of the other token brings it back, for 100 in place of 50.
    auction = auction_order_flow(ConstantProductPool((100.0, 100.0), 0.0), 100.0, 1.0, 0.5, 0.8, gas=10.0)
    assert auction.back_run.pool.reserves == pytest.approx((100.0, 100.0))
    assert (auction.payment, auction.rebate, auction.searcher_profit) == pytest.approx((20.0, 16.0, 20.0))


@given(amount=st.floats(0, 1e6), bid=st.floats(0, 0.99), back=st.floats(0, 0.99), gas=st.floats(0, 100))
@settings(max_examples=100, deadline=None)
def test_what_the_back_run_earns_is_shared_out(amount, bid, back, gas):
    auction = auction_order_flow(POOL, amount, 2_000.0, bid, back, gas, **DOLLARS)
    assert auction.swap.amount_out == POOL.swap_exact_in(amount, 1, 0).amount_out, "the user's swap is undisturbed"
    assert 0 <= auction.rebate <= auction.payment and auction.searcher_profit >= 0
    if auction.back_run.profit:
        shares = auction.payment + auction.searcher_profit + gas
        assert auction.back_run.profit == pytest.approx(shares, rel=1e-9, abs=1e-7)


def test_nobody_bids_where_the_fee_or_gas_is_more():
    small = auction_order_flow(POOL, 100.0, 2_000.0, 0.9, 0.9, **DOLLARS)
    dear = auction_order_flow(POOL, 40_000.0, 2_000.0, 0.9, 0.9, gas=1e6, **DOLLARS)
    for auction in (small, dear):
        assert auction.payment == auction.rebate == auction.searcher_profit == 0
        assert auction.back_run.pool.reserves == auction.swap.pool.reserves


def test_arrays_are_scenarios_and_the_ledger_conserves():
    auction = auction_order_flow(POOL, np.array([100.0, 40_000.0]), 2_000.0, 0.6, 0.9, 3.0, **DOLLARS)
    single = auction_order_flow(POOL, 40_000.0, 2_000.0, 0.6, 0.9, 3.0, **DOLLARS)
    assert auction.rebate == pytest.approx([0.0, single.rebate])
    ledger = Ledger({"trader": "t", "searcher": "s", "pool": "p", "block producers": "b"})
    ledger.mark("ETH", 2_000.0)
    ledger.book(single)
    ledger.check_conserved()
    sold = single.back_run.sold
    ledger.reconcile("searcher", {"ETH": -sold.amount_in, "USD": sold.amount_out - single.payment - 3.0})
    assert sold.amount_out - 2_000.0 * sold.amount_in - single.payment - 3.0 == pytest.approx(single.searcher_profit)


@pytest.mark.parametrize(("bad", "says"), [({"bid": 1.0}, "bid = 1"), ({"given_back": -0.1}, "given_back = -0.1")])
def test_refuses(bad, says):
    with pytest.raises(ValueError, match=says):
        auction_order_flow(POOL, 10.0, 2_000.0, **{"bid": 0.5, "given_back": 0.5} | bad)
