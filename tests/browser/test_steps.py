"""A lesson shown step by step, in a real browser: keys, type, sliders that stay live, and the window of notes."""

import pytest

from defi_lib.course import contents
from tests.browser.conftest import FIGURE, Watched
from tests.browser.test_access import serious
from tools.browser import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SWAPS = "course/1_exchange/01_swaps.ipynb"
ZOOMED = {"viewport": {"width": 853, "height": 480}, "device_scale_factor": 1.5}  # 1280 x 720 at 150 %
OVERFLOW = """() => {
  const {scrollHeight, clientHeight, scrollWidth, clientWidth} = document.getElementById("rendered_cells");
  return [scrollHeight - clientHeight, scrollWidth - clientWidth];
}"""


def opened(chrome, lab, path, theme="", **options):
    page = chrome.new_context(**options).new_page()
    watched = Watched(page, lab)
    page.goto(f"{lab}voila/render/{path}{theme}")
    page.locator(FIGURE).first.wait_for(timeout=120_000)
    page.wait_for_timeout(1_500)
    return watched


def said(page):
    return page.locator(".course-bar [role=status]").text_content()


def step_until(page, wanted, key="n"):
    for _ in range(40):
        if wanted(page):
            page.wait_for_timeout(800)
            return
        page.keyboard.press(key)
        page.wait_for_timeout(300)
    pytest.fail(f"never came to it; the last step was {said(page)}")


def test_a_lecture_by_keys_with_live_sliders_and_notes(chrome, lab):
    watched = opened(chrome, lab, SWAPS, **ZOOMED)
    page, sizes = watched.page, {}
    sizes["usual"] = page.locator("[role=main] p").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    page.keyboard.press("s")
    page.wait_for_timeout(1_500)
    sizes["steps"] = page.locator("[role=main] p").nth(1).evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
    assert sizes["steps"] >= 1.25 * sizes["usual"]
    assert said(page).startswith("Step 1 of ") and said(page).endswith(contents.page(ROOT, SWAPS).title)
    assert not page.locator("h2:visible").count()  # of later steps nothing is seen, or read aloud

    with page.context.expect_page() as window:
        page.keyboard.press("t")
    notes = Watched(window.value, lab)
    notes.page.locator("text=Step 1 of").wait_for()
    for key in ("PageDown", "ArrowRight", "PageUp"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)
    assert said(page).startswith("Step 2 of ")
    for _ in range(4):
        if "Predict" not in said(page):
            notes.page.keyboard.press("n")
            page.wait_for_timeout(500)
    assert "Predict" in said(page)
    assert notes.page.locator("[aria-current] h2").text_content().startswith("Predict")
    assert page.evaluate("document.querySelector('.defi-question input').offsetHeight") > 20

    page.locator(".defi-question input:visible").first.fill("npst")  # letters that are keys elsewhere
    assert "Predict" in said(page)
    page.locator(".defi-question input:visible").first.fill("1")
    page.keyboard.press("Enter")
    page.locator("text=You said").first.wait_for()
    page.locator(".course-bar button", has_text="Next").click()
    step_until(page, lambda page: page.locator("text=The answer is").first.is_visible())  # opened by the guess

    step_until(page, lambda page: page.locator(".defi-explorer .noUi-handle").first.is_visible())
    assert page.locator(".defi-controls > *:visible").count() == 2
    assert page.evaluate(OVERFLOW) == [0, 0]
    before, here = watched.sentence(), said(page)
    handle = page.locator(".defi-explorer .noUi-handle").first
    handle.press("ArrowRight")
    watched.wait_until_said_other_than(before)
    assert said(page) == here  # arrows belong to the slider
    page.locator("text=More controls >> visible=true").click()
    page.wait_for_timeout(500)
    assert page.locator(".defi-controls > *:visible").count() == 6
    handle.press("PageDown")  # what a clicker sends
    page.wait_for_timeout(300)
    assert said(page) != here

    for shown in (page, notes.page):
        assert serious(shown, "html") == {}
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    assert page.locator("h2:visible").count() > 5 and not page.locator(".course-bar").count()
    assert watched.errors + notes.errors == [] and watched.strayed + notes.strayed == []
    page.context.close()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "path, theme, options",
    [
        (SWAPS, "?theme=dark", ZOOMED),
        ("course/7_compute/13_one_line_or_many.ipynb", "", {"viewport": {"width": 1280, "height": 720}}),
    ],
    ids=["zoomed, dark", "projector"],
)
def test_every_step_fits_in_width_and_plots_in_height(chrome, lab, path, theme, options):
    watched = opened(chrome, lab, path, theme, **options)
    page, seen = watched.page, []
    page.keyboard.press("s")
    page.wait_for_timeout(3_500)
    while said(page) not in seen:
        seen.append(said(page))
        high, wide = page.evaluate(OVERFLOW)
        assert wide <= 0, said(page)
        assert high <= 0 or not page.locator(".defi-canvas:visible").count(), said(page)
        page.keyboard.press("PageDown")
        page.wait_for_timeout(900)
    assert len(seen) > 10 and "Next" in seen[-1]
    assert serious(page, "html") == {}
    assert watched.errors == [] and watched.strayed == []
    page.context.close()
