"""Where a reader answers: options, a number, or items to put in order; one widget in the page for all of them."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import anywidget
import traitlets

from defi_lib.theme import style

_HERE = pathlib.Path(__file__).parent


class Entry(anywidget.AnyWidget):
    """Native inputs of the page, under one name that screen readers say.

    What a reader enters comes together with the wish to commit it, in one message: typing fast and pressing Enter
    cannot leave a digit behind.

    Args:
        kind: ``"options"``, ``"number"``, ``"order"``, or ``"bet"``: an option, and how sure in per cent.
        label: the question in plain words.
        options: to choose from, or to put in order, as they stand at first.
        shown: words in front of a number, or of how sure a bet is.
        second: of a bet: a second question, followed by its options; none if it is empty.
        button: what commits; without one, choosing an option does.
    """

    # As text: a path would be watched for changes, and keep every entry alive for that.
    _esm = (_HERE / "entry.js").read_text("utf-8")
    _css = style() + (_HERE / "entry.css").read_text("utf-8")

    kind = traitlets.Unicode().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)
    options = traitlets.List(traitlets.Unicode()).tag(sync=True)
    shown = traitlets.Unicode().tag(sync=True)
    second = traitlets.List(traitlets.Unicode()).tag(sync=True)  #: of a bet: the question, then its options
    button = traitlets.Unicode().tag(sync=True)
    again = traitlets.Unicode().tag(sync=True)  #: the button that opens the entry once more; empty: none
    value = traitlets.Any(None, allow_none=True).tag(sync=True)
    disabled = traitlets.Bool(False).tag(sync=True)
    invalid = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        kind: str,
        label: str,
        *,
        options: Sequence[str] = (),
        shown: str = "",
        second: Sequence[str] = (),
        button: str = "",
        value: Any = None,
    ) -> None:
        words = {"kind": kind, "label": label, "shown": shown, "button": button}
        super().__init__(**words, options=list(options), second=list(second), value=value)
        self._commit: Callable[[Any], None] = lambda value: None
        self._reopen: Callable[[], None] = lambda: None
        self.on_msg(self._heard)

    def on_commit(self, commit: Callable[[Any], None]) -> None:
        """What to do with a committed value: an option, the text of a number, items in order, or a bet's two."""
        self._commit = commit

    def on_again(self, reopen: Callable[[], None]) -> None:
        """What to do when a reader wants to change the answer."""
        self._reopen = reopen

    def commit(self, value: Any) -> None:
        """Commit ``value`` as a reader does."""
        if self.disabled:
            return
        self.value = value
        self._commit(value)

    def close(self) -> None:
        """Leave the page."""
        if self.comm is not None:
            self.on_msg(self._heard, remove=True)
        self._commit, self._reopen = (lambda value: None), (lambda: None)
        super().close()

    def _heard(self, _: Any, content: dict[str, Any], __: Any) -> None:
        if "commit" in content:
            self.commit(content["commit"])
        elif "again" in content and self.again:
            self._reopen()
