"""What lesson 7.22 says of data for sale, counted another way."""

import numpy as np
import pytest

from defi_lib.compute import draw_traces, found_share
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.storage.selling import data_sales, found_by_facts
from defi_lib.figures import figure
from defi_lib.ledger import who_profits


def found(**world):
    one = effect("C29a")
    return -float(one(today(one.assumptions, changed=world))[0])


def test_four_facts_find_nearly_everybody_as_was_counted():
    hours = {"hours": 1.0}
    assert 0.95 < found(**hours) < 1 and figure("reidentification.movement_four_points").value == 95
    assert found(facts=1.0, **hours) < 0.01 < 0.5 < found(facts=2.0, **hours)  # more than half were found by two
    assert found(people=6e7, **hours) > 0.93  # as estimated for a country


def test_places_and_hours_hide_only_together():
    assert found(places=65.0, hours=1.0) > 0.8 and found(hours=168.0) > 0.5 and found(places=65.0) < 0.01
    assert found() == pytest.approx(0.85, abs=0.005) and found(places=141.0) > 0.1 > found(places=139.0)  # by days


def test_drawn_people_are_found_as_often_as_the_effect_says():
    rng = np.random.default_rng(5)
    traces = [draw_traces(rng, 1_200, 50, 60, 0.4) for _ in range(3)]
    counted = np.mean([found_share(rng, each, 3) for each in traces])
    world = {"facts": 3.0, "people": 1_200.0, "places": 50.0, "hours": 1.0, "recorded": 0.4, "crowding": 1.0}
    assert found(**world) == pytest.approx(counted, abs=0.04)
    shown = found_by_facts(np.array([2.0, 3.0]), 1_200, 50, 1, recorded=0.4)
    assert shown["Found"][1] == pytest.approx(found(**world))


def test_a_list_must_be_sold_very_often_for_ten_dollars():
    count = evidence("C16b")
    assert not count.true and "39 times" in count.says and "5.7 dollars" in count.other


def test_buyers_pay_for_speculators_and_the_people_get_nothing():
    totals = {name: who_profits(ledger)["total"] for name, ledger in data_sales().items()}
    assert [totals[name]["buyers"] for name in totals] == pytest.approx([-440, -640, -440])
    assert totals["with speculators"]["speculators"] == pytest.approx(200)
    assert totals["shop"]["publisher"] == pytest.approx(352)
    assert all(total["people in the data"] == 0 for total in totals.values())
