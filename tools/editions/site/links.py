"""Links of the course's files on the site: what has a page leads there, what has none is named."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection

_FENCE = re.compile(r"^ *(```+|~~~+)")
_EXTERNAL_PICTURE = re.compile(r"!\[[^\]]*\]\(https?:")
_LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(([^)\s]+)\)")

#: Tables that have a page of their own.
TABLES = {
    "defi_lib/figures.csv": "evidence/figures.md",
    "defi_lib/claims.csv": "evidence/claims.md",
    "defi_lib/readings.csv": "evidence/claims.md",
    "defi_lib/evidence/assumptions.csv": "evidence/assumptions.md",
}


def relinked(text: str, path: str, pages: Collection[str], repository: str = "") -> str:
    """Markdown of the file ``path`` in which every relative link leads to a page of the site.

    Args:
        text: Markdown; what stands in fences is left alone.
        path: of the file, from the course's folder.
        pages: every file that the site has, as paths from the course's folder.
        repository: where other files can be read; if nobody knows, their links become their words.
    """
    return outside_fences(lambda part: _LINK.sub(lambda link: _led(link, path, pages, repository), part), text)


def _led(link: re.Match[str], path: str, pages: Collection[str], repository: str) -> str:
    words, (target, _, anchor) = link[1], link[2].partition("#")
    if not target or ":" in target:
        return link[0]
    here = posixpath.dirname(path)
    goal = posixpath.normpath(posixpath.join(here, target))
    if goal in pages:
        return link[0]
    if goal in TABLES:
        return f"[{words}]({posixpath.relpath(TABLES[goal], here or '.')})"
    if repository:
        return f"[{words}]({repository}/blob/main/{goal}{'#' + anchor if anchor else ''})"
    return words


def without_outside_pictures(text: str) -> str:
    """Markdown without the paragraphs that show a picture from elsewhere: the site asks nobody for anything."""
    return "\n\n".join(part for part in text.split("\n\n") if not _EXTERNAL_PICTURE.search(part))


def outside_fences(change: Callable[[str], str], text: str) -> str:
    """Text with a change made to everything but what stands in fences."""
    parts: list[tuple[bool, list[str]]] = [(False, [])]
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if not fence and mark:
            fence = mark[1]
            parts.append((True, [line]))
            continue
        parts[-1][1].append(line)
        if fence and line.strip() == fence:
            fence = ""
            parts.append((False, []))
    joined = ((fenced, "\n".join(lines)) for fenced, lines in parts if lines)
    return "\n".join(part if fenced else change(part) for fenced, part in joined)
