"""The same lesson in JupyterLab, in Voilà and in the browser edition: time, bytes, memory, measured in one run.

Writes the table of ``docs/latency.md``. Run on an idle machine: ``make bench``, or ``python benchmarks/editions.py``;
``--print`` writes nothing. The browser edition needs Pyodide's compiled packages; without them its row is left out.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
import pathlib
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import psutil
from playwright.sync_api import Browser, Page

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from tools.browser import ROOT, browser, run_all_cells, server
from tools.editions.lite.build import build
from tools.editions.lite.drive import FIGURE, Visit
from tools.editions.lite.serve import served
from tools.editions.packages import MissingPackagesError
from tools.latency import Latency, keys, pointer

LESSON = "course/1_exchange/01_swaps.ipynb"
PAGE = ROOT / "docs" / "latency.md"
OPEN = ("--config=jupyter_server_config.py", "--ServerApp.token=", "--ServerApp.password=", "--allow-root")
TABLE = "<!-- The table is written by benchmarks/editions.py. -->"


class Measured(NamedTuple):
    """One edition."""

    name: str
    first: float  #: seconds from opening the page to the first live explorer, at a first visit
    again: float  #: the same, at a second visit
    keys: Latency
    pointer: Latency
    fetched: float  #: MB over the wire at the first visit, up to the end of the run
    fetched_again: float
    server: float  #: MB of memory, of the server and the lesson's kernel
    page: float  #: MB of memory, of the page in the browser

    def row(self) -> str:
        """Of the table."""
        return (
            f"| {self.name} | {self.first:.1f} / {self.again:.1f} s | {self.keys} ms | {self.pointer} ms "
            f"| {self.fetched:.1f} / {self.fetched_again:.1f} MB | {self.server:.0f} MB | {self.page:.0f} MB |"
        )


def memory(processes: list[psutil.Process]) -> float:
    """MB that these processes have for themselves."""
    found = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            found += process.memory_full_info().uss
    return found / 1e6


def renderers() -> list[psutil.Process]:
    """The processes of Chromium's pages."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "--type=renderer" in process.cmdline():
                found.append(process)
    return found


def servers() -> list[psutil.Process]:
    """A Jupyter server of ours and its kernels."""
    found = []
    for process in psutil.Process().children():
        with contextlib.suppress(psutil.Error):
            if any("jupyterlab" in part for part in process.cmdline()):
                found += [process, *process.children(recursive=True)]
    return found


@contextlib.contextmanager
def counted(page: Page) -> Iterator[list[float]]:
    """Bytes that a page gets, by all ways, while the block runs: one number in a list."""
    total = [0.0]
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def finished(event: dict[str, Any]) -> None:
        total[0] += event["encodedDataLength"]

    def heard(event: dict[str, Any]) -> None:
        total[0] += len(event["response"]["payloadData"])

    session.on("Network.loadingFinished", finished)
    session.on("Network.webSocketFrameReceived", heard)
    yield total
    session.detach()


def with_a_server(chromium: Browser, name: str, address: str, path: str, run: bool) -> Measured:
    """JupyterLab, where the cells are to be run, or Voilà, which runs them itself."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    seconds, fetched = [], []
    for visit in (1, 2):
        page = context.new_page()
        with counted(page) as total:
            start = time.monotonic()
            page.goto(f"{address}{path}")
            if run:
                run_all_cells(page)
            page.locator(FIGURE).first.wait_for(state="attached", timeout=180_000)
            seconds.append(time.monotonic() - start)
            page.wait_for_timeout(5_000)  # the rest of the lesson
            fetched.append(total[0] / 1e6)
        if visit == 1:
            page.close()
    by_key, by_pointer = keys(page), pointer(page)
    held, shown = memory(servers()), memory(renderers())
    context.close()
    return Measured(name, *seconds, by_key, by_pointer, *fetched, held, shown)


def in_the_browser(chromium: Browser, folder: pathlib.Path) -> Measured:
    """The browser edition, from a server of files."""
    with served(folder) as site:
        context = chromium.new_context(viewport={"width": 1280, "height": 900})
        seconds, fetched = [], []
        for visit in (1, 2):
            page = context.new_page()
            seen = Visit(page, site, LESSON)
            seconds.append(seen.until_alive())
            seen.until_run()
            fetched.append(seen.megabytes)
            if visit == 1:
                page.close()
        by_key, by_pointer = keys(page), pointer(page)
        shown = memory(renderers())
        context.close()
    return Measured("Browser edition", *seconds, by_key, by_pointer, *fetched, 0, shown)


def measure() -> list[Measured]:
    """All three, one after another."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        copy = pathlib.Path(name) / "course"
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, copy], check=True)
        os.environ["PYTHONPATH"] = str(copy)
        for title, path, run in (
            ("JupyterLab (`make course`)", f"lab/tree/{LESSON}?reset", True),
            ("Voilà (`make read`)", f"voila/render/{LESSON}", False),
        ):
            with server("jupyterlab", *OPEN, directory=copy, probe="lab") as address, browser() as chromium:
                found.append(with_a_server(chromium, title, address, path, run))
            print(found[-1].row(), file=sys.stderr, flush=True)
        try:
            print(build(pathlib.Path(name) / "lite"), file=sys.stderr)
        except MissingPackagesError as reason:
            print(reason, file=sys.stderr)
            return found
        with browser() as chromium:
            found.append(in_the_browser(chromium, pathlib.Path(name) / "lite"))
    return found


def machine() -> str:
    """Where and when, and what else the machine did."""
    commit = subprocess.run(["git", "-C", ROOT, "rev-parse", "--short", "HEAD"], text=True, capture_output=True)
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{datetime.date.today().isoformat()}, commit {commit.stdout.strip()}, {os.cpu_count()} cores of "
        f"{platform.machine()}, {psutil.virtual_memory().total / 1e9:.0f} GB; load before {{before}}, after {load}."
    )


def main() -> None:
    """Measure, print, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--print", action="store_true", help="write nothing")
    given = parser.parse_args()
    before = f"{os.getloadavg()[0]:.1f}"
    found = measure()
    table = [
        "| Lesson 1.1 in | First explorer, first / second visit | Key to repaint, median / p95 | Pointer to repaint "
        "| Fetched, first / second visit | Memory: server | page |",
        "|---|---|---|---|---|---|---|",
        *(each.row() for each in found),
    ]
    text = "\n".join([*table, "", machine().format(before=before)])
    print(text)
    if given.print or len(found) < 3:
        return
    kept = PAGE.read_text(encoding="utf-8").partition(TABLE)
    after = kept[2].partition("\n## ")
    PAGE.write_text(f"{kept[0]}{TABLE}\n\n{text}\n\n## {after[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
