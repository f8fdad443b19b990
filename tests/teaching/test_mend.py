"""Mending: each cell of the lab once and in its place, and nothing that a student wrote is lost."""

import copy
import json
import random
from pathlib import Path

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.teaching.grading.mend import UnreadableError, mended, notebook_of

ROOT = Path(__file__).resolve().parents[2]
LAB = json.loads((ROOT / "labs/1_exchange/01_swaps.ipynb").read_text(encoding="utf-8"))
SOLVED = json.loads((ROOT / "solutions/1_exchange/01_swaps.ipynb").read_text(encoding="utf-8"))
IDS = [cell["metadata"]["nbgrader"]["grade_id"] for cell in LAB["cells"] if "nbgrader" in cell["metadata"]]
LOCKED = [each for each in IDS if not each.startswith("answer")]


def marks(notebook):
    return [cell["metadata"]["nbgrader"]["grade_id"] for cell in notebook["cells"] if "nbgrader" in cell["metadata"]]


def test_what_is_whole_stays_as_it_is():
    whole = mended(SOLVED, LAB)
    assert whole.remarks == []
    assert ["".join(each["source"]) for each in SOLVED["cells"]] == [each["source"] for each in whole.notebook["cells"]]


@given(st.randoms(use_true_random=False))
def test_whatever_is_done_to_cells_the_lab_s_are_there_once_and_no_word_is_lost(rng: random.Random):
    notebook = copy.deepcopy(SOLVED)
    cells = notebook["cells"]
    for _ in range(rng.randrange(8)):
        place = rng.randrange(len(cells))
        what = rng.choice(["delete", "copy", "move", "retype", "unmark", "rewrite", "strip"])
        if what == "delete" and len(cells) > 1:
            del cells[place]
        elif what == "copy":
            cells.insert(rng.randrange(len(cells)), copy.deepcopy(cells[place]))
        elif what == "move":
            cells.insert(rng.randrange(len(cells)), cells.pop(place))
        elif what == "retype":
            cells[place] |= {"cell_type": rng.choice(["code", "markdown", "raw", "heading"])}
        elif what == "unmark":
            cells[place] |= {"metadata": {}}
        elif what == "rewrite":
            cells[place] |= {"source": f"mine_{rng.random()} = 1"}
        else:
            cells[place].pop("id", None)
    whole = mended(notebook, LAB).notebook
    nbformat.validate(nbformat.reads(json.dumps(whole), as_version=4))
    found = marks(whole)
    assert len(found) == len(set(found)) and set(LOCKED) <= set(found) <= set(IDS)
    text = "\n".join(cell["source"] for cell in whole["cells"])
    assert all("".join(cell["source"]).strip() in text for cell in cells)


def test_a_check_that_was_put_back_stands_behind_its_answer():
    notebook = {"cells": [each for each in SOLVED["cells"] if not each["id"].startswith("check-")]}
    found = marks(mended(notebook, LAB).notebook)
    assert found == IDS


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"{", "damaged"),
        (b"[1]", "no notebook"),
        (b'{"cells": 3}', "no notebook"),
        (b"[" * 100_000, "damaged"),
        (bytes(range(256)), "damaged"),
    ],
)
def test_what_is_no_notebook_is_said(content, said):
    with pytest.raises(UnreadableError, match=said):
        notebook_of(content)


def test_cells_that_are_no_cells_are_passed_over():
    whole = mended({"cells": [None, 3, {}, {"cell_type": "code", "source": ["a", 1]}, {"metadata": 3}]}, LAB)
    assert marks(whole.notebook) == LOCKED
