"""JupyterLab's workspace (open tabs and side bars): the course has its own, and the reader's stays as it is."""

from __future__ import annotations

import json
from pathlib import Path

#: JupyterLab's name of the file of the workspace "default".
_FILE = "default-37a8.jupyterlab-workspace"


def prepared_workspaces(root: Path) -> Path | None:
    """The folder of the course's workspaces, made if need be; none where nothing can be written."""
    folder = root / ".settings" / "workspaces"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / _FILE).exists():
            (folder / _FILE).write_text(json.dumps(_first()), encoding="utf-8")
    except OSError:
        return None
    return folder


def _first() -> dict[str, object]:
    closed = {"collapsed": True, "visible": True}
    # No "current" in "main": JupyterLab reads any that is there as text.
    layout = {"main": {"dock": None}, "left": closed, "right": closed, "relativeSizes": [0, 1, 0]}
    return {"data": {"layout-restorer:data": layout}, "metadata": {"id": "default"}}
