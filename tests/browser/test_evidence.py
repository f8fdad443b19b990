"""A bet, the evidence that it reveals, and the map of a verdict, as readers use them in JupyterLab."""

import json

import pytest

from tests.browser.test_access import serious
from tools.browser import scroll_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

CELLS = [
    "from defi_lib.explore import bet, show_evidence, turn\nmine = bet('X9a', lesson='3.4')\nmine",
    "show_evidence('X9a', after=mine)",
    "turn('X9a', x='amount', y='gas_price')",
]
POINT = """() => {
  const canvas = document.querySelector(".defi-explorer .defi-canvas");
  const view = [...Bokeh.index].find((v) => v.repaint && canvas.contains(v.el));
  const data = view.model.renderers.map((r) => r.data_source.data).find((data) => "x here" in data);
  return [data["x here"][0], data["y here"][0]];
}"""


def point_other_than(page, point):
    page.wait_for_function(f"old => ({POINT})().some((x, i) => x !== old[i])", arg=point, timeout=10_000)
    return page.evaluate(POINT)


@pytest.fixture
def verdict(course, open_lesson):
    """A lesson with nothing but a verdict."""
    empty = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = [empty | {"id": f"cell-{k}", "source": source} for k, source in enumerate(CELLS)]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path = course / "course/verdict.ipynb"
    path.write_text(json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))
    yield open_lesson("course/verdict.ipynb")
    path.unlink()


def test_a_bet_reveals_the_evidence_and_the_map_moves(verdict):
    page = verdict.page
    scroll_to(page, ".defi-entry input[type=radio]")
    evidence = page.locator(".defi-question", has_text="Place your bet first")
    evidence.wait_for(timeout=10_000)
    assert page.locator(".defi-bars").count() == 0
    page.get_by_role("button", name="Place the bet").click()
    page.get_by_text("Choose an answer first").wait_for(timeout=10_000)
    page.get_by_role("radio", name="True", exact=True).check()
    page.get_by_role("slider", name="How sure are you?").press("ArrowRight")  # no command to the notebook
    assert page.locator(".defi-sure output").text_content() == "80 %"
    page.get_by_role("button", name="Place the bet").click()
    page.get_by_text("Choose what would turn it, too").wait_for(timeout=10_000)
    page.get_by_role("radio", name="None of these", exact=True).check()
    page.get_by_role("button", name="Place the bet").click()
    page.get_by_text("You said true, 80 % sure; what would turn it: none of these.").wait_for(timeout=10_000)
    page.get_by_text("Not true today").first.wait_for(timeout=10_000)
    bars = page.locator(".defi-bars")
    scroll_to(page, ".defi-bars")
    assert bars.get_attribute("role") == "img" and "not true" in bars.get_attribute("aria-label")
    assert bars.locator(".strip").first.bounding_box()["width"] > 200
    assert page.locator(".defi-question").first.locator("input:enabled").count() == 0

    scroll_to(page, ".defi-explorer .defi-canvas .bk-Figure")
    before, point = verdict.sentence(), page.evaluate(POINT)
    handles = page.locator(".defi-explorer .noUi-handle")
    handles.first.press("ArrowLeft")
    verdict.wait_until_said_other_than(before)
    moved = point_other_than(page, point)
    assert moved[0] < point[0] and moved[1] == point[1]
    before = verdict.sentence()
    handles.nth(1).press("End")
    verdict.wait_until_said_other_than(before)
    assert point_other_than(page, moved)[1] > moved[1] and "True here" in verdict.sentence()
    page.locator(".defi-goals").get_by_text("Goal reached:").wait_for(timeout=10_000)
    assert serious(page) == {}
    assert verdict.errors == [] and verdict.strayed == []
