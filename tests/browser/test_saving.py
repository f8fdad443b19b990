"""A lesson that was read, run and saved is, to the last byte, the one that was shipped; the next day it opens."""

import subprocess

import pytest

from tests.browser.conftest import OPEN, Watched
from tools.browser import run_all_cells, scroll_to, server

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

LESSON = "course/1_exchange/01_swaps.ipynb"


def git(folder, *words):
    return subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def clone(course, tmp_path):
    """A clone of the course's own, under git."""
    folder = tmp_path / "clone"
    subprocess.run(["cp", "-r", str(course), str(folder)], check=True)
    (folder / ".gitignore").write_text(".ipynb_checkpoints/\n")
    git(folder, "init", "--quiet")
    git(folder, "add", "course", "labs")
    git(folder, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message", "as shipped")
    return folder


@pytest.mark.thorough
def test_run_save_close_and_open_again_tomorrow(chrome, clone):
    with server("jupyterlab", *OPEN, directory=clone, probe="lab") as address:
        page = chrome.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}lab/tree/{LESSON}?reset")
        run_all_cells(page)
        page.keyboard.press("Control+S")
        page.wait_for_timeout(3_000)
        assert git(clone, "status", "--short", "course", "labs") == ""
        page.close()
    with server("jupyterlab", *OPEN, directory=clone, probe="lab") as address:
        page = chrome.new_page(viewport={"width": 1280, "height": 900})
        watched = Watched(page, address)
        page.goto(f"{address}lab/tree/{LESSON}?reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
        scroll_to(page, ".jp-OutputArea-output img[alt]")
        picture = page.locator(".jp-OutputArea-output img[alt]").first
        sentence = picture.get_attribute("alt")
        assert "%" in sentence and picture.evaluate("image => image.naturalWidth") > 100
        assert page.get_by_text("Run ▸ Run All Cells makes this live").first.is_visible()
        assert page.get_by_text("model not found").count() == 0
        assert watched.errors == []
        page.screenshot(path=str(clone / "reopened.png"))
        page.close()
