import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.compute import (
    equilibrium_ask,
    equilibrium_bid,
    k_double_auction,
    mcafee_auction,
    most_profitable_price,
    posted_price_market,
    vcg_double_auction,
)
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses

BIDS, ASKS = [10, 9, 7, 5, 3], [2, 4, 6, 8, 9]
EMPTY = np.zeros(0)
# Even numbers, so that every half is exact and no tolerance hides a gain.
prices = st.lists(st.integers(0, 12).map(lambda half: 2.0 * half), max_size=5)
TRUTHFUL = [mcafee_auction, vcg_double_auction]
MARKETS = [
    *TRUTHFUL,
    k_double_auction,
    lambda bids, asks: k_double_auction(bids, asks, 0.25, 0.25),
    lambda bids, asks: posted_price_market(bids, asks, 10.0),
    lambda bids, asks: posted_price_market(bids, asks, 10.0, 0.25),
]


def buyer_gain(clearing, i, value):
    return (value - clearing.buyer_price) * bool(clearing.bought[i])


def seller_gain(clearing, j, cost):
    return (clearing.seller_price - cost) * bool(clearing.sold[j])


def test_k_double_auction():
    clearing = k_double_auction(BIDS, ASKS)
    assert (clearing.trades, clearing.buyer_price, clearing.seller_price) == (3, 6.5, 6.5)
    assert clearing.surplus == clearing.possible_surplus == 14
    assert clearing.market_keeps == 0
    assert clearing.bought.tolist() == clearing.sold.tolist() == [True, True, True, False, False]
    assert k_double_auction(BIDS, ASKS, 1.0).buyer_price == 7
    assert k_double_auction(BIDS, ASKS, 0.0).buyer_price == 6


def test_a_fee_drives_out_trades():
    clearing = k_double_auction(BIDS, ASKS, 0.5, 0.2)
    assert clearing.trades == 2  # the third seller would need 7.50
    assert clearing.buyer_price == 0.5 * 9 + 0.5 * 4 / 0.8
    assert clearing.seller_price == 0.8 * clearing.buyer_price
    assert clearing.market_keeps == pytest.approx(0.2 * 2 * clearing.buyer_price)
    assert (clearing.surplus, clearing.possible_surplus) == (13, 14)


def test_mcafee():
    clearing = mcafee_auction(BIDS, ASKS)
    assert (clearing.trades, clearing.buyer_price, clearing.seller_price) == (3, 6.5, 6.5)
    clearing = mcafee_auction([10, 9, 7, 3, 2], [2, 4, 6, 6.5, 9])
    assert (clearing.trades, clearing.buyer_price, clearing.seller_price) == (2, 7, 6)
    assert clearing.market_keeps == 2
    assert (clearing.surplus, clearing.possible_surplus) == (13, 14)


def test_vcg_pays_on_top():
    clearing = vcg_double_auction(BIDS, ASKS)
    assert (clearing.trades, clearing.buyer_price, clearing.seller_price) == (3, 6, 7)
    assert clearing.market_keeps == -3
    clearing = vcg_double_auction([10, 3], [1, 5])
    assert (clearing.trades, clearing.buyer_price, clearing.seller_price) == (1, 3, 5)
    # One buyer and one seller: each is paid all that there is to gain, and the market pays it once more.
    pair = vcg_double_auction([10], [4])
    assert (pair.buyer_price, pair.seller_price, pair.market_keeps) == (4, 10, -6)


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize(("bids", "asks"), [(EMPTY, EMPTY), (EMPTY, [1, 2]), ([1, 2], EMPTY), ([1, 2], [30, 40])])
def test_where_nobody_meets_nobody_trades(market, bids, asks):
    clearing = market(bids, asks)
    assert (clearing.trades, clearing.buyer_price, clearing.seller_price, clearing.surplus) == (0, 0, 0, 0)
    assert clearing.possible_surplus == clearing.market_keeps == 0
    assert not clearing.bought.any()
    assert not clearing.sold.any()
    ledger = Ledger(new_parties="by name")
    ledger.book(clearing)
    assert ledger.flows == {}


@pytest.mark.parametrize("market", MARKETS)
def test_no_scenarios_at_all(market):
    clearing = market(np.zeros((0, 3)), np.zeros((0, 2)))
    assert clearing.trades.shape == clearing.surplus.shape == (0,)


@pytest.mark.parametrize("market", TRUTHFUL)
@settings(max_examples=100)
@given(prices, prices, st.data())
def test_nobody_gains_by_a_lie(market, bids, asks, data):
    truth = market(bids, asks)
    lies = np.arange(27.0)[:, np.newaxis]
    if bids:
        i = data.draw(st.integers(0, len(bids) - 1))
        lied = market(np.where(np.arange(len(bids)) == i, lies, bids), asks)
        assert np.all((bids[i] - lied.buyer_price) * lied.bought[:, i] <= buyer_gain(truth, i, bids[i]))
    if asks:
        j = data.draw(st.integers(0, len(asks) - 1))
        lied = market(bids, np.where(np.arange(len(asks)) == j, lies, asks))
        assert np.all((lied.seller_price - asks[j]) * lied.sold[:, j] <= seller_gain(truth, j, asks[j]))


