import pickle
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pandas as pd
import pytest

from defi_lib.simulation import SweepError, sweep, sweeping

GRID = {"fee": [0.0, 0.003, 0.01], "seed": range(4)}


def income(fee, seed):
    volume = np.random.default_rng(seed).exponential(1e6)
    return {"income": fee * volume, "volume": volume}


def inverse(value):
    return 1 / value


def test_every_point_in_order():
    result = sweep(lambda fee, seed: (fee, seed), GRID)
    assert result.results == tuple((fee, seed) for fee in GRID["fee"] for seed in GRID["seed"])
    assert result.points[5] == {"fee": 0.003, "seed": 1}
    assert result.grid == {"fee": (0.0, 0.003, 0.01), "seed": (0, 1, 2, 3)}


def test_all_executors_agree():
    here = sweep(income, GRID)
    with ThreadPoolExecutor(3) as threads:
        assert sweep(income, GRID, threads) == here
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as processes:
        assert sweep(income, GRID, processes) == here


def test_order_does_not_depend_on_who_is_first():
    with ThreadPoolExecutor(4) as threads:
        result = sweep(lambda delay: time.sleep(delay) or delay, {"delay": [0.05, 0.0, 0.02]}, threads)
    assert result.results == (0.05, 0.0, 0.02)


def test_parameters_may_be_called_like_options_of_an_executor():
    with ThreadPoolExecutor(1) as threads:
        assert sweep(lambda fn, self: fn + self, {"fn": [1], "self": [2, 3]}, threads).results == (3, 4)


def test_array_and_frame():
    result = sweep(income, GRID)
    array = result.array("income")
    assert array.shape == (3, 4)
    assert array[1, 2] == income(0.003, 2)["income"]
    frame = result.frame()
    assert frame.columns.tolist() == ["fee", "seed", "income", "volume"]
    assert len(frame) == 12
    np.testing.assert_array_equal(frame["income"], array.ravel())
    plain = sweep(lambda value: np.array([value, 2 * value]), {"value": [1, 2, 3]})
    np.testing.assert_array_equal(plain.array(), [[1, 2], [2, 4], [3, 6]])
    assert sweep(abs_of, {"value": [-1, 2]}).frame()["result"].tolist() == [1, 2]


def abs_of(value):
    return abs(value)


@pytest.mark.parametrize("kind", ["here", "threads", "processes"])
def test_a_failure_carries_its_parameters(kind):
    pools = {
        "here": lambda: None,
        "threads": lambda: ThreadPoolExecutor(2),
        "processes": lambda: ProcessPoolExecutor(1, mp_context=get_context("spawn")),
    }
    pool = pools[kind]()
    with pytest.raises(SweepError, match="failed at value = 0: ZeroDivisionError: division by zero") as caught:
        sweep(inverse, {"value": [2, 1, 0, 3]}, pool)
    if pool is not None:
        pool.shutdown()
    assert caught.value.parameters == {"value": 0}
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.parameters) == (str(caught.value), {"value": 0})


def test_after_a_failure_the_rest_is_cancelled():
    called = []

    def slow(value):
        called.append(value)
        time.sleep(0.01)
        return 1 / value

    with ThreadPoolExecutor(1) as threads, pytest.raises(SweepError):
        sweep(slow, {"value": [0, *range(1, 200)]}, threads)
    assert len(called) < 100


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({}, "grid is empty"),
        ({"fee": []}, r"grid\['fee'\] = \[\] is no list of values"),
        ({"fee": 0.003}, r"grid\['fee'\] = 0\.003 is no list of values"),
        ({"kind": "pool"}, r"grid\['kind'\] = 'pool' is no list of values"),
    ],
)
def test_impossible_grids(grid, message):
    with pytest.raises(ValueError, match=message):
        sweep(income, grid)


def test_names_of_results():
    with pytest.raises(ValueError, match="name = 'profit' is not in the results"):
        sweep(income, GRID).array("profit")


def test_a_bar_for_long_sweeps_only(monkeypatch, capsys):
    sweep(abs_of, {"value": range(5)})
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sweeping, "SHOW_AFTER", -1.0)
    sweep(abs_of, {"value": range(5)}, progress=False)
    assert capsys.readouterr().err == ""
    sweep(abs_of, {"value": range(5)})
    assert "/5" in capsys.readouterr().err


def test_import_is_light():
    code = "import sys, defi_lib.simulation; print([m for m in ('pandas', 'scipy', 'tqdm') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_result_with_the_name_of_a_parameter_has_its_own_column():
    frame = sweep(lambda fee: {"fee": 2 * fee, "fee (result)": 7, "cost": 1}, {"fee": [1, 2]}).frame()
    assert frame.to_dict("list") == {
        "fee": [1, 2],
        "fee (result) (result)": [2, 4],
        "fee (result)": [7, 7],
        "cost": [1, 1],
    }
    assert sweep(lambda result: 2 * result, {"result": [1]}).frame().to_dict("list") == {
        "result": [1],
        "result (result)": [2],
    }


def test_results_with_different_names_make_no_frame():
    result = sweep(lambda value: {"a": 1} if value else {"b": 1}, {"value": [0, 1]})
    with pytest.raises(ValueError, match=r"results have the names \['a'\] at value = 1, but \['b'\] at first"):
        result.frame()


def test_a_table_is_no_list_of_values():
    with pytest.raises(ValueError, match=r"grid\['prices'\] = DataFrame of shape \(2, 1\).* is a table"):
        sweep(abs_of, {"prices": pd.DataFrame({"eth": [1.0, 2.0]})})
    assert sweep(abs_of, {"value": pd.Series([-1, 2])}).results == (1, 2)


def test_messages_show_a_few_entries():
    with pytest.raises(SweepError) as error:
        sweep(lambda prices: 1 / 0, {"prices": [np.zeros(10**6), list(range(10**6))]})
    assert len(str(error.value)) < 300


@pytest.mark.parametrize("batch", [1, 2, 5, 12, 100])
def test_batches_change_nothing(batch):
    with ThreadPoolExecutor(2) as threads:
        assert sweep(income, GRID, threads, batch=batch) == sweep(income, GRID)


def test_a_failure_within_a_batch_carries_its_parameters_and_where_it_happened():
    with (
        ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool,
        pytest.raises(SweepError, match="failed at value = 0: ZeroDivisionError") as caught,
    ):
        sweep(inverse, {"value": [2, 1, 0, 3]}, pool, batch=4)
    assert caught.value.parameters == {"value": 0}
    assert "in inverse" in "".join(caught.value.__cause__.__notes__)
    with pytest.raises(ValueError, match="batch = 0 is outside"):
        sweep(inverse, {"value": [1]}, batch=0)
