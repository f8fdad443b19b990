"""What stands on the two pages of a handout, as HTML: formulas are left for the browser, in ``<span class="tex">``."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from random import Random

from defi_lib.claims import reading
from defi_lib.explore.questions.kinds import NumberQuestion, OrderQuestion, Question
from defi_lib.explore.questions.quizfile import questions_of
from defi_lib.explore.questions.words import rendered, span
from defi_lib.teaching.lecture.lesson import Block, Lesson, Section

_FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)
_LINK = re.compile(r"</?a\b[^>]*>")
_PICTURE = re.compile(r'<img src="data:image/png;base64,[^"]+" alt="[^"]*">')
_COURSE = "Decentralised finance, centralised profits"


def sheet(lesson: Lesson) -> str:
    """Both pages of a lesson's handout."""
    return f"""<article class="page">{_head(lesson)}{"".join(_first(lesson))}{_foot(lesson, 1)}</article>
<article class="page">{"".join(_second(lesson))}{_foot(lesson, 2)}</article>"""


def _head(lesson: Lesson) -> str:
    page = lesson.page
    module = f"Lesson {page.number} · " if page.number != "0" else ""
    about = f"<p class='about'>{module}about {page.minutes} minutes <span class='name'>Name</span></p>"
    return f"<header>{about}<h1>{_inline(page.title)}</h1></header>"


def _foot(lesson: Lesson, number: int) -> str:
    name = f", {html.escape(lesson.page.name)}" if lesson.page.name != _COURSE else ""
    said = f"{_COURSE}{name}; CC BY 4.0"
    return f"<footer><span>{said}</span><span>{number} of 2</span></footer>"


def _first(lesson: Lesson) -> Iterator[str]:
    """Puzzle, prediction, mechanism."""
    for section in lesson.sections:
        if section.title.startswith("The puzzle"):
            yield f"<h2>The puzzle</h2>{_shown(section.blocks)}"
        if section.title.startswith("Predict"):
            yield f"<h2>Predict</h2>{_shown(_before(section, 'predict'))}"
            answer = _boxes(map(html.escape, lesson.options)) if lesson.options else _line("Your guess")
            yield f"<div class='question'><p>{_inline(lesson.question)}</p>{answer}</div>"
            if any(_calls(section.blocks, "bet")):  # two lessons begin with it
                yield _bet(lesson)
        if section.title.startswith(("The mechanism", "From a claim", "How to read")):
            yield f"<h2>{_inline(section.title)}</h2>{_texts(section.blocks)}"
        if section.title.startswith("Explore"):
            yield f"<h2>{_inline(section.title)}</h2>{_texts(_before(section, 'explore'))}"
    yield "<div class='write'><p>Notes</p></div>"


def _second(lesson: Lesson) -> Iterator[str]:
    """One picture, the bet, the quiz."""
    for section in lesson.sections:
        if section.title.startswith("Explore"):
            after = section.blocks[len(list(_before(section, "explore"))) :]
            yield f"{_picture(after)}{_texts(after)}<div class='write'><p>What you see</p></div>"
        if any(_calls(section.blocks, "bet")) and not section.title.startswith("Predict"):
            yield f"<h2>Your bet</h2>{_texts(_before(section, 'bet'))}{_bet(lesson)}"
    yield "<h2>Check yourself</h2>"
    yield from (f"<div class='question'>{each}</div>" for each in _quiz(lesson))
    yield "<div class='write'><p>What is still open</p></div>"


def _bet(lesson: Lesson) -> str:
    """Whether it is true, how sure, and what would turn it."""
    words = f"<p>{rendered(reading(lesson.readings[0]).text)} <b>Is this true today?</b></p>"
    lines = _line("How sure are you, from 50 to 100 %?") + _line("What would turn the answer?")
    return f"<div class='question'>{words}{_boxes(['Not true', 'True'])}{lines}</div>"


def _quiz(lesson: Lesson) -> Iterator[str]:
    """The questions, in an order of options that says nothing about the right one."""
    for number, question in enumerate(questions_of(lesson.quiz), start=1):
        random = Random(f"{lesson.quiz} {question.id}")
        yield f"<p><b>{number}.</b> {_tex_in(question.html())}</p>{_answers(question, random)}"


def _answers(question: Question, random: Random) -> str:
    options = list(question.widget(random).options)
    if isinstance(question, NumberQuestion):
        return _line(f"Your answer, {span(question.low, question.high, question.unit)}".strip(", "))
    kind = "order" if isinstance(question, OrderQuestion) else ""
    return _boxes((_tex_in(rendered(option)) for option in options), kind)


def _before(section: Section, name: str) -> Iterator[Block]:
    """The blocks of a section before the one that calls a function."""
    for block in section.blocks:
        if any(block.calls(name)):
            return
        yield block


def _calls(blocks: Iterable[Block], name: str) -> Iterator[bool]:
    return (True for block in blocks for _ in block.calls(name))


def _texts(blocks: Iterable[Block]) -> str:
    """What is written, without what is folded."""
    return "".join(_markdown(_FOLDED.sub("", block.source)) for block in blocks if block.is_text)


def _shown(blocks: Iterable[Block]) -> str:
    """What is written, and the tables and texts that cells showed, unless they wait for an answer."""
    parts = []
    for block in blocks:
        if block.is_text:
            parts.append(_texts([block]))
        elif ".withhold(" not in block.source:
            parts += [_markdown(text) for text in block.shown("text/markdown")]
            parts += [_unlinked(text) for text in block.shown("text/html") if "<table" in text]
    return "".join(parts)


def _picture(blocks: Iterable[Block]) -> str:
    """The first plot of some blocks as it was shipped, with what it says; none that waits for an answer."""
    for block in blocks:
        for text in block.shown("text/html") if ".withhold(" not in block.source else ():
            if found := _PICTURE.search(text):
                said = re.search(r"<p aria-hidden=\"true\">(.*?)</p>", text, re.DOTALL)
                return f"<figure>{found[0]}<figcaption>{said[1] if said else ''}</figcaption></figure>"
    return ""


def _line(words: str) -> str:
    return f"<p class='line'>{html.escape(words)}</p>"


def _boxes(options: Iterable[str], kind: str = "") -> str:
    return f"<ul class='boxes {kind}'>{''.join(f'<li>{option}</li>' for option in options)}</ul>"


def _inline(text: str) -> str:
    return re.sub(r"^<p>|</p>$", "", _markdown(text).strip())


def _unlinked(text: str) -> str:
    return _LINK.sub("", re.sub(r"<style\b.*?</style>", "", text, flags=re.DOTALL))


def _tex_in(text: str) -> str:
    """HTML with the formulas of plain words, ``$…$``, marked."""
    return re.sub(r"\$([^$\s](?:[^$]*[^$\s])?)\$(?!\d)", r'<span class="tex">\1</span>', text)


def _markdown(text: str) -> str:
    """Markdown as HTML without links, formulas marked."""
    from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

    class Renderer(IPythonRenderer):
        def inline_math(self, body: str) -> str:
            return f'<span class="tex">{self.escape_html(body)}</span>'

        def block_math(self, body: str) -> str:
            return f'<span class="tex display">{self.escape_html(body)}</span>'

        def latex_environment(self, name: str, body: str) -> str:
            return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")

    return _unlinked(MarkdownWithMath(renderer=Renderer(escape=False, exclude_anchor_links=True)).render(text))
