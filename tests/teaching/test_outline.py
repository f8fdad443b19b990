"""The outline says what the notebooks say."""

import json

import pytest

from defi_lib.course import contents
from defi_lib.course.contents import Page, words_and_acts
from defi_lib.teaching.__main__ import main as command
from defi_lib.teaching.outline import PAGE, ROOT, head, hours, pace, page, relinked
from tests.support.links import broken

CELL = """# A lesson

**Claims tested:** P2 (cheaper), X11.

**You will be able to**
- say one thing, in
  two lines;
- say another.

**You need** [swaps](../1_exchange/01_swaps.ipynb) and
[a word](../glossary.md#word).

## The puzzle
"""


def test_the_page_is_as_the_notebooks_are():
    assert (ROOT / PAGE).read_text(encoding="utf-8") == page(), "run make outline and commit"


def test_every_lesson_and_lab_stands_in_it_once_and_its_links_lead_somewhere():
    text = page()
    for each in [*contents.lessons(ROOT)[1:], *contents.labs(ROOT)]:
        assert text.count(f"| [{each.number} ") >= 1
        assert text.count(f"../../{each.path}) | {each.minutes} |") == 1, each.path
    assert broken(ROOT / PAGE) == []


def test_sums_are_those_of_all_notebooks():
    read, work = contents.lessons(ROOT), contents.labs(ROOT)
    reading, working = (hours(sum(each.minutes for each in pages)) for pages in (read, work))
    points = sum(each.points for each in work)
    assert f"| **All** | {len(read)} | {reading} | {len(work)} | {working} | {points} |" in page()


def test_a_lesson_head_is_read_with_its_links():
    said = head(CELL, "course/2_lending/03_the_loop.ipynb")
    assert said.outcomes == ["say one thing, in two lines", "say another"]
    assert said.needs == "[swaps](../../course/1_exchange/01_swaps.ipynb) and [a word](../../course/glossary.md#word)"
    assert said.claims == ["P2", "X11"]


def test_a_lesson_may_test_no_claim_but_must_teach_and_need_something():
    assert head(CELL.replace("**Claims tested:**", "Claims:"), "course/1_a/01_b.ipynb").claims == []
    for part in ("**You will be able to**", "**You need**"):
        with pytest.raises(ValueError, match=r"course/1_a/01_b\.ipynb does not say"):
            head(CELL.replace(part, "…"), "course/1_a/01_b.ipynb")


def test_a_link_to_the_web_stays_as_it_is():
    assert relinked("[a](https://a.org/b)", "course/1/2.ipynb", PAGE) == "[a](https://a.org/b)"


def test_words_and_acts_are_counted(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["one two\n", "three explore("]},
        {"cell_type": "code", "source": ["guess = predict(1)\n", "quiz('1')"]},
    ]
    (tmp_path / "a.ipynb").write_text(json.dumps({"cells": cells}))
    lesson = Page("1.1", "A", 4, "a.ipynb")
    assert words_and_acts(tmp_path, lesson) == (4, 2)
    assert pace(tmp_path, lesson) == (4 + 2 * 150) / 4


def test_the_command_prints_writes_and_says_what_it_cannot(tmp_path, capsys):
    assert command(["outline"]) == 0
    assert capsys.readouterr().out == page()
    assert command(["outline", str(tmp_path / "outline.md")]) == 0
    assert (tmp_path / "outline.md").read_text(encoding="utf-8") == page()
    assert command(["outline", str(tmp_path)]) == 1
    assert "cannot be written" in capsys.readouterr().err
