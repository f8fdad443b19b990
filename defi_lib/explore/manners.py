"""How our widgets behave in the page around them."""

from __future__ import annotations

import pathlib

import anywidget

_HERE = pathlib.Path(__file__).parent


class Manners(anywidget.AnyWidget):
    """An invisible part of every box: brings the style, and gives slider handles a name."""

    _esm = _HERE / "manners.js"
    _css = _HERE / "view.css"

    def __init__(self) -> None:
        super().__init__(layout={"display": "none"})
