import numpy as np
import pytest

from defi_lib.compute import late_share, mg1_queue, mm1_queue, queue_waits, wait_quantile
from defi_lib.evidence import effect, today
from defi_lib.evidence.compute.matching.edge import busiest, late_in, slowest, still_waiting, travel


def found(id, **world):
    return effect(id)(today(effect(id).assumptions, changed=world))[0]


def test_with_random_answers_the_wait_is_that_of_the_queue():
    queue = mm1_queue(0.6 / 20, 1 / 20)
    assert still_waiting(0.6, 20.0, 1.0, 50.0) == pytest.approx(late_share(queue, 50.0))
    assert still_waiting(0.6, 20.0, 1.0, wait_quantile(queue, 0.99)) == pytest.approx(0.01)


@pytest.mark.parametrize("unlike", [0.0, 0.5, 1.0, 2.0])
def test_the_mean_wait_is_that_of_pollaczek_and_khinchine(unlike):
    grid = np.linspace(0, 5_000, 500_001)
    mean = np.sum(still_waiting(0.5, 20.0, unlike, grid)) * 0.01
    assert mean == pytest.approx(mg1_queue(0.5 / 20, 1 / 20, unlike).wait, rel=1e-3)


@pytest.mark.parametrize(("unlike", "shape"), [(0.5, 4.0), (1.0, 1.0)])
def test_drawn_requests_wait_as_long(unlike, shape):
    rng = np.random.default_rng(1)
    arrivals = np.cumsum(rng.exponential(40.0, 400_000))
    waits = queue_waits(arrivals, rng.gamma(shape, 20.0 / shape, 400_000))
    assert np.mean(waits > 41) == pytest.approx(float(still_waiting(0.5, 20.0, unlike, 41.0)), rel=0.12)


def test_the_slowest_of_a_hundred_is_the_quantile_of_drawn_requests():
    rng, parts, ways, loads = np.random.default_rng(2), (0.7, 0.3), (1.0, 30.0), (0.5, 0.8)
    place = rng.choice(2, 1_000_000, p=parts)
    mean = 20.0 / (1 - np.array(loads))
    waits = np.where(rng.random(place.size) < np.array(loads)[place], rng.exponential(mean[place]), 0.0)
    groups = tuple(zip(map(np.asarray, parts), map(np.asarray, ways), map(np.asarray, loads), strict=True))
    drawn = np.quantile(np.array(ways)[place] + waits, 0.99)
    assert slowest(groups, 20.0, 1.0) == pytest.approx(drawn, rel=0.01)


def test_what_the_lesson_says_of_today():
    assert found("C28a") < -0.05 and found("C28a", answer_time=6.5) > -0.001 > found("C28a", answer_time=7.5)
    for alone in (
        {"distance": 5.0},
        {"asked": 1.0},
        {"asked": 2.0},
        {"notice": 1.0},
        {"line": 19.0},
        {"node_load": 0.1},
    ):
        assert found("C28a", **alone) < -0.001
    assert found("C28a", asked=3.0) > -0.001, "who knows the lines of five before is in time"
    assert -5 < found("C21b") < 0 and found("C21b", rule=0.0) < -100
    assert travel(500) - travel(50) == pytest.approx(6.6, abs=0.02)


def test_idle_machines_are_the_price_of_punctuality():
    one, two, hall = (busiest(place, 40.0, 300.0, 50.0) for place in late_in(0.5, 40.0, 300.0, 50.0))
    assert (one, two, hall) == pytest.approx((0.126, 0.429, 0.941), abs=0.001)
    assert busiest("The freest of two", 40.0, 100.0, 50.0) == 0, "no time for a second trip"
