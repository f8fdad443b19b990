"""What a class handed in: whatever comes costs itself only, gets a line, and the order of files says nothing."""

import csv
import io
import json
import os
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.explore.questions import questions_of
from defi_lib.teaching.class_page import main
from defi_lib.teaching.class_page.asked import Course
from defi_lib.teaching.class_page.collected import collected, summary
from tests.support.simulated_class import COURSE, files, simulated

MADE = files(simulated(["3.8", "3.9"], 8, seed=3, skips=0))


def packed(file, named):
    """A zip; names may repeat."""
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in named:
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 16, 22, 30, 0)), content)
    return file


def answer(records, **more):
    return json.dumps({"version": 1, "handed_in": True, "records": records, **more}).encode()


def tried(first, chosen=None, lesson="3.9", item="turn"):
    entry = {"first": first} | ({} if chosen is None else {"chosen": chosen})
    return answer({"quiz": {lesson: {item: entry}}})


def lines_of(came):
    return {line.path: line for line in came.lines}


def test_moodle_canvas_folders_and_loose_files(tmp_path):
    names = [
        "Ada Lovelace_12345_assignsubmission_file_/my_answers.json",
        "Ada Lovelace_777_assignsubmission_file_/my_answers.json",
        "hoppergrace_12345_678901_my_answers-1.json",
        "emmy/3.9/my_answers.json",
        "maria_my_answers.json",
        "my_answers (3).json",
        "my_answers (4).json",
        "sofja.zip",
    ]
    inner = io.BytesIO()
    packed(inner, [("my_answers.json", MADE[7])])
    contents = [*MADE[:7], inner.getvalue()]
    came = collected(packed(tmp_path / "in.zip", zip(names, contents, strict=True)), COURSE)
    assert len(came.students) == 8 and all(line.counted for line in came.lines)
    assert summary(came.lines) == "8 counted"
    with zipfile.ZipFile(tmp_path / "in.zip") as archive:
        archive.extractall(tmp_path / "in")
    assert collected(tmp_path / "in", COURSE).students == came.students


def test_the_newest_of_a_student_counts_and_withdraws(tmp_path):
    def put(name, content, day):
        file = tmp_path / "in" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (day * 86_400, day * 86_400))

    put("ada/my_answers.json", MADE[0], 10)
    put("ada/my_answers (1).json", MADE[1], 11)
    put("ada/my_answers (2).json", b"{", 12)  # broken: the one before counts
    put("grace/my_answers.json", MADE[2], 10)
    put("grace/none.json", answer({}), 11)
    came = collected(tmp_path / "in", COURSE)
    packed(tmp_path / "one.zip", [("ada/my_answers.json", MADE[1])])
    assert came.students == collected(tmp_path / "one.zip", COURSE).students
    lines = lines_of(came)
    assert lines["ada/my_answers.json"].why == "is older than ada/my_answers (1).json, which counts"
    assert lines["ada/my_answers (2).json"].why == "is damaged, or no JSON file"
    assert lines["grace/none.json"].why == "holds no answers" and not lines["grace/none.json"].counted


def test_the_same_answers_under_two_names_count_once_unless_they_are_few(tmp_path):
    named = [("a/my_answers.json", MADE[0]), ("b/my_answers.json", MADE[0])]
    named += [("c/my_answers.json", tried(False)), ("d/my_answers.json", tried(False))]
    came = collected(packed(tmp_path / "in.zip", named), COURSE)
    assert len(came.students) == 3
    assert lines_of(came)["b/my_answers.json"].why == "holds the same answers as a/my_answers.json, which counts"


ODD = {
    "broken/my_answers.json": (b'{"version": 1, "rec', "damaged"),
    "page/my_answers.json": (b"<!DOCTYPE html><title>Log in</title>", "damaged"),
    "deep/my_answers.json": (b'{"a":' * 100_000, "damaged"),
    "digits/my_answers.json": (b'{"version": ' + b"9" * 10_000 + b"}", "damaged"),
    "empty/my_answers.json": (b"", "is empty"),
    "list/my_answers.json": (b"[1, 2]", "no file of this course"),
    "package/package.json": (b'{"name": "x", "version": "1.0.0"}', "no file of this course"),
    "later/my_answers.json": (b'{"version": 7, "records": {}}', "later version"),
    "huge/my_answers.json": (b" " * 2_000_001, "larger than 2 MB"),
    "lab/01_swaps.ipynb": (b'{"cells": []}', "no file of answers"),
    "../../evil.pdf": (b"%PDF", "no file of answers"),
    "none/my_answers.json": (answer({}), "no answers"),
    "other/my_answers.json": (answer({"lab": {"1.1": {"swap": {"points": 2, "out_of": 2}}}}), "no answers"),
}


def test_whatever_comes_costs_itself_and_gets_a_line(tmp_path):
    named = [(f"student {number}/my_answers.json", content) for number, content in enumerate(MADE)]
    alone = collected(packed(tmp_path / "alone.zip", named), COURSE)
    odd = [(name, content) for name, (content, _) in ODD.items()]
    came = collected(packed(tmp_path / "in.zip", [*odd, *named]), COURSE)
    assert came.students == alone.students and len(came.lines) == len(named) + len(ODD)
    for name, (_, why) in ODD.items():
        assert not lines_of(came)[name].counted and why in lines_of(came)[name].why, name


