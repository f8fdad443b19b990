"""The mistakes that the checks of a lab name, read from their source: what a student is told, not how it is found.

A sentence is a text in a check, or in what the check calls within its lab, that begins with a capital letter or a piece
of code and ends as a sentence does. What depends on the numbers drawn is shown as ``…``. Left out are sentences on the
form of an answer, and those that give the right number.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_NO_MISTAKE = re.compile(
    r"[Yy]ours (gives|pays)|should return|separated by commas?|should be …|It should be|^\S+ gives …\.$|Use `//`"
    r"|question \d\)\.$"
)
_Definition = ast.FunctionDef | ast.ClassDef


class Source:
    """The files of a lab's checks.

    Args:
        module: as the lab's notebook imports it, ``"defi_lib.labs.exchange.swaps"``.
        root: the folder of the course.
    """

    def __init__(self, module: str, root: Path = ROOT) -> None:
        place = root / module.replace(".", "/")
        files = sorted(place.glob("*.py")) if place.is_dir() else [place.with_suffix(".py")]
        missing = [file for file in files if not file.is_file()]
        if missing or not files:
            raise ValueError(f"module = {module!r} is not allowed: there are no checks in {place}")
        self._trees = {file.stem: ast.parse(file.read_text(encoding="utf-8")) for file in files}

    def questions(self, order: Sequence[str] = ()) -> dict[str, list[str]]:
        """Each question's sentences, in the order of the source; a sentence stands under the first that uses it.

        ``order`` names the questions as the lab asks them; those it does not name come after these.
        """
        checks = {_question(node): (file, node) for file, tree in self._trees.items() for node in tree.body}
        named = [each for each in order if each in checks] + sorted(set(checks) - set(order) - {""})
        found: dict[str, list[str]] = {}
        known: set[str] = set()
        for name in named:
            sentences = [each for each in dict.fromkeys(self._sentences(*checks[name], set())) if each not in known]
            found[name] = sentences
            known |= set(sentences)
        return found

    def _sentences(self, file: str, node: ast.AST, seen: set[tuple[str, str]]) -> Iterator[str]:
        """Of a definition, and of whatever of the lab it uses."""
        for part in _within(node):
            if isinstance(part, (ast.Constant, ast.JoinedStr)) and _is_sentence(text := _text(part)):
                yield text
            elif isinstance(part, ast.Name) and (there := self._home(file, part.id)) and there not in seen:
                seen.add(there)
                yield from self._sentences(there[0], self._defined(there[0])[there[1]], seen)

    def _home(self, file: str, name: str) -> tuple[str, str] | None:
        """Where a name is defined within the lab."""
        if name in self._defined(file):
            return file, name
        for node in self._trees[file].body:
            if isinstance(node, ast.ImportFrom) and node.module and name in {each.name for each in node.names}:
                there = node.module.rpartition(".")[2]
                if there in self._trees and name in self._defined(there):
                    return there, name
        return None

    @cache  # noqa: B019 - a lab's source is read once, and forgotten with the process
    def _defined(self, file: str) -> dict[str, ast.AST]:
        found: dict[str, ast.AST] = {}
        for node in self._trees[file].body:
            if isinstance(node, _Definition) and not _question(node):
                found[node.name] = node
            elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value:
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                found |= {each.id: node.value for each in targets if isinstance(each, ast.Name)}
        return found


def _question(node: ast.AST) -> str:
    """The name of the question that a function checks; none if it checks none."""
    for each in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Attribute) and each.func.attr == "question":
            return str(ast.literal_eval(each.args[0]))
    return ""


def _within(node: ast.AST) -> Iterator[ast.AST]:
    """Texts and names in a definition, in order; not its documentation, its decorators, or what it raises."""
    if isinstance(node, (ast.Constant, ast.JoinedStr, ast.Name)):
        yield node
        for value in node.values if isinstance(node, ast.JoinedStr) else ():
            yield from (each for each in ast.walk(value) if isinstance(each, ast.Name))
        return
    parts = list(ast.iter_child_nodes(node))
    if isinstance(node, _Definition):
        parts = [*node.body[bool(ast.get_docstring(node)) :]]
    for part in parts:
        if not isinstance(part, ast.Raise):
            yield from _within(part)


def _text(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else ""
    parts = [_text(each) if isinstance(each, ast.Constant) else "…" for each in node.values]
    return " ".join("".join(parts).split())


def _is_sentence(text: str) -> bool:
    """Whether it reads without the numbers that are not known here."""
    whole = re.match(r"[A-Z`…]", text) and re.search(r"[.?!]$", text) and not _NO_MISTAKE.search(text)
    return bool(whole) and sum("…" not in word for word in text.split()) >= 4 and "… …" not in text
