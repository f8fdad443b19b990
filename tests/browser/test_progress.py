"""What a reader answers in a lesson is found on My progress, can be taken along, and can be deleted."""

import json

import pytest

from tests.browser.conftest import OPEN, Watched
from tools.browser import run_all_cells, scroll_to, server

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.xdist_group("browser")]

LESSON, PAGE = "course/1_exchange/01_swaps.ipynb", "course/my_progress.ipynb"


def opened(chrome, address, path):
    page = chrome.new_page(viewport={"width": 1280, "height": 1000})
    watched = Watched(page, address)
    page.goto(f"{address}lab/tree/{path}?reset")
    run_all_cells(page)
    return page, watched


def press(page, name):
    page.get_by_role("button", name=name).click()


def says(page, text):
    page.locator(".defi-question [role=status]", has_text=text).first.wait_for(timeout=10_000)


def test_answer_see_save_delete_and_load(chrome, course, own_progress):
    with server("jupyterlab", *OPEN, directory=course, probe="lab") as address:
        page, _ = opened(chrome, address, LESSON)
        scroll_to(page, ".defi-question >> text=It rises, because more providers want fees")
        page.locator(".defi-question").get_by_text("It rises, because more providers want fees").click()
        page.get_by_text("Right at the first try: 0 of 3").wait_for(timeout=10_000)
        page.close()
        assert json.loads(own_progress.read_text())["records"]["quiz"]["1.1"]["depth"]["first"] is False

        page, watched = opened(chrome, address, PAGE)
        page.locator("li", has_text="A pool is made ten times as deep").wait_for(timeout=20_000)
        assert page.get_by_text("Right at the first try: 0 of 1").count()
        with page.expect_download() as download:
            page.get_by_role("link", name="Save my progress").click()
        copy = download.value.path()
        assert download.value.suggested_filename == "my_progress.json"

        with page.expect_download() as download:
            page.get_by_role("link", name="Save the file to hand in").click()
        handed_in = json.loads(download.value.path().read_text())
        assert download.value.suggested_filename == "my_answers.json" and handed_in["handed_in"] is True
        assert handed_in["records"]["quiz"]["1.1"]["depth"]["chosen"] == "It rises, because more providers want fees"

        press(page, "Delete my progress")
        says(page, "Delete everything")
        press(page, "No, keep it")
        says(page, "Nothing was deleted")
        assert own_progress.exists()
        press(page, "Delete my progress")
        press(page, "Yes, delete it")
        says(page, "Deleted.")
        page.get_by_text("Nothing is remembered yet").last.wait_for(timeout=10_000)
        assert list(own_progress.parent.iterdir()) == []

        with page.expect_file_chooser() as chooser:
            press(page, "Load saved progress")
        chooser.value.set_files(copy)
        says(page, "Loaded: ")
        link = page.locator(".defi-question table").get_by_role("link", name="1.1 Swaps").first
        link.click()
        page.wait_for_url(f"**/{LESSON}", timeout=20_000)  # in the same window
        assert watched.errors == [] and watched.strayed == []
        page.close()


def test_nothing_of_the_reader_is_saved_into_the_page(chrome, course, own_progress):
    shipped = (course / PAGE).read_bytes()
    with server("jupyterlab", *OPEN, directory=course, probe="lab") as address:
        page, _ = opened(chrome, address, PAGE)
        page.get_by_text(str(own_progress)).first.wait_for(timeout=20_000)
        page.keyboard.press("Control+S")
        page.wait_for_timeout(3_000)
        page.close()
    assert (course / PAGE).read_bytes() == shipped


def test_in_voila(chrome, course, own_progress):
    own_progress.parent.mkdir()
    quiz = {"1.1": {"depth": {"first": True, "day": "2026-01-02", "asked": "How deep?"}}}
    own_progress.write_text(json.dumps({"version": 1, "records": {"quiz": quiz}}))
    with server("jupyterlab", *OPEN, directory=course, probe="lab") as address:
        page = chrome.new_page(viewport={"width": 1280, "height": 900})
        watched = Watched(page, address)
        page.goto(f"{address}read")
        page.get_by_role("link", name="My progress").click()
        page.locator(".defi-question table").first.wait_for(timeout=60_000)
        assert page.locator("table a", has_text="1.1 Swaps").get_attribute("href") == "1_exchange/01_swaps.ipynb"
        press(page, "Delete my progress")
        press(page, "Yes, delete it")
        says(page, "Deleted.")
        assert list(own_progress.parent.iterdir()) == [] and watched.strayed == []
        page.close()
