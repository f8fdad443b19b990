"""The base layer, all scenarios at once, against the plain loop over them: ratios measured in one run.

Run on an idle machine: ``make bench``. The loop runs on a part of the work and is scaled up.
"""

from __future__ import annotations

import random as plain_random
from collections.abc import Callable
from time import perf_counter

import numpy as np

from defi_lib.staking import (
    Miners,
    mining_day,
    next_base_fee,
    polya_limit,
    polya_urn,
    share_moments,
    simulate_stakes,
    simulate_yard_sale,
)

STEPS = RUNS = 4000


def loop_urn(steps: int, runs: int) -> list[float]:
    """The Pólya urn as one would write it first."""
    shares = []
    for _ in range(runs):
        own, total = 10.0, 100.0
        for _ in range(steps):
            if plain_random.random() * total < own:
                own += 1.0
            total += 1.0
        shares.append(own / total)
    return shares


def loop_stakes(steps: int, runs: int) -> list[list[float]]:
    """Ten stakers, each with a cost."""
    results = []
    for _ in range(runs):
        stakes = [10.0] * 10
        for _ in range(steps):
            winner = plain_random.choices(range(10), stakes)[0]
            stakes[winner] += 1.0
            stakes = [max(stake - 0.05, 0.0) for stake in stakes]
        results.append(stakes)
    return results


def loop_miners(hashrate: list[float], cost: list[float], reward: float) -> list[float]:
    """Who runs: the cheapest first, while the reward bears his cost."""
    running, total = [0.0] * len(cost), 0.0
    for miner in sorted(range(len(cost)), key=cost.__getitem__):
        running[miner] = min(max(reward / cost[miner] - total, 0.0), hashrate[miner])
        total += hashrate[miner]
    return running


def loop_yard_sale(people: int, rounds: int) -> list[float]:
    """Random pairs, fair coins."""
    wealth, order = [1.0] * people, list(range(people))
    for _ in range(rounds):
        plain_random.shuffle(order)
        for one, other in zip(order[::2], order[1::2], strict=True):
            moved = 0.1 * min(wealth[one], wealth[other])
            moved = moved if plain_random.random() < 0.5 else -moved
            wealth[one] += moved
            wealth[other] -= moved
    return wealth


def loop_base_fee(base_fee: list[int], used: list[int], limit: int) -> list[int]:
    """EIP-1559, one block after the other."""
    target, fees = limit // 2, []
    for base, gas in zip(base_fee, used, strict=True):
        if gas > target:
            fees.append(base + max(base * (gas - target) // target // 8, 1))
        else:
            fees.append(base - base * (target - gas) // target // 8)
    return fees


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

    loop = seconds(lambda: loop_urn(STEPS, RUNS // 20), 1) * 20
    report(
        f"Pólya urn, {STEPS:,} steps × {RUNS:,} runs",
        seconds(lambda: polya_urn(0.1, 100, 1, STEPS, RUNS, random)),
        loop,
    )
    report("  the same distribution in one draw", seconds(lambda: polya_limit([10, 90], 1, STEPS, RUNS, random)), loop)
    shares = polya_urn(0.1, 100, 1, STEPS, RUNS, random)[0]
    want = share_moments(0.1, 100, 1, STEPS)
    print(f"  mean {shares.mean():.4f} ({want.mean:.4f}), variance {shares.var():.6f} ({want.variance:.6f})")

    fast = seconds(lambda: simulate_stakes(np.full(10, 10.0), 1.0, 1000, 4000, random, cost=0.05))
    report("Ten stakers with costs, 1,000 steps × 4,000 runs", fast, seconds(lambda: loop_stakes(1000, 100), 1) * 40)

    hashrate, price = random.uniform(1, 10, (10_000, 100)), random.uniform(0.02, 0.2, (10_000, 100))
    miners, reward = Miners(hashrate, price, 25.0), random.uniform(10, 60, 10_000)
    cost = miners.unit_cost
    scenarios = [(hashrate[i].tolist(), cost[i].tolist(), float(reward[i])) for i in range(500)]
    loop = seconds(lambda: [loop_miners(*scenario) for scenario in scenarios]) * 20
    report("100 miners who switch off, 10,000 scenarios", seconds(lambda: mining_day(miners, reward)), loop)
    assert np.allclose(mining_day(miners, reward).running[7], loop_miners(*scenarios[7]))

    fast = seconds(lambda: simulate_yard_sale(np.ones((20, 1000)), 0.1, 200, random))
    report("Yard sale, 1,000 people × 200 rounds × 20 runs", fast, seconds(lambda: loop_yard_sale(1000, 200), 1) * 20)

    base, used = random.integers(0, 10**12, 10**6), random.integers(0, 30_000_000, 10**6)
    lists = base[:100_000].tolist(), used[:100_000].tolist()
    loop = seconds(lambda: loop_base_fee(*lists, 30_000_000)) * 10
    report("EIP-1559, a million blocks", seconds(lambda: next_base_fee(base, used, 30_000_000)), loop)
    assert next_base_fee(base, used, 30_000_000)[:100_000].tolist() == loop_base_fee(*lists, 30_000_000)


if __name__ == "__main__":
    main()
