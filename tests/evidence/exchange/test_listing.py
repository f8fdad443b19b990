"""What the evidence on open listing rests on."""

import pytest

from defi_lib.evidence import evidence
from defi_lib.evidence.exchange.listing import a_dollar_through_the_gate, one_fake
from defi_lib.ledger import who_profits


def test_most_of_what_anybody_may_list_is_soon_dead():
    found = evidence("P11a")
    assert found.true and "80 %" in found.says and "60 %" in found.says
    assert "41 to 70 %" in found.other


def test_a_fake_moves_dollars_from_late_buyers_and_makes_none():
    total = who_profits(one_fake())["total"]
    assert total["late buyers"] < -7_800 and total["creator"] > 5_000 and total["first buyers"] > 2_000
    assert total["total"] == pytest.approx(0, abs=5)  # coins made from nothing, at their last price
    nobody_late = who_profits(one_fake(late=1e-6))["total"]
    assert nobody_late["first buyers"] < 0


def test_the_middle_falls_to_nothing_before_the_average():
    year = a_dollar_through_the_gate(0.0, 0.0, 0.5, 3.0, 1.0)
    assert year["On average"] == pytest.approx(1.5) and year["In the middle"] == 0
    assert a_dollar_through_the_gate(0.5, 0.3, 0.5, 3.0, 1.0)["good refused"] == pytest.approx(0.3)
