"""Many machines: one line for all, and how many are enough for a promise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute import queue_waits
from defi_lib.labs.compute.queues_and_batches.shared import lab, real_line, short_line
from defi_lib.labs.kit import Part, matches, together
from defi_lib.labs.kit.compare import numbers_of


def _in_turn(arrivals: Any, services: Any, machines: int) -> NDArray[np.float64]:
    """Waits where the first request goes to the first machine, the second to the second, and so on."""
    waits = np.zeros(len(arrivals))
    for first in range(machines):
        waits[first::machines] = queue_waits(arrivals[first::machines], services[first::machines])
    return waits


def _pool_of(said: str, got: Any, arrivals: Any, services: Any, machines: int) -> Part:
    right = queue_waits(arrivals, services, machines)
    mistakes = {
        "Here each request is bound to a machine in turn; it should go to the one that is free first.": _in_turn(
            arrivals, services, machines
        ),
        "This is one machine; there are several.": queue_waits(arrivals, services),
        "Several machines do not make a single request quicker: each works for itself.": queue_waits(
            arrivals, np.asarray(services) / machines
        ),
        "This is wait and work together; asked for is the wait.": right + np.asarray(services),
    }
    return matches(1, said, got, right, mistakes)


def _busy_line(rng: np.random.Generator, machines: int) -> tuple[list[float], list[float]]:
    """A short line in which it matters which machine is free first."""
    while True:
        arrivals, services = short_line(rng, 8)
        right = queue_waits(arrivals, services, machines)
        if not np.allclose(right, _in_turn(arrivals, services, machines)) and right.max() > 0:
            return arrivals, services


@lab.question(
    "pool",
    points=2,
    hints=(
        "Write down for each machine when it becomes free. Which of them does the next request go to?",
        "A list of moments, one for each machine: take the smallest, put in its place when that request is done.",
    ),
)
def _pool(rng: np.random.Generator, pool: Any) -> Iterator[Part]:
    for machines in (2, 3):
        arrivals, services = _busy_line(rng, machines)
        said = f"`pool({arrivals}, {services}, {machines})`"
        parts = [_pool_of(said, pool(arrivals, services, machines), arrivals, services, machines)]
        if machines == 3:
            said, some, work = real_line(rng, 300)
            for count in (1, 4):
                got = pool(some.tolist(), work.tolist(), count)
                parts.append(_pool_of(f"`pool` of {said}, with {count} machines,", got, some, work, count))
        yield together(1, *parts)


def _enough(arrivals: Any, services: Any, limit: float, share: float) -> int:
    """The fewest machines with which so large a part waits no longer than the limit."""
    machines = 1
    while np.mean(queue_waits(arrivals, services, machines) <= limit) < share:
        machines += 1
    return machines


def _fewest_of(rng: np.random.Generator, fewest: Any, share: float) -> Part:
    while True:
        said, arrivals, services = real_line(rng, 251)
        limit = float(rng.integers(1, 8)) / 2 + 0.0001  # no wait in the real hour is just as long
        right = _enough(arrivals, services, limit, share)
        mean = 1
        while queue_waits(arrivals, services, mean).mean() > limit:
            mean += 1
        if right > max(mean, 2):
            break
    mistakes = {
        "With so many the *mean* wait is within the limit. Promised is the wait of nearly every one.": mean,
        "With so many nobody waits longer; the promise leaves out a few.": _enough(arrivals, services, limit, 1.0),
        "With so many nearly all wait 0 seconds; the limit may be used.": _enough(arrivals, services, 0.0, share),
        "With one machine fewer the promise is kept too.": right + 1,
        "With one machine more the promise is kept, with these it is not.": right - 1,
    }
    what = f"`fewest(arrivals, services, {limit:g}, {share})` of {said}"
    return matches(1, what, fewest(arrivals.tolist(), services.tolist(), limit, share), right, mistakes)


@lab.question(
    "fewest",
    points=3,
    hints=(
        "For a number of machines you know every wait. Which part of them is at most the limit?",
        "Begin with one machine and add one as long as too few waits are within the limit.",
    ),
)
def _fewest(rng: np.random.Generator, fewest: Any) -> Iterator[Part]:
    yield _fewest_of(rng, fewest, 0.95)
    yield _fewest_of(rng, fewest, 0.99)
    together_at = [0.0] * int(rng.integers(8, 12))
    work, half = [2.0] * len(together_at), len(together_at) // 2
    parts = [_fewest_of(rng, fewest, 0.9)]
    for share, right, why in (
        (half / len(together_at), half, "just that part starts at once, and what is reached exactly counts"),
        (1.0, len(together_at), "all come at the same moment and nobody may wait, so each needs a machine"),
    ):
        said = f"`fewest({together_at}, {work}, 0.0, {share:.6g})`"
        got = numbers_of(fewest(list(together_at), list(work), 0.0, share), said, ())
        parts.append(Part(1, "" if got == right else f"{said}: {why}. That is {right}; yours gives {got:g}."))
    yield together(1, *parts)
