"""A token economy of 1,000 scenarios over ten years of days, and sampled Shapley values of 100 clients.

Each against the plain loop that does the same: ``make bench``. The loops are slow, so they run on a part, and the ratio
is scaled from that part.
"""

from __future__ import annotations

from collections.abc import Callable
from math import exp, inf
from time import perf_counter

import numpy as np

from defi_lib.compute import CachedGame, TokenEconomy, TokenRun, sampled_shapley, simulate_token_economy
from defi_lib.rewards import StepEmission

SCENARIOS, YEARS, DAYS = 1_000, 10, 365
LOOPED = 10
GOAL = 2.0  # seconds
CLIENTS, ORDERS = 100, 1_000
EMISSION = StepEmission(1e7, 0.8)


def seconds(work: Callable[[], object], repeat: int = 3) -> float:
    """Best time of several."""
    best = inf
    for _ in range(repeat):
        start = perf_counter()
        work()
        best = min(best, perf_counter() - start)
    return best


def economy(exponent: float | np.ndarray) -> TokenEconomy:
    """A network whose token is worth more the more providers there are."""
    return TokenEconomy(1e8, 1000.0, 2e6, 5e7, 800.0, exponent=exponent, potential=1e6)


def economy_loop(exponent: float, mood: list[float], minted: list[float]) -> tuple[float, float]:
    """Last price and number of providers of one scenario in plain Python."""
    start, step, tokens, growth, price, size = economy(exponent), 1 / DAYS, 1e8, 0.0, 0.0, 1.0
    for day, factor in enumerate(mood):
        size = exp(growth)
        value = start.demand / start.velocity + start.belief * factor * exp(growth * exponent)
        part = start.burned_share * step * start.demand / value
        tokens = (tokens + minted[day]) / (1 + part)
        price = value / tokens
        income = minted[day] * price / step / (start.providers * size)
        change = (income - start.cost) / max(income, start.cost)
        room = max(1 - start.providers * size / start.potential, 0.0) if change > 0 else 1.0
        growth += start.entry_speed * step * change * room
    return price, start.providers * size


def shapley_loop(known: dict[frozenset[int], float], weights: list[float], orders: list[list[int]]) -> list[float]:
    """Sampled Shapley values in plain Python, values of coalitions cached in a dictionary."""

    def cached(coalition: frozenset[int]) -> float:
        if coalition not in known:
            known[coalition] = sum(weights[client] for client in coalition) ** 2
        return known[coalition]

    totals = [0.0] * CLIENTS
    for order in orders:
        present: frozenset[int] = frozenset()
        before = cached(present)
        for client in order:
            present = present | {client}
            after = cached(present)
            totals[client] += after - before
            before = after
    return [total / len(orders) for total in totals]


def bench_economy(random: np.random.Generator) -> None:
    """All scenarios at once against one after the other."""
    exponents = np.linspace(0.5, 2.0, SCENARIOS)
    mood = np.exp(np.cumsum(random.normal(0, 0.04, (YEARS * DAYS, SCENARIOS)), axis=0))

    def whole() -> TokenRun:
        return simulate_token_economy(economy(exponents), EMISSION, YEARS, DAYS, mood=mood)

    run, taken = whole(), seconds(whole)
    some = np.linspace(0, SCENARIOS - 1, LOOPED).astype(int)
    minted = np.diff(EMISSION.emitted(np.arange(YEARS * DAYS + 1) / DAYS)).tolist()
    paths = [(float(exponents[i]), mood[:, i].tolist(), minted) for i in some]
    looped = seconds(lambda: [economy_loop(*path) for path in paths], 1) * SCENARIOS / LOOPED
    wanted = np.array([economy_loop(*path) for path in paths])
    np.testing.assert_allclose(np.stack([run.price[-1, some], run.providers[-1, some]], axis=1), wanted, rtol=1e-6)
    print(f"Token economy, {SCENARIOS:,} scenarios × {YEARS} years × {DAYS} days: {taken:.3f} s (goal: {GOAL} s)")
    print(f"  the plain loop takes {looped:.1f} s, {looped / taken:.0f} times as long")


def bench_shapley(random: np.random.Generator) -> None:
    """Sampled values of a game whose exact ones are known: ``v(S) = (Σ w)²``."""
    weights = random.random(CLIENTS)
    cached = CachedGame(lambda masks: (masks @ weights) ** 2, CLIENTS)

    def sample() -> np.ndarray:
        return sampled_shapley(cached, CLIENTS, ORDERS, np.random.default_rng(1)).values

    start = perf_counter()
    values = sample()
    first, taken = perf_counter() - start, seconds(sample)
    # Those orders that the vectorised sampler draws.
    orders = np.random.default_rng(1).permuted(np.broadcast_to(np.arange(CLIENTS), (ORDERS, CLIENTS)), axis=1).tolist()
    known: dict[frozenset[int], float] = {}
    start = perf_counter()
    np.testing.assert_allclose(values, shapley_loop(known, weights.tolist(), orders), rtol=1e-9)
    first_looped = perf_counter() - start
    looped = seconds(lambda: shapley_loop(known, weights.tolist(), orders))
    print(f"Sampled Shapley values, {CLIENTS} clients × {ORDERS:,} orders, {cached.known:,} different coalitions")
    for name, one, other in (("no coalition known", first, first_looped), ("all coalitions known", taken, looped)):
        print(f"  {name}: {one:.3f} s; the plain loop takes {other:.2f} s, {other / one:.1f} times as long")


def main() -> None:
    """Measure and print."""
    random = np.random.default_rng(1)
    bench_economy(random)
    bench_shapley(random)


if __name__ == "__main__":
    main()
