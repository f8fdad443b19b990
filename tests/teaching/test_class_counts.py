"""A class, counted: counts add up, few are hidden, and what is most worth discussing comes first."""

import csv
import itertools
import math
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.explore.questions import questions_of
from defi_lib.teaching.class_page.asked import Given
from defi_lib.teaching.class_page.counts import Bet, Choice, Counted, Option, Placed, Prediction, told
from defi_lib.teaching.class_page.groups import FEW, HIDDEN, Axis, axis, in_words, joined, small
from defi_lib.teaching.class_page.page import page
from defi_lib.teaching.class_page.tables import write_counts
from defi_lib.teaching.lecture.lesson import Asked
from tests.support.simulated_class import COURSE, simulated

PERCENT = Asked("How much?", (), 0.0, 100.0, "%")


def given_of(records):
    found = [COURSE.given(kind, lesson, item, entry) for kind, ls in records.items() for lesson, items in ls.items()
             for item, entry in items.items()]  # fmt: skip
    assert None not in found
    return found


def counted(lessons, students, seed=1):
    return Counted([given_of(each) for each in simulated(lessons, students, seed)], COURSE)


# --- groups


@given(st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_joined_groups_keep_everybody_in_place_and_none_is_small(people):
    ids, cells = 0, []
    for many in people:
        cells.append((frozenset(range(ids, ids + many)),))
        ids += many
    groups = joined(cells)
    if small(sum(people)):
        assert groups == []
        return
    assert [group.first for group in groups] == [0, *(group.last for group in groups[:-1])]
    assert groups[-1].last == len(people)
    for group in groups:
        assert len(group.cell[0]) == sum(people[group.first : group.last]) and not small(len(group.cell[0]))


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=8))
def test_of_several_sets_none_is_small(people):
    cells = [(frozenset((place, "a", n) for n in range(a)), frozenset((place, "b", n) for n in range(b)))
             for place, (a, b) in enumerate(people)]  # fmt: skip
    groups = joined(cells)
    assert not any(small(len(each)) for group in groups for each in group.cell)
    if not groups:
        assert any(small(sum(side)) for side in zip(*people, strict=True))


def test_neighbours_are_joined_and_empty_places_between_them_only():
    cells = [(frozenset(range(100 * place, 100 * place + many)),) for place, many in enumerate([0, 3, 0, 2, 0, 9])]
    assert [(group.first, group.last, len(group.cell[0])) for group in joined(cells)] == [
        (0, 1, 0), (1, 4, 5), (4, 5, 0), (5, 6, 9),
    ]  # fmt: skip


def consistent(words_of, cases):
    """For each thing that may be told, the counts of each place that would all be told so."""
    said = defaultdict(list)
    for people in cases:
        said[tuple(words_of(people))].append(people)
    return {words: [set(column) for column in zip(*each, strict=True)] for words, each in said.items()}


@pytest.mark.parametrize("options", [2, 3, 4])
def test_of_no_answer_it_can_be_computed_that_one_to_four_gave_it(options):
    """Whoever knows the rule and the number of hand-ins tries all that the class may have answered."""
    for most in range(5, 22 if options < 4 else 14):
        cases = [each for each in itertools.product(range(most + 1), repeat=options) if 5 <= sum(each) <= most]
        for words, columns in consistent(lambda people, most=most: in_words(people, most), cases).items():
            for word, column in zip(words, columns, strict=True):
                assert len(column) > 1 or not small(min(column)), (most, words)
                assert word != FEW or max(column) < 5
                assert not word.endswith(" or more") or int(word.split()[0]) == min(column) >= 5


@pytest.mark.parametrize(
    ("people", "most", "words"),
    [
        ([12, 2], 14, ["10 or more", FEW]),
        ([12, 2], 20, ["12", FEW]),
        ([0, 6, 1], 7, ["0", "5 or more", FEW]),
        ([5, 1], 6, [HIDDEN, HIDDEN]),
        ([9, 5], 14, ["9", "5"]),
        ([2, 3, 4], 9, [FEW, FEW, FEW]),
        ([12, 2], None, ["12", FEW]),
    ],
)
def test_what_is_told_by_hand(people, most, words):
    assert in_words(people, most) == words


