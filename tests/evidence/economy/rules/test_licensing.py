import numpy as np
import pytest

from defi_lib.economy import lone_deciders
from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.economy.rules.licensing import PAYERS, book, books_of_the_island, gates, island
from defi_lib.ledger import who_profits


def test_today_by_hand():
    """57 firms, a loss of 1.584 % a year, 42 firms afterwards; another way than the library's split."""
    loss, firms, after = 0.08 * 0.5 * (1 - 0.604), 57, np.floor(58 * np.sqrt((0.05 + 0.15 * 0.08 * 0.5 * 0.396) ** 2
                                                                           / 0.05**2 / 1.7)) - 1  # fmt: skip
    slope, eff = (0.05 / 58) ** 2, 0.05 + 0.15 * loss
    before_sold, sold = firms * 0.05 / 58 / slope, after * eff / (after + 1) / slope
    gain = slope / 2 * (sold**2 - before_sold**2) - 0.5 * loss * (0.7 * sold - before_sold)
    found = effect("R8a")(today(effect("R8a").assumptions))[0]
    assert found == pytest.approx(gain / before_sold)
    assert 0.004 < found < 0.005


def test_what_lesson_8_10_says_of_the_verdict():
    found = evidence("R8a")
    assert found.true and found.strength == "turns"
    points = {name: each.points for name, each in found.turning.items() if each.points}
    assert set(points) == {"firms", "prevented", "custodian_fails", "paid"}
    assert points["firms"][0] == pytest.approx(5.2, abs=0.3) and points["prevented"][0] == pytest.approx(
        0.083, abs=0.01
    )


def test_whether_losses_are_foreseen_does_not_turn_it():
    known = effect("R8a").assumptions
    found = [effect("R8a")(today(known, changed={"foreseen": seen}))[0] for seen in (0.0, 1.0)]
    assert all(0.0045 < each < 0.0047 for each in found)


def test_the_two_fell_by_more_than_a_point_and_another_count_disagrees():
    found = evidence("R8b")
    assert found.true and "at least 2.2 points" in found.says and "89" in found.other and "92" in found.other


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
