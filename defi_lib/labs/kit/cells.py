"""What a lab knows of the notebook's cells: a loop in one of them is stopped, and one that did not run is remembered.

Both work in IPython only, for cells that name an answer of the lab: elsewhere there are no cells. A lab in a notebook
begins with the import of its ``check``, so the shell is watched from the moment when the lab is made.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Callable
from typing import Any

from defi_lib.labs.kit.deadline import TookTooLongError, deadline

#: Stands for a name that the notebook does not have.
_NOTHING = object()
#: A cell that calls these runs checks, each with a limit of its own.
_CHECKS = {"check", "progress"}
_WAITS = (ast.Await, ast.AsyncFor, ast.AsyncWith)


class Cells:
    """The cells of one IPython shell, as far as they have to do with the answers of a lab.

    Args:
        shell: of the notebook.
        seconds: how long a cell may take that names an answer.
    """

    def __init__(self, shell: Any, seconds: Callable[[], float]) -> None:
        self.shell, self.seconds = shell, seconds
        self.names: set[str] = set()  #: of all answers
        self.failed: dict[str, str] = {}  #: an answer whose cell did not run → why
        self._before: dict[str, Any] = {}
        self._home: dict[str, str | None] = {}  # the cell in which an answer was last made
        self._run = shell.run_ast_nodes
        shell.run_ast_nodes = self._run_in_time
        shell.events.register("pre_run_cell", self._begin)
        shell.events.register("post_run_cell", self._end)

    async def _run_in_time(self, nodes: list[ast.stmt], *arguments: Any, **options: Any) -> Any:
        """As IPython's own ``run_ast_nodes``, which shows the error itself."""
        limit = self._limit(nodes)
        if limit is None:
            return await self._run(nodes, *arguments, **options)
        try:
            with deadline(limit, again=2.0):
                return await self._run(nodes, *arguments, **options)
        except TookTooLongError:  # it came at the last moment, when the cell was done
            self.shell.showtraceback()
            return True

    def _limit(self, nodes: list[ast.stmt]) -> float | None:
        """Seconds for this cell, or nothing if it is none of the lab's business."""
        every = [node for statement in nodes for node in ast.walk(statement)]
        words = {word for node in every for word in _words(node)}
        if not words & self.names or any(isinstance(node, _WAITS) for node in every):
            return None
        return self.seconds() * (1 + len(self.names) if words & _CHECKS else 1)

    def _begin(self, _info: Any) -> None:
        self._before = {name: self.shell.user_ns.get(name, _NOTHING) for name in self.names}

    def _end(self, result: Any) -> None:
        """An answer that this cell should have made, and did not, is not what the student sees in the notebook."""
        source, cell = result.info.raw_cell, getattr(result.info, "cell_id", None)
        for name, before in self._before.items():
            written = re.search(rf"^(?:\w+[ \t]+{name}\b|{name}\s*(?::[^=\n]+)?=(?!=))", source, re.MULTILINE)
            new = self.shell.user_ns.get(name, _NOTHING) is not before
            if new or (written and result.success):
                self.failed.pop(name, None)
                self._home[name] = cell
            elif written or (cell and self._home.get(name) == cell):
                self.failed[name] = _reason(result.error_before_exec or result.error_in_exec, name)


_watched: Cells | None = None


def watched(seconds: Callable[[], float]) -> Cells | None:
    """The cells of the notebook in which this is called, watched from now on; nothing outside of IPython."""
    global _watched
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return None
    if _watched is None or _watched.shell is not shell:
        _watched = Cells(shell, seconds)
    return _watched


def why_not_run(name: str, notebook: dict[str, Any]) -> str:
    """Why the cell of an answer did not run when it was last tried; nothing if it did."""
    if _watched is None or _watched.shell.user_ns is not notebook:
        return ""
    return _watched.failed.get(name, "")


def _words(node: ast.AST) -> list[str]:
    """The names in a piece of code; a text may be the code of a magic such as ``%%time``."""
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return re.findall(r"\w+", node.value)
    return []


def _reason(error: BaseException | None, name: str) -> str:
    if error is None:
        return f"it does not make `{name}` any more"
    if isinstance(error, SyntaxError):
        return f"{type(error).__name__} in line {error.lineno}, {error.msg}"
    return f"{type(error).__name__}: {error}".rstrip(": ")
