"""Ask a few machines and join the shortest of their lines."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import mm1_queue, mmc_queue, queue_waits, shorter_line, shorter_line_waits
from tests.support.contracts import assert_broadcasts, assert_refuses


def simulated(servers, choices, load=0.8, requests=120_000, seed=1, rule="requests"):
    """Mean wait of random requests, the first tenth left out."""
    rng = np.random.default_rng(seed)
    arrivals = np.cumsum(rng.exponential(1 / (load * servers), requests))
    services = rng.exponential(size=requests)
    waits = shorter_line_waits(arrivals, services, servers, choices, rng=rng, rule=rule)
    return waits[requests // 10 :].mean()


def two_lines(load):
    """Mean wait before two machines with one line each, the shorter is joined: the Markov chain, cut off at 60."""
    most = 60
    chance, each = np.zeros((most, most)), np.arange(most)
    chance[0, 0] = 1.0
    first, second = np.meshgrid(each, each, indexing="ij")
    to_first = 2 * load * np.where(first < second, 1.0, np.where(first == second, 0.5, 0.0))
    to_second = 2 * load - to_first
    for _ in range(60_000):
        change = np.zeros(chance.shape)
        for flow, axis, step in (
            (chance * to_first, 0, 1),
            (chance * to_second, 1, 1),
            (chance * (first > 0), 0, -1),
            (chance * (second > 0), 1, -1),
        ):
            moved = np.roll(flow, step, axis=axis)
            edge = [slice(None)] * 2
            edge[axis] = 0 if step > 0 else -1
            moved[tuple(edge)] = 0.0
            lost = [slice(None)] * 2
            lost[axis] = -1 if step > 0 else 0
            stays = flow.copy()
            stays[tuple(lost)] = 0.0
            change += moved - stays
        chance = chance + 0.25 * change
        if np.abs(change).max() < 1e-12:
            break
    assert chance.sum() == pytest.approx(1.0)
    return (chance * (first + second)).sum() / (2 * load) - 1


def test_the_formula_by_hand():
    by_hand = sum(0.8 ** (2**k - 2) for k in range(2, 12))
    assert shorter_line(0.8, 1.0, 2).wait == pytest.approx(by_hand) == pytest.approx(0.947, abs=1e-3)
    assert shorter_line(0.8, 1.0, 2).wait_probability == pytest.approx(0.64)
    assert shorter_line(0.8, 1.0, 3).wait == pytest.approx(sum(0.8 ** ((3**k - 3) / 2) for k in range(2, 9)))
    assert shorter_line(0.8, 1.0, 1).wait == pytest.approx(mm1_queue(0.8, 1.0).wait) == pytest.approx(4.0)


@pytest.mark.parametrize(
    ("servers", "choices", "wait", "off"),
    [(10, 2, 1.07, 0.04), (10, 3, 0.73, 0.025), (10, 10, 0.36, 0.015), (100, 2, 0.95, 0.02)],
)
def test_the_wait_of_ten_and_of_a_hundred_machines(servers, choices, wait, off):
    assert simulated(servers, choices) == pytest.approx(wait, abs=off)


def test_own_lines_and_the_common_line_are_its_ends():
    assert simulated(10, 1, requests=400_000) == pytest.approx(4.06, abs=0.2)
    assert simulated(10, 10, rule="work") == pytest.approx(mmc_queue(8.0, 1.0, 10).wait, abs=0.015)


def test_formula_and_simulation_agree_where_machines_are_many():
    for load, choices in ((0.5, 2), (0.9, 3)):
        found = simulated(400, choices, load, 200_000)
        assert found == pytest.approx(shorter_line(load, 1.0, choices).wait, rel=0.05)


def test_two_machines_against_their_markov_chain():
    assert simulated(2, 2, 0.6) == pytest.approx(two_lines(0.6), rel=0.03)


@given(st.integers(1, 40), st.integers(1, 6), st.integers(0, 10**6))
def test_all_asked_by_work_is_the_common_line_exactly(requests, servers, seed):
    rng = np.random.default_rng(seed)
    arrivals, services = np.cumsum(rng.exponential(size=requests)), rng.exponential(2.0 * servers, requests)
    waits = shorter_line_waits(arrivals, services, servers, servers, rng=rng, rule="work")
    assert waits == pytest.approx(queue_waits(arrivals, services, servers), abs=1e-9)


def test_one_machine_leaves_no_choice():
    rng = np.random.default_rng(4)
    arrivals, services = np.cumsum(rng.exponential(size=500)), rng.exponential(0.8, 500)
    for rule in ("requests", "work"):
        waits = shorter_line_waits(arrivals, services, 1, 1, rng=rng, rule=rule)
        assert waits == pytest.approx(queue_waits(arrivals, services), abs=1e-9)


@given(st.floats(0.0, 0.999), st.integers(1, 50))
def test_one_choice_more_never_hurts(load, choices):
    fewer, more = shorter_line(load, 1.0, choices).wait, shorter_line(load, 1.0, choices + 1).wait
    assert 0 <= more <= fewer * (1 + 1e-12) and np.isfinite(fewer)


def test_edges():
    assert shorter_line(0.0, 1.0, 2).wait == 0.0
    assert shorter_line(1e-12, 1.0, 2).wait == pytest.approx(1e-24, rel=1e-9)
    assert shorter_line(1 - 1e-9, 1.0, 2).wait < 32, "where one line waits for a billion"
    assert shorter_line(1.6, 2.0, 2).wait == pytest.approx(shorter_line(0.8, 1.0, 2).wait / 2)
    rng = np.random.default_rng(1)
    assert shorter_line_waits([], [], 3, 2, rng=rng).size == 0
    # A machine that is done in the moment of the next arrival is free, to within rounding.
    waits = shorter_line_waits([0.0, 0.1, 0.3], [0.3, 0.2, 1.0], 2, 2, rng=rng)
    assert waits.tolist() == [0.0, 0.0, 0.0]
    assert_broadcasts(shorter_line, np.array([0.1, 0.8]), np.array([1.0, 2.0]), np.array([1, 3]))
    assert_refuses(lambda: shorter_line(1.0, 1.0), "utilisation")
    assert_refuses(lambda: shorter_line(0.5, 1.0, 0), "choices = 0")
    assert_refuses(lambda: shorter_line_waits([0.0], [1.0], 2, 3, rng=rng), "choices = 3")
    assert_refuses(lambda: shorter_line_waits([0.0], [1.0, 2.0], 2, 2, rng=rng), "allowed are two lists")
    assert_refuses(lambda: shorter_line_waits([1.0, 0.0], [1.0, 2.0], 2, 2, rng=rng), "arrivals fall")
    assert_refuses(lambda: shorter_line_waits([0.0], [1.0], 2, 2, rng=rng, rule="luck"), "rule = 'luck'")
