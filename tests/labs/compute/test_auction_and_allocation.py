"""The checks of the lab on a market under attack: right answers get all points, each usual mistake is named."""

import numpy as np
import pytest

from defi_lib.compute import (
    assign,
    k_double_auction,
    mcafee_auction,
    reverse_auction,
    vcg_assignment,
    vcg_double_auction,
)
from defi_lib.labs.compute import auction_and_allocation as market
from defi_lib.labs.compute.auction_and_allocation import Node, Task, lab, liars, plan_cost
from defi_lib.labs.compute.auction_and_allocation.shared import judged, said
from tests.support.answers import Answers
from tests.support.lab_contract import LabContract

RIGHT = """
from itertools import permutations
from math import inf
from defi_lib.labs.compute.auction_and_allocation import plan_cost

def first_come(tasks, nodes):
    free, plan = list(range(len(nodes))), []
    for task in tasks:
        cost = {}
        for number in free:
            node = nodes[number]
            hours = task.work / node.speed
            if task.memory <= node.memory and hours <= task.deadline:
                cost[number] = hours * node.price
        chosen = min(cost, key=cost.get) if cost else None
        plan.append(chosen)
        if cost:
            free.remove(chosen)
    return plan

def best_plan(costs, cloud):
    nodes = range(len(costs[0])) if costs else []
    choices = [*nodes] + [None] * len(costs)
    return min(permutations(choices, len(costs)), key=lambda plan: plan_cost(plan, costs, cloud))

def buy(asks, limit, units):
    order = sorted(range(len(asks)), key=lambda seller: asks[seller])
    line = [asks[seller] for seller in order] + [limit] * (units + 1)
    price = min(line[units], limit)
    return [price if seller in order[:units] and ask <= limit else 0 for seller, ask in enumerate(asks)]

def vcg(costs, cloud):
    plan = best_plan(costs, cloud)
    paid = [0] * (len(costs[0]) if costs else 0)
    for task, node in enumerate(plan):
        if node is not None:
            without = [row[:node] + row[node + 1:] for row in costs]
            others = plan_cost(plan, costs, cloud) - costs[task][node]
            paid[node] = plan_cost(best_plan(without, cloud), without, cloud) - others
    return plan, paid

def mcafee(bids, asks):
    bids, asks = sorted(bids, reverse=True) + [0], sorted(asks) + [inf]
    pairs = sum(bid >= ask for bid, ask in zip(bids, asks))
    middle = (bids[pairs] + asks[pairs]) / 2
    if pairs and asks[pairs - 1] <= middle <= bids[pairs - 1]:
        return pairs, middle, middle
    return (pairs - 1, bids[pairs - 1], asks[pairs - 1]) if pairs > 1 else (0, 0, 0)

def stakes(payment, cost, check_rate):
    return max(cost / check_rate - payment, 0), payment / check_rate - payment
"""

SIGNATURES = {
    "first_come": "tasks, nodes",
    "best_plan": "costs, cloud",
    "buy": "asks, limit, units",
    "vcg": "costs, cloud",
    "mcafee": "bids, asks",
    "stakes": "payment, cost, check_rate",
}

answers = Answers(lab, RIGHT, SIGNATURES)

OTHER_WAYS = """
import numpy as np
from scipy.optimize import linear_sum_assignment

def first_come(tasks, nodes):
    taken, plan = set(), []
    for task in tasks:
        best, least = None, inf
        for number, node in enumerate(nodes):
            if number in taken or task.memory > node.memory or task.work > task.deadline * node.speed:
                continue
            if node.price * task.work / node.speed < least - 1e-12:
                best, least = number, node.price * task.work / node.speed
        taken.add(best)
        plan.append(best)
    return tuple(plan)

def best_plan(costs, cloud):
    if not costs:
        return []
    table = np.hstack([np.array(costs, dtype=float), np.full((len(costs), len(costs)), cloud)])
    columns = linear_sum_assignment(table)[1]
    return [column if column < len(costs[0]) else None for column in columns]

def buy(asks, limit, units):
    ranks = np.argsort(np.argsort(asks, kind="stable"))
    rest = [ask for rank, ask in zip(ranks, asks) if rank >= units and ask <= limit]
    price = min(rest, default=limit)
    return np.where((ranks < units) & (np.array(asks) <= limit), price, 0.0)

def vcg(costs, cloud):
    plan = best_plan(costs, cloud)
    paid = np.zeros(len(costs[0]) if costs else 0)
    for node in plan:
        if node is not None:
            away = [[inf if j == node else cost for j, cost in enumerate(row)] for row in costs]
            own = costs[list(plan).index(node)][node]
            paid[node] = own + plan_cost(best_plan(away, cloud), away, cloud) - plan_cost(plan, costs, cloud)
    return [plan, paid]

def mcafee(bids, asks):
    falling, rising = sorted(bids)[::-1], sorted(asks)
    pairs = 0
    while pairs < min(len(falling), len(rising)) and falling[pairs] >= rising[pairs]:
        pairs += 1
    if not pairs:
        return [0, 0, 0]
    if pairs < len(rising):
        middle = ((falling[pairs] if pairs < len(falling) else 0) + rising[pairs]) / 2
        if rising[pairs - 1] <= middle <= falling[pairs - 1]:
            return [pairs, middle, middle]
    return [pairs - 1, falling[pairs - 1], rising[pairs - 1]] if pairs > 1 else [0, 0, 0]

def stakes(payment, cost, check_rate):
    lazy = (cost - check_rate * payment) / check_rate
    return np.array([lazy if lazy > 0 else 0, payment * (1 - check_rate) / check_rate])
"""

