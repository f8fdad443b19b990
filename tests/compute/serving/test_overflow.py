import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import cheapest_servers, erlang_b, failing_hybrid, hybrid_service, mmc_queue
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_broadcasts, assert_refuses


@given(st.floats(0.01, 30), st.integers(1, 12), st.integers(0, 15))
def test_the_balance_of_all_states(load, servers, room):
    steps = [load / min(i, servers) for i in range(1, servers + room + 1)]
    chances = np.cumprod(np.concatenate([[1.0], steps]))
    chances /= chances.sum()
    result = hybrid_service(load, 1.0, servers, room)
    assert result.cloud_share == pytest.approx(chances[-1], rel=1e-9)
    waiting = np.maximum(np.arange(servers + room + 1) - servers, 0) @ chances
    assert result.wait == pytest.approx(waiting / (load * (1 - chances[-1])), rel=1e-9, abs=1e-12)
    busy = np.minimum(np.arange(servers + room + 1), servers) @ chances
    assert result.utilisation == pytest.approx(busy / servers, rel=1e-9)


def test_limits():
    assert hybrid_service(8.0, 1.0, 10).cloud_share == pytest.approx(erlang_b(10, 8.0))
    assert hybrid_service(8.0, 1.0, 10).wait == 0
    queue = mmc_queue(8.0, 1.0, 10)
    assert hybrid_service(8.0, 1.0, 10, 400).wait == pytest.approx(queue.wait)
    none = hybrid_service(8.0, 1.0, 0, 5, 1.0, 0.01)
    assert (none.cloud_share, none.wait, none.utilisation, none.server_cost) == (1, 0, 0, 0)
    assert none.cost == pytest.approx(288)
    assert none.cost_per_request == pytest.approx(0.01)
    overloaded = hybrid_service(80.0, 1.0, 10)
    assert overloaded.cloud_share == pytest.approx(1 - 10 / 80, abs=0.003)


def test_scenarios_and_payments():
    many = hybrid_service(5.0, 1.0, np.arange(10), np.array([[0], [3]]), 2.0, 0.001)
    one = hybrid_service(5.0, 1.0, 4, 3, 2.0, 0.001)
    assert many.cost[1, 4] == one.cost
    assert many.wait[1, 4] == one.wait
    ledger = Ledger(new_parties="by name")
    ledger.book(many)
    ledger.check_conserved()
    np.testing.assert_allclose(ledger.balance("clients", "USD"), -many.cost)


@given(st.floats(0.1, 40), st.floats(0.05, 5), st.floats(0.0001, 0.01), st.integers(0, 5))
def test_no_other_number_of_machines_is_cheaper(load, price, cloud, room):
    best = cheapest_servers(load, 1.0, price, cloud, room)
    others = hybrid_service(load, 1.0, np.arange(400), room, price, cloud)
    assert best.cost <= np.min(others.cost) * (1 + 1e-12)


