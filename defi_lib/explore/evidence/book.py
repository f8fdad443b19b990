"""The book of verdicts: every reading with its answer, where it turns, its lesson and the reader's own bet."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from pathlib import Path

import ipywidgets as widgets

from defi_lib import progress
from defi_lib.claims import CAMPS, Claim, Reading, claims, readings
from defi_lib.course import contents
from defi_lib.course.contents import Page
from defi_lib.evidence import Evidence, evidence, tested
from defi_lib.evidence.tally import Line, lines, votes
from defi_lib.explore.evidence.bars import STYLE, Part, bars, piece, sentence_case
from defi_lib.explore.questions.box import Box
from defi_lib.numerals import counted, percent
from defi_lib.progress import Guess

ALL = "all of them"
TURNING = "what turns within our ranges"
MINE = "what I bet on"
LOST = "bets that I lost"

#: What may be shown, and which lines that are.
SHOWN = (ALL, "true today", "not true", TURNING, "robust", "counted", "not yet tested", MINE, LOST)

_STYLE = f"""{STYLE}
.defi-book {{ line-height: 1.35; max-width: 60rem; }}
.defi-book h3 {{ font-size: 1em; margin: 1.1rem 0 0.2rem; }}
.defi-book .row {{ display: flex; flex-wrap: wrap; gap: 0.1rem 1.2rem; padding: 0.3rem 0; }}
.defi-book .row {{ border-top: 1px solid #8884; }}
.defi-book .said {{ flex: 3 1 22rem; min-width: 0; }}
.defi-book .strips {{ flex: 1 1 11rem; min-width: 0; font-size: 0.9em; }}
.defi-book small {{ display: block; opacity: 0.85; }}
"""


class Book(Box):
    """The book, live: whoever has a kernel chooses what to see. Made by :func:`show_book`."""

    def __init__(self, course: Path) -> None:
        self._pages = _lessons(course)
        self._lines = {line.reading.id: line for line in lines()}
        self.camp = widgets.Dropdown(description="Camp", options=list(CAMPS.values()))
        self.show = widgets.Dropdown(description="Show", options=SHOWN)
        self._found, self._page = widgets.HTML(), widgets.Output()
        for each in (self.camp, self.show):
            each.observe(lambda _: self.refresh(), "value")
        row = widgets.HBox([self.camp, self.show, self._found], layout={"flex_flow": "row wrap"})
        many = f"{counted(len(self._lines), 'reading')} of {len(readings())} have evidence."
        super().__init__([row, self._page], f"{many} All of them stand in docs/verdicts.md.")
        self.refresh()

    def refresh(self) -> None:
        """Show what is chosen now."""
        bets = _bets()
        (camp,) = (key for key, name in CAMPS.items() if name == self.camp.value)
        chosen = {
            one: [each for each in readings(one.id) if self._wanted(each, bets)]
            for one in claims()
            if one.id[0] == camp
        }
        many = sum(map(len, chosen.values()))
        self._found.value = f'<p role="status">{counted(many, "reading")}</p>'
        text = "".join(part for one, own in chosen.items() if own for part in self._claim(one, own, bets))
        # As an output and not as a widget: in JupyterLab only there do links open lessons in the same window.
        data = {"text/html": f'<style>{_STYLE}</style><div class="defi-book">{text}</div>'}
        self._page.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)

    def _wanted(self, one: Reading, bets: Mapping[str, Guess]) -> bool:
        line, show = self._lines.get(one.id), self.show.value
        if show in (MINE, LOST):
            return one.id in bets and (show == MINE or not bets[one.id].right)
        if line is None:
            return show in (ALL, "not yet tested")
        kinds = {ALL, "true today" if line.true else "not true", TURNING if line.how_far == "turning" else line.how_far}
        return show in kinds

    def _claim(self, one: Claim, own: list[Reading], bets: Mapping[str, Guess]) -> Iterator[str]:
        said = votes([self._lines[each.id] for each in readings(one.id) if each.id in self._lines])
        yield f"<h3>{one.id} {_text(one.text)} <em>{', '.join(said)}</em></h3>"
        for each in own:
            yield _row(each, self._lines.get(each.id), self._pages.get(each.id), bets.get(each.id))


def show_book(course: str | Path = "") -> Book:
    """Show every reading of the course by claim, with filters; all evidence is computed first (half a minute).

    Args:
        course: the folder with the modules; by default the one above the kernel's own.
    """
    return Book(Path(course or Path.cwd().parent))


def _row(one: Reading, line: Line | None, page: Page | None, bet: Guess | None) -> str:
    if line is None:
        untested = f"<b>{one.id}</b> {_text(one.text)}<small>not yet tested</small>"
        return f'<div class="row"><div class="said">{untested}</div></div>'
    where = f'<a href="{html.escape(_address(page))}">{page.number} {html.escape(page.name)}</a>' if page else ""
    yours = f"You bet: {str(bet.value).lower()}{_sure(bet)}, {'won' if bet.right else 'lost'}. " if bet else ""
    return (
        f'<div class="row"><div class="said"><b>{one.id}</b> {_text(one.text)} <b>{_text(line.today)}.</b> '
        f"{_text(line.turns)}<small>{yours}{where}</small></div>"
        f'<div class="strips defi-bars">{_strip(one.id, line)}</div></div>'
    )


def _strip(id: str, line: Line) -> str:
    """Two colours along the assumption that turns the answer; one where nothing is drawn, with the kind of evidence."""
    found, answer = evidence(id), "true" if line.true else "not true"
    if isinstance(found, Evidence) and found.named:
        label = sentence_case(found.assumptions[found.named].label)
        (bar,) = (each for each in bars(found) if each.label == label)
        dot = f'<b class="dot" style="left:{bar.here:.2%}"></b>'
        return _drawn(label, bar.words(), "".join(map(piece, bar.parts)) + dot)
    said = {"figures": "counted", "logic": "by logic"}.get(line.reading.kind, "none turns it alone")
    return _drawn(said, answer, piece(Part(0.0, 1.0, line.true)))


def _drawn(label: str, words: str, pieces: str) -> str:
    strip = f'<div class="strip" role="img" aria-label="{html.escape(words)}">{pieces}</div>'
    return f"<small>{html.escape(label)}</small>{strip}"


def _sure(bet: Guess) -> str:
    return f" ({percent(bet.sure, 2)} sure)" if bet.sure is not None else ""


def _bets() -> dict[str, Guess]:
    """What the reader bet on, by reading; nothing where no progress is kept."""
    known = {*tested()}
    return {guess.item: guess for guess in progress.summary().guesses if guess.item in known}


def _lessons(course: Path) -> dict[str, Page]:
    """The lesson of each reading, as they stand in this folder; none if somebody has moved or damaged them."""
    try:
        return contents.lessons_of_readings(course.parent)
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def _address(page: Page) -> str:
    """From a lesson, which stands in a module's folder."""
    return f"../{page.path.removeprefix('course/')}"


def _text(words: str) -> str:
    return html.escape(words, quote=False).replace("$", "<span>$</span>")
