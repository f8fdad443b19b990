import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from defi_lib.economy import search_fees, taker_concentration
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.economy.value_chain.middlemen import (
    RIVALS,
    among_rivals,
    fee_without_prey,
    kept_at_the_buttons_fee,
    kept_beside_a_free_door,
    kept_if_unlike,
    kept_today,
    look_for_the_buttons_fee,
    one_payment,
    one_payment_central,
    order_worth,
    today_of_the_chain,
)
from defi_lib.ledger import Ledger


def kept(**changed):
    found = effect("R6a")
    assert kept_today(**changed) == found(today(found.assumptions, changed=changed))[0]
    return kept_today(**changed)


def test_today_a_quarter_goes_to_interfaces():
    assert kept() == pytest.approx(0.727, abs=0.001)
    found = evidence("R6a")
    assert not found.effect > 0.9 and found.turning["compare"].points[0] == pytest.approx(0.449, abs=0.002)
    assert found.turning["look"].points[0] == pytest.approx(0.371, abs=0.001)
    assert found.turning["lasts"].points[0] == pytest.approx(8.19, abs=0.01)


@pytest.mark.parametrize("years", [1.0, 3.0])
def test_another_way_to_the_same_number(years):
    """Today's world with two fifths who compare, by quadrature and a root."""
    part, rivals, year = 0.4, RIVALS[2], 5_000.0

    def gain(highest):
        cheaper = lambda y: max(highest - 0.25 - highest / (1 + rivals * part / (1 - part) * y ** (rivals - 1)), 0.0)  # noqa: E731
        return quad(cheaper, 0, 1, limit=500)[0] - 1.25

    highest = min(brentq(gain, 0.25, 1e3) / years, year * 0.002 - 1)
    assert kept(compare=part, lasts=years) == pytest.approx(1 - (1 - part) * highest / (year * 0.002 - 1), rel=1e-6)


def test_what_the_lesson_says_turns_it_and_does_not():
    assert kept(lasts=1.0) == pytest.approx(0.2) and kept(lasts=10.0) > 0.9 > kept(lasts=8.0)
    assert kept(move=0.0) < 0.8 and kept(look=0.37) > 0.9 > kept(look=0.38)
    assert [kept(rivals=i) > 0.9 for i in range(4)] == [False] * 4 and kept(rivals=3) < kept()
    assert kept(compare=0.46) > 0.9 > kept(compare=0.44) and kept() > 0.5


def test_a_free_door_and_what_the_button_shows():
    # Five doors: who stands at one of the four dear ones finds the free one for 2.5 looks and a change in three years.
    found = (2.5 * 1.25 + 0.25) / 3
    assert (10 - 0.8 * 0.8 * found) / 9 > 1 == kept_beside_a_free_door()
    assert kept_at_the_buttons_fee() == kept(mistakes=0.00875 - 0.001) == pytest.approx(0.943, abs=0.001)
    look = look_for_the_buttons_fee()
    asked = [kept(mistakes=0.00775, look=cost) for cost in (look - 1, look)]
    assert asked[0] > 0.2 + 1e-6 and asked[1] == pytest.approx(0.2)


def test_arden_as_the_lesson_tells_it():
    two, thirty = (among_rivals([0.5], rivals, 0.1, 0.0) for rivals in (2, 30))
    assert [round(float(each["Who stays"][0]), 2) for each in (two, thirty)] == [0.12, 0.81]
    assert [round(float(each["Who compares"][0]), 4) for each in (two, thirty)] == [0.1, 0.1]
    points = among_rivals([0.5], 5, 0.1, 1.0)
    assert points["Who compares"][0] > 0.5 and points["Who stays"][0] > 1
    assert among_rivals([0.3], 5, 0.01, 0.0)["On average"][0] < 0.05


def test_ten_rivals_are_dearer_than_two():
    two, ten = (1_000 * search_fees(0.03, look=0.001, rivals=n, compare=0.5).paid for n in (2, 10))
    assert (round(two, 2), round(ten, 2)) == (1.11, 2.25)


def test_where_tastes_differ_the_number_of_rivals_helps():
    assert kept_if_unlike(0.5, 10) > kept_if_unlike(0.5, 5) == pytest.approx(0.9)
    assert kept_if_unlike(np.array([0.0, 2.0])).tolist() == [1.0, pytest.approx(0.6)]


def test_the_proof_rests_on_worlds_that_the_chain_cannot_tell_apart():
    found = evidence("X10c")
    assert found.true and "15 ways" in found.says and "leaves 1." in found.says and "25 dollars" in found.says
    assert "charged 0.05 %" in found.says and "0.1 % or more" in found.turns


def test_an_order_is_worth_something_from_a_size_on():
    world = today_of_the_chain()
    assert 0.2 < world["gas"] < 0.3 and world["tolerance"] == 0.01
    assert order_worth(500.0, **world) == 0.0
    assert order_worth(5_000.0, **world) < order_worth(50_000.0, **world)
    assert order_worth(5_000.0, 0.0, 0.0, 0.0005) == 0.0


def test_no_order_of_this_size_is_worth_anything_in_a_dear_pool():
    world = today_of_the_chain()
    idle = fee_without_prey(5_000.0, world["tolerance"], world["gas"])
    assert idle == pytest.approx(0.001) and order_worth(5_000.0, **world | {"fee": 0.003}) == 0.0
    assert order_worth(5_000.0, **world | {"fee": idle - 1e-4}) > 0 == order_worth(5_000.0, **world | {"fee": idle})


def test_three_builders_and_three_clouds():
    found = evidence("X19b")
    assert found.true and "95 %" in found.says and "69 %" in found.says
    assert "28 % of all" in found.turns and "two firms build 67 %" in found.turns and "4.5 %" in found.other


@pytest.mark.parametrize(
    "payment", [one_payment(), one_payment(False), one_payment_central(), one_payment_central(0.0)]
)
def test_payments_are_conserved(payment):
    ledger = Ledger({"user": "user", "ether bought": "arrives", **{name: name for name in payment.gets}})
    ledger.book(payment)
    ledger.check_conserved()
    assert sum(payment.gets.values()) + payment.rest == pytest.approx(500.0)


def test_what_the_lesson_says_of_one_payment():
    button, free, app, page = (
        one_payment(), one_payment(False), one_payment_central(), one_payment_central(0.004)
    )  # fmt: skip
    assert button.rest == pytest.approx(app.rest, abs=0.5) and free.rest > page.rest > app.rest
    assert button.gets["wallet"] + button.gets["infrastructure"] == pytest.approx(500 * 0.00875)
    small = sum(button.gets[name] for name in ("liquidity providers", "protocol", "holders of the coin", "proposer"))
    assert small < button.gets["issuer"] < button.gets["wallet"]
    assert button.gets["builder"] < 0.1 * button.gets["proposer"]
    assert 0.6 < taker_concentration(button).largest < 0.7 and taker_concentration(app).largest > 0.99
