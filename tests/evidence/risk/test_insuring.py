import pytest

from defi_lib.evidence import evidence
from defi_lib.figures import figure


def test_cover_paid_about_one_dollar_in_a_hundred_and_fifty():
    found = evidence("R9b")
    assert not found.true and "0.7" in found.says
    stolen = 1e3 * (figure("hacks.stolen_from_defi.2021").value + figure("hacks.stolen_from_defi.2022").value)
    assert 100 * (2.7 + 34.4) / stolen == pytest.approx(0.66, abs=0.01)
    assert "9.3 million" in found.other
