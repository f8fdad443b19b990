"""Screen readers, keyboards and forced colours: names, values, one announcement a movement, and what axe-core finds."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import FIGURE, Watched
from tools.browser import run_all_cells, scroll_to, server

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.xdist_group("browser")]

LESSON = "course/1_exchange/01_swaps.ipynb"
LAB = "labs/1_exchange/01_swaps.ipynb"
OURS = ".defi-explorer, .defi-question, .jp-RenderedMarkdown, .jp-RenderedHTML"

#: What axe finds and is not ours to mend: id of the rule -> why.
EXCEPTIONS: dict[str, str] = {}

STOPS = """() => {
  const found = [];
  const walk = (root) => root.querySelectorAll("*").forEach((e) => {
    if (e.shadowRoot) walk(e.shadowRoot);
    if (e.tabIndex < 0 || !e.checkVisibility()) return;
    const ids = (e.getAttribute("aria-labelledby") ?? "").split(" ");
    const by = ids.map((id) => document.getElementById(id)?.textContent);
    const name = e.getAttribute("aria-label") || by.join("") || [...(e.labels ?? [])].map((l) => l.textContent).join("")
      || (e.matches("button, a, summary") ? e.textContent : "");
    found.push([e.tagName + "." + e.className, name.trim()]);
  });
  document.querySelectorAll(".defi-explorer, .defi-question").forEach(walk);
  return found;
}"""


@pytest.fixture(scope="module")
def lesson(open_lesson_once):
    return open_lesson_once(LESSON)


def test_every_slider_says_its_value_with_the_unit(lesson):
    page = lesson.page
    for row in page.locator(".defi-explorer .widget-slider:has(.noUi-handle)").all():
        handle = row.locator(".noUi-handle")
        label, said = row.locator(".widget-label").text_content(), handle.get_attribute("aria-valuetext")
        assert handle.get_attribute("aria-label") == label
        assert any(figure.isdigit() for figure in said)
        if label.endswith("(USD)"):
            assert said.startswith("$") or said.endswith("USD")
        elif label.endswith(")"):
            assert said.endswith(label[label.rindex("(") + 1 : -1])
        low, now, high = (float(handle.get_attribute(f"aria-value{name}")) for name in ("min", "now", "max"))
        assert low <= now <= high
    handle = page.locator(".defi-explorer .noUi-handle").first
    said = handle.get_attribute("aria-valuetext")
    handle.press("ArrowRight")
    page.wait_for_timeout(300)
    moved = handle.get_attribute("aria-valuetext")
    shown = page.locator(".defi-explorer .widget-readout").first.text_content()
    assert moved != said and moved.startswith(shown[:1])


def test_a_movement_is_announced_once_and_the_plot_keeps_its_name(lesson):
    page = lesson.page
    scroll_to(page, FIGURE)
    name = page.locator(".defi-explorer .defi-canvas").first.get_attribute("aria-label")
    assert name and page.locator(".defi-explorer .defi-legend li").first.text_content().strip() in name
    page.evaluate(
        """() => {
          window.spoken = [];
          const explorer = document.querySelector(".defi-explorer");
          for (const live of explorer.querySelectorAll("[role=status], [role=alert], [aria-live=polite]")) {
            const text = () => { if (live.textContent) window.spoken.push([performance.now(), live.textContent]); };
            new MutationObserver(text).observe(live, {childList: true, subtree: true, characterData: true});
          }
        }"""
    )
    handle = page.locator(".defi-explorer .noUi-handle").first
    for key in ["ArrowRight"] * 6 + ["ArrowLeft"] * 3:
        handle.press(key)
        page.wait_for_timeout(80)
    ended = page.evaluate("performance.now()")
    page.wait_for_timeout(1_500)
    spoken = page.evaluate("window.spoken")
    assert [text for _, text in spoken] == [lesson.sentence()]
    assert spoken[0][0] >= ended + 300  # 600 ms after the last change, which took a moment to arrive
    assert page.locator(".defi-explorer .defi-canvas").first.get_attribute("aria-label") == name


def test_every_stop_of_the_tab_key_has_a_name_and_options_their_question(lesson):
    page = lesson.page
    stops = page.evaluate(STOPS)
    assert len(stops) > 10
    assert [stop for stop, name in stops if not name] == []
    scroll_to(page, ".defi-question input[type=radio]")
    groups = page.locator(".defi-question [role=radiogroup]")
    assert groups.count() >= 1
    for group in groups.all():
        question = group.evaluate(
            "g => g.ariaLabel || document.getElementById(g.getAttribute('aria-labelledby')).textContent"
        )
        assert len(question) > 10


def test_a_chosen_scenario_stays_marked_until_something_moves(lesson):
    page = lesson.page
    scroll_to(page, FIGURE)
    button = page.locator(".defi-scenarios button").nth(1)
    button.click()
    page.wait_for_timeout(500)
    assert button.get_attribute("aria-pressed") == "true"
    assert page.locator(".defi-explorer").first.locator("[aria-pressed=true]").count() == 1
    page.locator(".defi-explorer .noUi-handle").first.press("ArrowRight")
    page.wait_for_timeout(300)
    assert button.get_attribute("aria-pressed") == "false"


def test_forced_colours_show_tracks_and_borders(lesson):
    page = lesson.page
    scroll_to(page, FIGURE)
    page.emulate_media(forced_colors="active")
    try:
        widths = page.evaluate(
            """() => [".noUi-target", ".noUi-handle", ".defi-scenarios button"].map((name) => {
              const style = getComputedStyle(document.querySelector(".defi-explorer " + name));
              return style.borderTopStyle === "solid" ? parseFloat(style.borderTopWidth) : 0;
            })"""
        )
        assert min(widths) >= 1
    finally:
        page.emulate_media(forced_colors="none")


def serious(page, context=OURS):
    """The serious and critical findings of axe-core in our parts of the page."""
    found = Axe().run(page, context=context, options={"resultTypes": ["violations"]}).response["violations"]
    return {
        rule["id"]: [node["html"][:200] for node in rule["nodes"]]
        for rule in found
        if rule["impact"] in {"serious", "critical"} and rule["id"] not in EXCEPTIONS
    }


@pytest.mark.parametrize(
    "path",
    [LESSON, "course/2_lending/02_collateral_and_liquidation.ipynb", "course/7_compute/23_energy_and_carbon.ipynb"],
)
def test_axe_finds_nothing_serious_in_a_lesson(open_lesson, path):
    assert serious(open_lesson(path).page) == {}


def test_axe_finds_nothing_serious_in_a_lab(chrome, lab):
    page = chrome.new_page()
    page.goto(f"{lab}lab/tree/{LAB}?reset")
    run_all_cells(page)
    assert serious(page, ".jp-RenderedMarkdown, .jp-RenderedHTML") == {}
    page.close()


@pytest.mark.parametrize("page", ["read", "read/course/glossary.md"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_index(chrome, lab, page, scheme):
    index = chrome.new_page(color_scheme=scheme)
    index.goto(f"{lab}{page}")
    assert index.locator("a").count() > 20
    assert serious(index, "html") == {}  # all of it is ours
    index.close()


def test_axe_finds_nothing_serious_in_voila(chrome, course):
    with server("voila", LESSON, directory=course, probe="voila/static/none") as address:
        page = Watched(chrome.new_page(), address).page
        page.goto(address)
        page.locator(FIGURE).first.wait_for(timeout=90_000)
        page.wait_for_timeout(1_500)
        assert serious(page, f"{OURS}, .course-ways, .course-foot") == {}
        page.close()
