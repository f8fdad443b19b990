"""The way in, in a real browser: pages without code from the index on, and what JupyterLab does for a newcomer."""

import contextlib

import pytest
from playwright.sync_api import TimeoutError

from defi_lib.course import contents
from defi_lib.course.workspace import prepared_workspaces
from tests.browser.conftest import FIGURE, Watched
from tools.browser import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.xdist_group("browser")]

SCREENSHOTS = ROOT / "screenshots"
SWAPS = "course/1_exchange/01_swaps.ipynb"
SHOWN = ".jp-NotebookPanel:not(.lm-mod-hidden)"
TOP = f"document.querySelector('{SHOWN} .jp-WindowedPanel-outer').scrollTop"


@pytest.fixture
def page(chrome):
    opened = chrome.new_page(viewport={"width": 1280, "height": 720})
    yield opened
    opened.close()


def wait_for_lesson(page):
    page.locator(FIGURE).first.wait_for(timeout=120_000)
    page.wait_for_timeout(1_000)


def test_from_the_index_through_the_lessons_and_to_a_lab(page, lab):
    watched = Watched(page, lab)
    page.goto(f"{lab}read")
    assert page.title() == "Decentralised finance, centralised profits"
    lessons = page.locator("ol a[href*='/voila/render/course/']")
    assert lessons.count() == len(contents.lessons(ROOT)) - 1
    assert contents.NO_ADVICE in page.inner_text("footer")
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "read_index.png")

    lessons.first.click()
    wait_for_lesson(page)
    assert page.title() == contents.page(ROOT, SWAPS).title
    assert page.locator(".jp-CodeMirrorEditor, .jp-InputArea-editor").count() == 0  # no code
    assert page.locator("#rendered_cells > div").bounding_box()["width"] <= 960
    assert contents.NO_ADVICE in page.inner_text("footer")
    assert contents.HOW_TO_RUN.strip("*.") not in page.inner_text("main, [role=main]")
    page.screenshot(path=SCREENSHOTS / "read_lesson.png")

    page.locator("a[rel=next]").first.click()
    wait_for_lesson(page)
    assert page.title().startswith("Providing liquidity")
    page.go_back()
    wait_for_lesson(page)
    assert watched.errors == [] and watched.strayed == []
    page.locator("[role=main] a[href*='/labs/']").first.click()
    page.locator(f"{SHOWN} .jp-Cell").first.wait_for(timeout=60_000)
    assert "/lab/tree/labs/1_exchange/01_swaps.ipynb" in page.url
    page.wait_for_timeout(3_000)
    assert watched.errors == [] and watched.strayed == []


def test_words_are_pages_too(page, lab):
    for path, title in (("course/glossary.md", "Glossary"), ("ASSUMPTIONS.md", "Assumptions")):
        assert page.goto(f"{lab}read/{path}").status == 200
        assert page.title() == title
    for path in ("..%2f..%2fsecret.md", ".settings/none.md", "none.md", "jupyter_server_config.py"):
        assert page.goto(f"{lab}read/{path}").status == 404


def test_a_key_makes_type_large_and_keeps_the_place(page, lab):
    page.goto(f"{lab}voila/render/{SWAPS}")
    wait_for_lesson(page)
    heading = page.locator("[role=main] h2", has_text="Who profits?")
    heading.evaluate("e => e.scrollIntoView({block: 'start'})")

    def size():
        return heading.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")

    small, ticks = (
        size(),
        "[...Bokeh.index].flatMap(({model}) => model.below ?? []).map((axis) => axis.major_label_text_font_size)",
    )
    usual = page.evaluate(ticks)
    page.keyboard.press("l")
    page.wait_for_timeout(1_500)
    assert size() > 1.3 * small
    assert page.evaluate(ticks) == [f"{1.5 * float(tick.removesuffix('px')):g}px" for tick in usual]
    assert abs(heading.bounding_box()["y"]) < 150
    page.screenshot(path=SCREENSHOTS / "read_large.png")
    page.locator(".course-larger").first.click()
    page.wait_for_timeout(1_500)
    assert size() == small and page.evaluate(ticks) == usual


