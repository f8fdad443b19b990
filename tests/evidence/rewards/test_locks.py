import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.rewards.locks import STEPS, by_purchase, kept_by_all, price
from defi_lib.rewards import Vesting

LOCKED, FREE = Vesting(12, 0.0, 36), Vesting(0.0, 0.0, 3.0)


def own(**changed):
    """Today's values, in the order of ``kept_of_a_dollar``."""
    today = {name: np.array(each.today) for name, each in effect("R1a").assumptions.items()} | changed
    return [np.asarray(today[name]) for name in ("insiders", "sold", "traded", "counted", "lost", "news")]


@pytest.mark.parametrize("schedule", [LOCKED, FREE, Vesting(0.0, 0.0, 1.0)])
def test_half_the_step_gives_the_same(schedule):
    for counted in (0.0, 0.5):
        coarse, fine = (
            kept_by_all(schedule, np.array(0.9), *own(counted=counted), steps=n) for n in (STEPS, 2 * STEPS)
        )
        assert coarse == pytest.approx(fine, abs=2e-4)


def test_who_counts_all_has_the_same_from_either():
    for month in (0.0, 5.0, 20.0):
        found = by_purchase(month, counted=1.0, hurry=3, insiders=0.467, lost=0.3)
        assert found["Insiders locked"] == pytest.approx(found["Free to sell"], abs=1e-12)


def test_first_buyers_are_spared_by_a_lock_and_later_ones_pay_for_it():
    found = by_purchase(np.array([0.0, 6.0, 12.0, 24.0]), counted=0.0, hurry=3, insiders=0.467, lost=0.0)
    locked, free = found["Insiders locked"], found["Free to sell"]
    assert locked[0] > free[0] and np.all(locked[1:3] < free[1:3]) and locked[3] == free[3] == 0


def test_both_start_at_the_same_price():
    settings = own()[:5]
    assert price(np.array(0.0), LOCKED, *settings) == price(np.array(0.0), FREE, *settings)


def test_a_lock_helps_where_buyers_heed_its_calendar_more_than_sales_that_nobody_announces():
    one = effect("R1a")
    cases = {(0.5, 0.5): -0.048, (0.5, 1.0): -0.067, (1.0, 0.5): 0.02, (1.0, 1.0): 0.0}
    for (counted, foreseen), saved in cases.items():
        found = one(today(one.assumptions, changed={"counted": counted, "foreseen": foreseen}))[0]
        assert found == pytest.approx(saved, abs=0.001)
    assert 0.9 < evidence("R1a").turning["counted"].points[0] < 0.92
