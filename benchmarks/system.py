"""A year of the whole economy with its twin: time, memory, and growth with people and seeds.

Run on an idle machine: ``make bench``. Ends with 1 where a limit is passed.
"""

from __future__ import annotations

import resource
import sys
from math import log
from time import perf_counter

from defi_lib.economy import draw_world, system_year, twin_year

#: Seconds and MB for 100 seeds of 2,000 people, and the exponent of growth; two cores.
MOST_SECONDS, MOST_MEMORY, MOST_EXPONENT = 2.0, 300.0, 1.15


def seconds(seeds: int, people: int, repeat: int = 3) -> float:
    """Best time of several for both years, draws included."""
    times = []
    for _ in range(repeat):
        begin = perf_counter()
        world = draw_world(seeds, people)
        year, twin = system_year(world), twin_year(world)
        times.append(perf_counter() - begin)
        del world, year, twin
    return min(times)


def memory() -> float:
    """The most this process has used so far (MB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def main() -> bool:
    """Measure, print, and say whether all limits are kept."""
    seconds(2, 100, 1)
    before = memory()
    goal = seconds(100, 2_000)
    used = memory()
    print(f"100 seeds of 2,000 people with the twin: {goal:.2f} s, limit {MOST_SECONDS:.0f} s")
    print(f"  {used:.0f} MB, of which {used - before:.0f} for the years; limit {MOST_MEMORY:.0f} MB")
    small = seconds(50, 1_000)
    people, seeds = seconds(50, 4_000, 2), seconds(200, 1_000, 2)
    by_people, by_seeds = log(people / small) / log(4), log(seeds / small) / log(4)
    print(f"  exponents: {by_people:.2f} in people, {by_seeds:.2f} in seeds, limit {MOST_EXPONENT}")
    return goal <= MOST_SECONDS and used <= MOST_MEMORY and max(by_people, by_seeds) <= MOST_EXPONENT


if __name__ == "__main__":
    sys.exit(not main())
