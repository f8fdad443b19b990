"""A shipped lesson, read without running it: its sections, and what it asks of readers."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from defi_lib.course import contents
from defi_lib.course.contents import Page

ROOT = Path(__file__).resolve().parents[3]
_HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
#: What a prediction is where a lesson does not say it.
_PREDICT: dict[str, Any] = {"name": "prediction", "options": (), "low": 0, "high": 100, "unit": "%"}
_FOLDED = re.compile(r"<details>.*?</details>", re.DOTALL)


class Block(NamedTuple):
    """A piece of a section: text, or a cell with code and what it showed when it was shipped."""

    is_text: bool
    source: str
    outputs: tuple[dict[str, Any], ...] = ()

    def calls(self, name: str) -> Iterator[ast.Call]:
        """The calls of a function in its code."""
        for node in ast.walk(_tree(self.source)) if not self.is_text else ():
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node

    def shown(self, kind: str) -> Iterator[str]:
        """What the cell showed, as ``text/html`` and so on."""
        for output in self.outputs:
            found = output.get("data", {}).get(kind)
            if found is not None:
                yield found if isinstance(found, str) else "".join(found)


class Asked(NamedTuple):
    """A prediction, as the lesson asks for it: one of the options, or a number from low to high."""

    question: str
    options: tuple[str, ...]
    low: float
    high: float
    unit: str


class Section(NamedTuple):
    """A part of a lesson, from one heading to the next; the first has the title of the lesson."""

    title: str
    blocks: tuple[Block, ...]

    @property
    def words(self) -> int:
        """Words in sight, each act of the reader counted as many."""
        texts = [_FOLDED.sub("", block.source) for block in self.blocks if block.is_text]
        texts += [text for block in self.blocks for text in block.shown("text/markdown")]
        read = sum(len(text.split()) for text in texts)
        acts = sum(1 for block in self.blocks for name in contents.ACTS for _ in block.calls(name))
        return read + contents.WORDS_OF_AN_ACT * acts


class Lesson:
    """A lesson of the course.

    Args:
        page: which one.
        root: the folder of the course.
    """

    def __init__(self, page: Page, root: Path = ROOT) -> None:
        self.page = page
        self._cells = json.loads((root / page.path).read_text(encoding="utf-8"))["cells"]

    @cached_property
    def sections(self) -> list[Section]:
        """Title page first."""
        found: list[tuple[str, list[Block]]] = [(self.page.title, [])]
        for cell in self._cells:
            source = "".join(cell["source"])
            if cell["cell_type"] != "markdown":
                found[-1][1].append(Block(False, source, tuple(cell.get("outputs", ()))))
                continue
            before, *rest = _HEADING.split(source)
            if before.strip():
                found[-1][1].append(Block(True, before))
            for title, text in zip(rest[::2], rest[1::2], strict=True):
                found.append((title.strip(), [Block(True, text)] if text.strip() else []))
        return [Section(title, tuple(blocks)) for title, blocks in found]

    def section(self, start: str) -> Section | None:
        """The first section whose title begins so."""
        return next((each for each in self.sections if each.title.startswith(start)), None)

    @cached_property
    def blocks(self) -> list[Block]:
        """All of them in order."""
        return [block for section in self.sections for block in section.blocks]

    @cached_property
    def question(self) -> str:
        """The first prediction, as readers without a kernel see it."""
        block = next(block for block in self.blocks if any(block.calls("predict")))
        return _asked(block, "Your prediction: ")

    @cached_property
    def options(self) -> list[str]:
        """What the first prediction lets choose from; nothing where it asks for a number."""
        return list(next(iter(self.predictions.values())).options)

    @cached_property
    def predictions(self) -> dict[str, Asked]:
        """All predictions, by the names under which a reader's progress keeps them."""
        found = {}
        for block in self.blocks:
            for call in block.calls("predict"):
                given = {each.arg: each.value for each in call.keywords if each.arg}
                said = {name: self._value(given[name]) for name in _PREDICT if name in given}
                asked = _asked(block, "Your prediction: ")
                values = _PREDICT | said
                name = str(values.pop("name"))
                options = tuple(map(str, values.pop("options")))
                low, high, unit = float(values["low"]), float(values["high"]), str(values["unit"])
                found[name] = Asked(asked, options, low, high, unit)
        return found

    @cached_property
    def readings(self) -> list[str]:
        """Ids of what readers bet on."""
        return [str(self._value(call.args[0])) for block in self.blocks for call in block.calls("bet")]

    @cached_property
    def quiz(self) -> str:
        """The name of its quiz."""
        return str(next(self._value(call.args[0]) for block in self.blocks for call in block.calls("quiz")))

    def scenarios(self, section: Section) -> list[str]:
        """Names of the buttons above the plots of a section, in order."""
        return [
            name
            for block in section.blocks
            for call in block.calls("explore")
            for keyword in call.keywords
            if keyword.arg == "scenarios"
            for name in self._names(keyword.value)
        ]

    def goals(self, section: Section) -> list[str]:
        """What readers may try to reach in a section."""
        goals = (call.args[0] for block in section.blocks for call in block.calls("Goal"))
        return [str(goal.value) for goal in goals if isinstance(goal, ast.Constant)]

    def _names(self, node: ast.expr) -> list[str]:
        node = self._assigned.get(node.id, node) if isinstance(node, ast.Name) else node
        keys = node.keys if isinstance(node, ast.Dict) else []
        return [key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str)]

    def _value(self, node: ast.expr) -> Any:
        return ast.literal_eval(self._assigned.get(node.id, node) if isinstance(node, ast.Name) else node)

    @cached_property
    def _assigned(self) -> dict[str, ast.expr]:
        """What is assigned to names at the top of cells."""
        statements = (node for block in self.blocks if not block.is_text for node in _tree(block.source).body)
        return {
            target.id: node.value
            for node in statements
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }


def lesson(number: str, root: Path = ROOT) -> Lesson:
    """The lesson with this number, ``"1.1"``; the first page is ``"0"``.

    Raises:
        ValueError: no such lesson.
    """
    pages = {page.number: page for page in contents.lessons(root)}
    if number not in pages:
        raise ValueError(f"lesson = {number!r}: allowed is one of {', '.join(pages)}")
    return Lesson(pages[number], root)


def _asked(block: Block, begins: str) -> str:
    text = next(text for text in block.shown("text/plain") if text.startswith(begins))
    return text.removeprefix(begins).partition("\n")[0]


def _tree(source: str) -> ast.Module:
    return ast.parse("\n".join("" if line.startswith(("%", "!")) else line for line in source.splitlines()))
