"""What every notebook of the course must be: short, light, in normal form, and offline."""

import importlib.util
import json
import re
import warnings
from itertools import pairwise
from pathlib import Path

import pytest

from defi_lib.labs.kit import TOLERANCE

ROOT = Path(__file__).resolve().parents[2]
_spec = importlib.util.spec_from_file_location("notebooks_tool", ROOT / "tools/notebooks.py")
tool = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(tool)

ALL = tool.find(("course", "solutions", "labs"))
LESSONS = [path for path in tool.find(("course",)) if path.parent.name != "course"]
#: Lessons without a claim of their own: one says what the course cannot test, one puts all mechanisms together.
WITHOUT_CLAIMS = {"24_what_no_model_tests", "14_the_whole_system", "15_the_book_of_verdicts"}
ON_CLAIMS = [path for path in LESSONS if path.stem not in WITHOUT_CLAIMS]
LABS = tool.find(("solutions", "labs"))
PARTS = ["claim", "puzzle", "predict", "explore", "who profits", "verdict", "check yourself", "next"]


def name(path):
    return str(path.relative_to(ROOT))


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))


def code(notebook):
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def part_next(path):
    """What a page says under *Next*, up to what it leaves out."""
    words = ["".join(cell["source"]) for cell in read(path)["cells"] if cell["cell_type"] == "markdown"]
    (found,) = (text.partition("## Next")[2] for text in words if "## Next" in text)
    return found.partition("leaves out")[0]


@pytest.mark.parametrize(("path", "following"), list(pairwise(LESSONS)), ids=lambda path: path.stem)
def test_next_leads_to_the_next_lesson(path, following):
    """And whoever is at the end of a module, and nobody else, is told of the next one."""
    is_last = path.parent != following.parent
    assert f"{f'{following.parent.name}/' if is_last else ''}{following.name}" in part_next(path)
    assert ("next module" in part_next(path)) == is_last


def test_there_are_notebooks():
    assert LABS


@pytest.mark.parametrize("path", ALL, ids=name)
def test_normal_form(path):
    assert tool._verify(path) == []


@pytest.mark.parametrize("path", ALL, ids=name)
def test_no_wall_of_code(path):
    notebook = read(path)
    long = [cell["id"] for cell in code(notebook) if len(cell["source"]) > 15]
    assert long == [], "more than 15 lines of code"
    if len(notebook["cells"]) > 32:
        warnings.warn(f"{name(path)} has {len(notebook['cells'])} cells; about 30 are enough", stacklevel=1)


@pytest.mark.parametrize("path", ALL, ids=name)
def test_runs_offline_and_leaves_the_random_state_alone(path):
    for cell in code(read(path)):
        source = "".join(cell["source"])
        assert not re.search(r"https?://|import (requests|urllib|httpx)|[!%]\s*pip|^!|output_notebook", source, re.M), (
            cell["id"]
        )
        assert not re.search(r"np\.random\.(seed|rand|normal|uniform|choice)", source), cell["id"]


@pytest.mark.parametrize("path", LESSONS, ids=name)
def test_tables_are_shown_as_tables(path):
    """A series of pandas prints the kind of its numbers below them; in labs it may be what an answer gives."""
    for cell in code(read(path)):
        for output in cell["outputs"]:
            plain = "".join(output.get("data", {}).get("text/plain", ""))
            assert "dtype: " not in plain or "text/html" in output["data"], cell["id"]


@pytest.mark.parametrize("path", ALL, ids=name)
def test_citations_are_not_printed(path):
    """They are Markdown: printed, a link shows its brackets and its whole address."""
    for cell in code(read(path)):
        printed = [line for output in cell["outputs"] for line in output.get("text", [])]
        assert not [line for line in printed if "](http" in line], cell["id"]
        calls = re.findall(r"print\([^\n]*cite\(\)", "".join(cell["source"]))
        assert calls == [], cell["id"]


@pytest.mark.parametrize("path", ALL, ids=name)
def test_links_to_other_files_lead_somewhere(path):
    for cell in read(path)["cells"]:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", "".join(cell["source"])):
            if cell["cell_type"] == "markdown" and "://" not in target:
                assert (path.parent / target).exists(), f"{cell['id']} links to {target}"


