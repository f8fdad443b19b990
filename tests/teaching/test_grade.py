"""The command, from hand-ins to tables: times, penalties, second hand-ins, and the same points again."""

import csv
import json
import os
import subprocess
import sys
import zipfile
from datetime import datetime
from pathlib import Path

import pytest

from defi_lib.teaching import __main__ as teaching
from defi_lib.teaching.grade import main
from defi_lib.teaching.grading.handed_in import HandIn, Unread
from defi_lib.teaching.grading.klass import Graded
from defi_lib.teaching.grading.report import lines, write_grades, write_report
from defi_lib.teaching.grading.run import definitions, question_of, seed_of
from defi_lib.teaching.grading.settings import Settings
from tests.support.odd_hand_ins import answered, made

ROOT = Path(__file__).resolve().parents[2]
DUE = datetime(2026, 10, 16, 23, 59)
#: Rounded to cents: right for some numbers, wrong for others.
CHANCE = "def swap(a, x, y, f):\n    net = a * (1 - f)\n    return round(y * net / (x + net), 1)"

pytestmark = [pytest.mark.xdist_group("grade")]


def put(folder, student, content, day):
    file = folder / student / "01_swaps.ipynb"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    moment = datetime(2026, 10, day, 12).timestamp()
    os.utime(file, (moment, moment))
    return file


def read(file):
    with file.open(newline="", encoding="utf-8-sig") as opened:
        return list(csv.DictReader(opened))


@pytest.mark.notebooks
def test_a_term_of_one_class(tmp_path, capsys):
    came, klass = tmp_path / "in", tmp_path / "class"
    klass.mkdir()
    (klass / "grading.toml").write_text('[due]\n"1.1" = 2026-10-16T23:59:00\n[late]\nper_day = 0.1\nat_most = 0.25\n')
    blank = json.loads(made("untouched"))
    put(came, "ada", made("right"), 16)
    put(came, "grace", made("right"), 18)
    lucky = put(came, "luck", json.dumps(answered(blank, "swap", CHANCE)).encode(), 16)
    put(came, "lost", b"", 16)

    def graded(*more, source=came):
        assert main([str(source), "--to", str(klass), *more]) == 0
        said = capsys.readouterr().out
        return {row["Full name"]: row["Lab 1.1"] for row in read(klass / "grades.csv")}, said

    first, _ = graded()
    assert (first["ada"], first["grace"], first["lost"]) == ("17", f"{17 - 0.2 * 17:g}", "")
    report = {row["student"]: row for row in read(klass / "report.csv")}
    assert (report["grace"]["points"], report["grace"]["days late"], report["grace"]["penalty"]) == ("17", "2", "3.4")
    assert report["grace"]["handed in"] == "2026-10-18 12:00:00"
    assert report["lost"]["status"] == "not graded: the file is empty"

    # Nothing has changed: nothing is run. If it is run, the points are the same, also those that hang on chance.
    again, said = graded()
    assert again == first and "1 of" not in said
    alone = put(tmp_path / "luck", "luck", lucky.read_bytes(), 16).parents[1]
    again, said = graded("--again", source=alone)
    assert again == first and "1 of 1  lab 1.1" in said and 0 < float(first["luck"]) < 17

    # A second hand-in counts, an older one or a broken one does not; who was not read before is.
    put(came, "ada", made("untouched"), 17)
    put(came, "grace", b"{", 19)
    put(came, "lost", made("right"), 16)
    second, said = graded()
    assert (second["ada"], second["grace"], second["lost"]) == ("0", first["grace"], "17")
    assert "grace: not graded: the file is damaged" in said
    put(came, "ada", made("right"), 15)
    third, said = graded()
    assert third["ada"] == "0" and "is older than what is graded already" in said

    # Another due date needs no hand-in.
    (klass / "grading.toml").write_text('[due]\n"1.1" = 2026-10-30\n[late]\nper_day = 0.1\n')
    assert main(["--to", str(klass)]) == 0
    assert {row["Full name"]: row["Lab 1.1"] for row in read(klass / "grades.csv")}["grace"] == "17"


