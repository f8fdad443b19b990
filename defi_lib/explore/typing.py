"""The number beside a slider can be typed: ipywidgets shows it for a list of values, but does not read it."""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import anywidget


class Typing(anywidget.AnyWidget):
    """Sends what is typed beside the sliders of the explorer that it stands in.

    Args:
        take: gets the place of the slider among the explorer's sliders, and the text.
    """

    # As text: a path would be watched for changes.
    _esm = (pathlib.Path(__file__).parent / "typing.js").read_text(encoding="utf-8")

    def __init__(self, take: Callable[[int, str], None]) -> None:
        super().__init__()
        self._take = take
        self.layout.display = "none"
        self.on_msg(self._hear)

    def close(self) -> None:
        """Leave the page, and forget the explorer."""
        self.on_msg(self._hear, remove=True)
        super().close()

    def _hear(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if "typed" in content:
            self._take(int(content["at"]), str(content["typed"]))
