"""The page *My progress*: what a reader has done, what to repeat, and where it is remembered."""

from __future__ import annotations

import base64
import html
import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import ipywidgets as widgets
from IPython.display import HTML

from defi_lib import progress
from defi_lib.course import contents
from defi_lib.course.contents import Page
from defi_lib.explore.handing_in import refresh_all
from defi_lib.explore.questions.box import Box, say, status
from defi_lib.explore.questions.quizfile import lessons, questions_of
from defi_lib.explore.questions.words import plain
from defi_lib.numerals import counted, number, percent, with_unit
from defi_lib.progress import Guess, Summary

EMPTY = (
    "Nothing is remembered yet. Answer a prediction or a quiz in a lesson, or a question in a lab: "
    "what you have done then stands here."
)
OFF = f"{EMPTY} <em>Run ▸ Run All Cells</em> shows your own."
ON_MACHINE = (
    "In one file on this machine: <code>{place}</code>. It holds no name, and nothing is sent anywhere. On Binder it "
    "is gone when you close the course: save it, and load it the next time."
)
IN_BROWSER = (
    "In this browser, for this site alone. It holds no name, and nothing is sent anywhere. It is gone when the data "
    "that the browser keeps for the site are deleted, and after a private window: save it, and load it elsewhere."
)
_LEFT = ' style="text-align: left"'  # Jupyter sets tables of numbers
_FIRST = {"0": "start"}  # the first page has a name in quizzes
NEAR = 0.1  # as close as this, the part of bets won is what the reader was sure of
FEW = 3  # of so few predictions nothing can be said about a tendency


def show_progress(course: str | Path = "") -> Any:
    """What the reader has done, with *Save*, *Load* and *Delete*; where no progress is kept, one sentence.

    Args:
        course: the folder with the lessons, where the page stands too; by default the kernel's own.
    """
    return ProgressPage(Path(course or Path.cwd())) if progress.enabled() else _Words(f"<p>{OFF}</p>")


class _Words(HTML):
    """HTML that is also words, for readers of plain text."""

    def __repr__(self) -> str:
        return plain(str(self.data))


class ProgressPage(Box):
    """The page, while a reader has a kernel. Made by :func:`show_progress`.

    Attributes:
        said: what the last button did, in words.
    """

    def __init__(self, course: Path) -> None:
        self._lessons, self._labs = _pages(course)
        self._shown, self._keep, self.said = widgets.Output(), widgets.HTML(), status()
        self._load = widgets.FileUpload(accept=".json", multiple=False, description="Load saved progress")
        self._delete = _button("Delete my progress …", self._ask)
        self._sure = widgets.HBox([_button("Yes, delete it", self._forget), _button("No, keep it", self._spare)])
        self._load.observe(self._loaded, "value")
        parts = [self._keep, self._load, self._delete, _button("Show it anew", self._renew)]
        buttons = widgets.HBox(parts, layout={"flex_flow": "row wrap", "align_items": "center"})
        self._load.layout.width = "auto"
        super().__init__([self._shown, buttons, self.said, self._sure], EMPTY)
        self.refresh()

    def refresh(self) -> None:
        """Show what is remembered now."""
        found = progress.summary({lesson: [each.id for each in questions_of(lesson)] for lesson in lessons()})
        self._show("".join(written(found, self._lessons, self._labs)) + _whereabouts())
        self._keep.value = _link_to_save(progress.saved())
        self._keep.layout.display = self._delete.layout.display = "none" if found.empty else ""
        self._sure.layout.display = "none"

    def load(self, content: bytes) -> None:
        """Add a saved file, as *Load* does."""
        try:
            many = progress.add(content)
        except ValueError as error:
            say(self.said, html.escape(str(error)))
        else:
            self._renew()
            say(self.said, f"Loaded: {counted(many, 'answer')} from your file, added to what was here.")

    def _show(self, text: str) -> None:
        # As an output and not as a widget: in JupyterLab only there do links open lessons in the same window.
        self._shown.outputs = ({"output_type": "display_data", "data": {"text/html": text}, "metadata": {}},)

    def _loaded(self, change: Any) -> None:
        if change["new"]:
            self.load(bytes(change["new"][0]["content"]))
            self._load.value = ()

    def _ask(self) -> None:
        self._sure.layout.display = ""
        say(self.said, "Delete everything that is remembered? It cannot be brought back, unless you have saved it.")

    def _forget(self) -> None:
        trouble = progress.forget()
        self._renew()
        say(self.said, html.escape(trouble) or "Deleted. Nothing is remembered any more.")

    def _spare(self) -> None:
        self._sure.layout.display = "none"
        say(self.said, "Nothing was deleted.")

    def _renew(self) -> None:
        self.refresh()
        refresh_all()
        say(self.said, "This is how it stands now.")


