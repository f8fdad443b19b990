"""Clearing 10,000 double auctions of 1,000 bids and asks each, and assigning 2,000 tasks to 2,000 nodes.

Each against the plain loop that does the same: ``make bench``. The loops are slow, so they run on a part, and the ratio
is that on the same part.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from typing import Any

import numpy as np

from defi_lib.compute import assign, k_double_auction, mcafee_auction, vcg_double_auction

AUCTIONS, PEOPLE = 10_000, 1_000
LOOPED = 500
TASKS, LOOPED_TASKS = 2_000, 1_000


def seconds(call: Callable[[], Any], repeat: int = 3) -> float:
    """The best of a few runs."""
    best = inf
    for _ in range(repeat):
        start = time.perf_counter()
        call()
        best = min(best, time.perf_counter() - start)
    return best


def mcafee_loop(bids: list[float], asks: list[float]) -> tuple[int, float, float]:
    """One auction in plain Python."""
    falling, rising = sorted(bids, reverse=True), sorted(asks)
    trades = 0
    while trades < min(len(bids), len(asks)) and falling[trades] >= rising[trades]:
        trades += 1
    if trades == 0:
        return 0, 0.0, 0.0
    next_bid = falling[trades] if trades < len(falling) else 0.0
    next_ask = rising[trades] if trades < len(rising) else inf
    middle = (next_bid + next_ask) / 2
    if rising[trades - 1] <= middle <= falling[trades - 1]:
        return trades, middle, middle
    if trades == 1:
        return 0, 0.0, 0.0
    return trades - 1, falling[trades - 1], rising[trades - 1]


def hungarian_loop(costs: list[list[float]]) -> float:
    """Lowest sum of costs of a square table in plain Python: shortest augmenting paths with potentials, O(n³)."""
    size = len(costs)
    row_price, column_price, owner = [0.0] * (size + 1), [0.0] * (size + 1), [0] * (size + 1)
    for task in range(1, size + 1):
        owner[0], column = task, 0
        least, before, used = [inf] * (size + 1), [0] * (size + 1), [False] * (size + 1)
        while owner[column]:
            used[column], row, step, following = True, owner[column], inf, 0
            for other in range(1, size + 1):
                if not used[other]:
                    reduced = costs[row - 1][other - 1] - row_price[row] - column_price[other]
                    if reduced < least[other]:
                        least[other], before[other] = reduced, column
                    if least[other] < step:
                        step, following = least[other], other
            for other in range(size + 1):
                if used[other]:
                    row_price[owner[other]] += step
                    column_price[other] -= step
                else:
                    least[other] -= step
            column = following
        while column:
            owner[column], column = owner[before[column]], before[column]
    return sum(costs[owner[column] - 1][column - 1] for column in range(1, size + 1))


def main() -> None:
    """Measure and print."""
    random = np.random.default_rng(1)
    bids, asks = random.random((AUCTIONS, PEOPLE)), random.random((AUCTIONS, PEOPLE))
    few = [(bids[i].tolist(), asks[i].tolist()) for i in range(LOOPED)]
    looped = seconds(lambda: [mcafee_loop(*one) for one in few]) * AUCTIONS / LOOPED
    print(f"{AUCTIONS:,} auctions of {PEOPLE:,} bids and asks; the plain loop takes {looped:.2f} s")
    for name, market in (("k-double", k_double_auction), ("McAfee", mcafee_auction), ("VCG", vcg_double_auction)):
        taken = seconds(lambda market=market: market(bids, asks))
        print(f"  {name:<9} {taken:.3f} s, {looped / taken:.0f} times as fast")
    clearing = mcafee_auction(bids[:LOOPED], asks[:LOOPED])
    wanted = zip(*(mcafee_loop(*one) for one in few), strict=True)
    found = (clearing.trades, clearing.buyer_price, clearing.seller_price)
    assert all(np.array_equal(one, other) for one, other in zip(found, wanted, strict=True))

    costs = random.random((TASKS, TASKS))
    print(f"{TASKS:,} tasks to {TASKS:,} nodes: {seconds(lambda: assign(costs)):.3f} s, cost {assign(costs).cost:.4f}")
    part = costs[:LOOPED_TASKS, :LOOPED_TASKS]
    looped, taken = seconds(lambda: hungarian_loop(part.tolist()), 1), seconds(lambda: assign(part))
    print(f"  {LOOPED_TASKS:,} to {LOOPED_TASKS:,}: {taken:.3f} s, {looped / taken:.0f} times as fast as the loop")
    assert abs(hungarian_loop(part.tolist()) - assign(part).cost) < 1e-9
    taken = seconds(lambda: assign(costs, "cheapest"))
    print(f"  task by task to the cheapest free node: {taken:.3f} s, cost {assign(costs, 'cheapest').cost:.4f}")


if __name__ == "__main__":
    main()
