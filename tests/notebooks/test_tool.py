"""The maintainer's tool that executes and normalises notebooks."""

import json

import pytest

from tests.notebooks.test_form import ROOT, tool
from tools.contact_sheet import made_by, settings

WIDGET = {
    "application/vnd.jupyter.widget-view+json": {"model_id": "0a1b"},
    "image/png": "aGVsbG8=\n",
    "text/plain": ["It costs 5 %."],
}


def notebook(**cell):
    return {
        "cells": [{"cell_type": "code", "source": "1 + 1", "metadata": {}, "outputs": [], "execution_count": 7} | cell]
    }


def normal(*args, **kwargs):
    return json.loads(tool.normal_form(*args, **kwargs))["cells"]


def test_normal_form_is_a_fixed_point_and_drops_what_changes_from_run_to_run():
    noisy = notebook(
        metadata={
            "execution": {"iopub.execute_input": "2026-01-01"},
            "tags": ["nbval-ignore-output"],
            "collapsed": True,
        },
        outputs=[{"output_type": "execute_result", "execution_count": 7, "data": WIDGET, "metadata": {"a": 1}}],
    )
    noisy["metadata"] = {"widgets": {"state": {}}, "kernelspec": {"name": "conda-x"}}
    once = tool.normal_form(noisy, outputs=True)
    assert tool.normal_form(json.loads(once), outputs=True) == once
    (cell,) = json.loads(once)["cells"]
    assert cell["metadata"] == {"tags": ["nbval-ignore-output"]} and cell["execution_count"] == 1
    assert cell["outputs"][0]["data"] == {"image/png": "aGVsbG8=\n", "text/plain": ["It costs 5 %."]}
    assert json.loads(once)["metadata"] == tool.NOTEBOOK_METADATA


def test_cells_keep_their_id_and_get_one_of_words_if_they_have_none():
    cells = [
        {"cell_type": "markdown", "source": "# The puzzle of 2023", "metadata": {}} | extra
        for extra in ({}, {}, {"id": "x"})
    ]
    assert [cell["id"] for cell in normal({"cells": cells}, outputs=True)] == [
        "the-puzzle-of-2023",
        "the-puzzle-of-2023-2",
        "x",
    ]


def test_an_address_in_memory_is_not_kept():
    stream = {"output_type": "stream", "name": "stdout", "text": ["<Pool at 0x7f3a12345678>\n"]}
    assert normal(notebook(outputs=[stream]), outputs=True)[0]["outputs"][0]["text"] == ["<Pool at 0x…>\n"]


def test_labs_lose_their_outputs():
    stream = {"output_type": "stream", "name": "stdout", "text": ["1\n"]}
    assert normal(notebook(outputs=[stream]), outputs=False)[0]["outputs"] == []


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ({"output_type": "error", "ename": "ValueError", "evalue": "no", "traceback": []}, "ends in ValueError: no"),
        ({"output_type": "stream", "name": "stderr", "text": ["DeprecationWarning: old"]}, "warns: DeprecationWarning"),
        ({"output_type": "stream", "name": "stdout", "text": [f"{tool.ROOT}/course"]}, "shows a path of this machine"),
        ({"output_type": "stream", "name": "stdout", "text": ["x" * 100_000]}, "allowed are fewer than 100,000"),
    ],
)
def test_faults_are_found(output, said):
    text = tool.normal_form(notebook(outputs=[output]), outputs=True)
    assert any(said in fault for fault in tool.faults(tool.ROOT / "course/x.ipynb", text))


def test_executing_twice_gives_the_same_bytes(tmp_path):
    path = tmp_path / "small.ipynb"
    path.write_text(
        json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}} | notebook(id="a", source="print(1)\n2"))
    )
    first, second = (tool.normal_form(tool.execute(path), outputs=True) for _ in range(2))
    assert first == second
    assert [output["output_type"] for output in json.loads(first)["cells"][0]["outputs"]] == [
        "stream",
        "execute_result",
    ]


def test_a_stream_that_came_in_pieces_is_one():
    pieces = [{"output_type": "stream", "name": name, "text": text} for name, text in
              (("stdout", "a\nb"), ("stdout", ["c\n", "d"]), ("stderr", "e"), ("stdout", "f"))]  # fmt: skip
    outputs = normal(notebook(outputs=pieces), outputs=True)[0]["outputs"]
    assert [output["text"] for output in outputs] == [["a\n", "bc\n", "d"], ["e"], ["f"]]


def test_contact_sheets_find_every_explorer_of_a_lesson(monkeypatch, capsys):
    path = ROOT / "course/1_exchange/01_swaps.ipynb"
    monkeypatch.chdir(path.parent)
    made = made_by(path)
    assert len(made) == 2 and capsys.readouterr().out == "", "what cells print is no part of a sheet"
    assert next(title for title, _ in settings(made[0])) == "At the start"