#: Wrong functions that need more than a line.
HELPERS = """
def choose(tasks, nodes, key="cost", memory=True, late=True, reuse=False, strict="", last=False):
    free, plan = list(range(len(nodes))), []
    for task in tasks:
        fit = {}
        for j in free:
            hours, room = task.work / nodes[j].speed, nodes[j].memory - task.memory
            if memory and (room < 0 or strict == "memory" and room == 0):
                continue
            if late and (hours > task.deadline or strict == "deadline" and hours == task.deadline):
                continue
            fit[j] = {"cost": hours * nodes[j].price, "hours": hours, "price": nodes[j].price}[key]
        if last:
            fit = dict(reversed(fit.items()))
        plan.append(min(fit, key=fit.get) if fit else None)
        if fit and not reuse:
            free.remove(plan[-1])
    return plan

def greedy(costs, cloud, limit):
    plan, free = [], set(range(len(costs[0]))) if costs else set()
    for row in costs:
        fit = {j: row[j] for j in sorted(free) if row[j] < inf and row[j] <= limit}
        plan.append(min(fit, key=fit.get) if fit else None)
        free.discard(plan[-1])
    return plan

def cheapest_pair(costs, cloud):
    plan = [None] * len(costs)
    for cost, i, j in sorted((cost, i, j) for i, row in enumerate(costs) for j, cost in enumerate(row)):
        if cost <= cloud and plan[i] is None and j not in plan:
            plan[i] = j
    return plan

def pay(asks, paid, price):
    sold = [ask for ask, each in zip(asks, paid) if each]
    return [price(ask, sold) if each else 0 for ask, each in zip(asks, paid)]

def without_limit(asks, limit, units):
    price = (sorted(asks) + [limit] * units)[units] if len(asks) > units else limit
    return [price if each else 0 for each in right_buy(asks, limit, units)]

def first_in_list(asks, limit, units):
    price = min(asks[units], limit) if len(asks) > units else limit
    return [price if j < units else 0 for j in range(len(asks))]

def pay_nodes(costs, plan, rule):
    paid = [0] * (len(costs[0]) if costs else 0)
    for row, node in zip(costs, plan):
        if node is not None:
            paid[node] = rule(row, node)
    return paid

def own_cost(row, node):
    return row[node]

def with_plan(costs, cloud, plan):
    return plan, pay_nodes(costs, plan, own_cost)

def clear(bids, asks, fits, sent, sort="both", strict=False):
    b = sorted(bids, reverse=sort == "both") if sort else list(bids)
    a = sorted(asks) if sort else list(asks)
    q = sum(bid > ask or bid == ask and not strict for bid, ask in zip(b, a))
    b, a = b + [0], a + [inf]
    middle = (b[q] + a[q]) / 2
    suits = q and a[q - 1] <= middle <= b[q - 1]
    result = (fits if suits else sent)(q, b, a, middle) if q and (suits or q > 1) else (0, 0, 0)
    return result if result[0] else (0, 0, 0)

def everybody(q, b, a, middle):
    return q, middle, middle

def fewer(q, b, a, middle):
    return q - 1, b[q - 1], a[q - 1]

def own_price(q, b, a, middle):
    return q, (b[q - 1] + a[q - 1]) / 2, (b[q - 1] + a[q - 1]) / 2

def subsidised(q, b, a, middle):
    return q, max(b[q], a[q - 1]), min(a[q], b[q - 1])
"""

