"""One version, everywhere; and what is said of how to release leads somewhere."""

import re
import tomllib
from pathlib import Path

import pytest

from tests.support.links import broken

ROOT = Path(__file__).resolve().parents[1]


def found(file, pattern):
    return re.findall(pattern, (ROOT / file).read_text(encoding="utf-8"), re.M)


def test_every_file_says_the_same_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert found("CITATION.cff", r"^version: (.+)$") == [version]
    newest, *_ = found("CHANGELOG.md", r"^## (\d\S+)")
    assert newest == version


def test_the_oldest_packages_that_are_tried_are_the_oldest_that_are_allowed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    allowed = [*project["dependencies"], *project["optional-dependencies"]["notebooks"]]
    bounds = {each.replace(">=", "==") for each in allowed if ">=" in each}
    assert set(found("requirements-oldest.txt", r"^(\w\S+)$")) == bounds
    assert {bound.partition("==")[0] for bound in bounds} == {"numpy", "pandas", "scipy"}


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "THIRD_PARTY.md", "docs/releasing.md"])
def test_links_of_the_pages_lead_somewhere(page):
    assert broken(ROOT / page) == []
