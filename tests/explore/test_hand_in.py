"""What a reader hands in, driven without a browser: seen as it is, chosen, saved."""

import base64
import json
import re
from pathlib import Path

import pytest

from defi_lib import progress
from defi_lib.explore import bet, hand_in, predict, quiz
from defi_lib.explore.handing_in import NOTHING, OFF, HandIn
from defi_lib.explore.my_progress import ProgressPage
from defi_lib.explore.questions import prediction, questions_of, quizzes
from defi_lib.progress.handing_in import PROMISE, read

COURSE = Path(__file__).resolve().parents[2] / "course"


@pytest.fixture
def here(own_progress, monkeypatch):
    monkeypatch.setattr(prediction, "_kept", {})
    monkeypatch.setattr(quizzes, "_first_tries", {})
    return own_progress


@pytest.fixture
def answered(here):
    asked = quiz("3.9")
    (first, *_) = questions_of("3.9")
    asked.answer(1, next(option for option in first.options if option != first.answer))
    asked.answer(1, first.answer)
    predict("How much?", lesson="1.1", high=20).commit("5")
    bet("P14b", lesson="3.9").commit({"answer": "True", "sure": 80, "turns": "None of these"})
    return hand_in()


def file_of(page):
    """What the link saves."""
    content = re.search(r"base64,([^\"]+)", page._keep.value)[1]
    return base64.b64decode(content)


def test_where_no_progress_is_kept_there_is_one_sentence():
    shown = hand_in()
    assert NOTHING in shown.data and NOTHING in repr(shown) and "<" not in repr(shown)


def test_the_shipped_page_shows_the_empty_state():
    cells = json.loads((COURSE / "my_progress.ipynb").read_text(encoding="utf-8"))["cells"]
    cell = next(cell for cell in cells if "hand_in()" in "".join(cell["source"]))
    assert cell["metadata"]["jupyter"]["source_hidden"] and OFF in "".join(cell["outputs"][0]["data"]["text/html"])


def test_nothing_yet(here):
    page = hand_in()
    assert isinstance(page, HandIn) and NOTHING in page.said.value and page.records == {}
    assert page._keep.layout.display == page._chooser.layout.display == "none"


def test_what_is_seen_is_what_is_saved_and_says_what_happens_to_it(answered):
    assert list(answered.lessons) == ["1.1", "3.9"]
    assert "3 answers" in answered.said.value and PROMISE in answered.children[1].value
    records, unread = read(file_of(answered))
    assert records == answered.records and unread == 0
    first = questions_of("3.9")[0]
    entry = records["quiz"]["3.9"][first.id]
    assert entry["first"] is False and entry["chosen"] != first.answer
    for seen in (first.text(), entry["chosen"], "first try wrong", "5 %", "True", "80"):
        assert seen in answered._shown.value.replace("&#x27;", "'")
    assert (
        "day" not in records["prediction"]["1.1"]["prediction"] and 'download="my_answers.json"' in answered._keep.value
    )


def test_parts_lessons_and_days_are_left_out_or_put_in(answered):
    answered.parts["quizzes"].value = False
    assert "quiz" not in read(file_of(answered))[0] and "first try" not in answered._shown.value
    answered.lessons["1.1"].value = False
    assert list(read(file_of(answered))[0]["prediction"]) == ["3.9"]
    answered.days.value = True
    assert "day" in read(file_of(answered))[0]["prediction"]["3.9"]["P14b"] and "202" in answered._shown.value
    answered._none.click()
    assert "Nothing is chosen" in answered.said.value and answered._keep.value == answered._shown.value == ""
    answered._all.click()
    assert list(answered.records["prediction"]) == ["1.1", "3.9"]


def test_what_was_left_out_stays_out_when_more_is_answered(answered):
    answered.lessons["1.1"].value = False
    progress.record("quiz", "start", "a", first=True)
    answered.refresh()
    assert {lesson: tick.value for lesson, tick in answered.lessons.items()} == {
        "start": True,
        "1.1": False,
        "3.9": True,
    }
    assert answered.lessons["start"].description == "First page"


def test_what_is_deleted_can_no_longer_be_handed_in(answered):
    ProgressPage(COURSE)._forget()
    assert answered.records == {} and NOTHING in answered.said.value and answered._keep.value == ""


def test_a_loaded_file_brings_no_markup_into_the_page(here):
    evil = "<img src=x onerror=alert(1)>"
    progress.record("quiz", "1.1", "a", first=False, chosen=evil, asked=evil)
    progress.record("prediction", "1.1", "b", value=evil, answer=evil, unit=evil, asked=evil)
    shown = hand_in()._shown.value
    assert "<img" not in shown and "&lt;img" in shown


def test_a_number_is_kept_as_a_number(here):
    (place, question) = next(
        (place, each) for place, each in enumerate(questions_of("2.1"), start=1) if each.kind == "number"
    )
    quiz("2.1").answer(place, f"{question.answer:g} {question.unit}".replace(".", ","))
    entry = progress.load("quiz", "2.1")[question.id]
    assert entry["first"] is True and entry["chosen"] == question.answer
