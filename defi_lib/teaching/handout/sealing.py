"""The checks of the labs as a student's copy has them: sealed, with modules that show what notebooks import."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from defi_lib.sealed import sealed

#: Where the sealed checks stand; :mod:`defi_lib.labs.kit.hidden` reads them.
CHECKS = "defi_lib/labs/checks.txt"

_SHOWN = '''\
"""{about}

Sealed in this copy of the course: here is what the lab's notebook needs.
"""

from defi_lib.labs.kit.hidden import published

__all__ = [{names}]
globals().update(published(__name__, __all__))
'''


def is_check(path: str, text: str) -> bool:
    """Whether a file belongs to the checks of a lab: all in the folders of ``defi_lib/labs`` but the kit."""
    parts = PurePosixPath(path).parts
    inside = path.endswith(".py") and parts[:2] == ("defi_lib", "labs") and len(parts) > 3 and parts[2] != "kit"
    return inside and any(not isinstance(statement, ast.Expr) for statement in ast.parse(text).body)


def is_quiz(path: str) -> bool:
    """Whether a file is the quiz of a lesson."""
    return path.startswith("defi_lib/quizzes/") and path.endswith(".toml")


def with_sealed(files: Mapping[str, str]) -> dict[str, str]:
    """The texts of a course, by path, with checks and quizzes sealed.

    Raises:
        ValueError: a check imports another in a way that a sealed one cannot.
    """
    checks = {module_of(path): path for path, text in files.items() if is_check(path, text)}
    kept = {path: text for path, text in files.items() if path not in checks.values() and not is_quiz(path)}
    shown = _shown(checks, kept)
    for module, path in checks.items():
        _refuse_other_imports(path, files[path], set(checks))
        if module in shown:
            about = (ast.get_docstring(ast.parse(files[path])) or "Checks of a lab.").splitlines()[0]
            names = ", ".join(f'"{name}"' for name in sorted(shown[module]))
            kept[path] = _SHOWN.format(about=about, names=names)
    kept[CHECKS] = "".join(f"{module} {sealed(files[path])}\n" for module, path in sorted(checks.items()))
    kept |= {f"{path.removesuffix('.toml')}.txt": sealed(text) + "\n" for path, text in files.items() if is_quiz(path)}
    return dict(sorted(kept.items()))


def module_of(path: str) -> str:
    """``"defi_lib.labs.exchange.swaps"`` of ``"defi_lib/labs/exchange/swaps.py"``; a package's of its ``__init__``."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(text: str) -> dict[str, set[str]]:
    """What code imports from where, by ``from … import …``; nothing of code that cannot be read."""
    found: dict[str, set[str]] = {}
    try:
        nodes = list(ast.walk(ast.parse(text)))
    except SyntaxError:  # a magic
        return found
    for node in nodes:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.setdefault(node.module, set()).update(alias.name for alias in node.names)
    return found


def _shown(checks: Mapping[str, str], kept: Mapping[str, str]) -> dict[str, set[str]]:
    """Of each sealed module that is asked for by what is not sealed: the names; and the packages around it."""
    shown: dict[str, set[str]] = {}
    for path, text in kept.items():
        for source in _code(path, text):
            for module, names in imported(source).items():
                if module in checks:
                    shown.setdefault(module, set()).update(names - {"*"})
    for module in list(shown):
        while module := module.rpartition(".")[0]:
            if module in checks:
                shown.setdefault(module, set())
    return shown


def _code(path: str, text: str) -> Iterable[str]:
    if path.endswith(".py"):
        return [text]
    if path.endswith(".ipynb"):
        return ["".join(cell["source"]) for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    return []


def _refuse_other_imports(path: str, text: str, checks: set[str]) -> None:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.level:
            raise ValueError(f"{path}, line {node.lineno}: say the whole name of the module, from defi_lib…")
        if isinstance(node, ast.Import) and checks & {alias.name for alias in node.names}:
            raise ValueError(f"{path}, line {node.lineno}: a check is imported by from … import … only")
