"""Machines fail: how long a job survives, what replicas bring, and how often to save one's work.

Times in hours, or any other unit, the same throughout.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from defi_lib.renamed import renamed
from defi_lib.validation import (
    Amount,
    at_least,
    between,
    broadcastable,
    non_negative,
    plain,
    positive,
    representable,
    shown,
    whole,
)

_MOST_ITERATIONS = 60


def survival(nodes: Amount, hours: Amount, mtbf: Amount) -> Amount:
    """Chance that none of ``nodes`` fails while a job runs on all of them: ``e^(−n·t/MTBF)``.

    Args:
        nodes: n, >= 0.
        hours: t, >= 0.
        mtbf: mean time between failures of one node (hours), > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    nodes, hours, mtbf = non_negative("nodes", nodes), non_negative("hours", hours), positive("mtbf", mtbf)
    broadcastable(nodes=nodes, hours=hours, mtbf=mtbf)
    return plain(np.exp(-nodes * hours / mtbf))


def availability(mtbf: Amount, mttr: Amount) -> Amount:
    """Part of the time that a machine works: ``MTBF/(MTBF + MTTR)``.

    Args:
        mtbf: mean time from repair to the next failure, > 0.
        mttr: mean time to repair, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> availability(9.0, 1.0)
    0.9
    """
    mtbf, mttr = positive("mtbf", mtbf), non_negative("mttr", mttr)
    broadcastable(mtbf=mtbf, mttr=mttr)
    return mtbf / (mtbf + mttr)


def replicated_availability(one: Amount, replicas: Amount, common_cause: Amount = 0.0) -> Amount:
    """Chance that at least one of r replicas works: ``(1 − q)·(1 − (1 − a)^r)``.

    Args:
        one: a, availability of one replica, in [0, 1].
        replicas: r, >= 0.
        common_cause: q, part of the time in which something that all depend on is down (a provider, a contract, a
            release, the token's chain), in [0, 1]. No number of replicas helps against it.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """
    one, replicas = between("one", one, 0.0, 1.0), non_negative("replicas", replicas)
    common_cause = between("common_cause", common_cause, 0.0, 1.0)
    broadcastable(one=one, replicas=replicas, common_cause=common_cause)
    return plain((1 - common_cause) * (1 - (1 - np.asarray(one)) ** replicas))


@representable
def young_interval(checkpoint: Amount, mtbf: Amount) -> Amount:
    """Time of work between checkpoints that loses least, to first order: ``√(2·δ·M)``.

    Args:
        checkpoint: δ, time to save, >= 0.
        mtbf: M, mean time between failures of the whole job, > 0: that of a node divided by the number of nodes.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Young (1974).
    """
    checkpoint, mtbf = non_negative("checkpoint", checkpoint), positive("mtbf", mtbf)
    broadcastable(checkpoint=checkpoint, mtbf=mtbf)
    return plain(np.sqrt(2 * checkpoint * mtbf))


def daly_interval(checkpoint: Amount, mtbf: Amount) -> Amount:
    """Time of work between checkpoints that loses least, exactly: M·x, where ``1 − x = e^(−x − δ/M)``.

    Never longer than M. For short checkpoints it is ``√(2·δ·M) − 2δ/3``, Young's rule less a little.

    Args:
        checkpoint: δ, time to save, > 0.
        mtbf: M, mean time between failures of the whole job, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Daly (2006), of whose run time (:func:`expected_run_time`) it is the minimum.

    >>> round(daly_interval(0.1, 20.0), 3)
    1.934
    """
    checkpoint, mtbf = positive("checkpoint", checkpoint), positive("mtbf", mtbf)
    broadcastable(checkpoint=checkpoint, mtbf=mtbf)
    saving = np.asarray(checkpoint / mtbf)
    spacing = np.minimum(np.sqrt(2 * saving), 1.0) + saving
    for _ in range(_MOST_ITERATIONS):
        # A convex function, and the start lies right of its root: every step stays there.
        step = (_excess(spacing) - saving) / -np.expm1(-spacing)
        spacing = spacing - step
        if np.all(np.abs(step) <= 4 * np.finfo(float).eps * spacing):
            return plain((spacing - saving) * mtbf)
    raise ValueError(
        f"checkpoint = {shown(checkpoint)}, mtbf = {shown(mtbf)}: no interval found in {_MOST_ITERATIONS} steps"
    )


