"""Every result of the real stability pool, to the last unit."""

import itertools
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.lending import ExactDeposit, ExactStabilityPool, StabilityPool
from tests.support.vectors import cases

WAD = 10**18
CASES = cases("liquity_stability_pool")


def pool_of(state, version):
    users = {
        name: ExactDeposit(*(int(user[key]) for key in ("deposit", "product", "sum", "epoch", "scale")))
        for name, user in state["users"].items()
    }
    sums = {(int(epoch), int(scale)): int(value) for epoch, scale, value in state["sums"]}
    keys = ("total", "product", "epoch", "scale", "loss_error", "gain_error")
    return ExactStabilityPool(version, **{key: int(state[key]) for key in keys}, sums=sums, deposits=users)


def play(pool, case):
    inputs = case["inputs"]
    if case["op"] == "liquidate":
        return pool.liquidate(int(inputs["debt"]), int(inputs["collateral"]))
    return getattr(pool, case["op"])(inputs["user"], int(inputs["amount"]))


def check(case, pool):
    """Play the case on ``pool``; the result and the state after are those of the contract."""
    if case["outputs"]["reverted"]:
        with pytest.raises(ValueError, match=r"amount|user|debt"):
            play(pool, case)
        return pool
    change = play(pool, case)
    outputs, after, pool = case["outputs"], case["state_after"], change.pool
    if "gain_paid" in outputs:
        assert change.gain == int(outputs["gain_paid"])
    if "coins_paid" in outputs:
        assert -change.coins == int(outputs["coins_paid"])
    for key in ("total", "product", "epoch", "scale", "loss_error", "gain_error"):
        assert getattr(pool, key) == int(after[key]), key
    assert {k: v for k, v in pool.sums.items() if v} == {(int(e), int(s)): int(v) for e, s, v in after["sums"]}
    for name, user in after["users"].items():
        held = pool.deposits.get(name, ExactDeposit())
        assert held == ExactDeposit(*(int(user[key]) for key in ("deposit", "product", "sum", "epoch", "scale")))
        assert (pool.balance(name), pool.gain(name)) == (int(user["balance"]), int(user["gain"]))
    return pool


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_each_step(case):
    check(case, pool_of(case["state_before"], int(case["params"]["version"])))


@pytest.mark.parametrize("group", sorted({case["group"] for case in CASES}))
def test_the_whole_sequence(group):
    pool = ExactStabilityPool()
    for case in CASES:
        if case["group"] == group:
            pool = check(case, pool)


def tolerance(case):
    """The contract's product keeps few digits of a deposit that has shrunk below a millionth."""
    users = case["state_after"]["users"].values()
    shrunk = [int(user["balance"]) < 1e-6 * int(user["deposit"]) for user in users if int(user["deposit"])]
    return None if any(shrunk) else 1e-9


@pytest.mark.parametrize("group", sorted({case["group"] for case in CASES}))
def test_the_float_pool_while_no_deposit_has_shrunk_below_a_millionth(group):
    pool = StabilityPool()
    for case in itertools.takewhile(tolerance, [case for case in CASES if case["group"] == group]):
        if case["outputs"]["reverted"]:
            continue
        numbers = {key: int(value) / WAD for key, value in case["inputs"].items() if key != "user"}
        if case["op"] == "liquidate":
            pool = pool.liquidate(min(numbers["debt"], pool.total), numbers["collateral"]).pool
        elif case["op"] == "deposit":
            pool = pool.deposit(case["inputs"]["user"], numbers["amount"]).pool
        else:
            user = case["inputs"]["user"]
            pool = pool.withdraw(user, min(numbers["amount"], pool.balance(user))).pool
        for name, user in case["state_after"]["users"].items():
            if int(user["deposit"]):
                # 1,000 units: the contract rounds each loss up.
                assert pool.balance(name) == pytest.approx(int(user["balance"]) / WAD, rel=1e-9, abs=1000 / WAD)
                assert pool.gain(name) == pytest.approx(int(user["gain"]) / WAD, rel=1e-9, abs=1000 / WAD)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 10**24), st.fractions(0, 1)), max_size=12))
def test_depositors_own_no_more_than_the_pool_but_for_the_roundings(steps):
    pool, collateral, roundings = ExactStabilityPool(), 0, 0
    for user, amount, part in steps:
        change = pool.deposit(user, amount)
        pool, collateral = change.pool, collateral - change.gain
        try:
            pool = pool.liquidate(int(pool.total * Fraction(part)), amount).pool
        except ValueError:
            continue  # a dust debt after a rounding, or a product that would vanish
        collateral += amount if part * pool.total or pool != change.pool else 0
        # What a loss was rounded up by is taken off the next, also for those who have settled in between.
        roundings += change.pool.total // WAD + 1
        assert sum(map(pool.balance, "abc")) <= pool.total + roundings
        assert sum(map(pool.gain, "abc")) <= collateral + roundings


def test_the_repaired_pool_keeps_a_coin_and_its_digits():
    pool = ExactStabilityPool(2025).deposit("a", 10**12 * WAD).pool
    with pytest.raises(ValueError, match=r"debt = .* is outside the allowed range \[0, 999999999999"):
        pool.liquidate(10**12 * WAD, 1)
    pool = pool.liquidate((10**12 - 1) * WAD, WAD).pool
    assert (pool.epoch, pool.scale, pool.total) == (0, 1, WAD)
    assert pool.product >= 10**9
    with pytest.raises(ValueError, match="version = 2022 is unknown"):
        ExactStabilityPool(2022)


def test_refusals_name_argument_value_and_range():
    pool = ExactStabilityPool()
    for call, message in [
        (lambda: pool.deposit("a", 0), "amount = 0 .* >= 1"),
        (lambda: pool.deposit("a", 1.5), r"amount = 1\.5"),
        (lambda: pool.withdraw("a", 1), "user = 'a' has no deposit"),
        (lambda: pool.deposit("a", 5).pool.liquidate(6, 0), r"debt = 6 .* \[0, 5\]"),
        (lambda: ExactStabilityPool(product=0), "product = 0"),
    ]:
        with pytest.raises(ValueError, match=message):
            call()
