"""The site as readers have it: built whole, without a warning; its pages walked in a browser that reaches nobody."""

import functools
import http.server
import re
import shutil
import threading
from datetime import date
from random import Random
from urllib.parse import unquote, urldefrag, urljoin, urlparse

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.support.editions import needs
from tools.browser import ROOT
from tools.editions import live
from tools.editions.site.build import build

pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated. Check CHANGES for Sphinx")

LESSON, LAB = "course/1_exchange/02_providing_liquidity.html", "labs/1_exchange/01_swaps.html"
#: Of each kind of page one; the others of a day are drawn.
ALWAYS = ("index.html", LESSON, LAB, "api/ledger.html", "docs/architecture.html", "search.html")
DRAWN = 8
#: All pages are walked in so many parts, so that a test which hangs is told from one that walks.
PARTS = 8
#: Until all formulas of the page are drawn.
READY = """() => !document.querySelector('.math')
  || document.querySelector('mjx-container') && MathJax.startup.promise.then(() => true)"""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site, built as ``make site`` builds it."""
    needs("npm")
    work = tmp_path_factory.mktemp("site")
    out = build(work / "out", work=work)
    for left in ("site-source", "jupyter_execute"):
        shutil.rmtree(work / left, ignore_errors=True)
    return out


@pytest.fixture(scope="module")
def address(site):
    """Where a small server of this machine shows it."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


