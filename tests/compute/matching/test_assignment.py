from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from defi_lib.compute import NOBODY, assign, vcg_assignment
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses

COSTS = [[4, 1, 3], [2, 0, 5], [3, 2, 2]]
RULES = ["first fit", "cheapest", "optimal"]


@st.composite
def tables(draw, impossible=True):
    shape = draw(st.integers(0, 4)), draw(st.integers(0, 4))
    entry = st.integers(0, 9).map(float)
    return draw(arrays(float, shape, elements=entry | st.just(np.inf) if impossible else entry))


def every_assignment(costs):
    """All ways to give tasks to nodes, each at most once."""
    tasks, nodes = costs.shape
    for columns in set(permutations([*range(nodes), *[NOBODY] * tasks], tasks)):
        if all(node == NOBODY or costs[task, node] < np.inf for task, node in enumerate(columns)):
            yield columns


def best_of_all(costs, outside):
    """Most tasks, then the lowest cost, by trying everything."""
    results = []
    for columns in every_assignment(costs):
        cost = [outside[t] if n == NOBODY else costs[t, n] for t, n in enumerate(columns)]
        done = [value for value in cost if value < np.inf]
        results.append((-len(done), sum(done)))
    return min(results)


def test_hungarian_method():
    best = assign(COSTS)
    assert best.cost == 5
    assert best.nodes.tolist() == [1, 0, 2]
    assert best.paid.tolist() == [2, 1, 2]


def test_task_by_task_is_dearer():
    assert assign(COSTS, "first fit").nodes.tolist() == [0, 1, 2]
    assert assign(COSTS, "cheapest").nodes.tolist() == [1, 0, 2]
    trap = [[1, 2], [1, 100]]
    assert assign(trap, "cheapest").cost == 101
    assert assign(trap).cost == 3


@settings(max_examples=100)
@given(tables(), st.none() | st.integers(0, 9).map(float))
def test_the_optimum_is_that_of_all_assignments(costs, outside):
    elsewhere = np.full(costs.shape[0], np.inf if outside is None else outside)
    best = assign(costs, "optimal", outside)
    done = np.isfinite(elsewhere) | best.done
    assert (-done.sum(), best.cost) == best_of_all(costs, elsewhere)


@settings(max_examples=100)
@given(tables(), st.sampled_from(RULES), st.none() | st.integers(0, 9).map(float))
def test_every_rule_keeps_the_rules(costs, rule, outside):
    found = assign(costs, rule, outside)
    used = found.nodes[found.done]
    assert np.unique(used).size == used.size
    assert np.all(np.isfinite(costs[found.done, used]))
    assert found.cost >= 0
    best = assign(costs, "optimal", outside)
    assert best.done.sum() >= found.done.sum() or outside is not None
    if outside is not None:
        assert best.cost <= found.cost <= outside * costs.shape[0]
    ledger = Ledger({"client": "client"}, new_parties="by name")
    ledger.book(found)
    ledger.check_conserved()
    assert ledger.balance("client", "USD") == pytest.approx(-found.cost)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("shape", [(0, 0), (0, 3), (3, 0)])
def test_empty_markets(rule, shape):
    found = assign(np.zeros(shape), rule)
    assert (found.cost, found.done.any(), found.paid.sum()) == (0, False, 0)
    assert assign(np.full((2, 2), np.inf), rule).nodes.tolist() == [NOBODY, NOBODY]
    assert assign(np.zeros((2, 0)), rule, [3.0, 4.0]).cost == 7


def test_small_differences_survive_a_task_that_cannot_be_done():
    costs = np.array([[1.0, 1.0 + 1e-9], [1.0 + 1e-9, 1.0], [np.inf, np.inf]])
    assert assign(costs).nodes.tolist() == [0, 1, NOBODY]


def test_vcg_of_equal_tasks_is_the_second_price():
    result = vcg_assignment([[2, 4, 6], [2, 4, 6]], 100.0)
    assert result.done.all()
    assert result.paid.tolist() == [6, 6, 0]


def test_vcg_of_unequal_tasks():
    result = vcg_assignment(COSTS, 5.0)
    assert result.paid.tolist() == [4, 5, 5]
    assert vcg_assignment(np.zeros((0, 2)), 5.0).paid.tolist() == [0, 0]
    assert vcg_assignment([[9.0]], 5.0).transfers()[-1].amount == 5


@settings(max_examples=80, deadline=None)
@given(tables(), st.integers(0, 9).map(float), st.data())
def test_with_vcg_no_node_gains_by_a_lie_or_loses_by_the_truth(costs, outside, data):
    if not costs.size:
        return
    node = data.draw(st.integers(0, costs.shape[1] - 1))
    factor = data.draw(st.sampled_from([0.0, 0.5, 2.0, np.inf]))
    said = costs.copy()
    # Only what the node can do may be done for any ask; what it cannot, it does not offer.
    said[:, node] = np.where(np.isfinite(costs[:, node]), np.inf if factor == np.inf else costs[:, node], np.inf)
    if factor != np.inf:
        lie = data.draw(arrays(float, costs.shape[0], elements=st.integers(0, 9).map(float)))
        said[:, node] = np.where(np.isfinite(costs[:, node]), lie * factor, np.inf)

    def gain(result):
        mine = result.nodes == node
        return result.paid[node] - np.sum(costs[mine, node])

    truth = vcg_assignment(costs, outside)
    assert gain(truth) >= 0
    assert gain(vcg_assignment(said, outside)) <= gain(truth) + 1e-12
    assert truth.paid.sum() <= outside * truth.done.sum() + 1e-12
    assert truth.cost == assign(costs, "optimal", outside).cost


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: assign([1, 2]), r"costs has shape \(2,\): allowed is a table"),
        (lambda: assign([[1, -1]]), r"costs\[0, 1\] = -1 .*\[0, inf\)"),
        (lambda: assign([[1, np.nan]]), r"costs\[0, 1\] = nan .*\[0, inf\)"),
        (lambda: assign([[1, 2]], "random"), r"rule = 'random' .*'first fit'"),
        (lambda: assign([[1, 2]], outside=-1.0), r"outside = -1 .*\[0, inf\)"),
        (lambda: assign([[1, 2]], outside=[1.0, 2.0]), r"outside has shape \(2,\)"),
        (lambda: vcg_assignment([[1.0]], np.inf), r"outside = inf .*\[0, inf\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)


@pytest.mark.parametrize("rule", RULES)
def test_a_node_that_costs_just_what_the_cloud_does_is_taken(rule):
    assert assign([[0.1 + 0.2]], rule, 0.3).nodes.tolist() == [0]
    assert assign([[0.3 + 1e-12]], rule, 0.3).nodes.tolist() == [NOBODY]


def test_of_nodes_that_cost_the_same_the_first_is_taken():
    assert assign([[0.1 + 0.2, 0.3], [1.0, 1.0]], "cheapest").nodes.tolist() == [0, 1]
    assert assign([[np.inf, np.inf]], "cheapest").nodes.tolist() == [NOBODY]
