import numpy as np
import pytest

from defi_lib.compute import procure
from defi_lib.evidence import effect, today
from defi_lib.evidence.compute.markets.competing import HIGH, LOW, stretched, tender


def found(id, **world):
    return effect(id)(today(effect(id).assumptions, changed=world))[0]


@pytest.mark.parametrize(("rule", "name"), [(0.0, "pay as asked"), (1.0, "first price")])
@pytest.mark.parametrize(("bidders", "ring", "fakes"), [(4, 0, 0), (5, 3, 4), (3, 0, 9), (4, 4, 0)])
def test_drawn_auctions_cost_what_the_formula_says(rule, name, bidders, ring, fakes):
    costs = np.random.default_rng(3).uniform(0.53, 1.0, (200_000, bidders))
    award = procure(costs, 1.0, name, low=0.53, ring=ring, fakes=fakes)
    above = np.where(award.units, award.price, 1.0).mean() / costs.min(axis=1).mean() - 1
    world = {"bidders": bidders, "ring": ring / bidders, "fakes": fakes, "rule": rule, "lowest": 0.53}
    assert found("C22a", **world) == pytest.approx(-above, abs=2e-3)


def test_drawn_failures_lengthen_the_work_as_the_formula_says():
    rng, fails, save, load = np.random.default_rng(5), 6.0, 0.05, 0.25
    segments = np.linspace(0.3, 2.0, 18)
    done = []
    for work in segments:  # a segment begins again at each failure; reloading may fail too
        hours = np.zeros(20_000)
        waiting, need = np.ones(20_000, bool), np.full(20_000, work + save)
        while waiting.any():
            until = rng.exponential(fails, 20_000)
            hours[waiting] += np.minimum(until, need)[waiting]
            waiting &= until < need
            need = np.where(waiting, load + work + save, need)
        done.append(hours.mean() / work)
    assert min(done) == pytest.approx(float(stretched(fails, save, load)), rel=0.01)


def test_what_the_lesson_says_of_today():
    assert 0.25 < found("C4a") < 0.28
    assert found("C4a", peer_hour=6.1489) < 0, "three offers left at Vast.ai"
    for strangers, halls in ((1.99, 2.89), (2.59, 3.19), (2.69, 3.20), (2.4024, 3.99)):
        assert found("C4a", peer_hour=strangers, small_cloud_hour=halls) > 0.05
    assert found("C4a", peer_fails=2.0) < 0.05
    assert found("C4a", peer_fails=1.0) < 0, "the quiz"
    assert found("C4b") < 0 < 0.05 < found("C4b", cloud_wait=24.0)
    assert found("C22a", bidders=11) < -0.1 < found("C22a", bidders=12)


def test_invented_rivals_lower_a_sealed_price_and_leave_an_open_one():
    three, sealed, opened = tender(3, "open", 1, 0), tender(12, "sealed", 1, 9), tender(12, "open", 1, 9)
    assert three["You pay"] == opened["You pay"] == pytest.approx(2.25)
    assert sealed["You pay"] == pytest.approx(1.78, abs=0.005)
    assert tender(5, "open", 5, 0)["You pay"] == tender(5, "sealed", 9, 0)["You pay"] == HIGH
    numbers = np.arange(1, 21)
    for rule in ("open", "sealed"):
        for ring in (1, 10):
            drawn = tender(numbers, rule, ring, 10)
            assert np.all(np.asarray(drawn["You pay"]) >= LOW) and np.all(np.asarray(drawn["You pay"]) <= HIGH + 1e-9)
