"""The first lesson as its reader uses it, in a real Chromium."""

from itertools import product

import pytest

from tests.browser.conftest import FIGURE, Watched
from tools.browser import ROOT, run_all_cells, scroll_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LESSON = "course/1_exchange/01_swaps.ipynb"
#: The first lesson of every other module.
MODULES = [folder for folder in sorted(ROOT.glob("course/[2-9]_*")) if list(folder.glob("*.ipynb"))]
OTHERS = [str(min(folder.glob("*.ipynb")).relative_to(ROOT)) for folder in MODULES]
SCREENSHOTS = ROOT / "screenshots"


def drag(page, handle, by):
    handle.scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 11):
        page.mouse.move(x + by * step / 10, y)
    page.mouse.up()


def test_plot_and_sentence_follow_mouse_and_keys(open_lesson):
    lesson = open_lesson(LESSON)
    page = lesson.page
    handle = page.locator(".defi-explorer .noUi-handle").first
    for move in (lambda: drag(page, handle, 40), lambda: handle.press("ArrowLeft"), lambda: handle.press("Home")):
        plotted, sentence = lesson.plotted(), lesson.sentence()
        assert plotted and all(len(columns) > 0 for columns in plotted)
        move()
        lesson.wait_until_said_other_than(sentence)
        lesson.wait_until_plotted_other_than(plotted)
    assert page.locator(".defi-error:visible").count() == 0
    assert lesson.errors == []
    assert lesson.strayed == []


@pytest.mark.thorough
@pytest.mark.parametrize("path", OTHERS)
def test_a_plot_follows_in_every_module(open_lesson, path):
    lesson = open_lesson(path)
    plotted, sentence = lesson.plotted(), lesson.sentence()
    handles = lesson.page.locator(".defi-explorer").first.locator(".noUi-handle:visible").all()
    for handle, key in product(handles, ("End", "Home")):  # not each slider changes what is said
        handle.press(key)
        lesson.page.wait_for_timeout(1_500)
        if lesson.sentence() != sentence:
            break
    lesson.wait_until_said_other_than(sentence)
    lesson.wait_until_plotted_other_than(plotted)
    assert lesson.page.locator(".defi-error:visible").count() == 0
    assert lesson.errors == []
    assert lesson.strayed == []


def test_everything_can_be_done_by_keyboard(open_lesson):
    lesson = open_lesson(LESSON)
    page = lesson.page
    for handle in page.locator(".defi-explorer .noUi-handle").all():
        assert handle.get_attribute("aria-label") and handle.get_attribute("tabindex") == "0"
    moved = page.locator(".defi-explorer .noUi-handle").first
    sentence = lesson.sentence()
    for _ in range(3):
        moved.press("ArrowRight")  # and not a shortcut of the notebook's
    lesson.wait_until_said_other_than(sentence)
    button = page.locator(".defi-scenarios button").first
    sentence = lesson.sentence()
    button.focus()
    page.keyboard.press("Enter")
    lesson.wait_until_said_other_than(sentence)
    predicted = page.locator(".defi-question input[type=number], .defi-question input[type=text]").first
    predicted.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type("7")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("You said 7").first.wait_for(timeout=10_000)
    scroll_to(page, ".defi-question >> text=It falls to a tenth")
    quiz = page.locator(".jp-CodeCell", has_text="A pool is made ten times as deep")
    quiz.locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    page.locator(".defi-question [role=status]", has_text="Right").or_(
        page.locator(".defi-question [role=status]", has_text="No")
    ).first.wait_for(timeout=10_000)
    assert lesson.errors == []


@pytest.mark.thorough
def test_a_saved_lesson_that_is_loaded_again_shows_its_picture_and_comes_alive(open_lesson):
    lesson = open_lesson(LESSON)
    page = lesson.page
    sentence = lesson.sentence()
    page.locator(".defi-explorer .noUi-handle").first.press("ArrowRight")
    lesson.wait_until_said_other_than(sentence)
    page.keyboard.press("Control+S")  # saves what was shipped: widgets would die with their kernel
    page.wait_for_timeout(1500)
    page.goto(page.url.replace("?reset", ""))
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    scroll_to(page, ".jp-OutputArea-output img[alt]")
    assert "%" in page.locator(".jp-OutputArea-output img[alt]").first.get_attribute("alt")
    run_all_cells(page)
    scroll_to(page, FIGURE)
    sentence = lesson.sentence()
    page.locator(".defi-explorer .noUi-handle").first.press("ArrowRight")
    lesson.wait_until_said_other_than(sentence)
    assert lesson.strayed == []


@pytest.mark.parametrize(("name", "width", "dark"), [("narrow", 480, False), ("dark", 1280, True)])
def test_narrow_window_and_dark_theme(open_lesson, name, width, dark):
    lesson = open_lesson(LESSON)
    page = lesson.page
    page.set_viewport_size({"width": width, "height": 900})
    if dark:
        page.click("li.lm-MenuBar-item:has-text('Settings')")
        page.locator("li.lm-Menu-item", has_text="Theme").first.hover()
        page.get_by_text("JupyterLab Dark", exact=True).click()
    else:
        page.click("[data-id='filebrowser'], li[title^='File Browser']", timeout=5_000)
    page.wait_for_timeout(1_500)
    scroll_to(page, FIGURE)
    figure = page.locator(FIGURE).first
    color = page.evaluate(
        "() => [...Bokeh.index].filter(v => v.repaint).map(v => v.model.below[0].major_label_text_color)[0]"
    )
    assert color == ("#e0e0e0" if dark else "#333333")
    explorer = page.locator(".defi-explorer").first
    assert figure.bounding_box()["width"] <= explorer.bounding_box()["width"] + 1
    overflow = explorer.evaluate("e => e.scrollWidth - e.clientWidth")
    assert overflow <= 1
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png")


def test_the_same_lesson_in_voila(chrome, lab):
    page = chrome.new_page(viewport={"width": 1280, "height": 900})
    lesson = Watched(page, lab)
    page.goto(f"{lab}voila/render/{LESSON}")
    page.locator(FIGURE).first.wait_for(timeout=90_000)
    page.wait_for_timeout(1_000)
    plotted, sentence = lesson.plotted(), lesson.sentence()
    page.locator(".defi-explorer .noUi-handle").first.press("ArrowRight")
    lesson.wait_until_said_other_than(sentence)
    lesson.wait_until_plotted_other_than(plotted)
    assert page.locator("mjx-container, .MathJax").count() > 0
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "voila.png")
    assert lesson.errors == []
    assert lesson.strayed == []
    page.close()
