"""A reader of the browser edition, for tests and benchmarks: opens a notebook, waits, drags a slider, presses keys."""

from __future__ import annotations

import contextlib
import statistics
import time
from typing import Any, NamedTuple

from playwright.sync_api import Page, TimeoutError

from tools.editions.lite.serve import Site

FIGURE = ".defi-explorer .defi-canvas .bk-Figure"
HANDLE = ".defi-explorer .noUi-handle"
STATE = "() => document.querySelector('.defi-bar')?.dataset.state"

#: Notes how long it takes from a key or a step of the pointer to the frame after the first stroke that it causes.
WATCH = """() => {
  window.begun = 0; window.latencies = []; let drawn = false;
  const begin = () => { window.begun = performance.now(); drawn = false; };
  addEventListener("keydown", begin, true);
  addEventListener("pointermove", (event) => { if (event.buttons) begin(); }, true);
  const stroke = CanvasRenderingContext2D.prototype.stroke;
  CanvasRenderingContext2D.prototype.stroke = function (...a) {
    if (window.begun && !drawn) {
      drawn = true;
      const then = window.begun;
      requestAnimationFrame(() => { window.latencies.push(performance.now() - then); window.begun = 0; });
    }
    return stroke.apply(this, a);
  };
}"""


class Latency(NamedTuple):
    """From what a hand does to what an eye sees, in milliseconds."""

    median: float
    p95: float
    answered: int  #: of so many steps
    steps: int

    @classmethod
    def of(cls, times: list[float], steps: int, warm: int = 5) -> Latency:
        """Of the times that were noted; the first ones warm up."""
        kept = sorted(times[warm:])
        if not kept:
            return cls(float("nan"), float("nan"), len(times), steps)
        return cls(statistics.median(kept), kept[int(0.95 * len(kept))], len(times), steps)


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

    def hold(self, number: int = 0) -> tuple[float, float]:
        """Scroll to a slider's handle and press the pointer on it; gives its place."""
        handle = self.page.locator(HANDLE).nth(number)
        handle.evaluate("element => element.scrollIntoView({block: 'center'})")
        self.page.wait_for_timeout(500)
        box = handle.bounding_box()
        assert box is not None
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        return x, y

    def drag(self, by: float, steps: int = 20, number: int = 0) -> None:
        """Drag a slider's handle by so many pixels."""
        x, y = self.hold(number)
        for step in range(1, steps + 1):
            self.page.mouse.move(x + by * step / steps, y)
            self.page.wait_for_timeout(16)
        self.page.mouse.up()

    def pointer(self, steps: int = 60) -> Latency:
        """Drag the first slider there and back, each step after the plot has followed."""
        self.page.evaluate(WATCH)
        x, y = self.hold()
        self.page.evaluate("window.latencies.length = 0")
        for step in range(steps):
            self.page.mouse.move(x + 2 * (step if step < steps * 2 / 3 else steps * 4 / 3 - step) + 2, y)
            self._until_painted()
        self.page.mouse.up()
        return Latency.of(self.page.evaluate("window.latencies"), steps)

    def keys(self, presses: int = 60) -> Latency:
        """Press the arrow keys on the first slider, each after the plot has followed."""
        self.page.evaluate(WATCH)
        self.page.locator(HANDLE).first.focus()
        for press in range(presses):
            self.page.keyboard.press("ArrowRight" if press < presses / 2 else "ArrowLeft")
            self._until_painted()
        return Latency.of(self.page.evaluate("window.latencies"), presses)

    def _until_painted(self) -> None:
        with contextlib.suppress(TimeoutError):  # a step that changes nothing
            self.page.wait_for_function("() => !window.begun", timeout=2_000, polling=10)
        self.page.evaluate("window.begun = 0")
        self.page.wait_for_timeout(40)

    def explorers(self) -> list[dict[str, Any]]:
        """Of each explorer: whether its figure is drawn, its sentence, and what went wrong."""
        return self.page.evaluate(
            """() => [...document.querySelectorAll(".defi-explorer")].map((box) => ({
              drawn: !!box.querySelector(".defi-canvas .bk-Figure"),
              said: box.querySelector(".defi-say")?.innerText ?? "",
              error: box.querySelector(".defi-error:not([hidden])")?.innerText ?? "",
            }))"""
        )
