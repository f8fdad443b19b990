"""Lab 1.1 as a student goes through it, in a real Chromium: right, wrong, printing, looping, not compiling."""

import contextlib

import pytest
from playwright.sync_api import TimeoutError

from tests.browser.conftest import Watched
from tools.browser import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.xdist_group("browser")]

SETUP, ANSWER, CHECK = range(3)
HEAD = "def swap(amount_in, reserve_in, reserve_out, fee):\n"
TRY = "\n\nswap(10, 10, 1_000, 0)"
RIGHT = HEAD + "    net = amount_in * (1 - fee)\n    return reserve_out * net / (reserve_in + net)" + TRY
SCREENSHOTS = ROOT / "screenshots"


class Student:
    """Works on the first question of a lab that JupyterLab shows."""

    def __init__(self, page):
        self.page = page

    def run(self, number):
        """Run one code cell by Shift + Enter; gives what it shows."""
        cell = self.page.locator(".jp-CodeCell").nth(number)
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        for _ in range(3):  # a kernel that has only just appeared may lose the first call, or be asked for
            cell.locator(".cm-content").click()
            self.page.keyboard.press("Shift+Enter")
            with contextlib.suppress(TimeoutError):
                self.page.wait_for_function(
                    "([prompt, before]) => /\\[\\d+\\]/.test(prompt.textContent) && prompt.textContent !== before",
                    arg=[prompt.element_handle(), before],
                    timeout=20_000,
                )
                break
            if self.page.locator(".jp-Dialog").count():
                self.page.locator(".jp-Dialog .jp-mod-accept").first.click()
        self.page.wait_for_timeout(500)
        return cell.locator(".jp-OutputArea").inner_text() if cell.locator(".jp-OutputArea").count() else ""

    def answer(self, source):
        """Put this source into the answer's cell and run it."""
        content = self.page.locator(".jp-CodeCell").nth(ANSWER).locator(".cm-content")
        content.click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        content.evaluate(
            "(element, text) => element.cmView.view.dispatch({changes: {from: 0, insert: text}})"
            if content.evaluate("element => !!element.cmView?.view")
            else "(element, text) => element.cmTile.view.dispatch({changes: {from: 0, insert: text}})",
            source,
        )
        return self.run(ANSWER)

    def shoot(self, name):
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.locator(".jp-CodeCell").nth(CHECK).scroll_into_view_if_needed()
        self.page.screenshot(path=SCREENSHOTS / f"lab_{name}.png")


def test_the_first_question_in_all_ways(chrome, lab):
    page = chrome.new_page(viewport={"width": 1280, "height": 1100})
    watched = Watched(page, lab)
    page.goto(f"{lab}lab/tree/labs/1_exchange/01_swaps.ipynb?reset")
    page.locator(".jp-Notebook-ExecutionIndicator").and_(page.locator("[data-status=idle]")).first.wait_for(
        state="attached", timeout=60_000
    )
    student = Student(page)
    assert "points. Left: swap (2)" in student.run(SETUP)
    assert "500.0" in student.answer(RIGHT)
    assert "✓ Right (2 of 2 points)" in student.run(CHECK)
    student.shoot("right")

    stopped = student.answer(HEAD + "    while True:\n        pass" + TRY)
    assert "Stopped after a few seconds" in stopped and "Traceback" not in stopped
    student.shoot("looping")
    assert "Your code took too long" in student.run(CHECK)

    assert "SyntaxError" in student.answer(RIGHT.replace("fee):", "fee)"))
    said = student.run(CHECK)
    assert "The cell with swap did not run: SyntaxError in line 1" in said and "(0 of 2 points)" in said
    student.shoot("not_compiling")

    student.answer(RIGHT.replace("return reserve_out", "print(reserve_out").replace("+ net)", "+ net))"))
    said = student.run(CHECK)
    assert "use return instead of print" in said and "Hint:" in said and "Next step:" in said
    student.shoot("printing")

    student.answer(RIGHT)
    assert "✓ Right (2 of 2 points)" in student.run(CHECK)
    assert watched.errors == [] and watched.strayed == []
    page.close()
