import json
import re
from pathlib import Path

import pytest

from defi_lib.claims import claim, claims, named_systems, reading, readings, untested
from defi_lib.figures import GRADES
from tests.notebooks.test_form import WITHOUT_CLAIMS

#: Claims that no lesson tests yet: they wait for the modules on governance, risk and the economy. May only shrink.
OPEN: set[str] = {"X30"}


def lessons_claims():
    """The ids that the lessons list in their first cells."""
    for path in sorted((Path(__file__).resolve().parents[1] / "course").glob("[0-9]_*/*.ipynb")):
        if path.stem in WITHOUT_CLAIMS:
            continue
        first = "".join(json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"])
        (listed,) = re.findall(r"^\*\*Claims? tested:\*\* (.+)$", first, re.M)
        yield from re.findall(r"[PXRC]\d+", listed)


def test_ids_are_unique_well_formed_and_count_up_within_their_camp():
    ids = [one.id for one in claims()]
    assert len(ids) == len(set(ids)) and all(re.fullmatch(r"[PXRC][1-9]\d*", each) for each in ids)
    for camp in "PXRC":
        numbers = [int(each[1:]) for each in ids if each[0] == camp]
        assert numbers == sorted(numbers)


def test_every_claim_is_tested_by_a_lesson_or_listed_as_open():
    tested, known = set(lessons_claims()), {one.id for one in claims()}
    assert tested <= known
    assert known - tested == set(OPEN), "a lesson tests it now, or none does any more"


def test_claims_can_be_looked_up():
    assert "cheaper than a centralised one" in claim("P2").text
    assert [one.id for one in claims("X1", "P2")] == ["X1", "P2"]


def test_unknown_ids_are_refused():
    with pytest.raises(ValueError, match="id = 'P99' is not allowed"):
        claim("P99")


def test_every_claim_has_one_to_four_readings_with_the_best_case_of_both_sides():
    for one in claims():
        own = readings(one.id)
        assert 1 <= len(own) <= 4 and all(each.id == one.id + "abcd"[k] for k, each in enumerate(own)), one.id
        for each in own:
            assert each.text and each.compares and each.best_for and each.best_against, each.id
            assert each.camp == one.id[0] and each.kind in ("model", "figures", "logic")


def test_readings_can_be_looked_up_by_claim_and_by_module():
    assert reading("X8a").kind == "logic" and [each.id for each in readings("X8")] == ["X8a", "X8b"]
    assert {each.module for each in readings(module="lending")} == {"lending"}
    with pytest.raises(ValueError, match="id = 'X99a' is not allowed"):
        reading("X99a")
    with pytest.raises(ValueError, match="module = 'casino' is not allowed"):
        readings(module="casino")


def test_a_reading_that_is_frozen_says_how_much_counts_and_what_answers_the_strongest_objection():
    for each in readings():
        if each.frozen:
            assert each.answered_by and each.best_against, each.id
        if each.frozen and each.kind == "model":
            assert each.unit and each.more_than is not None, each.id


def test_what_is_not_tested_says_why_and_what_would_test_it():
    assert len(untested()) >= 10 and all(all(each) for each in untested())


def test_every_named_system_has_a_source_with_its_date_and_grade():
    for each in named_systems():
        assert all(each) and each.fits in ("yes", "partly", "no", "not found") and each.grade in GRADES, each.name
        assert re.fullmatch(r"20\d\d(-\d\d){0,2}", each.date), each.name
