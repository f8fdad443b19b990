"""Points by the formulas of the evidence, and day by day by the mechanism."""

import numpy as np
import pytest

from defi_lib.evidence import effect
from defi_lib.evidence.rewards.points import by_entry
from defi_lib.rewards import divide_by_points, pay_by_day

DAYS = 2_000


def money(growth, late):
    """Deposits of who came first, as good as nothing, and of all others."""
    time = (np.arange(DAYS) + 0.5) / DAYS
    others = growth**time * (1 + late * (time > 0.9))
    return np.column_stack([np.full(DAYS, 1e-9), others])


@pytest.mark.parametrize(("growth", "late", "boost"), [(15.0, 0.15, 1.2), (0.5, 1.0, 1.0), (100.0, 0.0, 3.0)])
def test_the_formulas_are_the_mechanism(growth, late, boost):
    world = {"growth": growth, "late": late, "boost": boost, "diverted": 0.1, "unearned": 0.2}
    found = effect("X4b")({name: np.array([value]) for name, value in world.items()})[0]
    deposits, weight = money(growth, late), np.where(np.arange(DAYS) < DAYS / 2, boost, 1.0)
    points = divide_by_points(deposits, 1.0, weight, diverted=1 - 0.9 * 0.8).tokens[0]
    assert 1 - points / pay_by_day(deposits, 1.0).tokens[0] == pytest.approx(found, abs=1e-5)


def test_who_comes_late_is_better_off_by_points_and_who_comes_first_by_the_day():
    at = by_entry(np.array([0.0, 0.9]), 10.0, 0.0, 1.0, 0.0)
    assert at["By points"][0] == at["By points"][1], "a dollar and day is a dollar and day"
    assert at["By points"][0] < at["Paid by the day"][0] and at["By points"][1] > at["Paid by the day"][1]
