"""A cell that is run again frees what it has shown before."""

import gc
import weakref
from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest
from IPython.core.interactiveshell import ExecutionInfo, InteractiveShell

from defi_lib.explore import Axis, Line, Plot, Slider, explore, host, predict, quiz, reruns, show

PLOT = Plot(Line("x", "y"), x=Axis("x"), y=Axis("y"))
GRID = np.linspace(0, 1, 100)


def wave(speed):
    return {"x": GRID, "y": np.sin(speed * GRID)}


MAKE = "{name} = explore(wave, plot=PLOT, say='{{speed}}', speed=Slider('Speed', '', 0, 9, start=1)); {name}"


@pytest.fixture
def shell(monkeypatch):
    shell = InteractiveShell()
    shell.user_ns.update(explore=explore, wave=wave, PLOT=PLOT, Slider=Slider, show=show, predict=predict, quiz=quiz)
    shell.asked = {"metadata": {}}  # of the message that runs a cell, as a kernel keeps it
    shell.kernel = SimpleNamespace(get_parent=lambda: shell.asked)
    monkeypatch.setattr(host, "shell", lambda: shell)
    monkeypatch.setattr(reruns, "_watched", None)
    monkeypatch.setattr(reruns, "_made", {})
    return shell


def made_of(shell, code, cell_id=None):
    shell.asked = {"metadata": {"cellId": cell_id} if cell_id else {}}
    result = shell.run_cell(code, store_history=True, cell_id=cell_id)
    result.raise_error()
    return weakref.ref(result.result)


def open_widgets():
    return len(ipywidgets.widgets.widget._instances)


def test_running_a_cell_again_frees_its_old_explorer(shell, capsys):
    made_of(shell, MAKE.format(name="a"), "one")
    other = made_of(shell, MAKE.format(name="b"), "two")
    before = open_widgets()
    old = [made_of(shell, MAKE.format(name="a"), "one") for _ in range(6)]
    gc.collect()
    assert open_widgets() == before
    assert [reference() for reference in old[:-1]] == [None] * 5 and old[-1]() is shell.user_ns["a"]
    assert other() is shell.user_ns["b"] and other().view.comm is not None
    assert len(shell.user_ns["Out"]) <= 3  # the last result of each cell, and one that IPython calls _


def test_a_front_end_without_ids_of_cells(shell, capsys):
    before = open_widgets()
    for _ in range(3):
        made_of(shell, MAKE.format(name="a"))
        made_of(shell, MAKE.format(name="b"))
    shell.run_cell(MAKE.format(name="a") + " # changed")
    gc.collect()
    each = (open_widgets() - before) / 3
    shell.user_ns["a"].close()
    assert each == int(each) and open_widgets() == before + 2 * each


@pytest.mark.parametrize(
    "code",
    [
        "show(PLOT, wave(1.0))",
        "predict('How much?')",
        "quiz(('Which?', {'this': 'Right.', 'that': 'No.'}))",
        "predict('How much?', lesson='1.1')",
        "predict('How much?', lesson='1.1').compare(3)",
        "quiz('1.1')",
    ],
)
def test_every_widget_of_the_kit(shell, capsys, code):
    made_of(shell, code, "one")
    before = open_widgets()
    old = made_of(shell, code, "one")
    made_of(shell, code, "one")
    gc.collect()
    assert open_widgets() == before and old() is None


def test_closing_frees_everything_and_keeps_the_last_result():
    before = open_widgets()
    explorer = explore(wave, plot=PLOT, say="{speed}", speed=Slider("Speed", "", 0, 9, start=1))
    view = weakref.ref(explorer.view)
    explorer.close()
    assert open_widgets() == before
    assert explorer.sentence == "1.0" and explorer.result["x"] is GRID
    del explorer
    gc.collect()
    assert view() is None


def test_outside_of_a_notebook_nothing_is_remembered():
    reruns.remember(show(PLOT, wave(1.0)))
    assert reruns._made == {}


def test_a_run_is_known_by_the_id_of_its_cell_else_by_its_text():
    info = ExecutionInfo("  x = 1\n", True, False, True, "abc")
    assert reruns._cell_of(info.cell_id, info.raw_cell) == "id abc"
    assert reruns._cell_of(None, info.raw_cell) == reruns._cell_of(None, "x = 1")
