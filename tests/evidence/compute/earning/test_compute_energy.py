"""What lesson 7.23 says of carbon, counted another way."""

import numpy as np
import pytest

from defi_lib.evidence import effect, today
from defi_lib.evidence.compute.earning.energy import (
    centre_machine,
    home_machine,
    made,
    measured_joules,
    weigh,
    year_of_serving,
)
from defi_lib.figures import figure


def times(**world):
    one = effect("C13a")
    return 1 - float(one(today(one.assumptions, changed=world))[0])


def test_what_the_lesson_says_of_today():
    assert times() == pytest.approx(1.265, abs=0.001)
    few, anyway = {"home_requests": 4.0}, {"computer": 1.0}
    assert times(**few) == pytest.approx(4.62, abs=0.01) and times(**few, **anyway) > 3
    assert times() > 1 > 0.9 > times(**anyway) and times(**anyway, pue=1.1) > 1
    assert times(**few, centre_requests=4.0) == pytest.approx(times())  # only the filling of one against the other's
    speeds = [float(each.throughput) / 3_600 * 1e6 for each in (home_machine(16), centre_machine(16, 1.0))]
    assert speeds == pytest.approx([666, 2_214], abs=0.5)  # tokens a second
    assert times(home_requests=23.0) > 0.9 > times(home_requests=24.0)


def test_carbon_by_hand():
    """Sixteen at once at home: the memory is read once for sixteen tokens, and each reads its own thousand."""
    seconds = (8.03e9 * 2 + 16 * 1_000 * 131_072) / (0.75 * 1.008e12)
    hours = 1e6 / 16 * seconds / 3_600
    at_home = hours * (0.55 + 0.11) * 369.473
    assert home_machine(16).carbon_per_unit(0.5, 369.473).grams == pytest.approx(at_home)
    there = 1e6 / 16 * seconds * 1.008 / 3.35 / 3_600 * ((0.9 + 0.18) * 1.56 * 369.473 + made() * 1e3 / (4 * 4_380))
    assert centre_machine(16, 1.56).carbon_per_unit(0.5, 369.473).grams == pytest.approx(there)
    assert times(home_requests=16.0) == pytest.approx(at_home / there)


def test_measurements_lie_around_the_model():
    (batches, joules), (_, others) = measured_joules().values()
    model = [3.6 * float(centre_machine(batch, 1.0).energy_per_unit(1.0)) for batch in batches]
    assert np.all(np.array(model) < joules) and others.min() < model[-1] < others.max()
    assert 100 * joules[2] / joules[0] == pytest.approx(9.7, abs=0.05)


def test_hours_mislead_and_tokens_do_not():
    grams = weigh(np.array([1.0, 16.0]), 369.473, 1.0, pue=1.0)
    assert home_machine(1).busy_power < centre_machine(1, 1.0).busy_power  # an hour
    assert np.all(grams["At home"] > grams["Data centre"])


def test_a_year_is_booked():
    books = year_of_serving()
    home, centre = books["at home"], books["data centre"]
    assert home.balance("owners", "USD") < 0 and centre.balance("owners", "USD") < 0  # at the cheapest offer
    assert year_of_serving(56.0)["at home"].balance("owners", "USD") < 0  # nor does all that the memory holds
    power = 1_000 * 8_760 * (0.5 * 0.55 + 0.5 * 0.11) * 1.1 * figure("electricity.eu_household").value
    assert home.balance("power companies", "USD") == pytest.approx(power)
