"""Who gets which task: tasks that look for a node themselves, and one planner who sees all. Reading C7a."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.polynomial.legendre import leggauss
from numpy.typing import ArrayLike, NDArray

from defi_lib.compute import assign, draw_presence, replan, simulate_replanning
from defi_lib.evidence.effects import Control, Registry
from defi_lib.ledger import Ledger

EVIDENCE = Registry("compute")

Array = NDArray[np.float64]

#: Tasks of one kind at one time.
TASKS = 20

_POINTS, _WEIGHTS = leggauss(48)


def asking_extra(free: ArrayLike, view: ArrayLike, unlike: ArrayLike, most: ArrayLike) -> Array:
    """What a task pays above the least cost if it takes the cheapest free node that it sees, or the cloud.

    The extra cost of a pair of task and node is exponential with mean ``unlike``; each node is seen with chance
    ``view``. The cheapest is dearer than x with chance ``(1 − view·(1 − e^(−x/unlike)))^free``, and nobody pays more
    than the cloud's extra, so the mean is the integral of this from 0 to ``most``.

    Args:
        free: nodes that no other task has.
        view: part of the nodes that it sees.
        unlike: mean of the extra cost (part of the least cost).
        most: the cloud's extra cost.

    >>> round(float(asking_extra(10.0, 1.0, 0.5, 5.0)), 4)  # the least of ten
    0.05
    """
    free, view, unlike, most = np.broadcast_arrays(*(np.asarray(each, float) for each in (free, view, unlike, most)))
    # Most of the integral lies near 0: x = most·u³ for u from 0 to 1.
    part = (_POINTS + 1) / 2
    x = np.multiply.outer(part**3, most)
    dearer = (1 - view * -np.expm1(-x / np.maximum(unlike, 1e-9))) ** free
    return most * np.tensordot(3 * part**2 * _WEIGHTS / 2, dearer, axes=1)


def planned_extra(tasks: int, nodes: ArrayLike, unlike: ArrayLike) -> Array:
    """What a task pays above the least cost in the best plan, on average: exact for exponential extra costs.

    ``unlike/n · Σ (H_n − H_j)/(m − j)`` over j from 0 to n − 1, with n tasks, m nodes and ``H_n = 1 + 1/2 + … + 1/n``.

    Source: Coppersmith, Sorkin (1999); proved by Linusson, Wästlund (2004) and Nair, Prabhakar, Sharma (2005).

    >>> round(float(planned_extra(1, 4.0, 1.0)), 4), round(float(planned_extra(2, 2.0, 1.0)), 4)
    (0.25, 0.625)
    """
    sums = np.cumsum(1 / np.arange(1, tasks + 1))
    before = np.concatenate([[0.0], sums[:-1]])
    left = np.add.outer(-np.arange(tasks), np.asarray(nodes, float))
    return np.asarray(unlike) / tasks * np.tensordot(sums.max() - before, 1 / left, axes=1)


def asking_cost(
    plenty: ArrayLike, seen: ArrayLike, unlike: ArrayLike, known: ArrayLike, cloud: ArrayLike, tasks: int = TASKS
) -> Array:
    """Mean cost of a task that asks while all others have a node: least cost 1, and what it pays above.

    Args:
        plenty: nodes for each task.
        seen: how many nodes it sees on average that are there, at most all.
        unlike: mean extra cost of a node by lot.
        known: part of the choices in which costs are known; in the others it takes the first free node, or the cloud
            where that is cheaper than a node by lot.
        cloud: the cloud's price.
        tasks: how many.
    """
    nodes = tasks * np.asarray(plenty, float)
    view, free = np.minimum(np.asarray(seen, float) / nodes, 1.0), nodes - (tasks - 1)
    none = (1 - view) ** free
    most, knows = np.asarray(cloud, float) - 1, np.asarray(known, float)
    blind = np.minimum(unlike, most) * (1 - none) + most * none
    return 1 + knows * asking_extra(free, view, unlike, most) + (1 - knows) * blind


def planned_cost(plenty: ArrayLike, unlike: ArrayLike, known: ArrayLike, cloud: ArrayLike, tasks: int = TASKS) -> Array:
    """Mean cost of a task in the best plan of somebody who sees all nodes, and knows the costs of some tasks only.

    Those whose costs are known (a binomial number) are planned as if alone; the others take what is left, by lot. Who
    may use the cloud does so where all on average would pay more; a plan that sends single tasks there is a little
    cheaper still.

    Args:
        plenty: nodes for each task.
        unlike: mean extra cost of a node by lot.
        known: part of the tasks whose costs are known.
        cloud: its price.
        tasks: how many.

    >>> round(float(planned_cost(1.5, 0.5, 1.0, 3.0)), 4), round(float(planned_cost(1.5, 0.5, 0.0, 3.0)), 4)
    (1.0206, 1.5)
    """
    nodes, most, knows = tasks * np.asarray(plenty, float), np.asarray(cloud, float) - 1, np.asarray(known, float)
    extra = (1 - knows) * np.minimum(unlike, most)
    for count in np.arange(1, tasks + 1).astype(np.int64).tolist():
        chance = comb(tasks, count) * knows**count * (1 - knows) ** (tasks - count)
        extra = extra + chance * count / tasks * np.minimum(planned_extra(count, nodes, unlike), most)
    return 1 + extra


# Forty nodes for twenty tasks, all in view and all alike; one of them in view: none of the free ones, so often.
_ALIKE = {
    "plenty": 2.0, "seen": 400.0, "unlike": 0.0, "leave": 0.0, "age": 0.0, "known": 1.0, "cloud": 3.0, "moving": 0.0,
}  # fmt: skip
_NONE = (39 / 40) ** 21


@EVIDENCE.model(
    "C7a",
    placebos=[
        {"unlike": 0.0, "seen": 400.0, "age": 0.0},  # all nodes suit all tasks alike
        {"known": 0.0, "seen": 400.0, "age": 0.0},  # nobody knows which does
    ],
    controls=[
        Control(_ALIKE | {"seen": 1.0}, -2 * _NONE),  # if none of the 21 free ones is in view, the cloud
        Control(_ALIKE | {"seen": 1.0, "leave": 0.5, "moving": 2.0}, -2 * _NONE / 2),
        Control(_ALIKE | {"seen": 2.0, "leave": 0.5, "age": 1.0}, -2 * _NONE),  # half of the list is gone
        Control(_ALIKE | {"unlike": 0.5}, 1 - (1 + 0.5 / 21) / (1 + float(planned_extra(20, 40.0, 0.5))), 1e-6),
        # By an adaptive quadrature, and the sums written out.
        Control(
            {"plenty": 2, "seen": 4, "unlike": 0.8, "leave": 0.2, "age": 3, "known": 0.6, "cloud": 3, "moving": 1},
            -0.5032717794308541,
            1e-6,
        ),
        Control(
            {"plenty": 1.1, "seen": 20, "unlike": 2, "leave": 0.3, "age": 1, "known": 0.5, "cloud": 1.2, "moving": 0.5},
            -0.030066326762740347,
            1e-6,
        ),
        Control(
            {"plenty": 1.1, "seen": 20, "unlike": 4, "leave": 0.3, "age": 1, "known": 0.5, "cloud": 1.2, "moving": 0.5},
            0.0,  # all end up at the cloud's price
            1e-6,
        ),
    ],
)
def dearer_than_planned(
    plenty: Array, seen: Array, unlike: Array, leave: Array, age: Array, known: Array, cloud: Array, moving: Array
) -> Array:
    """What tasks that look for a node themselves pay more than in the best plan, below 0.

    Each task keeps its node until it leaves, and then asks again, while all others have one. The planner sees all, and
    knows costs as often as who asks; he divides all anew every hour and pays nothing for moving a task whose node is
    still there: the most that planning can win. Who loses a node pays for that on both sides.

    Args:
        plenty: nodes that are there, for each of twenty tasks.
        seen: nodes on the list that a task sees on average.
        unlike: mean extra cost of a node by lot (part of the least cost).
        leave: part of the nodes that leave within an hour.
        age: of the list (hours): who left since is on it, and who joined is not.
        known: part of the choices in which true costs are known.
        cloud: price outside, in least costs.
        moving: what a lost node costs besides, in hours of work at the least cost.
    """
    there = seen * (1 - leave) ** age
    lost = leave * moving
    asking = asking_cost(plenty, there, unlike, known, cloud)
    best = np.minimum(planned_cost(plenty, unlike, known, cloud), asking)  # whoever plans can also let them ask
    return 1 - (asking + lost) / (best + lost)


def market(seen: ArrayLike, plenty: float, unlike: float, known: float) -> dict[str, ArrayLike]:
    """What lesson 7.5 explores: ten tasks, a cloud at three times the least cost, nobody leaves.

    Args:
        seen: nodes that a task sees.
        plenty: nodes for each task.
        unlike: mean extra cost of a node by lot.
        known: part of the choices in which costs are known.

    >>> found = market(5.0, 2.0, 0.4, 1.0)
    >>> {name: round(float(value), 3) for name, value in found.items()}
    {'Asking': 1.258, 'Best plan': 1.023, 'more': 0.23}
    """
    asking = asking_cost(plenty, seen, unlike, known, 3.0, tasks=10)
    best = planned_cost(plenty, unlike, known, 3.0, tasks=10)
    return {"Asking": asking, "Best plan": best + 0 * asking, "more": asking / best - 1}


def tables(number: int, tasks: int = TASKS, nodes: int = 30, unlike: float = 0.5, seed: int = 5) -> NDArray[np.float64]:
    """Costs of tasks (rows) on nodes (columns), several times: 1 and something exponential."""
    return 1 + unlike * np.random.default_rng(seed).exponential(size=(number, tasks, nodes))


def old_list(gone: int, cloud: float = 3.0, unlike: float = 0.3, number: int = 60) -> dict[str, float]:
    """A plan from a list on which some of thirty nodes are gone: its cost above the best, by what lost tasks do.

    Args:
        gone: how many nodes have left since the list was made.
        cloud: price outside.
        unlike: mean extra cost of a node by lot.
        number: of tables, whose mean is returned.

    >>> {name: round(more, 2) for name, more in old_list(3, number=5).items()}["a new plan"]
    0.0
    """
    there = np.arange(30) >= gone
    rows = []
    for costs in tables(number, unlike=unlike):
        plan = assign(costs, "optimal", cloud)
        asked = assign(np.where(there, costs, np.inf), "cheapest", cloud)
        plans = [replan(plan, costs, there, lost) for lost in ("cloud", "asks", "new plan")]
        best = plans[-1].cost
        rows.append([each.cost / best - 1 for each in plans] + [asked.cost / best - 1])
    names = "the plan, lost tasks to the cloud", "the plan, lost tasks ask", "a new plan", "asking, no plan"
    return dict(zip(names, np.mean(rows, axis=0).tolist(), strict=True))


def hour_by_hour(
    leave: float = 0.1, join: float = 0.2, hours: int = 48, number: int = 4, *, cloud: float = 2.2, unlike: float = 0.5
) -> dict[str, float]:
    """Two days in which nodes leave and others join: cost above the best plan of each hour, by what lost tasks do.

    Twenty tasks, and forty-five nodes of which two thirds are there at a time; all is known. The last row plans anew,
    and pays a quarter of an hour's work for each task that it moves.

    Args:
        leave: chance that a node which is there leaves within an hour.
        join: chance that a node which is away comes within an hour.
        hours: after which it ends.
        number: of markets, whose mean is returned.
        cloud: price outside.
        unlike: mean extra cost of a node by lot.

    >>> found = hour_by_hour(number=1)
    >>> found["new plan"] < found["new plan, moves cost"] < found["cloud"] > found["asks"] > 0
    True
    """
    rng = np.random.default_rng(8)
    costs_of = tables(number, TASKS, 45, unlike, seed=9)
    markets = [(costs, draw_presence(hours, 45, leave, join, rng)) for costs in costs_of]
    ways = {"cloud": 0.0, "asks": 0.0, "new plan, moves cost": 0.25, "new plan": 0.0}
    found = {}
    for name, moving in ways.items():
        lost = name.split(",")[0]
        runs = [simulate_replanning(costs, there, cloud, lost, moving=moving) for costs, there in markets]
        found[name] = float(np.mean([run.extra.sum() / run.best.sum() for run in runs]))
    return found


def other_planners() -> tuple[dict[str, float], float]:
    """Today's market against other planners, and what not knowing costs the reading's own (part of the costs).

    Against one who alone knows all; and, all known to both, two days simulated, less what moving costs the planner, and
    one morning in which all ask in turn.

    >>> others, blind = other_planners()
    >>> others["one morning"] < others["two days simulated"] < blind < others["he alone knows all"]
    True
    """
    plenty, unlike, cloud, known, lost = 1.5, 0.5, 2.2, 0.8, 0.1 * 0.25
    informed = float(planned_cost(plenty, unlike, 1.0, cloud)) + lost
    asks = float(asking_cost(plenty, 30 * 0.9**0.25, unlike, known, cloud)) + lost
    days = hour_by_hour(number=12, cloud=cloud, unlike=unlike)
    others = {
        "he alone knows all": asks / informed - 1,
        "two days simulated": days["asks"],
        "his moves cost": days["asks"] - days["new plan, moves cost"],
        "one morning": old_list(0, cloud, unlike)["asking, no plan"],
    }
    return others, (float(planned_cost(plenty, unlike, known, cloud)) + lost) / informed - 1


def own_best(number: int = 200) -> float:
    """Part of the tasks that have the node which is cheapest for them, in the best plan.

    >>> 0.5 < own_best(20) < 0.8
    True
    """
    plans = [assign(costs, "optimal") for costs in tables(number)]
    return float(np.mean([plan.nodes == plan.costs.argmin(axis=1) for plan in plans]))


def learnt(past: int, liars: float = 0.0, *, draws: int = 4_000, nodes: int = 10) -> float:
    """Extra cost of the node that looks best after some past tasks on each; after none, by what nodes say themselves.

    A past task shows a node's extra cost times an exponential number with mean 1 (its own luck). A liar says 0.

    Args:
        past: tasks that each node has done before.
        liars: part of the nodes that lie.
        draws: markets, whose mean is returned.
        nodes: in each of them.

    Returns:
        In units of a node by lot.

    >>> learnt(0) < learnt(100) < learnt(3) < learnt(1) < 1
    True
    """
    rng = np.random.default_rng(11)
    true, lies = rng.exponential(size=(draws, nodes)), rng.random((draws, nodes)) < liars
    looks = true * rng.gamma(past, 1 / past, size=true.shape) if past else np.where(lies, 0.0, true)
    return float(np.mean(np.take_along_axis(true, looks.argmin(axis=1)[:, np.newaxis], axis=1)))


def one_day(cloud: float = 3.0, seen: int = 3) -> dict[str, Ledger]:
    """A day of ten tasks and twelve nodes an hour, booked three ways (dollars): a narrow view, an open list, one owner.

    Nodes are paid what the task costs on them. The owner of all twelve plans, and asks what clients pay with the open
    list.

    Args:
        cloud: price of a task outside.
        seen: nodes that a task with a narrow view sees.

    >>> round(one_day()["one owner"].balance("owner", "USD"), 1)
    7.8
    """
    everybody = {"clients": "clients", "nodes": "nodes", "cloud": "cloud", "owner": "owner"}
    names = "asking three", "asking all", "one owner"
    books, rng = {name: Ledger(everybody) for name in names}, np.random.default_rng(3)
    for costs in tables(24, 10, 12, 0.5, seed=2):
        drawn = rng.random(costs.shape)
        narrow = np.where(drawn <= np.sort(drawn, axis=1)[:, [seen - 1]], costs, np.inf)
        for name, table in zip(names, (narrow, costs), strict=False):
            plan = assign(table, "cheapest", cloud)
            outside = cloud * np.sum(~plan.done)
            books[name].record("clients", "nodes", plan.cost - outside, "USD", "rent")
            books[name].record("clients", "cloud", outside, "USD", "rent")
        books["one owner"].record("clients", "owner", plan.cost, "USD", "rent")
        books["one owner"].record("owner", "nodes", assign(costs, "optimal", cloud).cost, "USD", "rent")
    for book in books.values():
        book.check_conserved()
    return books
