import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import Machine, break_even_intensity, footprint, kilowatt_hours, replacement
from tests.support.contracts import assert_refuses

UNITED_STATES = 369.473
HOURS_OF_FOUR_YEARS = 4 * 8760


def test_energy_and_carbon_of_a_million_tokens():
    assert kilowatt_hours(0.7e6) == pytest.approx(0.1944444444)
    assert footprint(kilowatt_hours(0.7e6), UNITED_STATES).grams == pytest.approx(71.84197222)
    assert footprint(kilowatt_hours(7.239e6), UNITED_STATES).grams == pytest.approx(742.95, rel=1e-5)


def test_carbon_of_a_year_by_grid():
    energy = 0.45 * 0.5 * 8760
    assert energy == pytest.approx(1971)
    carbon = footprint(energy, np.array([56.039, UNITED_STATES, 661.926])).carbon
    np.testing.assert_allclose(carbon, [110.5, 728.2, 1304.7], rtol=5e-4)


def test_carbon_of_an_hour():
    made = footprint(0.0, UNITED_STATES, embodied=318.0, hours=1.0, life=4.0)
    assert made.grams == pytest.approx(9.075342466)
    assert footprint(0.4, UNITED_STATES, 1.56).grams == pytest.approx(230.55, rel=1e-4)
    assert footprint(0.7, UNITED_STATES, 1.2).grams == pytest.approx(310.36, rel=1e-4)
    assert footprint(0.45, UNITED_STATES, 1.0).grams == pytest.approx(166.26, rel=1e-4)


def test_per_hour_is_not_per_unit_of_work():
    centre = Machine(0.7, 0.1, throughput=1384.2 * 3600, embodied=318, pue=1.2)
    home = Machine(0.45, 0.06, throughput=100 * 3600)
    hourly = [footprint(machine.busy_power, UNITED_STATES, machine.pue).carbon for machine in (centre, home)]
    per_unit = [machine.carbon_per_unit(0.5, UNITED_STATES).carbon for machine in (centre, home)]
    assert hourly[0] > hourly[1]
    assert per_unit[0] < per_unit[1]


def test_carbon_of_a_unit_adds_up_over_a_life():
    machine = Machine(0.5, 0.05, throughput=20.0, embodied=200.0, life=4.0, pue=1.1)
    busy = 0.3 * HOURS_OF_FOUR_YEARS
    energy = busy * 0.5 + (HOURS_OF_FOUR_YEARS - busy) * 0.05
    whole_life = footprint(energy, UNITED_STATES, 1.1, embodied=200.0, hours=HOURS_OF_FOUR_YEARS, life=4.0)
    unit = machine.carbon_per_unit(0.3, UNITED_STATES)
    assert unit.carbon * busy * 20 == pytest.approx(whole_life.carbon)
    assert unit.energy * busy * 20 == pytest.approx(whole_life.energy)


@given(st.floats(0.01, 1), st.floats(0.01, 1), st.floats(0, 1), st.floats(0, 1e3))
def test_idle_hours_are_carried_by_the_busy_ones(one, other, idle, embodied):
    machine = Machine(0.5, idle, 1.0, embodied)
    low, high = sorted((one, other))
    assert machine.carbon_per_unit(low, 100.0).carbon >= machine.carbon_per_unit(high, 100.0).carbon * (1 - 1e-12)


def test_reuse_or_replace():
    old, new = Machine(0.25, 0.03, 10.0), Machine(0.25, 0.03, 20.0, embodied=150.0, life=5.0)
    work = 5 * 8760.0
    change = replacement(old, new, work, UNITED_STATES)
    energy = [8760 * (0.5 * 0.25 + 0.5 * 0.03), 8760 * (0.25 * 0.25 + 0.75 * 0.03)]
    assert change.old_yearly == pytest.approx(energy[0] * UNITED_STATES / 1000)
    assert change.new_yearly == pytest.approx(energy[1] * UNITED_STATES / 1000)
    assert change.saved_after(1 / change.won_back_yearly) == pytest.approx(0, abs=1e-9)
    assert change.saved_after(0.0) == -150.0
    clean = break_even_intensity(old, new, work)
    assert replacement(old, new, work, clean).saved_after(5.0) == pytest.approx(0, abs=1e-9)
    assert replacement(old, new, work, clean / 2).won_back_yearly < 1 / 5
    assert replacement(new, old._replace(embodied=1.0), work, 100.0).saved_yearly < 0


