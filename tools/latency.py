"""How long a plot takes to follow a hand, in a real Chromium: used by benchmarks and by tests of the editions."""

from __future__ import annotations

import contextlib
import math
import statistics
from typing import NamedTuple

from playwright.sync_api import Page, TimeoutError

HANDLE = ".defi-explorer .noUi-handle"

#: Pixels that the pointer moves at a time: further than from one stop of a slider to the next.
STRIDE = 4

#: Notes how long it takes from a key, or a step of a pressed pointer, to the frame after the first stroke (Bokeh) or
#: the new picture (matplotlib) that it causes.
WATCH = """() => {
  window.begun = 0;
  if (window.latencies) { window.latencies.length = 0; return; }
  window.latencies = []; let drawn = false;
  const begin = () => { window.begun = performance.now(); drawn = false; };
  addEventListener("keydown", begin, true);
  addEventListener("pointermove", (event) => { if (event.buttons) begin(); }, true);
  const seen = () => {
    if (!window.begun || drawn) return;
    drawn = true;
    const then = window.begun;
    requestAnimationFrame(() => { window.latencies.push(performance.now() - then); window.begun = 0; });
  };
  const stroke = CanvasRenderingContext2D.prototype.stroke;
  CanvasRenderingContext2D.prototype.stroke = function (...a) { seen(); return stroke.apply(this, a); };
  new MutationObserver((records) => {
    for (const r of records) for (const n of r.addedNodes) {
      const image = n.querySelector?.("img") ?? (n.tagName === "IMG" ? n : null);
      if (image) image.decode().then(seen, seen);
    }
  }).observe(document.body, {childList: true, subtree: true});
}"""


class Latency(NamedTuple):
    """From what a hand does to what an eye sees, in milliseconds."""

    median: float
    p95: float
    answered: int  #: how many steps the plot followed
    steps: int  #: of so many

    @classmethod
    def of(cls, times: list[float], steps: int, warm: int = 10) -> Latency:
        """Of the times that were noted; the first ones warm up."""
        kept = sorted(times[warm:])
        if not kept:
            return cls(math.nan, math.nan, len(times), steps)
        return cls(statistics.median(kept), kept[int(0.95 * len(kept))], len(times), steps)

    def __str__(self) -> str:
        return f"{self.median:.0f} / {self.p95:.0f}"


def keys(page: Page, presses: int = 80, handle: str = HANDLE) -> Latency:
    """Press the arrow keys on the page's first slider, there and back, each press after the plot has followed."""
    page.evaluate(WATCH)
    page.locator(handle).first.focus()
    for press in range(presses):
        page.keyboard.press("ArrowRight" if press < presses / 2 else "ArrowLeft")
        _until_painted(page)
    return Latency.of(page.evaluate("window.latencies"), presses)


def pointer(page: Page, steps: int = 80, handle: str = HANDLE) -> Latency:
    """Drag the page's first slider, there and back, each step after the plot has followed."""
    page.evaluate(WATCH)
    x, y = hold(page, handle)
    width = page.locator(handle).first.evaluate("element => element.closest('.noUi-base').offsetWidth")
    far = max(1, int(0.4 * width / STRIDE))  # strides from the middle of its track, where the handle stands at first
    page.evaluate("window.latencies.length = 0")
    for step in range(1, steps + 1):
        page.mouse.move(x + STRIDE * (far - abs(step % (2 * far) - far)), y)
        _until_painted(page)
    page.mouse.up()
    return Latency.of(page.evaluate("window.latencies"), steps)


def hold(page: Page, handle: str = HANDLE, number: int = 0) -> tuple[float, float]:
    """Scroll to a slider's handle and press the pointer on it; gives its place."""
    found = page.locator(handle).nth(number)
    found.evaluate("element => element.scrollIntoView({block: 'center'})")
    page.wait_for_timeout(500)
    box = found.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    return x, y


def _until_painted(page: Page, seconds: float = 1.0) -> None:
    with contextlib.suppress(TimeoutError):  # a step from a stop to the same stop changes nothing
        page.wait_for_function("() => !window.begun", timeout=1000 * seconds, polling=10)
    page.evaluate("window.begun = 0")
    page.wait_for_timeout(40)
