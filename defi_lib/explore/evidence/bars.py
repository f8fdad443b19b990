"""One bar for each assumption: where a reading is true and where not, when that assumption alone moves from today."""

from __future__ import annotations

import html
from itertools import pairwise
from typing import NamedTuple

from defi_lib.evidence import Assumption, Evidence, apart, beside
from defi_lib.theme import DOT, HATCH, NOT_TRUE, RIM, TRUE

#: Of a bar: turning points that are nearer to each other than this have no room for their numbers.
ROOM = 0.16


class Part(NamedTuple):
    """A piece of a bar with one answer."""

    start: float  #: 0 = left end, 1 = right end
    end: float
    true: bool
    name: str = ""  #: of an option


class Bar(NamedTuple):
    """One assumption, as it is drawn."""

    label: str
    low: str  #: what is written at its ends; nothing if it has options
    high: str
    parts: tuple[Part, ...]
    marks: tuple[tuple[float, str], ...]  #: turning points with their numbers, nearest first
    here: float  #: where today's dot is
    now: str  #: today's value
    outside: tuple[float, str] = (0.0, "")  #: at which end, and where beyond it, the answer turns, if not within

    def words(self, when: str = "today") -> str:
        """The same for those who do not see it."""
        if not self.low:
            said = "; ".join(f"{part.name}: {_answer(part.true)}" for part in self.parts)
            return f"{self.label}: {said}; {when} {self.now}."
        said = _answer(self.parts[0].true)
        for (_, point), part in zip(sorted(self.marks), self.parts[1:], strict=True):
            said += f" up to {point}, then {_answer(part.true)}"
        if not self.marks:
            beyond = self.outside[1].strip("←→ ")
            said += f" throughout, {beyond}" if beyond else " throughout"
        return f"{self.label}, from {self.low} to {self.high}: {said}; {when} {self.now}."


def bars(found: Evidence) -> list[Bar]:
    """A bar for each assumption, the one with the nearest turning point first."""
    last = [name for name in (*found.decisive, *found.assumptions) if name not in found.nearest]
    return [_bar(found, name) for name in dict.fromkeys([*found.nearest, *last])]


def _bar(found: Evidence, name: str) -> Bar:
    each, turning, here = found.assumptions[name], found.turning[name], found.today_of(name)
    place = [min(max(float(each.place(value)), 0.0), 1.0) for value in (here, *turning.points)]
    label = sentence_case(each.label)
    if each.options:
        size = 1 / len(each.options)
        answers = zip(each.options, turning.true, strict=True)
        parts = [Part(k * size, (k + 1) * size, bool(true), option) for k, (option, true) in enumerate(answers)]
        return Bar(label, "", "", tuple(parts), (), place[0], each.written(here))
    ends = [0.0, *sorted(place[1:]), 1.0]
    first = bool(turning.true[0])
    parts = [Part(start, end, first == (k % 2 == 0)) for k, (start, end) in enumerate(pairwise(ends))]
    points = [beside(apart(each, point, here)[0], each) for point in turning.points]
    marks = tuple(zip(place[1:], points, strict=True))
    now = apart(each, turning.points[0], here)[1] if points else each.written(here)
    low, high = (beside(each.written(end), each) for end in (each.low, each.high))
    return Bar(label, low, high, tuple(parts), marks, place[0], now, _outside(each, turning.beyond))


def _outside(each: Assumption, beyond: float | None) -> tuple[float, str]:
    if beyond is None:
        return 0.0, ""
    point = beside(apart(each, beyond, each.low)[0], each)
    return (0.0, f"← turns at {point}") if beyond < each.low else (1.0, f"turns at {point} →")


def sentence_case(label: str) -> str:
    """A noun phrase as the name of a bar or an axis.

    >>> sentence_case("the price of gas")
    'Price of gas'
    """
    bare = label.removeprefix("the ").removeprefix("a ").rstrip(",")
    return bare[:1].upper() + bare[1:]


def clear(bar: Bar) -> list[tuple[float, str]]:
    """The turning points whose numbers have room beside those of nearer ones, or the one that lies outside."""
    kept: list[tuple[float, str]] = []
    for place, text in (*bar.marks, bar.outside):
        if text and all(abs(place - other) >= ROOM for other, _ in kept):
            kept.append((place, text))
    return kept


def picture(found: Evidence) -> str:
    """The bars as HTML that needs neither a kernel nor a script; one image to screen readers."""
    drawn = bars(found)
    words = alt(drawn, found.case.when)
    rows = "".join(_row(bar, found.case.when) for bar in drawn)
    return f'<div class="defi-bars" role="img" aria-label="{html.escape(words)}">{_legend(found.case.when)}{rows}</div>'


