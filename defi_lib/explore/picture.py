"""The still picture of a plot, for readers without a kernel. Needs matplotlib, which only maintainers install."""

from __future__ import annotations

import io
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from PIL import Image

from defi_lib.explore.plots import Area, Axis, Bars, Columns, Line, Plot, Rule, columns_of, stacked
from defi_lib.theme import GRID

_DASHES = {"solid": "-", "dashed": "--", "dotdash": "-.", "dotted": ":"}
_COLORS = 24  # enough for smooth lines of one plot, and a third of the bytes


def draw(plot: Plot, result: Columns) -> bytes:
    """The plot as a PNG of a few kilobytes, the same bytes each time."""
    columns = columns_of(plot, result)
    figure = Figure(figsize=(6.6, plot.height / 100 + 0.3), dpi=96, layout="constrained")
    axes = figure.add_subplot()
    _draw_marks(axes, plot, columns)
    _draw_axis(axes.xaxis, plot.x, axes.set_xscale, axes.set_xlim)
    if not any(isinstance(mark, Bars) for mark in plot.marks):
        _draw_axis(axes.yaxis, plot.y, axes.set_yscale, axes.set_ylim)
    axes.grid(color=GRID[False], linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    figure.legend(loc="outside upper left", ncols=3, frameon=False, fontsize=9)
    raw = io.BytesIO()
    figure.savefig(raw, format="png")
    small = io.BytesIO()
    Image.open(raw).convert("RGB").quantize(_COLORS, dither=Image.Dither.NONE).save(small, "PNG", optimize=True)
    return small.getvalue()


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
            axes.plot(columns[mark.x], columns[mark.y], label=entry.label, **look)
        elif isinstance(mark, Area):
            ends = columns[mark.low], columns[mark.high]
            axes.fill_between(columns[mark.x], *ends, color=entry.color, alpha=0.25, linewidth=0, label=entry.label)
        elif isinstance(mark, Rule):
            rule = axes.axvline if mark.x else axes.axhline
            rule(columns[mark.x or mark.y][0], color=entry.color, linestyle="--", linewidth=1.2, label=entry.label)
        else:
            axes.plot(columns[mark.x], columns[mark.y], "o", color=entry.color, markersize=8, label=entry.label)


def _draw_axis(drawn: Any, axis: Axis, set_scale: Any, set_limits: Any) -> None:
    drawn.set_label_text(axis.title)
    if axis.log:
        set_scale("log")
    if axis.range:
        set_limits(*axis.range)
    if axis.format != "number" or not axis.log:
        drawn.set_major_formatter(FuncFormatter(lambda value, _: _tick(value, axis.format)))


def _tick(value: float, kind: str) -> str:
    if kind == "percent":
        return f"{value:.4%}".rstrip("0%").rstrip(".") + " %" if value else "0 %"
    sign, size = ("-" if value < 0 else ""), abs(value)
    unit = next((pair for pair in ((1e12, "t"), (1e9, "b"), (1e6, "m"), (1e3, "k")) if size >= pair[0]), (1, ""))
    text = f"{size / unit[0]:.6g}{unit[1]}" if kind == "money" else f"{size:,.6g}"
    return f"{sign}${text}" if kind == "money" else f"{sign}{text}"
