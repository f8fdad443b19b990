"""Value locked: what is counted twice, what is borrowed, and what is there."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from defi_lib.economy import DepositLoop, loop_deposits, stacked_counts, times_counted
from defi_lib.ledger import Ledger

parts = st.floats(0.0, 1.0)


def test_a_hundred_is_reported_as_340():
    counts = stacked_counts(100.0, layers=2, loan_to_value=0.7)
    assert (counts.published(), counts.gross, counts.net_of_claims, counts.redeemable) == (340.0, 340.0, 170.0, 100.0)
    assert (counts.receipts, counts.minted, counts.lent, counts.staked) == (170.0, 70.0, 0.0, 100.0)


def test_a_debt_is_taken_off_only_where_what_it_financed_is_counted():
    counts = stacked_counts(100.0, layers=2, loan_to_value=0.7, lent=True)
    assert (counts.gross, counts.net_of_claims, counts.redeemable) == (410.0, 240.0, 170.0)
    assert counts.published() == 340.0 and counts.published(borrowed=True) == 410.0
    assert counts.net_of_claims - counts.lent == 100.0 + 70.0  # the lender's dollars are there


def test_each_switch_of_a_site():
    counts = stacked_counts(100.0, layers=2, loan_to_value=0.7)
    assert counts.published(receipts=False) == 170.0 and counts.published(staked=False) == 240.0
    assert counts.published(receipts=False, staked=False) == 70.0 < counts.redeemable
    both = counts.published(receipts=np.array([True, False]), staked=np.array([[True], [False]]))
    assert both.tolist() == [[340.0, 170.0], [240.0, 70.0]]


@given(st.floats(0.0, 1e9), st.booleans(), parts)
def test_placebo_without_a_second_deposit_all_counts_are_the_same(coins, lent, fall):
    counts = stacked_counts(coins, layers=1, part=0.3, loan_to_value=0.0, lent=lent, fall=fall)
    shown = {counts.gross, counts.net_of_claims, counts.redeemable, counts.published(), counts.published(borrowed=True)}
    assert shown == {coins * (1.0 - fall)}


@given(st.floats(0.0, 1e9), st.integers(1, 8), parts, st.floats(0.0, 0.99), st.integers(0, 5), st.booleans(), parts)
def test_the_stack_deposit_by_deposit(coins, layers, part, loan_to_value, loan_layers, lent, fall):
    now = coins * (1.0 - fall)
    deposits, last, first = [now], now, coins
    for _ in range(layers - 1):
        last, first = last * part, first * part
        deposits.append(last)
    loan = again = first * loan_to_value
    there = now + (loan if lent and loan_layers else 0.0)
    gross = sum(deposits) + (loan if lent else 0.0)
    for _ in range(loan_layers):
        gross, again = gross + again, again * part
    counts = stacked_counts(coins, layers, part, loan_to_value, loan_layers, lent, fall)
    close = {"rel": 1e-9, "abs": 1e-9 * coins}
    assert counts.gross == pytest.approx(gross, **close) and counts.redeemable == pytest.approx(there, **close)
    rest = counts.net_of_claims - counts.minted - counts.lent
    assert rest == pytest.approx(counts.redeemable, **close)
    assert counts.receipts >= -1e-9 * coins and counts.minted >= 0.0 and counts.lent >= 0.0


def test_a_fall_takes_more_dollars_but_a_smaller_part_of_what_is_published():
    before, after = (stacked_counts(100.0, layers=2, loan_to_value=0.7, fall=fall) for fall in (0.0, 0.25))
    assert before.published() - after.published() == 50.0 and before.redeemable - after.redeemable == 25.0
    assert after.published() / after.redeemable > before.published() / before.redeemable
    gone = stacked_counts(100.0, layers=2, loan_to_value=0.7, fall=1.0)
    assert (gone.redeemable, gone.published()) == (0.0, 140.0)  # minted dollars that nothing stands behind


def test_many_stacks_are_each_stack():
    layers, part, fall = np.array([1, 3, 5]), np.array([[0.0], [0.8], [1.0]]), np.array([0.0, 0.2, 1.0])
    lent = np.array([True, False, True])
    many = stacked_counts(10.0, layers, part, 0.5, 2, lent, fall)
    for i in range(3):
        for j in range(3):
            one = stacked_counts(10.0, int(layers[j]), float(part[i, 0]), 0.5, 2, bool(lent[j]), float(fall[j]))
            for of_many, of_one in zip(many, one, strict=True):
                assert of_many.shape == (3, 3) and of_many[i, j] == pytest.approx(of_one, rel=1e-12)


@given(st.floats(0.0, 1.0), st.integers(0, 60))
def test_times_counted_is_the_sum(part, times):
    assert times_counted(part, times) == pytest.approx(sum(part**i for i in range(times)), rel=1e-12)


def test_times_counted_at_its_bounds():
    assert times_counted(1.0, 5) == 5.0 and times_counted(0.0, 5) == 1.0 and times_counted(0.0, 0) == 0.0
    assert times_counted(1.0 - 2.0**-53, 1_000) == pytest.approx(1_000.0, rel=1e-12)
    assert times_counted(0.5, 10**12) == 2.0


@pytest.mark.parametrize("loan_to_value", [0.0, 0.5, 0.75, 0.93])
def test_a_loop_counts_one_over_what_is_kept(loan_to_value):
    deposits = debt = 0.0
    added = 1.0
    for _ in range(2_000):  # deposit, borrow, and deposit that
        deposits += added
        added *= loan_to_value
        debt += added
    endless = loop_deposits(1.0, loan_to_value)
    assert endless.deposits == pytest.approx(1 / (1 - loan_to_value)) == pytest.approx(deposits)
    assert endless.debt == pytest.approx(debt) and endless.own == pytest.approx(1.0)
    assert loop_deposits(1.0, loan_to_value, rounds=2_000).deposits == pytest.approx(deposits)


def test_three_quarters_count_four_times():
    assert loop_deposits(1.0, 0.75) == (4.0, 3.0)
    assert loop_deposits(1.0, 0.75, rounds=0) == (1.0, 0.0) and loop_deposits(0.0, 0.75) == (0.0, 0.0)


def test_a_fall_takes_all_of_a_loop_at_one_less_the_loan_to_value():
    loop = loop_deposits(8.0, 0.75)
    assert loop.after_fall(0.25).own == 0.0 and loop.after_fall(0.5).own == -8.0 and loop.after_fall(0.0) == loop
    assert loop.after_fall(0.5, debt_falls=True) == DepositLoop(16.0, 12.0)
    assert loop.after_fall(np.array([0.0, 0.125])).own.tolist() == [8.0, 4.0]


@given(st.floats(0.0, 1e9), st.floats(0.0, 0.99), st.integers(0, 40))
def test_the_ledger_shows_own_coins_and_two_claims(own, loan_to_value, rounds):
    loop = loop_deposits(own, loan_to_value, rounds)
    ledger = Ledger(new_parties="by name")
    ledger.party("user"), ledger.party("protocol")
    ledger.book(loop, asset="ETH")
    ledger.check_conserved()
    assert ledger.balance("protocol", "ETH") == pytest.approx(own, rel=1e-9, abs=1e-9)
    assert ledger.balance("user", "deposit of ETH") == loop.deposits
    assert ledger.balance("protocol", "debt of ETH") == loop.debt


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: stacked_counts(-1.0), r"coins = -1 .*\[0, inf\)"),
        (lambda: stacked_counts(1.0, layers=0), "layers = 0 .* from 1"),
        (lambda: stacked_counts(1.0, part=1.5), r"part = 1.5 .*\[0, 1\]"),
        (lambda: stacked_counts(1.0, loan_to_value=1.0), r"loan_to_value = 1 .*\[0, 1\)"),
        (lambda: stacked_counts(1.0, loan_layers=-1), "loan_layers = -1"),
        (lambda: stacked_counts(1.0, fall=[0.5, 2.0]), r"fall\[1\] = 2 "),
        (lambda: stacked_counts([1.0, 2.0], fall=[0.1, 0.2, 0.3]), "shapes do not fit"),
        (lambda: stacked_counts(1e308, layers=9), "beyond what a float can hold"),
        (lambda: times_counted(2.0, 3), "part = 2"),
        (lambda: times_counted(0.5, -1), "times = -1"),
        (lambda: loop_deposits(1.0, 1.0), "loan_to_value = 1 "),
        (lambda: loop_deposits(-1.0, 0.5), "own = -1"),
        (lambda: loop_deposits(1.0, 0.5, rounds=-1), "rounds = -1"),
        (lambda: loop_deposits(1e308, 0.99), "beyond what a float can hold"),
        (lambda: loop_deposits(1.0, 0.5).after_fall(1.1), "fall = 1.1"),
    ],
)
def test_wrong_arguments_are_named(wrong, message):
    with pytest.raises(ValueError, match=message):
        wrong()
