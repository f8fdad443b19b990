"""What a save keeps: a lesson that was only read and run is saved as it was shipped. Used by the Jupyter server only.

A lesson's outputs are widgets, which die with their kernel, and marks of one reader's run, which would stand in the way
of a corrected lesson (``git pull``). So on save a cell whose source is unchanged keeps what the file had: pictures,
sentences, counters, metadata. A cell that the reader wrote or changed keeps its text outputs; its widgets become their
sentence and a word on how to make them live. In a lab all outputs are the reader's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import nbformat

from defi_lib.words import LIVE

WIDGET = "application/vnd.jupyter.widget-view+json"

Notebook = dict[str, Any]


def keep_shipped(model: dict[str, Any], path: str, contents_manager: Any, **_: Any) -> None:
    """A ``pre_save_hook`` of the Jupyter server: changes the notebook in ``model`` before it is written.

    A file that is new, or cannot be read, is saved as it comes, without dead widgets.
    """
    folder = _folder(path, contents_manager)
    if model.get("type") != "notebook" or folder not in ("course", "labs") or not model.get("content"):
        return
    before = _on_disk(path, contents_manager) if folder == "course" else None
    model["content"] = kept(model["content"], before)


def _folder(path: str, contents_manager: Any) -> str:
    """The course's folder of a notebook, ``"course"`` or ``"labs"``; on a hub the course lies in a home."""
    parts = path.strip("/").split("/")[:-1]
    root = Path(getattr(contents_manager, "root_dir", "")).expanduser()
    for place, part in enumerate(parts):
        if part in ("course", "labs") and (place == 0 or (root.joinpath(*parts[:place]) / "defi_lib").is_dir()):
            return part
    return ""


def kept(notebook: Notebook, before: Notebook | None) -> Notebook:
    """``notebook`` as it is to be saved where the file had ``before``."""
    cells = {cell.get("id"): cell for cell in before["cells"]} if before else {}
    notebook["cells"] = [_kept_cell(cell, cells.get(cell.get("id"))) for cell in notebook["cells"]]
    if before:
        for key in ("metadata", "nbformat", "nbformat_minor"):
            notebook[key] = before[key]
    else:
        notebook["metadata"].pop("widgets", None)
    return notebook


def _kept_cell(cell: Notebook, before: Notebook | None) -> Notebook:
    if before and (cell["cell_type"], _text(cell["source"])) == (before["cell_type"], _text(before["source"])):
        return before
    if cell["cell_type"] == "code":
        cell["outputs"] = [_without_widget(output) for output in cell["outputs"]]
    return cell


def _without_widget(output: Notebook) -> Notebook:
    data = output.get("data", {})
    if WIDGET not in data:
        return output
    rest = {kind: content for kind, content in data.items() if kind != WIDGET}
    if "text/html" not in rest:
        rest["text/markdown"] = f"{_text(rest.get('text/plain', ''))}\n\n*{LIVE}.*".strip()
    return {**output, "data": rest}


def _text(lines: str | list[str]) -> str:
    return lines if isinstance(lines, str) else "".join(lines)


def _on_disk(path: str, contents_manager: Any) -> Notebook | None:
    """The notebook as the file has it now, or nothing: whatever is wrong with the file, saving must go on."""
    file = Path(contents_manager.root_dir).expanduser() / path.strip("/")
    try:
        return dict(nbformat.read(file, as_version=4))
    except Exception:
        return None
