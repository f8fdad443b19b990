"""How cost grows: each row at n, 10 n and 100 n, its exponent, and plain code beside it, in one run.

Ends with 1 where an exponent, a rate or a ratio is beyond its limit. The rates are for two quiet cores: ``make bench``.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from heapq import heapreplace
from math import log10
from typing import NamedTuple

import numpy as np

from defi_lib import compute, exchange, governance, lending, simulation, staking
from defi_lib.ledger import Ledger, Transfer

Task = Callable[[int], Callable[[], object]]  #: prepares work of size n, and gives what is timed


class Row(NamedTuple):
    """One line of the table."""

    name: str
    task: Task
    smallest: int  #: n; the others are 10 n and 100 n
    max_exponent: float  #: of time between 10 n and 100 n
    min_rate: float = 0.0  #: units a second at 100 n
    beside: Task | None = None  #: the same work as a plain loop, or the bare formula
    min_ratio: float = 0.0  #: time of ``beside`` over ours, at n
    repeats: int = 3


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The shortest of several runs: the others were disturbed."""
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        work()
        times.append(time.perf_counter() - begin)
    return min(times)


def add_positions(n: int) -> Callable[[], object]:
    """Positions added one by one to a concentrated pool, each in a range of its own."""
    lower = np.random.default_rng(1).integers(-5_000, 0, n).tolist()

    def work() -> object:
        pool = exchange.ConcentratedPool(1.0, 0.003)
        for k, tick in enumerate(lower):
            pool = pool.add_liquidity(tick * 60, (tick + 5_001) * 60, 1.0, f"owner {k}").pool
        return pool

    return work


def walk_of_prices(n: int) -> np.ndarray:
    """One path of n prices."""
    return 2_000 * np.exp(np.random.default_rng(2).normal(0, 0.001, n).cumsum())


def along_one_path(n: int) -> Callable[[], object]:
    """A pool arbitraged along one path."""
    pool, prices = exchange.ConstantProductPool((1_000.0, 2e6)), walk_of_prices(n)
    return lambda: exchange.arbitrage_along(pool, prices)


def along_one_path_by_objects(n: int) -> Callable[[], object]:
    """The same, one pool object after the other."""
    prices = walk_of_prices(n).tolist()

    def work() -> object:
        pool = exchange.ConstantProductPool((1_000.0, 2e6))
        for price in prices:
            pool = exchange.arbitrage_outside(pool, price).pool
        return pool

    return work


