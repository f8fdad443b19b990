"""What a reader hands in to a class: shown as it is, without what is not wanted, and saved as a file."""

from __future__ import annotations

import base64
import html
import weakref
from collections.abc import Iterator
from typing import Any

import ipywidgets as widgets
from IPython.display import HTML

from defi_lib import progress
from defi_lib.explore.questions.box import Box, paragraph, say, status
from defi_lib.explore.questions.words import plain
from defi_lib.numerals import counted, number, percent
from defi_lib.progress import handing_in
from defi_lib.progress.handing_in import NAME, PARTS, PROMISE
from defi_lib.progress.records import Entry, Records

NOTHING = (
    "There is nothing to hand in yet. Answer a prediction, a bet or a quiz in a lesson: then it can be chosen here."
)
OFF = f"{NOTHING} <em>Run ▸ Run All Cells</em> shows your own."
_open: weakref.WeakSet[HandIn] = weakref.WeakSet()
_LEFT = ' style="text-align: left"'  # Jupyter sets tables of numbers


def refresh_all() -> None:
    """Show what is remembered now, wherever it can be handed in: something was loaded, or deleted."""
    for each in tuple(_open):
        each.refresh()


def hand_in() -> Any:
    """What the reader may hand in to a class, to choose from and to save; where no progress is kept, one sentence."""
    return HandIn() if progress.enabled() else _Words(f"<p>{OFF}</p>")


class _Words(HTML):
    """HTML that is also words, for readers of plain text."""

    def __repr__(self) -> str:
        return plain(str(self.data))


class HandIn(Box):
    """What is handed in, while a reader has a kernel. Made by :func:`hand_in`.

    Attributes:
        parts: a tick for each part.
        lessons: a tick for each lesson.
        days: whether the days go in, too.
        said: how much is in the file, in words.
    """

    def __init__(self) -> None:
        self.parts = {part: _tick(f"{words[:1].upper()}{words[1:]}") for part, words in PARTS.items()}
        self.days = _tick("The days on which you answered", on=False)
        self.lessons: dict[str, widgets.Checkbox] = {}
        self._all = _button("All lessons", lambda: self._tick_all(True))
        self._none = _button("No lesson", lambda: self._tick_all(False))
        self._lessons, self._shown, self._keep, self.said = _row(), widgets.HTML(), widgets.HTML(), status()
        for each in (*self.parts.values(), self.days):
            each.observe(lambda _: self._renew(), "value")
        choices = [*self.parts.values(), self.days]
        self._chooser = widgets.VBox([_row(*choices), self._lessons, _row(self._all, self._none)])
        buttons = _row(self._keep, _button("Show it anew", self.refresh))
        super().__init__([paragraph(PROMISE), self._chooser, self.said, buttons, self._shown], NOTHING)
        _open.add(self)
        self.refresh()

    @property
    def records(self) -> Records:
        """What is in the file now."""
        lessons = [lesson for lesson, tick in self.lessons.items() if tick.value]
        parts = [part for part, tick in self.parts.items() if tick.value]
        return handing_in.chosen(self._known, lessons, parts, self.days.value)

    def refresh(self) -> None:
        """Begin with what is remembered now; what was left out stays out."""
        self._known: Records = progress.load()
        before = {lesson: tick.value for lesson, tick in self.lessons.items()}
        for tick in self.lessons.values():
            tick.close()
        self.lessons = {
            lesson: _tick("First page" if lesson == "start" else lesson, before.get(lesson, True))
            for lesson in handing_in.lessons_in(self._known)
        }
        for tick in self.lessons.values():
            tick.observe(lambda _: self._renew(), "value")
        self._lessons.children = tuple(self.lessons.values())
        self._renew()

    def close(self) -> None:
        """Leave the page."""
        _open.discard(self)
        super().close()

    def _tick_all(self, on: bool) -> None:
        for tick in self.lessons.values():
            tick.value = on

    def _renew(self) -> None:
        records = self.records
        found = bool(handing_in.many(records))
        self._chooser.layout.display = "" if self.lessons else "none"
        self._keep.layout.display = "" if found else "none"
        self._keep.value = _link(handing_in.text_of(records)) if found else ""
        self._shown.value = "".join(_written(records)) if found else ""
        some = f"The file holds {counted(handing_in.many(records), 'answer')}, as they stand below."
        say(self.said, some if found else "Nothing is chosen: there is no file." if self.lessons else NOTHING)


def _written(records: Records) -> Iterator[str]:
    """The file as a table, and as it is."""
    heads = ("Lesson", "Question", "In the file")
    yield "<table><thead><tr>" + "".join(f'<th scope="col"{_LEFT}>{head}</th>' for head in heads) + "</tr></thead>"
    for lesson in handing_in.lessons_in(records):
        for kind in records:
            for item, entry in records[kind].get(lesson, {}).items():
                cells = (html.escape(entry.get("asked", item)), _said(entry))
                name = "First page" if lesson == "start" else lesson
                row = "".join(f"<td{_LEFT}>{cell}</td>" for cell in cells)
                yield f'<tr><th scope="row"{_LEFT}>{name}</th>{row}</tr>'
    text = html.escape(handing_in.text_of(records))
    yield f"</table><details><summary>The file itself</summary><pre>{text}</pre></details>"


def _said(entry: Entry) -> str:
    day = f" ({entry['day']})" if "day" in entry else ""
    if "first" in entry:
        tried = f": {_value(entry['chosen'])}" if "chosen" in entry else ""
        return f"{'✓' if entry['first'] else '✗'} first try {'right' if entry['first'] else 'wrong'}{tried}{day}"
    unit = f" {html.escape(entry['unit'])}" if entry.get("unit") else ""
    sure = f", {percent(entry['sure'], 2)} sure" if "sure" in entry else ""
    answer = f"; the answer is {_value(entry['answer'])}{unit}" if "answer" in entry else ""
    return f"{_value(entry['value'])}{unit}{sure}{answer}{day}"


def _value(value: Any) -> str:
    return html.escape(value) if isinstance(value, str) else number(value)


def _link(text: str) -> str:
    content = base64.b64encode(text.encode(errors="replace")).decode()
    link = f'href="data:application/json;base64,{content}" download="{NAME}"'
    return f'<a class="jupyter-button" style="text-decoration: none" {link}>Save the file to hand in</a>'


def _tick(words: str, on: bool = True) -> widgets.Checkbox:
    return widgets.Checkbox(on, description=words, indent=False, layout={"width": "auto", "margin": "0 1em 0 0"})


def _row(*parts: widgets.Widget) -> widgets.Box:
    return widgets.HBox(list(parts), layout={"flex_flow": "row wrap", "align_items": "center"})


def _button(words: str, act: Any) -> widgets.Button:
    button = widgets.Button(description=words, layout={"width": "auto"})
    button.on_click(lambda _: act())
    return button
