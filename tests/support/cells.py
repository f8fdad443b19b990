"""An IPython shell, as a notebook's kernel has one, for tests of what depends on cells."""

from __future__ import annotations

import builtins
import contextlib
import io
import sys
from collections.abc import Iterator
from typing import Any
from unittest import mock

from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

from defi_lib.labs import Lab
from defi_lib.labs.kit import cells, lab


@contextlib.contextmanager
def shell_of(*labs: Lab) -> Iterator[Any]:
    """A shell in which these labs (the last one's ``check`` and ``progress``) were imported; says nothing."""
    before = dict(vars(builtins)), sys.displayhook, sys.excepthook
    shell = InteractiveShell(
        config=Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
    )
    watched = cells.Cells(shell, lambda: lab.TIME_LIMIT)
    for each in labs:
        watched.names |= {name for question in each.questions.values() for name in question.needs}
        shell.user_ns |= {"check": each.check, "progress": each.progress}
    try:
        with mock.patch.object(cells, "_watched", watched), contextlib.redirect_stdout(io.StringIO()):
            yield shell
    finally:
        for added in vars(builtins).keys() - before[0].keys():
            delattr(builtins, added)
        sys.displayhook, sys.excepthook = before[1:]
