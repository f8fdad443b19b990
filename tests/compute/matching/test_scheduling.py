from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from defi_lib.compute import (
    NOBODY,
    Nodes,
    Tasks,
    longest_first_bound,
    optimal_schedule,
    schedule,
    shortest_makespan_bound,
)
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses

RULES = ["first fit", "longest first", "cheapest", "earliest deadline", "priority"]
whole = st.integers(1, 8).map(float)


@st.composite
def markets(draw, most_tasks=6, most_nodes=3):
    tasks, nodes = draw(st.integers(0, most_tasks)), draw(st.integers(0, most_nodes))

    def row(count, entry):
        return draw(st.lists(entry, min_size=count, max_size=count))

    return (
        Tasks(row(tasks, whole), row(tasks, whole), row(tasks, whole.map(lambda h: 2 * h) | st.just(np.inf))),
        Nodes(row(nodes, st.sampled_from([1.0, 2.0, 4.0])), row(nodes, whole | st.just(np.inf)), row(nodes, whole)),
    )


def is_valid(plan):
    """On each node one task after the other, all in time and with memory enough."""
    for node in range(plan.nodes.speed.size):
        mine = np.flatnonzero(plan.node == node)
        mine = mine[np.argsort(plan.start[mine])]
        assert np.all(plan.tasks.memory[mine] <= plan.nodes.memory[node])
        assert np.all(plan.start[mine][1:] >= plan.finish[mine][:-1])
        np.testing.assert_allclose(plan.finish[mine] - plan.start[mine], plan.tasks.work[mine] / plan.nodes.speed[node])
    assert np.all(plan.finish <= plan.tasks.deadline + 1e-6)
    assert np.all(plan.start >= 0)


def test_longest_first_at_its_worst():
    tasks, nodes = Tasks([3, 3, 2, 2, 2]), Nodes([1, 1])
    assert schedule(tasks, nodes).makespan == 7
    assert optimal_schedule(tasks, nodes).makespan == 6
    assert longest_first_bound(2) == pytest.approx(7 / 6)
    assert longest_first_bound(np.array([1, 3])) == pytest.approx([1, 11 / 9])


def test_the_rules_differ():
    tasks = Tasks([4, 1, 8], deadline=[20, 1, 20], priority=[0, 0, 1])
    nodes = Nodes([1, 2], price=[1, 5])
    plans = {rule: schedule(tasks, nodes, rule) for rule in RULES}
    assert plans["first fit"].node.tolist() == [0, 1, 0]
    assert plans["cheapest"].node.tolist() == [0, 1, 0]
    assert plans["longest first"].node.tolist() == [0, NOBODY, 1]
    assert plans["earliest deadline"].node.tolist() == [1, 1, 1]
    assert plans["priority"].node.tolist() == [0, NOBODY, 1]
    assert plans["first fit"].makespan == 12
    assert plans["first fit"].cost == 12 + 0.5 * 5
    assert plans["priority"].finish.tolist() == [4, 0, 4]


def test_first_fit_with_one_deadline_packs_bins():
    plan = schedule(Tasks([6, 5, 4, 3, 2], deadline=10), Nodes(np.ones(5)), "first fit")
    assert plan.node.tolist() == [0, 1, 0, 1, 1]
    assert plan.hours.tolist() == [10, 10, 0, 0, 0]


def test_memory_decides_who_can():
    plan = schedule(Tasks([1, 1], memory=[24, 80]), Nodes([1, 1], memory=[24, 40]))
    assert plan.node.tolist() == [0, NOBODY]
    assert plan.done.tolist() == [True, False]
    assert optimal_schedule(plan.tasks, plan.nodes).node[1] == NOBODY


@settings(max_examples=60)
@given(markets(), st.sampled_from(RULES))
def test_every_schedule_is_valid_and_paid(market, rule):
    plan = schedule(*market, rule)
    is_valid(plan)
    assert plan.hours.sum() == pytest.approx((plan.finish - plan.start).sum())
    ledger = Ledger({"client": "client"}, new_parties="by name")
    ledger.book(plan)
    ledger.check_conserved()
    assert ledger.balance("client", "USD") == pytest.approx(-plan.cost)


def every_schedule(tasks, nodes):
    """Done tasks, makespan and cost of all choices that keep every deadline, the earliest first on each node."""
    order = np.argsort(tasks.deadline, kind="stable")
    for choice in product(range(-1, nodes.speed.size), repeat=tasks.work.size):
        busy, good = np.zeros(nodes.speed.size), True
        for task in order:
            node = choice[task]
            if node != NOBODY:
                busy[node] += tasks.work[task] / nodes.speed[node]
                good &= busy[node] <= tasks.deadline[task] and tasks.memory[task] <= nodes.memory[node]
        if good:
            yield -sum(node != NOBODY for node in choice), np.max(busy, initial=0.0), float(np.sum(busy * nodes.price))


@settings(max_examples=40, deadline=None)
@given(markets(4, 3))
def test_the_optimum_is_that_of_all_schedules(market):
    every = list(every_schedule(*market))
    shortest, cheapest = optimal_schedule(*market), optimal_schedule(*market, "cost")
    is_valid(shortest)
    is_valid(cheapest)
    assert (-shortest.done.sum(), shortest.makespan) == pytest.approx(min((n, m) for n, m, _ in every), abs=1e-6)
    assert (-cheapest.done.sum(), cheapest.cost) == pytest.approx(min((n, c) for n, _, c in every), abs=1e-6)


def test_the_optimum_keeps_every_deadline():
    plan = optimal_schedule(Tasks([3, 3, 3], deadline=[3, 5.5, 9]), Nodes([1]))
    assert plan.done.tolist() == [True, False, True]
    assert plan.finish.tolist() == [3, 0, 6]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.1, 10), min_size=1, max_size=7), st.integers(1, 3))
