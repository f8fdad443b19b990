import sys
import warnings

import numpy as np
import pytest

from defi_lib.labs import kit
from defi_lib.labs.kit import Lab, equal, holds, matches, round_number
from defi_lib.labs.kit.feedback import _LOOKS


@pytest.fixture
def lab():
    lab = Lab()

    @lab.question("double", points=2)
    def _double(rng, double):
        number = round_number(rng, 1, 100)
        yield equal(1, double, (number,), 2 * number, {"That is the `square`.": number**2})
        yield holds(1, double(-1.0) == -2.0, "It forgets negative numbers.")

    @lab.question("pair", points=2)
    def _pair(rng, pair):
        yield equal(1, pair, (3.0,), 3.0, item=0)
        yield equal(1, pair, (3.0,), 4.0, item=1)

    return lab


def answer(lab, source, name="double", seed=1):
    notebook = {"check": lab.check}
    exec(compile(source, "cell", "exec"), notebook)
    return eval(f"check({name!r}, seed={seed})", notebook)


def test_right(lab):
    feedback = answer(lab, "def double(n): return n + n")
    assert (feedback.status, feedback.points, repr(feedback)) == (kit.RIGHT, 2, "2")
    assert feedback._repr_html_().count("points") == 1


def test_partly_right_names_what_is_missing(lab):
    feedback = answer(lab, "def double(n): return abs(2 * n)")
    assert (feedback.status, repr(feedback), feedback.text) == (kit.PARTLY, "1", "It forgets negative numbers.")


def test_a_usual_mistake_is_named(lab):
    feedback = answer(lab, "def double(n): return n**2")
    assert (feedback.status, repr(feedback), feedback.text) == (kit.WRONG, "0", "That is the `square`.")
    assert "That is the <code>square</code>." in feedback._repr_html_()


def test_stars_stress_words_and_leave_products_alone():
    text = "The *first* page, `a *b* c`, 10**9 and 2 * x * y, for ** or *two words*."
    shown = kit.Feedback(kit.WRONG, text, 0, 1)._repr_html_()
    assert "The <em>first</em> page, <code>a *b* c</code>, 10**9 and 2 * x * y, for ** or <em>two words</em>." in shown


def test_another_mistake_shows_the_call_and_how_to_repeat_it(lab):
    feedback = answer(lab, "def double(n): return 3 * n", seed=7)
    number = round_number(np.random.default_rng(7), 1, 100)
    assert feedback.text == f"`double({number:.12g})` should be {2 * number:.6g}; yours gives {3 * number:.6g}."
    assert feedback.repeat == 'check("double", seed=7)'
    assert feedback == answer(lab, "def double(n): return 3 * n", seed=7)


@pytest.mark.parametrize("source", ["", "double = ...", "def double(n): ...", "def double(n): return ..."])
def test_not_answered_yet(lab, source):
    feedback = answer(lab, source)
    assert (feedback.status, feedback.points, feedback.repeat) == (kit.UNANSWERED, 0, "")


@pytest.mark.parametrize("source", ["def pair(n): return n, ...", "def pair(n): return (..., ...)"])
def test_a_tuple_that_is_half_a_stub_is_not_answered(lab, source):
    assert answer(lab, source, "pair").status == kit.UNANSWERED


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def pair(n): return n", "should return at least 1 value"),
        ("def pair(n): return (n,)", "should return at least 2 values"),
        ("def pair(n): return [n, 'much']", "should be made of numbers, but it is 'much'"),
        ("def pair(n): return n, [1, 2]", "should be 1 number, but it is '[1, 2]'"),
    ],
)
def test_another_form_than_asked_for(lab, source, said):
    assert said in answer(lab, source, "pair").text


def test_the_first_mistake_is_named_even_if_another_answer_has_a_wrong_form(lab):
    feedback = answer(lab, "def pair(n): return 5.0, 'much'", "pair")
    assert feedback.text == "`pair(3)`, value 1, should be 3; yours gives 5."


def test_arrays(lab):
    @lab.question("curve", points=2)
    def _curve(rng, curve):
        numbers = np.array([1.0, 2.0])
        yield matches(1, "The curve", curve(numbers)[0], numbers**2, {"Not squared.": numbers})
        yield matches(1, "The curve", curve(numbers)[1], numbers, tolerance=0.1)

    assert repr(answer(lab, "def curve(n): return n**2, 1.05 * n", "curve")) == "2"
    assert answer(lab, "def curve(n): return n, 1.5 * n", "curve").text == "Not squared."


