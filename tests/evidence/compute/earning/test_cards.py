import numpy as np
import pytest

from defi_lib.compute import Device, host_year, rental_value
from defi_lib.evidence import effect, today
from defi_lib.evidence.compute.earning.cards import (
    BUSY,
    books_of_a_year,
    needed_hours,
    needed_hours_of_an_old_card,
    three_owners,
)


def at(id, **changed):
    return effect(id)(today(effect(id).assumptions, changed=changed))[0]


def test_what_a_card_is_worth_is_what_the_library_says_if_rents_do_not_fall():
    """Another way: the discounted income of equal years."""
    card = Device(1_800, 4, BUSY, 0.06, 720)
    worth = rental_value(card, 0.1, 0.34, 0.24, 0.1872, discount_rate=0.0371) - 1_800
    assert at("C1b", rent_falls=0.0, own_hours=0.0) == pytest.approx(worth, rel=1e-12)
    time = 12 * 10 * (1 - 1.0371**-4) / 0.0371
    assert at("C1b", rent_falls=0.0) == pytest.approx(worth - time, rel=1e-12)


def test_at_the_needed_hours_a_card_is_worth_as_much_as_the_bill():
    for changed in ({}, {"card_rent": 0.74}, {"resale": 0.0}, {"own_hours": 0.0}):
        assert at("C1b", paid_hours=needed_hours(**changed), **changed) == pytest.approx(0, abs=1e-9)
    assert needed_hours(home_power=0.42) == np.inf and at("C1b", home_power=0.42, paid_hours=1.0) < 0


def test_what_the_lesson_says_of_today():
    assert needed_hours() == pytest.approx(0.41, abs=0.005)
    assert needed_hours(own_hours=0.0) == pytest.approx(0.32, abs=0.005)
    assert at("C1b", resale=0.6) < 0 and at("C1b", home_power=0.0) < 0 < at("C1b", paid_hours=0.42)
    assert at("C1a") < 0 < min(at("C1a", own_hours=0.0), at("C1a", waiting_power=0.0))
    net = 0.34 * (1 - 0.24)  # what an owner gets for an hour; 35.3 dollars a year are so many hours
    assert 35.3 / net / 8_760 == pytest.approx(0.0156, abs=5e-5)
    assert pytest.approx(0.053, abs=5e-4) == 35.3 / (0.1 * (1 - 0.24)) / 8_760  # of a small card at ten cents
    assert at("C1b", paid_hours=0.5) > 0, "with the hours of the other market the verdict turns"


def test_an_old_card_needs_more_than_a_fifth_of_the_hours_and_with_its_owners_time_a_third():
    """Another way: rents that hold, discounted in one step."""
    card, rest = Device(650, 4, 0.35, 0.06, 260), (1 - 1.0371**-4) / 0.0371
    assert needed_hours_of_an_old_card(0.0) == pytest.approx(0.223, abs=5e-4)
    falls = sum(0.9**year * 1.0371 ** -(year + 1) for year in range(4))
    idle = 650 - 260 * 1.0371**-4 + (8_760 * 0.06 * 0.1872 + 120) * rest
    hour = 0.25 * 0.76 * falls - 0.29 * 0.1872 * rest
    assert needed_hours_of_an_old_card() == pytest.approx(idle / (8_760 * hour), rel=1e-9)
    assert card.margin(0.25, 0.24, 0.1872) == pytest.approx(0.25 * 0.76 - 0.29 * 0.1872)


def test_the_three_owners_differ_by_age_and_by_waiting():
    found = three_owners(np.array([0.0, 1.0]), 0.25, 0.1872, 0.4)
    np.testing.assert_allclose(found["Owned anyway"] - found["Bought for it"], 390 / 4)
    np.testing.assert_allclose(found["On anyway"] - found["Owned anyway"], 8_760 * 0.06 * 0.1872)
    assert three_owners(0.5, 0.1, 0.5, 0.0)["needed"] == 999, "no number of hours is enough"


def test_the_ledger_of_a_firm_and_of_a_contract_differ_by_the_middleman():
    books = books_of_a_year()
    firm, contract, new, cloud = (books[name] for name in ("a firm", "a contract", "a new card", "a cloud"))
    owner, middle = ([book.balance(who, "USD") for book in (firm, contract)] for who in ("owner", "middleman"))
    assert sum(owner) + sum(middle) == pytest.approx(2 * (owner[0] + middle[0]))
    assert cloud.balance("middleman", "USD") == 0 and cloud.balance("hall and staff", "USD") == 2_000
    year = host_year(Device(650, 4, 0.35, 0.06, 260), 0.5, 0.25, 0.24, 0.1872)
    assert owner[0] == pytest.approx(year.profit)
    assert new.balance("maker", "USD") == pytest.approx(1_800 * 0.6 / 4)
