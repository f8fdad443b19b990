import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.governance import MAX_LOCK, WEEK, VoteEscrow, vote_weight
from defi_lib.ledger import Ledger
from tests.support.contracts import assert_refuses

TOKEN = 10**18


def test_votes_fall_on_a_line():
    assert vote_weight(1_000.0, 3.0, max_time=4.0) == 750 and vote_weight(5.0, 0.0) == 0
    assert vote_weight(np.array([4.0, 8.0]), 1.0, max_time=4.0).tolist() == [1, 2]


def test_contract_and_formula_agree():
    escrow = VoteEscrow(10).create_lock("ann", 1_000 * TOKEN, MAX_LOCK).after
    left = float(MAX_LOCK // WEEK * WEEK - 10)
    assert escrow.power("ann") / TOKEN == pytest.approx(vote_weight(1_000.0, left), rel=1e-9)


locks = st.lists(st.tuples(st.integers(1, 10**24), st.integers(WEEK, MAX_LOCK)), min_size=1, max_size=8)


@settings(max_examples=60, deadline=None)
@given(locks, st.integers(0, MAX_LOCK))
def test_the_total_is_the_sum_of_the_users_at_all_times(locks, later):
    escrow = VoteEscrow(0)
    for k, (amount, until) in enumerate(locks):
        escrow = escrow.create_lock(f"user {k}", amount, min(escrow.time + WEEK + until, escrow.time + MAX_LOCK)).after
        escrow = escrow.advance(WEEK // 3) if k % 2 else escrow
    for k in range(0, len(locks), 2):
        if escrow.lock(f"user {k}").end > escrow.time:
            escrow = escrow.increase_amount(f"user {k}", 10**20).after
    time = escrow.time + later
    assert escrow.total_power(time) == sum(escrow.power(user, time) for user in escrow.locks)
    assert escrow.advance(later).total_power() == escrow.total_power(time)


def test_a_lock_from_beginning_to_end_returns_every_unit():
    book = Ledger({"ann": "voter", "vote escrow": "contract"})
    book.open("ann", "CRV", 8.0)
    escrow = VoteEscrow(0)
    for change in (
        lambda e: e.create_lock("ann", 5, 2 * WEEK + 3),
        lambda e: e.increase_amount("ann", 3),
        lambda e: e.increase_unlock_time("ann", 3 * WEEK),
        lambda e: e.advance(3 * WEEK).withdraw("ann"),
    ):
        record = change(escrow)
        book.book(record)
        escrow = record.after
    assert book.balance("ann", "CRV") == 8 and escrow.total_power() == 0 and escrow.lock("ann").amount == 0
    assert escrow.create_lock("ann", 1, escrow.time + WEEK).after.lock("ann").amount == 1


RUNNING = VoteEscrow(0).create_lock("ann", TOKEN, 2 * WEEK).after


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: VoteEscrow(-1), "time = -1"),
        (lambda: VoteEscrow(0).create_lock("ann", 0, WEEK), "amount = 0"),
        (lambda: VoteEscrow(0).create_lock("ann", 1.5, WEEK), "amount = 1.5"),
        (lambda: VoteEscrow(0).create_lock("ann", 1, WEEK - 1), r"unlock_time = 604799 .*\[1, 126144000\]"),
        (lambda: VoteEscrow(0).create_lock("ann", 1, MAX_LOCK + WEEK), "unlock_time = "),
        (lambda: RUNNING.create_lock("ann", 1, WEEK), "'ann' has a lock already"),
        (lambda: RUNNING.increase_unlock_time("ann", 2 * WEEK), "unlock_time"),
        (lambda: RUNNING.withdraw("ann"), "time = 0 .* from 1209600 on"),
        (lambda: RUNNING.advance(2 * WEEK).increase_amount("ann", 1), "'ann' has no running lock"),
        (lambda: RUNNING.power("ann", -1), "time = -1"),
        (lambda: vote_weight(1.0, 5.0, 4.0), r"time_left = 5 .*\[0, 4\]"),
    ],
)
def test_refusals_name_the_argument(call, message):
    assert_refuses(call, message)


def test_an_escrow_travels():
    assert pickle.loads(pickle.dumps(RUNNING)) == RUNNING == copy.deepcopy(RUNNING)
