import numpy as np
import pytest

from defi_lib.compute import assign, draw_presence, simulate_replanning
from defi_lib.evidence import effect, today
from defi_lib.evidence.compute.matching.allocating import (
    asking_cost,
    asking_extra,
    learnt,
    market,
    old_list,
    one_day,
    other_planners,
    own_best,
    planned_cost,
    planned_extra,
    tables,
)


def more(**changed):
    found = effect("C7a")
    return -found(today(found.assumptions, changed=changed))[0]


def test_the_best_plan_costs_what_the_formula_says():
    drawn = np.mean([assign(costs, "optimal").cost / 20 for costs in tables(400, seed=1)])
    assert drawn == pytest.approx(1 + planned_extra(20, 30.0, 0.5), abs=0.001)


def test_a_planner_who_knows_some_tasks_only_pays_what_the_sum_says():
    """Another way: who does not know a task's costs plans it as if all nodes were alike, and pays what they are."""
    rng, paid = np.random.default_rng(3), []
    for costs in tables(600, seed=7):
        believed = np.where(rng.random(20)[:, np.newaxis] < 0.6, costs, 1.5)
        nodes = assign(believed, "optimal").nodes
        paid.append(costs[np.arange(20), nodes].mean())
    assert np.mean(paid) == pytest.approx(float(planned_cost(1.5, 0.5, 0.6, 3.0)), abs=0.01)


def test_asking_costs_what_the_integral_says():
    """Another way: one task after another leaves and asks again, in tables of its own, for a long time."""
    rng, cloud, nodes = np.random.default_rng(2), 2.2, 30
    for seen in (3, 12):
        busy, extras = rng.permutation(nodes)[:20], []
        for _ in range(4_000):
            task = rng.integers(20)
            others = np.delete(busy, task)
            view = np.flatnonzero(rng.random(nodes) < seen / nodes)
            free = view[~np.isin(view, others)]
            least = rng.exponential(0.5, size=free.size).min(initial=np.inf)
            extras.append(min(least, cloud - 1))
            spare = np.setdiff1d(np.arange(nodes), others)
            busy[task] = rng.choice(free) if free.size else rng.choice(spare)
        found = asking_extra(30 - 19, seen / nodes, 0.5, cloud - 1)
        assert np.mean(extras) == pytest.approx(float(found), abs=0.02)


def test_hour_by_hour_asking_stays_near_the_best_plan():
    """The mechanism itself: five markets for two days, a tenth leaves every hour; the best plan moves for nothing."""
    rng = np.random.default_rng(4)
    runs = [
        simulate_replanning(costs, draw_presence(48, 45, 0.1, 0.2, rng), 2.2) for costs in tables(5, 20, 45, seed=6)
    ]
    extra = np.mean([run.extra[12:].sum() / run.best[12:].sum() for run in runs])
    formula = asking_cost(1.5, 30.0, 0.5, 1.0, 2.2) / planned_cost(1.5, 0.5, 1.0, 2.2) - 1
    assert extra == pytest.approx(formula, abs=0.015)


def test_what_the_lesson_says_of_today():
    assert 0.015 < more() < more(known=1.0) < 0.03 and more(known=0.0) == pytest.approx(0, abs=1e-9)
    assert more(seen=10.0) > 0.1 > more(seen=12.0) and more(seen=3.0) > 0.4
    others, blind = other_planners()
    assert others["he alone knows all"] == pytest.approx(0.112, abs=0.001) and blind == pytest.approx(0.091, abs=0.001)
    assert 0 < others["his moves cost"] < 0.01


def test_whoever_plans_can_let_them_ask():
    assert more(unlike=4.0, cloud=1.2, plenty=1.1) == 0


def test_an_old_list_costs_what_lost_tasks_must_pay():
    found = old_list(6)
    to_cloud, asks, new, asking = found.values()
    assert new == 0 <= asks < asking < 0.05 < 0.15 < to_cloud


def test_half_of_the_tasks_and_more_have_their_own_best():
    assert own_best() == pytest.approx(0.69, abs=0.02)


def test_who_is_good_is_learnt_from_work_and_lies_end_with_it():
    assert learnt(0) == pytest.approx(0.1, abs=0.01) and learnt(0, liars=0.3) > 0.9
    assert learnt(1, liars=0.3) == learnt(1) and learnt(10) < 0.12


def test_a_narrow_view_costs_the_clients_and_the_owner_keeps_what_the_plan_saves():
    books = one_day()
    paid = {name: -book.balance("clients", "USD") for name, book in books.items()}
    assert paid["asking three"] > paid["asking all"] == pytest.approx(paid["one owner"])
    assert books["one owner"].balance("owner", "USD") > 0


def test_the_explorer_s_lines_meet_where_all_is_seen_and_plenty():
    found = market(np.array([1.0, 40.0, 1_000.0]), 4.0, 0.5, 1.0)
    assert found["Asking"][0] > 1.5 and found["Asking"][1] == found["Asking"][2] == pytest.approx(1 + 0.5 / 31)
    assert np.all(found["more"] > 0)
