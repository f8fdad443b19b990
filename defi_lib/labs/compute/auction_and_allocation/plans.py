"""Questions 1 and 2: who does what."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import Any

import numpy as np

from defi_lib.compute import (
    assign,
)
from defi_lib.labs.compute.auction_and_allocation.liars import (
    Table,
    copied,
)
from defi_lib.labs.compute.auction_and_allocation.shared import (
    Node,
    Task,
    greedy_plans,
    judged,
    lab,
    misformed,
    plan_cost,
    random_table,
)
from defi_lib.labs.kit import Part


def _hours(task: Task, node: Node) -> float:
    return task.work / node.speed


def _referee(plan: Any, tasks: Sequence[Task], nodes: Sequence[Node]) -> str:
    """The first decision of a plan that "each task to the cheapest free node" would not have made."""
    wrong_form = misformed(plan, len(tasks), len(nodes))
    if wrong_form:
        return wrong_form
    free = list(range(len(nodes)))
    for number, (task, chosen) in enumerate(zip(tasks, plan, strict=True)):
        hours = [_hours(task, node) for node in nodes]
        fit = [j for j in free if task.memory <= nodes[j].memory and hours[j] <= task.deadline]
        cost = [time * node.price for time, node in zip(hours, nodes, strict=True)]
        if chosen is not None and chosen not in fit:
            if nodes[chosen].memory < task.memory:
                return f"Task {number} needs {task.memory} GB, and node {chosen} has only {nodes[chosen].memory}."
            took = f"takes {hours[chosen]:g} hours on node {chosen}"
            return f"Task {number} {took}, and it must be finished within {task.deadline} hours."
        if fit:
            best = min(fit, key=cost.__getitem__)
            if chosen != best:
                return _wrong_choice(number, task, chosen, best, nodes, fit)
            free.remove(best)
    return ""


def _wrong_choice(
    number: int, task: Task, chosen: int | None, best: int, nodes: Sequence[Node], fit: Sequence[int]
) -> str:
    """Why the task should have gone to the node ``best``."""
    enough = ""
    if task.memory == nodes[best].memory:
        enough = f" It has exactly the {task.memory} GB that are needed, which is enough."
    if _hours(task, nodes[best]) == task.deadline:
        enough += " It is finished exactly at the deadline, which is in time."
    if chosen is None:
        return f"Task {number} fits on node {best}, which is free, and you sent it to the cloud.{enough}"
    cost, least = (_hours(task, nodes[j]) * nodes[j].price for j in (chosen, best))
    if cost == least:
        return f"Nodes {best} and {chosen} do task {number} for the same price: take the first."
    if enough:
        pass
    elif nodes[chosen].price == min(nodes[j].price for j in fit):
        enough = " The lowest price of an hour is not the lowest cost: a slow node takes more hours."
    elif nodes[chosen].speed == max(nodes[j].speed for j in fit):
        enough = " The fastest is not the cheapest."
    compared = f"costs {cost:.2f} on node {chosen}, and only {least:.2f} on node {best}"
    return f"Task {number} {compared}, which is free too.{enough}"


def _crowd(rng: np.random.Generator, tight: bool) -> tuple[list[Task], list[Node]]:
    """Tasks and nodes for which every usual mistake makes another plan; if ``tight``, not everything fits."""
    while True:
        sizes = (8, 16, 24) if tight else (8,)
        tasks = [
            Task(int(rng.integers(2, 13)), int(rng.choice(sizes)), int(rng.integers(2, 13)) if tight else 48)
            for _ in range(5)
        ]
        nodes = [
            Node(
                float(rng.choice([0.5, 1, 2, 4])),
                int(rng.choice([8, 16, 24])) if tight else 24,
                rng.integers(2, 20) / 20,
            )
            for _ in range(6)
        ]
        work, memory, deadline = np.array(tasks, dtype=float).T[..., np.newaxis]
        speed, room, price = np.array(nodes).T
        hours = work / speed
        costs = hours * price
        small, late = memory > room, hours > deadline
        right = np.where(small | late, inf, costs)
        spread = np.diff(np.sort(costs, axis=1), axis=1)
        wrong = [np.where(late, inf, costs), np.where(small, inf, costs)]
        wrong += [np.where((memory >= room) | late, inf, costs), np.where(small | (hours >= deadline), inf, costs)]
        wrong = wrong if tight else [hours, np.broadcast_to(price, costs.shape)]
        plans = [assign(table, "cheapest").nodes.tolist() for table in (right, *wrong)]
        alone = np.argmin(right, axis=1).tolist()  # as if no node were ever taken
        if plans[0] not in [*plans[1:], alone] and spread.min() > 1e-3 and (-1 in plans[0]) == tight:
            return tasks, nodes


@lab.question(
    "first_come",
    points=3,
    hints=(
        "For one task: which nodes are still free, have the memory, and finish in time?",
        (
            "Collect the costs of those nodes, take the cheapest, the first among equals, and write its number "
            "into the plan; without any, write `None`."
        ),
    ),
)
def _first_come(rng: np.random.Generator, first_come: Any) -> Iterator[Part]:
    idle = True  # does it hand out nothing at all?
    for tight in (False, True):
        tasks, nodes = _crowd(rng, tight)
        plan = first_come(list(tasks), list(nodes))
        yield Part(1, _referee(plan, tasks, nodes))
        idle = idle and all(node is None for node in plan)
    nodes = [nodes[0]._replace(memory=48, price=9.0), *[nodes[1]._replace(memory=48, price=0.1)] * 3]  # three twins
    tasks = [task._replace(deadline=48) for task in tasks]
    yield Part(0.5, _referee(first_come(list(tasks), list(nodes)), tasks, nodes))
    nobody = _referee(first_come(list(tasks), []), tasks, [])
    nothing = _referee(first_come([], list(nodes)), [], nodes)
    at_the_end = (nobody and f"Without any node: {nobody}") or (nothing and f"Without any task: {nothing}")
    yield Part(0.5, at_the_end or ("Only without any node the cloud does everything." if idle else ""))


def _tricky_table(rng: np.random.Generator, tasks: int, nodes: int, gaps: int) -> tuple[Table, float]:
    """A table on which greedy plans differ and are dearer than the best, as is each that does without the cloud."""
    while True:
        costs, cloud = random_table(rng, tasks, nodes, gaps)
        *in_turn, pairs = [plan_cost(plan, costs, cloud) for plan in greedy_plans(costs, cloud)]
        if pairs in in_turn or min(*in_turn, pairs) <= assign(costs, "optimal", cloud).cost:
            continue
        forced = assign(costs, "optimal")
        affordable = assign(np.where(np.array(costs) > cloud, inf, costs), "optimal")
        if (affordable.done.sum(), -affordable.cost) < (forced.done.sum(), -forced.cost):
            return costs, cloud


@lab.question(
    "best_plan",
    points=3,
    hints=(
        "List what can be handed out: each node once, and `None` as often as there are tasks.",
        (
            "Go through all `permutations` of that list with as many places as there are tasks, and keep the one "
            "for which `plan_cost` is least."
        ),
    ),
)
def _best_plan(rng: np.random.Generator, best_plan: Any) -> Iterator[Part]:
    for nodes, gaps in ((4, 4), (3, 2)):
        costs, cloud = _tricky_table(rng, 4, nodes, gaps)
        plan = best_plan(copied(costs), cloud)
        yield Part(1, judged(plan, costs, cloud))
    costs, cloud = random_table(rng, 3, 4, 0)
    costs[int(rng.integers(3))] = [inf] * 4
    yield Part(0.5, judged(best_plan(copied(costs), cloud), costs, cloud))
    nobody = judged(best_plan([[], []], cloud), [[], []], cloud)
    nothing = judged(best_plan([], cloud), [], cloud)
    at_the_end = (nobody and f"Without any node: {nobody}") or (nothing and f"Without any task: {nothing}")
    idle = all(node is None for node in plan)
    yield Part(0.5, at_the_end or ("Only without any node the cloud does everything." if idle else ""))
