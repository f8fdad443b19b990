"""``make tournament FOLDER=… FIRST=…``: rank designs of lab 8.2 on seeds that nobody has seen, with a report for each.

Every notebook and every Python file in the folder or zip is a hand-in: its function ``design`` is called in grading's
box, which gives back nothing but the rules; they are judged here. What does not run scores zero, with a sentence, and
stops nobody else. ``ranking.html`` and ``ranking.csv`` are written into the folder, or beside the zip.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from defi_lib.teaching.grading import box
from defi_lib.teaching.grading.settings import Limits
from defi_lib.teaching.tournament.hand_ins import MOST_SHOWN, hand_ins, rules_of
from defi_lib.teaching.tournament.ranking import Entry, judge, page, table


def main(arguments: list[str]) -> int:
    """Hold the tournament; what hand-ins do is no fault of it. Gives 0, or 2 with a sentence if it cannot begin."""
    parser = argparse.ArgumentParser(prog="python -m defi_lib.teaching tournament", description=__doc__)
    parser.add_argument("folder", type=Path, help="or zip, with notebooks of lab 8.2 or Python files")
    parser.add_argument("--first", type=int, required=True, help="the first hidden seed: a number that nobody knows")
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--people", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=60.0, help="that one hand-in may take")
    parser.add_argument("--megabytes", type=float, default=Limits().memory, help="that one hand-in may take")
    parser.add_argument("--jobs", type=int, default=max(1, (os.cpu_count() or 1) // 2), help="hand-ins at once")
    given = parser.parse_args(arguments)
    fate = {"seeds": given.seeds, "people": given.people, "first": given.first}
    limits = Limits(lab=given.seconds, memory=given.megabytes)
    try:
        entries = tournament(given.folder, limits, fate, given.jobs)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    into = given.folder if given.folder.is_dir() else given.folder.parent
    with (into / "ranking.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(table(entries))
    (into / "ranking.html").write_text(page(entries, fate), encoding="utf-8")
    print(f"{sum(not entry.course for entry in entries)} hand-ins: see {into / 'ranking.html'}")
    return 0


def tournament(source: Path, limits: Limits, fate: Mapping[str, int], jobs: int = 1) -> list[Entry]:
    """All hand-ins and the course's own designs, the best first; those that do not run last.

    Raises:
        ValueError: ``source`` is no folder or zip.
    """
    from defi_lib.labs.economy.the_design.world import EXAMPLES

    came = list(hand_ins(source))
    if came and not box.confined():
        print(box.NOT_CONFINED)
    entries = [judge(name, rules, fate, course=True) for name, rules in EXAMPLES.items()]
    with ThreadPoolExecutor(max_workers=max(1, jobs)) as pool:
        asked = [(name, pool.submit(rules_of, name, content, limits)) for name, content in came]
        for name, answer in asked:
            try:
                entries.append(judge(name, answer.result(), fate))
            except Exception as fault:  # nothing that one hand-in does stops the others
                entries.append(Entry(name, {}, why=str(fault)[:MOST_SHOWN]))
            print(f"{entries[-1].points:6.1f}  {name}  {entries[-1].why}", flush=True)
    return sorted(entries, key=lambda entry: (entry.score is None, -entry.points, entry.course, entry.name))
