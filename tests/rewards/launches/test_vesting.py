from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.rewards import Vesting, VestingWallet, hidden_cliff
from tests.support.vectors import FOLDER

VECTORS = FOLDER / "oz_vesting.json"
CASES = json.loads(VECTORS.read_text())["cases"]


def wallet_in(params, state):
    cliff = params["cliff_seconds"]
    return VestingWallet(
        int(params["start"]),
        int(params["duration_seconds"]),
        None if cliff is None else int(cliff),
        time=int(state["block_timestamp"]),
        balance=int(state["balance"]),
        released=int(state["released"]),
    )


def act(wallet, operation, inputs):
    if operation == "warp_to":
        return wallet.after(wallet.start + int(inputs["seconds_after_start"]) - wallet.time), None
    change = wallet.fund(int(inputs["amount"])) if operation == "fund" else wallet.release()
    return change.wallet, change.amount if operation == "release" else None


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_every_step_matches_the_contract(case):
    wallet, amount = act(wallet_in(case["params"], case["state_before"]), case["op"], case["inputs"])
    after = case["state_after"]
    assert wallet == wallet_in(case["params"], after)
    assert (wallet.vested, wallet.releasable) == (int(after["vested"]), int(after["releasable"]))
    assert amount == (int(case["outputs"]["amount"]) if "amount" in case["outputs"] else None)


def test_the_cliff_hides_the_linear_schedule():
    wallet = VestingWallet(1000, 100, 30).fund(1000).wallet
    vested = [wallet.after(1000 + seconds).vested for seconds in (0, 29, 30, 31, 99, 100, 500)]
    assert vested == [0, 0, 300, 310, 990, 1000, 1000]
    assert VestingWallet(10, 0).fund(5).wallet.after(9).vested == 0
    assert VestingWallet(10, 0).fund(5).wallet.after(10).vested == 5


@settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 100),
    st.integers(0, 1000),
    st.lists(st.tuples(st.sampled_from(["fund", "release", "after"]), st.integers(0, 300)), max_size=20),
)
def test_nothing_is_created_and_nothing_is_lost(cliff, duration, actions):
    wallet = VestingWallet(50, duration, min(cliff, duration))
    ledger = Ledger({"issuer": "issuer", "beneficiary": "team", "vesting wallet": "contract"})
    funded = 0
    for name, number in actions:
        if name == "after":
            wallet = wallet.after(number)
            continue
        change = wallet.fund(number) if name == "fund" else wallet.release()
        funded += number if name == "fund" else 0
        ledger.book(change.transfers)
        wallet = change.wallet
        assert 0 <= wallet.releasable <= wallet.balance
        assert wallet.balance + wallet.released == funded
        assert ledger.balance("beneficiary", "token") == wallet.released
    assert wallet.after(2000).release().wallet.released == funded


def test_reference_value_of_a_quarter_at_the_cliff():
    vesting = Vesting(cliff=12.0, at_cliff=0.25, duration=36.0)
    assert vesting.vested(24.0) == 0.5
    assert vesting.vested([-1.0, 0.0, 11.9, 12.0, 48.0, 99.0]).tolist() == [0.0, 0.0, 0.0, 0.25, 1.0, 1.0]


def test_a_cliff_without_release_starts_from_zero():
    vesting = Vesting(cliff=12.0, duration=24.0)
    assert vesting.vested([12.0, 18.0, 24.0, 36.0]).tolist() == [0.0, 0.25, 0.5, 1.0]


def test_monthly_steps():
    vesting = Vesting(cliff=12.0, at_cliff=0.25, duration=36.0, step=1.0)
    assert vesting.vested(12.99) == 0.25
    assert vesting.vested(13.0) == 0.25 + 0.75 / 36
    # A time that rounding puts just before its step counts as the step: 0.1·3 of a tenth is the third step.
    assert Vesting(duration=1.0, step=0.1).vested([0.3, 0.1 * 3, 0.7]) == pytest.approx([0.3, 0.3, 0.7], rel=1e-14)
    # 10 does not divide 36: the last part comes at the end.
    assert Vesting(duration=36.0, step=10.0).vested([29.9, 30.0, 35.9, 36.0]).tolist() == [20 / 36, 30 / 36, 30 / 36, 1]