def written(found: Summary, pages: dict[str, Page], labs: dict[str, Page]) -> Iterator[str]:
    """The page in plain HTML, part by part."""
    if found.empty:
        yield f"<p>{EMPTY}</p>"
        return
    yield from _of_lessons(found, pages)
    yield from _of_quizzes(found, pages)
    yield from _of_predictions(found, pages)
    yield from _of_labs(found, labs)


def _of_lessons(found: Summary, pages: dict[str, Page]) -> Iterator[str]:
    read = {each.lesson for each in found.lessons if each.read}
    begun = [each.lesson for each in found.lessons if not each.read]
    unread = [lesson for lesson in sorted(pages, key=progress.order) if lesson not in read]
    yield f"<h2>Lessons</h2><p>You have read <strong>{len(read)}</strong> of {counted(len(pages), 'lesson')}; "
    yield f"{len(begun)} {'is' if len(begun) == 1 else 'are'} begun. "
    yield "A lesson counts as read when every question of its quiz is answered.</p>"
    if following := [*begun, *unread][:1]:
        yield f"<p>Go on with {_link(following[0], pages)}.</p>"
    if not found.lessons:
        return
    yield from _table(
        ("Lesson", "State", "Quiz, right at the first try"),
        (
            (
                _link(each.lesson, pages),
                "✓ read" if each.read else f"begun on {each.begun}",
                f"{each.right} of {each.questions}" if each.answered else "–",
            )
            for each in found.lessons
        ),
    )


def _of_quizzes(found: Summary, pages: dict[str, Page]) -> Iterator[str]:
    if not found.tried:
        return
    yield f"<h2>Quizzes</h2><p>Right at the first try: <strong>{found.right} of {found.tried}</strong>.</p>"
    if not found.repeat:
        yield "<p>Nothing to repeat.</p>"
        return
    yield "<h2>To repeat</h2><p>A question leaves this list when you answer it right at once on another run.</p><ul>"
    for each in found.repeat:
        skill = f" <small>({html.escape(each.skill)})</small>" if each.skill else ""
        yield f"<li>{_link(each.lesson, pages)}: {html.escape(each.asked or each.item)}{skill}</li>"
    yield "</ul>"


def _of_predictions(found: Summary, pages: dict[str, Page]) -> Iterator[str]:
    if not found.guesses:
        return
    yield "<h2>Predictions</h2>" + "".join(f"<p>{sentence}</p>" for sentence in tendencies(found))
    yield from _table(
        ("Lesson", "Question", "You said", "The answer", "How far off"),
        (
            (
                _link(each.lesson, pages),
                html.escape(each.asked),
                _said(each.value, each.unit),
                _said(each.answer, each.unit),
                _off(each),
            )
            for each in found.guesses
        ),
    )


def tendencies(found: Summary) -> Iterator[str]:
    """Sentences on how close the predictions were, in which direction they err, and whether the reader is too sure."""
    numbers, bets = found.numbers, found.bets
    if numbers:
        close, high = sum(each.right for each in numbers), sum(each.off > 0 for each in numbers)
        low = sum(each.off < 0 for each in numbers)
        yield f"Numbers that were close (within a twentieth of the range): <strong>{close} of {len(numbers)}</strong>."
        if len(numbers) >= FEW:
            yield f"Half of your numbers were off by more than {percent(found.typically_off, 2)} of the range. " + (
                f"You tend to guess <strong>too high</strong> ({high} of {len(numbers)})."
                if 3 * high >= 2 * len(numbers)
                else f"You tend to guess <strong>too low</strong> ({low} of {len(numbers)})."
                if 3 * low >= 2 * len(numbers)
                else f"Too high {high} times, too low {low} times: no clear direction."
            )
    if bets:
        yield f"Bets that you won: <strong>{sum(each.right for each in bets)} of {len(bets)}</strong>."
    yield from _calibration(found)
    unsaid = [each for each in found.guesses if each.sure is None]
    right = sum(each.right for each in unsaid)
    if len(unsaid) >= FEW:
        yield (
            f"If you felt sure of more than {right} of these {len(unsaid)} answers, you were <strong>too "
            "sure</strong>; if of fewer, you know more than you think."
        )


