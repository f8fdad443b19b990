import pytest

from defi_lib.progress import keeper
from defi_lib.progress.place import SWITCH


@pytest.fixture
def here(tmp_path, monkeypatch):
    """A reader's file."""
    path = tmp_path / "data" / "progress.json"
    monkeypatch.setenv(SWITCH, str(path))
    monkeypatch.setattr(keeper, "_unwritten", {})
    monkeypatch.setattr(keeper, "_own", set())
    return path


@pytest.fixture
def another_kernel(monkeypatch):
    """From here on another kernel answers, with the same file."""

    def begins():
        monkeypatch.setattr(keeper, "_unwritten", {})
        monkeypatch.setattr(keeper, "_own", set())

    return begins
