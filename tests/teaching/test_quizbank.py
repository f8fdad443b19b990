"""The quiz bank holds what the quizzes hold, in files that are as their formats want them."""

import html
import re
import zipfile
from xml.etree import ElementTree

import pytest

from defi_lib.explore.questions import NumberQuestion, OrderQuestion, lessons
from defi_lib.explore.questions.quizfile import parsed
from defi_lib.teaching import quizbank
from defi_lib.teaching.__main__ import COMMANDS
from defi_lib.teaching.__main__ import main as command
from defi_lib.teaching.quizbank import moodle, qti
from defi_lib.teaching.quizbank.banks import Bank, banks
from defi_lib.teaching.quizbank.markup import number, platform
from tests.support.content_models import MOODLE, MOODLE_QUESTIONS, QTI, faults, model

N = f"{{{qti.NAMESPACE}}}"
COMMON = {"skill": 'Use <, & and "quotes"', "claims": ["P2", "X1"]}
ODD = parsed(
    {
        "questions": [
            COMMON
            | {
                "id": "odd-choice",
                "kind": "choice",
                "shuffled": False,
                "question": 'Is $x < y$ & *never* ]]> "that"?',
                "options": [
                    {"option": "<b>no</b> & $x^2$", "feedback": "No: <script> is *text*."},
                    {"option": "ja – 5 €", "right": True, "feedback": "Right: $\\frac{1}{2} < 1$."},
                ],
            },
            COMMON
            | {
                "id": "odd-number",
                "kind": "number",
                "question": "How much?",
                "answer": -0.1,
                "tolerance": 0.2,
                "unit": "R&D/USD",
                "right": "Right: *so*.",
                "wrong": "No.",
                "near": [{"value": 1e6, "feedback": "Too much."}, {"value": 0.7, "tolerance": 0, "feedback": "No!"}],
            },
            COMMON
            | {
                "id": "odd-order",
                "kind": "order",
                "question": "What comes first?",
                "items": ["a < b", "c & d", "e $y$"],
                "right": "Right: so it is.",
                "wrong": "No: *c* waits.",
            },
        ]
    },
    "a test",
)
BANKS = [*banks(), Bank("9.9", "9 A/B", "9.9 One/two", ODD)]
CASES = [(bank.lesson, question) for bank in BANKS for question in bank.questions]


def told(question):
    """What a platform must know: kind, text, each answer with what it earns and its feedback."""
    text = platform(question.html())
    if isinstance(question, NumberQuestion):
        given = [(question.answer, question.tolerance, 100, question.right)]
        given += [(near.value, near.tolerance, 0, near.feedback) for near in question.near]
        return "number", text, [*given, ("*", 0.0, 0, question.wrong)]
    if isinstance(question, OrderQuestion):
        return "order", text, [*question.items, question.right, question.wrong]
    answers = [(option, 100 * (option == question.answer), said) for option, said in question.options.items()]
    return "choice", text, [(option, earned, platform(said)) for option, earned, said in answers]


@pytest.fixture(scope="module")
def in_moodle():
    """Moodle's file, read again: identity → element; and the path of categories."""
    root = ElementTree.fromstring(quizbank.written(moodle.quiz(BANKS)))
    found, here = {}, ""
    for question in root:
        if question.get("type") == "category":
            here = question.findtext("category/text")
        else:
            assert question.findtext("idnumber") not in found
            found[question.findtext("idnumber")] = here, question
    return root, found


@pytest.fixture(scope="module")
def in_qti():
    files = {b.lesson: quizbank.written(qti.assessment(b.lesson, b.title, b.questions)) for b in BANKS}
    roots = {lesson: ElementTree.fromstring(data) for lesson, data in files.items()}
    return roots, {item.get("ident"): item for root in roots.values() for item in root.iter(f"{N}item")}


def words(text):
    """Plain words that stood as HTML."""
    return html.unescape(re.sub(r"\\\((.+?)\\\)", r"$\1$", text))


def from_moodle(element):
    """What stands in an element of Moodle's file, in the form of :func:`told`."""
    kind = element.get("type")
    text = element.findtext("questiontext/text")
    given = [
        (each.findtext("text"), int(each.get("fraction")), each.findtext("feedback/text") or "")
        for each in element.findall("answer")
    ]
    if kind == "multichoice":
        return "choice", text, [(words(option), earned, said) for option, earned, said in given]
    if kind == "ordering":
        assert [place for _, place, _ in given] == list(range(1, len(given) + 1))
        ends = [element.findtext(f"{name}feedback/text") for name in ("correct", "incorrect")]
        return "order", text, [*(words(item) for item, _, _ in given), *ends]
    tolerances = [float(each.text) for each in element.iter("tolerance")]
    values = [option if option == "*" else float(option) for option, _, _ in given]
    rows = zip(values, tolerances, given, strict=True)
    return "number", text.partition(" <em>(Your answer")[0], [(v, t, earned, said) for v, t, (_, earned, said) in rows]


