"""The frame of every question, and its text for readers without a kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets as widgets

from defi_lib.explore.manners import Manners
from defi_lib.explore.questions.words import plain
from defi_lib.explore.reruns import close_parts, remember


class Box(widgets.VBox):
    """A framed box.

    Args:
        children: what stands in it.
        text: what readers without a kernel see.
        framed: whether it has a frame.
    """

    def __init__(self, children: Sequence[widgets.Widget], text: str, *, framed: bool = True) -> None:
        super().__init__([Manners(), *children] if framed else children)
        self._text = plain(text)
        remember(self)
        if framed:
            self.add_class("defi-question")

    def mark_waiting(self, waiting: bool) -> None:
        """Say to the page whether this box still waits for a commitment: a lecture passes over it then."""
        if waiting:
            self.add_class("defi-waiting")
        else:
            self.remove_class("defi-waiting")

    def close(self) -> None:
        """Leave the page with all parts."""
        close_parts(self)
        super().close()

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle = super()._repr_mimebundle_(**kwargs)
        data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
        return data | {"text/plain": self._text}, metadata


def paragraph(text: str) -> widgets.HTMLMath:
    """A paragraph, with formulas."""
    return widgets.HTMLMath(f"<p>{text}</p>")


def status(text: str = "") -> widgets.HTMLMath:
    """A place for words that come later; screen readers say them when they come."""
    note = widgets.HTMLMath()
    say(note, text)
    return note


def say(note: widgets.HTMLMath, text: str) -> None:
    """Let the status ``note`` say ``text``."""
    note.value = f'<p role="status" aria-live="polite">{text}</p>' if text else ""
