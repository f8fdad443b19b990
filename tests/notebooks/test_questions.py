"""Nothing spoils a question: quizzes are data, answers wait, and code that a reader need not read is folded."""

import json
import re

import pytest

from defi_lib.explore.questions import lessons, questions_of
from defi_lib.explore.questions.words import plain
from tests.notebooks.test_form import ON_CLAIMS, code, name, read, tool

#: The lessons and the first page.
COURSE = [path for path in tool.find(("course",)) if path.name != "my_progress.ipynb"]
#: Calls that a reader need not read.
FOLDED = (
    r"(?<![\w.])(explore|quiz|predict|bet|show_evidence|turn|show_profits|show_concentration|show)\("
    r"|\.compare\(|^(import|from) "
)
FIRST = "Commit to a prediction first; then the answer appears here."

#: Lessons whose own words or pictures, before the comparison, say what was to be predicted. May only shrink.
SAYS_THE_ANSWER: dict[str, str] = {}
#: Lessons that tell the answer when all cells are run, before the reader has committed. May only shrink.
RUN_TELLS = set(SAYS_THE_ANSWER)
#: Cells that say the answer in other words; they are withheld too.
IN_OTHER_WORDS: dict[str, set[str]] = {}
#: Lessons with the number in what stands above the question, and why it says nothing.
BY_CHANCE: dict[str, str] = {}
#: Lessons in which the answer stands less than a screen below the question. May only shrink.
TOO_NEAR: set[str] = set()
#: Right options whose words stand in the lesson. May only shrink.
SAYS_THE_OPTION: dict[str, set[str]] = {}
SCREEN = 120  # words


def lesson_of(path):
    found = re.search(r"(\d)_\w+/(\d\d)_", str(path))
    return f"{found[1]}.{int(found[2])}" if found else "start"


def source(cell):
    return "".join(cell["source"])


def shown(cell):
    """All text of the cell's outputs."""
    parts = []
    for output in cell.get("outputs", ()):
        parts.append("".join(output.get("text", "")))
        parts += ["".join(text) for kind, text in output.get("data", {}).items() if not kind.startswith("image/png")]
    return re.sub(r"base64,[\w+/=]+", "", " ".join(filter(None, parts)))


