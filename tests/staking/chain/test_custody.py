from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.staking import (
    Wallet,
    custodian_risk,
    custody_risk,
    key_pair_from_phrase,
    many_lose,
    recovered_coins,
    self_custody_risk,
)
from tests.support.contracts import assert_refuses


def groups(*names):
    return tuple(map(frozenset, names))


def test_who_can_move_what():
    assert Wallet(["owner"]).movers() == Wallet(["owner"]).blockers() == groups(["owner"])
    exchange = Wallet(["exchange"])
    assert not exchange.can_move(["customer"])
    assert exchange.can_move(["customer", "exchange"])
    shared = Wallet(["owner", "friend", "bank"], 2)
    assert shared.movers() == shared.blockers() == groups(["bank", "friend"], ["bank", "owner"], ["friend", "owner"])
    helped = Wallet(["owner", "owner", "bank"], 2)
    assert helped.movers() == groups(["owner"])
    assert helped.blockers() == groups(["owner"])
    assert Wallet(["a", "b"], 2).blockers() == groups(["a"], ["b"])


@settings(max_examples=60)
@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=6), st.data())
def test_moving_and_blocking_are_complements(holders, data):
    wallet = Wallet(holders, data.draw(st.integers(1, len(holders))))
    group = data.draw(st.sets(st.sampled_from("abcd")))
    others = set(holders) - group
    assert wallet.can_block(group) is not wallet.can_move(others)
    # Every group that moves coins meets every group that blocks them.
    assert all(movers & blockers for movers in wallet.movers() for blockers in wallet.blockers())


def test_signatures_of_a_wallet():
    pairs = [key_pair_from_phrase(name) for name in "abc"]
    wallet, keys = Wallet("abc", 2), {i: pair.public for i, pair in enumerate(pairs)}
    order = b"pay 5 to dave"
    signed = {i: pair.sign(order) for i, pair in enumerate(pairs)}
    assert wallet.is_authorised(keys, order, {0: signed[0], 2: signed[2]})
    assert not wallet.is_authorised(keys, order, {0: signed[0]})
    assert not wallet.is_authorised(keys, b"pay 500 to dave", signed)
    assert not wallet.is_authorised(keys, order, {0: signed[0], 1: signed[0]})
    assert not wallet.is_authorised(keys, order, {0: signed[0], 7: signed[1]})
    twice = {0: keys[0], 1: keys[0], 2: keys[2]}
    assert not wallet.is_authorised(twice, order, {0: signed[0], 1: signed[0]})


def fate(outcomes, threshold):
    if outcomes.count("stolen") >= threshold:
        return "stolen"
    return "lost" if len(outcomes) - outcomes.count("lost") < threshold else "safe"


@pytest.mark.parametrize(("keys", "threshold"), [(n, m) for n in range(1, 5) for m in range(1, n + 1)])
def test_risk_against_every_outcome(keys, threshold):
    lost, stolen = np.linspace(0.05, 0.3, keys), np.linspace(0.2, 0.01, keys)
    want = {"safe": 0.0, "lost": 0.0, "stolen": 0.0}
    for outcomes in product(["kept", "lost", "stolen"], repeat=keys):
        chance = np.prod(
            [{"kept": 1 - a - b, "lost": a, "stolen": b}[o] for o, a, b in zip(outcomes, lost, stolen, strict=True)]
        )
        want[fate(outcomes, threshold)] += chance
    got = custody_risk(lost, stolen, threshold)
    assert got._asdict() == pytest.approx(want, rel=1e-12)
    assert sum(got) == pytest.approx(1, rel=1e-14)


def test_scenarios_and_a_scalar():
    lost = np.random.default_rng(1).uniform(0, 0.3, (5, 3))
    together = custody_risk(lost, 0.1, 2)
    for row in range(5):
        assert custody_risk(lost[row], 0.1, 2) == pytest.approx([part[row] for part in together], rel=1e-14)
    assert custody_risk(0.1, 0.2, 1) == pytest.approx((0.7, 0.1, 0.2))
    assert custody_risk([0.0, 0.0], 0.0, 2) == (1, 0, 0)


