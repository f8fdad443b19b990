"""``make grade FROM=…``: from a folder or a learning platform's zip to grades, a report and pages of feedback."""

from __future__ import annotations

import argparse
import os
import sys
import warnings
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from importlib.util import find_spec
from pathlib import Path

from defi_lib.teaching.grading import box
from defi_lib.teaching.grading.handed_in import HandIn, Unread, handed_in, known_labs
from defi_lib.teaching.grading.klass import Class, Graded
from defi_lib.teaching.grading.mend import UnreadableError, notebook_of
from defi_lib.teaching.grading.report import lines, write_grades, write_report, write_worksheet
from defi_lib.teaching.grading.run import Result
from defi_lib.teaching.grading.settings import settings_in

ROOT = Path(__file__).resolve().parents[2]


def main(arguments: list[str]) -> int:
    """Grade; gives 0, or 2 with a sentence if it cannot begin."""
    parser = argparse.ArgumentParser(prog="python -m defi_lib.teaching grade", description=__doc__)
    parser.add_argument("source", nargs="?", type=Path, help="folder or zip; without one the tables are renewed")
    parser.add_argument("--lab", default="", help="only this lab, such as 1.1")
    parser.add_argument("--to", type=Path, default=ROOT / "class", help="folder of the class")
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 1) // 2), help="hand-ins at once")
    parser.add_argument("--again", action="store_true", help="also what has not changed; without a source: all")
    given = parser.parse_args(arguments)
    if find_spec("nbgrader") is None:
        print("Grading needs nbgrader: make .venv/developer, or pip install -r requirements-dev.txt", file=sys.stderr)
        return 2
    try:
        return grade(given.source, given.lab, given.to, given.jobs, given.again)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2


def grade(source: Path | None, only: str, folder: Path, jobs: int = 1, again: bool = False, root: Path = ROOT) -> int:
    """Grade what is in ``source``, of one lab or of all; then write tables and pages.

    Raises:
        ValueError: there is no such lab or source, or the settings are wrong.
    """
    labs = known_labs(root)
    if only and only not in {lab.number for lab in labs}:
        raise ValueError(f"LAB is {only!r}; there are {', '.join(lab.number for lab in labs)}")
    klass = Class(folder, root, labs, settings_in(folder))
    if source is None and not klass.account:
        raise ValueError("Nothing is graded yet: say what came in, make grade FROM=<folder or zip>")
    hand_ins, others = handed_in(source, labs) if source else (klass.kept() if again else [], [])
    newest, older = _newest([each for each in hand_ins if only in ("", each.lab)])
    if hand_ins and not box.confined():
        print(box.NOT_CONFINED)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of nbgrader's own code, about its database
        for number in sorted({each.lab for each in newest}):
            klass.release(number)
        _grade_all(klass, newest, jobs, again)
        _tables(klass, [*others, *older])
    for each in [*others, *older]:
        print(f"  not graded: {each.path} {each.why}")
    return 0


def _newest(found: Sequence[HandIn]) -> tuple[list[HandIn], list[Unread]]:
    """Of each student and lab the newest that is a notebook, or else the newest; the others, each with why."""
    newest: dict[tuple[str, str], tuple[HandIn, str]] = {}
    others = []
    for each in sorted(found, key=lambda each: each.order):
        why = _why_unreadable(each)
        before = newest.get((each.student, each.lab))
        if before is not None and why and not before[1]:
            others.append(Unread(each.path, f"{why}: the older {before[0].path} counts", each.name))
            continue
        if before is not None:
            why_not = before[1] or f"is older than {each.path}, which counts"
            others.append(Unread(before[0].path, why_not, before[0].name))
        newest[each.student, each.lab] = each, why
    return sorted((each for each, _ in newest.values()), key=lambda each: (each.lab, each.student)), others


def _why_unreadable(hand_in: HandIn) -> str:
    try:
        notebook_of(hand_in.content)
    except UnreadableError as error:
        return str(error)
    return ""


