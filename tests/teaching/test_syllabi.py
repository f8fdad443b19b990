"""Syllabi name lessons that are there, with their minutes; the guide's pages name each other."""

import posixpath
import re

import pytest

from defi_lib.course import contents
from tools.architecture import ROOT

GUIDE = ROOT / "docs/teaching"
TEXT = (GUIDE / "syllabi.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (.+?) \| (.+?) \| (\d+) \| (.+?) \| (\d+) \| .+ \|$", TEXT, re.MULTILINE)
PAGES = {page.path: page for page in [*contents.lessons(ROOT), *contents.labs(ROOT)]}


def pages(cell):
    found = re.findall(r"\[([\d.]+)\]\(\.\./\.\./([^)]+)\)", cell)
    assert all(PAGES[path].number == number for number, path in found), cell
    return [PAGES[path] for _, path in found]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_minutes_are_the_sums_of_the_notebooks(row):
    _, lessons, reading, labs, working = row
    for cell, minutes in ((lessons, reading), (labs, working)):
        assert sum(page.minutes for page in pages(cell)) == int(minutes)


def test_each_plan_fits_its_time():
    weeks = [row for row in ROWS if row[0].startswith("Week ")]
    assert [row[0] for row in weeks] == [f"Week {number}" for number in range(1, 14)]
    assert all(int(row[2]) <= 90 for row in [*weeks, *(row for row in ROWS if row[0] in "The lecture 1 2 3 4 5 6")])
    assert {page.number[0] for row in weeks for page in pages(row[1])} == set("012345678")


def test_a_lab_comes_no_sooner_than_a_lesson_that_it_belongs_to():
    for plan in TEXT.split("\n## ")[1:]:
        known = set()
        for row in re.findall(r"^\| .+ \|$", plan, re.MULTILINE):
            found = pages(row)
            known |= {page.path for page in found if page.path.startswith("course/")}
            for lab in (page for page in found if page.path.startswith("labs/")):
                belongs = re.findall(r"\((?:\.\./)+(course/[^)]+)\)", contents.first_cell(ROOT, lab).split("About")[0])
                assert known & set(belongs), (row[:20], lab.number)


def test_what_a_plan_leaves_out_of_what_its_lessons_need_stands_below_it():
    numbers = {path: page.number for path, page in PAGES.items()}
    for plan in TEXT.split("\n## ")[1:]:
        known, needed = set(), set()
        for row in re.findall(r"^\| .+ \|$", plan, re.MULTILINE):
            for lesson in (page for page in pages(row) if page.path.startswith("course/")):
                line = re.search(r"^\*\*You need\*\* .+", contents.first_cell(ROOT, lesson), re.MULTILINE)
                found = re.findall(r"\]\(([^)]+\.ipynb)\)", line[0] if line else "")
                paths = {posixpath.normpath(posixpath.join(posixpath.dirname(lesson.path), path)) for path in found}
                needed |= {(numbers[path], lesson.number) for path in paths - known}
                known.add(lesson.path)
        below = re.search(r"^\*\*Needed, and not in the plan before\*\*: (.+)\.$", plan, re.MULTILINE)
        said = re.findall(r"(\[[\d.]+\]\([^)]+\)) for ([\d.]+)", below[1] if below else "")
        assert sorted((pages(link)[0].number, lesson) for link, lesson in said) == sorted(needed), plan[:20]


def test_every_page_of_the_guide_is_linked_from_its_first():
    index = (GUIDE / "README.md").read_text(encoding="utf-8")
    missing = [str(page.relative_to(GUIDE)) for page in GUIDE.rglob("*.md") if page.name != "README.md"]
    assert [page for page in missing if f"]({page})" not in index] == []


def test_discussion_has_two_questions_a_module_each_with_what_a_good_answer_contains():
    parts = (GUIDE / "discussion.md").read_text(encoding="utf-8").split("\n## ")[1:]
    assert [part[0] for part in parts] == list("12345678")
    for part in parts:
        assert len(re.findall(r"^\*\*.+?\*\*", part, re.MULTILINE)) == 2 == part.count("*A good answer*"), part[:20]


def test_what_a_version_changed_is_said_of_every_version():
    versions = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    said = re.findall(r"^## (\d+\.\d+\.\d+)", (GUIDE / "releases.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert said == versions
