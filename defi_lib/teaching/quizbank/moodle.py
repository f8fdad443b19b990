"""The quizzes as Moodle XML, in the elements that Moodle's own importer reads (``question/format/xml/format.php``).

A choice becomes ``multichoice`` with feedback to each option; a number ``numerical``, whose known mistakes are answers
worth nothing, before ``*`` for all others; an order ``ordering``, part of Moodle since 4.4, before that a plug-in.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree.ElementTree import Element, SubElement

from defi_lib.explore.questions import ChoiceQuestion, NumberQuestion, OrderQuestion, Question
from defi_lib.explore.questions.words import plain
from defi_lib.teaching.quizbank.banks import Bank
from defi_lib.teaching.quizbank.markup import asked, number, platform, shown

#: The category that holds all others, under the top of the course into which the file is imported.
COURSE = "Decentralised finance"
TOP = f"$course$/top/{COURSE}"
_PARTLY = "Some of it is right."


def identity(lesson: str, question: str) -> str:
    """The name by which a platform knows a question: the same for ever, as the quiz file's is."""
    return f"{lesson}-{question}"


def quiz(banks: Iterable[Bank]) -> Element:
    """The root element of the file: for each lesson its category, then its questions."""
    root, modules = Element("quiz"), set[str]()
    for bank in banks:
        if bank.module not in modules:
            modules.add(bank.module)
            _category(root, [bank.module], f"module-{bank.module.partition(' ')[0]}")
        _category(root, [bank.module, bank.title], f"lesson-{bank.lesson}")
        for question in bank.questions:
            root.append(_question(bank.lesson, question))
    return root


def _category(root: Element, names: list[str], known_as: str) -> None:
    """A slash inside a name is doubled, since one slash divides names."""
    question = SubElement(root, "question", type="category")
    path = "/".join([TOP, *(name.replace("/", "//") for name in names)])
    SubElement(SubElement(question, "category"), "text").text = path
    SubElement(SubElement(question, "info", format="html"), "text").text = ""
    SubElement(question, "idnumber").text = known_as


def _question(lesson: str, question: Question) -> Element:
    if isinstance(question, ChoiceQuestion):
        return _choice(lesson, question)
    if isinstance(question, NumberQuestion):
        return _number(lesson, question)
    if isinstance(question, OrderQuestion):
        return _order(lesson, question)
    raise ValueError(
        f"question {question.id!r} of lesson {lesson} has kind = {question.kind!r}: Moodle knows none like it"
    )


def _common(kind: str, lesson: str, question: Question, text: str, general: str = "") -> Element:
    element = Element("question", type=kind)
    SubElement(SubElement(element, "name"), "text").text = f"{lesson} {question.id}: {plain(question.skill)}"
    _html(element, "questiontext", text)
    _html(element, "generalfeedback", general)
    for name, value in (("defaultgrade", "1"), ("penalty", "0.3333333"), ("hidden", "0")):
        SubElement(element, name).text = value
    SubElement(element, "idnumber").text = identity(lesson, question.id)
    return element


def _tagged(element: Element, question: Question) -> Element:
    """The claims that it belongs to, as tags: after all else, as Moodle writes them."""
    if question.claims:
        tags = SubElement(element, "tags")
        for claim in question.claims:
            SubElement(SubElement(tags, "tag"), "text").text = claim
    return element


def _choice(lesson: str, question: ChoiceQuestion) -> Element:
    element = _common("multichoice", lesson, question, platform(question.html()))
    settings = {"single": "true", "shuffleanswers": str(question.shuffled).lower(), "answernumbering": "abc"}
    for name, value in settings.items():
        SubElement(element, name).text = value
    for option, feedback in question.options.items():
        _answer(element, "100" if option == question.answer else "0", shown(option), platform(feedback))
    return _tagged(element, question)


def _number(lesson: str, question: NumberQuestion) -> Element:
    """Moodle takes the first answer that fits: the right one, then known mistakes, then any."""
    element = _common("numerical", lesson, question, asked(question))
    answers = [("100", question.answer, question.tolerance, question.right)]
    answers += [("0", near.value, near.tolerance, near.feedback) for near in question.near]
    for fraction, wanted, tolerance, feedback in answers:
        answer = _answer(element, fraction, number(wanted), platform(feedback), "moodle_auto_format")
        SubElement(answer, "tolerance").text = number(tolerance)
    SubElement(_answer(element, "0", "*", platform(question.wrong), "moodle_auto_format"), "tolerance").text = "0"
    if question.unit:
        unit = SubElement(SubElement(element, "units"), "unit")
        SubElement(unit, "multiplier").text = "1"
        SubElement(unit, "unit_name").text = question.unit
    settings = {"unitgradingtype": "0", "unitpenalty": "0.1", "showunits": "0" if question.unit else "3"}
    for name, value in (settings | {"unitsleft": "0"}).items():
        SubElement(element, name).text = value
    return _tagged(element, question)


def _order(lesson: str, question: OrderQuestion) -> Element:
    """In an ordering the fraction of an answer is its place, from 1."""
    element = _common("ordering", lesson, question, platform(question.html()))
    settings = {"layouttype": "VERTICAL", "selecttype": "ALL", "selectcount": "0", "gradingtype": "ALL_OR_NOTHING"}
    for name, value in (settings | {"showgrading": "SHOW", "numberingstyle": "none"}).items():
        SubElement(element, name).text = value
    _html(element, "correctfeedback", platform(question.right))
    _html(element, "partiallycorrectfeedback", _PARTLY)
    _html(element, "incorrectfeedback", platform(question.wrong))
    SubElement(element, "shownumcorrect").text = "1"
    for place, item in enumerate(question.items, 1):
        _answer(element, str(place), shown(item), "")
    return _tagged(element, question)


def _answer(element: Element, fraction: str, text: str, feedback: str, form: str = "html") -> Element:
    answer = SubElement(element, "answer", fraction=fraction, format=form)
    SubElement(answer, "text").text = text
    _html(answer, "feedback", feedback)
    return answer


def _html(element: Element, name: str, text: str) -> None:
    SubElement(SubElement(element, name, format="html"), "text").text = text
