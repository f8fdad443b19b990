"""The bridge from a plot in the kernel to a plot in the browser.

BokehJS comes from the installed bokeh package: the browser asks for it once per page, nothing of it is stored
in a notebook and nothing is fetched from elsewhere. A change goes out as one message that holds the new
columns and the sentence that says what they show; the browser echoes nothing back.
"""

from __future__ import annotations

import base64
import html
import json
import os
import pathlib
import re
from typing import Any

import anywidget
import bokeh
from bokeh.document import Document
from bokeh.embed import json_item
from bokeh.protocol import Protocol

from defi_lib.explore.figure import LiveFigure, theme
from defi_lib.explore.plots import Columns, Plot
from defi_lib.explore.reruns import close_parts, remember
from defi_lib.theme import style
from defi_lib.words import LIVE

_HERE = pathlib.Path(__file__).parent
_BOKEHJS = pathlib.Path(bokeh.__file__).parent / "server" / "static" / "js" / "bokeh.min.js"


class PlotView(anywidget.AnyWidget):
    """A plot with its legend and a sentence under it.

    Args:
        plot: what to show.
        result: the named columns to show first.
        sentence: what the plot shows, in words; ``**bold**`` is allowed.
    """

    # As text: a path would be watched for changes, and keep every view alive for that.
    _esm = (_HERE / "view.js").read_text("utf-8")
    _css = style() + (_HERE / "view.css").read_text(encoding="utf-8")

    def __init__(self, plot: Plot, result: Columns, sentence: str = "") -> None:
        super().__init__()
        self.plot, self.sentence, self.error = plot, sentence, ""
        self._result = result
        self._figure = LiveFigure(plot, result)
        self._events: list[Any] = []
        document = Document()
        document.add_root(self._figure.model)
        document.on_change_dispatch_to(self)
        self._document: Document | None = document
        self.on_msg(self._answer)

    def close(self) -> None:
        """Leave the page, and free the plot; the last columns and the sentence can still be asked for."""
        document, self._document = getattr(self, "_document", None), None  # closed once, also if never made
        if document is not None:
            self.on_msg(self._answer, remove=True)
            document.remove_on_change(self)
            document.clear()
            close_parts(self)
        super().close()

    @property
    def shown(self) -> dict[str, Any]:
        """The columns that the plot shows now."""
        return self._figure.shown()

    def update(self, result: Columns, sentence: str = "") -> None:
        """Show new columns and a new sentence, in one message."""
        self._figure.update(result)
        self._result, self.sentence, self.error = result, sentence, ""
        self._flush()

    def fail(self, message: str) -> None:
        """Show an error; the last good plot stays."""
        self.error = message
        self.send({"error": message})

    def busy(self) -> None:
        """Say that a slow model computes."""
        self.send({"busy": True})

    def picture(self) -> bytes:
        """The plot as a small PNG, for readers without a kernel."""
        from defi_lib.explore.picture import draw

        return draw(self.plot, self._result)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        return with_picture(super()._repr_mimebundle_(**kwargs), self)

    def _flush(self) -> None:
        events, self._events = self._events, []
        patch = Protocol().create("PATCH-DOC", events) if events else None
        message: dict[str, Any] = {"say": self.sentence}
        buffers = []
        if patch is not None:
            message |= {"patch": patch.content_json, "ids": [buffer.ref["id"] for buffer in patch.buffers]}
            buffers = [buffer.to_bytes() for buffer in patch.buffers]
        self.send(message, buffers)

    def _document_patched(self, event: Any) -> None:
        self._events.append(event)  # called by bokeh for each change of the document

    def _answer(self, _: Any, content: dict[str, Any], __: Any) -> None:
        """Answer a question of the browser: for BokehJS, or for the figure as it is now."""
        asked, reply = content.get("ask"), {"re": content.get("id")}
        if asked == "bokehjs":
            self.send(reply | {"answer": _BOKEHJS.read_text("utf-8")})
        elif asked == "figure":
            self._events.clear()
            item = json_item(self._figure.model, theme=theme(bool(content.get("dark"))))
            self._events.clear()
            legend = [vars(entry) for entry in self.plot.legend]
            shown = {"title": name_of(self.plot), "say": self.sentence, "error": self.error}
            answer = {"item": json.dumps(item), "legend": legend} | shown
            self.send(reply | {"answer": answer})


def name_of(plot: Plot) -> str:
    """What a plot is called for those who do not see it: its axes and marks, whatever they show now."""
    axes = f"{plot.y.title} against {plot.x.title}" if plot.y.label else plot.x.title
    return f"Plot of {axes}: {', '.join(entry.label for entry in plot.legend)}"


def show(plot: Plot, result: Columns, sentence: str = "") -> PlotView:
    """A plot without sliders."""
    view = PlotView(plot, result, sentence)
    remember(view)
    return view


def with_picture(bundle: Any, view: PlotView) -> Any:
    """The mime bundle of a widget with what stays when its kernel is gone: the sentence, and for shipped notebooks a
    picture whose description is the sentence, with a word on how to make it live.
    """
    data, metadata = bundle if isinstance(bundle, tuple) else (bundle, {})
    data = data | {"text/plain": view.sentence.replace("**", "")}
    if os.environ.get("DEFI_LIB_STATIC_PICTURES"):
        data = data | {"text/html": still_page(view.picture(), view.sentence)}
    return data, metadata


def still_page(picture: bytes, sentence: str) -> str:
    """A picture and its sentence as HTML. Screen readers hear the sentence once, as what the picture shows."""
    words = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", html.escape(sentence))
    source = f"data:image/png;base64,{base64.b64encode(picture).decode()}"
    return (
        f'<img src="{source}" alt="{html.escape(sentence.replace("**", ""))}">\n'
        f'<p aria-hidden="true">{words}</p>\n<p><em>{LIVE}.</em></p>\n'
    )
