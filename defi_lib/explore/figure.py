"""The live figure: a plot as Bokeh models, built once; new columns go into its data sources in place."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
from bokeh.models import ColumnDataSource, FactorRange, FixedTicker, HoverTool, NoOverlap, Range1d
from bokeh.models.annotations import Span
from bokeh.plotting import figure
from bokeh.themes import Theme

from defi_lib.explore.plots import (
    Area,
    Axis,
    Bars,
    Columns,
    Dots,
    LegendEntry,
    Line,
    Pieces,
    Plot,
    Rule,
    columns_of,
    ranges,
    stacked,
)
from defi_lib.theme import GRID, TEXT

_HOVER = {"percent": "{0.[000] %}", "money": "{$0,0.[00]}", "integer": "{0,0}", "number": "{0,0.[0000]}"}
_GHOST = 0.3  # how much of a line's colour its start keeps


class LiveFigure:
    """A Bokeh figure of ``plot`` whose data can be replaced.

    Where the axes are free, the lines of the start stay as pale ghosts, and in view: settings can be compared.

    Attributes:
        model: the Bokeh figure.
    """

    def __init__(self, plot: Plot, result: Columns) -> None:
        self.plot = plot
        columns = columns_of(plot, result)
        self._start = columns
        bars = next((mark for mark in plot.marks if isinstance(mark, Bars)), None)
        x_range, y_range = ranges(plot, columns)
        self.model = figure(
            height=plot.height,
            sizing_mode="stretch_width",
            x_axis_label=plot.x.title,
            y_axis_label=plot.y.upright_title,
            x_axis_type="log" if plot.x.log else "linear",
            y_axis_type="auto" if bars else ("log" if plot.y.log else "linear"),
            x_range=Range1d(),
            y_range=FactorRange(factors=_factors(columns[bars.category])) if bars else Range1d(),
            toolbar_location=None,
            tools="",
            min_border_right=20,
        )
        # On a telephone the labels of a logarithmic axis would run into each other: as many are drawn as have room.
        self.model.xaxis[0].major_label_policy = NoOverlap(min_distance=6)
        for axis, shown in ((self.model.xaxis[0], x_range), (self.model.yaxis[0], y_range)):
            if shown is not None:
                axis.ticker = FixedTicker()
        self._show_range(self.model.x_range, self.model.xaxis[0], plot.x, x_range)
        self._show_range(self.model.y_range, self.model.yaxis[0], plot.y, y_range)
        self._ghosts: list[Any] = []
        self._sources: dict[str, ColumnDataSource] = {}
        self._rules: list[tuple[Rule, Span]] = []
        self._bars = bars
        self._draw(columns)

    def update(self, result: Columns) -> None:
        """Show new columns; nothing is sent of what stays as it is."""
        columns = columns_of(self.plot, result)
        if self._bars:
            self.model.y_range.update(factors=_factors(columns[self._bars.category]))
        for key, source in self._sources.items():
            data = self._data(key, columns)
            if new := {name: data[name] for name in data if not np.array_equal(data[name], source.data[name])}:
                source.data.update(new)
        for rule, span in self._rules:
            span.location = rule.place(columns)
        x_range, y_range = ranges(self.plot, self._start, columns)
        self._show_range(self.model.x_range, self.model.xaxis[0], self.plot.x, x_range)
        self._show_range(self.model.y_range, self.model.yaxis[0], self.plot.y, y_range)
        for ghost in self._ghosts:
            ghost.visible = True

    def shown(self) -> dict[str, Any]:
        """The columns that the figure shows now."""
        return {name: column for source in self._sources.values() for name, column in source.data.items()}

    def _show_range(self, shown: Any, drawn: Any, axis: Axis, wanted: tuple[float, float] | None) -> None:
        """Let an axis show ``wanted``, with ticks in the course's spelling; nothing is sent if it does already."""
        if wanted is None or (shown.start, shown.end) == wanted:
            return
        labels = axis.ticks(wanted)
        shown.update(start=wanted[0], end=wanted[1])
        # The same ticker throughout: for a new one Bokeh would look through all models of the figure.
        drawn.ticker.ticks = list(labels)
        drawn.major_label_overrides = labels

    def _draw(self, columns: dict[str, Any]) -> None:
        legend = iter(self.plot.legend)
        if not self.plot.y.range:
            self._draw_ghosts(columns)
        for mark in self.plot.marks:
            if isinstance(mark, Bars):
                self._draw_bars(mark, [next(legend) for _ in mark.values], columns)
            elif isinstance(mark, Rule):
                self._draw_rule(mark, next(legend), columns)
            else:
                self._draw_series(mark, next(legend), columns)

    def _draw_series(self, mark: Line | Area | Pieces | Dots, entry: LegendEntry, columns: dict[str, Any]) -> None:
        source = self._source(mark.x, columns)
        if isinstance(mark, Area):
            look: dict[str, Any] = {"fill_color": entry.color, "fill_alpha": 0.25}
            if mark.hatched:
                look |= {"hatch_pattern": "/", "hatch_color": entry.color, "hatch_alpha": 0.6, "hatch_scale": 10}
            self.model.varea(mark.x, mark.low, mark.high, source=source, **look)
            return
        if isinstance(mark, Pieces):
            look = {"line_color": entry.color, "line_width": 2.5, "line_cap": "round"}
            self.model.segment(x0=mark.x, y0=mark.y, x1=mark.x_to, y1=mark.y_to, source=source, **look)
            return
        drawn: Any
        if isinstance(mark, Line):
            drawn = self._line(mark)(
                x=mark.x, y=mark.y, source=source, line_color=entry.color, line_dash=entry.dash, line_width=2.5
            )
        else:
            look = {"size": 11, "fill_color": entry.color, "line_color": "white", "line_width": 1.5}
            if mark.ring:
                look = {"size": 17, "fill_color": None, "line_color": entry.color, "line_width": 3}
            drawn = self.model.scatter(x=mark.x, y=mark.y, source=source, **look)
        tips = [
            (self.plot.x.label, f"@{{{mark.x}}}{_HOVER[self.plot.x.format]}"),
            (entry.label, f"@{{{mark.y}}}{_HOVER[self.plot.y.format]}"),
        ]
        self.model.add_tools(HoverTool(renderers=[drawn], tooltips=tips, line_policy="nearest"))

    def _line(self, mark: Line) -> Any:
        """What draws a line in Bokeh: straight from point to point, or in steps."""
        return partial(self.model.step, mode="after") if mark.steps else self.model.line

    def _draw_ghosts(self, columns: dict[str, Any]) -> None:
        """The lines as they are at the start, under all others; they are shown once something has moved."""
        looks = [entry for entry in self.plot.legend if entry.kind == "line"]
        lines = [mark for mark in self.plot.marks if isinstance(mark, Line)]
        for mark, entry in zip(lines, looks, strict=True):
            source = ColumnDataSource({"x": columns[mark.x], "y": columns[mark.y]})
            ghost = self._line(mark)(
                x="x",
                y="y",
                source=source,
                visible=False,
                line_color=entry.color,
                line_dash=entry.dash,
                line_width=2,
                line_alpha=_GHOST,
            )
            self._ghosts.append(ghost)

    def _draw_rule(self, mark: Rule, entry: LegendEntry, columns: dict[str, Any]) -> None:
        span = Span(
            location=mark.place(columns),
            dimension="height" if mark.upright else "width",
            line_color=entry.color,
            line_dash=entry.dash,
            line_width=2,
        )
        self.model.add_layout(span)
        self._rules.append((mark, span))

    def _draw_bars(self, mark: Bars, entries: list[LegendEntry], columns: dict[str, Any]) -> None:
        source = self._source(mark.category, columns)
        for name, entry in zip(mark.values, entries, strict=True):
            drawn = self.model.hbar(
                y=mark.category,
                left=f"{name} from",
                right=f"{name} to",
                height=0.7,
                source=source,
                fill_color=entry.color,
                line_color=None,
            )
            tips = [("", f"@{{{mark.category}}}"), (entry.label, f"@{{{name}}}{_HOVER[self.plot.x.format]}")]
            self.model.add_tools(HoverTool(renderers=[drawn], tooltips=tips))

    def _source(self, key: str, columns: dict[str, Any]) -> ColumnDataSource:
        """The data source of all marks over the column ``key``."""
        if key not in self._sources:
            self._sources[key] = ColumnDataSource(self._data(key, columns), name=key)
        return self._sources[key]

    def _data(self, key: str, columns: dict[str, Any]) -> dict[str, Any]:
        if self._bars and key == self._bars.category:
            data: dict[str, Any] = {key: [str(name) for name in columns[key]]} | {
                name: columns[name] for name in self._bars.values
            }
            for name, (left, right) in zip(self._bars.values, stacked(self._bars, columns), strict=True):
                data |= {f"{name} from": left, f"{name} to": right}
            return data
        names = [n for mark in self.plot.marks if getattr(mark, "x", None) == key for n in mark.columns]
        return {name: columns[name] for name in names}


def _same(old: Any, new: dict[str, Any]) -> bool:
    return all(np.array_equal(old[name], column) for name, column in new.items())


def theme(dark: bool) -> Theme:
    """Colours of everything that is not data."""
    text, grid = TEXT[dark], GRID[dark]
    axis = {
        "axis_label_text_color": text,
        "axis_label_text_font": "system-ui, sans-serif",
        "axis_label_text_font_size": "14px",
        "axis_label_text_font_style": "normal",
        "major_label_text_color": text,
        "major_label_text_font": "system-ui, sans-serif",
        "major_label_text_font_size": "13px",
        "axis_line_color": text,
        "major_tick_line_color": text,
        "minor_tick_line_color": None,
    }
    return Theme(
        json={
            "attrs": {
                "Plot": {"background_fill_color": None, "border_fill_color": None, "outline_line_color": None},
                "Grid": {"grid_line_color": grid},
                "Axis": axis,
            }
        }
    )


def _factors(names: Any) -> list[str]:
    """Bars from top to bottom in the order given."""
    return [str(name) for name in names][::-1]
