"""Hypothesis without a clock: a busy machine is no failure. And no test touches the progress of who runs it."""

import os

import pytest
from hypothesis import settings

settings.register_profile("course", deadline=None)
settings.load_profile("course")

os.environ["DEFI_COURSE_PROGRESS"] = "off"


@pytest.fixture(scope="session")
def chrome():
    """One browser for all tests of a process: Playwright runs one at a time."""
    from tools.browser import browser, chromium

    if chromium() is None:
        pytest.fail("no Chromium found: install it (Debian: apt-get install chromium)")
    with browser() as opened:
        yield opened
