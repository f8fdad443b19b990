"""What counts as a difference between two runs, and what is run again."""

import json

import pytest

from tools.editions.wasm import results as kept
from tools.editions.wasm.compare import WITHOUT_CRYPTOGRAPHY, differences, faults, from_shipped, same, shipped
from tools.editions.wasm.worlds import World


def said(asked=None, **cells):
    return {"cells": cells, "asked": asked or {}, "seconds": {"all": 1.0}, "files": ["defi_lib/__init__.py"]}


def test_every_kind_of_text_is_compared():
    want = said(a={"printed": "Gini 0.482\n"}, b={"displayed": [{"text/plain": "1", "text/html": "<b>1</b>"}]})
    assert differences(want, want) == []
    got = said(a={"printed": "Gini 0.773\n"}, b={"displayed": [{"text/plain": "1", "text/html": "<b>2</b>"}]})
    assert differences(want, got) == [
        "a, printed: 'Gini 0.482\\n' | 'Gini 0.773\\n'",
        "b, displayed: text/html: '<b>1</b>' | '<b>2</b>'",
    ]
    assert differences(want, said(a={"printed": "Gini 0.482\n"})) == [
        "b, displayed: \"[{'text/plain': '1', 'text/html': '<b>1</b>'}]\" | 'nothing'"
    ]
    assert differences(said(), said(a={"warned": "overflow"})) == ["a, warned: 'nothing' | 'overflow'"]
    assert differences(said(), {"failed": "no memory"}) == ["it could not be run: no memory"]


def test_what_explorers_draw_is_compared_to_a_precision():
    want = said({"explorer 0, drawn": {"cost": [[3], 1.0, 1e-30, -2.5]}})
    near = said({"explorer 0, drawn": {"cost": [[3], 1.0 + 1e-12, 2e-30, -2.5]}})
    left_over = said({"explorer 0, drawn": {"gap": [[], 2.2e-16]}})
    assert differences(left_over, said({"explorer 0, drawn": {"gap": [[], 0.0]}})) == []
    far = said({"explorer 0, drawn": {"cost": [[3], 1.0, 1e-30, -2.5001]}})
    assert differences(want, near) == []
    assert differences(want, far) != []
    assert not same([1.0, 2.0], [1.0]) and not same({"a": 1.0}, {"b": 1.0}) and not same("1", 1)
    assert same(["inf", 1.0], ["inf", 1.0]) and not same(["inf"], [1.0])


def test_only_the_sentence_on_cryptography_may_be_more():
    here = said(a={"printed": "x"})
    assert differences(here, said(a={"printed": "x", "warned": f"{WITHOUT_CRYPTOGRAPHY}: slow.\n"})) == []
    assert differences(here, said(a={"printed": "x", "warned": f"{WITHOUT_CRYPTOGRAPHY}.\nRuntimeWarning\n"})) != []


def test_errors_and_wrong_answers_are_faults_whatever_the_other_world_says():
    result = said(a={"error": "OverflowError: too large"}, b={"check": ["Wrong", "no"]}, c={"check": ["Right", ""]})
    assert faults(result) == ["a: OverflowError: too large", "b: Wrong: no"]
    assert differences(said(a={"check": ["Right", "12"]}), said(a={"check": ["Right", "13"]})) == []
    assert faults({"failed": "no memory"}) == ["it could not be run: no memory"]


def test_a_committed_notebook_is_read_in_the_form_of_the_runner(tmp_path):
    cells = [
        {"cell_type": "markdown", "id": "m", "source": []},
        {
            "cell_type": "code",
            "id": "a",
            "outputs": [
                {"output_type": "stream", "name": "stdout", "text": ["1\n", "2\n"]},
                {
                    "output_type": "execute_result",
                    "data": {"text/plain": ["x"], "image/png": "…", "text/html": ['<img src="…">']},
                },
            ],
        },
    ]
    path = tmp_path / "some.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    committed = shipped(path)
    assert committed["cells"] == {
        "a": {"printed": "1\n2\n", "displayed": [{"text/plain": "x", "text/html": '<img src="…">'}]}
    }
    shown = [{"text/plain": "x", "text/html": "<p>"}]
    assert from_shipped(committed, said(a={"printed": "1\n2\n", "displayed": shown})) == []
    assert from_shipped(committed, said(a={"printed": "1\n3\n", "displayed": [{"text/plain": "y"}]})) == [
        "a, printed: '1\\n2\\n' | '1\\n3\\n'",
        "a, text/plain: 'x' | 'y'",
    ]
    assert from_shipped(committed, said(a={"printed": "1\n2\n"})) == ["a: 1 outputs shipped, 0 shown"]


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A course of two files, and a list of the notebooks that were really run."""
    for name, text in (("defi_lib/__init__.py", "x"), ("defi_lib/other.py", "y"), ("course/one.ipynb", "{}")):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    ran = []

    class Told:
        def __init__(self, world):
            pass

        def run(self, notebook):
            ran.append(notebook)
            return {"failed": "once"} if len(ran) == 1 else said(a={"printed": str(len(ran))})

        def close(self):
            pass

    monkeypatch.setattr(kept, "ROOT", tmp_path)
    monkeypatch.setattr(kept, "KEPT", tmp_path / "kept")
    monkeypatch.setattr(kept, "Process", Told)
    return tmp_path, ran


def test_only_what_has_changed_is_run_again(runs):
    root, ran = runs
    one, other = World("wasm", [], "1"), World("wasm", [], "2")

    def run(world=one):
        return kept.results(world, ["course/one.ipynb"])["course/one.ipynb"]

    assert run() == {"failed": "once"}  # what failed is not kept
    assert run()["cells"]["a"]["printed"] == run()["cells"]["a"]["printed"] == "2"
    (root / "defi_lib" / "other.py").write_text("changed", encoding="utf-8")  # the notebook does not read it
    assert run()["cells"]["a"]["printed"] == "2"
    (root / "defi_lib" / "__init__.py").write_text("changed", encoding="utf-8")
    assert run()["cells"]["a"]["printed"] == "3"
    (root / "course" / "one.ipynb").write_text("{ }", encoding="utf-8")
    assert run()["cells"]["a"]["printed"] == "4"
    assert run(other)["cells"]["a"]["printed"] == "5"
    assert len(ran) == 5
