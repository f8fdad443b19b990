import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from defi_lib.compute import (
    burst_wait,
    erlang_b,
    erlang_c,
    late_share,
    md1_queue,
    mg1_queue,
    mm1_queue,
    mmc_queue,
    poisson_arrivals,
    pooling,
    queue_waits,
    real_requests,
    servers_needed,
    settling_time,
    unreliable_pool,
    unreliable_queue,
    wait_quantile,
)
from defi_lib.rounding import below
from tests.support.contracts import assert_refuses

loads = st.floats(0, 0.99)


def test_one_server():
    random = mm1_queue(0.8, 1.0)
    assert random.response_time == pytest.approx(5)
    assert random.wait == pytest.approx(4)
    assert random.present == pytest.approx(4)  # Little: 0.8 per second times 5 seconds
    assert random.waiting == pytest.approx(3.2)
    assert random.utilisation == random.wait_probability == 0.8
    assert md1_queue(0.8, 1.0).wait == pytest.approx(2)
    assert mg1_queue(0.8, 1.0, 2.0).wait == pytest.approx(10)


def test_many_servers():
    assert erlang_b(10, 8.0) == pytest.approx(0.121661064, rel=1e-8)
    assert erlang_c(10, 8.0) == pytest.approx(0.409180151, rel=1e-8)
    assert erlang_c(2, 1.0) == pytest.approx(1 / 3)
    queue = mmc_queue(8.0, 1.0, 10)
    assert queue.wait == pytest.approx(0.204590075, rel=1e-8)
    assert queue.utilisation == pytest.approx(0.8)


def test_a_pool_waits_less_than_separate_machines():
    three = pooling(10, 8.0, 1.0)
    assert three.separate.wait == pytest.approx(4)
    assert three.pooled.wait == pytest.approx(0.204590075, rel=1e-8)
    assert three.wait_ratio == pytest.approx(19.5512905, rel=1e-8)
    assert three.single.response_time == pytest.approx(0.5)
    assert three.single.response_time < three.pooled.response_time < three.separate.response_time
    assert pooling(1, 0.5, 1.0).wait_ratio == pytest.approx(1)


@given(st.integers(1, 60), loads, st.floats(0.01, 100))
def test_laws_of_queues(servers, load, rate):
    queue = mmc_queue(load * servers * rate, rate, servers)
    assert 0 <= queue.wait_probability <= 1
    assert queue.present - queue.waiting == pytest.approx(load * servers, abs=1e-9)  # busy servers
    single = mm1_queue(load * rate, rate)
    assert queue.wait <= single.wait * (1 + 1e-12)
    if servers == 1:
        assert queue.wait == pytest.approx(single.wait)
    assert md1_queue(load * rate, rate).wait == pytest.approx(single.wait / 2)


@given(st.integers(1, 40), st.floats(0.01, 60))
def test_erlang_b_is_the_sum_of_its_definition(servers, load):
    terms = np.cumprod(np.concatenate([[1.0], load / np.arange(1, servers + 1)]))
    assert erlang_b(servers, load) == pytest.approx(terms[-1] / terms.sum(), rel=1e-10)


def test_scenarios_are_the_single_cases():
    servers, load = np.array([[1], [3], [10]]), np.array([0.1, 0.5, 0.9])
    many = mmc_queue(load * servers, 1.0, servers)
    for i, count in enumerate(servers[:, 0].tolist()):
        for j, part in enumerate(load.tolist()):
            one = mmc_queue(part * count, 1.0, count)
            assert many.wait[i, j] == one.wait
            assert type(one.wait) is float
    assert erlang_b(np.array([0, 1, 2]), 0.0).tolist() == [1, 0, 0]
    assert erlang_b(0, 5.0) == 1