@pytest.mark.parametrize("path", ALL, ids=name)
def test_what_is_folded_is_rendered(path):
    """Markdown inside an HTML block begins after an empty line only; without one, readers see the stars."""
    for cell in read(path)["cells"]:
        text = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and "<details>" in text:
            assert not re.search(r"</summary>(?!\n\n)|(?<!\n\n)</details>", text), cell["id"]


@pytest.mark.parametrize("path", ON_CLAIMS, ids=name)
def test_a_lesson_has_its_parts(path):
    prose = "\n".join("".join(cell["source"]) for cell in read(path)["cells"] if cell["cell_type"] == "markdown")
    headings = " ".join(re.findall(r"^#+ .*$|claims?\b", prose, re.M | re.I)).lower()
    places = [headings.find(part) for part in PARTS]
    assert -1 not in places, f"missing: {PARTS[places.index(-1)]}"


@pytest.mark.parametrize("path", ON_CLAIMS, ids=name)
def test_every_claim_that_a_lesson_lists_gets_its_verdict(path):
    first, *cells = read(path)["cells"]
    (listed,) = re.findall(r"^\*\*Claims? tested:\*\* (.+)$", "".join(first["source"]), re.M)
    source = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    answered = re.findall(r'evidence\(\s*"([PXRC]\d+)[a-d]"', source)
    assert sorted(set(re.findall(r"[PXRC]\d+", listed))) == sorted(set(answered))


@pytest.mark.parametrize("path", LABS, ids=name)
def test_every_check_of_a_lab_is_graded_with_the_points_of_its_question(path):
    cells = code(read(path))
    (module,) = set(
        re.findall(r"from (defi_lib\.labs\.[\w.]+) import check", "".join("".join(c["source"]) for c in cells))
    )
    lab = importlib.import_module(module).lab
    graded = {}
    for cell in cells:
        if cell["metadata"].get("nbgrader", {}).get("grade"):
            (question,) = re.findall(r'check\("(\w+)"\)$', "".join(cell["source"]))
            graded[question] = cell["metadata"]["nbgrader"]["points"]
            assert cell["metadata"]["nbgrader"]["locked"]
    assert graded == {question: each.points for question, each in lab.questions.items()}
    assert 5 <= len(graded) <= 7


@pytest.mark.parametrize("path", tool.find(("labs",)), ids=name)
def test_a_lab_and_the_lessons_it_belongs_to_link_each_other(path):
    first = "".join(read(path)["cells"][0]["source"]).partition("**How to work")[0]
    lessons = [(path.parent / target).resolve() for target in re.findall(r"\((\.\./\.\./course/[^)#]+)\)", first)]
    assert lessons and all(f"{path.parent.name}/{path.name})" in lesson.read_text("utf-8") for lesson in lessons)


@pytest.mark.parametrize("path", LABS, ids=name)
def test_a_lab_says_how_to_work_and_shows_progress_at_its_top_and_end(path):
    first, *cells = read(path)["cells"]
    text = " ".join("".join(first["source"]).split())
    assert "stopped after a few seconds" in text and "name 'check' is not defined" in text
    assert f"off by at most {100 * TOLERANCE:g} %" in text
    setup, *_, last = code({"cells": cells})
    for cell in (setup, last):
        assert "".join(cell["source"]).splitlines()[-1].startswith("progress()")
        assert cell["metadata"]["nbgrader"]["locked"] and not cell["metadata"]["nbgrader"]["grade"]


@pytest.mark.parametrize("path", tool.find(("solutions",)), ids=name)
def test_what_is_shipped_shows_nobodys_progress(path):
    setup, *_, last = code(read(path))
    for cell in (setup, last):
        (output,) = cell["outputs"]
        assert "".join(output["data"]["text/plain"]).startswith("0 of ")


@pytest.mark.parametrize("path", tool.find(("solutions",)), ids=name)
def test_solutions_get_all_points(path):
    for cell in code(read(path)):
        nbgrader = cell["metadata"].get("nbgrader", {})
        if nbgrader.get("grade"):
            assert cell["outputs"][0]["data"]["text/plain"] == [f"{nbgrader['points']:g}"], cell["id"]


@pytest.mark.parametrize("path", tool.find(("labs",)), ids=name)
def test_labs_hold_no_solution(path):
    text = path.read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" not in text and "..." in text
    assert all(cell["outputs"] == [] for cell in code(read(path)))