def test_two_of_three_is_better_than_one_of_one_against_both_dangers():
    one, three = custody_risk(0.05, 0.02, 1), custody_risk([0.05] * 3, 0.02, 2)
    assert three.lost < one.lost
    assert three.stolen < one.stolen
    assert custody_risk([0.05] * 3, 0.02, 1).stolen > one.stolen
    assert custody_risk([0.05] * 3, 0.02, 3).lost > one.lost


def test_custodian_and_self_custody_lose_the_same_on_average_but_not_together():
    bank, alone = custodian_risk(10_000, 0.02, 0.4), self_custody_risk(10_000, 0.02, 0.4)
    assert bank.expected == alone.expected == pytest.approx(0.012)
    assert bank.standard_deviation == pytest.approx(100 * alone.standard_deviation)
    assert bank.everybody_at_once == 0.02
    assert alone.everybody_at_once == 0.0
    draws = np.random.default_rng(2).binomial(50, 0.1, 100_000) / 50 * 0.6
    few = self_custody_risk(np.array([50.0]), 0.1, 0.4)
    assert few.expected[0] == pytest.approx(draws.mean(), rel=0.01)
    assert few.standard_deviation[0] == pytest.approx(draws.std(), rel=0.01)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Wallet([]), r"holders is empty"),
        (lambda: Wallet(["a"], 0), r"threshold = 0 is outside"),
        (lambda: Wallet(["a"], 2), r"threshold = 2 is outside the allowed range \[1, 1\]"),
        (lambda: custody_risk([0.1, 0.1], 0.1, 3), r"threshold = 3 is outside the allowed range \[1, 2\]"),
        (lambda: custody_risk([0.1, 1.2], 0.1, 1), r"key_lost\[1\] = 1.2 is outside the allowed range \[0, 1\]"),
        (lambda: custody_risk(0.6, 0.6, 1), r"key_stolen = 0.6 is outside the allowed range \[0, 0.4\]"),
        (lambda: custody_risk(0.6, -0.1, 1), r"key_stolen = -0.1 is outside"),
        (lambda: custodian_risk(0, 0.1), r"customers = 0 is outside"),
        (lambda: custodian_risk(1, 1.1), r"failure = 1.1 is outside"),
        (lambda: self_custody_risk(1, 0.1, -1), r"recovery = -1 is outside"),
    ],
)
def test_errors(call, message):
    assert_refuses(call, message)


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 9), st.floats(0, 1), st.floats(0, 1))
def test_many_lose_counts_every_outcome(customers, failure, part):
    outcomes = [sum(each) for each in product([0, 1], repeat=customers)]
    expected = sum(
        failure**losers * (1 - failure) ** (customers - losers)
        for losers in outcomes
        if losers > part * customers + 1e-9
    )
    assert many_lose(customers, failure, part) == pytest.approx(expected, abs=1e-12)


def test_many_lose_at_its_edges():
    assert many_lose(1_000, 0.0, 0.1) == 0 and many_lose(1_000, 1.0, 0.1) == 1
    assert many_lose(10, 1.0, 1.0) == 0  # more than all of them
    assert many_lose(10, 0.5, 0.3) == many_lose(10, 0.5, 0.1 + 0.2)  # exactly a part does not count, whatever rounds
    assert many_lose(1_000, 0.09, 0.1) < 0.15 and many_lose(1_000, 0.11, 0.1) > 0.8
    assert many_lose(10, [0.0, 0.3], 0.1) == pytest.approx([0, 1 - 0.7**10 - 10 * 0.3 * 0.7**9])
    for bad in ({"customers": 0}, {"failure": 1.1}, {"part": -0.1}):
        assert_refuses(lambda bad=bad: many_lose(**({"customers": 10, "failure": 0.5, "part": 0.1} | bad)), "allowed")


def test_creditors_are_paid_in_dollars_and_had_coins():
    assert recovered_coins(1.0, 1.0) == 1 and recovered_coins(1.0, 4.0) == 0.25
    assert recovered_coins(1.18, 0.5) == 1  # more than there were is no negative loss
    assert recovered_coins(0.0, 2.0) == 0
    for bad in ({"paid": -0.1}, {"price": 0.0}, {"price": float("nan")}):
        assert_refuses(lambda bad=bad: recovered_coins(**({"paid": 1.0, "price": 1.0} | bad)), "allowed")
