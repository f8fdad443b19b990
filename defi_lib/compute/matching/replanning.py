"""Nodes leave and join after the plan was made: what becomes of a task whose node is gone."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.compute.matching.assignment import NOBODY, Assignment, assign
from defi_lib.compute.matching.churn import online_share
from defi_lib.ledger.transfer import Transfer
from defi_lib.renamed import renamed
from defi_lib.validation import Amount, at_least, between, non_negative, one_number, one_of

LOST = ("asks", "cloud", "new plan")


class Replan(NamedTuple):
    """A plan after nodes left and joined."""

    before: NDArray[np.int64]  #: node of each task in the old plan, ``NOBODY`` (-1) for none
    lost: NDArray[np.bool_]  #: tasks whose node is gone
    after: Assignment  #: who does what now; its costs are infinite where nobody is
    moving: float  #: USD for each task that leaves a node which is still there

    @property
    def moved(self) -> NDArray[np.bool_]:
        """Tasks that left a node which is still there."""
        return (self.before != NOBODY) & ~self.lost & (self.after.nodes != self.before)

    @property
    def rescued(self) -> NDArray[np.bool_]:
        """Lost tasks that another node does now; the others went to the cloud."""
        return self.lost & self.after.done

    @property
    def moving_cost(self) -> float:
        """USD for all moves."""
        return self.moving * int(np.sum(self.moved))

    @property
    def cost(self) -> float:
        """Of all tasks and all moves (USD)."""
        return self.after.cost + self.moving_cost

    def transfers(
        self, client: str = "client", node: str = "node", cloud: str = "cloud", carrier: str = "network"
    ) -> tuple[Transfer, ...]:
        """``"client"`` → ``"node 0"``, one for each node that works, the ``"cloud"``; for moves the ``"network"``."""
        rents = self.after.transfers(client, node, cloud)
        moves = Transfer(client, carrier, self.moving_cost, "USD", "moving")
        return (*rents, moves) if self.moving_cost > 0 else rents


def replan(
    plan: Assignment, costs: Amount, there: NDArray[np.bool_], lost: str = "asks", *, moving: float = 0.0
) -> Replan:
    """Nodes have left, others have joined: a task whose node is gone is lost, and something must become of it.

    ``"cloud"``: it is done outside; nothing else changes. ``"asks"``: each task without a node, in order of arrival,
    takes the cheapest node that is there and free, if that costs less than outside; tasks that have a node keep it.
    ``"new plan"``: the optimum over all nodes that are there, where a task that leaves a node which is still there pays
    for moving. With free moves it is the plan that somebody makes who knows everything; with dear ones only lost tasks
    and those outside are planned anew.

    Args:
        plan: made from an old list of nodes; its ``outside`` holds.
        costs: USD of each task (row) on each node (column) as they are now, >= 0, infinite where impossible or not
            seen. The nodes of the plan come first; those after them have joined since.
        there: for each column, whether that node is there now.
        lost: ``"asks"``, ``"cloud"`` or ``"new plan"``.
        moving: USD for each task that leaves a node which is still there (its data travel, work begins again), >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> plan = assign([[1.0, 2.0, 4.0], [3.0, 1.0, 2.0]], "optimal", outside=9.0)
    >>> for lost in LOST:
    ...     new = replan(plan, plan.costs, [True, False, True], lost)
    ...     print(lost, new.after.nodes.tolist(), new.cost)
    asks [0, 2] 3.0
    cloud [0, -1] 10.0
    new plan [0, 2] 3.0
    """
    one_of("lost", lost, LOST)
    moving = one_number("moving", non_negative("moving", moving))
    # The table that is now, read and checked as any other; who is away does nothing.
    table = assign(costs, "first fit").costs
    online = np.asarray(there)
    if online.dtype != np.bool_ or online.shape != table.shape[1:]:
        raise ValueError(
            f"there has shape {online.shape} of {online.dtype}: "
            f"allowed is True or False for each of the {table.shape[1]} nodes"
        )
    if table.shape[0] != plan.costs.shape[0] or table.shape[1] < plan.costs.shape[1]:
        raise ValueError(
            f"costs has shape {table.shape}: allowed are the {plan.costs.shape[0]} tasks of the plan "
            f"and its {plan.costs.shape[1]} nodes or more"
        )
    table = np.where(online, table, np.inf)
    before = plan.nodes
    gone = plan.done & ~online[before] if online.size else plan.done.copy()
    kept = plan.done & ~gone
    if lost == "new plan":
        return Replan(before, gone, _new_plan(table, plan.outside, np.where(kept, before, NOBODY), moving), moving)
    nodes = np.where(kept, before, NOBODY)
    if lost == "asks":
        asking = np.flatnonzero(~kept)
        free = table[asking]
        free[:, nodes[kept]] = np.inf
        nodes[asking] = assign(free, "cheapest", plan.outside[asking]).nodes
    return Replan(before, gone, _paid(table, plan.outside, nodes), moving)


def _new_plan(
    table: NDArray[np.float64], outside: NDArray[np.float64], stays: NDArray[np.int64], moving: float
) -> Assignment:
    """The optimum where each task that leaves the node ``stays`` pays for moving, to the cloud as well."""
    tied = stays != NOBODY
    leaving = np.where(tied, moving, 0.0)
    away = table + leaving[:, np.newaxis]
    away[tied, stays[tied]] = table[tied, stays[tied]]
    return _paid(table, outside, assign(away, "optimal", outside + leaving).nodes)


def _paid(table: NDArray[np.float64], outside: NDArray[np.float64], nodes: NDArray[np.int64]) -> Assignment:
    """An assignment in which each node that works is paid its cost."""
    paid = np.zeros(table.shape[1])
    working = np.flatnonzero(nodes != NOBODY)
    paid[nodes[working]] = table[working, nodes[working]]
    return Assignment(table, outside, nodes, paid)


class ReplanRun(NamedTuple):
    """Hours along the axis."""

    cost: NDArray[np.float64]  #: USD of all tasks in this hour, moves included
    best: NDArray[np.float64]  #: USD of the best plan of this hour, if every move were free
    lost: NDArray[np.int64]  #: tasks whose node left before this hour
    moved: NDArray[np.int64]  #: tasks that left a node which was still there
    outside: NDArray[np.int64]  #: tasks that the cloud does

    @property
    def extra(self) -> NDArray[np.float64]:
        """USD above the best plan, hour by hour; never negative but for rounding."""
        return self.cost - self.best


@renamed(random="rng")
def draw_presence(hours: int, nodes: int, leave: float, join: float, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Who is there, hour by hour (rows) and node by node: each leaves and comes back by chance, from the long run on.

    Args:
        hours: >= 0.
        nodes: >= 0.
        leave: chance that a node which is there leaves within an hour, in [0, 1].
        join: chance that a node which is away comes back within an hour, in [0, 1].
        rng: where the randomness comes from.

    Raises:
        ValueError: an argument outside its range.

    >>> draw_presence(2, 3, 0.0, 0.5, np.random.default_rng(1)).all().item()  # who never leaves is there
    True
    """
    shape = at_least("hours", hours, 0), at_least("nodes", nodes, 0)
    leave = one_number("leave", between("leave", leave, 0.0, 1.0))
    join = one_number("join", between("join", join, 0.0, 1.0))
    luck, there = rng.random(shape), np.zeros(shape, dtype=bool)
    for hour in range(shape[0]):
        chance = np.where(there[hour - 1], 1 - leave, join) if hour else online_share(leave, join)
        there[hour] = luck[hour] < chance
    return there