@pytest.mark.parametrize("people", range(5, 15))
def test_of_no_bet_it_can_be_computed_that_one_to_four_won_or_lost_it(people):
    cases = [(right, people - right) for right in range(people + 1)]
    found = consistent(lambda sides: bets(*[(True, 0.8)] * sides[0], *[(False, 0.8)] * sides[1]).told, cases)
    assert all(len(column) > 1 or not small(min(column)) for columns in found.values() for column in columns)


VALUES = st.lists(st.floats(0, 100), min_size=5, max_size=60)


@given(VALUES, st.none() | st.floats(0, 100), st.booleans())
def test_intervals_count_everybody(values, answer, apart):
    here = axis(values, 0.0, 100.0, answer)
    found = here.intervals(values)
    assert sum(each.people for each in found) == len(values)
    assert all(not small(each.people) and each.low < each.high for each in found)
    assert math.isclose(found[0].low, here.low) and math.isclose(found[-1].high, here.high)
    if apart:
        halves = [sum(here.place(value) * 20 + 1e-9 < 10 for value in values)]
        halves.append(len(values) - halves[0])
        separate = here.intervals(values, apart=True)
        assert sum(each.people for each in separate) == sum(many for many in halves if not small(many))


@given(VALUES, st.none() | st.just(0.0) | st.floats(1e-3, 100))
def test_no_end_of_an_axis_says_what_a_single_person_said(values, answer):
    """Whoever is among the four furthest out may say something else, and the axis stays as it is."""
    here = axis(values, 0.0, 100.0, answer)
    further = sorted(values)
    further[-4:] = [100.0] * 4
    assert axis(further, 0.0, 100.0, answer) == here or len(values) < 9
    assert here.low < here.high and (answer is None or here.low <= answer <= here.high)


@given(st.floats(0, 1), st.booleans())
def test_places_and_values_are_inverse(place, log):
    here = Axis(2.0, 2e6, log)
    assert math.isclose(here.place(here.value(place)), place, abs_tol=1e-9)
    assert here.place(-1e9) == 0 and here.place(1e99) == 1


def test_powers_of_ten_get_an_axis_of_powers():
    values = [10.0**power for power in range(3, 13)]
    here = axis(values, 0.0, 1e13, 1.2e12)
    assert here.log and (here.low, here.high) == (1e7, 1e13)
    assert not axis(values, -1.0, 1e13, 1.2e12).log and not axis([0.0] * 9, 0.0, 1e13, 0.0).log


# --- results


def bets(*pairs):
    return Bet("1.1", "P2a", "text", True, tuple(Placed(n, right, sure) for n, (right, sure) in enumerate(pairs)))


@pytest.mark.parametrize(
    ("placed", "score"),
    [
        ([(True, 1.0)] * 5, 0.0),
        ([(False, 1.0)] * 5, 1.0),
        ([(True, 0.5)] * 5, 0.25),
        ([(True, 0.8), (False, 0.8)] * 5, (0.04 + 0.64) / 2),
    ],
)
def test_brier_by_hand(placed, score):
    assert bets(*placed).worth == pytest.approx(score, abs=1e-3)


def test_right_and_wrong_are_kept_apart_unless_one_is_small():
    many = bets(*[(True, 0.5)] * 6, *[(False, 0.5)] * 6)
    assert [(each.high <= 0.5, each.people) for each in many.intervals() if each.people] == [(True, 6), (False, 6)]
    few = bets(*[(True, 0.5)] * 8, *[(False, 0.5)] * 2)
    assert few.hides and [each.people for each in few.intervals() if each.people] == [10]
    assert not many.hides and not bets(*[(True, 0.9)] * 7).hides


