"""The worked solution of a question, where the solutions are: the edition for students has none."""

from __future__ import annotations

import json
import re
from pathlib import Path
from textwrap import dedent

_SOLUTION = re.compile(r"### BEGIN SOLUTION\n(.*?)[ \t]*### END SOLUTION", re.DOTALL)


def worked_solution(module: str, question: str, start: Path | None = None) -> str:
    """The source between the marks in the notebook that imports ``module`` and asks ``question``; "" if there is none.

    Args:
        module: of the checks, or of a file in its folder.
        question: its name.
        start: where to look upwards for the folder ``solutions``; by default where the notebook is.
    """
    for path in _notebooks((start or Path.cwd()).resolve()):
        try:
            cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, KeyError):
            continue
        sources = ["".join(cell["source"]) for cell in cells]
        imported = re.findall(r"^from (defi_lib\.labs\.[\w.]+) import check", "\n".join(sources), re.MULTILINE)
        if any(f"{module}.".startswith(f"{each}.") for each in imported) and f'check("{question}")' in sources:
            answers = [source for source in sources if re.search(rf"^(def {question}\b|{question} =)", source, re.M)]
            return "\n\n".join(dedent(part).strip() for answer in answers for part in _SOLUTION.findall(answer))
    return ""


def _notebooks(start: Path) -> list[Path]:
    """Those of the nearest folder ``solutions``, if the course is at hand."""
    for folder in (start, *start.parents)[:4]:
        if (folder / "solutions").is_dir() and (folder / "labs").is_dir():
            return sorted((folder / "solutions").glob("*/*.ipynb"))
    return []
