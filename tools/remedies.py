"""Run the whole economy with and without each remedy, and store what each of them does.

    python tools/remedies.py                 # or: make remedies      200 seeds: some minutes
    python tools/remedies.py --ranges        # or: make ranges        the same statements at both ends of each range

Writes ``remedies.csv`` or ``ranges.csv`` beside ``defi_lib/economy/system``. The lesson reads them; a test computes two
rows again. Blocks of seeds go to as many processes as there are cores, by the library's ``sweep``.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from defi_lib.economy import (  # noqa: E402 - found by the line above
    MEASURES,
    RemedyEffect,
    remedy_effects,
    summarise,
    system_parameters,
)
from defi_lib.simulation import sweep  # noqa: E402

TABLES = ROOT / "defi_lib/economy/system"
SEEDS, PEOPLE, BLOCK = 200, 2_000, 50
RANGE_SEEDS, RANGE_PEOPLE = 40, 1_000
TODAY = "today"


def block(first: int) -> dict[tuple[str, str, str], object]:
    """The effects in one block of seeds."""
    return dict(remedy_effects(BLOCK, PEOPLE, first))


def at_an_end(end: str) -> list[RemedyEffect]:
    """Effects, without orders, where one parameter is at one end of its range: ``"hurry high"``."""
    name, _, which = end.partition(" ")
    changes = {} if name == TODAY else {name: getattr(system_parameters()[name], which)}
    rows = summarise([remedy_effects(RANGE_SEEDS, RANGE_PEOPLE, rounds=0, changes=changes)])
    return [row for row in rows if row.way in ("alone", "last", "gap", "effect") and kept(row.measure)]


def kept(measure: str) -> bool:
    """Measures that the statements speak of."""
    return measure in MEASURES or measure == "to insiders"


def ends() -> list[str]:
    """Today, and both ends of every range that is tried."""
    main = [each for each in system_parameters().values() if each.main]
    either = [f"{each.name} {end}" for each in main for end in ("low", "high") if getattr(each, end) != each.today]
    return [TODAY, *either]


def write(path: Path, columns: list[str], rows: list[list[object]]) -> None:
    """A table with six digits."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[f"{entry:.6g}" if isinstance(entry, float) else entry for entry in row] for row in rows])
    print(f"{path.relative_to(ROOT)}: {len(rows)} rows")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--ranges", action="store_true", help="both ends of each range instead of today")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    columns = ["way", "remedy", "measure", "mean", "error"]
    with ProcessPoolExecutor(args.processes) as pool:
        if args.ranges:
            tried = sweep(at_an_end, {"end": ends()}, pool)
            rows = [[end, *row] for end, part in zip(ends(), tried.results, strict=True) for row in part]
            write(TABLES / "ranges.csv", ["end", *columns], rows)
        else:
            blocks = sweep(block, {"first": range(0, SEEDS, BLOCK)}, pool)
            write(TABLES / "remedies.csv", columns, [list(row) for row in summarise(blocks.results)])


if __name__ == "__main__":
    main()
