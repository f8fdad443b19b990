"""The still picture of a plot, for readers without a kernel. Needs matplotlib, which only maintainers install."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator
from PIL import Image, ImageColor

from defi_lib.explore.plots import Area, Axis, Bars, Columns, Line, Pieces, Plot, Rule, columns_of, ranges, stacked
from defi_lib.theme import GRID

_DASHES = {"solid": "-", "dashed": "--", "dotdash": "-.", "dotted": ":"}
_INK = (0, 64, 128, 192, 255)  # greys of words and axes
_TINTS = (1.0, 0.62, 0.25)  # of every colour: for smooth edges, and for areas


def draw(plot: Plot, result: Columns) -> bytes:
    """The plot as a PNG of a few kilobytes, the same bytes each time."""
    return few_colours(drawn(plot, result), [entry.color for entry in plot.legend])


def few_colours(figure: Figure, colors: Iterable[str]) -> bytes:
    """A figure in these colours as a PNG with no others."""
    raw = io.BytesIO()
    figure.savefig(raw, format="png")
    small = io.BytesIO()
    few = Image.open(raw).convert("RGB").quantize(palette=_palette(colors), dither=Image.Dither.NONE)
    few.save(small, "PNG", optimize=True)
    return small.getvalue()


def _palette(colors: Iterable[str]) -> Image.Image:
    """These colours, exactly, and a few between each of them and white: a third of the bytes."""
    parts = [ImageColor.getrgb(color) for color in dict.fromkeys(colors)]
    tints = [round(255 + tint * (part - 255)) for color in parts for tint in _TINTS for part in color[:3]]
    greys = [grey for grey in _INK for _ in range(3)] + list(ImageColor.getrgb(GRID[False])[:3])
    palette = Image.new("P", (1, 1))
    palette.putpalette(greys + tints)
    return palette


def drawn(plot: Plot, result: Columns, start: Columns | None = None) -> Figure:
    """The plot as a figure; its free axes have room for the columns of ``start`` too, as they have in the live plot."""
    columns = columns_of(plot, result)
    figure = Figure(figsize=(6.6, plot.height / 100 + 0.3), dpi=96, layout="constrained")
    axes = figure.add_subplot()
    _draw_marks(axes, plot, columns)
    x_range, y_range = ranges(plot, columns if start is None else columns_of(plot, start), columns)
    _draw_axis(axes.xaxis, plot.x, axes.set_xscale, axes.set_xlim, x_range)
    _draw_axis(axes.yaxis, plot.y, axes.set_yscale, axes.set_ylim, y_range)
    axes.grid(color=GRID[False], linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=9)
    return figure


def _draw_marks(axes: Axes, plot: Plot, columns: dict[str, Any]) -> None:
    legend = iter(plot.legend)
    for mark in plot.marks:
        if isinstance(mark, Bars):
            names = [str(name) for name in columns[mark.category]]
            for left, right in stacked(mark, columns):
                entry = next(legend)
                axes.barh(names, right - left, left=left, height=0.7, color=entry.color, label=entry.label)
            axes.invert_yaxis()
            continue
        entry = next(legend)
        if isinstance(mark, Line):
            look: dict[str, Any] = {"color": entry.color, "linestyle": _DASHES[entry.dash], "linewidth": 2}
            drawstyle = "steps-post" if mark.steps else "default"
            axes.plot(columns[mark.x], columns[mark.y], label=entry.label, drawstyle=drawstyle, **look)
        elif isinstance(mark, Area):
            ends = columns[mark.low], columns[mark.high]
            look = {"facecolor": entry.color, "edgecolor": entry.color, "alpha": 0.25, "linewidth": 0}
            look |= {"hatch": "///"} if mark.hatched else {}
            axes.fill_between(columns[mark.x], *ends, label=entry.label, **look)
        elif isinstance(mark, Pieces):
            pieces = zip(*(columns[name] for name in mark.columns), strict=True)
            lines = [[(x, y), (x_to, y_to)] for x, y, x_to, y_to in pieces]
            axes.add_collection(LineCollection(lines, color=entry.color, linewidth=2, label=entry.label))
        elif isinstance(mark, Rule):
            rule = axes.axvline if mark.upright else axes.axhline
            dash = _DASHES[entry.dash]
            rule(mark.place(columns), color=entry.color, linestyle=dash, linewidth=1.5, label=entry.label)
        else:
            look = {"color": entry.color, "markersize": 8}
            if mark.ring:
                look |= {"markersize": 12, "markerfacecolor": "none", "markeredgewidth": 2}
            axes.plot(columns[mark.x], columns[mark.y], "o", label=entry.label, **look)


def _draw_axis(drawn: Any, axis: Axis, set_scale: Any, set_limits: Any, shown: tuple[float, float] | None) -> None:
    title = axis.upright_title if drawn.axis_name == "y" else axis.title
    drawn.set_label_text(title)
    if shown is None:  # names of bars
        return
    if axis.log:
        set_scale("log")
    set_limits(*shown)
    labels = axis.ticks(shown)
    drawn.set_major_locator(FixedLocator(list(labels)))
    drawn.set_minor_locator(NullLocator())
    drawn.set_ticklabels(list(labels.values()))
