"""Printed handouts: two pages, whole formulas, and not one answer."""

import re

import pytest

from defi_lib.course import contents
from defi_lib.explore.questions.kinds import ChoiceQuestion, OrderQuestion
from defi_lib.explore.questions.quizfile import questions_of
from defi_lib.explore.questions.words import plain
from defi_lib.teaching import handouts
from defi_lib.teaching.__main__ import main
from defi_lib.teaching.handouts import printing, sheet
from defi_lib.teaching.handouts.printing import Printer, pages_of
from defi_lib.teaching.lecture.lesson import ROOT, Lesson, lesson

PAGES = contents.lessons(ROOT)
FEW = ("1.1", "7.13")
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def printer():
    with Printer() as opened:
        yield opened


def said(text):
    return " ".join(plain(re.sub(r"<(style|script).*?</\1>", "", text, flags=re.DOTALL)).split())


def after_the_bet(of):
    """Sentences that readers meet once they have bet, and what is folded."""
    seen, late = False, []
    for section in of.sections:
        if section.title == "Check yourself":
            break
        for block in section.blocks:
            if seen and block.is_text and section.title.startswith("The verdict"):
                late.append(block.source)
            late += re.findall(r"<details>(.*?)</details>", block.source, re.DOTALL) if block.is_text else []
            seen = seen or any(block.calls("bet"))
    sentences = (each for text in late for each in re.split(r"(?<=[.?:])\s+", re.sub(r"[*_]|\[|\]\([^)]*\)", "", text)))
    return [" ".join(each.split()) for each in sentences if len(each) > 30 and not re.search(r"[<$]", each)]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.number)
def test_no_answer_stands_on_a_sheet(page):
    of = Lesson(page)
    text = said(sheet.sheet(of))
    for question in questions_of(of.quiz):
        assert said(question.html()) in text
        if isinstance(question, ChoiceQuestion):
            assert not [each for each in question.options.values() if len(each) > 20 and said(each) in text]
        else:
            assert said(question.right) not in text and said(question.wrong) not in text
        if isinstance(question, OrderQuestion):
            assert said("".join(question.items)) not in text
    assert [each for each in after_the_bet(of) if each in text] == []
    assert "<details" not in text and "<a " not in sheet.sheet(of)


def test_there_is_something_to_keep_back():
    assert sum(len(after_the_bet(Lesson(page))) for page in PAGES) > 300


def test_the_right_option_stands_in_any_place():
    places = []
    for page in PAGES:
        text = sheet.sheet(Lesson(page))
        for question in questions_of(Lesson(page).quiz):
            if isinstance(question, ChoiceQuestion) and question.shuffled:
                shown = text.split(f"</b> {question.html()}</p>")
                options = re.findall(r"<li>(.*?)</li>", shown[1].split("</ul>")[0]) if len(shown) == 2 else []
                places += [options.index(question.answer)] if question.answer in options else []
    assert len(places) > 200 and all(places.count(place) > len(places) / 5 for place in (0, 1, 2))


def assert_two_good_pages(printer, of):
    told = printer.lay_out(of)
    assert told["wrong"] == "" and min(told["type"]) >= 8.5
    assert re.findall(r"\$(?!\d)|\\[a-z]+|\*\*", told["text"]) == []  # no formula and no Markdown is left
    assert told["text"].count("Check yourself") == 1 and of.page.title.split("$")[0] in told["text"]
    assert pages_of(printer.pdf(of)) == 2


@pytest.mark.parametrize("number", FEW)
def test_two_pages(printer, number):
    assert_two_good_pages(printer, lesson(number))


@pytest.mark.thorough
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.number)
def test_two_pages_of_every_lesson(printer, page):
    assert_two_good_pages(printer, Lesson(page))


def test_a_formula_is_drawn_and_named(printer):
    printer.lay_out(lesson("1.1"))
    drawn = printer._page.locator(".tex svg")
    assert drawn.count() == 8
    assert "Longrightarrow" in printer._page.locator(".tex.display").first.get_attribute("aria-label")


def test_what_cannot_be_printed_is_said(printer, monkeypatch):
    monkeypatch.setattr(printing, "sheet", lambda _: "<article class='page'><span class='tex'>\\frac{</span></article>")
    with pytest.raises(RuntimeError, match=r"lesson 1.1: the formula \\frac\{ cannot be drawn"):
        printer.pdf(lesson("1.1"))
    full = f"<article class='page'>{'<p>word</p>' * 500}</article>"
    monkeypatch.setattr(printing, "sheet", lambda _: full)
    with pytest.raises(RuntimeError, match="page 1 does not fit in type of 7 pt"):
        printer.pdf(lesson("1.1"))
    monkeypatch.setattr(printing, "sheet", lambda _: "<article class='page'><p>word</p></article>")
    with pytest.raises(RuntimeError, match="gave 1 pages instead of 2"):
        printer.pdf(lesson("1.1"))


def test_commands_that_cannot_be_done(tmp_path, capsys, monkeypatch):
    assert main(["handouts", "9.9", "--into", str(tmp_path)]) == 1
    assert "No handout: lesson = '9.9': allowed is one of 0, 1.1" in capsys.readouterr().err
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(printing.shutil, "which", lambda name: None)
    assert main(["handouts", "1.1", "--into", str(tmp_path)]) == 1
    assert "needs Chromium or Chrome" in capsys.readouterr().err
    assert main(["poster"]) == 2 and "'poster' is no command" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_names_of_the_files():
    assert handouts.name_of(lesson("1.1")) == "1.1_swaps.pdf"
