"""Path-steps per second of a pool arbitraged along price paths, beside a hand-written numpy loop, in one run.

Run on an idle machine: ``make bench``. One path-step is one scenario at one price.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from defi_lib.exchange import ConstantProductPool, arbitrage_along, arbitrage_outside
from defi_lib.simulation.prices import GeometricBrownian

Array = NDArray[np.float64]

SCENARIOS, STEPS, REPEATS = 10_000, 1_000, 5
SAMPLE_SCENARIOS, SAMPLE_STEPS = 20, 500
START, VOLATILITY, STEPS_PER_YEAR = 2000.0, 0.8, 365 * 24
RESERVES, FEE = (1000.0, 2e6), 0.003


def handwritten(prices: Iterable[Array], scenarios: int) -> tuple[Array, ...]:
    """The ceiling: nothing but preallocated arrays and the fewest passes known, for this one pool; no checks.

    Returns the reserves after the last step, the arbitrageurs' profit, the fee income and the number of trades.
    """
    gamma = 1 - FEE
    excess, gamma_inverse = FEE / gamma, 1 / gamma
    x, y = np.full(scenarios, RESERVES[0]), np.full(scenarios, RESERVES[1])
    spent, volume, trades = np.zeros(scenarios), np.zeros(scenarios), np.zeros(scenarios, np.int64)
    new_x, new_y, first, second = (np.empty(scenarios) for _ in range(4))
    traded, recent = np.empty(scenarios, bool), np.zeros(scenarios, np.uint8)
    multiply, subtract, minimum, maximum, add = np.multiply, np.subtract, np.minimum, np.maximum, np.add
    for number, price in enumerate(prices):
        multiply(x, y, first)
        multiply(first, gamma_inverse, first)
        multiply(first, price, new_y)
        np.sqrt(new_y, new_y)
        np.divide(first, new_y, new_x)
        multiply(x, excess, first)
        subtract(new_x, first, first)
        minimum(x, new_x, out=new_x)
        maximum(new_x, first, out=new_x)
        subtract(new_x, x, first)
        multiply(y, excess, second)
        subtract(new_y, second, second)
        minimum(y, new_y, out=new_y)
        maximum(new_y, second, out=new_y)
        subtract(new_y, y, second)
        np.not_equal(first, 0.0, traded)
        add(recent, traded.view(np.uint8), recent)
        multiply(first, price, first)
        add(spent, first, spent)
        maximum(first, second, out=first)
        add(volume, first, volume)
        x, new_x, y, new_y = new_x, x, new_y, y
        if number % 255 == 254:
            trades += recent
            recent[:] = 0
    return x, y, RESERVES[1] - y - spent, FEE * volume, trades + recent


def handwritten_paths(scenarios: int, steps: int, rng: np.random.Generator) -> Iterable[Array]:
    """The prices of the streamed runs, written into one array again and again."""
    price, rate = np.full(scenarios, START), np.empty(scenarios)
    yield price
    spread = VOLATILITY * STEPS_PER_YEAR**-0.5
    for _ in range(steps - 1):
        rng.standard_normal(out=rate)
        np.multiply(rate, spread, rate)
        np.subtract(rate, spread**2 / 2, rate)
        np.exp(rate, rate)
        np.multiply(price, rate, price)
        yield price


def one_by_one(prices: Array) -> float:
    """Plain Python over immutable pools, one scalar trade at a time: what a first version would look like."""
    profit = 0.0
    for path in prices.T.tolist():
        pool = ConstantProductPool(RESERVES, FEE)
        for price in path:
            trade = arbitrage_outside(pool, price)
            pool, profit = trade.pool, profit + trade.profit
    return profit


def seconds(task: Callable[[], object], repeats: int = REPEATS) -> float:
    """Shortest of several times."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        task()
        times.append(time.perf_counter() - begin)
    return min(times)


def peak_megabytes(task: Callable[[], object]) -> float:
    """Most memory that the task held at one time beyond what was there before."""
    tracemalloc.start()
    try:
        task()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


def main() -> None:
    """Print the table."""
    times = np.arange(STEPS) / STEPS_PER_YEAR
    process = GeometricBrownian(START, VOLATILITY)
    pool = ConstantProductPool(RESERVES, FEE)
    prices = process.paths(times, SCENARIOS, np.random.default_rng(1))
    sample = prices[:SAMPLE_STEPS, :SAMPLE_SCENARIOS]

    def streamed() -> object:
        return arbitrage_along(pool, process.stream(times, SCENARIOS, np.random.default_rng(1)))

    def streamed_by_hand() -> object:
        return handwritten(handwritten_paths(SCENARIOS, STEPS, np.random.default_rng(1)), SCENARIOS)

    path = prices.T.reshape(-1)[:1_000_000]
    one = seconds(lambda: arbitrage_along(pool, path), 3) / len(path)
    size = SCENARIOS * STEPS
    speeds = {
        "prices given, arbitrage_along": size / seconds(lambda: arbitrage_along(pool, prices)),
        "prices given, numpy by hand": size / seconds(lambda: handwritten(prices, SCENARIOS)),
        "prices streamed, arbitrage_along": size / seconds(streamed),
        "prices streamed, numpy by hand": size / seconds(streamed_by_hand),
        "pool objects one by one": sample.size / seconds(lambda: one_by_one(sample), 1),
    }
    print(f"{SCENARIOS:,} scenarios x {STEPS:,} steps, million path-steps per second")
    for name, speed in speeds.items():
        print(f"  {name:34} {speed / 1e6:10.3f}")
    given, by_hand, stream, stream_by_hand, objects = speeds.values()
    print(f"  by hand / public call, prices given     {by_hand / given:6.2f}  (goal <= 2)")
    print(f"  by hand / public call, prices streamed  {stream_by_hand / stream:6.2f}  (goal <= 2)")
    print(f"  public call / pool objects one by one   {given / objects:6.0f}")
    print(f"  one path of {len(path):,} steps              {1e6 * one:6.2f} microseconds a step  (goal <= 12)")
    print(
        f"  extra memory, prices given   {peak_megabytes(lambda: arbitrage_along(pool, prices)):6.1f} MB  (goal <= 64)"
    )
    print(f"  extra memory, streamed       {peak_megabytes(streamed):6.1f} MB  (goal <= 64)")


if __name__ == "__main__":
    main()
