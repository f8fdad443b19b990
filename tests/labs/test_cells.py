"""Cells of a notebook: a loop ends, and what did not run is not right."""

import time
from concurrent.futures import ThreadPoolExecutor

import nbformat
import pytest
from nbclient import NotebookClient

from defi_lib.labs import Lab, equal, kit
from tests.support.cells import shell_of


@pytest.fixture
def lab():
    lab = Lab()

    @lab.question("double", points=1)
    def _double(rng, double):
        yield equal(1, double, (2.0,), 4.0)

    return lab


@pytest.fixture
def shell(lab, monkeypatch):
    monkeypatch.setattr("defi_lib.labs.kit.lab.TIME_LIMIT", 0.3)
    with shell_of(lab) as shell:
        yield shell


def checked(shell):
    return shell.run_cell("check('double')").result


RIGHT = "def double(n):\n    return n + n\n\n\ndouble(2)"


@pytest.mark.parametrize(
    "cell",
    [
        "def double(n):\n    while True: pass\n\n\ndouble(2)",
        "def double(n):\n    while True:\n        try: n += 1\n        except Exception: pass\n\n\ndouble(2)",
        "double = 0\nwhile True: double += 1",
        "%%time\ndef double(n):\n    while True: pass\ndouble(2)",
    ],
)
def test_a_loop_in_the_cell_of_an_answer_is_stopped(shell, cell):
    begin = time.monotonic()
    result = shell.run_cell(cell)
    assert time.monotonic() - begin < 3
    assert type(result.error_in_exec).__name__ == "TookTooLongError"
    assert shell.run_cell("1 + 1").result == 2


def test_so_is_one_in_a_cell_that_only_tries_it(shell):
    shell.run_cell("def double(n):\n    while True: pass")
    assert shell.run_cell("print(double(2))").error_in_exec is not None


def test_a_cell_without_an_answer_may_take_its_time(shell):
    assert (
        shell.run_cell("import time\nend = time.monotonic() + 0.6\nwhile time.monotonic() < end: pass\n7").result == 7
    )


def test_a_cell_that_only_waits_is_left_alone(shell):
    cell = "import asyncio\nawait asyncio.sleep(0.5)\nlen('double')"
    with ThreadPoolExecutor(1) as alone:  # a browser test may have left an event loop running in this thread
        assert alone.submit(shell.run_cell, cell).result().success


def test_the_example_may_fail_if_the_function_is_there(shell):
    shell.run_cell("def double(n):\n    return 2 * n\ndouble('a', 'b')")
    assert checked(shell).status == kit.RIGHT


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        ("def double(n)\n    return n", "SyntaxError in line 1, expected ':'"),
        ("def double(n):\nreturn n", "IndentationError in line 2"),
        ("deff double(n):\n    return n", "SyntaxError in line 1"),
        ("n = nothing\ndef double(n):\n    return n", "NameError: name 'nothing' is not defined"),
        ("double = nothing", "NameError: name 'nothing' is not defined"),
    ],
)
def test_a_cell_that_did_not_run_is_not_right(shell, cell, said):
    shell.run_cell(RIGHT)
    assert checked(shell).status == kit.RIGHT
    shell.run_cell(cell)
    feedback = checked(shell)
    assert (feedback.status, feedback.points) == (kit.RAISED, 0)
    assert said in feedback.text and feedback.repeat == ""
    shell.run_cell(RIGHT)
    assert checked(shell).status == kit.RIGHT


def test_nor_is_one_that_makes_another_name_now(shell):
    shell.run_cell(RIGHT, cell_id="a")
    shell.run_cell("def doubel(n):\n    return n + n\n\n\ndouble(2)", cell_id="a")
    assert "it does not make `double` any more" in checked(shell).text
    shell.run_cell("double(2)", cell_id="b")
    assert checked(shell).status == kit.RAISED
    shell.run_cell(RIGHT, cell_id="a")
    assert checked(shell).status == kit.RIGHT


def test_another_cell_with_a_fault_does_no_harm(shell):
    shell.run_cell(RIGHT, cell_id="a")
    shell.run_cell("double(2", cell_id="b")
    shell.run_cell("double == nothing", cell_id="d")
    assert checked(shell).status == kit.RIGHT


@pytest.mark.notebooks
def test_in_a_kernel_as_students_have_it():
    """What the hook stands on, in a real kernel: the message has no traceback, and the kernel lives."""
    cells = [
        "from defi_lib.labs.exchange.swaps import check\nfrom defi_lib.labs.kit import lab\nlab.TIME_LIMIT = 1",
        "def swap(amount_in, reserve_in, reserve_out, fee):\n    while True: pass\n\n\nswap(10, 10, 1_000, 0)",
        "def swap(amount_in, reserve_in, reserve_out, fee):\n    return 1",
        "def swap(amount_in, reserve_in, reserve_out, fee)\n    return 0",
        'check("swap")',
    ]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, allow_errors=True, kernel_name="python3", timeout=60).execute()
    (stopped,) = notebook.cells[1].outputs
    (line,) = stopped.traceback
    assert line.startswith("∞ Stopped after a few seconds") and "\n" not in line
    assert notebook.cells[2].outputs == []
    (said,) = notebook.cells[4].outputs
    assert said.data["text/plain"] == "0" and "SyntaxError in line 1" in said.data["text/html"]
