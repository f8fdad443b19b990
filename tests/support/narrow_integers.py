"""Where numpy's default integer has 32 bits, as in a browser (WebAssembly), although this machine's has 64.

:func:`narrow_numpy` is numpy as it would answer there: what it makes of Python integers, of truth values and of
counting has 32 bits, and so has everything computed of that; what was said to be ``np.int64`` keeps 64.
:func:`narrow` puts it into all loaded modules of the library. What methods of arrays make cannot be narrowed from
outside: :func:`vague_integers` finds these places in source code. Two more faults are found there, because a machine
with 64 bits does not show them: :func:`bare_places`, and :func:`unstable_orders`, which a machine with other vector
instructions may show.
"""

import ast
import json
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

#: What counts positions: 32 bits there, whatever it is given.
POSITIONS = {"argsort", "argmax", "argmin", "argwhere", "nonzero", "flatnonzero", "searchsorted", "count_nonzero"}
_LEAST, _LARGEST = np.iinfo(np.int32).min, np.iinfo(np.int32).max


class _Function:
    """A function of numpy, with results of 32 bits where nothing asked for more."""

    def __init__(self, name: str, function: Any) -> None:
        self._name, self._function = name, function

    def __call__(self, *args: Any, **options: Any) -> Any:
        dtype = options.get("dtype")
        if dtype is int:
            options["dtype"] = np.int32
        result = self._function(*args, **options)
        if dtype is not None or options.get("out") is not None:
            return result
        if self._name not in POSITIONS and any(_wide(value) for value in (*args, *options.values())):
            return result
        return tuple(map(_narrowed, result)) if isinstance(result, tuple) else _narrowed(result)

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._function, name)
        return _Function(name, value) if callable(value) else value


class _Numpy(ModuleType):
    """numpy, with narrow functions; its classes and constants are the same."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(np, name)
        if not callable(value) or isinstance(value, type):
            return value
        return _Function(name, value)


#: numpy where a default integer has 32 bits.
narrow_numpy = _Numpy("numpy")


def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every loaded module of the library meet integers of 32 bits."""
    for name, module in list(sys.modules.items()):
        if name.startswith("defi_lib") and getattr(module, "np", None) is np:
            monkeypatch.setattr(module, "np", narrow_numpy)


@cache
def _parsed(source: str) -> ast.Module:
    return ast.parse(source)


def vague_integers(source: str) -> list[str]:
    """Lines of a program that take whatever ``int`` numpy has: ``astype(int)``, ``dtype=int``."""
    lines = source.splitlines()
    found = []
    for node in ast.walk(_parsed(source)):
        if not isinstance(node, ast.Call):
            continue
        types = [word.value for word in node.keywords if word.arg == "dtype"]
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"astype", "view"}:
            types += node.args[:1]
        if any(isinstance(kind, ast.Name) and kind.id == "int" for kind in types):
            found.append(lines[node.lineno - 1].strip())
    return found


#: What refuses wider whole numbers than numpy counts places with, and which of its arguments these are.
_TAKE_PLACES = {"bincount": 0, "choose": 0, "take": 1, "repeat": 1, "reduceat": 1, "put": 1}


def bare_places(source: str) -> list[str]:
    """Lines that give ``bincount`` and its like an array which is not said to be ``positions(…)``."""
    lines = source.splitlines()
    plain = set(re.findall(r"^\s*(\w+) = positions\(", source, re.MULTILINE))
    found = []
    for node in ast.walk(_parsed(source)):
        if not (isinstance(node, ast.Call) and ast.unparse(node.func).startswith("np.")):
            continue
        at = _TAKE_PLACES.get(ast.unparse(node.func).rpartition(".")[2])
        if at is None or len(node.args) <= at:
            continue
        given = ast.unparse(node.args[at])
        number_or_list = given.isdigit() or given.endswith("size") or given.startswith(("[", "len(", "at_least("))
        if not (given.startswith("positions(") or given in plain or number_or_list):
            found.append(lines[node.lineno - 1].strip())
    return found


def unstable_orders(source: str) -> list[str]:
    """Lines that sort places or rows and leave open in which order equal ones stand."""
    lines = source.splitlines()
    found = []
    for node in ast.walk(_parsed(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            stable = any(word.arg == "kind" and ast.unparse(word.value) == "'stable'" for word in node.keywords)
            if node.func.attr in {"argsort", "sort_values"} and not stable:
                found.append(lines[node.lineno - 1].strip())
    return found


def cells(notebook: Path) -> Iterable[str]:
    """The Python of a notebook's code cells; lines for IPython alone are left out."""
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            yield "\n".join(
                "pass" if line.startswith(("%", "!")) else line for line in "".join(cell["source"]).split("\n")
            )


def _wide(value: Any) -> bool:
    """Whether numpy would take more than 32 bits for it even there."""
    if isinstance(value, (bool, np.bool_)):
        return False
    if isinstance(value, int):
        return not _LEAST <= value <= _LARGEST
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "iu" and value.dtype.itemsize == 8
    return isinstance(value, (list, tuple)) and any(map(_wide, value))


def _narrowed(result: Any) -> Any:
    if isinstance(result, (np.ndarray, np.generic)) and result.dtype == np.int64:
        return result.astype(np.int32)
    return result
