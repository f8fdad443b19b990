"""``python -m defi_lib.teaching misconceptions [folder]``: usual mistakes, a page for each module.

They stand in the quizzes (feedback to each wrong answer) and in the checks of the labs (mistakes that they name). The
pages in ``docs/teaching/misconceptions`` are made so; they hold no right answers.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from defi_lib.course import contents
from defi_lib.course.contents import Module, Page
from defi_lib.explore.questions import ChoiceQuestion, NumberQuestion, OrderQuestion, Question, lessons, questions_of
from defi_lib.explore.questions.words import plain, shown
from defi_lib.teaching.misconceptions.named import ROOT, Source

FOLDER = "docs/teaching/misconceptions"
_UP = "../../../"


def wrong_answers(question: Question) -> list[tuple[str, str]]:
    """Each wrong answer of a question, and what is said to it."""
    if isinstance(question, ChoiceQuestion):
        return [(option, said) for option, said in question.options.items() if option != question.answer]
    if isinstance(question, NumberQuestion):
        known = [(shown(near.value, question.unit), near.feedback) for near in question.near]
        return [*known, ("any other number", question.wrong)]
    if isinstance(question, OrderQuestion):
        return [("any other order", question.wrong)]
    raise ValueError(f"question {question.id!r} has kind = {question.kind!r}: its wrong answers are not known")


def pages(root: Path = ROOT) -> dict[str, str]:
    """Each page by the name of its file: the first page of the course, then the modules."""
    start = contents.lessons(root)[0]
    made = {"0_start.md": "\n".join([*_head("0 Start here"), *_quiz(start, "start")])}
    for module in contents.modules(root):
        made[f"{module.number}_{module.title.lower()}.md"] = "\n".join(_module(root, module))
    return {name: f"{text}\n" for name, text in made.items()}


def main(arguments: list[str]) -> int:
    """Write the pages; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m defi_lib.teaching misconceptions", description=__doc__)
    parser.add_argument("folder", nargs="?", default=FOLDER, help=f"where to write; {FOLDER} if none is given")
    folder = Path(parser.parse_args(arguments).folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages().items():
            (folder / name).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        print(f"The pages cannot be written to {folder}: {error.strerror}. Name another folder.", file=sys.stderr)
        return 1
    return 0


def _head(title: str) -> list[str]:
    made = "*Made by `make misconceptions` from quizzes and checks; a test compares. Edit those, not this page.*"
    return [f"# {title}: usual mistakes", "", made]


def _module(root: Path, module: Module) -> Iterator[str]:
    yield from _head(f"{module.number} {module.title}")
    known = set(lessons())
    for page in module.lessons:
        if page.number in known:
            yield from _quiz(page, page.number)
    for page in module.labs:
        yield from _lab(root, page)


def _quiz(page: Page, lesson: str) -> Iterator[str]:
    name = page.name if lesson == "start" else f"{page.number} {page.name}"
    yield from ("", f"## [{name}]({_UP}{page.path})")
    for question in questions_of(lesson):
        yield from ("", f"**{_markdown(question.html())}** (`{question.id}`: {_small(plain(question.skill))})")
        yield ""
        for answer, said in wrong_answers(question):
            yield f"- “{answer}”: {_markdown(said)}"


def _lab(root: Path, page: Page) -> Iterator[str]:
    yield from ("", f"## [{page.title}]({_UP}{page.path})")
    module, headings = _lab_cells(root / page.path)
    for name, sentences in Source(module, root).questions(list(headings)).items():
        if sentences:
            yield from ("", f"**{headings.get(name, name)}** (`{name}`)", "", *(f"- {each}" for each in sentences))


def _lab_cells(path: Path) -> tuple[str, dict[str, str]]:
    """The module of a lab's checks, and the heading above each check."""
    module, heading, headings = "", "", dict[str, str]()
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if found := re.search(r"^## (.+)", source, re.MULTILINE):
            heading = found[1]
        if found := re.search(r"^from (defi_lib\.labs\.[\w.]+) import check", source, re.MULTILINE):
            module = found[1]
        if found := re.fullmatch(r'check\("(\w+)"\)\s*', source):
            headings[found[1]] = heading
    return module, headings


def _markdown(text: str) -> str:
    """HTML of a quiz as Markdown."""
    return plain(re.sub(r"</?em>", "*", text))


def _small(text: str) -> str:
    """A phrase that continues a sentence."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
