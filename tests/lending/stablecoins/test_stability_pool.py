"""The product–sum method against the plain sharing of every liquidation among all depositors."""

import copy
import pickle
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.lending import StabilityPool
from tests.support.contracts import assert_refuses

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("deposit"), st.sampled_from("abc"), st.floats(1e-3, 1e9)),
        st.tuples(st.just("withdraw"), st.sampled_from("abc"), st.floats(0, 1)),
        st.tuples(st.just("liquidate"), st.sampled_from([0.0, 0.3, 0.999, 1 - 1e-7, 1.0]), st.floats(0, 1e4)),
    ),
    max_size=25,
)


class PlainPool:
    """Every liquidation is shared among all depositors, in exact fractions."""

    def __init__(self):
        self.coins, self.gains = {}, {}

    def deposit(self, user, amount):
        self.coins[user] = self.coins.get(user, Fraction(0)) + Fraction(amount)
        self.gains[user] = Fraction(0)

    def liquidate(self, debt, collateral):
        total = sum(self.coins.values())
        for user, amount in self.coins.items():
            self.gains[user] += Fraction(collateral) * amount / total
            self.coins[user] = amount - Fraction(debt) * amount / total


def test_check_values():
    pool = StabilityPool().deposit("a", 100.0).pool.deposit("b", 200.0).pool
    pool = pool.liquidate(150.0, 1.0).pool
    assert (pool.balance("a"), pool.balance("b")) == (50.0, 100.0)
    assert (pool.gain("a"), pool.gain("b")) == pytest.approx((1 / 3, 2 / 3), rel=1e-15)


@given(STEPS)
@example([("deposit", "b", 10.0), ("withdraw", "b", 0.9999999999999999)])
def test_it_agrees_with_plain_sharing(steps):
    pool, plain, most = StabilityPool(), PlainPool(), 0.0
    for name, first, second in steps:
        most = max(most, pool.total)
        if name == "deposit":
            pool = pool.deposit(first, second).pool
            plain.deposit(first, second)
        elif name == "withdraw" and first in plain.coins:
            part = Fraction(second)
            pool = pool.withdraw(first, pool.balance(first) * second).pool
            plain.deposit(first, -plain.coins[first] * part)
        elif name == "liquidate" and sum(plain.coins.values()) > Fraction(1, 10**6):
            debt = pool.total * first
            exact = sum(plain.coins.values()) if first == 1.0 else sum(plain.coins.values()) * Fraction(first)
            pool = pool.liquidate(debt, second).pool
            plain.liquidate(exact, second)
    rounding = 1e-15 * most  # a withdrawal of all but the last digit is one of all
    for user in plain.coins:
        want = float(plain.coins[user])
        assert pool.balance(user) == pytest.approx(want, rel=1e-6, abs=max(1e-9 * max(pool.total, 1e-6), rounding))
        assert pool.gain(user) == pytest.approx(float(plain.gains[user]), rel=1e-6, abs=1e-12)


def test_a_small_gain_after_large_ones_keeps_its_digits():
    pool = StabilityPool().deposit("early", 1.0).pool.liquidate(0.0, 1e12).pool
    pool = pool.deposit("late", 1.0).pool.liquidate(0.0, 1e-6).pool
    assert pool.gain("late") == pytest.approx(5e-7, rel=1e-12)


def test_many_almost_complete_liquidations_change_the_scale():
    pool = StabilityPool().deposit("a", 1e9).pool
    for _ in range(5):
        if pool.total < 1e9:
            pool = pool.deposit("b", 1e9 - pool.total).pool
        pool = pool.liquidate(pool.total * (1 - 1e-6), 1.0).pool
    assert pool.scale >= 3
    assert pool.balance("a") == pytest.approx(1e9 * 1e-30, rel=1e-4)
    assert pool.gain("a") + pool.gain("b") < 5
    assert pool.gain("a") == pytest.approx(1 + 1e-6 + 1e-12, rel=1e-9)


def test_an_emptied_pool_starts_again():
    pool = StabilityPool().deposit("a", 100.0).pool.liquidate(100.0, 2.0).pool
    assert (pool.total, pool.epoch, pool.scale, pool.product) == (0.0, 1.0, 0.0, 1.0)
    assert (pool.balance("a"), pool.gain("a")) == (0.0, 2.0)
    pool = pool.deposit("b", 50.0).pool.liquidate(10.0, 1.0).pool
    assert (pool.balance("a"), pool.gain("a"), pool.balance("b"), pool.gain("b")) == (0.0, 2.0, 40.0, 1.0)


