"""What gives a prediction's answer away waits for the commitment, also after Run All."""

import gc
import sys

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbclient import NotebookClient

from defi_lib.explore import bet, predict, reruns
from defi_lib.explore.questions import prediction
from defi_lib.progress import place

TELLS = """
print("before")
guess.withhold()
print("the answer", end=" ")
print("is 3")
display({"answer": 3})
print("so", file=sys.stderr)
4
"""


@pytest.fixture
def shell(monkeypatch):
    monkeypatch.setattr(prediction, "_kept", {})
    monkeypatch.setattr(prediction, "has_reader", lambda: True)
    monkeypatch.setattr(reruns, "_watched", None)
    monkeypatch.setattr(reruns, "_made", {})
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.user_ns |= {"guess": predict("How much?", lesson="1.1"), "sys": sys}
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def withheld_by(shell):
    (box,) = [each for each in shell.user_ns["guess"]._kept.waiting if isinstance(each, prediction.Withheld)]
    return box


def shown(box):
    return [output.get("text") or output["data"]["text/plain"] for output in box.children[-1].outputs]


def test_a_cell_says_nothing_before_the_commitment_and_all_of_it_after(shell, capsys):
    hook, publisher, stdout = sys.displayhook, shell.display_pub, sys.stdout
    shell.run_cell(TELLS).raise_error()
    assert (sys.displayhook, shell.display_pub, sys.stdout) == (hook, publisher, stdout)
    out, err = capsys.readouterr()
    assert out.startswith("before\n") and "3" not in out and "4" not in out and err == "so\n"

    box, guess = withheld_by(shell), shell.user_ns["guess"]
    assert shown(box) == [] and "Commit to a prediction first" in box.children[1].value
    guess.commit(7)
    assert shown(box) == ["the answer is 3\n", "{'answer': 3}", "4"] and box.children[1].value == ""
    guess.change()
    assert shown(box) == [] and "Commit to a prediction first" in box.children[1].value
    guess.commit(6)
    assert shown(box)[0] == "the answer is 3\n"


def test_the_next_cell_shows_what_it_prints(shell, capsys):
    shell.run_cell(TELLS).raise_error()
    capsys.readouterr()
    shell.run_cell("print('more')").raise_error()
    assert capsys.readouterr().out == "more\n"


def test_after_the_commitment_and_without_a_reader_nothing_is_withheld(shell, capsys, monkeypatch):
    shell.user_ns["guess"].commit(7)
    shell.run_cell(TELLS).raise_error()
    assert "the answer is 3\n" in capsys.readouterr().out
    shell.user_ns["guess"].change()
    monkeypatch.setattr(prediction, "has_reader", lambda: False)
    shell.run_cell(TELLS).raise_error()
    assert "the answer is 3\n" in capsys.readouterr().out


def test_an_exception_ends_the_withholding(shell, capsys):
    stdout = sys.stdout
    assert shell.run_cell("guess.withhold(); print(3); 1 / 0").error_in_exec
    assert sys.stdout is stdout
    shell.run_cell("print('more')").raise_error()
    assert capsys.readouterr().out.endswith("more\n")
    shell.user_ns["guess"].commit(7)
    assert shown(withheld_by(shell))[0].startswith("3\n")


def test_twice_in_a_cell_is_once(shell, capsys):
    stdout = sys.stdout
    shell.run_cell("guess.withhold(); guess.withhold(); print(3)").raise_error()
    assert sys.stdout is stdout
    assert "3" not in capsys.readouterr().out


def test_a_cell_that_is_run_again_leaves_nothing_behind(shell):
    for _ in range(3):
        shell.run_cell("guess.withhold(); print(3)").raise_error()
    gc.collect()
    shell.user_ns["guess"].commit(7)
    assert shown(withheld_by(shell)) == ["3\n"]


def test_in_a_kernel_of_a_reader(monkeypatch):
    for name in (place.SWITCH, *place._TOOLS):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JPY_SESSION_NAME", "course/1_exchange/01_swaps.ipynb")
    sources = [
        "from defi_lib.explore import predict\nguess = predict('How much?', lesson='1.1')",
        "guess.withhold()\nprint('the answer is 3')\ndisplay('and 4')\n5",
        "guess.withhold()\nprint('hidden')\n1 / 0",
        "print('more')\nguess.commit(7)",
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])
    client = NotebookClient(notebook, kernel_name="python3", store_widget_state=True, timeout=60, allow_errors=True)
    client.execute()
    (output,) = notebook.cells[1].outputs
    assert "Commit to a prediction first" in output["data"]["text/plain"] and "3" not in output["data"]["text/plain"]
    assert [each["output_type"] for each in notebook.cells[2].outputs] == ["display_data", "error"]
    assert [each["text"] for each in notebook.cells[3].outputs] == ["more\n"]
    states = notebook.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
    kept = next(each["state"]["outputs"] for each in states if each["model_name"] == "OutputModel")
    assert [each.get("text") or each["data"]["text/plain"] for each in kept] == ["the answer is 3\n", "'and 4'", "5"]


def test_what_waits_for_a_bet_asks_for_the_bet(shell):
    shell.user_ns["guess"] = bet("X9a", lesson="1.1")
    shell.run_cell(TELLS).raise_error()
    said = withheld_by(shell).children[1].value
    assert "Place your bet first" in said and "prediction" not in said
