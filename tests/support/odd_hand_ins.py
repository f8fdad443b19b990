"""Odd hand-ins of lab 1.1, as students and editors make them: a function for each kind gives what is handed in.

Each is called with the solved and the blank lab (dictionaries that it may change) and gives a notebook, or bytes.
``KINDS`` says of each what it must earn: of 17 points; nothing if it cannot be graded.
"""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

ROOT = Path(__file__).resolve().parents[2]
FULL = 17.0
Notebook: TypeAlias = dict[str, Any]
Made: TypeAlias = Notebook | bytes


class Kind(NamedTuple):
    """One kind: how it is made, what it earns, the name of its file."""

    make: Callable[[Notebook, Notebook], Made]
    points: float | None
    file: str = "01_swaps.ipynb"
    changed: bool = False  #: nbgrader alone gave another grade, or stopped
    slow: bool = False


KINDS: dict[str, Kind] = {}


def kind(
    points: float | None, file: str = "01_swaps.ipynb", changed: bool = False, slow: bool = False
) -> Callable[[Any], Any]:
    """Register a kind under the name of its function."""

    def register(make: Callable[[Notebook, Notebook], Made]) -> Callable[[Notebook, Notebook], Made]:
        KINDS[make.__name__] = Kind(make, points, file, changed, slow)
        return make

    return register


def made(name: str) -> bytes:
    """The file of a kind."""
    files = [ROOT / each / "1_exchange/01_swaps.ipynb" for each in ("solutions", "labs")]
    solved, blank = (json.loads(file.read_text(encoding="utf-8")) for file in files)
    result = KINDS[name].make(solved, blank)
    return result if isinstance(result, bytes) else json.dumps(result, ensure_ascii=False).encode()


def cell(nb: Notebook, id: str) -> dict[str, Any]:
    (found,) = [each for each in nb["cells"] if each.get("id") == id]
    return found


def place(nb: Notebook, id: str) -> int:
    return nb["cells"].index(cell(nb, id))


