"""What a kernel in the browser edition is given, tried without a browser."""

import importlib
import json
import sys
import zipfile

import pytest

from defi_lib import browser, progress
from defi_lib.browser import Packages

RECORD = {"lab": {"1.1": {"swap": {"day": "2026-11-29", "points": 2.0, "out_of": 2.0}}}}


@pytest.fixture
def here(own_progress, monkeypatch):
    monkeypatch.setattr(progress.keeper, "on_change", [])
    monkeypatch.setattr(progress, "on_change", progress.keeper.on_change)
    return own_progress


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A lock file of three packages, which need each other in a row, the last one a shared library."""
    files = {
        "far_away.whl": {
            "far_away/__init__.py": "import further\nfrom .inner import x\n",
            "far_away/inner.py": "x = 7",
        },
        "further.whl": {"further.py": "y = 8"},
        "library.zip": {"libfar.so": "compiled"},
        "broken.whl": {"another.py": ""},
    }
    folder = tmp_path / "server"
    folder.mkdir()
    for name, parts in files.items():
        with zipfile.ZipFile(folder / name, "w") as archive:
            for part, text in parts.items():
                archive.writestr(part, text)
    lock = {
        "far": {"file_name": "far_away.whl", "imports": ["far_away"], "depends": ["library"], "install_dir": "site"},
        "further": {"file_name": "further.whl", "imports": ["further"], "depends": [], "install_dir": "site"},
        "library": {"file_name": "library.zip", "imports": [], "depends": [], "install_dir": "dynlib"},
        "broken": {"file_name": "broken.whl", "imports": ["broken_one"], "depends": [], "install_dir": "site"},
    }
    site = tmp_path / "site"
    monkeypatch.syspath_prepend(site)
    yield Server(lock, folder, site, tmp_path / "libraries")
    for name in ("far_away", "far_away.inner", "further", "broken_one"):
        sys.modules.pop(name, None)


class Server:
    def __init__(self, lock, folder, site, libraries):
        self.fetched, self.shared, self.loaded, self.told = [], [], set(), []

        def fetch(name):
            self.fetched.append(name)
            return (folder / name).read_bytes()

        self.finder = Packages(lock, lambda: self.loaded, fetch, self.shared.append, site, libraries, self.told.append)
        self.libraries = libraries


@pytest.fixture
def finder(server):
    sys.meta_path.append(server.finder)
    yield server.finder
    sys.meta_path.remove(server.finder)


class TestPackages:
    def test_a_package_comes_when_it_is_imported_after_what_it_needs(self, server, finder):
        module = importlib.import_module("far_away")
        assert (module.x, module.further.y) == (7, 8)
        assert server.fetched == ["library.zip", "far_away.whl", "further.whl"]
        assert [entry["file_name"] for entry in server.told] == ["library.zip", "far_away.whl", "further.whl"]
        assert server.shared == [server.libraries / "libfar.so"]
        assert module.__package__ == "far_away" and module.__spec__.loader is module.__loader__
        importlib.import_module("far_away.inner")
        assert len(server.fetched) == 3

    def test_who_only_asks_whether_it_is_installed_brings_nothing(self, server, finder):
        assert importlib.util.find_spec("far_away") is not None
        assert importlib.util.find_spec("nowhere_at_all") is None
        assert server.fetched == []

    def test_what_pyodide_has_brought_is_not_brought_again(self, server, finder):
        server.loaded.add("further")
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module("further")
        assert server.fetched == []

    def test_a_package_without_its_module_is_an_import_error(self, server, finder):
        with pytest.raises(ImportError, match="broken has no module broken_one"):
            importlib.import_module("broken_one")
        assert "broken_one" not in sys.modules


class Channel:
    """A comm: what was sent, and who listens."""

    def __init__(self):
        self.sent, self.hear = [], None

    def send(self, data):
        self.sent.append(data)

    def on_msg(self, hear):
        self.hear = hear

    def say(self, text):
        self.hear({"content": {"data": {"progress": text}}})

    @property
    def progress(self):
        """The records that were sent last."""
        return json.loads(self.sent[-1]["progress"])["records"]


@pytest.fixture
def channel():
    return Channel()


def text_of(records):
    return progress.file.text_of(records)


class TestProgress:
    def test_it_begins_with_what_the_page_remembers_and_tells_what_is_added(self, here, channel):
        browser.share_progress(channel, text_of(RECORD))
        assert progress.load() == RECORD
        progress.record("lab", "1.1", "swap", points=2, out_of=2, day="2026-11-29")
        assert channel.sent == []  # nothing new
        progress.record("quiz", "1.1", "depth", first=True)
        assert set(channel.progress) == {"lab", "quiz"}

    def test_what_another_page_adds_or_deletes_is_heard(self, here, channel):
        browser.share_progress(channel, "")
        channel.say(text_of(RECORD))
        assert progress.load() == channel.progress == RECORD
        channel.say("")
        assert progress.load() == channel.progress == {}

    def test_what_is_no_progress_file_changes_nothing(self, here, channel):
        browser.share_progress(channel, text_of(RECORD))
        channel.say("{}")
        assert progress.load() == RECORD

    def test_a_prediction_of_an_earlier_visit_cannot_be_corrected(self, here, channel):
        told = {"prediction": {"1.1": {"cost": {"day": "2026-11-28", "value": 5.0}}}}
        browser.share_progress(channel, text_of(told))
        progress.record("prediction", "1.1", "cost", value=1.28, answer=1.28)
        assert progress.load("prediction", "1.1")["cost"]["value"] == 5.0

    def test_nothing_is_shared_where_no_progress_is_kept(self, channel, monkeypatch):
        monkeypatch.setenv("DEFI_COURSE_PROGRESS", "off")
        browser.share_progress(channel, text_of(RECORD))
        assert channel.sent == [] and channel.hear is None


def test_a_kernel_knows_its_notebook_before_the_first_cell(here, channel, server, monkeypatch):
    class Shell:
        execution_count = 1

        class Completer:
            use_jedi = True

        class extension_manager:  # noqa: N801
            @staticmethod
            def load_extension(name):
                Shell.loaded = name

    monkeypatch.setattr("IPython.get_ipython", lambda: Shell)
    monkeypatch.setattr("comm.create_comm", lambda target_name: channel)
    monkeypatch.setattr(browser, "_packages", lambda tell: tell({"name": "far", "size": 7}) or server.finder)
    monkeypatch.setattr(sys, "meta_path", [*sys.meta_path])
    monkeypatch.setenv("JPY_SESSION_NAME", "")
    browser.start("course/1_exchange/01_swaps.ipynb", text_of(RECORD))
    assert progress.lesson_here() == "1.1"
    assert Shell.loaded == "defi_lib.course.hints" and not Shell.Completer.use_jedi
    assert Shell.execution_count == 0
    assert sys.meta_path[-1] is server.finder
    assert channel.sent[0] == {"fetching": "far", "bytes": 7}
    assert progress.load() == RECORD
