import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.economy import race_fork
from defi_lib.evidence import effect, evidence, worlds
from defi_lib.evidence.economy.networks.winners import (
    NEWCOMERS,
    NOTHING,
    attack_books,
    chances,
    firm_book,
    half_a_year,
    price_impact,
)
from defi_lib.ledger import who_profits


def test_today_being_first_decides_and_depth_against_trades_turns_it():
    found = evidence("X11b")
    assert found.true and found.decisive[0] == "depth"
    assert found.turning["depth"].points[0] == pytest.approx(5.5e7, rel=0.1)
    assert found.turning["seed"].points[0] == pytest.approx(0.92, abs=0.03)
    assert not found.turning["routed"].points and not found.turning["advantage"].points


def test_more_runs_and_stages_say_the_same():
    found = effect("X11b")
    world = worlds(found.assumptions, 128)
    known = {name: values for name, values in world.items() if name != "amount"}

    def behind(size):
        rng = np.random.default_rng(1)
        return race_fork(**known, users=NEWCOMERS, amount=size, rng=rng, runs=192, stages=96).behind

    exact, used = behind(world["amount"]) - behind(NOTHING), found(world)
    assert np.mean(np.abs(used - exact)) < 0.02
    assert np.mean((used > found.more_than) != (exact > found.more_than)) < 0.02


def test_what_the_lesson_says_of_other_set_ups():
    assert chances() == pytest.approx((1.0, 0.0), abs=1e-6)
    for changed in ({"depth": 1e8}, {"amount": 1e3}, {"seed": 1.0}):
        assert chances(**changed)[0] < 0.05, changed
    for changed in ({"advantage": 0.002}, {"routed": 1.0}, {"moves": 10.0}, {"lead": 20.0}):
        assert chances(**changed)[0] > 0.95, changed


def test_what_the_lesson_says_of_the_opening():
    known = {name: each.today for name, each in effect("X11b").assumptions.items()}
    older = known["depth"] * known["lead"] / (known["lead"] * (1 + known["seed"]) + NEWCOMERS)
    assert older == pytest.approx(0.89e6, rel=0.01) and known["seed"] * older == pytest.approx(0.18e6, rel=0.01)


@given(st.floats(0.001, 0.999))
def test_moved_prices_cost_the_least_in_one_pool(share):
    assert price_impact(share) == pytest.approx(price_impact(1 - share))
    assert price_impact(1e-9) - 1e-9 <= price_impact(share) <= price_impact(0.5) + 1e-9


def test_what_the_lesson_says_of_an_attack():
    assert half_a_year(12, 30, 1_000, 0.3)["kept"] < 0.01 < 0.99 < half_a_year(12, 40, 1_000, 0.3)["kept"]
    assert half_a_year(12, 60, 100, 0.3)["kept"] == pytest.approx(0.5, abs=0.01)
    assert half_a_year(15, 30, 1_000, 0.3)["kept"] > 0.5, "the goal can be reached: 450 dollars"
    books = {days: who_profits(book, "party")["total"] for days, book in attack_books(30, 60).items()}
    for days, book in books.items():
        assert book["traders"] == pytest.approx(-24 * 180 - book["who move prices back"])
        assert book["buyers of the copy's token"] == pytest.approx(-12 * days)
    firm = who_profits(firm_book(), "party")["total"]
    assert firm["firm's shareholders"] == pytest.approx(24 * 180)
    assert firm["firm's market makers"] == pytest.approx(180 * 8 * 997**2 / (100_000 + 997), rel=1e-6)
    assert firm["firm's market makers"] < books[60]["who move prices back"]
    assert firm["firm's market makers"] < books[30]["who move prices back"]
    assert books[30]["original's providers"] > 4_000 and books[60]["copy's providers"] > 4_000


def test_two_counts_that_look_opposed_are_both_on_the_side_of_those_in_front():
    few, leaders = evidence("X11a"), evidence("X25a")
    assert few.true and few.says.startswith("3 of 3") and "57 %" in few.other
    assert not leaders.true and leaders.says.startswith("1 of 5") and "48 %" in leaders.says