@example([2.333971256510644, 0.5], 3)  # scipy 1.14.1, the one of browsers, put both on one node
def test_longest_first_keeps_the_bound_of_graham(work, nodes):
    tasks, machines = Tasks(work), Nodes(np.ones(nodes))
    best = optimal_schedule(tasks, machines).makespan
    assert shortest_makespan_bound(tasks, machines) <= best + 1e-6
    assert best - 1e-6 <= schedule(tasks, machines).makespan <= best * longest_first_bound(nodes) + 1e-6


@settings(max_examples=60)
@given(st.lists(st.tuples(whole, whole.map(lambda h: 3 * h)), max_size=8))
def test_on_one_node_the_earliest_deadline_first_is_in_time_if_anything_is(jobs):
    work, due = np.array(jobs).reshape(-1, 2).T
    order = np.argsort(due, kind="stable")
    possible = np.all(np.cumsum(work[order]) <= due[order])
    plan = schedule(Tasks(work, deadline=due), Nodes([1.0]), "earliest deadline")
    if possible:
        assert plan.done.all()


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize(("tasks", "nodes"), [(0, 0), (0, 2), (2, 0)])
def test_empty_markets(rule, tasks, nodes):
    work, speed = np.ones(tasks), np.ones(nodes)
    for plan in (schedule(Tasks(work), Nodes(speed), rule), optimal_schedule(Tasks(work), Nodes(speed))):
        assert (plan.makespan, plan.cost, plan.done.any()) == (0, 0, False)
    assert shortest_makespan_bound(Tasks([]), Nodes(speed)) == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Tasks([1, 0]), r"work\[1\] = 0 .*\(0, inf\)"),
        (lambda: Tasks([1], memory=-1), r"memory = -1 .*\[0, inf\)"),
        (lambda: Tasks([1], deadline=0), r"deadline = 0 .*\(0, inf\)"),
        (lambda: Tasks([1], priority=np.inf), r"priority = inf .*\(-inf, inf\)"),
        (lambda: Tasks([1, 2], memory=[1, 2, 3]), r"memory has 3 entries: allowed are 1 or 2"),
        (lambda: Tasks([[1, 2]]), r"work has shape \(1, 2\)"),
        (lambda: Nodes([1, -1]), r"speed\[1\] = -1 .*\(0, inf\)"),
        (lambda: Nodes([1], memory=-1), r"memory = -1 .*\[0, inf\)"),
        (lambda: Nodes([1], price=-1), r"price = -1 .*\[0, inf\)"),
        (lambda: schedule(Tasks([1]), Nodes([1]), "random"), r"rule = 'random' .*'first fit'"),
        (lambda: optimal_schedule(Tasks([1]), Nodes([1]), "profit"), r"goal = 'profit' .*'makespan'"),
        (lambda: optimal_schedule(Tasks([1]), Nodes([1]), seconds=0.0), r"seconds = 0 .*\(0, inf\)"),
        (lambda: shortest_makespan_bound(Tasks([1, 1], memory=[1, 9]), Nodes([1], 2)), r"tasks\[1\] fits on no node"),
        (lambda: longest_first_bound(0.0), r"nodes = 0 .*\[1, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


def test_no_proof_in_time_is_an_error():
    random = np.random.default_rng(0)
    with pytest.raises(ValueError, match=r"seconds = 0.01 are too few to prove the optimum of 60 tasks"):
        optimal_schedule(Tasks(random.random(60) + 0.5), Nodes(random.random(7) + 0.5), seconds=0.01)


class TestLimitsExactlyMet:
    """0.1 + 0.2 is at 0.3: hours, and gigabytes."""

    @pytest.mark.parametrize("rule", RULES)
    def test_a_deadline_that_is_just_met_is_met(self, rule):
        done = schedule(Tasks([0.1, 0.2], deadline=0.3), Nodes([1.0]), rule).done
        assert done.all()
        assert schedule(Tasks([0.1] * 1000, deadline=100.0), Nodes([1.0]), rule).done.all()
        assert not schedule(Tasks([0.1, 0.2], deadline=0.3 - 1e-12), Nodes([1.0]), rule).done.all()

    def test_memory_that_is_just_enough_is_enough(self):
        assert schedule(Tasks([1.0], memory=0.1 + 0.2), Nodes([1.0], memory=0.3)).done.all()

    def test_the_optimum_knows_it_too(self):
        tasks = Tasks([0.1 + 0.2], deadline=0.3)
        assert optimal_schedule(tasks, Nodes([1.0])).done.all()


def test_of_nodes_that_are_finished_at_once_the_first():
    """Both are free at 0.3, the first of them a rounding later."""
    plan = schedule(Tasks([0.2, 0.3, 0.1, 0.3], priority=[4, 3, 2, 1]), Nodes([1.0, 1.0]), "priority")
    assert 0.2 + 0.1 + 0.3 > 0.3 + 0.3 and plan.node.tolist() == [0, 1, 0, 0]


def test_of_tasks_that_are_alike_to_within_rounding_the_first():
    more, node = [0.3, 0.1 + 0.2], Nodes([1.0])
    for tasks, rule in (
        (Tasks(more), "longest first"),
        (Tasks(1.0, deadline=10.0), "earliest deadline"),
        (Tasks([1.0, 1.0], deadline=np.array(more[::-1]) * 10), "earliest deadline"),
        (Tasks([1.0, 1.0], priority=more), "priority"),
    ):
        assert np.all(np.diff(schedule(tasks, node, rule).start) > 0)