def test_own_machines_for_the_base_and_the_cloud_for_peaks():
    dear = cheapest_servers(20.0, 1.0, 3.0, 0.01).servers
    cheap = cheapest_servers(20.0, 1.0, 3.0, 0.001).servers
    assert 0 < cheap < 20 < dear
    assert cheapest_servers(20.0, 1.0, 3.0, 0.0005).servers == 0  # 3600 requests an hour cost less than a machine


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: hybrid_service(0.0, 1.0, 1), r"arrival_rate = 0 .*\(0, inf\)"),
        (lambda: hybrid_service(1.0, -1.0, 1), r"service_rate = -1 .*\(0, inf\)"),
        (lambda: hybrid_service(1.0, 1.0, -1), r"servers = -1 .*from 0"),
        (lambda: hybrid_service(1.0, 1.0, 1, -1), r"room = -1 .*from 0"),
        (lambda: hybrid_service(1.0, 1.0, 1, 0, -1.0), r"server_price = -1 .*\[0, inf\)"),
        (lambda: hybrid_service(1.0, 1.0, 1, 0, 1.0, -1.0), r"cloud_price = -1 .*\[0, inf\)"),
        (lambda: hybrid_service(np.ones(2), 1.0, np.array([1, 2, 3])), "shapes do not fit"),
        (lambda: cheapest_servers(1.0, 1.0, 0.0, 1.0), r"server_price = 0 .*\(0, inf\)"),
        (lambda: cheapest_servers(1e5, 1.0, 1.0, 1.0), r"number of servers that may pay = 1032.* \[0, 20000\]"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_of_equal_costs_the_fewest_machines():
    """A machine that costs just what it saves is not bought, whatever the rounding of its price."""
    for price in np.arange(1, 100) / 10:
        saved = 3600 * 0.5 * price  # a half of the requests of an hour
        assert cheapest_servers(1.0, 1.0, saved, price).servers == 0


def markov(arrival_rate, service_rate, servers, mtbf, mttr, room):
    """Share of requests that the cloud serves: all states (machines that work, requests here), with real failures."""
    states = [(j, n) for j in range(servers + 1) for n in range((j + room if j else 0) + 1)]
    place = {state: number for number, state in enumerate(states)}
    flows = np.zeros((len(states), len(states)))
    sent = np.zeros(len(states))
    for (j, n), here in place.items():
        busy = min(j, n)
        if (j, n + 1) in place:
            flows[here, place[j, n + 1]] += arrival_rate
        else:
            sent[here] += arrival_rate
        if busy:
            flows[here, place[j, n - 1]] += busy * service_rate
            # All who wait are sent on with the last machine that works.
            left = n - 1 if j > 1 else 0
            flows[here, place[j - 1, left]] += busy / mtbf
            sent[here] += busy / mtbf * (n - left)
        if j > busy:
            flows[here, place[j - 1, n]] += (j - busy) / mtbf
        if j < servers:
            flows[here, place[j + 1, n]] += (servers - j) / mttr
    balance = (flows - np.diag(flows.sum(axis=1))).T
    balance[0] = 1.0
    chances = np.linalg.solve(balance, np.eye(len(states))[0])
    return chances @ sent / arrival_rate


@pytest.mark.parametrize(("servers", "room", "load"), [(1, 0, 0.5), (3, 0, 2.0), (3, 2, 4.0), (8, 3, 6.0)])
def test_failures_against_the_balance_of_all_states(servers, room, load):
    slow = failing_hybrid(load, 1.0, servers, 9e5, 1e5, room)
    assert slow.cloud_share == pytest.approx(markov(load, 1.0, servers, 9e5, 1e5, room), rel=1e-4)
    # An hour to the next failure where a service takes half a minute.
    near = failing_hybrid(load, 1.0, servers, 120.0, 30.0, room)
    assert near.cloud_share == pytest.approx(markov(load, 1.0, servers, 120.0, 30.0, room), rel=0.03)


def test_placebo_machines_that_never_fail_are_the_hybrid():
    for servers in (0, 1, 10):
        failing = failing_hybrid(8.0, 1.0, servers, 1e15, 0.0, 2, 0.5, 0.01)
        assert tuple(failing) == pytest.approx(tuple(hybrid_service(8.0, 1.0, servers, 2, 0.5, 0.01)), rel=1e-12)


def test_failures_cost_and_do_not_turn_the_saving_of_a_cloud_behind():
    price, cloud = 1.0, 0.001
    failing = [failing_hybrid(8.0, 1.0, n, 900.0, 100.0, 0, price, cloud).cost for n in range(16)]
    steady = [hybrid_service(8.0, 1.0, n, 0, price, cloud).cost for n in range(16)]
    assert failing[0] == pytest.approx(steady[0]) and all(f > s for f, s in zip(failing[1:], steady[1:], strict=True))
    assert min(failing) < failing[0], "with a tenth of the machines broken, some own ones still pay"
    shares = [failing_hybrid(8.0, 1.0, 10, mtbf, 100.0).cloud_share for mtbf in (1e6, 900.0, 100.0)]
    assert shares == sorted(shares)


def test_errors_of_failing_machines():
    two = np.array([0.5, 3.0])
    assert_broadcasts(lambda x, y: failing_hybrid(x, 1.0, 4, 90.0 * y, 10.0, 1, 1.0, y), two, two)
    assert_refuses(lambda: failing_hybrid(1.0, 1.0, 2, 0.0, 1.0), "mtbf = 0")
    assert_refuses(lambda: failing_hybrid(1.0, 1.0, 2, 1.0, -1.0), "mttr = -1")
    assert_refuses(lambda: failing_hybrid(1.0, 1.0, -1, 1.0, 1.0), "servers = -1")
    assert_refuses(lambda: failing_hybrid(0.0, 1.0, 1, 1.0, 1.0), "arrival_rate = 0")
