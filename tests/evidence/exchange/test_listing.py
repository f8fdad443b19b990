"""What the evidence on open listing rests on."""

import pytest

from defi_lib.evidence import evidence
from defi_lib.evidence.exchange.listing import a_dollar_through_the_gate, one_fake
from defi_lib.ledger import who_profits


def test_the_middle_open_asset_lost_more_than_the_desks():
    found = evidence("P11a")
    assert found.true and "4.55 %" in found.says and "53 %" in found.says
    assert "41 to 70 %" in found.says and "30 to 59 points" in found.says and "1.4 %" in found.other


def test_a_fake_moves_dollars_from_late_buyers_and_makes_none():
    total = who_profits(one_fake())["total"]
    assert total["late buyers"] < -7_800 and total["creator"] > 5_000 and total["first buyers"] > 2_000
    assert total["total"] == pytest.approx(0, abs=1e-6)
    nobody_late = who_profits(one_fake(late=1e-6))["total"]
    assert nobody_late["first buyers"] < 0


def test_the_middle_falls_to_nothing_before_the_average():
    year = a_dollar_through_the_gate(0.0, 0.0, 0.5, 3.0, 1.0)
    assert year["On average"] == pytest.approx(1.5) and year["In the middle"] == 0
    assert a_dollar_through_the_gate(0.5, 0.3, 0.5, 3.0, 1.0)["good refused"] == pytest.approx(0.3)
