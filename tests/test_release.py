"""One version, everywhere."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def found(file, pattern):
    return re.findall(pattern, (ROOT / file).read_text(encoding="utf-8"), re.M)


def test_every_file_says_the_same_version():
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert found("CITATION.cff", r"^version: (.+)$") == [version]
    newest, *_ = found("CHANGELOG.md", r"^## (\d\S+)")
    assert newest == version
