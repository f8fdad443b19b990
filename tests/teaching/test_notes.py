"""Speaker notes: every lesson has them, they say nothing wrong, and an instructor's own words come first."""

from itertools import pairwise

import pytest

from defi_lib.course import contents, reading
from defi_lib.explore.questions.quizfile import questions_of
from defi_lib.teaching.lecture import notes as module
from defi_lib.teaching.lecture.lesson import ROOT, Lesson, lesson
from defi_lib.teaching.lecture.notes import misconceptions, notes

PAGES = contents.lessons(ROOT)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.number)
def test_every_lesson_has_notes(page):
    parts = notes(Lesson(page))
    remarks = [remark for part in parts for remark in part.remarks]
    assert parts[0].title == page.title and len(parts) >= 7
    assert sum(part.minutes for part in parts) == pytest.approx(page.minutes)
    assert all(before.start + before.minutes == pytest.approx(after.start) for before, after in pairwise(parts))
    assert remarks[0].kind == "Ask" and len(remarks[0].text) > 20
    assert sum(remark.kind == "Many think" for remark in remarks) >= 3
    assert all(remark.text.strip() and "<" not in remark.text for remark in remarks)


def test_scenarios_are_found_wherever_they_are_written():
    swaps = lesson("1.1")  # a name of an earlier cell
    assert swaps.scenarios(swaps.section("Explore"))[0] == "50 dollars, busy day"
    for page in PAGES:
        of = Lesson(page)
        for section in of.sections:
            calls = [call for block in section.blocks for call in block.calls("explore")]
            written = any(keyword.arg == "scenarios" for call in calls for keyword in call.keywords)
            assert bool(of.scenarios(section)) == written


def test_no_right_answer_is_called_a_misconception():
    for page in PAGES:
        for question in questions_of(Lesson(page).quiz):
            said = [remark.more for remark in misconceptions(question)]
            assert not [each for each in said if each.startswith("Right")]
            assert len(set(said)) >= len(said) - 1


def test_own_words_come_first_and_their_minutes_count(tmp_path):
    (tmp_path / "1.1.toml").write_text(
        '[[parts]]\npart = "The mechanism"\nminutes = 10\nsay = "Two heaps."\nask = "What else?"\n', encoding="utf-8"
    )
    parts = notes(lesson("1.1"), tmp_path)
    here = next(part for part in parts if part.title == "The mechanism")
    assert here.minutes == 10 and [tuple(remark)[:2] for remark in here.remarks[:2]] == [
        ("Say", "Two heaps."),
        ("Ask", "What else?"),
    ]
    assert sum(part.minutes for part in parts) == pytest.approx(20)


@pytest.mark.parametrize(
    "text, message",
    [
        ("[[parts", "cannot be read"),
        ("minutes = 3", r"nothing but \[\[parts\]\]"),
        ("parts = 3", r"nothing but \[\[parts\]\]"),
        ('[[parts]]\nsay = "a"', "part = '' begins no title"),
        ('[[parts]]\npart = "Explain"', "part = 'Explain' begins no title of the lesson: these are 'Swaps"),
        ('[[parts]]\npart = "Predict"\ntell = "a"', "tell = 'a': allowed are words for say, ask"),
        ('[[parts]]\npart = "Predict"\nask = 3', "ask = 3: allowed"),
        ('[[parts]]\npart = "Predict"\nminutes = 0', "minutes = 0: allowed"),
        ('[[parts]]\npart = "Predict"\nminutes = 21', "more in all than the 20"),
    ],
)
def test_own_words_that_cannot_be_used_are_refused(tmp_path, text, message):
    (tmp_path / "1.1.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        notes(lesson("1.1"), tmp_path)


def test_own_words_belong_to_a_lesson():
    numbers = {page.number for page in PAGES}
    assert {file.stem for file in module.FOLDER.glob("*.toml")} <= numbers


def test_no_such_lesson():
    with pytest.raises(ValueError, match=r"lesson = '9.9': allowed is one of 0, 1.1"):
        lesson("9.9")


def test_a_copy_without_what_instructors_use_has_no_notes(monkeypatch):
    assert reading.has_notes()
    monkeypatch.setattr(reading, "find_spec", lambda name: None)
    assert not reading.has_notes()