def test_a_prediction_by_hand():
    found = Prediction("1.1", "prediction", PERCENT, 20.0, (10.0, 20.0, 30.0, 40.0, 60.0))
    assert (found.middle, found.people, found.axis) == (30.0, 5, Axis(0.0, 30.0))
    assert found.worth == pytest.approx(1 / 3)
    assert found._replace(answer=None).worth == 0.0


@given(st.lists(st.floats(0, 100), min_size=5, max_size=30))
def test_the_middle_is_told_of_nine_and_is_no_single_answer(values):
    found = Prediction("1.1", "prediction", PERCENT, 20.0, tuple(sorted(values)))
    if len(values) < 9:
        assert found.about is None
        return
    grid, near = [found.axis.value(place / 20) for place in range(21)], 0.05 if found.axis.log else 1e-9
    assert found.about is not None and any(math.isclose(found.about, each, rel_tol=near, abs_tol=1e-9) for each in grid)
    assert abs(found.axis.place(found.about) - found.axis.place(found.middle)) <= 1 / 40 + near


def test_on_an_axis_of_powers_the_middle_has_two_digits():
    assert Axis(1e3, 1e13, log=True).rounded(3.3e7) == 3.2e7


def test_what_lies_beyond_the_axis_is_not_said_to_lie_on_it(tmp_path):
    answers = [[Given("prediction", "1.1", "prediction", 2.0 * n, answer=1.28)] for n in range(1, 8)]  # up to 14
    found = Counted(answers, COURSE)
    (prediction,) = found.predictions
    assert (prediction.axis.high, prediction.beyond) == (8.0, (False, True))
    write_counts(tmp_path / "class.csv", found)
    with (tmp_path / "class.csv").open(encoding="utf-8-sig", newline="") as opened:
        first = next(csv.DictReader(opened))
    assert (first["from"], first["to"], first["people"]) == ("2", "", "7")
    made = page(found, 0, "1.1")
    assert "<span>8 % or more</span>" in made and "<span>0 %</span>" in made
    whole = prediction._replace(values=(2.0, *[19.0] * 6))
    assert (whole.axis.high, whole.beyond) == (20.0, (False, False))


def test_options_and_what_is_hidden():
    options = (Option("a", 12, True), Option("b", 10, False, "No: b."), Option("c", 3, False, "No: c."))
    found = Choice("1.1", "depth", "text", "skill", options)
    assert found.hides and found.usual == options[1] and found.worth == pytest.approx(13 / 25)
    assert Choice("1.1", "x", "", "", (Option("a", 9, True), Option("c", 4, False, "No."))).usual is None
    assert Choice("1.1", "x", "", "", (Option("a", 9, False), Option("c", 4, False))).worth == 0.0


@pytest.mark.parametrize(
    ("answers", "answer"),
    [
        ([None, None], None),
        ([1.28, None, 1.2800000001], 1.28),
        ([1.28, 1.28, 99.0], 1.28),
        ([1.28, 99.0], None),
        (["Less than one", "Less than one", 3.0], "Less than one"),
    ],
)
def test_the_answer_is_what_most_files_tell(answers, answer):
    assert told(answers) == answer


def quiz(item, chosen, right, lesson="2.1"):
    return [Given("quiz", lesson, item, chosen, right=right)]


def test_numbers_are_counted_by_the_mistake_they_stand_for():
    question = next(each for each in questions_of("2.1") if each.kind == "number" and each.near)
    mistake = question.near[0]
    students = [quiz(question.id, question.answer, True)] * 5 + [quiz(question.id, mistake.value, False)] * 6
    students += [quiz(question.id, question.low, False)] * 5 + [quiz(question.id, None, False)] * 7
    (found,) = Counted(students, COURSE).choices
    assert [(each.people, each.right) for each in found.options if each.people] == [
        (5, True), (7, False), (6, False), (5, False),
    ]  # fmt: skip
    assert found.usual is not None and found.usual.people == 6
    assert found.usual.said == mistake.feedback


