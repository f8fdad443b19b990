"""Trading: what the answers of P2a and P4a hang on, and the costs against the library's own markets."""

import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.exchange.trading import pool_or_book, trading_costs
from defi_lib.exchange import ConstantProductPool, OrderBook


def at(id, **changed):
    one = effect(id)
    return float(one(today(one.assumptions, changed=changed))[0])


KRAKEN = 0.004


def test_the_cheapest_doors_of_both_sides_are_nearly_equally_cheap():
    assert 0 < at("P2a") < 0.001 < at("P2a", exchange_fee=KRAKEN), "a dearer exchange turns it"
    assert evidence("P2a").named == "exchange_fee"


def test_the_way_of_the_coins_decides_more_than_any_fee():
    wallet, exchange = at("P2a", place=1), at("P2a", place=2)
    assert wallet - at("P2a") > 0.005 < at("P2a") - exchange
    assert "place" not in evidence("P2a").turned, "who somebody is, is never averaged over"


def test_what_a_popular_wallet_adds_turns_the_answer_beside_a_dear_exchange():
    assert at("P2a", interface=0.00875, exchange_fee=KRAKEN) < 0.001
    assert at("P2a", interface=0.0015, exchange_fee=KRAKEN) > 0.001
    assert at("P2a", interface=0.00875, exchange_fee=0.015) > 0.001, "beside an app it is cheaper all the same"


def test_on_a_busy_day_layer_2_is_the_way_out():
    busy = {"gas_price": 98.7, "ether_price": 3_796.0}
    assert at("P2a", **busy) < 0 < at("P2a", network=1, **busy)


def test_an_order_book_of_the_same_depth_costs_what_the_library_says():
    pool = ConstantProductPool((5_000.0, 10e6), fee=0.003)
    book = OrderBook.mirror(pool, reach=1.2, levels=4_000, taker_fee=0.004)
    in_pool, in_book = trading_costs(50_000.0, 0.003, 0.0, 0.004, 0.0, 0.0)
    assert in_pool == pytest.approx(pool.swap_exact_in(50_000.0, 1, 0).cost, rel=1e-9)
    assert in_book == pytest.approx(book.swap_exact_in(50_000.0, 1, 0).cost, rel=5e-3)


def test_at_equal_fees_the_pool_is_the_cheaper_one_if_gas_is_less_than_half_a_spread():
    for gas, cheaper in ((0.04, True), (0.06, False)):
        costs = pool_or_book(500.0, gas, 0.0, 0.003, 0.003, 10.0)
        assert (costs["Pool"] < costs["Order book"]) is np.bool_(cheaper)


def test_who_is_paid_hangs_on_what_arbitrageurs_leave():
    assert at("P4a", taken_back=1.0) < 0.1 < at("P4a", taken_back=0.0)
    assert at("P4a", makers_open=1.0, half_spread=0.001) < at("P4a")
