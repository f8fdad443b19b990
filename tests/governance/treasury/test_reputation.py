"""What a name is worth to somebody who may also fail without fault."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.governance import largest_loan, name_at_stake
from tests.support.contracts import assert_broadcasts, assert_refuses


def test_worked_values():
    assert name_at_stake(10.0, 0.95) == pytest.approx(190) and name_at_stake(10.0, 0.8) == pytest.approx(40)
    assert name_at_stake(0.1, 0.8, 0.25) == pytest.approx(0.2)  # V = 0.1/0.4
    assert name_at_stake(0.1, 0.8, 0.25, 0.05, 1.0) == pytest.approx(0.8 * 0.0875 / 0.24 - 0.64 * 0.0875 / 0.24 + 0.05)


def test_nothing_is_at_stake_where_a_new_name_is_as_good_or_the_old_brings_nothing():
    assert name_at_stake(10.0, 0.95, 0.1, probation=0.0) == 0.0 == name_at_stake(0.0, 0.95, 0.1, 3.0, 4.0)


@settings(max_examples=80, deadline=None)
@given(st.floats(0, 1e6), st.floats(0, 0.99), st.floats(0, 1), st.floats(0, 1e6), st.integers(0, 40))
def test_the_plan_is_the_best_there_is(surplus, discount, unlucky, cost, probation):
    name = 0.0  # found by repeating what V must fulfil, without the closed form
    for _ in range(2_500):
        without = max(0.0, discount ** (probation + 1) * name - cost)
        name = surplus + discount * (1 - unlucky) * name + unlucky * without
    at_stake = discount * name - max(0.0, discount ** (probation + 1) * name - cost)
    found = name_at_stake(surplus, discount, unlucky, cost, float(probation))
    assert found == pytest.approx(at_stake, rel=1e-7, abs=1e-7 * (1 + surplus + cost))


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 1e3), st.floats(0, 0.99), st.floats(0, 1e3), st.integers(0, 40))
def test_without_misfortune_it_is_the_largest_loan_but_never_more_than_the_name_brings(s, discount, cost, wait):
    most = min(largest_loan(s, discount, cost, probation=float(wait)), largest_loan(s, discount))
    assert name_at_stake(s, discount, 0.0, cost, float(wait)) == pytest.approx(most, rel=1e-9, abs=1e-7)


def test_many_worlds_at_once_and_refusals():
    assert_broadcasts(lambda p: name_at_stake(1.0, 0.9, p, 0.5, 3.0), np.array([0.0, 0.3, 1.0]))
    for call, message in (
        (lambda: name_at_stake(-1.0, 0.5), "surplus = -1"),
        (lambda: name_at_stake(1.0, 1.0), "discount = 1"),
        (lambda: name_at_stake(1.0, 0.5, 1.5), "misfortune = 1.5"),
        (lambda: name_at_stake(1.0, 0.5, 0.0, -2.0), "name_cost = -2"),
        (lambda: name_at_stake(1.0, 0.5, probation=np.nan), "probation = nan"),
    ):
        assert_refuses(call, message)
