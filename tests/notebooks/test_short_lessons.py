"""What a lesson on evidence must be: one idea, short, one headline reading, behind a bet."""

import ast
import json
import re
from pathlib import Path

import pytest

from defi_lib.claims import reading
from tests.notebooks.test_form import WITHOUT_CLAIMS

ROOT = Path(__file__).resolve().parents[2]
CELLS, WORDS, LINES, COLUMNS, EXPLORERS = 22, 900, 120, 100, 2


def number(path):
    return "start" if path.parent.name == "course" else f"{path.parent.name[0]}.{int(path.name[:2])}"


#: Addresses, formulas, tags, and all that follows the lesson.
NO_WORDS = re.compile(r"\]\([^)]*\)|\$\$?[^$]*\$\$?|</?\w[^>]*>|^## Next.*", re.S)

PAGES = [ROOT / "course/00_start_here.ipynb", *sorted((ROOT / "course").glob("[0-9]_*/*.ipynb"))]
LESSONS = [path for path in PAGES if path.stem not in WITHOUT_CLAIMS]


def cells(path, kind=""):
    found = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in found if kind in ("", cell["cell_type"])]


def words(path):
    """What a reader meets: prose, folded answers too, and the sentences in code; not what stands under *Next*."""
    prose = [NO_WORDS.sub(" ", text) for text in cells(path, "markdown")]
    strings = [
        node.value
        for text in cells(path, "code")
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value.split()) > 3
    ]
    return sum(len(re.findall(r"\w[\w'’-]*", text)) for text in [*prose, *strings])


@pytest.mark.parametrize("path", PAGES, ids=number)
def test_a_lesson_is_short(path):
    code = cells(path, "code")
    assert len(cells(path)) <= CELLS
    assert words(path) <= WORDS
    assert sum(len(text.splitlines()) for text in code) <= LINES
    assert sum(len(re.findall(r"^(?:\w+ = )?(?:explore|turn)\(", text, re.M)) for text in code) <= EXPLORERS
    assert [line for text in code for line in text.splitlines() if len(line) > COLUMNS] == []


@pytest.mark.parametrize("path", LESSONS, ids=number)
def test_one_headline_reading_stands_behind_a_bet(path):
    source = "\n".join(cells(path, "code"))
    (bet,) = re.findall(r'bet\("(\w+)", lesson="([\w.]+)"\)', source)
    assert bet[1] == number(path)
    (shown,) = re.findall(r'show_evidence\("(\w+)", after=', source)
    assert shown == bet[0]
    readings = set(re.findall(r'\b(?:show_)?evidence\("([PXRC]\d+[a-d])"', source))
    assert 1 <= len(readings) <= 3 and all(reading(id).frozen for id in readings)
