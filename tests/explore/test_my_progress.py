"""The page My progress, driven without a browser."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from defi_lib import progress
from defi_lib.course.contents import lessons
from defi_lib.explore import my_progress, show_progress
from defi_lib.explore.my_progress import EMPTY, ProgressPage, tendencies
from defi_lib.explore.questions import questions_of

COURSE = Path(__file__).resolve().parents[2] / "course"


def text(page):
    return page._shown.outputs[0]["data"]["text/html"]


def test_where_no_progress_is_kept_there_is_one_sentence_and_no_button():
    shown = show_progress()
    assert EMPTY in shown.data and EMPTY in repr(shown) and "<" not in repr(shown)
    assert not isinstance(shown, ProgressPage)


def test_the_shipped_page_shows_the_empty_state():
    cells = json.loads((COURSE / "my_progress.ipynb").read_text(encoding="utf-8"))["cells"]
    (code,) = [cell for cell in cells if "show_progress()" in "".join(cell["source"])]
    assert code["metadata"]["jupyter"]["source_hidden"]
    assert "".join(code["outputs"][0]["data"]["text/html"]) == show_progress().data


def test_empty(own_progress):
    page = show_progress(COURSE)
    assert text(page).startswith(f"<p>{EMPTY}</p>") and str(own_progress) in text(page)
    assert page._keep.layout.display == page._delete.layout.display == "none"
    assert not own_progress.exists()


def test_what_was_done_is_shown_with_links(own_progress):
    for question in questions_of("1.1"):
        progress.record("quiz", "1.1", question.id, first=True, asked=question.text())
    progress.record("quiz", "1.2", "fees", first=False, asked="Who <pays>?", skill="Follow a fee")
    progress.record("prediction", "1.1", "cost", value=5.0, answer=1.28, unit="%", low=0, high=20, asked="How much?")
    progress.record("prediction", "1.1", "bet", value="yes", answer="no", asked="True today?")
    progress.record("lab", "1.1", "swap", points=1.5, out_of=2)
    shown = text(show_progress(COURSE))
    assert f"read <strong>1</strong> of {len(lessons(COURSE.parent))} lessons; 1 is begun" in shown
    assert '<a href="1_exchange/01_swaps.ipynb">1.1 Swaps</a>' in shown and "✓ read" in shown
    assert 'Go on with <a href="1_exchange/02_providing_liquidity.ipynb">' in shown
    assert "Who &lt;pays&gt;?" in shown and "(Follow a fee)" in shown
    assert "3.72 % too high" in shown.replace("\N{NO-BREAK SPACE}", " ") and "✗ not so" in shown
    assert 'href="../labs/1_exchange/01_swaps.ipynb"' in shown and "1.5 of 2" in shown
    assert "<td" + my_progress._LEFT + ">17</td>" in shown


def test_who_has_only_worked_on_a_lab_sees_no_empty_table_of_lessons(own_progress):
    progress.record("lab", "1.1", "swap", points=1.5, out_of=2)
    shown = text(show_progress(COURSE))
    assert "read <strong>0</strong> of" in shown and "Quiz, right at the first try" not in shown
    assert "1.5 of 2" in shown


def test_links_lead_to_files(own_progress):
    page = show_progress(COURSE)
    assert set(page._lessons) == set(my_progress.lessons()) and page._labs
    for each in (*page._lessons.values(), *page._labs.values()):
        assert (COURSE / my_progress._address(each.path)).exists()


def test_in_voila_a_lab_opens_where_it_can_be_worked_on(own_progress, monkeypatch):
    monkeypatch.setenv("VOILA_KERNEL_ID", "1")
    monkeypatch.setenv("VOILA_BASE_URL", "/base/")
    assert my_progress._address("labs/1_exchange/01_swaps.ipynb") == "/base/lab/tree/labs/1_exchange/01_swaps.ipynb"
    assert my_progress._address("course/1_exchange/01_swaps.ipynb") == "1_exchange/01_swaps.ipynb"


def test_a_lesson_that_somebody_has_damaged_costs_the_links_only(own_progress, tmp_path):
    (tmp_path / "course/1_exchange").mkdir(parents=True)
    (tmp_path / "course/1_exchange/01_swaps.ipynb").write_text("{")
    progress.record("lesson", "1.1", "begun")
    assert "1.1" in text(show_progress(tmp_path / "course"))


def test_elsewhere_there_are_numbers_without_links(own_progress, tmp_path):
    progress.record("lesson", "1.1", "begun")
    assert "<a href" not in text(show_progress(tmp_path)) and "1.1" in text(show_progress(tmp_path))


def upload(page, content):
    seen = {"name": "a.json", "type": "", "size": len(content), "last_modified": datetime.now(UTC)}
    page._load.value = ({**seen, "content": memoryview(content)},)


def test_save_load_and_delete(own_progress):
    progress.record("lab", "1.1", "swap", points=2, out_of=2)
    page = show_progress(COURSE)
    assert 'download="my_progress.json"' in page._keep.value
    copy = progress.saved().encode()
    page._ask()
    assert page._sure.layout.display == "" and "Delete everything" in page.said.value and own_progress.exists()
    page._spare()
    assert page._sure.layout.display == "none" and own_progress.exists()
    page._ask()
    page._forget()
    assert not own_progress.exists() and "Deleted" in page.said.value and EMPTY in text(page)
    upload(page, copy)
    assert "Loaded: 1 answer" in page.said.value and "2 of 2" in text(page) and page._load.value == ()
    upload(page, b"<b>")
    assert "no progress file" in page.said.value and "2 of 2" in text(page)


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(own_progress):
    own_progress.parent.write_text("no folder")
    assert "cannot be written on this machine" in text(show_progress(COURSE))


def test_a_file_from_elsewhere_brings_no_markup_into_the_page(own_progress):
    evil = "<img src=x onerror=alert(1)>"
    progress.record("prediction", "1.1", "a", value=evil, answer=evil, unit=evil, asked=evil)
    progress.record("prediction", "1.1", "b", value=1.0, answer=2.0, unit=evil, asked=evil)
    progress.record("quiz", "1.1", "c", first=False, asked=evil, skill=evil)
    assert "<img" not in text(show_progress(COURSE))


def numbers(*pairs):
    for place, (value, answer) in enumerate(pairs):
        progress.record("prediction", "1.1", f"n{place}", value=float(value), answer=float(answer), low=0, high=100)
    return " ".join(tendencies(progress.summary()))


def test_of_two_predictions_no_tendency_is_said(own_progress):
    said = numbers((50, 20), (60, 20))
    assert "0 of 2" in said and "tend" not in said and "too sure" not in said


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ([(50, 20), (60, 20), (70, 20)], "too high</strong> (3 of 3)"),
        ([(10, 20), (5, 20), (21, 20)], "too low</strong> (2 of 3)"),
        ([(10, 20), (30, 20), (20, 20)], "no clear direction"),
        ([(10, 20), (30, 20), (20, 20)], "sure of more than 1 of these 3"),
    ],
)
def test_direction_and_sureness(own_progress, pairs, words):
    assert words in numbers(*pairs)


@pytest.mark.parametrize(
    ("sure", "won", "words"),
    [
        (0.9, (True, False, False), "90\N{NO-BREAK SPACE}%</strong> sure on average, and you won <strong>1</strong>: "
         "you were <strong>too sure</strong>"),
        (0.6, (True, True, True), "you know <strong>more than you think</strong>"),
        (0.7, (True, True, False), "you know well how much you know"),
        (0.9, (False, False), "so few bets say little yet"),
    ],
)  # fmt: skip
def test_bets_on_verdicts_show_who_is_too_sure(own_progress, sure, won, words):
    for place, right in enumerate(won):
        answer = "True" if right else "Not true"
        progress.record("prediction", "1.2", f"P{place}a", value="True", answer=answer, sure=sure)
    assert words in " ".join(tendencies(progress.summary()))
    assert "sure)" in text(show_progress(COURSE))


@pytest.mark.parametrize("sure", [-0.1, 1.1, float("nan"), True])
def test_how_sure_somebody_is_is_a_part(own_progress, sure):
    with pytest.raises(ValueError, match="sure = "):
        progress.record("prediction", "1.2", "P6c", value="True", answer="True", sure=sure)
