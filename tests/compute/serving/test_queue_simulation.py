import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.compute import (
    draw_services,
    erlang_b,
    estimate,
    hybrid_service,
    md1_queue,
    mm1_queue,
    mmc_queue,
    poisson_arrivals,
    queue_waits,
    settling_time,
    simulate_queue,
    unreliable_queue,
)
from tests.support.contracts import assert_refuses

#: Chance that the interval misses a right formula, all tests together: 20 × 0.0005.
CONFIDENCE = 0.9995


def run_means(arrival_rate, servers, variation, runs, requests, seed, **options):
    """Mean waits of independent runs without the time in which they settle, service rate 1."""
    random = np.random.default_rng(seed)
    means = []
    for _ in range(runs):
        arrivals = poisson_arrivals(arrival_rate, requests, random)
        services = draw_services(1.0, requests, random, variation)
        run = simulate_queue(arrivals, services, servers, rng=random, **options)
        settled = run.arrivals[~run.overflow] > 15 * settling_time(arrival_rate, 1.0, servers)
        means.append(np.mean(run.waits[settled]))
    return means


def _slow_waits(arrivals, services, servers):
    """The definition: each request goes to the server that is free first."""
    free, waits = [0.0] * servers, []
    for arrival, service in zip(arrivals, services, strict=True):
        first = free.index(min(free))
        start = max(free[first], arrival)
        waits.append(start - arrival)
        free[first] = start + service
    return np.array(waits)


@pytest.mark.parametrize(
    ("queue", "variation"),
    [
        (mm1_queue(0.6, 1.0), 1.0),
        (md1_queue(0.6, 1.0), 0.0),
        (mmc_queue(2.1, 1.0, 3), 1.0),
        (mmc_queue(7.5, 1.0, 10), 1.0),
    ],
)
def test_events_agree_with_the_formulas(queue, variation):
    means = run_means(queue.arrival_rate, queue.servers, variation, runs=16, requests=4000, seed=5)
    assert estimate(means, CONFIDENCE).covers(queue.wait)


def test_failures_agree_with_the_formula():
    theory = unreliable_queue(0.4, 1.0, 20.0, 5.0)
    random, means = np.random.default_rng(8), []
    for _ in range(20):
        arrivals, services = poisson_arrivals(0.4, 6000, random), draw_services(1.0, 6000, random)
        run = simulate_queue(arrivals, services, mtbf=20.0, mttr=5.0, rng=random)
        means.append(np.mean(run.response_times[1000:]))
    assert estimate(means, CONFIDENCE).covers(theory.response_time)


def test_overflow_agrees_with_the_formula():
    theory = hybrid_service(4.0, 1.0, 4, room=2)
    random, shares, waits = np.random.default_rng(3), [], []
    for _ in range(16):
        run = simulate_queue(poisson_arrivals(4.0, 4000, random), draw_services(1.0, 4000, random), 4, room=2)
        shares.append(run.overflow_share)
        waits.append(run.waits.mean())
    # It settles within a few services; what the start does not see is far below the interval.
    assert estimate(shares, CONFIDENCE).covers(theory.cloud_share)
    assert estimate(waits, CONFIDENCE).covers(theory.wait)


def test_erlang_b_holds_for_services_of_any_kind():
    random, shares = np.random.default_rng(6), []
    for _ in range(16):
        arrivals, services = poisson_arrivals(3.0, 4000, random), draw_services(1.0, 4000, random, 0.0)
        shares.append(simulate_queue(arrivals, services, 3, room=0).overflow_share)
    assert estimate(shares, CONFIDENCE).covers(erlang_b(3, 3.0))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), st.integers(1, 6), st.integers(1, 60), st.floats(0.1, 3))
def test_events_and_arrays_give_the_same_waits(seed, servers, requests, load):
    random = np.random.default_rng(seed)
    arrivals = poisson_arrivals(load * servers, requests, random)
    services = draw_services(1.0, requests, random, 1.3)
    run = simulate_queue(arrivals, services, servers)
    np.testing.assert_allclose(run.waits, queue_waits(arrivals, services, servers), rtol=0, atol=1e-9)
    np.testing.assert_allclose(run.finishes - run.starts, services, atol=1e-9)
    # No more than so many at once.
    assert max(np.sum((run.starts <= t) & (run.finishes > t)) for t in run.starts) <= servers


