"""The page of a class: the course's words only, small numbers hidden, every plot a table too."""

import re
import subprocess
import sys

import pytest

from defi_lib.teaching.class_page.counts import Counted
from defi_lib.teaching.class_page.groups import Interval
from defi_lib.teaching.class_page.page import page, shown
from defi_lib.teaching.class_page.plots import dots
from tests.support.simulated_class import COURSE, simulated

LESSONS = ["3.1", "3.7", "3.8", "3.9", "7.21"]


def students(lessons, many, seed=1):
    """The answers of each student of a simulated class."""
    made = []
    for records in simulated(lessons, many, seed):
        places = ((kind, lesson) for kind, lessons in records.items() for lesson in lessons)
        items = ((kind, lesson, item) for kind, lesson in places for item in records[kind][lesson])
        made.append([COURSE.given(*place, records[place[0]][place[1]][place[2]]) for place in items])
    return made


def of(lessons, many, seed=1):
    return Counted(students(lessons, many, seed), COURSE)


@pytest.fixture(scope="module")
def thirty():
    return of(LESSONS, 30)


@pytest.fixture(scope="module")
def text(thirty):
    return page(thirty, 3, day="2026-11-30")


def test_it_needs_nothing_from_elsewhere_and_runs_nothing(text):
    assert "<script" not in text and "default-src 'none'" in text
    assert not re.findall(r"""(?:src|href)\s*=\s*["'](?!#)""", text) and "url(" not in text and "@import" not in text


def test_every_question_is_there_with_the_course_s_words(thirty, text):
    for result in (*thirty.bets, *thirty.predictions, *thirty.choices):
        assert text.count(f'<article id="{type(result).__name__.lower()}-{result.lesson}-{result.item}">') == 1
    assert "3.9 What security burns" in text and "30 hand-ins</strong> counted on 2026-11-30; 3 files not" in text
    for link in re.findall(r'href="#([^"]+)"', text):
        assert f'id="{link}"' in text


def test_what_is_worth_discussing_is_named_first(thirty, text):
    first = re.search(r"To discuss first</h2><ol>(.*?)</ol>", text)[1]
    links = re.findall(r'href="#(\w+)-([\d.]+)-([\w-]+)"', first)
    assert links[:2] == [("bet", bet.lesson, bet.item) for bet in thirty.bets[:2]]
    assert links[3:] == [("choice", each.lesson, each.item) for each in thirty.choices[:3]]
    why = re.findall(r"<strong>(.*?)</strong>", first)
    assert re.fullmatch(r"A bet, \d+\s% sure on average; right: (\d+\s%|(all but )?fewer than 5)\.", why[0])
    assert why[2].startswith("A prediction; answer: ") and "; class: about " in why[2]
    assert f"usual mistake: “{thirty.choices[0].usual.text}”" in why[3]


def test_the_most_chosen_mistake_has_what_the_lesson_says_to_it(thirty, text):
    worst = next(each for each in thirty.choices if each.usual)
    card = text.split(f'<article id="choice-{worst.lesson}-{worst.item}">')[1].split("</article>")[0]
    assert card.count('class="mistake"') == 1 and worst.usual.said.split(":")[0] in card
    assert card.index(worst.usual.text.split("'")[0]) < card.index('class="mistake"')


def test_each_dot_is_a_person(thirty, text):
    for bet in thirty.bets:
        card = text.split(f'<article id="bet-{bet.lesson}-{bet.item}">')[1].split("</article>")[0]
        assert card.count("<circle") == bet.people
        rows = re.findall(r'<th scope="row">[^<]+</th><td>(\d+)</td>', card)
        assert sum(map(int, rows)) == bet.people
    for result in thirty.predictions:
        card = text.split(f'<article id="prediction-{result.lesson}-{result.item}">')[1].split("</article>")[0]
        assert card.count("<circle") == result.people and "answer: " in card


def test_plots_have_names_and_tables_have_heads(text):
    for plot in re.findall(r'<div class="(?:plot|calibration)"[^>]*>', text):
        assert 'role="img"' in plot and re.search(r'aria-label="[^"]{10,}"', plot)
    tables = re.findall(r"<table>.*?</table>", text)
    assert len(tables) > 10 and all('<th scope="col">' in each and "<caption>" in each for each in tables)


@pytest.mark.parametrize("many", range(5, 31, 5))
def test_no_small_number_of_people_stands_on_it(many):
    for seed in range(3):
        made = page(of(["3.9", "7.21"], many, seed), 0)
        number = r"<b>(\d+) of \d+</b>|<b>(\d+)(?: or more| ·[^<]*)?</b></span>"
        people = [int(each) for each in re.findall(number, made)
                  for each in each if each]  # fmt: skip
        tables = [int(each) for each in re.findall(r'<th scope="row">[^<]+</th><td>(\d+)</td>', made)]
        assert not {1, 2, 3, 4} & {*people, *tables} and ((people and tables) or many < 10)


def test_fewer_than_five_hand_ins_show_nothing():
    made = page(of(["3.9"], 4), 1)
    assert "Fewer than 5 hand-ins</strong> counted; 1 file not" in made and "nothing is shown" in made
    assert "<article" not in made and "4 hand" not in made


def test_one_lesson_and_a_class_without_bets():
    made = page(of(["3.9"], 12), 0, "3.9")
    assert "<h1>The class: 3.9 What security burns</h1>" in made and "not, for reasons" not in made
    without = Counted([[each for each in of_one if each.part == "quiz"] for of_one in students(["3.9"], 12)], COURSE)
    assert "Bets on verdicts" not in page(without, 0) and "Quizzes" in page(without, 0)
    assert "No question has five answers" in page(Counted([[]] * 6, COURSE), 0)


def test_a_lecture_hall_gets_bars():
    many = [Interval(0.0, 0.5, 200), Interval(0.5, 0.75, 100), Interval(0.75, 1.0, 0)]
    places = [(each.low, each.high) for each in many]
    made = dots(many, places, ["own"] * 3, [(0.5, "", "even")], ("0", "", "1"), "People")
    heights = [float(each) for each in re.findall(r'height="([\d.]+)"', made)]
    assert heights[0] == heights[1] > heights[2] == 0 and "<circle" not in made  # the area counts


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1.239e12, "bytes", "1.239 trillion bytes"),
        (1_280.0, "USD", "1,280 USD"),
        (-2e6, "", "−2 million"),
        (0.0, "%", "0 %"),
    ],
)
def test_numbers_are_short(value, unit, words):
    assert shown(value, unit) == words


def test_students_do_not_need_the_packages_of_grading():
    """The command runs where only the course is installed."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['nbgrader', 'nbclient', 'psutil', 'bleach', 'jupyter_client']))"
    )
    code += "\nfrom defi_lib.teaching.__main__ import main; sys.exit(main(['class', 'missing.zip']))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 2 and "must be a folder or a zip" in ran.stderr
