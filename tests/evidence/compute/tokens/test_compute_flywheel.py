import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.compute.tokens.flywheel import cohorts, price_after_growth, ten_years, two_books
from defi_lib.ledger import who_profits


def test_one_of_four_tokens_rose_with_use():
    found = evidence("C3b")
    assert not found.true and found.says.startswith("1 of 4")
    assert "11 % in 2025 and by 34 %" in found.other
    assert "lost 74, 34 and 21 %" in found.other


def test_today_the_token_rises_and_a_device_earns_less():
    known = effect("C3a").assumptions
    world = today(known)
    price = price_after_growth(*(world[name] for name in ("belief", "follow", "backed", "minted", "emission")))
    assert price[0] == pytest.approx(np.sqrt(1.5))
    assert effect("C3a")(world)[0] == pytest.approx(np.sqrt(1.5) / 1.5 - 1)
    assert evidence("C3a").turning["belief"].points[0] == pytest.approx(1.30, abs=0.005)


def test_cohorts_add_up_to_what_steps_of_a_day_give():
    """Another way: income day by day, in a world without simple sums."""
    days = (np.arange(5 * 365) + 0.5) / 365
    machines, tokens, paid = 1.5**days, 0.9 * 0.707**days * 1.5 ** (0.5 * days), 0.1 * 1.8**days
    income = (tokens + paid) / machines
    ratio = income[: 3 * 365].sum() / income[2 * 365 :].sum() - 1
    world = today(effect("C12a").assumptions, changed={"decline": 0.293, "customers": 0.8})
    assert effect("C12a")(world)[0] == pytest.approx(ratio, rel=1e-4)


def test_what_the_lesson_says_of_ten_years():
    ways = ((0.8, 0, 0.25, 0.5), (1.5, 0, 0.25, 0.5), (1.5, 0, 0, 0.5), (0.8, 1.3, 0.25, 0), (0.8, 1.3, 0, 0))
    runs = [ten_years(*way) for way in ways]
    assert [round(run["feedback"], 2) for run in runs[:2]] == [0.69, 1.3]
    assert np.round([run["end"] for run in runs], -2).tolist() == [8100, 8300, 1100, 98600, 0]
    assert round(runs[1]["most"], -3) == 51_000 and 40 < runs[4]["end"] < 50


def test_a_month_is_short_enough():
    """Weeks in place of months say the same within a few per cent."""
    end = ten_years(0.8, 0, 0.25, 0.5)["end"]
    assert end == pytest.approx(8_200, rel=0.02)  # what lesson 7.36 had, week by week


def test_token_buyers_bear_what_customers_do_not_pay():
    books = two_books()
    come, stay = (who_profits(books["network"], "role", i)["total"] for i in (0, 1))
    assert 15.5 < stay["insiders"] < come["insiders"] < 18.5
    assert come["who sold before"] == stay["who sold before"] == pytest.approx(100)
    assert stay["token buyers"] < 0 < come["token buyers"]
    for book in (come, stay):
        assert -1 < book["first machines"] < 6 and 0 < book["later machines"] < 6
    company = [who_profits(books["company"], "role", i)["total"] for i in (0, 1)]
    assert company[0]["shareholders"] > 0 > company[1]["shareholders"] > stay["token buyers"]


@pytest.mark.parametrize("growth", [0.25, 0.0])
def test_the_first_do_best_on_average_and_not_for_ever_in_the_middle(growth):
    kept = cohorts(growth)
    means = [kept[year].mean() for year in range(8)]
    assert max(means) == means[0]
    assert np.median(kept[0]) > max(np.median(kept[year]) for year in (1, 2, 3))
    late = np.median(kept[7]) / np.median(kept[0])
    assert 0.8 < late < 1 if growth else late < 0
