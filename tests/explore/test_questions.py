"""Predictions and quizzes: what readers type, what they are told, and what is told to those who listen."""

import gc
import json
from random import Random

import pytest

from defi_lib.claims import claims
from defi_lib.explore import predict, questions, quiz
from defi_lib.explore.questions import kinds, lessons, on_answer, prediction, questions_of, quizzes
from defi_lib.explore.questions.quizfile import parsed
from defi_lib.explore.questions.words import number_in, rendered


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """A kernel in which nobody has answered yet."""
    monkeypatch.setattr(prediction, "_kept", {})
    monkeypatch.setattr(quizzes, "_first_tries", {})


@pytest.fixture
def heard():
    answers = []
    on_answer.append(answers.append)
    yield answers
    on_answer.remove(answers.append)


def said(widget):
    return widget.value


# --- predictions -----------------------------------------------------------------------------------------------------


def test_a_prediction_is_kept_and_compared_even_if_it_comes_late():
    guess = predict("How much?", unit="%")
    box = guess.compare(1.28, "The pool's price moved.")
    assert "Commit to a prediction first" in said(box.children[1])
    guess._entry._heard(None, {"commit": "5"}, [])
    assert guess.committed == 5 and guess._entry.disabled
    assert "You said <b>5 %</b>. The answer is <b>1.28 %</b>. The pool's price moved." in said(box.children[1])


def test_an_entry_is_empty_and_says_its_range():
    entry = predict("How <i>much</i>?", low=0.5, high=20_000, unit="USD")._entry
    assert entry.value is None and entry.shown == "Your guess, from 0.5 to 20,000 USD" and entry.label == "How much?"
    assert predict("How much?", unit="")._entry.shown == "Your guess, from 0 to 100"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0,5", 0.5),
        ("0.5", 0.5),
        (".5", 0.5),
        (",5", 0.5),
        ("5", 5),
        (" 5 ", 5),
        ("5.", 5),
        ("50%", 50),
        ("50 %", 50),
        ("50 percent", 50),
        ("50 per cent", 50),
        ("1e1", 10),
        ("+7", 7),
        ("1,280", 1.28),
        ("0,125", 0.125),
        (12, 12),
    ],
)
def test_what_people_type_is_taken(typed, number):
    guess = predict("How much?")
    guess.commit(typed)
    assert guess.committed == number


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("$20,000", "USD", 20_000),
        ("20,000 dollars", "USD", 20_000),
        ("20.000,50", "USD", 20_000.5),
        ("20 000", "USD", 20_000),
        ("1,234,567.5 USD", "USD", 1_234_567.5),
        ("20'000", "USD", 20_000),
        ("−5", "", -5),
        ("3 x", "times", 3),
        ("3×", "times", 3),
        ("0,4 times an answer", "times an answer", 0.4),
        ("0.4 times", "times an answer", 0.4),
    ],
)
def test_units_and_thousands(typed, unit, number):
    assert number_in(typed, -10 if number < 1e4 else 100, 1e7, unit) == number


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Nothing is written yet: write a number from 0 to 20 %. A guess is enough."),
        (None, "Nothing is written yet"),
        ("abc", "We cannot read “abc”: write a number from 0 to 20 %."),
        ("5 apples", "We cannot read"),
        ("5 USD", "We cannot read"),
        ("1/2", "We cannot read"),
        ("1,2,3", "We cannot read"),
        ("--5", "We cannot read"),
        ("1e999", "We cannot read"),
        ("inf", "We cannot read"),
        ("nan", "We cannot read"),
        (float("nan"), "We cannot read"),
        ("<b>5</b>", "We cannot read “&lt;b&gt;5&lt;/b&gt;”"),
        ("-5", "-5 is out of range: write a number from 0 to 20 %."),
        ("250", "250 is out of range: write a number from 0 to 20 %."),
        ("20,01", "20,01 is out of range"),
    ],
)
def test_what_is_no_answer_gets_one_sentence_and_commits_nothing(typed, sentence, heard):
    guess = predict("How much?", high=20)
    box = guess.compare(1.28)
    guess.commit(typed)
    assert sentence in said(guess._note) and guess._entry.invalid
    assert guess.committed is None and not guess._entry.disabled and heard == []
    assert "Commit to a prediction first" in said(box.children[1])
    guess.commit("7")
    assert guess.committed == 7 and not guess._entry.invalid


def test_a_comma_that_can_mean_two_numbers_is_asked_about():
    with pytest.raises(ValueError, match=r"“1,280” can be 1.28 or 1280: write it without the comma"):
        number_in("1,280", 0, 2_000, "USD")
    assert number_in("1,280", 100, 2_000, "USD") == 1280


