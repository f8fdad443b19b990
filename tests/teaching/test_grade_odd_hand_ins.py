"""Whatever students hand in: each gets its points, and nothing stops the class."""

import csv

import pytest

from defi_lib.teaching.grade import grade
from defi_lib.teaching.grading import box
from tests.support.odd_hand_ins import KINDS, made

pytestmark = [pytest.mark.notebooks, pytest.mark.xdist_group("grade")]

QUICK = [name for name, kind in KINDS.items() if kind.changed and not kind.slow]
PARTS = 4  # a class of a quarter of the kinds takes less than the two minutes after which a test counts as hanging
UNCONFINED = {"solutions_from_the_folder", "writes_outside"}


def read(file):
    with file.open(newline="", encoding="utf-8-sig") as opened:
        return list(csv.DictReader(opened))


def graded(folder, names):
    """The grades of a class in which everybody hands in one kind."""
    for name in names:
        file = folder / "in" / name / KINDS[name].file
        file.parent.mkdir(parents=True)
        file.write_bytes(made(name))
    (folder / "class").mkdir()
    settings = "[limits]\ncell = 7\nmemory = 2000\n"
    (folder / "class/grading.toml").write_text(settings)
    assert grade(folder / "in", "", folder / "class", jobs=2) == 0
    return {row["Full name"]: row["Lab 1.1"] for row in read(folder / "class/grades.csv")}


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    folder = tmp_path_factory.mktemp("quick")
    return folder, graded(folder, QUICK)


def test_there_are_twelve_that_changed_grades_and_all_that_were_found():
    assert len(QUICK) == 12
    assert len(KINDS) >= 61


def expected(name):
    points = KINDS[name].points
    return "" if points is None else f"{points:g}"


@pytest.mark.parametrize("name", QUICK)
def test_what_changed_grades_gets_its_points(quick, name):
    assert quick[1].get(name, "") == expected(name)


def test_each_has_a_page_that_needs_no_network(quick):
    for name in QUICK:
        page = (quick[0] / f"class/feedback/lab_1_1/{name}.html").read_text(encoding="utf-8")
        assert "1 · What does the trader get?" in page and "FORMULA0" not in page
        assert "<script" not in page and 'src="http' not in page


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS))
def test_all_kinds_get_their_points(tmp_path, part):
    others = [name for name in KINDS if name not in QUICK and (name not in UNCONFINED or box.confined())]
    names = others[part::PARTS]
    found = graded(tmp_path, names)
    assert {name: found.get(name, "") for name in names} == {name: expected(name) for name in names}
    assert not list(tmp_path.rglob("WRITTEN_BY_A_STUDENT"))
    reasons = {row["file"]: row["status"] for row in read(tmp_path / "class/report.csv")}
    for name in names:
        if KINDS[name].points is None:
            assert reasons[f"{name}/{KINDS[name].file}"].startswith("not graded: ")
