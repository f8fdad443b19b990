"""Plots as plain HTML: what is drawn scales with the page, and words keep their size. No script, no picture file."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence

from defi_lib.numerals import percent
from defi_lib.teaching.class_page.counts import Band, Bet
from defi_lib.teaching.class_page.groups import FEW, Interval

_WIDTH = 600
_DOT = 20.0  # from one dot to the next
#: So many people are drawn as dots; more as bars.
_DOTS = 150
_TALLEST = 7  # dots


def dots(
    intervals: Sequence[Interval],
    places: Sequence[tuple[float, float]],
    classes: Sequence[str],
    marks: Iterable[tuple[float, str, str]],
    ends: tuple[str, str, str],
    said: str,
) -> str:
    """A dot for each person, spread over the person's interval; of a large class bars, whose area counts.

    Args:
        intervals: how many people are where.
        places: of each interval where it begins and ends, from 0 to 1.
        classes: the colour of each.
        marks: lines across the plot: place, words, class.
        ends: what stands below the axis left, in the middle, right.
        said: the plot in words.
    """
    people = sum(each.people for each in intervals)
    draw = _dots if people <= _DOTS else _bars
    drawn, height = draw([each.people for each in intervals], places, classes)
    lines, labels = "", ""
    for place, words, kind in marks:
        x = _WIDTH * place
        lines += f'<line class="{kind}" x1="{x:.1f}" x2="{x:.1f}" y1="0" y2="{height:.1f}"/>'
        shift = f"left:{100 * place:.1f}%;transform:translateX(-{100 * place:.0f}%)"
        labels += (
            f'<p class="mark"><span class="{kind}" style="{shift}">{html.escape(words)}</span></p>' if words else ""
        )
    axis = f'<line class="axis" x1="0" x2="{_WIDTH}" y1="{height:.1f}" y2="{height:.1f}"/>'
    svg = f'<svg viewBox="0 0 {_WIDTH} {height + 1:.1f}" aria-hidden="true">{drawn}{lines}{axis}</svg>'
    below = "".join(f"<span>{html.escape(end)}</span>" for end in ends)
    return (
        f'<div class="plot" role="img" aria-label="{html.escape(said)}">{labels}{svg}<p class="ends">{below}</p></div>'
    )


def _dots(people: Sequence[int], places: Sequence[tuple[float, float]], classes: Sequence[str]) -> tuple[str, float]:
    """A stack of dots for each interval, as wide as it is."""
    size = _DOT
    while True:
        columns = [max(int(_WIDTH * (last - first) / size), 1) for first, last in places]
        rows = max((-(-count // wide) for count, wide in zip(people, columns, strict=True)), default=1)
        if rows <= _TALLEST or size < 3:
            break
        size *= 0.9
    height = max(rows, 3) * size + 2
    drawn = ""
    for count, wide, (first, last), kind in zip(people, columns, places, classes, strict=True):
        full = -(-count // wide) or 1
        used = -(-count // full)
        step = _WIDTH * (last - first) / max(used, 1)
        for number in range(count):
            x = _WIDTH * first + (number // full + 0.5) * step
            y = height - (number % full + 0.5) * size
            drawn += f'<circle class="{kind}" cx="{x:.1f}" cy="{y:.1f}" r="{0.43 * size:.1f}"/>'
    return drawn, height


def _bars(people: Sequence[int], places: Sequence[tuple[float, float]], classes: Sequence[str]) -> tuple[str, float]:
    """A bar for each interval, whose area is the number of people."""
    height = _DOT * _TALLEST
    density = [count / (last - first) for count, (first, last) in zip(people, places, strict=True)]
    drawn = ""
    for each, (first, last), kind in zip(density, places, classes, strict=True):
        tall = height * each / max(density)
        x, wide = _WIDTH * first + 0.5, _WIDTH * (last - first) - 1
        drawn += f'<rect class="{kind}" x="{x:.1f}" y="{height - tall:.1f}" width="{wide:.1f}" height="{tall:.1f}"/>'
    return drawn, height


def bar(part: float, kind: str) -> str:
    """A bar of a part of the whole."""
    drawn = f'<span class="bar {kind}" style="width:{100 * part:.1f}%"></span>'
    return f'<span class="track" aria-hidden="true">{drawn}</span>'


def gap(bet: Bet) -> str:
    """How sure the class was of a bet (ring), and which part of it was right.

    That part is a square, or a bar where it is hidden; grey where the ring lies on the bar.
    """
    right, people = bet.people - bet.wrong, bet.people
    low, high = right / people, right / people
    if bet.hides:
        low, high = 1 / people, 1 - 1 / people
        if FEW in bet.told:
            low, high = (low, 4 / people) if bet.told[0] == FEW else (1 - 4 / people, high)
    start, end = sorted((bet.sureness, min(max(bet.sureness, low), high)))
    kind = "wrong" if bet.sureness > high else "right" if bet.sureness < low or low == high else "mixed"
    line = f'<span class="line {kind}" style="left:{100 * start:.1f}%;width:{100 * (end - start):.1f}%"></span>'
    part = f'<span class="won {kind}" style="left:{100 * low:.1f}%;width:{100 * (high - low):.1f}%"></span>'
    ring = f'<span class="ring" style="left:{100 * bet.sureness:.1f}%"></span>'
    return f'<span class="track gap" aria-hidden="true">{line}{part}{ring}</span>'


def calibration(bands: Sequence[Band], said: str) -> str:
    """How many bets were won, against how sure their readers were; on the line as many as they were sure of."""
    many = sum(band.bets for band in bands)
    circles = "".join(
        f'<circle class="band" cx="{200 * band.sureness - 100:.1f}" cy="{100 - 100 * band.won:.1f}" '
        f'r="{2 + 7 * (band.bets / many) ** 0.5:.1f}"/>'
        for band in bands
    )
    lines = '<line class="axis" x1="0" x2="100" y1="100" y2="100"/><line class="axis" x1="0" x2="0" y1="0" y2="100"/>'
    even = '<line class="even" x1="0" x2="100" y1="50" y2="0"/>'
    svg = f'<svg viewBox="-1 -1 102 102" aria-hidden="true">{even}{lines}{circles}</svg>'
    left = f"<p class='side'><span>{percent(1)} won</span><span>{percent(0)} won</span></p>"
    below = f"<p class='ends'><span>{percent(0.5)} sure</span><span>{percent(1)} sure</span></p>"
    return f'<div class="calibration" role="img" aria-label="{html.escape(said)}">{left}<div>{svg}{below}</div></div>'
