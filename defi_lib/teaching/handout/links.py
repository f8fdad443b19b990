"""Links of a student's copy: what would lead to a page that it leaves out becomes plain words."""

from __future__ import annotations

import argparse
import json
import posixpath
import re
import sys
from collections.abc import Container
from urllib.parse import quote

from defi_lib.course.place import FIRST_PAGE

_LINK = re.compile(r"(?<!!)\[((?:[^][]|\[[^][]*\])*)\]\(([^)\s#]*)(#[^)\s]*)?\)")


def without_dead_links(path: str, text: str, kept: Container[str]) -> str:
    """The Markdown or notebook ``path`` in which links to files that are not kept are plain words."""
    if path.endswith(".md"):
        return _unlinked(path, text, kept)
    if not path.endswith(".ipynb"):
        return text
    notebook = json.loads(text)
    for cell in notebook["cells"]:
        before = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and (after := _unlinked(path, before, kept)) != before:
            cell["source"] = after.splitlines(keepends=True)
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def dead_links(path: str, text: str, kept: Container[str]) -> list[str]:
    """Targets of the links in a page of Markdown that are not kept."""
    return [match[2] for match in _LINK.finditer(text) if not _leads(path, match[2], kept)]


def _unlinked(path: str, text: str, kept: Container[str]) -> str:
    return _LINK.sub(lambda match: match[0] if _leads(path, match[2], kept) else match[1], text)


def _leads(path: str, target: str, kept: Container[str]) -> bool:
    """Whether a link leads to a file that is kept, to a place of its own page, or out of the course."""
    return not target or ":" in target or posixpath.normpath(posixpath.join(posixpath.dirname(path), target)) in kept


def pull_link(hub: str, repository: str, page: str = FIRST_PAGE, branch: str = "main") -> str:
    """A link that gets the course, or what is new of it, into a student's folder on a JupyterHub, and opens a page.

    The hub needs `nbgitpuller <https://nbgitpuller.readthedocs.io>`_.

    Args:
        hub: its address, ``"https://hub.example.edu"``.
        repository: ``"you/course"`` on GitHub, or the whole address of any other.
        page: that is opened; a notebook, by its path in the repository.
        branch: of the repository.

    >>> pull_link("https://hub.example.edu/", "you/course")
    'https://hub.example.edu/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fyou%2Fcourse&branch=main&urlpath=lab%2Ftree%2Fcourse%2Fcourse%2F00_start_here.ipynb'

    Raises:
        ValueError: an address without ``https://`` or ``http://``, a repository without a name.
    """
    if not re.match(r"https?://[^/\s]+", hub):
        raise ValueError(f"hub = {hub!r} is not allowed: give its address, https://…")
    if not re.fullmatch(r"[\w.-]+/[\w.-]+|\w+://\S+/\S+", repository):
        raise ValueError(f"repository = {repository!r} is not allowed: give you/course, or a whole address")
    address = repository if "://" in repository else f"https://github.com/{repository}"
    name = posixpath.basename(address.rstrip("/"))
    folder = name.removesuffix(".git")
    told = {"repo": address, "branch": branch, "urlpath": f"lab/tree/{folder}/{page}"}
    if folder != name:
        told["targetpath"] = folder
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in told.items())
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{query}"


def main(arguments: list[str]) -> int:
    """Print a link for students; gives 0, or 2 with a sentence."""
    parser = argparse.ArgumentParser(prog="python -m defi_lib.teaching link", description="A link of nbgitpuller.")
    parser.add_argument("hub", help="its address: https://hub.example.edu")
    parser.add_argument("repository", help="you/course on GitHub, or the whole address of another place")
    parser.add_argument("page", nargs="?", default=FIRST_PAGE, help="a notebook that is opened")
    parser.add_argument("--branch", default="main")
    given = parser.parse_args(arguments)
    try:
        print(pull_link(given.hub, given.repository, given.page, given.branch))
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 0
