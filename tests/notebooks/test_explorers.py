"""Every explorer of every notebook: at its default, at every corner of its controls, and at random points."""

from __future__ import annotations

from pathlib import Path

import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell

from defi_lib.explore.explorer import Explorer, explorers
from tools.notebooks import ROOT, find

RANDOM_POINTS = 30
#: A computer that is busy with other tests may be slower than a reader's.
PATIENCE = 5

NOTEBOOKS = [path for path in find(("course",)) if "explore(" in path.read_text(encoding="utf-8")]


def explorers_of(path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Explorer]:
    """Run the notebook's cells in this process, and give the explorers that they made, in order."""
    monkeypatch.chdir(path.parent)
    made: list[Explorer] = []
    monkeypatch.setattr(explorers, "add", made.append)
    shell = InteractiveShell()
    try:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                shell.run_cell(cell.source, silent=True).raise_error()
    finally:
        shell.history_manager.end_session()
    return made


@pytest.mark.notebooks
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_setting_gives_finite_numbers_in_time(path, monkeypatch):
    made = explorers_of(path, monkeypatch)
    assert made, "the notebook calls explore, but no explorer was made"
    rng = np.random.default_rng(20_261_121)
    for explorer in made:
        scenarios = [{**explorer.defaults, **values} for values in explorer.scenarios.values()]
        points = [explorer.defaults, *scenarios, *explorer.corners()]
        points += [explorer.random(rng) for _ in range(RANDOM_POINTS)]
        seconds = []
        for values in points:
            explorer.set(**values)
            assert explorer.error == "", explorer.error
            assert explorer.sentence and "nan" not in explorer.sentence and "inf" not in explorer.sentence.split()
            seconds.append(explorer.seconds)
        assert np.median(seconds) <= PATIENCE * explorer.budget, f"{explorer.compute.__name__} is too slow"


def test_lessons_explore():
    assert len(NOTEBOOKS) >= 5, "lessons without an explorer, or none found"
