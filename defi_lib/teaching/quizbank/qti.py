"""The quizzes as IMS Question and Test Interoperability 1.2: one assessment for each lesson, and a manifest.

A choice is a ``response_lid`` with ``render_choice``; a number is written into ``render_fib`` and compared with the
ends of its tolerance; an order is a ``response_lid`` of ordered cardinality. Conditions are tried from the first, and
the one that holds ends it (``continue="No"``): it sets the score (100 or 0) and shows its feedback.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement

from defi_lib.explore.questions import ChoiceQuestion, NumberQuestion, OrderQuestion, Question
from defi_lib.explore.questions.words import plain
from defi_lib.teaching.quizbank.markup import asked, number, platform, shown

NAMESPACE = "http://www.imsglobal.org/xsd/ims_qtiasiv1p2"
PACKAGING = "http://www.imsglobal.org/xsd/imscp_v1p1"
MANIFEST = "imsmanifest.xml"
_RESPONSE = "response1"
#: How platforms that go by ``question_type`` call each kind; others pass over the field.
_TYPES = {"choice": "multiple_choice_question", "number": "numerical_question", "order": "ordering_question"}


def identity(lesson: str, question: str = "") -> str:
    """The name by which a platform knows a lesson's quiz, or a question of it: the same for ever."""
    return "_".join(["lesson", lesson.replace(".", "_"), *([question] if question else [])])


def assessment(lesson: str, title: str, questions: Sequence[Question]) -> Element:
    """The root element of a lesson's file."""
    root = Element("questestinterop", xmlns=NAMESPACE)
    whole = SubElement(root, "assessment", ident=identity(lesson), title=title)
    section = SubElement(whole, "section", ident=f"{identity(lesson)}_all", title=title)
    for question in questions:
        section.append(_item(lesson, question))
    return root


def manifest(lessons: Iterable[str]) -> Element:
    """The root element of the package's manifest, which names the file of each lesson."""
    root = Element("manifest", xmlns=PACKAGING, identifier="defi_course_quizbank")
    metadata = SubElement(root, "metadata")
    SubElement(metadata, "schema").text = "IMS Content"
    SubElement(metadata, "schemaversion").text = "1.1.3"
    SubElement(root, "organizations")
    resources = SubElement(root, "resources")
    for lesson in lessons:
        place = {"href": f"{lesson}.xml"}
        kind = {"identifier": identity(lesson), "type": "imsqti_xmlv1p2"}
        resource = SubElement(resources, "resource", kind | place)
        SubElement(resource, "file", place)
    return root


def _item(lesson: str, question: Question) -> Element:
    item = Element(
        "item", ident=identity(lesson, question.id), title=f"{lesson} {question.id}: {plain(question.skill)}"
    )
    fields = SubElement(SubElement(item, "itemmetadata"), "qtimetadata")
    for label, entry in (
        ("question_type", _TYPES.get(question.kind, "")),
        ("points_possible", "1"),
        ("claims", ", ".join(question.claims)),
    ):
        if entry:
            field = SubElement(fields, "qtimetadatafield")
            SubElement(field, "fieldlabel").text, SubElement(field, "fieldentry").text = label, entry
    if isinstance(question, ChoiceQuestion):
        _choice(item, question)
    elif isinstance(question, NumberQuestion):
        _number(item, question)
    elif isinstance(question, OrderQuestion):
        _order(item, question)
    else:
        raise ValueError(
            f"question {question.id!r} of lesson {lesson} has kind = {question.kind!r}: QTI has no form for it"
        )
    return item


def _choice(item: Element, question: ChoiceQuestion) -> None:
    labels = {option: f"option{place}" for place, option in enumerate(question.options, 1)}
    _labels(_presented(item, platform(question.html())), "Single", labels, shuffle=question.shuffled)
    conditions = _conditions(item)
    for option, label in labels.items():
        condition = _condition(conditions, option == question.answer, f"{label}_fb")
        SubElement(condition, "varequal", respident=_RESPONSE).text = label
    for option, label in labels.items():
        _feedback(item, f"{label}_fb", question.options[option])


def _number(item: Element, question: NumberQuestion) -> None:
    presentation = _presented(item, asked(question))
    response = SubElement(presentation, "response_str", ident=_RESPONSE, rcardinality="Single")
    SubElement(SubElement(response, "render_fib", fibtype="Decimal"), "response_label", ident="answer1")
    conditions = _conditions(item)
    answers = [("right_fb", question.answer, question.tolerance, question.right)]
    answers += [(f"near{n}_fb", *near) for n, near in enumerate(question.near, 1)]
    for name, value, tolerance, _ in answers:
        either = SubElement(_condition(conditions, name == "right_fb", name), "or")
        SubElement(either, "varequal", respident=_RESPONSE).text = number(value)
        both = SubElement(either, "and")
        SubElement(both, "vargte", respident=_RESPONSE).text = number(round(value - tolerance, 12))
        SubElement(both, "varlte", respident=_RESPONSE).text = number(round(value + tolerance, 12))
    SubElement(_condition(conditions, False, "wrong_fb"), "other")
    for name, _, _, feedback in [*answers, ("wrong_fb", 0, 0, question.wrong)]:
        _feedback(item, name, feedback)


def _order(item: Element, question: OrderQuestion) -> None:
    labels = {text: f"item{place}" for place, text in enumerate(question.items, 1)}
    _labels(_presented(item, platform(question.html())), "Ordered", labels, shuffle=True)
    conditions = _conditions(item)
    all_of_them = SubElement(_condition(conditions, True, "right_fb"), "and")
    for place, label in enumerate(labels.values(), 1):
        SubElement(all_of_them, "varequal", respident=_RESPONSE, index=str(place)).text = label
    SubElement(_condition(conditions, False, "wrong_fb"), "other")
    _feedback(item, "right_fb", question.right)
    _feedback(item, "wrong_fb", question.wrong)


def _presented(item: Element, text: str) -> Element:
    presentation = SubElement(item, "presentation")
    _material(presentation, text)
    return presentation


def _labels(presentation: Element, cardinality: str, labels: Mapping[str, str], *, shuffle: bool) -> None:
    response = SubElement(presentation, "response_lid", ident=_RESPONSE, rcardinality=cardinality)
    choice = SubElement(response, "render_choice", shuffle="Yes" if shuffle else "No")
    for words, label in labels.items():
        _material(SubElement(choice, "response_label", ident=label), shown(words))


def _conditions(item: Element) -> Element:
    processing = SubElement(item, "resprocessing")
    score = {"varname": "SCORE", "vartype": "Decimal", "minvalue": "0", "maxvalue": "100"}
    SubElement(SubElement(processing, "outcomes"), "decvar", score)
    return processing


def _condition(processing: Element, right: bool, feedback: str) -> Element:
    """One more condition; gives the element to put what must hold into."""
    rule = SubElement(processing, "respcondition", {"continue": "No"})
    held = SubElement(rule, "conditionvar")
    SubElement(rule, "setvar", action="Set", varname="SCORE").text = "100" if right else "0"
    SubElement(rule, "displayfeedback", feedbacktype="Response", linkrefid=feedback)
    return held


def _feedback(item: Element, name: str, text: str) -> None:
    _material(SubElement(SubElement(item, "itemfeedback", ident=name), "flow_mat"), platform(text))


def _material(parent: Element, text: str) -> None:
    SubElement(SubElement(parent, "material"), "mattext", texttype="text/html").text = text
