"""What helps a student along: hints, the worked solution, all checks at once, and progress."""

import json

import pytest

from defi_lib import progress as remembered
from defi_lib.labs import Lab, equal, kit
from defi_lib.labs.kit.feedback import _LOOKS
from defi_lib.labs.kit.worked import worked_solution

HINTS = ("Where is the `number` twice?", "Add it to itself.")


@pytest.fixture
def lab():
    lab = Lab("9.9")

    @lab.question("double", points=2, hints=HINTS)
    def _double(rng, double):
        yield equal(1, double, (2.0,), 4.0)
        yield equal(1, double, (-2.0,), -4.0)

    @lab.question("half", points=1, hints=HINTS)
    def _half(rng, half):
        yield equal(1, half, (2.0,), 1.0)

    return lab


@pytest.fixture
def notebook(lab):
    def run(source):
        exec(compile(source, "cell", "exec"), names)

    names = {"check": lab.check, "progress": lab.progress}
    run.says = lambda source: eval(source, names)
    return run


@pytest.fixture
def memory(own_progress):
    """A reader's own file."""
    return own_progress


def test_a_hint_after_the_second_wrong_try_and_the_next_step_after_the_third(notebook):
    notebook("def double(n): return 3 * n")
    first, second, third, fourth = (notebook.says("check('double')") for _ in range(4))
    assert (first.hints, second.hints, third.hints, fourth.hints) == ((), HINTS[:1], HINTS, HINTS)
    assert "Hint" not in first._repr_html_()
    assert "<em>Hint:</em> Where is the <code>number</code> twice?" in second._repr_html_()
    assert "<em>Next step:</em> Add it to itself." in third._repr_html_() and "Next step" not in second._repr_html_()
    assert notebook.says("check('half')").hints == ()


def test_a_right_answer_and_a_missing_one_need_no_hints(notebook):
    notebook("def double(n): return 3 * n")
    for _ in range(3):
        notebook.says("check('double')")
    notebook("def double(n): ...")
    assert notebook.says("check('double')").hints == ()
    notebook("def double(n): return 2 * n")
    assert notebook.says("check('double')").hints == ()
    notebook("def double(n): return abs(2 * n)")
    assert notebook.says("check('double')").hints == (), "tries are counted from the last right one"


def test_the_same_numbers_again_and_a_check_of_all_are_no_new_try(notebook):
    notebook("def double(n): return 3 * n")
    for _ in range(4):
        assert notebook.says("check('double', seed=1)").hints == ()
        notebook.says("check()")
    assert notebook.says("check('double')").hints == ()


SOLVED = {
    "cells": [
        {"source": ["from defi_lib.labs.made_up import check\n", "pass"]},
        {"source": ["def double(n):\n    ### BEGIN SOLUTION\n    return n + n\n    ### END SOLUTION\n\n\ndouble(1)"]},
        {"source": ['check("double")']},
    ]
}


def test_the_worked_solution_is_shown_only_where_the_solutions_are(tmp_path):
    labs, solutions = tmp_path / "labs/1_x", tmp_path / "solutions/1_x"
    labs.mkdir(parents=True)
    assert worked_solution("defi_lib.labs.made_up", "double", labs) == ""
    solutions.mkdir(parents=True)
    (solutions / "a.ipynb").write_text("no notebook")
    (solutions / "b.ipynb").write_text(json.dumps(SOLVED))
    assert worked_solution("defi_lib.labs.made_up", "double", labs) == "return n + n"
    assert worked_solution("defi_lib.labs.made_up.part", "double", labs) == "return n + n"
    assert worked_solution("defi_lib.labs.made", "double", labs) == ""
    assert worked_solution("defi_lib.labs.made_up", "half", labs) == ""


def test_the_worked_solution_comes_after_all_hints(notebook, monkeypatch):
    monkeypatch.setattr("defi_lib.labs.kit.lab.worked_solution", lambda module, name: "return <n> + n")
    notebook("def double(n): return 3 * n")
    shown = [notebook.says("check('double')")._repr_html_() for _ in range(4)]
    assert [("A worked solution" in page) for page in shown] == [False, False, False, True]
    assert "return &lt;n&gt; + n" in shown[-1]


