"""Importing a mechanism loads numpy and nothing heavier, and has no side effects."""

import pkgutil
import subprocess
import sys
from functools import cache

import pytest

import defi_lib

HEAVY = {"anywidget", "bokeh", "ipywidgets", "IPython", "matplotlib", "pandas", "scipy", "simpy", "tqdm"}
KITS = {"explore", "server"}
ABOVE = {"explore", "labs", "server"}
PACKAGES = sorted(module.name for module in pkgutil.iter_modules(defi_lib.__path__))


def run(code):
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()


@cache
def loaded(package):
    """The modules that a new process has loaded with a package."""
    return run(f"import sys, defi_lib.{package}; print(*sys.modules)")


@pytest.mark.xdist_group("imports")
@pytest.mark.parametrize("package", [package for package in PACKAGES if package not in KITS])
def test_only_numpy_is_loaded(package):
    assert {name.partition(".")[0] for name in loaded(package)} & HEAVY == set()


@pytest.mark.xdist_group("imports")
@pytest.mark.parametrize("package", [package for package in PACKAGES if package not in ABOVE])
def test_nothing_below_knows_the_notebook_kits(package):
    names = [name.split(".") for name in loaded(package)]
    assert not [name for name in names if name[:1] == ["defi_lib"] and set(name[1:2]) & ABOVE]


def test_no_global_state_is_changed():
    code = """
import numpy, warnings
before = repr(numpy.random.get_state()), repr(warnings.filters), repr(numpy.geterr())
import defi_lib.exchange, defi_lib.labs.exchange.swaps
print(before == (repr(numpy.random.get_state()), repr(warnings.filters), repr(numpy.geterr())))
"""
    assert run(code) == ["True"]
