"""What the course found, in a few sentences, each held to the readings that it names.

A mark behind a reading says its answer (✓ true today, ✗ not true) and how far it holds (r robust or proved, t turns
within our ranges, c counted). A sentence is refused when a reading no longer answers as the sentence says.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from defi_lib.evidence.tally import Line


class Finding(NamedTuple):
    """A sentence; ``{X9a}`` stands for a reading that is true, ``{not X9a}`` for one that is not."""

    about: str
    text: str

    def written(self, lines: dict[str, Line]) -> str:
        """The sentence with its marks.

        Args:
            lines: the tally, by reading.

        Raises:
            ValueError: a reading that is not yet tested, or answers otherwise.
        """

        def marked(found: re.Match[str]) -> str:
            id, true = found[2], not found[1]
            if id not in lines or lines[id].true != true:
                raise ValueError(f"{self.about}: {id} is not {'true' if true else 'untrue'} any more: write it anew")
            return f"{id}\N{NO-BREAK SPACE}{'✓' if true else '✗'}{lines[id].how_far[0]}"

        return f"**{self.about}** " + re.sub(r"{(not )?(\w+)}", marked, self.text)


FINDINGS = (
    Finding(
        "Profits go to a few",
        "where size pays ({X6a}, but {not X6b}), power is cheap ({X7a}), speed wins ({X12a}), depth is ({X11b}), "
        "or few build the blocks ({X19b}). Insiders: {X2b}, but {not X2a}. That the rules favour the rich is not so: "
        "shares in proportion stay as they are ({not X1a}).",
    ),
    Finding(
        "Small users pay",
        "whoever sees their orders first ({X21a}), and the hours of learning ({X24a}); gas no longer keeps them out "
        "({not X9a}).",
    ),
    Finding(
        "Middlemen come back",
        "where they see what others cannot ({X10c}), and take more than they save ({X10b}); but most trade does not "
        "pass through them ({not X10a}).",
    ),
    Finding(
        "Failures spread",
        "through coins that back one another ({X14b}); forced sales deepen a fall less than is feared ({not X14a}).",
    ),
    Finding(
        "Promises hold where the old way is dear:",
        "money sent home ({P3a}), power ({P14a}), custodians ({P2b}); not where it is cheap: swaps ({not P2a}), "
        "interest above a Treasury bill ({not P6b}), loans without savings ({not P5a}).",
    ),
)


def findings(known: list[Line]) -> str:
    """All sentences as a list in Markdown, with their marks.

    Args:
        known: :func:`defi_lib.evidence.tally.lines`.

    Raises:
        ValueError: a reading answers otherwise than its sentence says.
    """
    lines = {line.reading.id: line for line in known}
    return "\n".join(f"- {each.written(lines)}" for each in FINDINGS)
