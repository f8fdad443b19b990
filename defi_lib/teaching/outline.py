"""``python -m defi_lib.teaching outline [file]``: the table of all lessons and labs, from what the notebooks say.

Without a file it is printed; with one it is written there: ``docs/teaching/outline.md`` is made so.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path, PurePosixPath
from statistics import median
from typing import NamedTuple

from defi_lib.course import contents
from defi_lib.course.contents import Module, Page

ROOT = Path(__file__).resolve().parents[2]
PAGE = "docs/teaching/outline.md"
_LINK = re.compile(r"\]\(([^)#:]+)(#[^)]*)?\)")


class Head(NamedTuple):
    """What a lesson says of itself before it begins.

    Args:
        outcomes: what a reader will be able to do.
        needs: what to know before, with links from the page's folder.
        claims: ids of the claims tested; there may be none.
    """

    outcomes: list[str]
    needs: str
    claims: list[str]


def head(text: str, lesson: str, page: str = PAGE) -> Head:
    """Read the first cell of a lesson.

    Args:
        text: the cell.
        lesson: its file, from the folder of the course.
        page: the file that quotes it, so that links lead from there.

    Raises:
        ValueError: a lesson that does not say what it teaches or needs.
    """
    able = re.search(r"^\*\*You will be able to\*\*\n((?:[-* ].+\n?)+)", text, re.MULTILINE)
    needs = re.search(r"^\*\*You need\*\* ((?:.+\n?)+)", text, re.MULTILINE)
    claims = re.search(r"^\*\*Claims tested:\*\* ((?:.+\n?)+)", text, re.MULTILINE)
    if not able or not needs:
        raise ValueError(f"lesson {lesson} does not say in its first cell what it teaches and needs")
    outcomes = [" ".join(each.split()) for each in re.split(r"^[-*] ", able[1], flags=re.MULTILINE) if each.strip()]
    there = [relinked(each.rstrip(";."), lesson, page) for each in outcomes]
    need = relinked(" ".join(needs[1].split()).rstrip("."), lesson, page)
    return Head(there, need, re.findall(r"\b[PXRC]\d+\b", claims[1] if claims else ""))


def relinked(text: str, source: str, page: str) -> str:
    """Links between files, as they must read on another page.

    >>> relinked("[Swaps](../1_exchange/01.ipynb)", "course/2_lending/03.ipynb", "docs/teaching/outline.md")
    '[Swaps](../../course/1_exchange/01.ipynb)'
    """
    folder = PurePosixPath(source).parent

    def link(found: re.Match[str]) -> str:
        target = os.path.normpath(folder / found[1]).replace(os.sep, "/")
        return f"]({_from(page, target)}{found[2] or ''})"

    return _LINK.sub(link, text)


def page(root: Path = ROOT) -> str:
    """The whole page."""
    read = contents.lessons(root)
    paces = [pace(root, each) for each in read]
    lines = [
        "# Outline",
        "",
        "*Made by `make outline` from the notebooks; a test compares. Edit the notebooks, not this page.*",
        "",
        "Minutes are those at the head of each notebook, set by its author; nobody was timed. What is counted are "
        "words and acts (a plot explored, a prediction, a bet, a verdict looked at, a quiz). If an act takes as long "
        f"as {contents.WORDS_OF_AN_ACT} words, the minutes come to {min(paces):.0f} to {max(paces):.0f} words a "
        f"minute, the middle lesson to {median(paces):.0f}. "
        "Words are those of the text, folded answers and formulas too. Time your first class and scale.",
        "",
        *_sum(root, read[0]),
    ]
    for module in contents.modules(root):
        lines += _module(root, module)
    return "\n".join(lines) + "\n"


def pace(root: Path, page: Page) -> float:
    """Words a minute that the minutes of a page come to, an act counted as words."""
    words, acts = contents.words_and_acts(root, page)
    return (words + contents.WORDS_OF_AN_ACT * acts) / page.minutes


def hours(minutes: float) -> str:
    """Minutes as hours, to a tenth: ``"2.5 h"``."""
    return f"{minutes / 60:.1f} h"


def main(arguments: list[str]) -> int:
    """Print the page or write it; gives the exit status."""
    parser = argparse.ArgumentParser(prog="python -m defi_lib.teaching outline", description=__doc__)
    parser.add_argument("file", nargs="?", default="", help=f"where to write it, such as {PAGE}")
    file = parser.parse_args(arguments).file
    text = page()
    if not file:
        print(text, end="")
        return 0
    try:
        Path(file).write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        print(f"The outline cannot be written to {file}: {error.strerror}. Name another file.", file=sys.stderr)
        return 1
    return 0


def _from(page: str, target: str) -> str:
    """The way from a page to a file."""
    return os.path.relpath(target, PurePosixPath(page).parent).replace(os.sep, "/")


def _link(page: Page, name: str) -> str:
    return f"[{name}]({_from(PAGE, page.path)})"


def _sum(root: Path, start: Page) -> list[str]:
    """The table of modules, with the first page and a line of sums."""
    rows: list[tuple[str, list[Page], list[Page]]] = [("0 Start here", [start], [])]
    rows += [(f"{each.number} {each.title}", each.lessons, each.labs) for each in contents.modules(root)]
    lines = ["| Module | Lessons | | Labs | | Points |", "|---|--:|--:|--:|--:|--:|"]
    for name, lessons, labs in [*rows, ("**All**", [p for _, each, _ in rows for p in each], _all(rows))]:
        reading, working = sum(each.minutes for each in lessons), sum(each.minutes for each in labs)
        points = sum(each.points for each in labs)
        lines.append(f"| {name} | {len(lessons)} | {hours(reading)} | {len(labs)} | {hours(working)} | {points} |")
    return lines


def _all(rows: list[tuple[str, list[Page], list[Page]]]) -> list[Page]:
    return [page for _, _, labs in rows for page in labs]


def _module(root: Path, module: Module) -> list[str]:
    """The table of a module's lessons and labs, then what each lesson teaches and needs."""
    lines = ["", f"## {module.number} {module.title}", "", f"{module.about[0].upper()}{module.about[1:]}.", ""]
    lines += ["| Lesson | Minutes | Words | Acts | Claims |", "|---|--:|--:|--:|---|"]
    heads = {each: head(contents.first_cell(root, each), each.path) for each in module.lessons}
    for each, said in heads.items():
        words, acts = contents.words_and_acts(root, each)
        name = _link(each, f"{each.number} {each.name}")
        lines.append(f"| {name} | {each.minutes} | {words} | {acts} | {', '.join(said.claims) or '–'} |")
    if module.labs:
        lines += ["", "| Lab | Minutes | Points |", "|---|--:|--:|"]
    for each in module.labs:
        name = _link(each, f"{each.number} {each.title.partition(' · ')[2]}")
        lines.append(f"| {name} | {each.minutes} | {each.points} |")
    lines += ["", "Students will be able to, after lesson"]
    for each, said in heads.items():
        lines += ["", f"**{each.number}** (needs {said.needs}):", *(f"- {outcome}" for outcome in said.outcomes)]
    return lines