ONE, MORE = "(R[0], pay_nodes(costs, R[0], lambda row, node: {}))", "more."

#: Question, what the wrong function returns (R: what the right one does), points, what must be said.
MISTAKES = [
    ("first_come", "choose(tasks, nodes, 'price')", "1 or 2", "price of an hour"),
    ("first_come", "choose(tasks, nodes, 'hours')", "0.5 or 1 or 1.5 or 2", "fastest is not the cheapest"),
    ("first_come", "choose(tasks, nodes, reuse=True)", "0.5 or 1.5", "not free any more"),
    ("first_come", "choose(tasks, nodes, memory=False)", "2", "GB, and node"),
    ("first_come", "choose(tasks, nodes, late=False)", "2", "must be finished within"),
    ("first_come", "choose(tasks, nodes, strict='memory')", "2", "exactly the"),
    ("first_come", "choose(tasks, nodes, strict='deadline')", "2", "exactly at the deadline"),
    ("first_come", "choose(tasks, nodes, last=True)", "2.5", "take the first"),
    ("first_come", "[-1 if node is None else node for node in R]", "1", "`-1` in your plan is no node"),
    ("first_come", "R[:-1]", "0", "one entry for each of the 5 tasks"),
    ("first_come", "'none'", "0", "should be a list"),
    ("first_come", "[None for _ in R]", "0", "you sent it to the cloud"),
    ("first_come", "R if nodes else []", "2.5", "Without any node"),
    ("first_come", "R if tasks else [None]", "2.5", "Without any task"),
    ("best_plan", "greedy(costs, cloud, cloud)", "0.5 or 1", "First come, first served"),
    ("best_plan", "greedy(costs, cloud, inf)", "0.5 or 1", "cloud"),
    ("best_plan", "cheapest_pair(costs, cloud)", "0.5 or 1", "cheapest pair first"),
    ("best_plan", "right_best_plan(costs, 1_000)", "0.5 or 1", "the cloud does it for"),
    ("best_plan", "[None for _ in costs]", "0", "there is one for"),
    ("best_plan", "R if costs else [None]", "2.5", "Without any task"),
    ("best_plan", "R if costs and costs[0] else [0, 1]", "2.5", "Without any node"),
    ("buy", "pay(asks, R, lambda ask, sold: ask)", "0", "must not depend on its own ask"),
    ("buy", "pay(asks, R, lambda ask, sold: ask)", "0", MORE),
    ("buy", "pay(asks, R, lambda ask, sold: max(sold))", "0", "sets its own price"),
    ("buy", "pay(asks, R, lambda ask, sold: max(sold))", "0", MORE),
    ("buy", "pay(asks, R, lambda ask, sold: min(sold))", "0", "the others would lose"),
    ("buy", "pay(asks, R, lambda ask, sold: min(sold))", "0", "costs it money"),
    ("buy", "pay(asks, R, lambda ask, sold: limit)", "0.5", "whatever its cost"),
    ("buy", "pay(asks, R, lambda ask, sold: limit)", "0.5", MORE),
    ("buy", "without_limit(asks, limit, units)", "2", "more than your limit"),
    ("buy", "[units * paid for paid in R]", "0 or 1", "what each seller gets"),
    ("buy", "first_in_list(asks, limit, units)", "0 or 1", "asks are not sorted"),
    ("buy", "[ask if j < units else 0 for j, ask in enumerate(asks)]", "0 or 1", "asks are not sorted"),
    ("buy", "[paid for paid in R if paid]", "0", "should be 6 numbers"),
    ("buy", "R if len(asks) != 1 else asks", "2.5", "there is no next ask"),
    ("buy", "R if 100 not in asks else pay(asks, R, lambda ask, sold: 100)", "2.5", "A ring"),
    ("buy", "R or [0]", "2.5", "If nobody sells"),
    ("vcg", ONE.format("row[node]"), "0", "why should it say the truth?"),
    ("vcg", ONE.format("row[node]"), "0", MORE),
    ("vcg", ONE.format("R[1][node] - row[node]"), "0", "too little for it"),
    ("vcg", ONE.format("min([cloud, *row[:node], *row[node + 1:]])"), "0 or 1 or 2", "second-lowest entry"),
    (
        "vcg",
        ONE.format("min([cloud, *(c for j, c in enumerate(row) if j not in R[0])])"),
        "0 or 1 or 2",
        "make a new plan",
    ),
    ("vcg", ONE.format("cloud"), "0 or 1", "says next to nothing wins"),
    ("vcg", ONE.format("R[1][node] - row[node] + plan_cost(R[0], costs, cloud)"), "0 or 1", "cost of the whole plan"),
    ("vcg", "with_plan(costs, cloud, greedy(costs, cloud, cloud))", "0", "the plan of your `best_plan`?"),
    ("vcg", "R[1]", "0", "Return two lists"),
    ("vcg", "(R[0], R[1][:-1])", "0", "should be 4 numbers"),
    ("vcg", "R if len(costs) != 1 or len(costs[0]) != 1 else (R[0], costs[0])", "3", "the cloud would take"),
    ("vcg", "R if costs else ([], [0])", "3", "two empty lists"),
    ("mcafee", "clear(bids, asks, own_price, own_price)", "0.25 or 0.5", "sets its own price"),
    ("mcafee", "clear(bids, asks, own_price, own_price)", "0.25 or 0.5", MORE),
    ("mcafee", "clear(bids, asks, subsidised, subsidised)", "0.25 or 0.5", "out of its own pocket"),
    ("mcafee", "clear(bids, asks, subsidised, subsidised)", "0.25 or 0.5", "the market must add"),
    ("mcafee", "clear(bids, asks, fewer, fewer)", "1.75 or 2", "nobody has to go home"),
    ("mcafee", "clear(bids, asks, everybody, everybody)", "1.25", "does not suit the last pair"),
    ("mcafee", "clear(bids, asks, everybody, everybody)", "1.25", "truth costs money"),
    ("mcafee", "clear(bids, asks, everybody, lambda q, b, a, m: (q, b[q - 1], a[q - 1]))", "1.25 or 1.75", "goes home"),
    ("mcafee", "clear(bids, asks, everybody, lambda q, b, a, m: (q - 1, a[q - 1], b[q - 1]))", "1.25", "are swapped"),
    (
        "mcafee",
        "clear(bids, asks, everybody, lambda q, b, a, m: (q - 1, b[q - 2], a[q - 2]))",
        "1.25 or 1.5",
        "last pair that stays",
    ),
    ("mcafee", "clear(bids, asks, everybody, fewer, sort='')", "0 or 0.25 or 0.5", "Sort first"),
    ("mcafee", "clear(bids, asks, everybody, fewer, sort='up')", "0 or 0.25 or 0.5", "Sort first"),
    ("mcafee", "clear(bids, asks, everybody, fewer, strict=True)", "2.75", "at least the ask"),
    ("mcafee", "R if R[0] else (0, max(bids, default=1), 0)", "2.75", "return `0, 0, 0`"),
    (
        "mcafee",
        "R if len(bids) * len(asks) != 1 or bids < asks else (1, bids[0], asks[0])",
        "2.75",
        "even they go home",
    ),
    ("mcafee", "R[:2]", "0", "should be 3 numbers"),
    ("stakes", "(cost / check_rate, R[1])", "1", "also loses the payment"),
    ("stakes", "(cost - payment, R[1])", "1", "every time"),
    ("stakes", "(max(cost * (1 - check_rate) / check_rate - payment, 0), R[1])", "1.5", "whether the cheat is caught"),
    ("stakes", "(max(cost * (1 - check_rate) / check_rate - payment, 0), R[1])", "1.5", "by a cheat"),
    ("stakes", "(cost / check_rate + payment, R[1])", "1", "smaller, not larger"),
    ("stakes", "(cost / check_rate + payment, R[1])", "1", "keep the poor out"),
    ("stakes", "R[::-1]", "0 or 0.5", "two are swapped"),
    ("stakes", "((payment - cost) / check_rate - payment, R[1])", "1", "not its profit"),
    ("stakes", "(cost / check_rate - payment, R[1])", "1.5", "never below 0"),
    ("stakes", "(R[0], R[0])", "1", "saves no work"),
    ("stakes", "(R[0], R[0])", "1", "A node without a card that has"),
    ("stakes", "(R[0], payment / check_rate)", "1", "keeps the payment"),
    ("stakes", "(R[0], payment * (1 - check_rate))", "1", "loses the stake where it is"),
    ("stakes", "(R[0], payment * check_rate / (1 - check_rate))", "1", "turned round"),
    ("stakes", "(R[0], (payment - cost) * (1 - check_rate) / check_rate)", "1", "it never works"),
    ("stakes", "R[:1]", "1", "at least 2 values"),
]


