"""The course as pages without code, live: an index, and lessons that lead to each other. Used by the Jupyter server.

A server extension adds ``/read`` (the index) and ``/read/….md``; the lessons themselves are shown by Voilà with the
template in ``share/``, prepared by :func:`prepare`.
"""

from __future__ import annotations

import posixpath
import re
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web
from tornado.iostream import StreamClosedError
from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler

from defi_lib.course import contents
from defi_lib.course.gate import close_all_but_reading
from defi_lib.course.room import Page, Room

#: The extension of the server that shows speaker notes.
NOTES = "defi_lib.teaching.lecture.window"
#: The course's site, if it was built, and in it the page that opens a lesson in the browser edition.
SITE, IN_BROWSER = "build/site", "lite/notebooks/index.html"

_LINK = re.compile(r"(\]\()([^)\s#]+)(#[^)\s]*)?(?=[)\s])")
_HOW_TO_RUN = re.compile(rf"^{re.escape(contents.HOW_TO_RUN)}.*\n+", re.MULTILINE)


def prepare(handler: Any, notebook: Any, cwd: str) -> None:
    """A ``prelaunch_hook`` of Voilà: title, neighbours, and links that work on a page without code.

    Args:
        handler: of the request; says which notebook, and where the server's addresses begin.
        notebook: what will be shown; changed in place, in memory only.
        cwd: not used.
    """
    root = Path(handler.settings["server_root_dir"]).expanduser()
    path = handler.path_args[0].strip("/")
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = relinked(_HOW_TO_RUN.sub("", cell.source), path, handler.base_url)
    before, after = contents.neighbours(path, contents.lessons(root))
    here = contents.page(root, path)
    room = handler.settings.get("course_room")
    works = not (room and room.only_reading)
    notes = works and here.minutes and has_notes()
    notebook.metadata.title = here.title
    notebook.metadata.course = _common(handler) | {
        "before": before and (page_address(before.path, handler.base_url), before.name),
        "after": after and (page_address(after.path, handler.base_url), after.name),
        "work": works and url_path_join(handler.base_url, "lab/tree", quote(path)),
        "notes": notes and url_path_join(handler.base_url, "teach/notes", quote(path)),
    }


def has_notes() -> bool:
    """Whether what instructors use is here, and with it the speaker notes: not in a student's copy."""
    return find_spec("defi_lib.teaching") is not None and find_spec(NOTES) is not None


def offline(page_config: dict[str, Any], **_: Any) -> dict[str, Any]:
    """A ``page_config_hook`` of Voilà: formulas are drawn by what is installed, not by a script from elsewhere."""
    return page_config | {"fullMathjaxUrl": None, "mathjaxConfig": None}


def relinked(text: str, path: str, base_url: str) -> str:
    """Markdown of the notebook ``path`` with each link to a file of the course replaced by the address of its page."""

    def replaced(match: re.Match[str]) -> str:
        opening, target, anchor = match.groups()
        address = page_address(posixpath.normpath(posixpath.join(posixpath.dirname(path), target)), base_url)
        return opening + (target if ":" in target or not address else address) + (anchor or "")

    return _LINK.sub(replaced, text)


def page_address(path: str, base_url: str) -> str:
    """Where a file of the course is read: lessons as pages, labs and tables in JupyterLab; "" if it is not shown."""
    if path.endswith(".ipynb") and path.startswith("course/"):
        return url_path_join(base_url, "voila/render", quote(path))
    if path.endswith(".csv") or (path.endswith(".ipynb") and path.startswith("labs/")):
        return url_path_join(base_url, "lab/tree", quote(path))
    return url_path_join(base_url, "read", quote(path)) if path.endswith(".md") else ""


class _Handler(JupyterHandler):
    @property
    def root(self) -> Path:
        """The folder of the course."""
        return Path(self.settings["server_root_dir"]).expanduser()

    def show(self, template: str, **names: Any) -> None:
        """Answer with a page of the template."""
        page = self.settings["voila_jinja2_env"].get_template(template)
        self.finish(page.render(course=_common(self), base_url=self.base_url, **names))


class Index(_Handler):
    """The map of the course."""

    @web.authenticated
    def get(self) -> None:
        """Modules, lessons, minutes, labs and three ways through."""
        lessons = contents.lessons(self.root)
        known = {page.number: page for page in lessons}
        ways = {
            name: [known[number] for number in numbers if number in known]
            for name, numbers in (("two", contents.TWO_HOURS), ("ten", contents.TEN_HOURS))
        }
        self.show(
            "read.html",
            start=known.get("0"),
            ways=ways,
            minutes={"two": contents.two_hours(self.root, lessons), "ten": contents.ten_hours(lessons)},
            modules=contents.modules(self.root),
            address=lambda page: page_address(page.path, self.base_url),
        )


class Text(_Handler):
    """A Markdown page of the course, such as the glossary."""

    @web.authenticated
    def get(self, path: str) -> None:
        """The page; only Markdown files inside the course's folder."""
        from nbconvert.filters import markdown2html

        file = (self.root / path).resolve()
        hidden = any(part.startswith(".") for part in Path(path).parts)
        if hidden or not file.is_relative_to(self.root.resolve()) or not file.is_file():
            raise web.HTTPError(404, f"no page {path}")
        text = relinked(file.read_text(encoding="utf-8"), path, self.base_url)
        title = re.search(r"^# (.+)", text, re.MULTILINE)
        self.show("text.html", title=title[1] if title else path, body=markdown2html(text))


