import shutil

import pytest
from playwright.sync_api import TimeoutError

from tools.browser import ROOT, run_all_cells, scroll_to, server

FIGURE = ".defi-explorer .defi-canvas .bk-Figure"
OPEN = ("--config=jupyter_server_config.py", "--ServerApp.token=", "--ServerApp.password=", "--allow-root")


@pytest.fixture(scope="session")
def course(tmp_path_factory):
    """A copy of the course, so that no test writes into it."""
    copy = tmp_path_factory.mktemp("course")
    for name in ("course", "labs", "share"):
        shutil.copytree(ROOT / name, copy / name)
    for name in ("jupyter_server_config.py", "ASSUMPTIONS.md"):
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="session")
def lab(course):
    with server("jupyterlab", *OPEN, directory=course, probe="lab") as address:
        yield address


PLOTTED = """() => {
  const canvas = document.querySelector(".defi-explorer .defi-canvas");
  const views = [...Bokeh.index].filter((v) => v.repaint && canvas.contains(v.el));
  return views.flatMap((v) => v.model.renderers.map((r) => r.data_source.data))
    .map((data) => Object.entries(data).map(([k, v]) => [k, [...v].slice(0, 400)]));
}"""


class Watched:
    """A page, with every console error and every request that left the machine."""

    def __init__(self, page, address):
        self.page, self.errors, self.strayed = page, [], []
        page.on("console", lambda m: self.errors.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on(
            "request", lambda r: None if r.url.startswith((address, "data:", "blob:")) else self.strayed.append(r.url)
        )
        page.on("websocket", lambda w: None if "127.0.0.1" in w.url else self.strayed.append(w.url))

    def sentence(self):
        """What the first plot of the page says."""
        return self.page.locator(".defi-explorer .defi-say").first.text_content()

    def plotted(self):
        """The numbers that the plot of the first explorer shows now."""
        return self.page.evaluate(PLOTTED)

    def wait_until_said_other_than(self, sentence):
        self.page.wait_for_function(
            "old => document.querySelector('.defi-explorer .defi-say').textContent !== old",
            arg=sentence,
            timeout=10_000,
        )

    def wait_until_plotted_other_than(self, plotted):
        """Sentence and plot are messages of their own: on a busy machine one may be here before the other."""
        self.page.wait_for_function(
            f"old => JSON.stringify(({PLOTTED})()) !== JSON.stringify(old)", arg=plotted, timeout=10_000
        )


#: Ends every kernel of the server: the next test's lesson knows nothing of this one's reader.
END_KERNELS = """async (address) => {
  const headers = {"X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)?.[1] ?? ""};
  for (const {id} of await (await fetch(address)).json()) await fetch(`${address}/${id}`, {method: "DELETE", headers});
}"""


def opener(chrome, lab, end_kernels=False):
    """Gives a function that opens a notebook in JupyterLab and runs it; closes what it opened."""
    pages = []

    def opened_once(path, options):
        page = chrome.new_page(**{"viewport": {"width": 1280, "height": 900}, **options})
        pages.append(page)
        watched = Watched(page, lab)
        page.goto(f"{lab}lab/tree/{path}?reset")
        run_all_cells(page)
        scroll_to(page, FIGURE)
        return watched

    def opened(path, **options):
        # On a busy machine JupyterLab may ask for a kernel before it has found one: what is tested comes after that.
        for _ in range(2):
            try:
                return opened_once(path, options)
            except (TimeoutError, RuntimeError):
                pages.pop().close()
        return opened_once(path, options)

    yield opened
    if pages and end_kernels:
        pages[-1].evaluate(END_KERNELS, f"{lab}api/sessions")
    for page in pages:
        page.close()


@pytest.fixture
def open_lesson(chrome, lab):
    """Opens a notebook in JupyterLab and runs it."""
    yield from opener(chrome, lab, end_kernels=True)


@pytest.fixture(scope="module")
def open_lesson_once(chrome, lab):
    """The same, for a page that all tests of a file use."""
    yield from opener(chrome, lab)
