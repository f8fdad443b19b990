"""The browser edition in a real Chromium, from files only: no server but one of files, and nothing from elsewhere."""

import json
import zipfile

import pytest

from tests.support.editions import with_packages
from tools.editions.lite import build
from tools.editions.lite.drive import Visit
from tools.editions.lite.serve import served

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("lite")]

LESSON = "course/1_exchange/01_swaps.ipynb"


@pytest.fixture(scope="session")
def edition(tmp_path_factory):
    """The folder, built."""
    folder = tmp_path_factory.mktemp("editions") / "lite"
    with_packages(lambda: build.build(folder))
    return folder


@pytest.fixture(scope="session")
def site(edition):
    with served(edition) as opened:
        yield opened


@pytest.fixture(scope="module")
def visit(chrome, site):
    page = chrome.new_page(viewport={"width": 1280, "height": 900})
    visit = Visit(page, site, LESSON)
    visit.until_run()
    yield visit
    page.close()


def test_a_student_finds_no_answers(edition):
    found = [path.relative_to(edition).as_posix() for path in edition.rglob("*")]
    assert "files/labs/1_exchange/01_swaps.ipynb" in found
    assert not [path for path in found if "solutions" in path or "teaching" in path]
    (wheel,) = edition.glob("static/pyodide/defi_course-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert "defi_lib/labs/checks.txt" in names and "defi_lib/quizzes/1.1.txt" in names
    assert not [name for name in names if name.startswith("defi_lib/teaching/") or name.endswith(".toml")]


def test_no_output_is_kept_as_lines(edition):
    """JupyterLite would set commas between lines of Markdown."""
    texts = [path.read_text(encoding="utf-8") for path in (edition / "files/course").rglob("*.ipynb")]
    cells = [cell for text in texts for cell in json.loads(text)["cells"]]
    data = [output.get("data", {}) for cell in cells for output in cell.get("outputs", [])]
    assert sum("text/markdown" in each for each in data) > 80
    assert {type(value) for each in data for value in each.values()} == {str}


def test_every_package_that_a_page_asks_for_is_there(edition):
    folder = edition / "static/pyodide"
    packages = json.loads((folder / "pyodide-lock.json").read_text(encoding="utf-8"))["packages"]
    assert {entry["file_name"] for entry in packages.values()} <= {path.name for path in folder.iterdir()}
    assert {needed for entry in packages.values() for needed in entry["depends"]} <= set(packages)
    page = json.loads((edition / "jupyter-lite.json").read_text(encoding="utf-8"))["jupyter-config-data"]
    (kernel,) = page["litePluginSettings"].values()
    assert {name.replace("_", "-") for name in kernel["loadPyodideOptions"]["packages"]} <= set(packages)
    assert page["contentsStorageDrivers"] == ["memoryStorageDriver"]


def test_the_first_lesson_runs_and_its_plot_follows_pointer_and_keys(visit):
    assert visit.said == "All cells have run: every slider moves."
    assert [each for each in visit.explorers() if each["error"] or not each["drawn"]] == []
    sentence = visit.sentence()
    visit.drag(60)
    sentence = visit.until_said_other_than(sentence)
    handle = visit.page.locator(".defi-explorer .noUi-handle").first
    for key in ("ArrowRight", "ArrowUp", "ArrowLeft", "Home", "End"):
        handle.press(key)
        sentence = visit.until_said_other_than(sentence)
    assert "$1,000,000" in sentence
    assert visit.page.locator(".jp-Notebook .jp-mod-active").count() == 1
    assert visit.strayed == []
    assert visit.errors == []


def test_the_bar_tells_the_truth_about_bytes(visit):
    assert visit.megabytes <= 32
    assert visit.megabytes == pytest.approx(build.MEGABYTES, rel=0.15)