def squeezed(text):
    """Words alone: however a text is cut into lines and strings, it is found."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def folded(cell):
    return cell["metadata"].get("jupyter", {}).get("source_hidden", False)


def collapsed(cell):
    return cell["metadata"].get("jupyter", {}).get("outputs_hidden", False)


def withheld(cell):
    return source(cell).startswith(("guess.withhold()", "mine.withhold()")) or "after=" in source(cell)


def place(notebook, pattern):
    return next(
        n for n, c in enumerate(notebook["cells"]) if c["cell_type"] == "code" and re.search(pattern, source(c))
    )


def test_every_lesson_has_a_quiz_and_every_quiz_a_lesson():
    assert sorted(lessons()) == sorted(lesson_of(path) for path in COURSE)


@pytest.mark.parametrize("path", ON_CLAIMS, ids=name)
def test_the_questions_belong_to_claims_that_the_lesson_tests(path):
    prose = " ".join(source(cell) for cell in read(path)["cells"] if cell["cell_type"] == "markdown")
    (listed,) = re.findall(r"^\*\*Claims? tested:\*\* (.+)$", prose, re.M)
    for question in questions_of(lesson_of(path)):
        assert set(question.claims) <= set(re.findall(r"[PXRC]\d+", listed)), question.id


@pytest.mark.parametrize("path", COURSE, ids=name)
def test_a_quiz_cell_holds_its_lesson_only(path):
    asked = [source(cell) for cell in code(read(path)) if re.search(r"(?<![\w.])quiz\(", source(cell))]
    assert asked == [f'quiz("{lesson_of(path)}")']


@pytest.mark.parametrize("path", COURSE, ids=name)
def test_nothing_of_a_quiz_but_its_questions_stands_in_any_notebook(path):
    cells = [(cell["id"], squeezed(f"{source(cell)} {shown(cell)}")) for cell in read(path)["cells"]]
    lesson = lesson_of(path)
    for question in questions_of(lesson):
        secrets = secrets_of(question)
        for secret in secrets:
            words = squeezed(plain(secret))
            found = [identity for identity, text in cells if words in text]
            if found and secret not in SAYS_THE_OPTION.get(lesson, ()):
                raise AssertionError(f"{found} say {secret!r} of question {question.id}")


def secrets_of(question):
    """Every feedback; and right options that are long enough not to be met by chance."""
    if question.kind == "choice":
        right = [question.answer] if len(question.answer.split()) > 3 else []
        return [*question.options.values(), *right]
    near = [each.feedback for each in getattr(question, "near", ())]
    return [question.right, question.wrong, *near]


@pytest.mark.parametrize("path", COURSE, ids=name)
def test_no_quiz_cell_shows_an_option(path):
    notebook = read(path)
    cell = notebook["cells"][place(notebook, r"(?<![\w.])quiz\(")]
    for question in questions_of(lesson_of(path)):
        assert squeezed(question.text()) in squeezed(shown(cell)), "readers without a kernel see the question"
        for option in getattr(question, "options", ()):
            if squeezed(option) not in squeezed(" ".join(each.text() for each in questions_of(lesson_of(path)))):
                lines = [squeezed(line) for line in shown(cell).splitlines()]
                assert squeezed(option) not in lines


@pytest.mark.parametrize("path", COURSE, ids=name)
def test_a_comparison_waits_for_the_commitment(path):
    (cell,) = [cell for cell in code(read(path)) if ".compare(" in source(cell)]
    assert shown(cell) == FIRST
    assert source(cell).startswith("#"), "the first line of a folded cell is shown: it says nothing of the answer"


@pytest.mark.parametrize("path", COURSE, ids=name)
def test_a_prediction_knows_its_lesson(path):
    (cell,) = [cell for cell in code(read(path)) if re.search(r"= predict\(", source(cell))]
    assert f'lesson="{lesson_of(path)}"' in source(cell)


@pytest.mark.parametrize("path", COURSE, ids=name)
def test_nothing_before_the_comparison_gives_the_answer_away(path):
    notebook, lesson = read(path), lesson_of(path)
    asked, compared = place(notebook, r"= predict\("), place(notebook, r"\.compare\(")
    told = []
    for cell in notebook["cells"][asked + 1 : compared]:
        text = ("" if folded(cell) else source(cell)) + ("" if collapsed(cell) else shown(cell))
        told += [cell["id"]] if says(text, ANSWERS.get(lesson)) else []
    assert bool(told) == (lesson in SAYS_THE_ANSWER), told


@pytest.mark.parametrize("path", COURSE, ids=name)
def test_running_all_cells_does_not_give_the_answer_away(path):
    """Whoever runs a cell sees what it shows, collapsed or not: a screen below the comparison at the earliest."""
    notebook, lesson = read(path), lesson_of(path)
    asked, compared = place(notebook, r"= predict\("), place(notebook, r"\.compare\(")
    cells = notebook["cells"][asked if lesson in BY_CHANCE else 0 : compared]
    words = 0
    for cell in notebook["cells"][compared + 1 :]:
        words += len(source(cell).split())
        cells += [cell] if words < SCREEN else []
    told = [
        cell["id"]
        for cell in cells
        if not withheld(cell)
        and (says(shown(cell), ANSWERS.get(lesson)) or cell["id"] in IN_OTHER_WORDS.get(lesson, ()))
    ]
    assert bool(told) == (lesson in RUN_TELLS), told


@pytest.mark.parametrize("path", COURSE, ids=name)
def test_what_is_withheld_is_shipped_collapsed_and_the_other_way_round(path):
    cells = code(read(path))
    assert [cell["id"] for cell in cells if withheld(cell)] == [
        cell["id"] for cell in cells if collapsed(cell) and lesson_of(path) not in RUN_TELLS
    ]


#: What the lessons compute; a choice that is no number is not looked for.
ANSWERS = {
    "start": 0.12, "1.1": 1.28, "1.2": 5.72, "1.3": 21.5, "1.4": 9.9, "1.5": 2.2, "1.7": 7.5,
    "2.1": 21.5, "2.2": 27.7, "2.3": 3.18, "2.4": 85, "2.5": 0.03, "2.7": 121.3, "2.8": 43.75, "2.9": 4300,
    "3.1": 32, "3.2": 30, "3.3": 10.5, "3.4": 0.2, "3.5": 0.3, "3.6": 1.6, "3.7": 3.3, "3.8": 10, "3.9": 0,
    "4.1": 4.4, "4.2": 13.5, "4.3": 0, "4.4": 75, "4.5": 33.6, "4.6": 63, "4.7": 9.2, "4.8": 65.5, "4.9": 72.1,
    "5.1": 14, "5.5": 9.09,
    "5.4": 190,
    "6.5": 83.3,
    "6.6": 6.3, "6.7": 20.8,
    "7.1": 16.5, "7.2": 0, "7.3": 10.2,
    "7.7": 6.6, "7.8": 1.78, "7.9": 4.8,
    "1.9": 7, "1.10": 70, "5.2": 9.1,
    "1.6": 7.7, "1.8": 147, "2.6": 26.3,
    "7.13": 1.08, "7.15": 51.8,
    "3.10": 3.5, "3.11": 94.1,
    "7.19": 93, "7.20": 51,
    "5.3": 85.7,
    "7.10": 2.5,
    "7.12": 0.9,
    "7.11": 8.9,
    "6.1": 88, "6.4": 5,
    "6.2": 44, "7.4": 16.8,
    "6.3": 214.5,
    "7.16": 50,
    "7.14": 6.6,
    "7.17": 83, "7.18": 16.7,
    "8.14": 68,
}  # fmt: skip


def says(text, answer):
    """Whether the text holds the answer, as a number, as a part of one, or as the factor by which something grows."""
    numbers = re.findall(r"(?<![\w.])\d[\d_,]*(?:\.\d+)?(?!\w)", text) if answer else ()
    values = [float(re.sub("[_,]", "", number)) for number in numbers]
    return any(
        abs(each - answer) <= 0.006 * answer for value in values for each in (value, 100 * value, 100 * value - 100)
    )


@pytest.mark.parametrize("path", COURSE, ids=name)
def test_an_answer_that_is_printed_stands_a_screen_below_the_question(path):
    notebook = read(path)
    asked, compared = place(notebook, r"= predict\("), place(notebook, r"\.compare\(")
    between = notebook["cells"][asked + 1 : compared + 1]
    first = next(n for n, c in enumerate(between) if n == len(between) - 1 or collapsed(c))
    words = sum(len(source(cell).split()) for cell in between[: first + (first < len(between) - 1)])
    assert (words < SCREEN) == (lesson_of(path) in TOO_NEAR), words


@pytest.mark.parametrize("path", COURSE, ids=name)
def test_code_that_need_not_be_read_is_folded(path):
    cells = code(read(path))
    unfolded = [cell["id"] for cell in cells if re.search(FOLDED, source(cell), re.M) and not folded(cell)]
    assert unfolded == [], "add the metadata: jupyter, source_hidden"
    assert not all(map(folded, cells)), "what teaches stays open"


@pytest.mark.parametrize("path", tool.find(("solutions", "labs")), ids=name)
def test_questions_of_labs_are_not_folded(path):
    cells = code(read(path))
    assert [cell["id"] for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution") and folded(cell)] == []


def test_the_tool_keeps_what_is_folded():
    metadata = {"jupyter": {"source_hidden": True, "outputs_hidden": True}}
    cell = {"cell_type": "code", "source": "1", "metadata": metadata, "outputs": [], "execution_count": 1}
    (normal,) = json.loads(tool.normal_form({"cells": [cell]}, outputs=True))["cells"]
    assert normal["metadata"] == metadata
