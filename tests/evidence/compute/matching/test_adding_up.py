import numpy as np
import pytest

from defi_lib.compute import amdahl_speedup
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.matching.adding_up import many_machines, one_job, phone_year


def speed(**changed):
    found = effect("C27a")
    return 100 + found(today(found.assumptions, changed=changed))[0]


def test_a_hundred_cards_today():
    """By hand: 450 seconds of work, times 1.419 for the slowest, 45 that one must do, 300 of talk; a fifth more."""
    slowest = 0.9 + 0.1 * np.sum(1 / np.arange(1, 101))
    hand = 45_000 / (45 + 0.999 * 450 * slowest + 2 * 0.99 * 8_000 / 52.84) / 1.2
    assert speed() == pytest.approx(hand) and 35 < hand < 40
    assert speed(steps=1.0) < 2 < 50 < speed(steps=500.0)
    assert speed(message=0.0, spread=0.0, more=1.0) == pytest.approx(amdahl_speedup(100, 0.001))


def test_no_world_makes_a_hundred_more_than_a_hundred():
    found = effect("C27a")
    worlds = today(found.assumptions, changed={"message": 0.0})
    assert np.all(found(worlds) < 0)


def test_what_a_phone_earns_does_not_hang_on_its_watts():
    found = effect("C2a")
    for watts in (0.0, 2.0, 6.0):
        assert found(today(found.assumptions, changed={"watts": watts, "wear": 0.0}))[0] < 12
    line, computing = (phone_year(5.7, watts, 24, 0.1872, 0, 0) for watts in (1.0, 4.0))
    assert computing < 0 < line  # the sign alone does hang on them


def test_three_of_eleven_networks_ask_nothing():
    found = evidence("C2b")
    assert not found.true and found.says.startswith("3 of 11 ask nothing") and "then 6 of 11" in found.turns


def test_more_machines_end_up_slower():
    found = many_machines(np.array([1, 10, 100, 1_000, 10_000]), 0.0, 10.0, 20.0, 50.0)
    speeds = np.asarray(found["These machines"])
    assert speeds[0] == 1 and speeds[3] < speeds[2] > speeds[1] and speeds[4] < 1


def test_cards_are_paid_while_they_wait():
    seldom, often = one_job(30.0), one_job(3.0)
    paid = [{name: -book.balance("client", "USD") for name, book in books.items()} for books in (seldom, often)]
    assert paid[0]["homes"] < paid[0]["one building"] < paid[1]["one building"] < paid[1]["homes"]


def test_who_need_not_exchange_waits_for_nobody():
    assert many_machines(1_000, 0.0, 10.0, 0.0, 50.0)["part"] == 1


def test_the_other_way_to_exchange_seldom_is_no_faster():
    """DiLoCo's 500 steps with four bytes for each number, INTELLECT-1's hundred with one; only both pass."""
    assert speed(steps=500.0, message=4_000.0) == pytest.approx(40.6, abs=0.1) and speed(line=20.0) < 30
