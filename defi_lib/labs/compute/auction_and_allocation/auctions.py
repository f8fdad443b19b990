"""Questions 3 and 4: buyers who ask for the lowest price, and what makes nodes tell the truth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from math import inf
from typing import Any

import numpy as np

from defi_lib.compute import (
    Assignment,
    assign,
    reverse_auction,
    vcg_assignment,
)
from defi_lib.labs.compute.auction_and_allocation.liars import (
    ROUNDING,
    Table,
    copied,
    lying_node,
    lying_seller,
    payments,
)
from defi_lib.labs.compute.auction_and_allocation.shared import (
    Plan,
    bracket,
    greedy_plans,
    judged,
    lab,
    misformed,
    plan_cost,
    random_table,
    said,
    with_evidence,
)
from defi_lib.labs.kit import Part, matches


def _asks(rng: np.random.Generator, units: int, binding: bool) -> tuple[list[float], float]:
    """Six asks, not sorted; if ``binding``, the limit lies between the last that is taken and the next."""
    while True:
        asks = rng.choice(np.arange(2, 20), 6, replace=False)
        rising = np.sort(asks)
        last, following = rising[units - 1], rising[units]
        limit = int(rng.integers(last + 1, following)) if binding and following > last + 1 else 0
        limit = limit if binding else int(following) + int(rng.integers(1, 5))
        if limit and following > last + 1 and sorted(asks[:units]) != rising[:units].tolist():
            return asks.astype(float).tolist(), float(limit)


@lab.question(
    "buy",
    points=3,
    hints=(
        (
            "First find the winners: sort the sellers by what they ask, and take as many as you need, none above "
            "the limit."
        ),
        (
            "Then find one price for all: the lowest ask that you did not take, and never more than the limit. "
            "Give it to the winners, 0 to the others."
        ),
    ),
)
def _buy(rng: np.random.Generator, buy: Any) -> Iterator[Part]:
    for points, binding in ((1, False), (0.5, True)):
        units = int(rng.integers(2, 4))
        market = asks, limit = _asks(rng, units, binding)
        right = reverse_auction(asks, limit, units)
        taken, rising = right.won, sorted(asks)
        first = np.arange(6) < units
        unsorted = np.where(first, min(asks[units], limit), 0.0)
        mistakes = {
            "You pay each seller what it asked. What a seller gets must not depend on its own ask.": (
                reverse_auction(asks, limit, units, "first price").paid
            ),
            "You pay all of them the highest ask that you take: that seller sets its own price. Pay the lowest ask "
            "that you do not take.": np.where(taken, rising[units - 1], 0.0),
            "You pay all of them the lowest ask: the others would lose.": np.where(taken, rising[0], 0.0),
            "You pay more than your limit: the next ask is too dear, then the limit is the price.": (
                np.where(taken, rising[units], 0.0)
            ),
            "You always pay your limit: then who asks next to nothing wins, whatever its cost.": (
                np.where(taken, limit, 0.0)
            ),
            "This is for all of them together; say what each seller gets.": right.paid * units,
            "You take the first in the list: the asks are not sorted.": unsorted,
            "You take the first in the list and pay what they ask: the asks are not sorted.": np.where(
                first, asks, 0.0
            ),
        }
        call = f"`buy({bracket(asks)}, {limit:g}, {units})`"
        part = matches(points, call, buy(list(asks), limit, units), right.paid, mistakes)
        yield with_evidence(part, lying_seller, buy, *market, units)
    markets = [(*_asks(rng, units, False), units) for units in (1, 2)]
    attacks = (lying_seller(buy, *market) or _sold(buy, *market) for market in markets)
    yield Part(1, next((story for story in attacks if story), ""))
    yield Part(0.5, _thin_market(buy, *_asks(rng, 2, False)))


def _sold(buy: Any, asks: list[float], limit: float, units: int) -> str:
    """What is wrong if not as many sell as are needed: where nobody buys, no lie pays."""
    sold = int(np.count_nonzero(payments(buy, asks, limit, units)))
    return "" if sold == units else f"You want {units} of what {len(asks)} sellers offer, and {sold} are paid."


def _thin_market(buy: Any, asks: list[float], limit: float) -> str:
    """What goes wrong where few sell, or where all are in one ring."""
    ask = min(asks)
    if len(buy([], limit, 2)):
        return "If nobody sells, return an empty list."
    cases = {
        f"The only seller asked {ask:g}; there is no next ask, so it gets your limit of {limit:g}.": ([ask], 1, limit),
        f"You want 3 machines, and only two sellers are there. Both get your limit of {limit:g}.": (
            [ask, ask + 0.5],
            3,
            2 * limit,
        ),
        f"A ring: one seller asked {ask:g}, the others 100. You should pay your limit of {limit:g}.": (
            [100, ask, 100],
            1,
            limit,
        ),
        f"Both sellers asked {ask:g}, and you want one machine. One of them gets {ask:g}, the other nothing.": (
            [ask, ask],
            1,
            ask,
        ),
        f"If all ask more than your limit of {limit:g}, you buy nothing.": ([limit + 1, limit + 2], 1, 0.0),
    }
    for story, (few, units, whole) in cases.items():
        paid = payments(buy, few, limit, units)
        if paid.shape != (len(few),) or abs(paid.sum() - whole) > ROUNDING:
            return f"{story} Yours gives {bracket(np.atleast_1d(paid).tolist())}."
    return ""


def _all_plans(tasks: int, nodes: int) -> list[list[int | None]]:
    return [list(plan) for plan in set(permutations([*range(nodes), *[None] * tasks], tasks))]


def _harm(costs: Table, cloud: float, planner: Callable[[Table, float], Plan]) -> tuple[Plan, np.ndarray]:
    """The plan of a planner, and the payments that belong to it, whether it is the best or not."""
    plan = planner(copied(costs), cloud)
    paid = np.zeros(len(costs[0]))
    for task, node in enumerate(plan):
        if node is not None:
            without = [row[:node] + row[node + 1 :] for row in costs]
            saved = plan_cost(planner(copied(without), cloud), without, cloud) - plan_cost(plan, costs, cloud)
            paid[node] = saved + costs[task][node]
    return plan, paid


def _mispaid(costs: Table, cloud: float, right: Assignment) -> dict[str, np.ndarray]:
    """What usual mistakes would pay, and what to say of them."""
    plan, own = said(right.nodes), np.zeros(len(costs[0]))
    second, crowded = own.copy(), own.copy()
    for task, node in enumerate(plan):
        if node is not None:
            own[node] = costs[task][node]
            second[node] = min([cloud, *costs[task][:node], *costs[task][node + 1 :]])
            idle = [cost for j, cost in enumerate(costs[task]) if j not in plan]
            crowded[node] = min([cloud, *idle])
    working = np.isin(np.arange(len(own)), right.nodes)
    without = np.where(working, right.paid + right.cost - own, 0.0)  # cost of the best plan that lacks the node
    return {
        "You pay each node its own cost, as it says: why should it say the truth?": own,
        "This is what a node saves the others, without its own cost: it works, and gets too little for it. Add its "
        "cost.": right.paid - own,
        "You pay the second-lowest entry of the task's row. But that node may be busy: ask what the whole plan costs "
        "without the winner.": second,
        "You pay what the cheapest idle node would take for this task. Without the winner the others may change "
        "places: make a new plan.": crowded,
        "You pay what the cloud costs: then who says next to nothing wins, and you save nothing.": (
            np.where(working, cloud, 0.0)
        ),
        "This is the cost of the whole plan without the node; take off what the others cost with it.": without,
    }


def _priced_table(rng: np.random.Generator) -> tuple[Table, float]:
    """A table with a single best plan, on which every usual mistake pays something else."""
    plans = _all_plans(3, 4)
    while True:
        costs, cloud = random_table(rng, 3, 4, 2)
        totals = np.sort([plan_cost(plan, costs, cloud) for plan in plans])
        right = vcg_assignment(costs, cloud)
        wrong = [tuple(paid) for paid in (right.paid, *_mispaid(costs, cloud, right).values())]
        greedy = plan_cost(greedy_plans(costs, cloud)[0], costs, cloud)
        profits = [right.paid[j] - costs[i][j] for i, j in enumerate(right.nodes) if j >= 0]
        if totals[1] > totals[0] and len(set(wrong)) == len(wrong) and greedy > totals[0] and min(profits) >= 1:
            return costs, cloud


#: Tables that need different plans.
_TWO_TABLES: tuple[Table, Table] = ([[2.0, 9.0, 9.0], [9.0, 3.0, 9.0]], [[9.0, 2.0, 9.0], [9.0, 9.0, 3.0]])


def _planned(costs: Table, cloud: float) -> Plan:
    """The right answer to question 2."""
    return said(assign(costs, "optimal", cloud).nodes) if costs and costs[0] else [None] * len(costs)


@lab.question(
    "vcg",
    points=4,
    hints=(
        (
            "For each node that works, two costs are needed: of the best plan without it, and of all others in "
            "the plan with it."
        ),
        (
            "Take its column out of every row, and ask `best_plan` and `plan_cost` again. The others cost what "
            "the plan costs, less the node's own task."
        ),
    ),
)
def _vcg(rng: np.random.Generator, best_plan: Any, vcg: Any) -> Iterator[Part]:
    costs, cloud = _priced_table(rng)
    wrong_form = misformed(best_plan(copied(costs), cloud), 3, 4)
    if wrong_form:
        yield Part(4, f"{wrong_form} Mend `best_plan` first (question 2).")
        return
    if len({str(list(best_plan(copied(table), 12))) for table in _TWO_TABLES}) == 1:
        best_plan = _planned  # one plan for whatever costs is no answer: what belongs to it would be too easy
    right, own = vcg_assignment(costs, cloud), _harm(costs, cloud, best_plan)
    # A mistake in the plans, with the node or without it, is one of question 2, and is not counted here.
    good = plan_cost(own[0], costs, cloud) <= right.cost + ROUNDING and np.allclose(own[1], right.paid)
    result = vcg(copied(costs), cloud)
    if not isinstance(result, list | tuple) or len(result) != 2:
        yield Part(4, "Return two lists, separated by a comma: the plan, and what each node gets.")
        return
    plan, paid = result
    judgement = judged(plan, costs, cloud) if good else misformed(plan, 3, 4)
    if judgement:
        yield Part(4, f"{judgement} Is this the plan of your `best_plan`?")
        return
    call = f"Of `vcg({costs}, {cloud:g})` the second list, the payments,"
    part = matches(2, call, paid, right.paid, _mispaid(costs, cloud, right))
    if part.mistake and not good:
        part = matches(2, call, paid, own[1], _mispaid(costs, cloud, right))
    yield with_evidence(part, lying_node, vcg, costs, cloud)
    story = lying_node(vcg, costs, cloud) or lying_node(vcg, *_priced_table(rng))
    if story and not good and not part.mistake:
        yield Part(0, f"{story} VCG needs the best plan: mend `best_plan` first (question 2).")
        story = ""
    yield Part(1, story)
    yield Part(1, _small_tables(best_plan, vcg, rng, cloud))


def _small_tables(best_plan: Any, vcg: Any, rng: np.random.Generator, cloud: float) -> str:
    """What goes wrong where there is one task, one node, none, or two that are alike."""
    low, high = sorted(rng.choice(np.arange(1, cloud), 2, replace=False).tolist())
    cases = {
        f"One task, and nodes that cost {high:g} and {low:g}: this is the auction of question 3, and the second gets "
        f"{high:g}.": ([[high, low]], [0.0, high]),
        f"One task, and one node that costs {low:g}: without it, the cloud would take {cloud:g}.": ([[low]], [cloud]),
        f"Two nodes do a task for {low:g} each: without the one there is the other, so it gets {low:g}.": (
            [[low, low]],
            [0.0, low],
        ),
        f"A node costs {cloud + 2:g}, the cloud {cloud:g}: the cloud does it, and the node gets nothing.": (
            [[cloud + 2]],
            [0.0],
        ),
        "A task that fits nowhere is done by the cloud, and no node gets anything.": ([[inf, inf]], [0.0, 0.0]),
        "Without any node the cloud does everything, and nobody is paid.": ([[], []], []),
    }
    for story, (costs, right) in cases.items():
        plan, paid = vcg(copied(costs), cloud)
        got = np.asarray(paid, dtype=float)
        if got.shape != (len(right),):
            return f"{story} Yours pays `{paid}`."
        if not np.allclose(np.sort(got), right) and not np.allclose(got, _harm(costs, cloud, best_plan)[1]):
            return f"{story} Yours pays {bracket(got.tolist())}."
    plan, paid = vcg([], cloud)
    return "" if len(plan) == len(paid) == 0 else "Without any task, return two empty lists."
