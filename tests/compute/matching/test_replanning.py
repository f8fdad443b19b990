"""Nodes leave and join after the plan was made."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.compute import NOBODY, assign, draw_presence, online_share, replan, simulate_replanning
from tests.support.contracts import assert_refuses

LOST = ("asks", "cloud", "new plan")
CLOUD = 3.0


def lesson_tables():
    """The eight tables of lesson 7.2, and the luck that says which of thirty nodes are gone."""
    rng, luck = np.random.default_rng(8), np.random.default_rng(9).random((8, 90))
    pair, node = rng.standard_normal((8, 30, 90)), rng.standard_normal((8, 1, 90))
    return np.exp(0.5 * pair[:, :20, :30] + 0.3 * node[:, :, :30]), luck[:, :30]


def losses(tables, luck, gone):
    """By how much each rule costs more than the best plan, all tables together."""
    sums = np.zeros(5)
    for costs, chance in zip(tables, luck, strict=True):
        there = chance.argsort().argsort() >= gone
        now, plan = np.where(there, costs, np.inf), assign(costs, "optimal", CLOUD)
        own = [assign(now, rule, CLOUD).cost for rule in ("optimal", "cheapest")]
        sums += own + [replan(plan, costs, there, lost).cost for lost in LOST]
    return dict(zip(("without a plan", *LOST), sums[1:] / sums[0] - 1, strict=True))


@pytest.mark.parametrize(
    ("gone", "asks", "cloud", "without"),
    [(0, 0.0, 0.0, 0.135), (3, 0.046, 0.736, 0.147), (6, 0.069, 1.269, 0.196), (12, 0.153, 0.998, 0.212)],
)
def test_a_plan_from_an_old_list_is_only_bad_if_lost_tasks_may_not_ask(gone, asks, cloud, without):
    found = losses(*lesson_tables(), gone)
    assert found["asks"] == pytest.approx(asks, abs=5e-4)
    assert found["cloud"] == pytest.approx(cloud, abs=5e-4)
    assert found["without a plan"] == pytest.approx(without, abs=5e-4)
    assert found["new plan"] == pytest.approx(0.0, abs=1e-12)


def test_fresh_tables_say_the_same():
    rng = np.random.default_rng(1)
    tables = np.exp(0.5 * rng.standard_normal((200, 20, 30)) + 0.3 * rng.standard_normal((200, 1, 30)))
    found = losses(tables, rng.random((200, 30)), 3)
    assert found["asks"] == pytest.approx(0.028, abs=0.006)
    assert found["without a plan"] == pytest.approx(0.132, abs=0.012)
    assert found["cloud"] == pytest.approx(0.61, abs=0.06)


def test_by_hand():
    costs = np.array([[1.0, 2.0, 4.0], [3.0, 1.0, 2.0]])
    plan = assign(costs, "optimal", 9.0)
    assert plan.nodes.tolist() == [0, 1]
    # Node 1 is gone, node 3 has joined, and is the cheapest for both tasks.
    now, there = np.column_stack([costs, [0.5, 1.5]]), np.array([True, False, True, True])
    asked, cloud, new = (replan(plan, now, there, lost) for lost in LOST)
    assert asked.after.nodes.tolist() == [0, 3] and asked.cost == 2.5
    assert cloud.after.nodes.tolist() == [0, NOBODY] and cloud.cost == 10.0
    assert new.after.nodes.tolist() in ([0, 3], [3, 2]) and new.cost == 2.5
    assert asked.rescued.tolist() == [False, True] and not cloud.rescued.any()
    assert [each.lost.tolist() for each in (asked, cloud, new)] == [[False, True]] * 3
    assert asked.after.paid.tolist() == [1.0, 0.0, 0.0, 1.5]


def test_moving_is_worth_its_price_or_does_not_happen():
    plan = assign([[2.0, 9.0]], "optimal", 5.0)
    now, all_there = [[2.0, 9.0, 0.5]], np.ones(3, dtype=bool)
    moves, stays = (replan(plan, now, all_there, "new plan", moving=moving) for moving in (1.0, 2.0))
    assert moves.moved.tolist() == [True] and moves.cost == 1.5 and moves.moving_cost == 1.0
    assert not stays.moved.any() and stays.cost == 2.0
    assert replan(plan, now, all_there, "asks").after.nodes.tolist() == [0], "who has a node keeps it"
    # Away from a node that has become dear, to the cloud: that is a move too.
    dear = replan(plan, [[9.0, 9.0]], [True, True], "new plan", moving=1.0)
    assert dear.moved.tolist() == [True] and dear.cost == 6.0
    assert [transfer.reason for transfer in moves.transfers()] == ["rent", "moving"]


def test_a_task_outside_asks_who_has_joined():
    plan = assign([[9.0]], "optimal", 5.0)
    assert plan.nodes.tolist() == [NOBODY]
    joined = [replan(plan, [[9.0, 1.0]], [True, True], lost).cost for lost in LOST]
    assert joined == [1.0, 5.0, 1.0]


@given(st.integers(0, 6), st.integers(0, 6), st.integers(0, 3), st.integers(0, 10**6), st.floats(0.0, 3.0))
def test_a_new_plan_is_never_worse(tasks, nodes, joined, seed, moving):
    rng = np.random.default_rng(seed)
    now, there = rng.exponential(size=(tasks, nodes + joined)), rng.random(nodes + joined) < 0.6
    plan = assign(now[:, :nodes], "optimal", 1.5)
    asks, cloud, new = (replan(plan, now, there, lost, moving=moving) for lost in LOST)
    assert new.cost <= asks.cost + 1e-12 and asks.cost <= cloud.cost + 1e-12
    assert not asks.moved.any() and not cloud.moved.any()
    for each in (asks, cloud, new):
        working = each.after.nodes[each.after.done]
        assert there[working].all() and np.unique(working).size == working.size
        total = sum(transfer.amount for transfer in each.transfers())
        assert total == pytest.approx(each.cost, abs=1e-12)
    if not moving:
        assert new.cost == pytest.approx(assign(np.where(there, now, np.inf), "optimal", 1.5).cost)


def test_nobody_leaves_and_all_rules_are_the_same():
    costs = np.random.default_rng(3).exponential(size=(6, 9))
    plan = assign(costs, "optimal", 2.0)
    for lost in LOST:
        new = replan(plan, costs, np.ones(9, dtype=bool), lost)
        assert new.cost == pytest.approx(plan.cost) and not new.lost.any()
    there = np.ones((5, 9), dtype=bool)
    assert simulate_replanning(costs, there, 2.0, "asks").extra == pytest.approx(np.zeros(5), abs=1e-12)


def test_hour_by_hour_who_asks_falls_behind_the_plan_and_the_cloud_behind_both():
    rng = np.random.default_rng(5)
    costs, there = np.exp(0.5 * rng.standard_normal((12, 24))), draw_presence(300, 24, 0.05, 0.2, rng)
    asks, cloud, new = (simulate_replanning(costs, there, CLOUD, lost) for lost in LOST)
    assert new.extra == pytest.approx(np.zeros(300), abs=1e-9)
    assert 0 < asks.extra.sum() < cloud.extra.sum()
    assert cloud.outside[-1] == 12, "who never asks again ends in the cloud"
    dear = simulate_replanning(costs, there, CLOUD, "new plan", moving=1e6)
    assert dear.moved.sum() == 0 < new.moved.sum() and new.cost.sum() < dear.cost.sum()


def test_presence_has_its_long_run_share_from_the_first_hour():
    there = draw_presence(40, 20_000, 0.05, 0.2, np.random.default_rng(2))
    assert there.mean(axis=1) == pytest.approx(np.full(40, online_share(0.05, 0.2)), abs=0.015)
    left = there[:-1] & ~there[1:]
    assert left.sum() / there[:-1].sum() == pytest.approx(0.05, abs=0.001)
    assert draw_presence(0, 3, 0.1, 0.1, np.random.default_rng(1)).shape == (0, 3)


def test_errors():
    plan, here = assign([[1.0, 2.0]], "optimal", 5.0), np.array([True, True])
    assert_refuses(lambda: replan(plan, plan.costs, here, "waits"), "lost = 'waits'")
    assert_refuses(lambda: replan(plan, plan.costs, here, moving=-1.0), "moving = -1")
    assert_refuses(lambda: replan(plan, plan.costs, np.array([1.0, 0.0])), "there has shape")
    assert_refuses(lambda: replan(plan, plan.costs, np.array([True])), "there has shape")
    assert_refuses(lambda: replan(plan, [[1.0]], np.array([True])), "costs has shape")
    assert_refuses(lambda: replan(plan, [[-1.0, 2.0]], here), r"costs\[0, 0\] = -1")
    assert_refuses(lambda: simulate_replanning([[1.0]], np.array([True]), 5.0), "there has shape")
    assert_refuses(lambda: simulate_replanning([[1.0]], np.ones((2, 2), dtype=bool), 5.0), "there has shape")
    assert_refuses(lambda: simulate_replanning([[1.0]], np.ones((2, 1), dtype=bool), np.inf), "outside = inf")
    assert_refuses(lambda: draw_presence(1, 1, 2.0, 0.1, np.random.default_rng(1)), "leave = 2")
