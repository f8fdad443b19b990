"""One line or many. Reading C20a."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import (
    burst_wait,
    dispersion,
    mmc_queue,
    queue_waits,
    real_requests,
    servers_needed,
    shorter_line,
    shorter_line_waits,
)
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger
from defi_lib.validation import plain

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Seconds that a mean answer takes: 211 tokens (the real hour's conversations) at ten tokens a second.
ANSWER = 21.1

#: Seconds.
_MINUTE = 60.0

#: Nearer to full the steady state takes longer to come than the rush lasts; what does not fit then is counted as such.
FULLEST = 0.99

# Ask so many that nobody waits by chance: what is left is bursts, and machines that come too late.
_ALL = {"choices": 1_000.0, "ready": 1e-9, "growth": 60.0, "swing": 0.0, "answer": 60.0, "variation": 1.0}


@EVIDENCE.model(
    "C20a",
    placebos=[
        {"load": 1e-12},  # nothing to do
        {"choices": 1_000.0, "ready": 1e-9, "swing": 0.0},  # one line for all, machines at once, chance alone
    ],
    controls=[
        Control(_ALL | {"load": 0.5, "choices": 1.0}, -1.0),  # own lines, M/M/1
        Control(_ALL | {"load": 0.5, "choices": 1.0, "variation": 0.0}, -0.5),
        Control(_ALL | {"load": 0.5, "choices": 2.2}, -(2**-2 + 2**-6 + 2**-14 + 2**-30)),
        Control(_ALL | {"load": 0.5, "swing": 2.0}, -1.0),
        Control(_ALL | {"load": 0.5, "swing": 2.0, "answer": 30.0}, -2.0),
        Control(_ALL | {"load": 0.8, "swing": 0.5}, -0.4),
        Control(_ALL | {"load": 0.5, "choices": 1.0, "ready": 30.0}, -3.0),  # three quarters full
        # Three quarters full and no machine for two hours: 10 + 30 + 7.5 minutes of work too much, 1.5 times the
        # machines when the line is longest.
        Control(_ALL | {"load": 0.75, "ready": 120.0, "answer": 0.06}, -(10 + 30 + 7.5) / 1.5e-3, 1e-6),
        # From the 40th minute to the 52nd and a half demand is ahead of the machines, by at most a twentieth.
        Control(_ALL | {"load": 0.6, "ready": 45.0, "answer": 0.06}, -(0.125 + 0.1875) / 1.125e-3, 1e-4),
    ],
)
def longest_wait(
    load: Array, choices: Array, ready: Array, growth: Array, swing: Array, answer: Array, variation: Array
) -> Array:
    """Mean wait at the worst moment while demand doubles, in times of an answer, below 0.

    Demand grows evenly, and with it machines are ordered, each of which serves ``ready`` minutes later. So it is worst
    as the first of them arrives: all that has grown until then meets the old machines. Requests wait for three
    reasons: the line that they chose is long by chance; a burst is ahead of them; more comes than fits. Machines are
    very many; as bursts reach all clients alike, it does not matter how many.

    Args:
        load: part of the time that machines work before.
        choices: machines that a request asks, taken as a whole number.
        ready: minutes until an ordered machine serves.
        growth: minutes in which demand doubles.
        swing: of a minute's requests about their mean, beyond chance, as in :func:`swing_wait`.
        answer: seconds that a mean answer takes.
        variation: standard deviation of the length of an answer over its mean.
    """
    worst = np.minimum(load * (1 + np.minimum(ready / growth, 1.0)), FULLEST)
    chance = shorter_line(worst, 1.0, np.rint(choices).astype(np.int64)).wait * (1 + variation**2) / 2
    late = late_minutes(load, ready, growth) * _MINUTE / answer
    return -(chance + swing_wait(worst, swing, answer) + late)


def swing_wait(load: ArrayLike, swing: ArrayLike, answer: ArrayLike = ANSWER) -> ArrayLike:
    """Mean wait in bursts, in answers, of machines whose clients all come and go together.

    A service with twice the clients of the same waves has twice the dispersion beyond chance, and twice the machines.
    What stays is the swing: the dispersion less one is ``swing²`` times the requests of a minute.

    Args:
        load: part of the time that machines work, in [0, 1).
        swing: standard deviation of a minute's requests beyond chance, over their mean.
        answer: seconds that a mean answer takes.

    >>> round(swing_wait(0.8, 0.5, 60.0), 3), round(burst_wait(0.8, 10, 1 + 0.5**2 * 8), 3)
    (0.4, 0.4)
    """
    requests = np.asarray(load, float) * _MINUTE / np.asarray(answer, float)  # a minute, for each machine
    return burst_wait(load, 1, 1 + np.asarray(swing, float) ** 2 * requests)


def late_minutes(load: Array, ready: Array, growth: Array) -> Array:
    """Minutes that requests wait where, for a while, more comes than the machines can do; 0 where it fits.

    Work is counted in minutes of all old machines: demand is ``load·(1 + t/growth)`` until it has doubled, capacity is
    1 and grows as fast from ``ready`` on.

    >>> late_minutes(np.array([0.75, 0.75]), np.array([120.0, 1.0]), np.array([60.0, 60.0])).round(2)
    array([31.67,  0.  ])
    """
    begins = growth * (1 / load - 1)
    soon = (ready - growth * (1 - load)) / (1 - load)  # capacity catches up while demand still grows
    ends = np.where(soon <= growth, soon, ready + growth * (2 * load - 1))
    came = load * (_grown(ends, growth) - _grown(begins, growth))
    added = (ends - ready) / growth  # machines, as a part of the old ones
    done = ends - begins + growth * added**2 / 2
    longest = (came - done) / (1 + added)
    return np.where(begins < np.minimum(ready, growth), longest, 0.0)


def _grown(time: Array, growth: Array) -> Array:
    """Work that has come until ``time``, at a load of 1, if demand doubles in ``growth`` and then stays."""
    return np.where(time <= growth, time + time**2 / (2 * growth), 2 * time - growth / 2)


def three_ways(load: ArrayLike, choices: int, swing: float, machines: int = 20) -> dict[str, Any]:
    """What lesson 7.13 explores: the mean wait of own lines, of a few asked, and of one common line, in answers.

    For those who ask a few the formula is that of very many machines, and at least the wait in one line.

    Args:
        load: part of the time that each machine works, in [0, 1).
        choices: machines that a request asks.
        swing: of a minute's requests about their mean, beyond chance.
        machines: in all.

    >>> found = three_ways(0.8, 2, 0.0, machines=10)
    >>> round(found["Own lines"], 3), round(found["Ask a few"], 3), round(found["One line"], 3)
    (4.0, 0.947, 0.205)
    """
    full = np.asarray(load, float)
    crowd, common = swing_wait(full, swing), mmc_queue(full * machines, 1.0, machines).wait
    return {
        "Own lines": shorter_line(full, 1.0, 1).wait + crowd,
        "Ask a few": plain(np.maximum(shorter_line(full, 1.0, choices).wait, common) + crowd),
        "One line": common + crowd,
    }


def replay(service: str, machines: int, speed: float, begin: float = 0.0, end: float = 3_600.0) -> dict[str, float]:
    """Real requests between two moments, through three kinds of lines: mean waits in times of a mean answer.

    Args:
        service: ``"code"`` or ``"conversation"``.
        machines: each answers one request at a time.
        speed: tokens a second.
        begin: seconds.
        end: seconds.

    >>> {name: round(wait, 1) for name, wait in replay("code", 10, 10.0, 0, 1_800).items()}
    {'own lines': 32.7, 'two asked': 27.5, 'one line': 22.1}
    """
    times, work = _between(service, speed, begin, end)
    asked = {
        name: shorter_line_waits(times, work, machines, choices, rng=np.random.default_rng(1))
        for name, choices in (("own lines", 1), ("two asked", min(2, machines)))
    }
    waits = asked | {"one line": queue_waits(times, work, machines)}
    return {name: float(each.mean() / work.mean()) for name, each in waits.items()}


def planned(service: str, speed: float, begin: float = 0.0, end: float = 1_800.0) -> dict[str, int]:
    """Machines for a mean wait of one answer: by Erlang, with the bursts of each minute, and by running the past again.

    >>> planned("code", 10.0)
    {'Erlang': 10, 'with bursts': 34, 'run again': 28}
    """
    times, work = _between(service, speed, begin, end)
    rate, answer = len(times) / (times[-1] - times[0]), float(work.mean())
    least, spread, crowd = int(rate * answer) + 1, float(work.std()) / answer, dispersion(times, 60.0)

    def bursting(count: int) -> float:
        chance = mmc_queue(rate, 1 / answer, count).wait / answer * (1 + spread**2) / 2
        return float(chance + burst_wait(rate * answer / count, count, crowd))

    def again(count: int) -> float:
        return float(queue_waits(times, work, count).mean() / answer)

    return {
        "Erlang": int(servers_needed(rate, 1 / answer, answer)),
        "with bursts": next(count for count in range(least, 10_000) if bursting(count) <= 1),
        "run again": next(count for count in range(least, 10_000) if again(count) <= 1),
    }


def _between(service: str, speed: float, begin: float, end: float) -> tuple[Array, Array]:
    """When requests came, from the first one on, and the seconds that each answer takes."""
    requests = real_requests(service)
    chosen = (requests.seconds >= begin) & (requests.seconds < end)
    times = requests.seconds[chosen]
    return times - times[0], requests.answered[chosen] / speed


def half_hour(
    machines: int = 10, reserve: int = 34, busy: float = 5.4, rent: float = 2.71, cloud: float = 6.88
) -> dict[str, Ledger]:
    """What clients pay for half an hour of machines in four ways (USD): a network's, few or enough, or a cloud's.

    Machines by the hour are paid whether they work or not. For work alone a cloud is paid at its price of an hour.

    Args:
        machines: few.
        reserve: enough for bursts.
        busy: machines that the work fills on average.
        rent: of a network's machine for an hour.
        cloud: price of a machine of the cloud for an hour.

    >>> round(-half_hour()["a cloud, work alone"].balance("clients", "USD"), 2)
    18.58
    """
    bills = {
        "few machines": rent * machines,
        "a reserve": rent * reserve,
        "a cloud, as few": cloud * machines,
        "a cloud, work alone": cloud * busy,
    }
    books = {}
    for name, paid in bills.items():
        ledger = books[name] = Ledger(("clients", "owners of machines", "the cloud"))
        owner = "the cloud" if name.startswith("a cloud") else "owners of machines"
        ledger.record("clients", owner, paid / 2, "USD", "rent")
        ledger.check_conserved()
    return books
