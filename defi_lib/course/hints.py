"""An extension of the course's kernels: who runs a later cell first is told what to run.

The kernel of ``share/jupyter`` loads it. A name that a cell of this notebook makes and that is not known yet gives one
sentence; every other error is shown as always.
"""

from __future__ import annotations

import ast
import json
import os
from pathlib import Path
from typing import Any

SENTENCE = "`{name}` is not known yet: a cell of this page that makes it has not been run. Choose Run ▸ Run All Cells."


def load_ipython_extension(shell: Any) -> None:
    """Watch for unknown names in this shell."""

    def show(shell: Any, kind: type, error: NameError, trace: Any, tb_offset: int | None = None) -> None:
        if error.name and error.name in made(notebook()):
            shell._showtraceback(kind, error, [SENTENCE.format(name=error.name)])
        else:
            shell._showtraceback(kind, error, shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset))

    shell.set_custom_exc((NameError,), show)


def notebook() -> Path | None:
    """The notebook that this kernel belongs to, where the server says it."""
    name = os.environ.get("JPY_SESSION_NAME")
    return Path.cwd() / Path(name).name if name else None


def made(file: Path | None) -> set[str]:
    """Names that the code cells of a notebook make at their top level; none where it cannot be read."""
    try:
        cells = json.loads(file.read_text(encoding="utf-8"))["cells"] if file else []
    except (OSError, ValueError, KeyError):
        return set()
    names: set[str] = set()
    for cell in cells:
        if cell.get("cell_type") == "code":
            names |= _made_by("".join(cell["source"]))
    return names


def _made_by(code: str) -> set[str]:
    try:
        statements = ast.parse(code).body
    except SyntaxError:  # being written
        return set()
    names: set[str] = set()
    for statement in statements:
        if isinstance(statement, ast.FunctionDef | ast.ClassDef):
            names.add(statement.name)
            continue
        for node in ast.walk(statement):
            if isinstance(node, ast.Import | ast.ImportFrom):
                names |= {alias.asname or alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                names.add(node.id)
    return names