def from_qti(item):
    """What stands in an item of QTI, in the form of :func:`told`."""
    mattext = f"{N}material/{N}mattext"
    text = item.findtext(f"{N}presentation/{mattext}")
    labels = {each.get("ident"): each.findtext(mattext) for each in item.iter(f"{N}response_label")}
    feedback = {each.get("ident"): each.findtext(f"{N}flow_mat/{mattext}") for each in item.iter(f"{N}itemfeedback")}
    rules = [
        (each.find(f"{N}conditionvar"), int(each.findtext(f"{N}setvar")), feedback[each[-1].get("linkrefid")])
        for each in item.iter(f"{N}respcondition")
    ]
    assert all(each.get("continue") == "No" for each in item.iter(f"{N}respcondition"))
    if item.find(f".//{N}render_fib") is not None:
        rows = []
        for held, earned, said in rules:
            ends = [float(held.findtext(f".//{N}{name}") or "nan") for name in ("vargte", "varlte")]
            value = held.findtext(f".//{N}varequal")
            rows.append(
                ("*", 0.0, earned, said) if value is None else (float(value), (ends[1] - ends[0]) / 2, earned, said)
            )
        return "number", text.partition(" <em>(Your answer")[0], rows
    if item.find(f".//{N}response_lid").get("rcardinality") == "Ordered":
        equals = sorted(rules[0][0].iter(f"{N}varequal"), key=lambda each: int(each.get("index")))
        assert [earned for _, earned, _ in rules] == [100, 0] and rules[1][0][0].tag == f"{N}other"
        return "order", text, [*(words(labels[each.text]) for each in equals), *(said for _, _, said in rules)]
    return "choice", text, [(words(labels[held[0].text]), earned, said) for held, earned, said in rules]


def same(kind, got, wanted):
    if kind != "number":
        return got == wanted
    close = [
        g[:1] + g[2:] == w[:1] + w[2:] and g[1] == pytest.approx(w[1], abs=1e-9)
        for g, w in zip(got, wanted, strict=True)
    ]
    return all(close)


@pytest.mark.parametrize(("lesson", "question"), CASES, ids=lambda each: getattr(each, "id", each))
def test_both_formats_say_what_the_quiz_says(lesson, question, in_moodle, in_qti):
    kind, text, answers = told(question)
    for got in (
        from_moodle(in_moodle[1][moodle.identity(lesson, question.id)][1]),
        from_qti(in_qti[1][qti.identity(lesson, question.id)]),
    ):
        assert got[:2] == (kind, text) and same(kind, got[2], answers), got


def test_nothing_is_lost_and_nothing_added(in_moodle, in_qti):
    assert len(in_moodle[1]) == len(in_qti[1]) == len(CASES)
    assert {lesson for lesson, _ in CASES} == {*lessons(), "9.9"}
    assert {question.kind for _, question in CASES} == {"choice", "number", "order"}


def test_the_files_are_as_the_formats_want_them(in_moodle, in_qti):
    assert [fault for root in in_qti[0].values() for fault in faults(root, QTI)] == []
    for question in in_moodle[0]:
        models = MOODLE | {"question": MOODLE_QUESTIONS[question.get("type")]}
        if question.get("type") == "category":
            assert faults(question, models) == []
        else:
            assert faults(question, models) == [], question.findtext("idnumber")
    assert {question.get("type") for question in in_moodle[0]} == set(MOODLE_QUESTIONS)


def test_feedback_that_is_named_is_there_and_what_is_answered_is_declared(in_qti):
    for name, item in in_qti[1].items():
        declared = {each.get("ident") for tag in ("response_lid", "response_str") for each in item.iter(f"{N}{tag}")}
        used = {each.get("respident") for each in item.iter() if each.get("respident")}
        assert used == declared, name
        shown = [each.get("linkrefid") for each in item.iter(f"{N}displayfeedback")]
        assert sorted(shown) == sorted(each.get("ident") for each in item.iter(f"{N}itemfeedback")), name