def test_an_answer_can_be_changed_once():
    guess = predict("How much?", lesson="1.1")
    box = guess.compare(3)
    guess.commit("5")
    assert guess._entry.again == "Change my answer once"
    guess.commit("6")
    assert guess.committed == 5
    guess._entry._heard(None, {"again": True}, [])
    assert guess.committed is None and not guess._entry.disabled and guess._entry.value == "5"
    assert "Commit to a prediction first" in said(box.children[1])
    guess.commit("6")
    assert guess.committed == 6 and guess._entry.again == "" and "You said <b>6 %</b>" in said(box.children[1])
    guess._entry._heard(None, {"again": True}, [])
    guess.change()
    assert guess.committed == 6


@pytest.mark.parametrize("options", [(), ("3", "4")])
def test_committing_after_the_cell_was_run_again_fills_in_the_comparison(options):
    ask = lambda: predict("How much?", lesson="1.1", options=options)  # noqa: E731
    first = ask()
    box = first.compare(options[0] if options else 3, "So.")
    first.close()
    second = ask()
    second.commit("4")
    assert "You said <b>4" in said(box.children[1]) and "So." in said(box.children[1])
    second.close()
    third = ask()
    assert third.committed == second.committed and "You said 4" in said(third._note) and not third._entry.disabled
    third.commit("3")
    assert "You said <b>3" in said(box.children[1])


def test_predictions_of_different_lessons_or_names_do_not_meet():
    box = predict("How much?", lesson="1.1").compare(3)
    for other in ({"lesson": "1.2"}, {"lesson": "1.1", "name": "second"}, {}):
        predict("How much?", **other).commit("5")
    assert "Commit to a prediction first" in said(box.children[1])


def test_a_closed_comparison_is_forgotten():
    guess = predict("How much?", lesson="1.1")
    box = guess.compare(3)
    box.close()
    guess.commit("5")
    del box
    gc.collect()
    assert len(guess._kept.waiting) == 0


def test_choices_are_committed_likewise():
    guess = predict("Who?", options=["Traders", "Pools & <LPs>"])
    for nothing in (None, "", "Nobody"):
        guess._entry._heard(None, {"commit": nothing}, [])
        assert guess.committed is None and "Choose an answer first" in said(guess._note)
    guess.commit("Pools & <LPs>")
    guess.commit("Traders")
    assert guess.committed == "Pools & <LPs>"
    assert "Pools &amp; &lt;LPs&gt;" in said(guess._note)
    guess.change()
    guess.commit("Traders")
    assert guess.committed == "Traders"


def test_a_range_needs_two_ends():
    with pytest.raises(ValueError, match=r"high = 0 is outside the allowed range \(5, inf\]"):
        predict("How much?", low=5, high=0)


def test_predictions_are_offered_when_committed_and_when_the_answer_is_known(heard):
    guess = predict("How much?", lesson="1.1", high=20)
    guess.commit("0,5")
    guess.compare(1.28)
    first, second = heard
    assert (first.kind, first.lesson, first.question, first.value, first.answer) == (
        "prediction",
        "1.1",
        "prediction",
        0.5,
        None,
    )
    assert (second.answer, second.right, second.unit, second.low, second.high) == (1.28, None, "%", 0, 20)
    who = predict("Who?", lesson="1.2", options=["A", "B"])
    who.compare("B")
    who.commit("A")
    assert (heard[-1].right, heard[-1].value, heard[-1].answer, heard[-1].asked) == (False, "A", "B", "Who?")


# --- quizzes ---------------------------------------------------------------------------------------------------------

ANSWERS = {"Into the pool": "Right: it stays there.", "To the miner": "No: the miner gets the gas."}


def test_questions_in_a_cell_give_feedback_for_every_option():
    asked = quiz(("Where does the fee go?", ANSWERS), ("Again?", ANSWERS))
    assert len(asked.choices) == 2 and asked.choices[0].value is None
    asked.choices[0].value = "To the miner"
    assert "✗" in said(asked.notes[0]) and "miner gets the gas" in said(asked.notes[0])
    asked.choices[0]._heard(None, {"commit": "Into the pool"}, [])
    assert "✓" in said(asked.notes[0]) and 'role="status"' in said(asked.notes[0])
    assert said(asked.notes[1]) == ""


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        ({"a": "No.", "b": "No."}, "has 0 right options: allowed is exactly 1"),
        ({"a": "Right.", "b": "Right."}, "has 2 right options"),
        ({"a": "Right.", "b": " "}, "option 'b' of question '1. Q' has no feedback"),
    ],
)
def test_bad_questions_are_refused(answers, message):
    with pytest.raises(ValueError, match=message):
        quiz(("Q", answers))


