"""What notebooks link to besides notebooks: the glossary and other texts as plain pages, tables as they are."""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from pathlib import Path

from nbconvert.filters import markdown2html

_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s#:]+)(#[^)\s]*)?\)")
_STYLE = """
body { max-width: 46em; margin: 0 auto; padding: 16px; color: #1a1a1a; font: 17px/1.5 system-ui, sans-serif; }
a { color: #1b5e9e; } table { display: block; overflow-x: auto; border-collapse: collapse; }
td, th { padding: 4px 10px; border: 1px solid #ccc; text-align: left; vertical-align: top; }
:target { background: #fff3b0; } :target + strong { background: #fff3b0; }
@media (prefers-color-scheme: dark) { body { background: #161616; color: #e4e4e4; } a { color: #8ab8ea; }
  :target + strong { background: #5a4a00; } }
"""
_FRAME = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,"><style>{style}</style></head>
<body>{body}</body></html>
"""


def write_pages(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write the files that notebooks link to, and those that these link to, in the same folders as in the course.

    Args:
        folder: where they go.
        files: a copy of the course, by path.
    """
    waiting, done = _linked_by_notebooks(files), set[str]()
    while waiting := (waiting & files.keys()) - done:
        path = min(waiting)
        done.add(path)
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.endswith(".md"):
            text = files[path].decode()
            waiting = waiting | links(text, path)
            target.with_suffix(".html").write_text(_page(text, path, set(files)), encoding="utf-8")
        else:
            target.write_bytes(files[path])


def links(text: str, path: str) -> set[str]:
    """The files that the Markdown of ``path`` links to, except notebooks."""
    found = {posixpath.normpath(posixpath.join(posixpath.dirname(path), match[2])) for match in _LINK.finditer(text)}
    return {each for each in found if not each.endswith(".ipynb")}


def _linked_by_notebooks(files: Mapping[str, bytes]) -> set[str]:
    found = set[str]()
    for path, content in files.items():
        if path.endswith(".ipynb"):
            for cell in json.loads(content)["cells"]:
                found |= links("".join(cell["source"]), path) if cell["cell_type"] == "markdown" else set()
    return found


def _page(text: str, path: str, known: set[str]) -> str:
    """The page of a Markdown file; a link to what a student's copy lacks is plain text."""
    root = "../" * (path.count("/") + 1)

    def relinked(match: re.Match[str]) -> str:
        words, target, anchor = match[1], match[2], match[3] or ""
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if wanted not in known:
            return words
        if wanted.endswith(".ipynb"):
            return f"[{words}]({root}notebooks/index.html?path={wanted})"
        return f"[{words}]({re.sub('[.]md$', '.html', target)}{anchor})"

    title = re.search(r"^# (.+)", text, re.MULTILINE)
    body = markdown2html(_LINK.sub(relinked, text))
    return _FRAME.format(title=title[1] if title else path, style=_STYLE, body=body)
