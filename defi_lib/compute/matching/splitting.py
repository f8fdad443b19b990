"""Does it add up? How much faster many machines are than one: what cannot be split, talking, and the slowest of all."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept
from defi_lib.validation import (
    Amount,
    Whole,
    between,
    broadcastable,
    non_negative,
    plain,
    positive,
    representable,
    whole,
)

#: More machines than any network has.
_MOST_MACHINES = 10**12

_BITS_PER_BYTE = 8.0


def amdahl_speedup(machines: Whole, serial: Amount) -> Amount:
    """Speed-up of one task of given size: ``1/(s + (1 − s)/n)``; never above ``1/s``.

    Args:
        machines: n, >= 1.
        serial: s, part of the work that only one machine can do, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Amdahl (1967).

    >>> round(amdahl_speedup(100, 0.05), 1), round(amdahl_speedup(10_000, 0.05), 1)
    (16.8, 20.0)
    """
    count, serial = _machines(machines), between("serial", serial, 0.0, 1.0)
    broadcastable(machines=count, serial=serial)
    return plain(count / (1 + serial * (count - 1)))


def gustafson_speedup(machines: Whole, serial: Amount) -> Amount:
    """Work done in the same time if the task grows with the machines: ``s + (1 − s)·n``.

    The serial part is counted in time on many machines, and does not grow: more pictures, not one picture sooner.

    Args:
        machines: n, >= 1.
        serial: s, part of the time that only one machine works, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Gustafson (1988).

    >>> gustafson_speedup(100, 0.05)
    95.05
    """
    count, serial = _machines(machines), between("serial", serial, 0.0, 1.0)
    broadcastable(machines=count, serial=serial)
    return plain(serial + (1 - serial) * count)


def scalable_speedup(machines: Whole, contention: Amount, crosstalk: Amount) -> Amount:
    """The universal scalability law: ``n/(1 + σ·(n − 1) + κ·n·(n − 1))``: with κ > 0, more machines end up slower.

    Args:
        machines: n, >= 1.
        contention: σ, part of the work for which machines wait in a line, in [0, 1]; alone it is Amdahl's law.
        crosstalk: κ, cost of each pair of machines that must agree, as a part of the work, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Gunther, *Guerrilla Capacity Planning* (2007).

    >>> [round(scalable_speedup(n, 0.05, 0.001), 1) for n in (10, 30, 100)]
    [6.5, 9.0, 6.3]
    """
    count = _machines(machines)
    contention, crosstalk = between("contention", contention, 0.0, 1.0), non_negative("crosstalk", crosstalk)
    broadcastable(machines=count, contention=contention, crosstalk=crosstalk)
    return plain(count / (1 + (count - 1) * (contention + crosstalk * count)))


def fastest_number(contention: Amount, crosstalk: Amount) -> Amount:
    """Machines with which :func:`scalable_speedup` is greatest, not rounded: ``√((1 − σ)/κ)``, and 1 at least.

    Args:
        contention: σ, in [0, 1].
        crosstalk: κ, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> round(fastest_number(0.05, 0.001), 1)
    30.8
    """
    contention, crosstalk = between("contention", contention, 0.0, 1.0), positive("crosstalk", crosstalk)
    broadcastable(contention=contention, crosstalk=crosstalk)
    return plain(np.maximum(np.sqrt((1 - np.asarray(contention)) / crosstalk), 1.0))


def slowest_time(machines: Whole, fixed: Amount = 0.0, spread: Amount = 1.0, needed: Whole | None = None) -> Amount:
    """Mean seconds until the last of all that are needed is done: ``fixed + spread·(H_n − H_(n−k))``.

    Each machine takes ``fixed`` and, by chance, an exponential time more. Whoever must wait for all waits ``ln n`` of
    these; who needs but 90 of 100, because parts are done twice or in code, hardly more than two.

    Args:
        machines: n, that begin, >= 1.
        fixed: least time of each (seconds), >= 0.
        spread: mean of the time beyond it (seconds), >= 0.
        needed: k, how many must be done, from 1 to n; by default all.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Rényi (1953) for the formula; Dean, Barroso, *The Tail at Scale* (2013); Lee et al., arXiv:1512.02673.

    >>> round(slowest_time(100), 2), round(slowest_time(100, needed=90), 2)
    (5.19, 2.26)
    """
    from scipy.special import digamma

    count = _machines(machines)
    wanted = count if needed is None else np.asarray(whole("needed", needed, 1, _MOST_MACHINES), dtype=float)
    fixed, spread = non_negative("fixed", fixed), non_negative("spread", spread)
    broadcastable(machines=count, needed=wanted, fixed=fixed, spread=spread)
    between("needed", wanted, 1.0, count)
    return plain(fixed + spread * (digamma(count + 1) - digamma(count - wanted + 1)))


class SplitTask(NamedTuple):
    """A task on many machines. Times in seconds."""

    alone: Amount  #: on one machine
    alone_part: Amount  #: of the work that only one machine can do
    shared_part: Amount  #: of the rest, the slowest of all included
    talking: Amount  #: all messages

    @property
    def seconds(self) -> Amount:
        """Until the task is done."""
        return self.alone_part + self.shared_part + self.talking

    @property
    def speedup(self) -> Amount:
        """Time on one machine per time on all; below 1 it is done later."""
        return self.alone / self.seconds


@representable
def split_task(
    work: Amount,
    machines: Whole,
    *,
    serial: Amount = 0.0,
    rounds: Whole = 0,
    message: Amount = 0.0,
    line: Amount = 100.0,
    latency: Amount = 0.0,
    spread: Amount = 0.0,
    speed: Amount = 1.0,
) -> SplitTask:
    """One task, cut into equal parts; after each of some rounds all exchange what they found, and wait for the slowest.

    ``s·W/v + (1 − s)·W/(v·n)·(1 − c + c·H_n) + rounds·(latency + 2·message·(n − 1)/n/line)``: a ring in which each
    machine sends and receives the message about twice, however many they are. One machine has nobody to talk to or to
    wait for, and is done after ``W/v``.

    Args:
        work: W, seconds on the machine that it is compared with, > 0.
        machines: n, >= 1.
        serial: s, part of the work that only one machine can do, in [0, 1].
        rounds: exchanges, >= 0.
        message: megabytes that all must agree on in each, >= 0.
        line: megabits per second that each can send, > 0.
        latency: seconds for each exchange, >= 0.
        spread: c, part of the mean time of each machine that is chance (exponential), in [0, 1]; all wait for the
            slowest.
        speed: v, of each machine as a ratio of the one that it is compared with, > 0: a phone per card.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Amdahl (1967); Patarasuk, Yuan (2009) for the ring.

    >>> split_task(3600.0, 100).speedup
    100.0
    >>> task = split_task(3600.0, 100, rounds=1000, message=100.0, line=50.0)  # talks all the time
    >>> round(task.speedup, 2)
    0.11
    """
    work, count = kept(positive("work", work)), _machines(machines)
    serial, spread = between("serial", serial, 0.0, 1.0), between("spread", spread, 0.0, 1.0)
    exchanges, message = np.asarray(whole("rounds", rounds), dtype=float), non_negative("message", message)
    line, latency, speed = positive("line", line), non_negative("latency", latency), positive("speed", speed)
    named = {"work": work, "machines": count, "serial": serial, "rounds": exchanges, "message": message}
    broadcastable(**named, line=line, latency=latency, spread=spread, speed=speed)
    several = count > 1
    each = latency + 2 * (1 - 1 / count) * _BITS_PER_BYTE * message / line
    return SplitTask(
        alone=work,
        alone_part=plain(serial * np.asarray(work) / speed),
        shared_part=plain(
            (1 - np.asarray(serial)) * work / (speed * count) * slowest_time(machines, 1 - spread, spread)
        ),
        talking=plain(np.where(several, exchanges * each, 0.0)),
    )


def _machines(machines: Whole) -> NDArray[np.float64]:
    """Their number as a float, which has room for products."""
    return np.asarray(whole("machines", machines, 1, _MOST_MACHINES), dtype=float)