class Lesson(_Handler):
    """A lesson, live: the page of a reader who has a place in the room."""

    page: Page | None = None
    gone = False

    @property
    def room(self) -> Room:
        """Where the places are."""
        room: Room = self.settings["course_room"]
        return room

    @web.authenticated
    async def get(self, path: str) -> None:
        """The page, piece by piece while its cells run, or a word that the room is full."""
        if not path.endswith(".ipynb"):
            self.redirect(url_path_join(self.base_url, "voila/files", path))
            return
        self.page = await self.room.admit(path, self.get_argument("theme", ""))
        if self.page is None:
            self.full(path)
            return
        self.set_header("Cache-Control", "no-cache, no-store, must-revalidate")
        try:
            async for html in self.page.snippets():
                if self.gone:
                    break
                self.write(html)
                await self.flush()
        except StreamClosedError:
            self.gone = True
        except BaseException:
            self.room.leave(self.page)
            raise
        if self.gone:
            self.room.leave(self.page)

    def on_connection_close(self) -> None:
        """A page that was left, or loaded anew, before it was there."""
        self.gone = True
        if self.page:
            self.room.leave(self.page)

    def full(self, path: str) -> None:
        """Say so, and where the same can be read."""
        self.set_status(503)
        self.set_header("Retry-After", "30")
        site, in_browser = "", ""
        if (self.root / SITE / "index.html").is_file():
            site = url_path_join(self.base_url, "site/")
            if (self.root / SITE / IN_BROWSER).is_file():
                in_browser = url_path_join(site, f"{IN_BROWSER}?path={quote(path)}")
        elif contents.PUBLISHED:
            site, in_browser = contents.PLACE.site, contents.PLACE.in_browser(path)
        self.show("full.html", readers=self.room.readers, site=site, in_browser=in_browser)


class Places(_Handler):
    """For whoever invited the readers: the address for them, and how full the room is."""

    @web.authenticated
    def get(self) -> None:
        """A page that keeps itself up to date; for programs, with ``?json``, the numbers."""
        room: Room = self.settings["course_room"]
        numbers = room.places()
        if "json" in self.request.arguments:
            self.finish(numbers)
            return
        path = page_address(room.lesson, self.base_url) or url_path_join(self.base_url, "read")
        token = getattr(self.identity_provider, "token", "")
        address = f"{self.request.protocol}://{self.request.host}{path}{f'?token={token}' if token else ''}"
        title = contents.page(self.root, room.lesson).title if room.lesson else ""
        self.show("places.html", title=title, address=address, **numbers)


class Stop(VoilaShutdownKernelHandler):
    """The end of a page stops its kernel.

    A page that is being left cannot send the usual token against forged requests; the kernel's number, which is random,
    is known to that page alone.
    """

    def check_xsrf_cookie(self) -> None:
        """Nothing is asked."""

    @web.authenticated
    async def post(self, kernel_id: str) -> None:
        """Only kernels of pages are stopped; one that has ended already is no error."""
        room: Room = self.settings["course_room"]
        if page := room.page_of(kernel_id):
            room.leave(page)
        self.set_status(204)
        self.finish()


class Site(JupyterHandler, web.StaticFileHandler):
    """The course's site and its browser edition, if they were built: they need no kernel, however many read them."""

    @web.authenticated
    async def get(self, path: str, include_body: bool = True) -> None:  # type: ignore[override]
        """A file of the site."""
        await web.StaticFileHandler.get(self, path, include_body)


class Closed(_Handler):
    """What readers have no access to."""

    def prepare(self) -> None:  # type: ignore[override]
        """Whatever is asked, and however."""
        self.set_status(404)
        words = "This server shows pages to read. Labs and code need a copy of the course of your own."
        self.show("text.html", title="Not here", body=f"<h1>Not here</h1><p>{words}</p>")


def _common(handler: Any) -> dict[str, Any]:
    return {
        "index": url_path_join(handler.base_url, "read"),
        "glossary": url_path_join(handler.base_url, "read/course/glossary.md"),
        "assumptions": url_path_join(handler.base_url, "read/ASSUMPTIONS.md"),
        "progress": page_address("course/my_progress.ipynb", handler.base_url),
        "lab": url_path_join(handler.base_url, "lab"),
        "mistake": f"{contents.REPOSITORY}/issues" if contents.PUBLISHED else "",
        "no_advice": contents.NO_ADVICE,
    }


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    settings = server.web_app.settings
    base, root = settings["base_url"], Path(settings["server_root_dir"]).expanduser()
    room = settings["course_room"] = Room(server)
    files = {"path": str(root / SITE), "default_filename": "index.html"}
    handlers = [
        (url_path_join(base, "read/?"), Index),
        (url_path_join(base, "read/places"), Places),
        (url_path_join(base, r"read/(.+\.md)"), Text),
        (url_path_join(base, r"voila/render/(.*)"), Lesson),  # these two before Voilà's own
        (url_path_join(base, r"voila/api/shutdown/([\w-]+)"), Stop),
        (url_path_join(base, r"site/(.*)"), Site, files),
    ]
    server.web_app.add_handlers(".*$", handlers)
    if room.only_reading:
        close_all_but_reading(server.web_app, server.kernel_manager, Closed)
    server.io_loop.add_callback(room.keep)
