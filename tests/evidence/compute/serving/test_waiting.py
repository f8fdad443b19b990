import numpy as np
import pytest

from defi_lib.compute import SERVICES, mmc_queue
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.serving.waiting import (
    ANSWER,
    FULLEST,
    half_hour,
    late_minutes,
    planned,
    replay,
    three_ways,
)


def wait(**changed):
    return -effect("C20a")(today(effect("C20a").assumptions, changed=changed))[0]


def test_two_asked_miss_the_mark_closely_and_three_reach_it():
    assert not evidence("C20a").true and 1 < wait() < 1.2
    assert wait(choices=3.0) < 1 < wait(choices=1.0) and wait(load=0.5) < 1 < wait(load=0.7)
    assert wait(bursts=1.0) < 1 < wait(bursts=164.0) and wait(ready=0.21) < 0.5 and wait(growth=1_440.0) < 0.5


def test_the_backlog_of_a_rush_is_that_of_a_simulated_flow():
    """Another way: demand and machines minute by minute."""
    step = 0.001
    for load, ready, growth in ((0.75, 120.0, 60.0), (0.6, 45.0, 60.0), (0.9, 20.0, 60.0), (0.55, 30.0, 10.0)):
        time = np.arange(0, 400, step) + step / 2
        capacity = 1 + np.clip((time - ready) / growth, 0, 1)
        net = np.cumsum(load * (1 + np.minimum(time / growth, 1)) - capacity) * step
        backlog = net - np.minimum.accumulate(np.minimum(net, 0))
        # The line is longest as capacity catches up with demand.
        longest = np.argmax(backlog)
        found = float(late_minutes(*(np.array([each]) for each in (load, ready, growth)))[0])
        assert found == pytest.approx(backlog[longest] / capacity[longest], abs=0.01)


def test_what_fits_waits_for_no_late_machine():
    assert late_minutes(np.array([0.6]), np.array([30.0]), np.array([60.0]))[0] == 0
    assert 2.7 < ANSWER * 60 < 2.9 and FULLEST < 1


def test_a_plan_with_bursts_holds_in_the_next_half_hour_and_erlangs_does_not():
    plans = {service: planned(service, 10.0) for service in SERVICES}
    kept = {
        (service, rule): replay(service, machines, 10.0, 1_800, 3_600)["ask two"]
        for service, plan in plans.items()
        for rule, machines in plan.items()
    }
    assert plans["code"] == {"Erlang": 10, "with bursts": 34, "run again": 28}
    assert kept["code", "Erlang"] > 7 and max(kept["code", "with bursts"], kept["code", "run again"]) < 1
    assert max(kept["conversation", rule] for rule in plans["code"]) < 1.2
    assert replay("code", 10, 10.0, 0, 1_800)["one line"] > 20  # the puzzle


def test_bursts_make_the_three_ways_alike():
    calm, crowded = (three_ways(0.8, 2, 10, bursts) for bursts in (1.0, 164.0))
    assert calm["Own lines"] > 15 * calm["One line"] and crowded["Own lines"] < 1.2 * crowded["One line"]
    assert calm["One line"] == pytest.approx(mmc_queue(8.0, 1.0, 10).wait)


def test_a_cloud_is_paid_for_work_and_a_reserve_for_standing_by():
    books = half_hour()
    paid = {name: -ledger.balance("clients", "USD") for name, ledger in books.items()}
    assert paid["few machines"] < paid["a cloud"] < paid["a reserve"]
    assert books["a cloud"].balance("owners of machines", "USD") == 0
    assert paid["a reserve"] == pytest.approx(17 * 2.71)
