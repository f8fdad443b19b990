"""Scheduling: many tasks on a few unequal nodes, one after the other on each. Simple rules against the optimum.

The optimum is found by scipy, which is loaded only when it is asked for.
"""

from __future__ import annotations

import time
from typing import NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.matching.assignment import NOBODY, levels
from defi_lib.frozen import kept
from defi_lib.integers import positions
from defi_lib.ledger import former
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import above
from defi_lib.validation import (
    Amount,
    between,
    finite,
    non_negative,
    one_number,
    one_of,
    positive,
)

RULES = ("first fit", "longest first", "cheapest", "earliest deadline", "priority")
GOALS = ("makespan", "cost")


class _TaskState(NamedTuple):
    work: NDArray[np.float64]
    memory: NDArray[np.float64]
    deadline: NDArray[np.float64]
    priority: NDArray[np.float64]


class Tasks(_TaskState):
    """Tasks in order of arrival; all are there at time 0.

    Args:
        work: hours that each needs on a node of speed 1, > 0; there may be none.
        memory: GB that each needs, >= 0.
        deadline: hours until each must be finished, > 0; infinite for no deadline.
        priority: the higher, the earlier, where priority is asked for.

    All but ``work`` may be one number for all.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """

    __slots__ = ()

    def __new__(cls, work: Amount, memory: Amount = 0.0, deadline: Amount = np.inf, priority: Amount = 0.0) -> Self:
        """Check the arguments and build the tasks."""
        hours = _row("work", positive("work", work))
        limit = np.asarray(deadline, dtype=float)
        positive("deadline", np.where(limit == np.inf, 1.0, limit))
        return super().__new__(
            cls,
            hours,
            _row("memory", non_negative("memory", memory), hours.size),
            _row("deadline", limit, hours.size),
            _row("priority", finite("priority", priority), hours.size),
        )


class _NodeState(NamedTuple):
    speed: NDArray[np.float64]
    memory: NDArray[np.float64]
    price: NDArray[np.float64]


class Nodes(_NodeState):
    """Nodes that differ in speed, memory and price.

    Args:
        speed: hours of work done per hour, > 0; there may be no node.
        memory: GB, >= 0; infinite where it does not matter.
        price: USD per hour, >= 0.

    All but ``speed`` may be one number for all.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.
    """

    __slots__ = ()

    def __new__(cls, speed: Amount, memory: Amount = np.inf, price: Amount = 0.0) -> Self:
        """Check the arguments and build the nodes."""
        rate = _row("speed", positive("speed", speed))
        room = np.asarray(memory, dtype=float)
        non_negative("memory", np.where(room == np.inf, 1.0, room))
        prices = _row("price", non_negative("price", price), rate.size)
        return super().__new__(cls, rate, _row("memory", room, rate.size), prices)


@former.with_payments
class Schedule(NamedTuple):
    """Which node does which task, and when."""

    tasks: Tasks
    nodes: Nodes
    node: NDArray[np.int64]  #: of each task, ``NOBODY`` (-1) where none can do it in time
    start: NDArray[np.float64]  #: hours; 0 for tasks that are not done
    finish: NDArray[np.float64]  #: hours; 0 for tasks that are not done

    @property
    def done(self) -> NDArray[np.bool_]:
        """Which tasks are done."""
        return self.node != NOBODY

    @property
    def makespan(self) -> float:
        """When the last task is finished (hours)."""
        return float(np.max(self.finish, initial=0.0))

    @property
    def hours(self) -> NDArray[np.float64]:
        """How long each node works."""
        lengths = (self.finish - self.start)[self.done]
        node = self.node[self.done]
        return np.bincount(positions(node), weights=lengths, minlength=self.nodes.speed.size).astype(float)

    @property
    def cost(self) -> float:
        """Rent of all nodes for the hours they work (USD)."""
        return float(np.sum(self.hours * self.nodes.price))

    def transfers(self, client: str = "client", node: str = "node") -> tuple[Transfer, ...]:
        """``"client"`` → ``"node 0"``, one for each node."""
        rents = (self.hours * self.nodes.price).tolist()
        return actual(Transfer(client, f"{node} {j}", rent, "USD", "rent") for j, rent in enumerate(rents))


