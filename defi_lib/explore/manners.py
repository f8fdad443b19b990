"""How our widgets behave in the page around them."""

from __future__ import annotations

import pathlib
from typing import Any

import anywidget

from defi_lib.theme import style

_HERE = pathlib.Path(__file__).parent


class Manners(anywidget.AnyWidget):
    """A part of every box that is seen only in need.

    It brings the style; keeps keys that are pressed in the box from the notebook; gives what can have the focus a name,
    and sliders their value with its unit; marks the chosen scenario; and says when the kernel is gone.
    """

    # As text: a path would be watched for changes, and keep every box alive for that.
    _esm = (_HERE / "manners.js").read_text("utf-8")
    _css = style() + (_HERE / "view.css").read_text(encoding="utf-8")

    def __init__(self) -> None:
        super().__init__(layout={"display": "none"})
        self.on_msg(_answer)


def _answer(widget: Manners, content: dict[str, Any], _: Any) -> None:
    """The page asks whether anybody is still there."""
    if content.get("ask") == "alive":
        widget.send({"alive": True})
