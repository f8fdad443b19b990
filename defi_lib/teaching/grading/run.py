"""Run a lab's cells, from top to bottom; a cell that ends the kernel costs its own points only.

The others are run again from the top in a new kernel, and of such a cell only what it defines, if that can be done.
Checks that gave their points stay.
"""

from __future__ import annotations

import ast
import re
import time
import zlib
from collections.abc import Sequence
from contextlib import closing
from typing import Any, NamedTuple

from defi_lib.teaching.grading.box import Kernel, Ran
from defi_lib.teaching.grading.settings import Limits

#: After so many cells that end the kernel, the rest is not run.
_KERNELS = 20
#: Seconds for a cell once one ended the kernel: more than the lab's own limit, which a loop in Python obeys.
_LESS = 7.0
_NOTHING = Ran([])
_CHECK = re.compile(r"""check\(\s*["'](\w+)["']\s*\)""")


class Result(NamedTuple):
    """The notebook with outputs, and what happened to its cells."""

    notebook: dict[str, Any]
    remarks: list[str]


def question_of(cell: dict[str, Any]) -> str:
    """The question of a check cell of the lab; "" of any other."""
    marks = cell["metadata"].get("nbgrader", {})
    source = "".join(cell["source"])
    found = _CHECK.search(source) if marks.get("grade") and not marks.get("solution") else None
    return found[1] if found else ""


def seed_of(lab: str, student: str, question: str) -> int:
    """The seed of a student's random inputs: to grade again gives the same points."""
    return zlib.crc32(f"{lab}|{student}|{question}".encode()) % 10**6


def run(notebook: dict[str, Any], checks: str, lab: str, student: str, limits: Limits) -> Result:
    """All code cells of a mended ``notebook``, with the lab's own ``checks`` (a module) and fixed seeds."""
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    codes = [_code(cell, checks, lab, student) for cell in cells]
    is_check = [bool(question_of(cell)) for cell in cells]
    done: dict[int, Ran] = {}
    lethal: dict[int, str] = {}  # cell → how it ended the kernel
    hopeless: set[int] = set()  # those of which not even the definitions can be run
    end = time.monotonic() + limits.lab
    prepare = f"import {_INSIDE}; {_INSIDE}.prepare({checks!r}, {seed_of(lab, student, '')}); del defi_lib"
    for _ in range(_KERNELS):
        if time.monotonic() > end:
            break
        with closing(Kernel(limits, end - time.monotonic())) as box:
            if box.run(prepare, 120).ended or _one_pass(box, codes, is_check, done, lethal, hopeless, limits):
                break
    for number, cell in enumerate(cells):
        why = lethal.get(number) or ("" if number in done else "not run: the time for the whole lab was over")
        cell["outputs"] = [*(done[number].outputs if number in done else []), *([_error(why)] if why else [])]
    return Result(notebook, [f"{_name(cells[number])}: {why}" for number, why in sorted(lethal.items())])


_INSIDE = "defi_lib.teaching.grading.inside"


def _one_pass(
    box: Kernel,
    codes: Sequence[str],
    is_check: Sequence[bool],
    done: dict[int, Ran],
    lethal: dict[int, str],
    hopeless: set[int],
    limits: Limits,
) -> bool:
    """Run what is not done; gives whether the kernel lived to the end."""
    for number, code in enumerate(codes):
        if number in done and is_check[number]:
            continue
        code = definitions(code) if number in lethal and not is_check[number] else code
        patience = (min(limits.cell, _LESS), 1) if lethal else (limits.cell, 3)
        ran = box.run(code, *patience) if number not in hopeless else _NOTHING
        if ran.ended:
            if number in lethal or is_check[number]:
                hopeless.add(number)
            lethal.setdefault(number, ran.ended)
            done.setdefault(number, ran)
            return False
        done.setdefault(number, ran)
    return True


def definitions(code: str) -> str:
    """Of a cell only imports and what it defines; nothing if it is no Python."""
    try:
        statements = ast.parse(code).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    kept = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)
    return "\n".join(ast.unparse(each) for each in statements if isinstance(each, kept))


def _code(cell: dict[str, Any], checks: str, lab: str, student: str) -> str:
    """What is run for a cell: of a check, the lab's own check, whatever the name means to the student."""
    if question := question_of(cell):
        seed = seed_of(lab, student, question)
        fetched = f'__import__("{_INSIDE}", fromlist=["inside"]).restored("{checks}")'
        return f'getattr({fetched}, "check")("{question}", seed={seed})'
    return "".join(cell["source"])


def _name(cell: dict[str, Any]) -> str:
    return str(cell["metadata"].get("nbgrader", {}).get("grade_id", "a cell"))


def _error(why: str) -> dict[str, Any]:
    return {"output_type": "error", "ename": "NotRun", "evalue": why, "traceback": [f"Not graded: {why}."]}
