"""Readers of pages without code: how many there may be, lessons made ready ahead, the end of kernels not needed.

Every reader has a kernel of their own. Voilà's own pool of kernels works in its own server only, and not together with
a hook that prepares a lesson. The page itself is rendered by Voilà here too.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import posixpath
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psutil
from jupyter_core.utils import ensure_async
from jupyter_server.utils import url_path_join
from traitlets import Bool, Float, Int, Unicode
from traitlets.config import LoggingConfigurable
from voila.configuration import VoilaConfiguration
from voila.notebook_renderer import NotebookRenderer
from voila.paths import collect_template_paths
from voila.utils import get_page_config

#: So often (seconds) the room looks for pages that were left, and for free places.
LOOK = 2.0
#: Nothing was written for so long (seconds): the page says that it is still there, which keeps proxies waiting.
HEARTBEAT = 10.0
#: What one more lesson may need, and what stays free (bytes), before anything was measured.
A_LESSON, FREE = 150e6, 300e6
#: So many lessons in a row that could not be made ready: no more are tried.
FAILURES = 3
#: Where Linux says how much memory a container may use.
CGROUP = Path("/sys/fs/cgroup")


class Page:
    """A lesson that runs in a kernel of its own, and the page that comes of it, snippet by snippet.

    Attributes:
        kernel_id: of its kernel; known before the kernel runs.
        seen: when its reader was last there (seconds of a monotonic clock).
        met: whether its reader's browser has ever spoken with the kernel.
    """

    def __init__(self, renderer: NotebookRenderer, kernels: Any, turns: asyncio.Semaphore, env: dict[str, str]) -> None:
        self.kernel_id = str(uuid.uuid4())
        self.path: str = renderer.notebook_path
        self.theme: str = renderer.theme
        self.seen = time.monotonic()
        self.met = False
        self._renderer, self._kernels, self._turns, self._env = renderer, kernels, turns, env
        self._snippets: list[str] = []
        self._news = asyncio.Event()
        self._starting: asyncio.Future[Any] | None = None
        self.task = asyncio.create_task(self._run())
        self.task.add_done_callback(lambda _: self._news.set())

    @property
    def ready(self) -> bool:
        """Whether all cells have run."""
        return self.task.done() and not self.failed

    @property
    def failed(self) -> bool:
        """Whether the page could not be made."""
        return self.task.done() and (self.task.cancelled() or self.task.exception() is not None)

    async def snippets(self) -> AsyncIterator[str]:
        """The page from its beginning; what is not there yet is waited for."""
        sent = 0
        while sent < len(self._snippets) or not self.task.done():
            if sent < len(self._snippets):
                new, sent = self._snippets[sent:], len(self._snippets)
                yield "".join(new)
                continue
            self._news.clear()
            try:
                await asyncio.wait_for(self._news.wait(), HEARTBEAT)
            except TimeoutError:
                yield "<script>window.voila_heartbeat?.()</script>\n"
        await self.task  # an error is the reader's, too

    async def close(self) -> None:
        """Stop the kernel, whatever it does."""
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)
        if self._starting is not None:  # a kernel that is being started cannot be called back
            await asyncio.gather(self._starting, return_exceptions=True)
        with contextlib.suppress(AttributeError):  # it never spoke with its kernel
            await ensure_async(self._renderer.executor.kc.stop_channels())
        if self.kernel_id in self._kernels:
            await ensure_async(self._kernels.shutdown_kernel(self.kernel_id))

    async def _run(self) -> None:
        has_turn = False

        async def kernel() -> Any:
            """Voilà awaits this after the head of the page, with which a reader has something to see."""
            nonlocal has_turn
            has_turn = await self._turns.acquire()
            name, folder = self._renderer.notebook.metadata.kernelspec.name, posixpath.dirname(self.path)
            start = self._kernels.start_kernel(kernel_id=self.kernel_id, kernel_name=name, path=folder, env=self._env)
            self._starting = asyncio.ensure_future(start)
            await asyncio.shield(self._starting)
            return self._kernels.get_kernel(self.kernel_id)

        try:
            async for snippet, _ in self._renderer.generate_content_generator(self.kernel_id, kernel()):
                self._snippets.append(snippet)
                self._news.set()
            # The server would read every message once more, to know when the kernel was last busy: `heard` tells.
            self._kernels.stop_watching_activity(self.kernel_id)
        finally:
            if has_turn:
                self._turns.release()


class Room(LoggingConfigurable):
    """All pages of a server: those that are read, and those that wait for readers."""

    lesson = Unicode("", config=True, help="A lesson (course/….ipynb) that is made ready before its readers come.")
    readers = Int(
        0, min=0, config=True, help="So many readers have a place, whatever they read; 0: as many as memory allows."
    )
    spare = Int(2, min=0, config=True, help="Lessons made ready beyond the places: who loads a page anew has one.")
    pause = Float(5.0, config=True, help="After a reader came, nothing is made ready for so long (seconds).")
    arriving = Float(60.0, config=True, help="A page that no browser has begun to use ends after so long (seconds).")
    away = Float(120.0, config=True, help="A page whose browser has gone without a word ends after so long (seconds).")
    idle = Float(4 * 3600.0, config=True, help="A page at which nothing happens ends after so long (seconds).")
    only_reading = Bool(False, config=True, help="Serve pages to read, and nothing else; see defi_lib.course.gate.")

    def __init__(self, server: Any) -> None:
        super().__init__(parent=server)
        self.server = server
        self.kernels = server.kernel_manager
        self.waiting: list[Page] = []
        self.read: set[Page] = set()
        self._voila = VoilaConfiguration(parent=server)
        self._templates = collect_template_paths(["voila", "nbconvert"], self._voila.template)
        self._cores = os.cpu_count() or 1
        self._turns = asyncio.Semaphore(max(2, self._cores))
        self._a_lesson = A_LESSON
        self._failures = 0
        self._was_ready = False
        self._last_came = -math.inf
        self._coming = 0
        self._closing: set[asyncio.Task[None]] = set()
        self._keeping: asyncio.Task[None] | None = None
        self._over = False
        self._end_kernels, self.kernels.shutdown_all = self.kernels.shutdown_all, self._end

    async def admit(self, path: str, theme: str = "") -> Page | None:
        """A page for one more reader; none if the room is full.

        Raises:
            tornado.web.HTTPError: there is no such notebook.
        """
        if self.readers and len(self.read) + self._coming >= self.readers:
            return None
        page = self._taken(path, theme or self._voila.theme)
        if page is None:
            if not self._memory_for_one_more():
                return None
            self._coming += 1
            try:
                page = await self._begun(path, theme)
            finally:
                self._coming -= 1
        self.read.add(page)
        page.seen = self._last_came = time.monotonic()
        return page

    def leave(self, page: Page) -> None:
        """The reader of a page has gone: its kernel ends, and the place is free at once."""
        if page in self.read:
            self.read.discard(page)
            self._close(page)

    def page_of(self, kernel_id: str) -> Page | None:
        """The page that is read with a kernel."""
        return next((page for page in self.read if page.kernel_id == kernel_id), None)

    def places(self) -> dict[str, Any]:
        """How full the room is."""
        waiting = sum(page.ready for page in self.waiting)
        free = round(free_memory() / 1e9, 1)
        return {
            "readers": self.readers,
            "taken": len(self.read),
            "waiting": waiting,
            "ready": self._was_ready or not self.lesson,
            "gigabytes": free,
        }

    async def keep(self) -> None:
        """For as long as the server runs: end what was left, make ready what is missing."""
        self._keeping = asyncio.current_task()
        while not self._over:
            try:
                await self.look()
            except Exception:
                self.log.exception("The room could not be looked after")
            await asyncio.sleep(LOOK if self._was_ready or not self.lesson else 0.1)

    async def look(self) -> None:
        """Once."""
        for page in [page for page in self.read if self._is_over(page)]:
            self.leave(page)
        self._a_lesson = max(self._a_lesson, *map(self._memory_of, self.waiting + list(self.read)), 0.0)
        if self.lesson:
            await self._make_ready()

    async def _end(self, *args: Any, **kwargs: Any) -> None:
        """The server stops: nothing is begun any more, and what runs does not wait for kernels that are gone."""
        self._over = True
        tasks = [page.task for page in (*self.waiting, *self.read)]
        if self._keeping:  # files are read in a thread that ends with the task that began it
            tasks.append(self._keeping)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *self._closing, return_exceptions=True)
        await ensure_async(self._end_kernels(*args, **kwargs))

    def _taken(self, path: str, theme: str) -> Page | None:
        """The page that is nearest to be ready, taken out of those that wait."""
        fit = [page for page in self.waiting if (page.path, page.theme) == (path, theme) and not page.failed]
        page = next(iter(sorted(fit, key=lambda page: not page.ready)), None)
        if page:
            self.waiting.remove(page)
        return page

    async def _begun(self, path: str, theme: str = "") -> Page:
        """A page whose lesson begins to run."""
        settings, base_url = self.server.web_app.settings, self.server.base_url
        known = {"base_url": base_url, "settings": settings, "log": self.log, "voila_configuration": self._voila}
        config = get_page_config(**known)
        if self._voila.page_config_hook:
            config = self._voila.page_config_hook(config, **known, notebook_path=path)
        renderer = NotebookRenderer(
            # What the hook that prepares a lesson needs to know: a lesson made ready ahead was asked for by nobody.
            request_handler=SimpleNamespace(settings=settings, base_url=base_url, path_args=[path]),
            voila_configuration=self._voila,
            traitlet_config=self.server.config,
            notebook_path=path,
            template_paths=self._templates,
            config_manager=self.server.config_manager,
            contents_manager=self.server.contents_manager,
            kernel_spec_manager=self.server.kernel_spec_manager,
            base_url=base_url,
            page_config=config,
            mathjax_config=settings.get("mathjax_config"),
            mathjax_url=settings.get("mathjax_url"),
        )
        await renderer.initialize(theme=theme or None)
        env = os.environ | {
            "VOILA_BASE_URL": base_url,
            "VOILA_REQUEST_URL": url_path_join(base_url, "voila/render", path),
        }
        return Page(renderer, self.kernels, self._turns, env)

    async def _make_ready(self) -> None:
        """As many pages wait as there are free places, and the spare ones: all cores at first, one by one later."""
        for page in [page for page in self.waiting if page.failed]:
            self.waiting.remove(page)
            self._failures += 1
            self.log.error("%s could not be made ready: %r", page.path, page.task.exception())
            self._close(page)
        wanted = self.readers + self.spare - len(self.read) if self._failures < FAILURES else 0
        while len(self.waiting) > max(wanted, 0):
            self._close(self.waiting.pop())
        begun = [page for page in self.waiting if not page.ready]
        at_once = 1 if self._was_ready else self._cores
        calm = time.monotonic() - self._last_came > self.pause or not self._was_ready
        if len(self.waiting) < wanted and len(begun) < at_once and calm and self._memory_for_one_more():
            self.waiting.append(await self._begun(self.lesson))
        elif not begun and not self._was_ready:
            self._was_ready = True
            text = "The room is ready: %d lessons wait for %d readers; %.1f GB of memory are free."
            self.log.warning(text, len(self.waiting), self.readers, free_memory() / 1e9)

    def _memory_of(self, page: Page) -> float:
        if page.kernel_id not in self.kernels:
            return 0.0
        try:
            return float(psutil.Process(self.kernels.get_kernel(page.kernel_id).provisioner.pid).memory_info().rss)
        except (AttributeError, psutil.Error):
            return 0.0

    def _memory_for_one_more(self) -> bool:
        growing = self._coming + sum(not page.ready for page in (*self.waiting, *self.read))
        return free_memory() > (growing + 1) * self._a_lesson + FREE

    def _is_over(self, page: Page) -> bool:
        """Whether nobody reads a page any more. A page that is still being written has a reader: see the handler."""
        now = time.monotonic()
        if not page.task.done():
            page.seen = now
            return False
        try:
            model = self.kernels.kernel_model(page.kernel_id)
        except Exception:  # its kernel has ended
            return True
        if model["connections"]:
            page.seen, page.met = now, True
            heard = getattr(self.kernels.get_kernel(page.kernel_id), "heard", page.seen)
            return bool(now - heard > self.idle)
        return now - page.seen > (self.away if page.met else self.arriving)

    def _close(self, page: Page) -> None:
        closing = asyncio.ensure_future(page.close())
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


def free_memory() -> float:
    """Memory that is free (bytes), also where a container may use less than the machine has."""
    free = float(psutil.virtual_memory().available)
    with contextlib.suppress(OSError, ValueError):
        limit, used = (int((CGROUP / name).read_text()) for name in ("memory.max", "memory.current"))
        free = min(free, float(limit - used))
    return free
