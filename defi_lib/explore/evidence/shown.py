"""The evidence on a reading as a lesson shows it: words first, then the bars, then other persons and times."""

from __future__ import annotations

import base64
import html
import os
import re
from typing import Any

import ipywidgets as widgets

from defi_lib.claims import Reading
from defi_lib.evidence import Count, Effect, Evidence, Proof, others
from defi_lib.explore.evidence.bars import STYLE, alt, bars, picture
from defi_lib.explore.evidence.bets import ANSWERS, Bet, turned
from defi_lib.explore.evidence.subject import Subject
from defi_lib.explore.questions.box import Box
from defi_lib.explore.questions.prediction import Prediction
from defi_lib.explore.questions.words import plain

FIRST = "Place your bet first; then the evidence appears here."
_FOLDED = "The evidence (place your bet first)"


class ShownEvidence(Box):
    """The evidence, live or stored. Made by :func:`show_evidence`."""

    def __init__(self, subject: Subject, after: Prediction | None = None) -> None:
        self._subject, self._after = subject, after
        self._page = widgets.HTML()
        super().__init__([self._page], "")
        if after is not None:
            after.waits(self)
        self.refresh()

    @property
    def text(self) -> str:
        """What can be said now, in plain words."""
        return self._text

    def refresh(self) -> None:
        """Show the evidence, unless the reader's bet is still to come."""
        if self._after is not None and self._after.committed is None:
            self._text, self._page.value = FIRST, f'<p role="status">{FIRST}</p>'
            return
        said = _outcome(self._after.committed, self._subject) if self._after is not None else ""
        self._text = text_of(self._subject)
        self._page.value = f"<style>{STYLE}</style>{said}{page(self._subject)}"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        if os.environ.get("DEFI_LIB_STATIC_PICTURES"):
            still = page(self._subject, still=True)
            folded = f"<details><summary>{_FOLDED}</summary>\n{still}</details>\n" if self._after is not None else still
            data = data | {"text/html": folded}
        return data, metadata


def show_evidence(of: str | Effect, *, after: Prediction | None = None) -> ShownEvidence:
    """Show what is known about a reading: true today or not, where that turns, and how far it holds.

    Args:
        of: the id of a reading, ``"P6c"``.
        after: the reader's bet; the evidence is withheld until it is placed.

    Raises:
        ValueError: no such reading, or one that is not yet tested.

    Example:
        >>> show_evidence("X9a").text.splitlines()[1].split(":")[0]
        'Not true today'
    """
    return ShownEvidence(Subject(of), after)


def text_of(subject: Subject) -> str:
    """The evidence in a few plain lines."""
    one, found = subject.reading, subject.found
    said = [found.sentence(), f"{found.scope()}."] if isinstance(found, Evidence) else [_other(found)]
    return "\n".join([f"{one.id}. {one.text}", *(plain(line).replace("**", "") for line in said)])


def page(subject: Subject, *, still: bool = False) -> str:
    """The evidence as HTML: live with bars that fit the page, ``still`` with a picture and no style of its own."""
    found = subject.found
    head = _paragraph(f"**{subject.reading.id}.** {subject.reading.text}")
    if isinstance(found, Evidence):
        return head + _over_worlds(subject, found, still)
    return head + _paragraph(_other(found)) + "\n" + _sides(subject.reading) + "\n"


def _over_worlds(subject: Subject, found: Evidence, still: bool) -> str:
    lines = others(subject.effect) if subject.effect else []
    parts = [
        _paragraph(found.sentence()),
        _paragraph(" ".join([f"**{found.scope()}.**", found.own_ranges()])),
        _still(found) if still else picture(found),
        _paragraph("\n".join(line[:1].upper() + line[1:] + "." for line in lines)) if lines else "",
        _sides(subject.reading),
        _details("How sure is this?", [found.small_print(), found.ranges()]),
    ]
    return "\n".join(filter(None, parts)) + "\n"


def _other(found: Evidence | Count | Proof) -> str:
    """What was counted or proved: its kind first."""
    assert not isinstance(found, Evidence)
    answer = ANSWERS[found.true].lower()
    if isinstance(found, Count):
        other = f" Another count: {_ended(found.other)}" if found.other else ""
        who = found.who.removeprefix("Counted by ")
        said = f"**Counted: {found.answer}.** {_ended(found.says)} Counted by {_ended(who)}{other}"
    else:
        built = " by construction of the model" if found.by_construction else ""
        said = f"**By logic: {answer}{built}.** {_ended(found.says)}"
    return f"{said} It turns if {_ended(found.turns)}"


def _ended(words: str) -> str:
    """Words as a sentence's end."""
    return words if words.endswith((".", "!", "?")) else f"{words}."


def _sides(one: Reading) -> str:
    """The best case of both sides, for every kind of reading: no lesson writes a list of its own."""
    sides = (("The best case for it", one.best_for), ("The strongest objection", one.best_against))
    said = [f"**{name}:** {_ended(words)}" for name, words in sides if words]
    return _paragraph("\n".join(said)) if said else ""


def _outcome(committed: Bet, subject: Subject) -> str:
    says = "agrees" if committed.answer == ANSWERS[subject.found.true] else "says otherwise"
    found = subject.found
    then = turned(found, committed.turns) if isinstance(found, Evidence) and committed.turns else ""
    return _paragraph(f"You bet **{committed.answer.lower()}**: the evidence **{says}**. {then}".strip())


def _still(found: Evidence) -> str:
    from defi_lib.explore.evidence.still import draw

    source = base64.b64encode(draw(found)).decode()
    words = html.escape(alt(bars(found), found.case.when))
    return f'<p><img src="data:image/png;base64,{source}" alt="{words}"></p>'


def _paragraph(text: str) -> str:
    return f"<p>{_html(text)}</p>"


def _details(summary: str, lines: list[str]) -> str:
    shown = "\n".join(_paragraph(line) for line in lines if line)
    return f"<details><summary>{summary}</summary>\n{shown}</details>"


def _html(text: str) -> str:
    """Words as HTML, with ``**bold**``; each dollar in an element of its own, or two of them would become a formula."""
    bold = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(text, quote=False))
    return bold.replace("$", "<span>$</span>").replace("\n", "<br>\n")
