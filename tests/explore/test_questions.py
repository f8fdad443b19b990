import pytest

from defi_lib.explore import predict, quiz


def test_a_prediction_is_kept_and_compared_even_if_it_comes_late():
    prediction = predict("How much?", unit="%")
    box = prediction.compare(1.28, "The pool's price moved.")
    assert "Commit to a prediction" in box.children[1].value
    prediction._entry.value = 5
    prediction._button.click()
    assert prediction.committed == 5 and prediction._entry.disabled
    assert "You said <b>5 %</b>. The answer is <b>1.28 %</b>. The pool's price moved." in box.children[1].value


def test_only_the_first_answer_counts():
    prediction = predict("Who?", options=["Traders", "Pools & <LPs>"])
    prediction._button.click()
    assert prediction.committed is None and "Choose an answer first" in prediction._note.value
    prediction.commit("Pools & <LPs>")
    prediction.commit("Traders")
    assert prediction.committed == "Pools & <LPs>"
    assert "Pools &amp; &lt;LPs&gt;" in prediction._note.value


def test_numbers_stay_in_range():
    prediction = predict("How much?", low=0, high=10, unit="")
    prediction._entry.value = 99
    assert prediction._entry.value == 10
    with pytest.raises(ValueError, match=r"high = 0 is outside the allowed range \(5, inf\]"):
        predict("How much?", low=5, high=0)


def test_quiz_gives_feedback_for_every_option():
    answers = {"Into the pool": "Right: it stays there.", "To the miner": "No: the miner gets the gas."}
    questions = quiz(("Where does the fee go?", answers), ("Again?", answers))
    assert len(questions.choices) == 2 and questions.choices[0].value is None
    questions.choices[0].value = "To the miner"
    assert "✗" in questions.notes[0].value and "miner gets the gas" in questions.notes[0].value
    questions.choices[0].value = "Into the pool"
    assert "✓" in questions.notes[0].value and 'role="status"' in questions.notes[0].value
    assert questions.notes[1].value == ""


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


def test_readers_without_a_kernel_see_the_text():
    prediction = predict("How <b>much</b>?", unit="%")
    assert prediction._repr_mimebundle_()[0]["text/plain"] == "Your prediction: How much?"
    assert prediction.compare(3, "So.")._repr_mimebundle_()[0]["text/plain"] == "The answer is 3 %. So."
    questions = quiz(("Why?", {"This": "Right: …", "That": "No: …"}))
    assert questions._repr_mimebundle_()[0]["text/plain"] == "Why?\n  ( ) This\n  ( ) That"
