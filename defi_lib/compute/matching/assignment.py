"""Assignment: every node takes at most one task. First fit, cheapest first, the optimum, and its VCG payments.

The optimum is found by scipy, which is loaded only when it is asked for.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from defi_lib.frozen import kept
from defi_lib.ledger import former
from defi_lib.ledger.transfer import Transfer, actual
from defi_lib.rounding import above
from defi_lib.validation import Amount, non_negative, one_of

RULES = ("first fit", "cheapest", "optimal")

#: In the place of a node: the task is done by none.
NOBODY = -1


@former.with_payments
class Assignment(NamedTuple):
    """Who does what, and who is paid what."""

    costs: NDArray[np.float64]  #: USD of each task (row) on each node (column); infinite where impossible
    outside: NDArray[np.float64]  #: USD for each task done elsewhere, by a cloud; infinite without one
    nodes: NDArray[np.int64]  #: of each task, ``NOBODY`` (-1) for those that no node does
    paid: NDArray[np.float64]  #: USD to each node

    @property
    def done(self) -> NDArray[np.bool_]:
        """Which tasks a node does."""
        return self.nodes != NOBODY

    @property
    def task_costs(self) -> NDArray[np.float64]:
        """Cost (USD) of each task, on its node or outside; 0 for a task that nobody does."""
        elsewhere = np.where(np.isfinite(self.outside), self.outside, 0.0)
        if not self.costs.size:
            return elsewhere
        chosen = self.costs[np.arange(len(self.nodes)), np.maximum(self.nodes, 0)]
        return np.where(self.done, chosen, elsewhere)

    @property
    def cost(self) -> float:
        """Cost of all tasks that are done, outside included (USD)."""
        return float(np.sum(self.task_costs))

    def transfers(self, client: str = "client", node: str = "node", cloud: str = "cloud") -> tuple[Transfer, ...]:
        """``"client"`` → ``"node 0"``, one for each node that works, and to the ``"cloud"`` for all that it does."""
        elsewhere = float(np.sum(self.outside, where=~self.done & np.isfinite(self.outside)))
        working = np.sort(self.nodes[self.done]).tolist()
        nodes = (Transfer(client, f"{node} {j}", float(self.paid[j]), "USD", "rent") for j in working)
        return actual([*nodes, Transfer(client, cloud, elsewhere, "USD", "rent")])


def assign(costs: Amount, rule: str = "optimal", outside: Amount | None = None) -> Assignment:
    """Give each task to a node, at most one to each, nodes being paid their cost.

    First fit: tasks in order of arrival, each to the first free node that can do it. Cheapest: each to the cheapest
    free node. Optimal: as many tasks as possible at the lowest sum of costs (the Hungarian method).

    Args:
        costs: USD of each task (row) on each node (column), >= 0, infinite where the node cannot do it; no rows or no
            columns are allowed.
        rule: ``"first fit"``, ``"cheapest"`` or ``"optimal"``.
        outside: USD for a task done elsewhere, >= 0, one or one per task: no node is taken that costs more.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Kuhn (1955), Munkres (1957). Real markets decide task by task, as the first two rules do, because the next
    task is not known.

    >>> assign([[4, 1, 3], [2, 0, 5], [3, 2, 2]], "optimal").nodes.tolist()
    [1, 0, 2]
    """
    one_of("rule", rule, RULES)
    table, elsewhere = _costs(costs, outside)
    useful = np.where(above(table, elsewhere[:, np.newaxis]), np.inf, table)
    nodes = _optimal(useful, elsewhere) if rule == "optimal" else _one_by_one(useful, first=rule == "first fit")
    result = Assignment(table, elsewhere, nodes, np.zeros(table.shape[1]))
    working = np.flatnonzero(result.done)
    result.paid[nodes[working]] = table[working, nodes[working]]
    return result


def vcg_assignment(costs: Amount, outside: Amount) -> Assignment:
    """The optimal assignment, each node paid what its absence would cost: ``cost without it − (cost − its cost)``.

    To say its true costs is the best a node can do; it never loses, and the client never pays more than outside.
    The price is time: one assignment more for each node that works.

    Args:
        costs: USD of each task (row) on each node (column), >= 0, infinite where the node cannot do it.
        outside: USD for a task done elsewhere, >= 0, finite, one or one per task.

    Raises:
        ValueError: an argument outside its range, or shapes that do not fit together.

    Source: Vickrey (1961), Clarke (1971), Groves (1973). Nodes that work together, or one that poses as several, can
    gain by lies.

    >>> vcg_assignment([[1.0, 2.0], [3.0, 1.0]], 5.0).paid
    array([5., 5.])
    """
    best = assign(costs, "optimal", non_negative("outside", outside))
    for task in np.flatnonzero(best.done).tolist():
        node = int(best.nodes[task])
        without = assign(np.delete(best.costs, node, axis=1), "optimal", best.outside)
        # Task by task, so that equal costs cancel exactly.
        best.paid[node] = best.costs[task, node] + np.sum(without.task_costs - best.task_costs)
    return best


def levels(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Ranks from 0 along the last axis, the same for numbers that are equal to within rounding.

    >>> levels(np.array([0.3, 0.1, 0.1 + 0.2])).tolist()
    [1, 0, 1]
    """
    order = np.argsort(values, axis=-1, kind="stable")
    rising = np.take_along_axis(values, order, axis=-1)
    ranks = np.zeros(values.shape, dtype=np.int64)
    steps = np.cumsum(above(rising[..., 1:], rising[..., :-1]), axis=-1)
    np.put_along_axis(ranks, order[..., 1:], steps, axis=-1)
    return ranks


