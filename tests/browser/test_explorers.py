"""Sliders, goals and further controls of an explorer, in a real Chromium."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.xdist_group("browser")]

LESSON = "course/1_exchange/01_swaps.ipynb"


def test_a_typed_number_is_taken_as_it_is_and_a_wrong_one_is_said(open_lesson):
    lesson = open_lesson(LESSON)
    explorer = lesson.page.locator(".defi-explorer").first
    readout = explorer.locator(".widget-slider .widget-readout").first
    for typed, shown in (("50", "$50"), ("1,234.5", "$1,234.5")):
        sentence = lesson.sentence()
        readout.click()
        lesson.page.keyboard.type(typed)
        lesson.page.keyboard.press("Enter")
        lesson.wait_until_said_other_than(sentence)
        assert readout.text_content() == shown
    assert "$1,234" in lesson.sentence() or "$1,235" in lesson.sentence()
    readout.click()
    lesson.page.keyboard.type("5")
    lesson.page.keyboard.press("Enter")
    explorer.locator(".defi-error", has_text="allowed range").wait_for(timeout=10_000)
    assert readout.text_content() == "$1,234.5"
    assert lesson.errors == []


def test_further_controls_open_and_a_goal_is_ticked(open_lesson):
    lesson = open_lesson(LESSON)
    explorer = lesson.page.locator(".defi-explorer").first
    hidden = explorer.get_by_text("Fee of the exchange (%)")
    assert not hidden.is_visible()
    explorer.locator("button", has_text=re.compile("More")).click()
    hidden.wait_for(state="visible", timeout=10_000)
    assert "Goal:" in explorer.locator(".defi-goals").text_content()
    sentence = lesson.sentence()
    explorer.locator(".defi-scenarios button", has_text="A low-fee pool").click()
    lesson.wait_until_said_other_than(sentence)
    readout = explorer.locator(".widget-slider .widget-readout").first
    readout.click()
    lesson.page.keyboard.type("500")
    lesson.page.keyboard.press("Enter")
    explorer.locator(".defi-goals", has_text="Goal reached:").wait_for(timeout=10_000)
    assert lesson.errors == []
