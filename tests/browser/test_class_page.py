"""The page of a class in a browser: projector, telephone, dark; nothing is loaded, and axe finds nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from defi_lib.teaching.class_page import write
from tests.support.simulated_class import files, simulated

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def page_of_a_class(tmp_path_factory):
    folder = tmp_path_factory.mktemp("class")
    for number, content in enumerate(files(simulated(["3.1", "3.8", "3.9"], 24))):
        file = folder / f"in/{number}/my_answers.json"
        file.parent.mkdir(parents=True)
        file.write_bytes(content)
    assert write(folder / "in", "", folder) == 0
    return (folder / "class.html").as_uri()


@pytest.mark.parametrize(
    ("width", "height", "scale", "scheme"),
    [(853, 480, 1.5, "light"), (400, 800, 1, "light"), (1280, 720, 1, "dark")],
    ids=["projector", "telephone", "dark"],
)
def test_it_fits_reads_and_asks_for_nothing(chrome, page_of_a_class, width, height, scale, scheme):
    context = chrome.new_context(
        viewport={"width": width, "height": height}, device_scale_factor=scale, color_scheme=scheme, offline=True
    )
    page, asked, said = context.new_page(), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(page_of_a_class)
    assert asked == [page_of_a_class] and said == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width > 800:  # each question fits on the screen
        tall = page.evaluate(
            "[...document.querySelectorAll('article[id]')].map((e) => e.getBoundingClientRect().height)"
        )
        assert len(tall) > 15 and max(tall) <= height
    for summary in page.locator("summary").all():
        summary.evaluate("element => element.parentElement.open = true")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if width > 800:
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "best-practice"]}).response["violations"]
        assert [(each["id"], each["nodes"][0]["html"][:100]) for each in found] == []
    context.close()
