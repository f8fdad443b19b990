"""Sealed checks run, find each other, and show what they are asked to show."""

import sys
from types import ModuleType

import pytest

from defi_lib.labs.kit import hidden
from defi_lib.sealed import sealed

LAB = "defi_lib.labs.trial"
SECOND = """\
from __future__ import annotations
from dataclasses import dataclass
from typing import ClassVar, NamedTuple

@dataclass(frozen=True)
class Kept:
    unit: ClassVar[str] = "token"
    x: int = 1

class Thing(NamedTuple):
    x: int
    y: Kept = Kept(1)

def right_answer(x):
    import json
    return json.loads(str(2 * x))
"""
SOURCES = {
    LAB: f"from {LAB} import first\nfrom {LAB}.second import Thing\nshown = first.shown\n",
    f"{LAB}.first": f"import math\nfrom {LAB}.second import right_answer\nshown = lambda x: right_answer(x)\n",
    f"{LAB}.second": SECOND,
    f"{LAB}.broken": "1 / 0\n",
}


@pytest.fixture(autouse=True)
def sources(monkeypatch):
    monkeypatch.setattr(hidden, "_sealed", lambda: {name: sealed(source) for name, source in SOURCES.items()})
    monkeypatch.setattr(hidden, "_modules", {})


def test_what_is_asked_for_is_shown_and_nothing_else():
    shown = hidden.published(LAB, ["shown", "Thing"])
    assert sorted(shown) == ["Thing", "shown"]
    assert shown["shown"](21) == 42 and shown["Thing"](3).y.x == 1


def test_no_import_of_a_student_finds_them():
    hidden.published(LAB, ["shown"])
    assert not [name for name in sys.modules if name.startswith(LAB)]
    with pytest.raises(ModuleNotFoundError):
        exec(f"from {LAB}.second import right_answer")


def test_each_module_runs_once():
    first, again = hidden.published(LAB, ["shown"]), hidden.published(f"{LAB}.first", ["shown"])
    assert first["shown"] is again["shown"]


def test_a_name_or_module_that_is_not_there_is_named():
    with pytest.raises(ImportError, match=r"names = \['more'\] are not in defi_lib\.labs\.trial"):
        hidden.published(LAB, ["shown", "more"])
    with pytest.raises(ImportError, match=r"'defi_lib\.labs\.other' is not among the sealed checks"):
        hidden.published("defi_lib.labs.other", ["shown"])


def test_a_module_that_failed_is_run_anew():
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            hidden.published(f"{LAB}.broken", [])


def test_the_full_course_has_no_sealed_checks(monkeypatch):
    monkeypatch.undo()
    with pytest.raises(FileNotFoundError):
        hidden._sealed()


def test_everything_else_is_imported_as_usual():
    assert isinstance(hidden._import("json"), ModuleType)
    assert hidden._import("os.path", {}, {}, ("join",)).join("a", "b").startswith("a")
