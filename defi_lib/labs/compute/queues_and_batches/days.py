"""Days to plan for: real requests in an order that nobody has seen, prices, and what a plan costs."""

from __future__ import annotations

from functools import lru_cache
from heapq import heapreplace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute import SERVICES, Requests, real_requests
from defi_lib.frozen import locked
from defi_lib.units import SECONDS_PER_HOUR

#: Tokens a second that one machine of the lab reads and writes, one request at a time: our choice, near to published
#: speeds of a model of 8 billion parameters on one card.
READS, WRITES = 5_000.0, 50.0
#: Of the conversations every fourth user, so that a plan is quickly tried.
EVERY = {"code": 1, "conversation": 4}
#: Seconds: a day is made of blocks of the real hour, drawn with putting back; within a block nothing is changed.
BLOCK, LENGTH = 15.0, 900.0


class Day(NamedTuple):
    """A quarter of an hour of requests, and what machines cost."""

    arrivals: NDArray[np.float64]  #: seconds, in order
    services: NDArray[np.float64]  #: seconds of work of each, on any machine
    length: float  #: seconds
    own: float  #: dollars an hour of an own machine, busy or not
    cloud: float  #: dollars an hour of a machine in the cloud, for the time it works
    promise: float  #: seconds that nobody waits longer than


def seconds_of(requests: Requests) -> NDArray[np.float64]:
    """Seconds of work of each request: reading what is asked, writing the answer.

    >>> seconds_of(Requests(np.array([0.0]), np.array([5_000]), np.array([100])))
    array([3.])
    """
    return np.asarray(requests.asked / READS + requests.answered / WRITES)


class Drawn(NamedTuple):
    """A day that a student sees, and the next one, of the same kind, that nobody does."""

    seen: Day
    next: Day


@lru_cache(maxsize=256)
def drawn(number: int) -> Drawn:
    """Two days by number: even ones of the code service; of four, two with a cheap cloud and two with a dear one."""
    rng = np.random.default_rng([number, 74])
    service = SERVICES[number % 2]
    times = float(rng.uniform(1.15, 1.35) if number % 4 < 2 else rng.uniform(7.0, 9.0))
    own = round(float(rng.uniform(0.4, 0.9)), 2)
    speed, promise = float(rng.uniform(0.7, 1.5)), float(rng.integers(3, 9))
    terms = (LENGTH, own, round(own * times, 2), promise)
    days = [Day(*_shuffled(service, speed, rng), *terms) for _ in range(2)]
    return Drawn(*days)


def _shuffled(service: str, speed: float, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    hour = Requests(*(column[:: EVERY[service]] for column in real_requests(service)))
    work = seconds_of(hour) * speed
    arrivals, services = [], []
    for place, block in enumerate(rng.integers(0, int(hour.seconds[-1] // BLOCK), round(LENGTH / BLOCK))):
        some = slice(*np.searchsorted(hour.seconds, [block * BLOCK, (block + 1) * BLOCK]).tolist())
        arrivals.append(hour.seconds[some] + (place - block) * BLOCK)
        services.append(work[some])
    return locked(np.concatenate(arrivals)), locked(np.concatenate(services))


def draw_day(number: int) -> Day:
    """A day by its number: the same number gives the same day. Even numbers are of the code service.

    >>> draw_day(7) is draw_day(7), len(draw_day(7).arrivals) == len(draw_day(8).arrivals)
    (True, False)
    """
    return drawn(int(number)).seen


def sent_on(day: Day, machines: int) -> NDArray[np.bool_]:
    """Which requests go to the cloud: those that would wait longer than promised for an own machine."""
    if machines == 0:
        return np.ones(len(day.arrivals), dtype=bool)
    free, sent = [0.0] * machines, np.zeros(len(day.arrivals), dtype=bool)
    for place, (arrival, work) in enumerate(zip(day.arrivals.tolist(), day.services.tolist(), strict=True)):
        start = max(free[0], arrival)
        if start - arrival > day.promise:
            sent[place] = True
        else:
            heapreplace(free, start + work)
    return sent


def bill_of(day: Day, machines: int) -> float:
    """Dollars that a day costs with so many own machines and the cloud behind them.

    >>> day = Day(np.array([0.0, 1.0]), np.array([36.0, 36.0]), 3600.0, 0.5, 2.0, 5.0)
    >>> [round(bill_of(day, machines), 3) for machines in (0, 1, 2)]
    [0.04, 0.52, 1.0]
    """
    sent = float(day.services[sent_on(day, machines)].sum())
    return (machines * day.own * day.length + day.cloud * sent) / SECONDS_PER_HOUR


@lru_cache(maxsize=256)
def cheapest(number: int) -> tuple[int, float]:
    """The best number of machines for the hidden day, and what it costs: known only afterwards."""
    day = drawn(number).next
    load = day.services.sum() / day.length
    bills = {machines: bill_of(day, machines) for machines in [0, *range(int(0.6 * load), int(1.6 * load) + 9)]}
    best = min(bills, key=lambda machines: bills[machines])
    return best, bills[best]
