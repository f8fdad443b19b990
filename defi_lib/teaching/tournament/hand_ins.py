"""What was handed in to a tournament: the code of each hand-in, and the rules that it gives when it runs in the box."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from defi_lib.teaching.grading.box import TIME_OVER, Box
from defi_lib.teaching.grading.handed_in import entries_in, text_of
from defi_lib.teaching.grading.mend import UnreadableError, mended, notebook_of
from defi_lib.teaching.grading.settings import Limits

#: The files in the box's folder: what is run, and what came of it.
CODE, ANSWER = "code.json", "answer.json"
#: No more of what a hand-in says is read, or shown.
MOST_READ, MOST_SHOWN = 100_000, 300
DEFINES = re.compile(r"^(?:def design\b|design\s*=)", re.MULTILINE)
ROOT = Path(__file__).resolve().parents[3]
_LAB = ROOT / "labs/8_economy/02_the_design.ipynb"


def hand_ins(source: Path) -> Iterator[tuple[str, bytes]]:
    """Path and content of each notebook and Python file in a folder or zip, without copies that systems keep.

    Raises:
        ValueError: ``source`` is neither.
    """
    for entry, _ in sorted(entries_in(source), key=lambda each: each[0].path):
        hidden = any(part.startswith((".", "__")) for part in entry.path.split("/"))
        if entry.path.lower().endswith((".ipynb", ".py")) and not hidden:
            yield entry.path, entry.content if entry.content is not None else b""


def sources_of(path: str, content: bytes) -> list[str]:
    """The code to run: of a notebook, mended, what stands up to the cell with ``design``, without the checks.

    Raises:
        ValueError: it cannot be read, with a sentence.
    """
    if path.lower().endswith(".py"):
        return [text_of(content)]
    try:
        cells = mended(notebook_of(content), _lab()).notebook["cells"]
    except UnreadableError as error:
        raise ValueError(f"it cannot be read as a notebook: {error}") from None
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    sources = [cell["source"] for cell in code if not cell["metadata"].get("nbgrader", {}).get("grade")]
    places = [place for place, source in enumerate(sources) if DEFINES.search(source)]
    return sources[: places[-1] + 1] if places else sources


def rules_of(path: str, content: bytes, limits: Limits) -> dict[str, Any]:
    """The rules that a hand-in's function gives, asked in a box of its own.

    Raises:
        ValueError: it does not run, takes too long, or gives no design, with a sentence.
    """
    sources = sources_of(path, content)
    with closing(Box(limits, limits.lab)) as box:
        (box.folder / CODE).write_text(json.dumps(sources), encoding="utf-8")
        box.start("defi_lib.teaching.tournament.asking")
        if why := box.wait():
            loop = f"after {limits.lab:g} seconds: is there a loop that never ends?"
            raise ValueError(f"it was stopped {loop if why == TIME_OVER else f'because of {why}'}")
        return _read(box.folder / ANSWER)


def _read(answer: Path) -> dict[str, Any]:
    """What was answered, or a sentence."""
    from defi_lib.labs.economy.the_design.world import read_design

    try:
        with answer.open(encoding="utf-8") as file:
            told = json.loads(file.read(MOST_READ))
    except (OSError, ValueError, RecursionError):
        raise ValueError("it ended before it gave a design") from None
    if not isinstance(told, dict) or "rules" not in told:
        raise ValueError(str(told.get("why", "it gave no design") if isinstance(told, dict) else "it gave no design"))
    return read_design(told["rules"])


@cache
def _lab() -> dict[str, Any]:
    """The lab as students get it."""
    found: dict[str, Any] = json.loads(_LAB.read_text(encoding="utf-8"))
    return found
