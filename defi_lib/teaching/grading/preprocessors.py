"""The steps of grading for nbgrader: ``nbgrader_config.py`` puts them into ``nbgrader autograde``."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

import nbformat
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import is_grade
from traitlets import Float

from defi_lib.teaching.grading.mend import mended
from defi_lib.teaching.grading.run import Result, question_of, run
from defi_lib.teaching.grading.settings import Limits

_SAID = re.compile(r"\((?P<points>[\d.]+) of (?P<out_of>[\d.]+) points\)")


def _plain(nb: Any) -> dict[str, Any]:
    plain: dict[str, Any] = json.loads(nbformat.writes(nb))
    return plain


def _nbformat(plain: dict[str, Any]) -> Any:
    return nbformat.reads(json.dumps(plain), as_version=4)


def _release_of(preprocessor: Any, resources: Mapping[str, Any]) -> dict[str, Any] | None:
    """The lab as it was handed out, which nbgrader keeps in its release folder."""
    owner = preprocessor
    while owner is not None and getattr(owner, "coursedir", None) is None:
        owner = owner.parent
    if owner is None:
        return None
    names = resources["nbgrader"]
    folder = owner.coursedir.format_path(owner.coursedir.release_directory, ".", names["assignment"])
    file = Path(folder) / f"{names['notebook']}.ipynb"
    return json.loads(file.read_text(encoding="utf-8")) if file.is_file() else None


class MendCells(NbGraderPreprocessor):
    """Every cell of the lab once and in its place; before anything of nbgrader reads their marks."""

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook, mended; without a released lab, as it is."""
        released = _release_of(self, resources)
        if released is None:
            return nb, resources
        whole = mended(_plain(nb), released)
        for remark in whole.remarks:
            self.log.warning(remark)
        return _nbformat(whole.notebook), resources


class RunInBox(NbGraderPreprocessor):
    """Runs the cells in a box, each check with the lab's own ``check`` and a fixed seed."""

    #: Results that are there already, by assignment, student and notebook.
    results: ClassVar[dict[tuple[str, str, str], Result]] = {}
    cell = Float(Limits().cell, help="Seconds that a cell may take.").tag(config=True)
    lab = Float(Limits().lab, help="Seconds for a whole notebook.").tag(config=True)
    memory = Float(Limits().memory, help="Megabytes.").tag(config=True)

    def preprocess(self, nb: Any, resources: Any) -> tuple[Any, Any]:
        """The notebook with outputs."""
        names = resources["nbgrader"]
        result = self.results.pop((names["assignment"], names["student"], names["notebook"]), None)
        if result is None:
            plain = _plain(nb)
            source = "\n".join("".join(cell["source"]) for cell in plain["cells"])
            checks = re.search(r"^from (defi_lib\.labs[\w.]*) import check", source, re.MULTILINE)
            limits = Limits(self.cell, self.lab, self.memory)
            lab = f"{names['assignment']}/{names['notebook']}"
            result = run(plain, checks[1] if checks else "defi_lib.labs.kit", lab, names["student"], limits)
        for remark in result.remarks:
            self.log.warning(remark)
        return _nbformat(result.notebook), resources


class NumberOrNothing(NbGraderPreprocessor):
    """A check earns nothing unless it shows exactly one number, that of its own line of feedback."""

    def preprocess_cell(self, cell: Any, resources: Any, index: int) -> tuple[Any, Any]:
        """The cell without words on stderr, which say nothing about points, and with an error if it shows no points."""
        if cell.cell_type != "code" or not is_grade(cell) or not question_of(cell):
            return cell, resources
        cell.outputs = [each for each in cell.outputs if each.output_type != "stream" or each.name != "stderr"]
        if why := why_no_points(cell.outputs, float(cell.metadata.nbgrader.points)):
            self.log.warning("%s: %s", cell.metadata.nbgrader.grade_id, why)
            error = {"output_type": "error", "ename": "NoPoints", "evalue": why, "traceback": [f"No points: {why}."]}
            cell.outputs.append(nbformat.from_dict(error))
        return cell, resources


def why_no_points(outputs: list[Any], points: float) -> str:
    """Why the outputs of a check are not one number of points; "" if they are."""
    if any(each["output_type"] == "error" for each in outputs):
        return ""  # it says so itself
    shown = [each["data"] for each in outputs if each["output_type"] == "execute_result"]
    if len(shown) != 1:
        return f"the check showed {'no number' if not shown else f'{len(shown)} numbers'}"
    said = _SAID.search("".join(shown[0].get("text/html", "")))
    try:
        number = float("".join(shown[0].get("text/plain", "")))
    except ValueError:
        return "the check showed no number"
    if not (math.isfinite(number) and 0 <= number <= points):
        return f"the check showed {number:g}, which is not from 0 to {points:g}"
    if said is None or float(said["points"]) != number or float(said["out_of"]) != points:
        return "the number is not that of the check's own line"
    return ""
