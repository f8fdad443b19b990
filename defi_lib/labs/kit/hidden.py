"""Checks that are sealed, as in a student's copy: they run as ever, and show only what the lab's notebook imports.

The sources stand sealed in ``labs/checks.txt``, a line for each module. They are run in modules that no ``import`` of
a student finds: among themselves they find each other, and everything else as usual.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from types import ModuleType
from typing import Any

from defi_lib.sealed import unsealed

_modules: dict[str, ModuleType] = {}


def published(module: str, names: Sequence[str]) -> dict[str, Any]:
    """What a sealed module shows.

    Args:
        module: its name, ``"defi_lib.labs.exchange.swaps"``.
        names: what of it is shown.

    Raises:
        ImportError: there is no such sealed module, or it has no such name.
    """
    if module not in _sealed():
        raise ImportError(f"module = {module!r} is not among the sealed checks: get the course's folder anew")
    hidden = _hidden(module)
    if missing := [name for name in names if not hasattr(hidden, name)]:
        raise ImportError(f"names = {missing} are not in {module}")
    return {name: getattr(hidden, name) for name in names}


@cache
def _sealed() -> dict[str, str]:
    """Module → its sealed source."""
    lines = (files("defi_lib.labs") / "checks.txt").read_text("utf-8").splitlines()
    return {name: source for name, _, source in (line.partition(" ") for line in lines)}


def _hidden(name: str) -> ModuleType:
    """The module, run when it is first asked for."""
    if name not in _modules:
        module = _modules[name] = ModuleType(name)
        vars(module)["__builtins__"] = vars(builtins) | {"__import__": _import}
        shown = sys.modules.get(name)
        sys.modules[name] = module  # while it runs: dataclasses look for their module there
        try:
            exec(compile(unsealed(_sealed()[name]), f"<{name}>", "exec", dont_inherit=True), vars(module))
        except BaseException:
            del _modules[name]
            raise
        finally:
            del sys.modules[name]
            if shown is not None:
                sys.modules[name] = shown
    return _modules[name]


def _import(name: str, space: Any = None, local: Any = None, names: Sequence[str] | None = (), level: int = 0) -> Any:
    """``from name import names`` inside a sealed module."""
    if name not in _sealed() or level or not names:
        return builtins.__import__(name, space, local, names or (), level)
    module = _hidden(name)
    for each in names:
        if not hasattr(module, each) and f"{name}.{each}" in _sealed():
            setattr(module, each, _hidden(f"{name}.{each}"))
    return module
