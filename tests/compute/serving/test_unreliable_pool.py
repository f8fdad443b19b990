import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.compute import (
    mmc_queue,
    unreliable_pool,
    unreliable_queue,
)
from tests.support.contracts import assert_refuses


def chain(arrival, service, servers, failure, repair, most=250):
    """Mean wait and chance to wait, from the balance of all states up to a number of requests."""
    width = servers + 1
    flow = np.zeros(((most + 1) * width,) * 2)
    for present in range(most + 1):
        for working in range(width):
            state = present * width + working
            if present < most:
                flow[state, state + width] = arrival
            if present:
                flow[state, state - width] = min(working, present) * service
            if working:
                flow[state, state - 1] = working * failure
            if working < servers:
                flow[state, state + 1] = (servers - working) * repair
    balance = (flow - np.diag(flow.sum(axis=1))).T
    balance[-1] = 1
    chances = np.linalg.solve(balance, np.eye(len(flow))[-1]).reshape(most + 1, width)
    present, working = np.arange(most + 1)[:, np.newaxis], np.arange(width)
    return np.sum(chances * np.maximum(present - working, 0)) / arrival, np.sum(chances[present >= working])


@pytest.mark.parametrize(
    ("arrival", "servers", "failure", "repair"), [(1.5, 3, 0.02, 0.2), (0.9, 2, 0.5, 1.0), (3.0, 5, 1e-3, 0.05)]
)
def test_the_balance_of_all_states(arrival, servers, failure, repair):
    queue = unreliable_pool(arrival, 1.0, servers, 1 / failure, 1 / repair)
    assert (queue.wait, queue.wait_probability) == pytest.approx(
        chain(arrival, 1.0, servers, failure, repair), rel=1e-6
    )


@settings(deadline=None, max_examples=60)
@given(st.floats(0.01, 0.99), st.floats(0.01, 100), st.floats(0.5, 0.999), st.floats(0.01, 100))
def test_one_server_is_the_known_formula(load, service_rate, up, repair):
    mttr = repair / service_rate
    mtbf = mttr * up / (1 - up)
    pool = unreliable_pool(load * up * service_rate, service_rate, 1, mtbf, mttr)
    one = unreliable_queue(load * up * service_rate, service_rate, mtbf, mttr)
    assert pool.wait == pytest.approx(one.wait, rel=1e-8)
    assert pool.wait_probability == pytest.approx(one.wait_probability, rel=1e-8)


@pytest.mark.parametrize("servers", [1, 2, 10, 40])
def test_servers_that_hardly_fail_are_mmc(servers):
    pool, steady = unreliable_pool(0.8 * servers, 1.0, servers, 1e10, 1e-4), mmc_queue(0.8 * servers, 1.0, servers)
    assert pool.wait == pytest.approx(steady.wait, rel=1e-6)
    assert pool.wait_probability == pytest.approx(steady.wait_probability, rel=1e-6)
    assert pool.present == pytest.approx(steady.present, rel=1e-6)


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 12), st.floats(0.05, 0.95), st.floats(0.6, 0.999), st.floats(0.1, 300))
def test_a_pool_waits_less_than_separate_servers_and_more_than_one_without_failures(servers, load, up, repair):
    mtbf = repair * up / (1 - up)
    pool = unreliable_pool(load * up * servers, 1.0, servers, mtbf, repair)
    assert 0 <= mmc_queue(load * up * servers, 1.0, servers).wait <= pool.wait * (1 + 1e-9)
    assert pool.wait < unreliable_queue(load * up, 1.0, mtbf, repair).wait
    assert 0 < pool.wait_probability < 1


def test_scenarios_are_the_single_cases():
    load, mttr = np.array([0.2, 5.0, 8.9]), np.array([[1.0], [50.0]])
    many = unreliable_pool(load, 1.0, 10, 9 * mttr, mttr)
    for i in range(2):
        for j in range(3):
            one = unreliable_pool(float(load[j]), 1.0, 10, float(9 * mttr[i, 0]), float(mttr[i, 0]))
            assert many.wait[i, j] == pytest.approx(one.wait, rel=1e-10)
            assert type(one.wait) is type(one.wait_probability) is float
    assert many.wait.shape == (2, 3)
    assert unreliable_pool(np.empty(0), 1.0, 3, 1.0, 1.0).wait.shape == (0,)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: unreliable_pool(0.0, 1.0, 2, 1.0, 1.0), r"arrival_rate = 0 .*\(0, inf\)"),
        (lambda: unreliable_pool(1.0, -1.0, 2, 1.0, 1.0), r"service_rate = -1 .*\(0, inf\)"),
        (lambda: unreliable_pool(1.0, 1.0, 0, 1.0, 1.0), r"servers = 0 .*from 1 to 200"),
        (lambda: unreliable_pool(1.0, 1.0, 2, 0.0, 1.0), r"mtbf = 0 .*\(0, inf\)"),
        (lambda: unreliable_pool(1.0, 1.0, 2, 1.0, 0.0), r"mttr = 0 .*\(0, inf\)"),
        (lambda: unreliable_pool(np.array([0.5, 1.5]), 1.0, 2, 1.0, 1.0), r"works\[1\] = 1.5 .*no steady state"),
        (lambda: unreliable_pool(np.ones(2), 1.0, 5, np.ones(3), 1.0), "shapes do not fit"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
