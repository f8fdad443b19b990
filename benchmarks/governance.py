"""Governance: both power indices of a real DAO's 4,811 members, and votes of 10,000 counted again under each rule.

Prints the best of several runs, and plain Python beside it: ``make bench``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from math import sqrt

import numpy as np

from defi_lib.governance import RULES, approximate_power, count_votes, decentraland_members, sampled_power

ELECTORATES, VOTERS, CAP = 1_000, 10_000, 2.0
DRAWS = 20_000

#: The same rules in plain Python, for one holding.
PLAIN: dict[str, Callable[[float], float]] = {
    "linear": lambda held: held,
    "capped": lambda held: min(held, CAP),
    "quadratic": sqrt,
    "equal": lambda held: float(held > 0),
}


def seconds(work: Callable[[], object], repeats: int) -> float:
    """The shortest of several runs: the others were disturbed."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def plain_count(rule: str, held: list[float], said: list[bool]) -> bool:
    """Whether a proposal passes, one voter after the other."""
    lead = 0.0
    for holding, favour in zip(held, said, strict=True):
        lead += PLAIN[rule](holding) if favour else -PLAIN[rule](holding)
    return lead > 0


def compare_recounts() -> None:
    """A thousand electorates, by each rule."""
    rng = np.random.default_rng(1)
    held, said = rng.pareto(1.2, (ELECTORATES, VOTERS)), rng.random((ELECTORATES, VOTERS)) < 0.5
    few = [(row.tolist(), votes.tolist()) for row, votes in zip(held[:20], said[:20], strict=True)]
    for rule in RULES:
        fast = seconds(lambda rule=rule: count_votes(held, said, rule, cap=CAP), 3)
        slow = seconds(lambda rule=rule: [plain_count(rule, *one) for one in few], 2) * ELECTORATES / len(few)
        want = [plain_count(rule, *one) for one in few]
        np.testing.assert_array_equal(count_votes(held[:20], said[:20], rule, cap=CAP).passed, want)
        print(f"{ELECTORATES:,} electorates of {VOTERS:,}, {rule}: {fast:.2f} s, loop {slow:.1f} s, {slow / fast:.0f}")


def compare_power() -> None:
    """All members, by the law of their sum and by draws."""
    votes = decentraland_members().votes
    law = seconds(lambda: approximate_power(votes), 1)
    drawn = seconds(lambda: sampled_power(votes, draws=DRAWS, rng=np.random.default_rng(1)), 1)
    one, other = approximate_power(votes), sampled_power(votes, draws=DRAWS, rng=np.random.default_rng(1))
    apart = 100 * np.max(np.abs(one.banzhaf - other.banzhaf))
    print(
        f"both indices of {votes.size:,} members: {law:.2f} s, by {DRAWS:,} draws {drawn:.2f} s, "
        f"the first at most {apart:.2f} points away"
    )


if __name__ == "__main__":
    compare_recounts()
    compare_power()
