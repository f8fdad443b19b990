import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.serving.overflow import alone, beyond, booked, cards, film, mixture, real_overflow


def saved(**changed):
    return effect("C24a")(today(effect("C24a").assumptions, changed=changed))[0]


def test_it_pays_where_both_cost_alike_or_the_promise_is_too_high_for_one():
    assert not evidence("C24a").true and saved() == pytest.approx(0.058, abs=0.001)
    assert max(saved(ratio=1.21), saved(ratio=4.54), saved(peak=0.1), saved(patient=0.5)) < 0.1
    assert min(saved(ratio=1.4), saved(ratio=4.29 / 2.71), saved(peak=1.0), saved(peak=3.2)) > 0.1
    assert max(saved(ratio=1.36), saved(ratio=1.88), saved(patient=0.0)) < 0.1  # true between the two prices
    assert saved(promise=0.999) > 0.4 and saved(together=0.011) > 0.4  # the network alone cannot keep it


def test_no_other_number_of_own_cards_saves_more():
    """Another way: every number of cards tried, demand minute by minute."""
    share = (np.arange(200_000) + 0.5) / 200_000
    for ratio, peak, away, together, promise, patient in (
        (2.54, 0.5, 0.1, 0.005, 0.99, 0.2),
        (1.5, 2.0, 0.2, 0.0, 0.95, 0.5),
        (3.0, 1.0, 0.0, 0.004, 0.999, 0.0),
    ):
        demand = patient + (1 - patient) * (1 + peak) * share**peak
        costs = [ratio * promise]
        for own in np.linspace(0.9 * patient, (1 + peak) / (1 - away), 300):
            over = (1 - together) * np.maximum(demand - own * (1 - away), 0).mean() + together
            costs.append(own + ratio * max(over - (1 - promise), 0))
        one = (np.array([each]) for each in (peak, away, together, promise, patient))
        single = min(ratio * promise, alone(*one)[0])
        world = dict(ratio=ratio, peak=peak, away=away, together=together, promise=promise, patient=patient)
        assert saved(**world) == pytest.approx(1 - min(costs) / single, abs=2e-3)


def test_cards_alone_serve_what_they_promise():
    values = (np.array([each]) for each in (0.5, 0.1, 0.005, 0.99, 0.2))
    count = alone(*values)[0] * 0.9
    level = (count - 0.2) / (0.8 * 1.5)
    assert (1 - 0.8 * beyond(level, 0.5)) * 0.995 == pytest.approx(0.99)
    assert cards(level, 0.5, 0.2) == pytest.approx(count)


def test_the_explorer_agrees_with_the_effect():
    found = mixture(np.linspace(0, 3, 3_001), 2.54, 0.5, 0.1)
    cheapest = np.min(found["Own cards and cloud"])
    whole = saved(together=0.0, promise=1.0, patient=0.0)  # all are served
    every = alone(*(np.array([each]) for each in (0.5, 0.1, 0.0, 1.0, 0.0)))[0]
    assert 1 - cheapest / every == pytest.approx(whole, abs=1e-5)
    assert found["in the cloud"][0] == 1 and found["own alone"] < every


def test_a_real_hour_sends_half_of_its_bursts_to_the_cloud():
    assert real_overflow("code", 10, 0.6) > 0.5 and real_overflow("conversation", 10, 0.6) < 0.06
    for service in ("code", "conversation"):
        assert real_overflow(service, 10, 0.6, 0.1) > real_overflow(service, 10, 0.6)


def test_the_film_is_cheapest_mixed():
    ways = film(2.71, 4.29)
    costs = {name: float(way.cost) for name, way in ways.items()}
    assert costs["both, never fail"] == pytest.approx(32.7, abs=0.05)
    assert costs["both, never fail"] < costs["own alone, never fail"]
    assert max(way.wait for way in ways.values()) <= 6  # all may let a picture wait as long
    assert costs["both, fail"] < 0.91 * min(costs["own alone, fail"], costs["cloud alone"])
    books = booked(ways)
    for name, ledger in books.items():
        assert ledger.balance("clients", "USD") == pytest.approx(-costs[name])
    assert books["both, fail"].balance("the cloud", "USD") > books["both, never fail"].balance("the cloud", "USD")