def schedule(tasks: Tasks, nodes: Nodes, rule: str = "longest first") -> Schedule:
    """Place one task after the other, each behind those its node has already, if it is finished by its deadline.

    ========================  ==========================  ==================================
    Rule                      Order of the tasks          Node
    ========================  ==========================  ==================================
    ``"first fit"``           arrival                     the first in the list that fits
    ``"cheapest"``            arrival                     the cheapest for this task
    ``"longest first"``       most work first             where it is finished first
    ``"earliest deadline"``   earliest deadline first     where it is finished first
    ``"priority"``            highest priority first      where it is finished first
    ========================  ==========================  ==================================

    Among equals the first task, then the node where it is finished first, then the first node.

    Args:
        tasks: to be done; a task whose memory no node has, or for which all are too busy, is left undone.
        nodes: that do them.
        rule: one of the above.

    Raises:
        ValueError: an unknown rule.

    Source: Graham (1969); Jackson (1955) for deadlines.

    >>> schedule(Tasks([3, 3, 2, 2, 2]), Nodes([1, 1])).makespan
    7.0
    """
    one_of("rule", rule, RULES)
    keys = {"longest first": -tasks.work, "earliest deadline": tasks.deadline, "priority": -tasks.priority}
    order = np.argsort(levels(keys.get(rule, np.zeros(tasks.work.size))), kind="stable")
    hours = _hours(tasks, nodes)
    node, start = np.full(tasks.work.size, NOBODY, dtype=np.int64), np.zeros(tasks.work.size)
    busy = np.zeros(nodes.speed.size)
    for task in order.tolist():
        finish = busy + hours[task]
        limit = min(tasks.deadline[task], _LARGEST / (2 * tasks.work.size))
        fits = np.flatnonzero(~np.asarray(above(finish, limit, scale=limit * tasks.work.size)))
        if not fits.size:
            continue
        soonest, cost = levels(finish[fits]), levels(hours[task, fits] * nodes.price[fits])
        wish = {"first fit": (fits,), "cheapest": (fits, soonest, cost)}.get(rule, (fits, soonest))
        choice = int(fits[np.lexsort(wish)[0]])
        node[task], start[task], busy[choice] = choice, busy[choice], finish[choice]
    return _timed(tasks, nodes, node, start, hours)


def optimal_schedule(tasks: Tasks, nodes: Nodes, goal: str = "makespan", seconds: float = 60.0) -> Schedule:
    """As many tasks as possible, then the shortest makespan or the lowest cost: an integer programme.

    ``x_ij ∈ {0, 1}``, each task at most once; on each node, the tasks due by any deadline D take at most D hours, which
    is enough for them all to be in time if the earliest deadline goes first. The solver takes a deadline as kept that
    is missed by less than 1e-6 hours.

    Args:
        tasks: to be done.
        nodes: that do them.
        goal: ``"makespan"`` (hours) or ``"cost"`` (USD).
        seconds: of computing at most, > 0: the time grows exponentially, some 15 tasks on 4 nodes are quick.

    Raises:
        ValueError: an unknown goal, or no proof of the optimum in the given time.

    Source: Jackson (1955) for the deadlines; Pinedo, *Scheduling*.

    >>> optimal_schedule(Tasks([3, 3, 2, 2, 2]), Nodes([1, 1])).makespan
    6.0
    """
    one_of("goal", goal, GOALS)
    seconds = one_number("seconds", positive("seconds", seconds))
    hours = _hours(tasks, nodes)
    node = np.full(tasks.work.size, NOBODY, dtype=np.int64)
    pairs = np.argwhere(np.isfinite(hours) & ~np.asarray(above(hours, tasks.deadline[:, np.newaxis])))
    if len(pairs):
        chosen = pairs[_solve(tasks, nodes, hours, pairs, goal, seconds)]
        node[chosen[:, 0]] = chosen[:, 1]
    start = np.zeros(tasks.work.size)
    busy = np.zeros(nodes.speed.size)
    for task in np.argsort(tasks.deadline, kind="stable").tolist():
        if node[task] != NOBODY:
            start[task] = busy[node[task]]
            busy[node[task]] += hours[task, node[task]]
    return _timed(tasks, nodes, node, start, hours)


