"""An instructor's whole round with nbgrader in a copy of the course: generate, collect, autograde, export."""

import csv
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = "1_exchange/01_swaps.ipynb"
FULL_POINTS = 14

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


def answered(solved, blank, **own):
    """The blank lab with some cells replaced: by the solution (True) or by the student's own code."""
    lab = json.loads(json.dumps(blank))
    solutions = {cell["id"]: cell["source"] for cell in solved["cells"]}
    for cell in lab["cells"]:
        code = (
            own.get(cell["id"].removeprefix("answer-").replace("-", "_")) if cell["id"].startswith("answer-") else None
        )
        if code:
            cell["source"] = solutions[cell["id"]] if code is True else code
    return lab


@pytest.fixture(scope="module")
def grades(tmp_path_factory):
    course = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / "nbgrader_config.py", course)
    shutil.copytree(ROOT / "solutions/1_exchange", course / "solutions/1_exchange")
    nbgrader(course, "generate_assignment", "1_exchange", "--create")
    solved = json.loads((course / "solutions" / NOTEBOOK).read_text(encoding="utf-8"))
    blank = json.loads((course / "labs" / NOTEBOOK).read_text(encoding="utf-8"))

    every = dict.fromkeys(
        ["swap", "pool_after", "amount_to_pay", "price_impact", "sell_in_parts", "follow_the_money"], True
    )
    no_fee = "def swap(dx, x, y, fee):\n    return y * dx / (x + dx)"
    submissions = {
        "right": answered(solved, blank, **every),
        # the fee forgotten in question 1 (1 of 2); question 2 follows the student's own swap (3); question 3 right (2)
        "half": answered(solved, blank, swap=no_fee, pool_after=True, amount_to_pay=True),
        "wrong": answered(
            solved, blank, swap="def swap(*arguments):\n    return 1.0", price_impact="def price_impact(*a): return a"
        ),
        "crashing": answered(solved, blank, **every | {"amount_to_pay": "1 / 0"}),
        # without a swap, only question 3 has something to stand on
        "unreadable": answered(solved, blank, **every | {"swap": "def swap(:\n"}),
        "looping": answered(solved, blank, **every | {"amount_to_pay": "def amount_to_pay(*a):\n    while True: pass"}),
        "endless": answered(solved, blank, **every | {"amount_to_pay": "while True: pass"}),
        "blank": blank,
        # a student who changes a check gets the instructor's check again
        "cheating": answered(solved, blank),
    }
    for cell in submissions["cheating"]["cells"]:
        if cell["id"].startswith("check-"):
            cell["source"] = "2"
    for student, lab in submissions.items():
        path = course / "submitted" / student / NOTEBOOK
        path.parent.mkdir(parents=True)
        path.write_text(json.dumps(lab), encoding="utf-8")
    (course / "nbgrader_config.py").open("a").write("\nc.Execute.timeout = 8\n")  # the test need not wait for 20 s
    nbgrader(course, "autograde", "1_exchange", "--create")
    nbgrader(course, "generate_feedback", "1_exchange", "--student", "half")
    page = (course / "feedback/half" / NOTEBOOK).with_suffix(".html").read_text(encoding="utf-8")
    assert "The fee is missing" in page
    nbgrader(course, "export")
    with (course / "grades.csv").open(newline="") as file:
        return {row["student_id"]: (float(row["score"]), float(row["max_score"])) for row in csv.DictReader(file)}


@pytest.mark.parametrize(
    ("student", "points"),
    [
        ("right", FULL_POINTS),
        ("half", 1 + 3 + 2),
        ("wrong", 0),
        ("crashing", FULL_POINTS - 2),
        ("unreadable", 2),
        ("looping", FULL_POINTS - 2),
        ("endless", FULL_POINTS - 2),
        ("blank", 0),
        ("cheating", 0),
    ],
)
def test_points_in_the_exported_table(grades, student, points):
    assert grades[student] == (points, FULL_POINTS)
