"""What happens to the plots of a cell that is run again: they are closed, and free their memory.

A kernel keeps every widget until it is closed, and every displayed value in ``Out``. A reader who runs the cell of an
explorer two hundred times would keep two hundred plots, of which the page shows one.
"""

from __future__ import annotations

import gc
from typing import Any, Protocol

import ipywidgets as widgets

from defi_lib.explore import host


class Closable(Protocol):
    """A widget of ours."""

    def close(self) -> None:
        """Leave the page, and free what it holds."""


#: The widgets that each cell has made in its last run, by the cell's id, or by its text where front ends give none.
_made: dict[str, list[Any]] = {}
_watched: Any = None  # the shell whose runs are followed
_cell: str | None = None  # the cell that runs now


def remember(widget: Closable) -> None:
    """Close ``widget`` when the cell that runs now is run again; outside of IPython nothing is remembered."""
    shell = host.shell()
    if shell is None:
        return
    global _watched, _cell
    if shell is not _watched:
        shell.events.register("pre_run_cell", _starts)
        # The cell that runs now has begun before anybody listened.
        cell_id = host.request().get("metadata", {}).get("cellId")
        _watched, _cell = shell, _cell_of(cell_id, shell.user_ns.get("In", [""])[-1])
    if _cell is not None:
        _made.setdefault(_cell, []).append(widget)


def close_parts(widget: Any) -> None:
    """Close the parts of a widget, and theirs."""
    for part in (*getattr(widget, "children", ()), getattr(widget, "style", None), getattr(widget, "layout", None)):
        if isinstance(part, widgets.Widget):
            close_parts(part)
            part.close()


def _starts(info: Any) -> None:
    global _cell
    _cell = _cell_of(getattr(info, "cell_id", None), info.raw_cell)
    old = _made.pop(_cell, [])
    for widget in old:
        widget.close()
    if old:
        _forget(old)
        gc.collect()  # widgets and their plots know each other: only this frees them before long


def _cell_of(cell_id: str | None, text: str) -> str:
    return f"id {cell_id}" if cell_id else f"text {text.strip()}"


def _forget(old: list[Any]) -> None:
    """Take closed widgets out of what IPython keeps of earlier results: ``Out``, ``_5``, ``_``."""
    gone = {id(widget) for widget in old}
    for kept in (_watched.user_ns, _watched.user_ns_hidden, _watched.user_ns.get("_oh", {})):
        for name in [name for name, value in kept.items() if id(value) in gone and _is_result(name)]:
            del kept[name]
    for name in ("_", "__", "___"):
        if id(getattr(_watched.displayhook, name, None)) in gone:
            setattr(_watched.displayhook, name, "")


def _is_result(name: Any) -> bool:
    """Whether IPython, and not the reader, gave this name: the number of an output, ``_``, ``_5``."""
    return isinstance(name, int) or (name.startswith("_") and name.strip("_").isdigit()) or set(name) == {"_"}
