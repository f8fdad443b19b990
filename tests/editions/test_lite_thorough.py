"""The browser edition as its readers use it: ten lessons, two labs, what is kept, and what a second visit costs."""

import json

import nbformat
import pytest

from tests.browser.test_lab import ANSWER, CHECK, SETUP, Student
from tests.editions.test_lite import LESSON, edition, site  # noqa: F401 - fixtures
from tools.browser import ROOT
from tools.editions.lite.drive import Visit
from tools.editions.lite.waiting import notes

pytestmark = [pytest.mark.browser, pytest.mark.thorough, pytest.mark.xdist_group("lite")]

SCREENSHOTS = ROOT / "screenshots"
#: Lessons of all modules: with scipy, with signatures, with much to compute.
LESSONS = [
    "course/00_start_here.ipynb",
    "course/1_exchange/02_providing_liquidity.ipynb",
    "course/2_lending/04_cascades.ipynb",
    "course/3_staking/01_a_ledger_anybody_can_check.ipynb",
    "course/4_rewards/05_airdrops.ipynb",
    "course/5_governance/03_rules_against_whales.ipynb",
    "course/6_risk/04_how_failure_spreads.ipynb",
    "course/7_compute/05_who_gets_which_task.ipynb",
    "course/7_compute/13_one_line_or_many.ipynb",
    "course/8_economy/15_the_book_of_verdicts.ipynb",
]
#: Lessons with signatures, for which a browser lacks a package: one sentence says so.
SIGNED = [path for path in LESSONS if "3_staking/01" in path or "8_economy/15" in path]
#: Labs whose first question asks for one function with a number as its result.
LABS = ["1_exchange/01_swaps.ipynb", "2_lending/01_money_market.ipynb"]


@pytest.fixture
def context(chrome):
    made = chrome.new_context(viewport={"width": 1280, "height": 1000})
    yield made
    made.close()


@pytest.fixture
def opened(context, site):  # noqa: F811
    return lambda path: Visit(context.new_page(), site, path)


