"""Pages of feedback: formulas as pictures, nothing that acts, nothing from elsewhere."""

import json
from pathlib import Path

import pytest

from defi_lib.teaching.grading.feedback import _cells, _clean, _headings, _output, _prose
from defi_lib.teaching.grading.formulas import Formulas, picture

ROOT = Path(__file__).resolve().parents[2]
LABS = sorted((ROOT / "labs").glob("*/*.ipynb"))


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.stem)
def test_every_formula_of_every_lab_can_be_drawn(lab):
    for cell in json.loads(lab.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "markdown":
            formulas = Formulas()
            text = formulas.taken_out("".join(cell["source"]))
            assert all(each.startswith("<img") for each in formulas.pictures), formulas.pictures
            assert "\\frac" not in text and "\\cdot" not in text


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.stem)
def test_every_check_has_a_heading_of_its_own(lab):
    headings = _headings(json.loads(lab.read_text(encoding="utf-8")))
    assert len(set(headings.values())) == len(headings) >= 5
    assert all(heading and "points" not in heading for heading in headings.values())


@pytest.mark.parametrize("lab", LABS, ids=lambda lab: lab.stem)
def test_points_stand_where_the_grading_counts_and_not_where_the_lab_does(lab):
    notebook = json.loads(lab.read_text(encoding="utf-8"))
    headings = _headings(notebook)
    shown = [{"output_type": "stream", "name": "stdout", "text": "0 of 17 points"}]
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code" and "progress()" in "".join(cell["source"]):
            cell["outputs"] = shown
    page = "".join(_cells(notebook, headings, dict.fromkeys(headings, (2.0, 2.0))))
    assert "0 of 17 points" not in page
    assert page.count("2 of 2 points") == len(headings)


def test_prices_and_code_are_no_formulas():
    formulas = Formulas()
    text = "It costs $5 today and $6 tomorrow, `a$b$c`, and \\$7."
    assert formulas.taken_out(text) == text
    assert formulas.pictures == []


def test_what_cannot_be_drawn_is_shown_as_it_is_written():
    assert picture(r"\begin{cases} 1 < 2 \end{cases}") == r"<code>\begin{cases} 1 &lt; 2 \end{cases}</code>"
    assert 'alt="x &lt; 2"' in picture("x < 2")


def test_a_formula_stands_in_its_line_and_a_long_one_apart():
    page = _prose("Pay $\\Delta x$ now:\n\n$$\\frac{x}{y}$$")
    assert page.count("<img") == 2 and "display: block" in page and "vertical-align" in page


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '<img src="https://example.org/x.png" onerror="alert(1)">',
        '<a href="javascript:alert(1)">x</a>',
        '<iframe src="https://example.org"></iframe>',
        '<div style="background: url(https://example.org)" onclick="alert(1)">x</div>',
        "<style>@import 'https://example.org'</style>",
    ],
)
def test_what_students_show_cannot_act(text):
    for shown in (_clean(text), _prose(text), _output({"output_type": "display_data", "data": {"text/html": text}})):
        for active in ("<script", "onerror", "javascript:", "<iframe", "url(", "<style", "onclick", "<img"):
            assert active not in shown


def test_links_into_the_course_s_folders_are_words():
    assert _clean('<a href="../../course/1.ipynb">the lesson</a>') == "the lesson"
    assert _clean('<a href="https://example.org">there</a>') == '<a href="https://example.org">there</a>'


def test_outputs_of_every_kind():
    assert "&lt;b&gt;" in _output({"output_type": "stream", "text": "<b>"})
    assert "\x1b" not in _output(
        {"output_type": "error", "ename": "E", "evalue": "v", "traceback": ["\x1b[0;31mE\x1b[0m"]}
    )
    assert "E: v" in _output({"output_type": "error", "ename": "E", "evalue": "v", "traceback": []})
    assert "data:image/png;base64,QUJD" in _output({"output_type": "display_data", "data": {"image/png": "QUJD"}})
    assert "&lt;3&gt;" in _output({"output_type": "execute_result", "data": {"text/plain": "<3>"}})
