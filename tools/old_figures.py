"""List the published figures that decide a verdict and are older than twelve months: they are the next to be looked up.

    python tools/old_figures.py [--months 12] [keys …]      # or: make old-figures

Without keys: those that stand in ``assumptions.csv`` and those that readings of kind "figures" count. The age is
counted from ``TODAY`` in ``defi_lib/figures.py``. What a contract or a paper says stays true of its date; whether it
still holds is the question.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from defi_lib.claims import readings  # noqa: E402 - found by the line above
from defi_lib.evidence import evidence, tested  # noqa: E402
from defi_lib.evidence.effects import Count  # noqa: E402
from defi_lib.evidence.unknowns import in_use  # noqa: E402
from defi_lib.figures import TODAY, Figure, figure, older_than  # noqa: E402


def deciding() -> dict[str, list[str]]:
    """The keys of the figures that decide something, each with the readings."""
    found: dict[str, list[str]] = defaultdict(list)
    for (reading, _), each in in_use().items():
        for key in each.sources:
            found[key].append("all readings" if reading == "*" else reading)
    counted = {each.id for each in readings() if each.kind == "figures"}
    for id in filter(counted.__contains__, tested()):
        count = evidence(id)
        for key in count.sources if isinstance(count, Count) else ():
            found[key].append(id)
    return dict(found)


def report(keys: dict[str, list[str]], months: int) -> list[str]:
    """A line for each figure that is too old, the oldest first, and one for each key that no figure has."""
    decides, unknown = {}, []
    for key, ids in keys.items():
        try:
            decides[figure(key, allow_unreliable=True).id] = ids
        except ValueError as fault:
            unknown.append(f"{key}: {fault}")
    return [line(entry, decides[entry.id]) for entry in older_than(months, decides)] + unknown


def line(entry: Figure, ids: list[str]) -> str:
    """What is old, whether there is a newer one, and what it decides."""
    newest = figure(entry.series, allow_unreliable=True)
    newer = [] if newest == entry else [f"newer: {newest.id}"]
    return "; ".join([f"{entry.id} ({entry.grade}): {entry.value} {entry.unit}", *newer, *dict.fromkeys(ids)])


def main(arguments: list[str] | None = None) -> int:
    """Print the list; no figure that is too old is no fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("keys", nargs="*", help="series or ids of figures; all that decide something if none is given")
    parser.add_argument("--months", type=int, default=12)
    asked = parser.parse_args(arguments)
    lines = report({key: [] for key in asked.keys} or deciding(), asked.months)
    print(f"{len(lines)} figures are older than {asked.months} months on {TODAY}, or not there", *lines, sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