@pytest.mark.parametrize("path", LESSONS)
def test_a_lesson_runs_and_each_of_its_explorers_moves(opened, path):
    visit = opened(path)
    visit.page.locator(".defi-bar-said").wait_for()
    told = visit.page.locator(".defi-bar-note:visible").all_inner_texts()
    assert told == [note for heavy, note in notes().items() if heavy == path]
    assert visit.until_run().startswith("All cells have run")
    assert visit.page.locator(".defi-bar-note:visible").count() == 0
    explorers = visit.explorers()
    assert explorers, "a lesson without an explorer tests nothing here"
    for number, explorer in enumerate(explorers):
        assert explorer["drawn"] and explorer["said"] and not explorer["error"]
        move(visit, number)
    warnings = visit.page.locator("[data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts()
    assert len(warnings) == (1 if path in SIGNED else 0)
    assert all("The package cryptography is not installed here" in warning for warning in warnings)
    assert visit.strayed == [] and visit.errors == []


def move(visit, number):
    """By keys, on the first slider that changes the sentence; a list where there is no slider."""
    box, before = visit.page.locator(".defi-explorer").nth(number), visit.sentence(number)
    for handle in box.locator(".noUi-handle:visible").all():
        for key in ("End", "Home"):
            handle.press(key)
            visit.page.wait_for_timeout(2_500)
            if visit.sentence(number) != before:
                return
    pytest.fail(f"no slider of explorer {number} changes what is said: {before}")


@pytest.mark.parametrize("path", LABS)
def test_a_lab_is_answered_right_wrong_and_for_ever(opened, path):
    visit = opened(f"labs/{path}")
    visit.until_ready()
    assert "Shift + Enter" in visit.said
    student = Student(visit.page)
    solved = nbformat.read(ROOT / "solutions" / path, as_version=4).cells
    right = [cell.source for cell in solved if cell.cell_type == "code"][ANSWER]
    head = right.partition("    ### BEGIN SOLUTION")[0]
    body = right.partition("    ### END SOLUTION")[2]
    assert "points. Left:" in student.run(SETUP)
    assert student.answer(right)
    assert "✓ Right" in student.run(CHECK)
    student.answer(f"{head}    return 1{body}")
    said = student.run(CHECK)
    assert "✗" in said and "(0 of" in said
    said = student.answer(f"{head}    while True:\n        pass{body}")
    assert "Stopped after a few seconds" in said and "Traceback" not in said
    assert "Your code took too long" in student.run(CHECK)
    student.answer(right)
    assert "✓ Right" in student.run(CHECK)
    assert visit.strayed == [] and visit.errors == []


def remembered(visit, other):
    """What the browser keeps, once it is other than this (JSON)."""
    stored = "localStorage.getItem('defi-course-progress')"
    visit.page.wait_for_function(f"() => {stored} !== {other}", timeout=20_000)
    return visit.page.evaluate(stored)


class TestWhatIsKept:
    def test_progress_goes_from_page_to_page_and_can_be_deleted(self, opened):
        lesson = opened(LESSON)
        lesson.until_run()
        lesson.page.locator(".defi-question").get_by_text("It rises, because more providers want fees").click()
        lesson.page.get_by_text("Right at the first try: 0 of").wait_for(timeout=20_000)
        kept = remembered(lesson, "null")
        assert json.loads(kept)["records"]["quiz"]["1.1"]["depth"]["first"] is False

        page = opened("course/my_progress.ipynb")
        page.until_run()
        page.page.locator("li", has_text="A pool is made ten times as deep").wait_for(timeout=20_000)
        assert "In this browser, for this site alone" in page.page.locator(".jp-Notebook").inner_text()
        with page.page.expect_download() as download:
            page.page.get_by_role("link", name="Save my progress").click()
        copy = download.value.path()
        page.page.get_by_role("button", name="Delete my progress").click()
        page.page.get_by_role("button", name="Yes, delete it").click()
        page.page.get_by_text("Nothing is remembered yet").last.wait_for(timeout=20_000)
        assert remembered(page, json.dumps(kept)) is None

        with page.page.expect_file_chooser() as chooser:
            page.page.get_by_role("button", name="Load saved progress").click()
        chooser.value.set_files(copy)
        page.page.locator(".defi-question [role=status]", has_text="Loaded: 1 answer").first.wait_for(timeout=20_000)
        assert remembered(page, "null") == kept

    def test_a_copy_is_downloaded_and_opened_again_and_nothing_else_stays(self, opened, tmp_path):
        lab = opened("labs/1_exchange/01_swaps.ipynb")
        lab.until_ready()
        Student(lab.page).answer(
            "def swap(amount_in, reserve_in, reserve_out, fee):\n    return 41 + 1\n\nswap(1, 2, 3, 0)"
        )
        lab.page.locator(".defi-bar summary").click()
        with lab.page.expect_download() as download:
            lab.page.locator(".defi-bar-keep").click()
        assert download.value.suggested_filename == "01_swaps.ipynb"
        download.value.save_as(tmp_path / "mine.ipynb")
        assert lab.page.evaluate("async () => (await indexedDB.databases()).length") == 0

        again = opened("labs/1_exchange/01_swaps.ipynb")
        again.until_ready()
        assert "41 + 1" not in again.page.locator(".jp-Notebook").inner_text()
        again.page.locator(".defi-bar input[type=file]").set_input_files(tmp_path / "mine.ipynb")
        again.page.locator(".jp-CodeCell", has_text="41 + 1").first.wait_for(timeout=10_000)
        assert again.said == "Here is mine.ipynb: run its cells."
        (tmp_path / "no.ipynb").write_text("{}")
        again.page.locator(".defi-bar input[type=file]").set_input_files(tmp_path / "no.ipynb")
        again.page.get_by_text("no.ipynb is no notebook").wait_for(timeout=10_000)

    def test_whoever_has_written_is_asked_before_the_page_is_left(self, opened):
        lab = opened("labs/1_exchange/01_swaps.ipynb")
        lab.until_ready()
        asked = []
        lab.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        Student(lab.page).run(SETUP)
        lab.page.close(run_before_unload=True)
        lab.page.wait_for_event("close", timeout=10_000) if not lab.page.is_closed() else None
        assert asked == []  # it was only run
        lab = opened("labs/1_exchange/01_swaps.ipynb")
        lab.until_ready()
        lab.page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        Student(lab.page).answer("x = 1")
        lab.page.close(run_before_unload=True)
        lab.page.wait_for_event("close", timeout=10_000) if not lab.page.is_closed() else None
        assert asked == ["beforeunload"]


def test_a_kernel_that_is_restarted_is_made_ready_again(opened):
    visit = opened("course/7_compute/05_who_gets_which_task.ipynb")  # whose scipy comes when it is imported
    visit.until_run()
    visit.page.click("li.lm-MenuBar-item:has-text('Kernel')")
    visit.page.click("li[data-command='kernelmenu:restart']")
    visit.page.locator(".jp-Dialog .jp-mod-accept").click()
    visit.page.wait_for_function("() => document.querySelector('.defi-bar').dataset.state === 'idle'", timeout=120_000)
    visit.page.locator(".defi-bar-run").click()
    visit.page.wait_for_function("() => document.querySelector('.defi-bar').dataset.state === 'busy'")
    assert visit.until_run().startswith("All cells have run")
    assert visit.errors == []


def test_links_lead_to_notebooks_and_pages(opened, context, site):  # noqa: F811
    visit = opened(LESSON)
    visit.until_run()
    for words, target in (
        ("start page", "notebooks/index.html?path=course/00_start_here.ipynb"),
        ("order book", "pages/course/glossary.html#order-book"),
        ("build a swap yourself", "notebooks/index.html?path=labs/1_exchange/01_swaps.ipynb"),
    ):
        with context.expect_page() as other:
            visit.page.locator(".jp-RenderedMarkdown a", has_text=words).first.click()
        other.value.wait_for_load_state("commit")
        assert other.value.url == site.address + target
        other.value.close()
    table = site.folder / "pages/defi_lib/evidence/assumptions.csv"
    assert table.read_bytes() == (ROOT / "defi_lib/evidence/assumptions.csv").read_bytes()


def test_a_second_visit_fetches_nothing(opened):
    cold = opened(LESSON)
    cold.until_run()
    assert 15 < cold.megabytes <= 32
    cold.page.close()
    warm = opened(LESSON)
    warm.until_run()
    assert warm.megabytes <= 0.1


def test_without_a_service_worker_a_lesson_runs_too(chrome, site):  # noqa: F811
    """As in a private window of some browsers: the kernel cannot read the course's files then."""
    made = chrome.new_context()
    made.add_init_script("delete Navigator.prototype.serviceWorker")
    visit = Visit(made.new_page(), site, LESSON)
    assert visit.until_run().startswith("All cells have run")
    assert visit.strayed == [] and visit.errors == []
    made.close()


def test_every_lesson_that_waits_is_there(edition):  # noqa: F811
    assert all((edition / "files" / path).is_file() for path in notes())


def test_a_telephone(chrome, site):  # noqa: F811
    page = chrome.new_page(viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    visit = Visit(page, site, LESSON)
    visit.until_run()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.locator(".defi-explorer").first.evaluate("element => element.scrollIntoView({block: 'start'})")
    page.wait_for_timeout(800)
    SCREENSHOTS.mkdir(exist_ok=True)
    page.screenshot(path=SCREENSHOTS / "browser_edition_360.png")
    assert visit.errors == []
    page.close()
