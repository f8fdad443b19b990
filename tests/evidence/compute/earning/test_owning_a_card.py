import numpy as np
import pytest

from defi_lib.compute import break_even_utilisation, rental_value
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.earning.entry import CARD, KEEPS, RENT
from defi_lib.evidence.compute.earning.owning import books_of_scarcity, own_or_rent
from defi_lib.figures import figure

POWER = figure("electricity.us_household").value


def at(**changed):
    return effect("C35a")(today(effect("C35a").assumptions, changed=changed))[0]


def test_what_the_lesson_says_of_today():
    assert at() == pytest.approx(0.334, abs=5e-4)
    assert at(use=0.5) > 0 > at(use=0.52) and at(hour=5.4) > 0 > at(hour=5.5)
    assert 0 < at(server=0.0) < 0.02 and at(hour=2.6661, use=0.69) > 0 > at(hour=2.6661, use=0.71)
    assert at(hour=6.88, use=0.26) > 0 > at(hour=6.88, use=0.27) and at(hour=12.29, use=0.15) < 0


def test_a_loan_paid_back_in_equal_parts_gives_the_same():
    """Another way: owning as four equal payments, renting at one price, without an end value."""
    world = {"resale": 0.0, "rent_falls": 0.0, "upkeep": 0.0, "use": 0.25}
    payment = 45_000 * 0.08 / (1 - 1.08**-4)
    power = 8_760 * 0.25 * 0.7 * 1.56 * figure("electricity.business_price_united_states").value
    assert power / 0.25 / 3 == pytest.approx(287, abs=0.5)  # a third of the hours
    assert at(**world) == pytest.approx(1 - 8_760 * 0.25 * 3.643 / (payment + power), rel=1e-9)


def test_networks_are_too_small_to_move_the_price_of_cards():
    found = evidence("C25a")
    assert found.true is False and "0.03 %" in found.says and "0.45 %" in found.other


def test_a_student_owns_from_ten_hours_a_week():
    found = own_or_rent(np.array([0.0, 10.2, 20.0]), 0.25, 650, 0.4)
    assert found["even"] == pytest.approx(97.5 / 52 / (0.25 - 0.35 * POWER)) == pytest.approx(10.16, abs=0.005)
    assert np.all(np.sign(found["Owning"] - found["Renting"]) == [1, -1, -1])
    new = [own_or_rent(20.0, rent, 1_800, 0.4)["even"] for rent in (0.34, 0.74)]
    assert new == pytest.approx([18.9, 7.7], abs=0.05)
    assert own_or_rent(5.0, 0.05, 650, 0.4)["even"] == 168, "an hour that costs less than its power: never"


def test_scarce_cards_enrich_the_owners_of_before_and_delivered_ones_nobody_but_maker_and_power_company():
    books, worth = books_of_scarcity()
    even = break_even_utilisation(CARD, RENT, KEEPS, POWER)
    assert worth == pytest.approx(rental_value(CARD, 1.5 * even, RENT, KEEPS, POWER))
    scarce, full = ({who: book.balance(who, "USD") for who in book.roles} for book in books.values())
    assert scarce["sell"] == pytest.approx(500 * (worth - 650)) and scarce["latecomers"] == pytest.approx(0, abs=1e-6)
    assert scarce["keep"] == pytest.approx(scarce["sell"]), "to keep the card brings what its price does"
    assert [full[who] for who in ("sell", "keep", "latecomers")] == pytest.approx([0, 0, 0], abs=1e-6)
    assert full["clients"] == pytest.approx(scarce["clients"])