class Reader:
    """A page of a browser, and what went wrong on it."""

    def __init__(self, chrome, address, **options):
        self.page, self.address = chrome.new_page(**options), address
        self.wrong = []
        self.page.on("console", lambda said: self.wrong.append(said.text) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("request", self._asked)

    def _asked(self, request):
        if not request.url.startswith((self.address, "data:", "blob:")):
            self.wrong.append(f"asked for {request.url}")

    def opens(self, path, scheme="light"):
        self.page.emulate_media(color_scheme=scheme)
        self.page.goto(self.address + path)
        self.page.wait_for_function(READY)
        return self.page


def findings(reader, path, scheme):
    """What is wrong with a page: errors, requests to elsewhere, what axe finds, what is wider than a phone."""
    reader.wrong.clear()
    page = reader.opens(path, scheme)
    wrong = list(reader.wrong)
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        wrong.append(f"{wider} pixels wider than a phone")
    page.evaluate("document.querySelectorAll('article details').forEach((fold) => fold.open = true)")
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wider > 0:
        wrong.append(f"with its folds open {wider} pixels wider than a phone")
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    return wrong + [f"{rule['id']}: {node['html'][:200]}" for rule in found for node in rule["nodes"][:3]]


def walk(chrome, address, paths):
    """The findings of pages at a phone's width, light and dark in turn."""
    reader = Reader(chrome, address, viewport={"width": 360, "height": 780})
    schemes = ("light", "dark")
    found = {path: findings(reader, path, schemes[number % 2]) for number, path in enumerate(paths)}
    reader.page.close()
    return {path: wrong for path, wrong in found.items() if wrong}


def pages(site):
    found = (path.relative_to(site).as_posix() for path in site.rglob("*.html"))
    return sorted(path for path in found if not path.startswith(f"{live.FOLDER}/"))


def test_a_sample_of_pages_is_clean_on_a_phone(chrome, address, site):
    rest = [path for path in pages(site) if path not in ALWAYS]
    today = Random(date.today().isoformat()).sample(rest, DRAWN)
    assert walk(chrome, address, [*ALWAYS, *today]) == {}


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("turn", [0, 1], ids=["one way", "other way"])
def test_every_page_is_clean_in_both_schemes(chrome, address, site, turn, part):
    every = pages(site)
    assert len(every) > 200
    assert walk(chrome, address, ["index.html"] * turn + every[part::PARTS]) == {}


def test_it_is_small_and_holds_no_answers(site):
    files = [path for path in site.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= 25e6
    names = {path.relative_to(site).as_posix() for path in files}
    assert not [name for name in names if re.search(r"exam|misconceptions|solutions/|\.ipynb$", name)]
    keys = (ROOT / "docs/teaching/exam.md").read_text(encoding="utf-8").splitlines()
    sentences = [line.strip() for line in keys if len(line) > 80 and "|" not in line]
    assert len(sentences) > 20
    everything = "\n".join(path.read_text(encoding="utf-8") for path in files if path.suffix == ".html")
    assert not [line for line in sentences if line in everything]


def test_every_link_within_it_leads_somewhere(site):
    texts = {path: (site / path).read_text(encoding="utf-8") for path in pages(site)}
    names = {path: set(re.findall(r'\b(?:id|name)="([^"]+)"', text)) for path, text in texts.items()}
    dead = []
    for path, text in texts.items():
        body = text[text.index("<body") :]
        for link in set(re.findall(r'(?:href|src)="([^"]+)"', body)):
            goal, anchor = urldefrag(urljoin(f"http://site/{path}", link.replace("&amp;", "&")))
            parsed = urlparse(goal)
            if parsed.netloc != "site":
                continue
            file = unquote(parsed.path).strip("/") or "index.html"
            if file.startswith(f"{live.FOLDER}/"):
                continue  # the other edition, which has tests of its own
            if not (site / file).is_file() or (anchor and file in names and unquote(anchor) not in names[file]):
                dead.append((path, link))
    assert dead == []


def test_no_page_names_a_picture_script_or_style_from_elsewhere(site):
    outside = re.compile(r'<(?:script|img|iframe|source)[^>]+src="(?:https?:)?//|<link[^>]+href="(?:https?:)?//')
    assert [path for path in pages(site) if outside.search((site / path).read_text(encoding="utf-8"))] == []


def test_the_button_runs_this_page(chrome, address):
    reader = Reader(chrome, address)
    for path in (LESSON, LAB):
        page = reader.opens(path)
        notebook = path.replace(".html", ".ipynb")
        assert page.locator(".course-run a").first.evaluate("a => a.href") == address + live.address(notebook)
        assert str(live.MEGABYTES) in page.locator(".course-run").inner_text()
    reader.page.close()


def test_the_first_page_is_called_as_the_course(chrome, address):
    reader = Reader(chrome, address)
    assert reader.opens("index.html").title() == "Decentralised finance, centralised profits"
    reader.page.close()


def test_on_a_phone_the_button_says_that_reading_comes_first(chrome, address):
    for width, warned in ((360, True), (1280, False)):
        reader = Reader(chrome, address, viewport={"width": width, "height": 800})
        assert reader.opens(LESSON).locator(".course-narrow").is_visible() == warned
        reader.page.close()


def test_on_a_phone_reading_stands_before_the_button(chrome, address):
    reader = Reader(chrome, address, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    for path in (LESSON, LAB, "course/my_progress.html"):
        page = reader.opens(path)
        first, button = page.locator(".course-narrow").bounding_box(), page.locator(".course-button").bounding_box()
        assert first["y"] + first["height"] <= button["y"]
        assert page.locator(".course-run").bounding_box()["height"] < 180
        assert str(live.MEGABYTES) in page.locator(".course-run").inner_text()
    assert reader.wrong == []
    reader.page.close()


def test_by_touch_a_fold_opens_and_a_picture_stands_alone(chrome, address):
    reader = Reader(chrome, address, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    page = reader.opens(LESSON)
    page.get_by_text("The evidence: place your bet, then open").tap()
    page.locator("details.course-answer[open] .course-picture").first.tap()
    page.wait_for_url("**/pictures/*.png")
    reader.page.close()


def test_what_a_cell_shows_as_a_table_is_one(site):
    texts = {path: (site / path).read_text(encoding="utf-8") for path in pages(site) if path.startswith("course/")}
    assert [path for path, text in texts.items() if re.search(r"<p>\|.*\|", text)] == []
    assert texts["course/1_exchange/01_swaps.html"].count("<table") > 1


def test_a_search_shows_words_and_no_code(chrome, address):
    reader = Reader(chrome, address)
    page = reader.opens("search.html?q=impermanent+loss")
    page.locator("#search-results li p.context").nth(5).wait_for()
    found = page.locator("#search-results li p.context").all_inner_texts()
    assert len(found) > 5
    assert not [text for text in found if re.search(r"\{\w+\.|\*\*|f\"|System Settings", text)]
    reader.page.close()


def test_a_reader_finds_words_and_goes_on(chrome, address):
    reader = Reader(chrome, address, viewport={"width": 1280, "height": 900})
    page = reader.opens(LESSON)
    page.locator(".bd-sidebar-primary .search-button-field").click()
    page.locator("#pst-search-dialog input").fill("impermanent loss")
    page.keyboard.press("Enter")
    page.locator("#search-results li a", has_text="Providing liquidity").first.wait_for()
    assert "/course/" in page.locator("#search-results li a").first.evaluate("a => a.href")
    page.locator("#search-results li a", has_text="Providing liquidity").first.click()
    assert page.locator(".right-next .prev-next-title").inner_text() == "1.3 Concentrated liquidity"
    page.locator(".next-page, .right-next").first.click()
    assert page.locator("h1").first.inner_text().startswith("Concentrated liquidity")
    assert page.locator(".course-nav [aria-current]").inner_text() == "1.3 Concentrated liquidity"
    assert page.title().startswith("Concentrated liquidity")
    assert "documentation" not in page.title()
    assert reader.wrong == []
    reader.page.close()


def test_what_gives_an_answer_away_is_folded(chrome, address):
    reader = Reader(chrome, address, viewport={"width": 1280, "height": 900})
    page = reader.opens(LESSON)
    assert "True today" not in page.locator("article").inner_text()
    assert "Ada lost 343" not in page.locator("article").inner_text()
    page.get_by_text("The evidence: place your bet, then open").click()
    assert "True today: 1.5" in page.locator("article").inner_text()
    assert page.locator("details.course-answer img[alt^='Each assumption moved alone']").is_visible()
    option = page.locator(".course-quiz details").first
    assert not option.locator("p").is_visible()
    option.locator("summary").press("Enter")  # by keys, as by hand
    assert option.locator("p").inner_text().strip()[0] in "✓✗"
    reader.page.close()


def test_figures_are_filtered_by_words(chrome, address):
    reader = Reader(chrome, address)
    page = reader.opens("evidence/figures.html")
    before = page.locator(".course-table tbody tr:visible").count()
    page.locator("#filter").fill("etherscan gas")
    shown = page.locator(".course-table tbody tr:visible")
    assert 0 < shown.count() < before
    assert all("etherscan" in text.lower() for text in shown.all_inner_texts())
    assert page.locator(".course-filter [role=status]").inner_text().startswith(f"{shown.count()} of ")
    reader.page.close()


def test_the_edition_that_runs_is_not_touched_by_a_new_build(site, tmp_path):
    from tools.editions.site.build import _replace

    made, out = tmp_path / "made", tmp_path / "out"
    for folder in (made, out / live.FOLDER):
        folder.mkdir(parents=True)
    (made / "index.html").write_text("new")
    (out / "index.html").write_text("old")
    (out / "gone.html").write_text("old")
    (out / live.FOLDER / "index.html").write_text("runs")
    _replace(made, out)
    assert (out / "index.html").read_text() == "new"
    assert (out / live.FOLDER / "index.html").read_text() == "runs"
    assert not (out / "gone.html").exists()
