"""Whole numbers where numpy's own have 32 bits, as in a browser."""

import numpy as np
import pytest

from defi_lib import compute


@pytest.fixture
def short_indices(monkeypatch):
    """An index has 32 bits, and functions that need one take no longer numbers for it."""

    def checked(function, *places):
        def call(*args, **kwargs):
            for place in places:
                if place < len(args) and np.asarray(args[place]).dtype == np.int64 and np.ndim(args[place]):
                    raise TypeError("Cannot cast array data from dtype('int64') to dtype('int32')")
            return function(*args, **kwargs)

        return call

    monkeypatch.setattr(np, "intp", np.int32)
    monkeypatch.setattr(np, "bincount", checked(np.bincount, 0))
    monkeypatch.setattr(np, "repeat", checked(np.repeat, 1))


def test_counts_need_no_index_of_64_bits(short_indices):
    plan = compute.schedule(compute.Tasks([1.0, 2.0]), compute.Nodes([1.0, 1.0]))
    assert plan.hours.tolist() == [2.0, 1.0] or plan.hours.tolist() == [1.0, 2.0]
    net = compute.PeerNetwork(np.array([1, 5, 2**40]), 2, np.random.default_rng(1))
    assert net.keys_held(np.array([0, 4, 2**40 + 3])).tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "counted",
    [
        lambda: compute.schedule(compute.Tasks([1.0]), compute.Nodes([1.0])).node,
        lambda: compute.assign([[1.0]], "cheapest").nodes,
        lambda: compute.assign([[1.0]], "optimal").nodes,
        lambda: compute.k_double_auction(np.ones((2, 3)), np.ones((2, 3))).trades,
        lambda: compute.posted_price_market(np.ones((2, 3)), np.ones((2, 3)), 1.0).trades,
        lambda: compute.reverse_auction(np.ones((2, 3)), 1.0).units,
        lambda: compute.servers_needed([1.0, 2.0], 1.0, 1.0),
        lambda: compute.largest_batch(
            compute.Accelerator(1.0, 1.0, [8.0, 9e9]), compute.LanguageModel(1e9, 1.0, 1.0), 1.0
        ),
        lambda: compute.simulate_churn((2, 3), 4, 0.1, 0.1, 2, np.random.default_rng(1)).finished,
        lambda: compute.draw_ids(5, np.random.default_rng(1)),
        lambda: compute.PeerNetwork(np.array([1, 2], dtype=np.int32), 1, np.random.default_rng(1)).ids,
        lambda: compute.PeerNetwork([1, 2], 1, np.random.default_rng(1)).contacts,
        lambda: compute.Samples(np.eye(2), np.array([0, 1], dtype=np.int32)).labels,
        lambda: compute.kademlia_distance(np.array([1], dtype=np.int32), 2**47),
    ],
)
def test_counts_have_64_bits_everywhere(counted):
    assert counted().dtype == np.int64
