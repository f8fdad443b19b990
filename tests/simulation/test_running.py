from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest

from defi_lib.simulation import GeometricBrownian, run


class Account(NamedTuple):
    balance: float


TIMES = np.array([0.0, 0.5, 2.0])


def test_steps_get_the_elapsed_time():
    result = run(
        Account(100.0),
        lambda account, now: Account(account.balance * np.exp(0.1 * now.elapsed)),
        TIMES,
        record=lambda account, now: {"balance": account.balance, "number": now.number, "price": now.price is None},
    )
    assert result.state.balance == pytest.approx(100 * np.exp(0.2))
    np.testing.assert_allclose(result["balance"], 100 * np.exp(0.1 * TIMES))
    np.testing.assert_array_equal(result["number"], [0, 1, 2])
    assert result["price"].all()
    np.testing.assert_array_equal(result.times, TIMES)
    state, times, records = result
    assert state is result.state and times is result[1] and records is result.records


def test_a_stream_and_an_array_of_prices_give_the_same_run():
    process = GeometricBrownian(2000.0, 0.8)
    times = np.linspace(0, 1, 101)

    def invest(account, now):
        return Account(account.balance + 1 / now.price)

    def observed(account, now):
        return {"value": account.balance * now.price, "time": now.time}

    streamed, listed = (
        run(Account(0.0), invest, times, prices, observed)
        for prices in (
            process.stream(times, 5, np.random.default_rng(1)),
            process.paths(times, 5, np.random.default_rng(1)),
        )
    )
    np.testing.assert_array_equal(streamed["value"], listed["value"])
    assert streamed["value"].shape == (101, 5)
    np.testing.assert_array_equal(streamed["time"], times)
    # The first price belongs to the start: nothing is bought there.
    assert np.all(streamed["value"][0] == 0)
    paths = process.paths(times, 5, np.random.default_rng(1))
    np.testing.assert_allclose(listed.state.balance, np.sum(1 / paths[1:], axis=0), rtol=1e-12)


def test_nothing_to_record_and_one_time_only():
    result = run(Account(1.0), lambda account, now: pytest.fail("no step"), [5.0])
    assert result.state == Account(1.0)
    assert result.records == {}


@pytest.mark.parametrize(
    ("times", "prices", "message"),
    [
        ([0, 0], None, r"times\[1\] = 0 is not after \d"),
        ([0, 1, 2], [1.0, 2.0], "prices has 2 entries for 3 times"),
        ([0, 1], [1.0, 2.0, 3.0], "prices has more entries than the 2 times"),
    ],
)
def test_errors(times, prices, message):
    with pytest.raises(ValueError, match=message):
        run(Account(1.0), lambda account, now: account, times, prices)


def test_records_must_keep_their_names():
    with pytest.raises(ValueError, match=r"record gave \['b'\] at step 1, but \['a'\] before"):
        run(Account(1.0), lambda a, now: a, [0, 1], record=lambda a, now: {"ab"[now.number]: 1})


class Changing:
    """A state that breaks the rule: it is changed in place."""

    def __init__(self):
        self.balances = np.zeros(2)
        self.log = [0.0, 0.0]


def test_records_are_of_their_time_even_if_a_state_is_changed_in_place():
    def step(state, now):
        state.balances += 1
        state.log[0] += 1
        return state

    result = run(Changing(), step, [0, 1, 2], record=lambda s, now: {"balances": s.balances, "log": s.log})
    assert result["balances"].tolist() == [[0, 0], [1, 1], [2, 2]]
    assert result["log"].tolist() == [[0, 0], [1, 0], [2, 0]]


def test_recorded_objects_are_copied_too():
    def step(state, now):
        state[0]["debt"] = now.number
        return state

    result = run([{"debt": 0}], step, [0, 1, 2], record=lambda s, now: {"all": np.array(s, dtype=object)})
    assert [entry["debt"] for entry in result["all"][:, 0]] == [0, 1, 2]


@pytest.mark.parametrize(
    ("prices", "message"),
    [
        ([1.0, np.nan], r"prices\[1\] = nan"),
        ([1.0, np.inf], r"prices\[1\] = inf"),
        ([1.0, -1.0], r"prices\[1\] = -1 is outside the allowed range \[0, inf\)"),
        (["1", "2"], r"prices\[0\] = '1' is not a number"),
        ([None, 1.0], r"prices\[0\] = None"),
        ([1.0, 2j], r"prices\[1\] = 2j"),
        (np.array([[1.0, 2.0], [3.0, np.nan]]), r"prices\[1\]\[1\] = nan"),
        (np.array([[1.0, 2.0], [3.0, -1.0]]), r"prices\[1\]\[1\] = -1"),
        (np.array([["1.0"], ["2.0"]]), r"prices\[0\]"),
        (iter([1.0, np.nan]), r"prices\[1\] = nan"),
        ({0.0: 1.0, 1.0: 2.0}, "prices = .* is a mapping"),
        (pd.DataFrame({"eth": [1.0, np.nan]}), r"prices\[1\]\[0\] = nan"),
        (pd.Series([1.0, 2.0], index=pd.to_datetime(["2024-01-02", "2024-01-01"])), "not in the order of time"),
        (np.ma.array([1.0, 2.0], mask=[False, True]), "masked"),
    ],
)
def test_impossible_prices(prices, message):
    with pytest.raises(ValueError, match=message):
        run(Account(1.0), lambda account, now: account, [0, 1], prices)


def test_the_rows_of_a_table_are_times():
    paths = np.arange(1.0, 7.0).reshape(3, 2)

    def seen(prices):
        return run(None, lambda s, now: s, TIMES, prices, lambda s, now: {"price": now.price})["price"]

    np.testing.assert_array_equal(seen(pd.DataFrame(paths)), paths)
    np.testing.assert_array_equal(seen(pd.DataFrame(paths, columns=["eth", "btc"])), paths)
    np.testing.assert_array_equal(seen(pd.Series(paths[:, 0], index=[5, 6, 7])), paths[:, 0])
