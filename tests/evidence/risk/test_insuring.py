import numpy as np
import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.risk.insuring import bad_year, unpaid_years
from defi_lib.figures import figure
from defi_lib.risk import draw_losses, run_levied_fund


def test_cover_paid_about_one_dollar_in_a_hundred_and_fifty():
    found = evidence("R9b")
    assert not found.true and "0.7" in found.says
    stolen = 1e3 * (figure("hacks.stolen_from_defi.2021").value + figure("hacks.stolen_from_defi.2022").value)
    assert 100 * (2.7 + 34.4) / stolen == pytest.approx(0.66, abs=0.01)
    assert "9.3 million" in found.other and "of 41 claims for FTX and Hodlnaut at the largest mutual 37" in found.other


def test_drawn_years_say_how_often_claims_stay_unpaid():
    """Another way: half a million years, claim by claim, where it fails often enough to be counted."""
    world = {"part": 1.0, "capital": 0.1, "chance": 0.03}
    lost = draw_losses(np.random.default_rng(7), 500_000, 0.03, 0.2, covers=20).mean(axis=1)
    found = effect("R9a")(today(effect("R9a").assumptions, changed=world))[0]
    assert -np.mean(lost > 0.12) == pytest.approx(found, abs=0.001)


def test_what_the_lesson_says_of_today():
    known = effect("R9a").assumptions
    kept = {name: effect("R9a")(today(known, changed=world))[0] > -0.005 for name, world in {
        "today": {}, "tenth": {"capital": 0.1}, "all": {"part": 1.0}, "ether": {"fall": 0.676},
        "a hundred": {"protocols": 100.0}, "three tenths": {"dependence": 0.3},
    }.items()}  # fmt: skip
    assert [name for name, good in kept.items() if not good] == ["ether"]


def test_a_bad_year_is_borne_by_the_robbed_or_by_all_banks():
    books = bad_year()
    assert books["cover fund"].balance("robbed", "USD") == pytest.approx(130 - 207.57, abs=0.01)
    assert books["ordinary insurer"].balance("robbed", "USD") == pytest.approx(0, abs=1e-9)
    assert books["deposit insurance"].balance("robbed", "USD") == pytest.approx(0, abs=1e-9)
    lost = np.append(207.57, np.zeros(79))
    run = run_levied_fund(lost, 1_000.0, 14.3)
    assert np.sum(run.levies == 4.0) == np.sum(run.fund < 0) == 49  # years until the state's loan is repaid
    alike = bad_year(dependence=0.0)  # the placebo: nothing in common, and all three pay
    assert all(ledger.balance("robbed", "USD") == pytest.approx(0, abs=1e-9) for ledger in alike.values())


def test_many_protocols_help_only_as_far_as_they_have_nothing_in_common():
    few, many = (unpaid_years(np.array([0.0, 0.5]), 0.05, 0.3, number) for number in (10, 50))
    assert many["This fund"][0] < 0.01 < few["This fund"][0]
    assert few["This fund"][1] > many["This fund"][1] > many["Very many protocols"][1] > 1
