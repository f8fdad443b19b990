"""Draw every explorer of a lesson at its start, at both ends of every control and in every scenario, on one sheet.

    python tools/contact_sheet.py [lessons …]      # or: make sheets LESSON=course/…

The sheets go to ``sheets/`` (not kept), one PNG an explorer; each picture has its setting above and its sentence below.
No browser is needed: they are the still pictures that lessons are shipped with.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import matplotlib
import nbformat
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from defi_lib.explore.explorer import Explorer, explorers  # noqa: E402 - found by the line above
from defi_lib.explore.picture import drawn  # noqa: E402
from defi_lib.explore.plots import Columns, Dots, Rule, columns_of  # noqa: E402
from tools.notebooks import find  # noqa: E402

WIDTH, ACROSS, MARGIN = 640, 3, 14
FONT = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
LINES = 5  # of text under a picture
#: A pixel that differs by so much (of 255) has changed.
DIFFERENT = 24


@dataclass(frozen=True)
class Shot:
    """A picture of an explorer, drawn when it is first looked at: to draw takes far longer than to place its points.

    Attributes:
        figure: what is drawn.
        points: where its points and rules are, in pixels of the figure before its margins are laid out, one array for
            each mark.
        outside: what the points outside of the axes are called.
    """

    figure: Figure
    points: tuple[NDArray[Any], ...]
    outside: tuple[str, ...]

    @cached_property
    def page(self) -> NDArray[Any]:
        """The whole picture."""
        canvas = FigureCanvasAgg(self.figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].astype(int)

    @cached_property
    def plot(self) -> NDArray[Any]:
        """The pixels between the axes."""
        top, box = len(self.page), self.figure.axes[0].bbox
        return self.page[int(top - box.y1) : int(top - box.y0), int(box.x0) : int(box.x1)]


def shot(explorer: Explorer, start: Columns) -> Shot:
    """The explorer as it is now; its axes are those of an explorer that began with the columns ``start``."""
    figure = drawn(explorer.plot, explorer.result, start)
    axes, box = figure.axes[0], figure.axes[0].bbox
    axes.get_xlim(), axes.get_ylim()  # an axis that is free finds its ends when it is asked for them
    columns = columns_of(explorer.plot, explorer.result)
    points, outside = [], []
    for mark in explorer.plot.marks:
        if isinstance(mark, Dots):
            places = axes.transData.transform(np.stack([columns[mark.x], columns[mark.y]], axis=1).astype(float))
            points.append(places)
            inside = (places >= np.array([box.x0, box.y0]) - 1) & (places <= np.array([box.x1, box.y1]) + 1)
            outside += [] if inside.all() else [mark.label or mark.y]
        elif isinstance(mark, Rule):
            place = mark.place(columns)
            along = axes.transData.transform([[place, place]])[0]
            points.append(along[:1] if mark.upright else along[1:])
    return Shot(figure, tuple(points), tuple(outside))


def changed(one: Shot, other: Shot) -> float:
    """What part of the plot differs between two shots; 1 if the axes moved."""
    if one.plot.shape != other.plot.shape:
        return 1.0
    return float((np.abs(one.plot - other.plot).max(axis=2) > DIFFERENT).mean())


def moved(one: Shot, other: Shot) -> float:
    """How far a point or a rule moved, in pixels; no limit if one appeared."""
    if any(a.shape != b.shape for a, b in zip(one.points, other.points, strict=True)):
        return float("inf")
    distances = [np.abs(a - b).max() for a, b in zip(one.points, other.points, strict=True) if a.size]
    return float(max(distances, default=0.0))


def made_by(path: Path) -> list[Explorer]:
    """Run the notebook's cells in this process, and give the explorers that they made, in order."""
    before, made = set(explorers), []
    add, explorers.add = explorers.add, made.append  # type: ignore[method-assign]
    os.chdir(path.parent)
    shell = InteractiveShell()
    try:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                with contextlib.redirect_stdout(io.StringIO()):
                    shell.run_cell(cell.source, silent=True).raise_error()
    finally:
        explorers.add = add  # type: ignore[method-assign]
        shell.history_manager.end_session()
    return [explorer for explorer in made if explorer not in before]


def settings(explorer: Explorer) -> Iterator[tuple[str, dict[str, Any]]]:
    """What is drawn: the start, the ends of every control, every scenario."""
    yield "At the start", {}
    for name, control in explorer.controls.items():
        for end in control.ends():
            yield f"{control.label}: {control.written(end)}", {name: end}
    for scenario, values in explorer.scenarios.items():
        yield f"▸ {scenario}", dict(values)


def sheet(explorer: Explorer) -> Image.Image:
    """All pictures of an explorer."""
    start, tiles = explorer.result, []
    for title, values in settings(explorer):
        explorer.set(**{**explorer.defaults, **values})
        taken = shot(explorer, start)
        warning = f"   OUTSIDE: {', '.join(taken.outside)}" if taken.outside else ""
        tiles.append(_tile(title + warning, taken.page, explorer.error or explorer.sentence))
    high = max(tile.height for tile in tiles)
    rows = -(-len(tiles) // ACROSS)
    page = Image.new("RGB", (ACROSS * (WIDTH + MARGIN), rows * (high + MARGIN)), "#cccccc")
    for place, tile in enumerate(tiles):
        page.paste(tile, (place % ACROSS * (WIDTH + MARGIN), place // ACROSS * (high + MARGIN)))
    return page


def _tile(title: str, page: NDArray[Any], sentence: str) -> Image.Image:
    font = ImageFont.truetype(FONT, 13)
    words = "\n".join(textwrap.wrap(sentence.replace("**", ""), 80)[:LINES])
    tile = Image.new("RGB", (WIDTH, page.shape[0] + 24 + 18 * LINES), "white")
    tile.paste(Image.fromarray(page.astype(np.uint8)), (0, 24))
    pen = ImageDraw.Draw(tile)
    pen.text((6, 4), title, fill="black", font=font)
    pen.text((6, page.shape[0] + 28), words, fill="black", font=font)
    return tile


def main() -> int:
    """Draw the sheets of the lessons that are named, or of all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--to", type=Path, default=ROOT / "sheets", help="the folder for the sheets")
    parser.add_argument("lessons", nargs="*", type=Path, help="some notebooks instead of all")
    options = parser.parse_args()
    folder = options.to.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    for path in [path.resolve() for path in options.lessons] or find(("course",)):
        for number, explorer in enumerate(made_by(path)):
            target = folder / f"{path.parent.name}-{path.stem}-{number}.png"
            sheet(explorer).save(target, optimize=True)
            print(target)
            explorer.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