def _one_by_one(costs: NDArray[np.float64], first: bool) -> NDArray[np.int64]:
    """The node of each task, in order of arrival."""
    nodes = np.full(costs.shape[0], NOBODY, dtype=np.int64)
    if not costs.shape[1]:
        return nodes
    free = np.zeros(costs.shape[1])
    for task, row in enumerate(costs if first else np.where(np.isfinite(costs), levels(costs), np.inf)):
        choice = row + free
        node = int(np.argmax(choice < np.inf)) if first else int(np.argmin(choice))
        if choice[node] < np.inf:
            nodes[task], free[node] = node, np.inf
    return nodes


def _optimal(costs: NDArray[np.float64], outside: NDArray[np.float64]) -> NDArray[np.int64]:
    """The node of each task: the largest sum of savings against doing it outside."""
    from scipy.optimize import linear_sum_assignment

    nodes = np.full(costs.shape[0], NOBODY, dtype=np.int64)
    possible = np.isfinite(costs)
    if not possible.any():
        return nodes
    # Without an outside, a task left undone costs more than any other choice for all tasks together could save.
    spread = float(np.ptp(costs[possible])) + 1.0
    never = float(np.max(costs[possible])) + min(costs.shape) * spread
    at_most = np.where(np.isfinite(outside), outside, never)[:, np.newaxis]
    savings = np.subtract(at_most, costs, out=np.zeros(costs.shape), where=possible)
    tasks, columns = linear_sum_assignment(savings, maximize=True)
    good = possible[tasks, columns]
    nodes[tasks[good]] = columns[good]
    return nodes


def _costs(costs: Amount, outside: Amount | None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The table of costs, and the cost outside for each task."""
    table = kept(np.asarray(costs, dtype=float))
    if table.ndim != 2:
        raise ValueError(f"costs has shape {table.shape}: allowed is a table, tasks in rows and nodes in columns")
    non_negative("costs", np.where(table == np.inf, 0.0, table))
    elsewhere = np.asarray(np.inf if outside is None else outside, dtype=float)
    if not elsewhere.ndim:
        one = float(elsewhere)
        return table, np.full(table.shape[0], one if one == np.inf else non_negative("outside", one))
    non_negative("outside", np.where(elsewhere == np.inf, 0.0, elsewhere))
    if elsewhere.shape != table.shape[:1]:
        raise ValueError(f"outside has shape {elsewhere.shape}: allowed are one number or one for each of the tasks")
    return table, kept(elsewhere)
