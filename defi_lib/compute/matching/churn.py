"""Nodes that come and go: how many are there, and how much work is lost when one leaves in the middle of a task."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.renamed import renamed
from defi_lib.validation import Amount, at_least, between, broadcastable, non_negative, plain, sizes


def online_share(leave: Amount, join: Amount) -> Amount:
    """Part of the time that a node is there in the long run: ``join/(join + leave)``; 1 where nobody ever leaves.

    Args:
        leave: chance that a node which is there leaves within an hour, in [0, 1].
        join: chance that a node which is away comes back within an hour, in [0, 1].

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> online_share(0.05, 0.2)
    0.8
    """
    leave, join = between("leave", leave, 0.0, 1.0), between("join", join, 0.0, 1.0)
    broadcastable(leave=leave, join=join)
    total = np.asarray(leave + join)
    return plain(np.divide(join, total, out=np.ones(total.shape), where=np.asarray(leave) > 0))


def hours_per_task(task_hours: Amount, leave: Amount) -> Amount:
    """Mean hours on line that a node needs for a task that must begin again whenever it leaves.

    ``(s^(−L) − 1)/(1 − s)`` with ``s = 1 − leave``: exponential in the length L, which is why long tasks are saved
    (checkpoints) or cut into short ones.

    Args:
        task_hours: L, >= 0.
        leave: chance that the node leaves within an hour, in [0, 1).

    Raises:
        ValueError: an argument outside its range, or a task that takes more hours than a float can hold.

    Source: mean waiting time for a run of L successes, Feller, *An Introduction to Probability Theory* I, XIII.7.

    >>> round(hours_per_task(24, 0.05), 1)
    48.5
    """
    length, leave = non_negative("task_hours", task_hours), between("leave", leave, 0.0, 1.0, high_open=True)
    broadcastable(task_hours=length, leave=leave)
    chance = np.asarray(leave)
    with np.errstate(over="ignore"):
        growth = np.expm1(-length * np.log1p(-chance))
    needed = np.divide(growth, chance, out=np.array(np.broadcast_to(length, growth.shape)), where=chance > 0)
    return non_negative("hours per task", plain(needed))


class ChurnRun(NamedTuple):
    """Hours along the first axis, then the scenarios, without the nodes."""

    online: NDArray[np.int64]  #: nodes that work in this hour
    finished: NDArray[np.int64]  #: tasks finished in this hour
    lost: NDArray[np.int64]  #: hours of work thrown away in this hour because their node left

    @property
    def useful_share(self) -> Amount:
        """Part of the work, over all hours, that was not lost; 0 where nobody worked."""
        worked, lost = self.online.sum(axis=0), self.lost.sum(axis=0)
        return plain(np.divide(worked - lost, worked, out=np.zeros(worked.shape), where=worked > 0))


@renamed(random="rng")
def simulate_churn(
    nodes: int | tuple[int, ...],
    hours: int,
    leave: Amount,
    join: Amount,
    task_hours: int,
    rng: np.random.Generator,
) -> ChurnRun:
    """Every node works on tasks of equal length, one after the other, and begins again when it was away.

    Who leaves does so at the end of an hour, and takes that hour and all before it on this task with him.

    Args:
        nodes: number of them, or shape of scenarios with the number of nodes last; all are there at the start.
        hours: >= 0.
        leave: chance that a node leaves within an hour, in [0, 1], one or one per scenario.
        join: chance that a node comes back within an hour, in [0, 1], one or one per scenario.
        task_hours: length of a task, >= 1.
        rng: where the randomness comes from.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> simulate_churn(10, 24, 0.0, 0.1, 5, np.random.default_rng(1)).finished.sum().item()
    40
    """
    shape = sizes("nodes", nodes)
    leave, join = between("leave", leave, 0.0, 1.0), between("join", join, 0.0, 1.0)
    broadcastable(nodes=np.empty(shape[:-1]), leave=leave, join=join)
    stays, comes = 1 - np.asarray(leave)[..., np.newaxis], np.asarray(join)[..., np.newaxis]
    length = at_least("task_hours", task_hours, 1)
    run = ChurnRun(*(np.zeros((at_least("hours", hours, 0), *shape[:-1]), dtype=np.int64) for _ in ChurnRun._fields))
    there, progress = np.ones(shape, dtype=bool), np.zeros(shape, dtype=np.int64)
    for hour in range(hours):
        there_after = rng.random(shape) < np.where(there, stays, comes)
        leaving = there & ~there_after
        progress += there
        run.online[hour] = there.sum(axis=-1)
        run.lost[hour] = progress.sum(axis=-1, where=leaving)
        progress[leaving] = 0
        ready = progress == length
        run.finished[hour] = ready.sum(axis=-1)
        progress[ready] = 0
        there = there_after
    return run