def test_without_a_name_all_questions_are_checked(notebook):
    notebook("def double(n): return abs(2 * n)")
    said = notebook.says("check()")
    assert repr(said).splitlines() == [
        "½ double: Partly right, 1 of 2",
        "○ half: Not answered yet, 0 of 1",
        "1 of 3 points.",
    ]
    assert "<strong>1 of 3 points.</strong>" in said._repr_html_()


def test_progress_is_that_of_earlier_days_too_and_the_best(lab, notebook, memory):
    assert repr(notebook.says("progress()")) == "0 of 3 points. Left: double (2), half (1)."
    notebook("def double(n): return 2 * n")
    notebook.says("check('double')")
    notebook("def double(n): return n")
    notebook.says("check('double')")
    assert repr(notebook.says("progress()")) == "2 of 3 points. Left: half (1)."
    notebook("def half(n): return n / 2")
    notebook.says("check()")
    assert repr(notebook.says("progress()")) == "3 of 3 points. All questions are done."
    assert "Right, all of it" in notebook.says("progress()")._repr_html_()
    assert remembered.load("lab", "9.9")["half"]["points"] == 1 and memory.exists()
    memory.write_text("broken {")
    notebook.says("progress()")


def test_a_check_of_the_stub_is_no_try(notebook, memory):
    notebook.says("check()")
    notebook("def double(n): ...")
    notebook.says("check('double')")
    assert remembered.load("lab", "9.9") == {} and remembered.summary().empty
    notebook("def double(n): return 2 * n if n > 0 else ...")
    notebook.says("check('double')")
    assert remembered.load("lab", "9.9")["double"]["points"] == 1, "what is done of an answer counts"
    notebook("def half(n): return n")
    notebook.says("check('half')")
    assert remembered.load("lab", "9.9")["half"]["points"] == 0, "a wrong answer is a try"


def test_progress_is_empty_where_it_is_off(notebook, monkeypatch, tmp_path):
    monkeypatch.setenv("DEFI_COURSE_PROGRESS", "off")
    notebook("def double(n): return 2 * n")
    notebook.says("check('double')")
    assert repr(notebook.says("progress()")) == "0 of 3 points. Left: double (2), half (1)."


def test_no_summary_is_a_number_that_grading_would_count(notebook):
    for said in (notebook.says("check()"), notebook.says("progress()")):
        with pytest.raises(ValueError):
            float(repr(said))


def test_symbols_are_in_the_fonts_of_every_system():
    """Latin-1, the list that Windows has had in all fonts (WGL4), and the two marks that every system has."""
    assert {symbol for symbol, _ in _LOOKS.values()} <= set("!½×√∞○●✓✗")


@pytest.mark.parametrize("source", ["'4.0'", "' 4 '", "b'4'", "('4', 1)", "[['4']]", "{'a': '4'}"])
def test_a_text_is_not_the_number_that_it_looks_like(notebook, source):
    notebook(f"def double(n): return {source}")
    feedback = notebook.says("check('double')")
    assert (feedback.status, feedback.points) == (kit.WRONG, 0)
    assert "`double` gives the text " in feedback.text and "leave out the quotation marks" in feedback.text


def test_print_instead_of_return_is_named(notebook):
    notebook("def double(n):\n    print(2 * n)\n    print('bye')")
    feedback = notebook.says("check('double')")
    assert (feedback.status, feedback.points) == (kit.WRONG, 0)
    assert feedback.text == "`double` printed 4.0 and returned nothing: use `return` instead of `print`."
    notebook("def double(n):\n    print(2 * n)\n    return 2 * n")
    assert notebook.says("check('double')").status == kit.RIGHT


def test_who_rounded_is_told_how_close_is_right(notebook):
    notebook("def double(n): return 2.0001 * n")
    assert (
        "That is close, but more than 0.0001 % off: round nothing on the way." in notebook.says("check('double')").text
    )
    notebook("def double(n): return 2.1 * n")
    assert "close" not in notebook.says("check('double')").text
    notebook("def double(n): return 2.0000001 * n")
    assert notebook.says("check('double')").status == kit.RIGHT


def test_nothing_in_a_tuple_is_no_number(notebook):
    notebook("def double(n): return None, 4")
    assert "should be" in notebook.says("check('double')").text
