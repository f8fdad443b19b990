"""Runs notebooks and writes down what a reader sees as text: the same program under CPython and in Pyodide.

It imports nothing of this repository, because in Pyodide there is only the course's wheel. For each cell it keeps
what is printed, the text, HTML and Markdown of what is displayed, and the error it ends in. After the last cell it
asks what a reader may ask: each explorer's sentence at every scenario and at random settings with some of the
numbers that are drawn, and the evidence behind each verdict without waiting for a bet.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import io
import json
import math
import os
import re
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

#: What of a display is text. Pictures are not, and what a widget is made of has random names.
TEXTS = ("text/plain", "text/markdown", "text/html")
#: At so many random settings each explorer is asked, and so many of the values of each column are kept.
SETTINGS, VALUES = 2, 8
#: Seconds that a lab's cell may take here.
PATIENCE = 120.0

_ADDRESS = re.compile(r"\b0x[0-9a-f]{8,}")
_opened: set[str] = set()


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and isinstance(arguments[0], (str, os.PathLike)):
        _opened.add(os.fspath(arguments[0]))


def prepare() -> None:
    """Import what every notebook needs and no change of the course can change."""
    for module in ("numpy", "pandas", "bokeh.plotting", "anywidget", "ipywidgets", "IPython.core.interactiveshell"):
        __import__(module)
    sys.modules["pandas"].set_option("display.max_columns", 20)  # as in a notebook; a terminal has fewer
    sys.addaudithook(_watch)


def run(root: Path, path: str) -> dict[str, Any]:
    """Run one notebook of the course in ``root``, with the library imported anew, and return what it says.

    ``cells``: by id, the texts; ``asked``: what explorers and evidence answered; ``seconds``: of each cell and of all;
    ``work``: the same, as far as this process had a processor; ``files``: of the course that were read; ``imported``:
    which packages of others were.
    """
    _forget()
    _opened.clear()
    notebook = json.loads((root / path).read_text(encoding="utf-8"))
    begun = time.perf_counter(), _work()
    shell = _shell()
    os.chdir((root / path).parent)
    made = _watched()
    if path.startswith("solutions"):
        # On a busy machine the time limit is no matter of the answers; the work that they took is told.
        importlib.import_module("defi_lib.labs.kit.lab").TIME_LIMIT = PATIENCE  # type: ignore[attr-defined]
    cells: dict[str, Any] = {}
    taken: dict[str, tuple[float, float]] = {}
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            before = time.perf_counter(), _work()
            cells[cell["id"]] = run_cell(shell, "".join(cell["source"]), cell["id"])
            taken[cell["id"]] = time.perf_counter() - before[0], _work() - before[1]
    asked = _asked(made)
    taken = {"all": (time.perf_counter() - begun[0], _work() - begun[1]), **taken}
    return {
        "cells": cells,
        "asked": asked,
        "seconds": {name: round(seconds, 2) for name, (seconds, _) in taken.items()},
        "work": {name: round(work, 2) for name, (_, work) in taken.items()},
        "files": _files(root),
        "imported": sorted({"scipy", "simpy", "tqdm", "PIL", "cryptography"} & sys.modules.keys()),
    }


def _work() -> float:
    """Seconds for which this process has had a processor."""
    if sys.platform == "emscripten":
        import js

        used = js.process.cpuUsage()
        return float(used.user + used.system) / 1e6
    return time.process_time()


def run_cell(shell: Any, source: str, identity: str) -> dict[str, Any]:
    """What one cell says: printed, displayed, and the error if it ends in one."""
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        result = shell.run_cell(source, store_history=True, cell_id=identity)
    said: dict[str, Any] = {}
    error = result.error_before_exec or result.error_in_exec
    if error is not None:
        said["error"] = f"{type(error).__name__}: {error}"
    elif captured.stdout:
        said["printed"] = _ADDRESS.sub("0x…", captured.stdout)
    if captured.stderr:
        said["warned"] = captured.stderr
    displayed = [_texts(output.data) for output in captured.outputs]
    if any(displayed):
        said["displayed"] = displayed
    if hasattr(result.result, "status") and hasattr(result.result, "out_of"):
        said["check"] = [result.result.status, result.result.text]
    return said


def _texts(data: dict[str, Any]) -> dict[str, str]:
    """The texts of a mime bundle; a widget's own repr, which lists its parts, says nothing to a reader."""
    return {kind: _ADDRESS.sub("0x…", data[kind]) for kind in TEXTS if kind in data}


@cache
def _kind() -> Any:
    """A shell whose last values go where displays go, as in a notebook."""
    from IPython.core.displayhook import DisplayHook
    from IPython.core.interactiveshell import InteractiveShell

    class Hook(DisplayHook):
        def write_output_prompt(self) -> None:
            pass

        def write_format_data(self, format_dict: dict[str, Any], md_dict: Any = None) -> None:
            assert self.shell is not None
            self.shell.display_pub.publish(format_dict, md_dict)

    class Shell(InteractiveShell):
        displayhook_class = Hook

    return Shell


