"""How our widgets behave in the page around them."""

from __future__ import annotations

import pathlib

import anywidget

from defi_lib.theme import style

_HERE = pathlib.Path(__file__).parent


class Manners(anywidget.AnyWidget):
    """An invisible part of every box: brings the style, and gives slider handles a name."""

    # As text: a path would be watched for changes, and keep every box alive for that.
    _esm = (_HERE / "manners.js").read_text("utf-8")
    _css = style() + (_HERE / "view.css").read_text(encoding="utf-8")

    def __init__(self) -> None:
        super().__init__(layout={"display": "none"})
