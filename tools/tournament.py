"""Rank designs of lab 8.2 on seeds that nobody has seen, and write a page with a report for each.

    python tools/tournament.py handed_in --first 824_113      # or: make tournament FOLDER=handed_in FIRST=824113

Every notebook and every Python file in the folder, at any depth, is a hand-in: its function ``design`` is called in a
process of its own, with limits of time, memory and file size, which gives back nothing but the rules; they are judged
here. What does not run scores zero, with a sentence, and stops nobody else. The page ``ranking.html`` and the table
``ranking.csv`` are written into the folder. The limits guard against mistakes, not against malice: run what strangers
have written in a container.
"""

from __future__ import annotations

import argparse
import contextlib
import csv
import html
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

FACTORS = ("spread", "survive", "serve", "founders", "fair")
#: No more of what a hand-in says is read, or shown.
_MOST_READ, _MOST_SHOWN = 100_000, 300
_DEFINES = re.compile(r"^(?:def design\b|design\s*=)", re.MULTILINE)


class Limits(NamedTuple):
    """What one hand-in may take."""

    seconds: float = 60.0
    megabytes: int = 4_000


class Entry(NamedTuple):
    """A hand-in, judged."""

    name: str
    rules: Mapping[str, Any]
    score: Any = None  #: a ``DesignScore``, or nothing
    why: str = ""  #: why it scores zero
    course: bool = False  #: one of the course's own

    @property
    def points(self) -> float:
        return self.score.score if self.score else 0.0


def hand_ins(folder: Path) -> list[Path]:
    """All notebooks and Python files, without copies that Jupyter keeps."""
    files = sorted(path for kind in ("*.ipynb", "*.py") for path in folder.rglob(kind))
    hidden = [any(part.startswith((".", "__")) for part in path.relative_to(folder).parts) for path in files]
    return [path for path, out in zip(files, hidden, strict=True) if path.is_file() and not out]


