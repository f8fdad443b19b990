"""Risk, all scenarios at once, against the plain loop over them: ratios and growth measured in one run.

Run on an idle machine: ``make bench``. Ends with 1 where a time or a ratio is beyond its limit.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import perf_counter

import numpy as np

from defi_lib.risk import CoinRisks, Network, clear, simulate_coin

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


def random_network(size: int, claims: int, seed: int = 1) -> Network:
    """Protocols with thin equity and claims of very different sizes, so that a shock has a long way."""
    rng = np.random.default_rng(seed)
    debtor = rng.integers(0, size, claims)
    creditor = (debtor + rng.integers(1, size, claims)) % size
    amount = rng.lognormal(0.0, 1.5, claims)
    deposits = rng.lognormal(1.0, 1.0, size)
    owed = np.bincount(debtor, amount, size) + deposits
    owned = np.bincount(creditor, amount, size)
    return Network(np.maximum(1.03 * owed - owned, 0.05 * owed), debtor, creditor, amount, deposits)


def loop_clear(network: Network, rounds: int) -> list[float]:
    """The iteration as one would write it first."""
    owed, paid = network.owed.tolist(), network.owed.tolist()
    edges = list(zip(network.debtor.tolist(), network.creditor.tolist(), network.amount.tolist(), strict=True))
    for _ in range(rounds):
        has = network.assets.tolist()
        for i, j, amount in edges:
            has[j] += paid[i] * amount / owed[i]
        paid = [min(debt, cash) for debt, cash in zip(owed, has, strict=True)]
    return paid


def shaken(size: int) -> Network:
    """Ten claims for each protocol, and a tenth of the protocols that lose all they hold outside."""
    network = random_network(size, 10 * size)
    return network.shocked(np.where(np.arange(size) < size // 10, network.assets, 0.0))


def clearing() -> bool:
    """2,000 protocols with 20,000 claims in a second, and twenty rounds of a loop beside it."""
    small, large = shaken(200), shaken(2_000)
    few, many = seconds(lambda: clear(small, 0.9)), seconds(lambda: clear(large, 0.9))
    loop = seconds(lambda: loop_clear(large, 20), 1)
    print(f"2,000 protocols with 20,000 claims cleared: {many:.3f} s, limit 1 s")
    print(f"  20 rounds of a loop take {loop / many:.1f} times as long; ten times fewer protocols {few / many:.2f}")
    return many <= 1.0


def shocks() -> bool:
    """A thousand shocks to a hundred protocols in a second."""
    network, rng = random_network(100, 1_000), np.random.default_rng(2)
    shocked = network.holding(network.assets * rng.random((1_000, 100)))
    alone = network.holding(shocked.assets[0])
    one, many = seconds(lambda: clear(alone)), seconds(lambda: clear(shocked))
    print(f"1,000 shocks to 100 protocols: {many:.3f} s, limit 1 s; one by one {1_000 * one / many:.1f} times as long")
    return many <= 1.0


#: Each prints its lines and says whether they are within their limits.
PARTS = [coins, clearing, shocks]

if __name__ == "__main__":
    sys.exit(0 if all([part() for part in PARTS]) else 1)
