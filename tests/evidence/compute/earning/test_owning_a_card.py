import numpy as np
import pytest

from defi_lib.compute import break_even_utilisation, rental_value
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.earning.entry import CARD, KEEPS
from defi_lib.evidence.compute.earning.owning import BUSY, OWNERS, PEERS, books_of_scarcity, own_or_rent
from defi_lib.figures import figure

POWER, LARGE_POWER = (figure("electricity." + name).value for name in ("us_household", "business_price_united_states"))


def at(**changed):
    return effect("C35a")(today(effect("C35a").assumptions, changed=changed))[0]


def test_what_the_lesson_says_of_today():
    assert at() == pytest.approx(0.264, abs=5e-4) and at(let_out=0.0) == pytest.approx(0.334, abs=5e-4)
    assert at(use=0.47) > 0 > at(use=0.49) and at(hour=5.0) > 0 > at(hour=5.2)
    assert at(server=0.0) < 0 < at(server=0.2) and at(hour=6.88) < 0 < at(rent_falls=0.0)
    assert at(let_out=0.47) > 0 > at(let_out=0.49), "with the other market's hours owning wins"


def test_what_idle_hours_bring_counts_as_if_who_rents_paid_for_it():
    """Another way: a card that all hours are wanted of, by the firm or by strangers at the firm's own price."""
    net = PEERS * (1 - KEEPS) - BUSY * LARGE_POWER
    shared = at(use=0.4, let_out=0.5, rent_falls=0.0, hour=3.0)
    alone = at(use=0.4, let_out=0.0, rent_falls=0.0, hour=3.0 + 0.3 / 0.4 * net)
    assert shared == pytest.approx(alone, rel=1e-12)


def test_a_loan_paid_back_in_equal_parts_gives_the_same():
    """Another way: owning as four equal payments, renting at one price, without an end value."""
    world = {"resale": 0.0, "rent_falls": 0.0, "upkeep": 0.0, "use": 0.25, "let_out": 0.0}
    payment = 45_000 * 0.08 / (1 - 1.08**-4)
    power = 8_760 * 0.25 * 0.7 * 1.56 * figure("electricity.business_price_united_states").value
    assert power / 0.25 / 3 == pytest.approx(287, abs=0.5)  # a third of the hours
    assert at(**world) == pytest.approx(1 - 8_760 * 0.25 * 3.643 / (payment + power), rel=1e-9)


def test_networks_are_too_small_to_move_the_price_of_cards():
    found = evidence("C25a")
    assert found.true is False and "0.03 %" in found.says and "0.45 %" in found.other and "218 million" in found.other


def test_a_student_owns_from_ten_hours_a_week():
    found = own_or_rent(np.array([0.0, 10.2, 20.0]), 0.25, 650, 0.4)
    assert found["even"] == pytest.approx(97.5 / 52 / (0.25 - 0.35 * POWER)) == pytest.approx(10.16, abs=0.005)
    assert np.all(np.sign(found["Owning"] - found["Renting"]) == [1, -1, -1])
    new = [own_or_rent(20.0, rent, 1_800, 0.4, 450)["even"] for rent in (0.34, 0.74)]
    assert new == pytest.approx([20.3, 7.9], abs=0.05)
    assert own_or_rent(5.0, 0.05, 650, 0.4)["even"] == 168, "an hour that costs less than its power: never"


def test_scarce_cards_enrich_the_owners_of_before_and_delivered_ones_nobody_but_maker_and_power_company():
    books, found = books_of_scarcity()
    even = break_even_utilisation(CARD, found["rent"], KEEPS, POWER)
    assert even == pytest.approx(0.8), "before, cards just break even with four fifths of the hours"
    assert found["worth"] == pytest.approx(rental_value(CARD, 0.8, 1.5 * found["rent"], KEEPS, POWER))
    assert found["worth"] == pytest.approx(650 + 4 * found["earns more"])
    scarce, full = ({who: book.balance(who, "USD") for who in book.roles} for book in books.values())
    assert scarce[OWNERS[0]] == pytest.approx(500 * (found["worth"] - 650))
    assert scarce["latecomers"] == pytest.approx(0, abs=1e-6)
    assert scarce[OWNERS[1]] == pytest.approx(scarce[OWNERS[0]]), "to keep the card brings what its price does"
    assert [full[who] for who in (*OWNERS, "latecomers")] == pytest.approx([0, 0, 0], abs=1e-6)
    assert full["clients"] == pytest.approx(scarce["clients"])
    assert full["clients"] == pytest.approx(-1.5 * 4 * 1_000 * 0.8 * 8_760 * found["rent"])
