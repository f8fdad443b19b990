import numpy as np
import pytest

from defi_lib.compute import hours_per_task, online_share, simulate_churn
from tests.support.contracts import assert_refuses


def test_share_on_line():
    assert online_share(0.1, 0.3) == pytest.approx(0.75)
    assert online_share(0.0, 0.0) == online_share(0.0, 0.5) == 1
    assert online_share(np.array([0.1, 1.0]), 0.0).tolist() == [0, 0]


def test_long_tasks_on_restless_nodes_never_end():
    np.testing.assert_allclose(hours_per_task(np.array([0.0, 1, 2, 3]), 0.5), [0, 2, 6, 14])
    assert hours_per_task(24.0, 0.1) == pytest.approx((0.9**-24 - 1) / 0.1)
    assert hours_per_task(24.0, 0.0) == 24
    assert hours_per_task(24.0, 1e-14) == pytest.approx(24, rel=1e-12)


@pytest.mark.parametrize(("leave", "task_hours"), [(0.0, 5), (0.05, 8), (0.3, 3)])
def test_simulation_agrees_with_the_formulas(leave, task_hours):
    run = simulate_churn((40, 200), 1500, leave, 0.2, task_hours, np.random.default_rng(7))
    worked, finished = run.online.sum(axis=0), run.finished.sum(axis=0)
    error = 4 / np.sqrt(40)
    per_task = worked / finished
    # Work on open tasks at the end is at most one task per node.
    open_work = 200 * task_hours / finished.mean()
    assert per_task.mean() == pytest.approx(hours_per_task(task_hours, leave), abs=error * per_task.std() + open_work)
    share = (run.online[300:] / 200).mean(axis=0)
    assert share.mean() == pytest.approx(online_share(leave, 0.2), abs=error * share.std() + 1e-12)


def test_hours_are_finished_lost_or_open():
    run = simulate_churn(50, 400, 0.1, 0.3, 6, np.random.default_rng(1))
    open_hours = run.online.sum() - 6 * run.finished.sum() - run.lost.sum()
    assert 0 <= open_hours <= 50 * 5
    assert run.useful_share == 1 - run.lost.sum() / run.online.sum()
    assert type(run.useful_share) is float


def test_edges():
    random = np.random.default_rng(1)
    assert simulate_churn(0, 3, 0.1, 0.1, 2, random).online.tolist() == [0, 0, 0]
    assert simulate_churn(0, 3, 0.1, 0.1, 2, random).useful_share == 0
    assert simulate_churn(5, 0, 0.1, 0.1, 2, random).online.shape == (0,)
    assert simulate_churn(5, 4, 0.0, 0.0, 2, random).finished.tolist() == [0, 5, 0, 5]
    gone = simulate_churn(5, 3, 1.0, 0.0, 1, random)
    assert gone.online.tolist() == [5, 0, 0]
    assert gone.lost.tolist() == [5, 0, 0]
    many = simulate_churn((3, 10), 5, np.array([0.0, 0.5, 1.0]), 0.0, 1, random)
    assert many.online[1, 0] == 10 > many.online[1, 1] > many.online[1, 2] == 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: online_share(1.1, 0.5), r"leave = 1.1 .*\[0, 1\]"),
        (lambda: online_share(0.1, -0.5), r"join = -0.5 .*\[0, 1\]"),
        (lambda: hours_per_task(-1.0, 0.1), r"task_hours = -1 .*\[0, inf\)"),
        (lambda: hours_per_task(1.0, 1.0), r"leave = 1 .*\[0, 1\)"),
        (lambda: hours_per_task(np.array([1, 1e6]), 0.5), r"hours per task\[1\] = inf .*\[0, inf\)"),
        (lambda: simulate_churn(-1, 1, 0.1, 0.1, 1, np.random.default_rng()), r"nodes = -1 .*>= 0"),
        (lambda: simulate_churn(1, -1, 0.1, 0.1, 1, np.random.default_rng()), r"hours = -1 .*>= 0"),
        (lambda: simulate_churn(1, 1, 2.0, 0.1, 1, np.random.default_rng()), r"leave = 2 .*\[0, 1\]"),
        (lambda: simulate_churn(1, 1, 0.1, 0.1, 0, np.random.default_rng()), r"task_hours = 0 .*>= 1"),
        (lambda: simulate_churn((2, 1), 1, np.zeros(3), 0.1, 1, np.random.default_rng()), "shapes do not fit"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
