"""Risk, all scenarios at once, against the plain loop over them: ratios and growth measured in one run.

Run on an idle machine: ``make bench``. Ends with 1 where a time or a ratio is beyond its limit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

from defi_lib.risk import CoinRisks, simulate_coin

STORMY = CoinRisks(runs=2.0, bank_failures=1.0, run_part=0.5)


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """Best time of several."""
    times = []
    for _ in range(repeat):
        begin = perf_counter()
        work()
        times.append(perf_counter() - begin)
    return min(times)


def coin_years(scenarios: int) -> float:
    """Seconds for a year of a coin in so many scenarios."""
    return seconds(lambda: simulate_coin(STORMY, scenarios, np.random.default_rng(1)))


def coins() -> bool:
    """A year of a coin: 1,000 scenarios in half a second, and ten times as many in at most ten times that."""
    alone, many, more = coin_years(1), coin_years(1_000), coin_years(10_000)
    print(f"a year of a coin, 1,000 scenarios: {many:.3f} s, limit 0.5 s")
    print(f"  one by one it would take {1_000 * alone / many:.0f} times as long; 10,000 take {more / many:.1f} times")
    return many <= 0.5 and more / many <= 13


#: Each prints its lines and says whether they are within their limits.
PARTS = [coins]

if __name__ == "__main__":
    sys.exit(0 if all([part() for part in PARTS]) else 1)