def test_a_greedy_plan_costs_points_once_and_the_attack_that_it_invites_is_told():
    greedy = f"{HELPERS}\ndef best_plan(costs, cloud):\n    return greedy(costs, cloud, cloud)\n"
    for seed in range(12):
        result = answers.feedback("vcg", seed, greedy)
        assert result.points == 4 and (not result.text or "mend `best_plan` first" in result.text)
    assert any("more. VCG needs" in answers.feedback("vcg", seed, greedy).text for seed in range(12))


#: Answers that need no thought, tried with each of the stubs below in the place of all earlier ones.
NO_PLAN = "([None for _ in costs], [0 for _ in (costs[0] if costs else [])])"
TRIVIAL = {
    "first_come": ["[None for _ in tasks]", "[*range(len(tasks))]", "[0 for _ in tasks]"],
    "best_plan": ["[None for _ in costs]", "[*range(len(costs))]"],
    "buy": ["[0 for _ in asks]", "[limit for _ in asks]", "asks", "[limit / 2 for _ in asks]"],
    "vcg": [NO_PLAN, "(best_plan(costs, cloud), [0 for _ in (costs[0] if costs else [])])"],
    "mcafee": ["(0, 0, 0)", "(1, 10, 10)", "(min(len(bids), len(asks)), 0, 0)"],
    "stakes": ["(0, 0)", "(0, inf)", "(1e9, 1e9)", "(payment, payment)"],
}


