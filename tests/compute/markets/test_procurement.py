import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.compute import (
    equilibrium_ask_first_price,
    expected_price,
    reverse_auction,
    ring_asks,
)
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses

costs = st.lists(st.integers(0, 12).map(float), max_size=6)


def test_vcg_payment_of_two_units():
    award = reverse_auction([2, 4, 6], 100.0, units=2)
    assert award.paid.tolist() == [6, 6, 0]
    assert (award.units, award.cost, award.price) == (2, 12, 6)


def test_first_and_second_price():
    asks = [7, 3, 5, 3]
    first, second = (reverse_auction(asks, 10.0, 1, rule) for rule in ("first price", "second price"))
    assert first.won.tolist() == second.won.tolist() == [False, True, False, False]
    assert (first.price, second.price) == (3, 3)
    first, second = (reverse_auction(asks, 10.0, 3, rule) for rule in ("first price", "second price"))
    assert (first.cost, second.cost) == (11, 21)


def test_the_reserve_price_limits_what_is_paid():
    assert reverse_auction([3], 10.0).price == 10  # one bidder: the buyer is his only rival
    assert reverse_auction([3, 30], 10.0).price == 10
    assert reverse_auction([3, 5], 10.0, units=2).cost == 20
    assert reverse_auction([3, 5], 4.0, units=2).paid.tolist() == [4, 0]
    assert reverse_auction([3, 5], 2.0).units == 0


@pytest.mark.parametrize("rule", ["first price", "second price"])
@pytest.mark.parametrize(("asks", "units"), [([], 1), ([], 0), ([1, 2], 0), ([5, 6], 2)])
def test_an_empty_market_buys_nothing(asks, units, rule):
    award = reverse_auction(np.array(asks, dtype=float), 3.0 if asks != [1, 2] else 9.0, units, rule)
    assert (award.units, award.cost, award.price) == (0, 0, 0)
    ledger = Ledger(new_parties="by name")
    ledger.book(award)
    assert ledger.flows == {}


@settings(max_examples=150)
@given(costs, st.integers(0, 14).map(float), st.integers(0, 4), st.integers(0, 26))
def test_with_the_second_price_nobody_gains_by_a_lie_or_loses_by_the_truth(asks, reserve, units, lie):
    truth = reverse_auction(asks, reserve, units)
    assert truth.units == min(units, sum(ask <= reserve for ask in asks))
    for j, cost in enumerate(asks):
        gain = truth.paid[j] - cost * truth.won[j]
        assert gain >= 0
        lied = reverse_auction([*asks[:j], lie / 2, *asks[j + 1 :]], reserve, units)
        assert lied.paid[j] - cost * lied.won[j] <= gain


@settings(max_examples=60)
@given(costs, st.integers(0, 14).map(float), st.integers(0, 4), st.sampled_from(["first price", "second price"]))
def test_the_buyer_never_pays_more_than_his_reserve_price_and_the_books_balance(asks, reserve, units, rule):
    award = reverse_auction(asks, reserve, units, rule)
    assert award.cost <= reserve * award.units
    ledger = Ledger({"buyer": "buyer"}, new_parties="by name")
    ledger.book(award)
    ledger.check_conserved()
    assert ledger.balance("buyer", "USD") == -award.cost


def test_many_auctions_agree_with_one_by_one():
    asks = np.random.default_rng(2).random((3, 20, 5))
    reserve, units = np.array([0.3, 0.6, 2.0])[:, np.newaxis], np.arange(20) % 7
    many = reverse_auction(asks, reserve, units)
    for i, j in np.ndindex(3, 20):
        one = reverse_auction(asks[i, j], reserve[i, 0], int(units[j]))
        assert many.paid[i, j].tolist() == one.paid.tolist()
        assert (many.units[i, j], many.price[i, j]) == (one.units, pytest.approx(one.price, rel=1e-14))


def test_expected_price_falls_with_the_number_of_bidders():
    expected = [2 / 3, 0.5, 1 / 3, 2 / 11, 2 / 21]
    np.testing.assert_allclose(expected_price(np.array([2, 3, 5, 10, 20])), expected, rtol=1e-14)
    assert expected_price(1) == 1
    assert expected_price(3, low=2.0, high=4.0) == pytest.approx(3.0)


@pytest.mark.parametrize("bidders", [2, 5])
def test_both_rules_cost_the_same_on_average(bidders):
    drawn = np.random.default_rng(4).random((100_000, bidders))
    second = reverse_auction(drawn, 1.0).price
    first = reverse_auction(equilibrium_ask_first_price(drawn, bidders), 1.0, rule="first price").price
    for price in (first, second):
        assert price.mean() == pytest.approx(expected_price(bidders), abs=4 * price.std() / np.sqrt(price.size))


@pytest.mark.parametrize("cost", [0.1, 0.5, 0.9])
def test_the_equilibrium_ask_is_the_best_answer(cost):
    bidders, asks = 4, np.linspace(0, 1, 2001)
    # The ask wins against rivals whose asks are uniform on [1/N, 1].
    lowest = np.clip((1 - asks) / (1 - 1 / bidders), 0, 1) ** (bidders - 1)
    best = asks[np.argmax((asks - cost) * lowest)]
    assert best == pytest.approx(equilibrium_ask_first_price(cost, bidders), abs=1e-3)


@pytest.mark.parametrize("ring", [1, 2, 4, 5])
def test_a_ring_lifts_the_price(ring):
    drawn = np.random.default_rng(6).random((100_000, 5))
    price = reverse_auction(ring_asks(drawn, ring, 1.0), 1.0).price
    assert price.mean() == pytest.approx(expected_price(5, ring), abs=4 * price.std() / np.sqrt(price.size) + 1e-12)


def test_asks_of_a_ring():
    assert ring_asks([5, 3, 4, 9], 3, 8.0).tolist() == [8, 3, 8, 9]
    assert ring_asks([5, 3], 0, 8.0).tolist() == [5, 3]
    assert ring_asks([9, 3], 2, 8.0).tolist() == [9, 3]
    assert ring_asks(np.zeros(0), 0, 8.0).size == 0
    assert expected_price(4, 4) == 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: reverse_auction([1, -2], 1.0), r"asks\[1\] = -2 .*\[0, inf\)"),
        (lambda: reverse_auction([1], -1.0), r"reserve = -1 .*\[0, inf\)"),
        (lambda: reverse_auction([1], 1.0, -1), r"units = -1 .*whole numbers from 0"),
        (lambda: reverse_auction([1], 1.0, 1, "third price"), r"rule = 'third price' .*'first price', 'second price'"),
        (lambda: reverse_auction(np.ones((2, 3)), np.ones(3)), "shapes do not fit"),
        (lambda: equilibrium_ask_first_price(1.5, 3), r"cost = 1.5 .*\[0, 1\]"),
        (lambda: equilibrium_ask_first_price(0.5, 0), r"bidders = 0 .*an integer >= 1"),
        (lambda: equilibrium_ask_first_price(0.5, 2, 1.0, 1.0), r"high = 1 .*\(1, inf\)"),
        (lambda: expected_price(0), r"bidders = 0 .*from 1"),
        (lambda: expected_price(3, 4), r"ring = 4 .*\[1, 3\]"),
        (lambda: ring_asks([1, 2], 3, 1.0), r"ring = 3 .*from 0 to 2"),
        (lambda: ring_asks([-1], 1, 1.0), r"costs\[0\] = -1 .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_an_ask_exactly_at_the_reserve_price_wins():
    assert reverse_auction([0.1 + 0.2], 0.3).won.all()
    assert not reverse_auction([0.3 + 1e-12], 0.3).won.any()
