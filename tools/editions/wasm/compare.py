"""What differs between two runs of a notebook, and between a run and what is shipped."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

#: Numbers that an explorer draws agree to so many parts of themselves, or of the largest in their column: a sum of
#: floats depends on the order in which a machine adds, a logarithm on who wrote its library. What is smaller than
#: ``NOTHING`` is what rounding leaves of a difference of numbers of the size of one.
PRECISION, NOTHING = 1e-9, 1e-14

#: What Pyodide says once where ``cryptography`` is missing; the numbers are the same.
WITHOUT_CRYPTOGRAPHY = "The package cryptography is not installed here"


def differences(want: dict[str, Any], got: dict[str, Any]) -> list[str]:
    """Each place in which two results of the runner differ, in one line."""
    if "failed" in want or "failed" in got:
        return [f"it could not be run: {side['failed']}" for side in (want, got) if "failed" in side]
    found = []
    for name in _in_order(want["cells"], got["cells"]):
        a, b = want["cells"].get(name, {}), got["cells"].get(name, {})
        for part in _in_order(a, b):
            left, right = _comparable(part, a.get(part)), _comparable(part, b.get(part))
            if left != right:
                found.append(f"{name}, {part}: {first_difference(left, right)}")
    for name in _in_order(want["asked"], got["asked"]):
        a, b = want["asked"].get(name), got["asked"].get(name)
        if not same(a, b):
            found.append(f"{name}: {first_difference(a, b)}")
    return found


def faults(result: dict[str, Any]) -> list[str]:
    """What must not be, whatever the other world says: a cell that ends in an error, a question that is not Right."""
    if "failed" in result:
        return [f"it could not be run: {result['failed']}"]
    found = [f"{name}: {cell['error']}" for name, cell in result["cells"].items() if "error" in cell]
    for name, cell in result["cells"].items():
        if "check" in cell and cell["check"][0] != "Right":
            found.append(f"{name}: {': '.join(cell['check'])}")
    return found


def shipped(notebook: Path) -> dict[str, Any]:
    """What a committed notebook says, in the form of the runner; pictures and what stands for widgets left out."""
    cells = {}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            said: dict[str, Any] = {}
            for output in cell["outputs"]:
                if output["output_type"] == "stream":
                    said["printed" if output["name"] == "stdout" else "warned"] = "".join(output["text"])
                else:
                    said.setdefault("displayed", []).append(
                        {kind: "".join(text) for kind, text in output["data"].items() if kind.startswith("text/")}
                    )
            cells[cell["id"]] = said
    return {"cells": cells, "asked": {}}


def from_shipped(committed: dict[str, Any], got: dict[str, Any]) -> list[str]:
    """In which cells a run shows another text than the committed notebook; HTML where both have it and no picture."""
    found = []
    for name, cell in got["cells"].items():
        a, b = committed["cells"].get(name, {}), cell
        if a.get("printed") != b.get("printed"):
            found.append(f"{name}, printed: {first_difference(a.get('printed'), b.get('printed'))}")
        left, right = a.get("displayed", []), b.get("displayed", [])
        if len(left) != len(right):
            found.append(f"{name}: {len(left)} outputs shipped, {len(right)} shown")
        for one, other in zip(left, right, strict=False):
            for kind in one.keys() & other.keys():
                if one[kind] != other[kind] and "<img " not in one[kind]:
                    found.append(f"{name}, {kind}: {first_difference(one[kind], other[kind])}")
    return found


def same(a: Any, b: Any) -> bool:
    """Whether two answers agree: texts exactly, columns of numbers to :data:`PRECISION`."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[name], b[name]) for name in a)
    if isinstance(a, list) and isinstance(b, list):
        if len(a) != len(b):
            return False
        size = max((abs(x) for x in a if isinstance(x, (int, float))), default=0.0)
        return all(
            math.isclose(x, y, rel_tol=PRECISION, abs_tol=max(PRECISION * size, NOTHING))
            if isinstance(x, (int, float)) and isinstance(y, (int, float))
            else same(x, y)
            for x, y in zip(a, b, strict=True)
        )
    return bool(a == b)


def first_difference(a: Any, b: Any) -> str:
    """Two values from a little before the place where they part, ``here | there``."""
    if isinstance(a, dict) and isinstance(b, dict):
        name = next(name for name in _in_order(a, b) if not same(a.get(name), b.get(name)))
        return f"{name}: {first_difference(a.get(name), b.get(name))}"
    if isinstance(a, list) and isinstance(b, list) and len(a) == len(b) and not _numeric(a):
        at = next(at for at in range(len(a)) if not same(a[at], b[at]))
        return first_difference(a[at], b[at])
    left, right = (each if isinstance(each, str) else "nothing" if each is None else str(each) for each in (a, b))
    at = next((at for at, (x, y) in enumerate(zip(left, right, strict=False)) if x != y), min(len(left), len(right)))
    begin = max(at - 40, 0)
    return f"{left[begin : at + 60]!r} | {right[begin : at + 60]!r}"


def _numeric(values: list[Any]) -> bool:
    return any(isinstance(each, (int, float)) for each in values)


def _comparable(part: str, value: Any) -> Any:
    """Without what may differ: checks draw new numbers each time, and one sentence is Pyodide's own."""
    if part == "check" and value:
        return value[0]
    if part == "warned" and value:
        return "".join(line for line in value.splitlines(keepends=True) if WITHOUT_CRYPTOGRAPHY not in line) or None
    return value


def _in_order(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    return list({**a, **b})
