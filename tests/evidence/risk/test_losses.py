from defi_lib.evidence import evidence
from defi_lib.figures import figure


def test_half_a_year_of_each_year_went_mostly_through_keys():
    found = evidence("X20b")
    assert found.true and round(1.83 / 3.1, 2) == 0.59 and "59%" in found.says
    assert (285 + 292) / 972 > 0.5
    parts = [figure(f"hacks.lost_first_half_2025_{name}").value for name in ("keys", "code", "deceived")]
    assert sum(parts) < figure("hacks.lost_first_half_2025_all").value


def test_without_the_largest_theft_it_turns():
    assert round((1.83 - 1.46) / (3.1 - 1.46), 2) == 0.23
    assert "23%" in evidence("X20b").turns and "59% without Bybit" in evidence("X20b").other


def test_the_worst_firm_paid_more_than_came_back_on_the_chain_whoever_is_counted():
    found = evidence("X27a")
    assert found.true and "35 to 118 %" in found.says
    owners = (625 * 117_600 / 173_600 + 326) / 3_800
    assert 5.2 + 100 * owners < 35 and f"it is {5.2 + 100 * owners:.0f} %" in found.turns
