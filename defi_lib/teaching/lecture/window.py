"""The window of speaker notes, a page of the course's server: ``/teach/notes/course/1_exchange/01_swaps.ipynb``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado import web

from defi_lib.course import contents
from defi_lib.course.reading import page_address
from defi_lib.teaching.lecture.lesson import Lesson
from defi_lib.teaching.lecture.notes import notes


class Notes(JupyterHandler):
    """The notes to one lesson."""

    @web.authenticated
    def get(self, path: str) -> None:
        """The page; only for lessons."""
        root = Path(self.settings["server_root_dir"]).expanduser()
        page = next((each for each in contents.lessons(root) if each.path == path), None)
        if page is None:
            raise web.HTTPError(404, f"no lesson {path}")
        template = self.settings["voila_jinja2_env"].get_template("notes.html")
        lesson = page_address(path, self.base_url)
        parts = notes(Lesson(page, root))
        self.finish(template.render(page=page, parts=parts, lesson=lesson, base_url=self.base_url))


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(server: Any) -> None:
    base = server.web_app.settings["base_url"]
    server.web_app.add_handlers(".*$", [(url_path_join(base, r"teach/notes/(.+\.ipynb)"), Notes)])