def test_one_price_for_all_rewards_lies():
    truth, lied = k_double_auction(BIDS, ASKS), k_double_auction([10, 9, 6.25, 5, 3], ASKS)
    assert buyer_gain(lied, 2, 7) > buyer_gain(truth, 2, 7)


def test_a_seller_who_poses_as_a_buyer_too_gains_with_mcafee():
    alone = mcafee_auction([10, 8, 3], [2, 4, 9])
    posing = mcafee_auction([10, 8, 3, 6], [2, 4, 9])
    assert alone.trades == 2
    assert alone.market_keeps == 0
    sellers_gain = [seller_gain(clearing, 1, 4) for clearing in (alone, posing)]
    assert sellers_gain[1] > sellers_gain[0]  # the seller's own fake bid lifts the price


@pytest.mark.parametrize("market", MARKETS)
@settings(max_examples=60)
@given(prices, prices)
def test_nobody_loses_and_the_books_balance(market, bids, asks):
    clearing = market(bids, asks)
    assert all(buyer_gain(clearing, i, value) >= -1e-12 for i, value in enumerate(bids))
    assert all(seller_gain(clearing, j, cost) >= -1e-12 for j, cost in enumerate(asks))
    assert clearing.bought.sum() == clearing.sold.sum() == clearing.trades
    paid = clearing.buyer_price * clearing.bought.sum()
    received = clearing.seller_price * clearing.sold.sum()
    assert paid == pytest.approx(received + clearing.market_keeps)
    assert clearing.surplus <= clearing.possible_surplus + 1e-12
    gains = sum(buyer_gain(clearing, i, v) for i, v in enumerate(bids))
    gains += sum(seller_gain(clearing, j, c) for j, c in enumerate(asks))
    assert gains + clearing.market_keeps == pytest.approx(clearing.surplus)
    ledger = Ledger(new_parties="by name")
    ledger.book(clearing)
    ledger.check_conserved()
    if "market" in ledger.roles:
        assert ledger.balance("market", "USD") == pytest.approx(clearing.market_keeps)
    if market is vcg_double_auction:
        assert clearing.market_keeps <= 0
        assert clearing.surplus == clearing.possible_surplus
    else:
        assert clearing.market_keeps >= 0


@settings(max_examples=60)
@given(prices, prices)
def test_mcafee_gives_up_at_most_the_smallest_gain(bids, asks):
    full, kept = k_double_auction(bids, asks), mcafee_auction(bids, asks)
    assert full.trades - kept.trades in (0, 1)
    assert kept.surplus * full.trades >= full.surplus * (full.trades - 1)


@pytest.mark.parametrize("market", MARKETS)
@pytest.mark.parametrize(("buyers", "sellers"), [(4, 4), (3, 6), (6, 3), (1, 1)])
def test_many_markets_agree_with_one_by_one(market, buyers, sellers):
    random = np.random.default_rng(5)
    bids, asks = 20 * random.random((2, 30, buyers)), 20 * random.random((2, 30, sellers))
    many = market(bids, asks)
    for index in np.ndindex(2, 30):
        one = market(bids[index], asks[index])
        assert type(one.buyer_price) is float
        assert type(one.trades) is int
        for field in ("trades", "buyer_price", "seller_price", "surplus", "market_keeps", "possible_surplus"):
            assert getattr(many, field)[index] == pytest.approx(getattr(one, field), rel=1e-14)
        assert many.bought[index].tolist() == one.bought.tolist()
        assert many.sold[index].tolist() == one.sold.tolist()


def test_among_equals_the_first_is_served():
    clearing = k_double_auction([5, 5, 5], [1, 1])
    assert clearing.bought.tolist() == [True, True, False]


def test_a_posted_price_serves_who_comes_first():
    clearing = posted_price_market([8, 20, 9, 30], [1, 5, 9, 2], 8.0, 0.25)
    assert clearing.trades == 3
    assert clearing.bought.tolist() == [True, True, True, False]
    assert clearing.sold.tolist() == [True, True, False, True]
    assert (clearing.surplus, clearing.market_keeps) == (37 - 8, 3 * 2)


def test_one_price_list_for_many_scenarios():
    clearing = posted_price_market(BIDS, ASKS, np.array([0.0, 6.0, 100.0]))
    assert clearing.trades.tolist() == [0, 3, 0]


def test_a_single_seller_asks_more_than_his_cost():
    assert most_profitable_price([10, 9, 7, 5, 3], 2.0) == 7  # 3·5 beats 2·7, 1·8, 4·3 and 5·1
    assert most_profitable_price([10, 9, 7, 5, 3], 12.0) == 12
    assert most_profitable_price(EMPTY, 3.0) == 3
    grid = np.linspace(0, 1, 2001)
    assert most_profitable_price(grid, 0.2) == pytest.approx(0.6, abs=1e-3)  # (1 + c)/2 on a straight demand line
    assert most_profitable_price(grid, np.array([0.0, 0.4])) == pytest.approx(np.array([0.5, 0.7]), abs=1e-3)


