"""Lessons that need much more than others in a browser: the bar above them says so.

Measured on 30 November 2026, on two cores, in Chromium: of all other lessons the slowest, 2.4, had run after 27
seconds, lesson 1.1 after 16; their pages had 550 to 860 MB.
"""

from __future__ import annotations

from typing import NamedTuple


class Wait(NamedTuple):
    """What one lesson needs."""

    seconds: int  #: from opening the page until all cells have run
    megabytes: int  #: of memory, of the page


WAITS = {"course/8_economy/15_the_book_of_verdicts.ipynb": Wait(60, 1_200)}


def notes() -> dict[str, str]:
    """What the bar says above these lessons, by path."""
    return {
        path: f"This lesson calculates all verdicts of the course: it takes about {wait.seconds} seconds in a browser, "
        f"on a slow machine some minutes, and {wait.megabytes / 1000:.1f} GB of memory."
        for path, wait in WAITS.items()
    }