def test_tail_of_the_wait():
    queue = mmc_queue(8.0, 1.0, 10)
    assert late_share(queue, 0.0) == queue.wait_probability
    assert late_share(queue, wait_quantile(queue, 0.99)) == pytest.approx(0.01)
    assert wait_quantile(queue, 0.3) == 0
    # The mean is the area under the tail.
    assert queue.wait_probability / 2 == pytest.approx(queue.wait)


@settings(deadline=None, max_examples=50)
@given(st.floats(0.01, 100), st.floats(0.5, 10), st.floats(1e-4, 10))
@example(4 - 1.4e-14, 1.0, 1.0)  # as good as four: with four the queue grows without end
def test_servers_needed_are_the_fewest(arrival_rate, service_rate, longest):
    needed = servers_needed(arrival_rate, service_rate, longest)
    assert mmc_queue(arrival_rate, service_rate, needed).wait <= longest * (1 + 1e-9)
    if needed > 1 and below(arrival_rate, (needed - 1) * service_rate):
        assert mmc_queue(arrival_rate, service_rate, needed - 1).wait > longest * (1 - 1e-9)


def test_servers_needed_for_many_cases():
    many = servers_needed(np.array([0.0, 8.0, 8.0]), 1.0, np.array([1.0, 0.21, 1e-3]))
    assert many.tolist()[:2] == [1, 10]
    assert many[2] == servers_needed(8.0, 1.0, 1e-3) > 10


def breakdown_chain(arrival, service, failure, repair, most=600):
    """Requests present and chance to wait, from the balance of all states."""
    size = 2 * (most + 1)
    flow = np.zeros((size, size))
    for present in range(most + 1):
        for up in (0, 1):
            state = 2 * present + up
            if present < most:
                flow[state, state + 2] = arrival
            if up and present:
                flow[state, state - 2] = service
            flow[state, 2 * present + 1 - up] = failure if up else repair
    balance = (flow - np.diag(flow.sum(axis=1))).T
    balance[-1] = 1
    chances = np.linalg.solve(balance, np.eye(size)[-1])
    return np.repeat(np.arange(most + 1), 2) @ chances, 1 - chances[1]


@pytest.mark.parametrize(("failure", "repair"), [(0.02, 0.1), (0.5, 3.0), (1e-4, 0.02)])
def test_breakdowns(failure, repair):
    queue = unreliable_queue(0.5, 1.0, 1 / failure, 1 / repair)
    present, waits = breakdown_chain(0.5, 1.0, failure, repair)
    assert queue.present == pytest.approx(present, rel=1e-6)
    assert queue.wait_probability == pytest.approx(waits, rel=1e-6)


