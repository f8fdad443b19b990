"""The course in WebAssembly says what it says in CPython: a sample that changes with the day, or everything."""

from datetime import date

import pytest

from tests.support.editions import with_packages
from tools.editions.packages import ROOT
from tools.editions.wasm.__main__ import notebooks
from tools.editions.wasm.compare import WITHOUT_CRYPTOGRAPHY, differences, faults, from_shipped, shipped
from tools.editions.wasm.results import results
from tools.editions.wasm.worlds import Process, cpython, pinned, wasm

pytestmark = pytest.mark.xdist_group("wasm")  # one process of node, and one worker that waits for it

LESSONS, SOLUTIONS = 3, 1  # in a day's sample
LOOPS = "tests/editions/endless_loops.ipynb"
SIGNED = "course/3_staking/01_a_ledger_anybody_can_check.ipynb"

#: Too long for a day's sample (seconds of work in WebAssembly). `make test-all` has everything.
NOT_DAILY = {
    "course/2_lending/04_cascades.ipynb": 14,
    "course/8_economy/15_the_book_of_verdicts.ipynb": 35,
}


def sample(day: date) -> list[str]:
    """Some lessons and a solution; each has its turn about once a month."""
    daily = [each for each in notebooks() if each not in NOT_DAILY]
    lessons = [each for each in daily if each.startswith("course/")]
    solutions = [each for each in daily if each.startswith("solutions/")]
    turn = day.toordinal()
    chosen = [lessons[(turn * LESSONS + n) % len(lessons)] for n in range(LESSONS)]
    return [*chosen, *(solutions[(turn * SOLUTIONS + n) % len(solutions)] for n in range(SOLUTIONS))]


@pytest.fixture(scope="module")
def node():
    """Pyodide under node, started once."""
    process = Process(with_packages(wasm))
    yield process
    process.close()


@pytest.fixture(scope="module")
def python():
    """CPython in this environment."""
    process = Process(pinned())
    yield process
    process.close()


@pytest.fixture(scope="module")
def loops(node):
    return node.run(LOOPS)


def test_every_notebook_has_its_turn_in_a_month():
    days = [date.fromordinal(date(2026, 12, 1).toordinal() + n) for n in range(31)]
    assert {each for day in days for each in sample(day)} | NOT_DAILY.keys() == set(notebooks())
    assert all(len(set(sample(day))) == LESSONS + SOLUTIONS for day in days)
    assert all((ROOT / each).is_file() for each in NOT_DAILY)


@pytest.mark.parametrize("notebook", sample(date.today()))
def test_todays_sample_says_what_cpython_says(notebook, node, python):
    there, here = node.run(notebook), python.run(notebook)
    assert faults(there) + differences(here, there) == []


@pytest.mark.parametrize("cell", ["in-the-cell", "in-a-function", "swallowed", "in-a-check"])
def test_an_endless_loop_is_stopped_within_six_seconds(cell, loops):
    said = loops["cells"][cell]
    stopped = said["check"][0] if cell == "in-a-check" else said["error"]
    assert stopped.startswith(
        "Your code took too long" if cell == "in-a-check" else "TookTooLongError: Stopped after a"
    )
    assert 5 <= loops["seconds"][cell] < 6


def test_after_endless_loops_and_calls_everything_works(loops):
    assert loops["cells"]["without-loops"]["printed"] == "too deep\n"
    assert loops["cells"]["checked"]["check"] == ["Right", ""]


def test_without_cryptography_a_sentence_says_so_and_the_numbers_are_the_same(node, python):
    there = node.run(SIGNED)
    said = [cell["warned"] for cell in there["cells"].values() if "warned" in cell]
    assert len(said) == 1 and said[0].startswith(WITHOUT_CRYPTOGRAPHY) and said[0].count("\n") == 1
    assert faults(there) + differences(python.run(SIGNED), there) == []


@pytest.mark.thorough
def test_everything_says_what_cpython_of_the_same_versions_says():
    there = results(with_packages(wasm), notebooks(), workers=2)
    here = results(cpython(), notebooks(), workers=2)
    wrong = {
        each: faults(there[each])
        + differences(here[each], there[each])
        + from_shipped(shipped(ROOT / each), here[each])  # with older versions than those pinned
        for each in notebooks()
    }
    assert {notebook: found for notebook, found in wrong.items() if found} == {}