def _calibration(found: Summary) -> Iterator[str]:
    """Whether as many bets were won as the reader was sure of."""
    if not found.sure:
        return
    won = sum(each.right for each in found.sure)
    verdict = "so few bets say little yet" if len(found.sure) < FEW else _in_word(found.sureness, won / len(found.sure))
    yield (
        f"Of your {counted(len(found.sure), 'bet')} on verdicts you were <strong>{percent(found.sureness, 2)}</strong> "
        f"sure on average, and you won <strong>{won}</strong>: {verdict}."
    )


def _in_word(sure: float, won: float) -> str:
    if abs(sure - won) <= NEAR:
        return "you know well how much you know"
    return "you were <strong>too sure</strong>" if sure > won else "you know <strong>more than you think</strong>"


def _of_labs(found: Summary, labs: dict[str, Page]) -> Iterator[str]:
    if not found.labs:
        return
    yield "<h2>Labs</h2>"
    yield from _table(
        ("Lab", "Points, of what you tried", "The whole lab has"),
        (
            (_link(each.lab, labs), f"{each.points:g} of {each.out_of:g}", f"{_points(each.lab, labs) or '–'}")
            for each in found.labs
        ),
    )


def _points(number: str, labs: dict[str, Page]) -> int:
    return labs[number].points if number in labs else 0


def _whereabouts() -> str:
    problem, place = progress.problem(), html.escape(str(progress.path()))
    where = f"<p><strong>{problem}</strong></p>" if problem else ""
    told = IN_BROWSER if sys.platform == "emscripten" else ON_MACHINE.format(place=place)
    return f"{where}<h2>Where this is remembered</h2><p>{told}</p>"


def _pages(course: Path) -> tuple[dict[str, Page], dict[str, Page]]:
    """Lessons and labs by number, as they stand around this folder; none if somebody has moved or damaged them."""
    try:
        lessons, labs = contents.lessons(course.parent), contents.labs(course.parent)
    except (OSError, ValueError, LookupError, TypeError):
        return {}, {}
    return {_FIRST.get(page.number, page.number): page for page in lessons}, {page.number: page for page in labs}


def _link(number: str, pages: dict[str, Page]) -> str:
    page = pages.get(number)
    if page is None:
        return "First page" if number == "start" else number
    name = page.name if number == "start" or number in page.name else f"{number} {page.name}"
    return f'<a href="{html.escape(_address(page.path))}">{html.escape(name)}</a>'


def _address(path: str) -> str:
    """From the page, which stands in ``course/``; what is worked on opens with its code, also from a page without."""
    served = os.environ.get("VOILA_BASE_URL", "") if "VOILA_KERNEL_ID" in os.environ else ""
    if path.startswith("labs/"):
        return f"{served}lab/tree/{path}" if served else f"../{path}"
    return path.removeprefix("course/")


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    yield (
        "<table><thead><tr>" + "".join(f'<th scope="col"{_LEFT}>{head}</th>' for head in heads) + "</tr></thead><tbody>"
    )
    for first, *others in rows:
        cells = "".join(f"<td{_LEFT}>{each}</td>" for each in others)
        yield f'<tr><th scope="row"{_LEFT}>{first}</th>{cells}</tr>'
    yield "</tbody></table>"


def _said(value: float | str, unit: str) -> str:
    if isinstance(value, str):
        return html.escape(value)
    text = with_unit(value, unit)
    return html.escape(text if text != number(value) else f"{text} {unit}".strip())


def _off(guess: Guess) -> str:
    if not guess.number:
        sure = f" ({percent(guess.sure, 2)} sure)" if guess.sure is not None else ""
        return ("✓ right" if guess.right else "✗ not so") + sure
    if guess.off == 0:
        return "✓ exactly right"
    mark = "✓ " if guess.right else ""
    return f"{mark}{_said(abs(guess.off), guess.unit)} too {'high' if guess.off > 0 else 'low'}"


def _link_to_save(text: str) -> str:
    content = base64.b64encode(text.encode()).decode()
    link = f'href="data:application/json;base64,{content}" download="my_progress.json"'
    return f'<a class="jupyter-button" style="text-decoration: none" {link}>Save my progress</a>'


def _button(words: str, act: Any) -> widgets.Button:
    button = widgets.Button(description=words, layout={"width": "auto"})
    button.on_click(lambda _: act())
    return button