def code(source: str) -> dict[str, Any]:
    number = random.Random(source).randrange(10**9)
    return {
        "cell_type": "code",
        "id": f"own-{number}",
        "metadata": {},
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


def with_first(nb: Notebook, source: str, after: str = "setup") -> Notebook:
    """One more cell, behind the set-up."""
    nb["cells"].insert(place(nb, after) + 1, code(source))
    return nb


def answered(nb: Notebook, question: str, source: str) -> Notebook:
    cell(nb, f"answer-{question}")["source"] = source
    return nb


def below(nb: Notebook, question: str, line: str) -> Notebook:
    """One more line at the end of an answer."""
    own = cell(nb, f"answer-{question}")
    own["source"] = "".join(own["source"]) + f"\n{line}"
    return nb


# --- cells


@kind(FULL)
def right(solved, blank):
    return solved


@kind(0)
def untouched(solved, blank):
    return blank


@kind(FULL, changed=True)
def copied_check(solved, blank):
    solved["cells"].insert(place(solved, "check-swap"), copy.deepcopy(cell(solved, "check-swap")))
    return solved


@kind(FULL)
def copied_answer(solved, blank):
    solved["cells"].insert(place(solved, "answer-swap"), copy.deepcopy(cell(solved, "answer-swap")))
    return solved


@kind(FULL)
def split_answer(solved, blank):
    own = cell(solved, "answer-pool-after")
    lines = "".join(own["source"]).split("\n\n\n")
    own["source"] = lines[0]
    solved["cells"].insert(
        place(solved, "answer-pool-after") + 1, copy.deepcopy(own) | {"id": "second-half", "source": lines[1]}
    )
    return solved


@kind(FULL, changed=True)
def deleted_check(solved, blank):
    del solved["cells"][place(solved, "check-swap")]
    return solved


@kind(FULL)
def deleted_all_checks(solved, blank):
    solved["cells"] = [each for each in solved["cells"] if not each["id"].startswith("check-")]
    return solved


@kind(FULL, changed=True)
def deleted_set_up(solved, blank):
    del solved["cells"][place(solved, "setup")]
    return solved


@kind(FULL - 2)
def deleted_answer_and_check(solved, blank):
    for id in ("answer-amount-to-pay", "check-amount-to-pay"):
        del solved["cells"][place(solved, id)]
    return solved


@kind(FULL)
def merged_answer_and_check(solved, blank):
    below(solved, "swap", 'check("swap")')
    del solved["cells"][place(solved, "check-swap")]
    return solved


@kind(FULL)
def merged_check_and_next_answer(solved, blank):
    own = cell(solved, "answer-pool-after")
    cell(solved, "check-swap")["source"] = 'check("swap")\n' + "".join(own["source"])
    del solved["cells"][place(solved, "answer-pool-after")]
    return solved


@kind(FULL)
def check_as_markdown(solved, blank):
    cell(solved, "check-swap").update(cell_type="markdown")
    return solved


@kind(FULL)
def answer_as_markdown(solved, blank):
    cell(solved, "answer-swap").update(cell_type="markdown")
    return solved


@kind(FULL)
def answer_as_raw(solved, blank):
    cell(solved, "answer-swap").update(cell_type="raw")
    return solved


@kind(0)
def changed_checks(solved, blank):
    for each in blank["cells"]:
        if each["id"].startswith("check-"):
            each["source"] = "2"
    return blank


@kind(0)
def raised_points(solved, blank):
    for each in blank["cells"]:
        if each["id"].startswith("check-"):
            each["metadata"]["nbgrader"]["points"] = 100
    return blank


@kind(FULL, changed=True)
def lost_metadata(solved, blank):
    for each in solved["cells"]:
        each["metadata"] = {}
    return solved


@kind(FULL)
def lost_metadata_and_ids(solved, blank):
    for number, each in enumerate(solved["cells"]):
        each.update(metadata={}, id=f"x{number}")
    return solved


@kind(FULL)
def moved_to_the_end(solved, blank):
    cells = solved["cells"]
    cells.append(cells.pop(place(solved, "answer-price-impact")))
    cells.append(cells.pop(place(solved, "check-price-impact")))
    return solved


@kind(FULL)
def only_answers(solved, blank):
    solved["cells"] = [each for each in solved["cells"] if each["id"].startswith("answer-")]
    return solved


# --- files


@kind(FULL, file="01_swaps (1).ipynb", changed=True)
def renamed_by_a_browser(solved, blank):
    return solved


@kind(FULL, file="my homework.ipynb")
def renamed(solved, blank):
    return solved


@kind(FULL, changed=True)
def marked_utf8(solved, blank):
    return b"\xef\xbb\xbf" + json.dumps(solved, ensure_ascii=False).encode()


@kind(FULL)
def latin_1(solved, blank):
    text = json.dumps(with_first(solved, "# naïve, größer"), ensure_ascii=False)
    return text.encode("cp1252", errors="replace")


@kind(FULL)
def utf16(solved, blank):
    return json.dumps(solved).encode("utf-16")


@kind(None)
def empty(solved, blank):
    return b""


@kind(None)
def broken(solved, blank):
    return json.dumps(solved).encode()[:-200]


@kind(None)
def conflict_of_git(solved, blank):
    return json.dumps(solved, indent=1).replace('"cells": [', '<<<<<<< HEAD\n"cells": [').encode()


@kind(None)
def a_page(solved, blank):
    return b"<!DOCTYPE html><title>Please log in</title>"


@kind(FULL)
def format_3(solved, blank):
    cells = [
        {
            "cell_type": each["cell_type"],
            "metadata": each["metadata"],
            ("input" if each["cell_type"] == "code" else "source"): each["source"],
        }
        for each in solved["cells"]
    ]
    return {
        "metadata": {"name": ""},
        "nbformat": 3,
        "nbformat_minor": 0,
        "worksheets": [{"cells": cells, "metadata": {}}],
    }


def _minor(solved: Notebook, minor: int, ids: bool) -> Notebook:
    for each in solved["cells"]:
        if not ids:
            each.pop("id")
    return solved | {"nbformat_minor": minor}


@kind(FULL)
def format_4_2(solved, blank):
    return _minor(solved, 2, ids=False)


@kind(FULL)
def format_4_4_with_ids(solved, blank):
    return _minor(solved, 4, ids=True)


@kind(FULL)
def format_4_5_without_ids(solved, blank):
    return _minor(solved, 5, ids=False)


@kind(FULL)
def other_kernel(solved, blank):
    solved["metadata"]["kernelspec"] = {"name": "conda-base-py", "display_name": "conda", "language": "python"}
    return solved


@kind(FULL)
def no_metadata(solved, blank):
    return solved | {"metadata": {}}


# --- silence, and other ways to points without an answer


@kind(0, changed=True)
def silent(solved, blank):
    return with_first(blank, "%config InteractiveShell.ast_node_interactivity = 'none'")


@kind(0, changed=True)
def own_check(solved, blank):
    return with_first(blank, 'def check(name): print("my own check of", name)')


@kind(0)
def check_that_does_nothing(solved, blank):
    return with_first(blank, "check = lambda *a, **k: None")


@kind(0)
def patched_feedback(solved, blank):
    return with_first(
        blank, "from defi_lib.labs.kit import Feedback\nFeedback.__repr__ = lambda self: f'{self.out_of:g}'"
    )


@kind(0)
def patched_comparison(solved, blank):
    functions = [
        "swap",
        "pool_after",
        "amount_to_pay",
        "price_impact",
        "sell_in_parts",
        "follow_the_money",
        "turning_amount",
    ]
    answers = "\n".join(f"def {each}(*a): return 1.0, 1.0, 1.0" for each in functions)
    for each in functions:
        answered(blank, each.replace("_", "-"), f"def {each}(*a): return 1.0, 1.0, 1.0")
    patch = "import defi_lib.labs.exchange.swaps as s\nfrom defi_lib.labs.kit import Part"
    patch += "\ns.equal = lambda points, *a, **k: Part(points)"
    return with_first(blank, f"{patch}\n{answers}")


@kind(0)
def patched_lab(solved, blank):
    return with_first(blank, "import defi_lib.labs.exchange.swaps as s\ns.check = s.lab.check = lambda *a, **k: 3")


@kind(0)
def solutions_from_the_folder(solved, blank):
    source = """\
import json, pathlib
for up in pathlib.Path.cwd().resolve().parents:
    for file in up.glob("solutions/1_exchange/01_swaps.ipynb"):
        for cell in json.loads(file.read_text())["cells"]:
            if cell["id"].startswith("answer-"):
                exec("".join(cell["source"]))"""
    for each in blank["cells"]:
        if each["id"].startswith("answer-"):
            each["source"] = ""
    return with_first(blank, source)


@kind(FULL)
def show_all(solved, blank):
    return with_first(solved, "%config InteractiveShell.ast_node_interactivity = 'all'")


# --- right answers beside which something else happens


@kind(FULL, changed=True)
def variable_check(solved, blank):
    return below(solved, "pool-after", "check = abs(after[0] - 101) < 1e-9")


@kind(FULL, changed=True)
def logging_on(solved, blank):
    with_first(solved, "import logging\nlogging.basicConfig(level=logging.INFO)")
    own = cell(solved, "answer-swap")
    own["source"] = "".join(own["source"]).replace("    net_in", "    logging.info('a trade')\n    net_in", 1)
    return solved


@kind(FULL)
def talking_thread(solved, blank):
    source = """\
import sys, threading, time
def talk():
    while True:
        print("still here", file=sys.stderr); time.sleep(0.01)
threading.Thread(target=talk, daemon=True).start()"""
    return with_first(solved, source)


@kind(FULL)
def process_left_running(solved, blank):
    return with_first(
        solved, "import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])"
    )


@kind(FULL)
def forked(solved, blank):
    return with_first(solved, "import os, time\nif os.fork() == 0:\n    time.sleep(600)\n    os._exit(0)")


@kind(FULL - 1)  # numpy's max is another one: the answer to question 7 is wrong in one of two cases
def star_imports(solved, blank):
    return with_first(solved, "from math import *\nfrom numpy import *")


@kind(FULL)
def magics(solved, blank):
    return with_first(solved, "%matplotlib inline\n!ls\n%timeit -n1 -r1 1+1")


@kind(FULL)
def missing_package(solved, blank):
    return with_first(solved, "import a_package_that_nobody_has")


@kind(FULL)
def asks_for_input(solved, blank):
    return with_first(solved, 'name = input("Your name? ")')


@kind(FULL)
def sys_exit(solved, blank):
    return with_first(solved, "import sys\nsys.exit()")


@kind(FULL, changed=True)
def quits(solved, blank):
    return with_first(solved, "quit()")


@kind(FULL)
def billion_lines(solved, blank):
    return with_first(solved, "for i in range(10**9): print(i)")


@kind(FULL)
def changes_folder(solved, blank):
    return with_first(solved, "import os\nos.chdir('/')")


@kind(FULL)
def writes_outside(solved, blank):
    source = """\
import pathlib
for folder in ("..", "../..", "../../..", "/tmp", pathlib.Path.home().parent):
    try:
        pathlib.Path(folder, "WRITTEN_BY_A_STUDENT").write_text("x")
    except OSError:
        pass"""
    return with_first(solved, source)


# --- answers that stop what runs them


@kind(FULL - 2 - 2, changed=True)
def exits_in_an_answer(solved, blank):
    answered(solved, "price-impact", "import os\nos._exit(0)")
    return answered(solved, "amount-to-pay", "def amount_to_pay(*a):\n    import os\n    os._exit(0)")


@kind(FULL)
def exits_below_an_answer(solved, blank):
    return below(solved, "amount-to-pay", "import os; os._exit(0)")


@kind(FULL - 2, changed=True, slow=True)
def long_call_into_c(solved, blank):
    return answered(solved, "amount-to-pay", "def amount_to_pay(*a):\n    return sum(range(10**12))")


@kind(FULL - 2, slow=True)
def endless_loop(solved, blank):
    return answered(solved, "amount-to-pay", "def amount_to_pay(*a):\n    while True: pass")


@kind(FULL - 2, slow=True)
def stubborn_loop(solved, blank):
    source = """\
def amount_to_pay(*a):
    while True:
        try:
            while True: pass
        except BaseException:
            pass"""
    return answered(solved, "amount-to-pay", source)


@kind(FULL - 2, slow=True)
def sleeps(solved, blank):
    return answered(solved, "amount-to-pay", "def amount_to_pay(*a):\n    import time\n    time.sleep(10**6)")


@kind(FULL - 2)
def recursion(solved, blank):
    return answered(solved, "amount-to-pay", "def amount_to_pay(*a):\n    return amount_to_pay(*a)")


@kind(FULL - 2)
def swallows_everything(solved, blank):
    return answered(
        solved,
        "amount-to-pay",
        "def amount_to_pay(*a):\n    try:\n        1 / 0\n    except BaseException:\n        return 1",
    )


@kind(FULL - 2)
def much_memory(solved, blank):
    return answered(solved, "amount-to-pay", "def amount_to_pay(*a):\n    return bytearray(10**11)")


@kind(FULL - 2, slow=True)
def memory_bit_by_bit(solved, blank):
    source = "kept = []\ndef amount_to_pay(*a):\n    while True:\n        kept.append(bytearray(b'x' * 50_000_000))"
    return answered(solved, "amount-to-pay", source)


@kind(FULL - 2)
def not_python(solved, blank):
    return answered(solved, "amount-to-pay", "def amount_to_pay(:\n")


@kind(FULL - 2)
def prints_instead(solved, blank):
    return answered(solved, "amount-to-pay", "def amount_to_pay(a, x, y, f):\n    print(x * a / (y - a) / (1 - f))")


@kind(FULL - 2)
def returns_text(solved, blank):
    return answered(
        solved, "amount-to-pay", "def amount_to_pay(a, x, y, f):\n    return str(x * a / (y - a) / (1 - f))"
    )


@kind(FULL - 2)
def equal_to_everything(solved, blank):
    source = """\
class Any:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0
def amount_to_pay(*a):
    return Any()"""
    return answered(solved, "amount-to-pay", source)
