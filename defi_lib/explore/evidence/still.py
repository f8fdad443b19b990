"""The bars as a small PNG, for readers without a kernel. Needs matplotlib, which only maintainers install."""

from __future__ import annotations

from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from defi_lib.evidence import Evidence
from defi_lib.explore.evidence.bars import ROOM, Bar, bars, clear
from defi_lib.explore.picture import few_colours
from defi_lib.theme import NOT_TRUE, TRUE

_LOOKS: dict[bool, dict[str, Any]] = {
    True: {"color": TRUE},
    False: {"facecolor": NOT_TRUE, "hatch": "////", "edgecolor": "white"},
}


def draw(found: Evidence) -> bytes:
    """The bars as a PNG of a few kilobytes, the same bytes each time."""
    drawn = bars(found)
    figure = Figure(figsize=(7.2, 0.62 * len(drawn) + 0.5), dpi=96, layout="constrained")
    axes = figure.add_subplot(xlim=(0, 1), ylim=(len(drawn) - 0.4, -0.6))
    axes.set_axis_off()
    for place, bar in enumerate(drawn):
        _draw(axes, place, bar, found.case.when)
    looks = [Patch(label=name, linewidth=0, **_LOOKS[name == "true"]) for name in ("true", "not true")]
    dot = axes.plot([], [], "o", color="black", label=found.case.when)
    figure.legend(handles=[*looks, *dot], loc="outside upper left", ncols=3, frameon=False, fontsize=9)
    return few_colours(figure, [TRUE, NOT_TRUE])


def _draw(axes: Axes, place: int, bar: Bar, when: str) -> None:
    for part in bar.parts:
        axes.barh(place, part.end - part.start, left=part.start, height=0.26, linewidth=0, **_LOOKS[part.true])
        if part.name:
            axes.text((part.start + part.end) / 2, place + 0.2, part.name, ha="center", va="top", fontsize=8)
    axes.plot([bar.here], [place], "o", color="black", markeredgecolor="white", markersize=8)
    axes.text(-0.03, place, f"{bar.label}\n{when}: {bar.now}", ha="right", va="center", fontsize=8.5)
    axes.text(0, place + 0.2, bar.low, ha="left", va="top", fontsize=8)
    axes.text(1, place + 0.2, bar.high, ha="right", va="top", fontsize=8)
    for x, _ in bar.marks:
        axes.plot([x, x], [place - 0.2, place + 0.13], color="black", linewidth=1.5)
    for x, text in clear(bar):
        side = "left" if x < ROOM / 2 else "right" if x > 1 - ROOM / 2 else "center"
        axes.text(x, place - 0.2, text, ha=side, va="bottom", fontsize=8.5, weight="bold")
