"""What tests of the editions need and a machine may lack: skipped with a sentence, and a failure where CI decides."""

import os
import shutil
from collections.abc import Callable
from typing import TypeVar

import pytest

from tools.editions.packages import MissingPackagesError, compiled

T = TypeVar("T")


def or_skip(reason: str) -> None:
    """Skip with this reason, or fail where ``CI=true``: there everything must be tested."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI must test this too: {reason}")
    pytest.skip(reason)


def needs(command: str) -> None:
    """Skip where this program is not installed."""
    if shutil.which(command) is None:
        or_skip(f"{command} is not installed")


def with_packages(make: Callable[[], T]) -> T:
    """What ``make`` returns, if node is installed and the compiled packages of Pyodide are at hand."""
    for command in ("node", "npm"):
        needs(command)
    try:
        compiled()
    except MissingPackagesError as reason:
        or_skip(str(reason))
    return make()
