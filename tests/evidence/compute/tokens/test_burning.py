import numpy as np
import pytest

from defi_lib.compute import TOKEN
from defi_lib.evidence import evidence
from defi_lib.evidence.compute.tokens.burning import RULES, dollars_a_year, one_month, three_books, what_is_paid_for
from defi_lib.figures import figure


def test_five_of_eight_pay_mostly_for_ordered_work_and_the_same_five_by_who_pays():
    found, pays = evidence("C6a"), what_is_paid_for()
    assert found.true and found.says.startswith("5 of 8")
    five = {"Akash", "Golem", "Storj", "Helium", "Render"}
    assert {pay.network for pay in pays if pay.ordered > 0.5} == five
    assert {pay.network for pay in pays if pay.funded > 0.5} == five
    for part in ("6 of 8", "in 5 of 8", "85 %", "16 %", "24 %", "90 %"):
        assert part in found.other


def test_no_weak_figure_carries_the_verdict():
    """Whatever the weak ones are counted as, more than half pay for ordered work."""
    grades = {
        pay.network: {figure(id, allow_unreliable=True).grade for id in pay.sources} for pay in what_is_paid_for()
    }
    weak = {network for network, found in grades.items() if not found <= {"A", "B"}}
    assert weak == {"Filecoin"}
    assert sum(pay.ordered > 0.5 for pay in what_is_paid_for() if pay.network not in weak) == 5 > 8 / 2


def test_shares_by_hand():
    pays = {pay.network: pay for pay in what_is_paid_for()}
    assert pays["Render"].ordered == pytest.approx(0.80 / 0.96)
    assert pays["Bittensor"].funded == pytest.approx(43 / 328)
    assert pays["Livepeer"].ordered == pytest.approx(0.154 / 17.154)
    assert 7 > 1.5 * 2.76 > 4  # Storj asks more than it pays out since July 2026, and asked less before
    assert 360_000 > 17_800 * 90 / 7 > 200_000
    ordered, paid = dollars_a_year()
    assert paid - ordered == pytest.approx(328 - 43)


def test_one_of_four_grew_in_both():
    found = evidence("C32a")
    assert not found.true and found.says.startswith("1 of 4, Helium")
    assert "24,995" in found.says and "126,713" in found.says


def test_a_schedule_is_paid_by_token_buyers():
    books, parties = three_books(), ("customers", "providers", "token buyers", "company")
    dollars = {name: [book.balance(who, "USD") for who in parties] for name, book in books.items()}
    assert dollars["by schedule"] == [-20_000, 40_000, -20_000, 0]
    assert dollars["as they pay"] == [-20_000, 20_000, 0, 0]
    assert dollars["company"] == pytest.approx([-20_000, 11_200, 0, 8_800])
    assert books["by schedule"].balance("token buyers", TOKEN) == 1_005_000
    rest = three_books(price=2.0)["by schedule"]  # the placebo: where as much is burned as made, customers pay all
    assert rest.balance("token buyers", "USD") == 0 and rest.balance("token buyers", TOKEN) == 1e6


@pytest.mark.parametrize("rule", RULES)
def test_a_dearer_token_burns_no_more(rule):
    month = one_month(np.array([0.5, 1.0, 4.0]), rule, 20_000.0, 10_000.0)
    assert np.all(np.diff(month["Burned"]) < 0)
    made = {"Render": 10_000, "Helium": 10_100, "Akash": 20_000 / 4}[rule]
    assert month["Made"][-1] == pytest.approx(made)
    per_dollar = {"Render": 0.25 * 2, "Helium": 2.02, "Akash": 1.0}[rule]
    assert month["per dollar"][-1] == pytest.approx(per_dollar)
