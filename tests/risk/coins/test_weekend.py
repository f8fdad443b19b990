"""A pool while redemption is shut, and a coin that a fallen one backs in part."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.exchange import ConstantProductPool, StableSwapPool
from defi_lib.ledger import Ledger
from defi_lib.risk import buy_up_to, linked_price, sell_down_to, shut_weekend
from tests.support.contracts import assert_broadcasts, assert_refuses

POOL = ConstantProductPool((100.0, 100.0), fee=0.0)
STABLE = StableSwapPool((100.0, 100.0), 200.0, fee=0.0)
parts = st.floats(0, 1)


def test_by_hand():
    """10 coins into 100 × 100 leave 110 × 90.909; a dollar more makes it 108.803 × 91.909."""
    end = shut_weekend(POOL, 10.0, doubted=0.08, capital=1.0)
    assert end.lowest == pytest.approx(100 / 1.21 / 100) and end.sale.amount_out == pytest.approx(100 - 1e4 / 110)
    assert end.price == pytest.approx((1e4 / 110 + 1) ** 2 / 1e4)
    assert end.pool.price() == pytest.approx(1.0)


def test_with_dollars_enough_it_is_what_buyers_ask():
    end = shut_weekend(POOL, 10.0, doubted=0.08, recovery=0.25, capital=1e3, margin=0.05)
    assert end.fair == pytest.approx(0.94) and end.price == pytest.approx(0.94 * 0.95)


@given(
    st.floats(0, 50),
    parts,
    parts,
    st.floats(0, 20),
    st.floats(0, 0.5),
    st.floats(0.5, 1),
    st.sampled_from([0.0, 0.003]),
)
def test_what_sellers_lose_somebody_gets(sold, doubted, recovery, capital, margin, pays, fee):
    end = shut_weekend(POOL.with_fee(fee), sold, doubted, recovery, capital, margin, pays)
    before, after = POOL.reserves, end.pool.reserves
    providers = (after[0] - before[0]) * pays + after[1] - before[1]
    assert end.providers_gain == pytest.approx(providers, abs=1e-9)
    assert end.lowest <= end.price + 1e-12 and end.purchase.amount_in <= capital * (1 + 1e-12)
    ledger = Ledger(new_parties="by name")
    ledger.book(end)
    ledger.check_conserved()


@given(st.floats(0.1, 50), st.floats(1, 3), st.floats(0, 10), st.floats(0, 10))
def test_deeper_pools_and_more_dollars_hold_it_higher(sold, deeper, capital, more):
    thin = shut_weekend(POOL, sold, 0.1, capital=capital)
    deep = ConstantProductPool((100.0 * deeper, 100.0 * deeper), fee=0.0)
    assert shut_weekend(deep, sold, 0.1).lowest >= thin.lowest - 1e-12
    assert shut_weekend(POOL, sold, 0.1, capital=capital + more).price >= thin.price - 1e-12


def test_placebo_nobody_sells():
    for pool in (POOL, STABLE):
        end = shut_weekend(pool, 0.0, 0.0825, capital=5.0)
        assert end.price == pytest.approx(1.0) and end.sellers_loss == end.buyers_gain == 0


def test_a_pool_for_coins_of_one_value_holds_until_it_is_empty():
    """Few coins move it less than a constant product; when nearly all dollars are gone it falls deeper."""
    assert shut_weekend(STABLE, 50.0, 0.08).lowest > shut_weekend(POOL, 50.0, 0.08).lowest
    assert shut_weekend(STABLE, 200.0, 0.08).lowest < shut_weekend(POOL, 200.0, 0.08).lowest


def test_dai_in_march_2023():
    """USDC at 0.8774 pulls DAI to 0.88 while the module is open; half backed by it, DAI would have been at 0.94."""
    dai = ConstantProductPool((1e8, 1e8), fee=0.0)
    open_, shut = (linked_price(dai, 0.8774, 0.52, 5.1e9, room=room) for room in (950e6, 0.0))
    assert round(open_.price, 2) == 0.88 and shut.price == pytest.approx(0.52 * 0.8774 + 0.48)
    assert shut.issued == 0 and 0 < open_.issued < 950e6
    assert open_.passed_on == pytest.approx(open_.issued * 0.1226)
    assert open_.part_after == pytest.approx((0.52 * 5.1e9 + open_.issued) / (5.1e9 + open_.issued))
    dear = linked_price(dai, 0.8774, 0.52, 5.1e9, room=950e6, tin=0.01)
    assert dear.price == pytest.approx(0.8774 / 0.99)
    few = linked_price(dai, 0.8774, 0.52, 5.1e9, room=1e6)
    assert open_.price < few.price < shut.price and few.issued == 1e6


def test_a_coin_below_its_worth_in_the_module_is_brought_back():
    low = linked_price(POOL, 1.0, 0.5, 1e3, other=0.3, gem=1e3)
    assert low.worth == 0.8 and low.price == pytest.approx(1.0) and low.taken_back > 0
    assert linked_price(POOL, 1.0, 0.5, 1e3, other=0.3, gem=1.0).taken_back == pytest.approx(1.0)


def test_placebo_no_backing_no_module_no_fall():
    assert linked_price(POOL, 0.5, 0.0, 1e3).price == pytest.approx(1.0)
    assert linked_price(POOL, 1.0, 0.5, 1e3, room=1e9, gem=1e9).price == pytest.approx(1.0)


def test_trades_stop_where_they_should():
    low = ConstantProductPool((110.0, 90.0), fee=0.003)
    assert buy_up_to(low, 1.0, 1e9, coins=2.0).amount_out == pytest.approx(2.0)
    assert buy_up_to(low, 0.5, 1e9).amount_in == 0 and sell_down_to(low, 0.9, 5.0).amount_in == 0
    assert sell_down_to(low, 0.5, 5.0).amount_in == 5.0


def test_arrays_are_each_case():
    sold, capital = np.array([0.0, 10.0, 30.0]), np.array([1.0, 0.0, 500.0])
    assert_broadcasts(lambda s, k: shut_weekend(POOL, s, 0.1, capital=k)[:3], sold, capital)
    prices, room = np.array([0.9, 1.0, 0.5]), np.array([1e9, 0.0, 1.0])
    assert_broadcasts(lambda p, r: linked_price(POOL, p, 0.5, 1e3, room=r)[:8], prices, room)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shut_weekend(POOL, -1.0, 0.1), r"sold = -1"),
        (lambda: shut_weekend(POOL, 1.0, 1.1), r"doubted = 1.1"),
        (lambda: shut_weekend(POOL, 1.0, 0.1, recovery=-0.1), r"recovery = -0.1"),
        (lambda: shut_weekend(POOL, 1.0, 0.1, capital=-1.0), r"capital = -1"),
        (lambda: shut_weekend(POOL, 1.0, 0.1, margin=1.0), r"margin = 1"),
        (lambda: shut_weekend(POOL, 1.0, 0.1, pays=0.0), r"pays = 0"),
        (lambda: linked_price(POOL, 0.0, 0.5, 1.0), r"backing_price = 0"),
        (lambda: linked_price(POOL, 1.0, 1.5, 1.0), r"part = 1.5"),
        (lambda: linked_price(POOL, 1.0, 0.5, 0.0), r"supply = 0"),
        (lambda: linked_price(POOL, 1.0, 0.5, 1.0, tin=1.0), r"tin = 1"),
        (lambda: linked_price(POOL, 1.0, 0.5, 1.0, room=-1.0), r"room = -1"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)
