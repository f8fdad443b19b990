import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.staking import (
    Miners,
    break_even_power_price,
    entry_power_part,
    free_entry_energy,
    machines_energy,
    mining_return,
    simulate_mining,
)
from tests.support.contracts import assert_refuses


def test_by_hand():
    assert free_entry_energy(6.21e9, 0.045, 1.0) == pytest.approx(138e9)
    assert free_entry_energy(0, 0.1, 0.5) == 0
    assert machines_energy(14_072, 60.8) == pytest.approx(7.5e6, rel=1e-3)
    assert machines_energy(0, 100) == machines_energy(100, 0) == 0
    # A machine of 24 kWh a day at 10 cents, and of 876.6 dollars for a year: 2.40 of power and 2.40 of wear a day.
    assert entry_power_part(0.1, 1_000, 2.4 * 365.25, 1) == pytest.approx(0.5)
    assert entry_power_part(0.1, 1_000, 0, 1) == 1
    assert mining_return(4.4, 0.1, 1_000, 365.25, 4) == pytest.approx(2 - 0.25)
    assert mining_return(1, 0.1, 1_000, 365.25, 4) == -0.25  # power would cost 2.40: it stands still


@pytest.mark.parametrize("watts", [15.0, 30.0])
def test_entry_leads_there(watts):
    """Miners who put all profit into machines end where power and wear take the whole payment."""
    reward, price, machine, life = 1e6, 0.05, 15.0, 4.0
    start = Miners([1e6], price, watts)
    run = simulate_mining(start, [reward] * 2_400, machine, 1.0, wear=1 / (12 * life), days=365.25 / 12)
    energy = run.running[-1, 0] * watts * 24 / 1_000  # kWh a day
    part = entry_power_part(price, watts, machine, life)
    assert energy == pytest.approx(free_entry_energy(reward, price, part), rel=1e-6)
    # Half the power for each try at half the price of a machine: as much power as before.
    assert entry_power_part(price, watts / 2, machine / 2, life) == pytest.approx(part)
    # Only half the power, at the same price of a machine: less power, but not half of it.
    assert 0.5 < entry_power_part(price, watts / 2, machine, life) / part < 1


@given(st.floats(0, 0.2), st.floats(1, 40), st.floats(1, 50), st.floats(1, 10))
def test_a_dollar_in_machines_is_never_worth_less_than_its_wear(revenue, watts, machine, life):
    assert mining_return(revenue, 0.1, watts, machine, life) >= -1 / life
    limit = break_even_power_price(revenue, watts)
    assert mining_return(revenue, limit * 1.001, watts, machine, life) == pytest.approx(-1 / life, abs=1e-12)


def test_many_at_once():
    prices = np.array([0.05, 0.1])
    assert free_entry_energy(100, prices, 0.5) == pytest.approx([1_000, 500])
    one_by_one = [mining_return(0.1, price, 20, 15, 4) for price in prices]
    assert mining_return(0.1, prices, 20, 15, 4) == pytest.approx(one_by_one)


def test_bad_arguments():
    calls = {
        free_entry_energy: ({"payment": 1, "power_price": 0.1, "power_part": 0.5}, {"power_price": 0, "power_part": 2}),
        entry_power_part: (
            {"power_price": 0.1, "efficiency": 20, "machine_price": 15, "life": 4},
            {"power_price": 0, "efficiency": 0, "life": 0},
        ),
        machines_energy: ({"machines": 1, "watts": 1}, {}),
        mining_return: (
            {"unit_revenue": 1, "power_price": 0.1, "efficiency": 20, "machine_price": 15, "life": 4},
            {"machine_price": 0, "life": 0},
        ),
    }
    for function, (right, bads) in calls.items():
        for name, bad in [*bads.items(), *((name, -1) for name in right), *((name, np.nan) for name in right)]:
            assert_refuses(
                lambda function=function, right=right, name=name, bad=bad: function(**right | {name: bad}), name
            )
