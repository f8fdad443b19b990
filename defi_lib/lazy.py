"""Packages that load a part of themselves when it is first used: importing one costs no more than numpy."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def attach(
    package: str, parts: Mapping[str, Iterable[str]], renamed: Mapping[str, str] | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]], list[str]]:
    """``__getattr__``, ``__dir__`` and ``__all__`` of a package (PEP 562).

    Args:
        package: its ``__name__``.
        parts: for each module of the package (``"pools.stable"``, if it is in a room), its public names.
        renamed: what a name of an earlier version is called now: a public name of the package, or
            ``"defi_lib.ledger.Transfer"`` if it moved elsewhere. It still works, with a ``DeprecationWarning``.
    """
    home = {name: part for part, names in parts.items() for name in names}
    modules = {part.rpartition(".")[2]: part for part in parts}
    renamed = renamed or {}

    def get(name: str) -> Any:
        if name in home:
            value = getattr(importlib.import_module(f"{package}.{home[name]}"), name)
            setattr(sys.modules[package], name, value)  # found at once from now on
            return value
        if name in renamed:
            where, _, now = renamed[name].rpartition(".")
            where = where or package
            warnings.warn(f"{package}.{name} is now {where}.{now}", DeprecationWarning, stacklevel=2)
            return getattr(importlib.import_module(where), now)
        if name in modules:
            return importlib.import_module(f"{package}.{modules[name]}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    public = sorted(home)
    return get, lambda: [*public, *modules], public
