"""A graph of arrows as an SVG: what ``graph TD`` of Mermaid draws, without a script from elsewhere."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from itertools import pairwise

_ARROW = re.compile(r"^\s*(\w+) --> (\w+)\s*$", re.MULTILINE)
_BLOCK = re.compile(r"```mermaid\ngraph TD\n(.*?)\n```", re.DOTALL)

WIDTH, HEIGHT, GAP, DOWN = 78, 26, 8, 70  # of a box, between two boxes, between two rows


def with_pictures(text: str) -> str:
    """Markdown in which each Mermaid graph is an SVG, and the list of its arrows a fold below it."""
    return _BLOCK.sub(lambda block: _shown(_ARROW.findall(block[1])), text)


def _shown(arrows: list[tuple[str, str]]) -> str:
    below: dict[str, list[str]] = {}
    for here, there in arrows:
        below.setdefault(here, []).append(there)
    listed = "".join(f"<li>{here}: {', '.join(there)}</li>" for here, there in below.items())
    return (
        f'<div class="course-scroll" tabindex="0" role="group" aria-label="Picture">{svg(arrows)}</div>\n'
        f"<details><summary>The same in words: each part, and what it imports</summary><ul>{listed}</ul></details>\n"
    )


def svg(arrows: list[tuple[str, str]]) -> str:
    """The picture: each part below all that import it; an arrow passes other rows between their boxes."""
    rows, paths = _rows(arrows)
    place: dict[str, tuple[float, float]] = {}
    widest = max(_wide(row) for row in rows)
    for number, row in enumerate(rows):
        x = (widest - _wide(row)) / 2
        for name in row:
            wide = _box(name)
            place[name] = (x + wide / 2, number * DOWN + HEIGHT / 2)
            x += wide + GAP
    lines = []
    for path in paths:
        points = [place[name] for name in path]
        start, *middle, end = points
        moves = [f"M{start[0]:.0f},{start[1] + HEIGHT / 2:.0f}"]
        last = (start[0], start[1] + HEIGHT / 2)
        for x, y in [*middle, (end[0], end[1] - HEIGHT / 2 - 5)]:
            half = (y - last[1]) / 2
            moves.append(f"C{last[0]:.0f},{last[1] + half:.0f} {x:.0f},{y - half:.0f} {x:.0f},{y:.0f}")
            last = (x, y)
        lines.append(f'<path d="{" ".join(moves)}" marker-end="url(#arrow)"/>')
    boxes = [
        f'<rect x="{x - WIDTH / 2:.0f}" y="{y - HEIGHT / 2:.0f}" width="{WIDTH}" height="{HEIGHT}" rx="5"/>'
        f'<text x="{x:.0f}" y="{y + 4:.0f}">{html.escape(name)}</text>'
        for name, (x, y) in place.items()
        if not name.startswith("-")
    ]
    tall = (len(rows) - 1) * DOWN + HEIGHT
    return (
        f'<svg class="course-graph" role="img" aria-label="Which part imports which; in words below" '
        f'viewBox="-4 -4 {widest + 8:.0f} {tall + 8:.0f}" width="{widest + 8:.0f}" height="{tall + 8:.0f}">'
        '<defs><marker id="arrow" markerWidth="7" markerHeight="7" refX="2" refY="3.5" orient="auto">'
        '<path d="M0,0 L7,3.5 L0,7 z"/></marker></defs>'
        f'<g class="arrows">{"".join(lines)}</g><g class="boxes">{"".join(boxes)}</g></svg>'
    )


def _rows(arrows: list[tuple[str, str]]) -> tuple[list[list[str]], list[list[str]]]:
    """The names row by row, with a place in each row that an arrow passes; and the way of each arrow."""
    names = list(dict.fromkeys(name for arrow in arrows for name in arrow))
    depth = dict.fromkeys(names, 0)
    for _ in names:  # the longest way from above
        for here, there in arrows:
            depth[there] = max(depth[there], depth[here] + 1)
    for name in names:  # what nobody imports stands just above what it imports
        if not any(there == name for _, there in arrows):
            depth[name] = min(depth[there] for here, there in arrows if here == name) - 1
    rows: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in names:
        rows[depth[name]].append(name)
    paths = []
    for here, there in arrows:
        between = [f"-{here}-{there}-{row}" for row in range(depth[here] + 1, depth[there])]
        for row, passing in enumerate(between, depth[here] + 1):
            rows[row].append(passing)
        paths.append([here, *between, there])
    steps = [pair for path in paths for pair in pairwise(path)]
    for turn in range(24):  # each in the middle of its neighbours, downwards and upwards in turn
        for row in rows[1:] if turn % 2 == 0 else rows[-2::-1]:
            at = {name: place - len(each) / 2 for each in rows for place, name in enumerate(each)}
            row.sort(key=lambda name: _mean(_neighbours(name, steps, down=turn % 2 == 0), at))
    return rows, paths


def _neighbours(name: str, steps: Iterable[tuple[str, str]], down: bool) -> list[str]:
    return (
        [here for here, there in steps if there == name] if down else [there for here, there in steps if here == name]
    )


def _mean(names: list[str], at: dict[str, float]) -> float:
    return sum(at[name] for name in names) / len(names) if names else 0.0


def _box(name: str) -> float:
    return 6 if name.startswith("-") else WIDTH


def _wide(row: list[str]) -> float:
    return sum(_box(name) for name in row) + GAP * (len(row) - 1)
