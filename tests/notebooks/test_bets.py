"""A bet is a bet: the number of the verdict stands nowhere above it."""

import re

import pytest

from defi_lib.evidence.registry import evidence
from defi_lib.evidence.verdicts import Evidence
from tests.notebooks.test_form import read
from tests.notebooks.test_questions import collapsed, place, shown, source, withheld
from tests.notebooks.test_short_lessons import LESSONS, number

#: Lessons with the number above the bet, and why it says nothing. May only shrink.
BY_CHANCE: dict[str, str] = {}


def asked(notebook):
    """Where the bet stands, and the reading's evidence."""
    at = place(notebook, r'bet\("')
    return at, evidence(re.search(r'bet\("(\w+)"', source(notebook["cells"][at]))[1])


def telling(found):
    """The effect as the verdict writes it, if it is a ratio of two digits or more, without its sign."""
    written = re.search(r"(\d[\d.,]*)\s?%", found.answer())
    return written[1] if written and len(written[1].replace(".", "").lstrip("0")) > 1 else None


def told(cell, digits):
    """Whether a reader meets the number in the cell before betting, as "0.39 %" and not in "10.39 %"."""
    if cell["cell_type"] == "code" and (collapsed(cell) or withheld(cell)):
        return False
    text = source(cell) + " " + re.sub(r"<[^>]+>|\*\*", " ", shown(cell))
    return re.search(rf"(?<![\d.,]){re.escape(digits)}\s?%", text) is not None


@pytest.mark.parametrize("path", LESSONS, ids=number)
def test_the_verdicts_number_does_not_stand_above_its_bet(path):
    notebook = read(path)
    at, found = asked(notebook)
    digits = telling(found) if isinstance(found, Evidence) else None
    tells = [k for k, cell in enumerate(notebook["cells"][:at]) if digits and told(cell, digits)]
    assert bool(tells) == (number(path) in BY_CHANCE), (digits, tells)


def test_a_number_is_found_as_a_reader_would():
    cell = {"cell_type": "markdown", "source": ["Arbitrageurs keep **0.39** % a year."]}
    assert told({**cell, "source": ["They keep 0.39 % a year."]}, "0.39")
    assert not told({**cell, "source": ["They keep 10.39 % or 0.391 %."]}, "0.39")


#: The case of either side, which the evidence itself prints, and what a verdict says.
SIDES = re.compile(r"\*(For|Against)\b")
SAYS_SO = re.compile(r"^\*\*(True|Not true|A tie)\b", re.M)
#: Cells that wait for the bet.
WAITS = re.compile(r'mine\.withhold\(\)|show_evidence\("\w+", after=mine\)$')


def has_heading(cell, words=""):
    return cell["cell_type"] == "markdown" and re.search(rf"^## .*{words}", source(cell), re.M) is not None


@pytest.mark.parametrize("path", LESSONS, ids=number)
def test_what_follows_the_bet_waits_for_it_and_no_lesson_lists_the_sides_itself(path):
    cells = read(path)["cells"]
    verdict = next(n for n, cell in enumerate(cells) if has_heading(cell, "[Vv]erdict$"))
    evident = place({"cells": cells}, "after=mine")
    end = next(n for n, cell in enumerate(cells) if n > evident and has_heading(cell))
    assert [cell["id"] for cell in cells[verdict : end + 1] if SIDES.search(source(cell))] == []
    prose = [cell for cell in cells[verdict : end + 1] if cell["cell_type"] == "markdown"]
    assert [cell["id"] for cell in prose if SAYS_SO.search(source(cell))] == []
    open_code = [cell for cell in cells[evident:end] if cell["cell_type"] == "code" and not WAITS.match(source(cell))]
    assert [cell["id"] for cell in open_code] == []
