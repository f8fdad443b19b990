"""What there is to read, as the notebooks say it."""

import json
from pathlib import Path

import pytest

from defi_lib.course import contents

ROOT = Path(__file__).resolve().parents[2]
LESSONS, LABS = contents.lessons(ROOT), contents.labs(ROOT)


def test_every_notebook_is_found_once():
    for folder, pages in (("course", LESSONS), ("labs", LABS)):
        files = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / folder).glob("[0-9]*/*.ipynb"))
        assert [page.path for page in pages if page.number != "0"] == files
    assert LESSONS[0].path == "course/00_start_here.ipynb"


@pytest.mark.parametrize("page", [*LESSONS, *LABS], ids=lambda page: page.path)
def test_every_page_says_its_title_and_its_minutes(page):
    assert page.title and 10 <= page.minutes <= 120
    assert not page.title.endswith(".ipynb")


@pytest.mark.parametrize("page", LABS, ids=lambda page: page.path)
def test_a_lab_says_the_points_of_its_questions(page):
    cells = json.loads((ROOT / page.path).read_text(encoding="utf-8"))["cells"]
    assert page.points == sum(cell["metadata"].get("nbgrader", {}).get("points", 0) for cell in cells) > 0


def test_modules_have_the_names_of_their_folders():
    folders = {path.name for path in (ROOT / "course").glob("[0-9]_*")}
    assert folders <= {f"{module.number}_{module.title.lower()}" for module in contents.modules(ROOT)}
    assert sum(len(module.lessons) for module in contents.modules(ROOT)) == len(LESSONS) - 1
    assert sum(len(module.labs) for module in contents.modules(ROOT)) == len(LABS)


def test_ways_through_keep_their_promise():
    minutes = {page.number: page.minutes for page in LESSONS}
    assert len(contents.TWO_HOURS) == 6
    assert 90 <= contents.two_hours(ROOT, LESSONS) <= 120
    first_lab = LABS[0].minutes
    assert 480 <= contents.ten_hours(LESSONS) <= 600 - first_lab
    assert contents.ten_hours(LESSONS) == pytest.approx(sum(minutes[number] for number in contents.TEN_HOURS), abs=3)
    assert set(contents.TWO_HOURS) <= set(contents.TEN_HOURS)


def test_the_first_page_links_every_lesson_by_its_name():
    notebook = json.loads((ROOT / LESSONS[0].path).read_text(encoding="utf-8"))
    text = "".join("".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    missing = [page.number for page in LESSONS[1:] if f"[{page.name}]({page.path.removeprefix('course/')})" not in text]
    assert missing == []


@pytest.mark.parametrize("module", contents.modules(ROOT), ids=lambda module: module.title)
def test_the_map_of_the_first_page_has_every_module_whole(module):
    lessons = " · ".join(f"[{page.name}]({page.path.removeprefix('course/')})" for page in module.lessons)
    labs = " · ".join(f"[{page.number}](../{page.path})" for page in module.labs)
    row = f"| **{module.number} {module.title}**: {module.about} | {lessons} | {labs} |"
    notebook = json.loads((ROOT / LESSONS[0].path).read_text(encoding="utf-8"))
    assert [f"{row}\n"] == [line for line in notebook["cells"][-1]["source"] if line.startswith(row[:6])]


def test_the_first_part_of_a_lesson_is_what_the_first_way_says(tmp_path):
    cells = [("markdown", "# A lesson\n\nAbout 30 minutes, " + "one " * 45)]
    cells += [("markdown", "## Explore: a\n\n" + "two " * 47), ("code", "explore(\n    f)")]
    cells += [("markdown", "## Explore: b\n\n" + "three " * 597), ("code", "predicted = 1")]
    cells += [("markdown", "## The verdict\n\n" + "four " * 47), ("markdown", "## Next\n\n" + "five " * 98)]
    words = json.dumps({"cells": [{"cell_type": kind, "source": [source]} for kind, source in cells]})
    (tmp_path / "course/1_x").mkdir(parents=True)
    (tmp_path / "course/1_x/01_a.ipynb").write_text(words)
    (lesson,) = contents.lessons(tmp_path)
    whole = sum(len(source.split()) for kind, source in cells if kind == "markdown") + 150
    assert contents._first_part(tmp_path, lesson) == pytest.approx((51 + 50 + 150 + 50) / whole, abs=0.01)


def test_what_is_not_there_takes_no_time(tmp_path):
    assert contents.two_hours(tmp_path, []) == contents.ten_hours([]) == 0


def test_neighbours():
    first, second, *_, last = LESSONS
    assert contents.neighbours(first.path, LESSONS) == (None, second)
    assert contents.neighbours(last.path, LESSONS) == (LESSONS[-2], None)
    assert contents.neighbours("course/other.ipynb", LESSONS) == (None, None)
