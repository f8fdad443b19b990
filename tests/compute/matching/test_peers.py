import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import (
    PeerNetwork,
    draw_ids,
    kademlia_distance,
    rarest_piece,
)
from defi_lib.measures import gini
from tests.support.contracts import assert_refuses

identifiers = st.integers(0, 2**48 - 1)


def network(count, crowded=0.0, bucket=8, seed=3):
    random = np.random.default_rng(seed)
    return PeerNetwork(draw_ids(count, random, crowded), bucket, random)


@given(identifiers, identifiers, identifiers)
def test_distance(a, b, c):
    assert kademlia_distance(0b1010, 0b0110) == 12
    assert kademlia_distance(a, b) == kademlia_distance(b, a)
    assert (kademlia_distance(a, b) == 0) == (a == b)
    assert kademlia_distance(a, c) <= kademlia_distance(a, b) + kademlia_distance(b, c)
    assert kademlia_distance(np.array([a, b]), c).tolist() == [a ^ c, b ^ c]


@pytest.mark.parametrize("crowded", [0.0, 0.9])
@pytest.mark.parametrize("bucket", [1, 8])
def test_every_look_up_finds_the_closest_in_few_hops(crowded, bucket):
    peers = network(300, crowded, bucket)
    random = np.random.default_rng(5)
    hops = []
    for key in random.integers(0, 2**48, 200).tolist():
        found = peers.lookup(int(random.integers(300)), key)
        assert found.found
        distances = peers.ids[list(found.path)] ^ key
        assert np.all(np.diff(distances) < 0)
        hops.append(found.hops)
    assert np.mean(hops) <= np.log2(300)


def test_hops_grow_as_the_logarithm():
    means = []
    for count in (32, 256, 1024):
        peers, random = network(count, bucket=1), np.random.default_rng(2)
        found = [peers.lookup(int(random.integers(count)), int(random.integers(2**48))) for _ in range(200)]
        means.append(np.mean([one.hops for one in found]))
    # On average half of the log₂ n bits are wrong at the start, and each hop mends at least one.
    assert np.all(np.array(means) <= np.log2([32, 256, 1024]) / 2 + 1)
    assert means[0] < means[1] < means[2]


def test_each_knows_a_few_at_every_distance():
    peers = network(200, bucket=3)
    for position, known in enumerate(peers._contacts):
        classes = np.floor(np.log2(peers.ids[known] ^ peers.ids[position]))
        assert np.bincount(classes.astype(int)).max() <= 3
        everybody = np.delete(peers.ids, position) ^ peers.ids[position]
        assert set(classes) == set(np.floor(np.log2(everybody)))
        assert position not in known
    assert np.array_equal(peers.contacts, [known.size for known in peers._contacts])


def test_an_uneven_spread_loads_a_few():
    keys = np.random.default_rng(8).integers(0, 2**48, 3000)
    even, crowded = network(200), network(200, 0.95)
    loads = [peers.keys_held(keys) for peers in (even, crowded)]
    assert loads[0].sum() == loads[1].sum() == 3000
    assert gini(loads[1]) > gini(loads[0]) + 0.2
    assert even.keys_held(np.array([keys[0]]))[even.closest(int(keys[0]))] == 1


def test_look_up_while_nodes_are_gone():
    random = np.random.default_rng(9)
    rates = []
    for bucket in (1, 8):
        peers = network(300, bucket=bucket)
        online = random.random(300) < 0.6
        starts = np.flatnonzero(online)
        found = [peers.lookup(int(random.choice(starts)), int(random.integers(2**48)), online) for _ in range(200)]
        assert all(online[list(one.path)].all() for one in found)
        rates.append(np.mean([one.found for one in found]))
    assert rates[0] < 0.6 < 0.9 < rates[1]  # knowing several at each distance keeps the network together


def test_a_network_of_one():
    alone = PeerNetwork(np.array([5]), 1, np.random.default_rng(0))
    assert alone.lookup(0, 77) == ((0,), True)
    assert alone.contacts.tolist() == [0]


def test_ids():
    random = np.random.default_rng(1)
    ids = draw_ids(1000, random, 0.3)
    assert np.unique(ids).size == 1000
    assert 290 <= (ids < 2**40).sum() <= 320
    assert draw_ids(0, random).size == 0


def test_rarest_first():
    assert rarest_piece([5, 2, 2, 0], [True, True, True, True]) == 1
    assert rarest_piece([5, 2, 2, 0], [True, False, False, True]) == 0
    assert rarest_piece([0, 3], [True, False]) == -1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: kademlia_distance(-1, 2), r"one = -1 .*whole numbers from 0"),
        (lambda: kademlia_distance(1, 2.5), r"other = 2.5 .*whole numbers from 0"),
        (lambda: PeerNetwork(np.array([1, 1]), 2, np.random.default_rng()), "1 repeated entries"),
        (lambda: PeerNetwork(np.array([], dtype=int), 2, np.random.default_rng()), r"number of ids = 0 .*>= 1"),
        (lambda: PeerNetwork(np.array([2**48]), 2, np.random.default_rng()), r"ids\[0\] = .*from 0"),
        (lambda: PeerNetwork(np.array([1]), 0, np.random.default_rng()), r"bucket = 0 .*>= 1"),
        (lambda: network(5).lookup(5, 1), r"start = 5 .*from 0 to 4"),
        (lambda: network(5).lookup(0, -1), r"key = -1 .*from 0"),
        (lambda: network(5).lookup(0, 1, [True]), r"online has shape \(1,\)"),
        (lambda: network(5).closest(1, np.zeros(5)), r"nodes on line = 0 .*>= 1"),
        (lambda: draw_ids(-1, np.random.default_rng()), r"count = -1 .*>= 0"),
        (lambda: draw_ids(1, np.random.default_rng(), 1.5), r"crowded = 1.5 .*\[0, 1\]"),
        (lambda: rarest_piece([-1], [True]), r"copies\[0\] = -1 .*from 0"),
        (lambda: rarest_piece([1, 2, 3], [True, True]), "shapes do not fit"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
