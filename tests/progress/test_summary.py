from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.progress import due, record, summary
from defi_lib.progress.records import checked, merged
from defi_lib.progress.summary import order, summarised

QUESTIONS = {"1.1": ["depth", "impact"], "1.2": ["fees"]}
YESTERDAY = (date.today() - timedelta(1)).isoformat()


def test_of_nothing_is_empty():
    found = summarised({}, QUESTIONS)
    assert found.empty and found.typically_off == 0.0 and found.numbers == found.bets == found.repeat == []


def test_a_lesson_is_begun_by_its_first_answer_and_read_when_all_its_questions_are_answered(here):
    record("prediction", "1.1", "cost", value=3.0, day=YESTERDAY)
    (lesson,) = summary(QUESTIONS).lessons
    assert (lesson.lesson, lesson.begun, lesson.answered, lesson.read) == ("1.1", YESTERDAY, 0, False)
    record("quiz", "1.1", "depth", first=True)
    record("quiz", "1.1", "one-that-is-gone", first=True)
    assert not summary(QUESTIONS).lessons[0].read
    record("quiz", "1.1", "impact", first=False)
    (lesson,) = summary(QUESTIONS).lessons
    assert lesson.read and (lesson.answered, lesson.questions, lesson.right) == (2, 2, 1)


def test_a_lab_does_not_begin_a_lesson(here):
    record("lab", "1.1", "swap", points=1.5, out_of=2)
    record("lab", "1.1", "pool_after", points=3, out_of=3)
    found = summary(QUESTIONS)
    assert found.lessons == [] and not found.empty
    assert found.labs == [("1.1", 4.5, 5.0)]


def test_what_was_wrong_at_first_is_repeated_until_it_is_right_at_first_in_a_later_sitting(here):
    record("quiz", "1.1", "depth", first=False, asked="Why?", day=YESTERDAY)
    assert summary().repeat == [("1.1", "depth", "Why?", "")]
    record("quiz", "1.1", "depth", first=True, asked="Why?")
    found = summary()
    assert found.repeat == [] and (found.tried, found.right) == (1, 0)


def test_predictions_that_have_an_answer_say_how_far_off_they_are(here):
    record("prediction", "1.1", "cost", value=5.0, answer=1.0, low=0, high=20, unit="%")
    record("prediction", "1.2", "cost", value=2.0, answer=4.0, low=0, high=20)
    record("prediction", "1.3", "cost", value=8.0, answer=4.0)
    record("prediction", "1.4", "bet", value="true today", answer="not true")
    record("prediction", "1.4", "open", value=3.0)
    found = summary()
    assert [guess.off for guess in found.numbers] == [4.0, -2.0, 4.0]
    assert [guess.share for guess in found.numbers] == [0.2, 0.1, 1.0]
    assert found.typically_off == 0.2
    assert [guess.right for guess in found.guesses] == [False, False, False, False]
    assert [guess.lesson for guess in found.bets] == ["1.4"]


@pytest.mark.parametrize(("value", "right"), [(1.0, True), (2.0, True), (2.1, False)])
def test_close_is_within_a_twentieth_of_what_could_be_said(here, value, right):
    record("prediction", "1.1", "cost", value=value, answer=1.0, low=0, high=20)
    assert summary().guesses[0].right is right


def test_an_answer_of_nothing_can_be_missed_too(here):
    record("prediction", "1.1", "cost", value=1.0, answer=0.0)
    assert summary().typically_off == 1.0


def test_old_questions_that_are_due_at_a_lesson(here):
    record("quiz", "1.1", "right", first=True, day="2026-01-01", asked="a")
    record("quiz", "1.2", "newer", first=False, day="2026-01-03", asked="b")
    record("quiz", "1.10", "older", first=False, day="2026-01-02", asked="c")
    record("quiz", "1.1", "today", first=False, asked="d")
    record("quiz", "2.1", "later", first=False, day="2026-01-01", asked="e")
    assert [each.item for each in due("2.1")] == ["older", "newer"]
    assert [each.item for each in due("2.1", most=9)] == ["older", "newer", "right"]
    assert [each.item for each in due("1.2")] == ["right"] and due("1.1") == [] and due("start") == []


def test_lessons_are_in_reading_order():
    assert sorted(["2.1", "1.10", "start", "1.9"], key=order) == ["start", "1.9", "1.10", "2.1"]


DAYS = st.sampled_from(["2026-01-01", "2026-01-02", "2026-01-03"])
LABS = st.fixed_dictionaries({"points": st.sampled_from([0.0, 1.0, 2.0]), "out_of": st.just(2.0), "day": DAYS})
QUIZZES = st.fixed_dictionaries({"first": st.booleans(), "day": DAYS})


@given(st.lists(LABS, min_size=1, max_size=5), st.randoms(use_true_random=False))
def test_best_points_do_not_depend_on_the_order_of_merging(entries, random):
    def of(entries):
        result = {}
        for entry in entries:
            result = merged(result, {"lab": {"1.1": {"swap": entry}}})
        return result

    shuffled = random.sample(entries, len(entries))
    assert of(entries) == of(shuffled) == merged(of(entries), of(shuffled))


SITTINGS = st.lists(QUIZZES, min_size=1, max_size=5, unique_by=lambda entry: entry["day"])


@given(SITTINGS, st.randoms(use_true_random=False))
def test_first_and_latest_tries_do_not_depend_on_the_order_of_merging(entries, random):
    result = {}
    for entry in random.sample(entries, len(entries)):
        result = merged(result, {"quiz": {"1.1": {"depth": checked("quiz", "1.1", "depth", entry)}}})
    entry = result["quiz"]["1.1"]["depth"]
    first, last = min(entries, key=lambda e: e["day"]), max(entries, key=lambda e: e["day"])
    assert (entry["first"], entry["day"]) == (first["first"], first["day"])
    assert (entry["latest"], entry["again"]) == (last["first"], last["day"])
    assert merged(result, result) == result