@pytest.mark.parametrize("name", TRIVIAL)
@pytest.mark.parametrize("stub", ["", "0", "[]", "[None for _ in given[0]]", "[*range(len(given[0]))]"])
def test_an_answer_without_thought_earns_nothing_whatever_the_earlier_ones(name, stub):
    earlier = list(SIGNATURES)[: list(SIGNATURES).index(name)] if stub else []
    stubs = "".join(f"def {each}(*given): return {stub}\n" for each in earlier)
    for trivial in ["0", "1", "None", "inf", "(0, 0)", "[0, 0, 0, 0]", "[]", *TRIVIAL[name]]:
        source = f"{stubs}def {name}({SIGNATURES[name]}): return {trivial}\n"
        assert answers.feedback(name, 1, source).points == 0, trivial


def test_payments_that_need_no_plan_of_the_students_count_whatever_that_plan():
    alone = OTHER_WAYS.replace("best_plan", "my_plan") + "def best_plan(costs, cloud): return [None for _ in costs]\n"
    assert answers.feedback("vcg", 1, alone).points == 4


def test_a_mistake_in_the_plan_is_sent_back_to_its_question():
    for body in ("[0, 0, 1]", "'none'", "[1]"):
        result = answers.feedback("vcg", 1, f"def best_plan(costs, cloud):\n    return {body}\n")
        assert result.points == 0 and "Mend `best_plan` first" in result.text
    forced = "def best_plan(costs, cloud):\n    return right(costs, 1_000)\n"
    for seed in range(12):
        result = answers.feedback("vcg", seed, f"right = best_plan\n{forced}")
        assert result.points >= 3


def rule(auction):
    def clear(bids, asks):
        done = auction(bids, asks)
        return done.trades, done.buyer_price, done.seller_price

    return clear


def test_no_lie_pays_against_the_library_and_every_lie_that_should_pay_is_found():
    rng = np.random.default_rng(1)
    for _ in range(8):
        asks, limit = market.auctions._asks(rng, 2, False)
        assert not liars.lying_seller(lambda *case: reverse_auction(*case).paid, asks, limit, 2)
        assert "more." in liars.lying_seller(lambda *case: reverse_auction(*case, "first price").paid, asks, limit, 2)
        costs, cloud = market.auctions._priced_table(rng)

        def vcg(costs, cloud):
            best = vcg_assignment(costs, cloud)
            return said(best.nodes), best.paid

        def first_price(costs, cloud):
            best = assign(costs, "optimal", cloud)
            return said(best.nodes), best.paid

        assert not liars.lying_node(vcg, costs, cloud)
        assert "more." in liars.lying_node(first_price, costs, cloud)

        for together in (True, False):
            people = market.double_auction._bazaar(rng, together)
            assert not liars.lying_trader(rule(mcafee_auction), *people)
            assert "must add" in liars.lying_trader(rule(vcg_double_auction), *people)
            assert "more." in liars.lying_trader(rule(k_double_auction), *people)