def test_options_of_an_old_file_are_counted_without_a_name():
    (first, *_) = questions_of("1.1")
    students = [quiz(first.id, None, False, "1.1")] * 6
    (found,) = Counted(students, COURSE).choices
    assert found.usual is None and found.worth == 1.0
    assert [each.text for each in found.options if each.people] == ["Not right; what was chosen is not in the file"]


def test_fewer_than_five_of_a_question_are_left_out_and_fewer_in_all_show_nothing():
    (first, second, *_) = questions_of("1.1")
    students = [[*quiz(first.id, None, True, "1.1"), *quiz(second.id, None, True, "1.1")]] * 4
    assert not Counted(students, COURSE).enough
    found = Counted([*students, quiz(first.id, None, True, "1.1")], COURSE)
    assert [each.item for each in found.choices] == [first.id] and found.left_out == 1 and found.enough


@pytest.mark.parametrize("students", [5, 12, 30])
def test_everybody_is_counted_once_whatever_their_order(students):
    found = counted(["3.8", "3.9", "7.21"], students)
    given = [each for student in simulated(["3.8", "3.9", "7.21"], students) for each in given_of(student)]
    for part, results in (("bet", found.bets), ("prediction", found.predictions), ("quiz", found.choices)):
        for each in results:
            same = [one for one in given if (one.lesson, one.item) == (each.lesson, each.item)]
            assert each.people == len(same) and (same[0].part == part or each.lesson == "7.21")
    for results in (found.bets, found.predictions, found.choices):
        assert [each.worth for each in results] == sorted((each.worth for each in results), reverse=True)
    again = Counted([given_of(each) for each in simulated(["3.8", "3.9", "7.21"], students)][::-1], COURSE)
    assert [each.intervals() for each in again.bets] == [each.intervals() for each in found.bets]
    assert again.predictions == found.predictions and again.choices == found.choices


def test_calibration_needs_three_bets_and_its_bands_hold_them_all():
    assert counted(["3.8", "3.9"], 30).bands == []
    found = counted(["3.7", "3.8", "3.9", "3.10"], 30)
    assert sum(band.bets for band in found.bands) == sum(bet.people for bet in found.bets)
    for band in found.bands:
        won = round(band.won * band.bets)
        assert band.low <= band.sureness <= band.high and not small(won) and not small(band.bets - won)
    together = sum(band.won * band.bets for band in found.bands)
    assert together == pytest.approx(sum(bet.people - bet.wrong for bet in found.bets))


@settings(max_examples=12, deadline=None)
@given(st.integers(5, 40), st.integers(0, 10**6))
def test_the_table_holds_no_small_number_and_none_can_be_computed(tmp_path_factory, students, seed):
    file = tmp_path_factory.mktemp("table") / "class.csv"
    found = counted(["3.9", "7.21"], students, seed)
    write_counts(file, found)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert rows or students < 10
    words = ("", "0", FEW, f"all but {FEW}", HIDDEN)
    assert all(row["people"] in words or int(row["people"].removesuffix(" or more")) >= 5 for row in rows)
    for bet in found.bets:
        own = [row for row in rows if row["question"] == bet.item]
        sides = [row["people"] for row in own if row["right"]]
        intervals = [int(row["people"]) for row in own if row["from"] and row["to"]]
        assert sum(intervals) == bet.people
        if bet.hides:
            assert sorted(sides) in ([f"all but {FEW}", FEW], [HIDDEN, HIDDEN])
        else:
            assert sum(map(int, sides)) == bet.people
    for choice in found.choices:  # of options the total is told nowhere if one is small
        assert not choice.hides or str(choice.people) not in {
            row["people"] for row in rows if (row["lesson"], row["question"]) == (choice.lesson, choice.item)
        } - {str(each.people) for each in choice.options}


def test_fewer_than_five_leave_an_empty_table(tmp_path):
    write_counts(tmp_path / "class.csv", counted(["3.9"], 4))
    assert len((tmp_path / "class.csv").read_text(encoding="utf-8-sig").splitlines()) == 1
