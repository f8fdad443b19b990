"""Who goes round a rule that holds at entry points only."""

from math import erf, log, sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.economy import EntryUsers, choose_entry, draw_entry, rule_that_moves, shift_from_entry
from defi_lib.ledger import Ledger

USERS = EntryUsers(0.7, 0.9, together=-0.3, amount_spread=1.2, fixed=0.6, bound=0.25)
PLACEBO = EntryUsers(0.7, 0.9, amount_spread=1.2, fixed=1.0)

spread = st.floats(0.0, 2.0)
several = st.builds(
    EntryUsers, spread, spread, st.floats(-1.0, 1.0), spread, fixed=st.floats(0.0, 1.0), bound=st.floats(0.0, 1.0)
)
cost = st.floats(0.0, 0.2)


def test_by_hand():
    moved = shift_from_entry(0.02, 0.01, EntryUsers(0.6, 0.8, bound=0.25))
    wanted = 0.75 * (1 + erf(log(2.0) / sqrt(2))) / 2
    assert moved.users == pytest.approx(wanted, abs=1e-7) and moved.activity == moved.users


def test_users_alike_all_take_the_cheaper_way_and_who_is_as_well_off_stays():
    assert [shift_from_entry(rule, 0.02).users for rule in (0.0, 0.01, 0.02, 0.1 * 0.2, 0.0201)] == [0, 0, 0, 0, 1]
    everybody = shift_from_entry(0.03, 0.02, EntryUsers(bound=0.4))
    assert (everybody.users, everybody.activity) == (0.6, 0.6)
    assert everybody.rule_costs == pytest.approx(0.4 * 0.03) and everybody.other_costs == pytest.approx(0.6 * 0.02)
    same_taste = shift_from_entry(0.03, 0.02, EntryUsers(0.7, 0.7, together=1.0))
    assert same_taste.users == 1.0, "costs that move together do not change which is larger"


@pytest.mark.parametrize("users", [EntryUsers(), USERS, PLACEBO])
def test_placebo_a_rule_without_cost_moves_nobody(users):
    assert tuple(shift_from_entry(0.0, 0.02, users)) == (0.0, 0.0, 0.0, 0.0)
    assert not draw_entry(0.0, 0.02, users, 2_000, np.random.default_rng(1)).moves.any()
    assert shift_from_entry(0.0, 0.0, users).users == 0.0


def test_a_free_way_round_takes_all_who_may():
    moved = shift_from_entry(0.01, 0.0, USERS)
    assert (moved.users, moved.activity, moved.other_costs) == (0.75, 0.75, 0.0)
    assert tuple(shift_from_entry(0.05, 0.01, USERS._replace(bound=1.0)))[:2] == (0.0, 0.0)


@pytest.mark.parametrize(("rule", "other"), [(0.01, 0.03), (0.03, 0.03), (0.05, 0.01)])
@pytest.mark.parametrize(
    "users",
    [
        EntryUsers(0.5, 0.7),
        EntryUsers(0.5, 0.7, together=0.8),
        EntryUsers(0.5, 0.7, amount_spread=1.0),
        EntryUsers(0.3, 0.3, amount_spread=1.0, fixed=1.0),
        EntryUsers(0.0, 0.0, amount_spread=0.8, fixed=0.5),
        USERS,
    ],
)
def test_many_drawn_users_are_the_formula(rule, other, users):
    drawn = draw_entry(rule, other, users, 400_000, np.random.default_rng(8)).shift
    exact = shift_from_entry(rule, other, users)
    assert drawn.users == pytest.approx(exact.users, abs=0.004)
    assert drawn.activity == pytest.approx(exact.activity, abs=0.02)
    assert drawn.rule_costs == pytest.approx(exact.rule_costs, rel=0.05, abs=2e-5)
    assert drawn.other_costs == pytest.approx(exact.other_costs, rel=0.05, abs=2e-5)


def test_a_way_round_for_one_sum_takes_the_large_and_one_for_a_part_takes_all_alike():
    part = shift_from_entry(0.01, 0.02, EntryUsers(0.5, 0.5, amount_spread=1.5))
    one_sum = shift_from_entry(0.01, 0.02, EntryUsers(0.5, 0.5, amount_spread=1.5, fixed=1.0))
    assert part.users == part.activity and one_sum.activity > 2 * one_sum.users


@settings(max_examples=80, deadline=None)
@given(cost, cost, several)
def test_parts_are_parts_and_choosing_is_never_dearer_than_either_way(rule, other, users):
    moved = shift_from_entry(rule, other, users)
    assert 0.0 <= moved.users <= 1.0 - users.bound and 0.0 <= moved.activity <= 1.0 - users.bound
    assert moved.rule_costs >= 0.0 and moved.other_costs >= 0.0
    all_keep_it = shift_from_entry(rule, other, users._replace(bound=1.0))
    assert all_keep_it.other_costs == 0.0
    assert moved.burden <= all_keep_it.burden * (1 + 1e-6) + 1e-9
    assert shift_from_entry(rule * 1.1, other, users).activity >= moved.activity
    assert shift_from_entry(rule, other * 1.1, users).activity <= moved.activity


