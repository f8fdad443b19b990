"""Hypothesis without a clock: a busy machine is no failure. And no test touches the progress of who runs it."""

import os

import pytest
from hypothesis import settings

settings.register_profile("course", deadline=None)
settings.load_profile("course")

os.environ["DEFI_COURSE_PROGRESS"] = "off"


@pytest.fixture
def own_progress(tmp_path, monkeypatch):
    """The path of a progress file that this test alone writes, and that is not there yet."""
    from defi_lib.progress import keeper

    path = tmp_path / "data" / "progress.json"
    monkeypatch.setenv("DEFI_COURSE_PROGRESS", str(path))  # also for the servers that are started from here
    monkeypatch.setattr(keeper, "_unwritten", {})
    monkeypatch.setattr(keeper, "_own", set())
    return path


@pytest.fixture(scope="session")
def chrome():
    """One browser for all tests of a process: Playwright runs one at a time."""
    from tools.browser import browser, chromium

    if chromium() is None:
        pytest.fail("no Chromium found: install it (Debian: apt-get install chromium)")
    with browser() as opened:
        yield opened
