"""Checks of ``labs/7_compute/02_auction_and_allocation.ipynb``: they play sellers, buyers and nodes who lie."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from math import inf
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from defi_lib.compute import (
    Assignment,
    assign,
    deterring_stake,
    mcafee_auction,
    reverse_auction,
    vcg_assignment,
    vcg_double_auction,
)
from defi_lib.labs.compute.liars import (
    ROUNDING,
    Table,
    cheating_node,
    copied,
    listed,
    lying_node,
    lying_seller,
    lying_trader,
    payments,
)
from defi_lib.labs.kit import Lab, Part, equal, matches

lab = Lab()
check = lab.check

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
    return sum(cloud if node is None else row[node] for node, row in zip(plan, costs, strict=True))


def _with_evidence(part: Part, attack: Callable[..., str], *arguments: object) -> Part:
    """A mistake, and the attack that it invites."""
    return Part(part.points, f"{part.mistake} {attack(*arguments)}".rstrip()) if part.mistake else part


# Plans


def _misformed(plan: Any, tasks: int, nodes: int) -> str:
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


def _hours(task: Task, node: Node) -> float:
    return task.work / node.speed


def _referee(plan: Any, tasks: Sequence[Task], nodes: Sequence[Node]) -> str:
    """The first decision of a plan that "each task to the cheapest free node" would not have made."""
    misformed = _misformed(plan, len(tasks), len(nodes))
    if misformed:
        return misformed
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


@lab.question("first_come", points=3)
def _first_come(rng: np.random.Generator, first_come: Any) -> Iterator[Part]:
    for tight in (False, True):
        tasks, nodes = _crowd(rng, tight)
        yield Part(1, _referee(first_come(list(tasks), list(nodes)), tasks, nodes))
    nodes = [nodes[0]._replace(memory=48, price=9.0), *[nodes[1]._replace(memory=48, price=0.1)] * 3]  # three twins
    tasks = [task._replace(deadline=48) for task in tasks]
    yield Part(0.5, _referee(first_come(list(tasks), list(nodes)), tasks, nodes))
    nobody = _referee(first_come(list(tasks), []), tasks, [])
    nothing = _referee(first_come([], list(nodes)), [], nodes)
    yield Part(0.5, (nobody and f"Without any node: {nobody}") or (nothing and f"Without any task: {nothing}"))


# The best plan


def _table(rng: np.random.Generator, tasks: int, nodes: int, gaps: int) -> tuple[Table, float]:
    """What tasks cost on nodes, in whole dollars, ``inf`` in some places; and the price of the cloud."""
    costs = rng.integers(2, 16, (tasks, nodes)).tolist()
    for place in rng.choice(tasks * nodes, gaps, replace=False).tolist():
        costs[place // nodes][place % nodes] = inf
    return costs, int(rng.integers(8, 13))


def _greedy_plans(costs: Table, cloud: float) -> list[list[int | None]]:
    """First come, first served, unless the cloud is cheaper; the same in any case; and the cheapest pair first."""
    table = np.where(np.array(costs) <= cloud, costs, inf)
    pairs: list[int | None] = [None] * len(costs)
    for _ in costs:
        task, node = divmod(int(np.argmin(table)), table.shape[1])
        if table[task, node] < inf:
            pairs[task] = node
        table[task] = table[:, node] = inf
    return [_said(assign(costs, "cheapest", cloud).nodes), _said(assign(costs, "cheapest").nodes), pairs]


def _said(nodes: np.ndarray) -> list[int | None]:
    """The library's plan as a student's."""
    return [None if node < 0 else int(node) for node in nodes]


def _tricky_table(rng: np.random.Generator, tasks: int, nodes: int, gaps: int) -> tuple[Table, float]:
    """A table on which greedy plans differ and are dearer than the best, as is each that does without the cloud."""
    while True:
        costs, cloud = _table(rng, tasks, nodes, gaps)
        *in_turn, pairs = [plan_cost(plan, costs, cloud) for plan in _greedy_plans(costs, cloud)]
        if pairs in in_turn or min(*in_turn, pairs) <= assign(costs, "optimal", cloud).cost:
            continue
        forced = assign(costs, "optimal")
        affordable = assign(np.where(np.array(costs) > cloud, inf, costs), "optimal")
        if (affordable.done.sum(), -affordable.cost) < (forced.done.sum(), -forced.cost):
            return costs, cloud


def _judged(plan: Any, costs: Table, cloud: float) -> str:
    """What is wrong with a plan that should be the best."""
    misformed = _misformed(plan, len(costs), len(costs[0]) if costs else 0)
    if misformed:
        return misformed
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
    *in_turn, pairs = [plan_cost(greedy, costs, cloud) for greedy in _greedy_plans(costs, cloud)]
    if cost in in_turn:
        return f"{text} First come, first served takes nodes that others need more: compare whole plans."
    if cost == pairs:
        return f"{text} To take the cheapest pair first is greedy too: compare whole plans."
    return text


@lab.question("best_plan", points=3)
def _best_plan(rng: np.random.Generator, best_plan: Any) -> Iterator[Part]:
    for nodes, gaps in ((4, 4), (3, 2)):
        costs, cloud = _tricky_table(rng, 4, nodes, gaps)
        yield Part(1, _judged(best_plan(copied(costs), cloud), costs, cloud))
    costs, cloud = _table(rng, 3, 4, 0)
    costs[int(rng.integers(3))] = [inf] * 4
    yield Part(0.5, _judged(best_plan(copied(costs), cloud), costs, cloud))
    nobody = _judged(best_plan([[], []], cloud), [[], []], cloud)
    nothing = _judged(best_plan([], cloud), [], cloud)
    yield Part(0.5, (nobody and f"Without any node: {nobody}") or (nothing and f"Without any task: {nothing}"))


# The reverse auction


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


@lab.question("buy", points=3)
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
        call = f"`buy({_bracket(asks)}, {limit:g}, {units})`"
        part = matches(points, call, buy(list(asks), limit, units), right.paid, mistakes)
        yield _with_evidence(part, lying_seller, buy, *market, units)
    attacks = (lying_seller(buy, *_asks(rng, units, False), units) for units in (1, 2))
    yield Part(1, next((story for story in attacks if story), ""))
    yield Part(0.5, _thin_market(buy, *_asks(rng, 2, False)))


def _bracket(amounts: Sequence[float]) -> str:
    return f"[{listed(amounts)}]"


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
            return f"{story} Yours gives {_bracket(np.atleast_1d(paid).tolist())}."
    return ""


# VCG payments


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
    plan, own = _said(right.nodes), np.zeros(len(costs[0]))
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
        costs, cloud = _table(rng, 3, 4, 2)
        totals = np.sort([plan_cost(plan, costs, cloud) for plan in plans])
        right = vcg_assignment(costs, cloud)
        wrong = [tuple(paid) for paid in (right.paid, *_mispaid(costs, cloud, right).values())]
        greedy = plan_cost(_greedy_plans(costs, cloud)[0], costs, cloud)
        profits = [right.paid[j] - costs[i][j] for i, j in enumerate(right.nodes) if j >= 0]
        if totals[1] > totals[0] and len(set(wrong)) == len(wrong) and greedy > totals[0] and min(profits) >= 1:
            return costs, cloud


@lab.question("vcg", points=4)
def _vcg(rng: np.random.Generator, best_plan: Any, vcg: Any) -> Iterator[Part]:
    costs, cloud = _priced_table(rng)
    misformed = _misformed(best_plan(copied(costs), cloud), 3, 4)
    if misformed:
        yield Part(4, f"{misformed} Mend `best_plan` first (question 2).")
        return
    right, own = vcg_assignment(costs, cloud), _harm(costs, cloud, best_plan)
    # A mistake in the plans, with the node or without it, is one of question 2, and is not counted here.
    good = plan_cost(own[0], costs, cloud) <= right.cost + ROUNDING and np.allclose(own[1], right.paid)
    result = vcg(copied(costs), cloud)
    if not isinstance(result, list | tuple) or len(result) != 2:
        yield Part(4, "Return two lists, separated by a comma: the plan, and what each node gets.")
        return
    plan, paid = result
    judged = _judged(plan, costs, cloud) if good else _misformed(plan, 3, 4)
    if judged:
        yield Part(4, f"{judged} Is this the plan of your `best_plan`?")
        return
    call = f"Of `vcg({costs}, {cloud:g})` the second list, the payments,"
    part = matches(2, call, paid, right.paid, _mispaid(costs, cloud, right))
    if part.mistake and not good:
        part = matches(2, call, paid, own[1], _mispaid(costs, cloud, right))
    yield _with_evidence(part, lying_node, vcg, costs, cloud)
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
            return f"{story} Yours pays {_bracket(got.tolist())}."
    plan, paid = vcg([], cloud)
    return "" if len(plan) == len(paid) == 0 else "Without any task, return two empty lists."


# The double auction


class _Margin(NamedTuple):
    """Where falling bids meet rising asks, in the order in which they are given."""

    pairs: int
    bids: Sequence[float]
    asks: Sequence[float]

    def mcafee(self) -> tuple[float, float, float]:
        """Trades and prices, as if the lists were sorted."""
        if not self.pairs:
            return 0.0, 0.0, 0.0
        last = self.bids[self.pairs - 1], self.asks[self.pairs - 1]
        following = [*self.bids, 0.0][self.pairs], [*self.asks, inf][self.pairs]
        middle = sum(following) / 2
        if last[1] <= middle <= last[0]:
            return self.pairs, middle, middle
        return (self.pairs - 1, *last) if self.pairs > 1 else (0.0, 0.0, 0.0)


def _order_mistakes(bids: Sequence[float], asks: Sequence[float]) -> list[tuple[float, float, float]]:
    """What somebody gets who does not sort, or sorts both lists in the same direction."""
    results = []
    for b, a in ((bids, asks), (sorted(bids), sorted(asks)), (sorted(bids)[::-1], sorted(asks)[::-1])):
        good = [bid >= ask for bid, ask in zip(b, a, strict=False)]
        for pairs in (sum(good), [*good, False].index(False)):
            results.append(_Margin(pairs, b, a).mcafee())
    return results


def _bazaar(rng: np.random.Generator, together: bool) -> tuple[list[float], list[float]]:
    """Bids and asks, not sorted; the middle of the next pair suits the last pair if ``together``."""
    while True:
        people = rng.choice(np.arange(2, 31), 11, replace=False).astype(float)
        bids, asks = people[: rng.integers(5, 7)].tolist(), people[6:].tolist()
        falling, rising = sorted(bids)[::-1], sorted(asks)
        right = mcafee_auction(bids, asks)
        pairs = sum(bid >= ask for bid, ask in zip(falling, rising, strict=False))
        if not 2 <= pairs < 5 or (right.trades == pairs) != together:
            continue
        room = falling[pairs - 1] - max(falling[pairs], rising[pairs - 1])  # for the last buyer's lie
        answer = right.trades, right.buyer_price, right.seller_price
        named = [answer, *_mistraded(falling, rising, pairs).values()]
        if room > 1 and len(set(named)) == 7 and not set(named) & set(_order_mistakes(bids, asks)):
            return bids, asks


def _mistraded(falling: list[float], rising: list[float], pairs: int) -> dict[str, tuple[float, float, float]]:
    """What usual mistakes give, and what to say of them; bids and asks are sorted."""
    last, following = (falling[pairs - 1], rising[pairs - 1]), (falling[pairs], rising[pairs])
    middle, between = sum(following) / 2, sum(last) / 2
    both = vcg_double_auction(falling, rising)
    sent = pairs - 1
    fits = last[1] <= middle <= last[0]
    return {
        "The last pair that trades sets its own price. Take the middle of the first pair that does not trade.": (
            (pairs, between, between)
        ),
        "No lie pays, but the market does, out of its own pocket: each seller gets more than each buyer pays.": (
            (pairs, both.buyer_price, both.seller_price)
        ),
        (
            "The middle suits the last pair, so nobody has to go home: all trade at the middle."
            if fits
            else "The middle does not suit the last pair: send it home, and let its bid and its ask be the prices."
        ): (sent, *last) if fits else (pairs, middle, middle),
        "The last pair goes home: it does not trade at the prices that it sets.": (pairs, *last),
        "The prices are swapped: buyers pay the last bid, sellers get the last ask.": (sent, *last[::-1]),
        "You take the prices of the last pair that stays; take those of the pair that goes home.": (
            sent,
            falling[sent - 1],
            rising[sent - 1],
        ),
    }


@lab.question("mcafee", points=3)
def _mcafee(rng: np.random.Generator, mcafee: Any) -> Iterator[Part]:
    for together in (True, False):
        bids, asks = market = _bazaar(rng, together)
        falling, rising = sorted(bids)[::-1], sorted(asks)
        pairs = sum(bid >= ask for bid, ask in zip(falling, rising, strict=False))
        right = mcafee_auction(bids, asks)
        mistakes = _mistraded(falling, rising, pairs)
        result = mcafee(list(bids), list(asks))
        for wrong in _order_mistakes(bids, asks):
            if np.shape(result) == (3,) and np.allclose(result, wrong):
                mistakes["Sort first: the bids from high to low, the asks from low to high."] = wrong
        call = f"`mcafee({_bracket(bids)}, {_bracket(asks)})`"
        part = matches(1, call, result, (right.trades, right.buyer_price, right.seller_price), mistakes)
        yield _with_evidence(part, lying_trader, mcafee, *market)
    attacks = (lying_trader(mcafee, *_bazaar(rng, together)) for together in (False, True))
    yield Part(0.5, next((story for story in attacks if story), ""))
    yield Part(0.25, _no_trade(mcafee, rng))
    yield Part(0.25, _last_in_the_queue(mcafee, rng))


def _no_trade(mcafee: Any, rng: np.random.Generator) -> str:
    """What goes wrong where nobody trades."""
    low, high = sorted(rng.choice(np.arange(2, 20), 2, replace=False).astype(float).tolist())
    cases = {
        "Nobody is there": ([], []),
        "There are no sellers": ([high, low], []),
        "There are no buyers": ([], [low]),
        "Each bid is below each ask": ([low], [high]),
        "One buyer and one seller, and no next pair to make a price: even they go home": ([high], [low]),
    }
    for story, (bids, asks) in cases.items():
        got = np.asarray(mcafee(bids, asks), dtype=float)
        if got.shape != (3,) or np.any(got != 0):
            return f"{story}: return `0, 0, 0`; `mcafee({_bracket(bids)}, {_bracket(asks)})` gives {listed(got.flat)}."
    return ""


def _last_in_the_queue(mcafee: Any, rng: np.random.Generator) -> str:
    """What goes wrong where all of one side could trade, or where bids and asks are equal."""
    base = float(rng.integers(4, 10))
    cases = {
        "All sellers could trade, so the next ask is missing: count it as `inf`": (
            [base + 4, base + 6, base + 5],
            [base, base - 1],
        ),
        "All buyers could trade, so the next bid is missing: count it as 0": (
            [base + 2, base + 3],
            [base + 8, base - 1, base],
        ),
        "Bids and asks are equal. A bid that is at least the ask trades": ([base] * 4, [base] * 3),
    }
    for story, (bids, asks) in cases.items():
        right = mcafee_auction(bids, asks)
        wanted = right.trades, right.buyer_price, right.seller_price
        got = np.asarray(mcafee(list(bids), list(asks)), dtype=float)
        if got.shape != (3,) or not np.allclose(got, wanted):
            call = f"`mcafee({_bracket(bids)}, {_bracket(asks)})`"
            return f"{story}. {call} should be {listed(wanted)}; yours gives {listed(got.flat)}."
    return ""


# The stake


@lab.question("stakes", points=2)
def _stakes(rng: np.random.Generator, stakes: Any) -> Iterator[Part]:
    payment, rate = float(rng.integers(8, 15)), float(rng.choice([0.02, 0.04, 0.05, 0.08, 0.1]))
    cost = payment - float(rng.choice([1.5, 2.5, 3.5]))
    question = payment, cost, rate
    lazy = deterring_stake(rate, saving=cost, reward=payment)
    fake = deterring_stake(rate, saving=payment, reward=payment)

    part = equal(
        0.5,
        stakes,
        question,
        lazy,
        {
            "Whoever is caught also loses the payment: take it off.": cost / rate,
            "A cheat saves its cost every time, and loses only when checked: divide by the check rate.": cost - payment,
            "The work is saved whether the cheat is caught or not.": max(cost * (1 - rate) / rate - payment, 0.0),
            "Who is caught loses its stake and the payment: the payment makes the stake smaller, not larger.": (
                cost / rate + payment
            ),
            "The two are swapped: the first value is for the lazy node, the second for the one without a card.": fake,
            "What tempts a lazy node is the work that it saves, not its profit.": (payment - cost) / rate - payment,
        },
        item=0,
    )
    yield _with_evidence(part, cheating_node, stakes, 0, *question)
    often = payment, cost, float(rng.choice([0.96, 0.98, 0.99]))
    part = equal(
        0.5,
        stakes,
        often,
        0.0,
        {"With so many checks the payment alone deters. A stake is never below 0.": cost / often[2] - payment},
        item=0,
    )
    yield _with_evidence(part, cheating_node, stakes, 0, *often)
    part = equal(
        1,
        stakes,
        question,
        fake,
        {
            "A node without a card saves no work: it cannot work. It wins the whole payment, unless it is checked.": (
                lazy
            ),
            "Not caught, it keeps the payment: that happens only in the part that is not checked.": payment / rate,
            "It wins the payment where it is not checked, and loses the stake where it is: divide by the check rate.": (
                payment * (1 - rate)
            ),
            "The fraction is turned round: unchecked over checked.": payment * rate / (1 - rate),
            "Its cost does not matter: it never works.": (payment - cost) * (1 - rate) / rate,
        },
        item=1,
    )
    yield _with_evidence(part, cheating_node, stakes, 1, *question)


__all__ = ["Node", "Task", "check", "lab", "plan_cost"]