@settings(max_examples=60, deadline=None)
@given(st.floats(0.01, 0.95), st.floats(1e-4, 0.2), several)
def test_the_rule_that_moves_a_part_moves_that_part(part, other, users):
    users = users._replace(rule_spread=users.rule_spread + 0.05, together=0.0)
    wanted = part * (1.0 - users.bound * 0.99)
    users = users._replace(bound=users.bound * 0.99)
    turning = rule_that_moves(wanted, other, users)
    assert shift_from_entry(turning, other, users).activity == pytest.approx(wanted, abs=1e-5)


def test_the_rule_that_moves_users_alike_is_the_other_way():
    assert rule_that_moves(1 / 3, 0.02) == pytest.approx(0.02)


def test_worlds_side_by_side():
    rules = np.array([0.0, 0.01, 0.05])
    many = shift_from_entry(rules, 0.02, USERS._replace(amount_spread=np.array([0.0, 1.0, 2.0])))
    for at, rule in enumerate(rules.tolist()):
        alone = shift_from_entry(rule, 0.02, USERS._replace(amount_spread=float(at)))
        assert [float(each[at]) for each in many] == pytest.approx(list(alone))


def test_choices_count_users_and_money():
    chosen = choose_entry([100.0, 100.0, 200.0, 600.0], 0.02, [0.05, 0.01, 0.02, 0.01], bound=[0.0, 0.0, 0.0, 1.0])
    assert chosen.moves.tolist() == [False, True, False, False]
    moved = chosen.shift
    assert (moved.users, moved.activity) == (0.25, 0.1)
    assert moved.rule_costs == pytest.approx(0.018) and moved.other_costs == pytest.approx(0.001)
    assert [each.amount for each in chosen.transfers()] == pytest.approx([18.0, 1.0])
    ledger = Ledger(new_parties="by name")
    ledger.book(chosen)
    ledger.check_conserved()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shift_from_entry(-0.1, 0.1), r"rule = -0.1 .*\[0, inf\)"),
        (lambda: shift_from_entry(0.1, np.inf), r"other = inf .*\[0, inf\)"),
        (lambda: shift_from_entry(0.1, 0.1, EntryUsers(5.1)), r"users.rule_spread = 5.1 .*\[0, 5\]"),
        (lambda: shift_from_entry(0.1, 0.1, EntryUsers(0.0, -1.0)), r"users.other_spread = -1 .*\[0, 5\]"),
        (lambda: shift_from_entry(0.1, 0.1, EntryUsers(together=2.0)), r"users.together = 2 .*\[-1, 1\]"),
        (lambda: shift_from_entry(0.1, 0.1, EntryUsers(amount_spread=9.0)), r"users.amount_spread = 9 .*\[0, 5\]"),
        (lambda: shift_from_entry(0.1, 0.1, EntryUsers(fixed=1.5)), r"users.fixed = 1.5 .*\[0, 1\]"),
        (lambda: shift_from_entry(0.1, 0.1, EntryUsers(bound=-0.5)), r"users.bound = -0.5 .*\[0, 1\]"),
        (lambda: shift_from_entry([0.1, 0.2], [0.1, 0.2, 0.3]), "shapes do not fit together"),
        (lambda: rule_that_moves(0.0, 0.1), r"part = 0 .*\(0, 1\]"),
        (lambda: rule_that_moves(0.6, 0.1, EntryUsers(bound=0.4)), r"part = 0.6 .*less than 1 - users.bound"),
        (lambda: rule_that_moves(0.3, 0.0), r"other = 0 .*\(0, inf\)"),
        (lambda: choose_entry([], 0.1, 0.1), r"number of users = 0 .*an integer >= 1"),
        (lambda: choose_entry([0.0], 0.1, 0.1), r"amounts\[0\] = 0 .*\(0, inf\)"),
        (lambda: choose_entry([1.0], 0.1, 0.1, bound=0.5), r"bound = 0.5 .*is 0 or 1"),
        (lambda: draw_entry(0.1, 0.1, EntryUsers(), 0, np.random.default_rng(1)), r"count = 0 .*an integer >= 1"),
        (lambda: draw_entry(0.1, 0.1, EntryUsers(), 5, np.random.default_rng(1), amount=0.0), r"amount = 0 "),
    ],
)
def test_errors_name_argument_value_and_range(call, message):
    with pytest.raises(ValueError, match=message):
        call()
