"""Rewards, all farmers or scenarios at once, against the plain loop over them: ratios measured in one run.

Run on an idle machine: ``make bench``. The loop runs on a part of the work and is scaled up.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

import numpy as np

from defi_lib.exchange import ConstantProductPool
from defi_lib.rewards import Allocation, AllocationTable, RewardFarm, Vesting, simulate_farm, simulate_launch

DAYS, FARMERS = 365, 100_000

TABLE = AllocationTable(
    1e9,
    [
        Allocation("team", 0.2, Vesting(12.0, 0.25, 36.0, 1.0)),
        Allocation("investors", 0.2, Vesting(12.0, 0.0, 24.0, 1.0), 0.01),
        Allocation("liquidity", 0.1),
        Allocation("treasury", 0.5, Vesting(0.0, 0.0, 48.0)),
    ],
)


def farm_year(stakes: np.ndarray, enter: np.ndarray, leave: np.ndarray, claim: np.ndarray) -> float:
    """A year of a farm: each day an emission, and some who enter, leave and claim; what was paid and is pending."""
    farm, paid = RewardFarm(stakes), 0.0
    for day in range(DAYS):
        farm = farm.distribute(1000.0).farm
        farm = farm.stake(np.where(enter == day, 100.0, 0.0)).farm
        farm = farm.withdraw(np.where(leave == day, farm.stakes, 0.0)).farm
        claimed = farm.claim(claim == day)
        farm, paid = claimed.farm, paid + float(np.sum(claimed.paid))
    return paid + float(np.sum(farm.pending))


def loop_farm_year(stakes: list[float], enter: list[int], leave: list[int], claim: list[int]) -> float:
    """The same, one farmer after the other."""
    pending, paid = [0.0] * len(stakes), 0.0
    for day in range(DAYS):
        total = sum(stakes)
        for i, stake in enumerate(stakes):
            pending[i] += 1000.0 * stake / total
            if enter[i] == day:
                stakes[i] += 100.0
            if leave[i] == day:
                stakes[i] = 0.0
            if claim[i] == day:
                paid, pending[i] = paid + pending[i], 0.0
    return paid + sum(pending)


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """Best time of several."""
    times = []
    for _ in range(repeat):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def report(name: str, vectorised: float, loop: float) -> None:
    """One line: both times and their ratio."""
    print(f"{name:58} {vectorised * 1e3:9.1f} ms {loop * 1e3:11.0f} ms {loop / vectorised:8.0f} x")


def main() -> None:
    """Measure and print."""
    random = np.random.default_rng(1)
    print(f"{'':58} {'at once':>12} {'plain loop':>14} {'ratio':>10}")

    stakes, dates = random.pareto(1.2, FARMERS) + 1, random.integers(0, DAYS, (3, FARMERS))
    part = FARMERS // 50
    few = [stakes[:part].tolist(), *dates[:, :part].tolist()]
    loop = seconds(lambda: loop_farm_year(list(few[0]), *few[1:]), 1) * 50
    report(f"Farm, {FARMERS:,} farmers × {DAYS} days", seconds(lambda: farm_year(stakes, *dates)), loop)
    assert np.isclose(farm_year(stakes, *dates), 1000.0 * DAYS, rtol=1e-12)
    assert np.isclose(loop_farm_year(list(few[0]), *few[1:]), 1000.0 * DAYS, rtol=1e-9)

    emission = random.uniform(0, 5000, (DAYS, 1000))
    pool = ConstantProductPool((1e6, 1e6))
    fast = seconds(lambda: simulate_farm(emission, pool, 1e6, 0.05))
    loop = seconds(lambda: [simulate_farm(emission[:, i], pool, 1e6, 0.05) for i in range(10)], 1) * 100
    report(f"Mercenary capital, {DAYS} days × 1,000 scenarios", fast, loop)

    demand = random.uniform(0, 1e6, (49, 1000))
    pool = ConstantProductPool((1e8, 1e7))
    fast = seconds(lambda: simulate_launch(TABLE, pool, 48, 0.5, demand, "liquidity").profits())
    loop = (
        seconds(lambda: [simulate_launch(TABLE, pool, 48, 0.5, demand[:, i], "liquidity") for i in range(10)], 1) * 100
    )
    report("Launch, 48 months × 1,000 scenarios", fast, loop)


if __name__ == "__main__":
    main()