def shortest_makespan_bound(tasks: Tasks, nodes: Nodes) -> float:
    """No schedule of all tasks is shorter (hours): neither than its longest task, nor than all work at all speeds.

    Raises:
        ValueError: a task that no node can do.
    """
    if not tasks.work.size:
        return 0.0
    hours = _hours(tasks, nodes)
    fastest = np.min(hours, axis=1, initial=np.inf)
    if not np.all(np.isfinite(fastest)):
        raise ValueError(f"tasks[{int(np.argmax(fastest))}] fits on no node: allowed are tasks that some node can do")
    return float(max(np.max(fastest), np.sum(tasks.work) / np.sum(nodes.speed)))


def longest_first_bound(nodes: Amount) -> Amount:
    """Longest first takes at most ``4/3 − 1/(3m)`` times the optimum on m (>= 1) equal nodes, without deadlines.

    Raises:
        ValueError: less than one node.

    Source: Graham (1969).
    """
    return 4 / 3 - 1 / (3 * between("nodes", nodes, 1.0, np.inf, high_open=True))


_LARGEST = np.finfo(float).max


def _hours(tasks: Tasks, nodes: Nodes) -> NDArray[np.float64]:
    """Duration of each task (row) on each node (column), infinite where its memory is too small."""
    too_small = above(tasks.memory[:, np.newaxis], nodes.memory)
    return np.where(too_small, np.inf, tasks.work[:, np.newaxis] / nodes.speed)


def _timed(
    tasks: Tasks, nodes: Nodes, node: NDArray[np.int64], start: NDArray[np.float64], hours: NDArray[np.float64]
) -> Schedule:
    finish = start.copy()
    done = np.flatnonzero(node != NOBODY)
    finish[done] += hours[done, node[done]]
    return Schedule(tasks, nodes, node, start, finish)


def _solve(
    tasks: Tasks, nodes: Nodes, hours: NDArray[np.float64], pairs: NDArray[np.int64], goal: str, seconds: float
) -> NDArray[np.bool_]:
    """Which of the possible pairs of task and node are chosen."""
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, vstack

    task, node = pairs.T
    length = hours[task, node]
    count, columns = len(pairs), np.arange(len(pairs))
    # The last variable is the makespan.
    once = csr_array((np.ones(count), (task, columns)), shape=(tasks.work.size, count + 1))
    load = csr_array((length, (node, columns)), shape=(nodes.speed.size, count + 1)).tolil()
    load[:, [count]] = -1.0
    constraints = [LinearConstraint(once, ub=1.0), LinearConstraint(load.tocsr(), ub=0.0)]
    due = np.unique(tasks.deadline[np.isfinite(tasks.deadline)])
    if due.size:
        early = (np.where(tasks.deadline[task] <= limit, length, 0.0) for limit in due)
        blocks = [csr_array((part, (node, columns)), shape=(nodes.speed.size, count + 1)) for part in early]
        constraints.append(LinearConstraint(vstack(blocks), ub=np.repeat(due, nodes.speed.size)))
    end = time.monotonic() + seconds

    def least(aim: NDArray[np.float64]) -> tuple[float, NDArray[np.bool_]]:
        found = milp(
            aim, integrality=np.append(np.ones(count), 0), bounds=Bounds(0.0, np.append(np.ones(count), np.inf)),
            constraints=constraints, options={"time_limit": max(end - time.monotonic(), 0.0), "mip_rel_gap": 0.0},
        )  # fmt: skip
        if found.status != 0:
            raise ValueError(f"seconds = {seconds:.12g} are too few to prove the optimum of {tasks.work.size} tasks")
        return float(found.fun), found.x[:count] > 0.5

    # Two questions in turn: in one sum, where a task is worth more than any time, HiGHS 1.7 took worse plans for best.
    each = np.append(np.ones(count), 0.0)
    most = -round(least(-each)[0]) if due.size else np.unique(task).size
    constraints.append(LinearConstraint(each, lb=most))
    price = np.append(length * nodes.price[node], 0.0)
    return least(price if goal == "cost" else 1.0 - each)[1]


def _row(name: str, values: Amount, length: int | None = None) -> NDArray[np.float64]:
    """``values`` as one row, of a given length if there is one."""
    row = kept(np.atleast_1d(np.asarray(values, dtype=float)))
    if row.ndim != 1:
        raise ValueError(f"{name} has shape {row.shape}: allowed is a list of numbers")
    if length is None:
        return row
    if row.size not in (1, length):
        raise ValueError(f"{name} has {row.size} entries: allowed are 1 or {length}")
    return np.broadcast_to(row, (length,))