def test_a_model_notices_what_is_missing_strange_or_out_of_order():
    models = {"a": model("b, (c | d)+", "x", "y"), "b": model(), "c": model(), "d": model()}
    element = ElementTree.fromstring
    assert faults(element("<a x='1' y='2'><b>words</b><d/><c/></a>"), models) == []
    for wrong in ("<a x='1'><b/></a>", "<a x='1'><c/><b/></a>", "<a><b/><c/></a>", "<a x='1' z='1'><b/><c/></a>"):
        assert len(faults(element(wrong), models)) == 1, wrong
    assert faults(element("<a x='1'>words<b/><c/></a>"), models) == ["/a has text between elements"]
    assert faults(element("<e/>"), models) == ["/e is not known"]


def test_categories_follow_modules_and_lessons(in_moodle):
    path, _ = in_moodle[1]["1.1-depth"]
    assert path == "$course$/top/Decentralised finance/1 Exchange/1.1 Swaps"
    assert in_moodle[1]["9.9-odd-choice"][0].endswith("/9 A//B/9.9 One//two")
    known = [each.findtext("idnumber") for each in in_moodle[0] if each.get("type") == "category"]
    assert len(set(known)) == len(known) and {"module-1", "lesson-1.1", "lesson-start"} <= set(known)


def test_names_fit_into_moodles_database(in_moodle):
    for identity, (_, question) in in_moodle[1].items():
        assert len(identity) <= 100 and len(question.findtext("name/text")) <= 255
        assert len(question.findtext("units/unit/unit_name") or "") <= 50


def test_a_unit_and_a_range_stand_where_a_student_sees_them(in_moodle):
    question = in_moodle[1]["start-door"][1]
    assert question.findtext("questiontext/text").endswith("<em>(Your answer from 0 to 1,000 USD.)</em>")
    assert question.findtext("units/unit/unit_name") == "USD" and question.findtext("showunits") == "0"


def test_odd_signs_come_through(in_moodle):
    question = in_moodle[1]["9.9-odd-choice"][1]
    assert question.findtext("questiontext/text") == r'Is \(x &lt; y\) &amp; <em>never</em> ]]&gt; "that"?'
    assert question.findtext("answer/text") == r"&lt;b&gt;no&lt;/b&gt; &amp; \(x^2\)"
    assert question.findtext("shuffleanswers") == "false"
    assert [tag.text for tag in question.iterfind("tags/tag/text")] == ["P2", "X1"]


@pytest.mark.parametrize(
    ("value", "text"), [(60.0, "60"), (-0.1, "-0.1"), (1e6, "1000000"), (1e-7, "1e-07"), (0.0, "0")]
)
def test_numbers_are_written_without_loss(value, text):
    assert number(value) == text and float(text) == value


def test_a_number_that_is_none_is_refused():
    with pytest.raises(ValueError, match="finite"):
        number(float("inf"))


def test_a_kind_that_a_platform_does_not_know_is_refused():
    class Strange:
        id, kind, skill, claims = "x", "essay", "", ()

    with pytest.raises(ValueError, match=r"'x' of lesson 1\.1 has kind = 'essay'"):
        moodle.quiz([Bank("1.1", "1 A", "1.1 B", [Strange()])])
    with pytest.raises(ValueError, match=r"'x' of lesson 1\.1 has kind = 'essay'"):
        qti.assessment("1.1", "B", [Strange()])


def test_the_command_writes_the_same_files_each_time(tmp_path, capsys):
    for folder in ("one", "two"):
        assert command(["quizbank", str(tmp_path / folder)]) == 0
    said = capsys.readouterr().out
    assert f"{len(CASES) - len(ODD)} questions of {len(lessons())} lessons" in said and "right answers" in said
    for name in ("moodle.xml", "qti.zip", "qti/1.1.xml"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    with zipfile.ZipFile(tmp_path / "one/qti.zip") as package:
        names = set(package.namelist())
        manifest = ElementTree.fromstring(package.read(qti.MANIFEST))
    listed = {each.get("href") for each in manifest.iter(f"{{{qti.PACKAGING}}}file")}
    assert listed == names - {qti.MANIFEST} == {f"{lesson}.xml" for lesson in lessons()}


def test_a_folder_that_cannot_be_written_is_said(tmp_path, capsys):
    (tmp_path / "taken").write_text("")
    assert command(["quizbank", str(tmp_path / "taken")]) == 1
    assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["nonsense"]])
def test_an_unknown_command_names_those_that_there_are(arguments, capsys):
    assert command(arguments) == 2
    said = capsys.readouterr().err
    assert all(name in said for name in COMMANDS)
