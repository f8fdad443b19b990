import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.economy.value_chain.halves import three_ways, town, town_books, town_kept
from defi_lib.ledger import who_profits


def ways(**changed):
    return three_ways(**today(effect("R10a").assumptions, changed=changed))


def test_today_customers_gain_because_they_have_no_keys():
    found, now = evidence("R10a"), ways()
    assert now.gain[0] == pytest.approx(0.00583, abs=5e-6) and now.customers_better_off[0]
    assert found.turning["firm_pays"].points[0] == pytest.approx(0.0386, abs=5e-5)
    assert found.turning["key_lost"].points[0] == pytest.approx(0.0064, abs=5e-5)
    assert found.turning["exposed"].points[0] == pytest.approx(0.571, abs=5e-4)
    assert ways(key_lost=0.0, key_stolen=0.0).gain[0] < 0


def test_what_the_quiz_says_of_other_worlds():
    assert 0.001 < ways(key_lost=0.005).gain[0] < 0.0013
    assert ways(fee=0.15).gain[0] == pytest.approx(0.00583 - 0.0016, abs=1e-4)
    assert ways(refused=1 / 3).gain[0] > 0.0025


def test_a_licence_prevents_as_much_as_in_the_lesson_on_licences():
    here, there = (effect(reading).assumptions["prevented"] for reading in ("R10a", "R8a"))
    assert (here.today, here.low, here.high) == (there.today, there.low, there.high)


def test_what_the_lesson_prints_before_the_bet():
    world = {name: value[0] for name, value in today(effect("R10a").assumptions).items()}
    loss = world["custodian_fails"] * (1 - world["prevented"]) * world["reaches_customers"]
    loss *= 1 - world["firm_recovered"]
    assert (loss, loss * world["exposed"]) == (pytest.approx(0.0112), pytest.approx(0.0028))


def test_a_lender_drawn_again_and_again_keeps_what_the_formula_says():
    """Another way: each weak point strikes or does not, person by person."""
    rng, people = np.random.default_rng(2), 400_000
    world = {name: value[0] for name, value in today(effect("R10a").assumptions).items()}
    money = np.full(people, 1 + world["earned"] * (1 - world["fee"]))
    code = (world["robbed"] + world["bad_debt"]) * (1 - world["screened"])
    money *= np.where(rng.random(people) < code, world["recovered"], 1.0)
    fails = world["custodian_fails"] * (1 - world["prevented"])
    failed = rng.random(people) < fails * world["reaches_customers"] * world["exposed"]
    money *= np.where(failed, world["firm_recovered"], 1.0)
    error = money.std() / np.sqrt(people)
    assert ways().mixture[0] == pytest.approx(money.mean() - 1, abs=4 * error)


def test_what_the_lesson_says_of_the_town():
    code = np.linspace(0, 0.08, 8001)
    for exposed, crossing in ((0.5, 0.0325), (0.0, 0.0229)):
        kept = town_kept(code, 0.005, exposed, 0.1)
        assert code[np.argmax(kept["Mixture"] > kept["Protocol"])] == pytest.approx(crossing, abs=2e-4)
    start, half = (town_kept(0.02, 0.005, 0.0, refused) for refused in (0.1, 0.5))
    assert start["Firm"] - half["Firm"] > 0.015 > 0.002 > abs(start["Mixture"] - half["Mixture"])
    assert 10_000 * town(0.02, 0.005, 0.5, 0.1).mixture == pytest.approx(560, abs=0.5)


def test_books_of_the_town_say_what_the_rates_say():
    world = {"code": 0.02, "keys": 0.005, "exposed": 0.5, "refused": 0.1}
    found, rates = town_books(**world), town(**world)
    total = {way: who_profits(ledger, "role")["total"] for way, ledger in found.items()}
    served, left = "whom the firm serves", "whom it refuses"
    assert total["firm"][served] == pytest.approx(90 * rates.firm) and total["firm"]["the firm"] == pytest.approx(4.5)
    assert total["protocol"][served] == pytest.approx(90 * rates.protocol)
    assert total["mixture"][served] == pytest.approx(90 * rates.mixture)
    assert total["mixture"][left] == total["protocol"][left] == pytest.approx(10 * rates.protocol)
    assert total["mixture"]["the firm"] == pytest.approx(90 * 0.09 * 0.2)
    assert all(each["total"] == pytest.approx(0, abs=1e-9) for each in total.values())
