import numpy as np
import pytest

from defi_lib.economy import lone_deciders
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.economy.rules.licensing import PAYERS, book, books_of_the_island, gates, island
from defi_lib.figures import figure
from defi_lib.ledger import who_profits


def test_today_by_hand():
    """Five firms by size, a loss of 1.584 % a year, a tenth of a per cent for each dollar held; without the library."""
    loss, a, each = 0.08 * 0.5 * (1 - 0.604), 0.05, 0.001
    slope, after = (a / 6) ** 2, a + 0.5 * 0.3 * loss - each
    firms = after / (a / 6 * np.sqrt(1.7)) - 1
    before_sold, sold = 5 * a / 6 / slope, firms * after / (firms + 1) / slope
    gain = slope / 2 * (sold**2 - before_sold**2) - 0.5 * loss * (0.7 * sold - before_sold)
    found = effect("R8a")(today(effect("R8a").assumptions))[0]
    assert found == pytest.approx(gain / before_sold) and 3 < firms < 4
    assert 0.0013 < found < 0.0015


def test_five_firms_by_size_are_what_the_shares_of_ten_exchanges_say():
    firms = effect("R8a").assumptions["firms"]
    shares = [figure(each).value for each in firms.sources if each.startswith("market_share")]
    assert len(shares) == 10 and sum(shares) == pytest.approx(100, abs=0.5)
    assert 1e4 / sum(each**2 for each in shares) == pytest.approx(firms.today, abs=0.2)


def test_what_lesson_8_10_says_of_the_verdict():
    found = evidence("R8a")
    assert found.true and found.strength == "turns"
    points = {name: each.points[0] for name, each in found.turning.items() if each.points}
    assert points["firms"] == pytest.approx(4.0, abs=0.1) and points["prevented"] == pytest.approx(0.27, abs=0.01)
    assert points["by_holdings"] == pytest.approx(0.00147, abs=1e-5) and points["paid"] == pytest.approx(0.64, abs=0.01)


def test_users_gain_grows_with_firms_without_a_jump_and_falls_by_what_is_due_on_holdings():
    known = effect("R8a").assumptions
    gains = [effect("R8a")(today(known, changed={"firms": n}))[0] for n in np.linspace(2, 75, 147)]
    assert np.all(np.diff(gains) > 0)
    none, some, more = (effect("R8a")(today(known, changed={"by_holdings": c}))[0] for c in (0.0, 0.001, 0.005))
    assert none > some > 0 > more


def test_59_of_75_firms_are_left():
    """About as many as Germany has with a licence are what remains of the high end of the range."""
    gain = (0.05 + 0.5 * 0.3 * 0.08 * 0.5 * (1 - 0.604) - 0.001) / 0.05
    assert round(76 / np.sqrt(1.7) * gain - 1) == 59


def test_the_two_fell_by_less_than_counters_differ():
    found = evidence("R8b")
    assert not found.true and "at least 2.2 points" in found.says and "differ by 4.7 points" in found.says
    assert "89" in found.other and "1.0 point" in found.other


def test_nobody_decides_alone_in_one_way_of_six():
    assert evidence("R8c").true
    alone = {name: lone_deciders(gate) for name, gate in gates().items()}
    assert [name for name, deciders in alone.items() if not deciders] == ["two of three"]


def test_the_island():
    seen = {payer: island(np.array([0.0, 3.0]), 0.8, 1.0, 0.0, payer) for payer in PAYERS}
    assert [float(found["firms"][1]) for found in seen.values()] == [4.0, 6.0, 10.0]
    assert seen[PAYERS[0]]["It makes dearer"].tolist() == [0.0, 7.5]
    assert seen[PAYERS[1]]["It makes dearer"][1] > 2 * seen[PAYERS[0]]["It makes dearer"][1]


def test_books_balance_and_what_is_sold_pays_as_much_as_what_each_firm_pays():
    books = books_of_the_island()
    kept = {name: who_profits(book(industry), "party")["total"] for name, industry in books.items()}
    assert kept[PAYERS[0]]["licensing"] == 12 and kept[PAYERS[1]]["licensing"] == pytest.approx(12, abs=0.1)
    assert books[PAYERS[0]].consumer_surplus > books[PAYERS[1]].consumer_surplus > books["one firm"].consumer_surplus
    assert kept["one firm"]["firms"] > 20 and all(abs(each["total"]) < 1e-9 for each in kept.values())