def test_an_unknown_lesson_is_refused():
    with pytest.raises(ValueError, match=r"lesson = '9.9' is not allowed: choose one of 'start', '1.1', '1.2'"):
        quiz("9.9")


def test_lessons_with_a_quiz_come_in_reading_order():
    """The tenth lesson after the ninth."""
    found = lessons()
    assert found.index("1.10") == found.index("1.9") + 1 and found[0] == "start"


def test_first_tries_are_counted_and_outlive_a_second_run(heard):
    asked = quiz("1.1")
    right = [question.answer for question in asked.questions]
    wrong = next(option for option in asked.questions[0].options if option != right[0])
    assert said(asked.count) == ""
    asked.answer(1, wrong)
    assert "Right at the first try: 0 of 3 (2 still to answer)." in said(asked.count)
    asked.answer(1, right[0])
    asked.answer(2, right[1])
    asked.answer(3, right[2])
    assert "Right at the first try: 2 of 3." in said(asked.count)
    assert [(each.question, each.right, each.value) for each in heard] == [
        ("depth", False, wrong),
        ("depth", False, right[0]),
        ("impact", True, right[1]),
        ("turn", True, right[2]),
    ]
    assert [each.latest for each in heard] == [False, True, True, True]
    assert {(each.kind, each.lesson) for each in heard} == {("quiz", "1.1")} and heard[0].answer == right[0]
    asked.close()
    again = quiz("1.1")
    again.answer(1, right[0])
    assert "Right at the first try: 2 of 3." in said(again.count)


def test_options_are_shuffled_once_for_each_run(monkeypatch):
    shown = lambda: tuple(entry.options for entry in quiz("1.1").entries)  # noqa: E731
    assert shown() == shown()
    orders = set()
    for run in range(40):
        monkeypatch.setattr(quizzes, "_RUN", run)
        orders.add(json.dumps(shown()))
    assert len(orders) > 20
    entry = kinds.ChoiceQuestion(
        id="q", question="Q", options={"1": "a", "2": "b", "3": "c"}, answer="2", shuffled=False
    )
    assert entry.widget(Random(1)).options == ["1", "2", "3"]


def test_readers_without_a_kernel_see_questions_but_no_answers():
    guess = predict("How <b>much</b>?", unit="%")
    assert guess._repr_mimebundle_()[0]["text/plain"].startswith("Your prediction: How much?")
    said = "Commit to a prediction first; then the answer appears here."
    assert guess.compare(3, "So.")._repr_mimebundle_()[0]["text/plain"] == said
    asked = quiz(("Why?", {"This": "Right: …", "That": "No: …"}))
    text = asked._repr_mimebundle_()[0]["text/plain"]
    assert "Why?" in text and "Right" not in text and "This" not in text


# --- quiz files ------------------------------------------------------------------------------------------------------

CHOICE = {
    "id": "fee",
    "kind": "choice",
    "skill": "Follow the fee",
    "question": "Where does *it* go?",
    "options": [
        {"option": "Into the pool", "right": True, "feedback": "Right."},
        {"option": "To <us>", "feedback": "No: *not* us."},
    ],
}
NUMBER = {
    "id": "rate",
    "kind": "number",
    "skill": "Compute a rate",
    "question": "What do lenders earn?",
    "answer": 2.7,
    "tolerance": 0.05,
    "unit": "%",
    "low": 0,
    "high": 100,
    "right": "Right: so.",
    "wrong": "No: think.",
    "near": [{"value": 3, "feedback": "No: the treasury."}],
}
ORDER = {
    "id": "steps",
    "kind": "order",
    "skill": "Order steps",
    "question": "What comes first?",
    "items": ["one", "two", "three"],
    "right": "Right.",
    "wrong": "No.",
}


def one(data):
    (question,) = parsed({"questions": [data]}, "quizzes/x.toml")
    return question


def test_a_choice():
    question = one(CHOICE)
    assert question.html() == "Where does <em>it</em> go?" and question.text() == "Where does it go?"
    assert question.feedback("To <us>") == (False, "No: <em>not</em> us.") and question.feedback("Into the pool").right
    assert question.feedback("elsewhere").right is None


