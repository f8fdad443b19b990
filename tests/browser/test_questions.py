"""Predictions and quizzes as readers use them in JupyterLab."""

import json

import pytest

from tests.browser.conftest import OPEN, Watched
from tools.browser import run_all_cells, scroll_to, server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LESSON = "course/1_exchange/01_swaps.ipynb"
ENTRY = ".defi-entry input[type=text]"


@pytest.mark.thorough
def test_a_prediction_takes_what_people_type(open_lesson):
    lesson = open_lesson(LESSON)
    page = lesson.page
    scroll_to(page, ENTRY)
    entry, note = page.locator(ENTRY), page.locator(".defi-question [role=status]").first
    assert entry.input_value() == "" and "from 0 to 20 %" in page.locator(".defi-number").inner_text()

    def enter(text):
        entry.fill("")
        entry.type(text)
        entry.press("Enter")

    for wrong in ("", "abc", "1e999", "-5", "250", "50%"):
        enter(wrong)
        page.wait_for_function(
            "() => document.querySelector('.defi-entry input').getAttribute('aria-invalid') === 'true'"
        )
        note.get_by_text("write a number from 0 to 20 %").wait_for(timeout=10_000)
        assert entry.is_enabled()
    enter("0,5")
    page.get_by_text("You said 0.5 %").first.wait_for(timeout=10_000)
    assert entry.is_disabled()
    page.get_by_text("The answer is 1.28 %", exact=False).first.wait_for(timeout=10_000)

    page.get_by_role("button", name="Change my answer once").click()
    page.wait_for_function("() => !document.querySelector('.defi-entry input').disabled")
    assert entry.evaluate("e => e === document.activeElement") and entry.input_value() == "0,5"
    enter("0.7 %")
    page.get_by_text("You said 0.7 %").first.wait_for(timeout=10_000)
    assert page.locator(".defi-again:visible").count() == 0

    page.locator(".jp-CodeCell", has=page.locator(ENTRY)).locator(".jp-OutputPrompt, .jp-InputPrompt").first.click()
    page.keyboard.press("Control+Enter")
    page.wait_for_function("() => document.querySelector('.defi-entry input')?.disabled === false")
    enter("3")
    compared = page.locator(".defi-question", has_text="The answer is").first
    compared.get_by_text("You said 3 %").wait_for(timeout=10_000)
    assert lesson.errors == [] and lesson.strayed == []


@pytest.mark.thorough
def test_after_run_all_the_answer_waits_for_the_commitment(chrome, course, own_progress):
    with server("jupyterlab", *OPEN, directory=course, probe="lab") as address:
        page = chrome.new_page(viewport={"width": 1280, "height": 900})
        lesson = Watched(page, address)
        page.goto(f"{address}lab/tree/{LESSON}?reset")
        run_all_cells(page)
        scroll_to(page, ".defi-question >> text=This gives the answer away")
        assert page.get_by_text("1.2842%").count() == 0
        scroll_to(page, ENTRY)
        page.locator(ENTRY).fill("0,5")
        page.locator(ENTRY).press("Enter")
        scroll_to(page, "text=1.2842%")
        answered = page.locator(".jp-CodeCell", has_text="cost with fee")
        assert answered.get_by_text("This gives the answer away").count() == 0
        assert lesson.errors == [] and lesson.strayed == []
        page.close()


@pytest.mark.thorough
def test_a_quiz_is_shuffled_and_counts_first_tries(open_lesson):
    lesson = open_lesson(LESSON)
    page = lesson.page
    scroll_to(page, ".defi-question >> text=It falls to a tenth")
    groups = page.locator(".jp-CodeCell", has_text="A pool is made ten times as deep").locator(".defi-options")
    assert groups.count() == 3
    assert all(
        group.get_attribute("role") == "radiogroup" and group.get_attribute("aria-label") for group in groups.all()
    )
    names = [group.locator("input").first.get_attribute("name") for group in groups.all()]
    assert len(set(names)) == 3, "one stop of the Tab key for each question"
    groups.nth(0).locator("label", has_text="It falls to a tenth").click()
    page.get_by_text("Right at the first try: 0 of 3 (2 still to answer).").wait_for(timeout=10_000)
    groups.nth(0).locator("label", has_text="It stays as it was").click()
    page.get_by_text("Right: it is the fee.").first.wait_for(timeout=10_000)
    groups.nth(1).locator("input").first.focus()
    page.keyboard.press("ArrowDown")  # chooses, and is no command to the notebook
    page.get_by_text("of 3 (1 still to answer).").wait_for(timeout=10_000)
    groups.nth(2).locator("label", has_text="three tenths of a per cent").click()
    page.get_by_text("Right at the first try: ").filter(has_text="of 3.").first.wait_for(timeout=10_000)
    assert lesson.errors == [] and lesson.strayed == []


OTHER_KINDS = """
from defi_lib.explore.questions import Quiz
from defi_lib.explore.questions.quizfile import parsed
words = {"skill": "x", "right": "Right: so it is.", "wrong": "No: think again."}
number = {"id": "n", "kind": "number", "question": "How much?", "answer": 2.7, "tolerance": 0.01, "unit": "%"}
order = {"id": "o", "kind": "order", "question": "What comes first?", "items": ["one", "two", "three"]}
Quiz(parsed({"questions": [number | words, order | words]}, "here"))
"""


def test_numbers_and_orders_in_voila(chrome, course, lab):
    cell = {"cell_type": "code", "id": "a", "metadata": {}, "outputs": [], "execution_count": None}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    notebook = {"cells": [cell | {"source": OTHER_KINDS}], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (course / "course/kinds.ipynb").write_text(json.dumps(notebook))
    page = chrome.new_page()
    lesson = Watched(page, lab)
    page.goto(f"{lab}voila/render/course/kinds.ipynb")
    page.locator(ENTRY).fill("2,7 %", timeout=90_000)
    page.locator(ENTRY).press("Enter")
    page.get_by_text("Right: so it is.").first.wait_for(timeout=10_000)
    items = page.locator(".defi-order li")
    for place, item in enumerate(("one", "two", "three")):
        while items.nth(place).locator("span").inner_text() != item:
            page.get_by_role("button", name=f"{item}: earlier").press("Enter")
    page.get_by_role("button", name="Check").nth(1).click()
    page.get_by_text("Right at the first try: 2 of 2.").wait_for(timeout=10_000)
    (course / "course/kinds.ipynb").unlink()
    assert lesson.errors == [] and lesson.strayed == []
    page.close()