def test_an_error_is_told_with_its_line_and_without_a_traceback(lab):
    feedback = answer(lab, "def double(n):\n    m = n\n    return m / 0")
    assert feedback.status == kit.RAISED
    assert feedback.text == "ZeroDivisionError: float division by zero (line 3 of the cell with `double`)."
    assert feedback.points == 0


@pytest.mark.parametrize(
    "raising", ["sys.exit()", "raise KeyboardInterrupt", "[][1]", "double(1, 2)", "n.size", "double(n)"]
)
def test_nothing_a_student_writes_gets_through(lab, raising):
    feedback = answer(lab, f"import sys\ndef double(n):\n    {raising}\n    return 0")
    assert feedback.points == 0 and feedback.text


def test_points_earned_before_an_error_count(lab):
    feedback = answer(lab, "def double(n):\n    if n < 0: raise ValueError('negative')\n    return 2 * n")
    assert (feedback.status, repr(feedback)) == (kit.RAISED, "1")


def test_an_endless_loop_is_stopped(lab, monkeypatch):
    monkeypatch.setattr("defi_lib.labs.kit.lab.TIME_LIMIT", 0.2)
    feedback = answer(lab, "def double(n):\n    while True: pass")
    assert (feedback.status, feedback.points) == (kit.TOO_LONG, 0)
    assert "0.2 seconds" in feedback.text


def test_a_name_that_is_no_function_any_more(lab):
    feedback = answer(lab, "double = 4")
    assert feedback.text == "`double` should be a function, but it is '4': run its cell again."


@pytest.mark.parametrize(
    ("source", "points", "said"),
    [
        ("cost = 12", "1", ""),
        ("cost = 0.12", "0", "A percentage is asked for."),
        ("cost = 13", "0", "`cost` should be 12; yours gives 13."),
        ("cost = 'twelve'", "0", "`cost` should be made of numbers, but it is 'twelve'."),
        ("cost = ...", "0", "There is no `cost` yet. Has its cell been run, and without an error?"),
    ],
)
def test_an_answer_that_is_a_number(lab, source, points, said):
    @lab.question("cost", points=1)
    def _cost(rng, cost: float):
        yield matches(1, "`cost`", cost, 12.0, {"A percentage is asked for.": 0.12})

    feedback = answer(lab, source, "cost")
    assert (repr(feedback), feedback.text) == (points, said)


def test_what_students_print_and_what_numpy_warns_stays_out(lab, capsys):
    noise = "print('hi'); print('ho', file=sys.stderr); numpy.log(0.0)"
    source = f"import numpy, sys\ndef double(n):\n    {noise}\n    return 2 * n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert repr(answer(lab, source)) == "2"
    assert capsys.readouterr() == ("", "")
    assert sys.stdout is not None


def test_text_of_students_is_escaped(lab):
    assert "<script>" not in answer(lab, "def double(n): raise ValueError('<script>')")._repr_html_()


def test_feedback_does_not_speak_by_colour_alone_and_is_announced(lab):
    looks = {status: symbol for status, (symbol, _) in _LOOKS.items()}
    assert len(set(looks.values())) == len(looks)
    page = answer(lab, "def double(n): return 0")._repr_html_()
    assert page.startswith('<div role="status"') and f"{looks[kit.WRONG]} {kit.WRONG}" in page


def test_fresh_numbers_each_time(lab):
    notebook = {"check": lab.check, "seen": []}
    exec("def double(n):\n    seen.append(n)\n    return 2 * n", notebook)
    for _ in range(5):
        eval("check('double')", notebook)
    assert len({number for number in notebook["seen"] if number > 0}) > 1


def test_an_unknown_question_is_the_authors_mistake(lab):
    with pytest.raises(ValueError, match="'dubble' is not in this lab: choose one of double, pair"):
        lab.check("dubble")


def test_round_numbers_are_easy_to_read():
    rng = np.random.default_rng(0)
    numbers = [round_number(rng, 1, 1000) for _ in range(200)]
    assert all(1 <= number <= 1000 and float(f"{number:.3g}") == number for number in numbers)
