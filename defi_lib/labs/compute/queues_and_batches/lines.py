"""One line before one machine, as it is and as a formula has it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute import erlang_b, erlang_c, mmc_queue, queue_waits
from defi_lib.labs.compute.queues_and_batches.shared import lab, real_line, short_line
from defi_lib.labs.kit import Part, matches, round_number, together

Line = TypeVar("Line", bound=tuple[Any, ...])


def _mistakes(arrivals: Any, services: Any) -> dict[str, NDArray[np.float64]]:
    """What usual mistakes give instead of the waits."""
    gaps, work = np.diff(arrivals), np.asarray(services)
    late, own, never = np.zeros(work.size), np.zeros(work.size), np.zeros(work.size)
    for n, gap in enumerate(gaps):
        late[n + 1] = late[n] + work[n] - gap
        own[n + 1] = max(0.0, own[n] + work[n + 1] - gap)
        never[n + 1] = max(0.0, work[n] - gap)
    return {
        "Nobody waits less than 0 seconds: who finds the machine free starts at once.": late,
        "This is wait and work together; asked for is the wait.": queue_waits(arrivals, services) + work,
        "Who waits, waits for those *before*: take the work of the request before.": own,
        "The one before may have waited too: its wait belongs to yours.": never,
        "When somebody still works, the next one waits.": np.zeros(work.size),
    }


def _until_telling(draw: Callable[[], Line]) -> Line:
    """A line in which no usual mistake gives the right waits."""
    while True:
        drawn = draw()
        right = queue_waits(*drawn[-2:])
        if not any(np.allclose(wrong, right) for wrong in _mistakes(*drawn[-2:]).values()):
            return drawn


def _waits_of(said: str, got: Any, arrivals: Any, services: Any) -> Part:
    return matches(1, said, got, queue_waits(arrivals, services), _mistakes(arrivals, services))


@lab.question(
    "waits",
    points=2,
    hints=(
        "The first one waits 0 seconds. When is the machine free for the second one, and when does that one come?",
        "Keep the moment in which the machine becomes free. A request starts then or when it comes: the later one.",
    ),
)
def _waits(rng: np.random.Generator, waits: Any) -> Iterator[Part]:
    arrivals, services = _until_telling(lambda: short_line(rng))
    yield _waits_of(f"`waits({arrivals}, {services})`", waits(arrivals, services), arrivals, services)
    said, came, work = _until_telling(lambda: real_line(rng, 60))
    parts = [_waits_of(f"`waits` of {said}", waits(came.tolist(), work.tolist()), came, work)]
    parts += [_waits_of("`waits([5.0], [1.0])`", waits([5.0], [1.0]), [5.0], [1.0])]
    yield together(1, *parts)


def _wait_of(rng: np.random.Generator, erlang: Any, machines: int) -> Part:
    service = round_number(rng, 0.5, 20)
    rate = float(f"{float(rng.uniform(0.6, 0.9)) * machines / service:.3g}")
    load = rate * service
    right = float(mmc_queue(rate, 1 / service, machines).wait)
    waiting = float(erlang_c(machines, load))
    mistakes = {
        "This is the chance of waiting at all; asked for are seconds.": waiting,
        "This is how long those wait who wait. Most do not: the mean is over all.": right / waiting,
        "This is wait and work together.": right + service,
        "B is the chance that all are busy where nobody may wait; here they wait, and C counts.": (
            float(erlang_b(machines, load)) * service / (machines - load)
        ),
        "This is one machine that works as fast as all together: then a single request is quick, here it is not.": (
            service / machines * load / (machines - load)
        ),
    }
    said = f"`erlang({rate:.12g}, {service:.12g}, {machines})`"
    return matches(1, said, erlang(rate, service, machines), right, mistakes)


@lab.question(
    "erlang",
    points=2,
    hints=(
        "How many machines are busy on average? Divide the chance of waiting by what is left over in each second.",
        "`erlang_c(machines, load)` is the chance of waiting; who waits, waits `service / (machines - load)` seconds.",
    ),
)
def _erlang(rng: np.random.Generator, erlang: Any) -> Iterator[Part]:
    yield _wait_of(rng, erlang, int(rng.integers(3, 12)))
    rate, machines = float(rng.choice([0.5, 1, 2, 4])), int(rng.integers(2, 5))  # whose products are exact
    parts = [_wait_of(rng, erlang, int(rng.integers(20, 60)))]
    for service in (machines / rate, 2.0 * machines / rate):
        said = f"`erlang({rate}, {service:.12g}, {machines})`"
        part = matches(1, said, erlang(rate, service, machines), math.inf)
        parts.append(
            part.said(
                f"{said}: {rate * service:g} machines' work comes for {machines}: the line grows without end, inf."
            )
        )
    yield together(1, *parts)
