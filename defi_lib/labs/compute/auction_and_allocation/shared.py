"""The lab, what it speaks of, and what several of its questions need."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from defi_lib.compute import (
    assign,
)
from defi_lib.labs.compute.auction_and_allocation.liars import (
    ROUNDING,
    Table,
    listed,
)
from defi_lib.labs.kit import Lab, Part

lab = Lab("7.2")


check, progress = lab.check, lab.progress


#: The node of each task; ``None`` where the cloud does it.
Plan: TypeAlias = Sequence[int | None]


class Task(NamedTuple):
    """Work that somebody wants to have done."""

    work: float  #: hours that it takes on a node of speed 1
    memory: float  #: GB that it needs
    deadline: float  #: hours from now until it must be finished


class Node(NamedTuple):
    """A machine for hire."""

    speed: float  #: hours of work that it does in an hour
    memory: float  #: GB that it has
    price: float  #: dollars for each hour that it works


def plan_cost(plan: Plan, costs: Table, cloud: float) -> float:
    """What a plan costs (USD): each task its entry in the table, or ``cloud`` where the plan says ``None``."""
    total: float = 0
    for node, row in zip(plan, costs, strict=True):  # no generator: whoever tries all plans asks a million times
        total += cloud if node is None else row[node]
    return total


def with_evidence(part: Part, attack: Callable[..., str], *arguments: object) -> Part:
    """A mistake, and the attack that it invites."""
    return Part(part.points, f"{part.mistake} {attack(*arguments)}".rstrip()) if part.mistake else part


def misformed(plan: Any, tasks: int, nodes: int) -> str:
    """Why this is no plan at all, or one in which a node has two tasks; else nothing."""
    if not isinstance(plan, list | tuple | np.ndarray) or len(plan) != tasks:
        return f"The plan should be a list with one entry for each of the {tasks} tasks; yours is `{str(plan)[:60]}`."
    first: dict[int, int] = {}
    for task, node in enumerate(plan):
        if node is None:
            continue
        if not isinstance(node, int | np.integer) or not 0 <= node < nodes:
            allowed = f"say 0 to {nodes - 1}, or `None` for the cloud" if nodes else "there is only the cloud, `None`"
            return f"`{node}` in your plan is no node: {allowed}."
        if int(node) in first:
            return f"Node {node} does tasks {first[int(node)]} and {task}: whoever has a task is not free any more."
        first[int(node)] = task
    return ""


def random_table(rng: np.random.Generator, tasks: int, nodes: int, gaps: int) -> tuple[Table, float]:
    """What tasks cost on nodes, in whole dollars, ``inf`` in some places; and the price of the cloud."""
    costs = rng.integers(2, 16, (tasks, nodes)).tolist()
    for place in rng.choice(tasks * nodes, gaps, replace=False).tolist():
        costs[place // nodes][place % nodes] = inf
    return costs, int(rng.integers(8, 13))


def greedy_plans(costs: Table, cloud: float) -> list[list[int | None]]:
    """First come, first served, unless the cloud is cheaper; the same in any case; and the cheapest pair first."""
    pairs: list[int | None] = [None] * len(costs)
    every = sorted((cost, task, node) for task, row in enumerate(costs) for node, cost in enumerate(row))
    for cost, task, node in every:
        if cost <= cloud and pairs[task] is None and node not in pairs:
            pairs[task] = node
    return [_in_turn(costs, cloud), _in_turn(costs, inf), pairs]


def _in_turn(costs: Table, most: float) -> list[int | None]:
    """As ``assign(costs, "cheapest")`` has it: without arrays, since tables are small and many are tried."""
    plan: list[int | None] = []
    for row in costs:
        free = [(cost, node) for node, cost in enumerate(row) if cost <= most and cost < inf and node not in plan]
        plan.append(min(free)[1] if free else None)
    return plan


def said(nodes: np.ndarray) -> list[int | None]:
    """The library's plan as a student's."""
    return [None if node < 0 else int(node) for node in nodes]


def judged(plan: Any, costs: Table, cloud: float) -> str:
    """What is wrong with a plan that should be the best."""
    wrong_form = misformed(plan, len(costs), len(costs[0]) if costs else 0)
    if wrong_form:
        return wrong_form
    for task, (node, row) in enumerate(zip(plan, costs, strict=True)):
        if node is not None and row[node] == inf:
            return f"Task {task} does not fit on node {node}: the table says `inf`. Somebody else must do it."
        if node is not None and row[node] > cloud:
            return f"Task {task} costs {row[node]:g} on node {node}; the cloud does it for {cloud:g}."
    cost, best = plan_cost(plan, costs, cloud), assign(costs, "optimal", cloud).cost if costs else 0.0
    if cost <= best + ROUNDING:
        return ""
    said = [None if node is None else int(node) for node in plan]
    text = f"Your plan `{said}` for `{costs}` and a cloud at {cloud:g} costs {cost:g}; there is one for {best:g}."
    *in_turn, pairs = [plan_cost(greedy, costs, cloud) for greedy in greedy_plans(costs, cloud)]
    if cost in in_turn:
        return f"{text} First come, first served takes nodes that others need more: compare whole plans."
    if cost == pairs:
        return f"{text} To take the cheapest pair first is greedy too: compare whole plans."
    return text


def bracket(amounts: Sequence[float]) -> str:
    """Amounts as a list in Python."""
    return f"[{listed(amounts)}]"
