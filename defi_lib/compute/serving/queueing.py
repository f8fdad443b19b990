"""Waiting for a machine: the classical queues in their steady state, and what pooling machines saves.

Rates per second and times in seconds, or any other unit of time, the same throughout.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from defi_lib.frozen import kept
from defi_lib.rounding import above, below
from defi_lib.validation import (
    Amount,
    Whole,
    between,
    broadcastable,
    finite,
    fulfilled,
    non_negative,
    plain,
    positive,
    representable,
    shown,
    whole,
)

#: More servers than anybody counts one by one.
_MOST_SERVERS = 100_000


class Queue(NamedTuple):
    """Means of a queue that has forgotten how it began."""

    arrival_rate: Amount  #: λ, requests per second
    service_rate: Amount  #: μ, requests per second and server
    servers: Whole  #: c
    wait_probability: Amount  #: chance that a request has to wait at all
    wait: Amount  #: W_q, seconds until its service begins

    @property
    def utilisation(self) -> Amount:
        """Part of the time that a server works: ``ρ = λ/(c·μ)``."""
        return plain(self.arrival_rate / (np.asarray(self.servers) * np.asarray(self.service_rate)))

    @property
    def response_time(self) -> Amount:
        """Seconds from arrival to the end of service: ``W = W_q + 1/μ``."""
        return self.wait + 1 / self.service_rate

    @property
    def waiting(self) -> Amount:
        """Requests that wait: ``λ·W_q`` (Little's law)."""
        return self.arrival_rate * self.wait

    @property
    def present(self) -> Amount:
        """Requests that wait or are served: ``L = λ·W`` (Little's law)."""
        return self.arrival_rate * self.response_time


def mm1_queue(arrival_rate: Amount, service_rate: Amount) -> Queue:
    """M/M/1, random arrivals and exponential services: ``W_q = ρ/(μ − λ)``; arguments as in :func:`mg1_queue`.

    >>> mm1_queue(0.5, 1.0).wait
    1.0
    """
    return mg1_queue(arrival_rate, service_rate, 1.0)


def md1_queue(arrival_rate: Amount, service_rate: Amount) -> Queue:
    """M/D/1, all services equally long: ``W_q = ρ/(2·(μ − λ))``; arguments as in :func:`mg1_queue`."""
    return mg1_queue(arrival_rate, service_rate, 0.0)


@representable
def mg1_queue(arrival_rate: Amount, service_rate: Amount, variation: Amount = 1.0) -> Queue:
    """M/G/1, one server and services of any kind: ``W_q = ρ/(μ − λ)·(1 + v²)/2`` (Pollaczek, Khinchine).

    Args:
        arrival_rate: λ, requests per second, >= 0.
        service_rate: μ, requests per second, > 0.
        variation: v, standard deviation of the service time as a ratio of its mean, >= 0: 1 for exponential times,
            0 for constant ones, above 1 where a few requests are very long.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or ρ >= 1.

    Source: Kleinrock, *Queueing Systems* (1975).
    """
    arrival_rate = kept(non_negative("arrival_rate", arrival_rate))
    service_rate = kept(positive("service_rate", service_rate))
    variation = non_negative("variation", variation)
    broadcastable(arrival_rate=arrival_rate, service_rate=service_rate, variation=variation)
    spare = spare_capacity(arrival_rate, service_rate, 1)
    busy = arrival_rate / service_rate
    return Queue(arrival_rate, service_rate, 1, busy, busy / spare * (1 + variation**2) / 2)


def mmc_queue(arrival_rate: Amount, service_rate: Amount, servers: Whole) -> Queue:
    """M/M/c, one line before c equal servers: ``W_q = C/(c·μ − λ)`` with Erlang's C.

    Args:
        arrival_rate: λ, requests per second, >= 0.
        service_rate: μ, requests per second and server, > 0.
        servers: c, 1 to 100,000.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or ρ >= 1.

    Source: Erlang (1917); Kleinrock, *Queueing Systems* (1975).

    >>> round(mmc_queue(1.6, 1.0, 2).wait, 3)
    1.778
    """
    arrival_rate = kept(non_negative("arrival_rate", arrival_rate))
    service_rate = kept(positive("service_rate", service_rate))
    servers = kept(whole("servers", servers, 1, _MOST_SERVERS))
    broadcastable(arrival_rate=arrival_rate, service_rate=service_rate, servers=servers)
    spare = spare_capacity(arrival_rate, service_rate, servers)
    waits = erlang_c(servers, arrival_rate / service_rate)
    return Queue(arrival_rate, service_rate, servers, waits, waits / spare)


def erlang_b(servers: Whole, load: Amount) -> Amount:
    """Chance that all servers are busy where nobody waits: ``B_0 = 1``, ``B_i = a·B_{i−1}/(i + a·B_{i−1})``.

    Args:
        servers: c, 0 to 100,000.
        load: a = λ/μ, mean number of servers that all requests would keep busy, >= 0; it may exceed c.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Erlang (1917).

    >>> erlang_b(2, 1.0)
    0.2
    """
    servers, load = whole("servers", servers, 0, _MOST_SERVERS), non_negative("load", load)
    blocked = np.ones(broadcastable(servers=servers, load=load))
    for i in range(1, int(np.max(servers, initial=0)) + 1):
        blocked = np.where(np.asarray(servers) >= i, load * blocked / (i + load * blocked), blocked)
    return plain(blocked)


def erlang_c(servers: Whole, load: Amount) -> Amount:
    """Chance that a request has to wait where all do: ``C = B/(1 − ρ·(1 − B))``, ``ρ = a/c``.

    Args:
        servers: c, 1 to 100,000.
        load: a = λ/μ, in [0, c).

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or ρ >= 1.

    Source: Erlang (1917).
    """
    servers, load = whole("servers", servers, 1, _MOST_SERVERS), non_negative("load", load)
    broadcastable(servers=servers, load=load)
    spare_capacity(load, 1.0, servers)
    blocked = erlang_b(servers, load)
    return blocked / (1 - load / servers * (1 - blocked))


def late_share(queue: Queue, within: Amount) -> Amount:
    """Chance that a request of an M/M/c queue waits longer than ``within`` (seconds, >= 0): ``C·e^(−(cμ − λ)·t)``.

    Raises:
        ValueError: a negative time, or shapes that do not fit together.
    """
    within = non_negative("within", within)
    broadcastable(wait=queue.wait, within=within)
    spare = queue.servers * queue.service_rate - queue.arrival_rate
    return plain(queue.wait_probability * np.exp(-spare * within))


def wait_quantile(queue: Queue, share: Amount) -> Amount:
    """Seconds within which the service of a ``share`` (in [0, 1)) of all requests of an M/M/c queue begins.

    ``max(0, ln(C/(1 − share))/(cμ − λ))``. The mean hides the tail: the 99th percentile is what users remember.

    Raises:
        ValueError: a share outside its range, or shapes that do not fit together.
    """
    share = between("share", share, 0.0, 1.0, high_open=True)
    broadcastable(wait=queue.wait, share=share)
    waits = np.asarray(queue.wait_probability)
    spare = queue.servers * queue.service_rate - queue.arrival_rate
    left = 1 - np.asarray(share)
    exceeds = np.where(above(waits, left, scale=1.0), waits / left, 1.0)
    return plain(np.log(exceeds) / spare)


def servers_needed(arrival_rate: Amount, service_rate: Amount, longest_wait: Amount) -> Whole:
    """Fewest servers of an M/M/c queue whose mean wait is at most ``longest_wait``.

    Args:
        arrival_rate: λ, requests per second, >= 0.
        service_rate: μ, requests per second and server, > 0.
        longest_wait: seconds, > 0.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or more than 100,000 servers.

    >>> servers_needed(10.0, 1.0, 0.5)
    12
    """
    arrival_rate, service_rate = non_negative("arrival_rate", arrival_rate), positive("service_rate", service_rate)
    longest_wait = positive("longest_wait", longest_wait)
    shape = broadcastable(arrival_rate=arrival_rate, service_rate=service_rate, longest_wait=longest_wait)
    load = np.asarray(arrival_rate / service_rate)
    fulfilled("arrival_rate/service_rate", load, load < _MOST_SERVERS - 1000, f"are loads below {_MOST_SERVERS - 1000}")
    blocked, needed = np.ones(shape), np.zeros(shape, dtype=np.int64)
    for count in range(1, _MOST_SERVERS + 1):
        blocked = load * blocked / (count + load * blocked)
        steady, spare = np.asarray(below(arrival_rate, count * service_rate)), count * service_rate - arrival_rate
        waits = blocked / np.where(steady, 1 - load / count * (1 - blocked), 1.0)
        enough = steady & ~np.asarray(above(waits, longest_wait * spare))
        needed = np.where((needed == 0) & enough, count, needed)
        if np.all(needed):
            return int(needed) if not shape else needed
    raise ValueError(f"longest_wait = {shown(longest_wait)} needs more than {_MOST_SERVERS} servers")


def burst_wait(load: Amount, servers: Whole, dispersion: Amount) -> Amount:
    """What bursts add to the mean wait, in mean service times: ``ρ/(1 − ρ)·(I − 1)/(2·c)``.

    A burst reaches all servers at once, so that together they are one fast server, and no way to share a line helps:
    only more servers, or emptier ones. It is the heavy-traffic limit for one server, of which the part that chance
    alone explains is left out; good where bursts last longer than a service and the load is not small. Where a whole
    burst comes in one instant, its requests wait 1/ρ times as long.

    Args:
        load: ρ, in [0, 1).
        servers: c, 1 to 100,000.
        dispersion: I, variance over mean of the requests in a window as long as the bursts, >= 1.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Kingman (1961); Fendick, Whitt, *Measurements and Approximations to Describe the Offered Traffic* (1989).

    >>> burst_wait(0.5, 10, 41.0)
    2.0
    """
    load = between("load", load, 0.0, 1.0, high_open=True)
    servers = whole("servers", servers, 1, _MOST_SERVERS)
    more = non_negative("dispersion − 1", np.asarray(finite("dispersion", dispersion)) - 1)
    broadcastable(load=load, servers=servers, dispersion=more)
    return plain(np.asarray(load) / (1 - np.asarray(load)) * more / (2 * np.asarray(servers)))


class Pooling(NamedTuple):
    """The same requests and machines, organised in three ways."""

    separate: Queue  #: each machine with its own line, chosen at random
    pooled: Queue  #: one line before all
    single: Queue  #: one machine as fast as all together

    @property
    def wait_ratio(self) -> Amount:
        """Wait before separate machines per wait in the pool; how much the pool saves."""
        return self.separate.wait / self.pooled.wait


def pooling(machines: Whole, arrival_rate: Amount, service_rate: Amount) -> Pooling:
    """Many small machines, a pool of them, or one big machine.

    Separate machines wait idle while others have a line; a pool never does. One big machine is faster still in total
    (``response_time``), because a lone request is served at full speed.

    Args:
        machines: c, 1 to 100,000.
        arrival_rate: of all requests together, per second, > 0.
        service_rate: of one small machine, requests per second, > 0.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or ρ >= 1.

    >>> round(pooling(2, 1.6, 1.0).wait_ratio, 2)
    2.25
    """
    machines = whole("machines", machines, 1, _MOST_SERVERS)
    arrival_rate, service_rate = positive("arrival_rate", arrival_rate), positive("service_rate", service_rate)
    broadcastable(machines=machines, arrival_rate=arrival_rate, service_rate=service_rate)
    return Pooling(
        mm1_queue(arrival_rate / machines, service_rate),
        mmc_queue(arrival_rate, service_rate, machines),
        mm1_queue(arrival_rate, plain(np.asarray(machines) * np.asarray(service_rate))),
    )


def unreliable_queue(arrival_rate: Amount, service_rate: Amount, mtbf: Amount, mttr: Amount) -> Queue:
    """M/M/1 whose server breaks down, busy or not, and then continues where it stopped.

    ``W = (1 + μ·mttr·a·(1 − a))/(a·μ − λ)`` with the availability ``a = mtbf/(mtbf + mttr)``: one long failure costs
    more waiting than many short ones of the same sum. A repair in the middle of a service counts as waiting.

    Args:
        arrival_rate: λ, requests per second, >= 0.
        service_rate: μ, requests per second while it works, > 0.
        mtbf: mean time between the end of a repair and the next failure (seconds), > 0.
        mttr: mean time to repair (seconds), > 0.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or ``λ >= μ·mtbf/(mtbf + mttr)``.

    Source: Avi-Itzhak, Naor, *Some Queuing Problems with the Service Station Subject to Breakdown* (1963).

    >>> round(unreliable_queue(0.5, 1.0, 9.0, 1.0).wait, 3)
    1.725
    """
    arrival_rate = kept(non_negative("arrival_rate", arrival_rate))
    service_rate = kept(positive("service_rate", service_rate))
    mtbf, mttr = positive("mtbf", mtbf), positive("mttr", mttr)
    broadcastable(arrival_rate=arrival_rate, service_rate=service_rate, mtbf=mtbf, mttr=mttr)
    up = mtbf / (mtbf + mttr)
    spare = spare_capacity(arrival_rate, service_rate * up, 1)
    down = mttr / (mtbf + mttr)
    response = (1 + service_rate * mttr * up * down) / spare
    waits = down + arrival_rate / service_rate
    return Queue(arrival_rate, service_rate, 1, waits, response - 1 / service_rate)


def spare_capacity(arrival_rate: Amount, service_rate: Amount, servers: Whole) -> Amount:
    """``c·μ − λ`` if it is positive everywhere."""
    capacity = np.asarray(servers) * np.asarray(service_rate)
    fulfilled(
        "utilisation ρ = arrival rate/capacity",
        np.asarray(arrival_rate / capacity),
        below(arrival_rate, capacity),
        "are values in [0, 1): at 1 or more there is no steady state, the queue grows without end",
    )
    return plain(capacity - arrival_rate)