def test_a_server_that_hardly_fails_is_mm1():
    assert unreliable_queue(0.8, 1.0, 1e12, 1e-6).response_time == pytest.approx(5)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: mm1_queue(1.0, 1.0), r"utilisation ρ = arrival rate/capacity = 1 .*no steady state"),
        (lambda: mm1_queue(np.array([0.5, 3.0]), 2.0), r"ρ = arrival rate/capacity\[1\] = 1.5 .*no steady state"),
        (lambda: mmc_queue(10.0, 1.0, 10), r"= 1 .*\[0, 1\).*no steady state"),
        (lambda: erlang_c(2, 2.5), r"= 1.25 .*no steady state"),
        (lambda: unreliable_queue(0.9, 1.0, 8.0, 2.0), r"= 1.125 .*no steady state"),
        (lambda: pooling(2, 2.0, 1.0), "no steady state"),
        (lambda: mm1_queue(-1.0, 1.0), r"arrival_rate = -1 .*\[0, inf\)"),
        (lambda: mm1_queue(1.0, 0.0), r"service_rate = 0 .*\(0, inf\)"),
        (lambda: mg1_queue(0.1, 1.0, -1.0), r"variation = -1 .*\[0, inf\)"),
        (lambda: mmc_queue(1.0, 1.0, 0), r"servers = 0 .*from 1"),
        (lambda: mmc_queue(1.0, 1.0, 2.5), r"servers = 2.5 .*whole"),
        (lambda: mmc_queue(np.ones(2), 1.0, np.array([2, 3, 4])), "shapes do not fit"),
        (lambda: erlang_b(-1, 1.0), r"servers = -1 .*from 0"),
        (lambda: erlang_b(1, -1.0), r"load = -1 .*\[0, inf\)"),
        (lambda: late_share(mm1_queue(0.5, 1.0), -1.0), r"within = -1 .*\[0, inf\)"),
        (lambda: wait_quantile(mm1_queue(0.5, 1.0), 1.0), r"share = 1 .*\[0, 1\)"),
        (lambda: servers_needed(1.0, 1.0, 0.0), r"longest_wait = 0 .*\(0, inf\)"),
        (lambda: servers_needed(1e6, 1.0, 1.0), r"arrival_rate/service_rate = 1000000 .*below 99000"),
        (lambda: unreliable_queue(0.1, 1.0, 0.0, 1.0), r"mtbf = 0 .*\(0, inf\)"),
        (lambda: unreliable_queue(0.1, 1.0, 1.0, -1.0), r"mttr = -1 .*\(0, inf\)"),
        (lambda: pooling(2, 0.0, 1.0), r"arrival_rate = 0 .*\(0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


@pytest.mark.parametrize(
    "call",
    [
        lambda: mmc_queue(0.3, 0.1, 3),  # 3·0.1 is a little more than 0.3
        lambda: mm1_queue(0.7, 0.1 * 7),
        lambda: erlang_c(3, 0.3 / 0.1),  # a little less than 3
        lambda: unreliable_queue(0.3, 0.6000000000000001, 1.0, 1.0),
        lambda: unreliable_pool(0.3, 0.2, 3, 1.0, 1.0),
        lambda: settling_time(0.3, 0.1, 3),
    ],
)
def test_a_load_of_one_to_within_rounding_has_no_steady_state(call):
    with pytest.raises(ValueError, match=r"utilisation|arrival_rate"):
        call()


def test_servers_at_their_limit_do_not_count_as_enough():
    assert servers_needed(0.3, 0.1, 1e18) == 4


def test_the_share_that_need_not_wait_waits_no_time():
    queue = mm1_queue(0.1, 1.0)  # nine of ten find the server free
    assert wait_quantile(queue, 0.9) == 0 and wait_quantile(queue, 0.9 + 1e-9) > 0


def test_bursts_wait_by_the_formula_where_many_come_at_once():
    """Groups of forty in one instant: their dispersion is forty, and they wait 1/ρ times what the formula says."""
    rng, size, load = np.random.default_rng(8), 40, 0.8
    for servers in (1, 10):
        times = np.repeat(poisson_arrivals(load * servers / size, 20_000, rng), size)
        waits = queue_waits(times, np.ones(times.size), servers).mean()
        assert burst_wait(load, servers, size) == pytest.approx(load * waits, rel=0.1)
    assert burst_wait(0.8, 10, 1.0) == burst_wait(0.0, 10, 50.0) == 0  # chance alone, and no work


def test_what_real_bursts_wait_is_of_the_formulas_size_and_not_of_erlangs():
    requests, servers, load = real_requests("code"), 10, 0.6
    services = requests.answered / requests.answered.mean() * load * servers / 2.5667
    found = queue_waits(requests.seconds, services, servers).mean() / services.mean()
    assert found == pytest.approx(burst_wait(load, servers, 163.9), rel=0.05)
    assert found > 400 * mmc_queue(load * servers, 1.0, servers).wait


def test_bursts_refuse_what_has_no_steady_state():
    with pytest.raises(ValueError, match=r"load = 1 "):
        burst_wait(1.0, 10, 2.0)
    with pytest.raises(ValueError, match=r"dispersion − 1 = -0.5"):
        burst_wait(0.5, 10, 0.5)
