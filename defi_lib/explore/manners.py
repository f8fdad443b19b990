"""How our widgets behave in the page around them."""

from __future__ import annotations

import pathlib

import anywidget

from defi_lib.theme import style

_HERE = pathlib.Path(__file__).parent


class Manners(anywidget.AnyWidget):
    """An invisible part of every box: brings the style, and gives slider handles a name."""

    _esm = _HERE / "manners.js"
    _css = style() + (_HERE / "view.css").read_text(encoding="utf-8")

    def __init__(self) -> None:
        super().__init__(layout={"display": "none"})
