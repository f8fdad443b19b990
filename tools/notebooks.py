"""Execute the notebooks of course/ and solutions/ and bring them into normal form; ``--check`` only verifies the form.

Normal form: no timings, no widget state, no machine's paths, cells counted in order, only metadata that mean something,
keys sorted. A change of a line is a diff of a line, and two runs give the same bytes. Where a widget has a picture or
a text beside it, these are what is kept: readers without a kernel see them.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parent.parent
EXECUTED, UNANSWERED = ("course", "solutions"), ("labs",)
LARGEST = 100_000  # bytes
SECONDS = 120  # for one cell

CELL_METADATA = {"deletable", "editable", "jupyter", "nbgrader", "tags"}
NOTEBOOK_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
WIDGET = "application/vnd.jupyter.widget-view+json"
ADDRESS = re.compile(r"\b0x[0-9a-f]{8,}")


def find(folders: tuple[str, ...]) -> list[Path]:
    """Every notebook of these folders, in reading order."""
    paths = (path for folder in folders for path in (ROOT / folder).rglob("*.ipynb"))
    return sorted(path for path in paths if ".ipynb_checkpoints" not in path.parts)


def execute(path: Path) -> dict[str, Any]:
    """The notebook with the outputs that a fresh kernel gives, started in the notebook's own folder."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        allow_errors=True,  # they are reported with all other faults
        kernel_name="python3",
        record_timing=False,
        store_widget_state=False,
        timeout=SECONDS,
    )
    client.execute(
        env=os.environ | {"DEFI_LIB_STATIC_PICTURES": "1", "DEFI_COURSE_PROGRESS": "off"}, cwd=str(path.parent)
    )
    return dict(notebook)


def normal_form(notebook: dict[str, Any], *, outputs: bool) -> str:
    """The one text for this notebook."""
    ids: set[str] = set()
    counter = count(1)
    cells = [_cell(cell, ids, counter if outputs else None) for cell in notebook["cells"]]
    normal = {"cells": cells, "metadata": NOTEBOOK_METADATA, "nbformat": 4, "nbformat_minor": 5}
    return json.dumps(normal, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def faults(path: Path, text: str) -> list[str]:
    """What must not be in a committed notebook."""
    found = []
    if len(text.encode()) >= LARGEST:
        found.append(f"has {len(text.encode()):,} bytes; allowed are fewer than {LARGEST:,}")
    for cell in json.loads(text)["cells"]:
        for output in cell.get("outputs", ()):
            if output["output_type"] == "error":
                found.append(f"cell {cell['id']} ends in {output['ename']}: {output['evalue']}")
            if output.get("name") == "stderr":
                found.append(f"cell {cell['id']} warns: {''.join(output['text'])[:200]}")
            if str(ROOT) in json.dumps(output) or str(Path.home()) + "/" in json.dumps(output):
                found.append(f"cell {cell['id']} shows a path of this machine")
    return found


def _cell(cell: dict[str, Any], ids: set[str], counter: Iterator[int] | None) -> dict[str, Any]:
    kind, source = cell["cell_type"], "".join(cell["source"])
    metadata = {key: value for key, value in cell.get("metadata", {}).items() if key in CELL_METADATA}
    normal = {"cell_type": kind, "id": _identity(cell, source, ids), "metadata": metadata, "source": _lines(source)}
    if kind == "code":
        number = next(counter) if counter and source.strip() else None
        kept = cell.get("outputs", ()) if counter else ()
        normal |= {"execution_count": number, "outputs": [_output(output, number) for output in _joined(kept)]}
    return normal


def _joined(outputs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Pieces of one stream as one: into how many a kernel cuts what it prints is a matter of time."""
    joined: list[dict[str, Any]] = []
    for output in outputs:
        name = output.get("name")
        if joined and name and joined[-1].get("name") == name:
            text = "".join(joined[-1]["text"]) + "".join(output["text"])
            joined[-1] = {**joined[-1], "text": text}
        else:
            joined.append(output)
    return joined


def _identity(cell: dict[str, Any], source: str, ids: set[str]) -> str:
    """The cell's own id, or else the words it begins with."""
    words = "-".join(re.findall(r"[a-z0-9]+", source.lower())[:5])[:40] or "empty"
    wanted = cell.get("id") or words
    identity = next(each for n in count(1) if (each := wanted if n == 1 else f"{wanted}-{n}") not in ids)
    ids.add(identity)
    return identity


def _output(output: dict[str, Any], number: int | None) -> dict[str, Any]:
    normal = {key: value for key, value in output.items() if key != "transient"}
    if output["output_type"] == "execute_result":
        normal["execution_count"] = number
    if "data" in output:
        normal["metadata"] = {}
        normal["data"] = {kind: _content(kind, content) for kind, content in output["data"].items() if kind != WIDGET}
    if "text" in output:
        normal["text"] = _lines(ADDRESS.sub("0x…", "".join(output["text"])))
    return normal


def _content(kind: str, content: Any) -> Any:
    if kind.startswith("text/"):
        return _lines(ADDRESS.sub("0x…", "".join(content)))
    return content if isinstance(content, dict) else "".join(content)


def _lines(text: str) -> list[str]:
    return text.splitlines(keepends=True)


def _renew(path: Path) -> list[str]:
    text = normal_form(execute(path), outputs=True)
    found = faults(path, text)
    if not found and text != path.read_text(encoding="utf-8"):
        path.write_text(text, encoding="utf-8", newline="\n")
        print(f"renewed {path.relative_to(ROOT)}")
    return found


def _verify(path: Path) -> list[str]:
    text = path.read_text(encoding="utf-8")
    outputs = path.relative_to(ROOT).parts[0] in EXECUTED
    found = faults(path, text)
    if text != normal_form(json.loads(text), outputs=outputs):
        found.append("is not in normal form: run make notebooks" if outputs else "is not in normal form: run make labs")
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="execute nothing, verify the form of what is committed")
    parser.add_argument("--workers", type=int, default=2, help="notebooks executed at once")
    parser.add_argument("notebooks", nargs="*", type=Path, help="some notebooks instead of all")
    options = parser.parse_args()
    chosen = [path.resolve() for path in options.notebooks]
    paths = chosen or find(EXECUTED + UNANSWERED if options.check else EXECUTED)
    with ThreadPoolExecutor(options.workers) as pool:
        results = list(pool.map(_verify if options.check else _renew, paths))
    for path, found in zip(paths, results, strict=True):
        for fault in found:
            print(f"{path.relative_to(ROOT)} {fault}", file=sys.stderr)
    return any(results)


if __name__ == "__main__":
    sys.exit(main())