def test_a_machine_may_be_busy_all_year():
    machine = Machine(0.3, 0.1, 0.1, embodied=1.0)
    change = replacement(machine, machine, 8760 * 0.1, 1000.0)
    assert change.old_yearly == pytest.approx(8760 * 0.3)
    assert change.won_back_yearly == 0.0


def test_arrays_agree_with_numbers():
    grids = np.array([0.0, 100.0, 800.0])
    many = footprint(10.0, grids, 1.2, embodied=100.0, hours=5.0, utilisation=0.5)
    ones = [footprint(10.0, grid, 1.2, embodied=100.0, hours=5.0, utilisation=0.5) for grid in grids.tolist()]
    assert many.carbon.tolist() == [one.carbon for one in ones]
    assert type(ones[0].carbon) is float


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Machine(-1, 0, 1), r"busy_power = -1 .*\[0, inf\)"),
        (lambda: Machine(1, -1, 1), r"idle_power = -1 .*\[0, inf\)"),
        (lambda: Machine(1, 0, 0), r"throughput = 0 .*\(0, inf\)"),
        (lambda: Machine(1, 0, 1, -1), r"embodied = -1 .*\[0, inf\)"),
        (lambda: Machine(1, 0, 1, 1, 0), r"life = 0 .*\(0, inf\)"),
        (lambda: Machine(1, 0, 1, pue=0.9), r"pue = 0.9 .*\[1, inf\)"),
        (lambda: Machine(1, 0, 1).energy_per_unit(0.0), r"utilisation = 0 .*\(0, 1\]"),
        (lambda: Machine(1, 0, 1).carbon_per_unit(1.0, -1.0), r"grid_intensity = -1 .*\[0, inf\)"),
        (lambda: footprint(-1.0, 1.0), r"it_energy = -1 .*\[0, inf\)"),
        (lambda: footprint(1.0, [1.0, -1.0]), r"grid_intensity\[1\] = -1 .*\[0, inf\)"),
        (lambda: footprint(1.0, 1.0, 0.5), r"pue = 0.5 .*\[1, inf\)"),
        (lambda: footprint(1.0, 1.0, utilisation=1.5), r"utilisation = 1.5 .*\(0, 1\]"),
        (lambda: footprint(1.0, 1.0, hours=-1.0), r"hours = -1 .*\[0, inf\)"),
        (lambda: footprint(np.ones(2), np.ones(3)), "shapes do not fit"),
        (lambda: kilowatt_hours(-1.0), r"joules = -1 .*\[0, inf\)"),
        (lambda: replacement(Machine(1, 0, 1), Machine(1, 0, 1), 1.0, 1.0), r"new.embodied = 0 .*\(0, inf\)"),
        (lambda: replacement(Machine(1, 0, 1), Machine(1, 0, 1, 1), 1e5, 1.0), r"work = 100000 .*\(0, 8760\]"),
        (lambda: break_even_intensity(Machine(1, 0, 1), Machine(1, 0, 1, 1), 1.0), r"energy saved .* = 0 .*\(0, inf\)"),
        (lambda: replacement(Machine(1, 0, 1), Machine(1, 0, 1, 1), 1.0, 1.0).saved_after(-1.0), r"years = -1"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_a_machine_can_do_exactly_what_fills_its_year():
    old, new = Machine(0.2, 0.0, 0.1), Machine(0.1, 0.0, 0.1, embodied=10.0)
    assert replacement(old, new, 876 * (1 + 1e-15), 100.0).saved_yearly == pytest.approx(87.6)
    with pytest.raises(ValueError, match="work"):
        replacement(old, new, 876 * (1 + 1e-9), 100.0)
