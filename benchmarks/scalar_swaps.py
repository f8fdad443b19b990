"""Scalar swaps per second of public pools, beside the bare formula, and positions added one by one, in one run.

Run on an idle machine: ``make bench``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import log10
from typing import Any

from defi_lib.exchange import ConcentratedPool, ConstantProductPool, ExactConcentratedPool, StableSwapPool

SWAPS, REPEATS = 100_000, 5


def pool_objects(swaps: int) -> float:
    """Each swap in the pool that the swap before left behind."""
    pool = ConstantProductPool((1000.0, 2e6), 0.003)
    for _ in range(swaps // 2):
        pool = pool.swap_exact_in(1.0, 0, 1).pool
        pool = pool.swap_exact_in(2000.0, 1, 0).pool
    return pool.reserves[0]


def stable_objects(swaps: int) -> float:
    """The same between two stablecoins."""
    pool = StableSwapPool((1e6, 1.2e6), 200.0)
    for _ in range(swaps // 2):
        pool = pool.swap_exact_in(100.0, 0, 1).pool
        pool = pool.swap_exact_in(100.0, 1, 0).pool
    return pool.reserves[0]


def positions(pool: Any, liquidity: float, count: int) -> float:
    """Seconds in which so many positions are added one by one, each to the pool that the one before left behind."""
    begin = time.perf_counter()
    for number in range(count):
        lower = number * 7919 % 10_000 - 5000
        pool = pool.add_liquidity(10 * lower, 10 * (lower + 1 + number * 31 % 2000), liquidity, number).pool
    return time.perf_counter() - begin


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
    objects, stable, bare = rate(pool_objects), rate(stable_objects), rate(bare_formula)
    print(f"swap_exact_in, scalar: {objects:12,.0f} swaps/s")
    print(f"bare formula:          {bare:12,.0f} swaps/s  ({bare / objects:.1f} times as many)")
    print(f"StableSwap, scalar:    {stable:12,.0f} swaps/s  (goal >= 300,000)")
    for start, liquidity in ((ConcentratedPool(1.0, 0.003, 10), 1e3), (ExactConcentratedPool(2**96, 3000, 10), 10**18)):
        few, many = positions(start, liquidity, 1000), positions(start, liquidity, 10_000)
        print(
            f"{type(start).__name__}: 1,000 positions {few:.2f} s, 10,000 {many:.2f} s (goal <= 5), "
            f"exponent {log10(many / few):.2f} (goal <= 1.6)"
        )


if __name__ == "__main__":
    main()
