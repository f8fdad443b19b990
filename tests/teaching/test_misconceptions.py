"""The pages of usual mistakes hold what quizzes and checks name, and no right answer."""

import re
from itertools import pairwise

import pytest

from defi_lib.course import contents
from defi_lib.explore.questions import lessons, questions_of
from defi_lib.explore.questions.quizfile import parsed
from defi_lib.teaching.__main__ import main as command
from defi_lib.teaching.misconceptions import FOLDER, pages, wrong_answers
from defi_lib.teaching.misconceptions.named import ROOT, Source
from tests.support.links import broken

MADE = pages()
ALL = "\n".join(MADE.values())
QUESTIONS = [(lesson, question) for lesson in lessons() for question in questions_of(lesson)]

CHECKS = '''
"""Checks."""
from defi_lib.labs.lab.other import FAR, _helper, unused

_NEAR = "A constant of the file is named."


@lab.question("second", points=1, hints=("A hint stands in no list.",))
def _second(rng, second):
    """A docstring stands in no list."""
    yield equal(1, second, (), 2, {_NEAR: 1, "A sentence of the second question.": 3})


@lab.question("first", points=1)
def _first(rng, first):
    said = f"`first({rng})`"
    yield equal(1, first, (), 2, {"Half of it is missing here, {0} that is.": 1, FAR: 2, _NEAR: 4})
    yield matches(1, said, 1, 2).said(f"{said}: a day has {24} hours in it.")
    if rng:
        raise Misshapen("What is raised stands in no list.")
    yield _helper(first)
'''
OTHER = """
FAR = "A constant of another file is named."


def _helper(first):
    return Part(1, f"It should be {first}; yours gives {first} of it.") or holds(1, first > 0, "Nothing is below zero.")


def unused():
    return "What no check uses stands in no list."
"""


def test_the_pages_are_as_quizzes_and_checks_are():
    there = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / FOLDER).iterdir()}
    assert there == MADE, "run make misconceptions and commit"


@pytest.mark.parametrize(("lesson", "question"), QUESTIONS, ids=lambda each: getattr(each, "id", each))
def test_a_question_stands_there_with_each_wrong_answer_and_not_with_the_right_one(lesson, question):
    name = "0_start.md" if lesson == "start" else next(n for n in MADE if n.startswith(f"{lesson.partition('.')[0]}_"))
    start = MADE[name].index(f"(`{question.id}`: ", MADE[name].index(f"## [{lesson} " if name[0] != "0" else "## ["))
    part = re.split(r"\n\n\*\*|\n\n## ", MADE[name][start:])[0]
    answers = re.findall(r"^- “(.+?)”: ", part, re.MULTILINE)
    assert answers == [answer for answer, _ in wrong_answers(question)]
    assert str(question.answer) not in answers


def test_every_lab_names_mistakes_for_most_of_its_questions():
    for lab in contents.labs(ROOT):
        part = ALL.partition(f"## [{lab.title}]")[2].partition("\n## ")[0]
        assert len(re.findall(r"^\*\*\d · ", part, re.MULTILINE)) >= 4, lab.title
        assert len(re.findall(r"^- ", part, re.MULTILINE)) >= 15, lab.title


def test_what_a_lab_names_stands_in_the_order_in_which_it_asks():
    numbers = re.findall(r"^\*\*(\d) · |^## \[Lab", ALL, re.MULTILINE)
    for here, following in pairwise(numbers):
        assert not (here and following) or int(here) < int(following)


def test_links_lead_somewhere():
    assert [each for name in MADE for each in broken(ROOT / FOLDER / name)] == []


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "defi_lib/labs/lab"
    folder.mkdir(parents=True)
    (folder / "checks.py").write_text(CHECKS)
    (folder / "other.py").write_text(OTHER)
    return Source("defi_lib.labs.lab", tmp_path)


def test_sentences_are_found_where_a_check_uses_them(source):
    assert source.questions(["first", "second"]) == {
        "first": [
            "Half of it is missing here, {0} that is.",
            "A constant of another file is named.",
            "A constant of the file is named.",
            "…: a day has … hours in it.",
            "Nothing is below zero.",
        ],
        "second": ["A sentence of the second question."],
    }


def test_without_an_order_all_questions_are_there(source):
    assert list(source.questions()) == ["first", "second"]
    assert list(source.questions(["second", "no such"])) == ["second", "first"]


def test_a_lab_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"defi_lib\.labs\.none"):
        Source("defi_lib.labs.none", tmp_path)


def test_an_order_has_one_wrong_answer():
    fields = {"id": "a", "kind": "order", "skill": "S", "question": "Q?", "items": ["1", "2", "3"]}
    (question,) = parsed({"questions": [fields | {"right": "Right: so.", "wrong": "No: so."}]}, "here")
    assert wrong_answers(question) == [("any other order", "No: so.")]


def test_an_unknown_kind_is_refused():
    class Strange:
        id, kind = "x", "essay"

    with pytest.raises(ValueError, match="'x' has kind = 'essay'"):
        wrong_answers(Strange())


def test_the_command_writes_and_says_what_it_cannot(tmp_path, capsys):
    assert command(["misconceptions", str(tmp_path / "there")]) == 0
    assert {file.name for file in (tmp_path / "there").iterdir()} == set(MADE)
    (tmp_path / "taken").write_text("")
    assert command(["misconceptions", str(tmp_path / "taken")]) == 1
    assert "cannot be written" in capsys.readouterr().err
