"""The tally of all verdicts, and its page."""

import os

import pytest

from defi_lib.claims import claims, reading, readings
from defi_lib.evidence import Count, Proof, evidence_on, tally
from defi_lib.evidence.findings import FINDINGS, Finding, findings
from defi_lib.evidence.tally import Line, lines, page
from tests.support.effects import card
from tools.architecture import ROOT


@pytest.fixture(scope="module")
def made():
    """The page, made once: it runs all evidence."""
    return page()


@pytest.mark.xdist_group("verdicts")
def test_a_group_of_tests_stays_on_one_worker(request):
    """Else every worker sets all up again: pytest 9.2.0 with pytest-xdist 3.8.0 did so without a word."""
    divided = "PYTEST_XDIST_WORKER" in os.environ and request.config.getvalue("loadgroup")
    assert request.node.nodeid.endswith("@verdicts") == bool(divided)


@pytest.mark.xdist_group("verdicts")
def test_the_page_is_as_the_evidence_is(made):
    assert (ROOT / "docs/verdicts.md").read_text(encoding="utf-8") == made, "run make verdicts and commit"


@pytest.mark.xdist_group("verdicts")
def test_every_reading_stands_on_the_page_once(made):
    text = made
    for one in readings():
        assert text.count(f"**{one.id}**") + text.count(f" {one.id},") + text.count(f" {one.id}.") == 1, one.id


@pytest.mark.parametrize(
    ("answers", "votes"),
    [
        ([(True, "robust"), (True, "turning")], ("true today", "turning")),
        ([(False, "counted")], ("not true", "counted")),
        ([(True, "robust"), (False, "robust")], ("split", "robust")),
        ([(True, "counted"), (True, "robust")], ("true today", "robust")),
        ([], ("not yet tested",)),
    ],
)
def test_a_claim_is_one_vote_and_split_if_its_readings_differ(answers, votes):
    own = [Line(reading("P2a"), true, far, "", "", "", 0) for true, far in answers]
    assert tally.votes(own) == votes


@pytest.mark.xdist_group("verdicts")
def test_totals_count_every_claim_once(made):
    rows = [row.split(" | ") for row in made.splitlines() if row.startswith(("| Promises", "| **All**"))]
    promises, whole = ([int(cell.strip(" |")) for cell in row[1:]] for row in rows)
    for row in (promises, whole):
        assert row[1] + row[2] + row[3] + row[7] == row[0] == row[4] + row[5] + row[6] + row[7]
    assert whole[0] == len(claims())


def test_lines_tell_worlds_counts_and_proofs_apart():
    one = reading("C1a")
    model = tally._line(one, evidence_on(card()))
    assert (model.true, model.how_far, model.ranges) == (True, "turning", "2 our choice")
    assert model.today == "True today: 300 USD a year (true above 100 USD)" and model.turns.startswith("It turns if ")
    count = tally._line(one, Count(False, "Two of ten.", "a chain", "eight did", ("x",)))
    assert (count.how_far, count.today, count.turns) == ("counted", "Not true: Two of ten", "It turns if eight did.")
    left = tally._line(one, Count(False, "None of two.", "a list", "six of eight did", ("x",), shown=False))
    assert not left.true and left.today == "Not shown: None of two"
    proof = tally._line(one, Proof(True, "So it is.", "fees were none", by_construction=True))
    assert proof.how_far == "robust" and proof.today.startswith("True, by construction of the model")


@pytest.mark.xdist_group("verdicts")
def test_it_can_be_asked_for_by_name(made):
    assert lines()[0].reading.id in made


def test_every_claim_of_the_second_camp_has_one_theme_and_one_answer():
    ids = [id for own in tally.THEMES.values() for id in own]
    assert sorted(ids) == sorted(one.id for one in claims() if one.id[0] == "X")
    own = [Line(reading("X9a"), False, "robust", "", "", "", 0), Line(reading("X4a"), True, "turning", "", "", "", 0)]
    small = tally.themes(own)["small users pay"]
    assert small == {"Claims": 7, "True today": 1, "Not true": 1, "Split": 0, "Not yet tested": 5}
    assert tally.of_readings(own)["All"] == {
        "With evidence": 2, "True today": 1, "Robust": 1, "Turning": 1, "Counted": 0,
    }  # fmt: skip


def test_a_finding_marks_its_readings_and_is_refused_when_an_answer_changes():
    lines = {id: Line(reading(id), true, far, "", "", "", 0) for id, true, far in (
        ("X9a", False, "robust"), ("X4a", True, "turning"))}  # fmt: skip
    said = Finding("So", "and so ({X4a}, {not X9a}).")
    assert said.written(lines) == "**So** and so (X4a\u00a0✓t, X9a\u00a0✗r)."
    for wrong in ("{X9a}", "{not X4a}", "{X4b}"):
        with pytest.raises(ValueError, match="write it anew"):
            Finding("So", wrong).written(lines)


@pytest.mark.xdist_group("verdicts")
def test_what_the_course_found_agrees_with_its_evidence(made):
    text = findings(lines())
    assert made and text.count("\n- ") == len(FINDINGS) - 1 and "{" not in text