def _grade_all(klass: Class, hand_ins: Sequence[HandIn], jobs: int, again: bool) -> None:
    """Run several at once, and grade each as soon as it was run."""
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        running: dict[Future[Result], tuple[HandIn, list[str]]] = {}
        for each in hand_ins:
            if (remarks := _put_in(klass, each, again)) is not None:
                running[pool.submit(klass.run, each)] = each, remarks
        for count, done in enumerate(as_completed(running), start=1):
            each, remarks = running[done]
            graded = _graded(klass, each, remarks, done)
            klass.enter(graded)
            points = f"not graded: {graded.why}" if graded.why else f"{graded.points:g} of {graded.out_of:g}"
            print(f"{count:4} of {len(running)}  lab {each.lab}  {each.name}: {points}", flush=True)


def _put_in(klass: Class, hand_in: HandIn, again: bool) -> list[str] | None:
    """What was mended in a hand-in that is to be run; nothing if it need not or cannot be run."""
    before, digest = klass.account.get((hand_in.student, hand_in.lab)), klass.digest(hand_in)
    if before is not None and before.digest == digest and not (again or before.why):
        return None
    if before is not None and before.when and hand_in.when and hand_in.when < before.when and not again:
        print(f"  lab {hand_in.lab}  {hand_in.name}: {hand_in.path} is older than what is graded already")
        return None
    try:
        return klass.put_in(hand_in)
    except UnreadableError as error:
        why = str(error)
    except Exception as error:
        klass.log.exception("put in %s", hand_in.path)
        why = f"{type(error).__name__}: {error}"
    if before is None or before.points is None:
        klass.enter(_entry(klass, hand_in, "", None, klass.out_of(hand_in.lab), why))
    else:
        remark = f"the newer {hand_in.path} could not be read: {why}"
        klass.enter(before._replace(remarks=tuple(dict.fromkeys([*before.remarks, remark]))))
    print(f"  lab {hand_in.lab}  {hand_in.name}: not graded: {why} ({hand_in.path})")
    return None


def _graded(klass: Class, hand_in: HandIn, remarks: Sequence[str], done: Future[Result]) -> Graded:
    """What became of one that was run, whatever went wrong."""
    try:
        result = done.result()
        points, out_of = klass.grade(hand_in, result)
    except Exception as error:
        klass.log.exception("grading of %s", hand_in.path)
        return _entry(
            klass, hand_in, "", None, klass.out_of(hand_in.lab), f"{type(error).__name__}: {str(error)[:200]}", remarks
        )
    return _entry(klass, hand_in, klass.digest(hand_in), points, out_of, "", [*remarks, *result.remarks])


def _entry(
    klass: Class,
    hand_in: HandIn,
    digest: str,
    points: float | None,
    out_of: float,
    why: str,
    remarks: Sequence[str] = (),
) -> Graded:
    return Graded(
        hand_in.student, hand_in.name, hand_in.lab, hand_in.path, hand_in.when, points, out_of, why, tuple(remarks),
        hand_in.canvas, hand_in.marked_late, digest, klass.keep(hand_in),
    )  # fmt: skip


def _tables(klass: Class, others: Sequence[Unread]) -> None:
    """Points as they are in the gradebook now, lateness as it is set now; tables and pages."""
    from defi_lib.teaching.grading.feedback import write_pages, write_zips

    account = []
    for each in klass.account.values():
        now = None if each.points is None else klass.points(each.student, each.lab)
        account.append(each if now is None else each._replace(points=now[0]))
    report = lines(account, klass.settings)
    labs = [number for number in klass.labs if number in {each.lab for each in account}]
    write_report(klass.folder / "report.csv", report, others)
    write_grades(klass.folder / "grades.csv", report, labs)
    for number in labs:
        write_worksheet(klass.folder / f"moodle_{klass.labs[number].assignment}.csv", report, number)
    write_pages(klass, report)
    write_zips(klass, report)
    graded = sum(line.grade is not None for line in report)
    print(
        f"{graded} graded, {len(report) - graded + len(others)} not: {klass.folder}/grades.csv, report.csv, feedback/"
    )
