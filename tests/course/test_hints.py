"""Who runs a later cell first is told what to run."""

import json

import pytest
from IPython.core.interactiveshell import InteractiveShell

from defi_lib.course import hints

CODE = """from numpy import mean as average, sum
import os.path
first, (second, third) = 1, (2, 3)
for number in range(3):
    inside = number
def function(argument):
    hidden = 1
"""


@pytest.fixture
def page(tmp_path, monkeypatch):
    cells = [{"cell_type": "markdown", "source": ["other = 1"]}, {"cell_type": "code", "source": CODE.splitlines(True)}]
    cells.append({"cell_type": "code", "source": ["def broken(:"]})
    (tmp_path / "page.ipynb").write_text(json.dumps({"cells": cells}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JPY_SESSION_NAME", "/somewhere/page.ipynb")


@pytest.fixture
def shown(monkeypatch):
    shell, said = InteractiveShell(), []
    monkeypatch.setattr(shell, "_showtraceback", lambda kind, error, lines: said.append((kind, "\n".join(lines))))
    hints.load_ipython_extension(shell)

    def run(code):
        said.clear()
        assert not shell.run_cell(code).success
        return said[-1]

    return run


def test_names_that_the_cells_make(page):
    expected = {"average", "sum", "os", "first", "second", "third", "number", "inside", "function"}
    assert hints.made(hints.notebook()) == expected


@pytest.mark.parametrize("content", ["", "no json", "{}"])
def test_a_page_that_cannot_be_read_makes_nothing(tmp_path, content):
    (tmp_path / "page.ipynb").write_text(content, encoding="utf-8")
    assert hints.made(tmp_path / "page.ipynb") == set()
    assert hints.made(tmp_path / "none.ipynb") == hints.made(None) == set()


def test_a_name_of_an_earlier_cell_gives_one_sentence(page, shown):
    assert shown("average([1])") == (NameError, hints.SENTENCE.format(name="average"))


@pytest.mark.parametrize("code", ["avreage([1])", "1 / 0"])
def test_other_errors_are_shown_as_always(page, shown, code):
    kind, text = shown(code)
    assert kind.__name__ in text and "Run All" not in text


def test_without_a_notebook_nothing_changes(shown, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    assert "Run All" not in shown("average([1])")[1]