def test_the_size_of_a_lie_is_what_the_liar_gains():
    def first_price(*case):
        return reverse_auction(*case, "first price").paid

    assert liars.lying_seller(first_price, [4.0, 9.0], 12, 1) == "A seller with cost 4 asked 8.5 and earned 4.5 more."

    def highest(asks, limit, units):
        return np.where(reverse_auction(asks, limit, units).won, max(ask for ask in asks if ask <= limit), 0.0)

    told = liars.lying_seller(highest, [4.0, 8.0, 7.0], 12, 1)
    assert told == "A seller with cost 4 also asked 11.5 under a false name, and earned 3.5 more."

    told = liars.lying_trader(rule(k_double_auction), [10.0], [4.0])
    assert told == "A buyer to whom it is worth 10 bid 4.5 and earned 2.75 more."
    assert "earns 0.60 by a cheat" in liars.cheating_node(lambda *case: (28, 0), 0, 6.0, 4.0, 0.1)
    assert "so do 34.00" in liars.cheating_node(lambda *case: (40, 0), 0, 6.0, 4.0, 0.1)


def test_the_referee_agrees_with_the_library():
    rng = np.random.default_rng(2)
    for tight in (True, False) * 20:
        tasks, nodes = market.plans._crowd(rng, tight)
        work, memory, deadline = np.array(tasks, dtype=float).T[..., np.newaxis]
        speed, room, price = np.array(nodes).T
        costs = np.where((memory <= room) & (work / speed <= deadline), work / speed * price, np.inf)
        assert market.plans._referee(said(assign(costs, "cheapest").nodes), tasks, nodes) == ""


def test_a_plan_that_does_not_fit_is_told_so():
    assert "does not fit" in judged([0], [[np.inf, 3]], 5)
    assert "no node" in judged(["0"], [[1, 3]], 5)
    assert "no node" in judged([[0]], [[1, 3]], 5)
    assert "no node" in judged((1.0,), [[4, 3]], 5)
    assert judged(np.array([1]), [[4, 3]], 5) == ""


def test_the_lies_at_the_end_of_the_lab_work():
    notebook = {}
    exec(RIGHT, notebook)
    assert (notebook["buy"]([4, 6, 9], 12, 1), notebook["buy"]([4, 11, 9], 12, 1)) == ([6, 0, 0], [9, 0, 0])
    alone = notebook["mcafee"]([10, 9, 7, 3, 2], [2, 4, 6, 6.5, 9])
    trades, price, _ = notebook["mcafee"]([10, 9, 7, 3, 2, 6.4], [2, 4, 6, 6.5, 9])
    assert alone[0] == 2 and (trades, price) == (3, pytest.approx(6.45))  # the third buyer gains 0.55 by a second name


class TestAuctionAndAllocation(LabContract):
    answers = answers
    mistakes = MISTAKES
    pieces = HELPERS
    other_ways = {"all six": OTHER_WAYS}
    chains = [("buy", "[2 * each for each in R]", ["vcg", "mcafee"])]
    total = 18

    @staticmethod
    def by_hand(notebook):
        tasks = [Task(8, 16, 10), Task(4, 8, 3)]
        nodes = [Node(1, 24, 0.3), Node(2, 16, 0.5)]
        assert notebook["first_come"](tasks, nodes) == [1, None]
        costs = [[2.4, 2], [np.inf, 1]]
        assert tuple(notebook["best_plan"](costs, 4)) == (0, 1)
        assert (plan_cost([1, None], costs, 4), plan_cost([0, 1], costs, 4)) == (6, 3.4)
        assert notebook["buy"]([9, 4, 7, 12], 10, 2) == [0, 9, 9, 0]
        assert notebook["buy"]([9, 4, 7, 12], 10, 4) == [10, 10, 10, 0]
        assert notebook["vcg"]([[3, 5, 9], [6, 4, 7]], 12) == ((0, 1), [8, 7, 0])
        assert notebook["mcafee"]([3, 10, 5, 9, 7], [9, 2, 8, 6, 4]) == (3, 6.5, 6.5)
        assert notebook["mcafee"]([2, 10, 3, 9, 7], [9, 2, 6.5, 6, 4]) == (2, 7, 6)
        assert notebook["stakes"](6, 4, 0.1) == pytest.approx((34, 54))
