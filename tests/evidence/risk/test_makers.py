import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.risk.makers import (
    labelled_tokens,
    launched,
    lost_by_who_stays,
    taken_under_a_lock,
    what_a_lock_stops,
)

NAMES = ("kept", "money", "unlocked", "right", "in_time", "fee")
LOCKED = {"money": 3.0, "unlocked": 0.0, "right": 0.0, "in_time": 0.0, "fee": 0.0}


def lost(**world):
    return float(taken_under_a_lock(*(np.array([world[name]], float) for name in NAMES))[0])


@given(kept=st.floats(0.0, 0.9), money=st.floats(0.01, 50.0))
def test_a_plain_sale_costs_what_the_curve_says(kept, money):
    grown = 1 + money
    sale = grown * kept / (kept + (1 - kept) / grown)
    by_hand = (sale - kept) / money  # in the end (1 - kept) dollars are left in the pool for all tokens
    assert lost(**LOCKED | {"kept": kept, "money": money}) == pytest.approx(by_hand, abs=1e-9)


@given(
    kept=st.floats(0.0, 0.9),
    money=st.floats(0.05, 50.0),
    unlocked=st.floats(0.0, 0.9),
    in_time=st.floats(0.0, 1.0),
    fee=st.floats(0.0, 0.3),
    right=st.sampled_from([0.0, 1.0, 2.0]),
)
def test_it_is_a_part_of_what_was_put_in_and_another_right_never_costs_less(kept, money, unlocked, in_time, fee, right):
    world = {"kept": kept, "money": money, "unlocked": unlocked, "in_time": in_time, "fee": fee}
    found = lost(**world, right=right)
    assert -1e-9 <= found <= 1 + 1e-9
    assert found >= lost(**world | {"unlocked": 0.0}, right=0.0) - 1e-9


def test_who_keeps_nothing_takes_nothing():
    assert lost(**LOCKED | {"kept": 0.0, "in_time": 0.3, "fee": 0.003}) == 0


def test_it_turns_at_a_twenty_fifth_of_the_tokens_and_where_a_sixth_left_in_time():
    found, known = evidence("X13b"), effect("X13b").assumptions
    assert found.turning["kept"].points == (pytest.approx(0.0388, abs=1e-4),)
    assert found.turning["in_time"].points == (pytest.approx(0.1493, abs=1e-4),)
    at = effect("X13b")(today(known))[0]
    assert at == pytest.approx(0.1259, abs=1e-4)
    for right in (1.0, 2.0):
        assert effect("X13b")(today(known, changed={"right": right}))[0] > 0.5


def test_most_of_each_count_is_labelled_and_the_narrow_count_is_not():
    found = labelled_tokens()
    assert found.true and "97.7 %" in found.says and "8 % on Ethereum" in found.turns
    assert pytest.approx(0.977, abs=5e-4) == 26_957 / 27_588


def test_a_lock_moves_one_way_of_five():
    day = np.array([0.0, 89.0, 90.0, 400.0])
    locked, free = (what_a_lock_stops(day, lock, kept=0.4, in_time=0.2) for lock in (90.0, 0.0))
    for way in ("Sale", "Mint", "Tax", "Stop"):
        assert np.array_equal(locked[way], free[way]) and len(set(locked[way])) == 1
    assert np.array_equal(locked["Pull"] > 0.1, [False, False, True, True]) and np.all(free["Pull"] > 0.1)


def test_the_pool_after_the_buyers_came():
    pool, held = launched(kept=0.2, money=3.0)
    assert np.allclose(pool.reserves, (0.2, 4.0)) and held == pytest.approx(0.6)


@given(kept=st.floats(0.01, 0.9), in_time=st.floats(0.0, 0.99))
def test_of_what_those_who_stay_would_have_got_more_is_lost_than_of_all(kept, in_time):
    world = LOCKED | {"kept": kept, "in_time": in_time}
    of_theirs = lost_by_who_stays(kept, 3.0, in_time, 0.0)
    assert of_theirs >= lost(**world) - 1e-9
    if in_time == 0:
        assert of_theirs == pytest.approx(lost(**world))