def simulate_replanning(
    costs: Amount, there: NDArray[np.bool_], outside: Amount, lost: str = "asks", *, moving: float = 0.0
) -> ReplanRun:
    """A first plan, the optimum of the first hour; then, hour by hour, nodes leave and join, and :func:`replan` acts.

    Who asks never moves again by himself, and so keeps a dear node when a cheap one joins; a new plan uses it.

    Args:
        costs: USD per hour of each task (row) on each node (column), >= 0, infinite where impossible.
        there: hours (rows, one or more) and nodes (columns): who is there.
        outside: USD per hour for a task done by the cloud, >= 0, finite, one or one per task.
        lost: ``"asks"``, ``"cloud"`` or ``"new plan"``.
        moving: USD for each task that leaves a node which is still there, >= 0.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    >>> there = np.array([[True, False], [True, True], [False, True]])
    >>> simulate_replanning([[2.0, 1.0]], there, 5.0, "asks").cost.tolist()
    [2.0, 2.0, 1.0]
    >>> simulate_replanning([[2.0, 1.0]], there, 5.0, "new plan").cost.tolist()
    [2.0, 1.0, 1.0]
    """
    one_of("lost", lost, LOST)
    non_negative("outside", outside)
    online = np.asarray(there)
    if online.dtype != np.bool_ or online.ndim != 2 or not len(online):
        raise ValueError(f"there has shape {online.shape} of {online.dtype}: allowed are hours × nodes, True or False")
    table = assign(costs, "first fit").costs
    if online.shape[1] != table.shape[1]:
        raise ValueError(
            f"there has shape {online.shape}: allowed is one column for each of the {table.shape[1]} nodes"
        )
    plan = assign(np.where(online[0], table, np.inf), "optimal", outside)
    rows = []
    for hour in online:
        new = replan(plan, table, hour, lost, moving=moving)
        best = assign(np.where(hour, table, np.inf), "optimal", outside).cost
        rows.append((new.cost, best, new.lost.sum(), new.moved.sum(), (~new.after.done).sum()))
        plan = new.after
    cost, best, gone, moved, elsewhere = np.transpose(rows)
    return ReplanRun(cost, best, *(column.astype(np.int64) for column in (gone, moved, elsewhere)))