def swaps(pool: exchange.Pool, amount: float) -> Task:
    """Scalar swaps there and back, each in the pool that the one before left behind."""

    def prepare(n: int) -> Callable[[], object]:
        def work() -> object:
            now = pool
            for _ in range(n // 2):
                now = now.swap_exact_in(amount, 0, 1).pool
                now = now.swap_exact_in(amount, 1, 0).pool
            return now

        return work

    return prepare


def requests(n: int) -> tuple[np.ndarray, np.ndarray]:
    """Arrivals and service times of n requests."""
    rng = np.random.default_rng(3)
    return rng.exponential(1.0, n).cumsum(), rng.exponential(1.0, n)


def waits(servers: int) -> Task:
    """Waiting times of n requests."""

    def prepare(n: int) -> Callable[[], object]:
        arrivals, services = requests(n)
        return lambda: compute.queue_waits(arrivals, services * 0.9 * servers, servers)

    return prepare


def waits_by_loop(servers: int) -> Task:
    """The same with a heap."""

    def prepare(n: int) -> Callable[[], object]:
        arrivals, services = (part.tolist() for part in requests(n))

        def work() -> object:
            free, waited = [0.0] * servers, []
            for arrival, service in zip(arrivals, services, strict=True):
                start = max(arrival, free[0])
                heapreplace(free, start + service * 0.9 * servers)
                waited.append(start - arrival)
            return waited

        return work

    return prepare


def liquidations(n: int) -> Callable[[], object]:
    """Positions in one call."""
    rng = np.random.default_rng(4)
    collateral = rng.lognormal(1.0, 1.0, n)
    debt = collateral * 1_600 / rng.uniform(1.0, 3.0, n)
    return lambda: lending.liquidate(collateral, debt, 1_500.0, 0.825, 0.05)


def liquidations_by_loop(n: int) -> Callable[[], object]:
    """One position after the other, each by a call of its own."""
    rng = np.random.default_rng(4)
    collateral = rng.lognormal(1.0, 1.0, n).tolist()
    return lambda: [lending.liquidate(tokens, tokens * 800.0, 1_500.0, 0.825, 0.05) for tokens in collateral]


def entries(n: int) -> Callable[[], object]:
    """Transfers written into a ledger that keeps its history."""
    transfers = [Transfer(f"user {k % 100}", f"user {(k + 1) % 100}", 1.0, "USD", "payment") for k in range(n)]

    def work() -> object:
        book = Ledger({f"user {k}": "user" for k in range(100)})
        for k in range(100):
            book.open(f"user {k}", "USD", 1e9)
        book.book(transfers)
        return book

    return work


def base_fees(n: int) -> Callable[[], object]:
    """Base fees block by block."""

    def work() -> object:
        fee = 10**10
        for k in range(n):
            fee = staking.next_base_fee(fee, 30_000_000 * (k % 2), 30_000_000)
        return fee

    return work


def replays(n: int) -> Callable[[], object]:
    """A year of minutes, and more, replayed."""
    prices, times = walk_of_prices(n), np.arange(n) / 525_600
    return lambda: simulation.Replay(prices, times).paths(times)


def recounts(rule: str) -> Task:
    """Electorates of 10,000 voters whose vote is counted again under a rule."""

    def prepare(n: int) -> Callable[[], object]:
        rng = np.random.default_rng(1)
        held, said = rng.pareto(1.2, (n, 10_000)), rng.random((n, 10_000)) < 0.5
        return lambda: governance.count_votes(held, said, rule, cap=2.0)

    return prepare


def members(n: int) -> Callable[[], object]:
    """Both power indices of the n largest of a real DAO's 4,811 members."""
    votes = np.sort(governance.decentraland_members().votes)[::-1][:n]
    return lambda: governance.approximate_power(votes)


def members_drawn(n: int) -> Callable[[], object]:
    """The same by 100,000 draws, which know each index to a sixth of a point."""
    votes = np.sort(governance.decentraland_members().votes)[::-1][:n]
    return lambda: governance.sampled_power(votes, draws=100_000, rng=np.random.default_rng(1))


def whales(n: int) -> Callable[[], object]:
    """How often each of n whales decides beside a thousand voters who follow one another."""
    shares, alike = np.linspace(0.01, 0.4, n), np.linspace(0.0, 0.9, n)
    return lambda: governance.whale_decides(shares, 1_000, 0.6, alike)


def whales_by_loop(n: int) -> Callable[[], object]:
    """The same, one by one."""
    shares, alike = np.linspace(0.01, 0.4, n).tolist(), np.linspace(0.0, 0.9, n).tolist()
    return lambda: [governance.whale_decides(s, 1_000, 0.6, a) for s, a in zip(shares, alike, strict=True)]


ROWS = [
    Row("positions added to a concentrated pool", add_positions, 100, 1.6, 2_000, repeats=1),
    Row("steps of arbitrage along one path", along_one_path, 1_000, 1.2, 1e6 / 12, along_one_path_by_objects, 2.0),
    Row("swaps, constant product", swaps(exchange.ConstantProductPool((1e6, 1e6)), 1e3), 1_000, 1.1, 8e5),
    Row("swaps, weighted", swaps(exchange.WeightedPool((1e6, 1e6), (0.8, 0.2)), 1e3), 1_000, 1.1),
    Row("swaps, stable", swaps(exchange.StableSwapPool((1e6, 1e6), 100.0), 1e3), 1_000, 1.1, 3e5),
    Row("waits in a queue, one server", waits(1), 10_000, 1.2, 1e6, waits_by_loop(1), 3.0),
    Row("waits in a queue, ten servers", waits(10), 10_000, 1.1, 2e5, waits_by_loop(10), 0.2),
    Row("positions liquidated", liquidations, 10_000, 1.2, 1e7, liquidations_by_loop, 20.0),
    Row("transfers in the ledger", entries, 1_000, 1.3, 5e4),
    Row("base fees", base_fees, 1_000, 1.1, 5e4),
    Row("prices replayed", replays, 10_000, 1.4, 1e7),
    Row("electorates of 10,000 recounted, capped", recounts("capped"), 10, 1.5, 1e3),
    Row("electorates of 10,000 recounted, quadratic", recounts("quadratic"), 10, 1.5, 1e3),
    Row("real members with both power indices", members, 48, 1.2, 481, members_drawn, 0.5, repeats=1),
    Row("whales beside 1,000 voters", whales, 100, 1.2, 2e3, whales_by_loop, 1.0),
]


def beyond(row: Row, times: list[float], beside: float | None) -> list[str]:
    """What is beyond its limit, in words."""
    exponent, rate = log10(times[2] / times[1]), 100 * row.smallest / times[2]
    found = [f"exponent {exponent:.2f} > {row.max_exponent}"] if exponent > row.max_exponent else []
    found += [f"{rate:,.0f}/s < {row.min_rate:,.0f}/s"] if rate < row.min_rate else []
    if beside is not None and beside / times[0] < row.min_ratio:
        found.append(f"ratio {beside / times[0]:.1f} < {row.min_ratio}")
    return found


def main() -> int:
    """Print the table; 1 if something is beyond its limit."""
    failed = 0
    print(f"{'what':42}{'n':>8}{'n':>10}{'10 n':>10}{'100 n':>10}  exponent  {'a second':>12}  loop")
    for row in ROWS:
        times = [seconds(row.task(row.smallest * size), row.repeats) for size in (1, 10, 100)]
        beside = None if row.beside is None else seconds(row.beside(row.smallest), row.repeats)
        ratio = "" if beside is None else f"{beside / times[0]:5.1f}×"
        numbers = "".join(f"{each * 1e3:8.1f}ms" for each in times)
        rate, wrong = 100 * row.smallest / times[2], beyond(row, times, beside)
        print(f"{row.name:42}{row.smallest:8,}{numbers}  {log10(times[2] / times[1]):8.2f}  {rate:12,.0f}  {ratio}")
        for each in wrong:
            print(f"    BEYOND ITS LIMIT: {each}")
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