def test_on_a_projector_controls_plot_and_sentence_are_seen_together(chrome, lab):
    page = chrome.new_page(viewport={"width": 853, "height": 480}, device_scale_factor=1.5)  # 1280 x 720 at 150 %
    page.goto(f"{lab}voila/render/{SWAPS}")
    wait_for_lesson(page)
    for explorer in page.locator(".defi-explorer").all():
        top = explorer.bounding_box()["y"]
        end = (
            "e => {const r = document.createRange(); r.selectNodeContents(e); return r.getBoundingClientRect().bottom;}"
        )
        assert explorer.locator(".defi-say").evaluate(end) - top <= 480
    page.close()


#: By how many pixels what hides its overflow cuts off an element, on either side.
CUT_OFF = """(e) => {
  const { left, right } = e.getBoundingClientRect();
  let most = 0;
  for (let around = e.parentElement; around; around = around.parentElement) {
    if (getComputedStyle(around).overflowX === "visible") continue;
    const edge = around.getBoundingClientRect();
    most = Math.max(most, edge.left - left, right - edge.right);
  }
  return most;
}"""


def test_at_both_ends_a_slider_s_handle_is_whole(chrome, lab):
    page = chrome.new_page(viewport={"width": 400, "height": 800})
    page.goto(f"{lab}voila/render/{SWAPS}")
    wait_for_lesson(page)
    handle = page.locator(".defi-explorer .noUi-handle").first
    for end in ("Home", "End"):
        handle.press(end)
        page.wait_for_timeout(500)
        assert handle.evaluate(CUT_OFF) <= 0
    page.close()


def test_a_page_that_is_left_stops_its_kernel(page, lab):
    running = f"fetch('{lab}api/kernels').then((answer) => answer.json()).then((all) => all.map((one) => one.id))"
    page.goto(f"{lab}voila/render/{SWAPS}")
    wait_for_lesson(page)
    kernel = page.evaluate("JSON.parse(document.getElementById('jupyter-config-data').textContent).kernelId")
    assert kernel in page.evaluate(running)
    page.goto(f"{lab}read")
    for _ in range(30):
        if kernel not in page.evaluate(running):
            return
        page.wait_for_timeout(500)
    pytest.fail("the kernel still runs")


def open_in_jupyterlab(page, lab, path):
    page.goto(f"{lab}lab/tree/{path}")
    page.locator(f"{SHOWN} .jp-Cell").first.wait_for(timeout=60_000)
    idle = page.locator(f"{SHOWN} .jp-Notebook-ExecutionIndicator").and_(page.locator("[data-status=idle]"))
    idle.first.wait_for(state="attached", timeout=60_000)


@pytest.fixture
def first_visit(course):
    """JupyterLab's workspace as nobody has used it yet."""
    for file in (course / ".settings/workspaces").glob("*"):
        file.unlink()
    prepared_workspaces(course)


def test_a_newcomer_runs_a_later_cell_first_then_all_and_is_at_the_top(page, lab, first_visit):
    path = "course/4_rewards/07_paper_that_pays_paper.ipynb"
    watched = Watched(page, lab)
    open_in_jupyterlab(page, lab, path)
    assert not page.locator("#jp-left-stack").is_visible()
    page.locator(f"{SHOWN} .jp-CodeCell p", has_text="What did the stakers get more of?").click()
    error = page.locator(f"{SHOWN} .jp-OutputArea-output", has_text="has not been run").first
    for _ in range(4):  # a kernel that has only just appeared may lose the first call
        page.keyboard.press("Control+Enter")
        with contextlib.suppress(TimeoutError):
            error.wait_for(timeout=8_000)
            break
    assert "Choose Run ▸ Run All Cells." in error.inner_text()
    assert "Traceback" not in error.inner_text()

    page.locator(f"{SHOWN} .jp-NotebookPanel-toolbar >> text=Run all, then read").click()
    page.wait_for_function(
        f"() => document.querySelector('{SHOWN} .jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"
        f" && !document.querySelector('{SHOWN}').textContent.includes('has not been run') && {TOP} < 50",
        timeout=60_000,
    )
    page.wait_for_timeout(1_000)
    assert page.evaluate(TOP) < 50
    assert watched.errors == [] and watched.strayed == []
    page.screenshot(path=SCREENSHOTS / "lab_top.png")
