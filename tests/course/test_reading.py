"""The course as pages without code: addresses, links, titles."""

from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest

from defi_lib.course import contents, reading

ROOT = Path(__file__).resolve().parents[2]
SWAPS = "course/1_exchange/01_swaps.ipynb"


def handler(path, base_url="/user/ada/"):
    return SimpleNamespace(settings={"server_root_dir": str(ROOT)}, path_args=[path], base_url=base_url)


@pytest.mark.parametrize(
    "target, address",
    [
        ("02_providing_liquidity.ipynb", "/b/voila/render/course/1_exchange/02_providing_liquidity.ipynb"),
        ("../00_start_here.ipynb", "/b/voila/render/course/00_start_here.ipynb"),
        ("../../labs/1_exchange/01_swaps.ipynb", "/b/lab/tree/labs/1_exchange/01_swaps.ipynb"),
        ("../../ASSUMPTIONS.md#exchange", "/b/read/ASSUMPTIONS.md#exchange"),
        ("../../defi_lib/evidence/assumptions.csv", "/b/lab/tree/defi_lib/evidence/assumptions.csv"),
        ("../glossary.md", "/b/read/course/glossary.md"),
        ("https://example.org/a.md", "https://example.org/a.md"),
        ("#Predict", "#Predict"),
        ("picture.png", "picture.png"),
    ],
)
def test_links_lead_to_pages(target, address):
    assert reading.relinked(f"see [this]({target}), (that)", SWAPS, "/b/") == f"see [this]({address}), (that)"


@pytest.mark.parametrize("page", contents.lessons(ROOT), ids=lambda page: page.path)
def test_each_lesson_leads_on(page):
    notebook = nbformat.read(ROOT / page.path, as_version=4)
    reading.prepare(handler(page.path), notebook, "")
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    assert notebook.metadata.title == page.title
    assert contents.HOW_TO_RUN not in text  # nothing has to be run here
    assert ".ipynb)" not in text.replace("/user/ada/", "") or "](/user/ada/" in text
    for _, target, _ in reading._LINK.findall(text):
        if ":" not in target:
            kind, _, path = target.removeprefix("/user/ada/").partition("/")
            path = path.removeprefix("render/").removeprefix("tree/")
            assert kind in ("voila", "lab", "read") and (ROOT / path).is_file(), target


def test_neighbours_of_a_lesson():
    notebook = nbformat.read(ROOT / SWAPS, as_version=4)
    reading.prepare(handler(SWAPS), notebook, "")
    course = notebook.metadata.course
    assert course.before[0] == "/user/ada/voila/render/course/00_start_here.ipynb"
    assert course.after[1] == "Providing liquidity"
    assert course.work == f"/user/ada/lab/tree/{SWAPS}"
    assert course.no_advice == contents.NO_ADVICE


@pytest.mark.parametrize("only_reading", [True, False])
def test_readers_alone_are_led_to_nothing_else(only_reading):
    notebook = nbformat.read(ROOT / SWAPS, as_version=4)
    here = handler(SWAPS)
    here.settings["course_room"] = SimpleNamespace(only_reading=only_reading)
    reading.prepare(here, notebook, "")
    assert bool(notebook.metadata.course.work) == bool(notebook.metadata.course.notes) == (not only_reading)
