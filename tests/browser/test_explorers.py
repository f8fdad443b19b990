"""Sliders, goals and further controls of an explorer, in a real Chromium."""

import re

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.xdist_group("browser")]

LESSON = "course/1_exchange/01_swaps.ipynb"

#: Writes down what the plot of an explorer does from the arrival of new data on.
WATCH = """(canvas) => {
  const plot = [...Bokeh.index].find((view) => view.repaint && canvas.contains(view.el));
  const log = window.steps = [];
  const watch = (object, name, before, after) => {
    const old = object[name];
    object[name] = function (...given) {
      before();
      const result = old.apply(this, given);
      after?.();
      return result;
    };
  };
  const other = new MessageChannel();
  other.port1.onmessage = () => log.push("another task");
  watch(plot.model.document, "apply_json_patch", () => { log.push("data"); other.port2.postMessage(null); });
  watch(plot, "_paint_primary", () => log.push("painting"), () => log.push("painted"));
  for (const { position } of plot.computed_renderer_views) watch(position, "_update", () => log.push("place written"));
}"""


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


def test_a_key_repaints_the_plot_once_before_any_other_task_and_writes_no_style_while_it_paints(open_lesson):
    """What would keep a reader waiting: the plot in line behind other tasks, painted twice, styles worked out anew."""
    lesson = open_lesson(LESSON)
    explorer = lesson.page.locator(".defi-explorer").first
    explorer.locator(".noUi-handle").first.focus()
    sentence = lesson.sentence()
    lesson.page.keyboard.press("ArrowRight")  # shows the ghosts of the start, once
    lesson.wait_until_said_other_than(sentence)
    explorer.locator(".defi-canvas").evaluate(WATCH)
    for _ in range(3):
        sentence = lesson.sentence()
        lesson.page.keyboard.press("ArrowRight")
        lesson.wait_until_said_other_than(sentence)
        lesson.page.wait_for_timeout(300)
        steps = lesson.page.evaluate("window.steps.splice(0)")
        assert steps[:3] == ["data", "painting", "painted"]
        assert steps.count("painting") == 1 and steps[-1] == "another task"
        assert set(steps[3:-1]) <= {"place written"}
    assert lesson.errors == []
