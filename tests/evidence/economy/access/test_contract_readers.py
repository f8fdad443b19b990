"""Whose eyes depositors rest on: the house by hand, and where the verdict turns."""

import numpy as np
import pytest

from defi_lib.economy import largest_part
from defi_lib.evidence import effect, today
from defi_lib.evidence.economy.access.readers import DEPOSITORS, PROMISED, WAYS, house, house_books, house_readers
from defi_lib.ledger import who_profits


def hired_part(**changed):
    found = effect("X28a")
    return found(today(found.assumptions, changed=changed))[0]


def test_today_by_hand():
    """The largest of 10,000 has 10.4 of 50 million, the next 4.5 and 2.8; a bounty pays half a million."""
    all_of_it = 50e6 / sum(r**-1.2 for r in range(1, 10_001))
    gains = [0.05 * 0.5 * (0.5e6 * (1 - 0.4**k) / k + all_of_it * k**-1.2 * 0.6 * 0.4 ** (k - 1)) for k in (1, 2, 3)]
    assert gains[1] > 25_000 > gains[2] and all_of_it == pytest.approx(10.4e6, rel=0.01)
    assert hired_part() == pytest.approx(3 / 5)


def test_it_turns_where_as_many_come_by_themselves_as_are_hired():
    one = effect("X28a")
    known = {name: each.today for name, each in one.assumptions.items()}
    there, sees, k = known["fault"] * (1 - known["blind"]), known["finds"], round(known["hired"])
    largest = largest_part(k, DEPOSITORS, known["unequal"]) * DEPOSITORS * known["deposit"]
    own = largest * sees * (1 - sees) ** (k - 1)
    cap = k * (known["reading"] / there - own) / (1 - (1 - sees) ** k)
    assert cap < PROMISED * DEPOSITORS * known["deposit"]
    assert hired_part(cap=0.999 * cap) > 0.5 == pytest.approx(hired_part(cap=1.001 * cap))
    # Beyond a tenth of all deposits a higher cap changes nothing.
    assert hired_part(cap=5e6) == hired_part(cap=15e6) < 0.5


def test_more_hired_firms_are_a_larger_part_and_a_larger_bounty_makes_them_a_smaller_one():
    assert np.all(np.diff([hired_part(cap=1e7, hired=each) for each in (1.0, 3.0, 9.0)]) > 0)
    parts = [hired_part(cap=each, deposit=5e4, unequal=0.0) for each in (1e4, 2e6, 5e6, 1.5e7)]
    assert np.all(np.diff(parts) <= 0) and parts[0] == 1.0 and parts[-1] < 0.5


def test_where_reading_costs_nothing_all_depositors_do():
    assert hired_part(reading=0.0) == pytest.approx(3 / (DEPOSITORS + 3))


def test_the_house_by_hand():
    assert house_readers().tolist() == [0, 1, 2, 2, 2]
    books = house_books()
    for at, (owners, readers, firm) in enumerate(
        [(-12_000, 0, 12_000), (-3_000, 100, 2_400), (-1_680, 200, 480), (-1_632, 152, 480), (-1_480, 0, 480)]
    ):
        total = who_profits(books, "role", at)["total"]
        assert total["owners"] == pytest.approx(owners), WAYS[at]
        assert total["readers"] == pytest.approx(readers, abs=1e-9) and total["heating firm"] == pytest.approx(firm)


def test_the_explorer_s_house():
    found = house(np.array([1.0, 2.0, 99.6]), 5_000.0, 500.0, 0.2)
    assert found["Found, each for himself"] == pytest.approx([0.8, 1 - 0.625**2, 1 - 0.625 ** (100 / 99)])
    assert found["each"].tolist() == [500.0, 250.0, 5.0] and found["readers"][0] == 1.0
    assert np.all(found["One reader, hired by all"] == 0.8)
