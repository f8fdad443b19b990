"""Keys stay where they are pressed: none that is pressed in our controls is a command of the notebook's."""

import pytest

from tools.browser import scroll_to

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.xdist_group("browser")]

LESSON = "course/1_exchange/01_swaps.ipynb"
COMMANDS = ["x", "d", "d", "m", "a", "b", "c", "v", "z", "0", "0", "i", "i", "Shift+m", "r", "1", "Enter"]
ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]


def by_focus(selector):
    def press(page):
        page.locator(selector).first.focus()

    return press


def by_mouse(selector, **where):
    def press(page):
        page.locator(selector).first.click(force=True, **where)

    return press


CONTROLS = {
    "slider": by_focus(".defi-explorer .noUi-handle"),
    "slider's track": by_mouse(".defi-explorer .noUi-base", position={"x": 20, "y": 1}),
    "slider's label": by_mouse(".defi-explorer .widget-slider .widget-label"),
    "readout": by_focus(".defi-explorer .widget-readout"),
    "list": by_focus(".defi-explorer select"),
    "button": by_focus(".defi-scenarios button"),
    "pressed button": by_mouse(".defi-scenarios button"),
    "plot": by_mouse(".defi-explorer .defi-canvas"),
    "sentence": by_mouse(".defi-explorer .defi-say"),
    "number": by_focus(".defi-question input:not([type=radio])"),
    "option": by_focus(".defi-question input[type=radio]"),
}


def notebook(page):
    """What a key must not change: how many cells of which kind there are, and no dialog."""
    return page.evaluate(
        """() => {
          const cells = [...document.querySelector(".jp-Notebook").querySelectorAll(".jp-Cell")];
          const kinds = ["jp-CodeCell", "jp-MarkdownCell", "jp-RawCell"];
          return [kinds.map((kind) => cells.filter((c) => c.classList.contains(kind)).length),
                  cells.findIndex((c) => c.classList.contains("jp-mod-active")),
                  document.querySelectorAll(".jp-Dialog").length];
        }"""
    )


@pytest.fixture(scope="module")
def lesson(open_lesson_once):
    return open_lesson_once(LESSON)


@pytest.mark.parametrize("control", CONTROLS)
def test_no_key_in_a_control_reaches_the_notebook(lesson, control):
    page = lesson.page
    scroll_to(page, ".defi-question" if control in {"number", "option"} else ".defi-explorer .defi-canvas .bk-Figure")
    CONTROLS[control](page)
    before = notebook(page)
    for key in COMMANDS + ARROWS:
        page.keyboard.press(key)
        page.wait_for_timeout(30)
    page.wait_for_timeout(300)
    assert notebook(page) == before
    assert page.evaluate("() => !!document.activeElement.closest('.defi-explorer, .defi-question')")


def test_tab_goes_on_escape_is_harmless_and_the_notebook_can_still_be_saved(lesson):
    page = lesson.page
    scroll_to(page, ".defi-explorer .defi-canvas .bk-Figure")
    handle = page.locator(".defi-explorer .noUi-handle").first
    handle.focus()
    seen = []
    for _ in range(3):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("() => document.activeElement.className || document.activeElement.tagName"))
    assert len(set(seen)) > 1 and all(seen)
    before = notebook(page)
    page.keyboard.press("Escape")
    assert notebook(page) == before
    handle.focus()
    with page.expect_request(lambda request: request.method == "PUT" and "api/contents" in request.url):
        page.keyboard.press("Control+s")
    value = handle.get_attribute("aria-valuetext")
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "old => document.querySelector('.defi-explorer .noUi-handle').getAttribute('aria-valuetext') !== old", arg=value
    )
