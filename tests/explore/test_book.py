"""The book of verdicts, driven without a browser."""

import re

import pytest

from defi_lib import progress
from defi_lib.claims import CAMPS, claims, readings
from defi_lib.evidence import evidence, registry
from defi_lib.explore import show_book
from defi_lib.explore.evidence.book import LOST, MINE, SHOWN
from tools.architecture import ROOT

pytestmark = pytest.mark.xdist_group("verdicts")  # where all evidence is computed anyway


@pytest.fixture(scope="module")
def book():
    return show_book(ROOT / "course")


def page(book, camp="Promises", show=SHOWN[0]):
    book.camp.value, book.show.value = camp, show
    return book._page.outputs[0]["data"]["text/html"]


def ids(text):
    return re.findall(r"<b>([PXRC]\d+[a-d])</b>", text)


def test_every_reading_stands_once_under_its_claim(book):
    for letter, camp in CAMPS.items():
        text = page(book, camp)
        assert ids(text) == [one.id for one in readings() if one.camp == letter]
        assert re.findall(r"<h3>(\w+) ", text) == [one.id for one in claims() if one.id[0] == letter]


def test_filters_part_the_readings_by_answer_and_by_how_far_it_holds(book):
    for camp in CAMPS.values():
        found = {show: set(ids(page(book, camp, show))) for show in SHOWN}
        whole = found["all of them"]
        assert found["true today"] | found["not true"] | found["not yet tested"] == whole
        assert not found["true today"] & found["not true"]
        turning, robust, counted = (found[show] for show in ("what turns within our ranges", "robust", "counted"))
        assert turning | robust | counted == whole & set(registry.tested())
        assert all(evidence(id).true for id in found["true today"])


def test_each_tested_reading_has_a_strip_for_all_readers_and_its_lesson(book):
    for camp in CAMPS.values():
        text = page(book, camp)
        many = len([id for id in ids(text) if id in registry.tested()])
        assert text.count('role="img"') == text.count("aria-label=") == many
        assert len(re.findall(r'<a href="\.\./[\w/]+\.ipynb">', text)) == many


def test_the_readers_bets_stand_beside_the_answers(book, monkeypatch):
    right = "True" if evidence("P6c").true else "Not true"
    fields = {"asked": "?", "right": True, "answer": right}
    bets = {
        "1.2": {"P6c": {"value": right, **fields, "sure": 0.8, "day": "2026-11-30"}},
        "1.1": {"P2a": {"value": "Neither", **fields, "sure": 0.6, "day": "2026-11-30"}},
    }
    guesses = progress.summary.__globals__["summarised"]({"prediction": bets}, {})
    monkeypatch.setattr(progress, "summary", lambda: guesses)
    text = page(book, "Promises", MINE)
    assert ids(text) == ["P2a", "P6c"]
    assert "(80\xa0% sure), won" in text and "(60\xa0% sure), lost" in text
    assert ids(page(book, "Promises", LOST)) == ["P2a"]


def test_readers_without_a_kernel_are_told_where_all_of_it_stands(book):
    assert (
        "docs/verdicts.md" in repr(book._text)
        and f"{len(registry.tested())} readings of {len(readings())}" in book._text
    )


def test_a_course_that_has_been_moved_costs_the_links_and_nothing_else(tmp_path):
    text = page(show_book(tmp_path))
    assert ids(text) and "<a href" not in text
