"""A kernel that was restarted, or that died, is noticed and said, until the cells are run again."""

import json
import urllib.request

import psutil
import pytest

from tests.browser.conftest import FIGURE
from tools.browser import run_all_cells, scroll_to

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.xdist_group("browser")]

LESSON = "course/1_exchange/01_swaps.ipynb"
ADVICE = ".defi-explorer .defi-advice"


def restart_by_menu(page, _):
    page.click("li.lm-MenuBar-item:has-text('Kernel')")
    page.click("li[data-command='kernelmenu:restart']")
    page.locator(".jp-Dialog .jp-mod-accept").click()


def restart_by_another_client(page, lab):
    for kernel in json.load(urllib.request.urlopen(f"{lab}api/kernels")):
        answered = page.evaluate(
            """async (address) => {
              const token = document.cookie.match(/_xsrf=([^;]*)/)?.[1] ?? "";
              return (await fetch(address, {method: "POST", headers: {"X-XSRFToken": token}})).status;
            }""",
            f"{lab}api/kernels/{kernel['id']}/restart",
        )
        assert answered == 200


def kill(page, lab):
    ids = [kernel["id"] for kernel in json.load(urllib.request.urlopen(f"{lab}api/kernels"))]
    for process in psutil.process_iter(["cmdline"]):
        if any(f"kernel-{name}" in " ".join(process.info["cmdline"] or []) for name in ids):
            process.kill()
    page.wait_for_timeout(5_000)  # the server notices after some seconds, and starts a new one
    if page.locator(".jp-Dialog").count():
        page.locator(".jp-Dialog .jp-mod-accept").first.click()


@pytest.mark.parametrize("end", [restart_by_menu, restart_by_another_client, kill])
def test_the_end_of_a_kernel_is_said_until_the_cells_run_again(open_lesson, lab, end):
    page = open_lesson(LESSON).page
    handle = page.locator(".defi-explorer .noUi-handle").first
    place = handle.bounding_box()["x"]
    handle.press("ArrowRight")
    page.wait_for_timeout(6_000 if end is restart_by_menu else 0)
    assert page.locator(ADVICE).count() == 0  # not as long as all is well
    end(page, lab)
    page.wait_for_timeout(1_000)
    handle.press("ArrowRight")
    page.locator(ADVICE).first.wait_for(timeout=20_000)
    explorers = page.locator(".defi-explorer").count()
    assert 1 <= page.locator(ADVICE).count() <= explorers
    assert page.locator(".defi-advice[role=alert]").count() == 1  # said once, however many explorers show it
    assert "Run ▸ Run All Cells" in page.locator(ADVICE).first.text_content()
    assert abs(handle.bounding_box()["x"] - place) < 20  # no icon has moved the controls
    icons = page.locator(".defi-explorer").first.evaluate(
        "e => [e, ...e.querySelectorAll('*')].filter((x) => getComputedStyle(x, '::before').content.includes('\\uf127')"
        " && getComputedStyle(x, '::before').display !== 'none').length"
    )
    assert icons == 0
    run_all_cells(page)
    scroll_to(page, FIGURE)
    assert page.locator(".defi-advice").count() == 0
