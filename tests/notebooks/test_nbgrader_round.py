"""An instructor's whole round with nbgrader in a copy of the course: generate, collect, autograde, export."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from traitlets.config import PyFileConfigLoader

from defi_lib.labs.kit.lab import TIME_LIMIT

ROOT = Path(__file__).resolve().parents[2]
SWAPS, LIQUIDITY = NOTEBOOKS = ["1_exchange/01_swaps.ipynb", "1_exchange/02_liquidity_and_mev.ipynb"]
FULL_POINTS = 17 + 19

pytestmark = [pytest.mark.notebooks, pytest.mark.xdist_group("nbgrader")]


def nbgrader(course, *arguments):
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "JUPYTER_CONFIG_DIR": str(course / "no_user_settings"),
    }
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", *arguments], cwd=course, env=environment, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout + run.stderr


def read(course, folder):
    return {path: json.loads((course / folder / path).read_text(encoding="utf-8")) for path in NOTEBOOKS}


def answered(solved, blank, own):
    """The blank labs with some cells replaced: by the solution (True) or by the student's own code.

    A lab in which nothing is answered is not handed in.
    """
    labs = json.loads(json.dumps(blank))
    for path, lab in blank.items():
        if not any(own.get(question(cell)) for cell in lab["cells"] if cell["id"].startswith("answer-")):
            del labs[path]
    for path, lab in labs.items():
        solutions = {cell["id"]: cell["source"] for cell in solved[path]["cells"]}
        for cell in lab["cells"]:
            code = cell["id"].startswith("answer-") and own.get(question(cell))
            if code:
                cell["source"] = solutions[cell["id"]] if code is True else code
    return labs


def solved_then(solved, name, line):
    """The solution of a question, and one more line."""
    cells = [cell for notebook in solved.values() for cell in notebook["cells"]]
    (source,) = ["".join(cell["source"]) for cell in cells if cell["id"] == f"answer-{name.replace('_', '-')}"]
    return f"{source}\n{line}"


def question(cell):
    return cell["id"].removeprefix("answer-").replace("-", "_")


@pytest.fixture(scope="module")
def grades(tmp_path_factory):
    course = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copytree(ROOT / "solutions/1_exchange", course / "solutions/1_exchange")
    nbgrader(course, "generate_assignment", "1_exchange", "--create")
    solved, blank = read(course, "solutions"), read(course, "labs")

    answers = [cell for lab in blank.values() for cell in lab["cells"] if cell["id"].startswith("answer-")]
    every = dict.fromkeys(map(question, answers), True)
    no_fee = "def swap(dx, x, y, fee):\n    return y * dx / (x + dx)"
    no_array = (
        "import math\ndef position(price, ether, dollars):\n    value = 2 * math.sqrt(ether * dollars * price)\n"
        "    return value, value / (ether * price + dollars) - 1"
    )
    swaps = {question(cell): True for cell in blank[SWAPS]["cells"] if cell["id"].startswith("answer-")}
    submissions = {
        "right": every,
        # the fee forgotten in question 1 (1 of 2); question 2 follows the student's own swap (3); question 3 right (2);
        # a position for one price only (2 of 3), on which break-even stands (2); all else is blank and earns nothing
        "half": {
            "swap": no_fee,
            "pool_after": True,
            "amount_to_pay": True,
            "position": no_array,
            "break_even_volume": True,
        },
        # a student who changes a check gets the instructor's check again
        "wrong_and_cheating": {
            "swap": "def swap(*arguments):\n    return 1.0",
            "price_impact": "def price_impact(*a): return a",
            "position": "def position(*a): return 1.0",
            "who_paid": "def who_paid(*a): return 7",
        },
        "crashing": every | {"amount_to_pay": "1 / 0", "arbitrage": "1 / 0"},
        # from here on the first lab only; without a swap, only question 3 of it has something to stand on
        "unreadable": swaps | {"swap": "def swap(:\n"},
        "printing": swaps | {"swap": "def swap(dx, x, y, fee):\n    print(y * dx / (x + dx))\n\n\nswap(1, 1, 1, 0)"},
        # the last line of the cell never ends, and costs nothing: the function above it is right
        "looping_below": swaps | {"amount_to_pay": solved_then(solved, "amount_to_pay", "while amount_to_pay: pass")},
        "looping": swaps | {"amount_to_pay": "def amount_to_pay(*a):\n    while True: pass"},
        "endless": swaps | {"amount_to_pay": "while True: pass"},
    }
    for student, own in submissions.items():
        for path, lab in answered(solved, blank, own).items():
            for cell in lab["cells"]:
                if "cheating" in student and cell["id"].startswith("check-"):
                    cell["source"] = "2"
            submitted = course / "submitted" / student / path
            submitted.parent.mkdir(parents=True, exist_ok=True)
            submitted.write_text(json.dumps(lab), encoding="utf-8")
    (course / "nbgrader_config.py").open("a").write("\nc.RunInBox.cell = 8\n")  # the test need not wait longer
    nbgrader(course, "autograde", "1_exchange", "--create")
    nbgrader(course, "generate_feedback", "1_exchange", "--student", "half")
    for path, said in ((SWAPS, "The fee is missing"), (LIQUIDITY, "instead of <code>math.sqrt</code>")):
        assert said in (course / "feedback/half" / path).with_suffix(".html").read_text(encoding="utf-8")
    nbgrader(course, "export")
    with (course / "grades.csv").open(newline="") as file:
        return {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}


def test_a_loop_is_stopped_by_the_lab_before_nbgrader_gives_up():
    settings = PyFileConfigLoader("nbgrader_config.py", path=str(ROOT)).load_config()
    assert settings.RunInBox.cell > TIME_LIMIT


@pytest.mark.parametrize(
    ("student", "points"),
    [
        ("right", FULL_POINTS),
        ("half", 1 + 3 + 2 + 2 + 2),
        ("wrong_and_cheating", 0),
        ("crashing", FULL_POINTS - 2 - 3 - 3),
        ("unreadable", 5),
        ("printing", 5),
        ("looping_below", 17),
        ("looping", 17 - 2),
        ("endless", 17 - 2),
    ],
)
def test_points_in_the_exported_table(grades, student, points):
    assert grades[student] == (points, FULL_POINTS)
