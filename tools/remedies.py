"""Run the whole economy with and without each remedy, and store what each of them does.

    python tools/remedies.py                  # or: make remedies     200 seeds: a minute or two
    python tools/remedies.py --combinations   # or: make combinations all 512 sets of remedies
    python tools/remedies.py --ranges         # or: make ranges       the same effects at both ends of each range
    python tools/remedies.py --views          # of these only the views anew, a minute; what is stored of prices stays

Writes ``remedies.csv``, ``combinations.csv`` or ``ranges.csv`` into ``defi_lib/economy/system``. The lesson reads them;
a test computes some rows again. Work goes to as many processes as there are cores, by the library's ``sweep``.
"""

from __future__ import annotations

import argparse
import csv
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from defi_lib.economy import (  # noqa: E402 - found by the line above
    GROUPS,
    MEASURES,
    REMEDIES,
    STATEMENTS,
    RemedyEffect,
    SystemSetting,
    SystemWorld,
    draw_world,
    measure_year,
    remedy_effects,
    summarise,
    system_parameters,
    system_year,
)
from defi_lib.simulation import sweep  # noqa: E402

TABLES = ROOT / "defi_lib/economy/system"
SEEDS, PEOPLE, BLOCK = 200, 2_000, 50
RANGE_SEEDS, RANGE_PEOPLE = 60, 1_000
COMBINED_SEEDS, COMBINED_PEOPLE = 60, 2_000
#: What the table of combinations tells of each set.
COMBINED = (*(f"to {name}" for name in GROUPS), *MEASURES)
#: Beside the ends of ranges: today itself, other views, and gas as on a day of March 2024.
TODAY = "today"
VIEWS: Mapping[str, Mapping[str, float]] = {
    TODAY: {},
    "unsold tokens at the pool's price": {"exit_at_pool_price": 1.0},
    "the token sold in the twin too": {"twin_token": 1.0},
    "the token sold in the twin too, with the gift": {"twin_token": 1.0, "twin_gift": 1.0},
    "the token sold in the twin too, with gift and rewards": dict.fromkeys(
        ("twin_token", "twin_gift", "twin_rewards"), 1.0
    ),
    "no token at all": dict.fromkeys(
        ("token_budget", "insider_tokens", "airdrop", "airdrop_more", "emission", "grants", "wages"), 0.0
    ),
    "the gift by what people put to work": {"gift_by_use": 1.0},
    "gas of March 2024": {"gas_price": 98.7, "ether_price": 3_796.0, "layer_2_gas": 3.8},
}


def block(first: int) -> dict[tuple[str, str, str], object]:
    """The effects in one block of seeds."""
    return dict(remedy_effects(BLOCK, PEOPLE, first))


def at_an_end(end: str) -> list[RemedyEffect]:
    """Effects, without orders, where one parameter is at one end of its range: ``"hurry high"``."""
    name, _, which = end.partition(" ")
    changes = VIEWS[end] if end in VIEWS else {name: getattr(system_parameters()[name], which)}
    rows = summarise([remedy_effects(RANGE_SEEDS, RANGE_PEOPLE, rounds=0, changes=changes, last=["simple_interface"])])
    said = {what[:3] for what in STATEMENTS.values()}
    return [row for row in rows if row[:3] in said or (row[:2] == ("gap", "none") and row.measure in MEASURES)]


def ends() -> list[str]:
    """Today, and both ends of every range that is tried."""
    main = [each for each in system_parameters().values() if each.main]
    either = [f"{each.name} {end}" for each in main for end in ("low", "high") if getattr(each, end) != each.today]
    return [*VIEWS, *either]


def stored_ends() -> list[list[object]]:
    """The rows of both ends of each range, as they are stored."""
    with (TABLES / "ranges.csv").open(encoding="utf-8", newline="") as file:
        return [list(row) for row in csv.reader(file) if row[0].endswith((" low", " high"))]


@cache
def combined_world() -> SystemWorld:
    """The draws that all combinations meet."""
    return draw_world(COMBINED_SEEDS, COMBINED_PEOPLE)


def combination(code: int) -> list[float]:
    """The means of one set of remedies: bit k of ``code`` is remedy k."""
    on = {name: float(code >> place & 1) for place, name in enumerate(REMEDIES)}
    found = measure_year(system_year(combined_world(), SystemSetting(on)))
    return [float(found[name].mean()) for name in COMBINED]


def write(path: Path, columns: list[str], rows: list[list[object]]) -> None:
    """A table with six digits."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[f"{entry:.6g}" if isinstance(entry, float) else entry for entry in row] for row in rows])
    print(f"{path.relative_to(ROOT)}: {len(rows)} rows")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--combinations", action="store_true", help="all sets of remedies")
    parser.add_argument("--ranges", action="store_true", help="both ends of each range")
    parser.add_argument("--views", action="store_true", help="the views alone; the ends of ranges stay as stored")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    columns = ["way", "remedy", "measure", "mean", "error"]
    with ProcessPoolExecutor(args.processes) as pool:
        if args.ranges or args.views:
            which = ends() if args.ranges else list(VIEWS)
            tried = sweep(at_an_end, {"end": which}, pool)
            rows = [[end, *row] for end, part in zip(which, tried.results, strict=True) for row in part]
            kept = [] if args.ranges else stored_ends()
            write(TABLES / "ranges.csv", ["end", *columns], rows + kept)
        elif args.combinations:
            tried = sweep(combination, {"code": range(2 ** len(REMEDIES))}, pool, batch=8)
            write(TABLES / "combinations.csv", ["code", *COMBINED], [[i, *row] for i, row in enumerate(tried.results)])
        else:
            blocks = sweep(block, {"first": range(0, SEEDS, BLOCK)}, pool)
            write(TABLES / "remedies.csv", columns, [list(row) for row in summarise(blocks.results)])


if __name__ == "__main__":
    main()
