"""Queues request by request: an event simulation with SimPy, and the same numbers for many scenarios without it.

SimPy, and scipy for quantiles of Student's distribution, are loaded only when they are asked for.
"""

from __future__ import annotations

from collections.abc import Generator
from heapq import heapreplace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept
from defi_lib.renamed import renamed
from defi_lib.rounding import above, below, rest, same
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    finite,
    fulfilled,
    non_negative,
    one_number,
    plain,
    positive,
)

if TYPE_CHECKING:
    import simpy

#: From so many scenarios on, arrays of all of them are faster than a list for each.
_MANY_SCENARIOS = 30

#: Order of events at the same moment; 1 is SimPy's own priority, so that of repairs that end.
_END, _FAILURE, _ARRIVAL = 1, 2, 3


class QueueRun(NamedTuple):
    """What happened to each request, in order of arrival. Times in seconds."""

    arrivals: NDArray[np.float64]
    starts: NDArray[np.float64]  #: of the service; the arrival for requests that were sent on
    finishes: NDArray[np.float64]  #: of the service; the arrival for requests that were sent on
    overflow: NDArray[np.bool_]  #: which were sent on, because all places were taken

    @property
    def waits(self) -> NDArray[np.float64]:
        """Seconds that each served request waited."""
        return np.asarray(rest(self.starts, self.arrivals))[~self.overflow]

    @property
    def response_times(self) -> NDArray[np.float64]:
        """Seconds that each served request spent here."""
        return (self.finishes - self.arrivals)[~self.overflow]

    @property
    def overflow_share(self) -> float:
        """Part of the requests that were sent on; 0 where there was none."""
        return float(np.mean(self.overflow)) if self.overflow.size else 0.0


class Estimate(NamedTuple):
    """A mean from independent runs, and how far it may be off."""

    mean: float
    half_width: float  #: of the confidence interval

    def covers(self, value: float) -> bool:
        """Whether ``value`` lies in the confidence interval."""
        value = one_number("value", finite("value", value))
        return not above(abs(value - self.mean), self.half_width, scale=abs(value) + abs(self.mean))


def estimate(run_means: Amount, confidence: float = 0.95) -> Estimate:
    """Mean of independent runs with its confidence interval: ``t·s/√n``, Student's t with n − 1 degrees of freedom.

    The waits within one run depend on each other, so that their own spread says too little: take means of whole runs.

    Args:
        run_means: one number for each run, two or more.
        confidence: chance that the interval covers the true mean, in (0, 1).

    Raises:
        ValueError: fewer than two runs, or a confidence outside its range.

    Source: Student (1908); Law, *Simulation Modeling and Analysis*, on independent replications.
    """
    from scipy.stats import t

    means = np.atleast_1d(finite("run_means", run_means))
    at_least("number of runs", means.size, 2)
    between("confidence", confidence, 0.0, 1.0, low_open=True, high_open=True)
    quantile = float(t.ppf((1 + confidence) / 2, means.size - 1))
    return Estimate(float(np.mean(means)), quantile * float(np.std(means, ddof=1)) / means.size**0.5)


def settling_time(arrival_rate: Amount, service_rate: Amount, servers: int = 1) -> Amount:
    """Seconds in which a queue forgets its start by a factor e: ``1/(√(c·μ) − √λ)²``; long where the load is high.

    Args:
        arrival_rate: λ, requests per second, in [0, c·μ).
        service_rate: μ, requests per second and server, > 0.
        servers: c, >= 1.

    Raises:
        ValueError: an argument outside its range.

    Source: Morse, *Queues, Inventories and Maintenance* (1958), for M/M/1; at low loads M/M/c forgets more slowly,
    within a few 1/μ.
    """
    service_rate, servers = positive("service_rate", service_rate), at_least("servers", servers, 1)
    arrival_rate = between("arrival_rate", arrival_rate, 0.0, servers * service_rate, high_open=True)
    steady = below(arrival_rate, servers * service_rate)
    fulfilled("arrival_rate", arrival_rate, steady, "are rates below servers·service_rate: else the queue grows")
    return plain(1 / (np.sqrt(servers * service_rate) - np.sqrt(arrival_rate)) ** 2)