def test_arrays_agree_with_the_formula():
    random = np.random.default_rng(2)
    arrivals, services = poisson_arrivals(0.8, 20_000, random, 50), draw_services(1.0, (50, 20_000), random)
    waits = queue_waits(arrivals, services)[:, 3000:]
    assert estimate(waits.mean(axis=1), CONFIDENCE).covers(4.0)


def test_lindley():
    arrivals, services = np.array([0.0, 1.0, 1.5, 9.0]), np.array([2.0, 3.0, 1.0, 1.0])
    assert queue_waits(arrivals, services).tolist() == [0, 1, 3.5, 0]
    assert queue_waits(arrivals, services, 2).tolist() == [0, 0, 0.5, 0]
    assert simulate_queue(arrivals, services, 2).waits.tolist() == [0, 0, 0.5, 0]
    full = simulate_queue(arrivals, services, 1, room=1)
    assert full.overflow.tolist() == [False, False, True, False]
    assert full.overflow_share == 0.25


def test_a_request_goes_on_where_the_repair_is_done():
    class Script:
        draws = iter([3.0, 10.0, 1e9])

        def standard_exponential(self):
            return next(self.draws)

    run = simulate_queue(np.array([1.0, 2.0]), np.array([5.0, 1.0]), mtbf=1.0, mttr=1.0, rng=Script())
    assert run.starts.tolist() == [1, 16]
    assert run.finishes.tolist() == [16, 17]
    Script.draws = iter([0.5, 10.0, 1e9])
    idle = simulate_queue(np.array([1.0, 2.0]), np.array([5.0, 1.0]), mtbf=1.0, mttr=1.0, rng=Script())
    assert idle.starts.tolist() == [10.5, 15.5]  # a failure while nobody is there


def test_no_requests():
    run = simulate_queue([], [], 3)
    assert run.waits.size == run.overflow_share == 0
    assert queue_waits(np.empty((4, 0)), np.empty((4, 0))).shape == (4, 0)


