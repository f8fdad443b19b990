"""The inner side of a tournament, in grading's box: run one hand-in's code, and write down its rules, or why not."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from defi_lib.teaching.grading.inside import limit
from defi_lib.teaching.tournament.hand_ins import ANSWER, CODE, DEFINES, MOST_SHOWN


class _NoDesignError(Exception):
    """There is nothing to judge."""


def main(arguments: list[str]) -> None:
    """Under the limits ``arguments[0]``, with the code that stands in this folder."""
    limit(**json.loads(arguments[0]))
    try:
        told: dict[str, Any] = {"rules": rules(json.loads(Path(CODE).read_text(encoding="utf-8")))}
    except BaseException as error:  # whatever a hand-in raises, sys.exit() included
        text = str(error) if isinstance(error, _NoDesignError) else f"{type(error).__name__}: {error}"
        told = {"why": text[:MOST_SHOWN]}
    Path(ANSWER).write_text(json.dumps(told), encoding="utf-8")
    os._exit(0)


def rules(sources: list[str]) -> dict[str, Any]:
    """Run the cells up to the one with ``design``, which is called; cells that fail are passed over."""
    from defi_lib.labs.economy.the_design.world import read_design

    notebook: dict[str, Any] = {"__name__": "__main__", "display": lambda *_: None}
    failed = ""
    for source in sources:
        try:
            exec(compile(source, "hand-in", "exec"), notebook)
        except BaseException as error:
            if not failed or DEFINES.search(source):
                failed = f"{type(error).__name__}: {error}"
    if not callable(notebook.get("design")):
        raise _NoDesignError("it has no function `design`" + (f" ({failed})" if failed else ""))
    answer = notebook["design"]()
    if answer is None or answer is ...:
        raise _NoDesignError("its function `design` returns nothing")
    try:
        return read_design(answer)
    except ValueError as fault:
        raise _NoDesignError(str(fault)) from None


if __name__ == "__main__":
    main(sys.argv[1:])
