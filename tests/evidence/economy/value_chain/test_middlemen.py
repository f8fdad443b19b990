import numpy as np
import pytest
from scipy.integrate import quad
from scipy.optimize import brentq

from defi_lib.economy import search_fees, taker_concentration
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.economy.value_chain.middlemen import (
    RIVALS,
    among_rivals,
    kept_if_unlike,
    kept_today,
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


def test_today_who_does_not_compare_is_left_nothing():
    assert kept() == pytest.approx(0.2)
    found = evidence("R6a")
    assert not found.effect > 0.9 and found.turning["compare"].points[0] == pytest.approx(0.725, abs=0.002)


def test_another_way_to_the_same_number():
    """Today's world with two fifths who compare, by quadrature and a root."""
    part, rivals, year = 0.4, RIVALS[2], 5_000.0

    def gain(highest):
        cheaper = lambda y: max(highest - 0.25 - highest / (1 + rivals * part / (1 - part) * y ** (rivals - 1)), 0.0)  # noqa: E731
        return quad(cheaper, 0, 1, limit=500)[0] - 1.25

    highest = min(brentq(gain, 0.25, 1e3), year * 0.002 - 1)
    assert kept(compare=part) == pytest.approx(1 - (1 - part) * highest / (year * 0.002 - 1), rel=1e-6)


def test_what_the_lesson_says_turns_it_and_does_not():
    assert kept(move=0.0) < 0.3 and kept(look=0.0) > 0.9 and kept(look=0.058) == pytest.approx(0.9, abs=0.001)
    assert [kept(rivals=i) > 0.9 for i in range(4)] == [False] * 4
    assert kept(compare=0.32) > 0.5 > kept(compare=0.3)


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


def test_an_order_is_worth_something_from_a_size_on():
    world = today_of_the_chain()
    assert 0.2 < world["gas"] < 0.3 and world["tolerance"] == 0.01
    assert order_worth(500.0, **world) == 0.0
    assert order_worth(5_000.0, **world) < order_worth(50_000.0, **world)
    assert order_worth(5_000.0, 0.0, 0.0) == 0.0


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