def test_student_interval():
    result = estimate([1.0, 2.0, 3.0], 0.95)
    assert result.mean == 2
    assert result.half_width == pytest.approx(4.302652729911275 / np.sqrt(3))
    assert result.covers(4.4)
    assert not result.covers(4.5)
    assert settling_time(0.25, 1.0) == 4


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simulate_queue([1.0, 0.5], [1.0, 1.0]), r"arrivals fall by 0.5"),
        (lambda: simulate_queue([-1.0], [1.0]), r"arrivals\[0\] = -1 .*\[0, inf\)"),
        (lambda: simulate_queue([1.0], [-1.0]), r"services\[0\] = -1 .*\[0, inf\)"),
        (lambda: simulate_queue([1.0], [1.0, 2.0]), r"two lists as long"),
        (lambda: simulate_queue([1.0], [1.0], 0), r"servers = 0 .*>= 1"),
        (lambda: simulate_queue([1.0], [1.0], room=-1), r"room = -1 .*>= 0"),
        (lambda: simulate_queue([1.0], [1.0], mtbf=1.0), r"rng = None"),
        (lambda: simulate_queue([1.0], [1.0], mtbf=0.0, rng=np.random.default_rng(1)), r"mtbf = 0 .*\(0, inf\)"),
        (lambda: simulate_queue([1.0], [1.0], mtbf=1.0, mttr=-1.0, rng=np.random.default_rng(1)), r"mttr = -1"),
        (lambda: queue_waits([1.0], [1.0], 0), r"servers = 0 .*>= 1"),
        (lambda: queue_waits(np.ones((2, 3)), np.ones((3, 3))), "shapes do not fit"),
        (lambda: estimate([1.0]), r"number of runs = 1 .*>= 2"),
        (lambda: estimate([1.0, 2.0], 1.0), r"confidence = 1 .*\(0, 1\)"),
        (lambda: settling_time(1.0, 1.0), r"arrival_rate = 1 .*\[0, 1\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


class TestTheSameMoment:
    """Services end, repairs end, servers fail, requests arrive: in this order."""

    def test_who_comes_when_another_leaves_finds_a_place(self):
        assert not simulate_queue([0, 1, 2, 3, 4.0], [1.0] * 5, 1, room=0).overflow.any()
        assert simulate_queue([0, 1, 1, 2.0], [1.0] * 4, 1, room=0).overflow.tolist() == [False, False, True, False]
        assert not simulate_queue([0, 0, 1, 1.0], [1.0] * 4, 2, room=0).overflow.any()

    def test_the_same_moment_is_meant_to_within_rounding(self):
        arrivals = np.arange(300) * 0.1
        assert not simulate_queue(arrivals, [0.1] * 300, 1, room=0).overflow.any()
        assert not simulate_queue(arrivals, [0.3] * 300, 3, room=0).overflow.any()
        assert not queue_waits(arrivals, [0.1] * 300).any() and not queue_waits(arrivals, [0.3] * 300, 3).any()
        many = np.broadcast_to(arrivals, (40, 300))
        assert not queue_waits(many, 0.3 * np.ones(300), 3).any()
        assert simulate_queue([0.0, 0.3], [0.3 + 1e-9, 1.0], 1, room=0).overflow.tolist() == [False, True]

    def test_requests_without_work_leave_at_once(self):
        run = simulate_queue([0, 0, 1, 1, 1.0], [1.0, 0, 0, 0, 0], 1, room=1)
        assert not run.overflow.any() and run.waits.tolist() == [0, 1, 0, 0, 0]

    def test_a_service_that_ends_in_the_moment_of_a_failure_has_ended(self):
        class Fixed:
            draws = iter([1.0, 5.0] + [1e9] * 9)  # a failure at 1, repaired at 6

            def standard_exponential(self):
                return next(self.draws)

        run = simulate_queue([0.0, 1.0], [1.0, 1.0], mtbf=1.0, mttr=1.0, rng=Fixed())
        assert run.finishes.tolist() == [1.0, 7.0]

    @given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4)), max_size=25), st.integers(1, 4), st.integers(0, 3))
    @settings(max_examples=60, deadline=None)
    def test_tenths_are_as_good_as_whole_numbers(self, requests, servers, room):
        """Ties everywhere: the run in seconds, which are exact, and that in tenths of seconds, which are not."""
        gaps, work = (np.array([one[i] for one in requests], dtype=float) for i in (0, 1))
        exact = simulate_queue(np.cumsum(gaps), work, servers, room=room)
        tenths = simulate_queue(np.cumsum(gaps) * 0.1, work * 0.1, servers, room=room)
        assert np.array_equal(exact.overflow, tenths.overflow)
        assert np.allclose(exact.waits * 0.1, tenths.waits, atol=1e-12)
        assert np.allclose(queue_waits(np.cumsum(gaps), work, servers), _slow_waits(np.cumsum(gaps), work, servers))
        endless = simulate_queue(np.cumsum(gaps), work, servers)
        assert np.allclose(endless.waits, queue_waits(np.cumsum(gaps), work, servers))


@pytest.mark.parametrize("servers", [1, 2, 7, 300])
@pytest.mark.parametrize("load", [0.5, 0.99, 1.5])
def test_waits_are_those_of_the_definition(servers, load):
    rng = np.random.default_rng(4)
    arrivals = np.cumsum(rng.standard_exponential((3, 2000)), axis=-1) + 1e4
    services = rng.standard_exponential((3, 2000)) * load * servers
    slow = np.array([_slow_waits(*row, servers) for row in zip(arrivals, services, strict=True)])
    assert np.allclose(queue_waits(arrivals, services, servers), slow, rtol=1e-9, atol=1e-9)
    many = queue_waits(np.tile(arrivals, (20, 1)), np.tile(services, (20, 1)), servers)
    assert np.allclose(many, np.tile(slow, (20, 1)), rtol=1e-9, atol=1e-9)


def test_a_million_requests_wait_as_the_formula_says():
    rng = np.random.default_rng(5)
    arrivals, services = np.cumsum(rng.standard_exponential(10**6)), rng.standard_exponential(10**6) * 0.9
    one = queue_waits(arrivals, services)
    assert one.mean() == pytest.approx(8.1, rel=0.15)
    queue_waits(arrivals, services * 4, 4)