def test_a_gain_is_paid_once():
    pool = StabilityPool().deposit("a", 100.0).pool.liquidate(10.0, 1.0).pool
    change = pool.withdraw("a")
    assert (change.coins, change.gain, change.pool.total) == (-90.0, 1.0, 0.0)
    assert (change.pool.gain("a"), change.pool.balance("a")) == (0.0, 0.0)


def test_a_pool_travels_and_keeps_its_own_numbers():
    pool = StabilityPool().deposit("a", np.array([100.0, 50.0])).pool.liquidate(10.0, 1.0).pool
    assert list(copy.deepcopy(pool).gain("a")) == list(pickle.loads(pickle.dumps(pool)).gain("a")) == [1.0, 1.0]
    amounts = np.array([1.0, 1.0])
    pool = StabilityPool().deposit("a", amounts).pool
    amounts[0] = 7.0
    assert list(pool.balance("a")) == [1.0, 1.0]


def test_a_sum_of_debts_empties_the_pool():
    pool = StabilityPool().deposit("a", 0.3).pool.liquidate(0.1 + 0.2, 1.0).pool
    assert (pool.total, pool.epoch, pool.balance("a")) == (0.0, 1.0, 0.0)
    assert StabilityPool().deposit("a", 0.3).pool.withdraw("a", 0.1 + 0.2).pool.total == 0.0


def test_scenarios_with_their_own_epochs_and_scales():
    debts = np.array([0.0, 50.0, 100.0, 100.0 * (1 - 1e-12)])
    pool = StabilityPool().deposit("a", 100.0).pool.liquidate(debts, 1.0).pool
    pool = pool.deposit("b", 10.0).pool.liquidate(5.0, 3.0).pool
    assert list(pool.epoch) == [0, 0, 1, 0]
    for i, debt in enumerate(debts):
        one = StabilityPool().deposit("a", 100.0).pool.liquidate(float(debt), 1.0).pool
        one = one.deposit("b", 10.0).pool.liquidate(5.0, 3.0).pool
        for user in "ab":
            assert pool.balance(user)[i] == pytest.approx(one.balance(user), rel=1e-14)
            assert pool.gain(user)[i] == pytest.approx(one.gain(user), rel=1e-14)
        assert pool.gain("a")[i] + pool.gain("b")[i] == pytest.approx(4.0, rel=1e-13)


def test_the_ledger_balances():
    ledger = Ledger({"a": "depositor", "stability pool": "pool", "issuer": "protocol"})
    steps = [StabilityPool().deposit("a", 100.0)]
    steps.append(steps[-1].pool.liquidate(10.0, 1.0))
    steps.append(steps[-1].pool.withdraw("a"))
    for step in steps:
        for transfer in step.transfers:
            ledger.record(*transfer)
    ledger.reconcile("stability pool", {"coin": 0.0, "collateral": 0.0})
    assert (ledger.balance("a", "coin"), ledger.balance("a", "collateral")) == (-10.0, 1.0)


POOL = StabilityPool().deposit("a", 100.0).pool


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: POOL.deposit("a", -1.0), r"amount = -1 .* \(0, inf\)"),
        (lambda: POOL.deposit("a", 0.0), r"amount = 0 .* \(0, inf\)"),
        (lambda: POOL.withdraw("a", 101.0), r"amount = 101 .* \[0, 100\]"),
        (lambda: POOL.withdraw("z"), r"user = 'z' has no deposit: allowed are 'a'"),
        (lambda: StabilityPool().gain("z"), r"allowed are none yet"),
        (lambda: POOL.liquidate(101.0, 1.0), r"debt = 101 .* \[0, 100\]"),
        (lambda: POOL.liquidate(10.0, -1.0), r"collateral = -1"),
        (lambda: StabilityPool().liquidate(0.0, 1.0), r"collateral = 1 is not possible: .* pool is empty"),
        (lambda: POOL.liquidate(np.ones(2), np.ones(3)), r"debt \(2,\), collateral \(3,\)"),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    assert_refuses(call, message)
