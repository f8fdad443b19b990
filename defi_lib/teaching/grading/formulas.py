"""Formulas as pictures that stand in the page itself: no script and no network draws them."""

from __future__ import annotations

import base64
import functools
import html
import io
import re

#: ``$$…$$`` and ``$…$``, but no dollars of a price, nor what stands in code.
_FORMULA = re.compile(
    r"(?P<code>```.*?```|`[^`\n]*`)|\$\$(?P<block>.+?)\$\$|(?<![\\$\w])\$(?P<inline>[^\s$`](?:[^$`\n]*[^\s$`\\])?)\$(?![\d$])",
    re.DOTALL,
)
#: What matplotlib writes differently.
_WRITTEN = {r"\le ": r"\leq ", r"\ge ": r"\geq ", r"\tfrac": r"\frac", r"\text": r"\mathrm"}


class Formulas:
    """The formulas of a page: Markdown gets a word in the place of each, which is a picture in the page."""

    def __init__(self) -> None:
        self.pictures: list[str] = []

    def taken_out(self, markdown: str) -> str:
        """The text with a word for each formula."""

        def word(match: re.Match[str]) -> str:
            if match["code"]:
                return match["code"]
            block = match["block"] is not None
            self.pictures.append(picture((match["block"] or match["inline"]).strip(), block))
            apart = "\n\n" if block else ""
            return f"{apart}FORMULA{len(self.pictures) - 1:04}X{apart}"

        return _FORMULA.sub(word, markdown)

    def put_in(self, page: str) -> str:
        """The page with the pictures."""
        return re.sub(r"FORMULA(\d{4})X", lambda match: self.pictures[int(match[1])], page)


@functools.cache
def picture(formula: str, block: bool = False) -> str:
    """A formula as ``<img>`` with the formula as its text; what cannot be drawn, as the text alone."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import math_to_image

    said = html.escape(" ".join(formula.split()))
    drawn, file = _for_matplotlib(formula), io.BytesIO()
    try:
        size = FontProperties(size=13)
        depth = math_to_image(f"${drawn}$", file, prop=size, dpi=72, format="svg", color="#111")
    except (ValueError, RuntimeError):
        return f"<code>{said}</code>"
    source = base64.b64encode(re.sub(rb"<metadata>.*?</metadata>", b"", file.getvalue(), flags=re.DOTALL)).decode()
    style = "display: block; margin: auto" if block else f"vertical-align: {-depth:.1f}pt"
    return f'<img alt="{said}" style="{style}" src="data:image/svg+xml;base64,{source}">'


def _for_matplotlib(formula: str) -> str:
    r"""The same in the dialect of matplotlib, whose ``\mathrm`` leaves out spaces."""
    text = re.sub(r"\\text\{([^{}]*)\}", lambda match: rf"\mathrm{{{_spaced(match[1])}}}", " ".join(formula.split()))
    text = re.sub(r"\\sqrt (\w)", r"\\sqrt{\1}", text)
    for ours, theirs in _WRITTEN.items():
        text = text.replace(ours, theirs)
    return text


def _spaced(text: str) -> str:
    return text.replace(" ", r"\ ").replace("%", r"\%").replace("Δ", r"\Delta ")