@pytest.mark.notebooks
def test_from_moodle_and_back_and_again_when_the_lab_was_corrected(tmp_path, capsys):
    klass, folder = tmp_path / "class", "Ada Lovelace_12345_assignsubmission_file_"
    with zipfile.ZipFile(tmp_path / "in.zip", "w") as archive:
        archive.writestr(f"{folder}/01_swaps.ipynb", made("right"))
        archive.writestr("Grace Hopper_777_assignsubmission_file_/notes.pdf", b"%PDF")
    assert main([str(tmp_path / "in.zip"), "--to", str(klass)]) == 0
    assert "not graded: Grace Hopper_777_assignsubmission_file_/notes.pdf is not a notebook" in capsys.readouterr().out
    assert [row["student"] for row in read(klass / "report.csv")] == ["Ada Lovelace", "Grace Hopper"]
    worksheet = [
        {
            "Identifier": "Participant 12345",
            "Full name": "Ada Lovelace",
            "Grade": "17",
            "Maximum grade": "17",
            "Last modified (grade)": "-",
        }
    ]
    assert read(klass / "moodle_lab_1_1.csv") == worksheet
    with zipfile.ZipFile(klass / "feedback/lab_1_1.zip") as archive:
        assert archive.namelist() == [f"{folder}/feedback.html"]

    # The lab as it was when Ada was graded had another text: nbgrader forgets her until she is graded again.
    source = klass / "source/lab_1_1/01_swaps.ipynb"
    source.write_text(
        source.read_text(encoding="utf-8").replace("What is left behind?", "What remains?"), encoding="utf-8"
    )
    put(tmp_path / "more", "grace", b"", 16)
    assert main([str(tmp_path / "more"), "--to", str(klass)]) == 0
    grades = {row["Full name"]: row["Lab 1.1"] for row in read(klass / "grades.csv")}
    assert grades == {"Ada Lovelace": "17", "grace": ""}
    capsys.readouterr()
    assert main(["--again", "--to", str(klass)]) == 0
    assert "1 of 1  lab 1.1" in capsys.readouterr().out and read(klass / "moodle_lab_1_1.csv") == worksheet


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.zip"], "FROM is 'missing.zip'; it must be a folder or a zip"),
        ([], "say what came in, make grade FROM="),
        (["missing.zip", "--lab", "9.9"], "LAB is '9.9'; there are 1.1, 1.2,"),
    ],
)
def test_what_cannot_begin_says_why(tmp_path, arguments, said, capsys):
    assert main([*arguments, "--to", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err


def test_the_command_line_names_its_commands(capsys):
    assert teaching.main(["nothing"]) == 2
    assert "grade" in capsys.readouterr().err
    run = subprocess.run([sys.executable, "-m", "defi_lib.teaching", "grade", "--help"], capture_output=True, text=True)
    assert run.returncode == 0 and "--lab" in run.stdout


def graded(student, lab, points, when=None, **more):
    return Graded(student, student.title(), lab, f"{student}.ipynb", when, points, 17.0, **more)


def test_tables_for_moodle_and_for_canvas(tmp_path):
    settings = Settings(due={"1.1": DUE}, per_day=0.1)
    account = [
        graded("ada", "1.2", 12.5),
        graded("ada", "1.1", 17.0, datetime(2026, 10, 18)),
        graded("=cmd()", "1.1", None, why="the file is empty"),
    ]
    report = lines(account, settings)
    write_grades(tmp_path / "grades.csv", report, ["1.1", "1.2"])
    assert read(tmp_path / "grades.csv") == [
        {"Full name": "'=Cmd()", "Folder": "'=cmd()", "Lab 1.1": "", "Lab 1.2": ""},
        {"Full name": "Ada", "Folder": "ada", "Lab 1.1": "13.6", "Lab 1.2": "12.5"},
    ]
    write_report(tmp_path / "report.csv", report, [Unread("x.pdf", "is not a notebook")])
    rows = read(tmp_path / "report.csv")
    assert [row["status"] for row in rows] == [
        "not graded: the file is empty",
        "graded",
        "graded",
        "not graded: is not a notebook",
    ]

    canvas = [each._replace(canvas="4321") for each in account[:2]]
    write_grades(tmp_path / "grades.csv", lines(canvas, settings), ["1.1", "1.2"])
    assert read(tmp_path / "grades.csv") == [
        {
            "Student": "    Points Possible",
            "ID": "",
            "SIS User ID": "",
            "SIS Login ID": "",
            "Section": "",
            "Lab 1.1": "17",
            "Lab 1.2": "17",
        },
        {
            "Student": "Ada",
            "ID": "4321",
            "SIS User ID": "",
            "SIS Login ID": "",
            "Section": "",
            "Lab 1.1": "13.6",
            "Lab 1.2": "12.5",
        },
    ]


def test_a_penalty_never_makes_a_grade_negative():
    (line,) = lines([graded("ada", "1.1", 1.0, datetime(2027, 10, 16))], Settings(due={"1.1": DUE}, per_day=0.5))
    assert (line.penalty, line.grade) == (17.0, 0.0)


def test_the_newest_of_several_by_time_then_by_count():
    def hand_in(path, day, again):
        return HandIn("ada", "ada", "1.1", path, datetime(2026, 10, day), again, b"")

    newest = max([hand_in("a", 3, 0), hand_in("b", 2, 9), hand_in("c", 3, 1)], key=lambda each: each.order)
    assert newest.path == "c"


def test_seeds_differ_between_students_and_questions_and_stay():
    assert seed_of("1.1", "ada", "swap") == seed_of("1.1", "ada", "swap")
    assert len({seed_of(lab, who, what) for lab in "12" for who in "ab" for what in "cd"}) == 8


def test_of_a_cell_that_ends_the_kernel_the_definitions_stay():
    assert definitions("import os\ndef f(): return 1\nos._exit(0)\nx = 1") == "import os\ndef f():\n    return 1"
    assert definitions("def f(:") == definitions("") == ""


def test_only_graded_cells_are_checks():
    check = {"metadata": {"nbgrader": {"grade": True, "solution": False}}, "source": ['check("swap")']}
    assert question_of(check) == "swap"
    assert question_of(check | {"metadata": {}}) == question_of(check | {"source": "2"}) == ""
