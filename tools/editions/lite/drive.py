"""A reader of the browser edition, for tests and benchmarks: opens a notebook, waits, drags a slider."""

from __future__ import annotations

import time
from typing import Any

from playwright.sync_api import Page

from tools.editions.lite.serve import Site
from tools.latency import hold

FIGURE = ".defi-explorer .defi-canvas .bk-Figure"
STATE = "() => document.querySelector('.defi-bar')?.dataset.state"


class Visit:
    """One notebook's page, from the moment it is asked for.

    Attributes:
        strayed: requests that left the site.
        errors: what the page's console calls an error.
    """

    def __init__(self, page: Page, site: Site, path: str, root: str = "") -> None:
        self.page, self.site = page, site
        self.errors: list[str] = []
        self.strayed: list[str] = []
        page.on("console", lambda message: self.errors.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        own = (site.address, "data:", "blob:")
        page.on("request", lambda request: None if request.url.startswith(own) else self.strayed.append(request.url))
        self._start, self._sent = time.monotonic(), len(site.sent)
        page.goto(f"{site.address}{root}notebooks/index.html?path={path}", timeout=120_000)

    @property
    def seconds(self) -> float:
        """Since the page was asked for."""
        return time.monotonic() - self._start

    @property
    def megabytes(self) -> float:
        """That came over the wire since then."""
        return sum(each.bytes for each in self.site.sent[self._sent :]) / 1e6

    @property
    def said(self) -> str:
        """What the bar says."""
        return self.page.locator(".defi-bar-said").inner_text()

    def until_ready(self, seconds: float = 180) -> float:
        """Wait for Python; gives the seconds since the page was asked for."""
        self.page.wait_for_function(f"() => ['idle', 'done'].includes(({STATE})())", timeout=seconds * 1000, polling=50)
        return self.seconds

    def until_alive(self, seconds: float = 180) -> float:
        """Wait for the first explorer; gives the seconds since the page was asked for."""
        self.page.locator(FIGURE).first.wait_for(state="attached", timeout=seconds * 1000)
        return self.seconds

    def until_run(self, seconds: float = 300) -> str:
        """Wait until the cells have run, or one has stopped; gives what the bar says."""
        state = f"() => ['done', 'stopped'].includes(({STATE})())"
        self.page.wait_for_function(state, timeout=seconds * 1000, polling=100)
        return self.said

    def sentence(self, number: int = 0) -> str:
        """What an explorer says."""
        return self.page.locator(".defi-explorer").nth(number).locator(".defi-say").inner_text()

    def until_said_other_than(self, sentence: str, number: int = 0, seconds: float = 20) -> str:
        """Wait until an explorer says something else; gives that."""
        self.page.wait_for_function(
            "([n, old]) => document.querySelectorAll('.defi-explorer')[n].querySelector('.defi-say').innerText !== old",
            arg=[number, sentence],
            timeout=seconds * 1000,
        )
        return self.sentence(number)

    def drag(self, by: float, steps: int = 20, number: int = 0) -> None:
        """Drag a slider's handle by so many pixels."""
        x, y = hold(self.page, number=number)
        for step in range(1, steps + 1):
            self.page.mouse.move(x + by * step / steps, y)
            self.page.wait_for_timeout(16)
        self.page.mouse.up()

    def explorers(self) -> list[dict[str, Any]]:
        """Of each explorer: whether its figure is drawn, its sentence, and what went wrong."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll(".defi-explorer")].map((box) => ({
              drawn: !!box.querySelector(".defi-canvas .bk-Figure"),
              said: box.querySelector(".defi-say")?.innerText ?? "",
              error: box.querySelector(".defi-error:not([hidden])")?.innerText ?? "",
            }))"""
        )
