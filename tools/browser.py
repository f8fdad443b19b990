"""Start a Jupyter or Voilà server and a Chromium for the browser tests and the latency benchmark."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, TimeoutError, sync_playwright

ROOT = pathlib.Path(__file__).resolve().parent.parent
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
#: Where JupyterLab counts the cells that were run; a folded cell has its number at the output only.
NUMBERS = ".jp-InputPrompt, .jp-OutputPrompt"


def chromium() -> str | None:
    """The path of an installed Chromium or Chrome."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next((path for name in names if (path := shutil.which(name))), None)


def free_port() -> int:
    """A port of the loopback interface that nobody uses."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def server(*command: str, directory: pathlib.Path, probe: str = "") -> Iterator[str]:
    """Run ``python -m command`` on a free port of the loopback interface; gives its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}/"
    log = open(directory / ".server.log", "w")  # noqa: SIM115 - closed below, with the process
    settings = {
        "JUPYTER_PATH": str(ROOT / "share" / "jupyter"),
        "JUPYTERLAB_SETTINGS_DIR": str(directory / ".settings"),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", *command, f"--port={port}", "--no-browser", "--ip=127.0.0.1"],
        cwd=directory,
        stdout=log,
        stderr=subprocess.STDOUT,
        env=os.environ | settings,
    )
    try:
        _wait(address + probe, process, directory / ".server.log")
        yield address
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _wait(address: str, process: subprocess.Popen, log: pathlib.Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return  # it answers
        except OSError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"the server did not answer at {address}:\n{log.read_text()[-3000:]}")


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        try:
            yield opened
        finally:
            opened.close()


def run_all_cells(page: Page, seconds: float = 120) -> None:
    """Run every cell of the notebook that JupyterLab shows, and wait until the kernel is idle."""
    for _ in range(3):  # a kernel that has only just appeared may lose the first call, or be asked for
        with contextlib.suppress(TimeoutError):  # a dialog may come between the look and the click
            _run_all_cells(page, seconds)
        if page.locator(".jp-Dialog").count():
            page.locator(".jp-Dialog .jp-mod-accept").first.click()
        elif any(text.strip("[]: ").isdigit() for text in page.locator(NUMBERS).all_inner_texts()):
            return
    raise RuntimeError("no cell of the notebook was run")


def _run_all_cells(page: Page, seconds: float) -> None:
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    indicator = page.locator(".jp-Notebook-ExecutionIndicator")
    indicator.and_(page.locator("[data-status=idle]")).first.wait_for(state="attached", timeout=60_000)
    if page.locator(".jp-Dialog").count():  # a busy machine: JupyterLab asks for a kernel before it has found one
        page.locator(".jp-Dialog .jp-mod-accept").first.click()
        page.wait_for_timeout(2_000)
    page.click("li.lm-MenuBar-item:has-text('Run')")
    page.click("li[data-command='runmenu:run-all']")
    with contextlib.suppress(TimeoutError):  # a fast notebook may be done before we look
        indicator.and_(page.locator("[data-status=busy]")).first.wait_for(state="attached", timeout=10_000)
    page.wait_for_function(
        "() => document.querySelector('.jp-Notebook-ExecutionIndicator')?.dataset.status === 'idle'"
        " && ![...document.querySelectorAll('.jp-InputPrompt')].some(e => e.textContent.includes('*'))",
        timeout=seconds * 1000,
    )


def scroll_to(page: Page, selector: str) -> None:
    """Scroll the notebook until ``selector`` is on the page: JupyterLab draws only the cells near the window."""
    scroller = ".jp-WindowedPanel-outer"
    for _ in range(3):
        height = page.evaluate(f"document.querySelector('{scroller}').scrollHeight")
        for top in range(0, height, 500):
            page.evaluate(f"document.querySelector('{scroller}').scrollTop = {top}")
            page.wait_for_timeout(250)
            if page.locator(selector).first.is_visible():
                page.locator(selector).first.scroll_into_view_if_needed()
                page.wait_for_timeout(1_000)  # what is above may still change its height
                return
    raise RuntimeError(f"nothing on the page fits {selector}")
