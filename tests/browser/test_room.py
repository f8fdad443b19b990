"""Lessons made ready ahead, in a real browser: they move as any other, and a page that is left leaves nothing."""

import json
import urllib.request

import pytest

from tests.browser.conftest import FIGURE, Watched
from tests.support.rooms import room_for_two
from tools.browser import ROOT

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.xdist_group("browser")]

LESSON = "course/1_exchange/01_swaps.ipynb"


@pytest.fixture(scope="module")
def room(course):
    """A room for two; the lesson is ready."""
    with room_for_two(course, LESSON) as address:
        yield address


def places(room):
    with urllib.request.urlopen(f"{room}read/places?json") as answer:
        return json.load(answer)


def until(page, room, **wanted):
    for _ in range(150):
        if wanted.items() <= places(room).items():
            return
        page.wait_for_timeout(400)
    pytest.fail(f"{places(room)}, not {wanted}")


def test_a_room_for_two(chrome, room):
    pages = [chrome.new_page(viewport={"width": 1280, "height": 720}) for _ in range(3)]
    first, second, third = pages
    first.goto(f"{room}read/places")
    assert "0 of 2 places are taken" in first.inner_text("h1")
    until(first, room, ready=True)
    first.reload()
    assert "ready for readers" in first.inner_text("body") and f"{room}voila/render/{LESSON}" in first.inner_text(
        "code"
    )
    (ROOT / "screenshots").mkdir(exist_ok=True)
    first.screenshot(path=ROOT / "screenshots/room_places.png")

    both = [Watched(page, room) for page in (first, second)]
    for page in (first, second):
        page.goto(f"{room}voila/render/{LESSON}")
    for page in (first, second):
        page.locator(FIGURE).first.wait_for(timeout=60_000)
    before = [watched.sentence() for watched in both]
    assert before[0] == before[1]
    first.locator(".defi-explorer .noUi-handle").first.press("PageUp")
    both[0].wait_until_said_other_than(before[0])
    assert both[1].sentence() == before[1]  # a kernel for each
    assert first.locator("a[href*='/lab/tree/course']").count() == 0
    assert [watched.errors + watched.strayed for watched in both] == [[], []]

    third.goto(f"{room}voila/render/{LESSON}")
    assert third.inner_text("h1") == "The room is full"
    third.screenshot(path=ROOT / "screenshots/room_full.png")
    second.goto("about:blank")
    until(third, room, taken=1)
    third.click("text=Try again")
    third.locator(FIGURE).first.wait_for(timeout=60_000)

    for _ in range(4):  # loaded anew before it is there
        third.goto(f"{room}voila/render/{LESSON}", wait_until="commit")
    third.wait_for_timeout(300)
    assert places(room)["taken"] <= 2
    for page in pages:
        page.close()
    until(chrome.new_page(), room, taken=0)