@pytest.mark.parametrize(
    ("typed", "right", "said"),
    [
        ("2,7 %", True, "Right: so."),
        ("2.65", True, "Right"),
        ("2.75", True, "Right"),
        ("2.76", False, "No: think."),
        ("3", False, "No: the treasury."),
        ("3.05", False, "No: the treasury."),
        ("x", None, "We cannot read"),
        ("101", None, "out of range"),
    ],
)
def test_a_number(typed, right, said):
    feedback = one(NUMBER).feedback(typed)
    assert feedback.right is right and said in feedback.text


def test_an_order():
    question = one(ORDER)
    assert all(question.widget(Random(seed)).options != list(question.items) for seed in range(20))
    assert question.feedback(["one", "two", "three"]) == (True, "Right.")
    assert question.feedback(["two", "one", "three"]) == (False, "No. (1 of 3 stand in their place.)")
    assert question.feedback(["two", "one"]).right is None and question.feedback(None).right is None


def test_a_number_is_no_try_until_it_is_one(heard):
    asked = questions.Quiz([one(NUMBER), one(ORDER)])
    asked.answer(1, "x")
    assert heard == [] and said(asked.count) == "" and "We cannot read" in said(asked.notes[0])
    asked.answer(1, "2,7")
    assert heard[0].right and "1 of 2" in said(asked.count)
    asked.answer(2, ["three", "two", "one"])
    assert "Right at the first try: 1 of 2." in said(asked.count)


@pytest.mark.parametrize(
    ("base", "change", "message"),
    [
        (CHOICE, {"kind": "chioce"}, r"questions 1: kind = 'chioce': allowed is 'choice' or 'number' or 'order'"),
        (CHOICE, {"id": "The Fee"}, "id = 'The Fee': allowed is small letters, digits and hyphens"),
        (CHOICE, {"skill": ""}, "skill = '': allowed is words, not empty"),
        (CHOICE, {"hint": "x"}, "the field 'hint' is not known; known are"),
        (CHOICE, {"claims": "P1"}, "claims = 'P1': allowed is a list"),
        (CHOICE, {"shuffled": 1}, "shuffled = 1: allowed is true or false"),
        (CHOICE, {"options": CHOICE["options"][:1]}, "allowed is at least 2 entries"),
        (CHOICE, {"options": [*CHOICE["options"], CHOICE["options"][0]]}, "'Into the pool' stands there twice"),
        (
            CHOICE,
            {"options": [{**each, "right": True} for each in CHOICE["options"]]},
            "2 options are right = true: allowed is exactly 1",
        ),
        (CHOICE, {"options": [{**each, "right": False} for each in CHOICE["options"]]}, "0 options are right = true"),
        (CHOICE, {"options": [CHOICE["options"][0], {"option": "x"}]}, "options 2: the field 'feedback' is missing"),
        (CHOICE, {"options": [CHOICE["options"][0], "x"]}, "options 2 is 'x': allowed is a table of fields"),
        (NUMBER, {"answer": "2.7"}, "answer = '2.7': allowed is a number"),
        (NUMBER, {"answer": float("nan")}, "answer = nan: allowed is a number"),
        (NUMBER, {"answer": 200}, "answer = 200 is not from low = 0 to high = 100"),
        (NUMBER, {"tolerance": -1}, "tolerance = -1: allowed is a number from 0"),
        (
            NUMBER,
            {"near": [{"value": 2.72, "feedback": "No."}]},
            "near 1: value = 2.72 cannot be told from the answer 2.7",
        ),
        (ORDER, {"items": ["a", "b"]}, "allowed is a list of at least 3"),
        (ORDER, {"items": ["a", "b", "a"]}, "an item stands in items twice"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(base, change, message):
    with pytest.raises(ValueError, match=rf"quizzes/x.toml.*{message}"):
        one(base | change)


def test_a_bad_file_as_a_whole():
    for data, message in (
        ({}, "the field 'questions' is missing"),
        ({"questions": []}, "at least 1 entries"),
        ({"questions": [CHOICE, CHOICE]}, "questions 2: the id 'fee' is taken"),
        ({"questions": [CHOICE], "titel": "x"}, "the field 'titel' is not known"),
    ):
        with pytest.raises(ValueError, match=message):
            parsed(data, "quizzes/x.toml")


@pytest.mark.parametrize("lesson", lessons())
def test_every_quiz_of_the_course(lesson):
    known = {claim.id for claim in claims()}
    for question in questions_of(lesson):
        assert set(question.claims) <= known and question.skill
        assert question.feedback(None).right is None
        if question.kind == "choice":
            for option, feedback in question.options.items():
                assert feedback.startswith("Right") == (option == question.answer), "the words say what is right"


def test_emphasis():
    assert rendered("*a b* is 2 * 3 * 4 < 5") == "<em>a b</em> is 2 * 3 * 4 &lt; 5"
