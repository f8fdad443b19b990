"""Scalar swaps per second of the public pool object, beside the bare formula, in one run.

Run on an idle machine: ``make bench``.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from defi_lib.exchange import ConstantProductPool

SWAPS, REPEATS = 100_000, 5


def pool_objects(swaps: int) -> float:
    """Each swap in the pool that the swap before left behind."""
    pool = ConstantProductPool((1000.0, 2e6), 0.003)
    for _ in range(swaps // 2):
        pool = pool.swap_exact_in(1.0, 0, 1).pool
        pool = pool.swap_exact_in(2000.0, 1, 0).pool
    return pool.reserves[0]


def bare_formula(swaps: int) -> float:
    """The same with two local numbers: no checks, no record, no object."""
    x, y = 1000.0, 2e6
    for _ in range(swaps // 2):
        received = y * 0.997 / (x + 0.997)
        x, y = x + 1.0, y - received
        received = x * 1994.0 / (y + 1994.0)
        x, y = x - received, y + 2000.0
    return x


def rate(task: Callable[[int], float]) -> float:
    """Swaps per second, the best of several runs."""
    best = float("inf")
    for _ in range(REPEATS):
        begin = time.perf_counter()
        task(SWAPS)
        best = min(best, time.perf_counter() - begin)
    return SWAPS / best


def main() -> None:
    """Print both speeds and their ratio."""
    objects, bare = rate(pool_objects), rate(bare_formula)
    print(f"swap_exact_in, scalar: {objects:12,.0f} swaps/s")
    print(f"bare formula:          {bare:12,.0f} swaps/s  ({bare / objects:.1f} times as many)")


if __name__ == "__main__":
    main()