def test_at_launch_and_all_at_once():
    assert Vesting().vested([-0.1, 0.0]).tolist() == [0.0, 1.0]
    assert Vesting(cliff=6.0).vested([5.9, 6.0]).tolist() == [0.0, 1.0]
    assert Vesting(6.0, 0.0, 12.0, at_start=0.1).vested([0.0, 6.0, 12.0]).tolist() == [0.1, 0.1, 0.55]


def test_hidden_cliff_is_the_wallet_of_the_contract():
    vesting, wallet = hidden_cliff(12.0, 48.0), VestingWallet(0, 48, 12).fund(10**15).wallet
    for month in range(50):
        assert vesting.vested(float(month)) == pytest.approx(wallet.after(month).vested / 1e15, abs=1e-15)


@settings(max_examples=60, deadline=None)
@given(st.floats(0.0, 48.0), st.floats(0.0, 1.0), st.floats(0.0, 60.0), st.floats(0.0, 12.0), st.floats(0.0, 1.0))
def test_it_rises_from_zero_to_one(cliff, at_cliff, duration, step, at_start):
    vesting = Vesting(cliff, at_cliff, duration, step, at_start)
    path = vesting.vested(np.append(np.linspace(-1.0, 120.0, 300), vesting.end))
    assert path[0] == 0.0
    assert path[-1] == path[-2] == 1.0
    assert np.all(np.diff(path[:-1]) >= -1e-15)
    assert np.all((path >= 0) & (path <= 1))


def test_arrays_agree_with_scalars():
    columns = ([0.0, 12.0, 6.0], [0.1, 0.25, 0.0], [0.0, 36.0, 18.0], [0.0, 1.0, 3.0], [0.0, 0.1, 0.2])
    together = Vesting(*columns)
    for row, arguments in enumerate(zip(*columns, strict=True)):
        for time in (0.0, 6.0, 13.5, 60.0):
            alone = Vesting(*arguments).vested(time)
            assert type(alone) is float
            assert together.vested(time)[row] == alone


@pytest.mark.parametrize(
    ("action", "message"),
    [
        (lambda: VestingWallet(-1, 5), r"start = -1 is outside the allowed range: an integer >= 0"),
        (lambda: VestingWallet(0, 5, 6), r"cliff = 6 is outside the allowed range: whole numbers from 0 to 5"),
        (lambda: VestingWallet(0, 5, balance=-1), r"balance = -1"),
        (lambda: VestingWallet(0, 5).after(-1), r"seconds = -1"),
        (lambda: VestingWallet(0, 5).fund(1.5), r"amount = 1\.5"),
        (lambda: Vesting(cliff=-1.0), r"cliff = -1 is outside the allowed range \[0, inf\)"),
        (lambda: Vesting(at_cliff=1.1), r"at_cliff = 1.1 is outside the allowed range \[0, 1\]"),
        (lambda: Vesting(duration=[1.0, -1.0]), r"duration\[1\] = -1"),
        (lambda: Vesting(step=-1.0), r"step = -1"),
        (lambda: Vesting(at_start=2.0), r"at_start = 2"),
        (lambda: Vesting([1.0, 2.0], [0.1, 0.2, 0.3]), r"shapes do not fit together"),
        (lambda: Vesting().vested(np.nan), r"time = nan"),
        (lambda: hidden_cliff(13.0, 12.0), r"cliff = 13 is outside the allowed range \[0, 12\]"),
    ],
)
def test_errors_name_argument_value_and_range(action, message):
    with pytest.raises(ValueError, match=message):
        action()