def queue_waits(arrivals: Amount, services: Amount, servers: int = 1) -> NDArray[np.float64]:
    """Seconds that each request waits, first come, first served: many scenarios at once, no failures.

    Each request goes to the server that is free first. It is :func:`simulate_queue` without its options. With one
    server the wait is ``max_{j<=i}(A_j − C_j) − (A_i − C_i)``, C_i the sum of all services before i. Who comes in the
    moment in which a server becomes free, to within rounding, waits 0 seconds.

    Args:
        arrivals: seconds, not decreasing along the last axis; scenarios before it.
        services: seconds, >= 0, of each request.
        servers: >= 1.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Kiefer, Wolfowitz (1955); Lindley (1952) for one server.

    >>> queue_waits([0.0, 1.0, 2.0], [2.0, 2.0, 2.0])
    array([0., 1., 2.])
    >>> queue_waits([0.0, 1.0, 2.0], [2.0, 2.0, 2.0], servers=2)
    array([0., 0., 0.])
    """
    arrivals, services = checked_requests(arrivals, services)
    shape = broadcastable(arrivals=arrivals, services=services)
    arrivals, services = np.broadcast_to(arrivals, shape), np.broadcast_to(services, shape)
    count = min(at_least("servers", servers, 1), max(shape[-1], 1))
    if count == 1:
        before = _sums(services) - services
        starts = before + np.maximum.accumulate(arrivals - before, axis=-1)
    elif arrivals[..., 0].size > _MANY_SCENARIOS:
        starts = _starts_together(arrivals, services, count)
    else:
        rows = zip(arrivals.reshape(-1, shape[-1]), services.reshape(-1, shape[-1]), strict=True)
        starts = np.array([_starts(row.tolist(), work.tolist(), count) for row, work in rows]).reshape(shape)
    return np.asarray(np.maximum(rest(starts, arrivals), 0.0))