def alt(drawn: list[Bar], when: str = "today") -> str:
    """What the picture shows, in words."""
    return "Each assumption moved alone. " + " ".join(bar.words(when) for bar in drawn)


def _answer(true: bool) -> str:
    return "true" if true else "not true"


def _legend(when: str) -> str:
    swatches = "".join(f'<span><i class="{kind}"></i> {_answer(kind == "t")}</span>' for kind in ("t", "n"))
    dot, turn = f'<span><b class="dot"></b> {when}</span>', "<span><u></u> the answer turns</span>"
    return f'<p class="defi-key">{swatches}{dot}{turn}</p>'


def _row(bar: Bar, when: str) -> str:
    pieces = "".join(map(piece, bar.parts))
    turns = "".join(_mark(place, text) for place, text in clear(bar))
    kind = "strip" if bar.low else "strip choice"
    ticks = "".join(f'<u style="left:{place:.2%}"></u>' for place, _ in bar.marks)
    if bar.low:
        ends = f"<span>{html.escape(bar.low)}</span><span>{html.escape(bar.high)}</span>"
    else:
        ends = "".join(f'<span class="option">{html.escape(p.name)}</span>' for p in bar.parts)
    name = f"{html.escape(bar.label)}<small>{when}: {html.escape(bar.now)}</small>"
    return (
        f'<div class="defi-row"><div class="defi-name">{name}</div>'
        f'<div class="defi-bar"><div class="defi-turns">{turns}</div><div class="{kind}">{pieces}{ticks}'
        f'<b class="dot" style="left:{bar.here:.2%}"></b></div><div class="defi-ends">{ends}</div></div></div>'
    )


def piece(part: Part) -> str:
    """A piece of a strip, in the colour of its answer."""
    return f'<i class="{"t" if part.true else "n"}" style="flex:{part.end - part.start:.4f}"></i>'


def _mark(place: float, text: str) -> str:
    """A number over the bar, which never stands out beyond its ends."""
    shift = 0 if place < ROOM / 2 else 100 if place > 1 - ROOM / 2 else 50
    return f'<span style="left:{place:.2%};transform:translateX(-{shift}%)">{html.escape(text)}</span>'


STYLE = f"""
.defi-bars {{ max-width: 46rem; line-height: 1.25; font-size: 0.93em; }}
.defi-bars .defi-key {{ display: flex; flex-wrap: wrap; gap: 0.1rem 1.1rem; margin: 0.2rem 0 0.3rem; }}
.defi-bars .defi-key i {{ display: inline-block; width: 1.6rem; height: 0.75rem; vertical-align: -0.05rem; }}
.defi-bars .defi-row {{ display: flex; flex-wrap: wrap; align-items: center; gap: 0 1rem; margin: 0 0 0.35rem; }}
.defi-bars .defi-name {{ flex: 1 1 11rem; }}
.defi-bars small {{ display: block; font-size: 0.9em; opacity: 0.85; }}
.defi-bars .defi-bar {{ flex: 2.4 1 17rem; min-width: 0; }}
.defi-bars .defi-turns {{ position: relative; height: 1.3em; font-size: 0.9em; }}
.defi-bars .defi-turns:empty {{ height: 0.4em; }}
.defi-bars .defi-turns span {{ position: absolute; bottom: 0.15em; white-space: nowrap; font-weight: 600; }}
.defi-bars .strip {{ position: relative; display: flex; height: 0.95rem; forced-color-adjust: none; }}
.defi-bars i.t {{ background: {TRUE}; forced-color-adjust: none; }}
.defi-bars i.n {{ forced-color-adjust: none;
  background: repeating-linear-gradient(135deg, {NOT_TRUE} 0 4px, {HATCH} 4px 6px); }}
.defi-bars u {{ display: inline-block; height: 1rem; border-left: 2px solid; vertical-align: -0.15rem; }}
.defi-bars .strip u {{ position: absolute; top: -0.25rem; bottom: 0; height: auto; transform: translateX(-50%); }}
.defi-bars .choice {{ gap: 3px; }}
.defi-bars .dot {{ display: inline-block; width: 0.6rem; height: 0.6rem; box-sizing: content-box; border-radius: 50%;
  background: {DOT}; border: 2px solid {RIM}; forced-color-adjust: none; vertical-align: -0.1rem; }}
.defi-bars .strip .dot {{ position: absolute; top: 50%; transform: translate(-50%, -50%); }}
.defi-bars .defi-ends {{ display: flex; justify-content: space-between; gap: 0.6rem; font-size: 0.85em; }}
.defi-bars .option {{ flex: 1 1 0; text-align: center; }}
"""