def test_a_damaged_member_of_a_zip_costs_itself(tmp_path):
    file = packed(tmp_path / "in.zip", [("a/my_answers.json", MADE[0]), ("b/my_answers.json", MADE[1])])
    whole = file.read_bytes()
    file.write_bytes(whole.replace(b'"version": 1', b'"version": 2', 1))  # the checksum of the first is wrong now
    came = collected(file, COURSE)
    assert len(came.students) == 1 and lines_of(came)["a/my_answers.json"].why == "is empty"


TURN = {each.id: each for each in questions_of("3.9")}["turn"]
WRONG = next(option for option in TURN.options if option != TURN.answer)
PREDICTED = {"value": 40.0, "answer": 99.0, "low": 0.0, "high": 100.0, "unit": "%"}


@pytest.mark.parametrize(
    ("records", "fits"),
    [
        ({"quiz": {"3.9": {"turn": {"first": False, "chosen": WRONG}}}}, True),
        ({"quiz": {"3.9": {"turn": {"first": True, "chosen": TURN.answer}}}}, True),
        ({"quiz": {"3.9": {"turn": {"first": False}}}}, True),
        ({"quiz": {"3.9": {"turn": {"first": True, "chosen": WRONG}}}}, False),
        ({"quiz": {"3.9": {"turn": {"first": False, "chosen": "<script>alert(1)</script>"}}}}, False),
        ({"quiz": {"3.9": {"turn": {"first": False, "chosen": 3}}}}, False),
        ({"quiz": {"3.9": {"no-such": {"first": False}}}}, False),
        ({"quiz": {"88.88": {"turn": {"first": False}}}}, False),
        ({"prediction": {"3.9": {"prediction": PREDICTED}}}, True),
        ({"prediction": {"3.9": {"prediction": {"value": 40}}}}, True),
        ({"prediction": {"3.9": {"prediction": {**PREDICTED, "value": 1e300}}}}, False),
        ({"prediction": {"3.9": {"prediction": {**PREDICTED, "value": -1}}}}, False),
        ({"prediction": {"3.9": {"prediction": {**PREDICTED, "value": "forty"}}}}, False),
        ({"prediction": {"3.9": {"prediction": {**PREDICTED, "high": 1000}}}}, False),
        ({"prediction": {"3.9": {"prediction": {**PREDICTED, "unit": "USD"}}}}, False),
        ({"prediction": {"3.9": {"another": PREDICTED}}}, False),
        ({"prediction": {"7.21": {"prediction": {"value": "Less than one"}}}}, True),
        ({"prediction": {"7.21": {"prediction": {"value": "Some"}}}}, False),
        ({"prediction": {"3.9": {"P14b": {"value": "True", "sure": 0.7}}}}, True),
        ({"prediction": {"3.9": {"P14b": {"value": "Maybe", "sure": 0.7}}}}, False),
        ({"prediction": {"3.9": {"P14b": {"value": "True", "sure": 0.2}}}}, False),
        ({"prediction": {"3.9": {"P2a": {"value": "True", "sure": 0.7}}}}, False),
    ],
)
def test_an_answer_that_can_be_none_is_left_out_and_reported(tmp_path, records, fits):
    (line,) = collected(packed(tmp_path / "in.zip", [("a/x.json", answer(records))]), COURSE).lines
    assert line.counted is fits and line.answers == fits
    assert fits or "1 of its answers fit no question" in line.why


def test_only_one_lesson(tmp_path):
    named = [(f"{number}/a.json", content) for number, content in enumerate(MADE)]
    came = collected(packed(tmp_path / "in.zip", named), COURSE, "3.9")
    assert {given.lesson for student in came.students for given in student} == {"3.9"}
    nothing = collected(packed(tmp_path / "other.zip", [("a/a.json", tried(False, lesson="3.8"))]), COURSE, "3.9")
    assert nothing.students == [] and nothing.lines[0].why == "holds no answers to lesson 3.9"


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(len(MADE))))
def test_neither_order_nor_names_of_files_matter(tmp_path_factory, order):
    folder = tmp_path_factory.mktemp("order")
    first = [(f"student {number}/a.json", content) for number, content in enumerate(MADE)]
    shuffled = [(f"student {place}/a.json", MADE[number]) for place, number in enumerate(order)]
    once = collected(packed(folder / "a.zip", first), COURSE)
    again = collected(packed(folder / "b.zip", shuffled[::-1]), COURSE)
    assert once.students == again.students


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["missing.zip"], "FROM is 'missing.zip'; it must be a folder or a zip"),
        ([], "make class FROM="),
        (["x", "--lesson", "9.9"], "LESSON is '9.9'; there are start, 1.1,"),
    ],
)
def test_what_cannot_begin_says_why(tmp_path, capsys, arguments, said):
    assert main([*arguments, "--to", str(tmp_path)]) == 2
    assert said in capsys.readouterr().err


def test_the_command_writes_three_files(tmp_path, capsys):
    named = [(f"=student {number}/a.json", content) for number, content in enumerate(MADE)]
    source = packed(tmp_path / "in.zip", [*named, ("x.pdf", b"")])
    assert main([str(source), "--lesson", "3.9", "--to", str(tmp_path / "out")]) == 0
    assert "8 counted, 1 not" in capsys.readouterr().out
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == [
        "class_3.9.csv",
        "class_3.9.html",
        "report.csv",
    ]
    with (tmp_path / "out/report.csv").open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert rows[0]["file"] == "'=student 0/a.json" and rows[-1]["status"] == "not counted"


def test_lessons_have_the_names_that_progress_gives_them():
    course = Course()
    assert course.name("start").startswith("Decentralised finance") and course.name("3.9") == "3.9 What security burns"
    assert course.predictions("8.99") == {} and course.bets("8.99") == [] and course.questions("8.99") == {}
