"""One line of feedback on an answer: right, the likely mistake, or what stopped it."""

from __future__ import annotations

import html
import re
from typing import NamedTuple

from defi_lib import theme


class Feedback(NamedTuple):
    """What a student sees. Its ``repr`` is the number of points: nbgrader reads partial credit from it."""

    status: str
    text: str
    points: float
    out_of: float
    repeat: str = ""
    hints: tuple[str, ...] = ()
    solution: str = ""

    @property
    def symbol(self) -> str:
        """Of the status."""
        return _LOOKS[self.status][0]

    def __repr__(self) -> str:
        """The points."""
        return f"{self.points:g}"

    def _repr_html_(self) -> str:
        symbol, colour = _LOOKS[self.status]
        repeat = f"<small>Again with the same numbers: <code>{html.escape(self.repeat)}</code></small>"
        verdict = f"<strong>{symbol} {self.status}</strong> ({self.points:g} of {self.out_of:g} points)."
        line = " ".join([verdict, _prose(self.text), repeat if self.repeat else ""]).rstrip()
        help = "".join(f"<br><em>{name}:</em> {_prose(hint)}" for name, hint in zip(_LADDER, self.hints, strict=False))
        if self.solution:
            help += f"<details><summary>A worked solution</summary><pre>{html.escape(self.solution)}</pre></details>"
        return f'<div role="status" style="border-left: 0.3em solid {colour}; padding: 0.3em 0.8em">{line}{help}</div>'


#: What the hints of a question are called, one after the other.
_LADDER = ("Hint", "Next step")

#: Words between stars; not the stars of a product or a power.
_EMPHASIS = re.compile(r"(?<![\w*])\*(\w(?:[^*]*\w)?)\*(?![\w*])")

RIGHT, PARTLY, WRONG, UNANSWERED = "Right", "Partly right", "Not right yet", "Not answered yet"
RAISED, TOO_LONG = "Your code stopped with an error", "Your code took too long"

#: A symbol and a colour each; the words say the same. The symbols are in the fonts of every system.
_LOOKS = {
    RIGHT: ("✓", theme.RIGHT),
    PARTLY: ("½", theme.PARTLY),
    WRONG: ("✗", theme.WRONG),
    UNANSWERED: ("○", theme.NEUTRAL),
    RAISED: ("!", theme.WRONG),
    TOO_LONG: ("∞", theme.WRONG),
}


def _prose(text: str) -> str:
    """Escaped text with `code` in backticks and *emphasis* in stars."""
    pieces = html.escape(text).split("`")
    return "".join(
        f"<code>{piece}</code>" if odd % 2 else _EMPHASIS.sub(r"<em>\1</em>", piece) for odd, piece in enumerate(pieces)
    )
