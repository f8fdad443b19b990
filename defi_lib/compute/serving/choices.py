"""Ask a few machines and join the shortest of their lines: most of what one common line saves, and no centre."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.serving.queue_simulation import checked_requests
from defi_lib.compute.serving.queueing import Queue, spare_capacity
from defi_lib.frozen import kept
from defi_lib.renamed import renamed
from defi_lib.rounding import rest, same
from defi_lib.validation import Amount, Whole, broadcastable, integer, non_negative, one_of, plain, positive, whole

RULES = ("requests", "work")

#: What is smaller than this part of a sum adds nothing that a float can hold.
_NOTHING = 1e-17


def shorter_line(arrival_rate: Amount, service_rate: Amount, choices: Whole = 2) -> Queue:
    """Very many machines, each with its own line; each request asks ``d`` of them by lot and joins the shortest line.

    ``W_q = 1/μ·Σ_{k>=1} s_k^d``, where ``s_k = ρ^((d^k − 1)/(d − 1))`` is the share of machines with k requests or
    more: with one choice it falls like ρ^k, with two like ρ^(2^k). It holds for infinitely many machines; with ten and
    at ρ = 0.8, two choices wait an eighth longer.

    Args:
        arrival_rate: λ, requests per second and machine, >= 0.
        service_rate: μ, requests per second and machine, > 0.
        choices: d, machines asked, 1 to 1,000; with 1 it is M/M/1.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or ρ >= 1.

    Source: Vvedenskaya, Dobrushin, Karpelevich (1996); Mitzenmacher, *The Power of Two Choices* (2001).

    >>> round(shorter_line(0.8, 1.0, 1).wait, 2), round(shorter_line(0.8, 1.0, 2).wait, 2)
    (4.0, 0.95)
    """
    arrival_rate = kept(non_negative("arrival_rate", arrival_rate))
    service_rate = kept(positive("service_rate", service_rate))
    asked = np.asarray(whole("choices", choices, 1, 1_000))
    broadcastable(arrival_rate=arrival_rate, service_rate=service_rate, choices=asked)
    spare = spare_capacity(arrival_rate, service_rate, 1)
    busy = np.asarray(arrival_rate / service_rate)
    waits = np.asarray(busy ** asked.astype(float))
    waiting = more = waits
    while np.any((asked > 1) & (more > _NOTHING * waiting)):
        more = np.where(asked > 1, (busy * more) ** asked, 0.0)
        waiting = waiting + more
    wait = np.where(asked > 1, waiting / service_rate, busy / spare)
    return Queue(arrival_rate, service_rate, 1, plain(waits), plain(wait))


@renamed(random="rng")
def shorter_line_waits(
    arrivals: Amount,
    services: Amount,
    servers: int,
    choices: int = 2,
    *,
    rng: np.random.Generator,
    rule: str = "requests",
) -> NDArray[np.float64]:
    """Seconds that each request waits which asks some machines by lot, and joins the best line of those it asked.

    By ``"requests"`` the line with the fewest requests in it, the one in service included, is the best; by ``"work"``
    the one that is done first, for which services must be known. Among equals the lot decides. One choice is
    lines chosen at random; all choices by work is the common line, :func:`queue_waits`.

    Args:
        arrivals: seconds, not decreasing, one for each request.
        services: seconds, >= 0, of each request.
        servers: machines, 1 to 100,000.
        choices: different machines that a request asks, from 1 to all.
        rng: where the lots come from.
        rule: ``"requests"`` or ``"work"``.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> shorter_line_waits([0.0, 1.0, 2.0], [9.0, 8.0, 9.0], 2, 2, rng=np.random.default_rng(1), rule="work")
    array([0., 0., 7.])
    """
    one_of("rule", rule, RULES)
    arrivals, services = checked_requests(arrivals, services)
    if arrivals.shape != services.shape or arrivals.ndim != 1:
        raise ValueError(f"arrivals {arrivals.shape} and services {services.shape}: allowed are two lists as long")
    count = integer("servers", servers, 1, 100_000)
    asked = _lots(arrivals.size, count, integer("choices", choices, 1, count), rng)
    join = _by_work if rule == "work" else _by_requests
    starts = np.array(join(arrivals.tolist(), services.tolist(), asked.tolist(), count))
    return np.asarray(np.maximum(rest(starts, arrivals), 0.0)) if arrivals.size else arrivals


def _lots(requests: int, servers: int, choices: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Which different servers each request asks, in a random order (Floyd's way to draw a set)."""
    lots = np.empty((requests, choices), dtype=np.int64)
    for place, last in enumerate(range(servers - choices, servers)):
        drawn = rng.integers(0, last + 1, requests)
        taken = (lots[:, :place] == drawn[:, np.newaxis]).any(axis=1)
        lots[:, place] = np.where(taken, last, drawn)
    return rng.permuted(lots, axis=1) if choices > 1 else lots


def _by_requests(arrivals: list[float], services: list[float], asked: list[list[int]], servers: int) -> list[float]:
    """When each service begins if the line with the fewest requests is joined."""
    lines: list[deque[float]] = [deque() for _ in range(servers)]  # when those who are there will have been served
    starts = []
    for now, service, lot in zip(arrivals, services, asked, strict=True):
        for each in lot:
            line = lines[each]
            while line and (line[0] <= now or same(line[0], now)):
                line.popleft()
        line = min((lines[each] for each in lot), key=len)
        start = line[-1] if line else now
        starts.append(start)
        line.append(start + service)
    return starts


def _by_work(arrivals: list[float], services: list[float], asked: list[list[int]], servers: int) -> list[float]:
    """When each service begins if the line that is done first is joined."""
    free = [-np.inf] * servers
    starts = []
    for now, service, lot in zip(arrivals, services, asked, strict=True):
        # Of several that are free the first of the lot.
        best = min(lot, key=lambda each: max(free[each], now))
        start = free[best] if free[best] > now and not same(free[best], now) else now
        starts.append(start)
        free[best] = start + service
    return starts