def _excess(value: NDArray[np.float64]) -> NDArray[np.float64]:
    """``e^(−y) − 1 + y`` to the last digit, for y >= 0."""
    small = np.minimum(value, 0.5)
    series = np.zeros(small.shape)
    for order in range(16, 1, -1):
        series = (1 - series) * small / order
    # Horner leaves y/2·(1 − y/3·(1 − …)).
    return np.where(value < 0.5, series * small, np.expm1(-value) + value)


@representable
def checkpoint_overhead(interval: Amount, checkpoint: Amount, mtbf: Amount) -> Amount:
    """Time lost per time of work, to first order: ``δ/τ`` for saving and ``τ/(2M)`` for work done again.

    Args:
        interval: τ, work between checkpoints, > 0.
        checkpoint: δ, time to save, >= 0.
        mtbf: M, mean time between failures of the whole job, > 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Young (1974).
    """
    interval, checkpoint = positive("interval", interval), non_negative("checkpoint", checkpoint)
    mtbf = positive("mtbf", mtbf)
    broadcastable(interval=interval, checkpoint=checkpoint, mtbf=mtbf)
    return checkpoint / interval + interval / (2 * mtbf)


def expected_run_time(
    work: Amount, interval: Amount, checkpoint: Amount, mtbf: Amount, restart: Amount = 0.0
) -> Amount:
    """Mean time of a job that is saved after every interval: ``M·e^(R/M)·(e^((τ + δ)/M) − 1)·work/τ``.

    Exact for exponential failures, also during saving and restarting.

    Args:
        work: time without failures and checkpoints, >= 0; a multiple of the interval, or about so.
        interval: τ, work between checkpoints, > 0.
        checkpoint: δ, time to save, >= 0.
        mtbf: M, mean time between failures of the whole job, > 0.
        restart: R, time until work goes on after a failure, >= 0.

    Raises:
        ValueError: an argument outside its range, shapes that do not fit together, or a time beyond all numbers.

    Source: Daly, *A higher order estimate of the optimum checkpoint interval* (2006).

    >>> round(expected_run_time(100.0, 2.0, 0.1, 20.0), 1)
    110.7
    """
    work, interval = non_negative("work", work), positive("interval", interval)
    checkpoint, mtbf = non_negative("checkpoint", checkpoint), positive("mtbf", mtbf)
    restart = non_negative("restart", restart)
    broadcastable(work=work, interval=interval, checkpoint=checkpoint, mtbf=mtbf, restart=restart)
    with np.errstate(over="ignore"):
        segment = mtbf * np.exp(restart / mtbf) * np.expm1((interval + checkpoint) / mtbf)
    return non_negative("run time", plain(segment * (work / interval)))


@renamed(random="rng")
def simulate_run_times(
    segments: int,
    interval: float,
    checkpoint: float,
    mtbf: float,
    restart: float,
    runs: int,
    rng: np.random.Generator,
) -> NDArray[np.float64]:
    """Time that each of many runs of a job takes whose work is ``segments`` intervals.

    Args:
        segments: number of intervals, >= 0.
        interval: work between checkpoints, > 0.
        checkpoint: time to save, >= 0.
        mtbf: mean time between failures of the whole job, > 0.
        restart: time until work goes on after a failure, >= 0.
        runs: how many, >= 0.
        rng: where the failures come from.

    Raises:
        ValueError: an argument outside its range.
    """
    whole("segments", segments), at_least("runs", runs, 0)
    attempt = positive("interval", interval) + non_negative("checkpoint", checkpoint)
    positive("mtbf", mtbf), non_negative("restart", restart)
    elapsed, left = np.zeros(runs), np.full(runs, segments, dtype=np.int64)
    failed = np.zeros(runs, dtype=bool)
    while np.any(left):
        needed = attempt + restart * failed
        until_failure = mtbf * rng.standard_exponential(runs)
        running = left > 0
        done = until_failure >= needed
        elapsed += np.where(running, np.minimum(needed, until_failure), 0.0)
        left -= running & done
        failed = ~done
    return elapsed