@settings(max_examples=60)
@given(st.lists(st.integers(0, 20).map(float), max_size=6), st.integers(0, 20).map(float))
def test_no_other_list_price_earns_more(bids, cost):
    def profit(price):
        return (price - cost) * sum(bid >= price for bid in bids)

    best = profit(most_profitable_price(bids, cost))
    assert all(profit(price) <= best for price in range(25))


def test_equilibrium_of_one_buyer_and_one_seller():
    value, cost = np.linspace(0, 1, 401), np.linspace(0, 1, 401)[:, np.newaxis]
    trades = equilibrium_bid(value) >= equilibrium_ask(cost) - 1e-12
    assert np.array_equal(trades, value >= cost + 0.25 - 1e-12)
    assert equilibrium_bid(1.0, 1.0) == 0.5
    assert equilibrium_ask(0.3, 1.0) == 0.3


def test_gains_in_equilibrium():
    random = np.random.default_rng(3)
    values, costs = random.random((2, 200_000, 1))
    clearing = k_double_auction(equilibrium_bid(values), equilibrium_ask(costs))
    gains = np.where(clearing.trades > 0, (values - costs)[:, 0], 0.0)
    error = gains.std() / np.sqrt(gains.size)
    assert gains.mean() == pytest.approx(9 / 64, abs=4 * error)


@pytest.mark.parametrize("k", [0.0, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("value", [0.5, 0.8, 1.0])
def test_the_equilibrium_bid_is_the_best_answer(k, value):
    asks = equilibrium_ask((np.arange(20_000) + 0.5) / 20_000, k)
    bids = np.linspace(0, 1, 201)[:, np.newaxis]
    gain = np.where(bids >= asks, value - (k * bids + (1 - k) * asks), 0.0).mean(axis=1)
    planned = equilibrium_bid(value, k)
    own = np.where(planned >= asks, value - (k * planned + (1 - k) * asks), 0.0).mean()
    assert own >= gain.max() - 1e-4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: k_double_auction([1, -1], [1]), r"bids\[1\] = -1 .*\[0, inf\)"),
        (lambda: mcafee_auction([1], [np.nan]), r"asks\[0\] = nan .*\[0, inf\)"),
        (lambda: vcg_double_auction([np.inf], [1]), r"bids\[0\] = inf .*\[0, inf\)"),
        (lambda: k_double_auction([1], [1], 1.5), r"k = 1.5 .*\[0, 1\]"),
        (lambda: k_double_auction([1], [1], 0.5, 1.0), r"fee = 1 .*\[0, 1\)"),
        (lambda: k_double_auction(np.ones((2, 3)), np.ones((4, 3))), "shapes do not fit"),
        (lambda: k_double_auction(np.ones((2, 3)), np.ones((2, 3)), np.zeros(3)), "shapes do not fit"),
        (lambda: posted_price_market([1], [1], -1.0), r"price = -1 .*\[0, inf\)"),
        (lambda: posted_price_market([1], [1], 1.0, -0.1), r"fee = -0.1 .*\[0, 1\)"),
        (lambda: most_profitable_price([1], -1.0), r"unit_cost = -1 .*\[0, inf\)"),
        (lambda: equilibrium_bid(1.5), r"value = 1.5 .*\[0, 1\]"),
        (lambda: equilibrium_ask(0.5, -1.0), r"k = -1 .*\[0, 1\]"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


class TestPricesExactlyMet:
    """0.1 + 0.2 is at 0.3, for bids, asks, list prices and fees."""

    @pytest.mark.parametrize("auction", [k_double_auction, vcg_double_auction])
    def test_equal_bid_and_ask_trade(self, auction):
        result = auction([0.3], [0.1 + 0.2])
        assert result.trades == 1 and result.buyer_price <= 0.3 and result.market_keeps == pytest.approx(0, abs=1e-15)
        assert auction([0.3 - 1e-12], [0.3]).trades == 0

    def test_a_fee_that_just_leaves_what_is_asked(self):
        for price in np.arange(1, 100) / 10:
            for fee in (0.1, 0.2, 0.3):
                assert k_double_auction([price], [price * (1 - fee)], fee=fee).trades == 1
                market = posted_price_market([price], [price * (1 - fee)], price, fee)
                assert market.trades == 1 and market.bought.all() and market.sold.all()

    def test_who_pays_exactly_the_list_price_buys(self):
        market = posted_price_market([0.3, 1.0], [0.1, 0.1], 0.1 + 0.2)
        assert market.trades == 2 and market.bought.all()

    def test_mcafee_at_the_limit(self):
        result = mcafee_auction([0.3, 0.2], [0.1, 0.4])  # (0.2 + 0.4)/2 is a little more than 0.3
        assert result.trades == 1 and result.buyer_price == result.seller_price == pytest.approx(0.3)

    def test_of_equal_profits_the_lowest_price(self):
        assert most_profitable_price([0.3, 0.1, 0.1], 0.0) == 0.1
        assert most_profitable_price([0.7, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1], 0.0) == 0.1
