"""What readers answer in a lesson is found in their progress, and nowhere else."""

import pytest

from defi_lib import explore, progress
from defi_lib.explore import predict, quiz, remembering
from defi_lib.explore.questions import prediction, questions_of, quizzes


@pytest.fixture
def here(own_progress, monkeypatch):
    monkeypatch.setattr(remembering, "_begun", False)
    for name in ("JPY_SESSION_NAME", "VOILA_REQUEST_URL", "PATH_INFO"):
        monkeypatch.delenv(name, raising=False)
    return own_progress


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    """As in a kernel that has just begun."""
    monkeypatch.setattr(prediction, "_kept", {})
    monkeypatch.setattr(quizzes, "_first_tries", {})


def test_first_tries_of_a_quiz(here):
    asked = quiz("1.1")
    (first, *_) = questions_of("1.1")
    wrong = next(option for option in first.options if option != first.answer)
    asked.answer(1, wrong)
    asked.answer(1, first.answer)
    entry = progress.load("quiz", "1.1")[first.id]
    assert entry["first"] is entry["latest"] is False
    assert entry["asked"] == first.text() and entry["skill"] == first.skill


def test_a_prediction_and_its_answer(here):
    guess = predict("How much?", lesson="1.1", high=20)
    guess.commit("5")
    guess.compare(1.28)
    entry = progress.load("prediction", "1.1")["prediction"]
    day = entry.pop("day")
    assert len(day) == 10
    assert entry == {"value": 5.0, "answer": 1.28, "asked": "How much?", "unit": "%", "low": 0.0, "high": 20.0}


def test_the_one_correction_counts(here):
    guess = predict("How much?", lesson="1.1", high=20)
    guess.commit("15")
    guess.change()
    guess.commit("1,5")
    assert progress.load("prediction", "1.1")["prediction"]["value"] == 1.5


def test_a_bet(here):
    bet = predict("Is it true today?", lesson="1.1", name="bet", options=("yes", "no"))
    bet.commit("yes")
    bet.compare("no")
    (guess,) = progress.summary().bets
    assert (guess.value, guess.answer, guess.right) == ("yes", "no", False)


def test_a_prediction_that_names_no_lesson_is_known_by_its_notebook_and_its_words(here, monkeypatch):
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/a/course/1_exchange/02_providing_liquidity.ipynb")
    predict("Without fees, how much less?", high=50).commit("3")
    assert list(progress.load("prediction", "1.2")) == ["without-fees-how-much-less"]


@pytest.mark.parametrize("lesson", ["", "my own lesson"])
def test_a_lesson_that_is_not_of_the_course_is_no_error_and_not_kept(here, lesson):
    predict("How much?", lesson=lesson).commit("3")
    assert not here.exists()


def test_a_lesson_is_begun_when_its_first_control_is_moved(here, monkeypatch):
    explorer = explore.explore(
        lambda a: {"x": [0.0, 1.0], "y": [a, a]},
        plot=explore.Plot(explore.Line("x", "y"), x=explore.Axis("x"), y=explore.Axis("y")),
        say="{a}",
        a=explore.Slider("A", "", 0, 10, start=1),
    )
    explorer._widgets["a"].value = 2.0
    assert not here.exists()  # no lesson's notebook
    monkeypatch.setattr(remembering, "_begun", False)
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/a/course/1_exchange/01_swaps.ipynb")
    explorer.set(a=3)
    assert not here.exists()  # not by the reader
    explorer._widgets["a"].value = 4.0
    assert list(progress.load("lesson", "1.1")) == ["begun"]


def test_off_nothing_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    quiz("1.1").answer(1, "It rises")
    assert list(tmp_path.iterdir()) == []
