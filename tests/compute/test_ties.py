"""Ties and limits in tenths, which floats round, come out as in whole numbers, which they do not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.compute import (
    Nodes,
    Tasks,
    assign,
    k_double_auction,
    mcafee_auction,
    posted_price_market,
    reverse_auction,
    schedule,
    simulate_treasury,
    vcg_double_auction,
    yuma_consensus,
)

units = st.sampled_from([0.1, 0.3, 0.7, 1 / 3])
seeds = st.integers(0, 2**32)


def people(rng, least=0):
    return rng.integers(0, 8, rng.integers(least, 6)).astype(float)


def shaken(values, unit, rng):
    """In other units, and each number off by up to two roundings."""
    return values * unit * (1 + 2.0**-52 * rng.integers(-2, 3, np.shape(values)))


def traded(market):
    return market.trades, market.bought.tolist(), market.sold.tolist()


@pytest.mark.parametrize("auction", [k_double_auction, mcafee_auction, vcg_double_auction])
@given(seed=seeds, unit=units)
@settings(max_examples=60, deadline=None)
def test_auctions(auction, seed, unit):
    rng = np.random.default_rng(seed)
    bids, asks = people(rng), people(rng)
    assert traded(auction(bids, asks)) == traded(auction(shaken(bids, unit, rng), shaken(asks, unit, rng)))


@given(seed=seeds, unit=units)
@settings(max_examples=60, deadline=None)
def test_prices_and_reserves(seed, unit):
    rng = np.random.default_rng(seed)
    bids, asks, price, count = people(rng), people(rng, 1), float(rng.integers(0, 8)), int(rng.integers(0, 5))
    other = shaken(bids, unit, rng), shaken(asks, unit, rng), price * unit
    assert traded(posted_price_market(bids, asks, price, 0.5)) == traded(posted_price_market(*other, 0.5))
    assert np.array_equal(reverse_auction(asks, price, count).won, reverse_auction(*other[1:], count).won)


@pytest.mark.parametrize("rule", ["first fit", "cheapest", "longest first", "earliest deadline"])
@given(seed=seeds, unit=units)
@settings(max_examples=60, deadline=None)
def test_schedules(rule, seed, unit):
    rng = np.random.default_rng(seed)
    work, memory, deadline = (rng.integers(1, most, 5).astype(float) for most in (6, 3, 15))
    speed, room, price = (rng.integers(1, 3, 2).astype(float) for _ in range(3))
    whole = schedule(Tasks(work, memory, deadline), Nodes(speed, room, price), rule)
    tasks = Tasks(*(shaken(values, unit, rng) for values in (work, memory, deadline)))
    nodes = Nodes(speed, shaken(room, unit, rng), shaken(price, unit, rng))
    assert np.array_equal(whole.node, schedule(tasks, nodes, rule).node)


@pytest.mark.parametrize("rule", ["first fit", "cheapest"])
@given(seed=seeds, unit=units)
@settings(max_examples=60, deadline=None)
def test_assignments(rule, seed, unit):
    rng = np.random.default_rng(seed)
    costs = rng.integers(0, 5, (3, 3)).astype(float)
    assert np.array_equal(assign(costs, rule, 3.0).nodes, assign(shaken(costs, unit, rng), rule, 3 * unit).nodes)


@given(seed=seeds, unit=units)
@settings(max_examples=60, deadline=None)
def test_votes_and_months(seed, unit):
    rng = np.random.default_rng(seed)
    votes = rng.integers(1, 5, 7).astype(float)
    grades = rng.integers(0, 4, (7, 3)).astype(float)
    consensus = yuma_consensus(votes, grades).consensus
    assert np.array_equal(consensus, yuma_consensus(shaken(votes, unit, rng), grades).consensus)
    cash, tokens, prices = float(rng.integers(0, 9)), float(rng.integers(0, 9)), rng.integers(1, 3, 6).astype(float)
    months = simulate_treasury(cash, tokens, 2.0, prices).runway
    assert simulate_treasury(cash * unit, tokens, 2 * unit, prices * unit).runway == months
