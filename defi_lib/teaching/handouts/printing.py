"""From HTML to PDF by a headless Chromium, without network: formulas are drawn by the MathJax that bokeh brings."""

from __future__ import annotations

import os
import re
import shutil
from importlib.resources import files
from types import TracebackType
from typing import Any, Self

from defi_lib.teaching.handouts.sheet import sheet
from defi_lib.teaching.lecture.lesson import Lesson

_NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")
_SCRIPTS = ("bokeh.min.js", "bokeh-mathjax.min.js")
_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]


class Printer:
    """Prints handouts, in one browser; used with ``with``.

    Raises:
        RuntimeError: playwright or a Chromium is missing.
    """

    def __enter__(self) -> Self:
        try:
            from playwright.sync_api import sync_playwright
        except ImportError:
            raise RuntimeError("printing needs playwright: install it with make .venv/developer") from None
        browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, _NAMES)), None)
        if not browser:
            raise RuntimeError("printing needs Chromium or Chrome: install it, or say in CHROMIUM where it is")
        self._playwright = sync_playwright().start()
        try:
            self._browser = self._playwright.chromium.launch(executable_path=browser, args=_ARGUMENTS)
            self._page = self._browser.new_context(offline=True).new_page()
            self._prepare()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if hasattr(self, "_browser"):
            self._browser.close()
        self._playwright.stop()

    def pdf(self, lesson: Lesson) -> bytes:
        """The two pages of a lesson.

        Raises:
            RuntimeError: what was printed is not two pages: something does not fit in the smallest type.
        """
        told = self.lay_out(lesson)
        if told["wrong"]:
            raise RuntimeError(f"lesson {lesson.page.number}: {told['wrong']}")
        printed: bytes = self._page.pdf(prefer_css_page_size=True, print_background=True, tagged=True)
        if pages_of(printed) != 2:
            raise RuntimeError(f"lesson {lesson.page.number} gave {pages_of(printed)} pages instead of 2")
        return printed

    def lay_out(self, lesson: Lesson) -> dict[str, Any]:
        """Bring a lesson onto the page; gives its ``text``, the sizes of its ``type`` (pt), and what went ``wrong``."""
        told: dict[str, Any] = self._page.evaluate(
            "([content, title]) => layOut(content, title)", [sheet(lesson), f"{lesson.page.name}: handout"]
        )
        return told

    def _prepare(self) -> None:
        here, scripts = files("defi_lib.teaching.handouts"), files("bokeh") / "server/static/js"
        style = (here / "sheet.css").read_text("utf-8")
        head = f"<!doctype html><html lang='en'><head><style>{style}</style></head>"
        self._page.set_content(f"{head}<body></body></html>")
        for name in _SCRIPTS:
            self._page.add_script_tag(content=(scripts / name).read_text("utf-8"))
        self._page.add_script_tag(content=(here / "sheet.js").read_text("utf-8"))
        self._page.emulate_media(media="print")


def pages_of(pdf: bytes) -> int:
    """How many pages a PDF of Chromium has."""
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
