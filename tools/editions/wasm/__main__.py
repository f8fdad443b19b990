"""``make wasm``: run every lesson and every solution in WebAssembly, and compare each text with CPython's.

Both have the same versions of numpy, pandas and scipy. Where CPython with these says otherwise than the shipped
notebooks, which the pinned, newer versions have made, is listed apart: WebAssembly is not the cause, but a reader in
the browser sees it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from tools.editions.packages import BUILD, ROOT, MissingPackagesError
from tools.editions.wasm.compare import differences, faults, from_shipped, shipped
from tools.editions.wasm.results import results
from tools.editions.wasm.worlds import cpython, wasm
from tools.notebooks import EXECUTED, find


def notebooks() -> list[str]:
    """Every lesson and every solution, as paths from the course's folder."""
    return [path.relative_to(ROOT).as_posix() for path in find(EXECUTED)]


def main() -> int:
    """Compare, and say what differs; 1 if anything does."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--workers", type=int, default=2, help="processes at once")
    parser.add_argument("notebooks", nargs="*", type=Path, help="some notebooks instead of all")
    options = parser.parse_args()
    chosen = [path.resolve().relative_to(ROOT).as_posix() for path in options.notebooks] or notebooks()
    (BUILD / "wasm").mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    try:
        here, there = cpython(), wasm()
    except MissingPackagesError as reason:
        print(reason)
        return 1
    say = lambda line: print(line, flush=True)  # noqa: E731
    want, got = (results(world, chosen, options.workers, say) for world in (here, there))

    wrong = {each: faults(got[each]) + differences(want[each], got[each]) for each in chosen}
    _list("WebAssembly differs from CPython", wrong)
    older = {each: from_shipped(shipped(ROOT / each), want[each]) for each in chosen if "failed" not in want[each]}
    _list("Not WebAssembly's doing: with Pyodide's older versions CPython says otherwise than what is shipped", older)
    slow = sorted((each for each in chosen if "failed" not in got[each]), key=lambda each: -_seconds(got[each]))
    print("\nLongest, seconds of work in WebAssembly and in CPython:")
    for each in slow[:10]:
        print(f"{_seconds(got[each]):7.1f}{_seconds(want[each]):7.1f}  {each}")
    asked = sum("check" in cell for each in chosen for cell in want[each].get("cells", {}).values())
    right = sum(
        cell.get("check", [""])[0] == "Right" for each in chosen for cell in got[each].get("cells", {}).values()
    )
    print(
        f"\n{len(chosen)} notebooks, {sum(map(bool, wrong.values()))} with differences; {right} of {asked} questions "
        f"Right; {time.perf_counter() - begun:.0f} s"
    )
    return any(wrong.values()) or any(older.values())


def _list(title: str, found: dict[str, list[str]]) -> None:
    if any(found.values()):
        print(f"\n{title}:")
    for notebook, lines in found.items():
        for line in lines:
            print(f"{notebook} {line}")


def _answers(result: dict[str, Any]) -> list[tuple[str, float]]:
    return [(name, work) for name, work in result["work"].items() if name != "all"]


def _statuses(result: dict[str, Any]) -> list[str]:
    return [cell["check"][0] for cell in result.get("cells", {}).values() if "check" in cell]


def _seconds(result: dict[str, Any]) -> float:
    return float(result["work"]["all"]) if "failed" not in result else 0.0


if __name__ == "__main__":
    sys.exit(main())
