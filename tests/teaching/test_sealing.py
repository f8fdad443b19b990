"""What is sealed in a student's copy, what its modules show, and which of its links stay."""

import importlib.util

import pytest

from defi_lib.sealed import unsealed
from defi_lib.teaching.handout.links import dead_links, main, pull_link, without_dead_links
from defi_lib.teaching.handout.sealing import CHECKS, imported, is_check, module_of, with_sealed

SWAPS = "defi_lib/labs/exchange/swaps.py"
RIGHT = '"""Checks of a lab.\n\nMore of it."""\n\ndef _out(x):\n    return 2 * x\n\ncheck = print\n'
NOTEBOOK = (
    '{"cells": [{"cell_type": "code", "source": ["from defi_lib.labs.exchange.swaps import check, progress\\n"]}]}'
)


@pytest.mark.parametrize(
    ("path", "text", "is_one"),
    [
        (SWAPS, RIGHT, True),
        ("defi_lib/labs/exchange/__init__.py", '"""Labs."""', False),
        ("defi_lib/labs/kit/lab.py", RIGHT, False),
        ("defi_lib/labs/swaps.py", RIGHT, False),
        ("defi_lib/exchange/pools/pool.py", RIGHT, False),
        ("defi_lib/labs/exchange/data.csv", "x", False),
    ],
)
def test_checks_stand_in_the_folders_of_labs(path, text, is_one):
    assert is_check(path, text) is is_one


def test_a_sealed_module_shows_what_notebooks_and_old_places_import():
    old = "from defi_lib.labs.exchange.swaps import *\nfrom defi_lib.labs.exchange.swaps import lab\n"
    copy = with_sealed({SWAPS: RIGHT, "labs/a.ipynb": NOTEBOOK, "defi_lib/labs/swaps.py": old})
    assert '__all__ = ["check", "lab", "progress"]' in copy[SWAPS] and '"""Checks of a lab.\n' in copy[SWAPS]
    assert "_out" not in copy[SWAPS] and copy["labs/a.ipynb"] == NOTEBOOK and copy["defi_lib/labs/swaps.py"] == old
    module, _, source = copy[CHECKS].strip().partition(" ")
    assert module == "defi_lib.labs.exchange.swaps" and unsealed(source) == RIGHT


def test_what_nobody_imports_is_only_sealed_but_packages_around_it_stay():
    inner = "defi_lib/labs/risk/peg/world.py"
    package = "defi_lib/labs/risk/peg/__init__.py"
    files = {
        inner: RIGHT,
        package: "from defi_lib.labs.risk.peg.world import check\n",
        "defi_lib/labs/risk/more.py": RIGHT,
    }
    asked = "from defi_lib.labs.risk.peg.world import check\n"
    copy = with_sealed({**files, "course/a.py": asked})
    assert "defi_lib/labs/risk/more.py" not in copy
    assert '__all__ = ["check"]' in copy[inner] and "__all__ = []" in copy[package]
    assert len(copy[CHECKS].splitlines()) == 3


def test_quizzes_are_sealed():
    copy = with_sealed({"defi_lib/quizzes/1.1.toml": "right = true", "defi_lib/figures.csv": "a"})
    assert sorted(copy) == ["defi_lib/figures.csv", CHECKS, "defi_lib/quizzes/1.1.txt"]
    assert unsealed(copy["defi_lib/quizzes/1.1.txt"]) == "right = true"


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("import defi_lib.labs.exchange.swaps", "a check is imported by from … import … only"),
        ("from . import swaps", "say the whole name of the module"),
    ],
)
def test_an_import_that_a_sealed_module_cannot_do_is_refused(line, said):
    other = "defi_lib/labs/exchange/day.py"
    with pytest.raises(ValueError, match=f"{other}, line 2: {said}"):
        with_sealed({SWAPS: RIGHT, other: f"x = 1\n{line}\n"})


def test_modules_are_named_after_their_files():
    assert module_of(SWAPS) == "defi_lib.labs.exchange.swaps"
    assert module_of("defi_lib/labs/risk/peg/__init__.py") == "defi_lib.labs.risk.peg"
    assert importlib.util.find_spec(module_of(SWAPS)) is not None


def test_what_code_imports():
    assert imported("from a.b import c, d as e\nimport f\nfrom . import g\n") == {"a.b": {"c", "d"}}
    assert imported("%matplotlib inline\n") == {}


KEPT = {"course/a.ipynb", "course/glossary.md", "docs/progress.md", "docs", "labs/1/x.ipynb"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("See [the glossary](glossary.md#pool).", "See [the glossary](glossary.md#pool)."),
        ("See [the guide](../docs/teaching/README.md).", "See the guide."),
        ("[**How** to `write`](../CONTRIBUTING.md#how): all.", "**How** to `write`: all."),
        ("[Below](#here), [out](https://example.org/a), [all](../docs/).", None),
        ("![A picture](gone.png) and [a [b] c](../gone.md)", "![A picture](gone.png) and a [b] c"),
        ("[![Badge](https://e.org/b.svg)](https://e.org)", None),
    ],
)
def test_links_to_what_is_left_out_become_words(before, after):
    after = before if after is None else after
    assert without_dead_links("course/a.md", before, KEPT) == after
    assert dead_links("course/a.md", after, KEPT) == []


def test_in_a_notebook_only_its_text_is_changed():
    line = '"see [it](../solutions/a.ipynb)\\n"'
    cells = f'{{"cell_type": "code", "source": [{line}]}}, {{"cell_type": "markdown", "source": [{line}, "more"]}}'
    text = without_dead_links("course/a.ipynb", f'{{"cells": [{cells}]}}', KEPT)
    assert text.count("solutions") == 1 and '"see it\\n",\n' in text
    assert without_dead_links("defi_lib/a.py", "[it](gone.md)", KEPT) == "[it](gone.md)"


def test_a_link_of_nbgitpuller():
    link = pull_link("https://hub.example.edu/", "you/course-for-students", "labs/1_exchange/01_swaps.ipynb")
    assert link == (
        "https://hub.example.edu/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com%2Fyou%2Fcourse-for-students"
        "&branch=main&urlpath=lab%2Ftree%2Fcourse-for-students%2Flabs%2F1_exchange%2F01_swaps.ipynb"
    )
    other = pull_link("http://127.0.0.1:8000", "https://git.example.edu/ada/defi.git", branch="2027")
    assert "repo=https%3A%2F%2Fgit.example.edu%2Fada%2Fdefi.git&branch=2027&urlpath=lab%2Ftree%2Fdefi%2Fcourse" in other
    assert other.endswith("&targetpath=defi") and "targetpath" not in link


def test_the_command_prints_a_link_or_says_what_is_wrong(capsys):
    assert main(["https://hub.example.edu", "you/course"]) == 0
    assert capsys.readouterr().out.startswith("https://hub.example.edu/hub/user-redirect/git-pull?repo=")
    assert main(["hub.example.edu", "you/course"]) == 2
    assert "hub = 'hub.example.edu' is not allowed" in capsys.readouterr().err
    assert main(["https://hub.example.edu", "course"]) == 2
    assert "repository = 'course' is not allowed" in capsys.readouterr().err
