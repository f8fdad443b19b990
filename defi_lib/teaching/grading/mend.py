"""A student's notebook, whole again: each cell of the lab once, in its place, and all that the student wrote.

Copied, split, merged, moved, deleted and retyped cells, lost metadata, old formats: what can be understood is. A check
or other locked cell is the lab's own; what a student wrote into it stands before it, as a cell of the student.
"""

from __future__ import annotations

import copy
import json
import re
from typing import Any, NamedTuple

from defi_lib.teaching.grading.handed_in import text_of


class UnreadableError(ValueError):
    """The file is no notebook that could be run."""


class Mended(NamedTuple):
    """A notebook of format 4.5 (as plain JSON), and what was done to it."""

    notebook: dict[str, Any]
    remarks: list[str]


class _Cell(NamedTuple):
    type: str
    source: str
    id: str
    grade_id: str = ""


def notebook_of(content: bytes) -> dict[str, Any]:
    """The notebook in a file, whatever its encoding.

    Raises:
        UnreadableError: what it is instead.
    """
    text = text_of(content)
    if not text.strip():
        raise UnreadableError("the file is empty")
    try:
        notebook = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise UnreadableError(f"the file is damaged (no valid JSON: {str(error)[:120]})") from None
    if isinstance(notebook, dict) and isinstance(notebook.get("worksheets"), list):
        sheets = [sheet.get("cells") for sheet in notebook["worksheets"] if isinstance(sheet, dict)]
        notebook = {"cells": [cell for cells in sheets if isinstance(cells, list) for cell in cells]}
    if not isinstance(notebook, dict) or not isinstance(notebook.get("cells"), list):
        raise UnreadableError("the file is no notebook: it has no cells")
    return notebook


def mended(notebook: dict[str, Any], released: dict[str, Any]) -> Mended:
    """The student's ``notebook`` with every cell of the lab, as it was ``released``, in its place."""
    lab = {
        cell["metadata"]["nbgrader"]["grade_id"]: cell for cell in released["cells"] if "nbgrader" in cell["metadata"]
    }
    cells = _claimed([_read(cell) for cell in notebook["cells"] if isinstance(cell, dict)], lab)
    remarks: list[str] = []
    whole: list[_Cell] = []
    for cell in cells:
        if cell.grade_id and _locked(lab[cell.grade_id]) and not _same(cell, lab[cell.grade_id]):
            remarks.append(f"the locked cell {cell.grade_id} was changed: restored")
            if cell.source.strip() not in ("", _source(lab[cell.grade_id]).strip()):
                whole.append(cell._replace(grade_id="", id=""))
        whole.append(cell)
    for place, (grade_id, cell) in enumerate(lab.items()):
        if _locked(cell) and grade_id not in {each.grade_id for each in whole}:
            remarks.append(f"the locked cell {grade_id} was missing: put back")
            whole.insert(_after(whole, list(lab)[:place]), _Cell("code", "", "", grade_id))
    written = [_written(number, cell, lab) for number, cell in enumerate(whole)]
    return Mended({**copy.deepcopy(released), "cells": written, "nbformat": 4, "nbformat_minor": 5}, remarks)


def _read(cell: dict[str, Any]) -> _Cell:
    type = cell.get("cell_type")
    source = cell.get("source", cell.get("input", ""))
    source = "".join(map(str, source)) if isinstance(source, list) else str(source)
    metadata = cell.get("metadata")
    ours = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = ours.get("grade_id") if isinstance(ours, dict) else None
    type = type if type in ("code", "raw") else "markdown"
    return _Cell(type, source, str(cell.get("id", "")), str(grade_id or ""))


def _claimed(cells: list[_Cell], lab: dict[str, Any]) -> list[_Cell]:
    """Each cell of the lab at most once: by its mark (the last of several), or by its id, its text, or its name."""
    taken: dict[str, int] = {cell.grade_id: place for place, cell in enumerate(cells) if cell.grade_id in lab}
    ways = [
        lambda cell, grade_id: cell.id and cell.id == lab[grade_id].get("id"),
        lambda cell, grade_id: _locked(lab[grade_id]) and _same(cell, lab[grade_id]),
        lambda cell, grade_id: not _locked(lab[grade_id]) and _makes(lab[grade_id]) & _makes_in(cell.source),
    ]
    for way in ways:
        for grade_id in lab.keys() - taken.keys():
            free = [n for n, cell in enumerate(cells) if n not in taken.values() and way(cell, grade_id)]
            if free:
                taken[grade_id] = free[-1]
    owner = {place: grade_id for grade_id, place in taken.items()}
    return [cell._replace(grade_id=owner.get(place, "")) for place, cell in enumerate(cells)]


def _after(cells: list[_Cell], before: list[str]) -> int:
    """Where to put a cell: behind the nearest of those that come before it in the lab."""
    for grade_id in reversed(before):
        for place, cell in enumerate(cells):
            if cell.grade_id == grade_id:
                return place + 1
    return 0


def _written(number: int, cell: _Cell, lab: dict[str, Any]) -> dict[str, Any]:
    own = lab.get(cell.grade_id)
    source, type = cell.source, cell.type
    if own is not None:
        source, type = (_source(own) if _locked(own) else source), own["cell_type"]
    made: dict[str, Any] = {"cell_type": type, "metadata": {}, "source": source, "id": f"cell-{number}"}
    if own is not None:
        made["metadata"]["nbgrader"] = dict(own["metadata"]["nbgrader"])
    return made | ({"execution_count": None, "outputs": []} if type == "code" else {})


def _locked(cell: dict[str, Any]) -> bool:
    marks = cell["metadata"]["nbgrader"]
    return not marks.get("solution") and bool(marks.get("grade") or marks.get("locked"))


def _source(cell: dict[str, Any]) -> str:
    return "".join(cell["source"])


def _same(cell: _Cell, own: dict[str, Any]) -> bool:
    return cell.source.split() == _source(own).split()


def _makes(cell: dict[str, Any]) -> set[str]:
    return _makes_in(_source(cell))


def _makes_in(source: str) -> set[str]:
    """The functions that a cell makes; without any, the names."""
    functions = re.findall(r"^def (\w+)", source, re.MULTILINE)
    return set(functions or re.findall(r"^(\w+) *=(?!=)", source, re.MULTILINE))