def _sums(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cumulative sums along the last axis, by pairs: a million terms lose twenty roundings and not a million."""
    count = values.shape[-1]
    if count < 2:
        return values
    pairs = _sums(values[..., : count // 2 * 2 : 2] + values[..., 1::2])
    sums = np.empty(values.shape)
    sums[..., 0], sums[..., 1::2] = values[..., 0], pairs
    sums[..., 2::2] = pairs[..., : (count - 1) // 2] + values[..., 2::2]
    return sums


def _starts(arrivals: list[float], services: list[float], servers: int) -> list[float]:
    """When each service begins; a heap knows which server is free first."""
    free, starts = [-np.inf] * servers, []
    for arrival, service in zip(arrivals, services, strict=True):
        first = free[0]
        start = first if first > arrival and not same(first, arrival) else arrival
        starts.append(start)
        heapreplace(free, start + service)
    return starts


def _starts_together(arrivals: NDArray[np.float64], services: NDArray[np.float64], servers: int) -> NDArray[np.float64]:
    """The same for many scenarios, request by request."""
    free, starts = np.full((*arrivals.shape[:-1], servers), -np.inf), np.empty(arrivals.shape)
    for number in range(arrivals.shape[-1]):
        first = np.argmin(free, axis=-1)[..., np.newaxis]
        soonest, arrival = np.take_along_axis(free, first, axis=-1)[..., 0], arrivals[..., number]
        start = np.where(above(soonest, arrival), soonest, arrival)
        starts[..., number] = start
        np.put_along_axis(free, first, (start + services[..., number])[..., np.newaxis], axis=-1)
    return starts


@renamed(random="rng")
def simulate_queue(
    arrivals: Amount,
    services: Amount,
    servers: int = 1,
    *,
    room: int | None = None,
    mtbf: float | None = None,
    mttr: float = 0.0,
    rng: np.random.Generator | None = None,
) -> QueueRun:
    """Requests, servers and failures as processes of SimPy, first come, first served.

    What happens at the same moment, to within rounding, happens in this order: services end, repairs end, servers fail,
    requests arrive. So who comes when another leaves finds his place free.

    Args:
        arrivals: seconds, >= 0, not decreasing.
        services: seconds of work of each request, >= 0.
        servers: >= 1.
        room: places to wait, >= 0; who finds them all taken is sent on (to a cloud); by default without end.
        mtbf: mean time from repair to the next failure of each server (seconds, exponential, > 0), busy or not; a
            request that is being served continues after the repair. By default nothing fails.
        mttr: mean time to repair (seconds, exponential), >= 0.
        rng: where the failures come from; needed if there are any.

    Raises:
        ValueError: an argument outside its range, or failures without ``rng``.

    >>> run = simulate_queue([0.0, 1.0, 1.5], [1.0, 1.0, 1.0], room=0)
    >>> run.overflow
    array([False, False,  True])
    """
    import simpy

    arrivals, services = checked_requests(arrivals, services)
    if arrivals.shape != services.shape or arrivals.ndim != 1:
        raise ValueError(f"arrivals {arrivals.shape} and services {services.shape}: allowed are two lists as long")
    non_negative("arrivals", arrivals)
    at_least("servers", servers, 1)
    places = np.inf if room is None else servers + at_least("room", room, 0)
    failing = mtbf is not None
    if failing and rng is None:
        raise ValueError("rng = None: failures need a numpy.random.Generator")
    times = (
        (one_number("mtbf", positive("mtbf", mtbf)), one_number("mttr", non_negative("mttr", mttr)))
        if mtbf is not None
        else (0.0, 0.0)
    )
    environment = simpy.Environment()
    site = _Site(environment, arrivals, services, places)
    for _ in range(servers):
        machine = environment.process(site.machine())
        if failing:
            environment.process(site.breaker(machine, *times, rng))
    environment.process(site.source())
    if arrivals.size:
        environment.run(until=site.done)
    return QueueRun(arrivals, site.starts, site.finishes, site.overflow)


class _Site:
    """The processes of a simulation and what they share."""

    def __init__(self, environment: simpy.Environment, arrivals: Any, services: Any, places: float) -> None:
        import simpy

        self.environment, self.places = environment, places
        self.moments, self.work = arrivals.tolist(), services.tolist()
        self.line = simpy.Store(environment)
        self.done = environment.event()
        self.ends: dict[int, float] = {}  #: when the services that run will end, by request
        self.present = 0
        self.left = len(self.moments)
        self.starts, self.finishes = arrivals.copy(), arrivals.copy()
        self.overflow = np.zeros(arrivals.shape, dtype=bool)

    def source(self) -> Generator[Any, Any, None]:
        """Requests come."""
        for number, moment in enumerate(self.moments):
            yield self._later(moment, _ARRIVAL)
            while self.present >= self.places:
                soon = [end for end in self.ends.values() if not above(end, self.environment.now)]
                if not soon:
                    break
                yield self._later(max(soon), _ARRIVAL)  # to within rounding it is this moment
            if self.present >= self.places:
                self.overflow[number] = True
                self._leave()
            else:
                self.present += 1
                yield self.line.put(number)

    def machine(self) -> Generator[Any, Any, None]:
        """A server takes the first in line, again and again."""
        while True:
            number = yield from self._take()
            now, arrival = float(self.environment.now), self.moments[number]
            self.starts[number] = begin = arrival if same(now, arrival) else now
            self.finishes[number] = yield from self._serve(number, begin)
            self.present -= 1
            self._leave()

    def breaker(self, machine: simpy.Process, mtbf: float, mttr: float, rng: Any) -> Generator[simpy.Event, Any, None]:
        """A server fails and is repaired, again and again."""
        while True:
            yield self._later(self.environment.now + mtbf * rng.standard_exponential(), _FAILURE)
            repair = mttr * rng.standard_exponential()
            machine.interrupt(repair)
            yield self.environment.timeout(repair)

    def _take(self) -> Generator[Any, Any, int]:
        import simpy

        take = self.line.get()
        while True:
            try:
                number: Any = yield take
                return number
            except simpy.Interrupt as failure:
                repair: Any = failure.cause
                take.cancel()  # nobody joins a server under repair
                yield self.environment.timeout(repair)
                if take.triggered:  # a request had come in the moment of the failure
                    number = take.value
                    return number
                take = self.line.get()

    def _later(self, moment: float, priority: Any) -> simpy.Event:
        """An event like SimPy's ``Timeout``, but at an absolute moment and behind all that end at the same one."""
        event = self.environment.event()
        event._ok, event._value = True, None
        self.environment.schedule(event, priority, max(moment - self.environment.now, 0.0))
        return event

    def _serve(self, number: int, begin: float) -> Generator[Any, Any, float]:
        import simpy

        end = begin + self.work[number]
        while True:
            self.ends[number] = self.environment.now + max(end - self.environment.now, 0.0)
            try:
                yield self._later(end, _END)
                return end
            except simpy.Interrupt as failure:
                repair: Any = failure.cause
            finally:
                del self.ends[number]
            left = max(end - self.environment.now, 0.0)
            yield self.environment.timeout(repair)
            end = self.environment.now + left

    def _leave(self) -> None:
        self.left -= 1
        if self.left == 0:
            self.done.succeed()


def checked_requests(arrivals: Amount, services: Amount) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Arrivals in their order and services as arrays; for all simulations of this room."""
    arrivals = np.atleast_1d(kept(finite("arrivals", arrivals)))
    services = np.atleast_1d(non_negative("services", services))
    gaps = np.diff(arrivals, axis=-1)
    if np.any(gaps < 0):
        raise ValueError(f"arrivals fall by {-float(np.min(gaps)):.12g} seconds: allowed are times in their order")
    return arrivals, services
