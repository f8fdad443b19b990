"""What first page, lessons, glossary and README promise to say."""

import json
import re
from pathlib import Path

import pytest

from defi_lib.course import contents

ROOT = Path(__file__).resolve().parents[2]
LESSONS = contents.lessons(ROOT)
GLOSSARY = (ROOT / "course/glossary.md").read_text(encoding="utf-8")
TERMS = re.findall(r'^- <a id="([a-z0-9-]+)"></a>\*\*([^*]+)\*\*: (.+)$', GLOSSARY, re.MULTILINE)


def words(page):
    cells = json.loads((ROOT / page.path).read_text(encoding="utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown"]


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.path)
def test_each_lesson_begins_with_how_to_run_it(page):
    first = words(page)[0].splitlines()
    assert first[0] == f"# {page.title}" and first[2].startswith(contents.HOW_TO_RUN)


@pytest.mark.parametrize("page", LESSONS, ids=lambda page: page.path)
def test_each_lesson_ends_with_the_glossary_and_its_links_are_there(page):
    whole = "\n".join(words(page))
    last = next(text for text in reversed(words(page)) if text.startswith("## Next"))
    assert "glossary.md)" in last
    assert set(re.findall(r"glossary\.md#([^)]+)\)", whole)) <= {anchor for anchor, _, _ in TERMS}


def test_the_glossary_is_plain():
    assert len(TERMS) == GLOSSARY.count("\n- ") and len(TERMS) >= 60
    anchors = [anchor for anchor, _, _ in TERMS]
    assert anchors == sorted(set(anchors))
    for _, term, sentence in TERMS:
        assert sentence.endswith(".") and len(sentence.split()) <= 35, term
        assert ". " not in sentence, f"{term}: one sentence"


def test_the_ways_through_stand_on_the_first_page():
    map_of_course = words(LESSONS[0])[-1]
    known = {page.path.removeprefix("course/"): page.number for page in LESSONS}
    for name, numbers in (("Two hours", contents.TWO_HOURS), ("Ten hours", contents.TEN_HOURS)):
        line = next(line for line in map_of_course.splitlines() if f"**{name}**" in line)
        assert ("0", *(known[target] for target in re.findall(r"\]\(([^)]+)\)", line))) == numbers


def test_no_advice_and_where_mistakes_are_told():
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    first_page = words(LESSONS[0])[-1]
    for text in (readme, first_page):
        assert contents.NO_ADVICE in text
        assert (f"{contents.REPOSITORY}/issues" if contents.PUBLISHED else "ell whoever gave you") in text


def test_the_map_of_the_readme_is_that_of_the_course():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for module in contents.modules(ROOT):
        line = next(line for line in readme.splitlines() if line.startswith(f"| {module.number} |"))
        assert module.title in line and module.about in line
        targets = re.findall(r"\]\(([^)]+)\)", line)
        assert targets == [page.path for page in [*module.lessons[:1], *module.labs]]
