import numpy as np
import pytest

from defi_lib.compute import break_even_utilisation, free_entry_nodes
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.earning.entry import (
    CARD,
    KEEPS,
    RENT,
    added_by_doubling,
    books_of_entry,
    crowd,
    customers,
    end_of_entry,
)
from defi_lib.figures import figure

POWER = figure("electricity.us_household").value


def at(id, **changed):
    return effect(id)(today(effect(id).assumptions, changed=changed))[0]


def test_entry_ends_where_a_card_has_its_break_even_part_of_the_hours():
    needed = break_even_utilisation(CARD, RENT, KEEPS, POWER)
    for minted in (0.0, 0.2):
        found = crowd(1_000, 400, 0.0, minted)
        assert found["ends"] == pytest.approx(
            free_entry_nodes(CARD, 400 * 8_760, RENT, KEEPS, POWER, 1e6 * minted), 1e-6
        )
    assert crowd(1_000, 400, 0.0, 0.0)["ends"] == pytest.approx(400 / needed, rel=1e-6)
    assert float(crowd(400 / needed, 400, 0.0, 0.0)["Rent alone"]) == pytest.approx(0, abs=1e-6)


def test_below_the_needed_size_each_newcomer_helps_and_beyond_it_none_does():
    small, large = (
        [float(crowd(n, 400, 1_000, 0.0)["Rent alone"]) for n in pair] for pair in ((100, 200), (4_000, 8_000))
    )
    assert small[1] > small[0] and large[1] < large[0]
    assert customers(1_000, 1_000) == 0.5 and customers(10, 0) == 1
    assert "No size" in end_of_entry(**crowd(500, 20, 5_000, 0.0))
    assert "has not ended" in end_of_entry(**crowd(500, 400, 0.0, 300.0))


def test_half_a_minute_of_arithmetic_gives_the_effect_of_today():
    follow = np.log(24_995 / 6_170) / np.log(126_713 / 24_800)
    assert follow == pytest.approx(0.858, abs=5e-4) and pytest.approx(1.81, abs=0.005) == 2**follow
    assert pytest.approx(5.1, abs=0.05) == 126_713 / 24_800
    paid = (figure("helium.data_credits_burned_day.2025-12").value - figure("helium.voluntary_burns_day").value) / 6_170
    assert paid == pytest.approx(4.05, abs=0.01)
    assert at("C14a") == pytest.approx(0.5 * 1.81 / 2 + 0.5 / 2 - 1, rel=1e-12)
    assert added_by_doubling(1 / np.sqrt(8)) == pytest.approx(2.0), "where payments triple"


def test_what_the_lesson_says_of_today():
    assert at("C14a") < at("C14a", minted_part=0.0) < 0 == pytest.approx(at("C14a", added=2.0))
    assert at("C14a", added=1.5) < 0 < min(at("C14a", added=1.5, minted_part=0.0), at("C14a", added=3.0))
    assert at("C14a", added=1.0) < 0 == at("C14a", added=1.0, minted_part=0.0)
    assert at("C17b", others=1.0) < 0 < at("C17b") < at("C17b", others=0.0)
    assert evidence("C34a").true is False


def test_a_finer_draw_of_years_says_the_same():
    """Another way: a hundred thousand years at random."""
    world = today(effect("C17b").assumptions)
    rng, hours = np.random.default_rng(5), 1 + 0.5 * 0.5 * (1 - 0.9**4 - 0.1) / 0.1
    common, own = rng.standard_normal(100_000), rng.standard_normal((4, 100_000))
    tokens = np.exp(np.sqrt(0.7) * common + np.sqrt(0.3) * own - 0.5)
    one, four = np.median(0.5 + 0.5 * tokens[0]), np.median(0.5 + 0.5 * tokens.mean(axis=0))
    assert effect("C17b")(world)[0] == pytest.approx(hours * four - one - 0.15, abs=0.01)


def test_who_gets_what_when_entry_has_ended():
    books = books_of_entry()
    early, ended, minted, firm = ({who: book.balance(who, "USD") for who in book.roles} for book in books.values())
    assert {round(each["clients"]) for each in (early, ended, minted, firm)} == {-876_000}
    assert ended["owners"] == pytest.approx(0, abs=1e-6) and minted["owners"] == pytest.approx(0, abs=1e-6)
    gain = {who: minted[who] - ended[who] for who in ("maker", "power company")}
    assert sum(gain.values()) == pytest.approx(200_000) == -minted["token holders"]
    assert firm["owners"] > early["owners"] > 0