def _shell() -> Any:
    from traitlets.config import Config

    quiet = Config()
    quiet.HistoryManager.enabled = False  # no database, and no thread that writes it
    quiet.InteractiveShell.colors = "NoColor"
    _kind().clear_instance()
    return _kind().instance(config=quiet)


def _forget() -> None:
    """Let the next notebook import the course anew, and free what the last one made."""
    if "ipywidgets" in sys.modules:
        sys.modules["ipywidgets"].Widget.close_all()
    for name in [name for name in sys.modules if name.split(".")[0] == "defi_lib"]:
        del sys.modules[name]
    gc.collect()


def _watched() -> dict[str, list[Any]]:
    """Explorers and evidence, in the order in which the notebook makes them."""
    from defi_lib.explore.evidence.shown import ShownEvidence
    from defi_lib.explore.explorer import Explorer

    made: dict[str, list[Any]] = {"explorers": [], "evidence": []}

    def noted(kind: type, into: list[Any]) -> None:
        begin = kind.__init__  # type: ignore[misc]

        def begun(self: Any, *arguments: Any, **options: Any) -> None:
            begin(self, *arguments, **options)
            into.append(self)

        kind.__init__ = begun  # type: ignore[misc]

    noted(Explorer, made["explorers"])
    noted(ShownEvidence, made["evidence"])
    return made


def _asked(made: dict[str, list[Any]]) -> dict[str, Any]:
    """What a reader who moves sliders and places bets would see."""
    import numpy as np

    from defi_lib.explore.evidence.shown import text_of

    answers: dict[str, Any] = {}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()) as warned:
        for number, evidence in enumerate(made["evidence"]):
            answers[f"evidence {number}"] = text_of(evidence._subject)
        for number, explorer in enumerate(made["explorers"]):
            rng = np.random.default_rng(number)
            settings = {name: {**explorer.defaults, **values} for name, values in explorer.scenarios.items()}
            settings |= {f"random {turn}": explorer.random(rng) for turn in range(SETTINGS)}
            for name, values in settings.items():
                explorer.set(**values)
                answers[f"explorer {number}, {name}"] = explorer.error or explorer.sentence
                answers[f"explorer {number}, {name}, drawn"] = _numbers(explorer.result)
    if warned.getvalue():
        answers["warned"] = warned.getvalue()
    return answers


def _numbers(columns: Any) -> dict[str, Any]:
    """Some of the numbers that an explorer draws: how many, and evenly spaced ones of each column."""
    import numpy as np

    kept: dict[str, Any] = {}
    for name, column in columns.items():
        values = np.asarray(column)
        flat = values.ravel()
        if flat.dtype.kind in "biufO" and flat.size:
            chosen = flat[np.linspace(0, flat.size - 1, min(VALUES, flat.size)).astype(np.int64)]
            try:
                kept[str(name)] = [list(values.shape), *(_number(each) for each in chosen.tolist())]
            except (TypeError, ValueError):
                kept[str(name)] = [list(values.shape), *map(str, chosen.tolist())]
        else:
            kept[str(name)] = [list(values.shape), *map(str, flat[:VALUES].tolist())]
    return kept


def _number(value: Any) -> float | str:
    number = float(value)
    return number if math.isfinite(number) else str(number)


def _files(root: Path) -> list[str]:
    """Files of the course that were read since it was imported, as paths from the course's folder."""
    import defi_lib

    home = Path(defi_lib.__file__).parent
    found = {module.__file__ for name, module in sys.modules.items() if name.split(".")[0] == "defi_lib"} | _opened
    inside = set()
    for path in found:
        if path and "__pycache__" not in path and (file := Path(path)).is_file():
            if file.is_relative_to(home):
                inside.add(f"defi_lib/{file.relative_to(home).as_posix()}")
            elif file.is_relative_to(root):
                inside.add(file.relative_to(root).as_posix())
    return sorted(each for each in inside if each.split("/")[0] in ("defi_lib", "course", "solutions", "tests"))


def main() -> None:
    """Read paths of notebooks from standard input, and answer each with a line of JSON."""
    prepare()
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a cell prints past Python's own standard output must not look like an answer
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(answered(line.strip(), os.getcwd())), file=answers, flush=True)


def answered(path: str, root: str) -> dict[str, Any]:
    """What a notebook says, or why it could not be run at all."""
    try:
        return run(Path(root), path)
    except Exception as error:
        return {"failed": f"{type(error).__name__}: {error}"}
    finally:
        os.chdir(root)


if __name__ == "__main__":
    main()