def rules_of(path: Path, limits: Limits) -> dict[str, Any]:
    """The rules that a hand-in's function gives, asked in a process of its own.

    Raises:
        ValueError: it does not run, takes too long, or gives no design, with a sentence.
    """
    with tempfile.TemporaryDirectory() as place:
        answer = Path(place) / "answer.json"
        command = [sys.executable, str(Path(__file__).resolve()), "--ask", str(path.resolve()), str(answer)]
        quiet = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        environment = {**os.environ, **quiet, "DEFI_COURSE_PROGRESS": "off", "PYTHONPATH": str(ROOT)}
        asked = subprocess.Popen(
            [*command, str(limits.seconds), str(limits.megabytes)],
            cwd=place,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            asked.wait(limits.seconds)
        except subprocess.TimeoutExpired:
            raise ValueError(
                f"it was stopped after {limits.seconds:g} seconds: is there a loop that never ends?"
            ) from None
        finally:
            _stop(asked)
        return _read(answer)


def _stop(asked: subprocess.Popen[bytes]) -> None:
    """End a process that we have started, and all that it has started."""
    try:
        if hasattr(os, "killpg"):
            os.killpg(asked.pid, signal.SIGKILL)
        else:
            asked.kill()
    except (ProcessLookupError, PermissionError):
        pass
    asked.wait()


def _read(answer: Path) -> dict[str, Any]:
    """What was answered, or a sentence."""
    from defi_lib.labs.economy.the_design.world import read_design

    try:
        with answer.open(encoding="utf-8") as file:
            told = json.loads(file.read(_MOST_READ))
    except (OSError, ValueError, RecursionError):
        raise ValueError("it ended before it gave a design") from None
    if not isinstance(told, dict) or "rules" not in told:
        raise ValueError(str(told.get("why", "it gave no design") if isinstance(told, dict) else "it gave no design"))
    return read_design(told["rules"])


def ask(path: Path, answer: Path, seconds: float, megabytes: int) -> None:
    """In the process of one hand-in: run it, and write down its rules or why there are none."""
    _limit(seconds, megabytes)
    try:
        told: dict[str, Any] = {"rules": _call(path)}
    except BaseException as error:  # whatever a hand-in raises, sys.exit() included
        text = str(error) if isinstance(error, _NoDesignError) else f"{type(error).__name__}: {error}"
        told = {"why": text[:_MOST_SHOWN]}
    answer.write_text(json.dumps(told), encoding="utf-8")
    os._exit(0)


class _NoDesignError(Exception):
    """There is nothing to judge."""


def _limit(seconds: float, megabytes: int) -> None:
    """As far as this system can: processor time, memory, and the size of what is written."""
    try:
        import resource
    except ImportError:  # Windows: the time limit of the one who asks is all
        return
    for kind, most in (("CPU", int(seconds) + 1), ("AS", megabytes * 2**20), ("FSIZE", 10 * 2**20)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(getattr(resource, f"RLIMIT_{kind}"), (most, most))


def _call(path: Path) -> dict[str, Any]:
    """Run the cells up to the one with ``design``, which is called; cells that fail are passed over."""
    from defi_lib.labs.economy.the_design.world import read_design

    notebook: dict[str, Any] = {"__name__": "__main__", "display": lambda *_: None}
    failed = ""
    for source in _sources(path):
        try:
            exec(compile(source, path.name, "exec"), notebook)
        except BaseException as error:
            if not failed or _DEFINES.search(source):
                failed = f"{type(error).__name__}: {error}"
    if not callable(notebook.get("design")):
        raise _NoDesignError("it has no function `design`" + (f" ({failed})" if failed else ""))
    rules = notebook["design"]()
    if rules is None or rules is ...:
        raise _NoDesignError("its function `design` returns nothing")
    try:
        return read_design(rules)
    except ValueError as fault:
        raise _NoDesignError(str(fault)) from None


def _sources(path: Path) -> list[str]:
    """The code to run: of a notebook what stands up to the cell with ``design``, without the checks."""
    try:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".py":
            return [text]
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
        asked = [bool(cell.get("metadata", {}).get("nbgrader", {}).get("grade")) for cell in cells]
        sources = ["".join(cell["source"]) for cell, out in zip(cells, asked, strict=True) if not out]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _NoDesignError(f"it cannot be read as a notebook or a Python file ({type(error).__name__})") from None
    places = [place for place, source in enumerate(sources) if _DEFINES.search(source)]
    return sources[: places[-1] + 1] if places else sources


def judge(name: str, rules: Mapping[str, Any], course: bool = False, **fate: int) -> Entry:
    """Rules on the seeds of this tournament."""
    from defi_lib.economy import score_design

    return Entry(name, rules, score_design(rules, **fate), course=course)


def tournament(folder: Path, limits: Limits, **fate: int) -> list[Entry]:
    """All hand-ins and the course's own designs, the best first; those that do not run last."""
    from defi_lib.labs.economy.the_design.world import EXAMPLES

    entries = [judge(name, rules, course=True, **fate) for name, rules in EXAMPLES.items()]
    for path in hand_ins(folder):
        name = path.relative_to(folder).as_posix()
        try:
            entries.append(judge(name, rules_of(path, limits), **fate))
        except Exception as fault:  # nothing that one hand-in does stops the others
            entries.append(Entry(name, {}, why=str(fault)[:_MOST_SHOWN]))
        print(f"{entries[-1].points:6.1f}  {name}  {entries[-1].why}", flush=True)
    return sorted(entries, key=lambda entry: (entry.score is None, -entry.points, entry.course, entry.name))


def table(entries: Sequence[Entry]) -> list[list[Any]]:
    """A row for each entry, its head first."""
    head = ["place", "name", "score", "standard_error", *FACTORS, "worst_role", "rules", "why"]
    rows: list[list[Any]] = [head]
    place = 0
    for entry in entries:
        place += not entry.course
        numbers: list[Any] = [0.0] + [""] * 7
        if entry.score:
            numbers = [round(getattr(entry.score, each), 3) for each in ("score", "standard_error", *FACTORS)]
            numbers.append(entry.score.worst_role)
        rules = json.dumps(dict(entry.rules)) if entry.score else ""
        rows.append(["course" if entry.course else place, entry.name, *numbers, rules, entry.why])
    return rows


_STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:1em 0}td,th{padding:.2em .7em;text-align:right;border-bottom:1px solid #ddd}
td:nth-child(2),th:nth-child(2){text-align:left}.course{color:#777;font-style:italic}
.bar{display:inline-block;height:.7em;background:#0072b2;vertical-align:middle}section{margin-top:2.5em}"""


def page(entries: Sequence[Entry], fate: Mapping[str, int]) -> str:
    """One page: the ranking, then a report for each hand-in beside today's rules."""
    head, *rows = table(entries)
    shown = [place for place, name in enumerate(head) if name not in ("rules", "why")]
    lines = [
        "<tr>" + "".join(f"<th>{head[place].replace('_', ' ')}</th>" for place in shown) + "</tr>",
        *(
            f"<tr{' class=course' if entry.course else ''}>"
            + "".join(f"<td>{_written(row[place])}</td>" for place in shown)
            + "</tr>"
            for entry, row in zip(entries, rows, strict=True)
        ),
    ]
    today = next(entry for entry in entries if entry.course and not entry.rules)
    reports = "".join(_report(entry, today) for entry in entries if not entry.course)
    told = f"{fate['seeds']} seeds from {fate['first']} on, {fate['people']:,} people in each."
    return (
        f"<!doctype html><html lang=en><meta charset=utf-8><title>The design: ranking</title><style>{_STYLE}</style>"
        f"<h1>The design: ranking</h1><p>{told} The score is spread · survive · serve (of each year) times founders · "
        "fair. A difference below twice the standard errors tells nothing. In grey, designs of the course.</p>"
        f"<table>{''.join(lines)}</table>{reports}</html>"
    )


def _written(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, float) else html.escape(str(value))


def _report(entry: Entry, today: Entry) -> str:
    """What one design did, factor by factor, and who paid, beside today's rules."""
    title = f"<section><h2>{html.escape(entry.name)}</h2>"
    if not entry.score:
        return f"{title}<p>Scores 0: {html.escape(entry.why)}.</p></section>"
    factors = []
    for name in FACTORS:
        mine, theirs = getattr(entry.score, name), getattr(today.score, name)
        width = 10 * mine / (100 if name == "spread" else 1)
        bar = f'<span class=bar style="width:{width:.2f}em"></span>'
        factors.append(f"<tr><td>{name}</td><td>{bar}</td><td>{mine:.2f}</td><td>{theirs:.2f}</td></tr>")
    roles = "".join(
        f"<tr><td>{role}</td><td></td><td>{100 * value:.1f} %</td><td>{100 * today.score.returns[role]:.1f} %</td></tr>"
        for role, value in entry.score.returns.items()
    )
    head = "<tr><th>{}</th><th></th><th>this design</th><th>today's rules</th></tr>"
    rules = html.escape(json.dumps(dict(entry.rules)))
    return (
        f"{title}<p>Score {entry.score.score:.1f} ± {entry.score.standard_error:.1f}; today's rules "
        f"{today.score.score:.1f}. Worst off: {entry.score.worst_role}.</p><p><code>{rules}</code></p>"
        f"<table>{head.format('factor')}{''.join(factors)}</table>"
        f"<table>{head.format('who paid: profit by wealth')}{roles}</table></section>"
    )


def main(arguments: list[str] | None = None) -> int:
    """Hold the tournament; what hand-ins do is no fault of it."""
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == ["--ask"]:
        ask(Path(given[1]), Path(given[2]), float(given[3]), int(given[4]))
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, help="with notebooks of lab 8.2, or Python files with the function")
    parser.add_argument("--first", type=int, required=True, help="the first hidden seed: a number that nobody knows")
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=60.0, help="that one hand-in may take")
    parser.add_argument("--megabytes", type=int, default=4_000, help="that one hand-in may take (not on Windows)")
    asked = parser.parse_args(given)
    if not asked.folder.is_dir():
        parser.error(f"there is no folder {asked.folder}")
    fate = {"seeds": asked.seeds, "people": asked.people, "first": asked.first}
    entries = tournament(asked.folder, Limits(asked.seconds, asked.megabytes), **fate)
    with (asked.folder / "ranking.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table(entries))
    (asked.folder / "ranking.html").write_text(page(entries, fate), encoding="utf-8")
    print(f"{sum(not entry.course for entry in entries)} hand-ins: see {asked.folder / 'ranking.html'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
