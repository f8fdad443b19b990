import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from defi_lib.ledger import Ledger
from defi_lib.staking import (
    LARGEST_STAKE,
    LEAST_STAKE,
    base_reward,
    next_effective_balance,
    restaked_growth,
    simulate_validators,
)
from tests.support.contracts import assert_refuses

ETHER = 10**9
STAKED = 35_859_802


@pytest.mark.parametrize(
    ("balance", "before", "after"),
    [
        (33.25, 32, 32),  # one and a quarter above: at the margin nothing changes
        (33.250000001, 32, 33),
        (34.250000001, 33, 34),
        (31.75, 32, 32),  # a quarter below: neither
        (31.749999999, 32, 31),
        (40.9, 32, 40),  # what was added counts in whole ether at once
        (0, 32, 0),
        (2048, 2047, 2047),
        (2048.250000001, 2047, 2048),
        (5000, 2048, 2048),
    ],
)
def test_at_the_margins(balance, before, after):
    assert next_effective_balance(round(balance * ETHER), before * ETHER) == after * ETHER


def test_who_has_not_asked_keeps_to_32_ether():
    assert next_effective_balance(100 * ETHER, 32 * ETHER, largest=LEAST_STAKE) == LEAST_STAKE
    assert next_effective_balance(30 * ETHER, 32 * ETHER, largest=LEAST_STAKE) == 30 * ETHER
    both = next_effective_balance(100 * ETHER, 32 * ETHER, np.array([LEAST_STAKE, LARGEST_STAKE]))
    assert both.dtype == np.int64 and both.tolist() == [32 * ETHER, 100 * ETHER]


@settings(max_examples=200)
@given(st.integers(0, 3000 * ETHER), st.integers(0, 2048))
def test_it_never_counts_much_more_than_there_is_and_does_not_flicker(balance, before):
    after = next_effective_balance(balance, before * ETHER)
    assert after % ETHER == 0 and after <= balance + ETHER // 4
    assert next_effective_balance(balance, after) == after
    assert after == LARGEST_STAKE or balance <= after + 5 * ETHER // 4


def by_hand(start, days, largest):
    """The same rules, one day after the other in Python's integers."""
    balance, counts, paid = start, start - start % ETHER, 0
    for _ in range(days):
        balance += base_reward(STAKED) * 225 * (counts // ETHER)
        if balance > largest and counts == largest:
            balance, paid = largest, paid + balance - largest
        if balance + ETHER // 4 < counts or counts + 5 * ETHER // 4 < balance:
            counts = min(balance - balance % ETHER, largest)
    return balance, counts, paid


@pytest.mark.parametrize("largest", [LEAST_STAKE, LARGEST_STAKE, 34 * ETHER])
def test_a_run_is_the_rules_day_after_day(largest):
    run = simulate_validators(LEAST_STAKE, STAKED, 1_500, largest)
    assert (run.balance[-1, 0], run.effective[-1, 0], run.paid_out[-1, 0]) == by_hand(LEAST_STAKE, 1_500, largest)


def test_nothing_is_lost_and_only_what_counts_earns():
    run = simulate_validators([LEAST_STAKE, 40 * ETHER, LEAST_STAKE], STAKED, 800, [LARGEST_STAKE] * 2 + [LEAST_STAKE])
    assert (run.balance + run.paid_out == run.balance[0] + run.rewards).all()
    assert (np.diff(run.rewards, axis=0) == base_reward(STAKED) * 225 * (run.effective[:-1] // ETHER)).all()
    assert run.paid_out[-1].tolist()[:2] == [0, 0] and run.paid_out[-1, 2] == run.rewards[-1, 2]
    ledger = Ledger({"stakers": "stakers"}, numeraire="ETH")
    ledger.book(run)
    ledger.check_conserved()


def test_the_first_step_of_32_ether_takes_a_year_and_a_half_and_then_it_grows_as_restaked_in_steps_of_one():
    run = simulate_validators(LEAST_STAKE, STAKED, 3_653)
    first = int(np.argmax(run.effective[:, 0] > LEAST_STAKE))
    assert run.balance[first - 1, 0] <= 33.25 * ETHER < run.balance[first, 0] and 500 < first < 550
    rate = base_reward(STAKED) * 225 * 365.25 / ETHER
    growth = run.balance[-1, 0] / LEAST_STAKE
    # The margin holds back at most one and a quarter ether, a part of whose rewards are missing.
    assert restaked_growth(rate, 32, 10, 1) - 0.01 < growth < restaked_growth(rate, 32, 10, 1)


def test_looking_more_often_than_once_a_day_changes_next_to_nothing():
    daily, often = (simulate_validators(LEAST_STAKE, STAKED, 900, periods=each) for each in (1, 9))
    assert often.balance[-1, 0] == pytest.approx(daily.balance[-1, 0], rel=1e-5)
    assert simulate_validators(LEAST_STAKE, STAKED, 0).balance.tolist() == [[LEAST_STAKE]]


def test_the_last_step_is_reached_and_what_is_above_it_is_paid_out():
    run = simulate_validators([2047 * ETHER, 2050 * ETHER], STAKED, 400)
    assert run.effective[0].tolist() == [2047 * ETHER, LARGEST_STAKE]
    assert run.effective[-1].tolist() == [LARGEST_STAKE] * 2 and run.balance[-1].tolist() == [LARGEST_STAKE] * 2


def test_bad_arguments():
    for name, bad in [("balance", -1), ("effective", 0.5), ("largest", -1), ("balance", 10**19)]:
        right = {"balance": LEAST_STAKE, "effective": LEAST_STAKE, "largest": LARGEST_STAKE}
        assert_refuses(lambda name=name, bad=bad, right=right: next_effective_balance(**right | {name: bad}), name)
    right = {"balance": LEAST_STAKE, "total_stake": STAKED, "days": 1, "largest": LARGEST_STAKE, "periods": 1}
    bads = [("balance", 31 * ETHER), ("total_stake", 0), ("days", -1), ("largest", ETHER), ("periods", 7)]
    for name, bad in [*bads, ("periods", 0), ("total_stake", 10**10)]:
        assert_refuses(lambda name=name, bad=bad: simulate_validators(**right | {name: bad}), name)
    assert_refuses(lambda: simulate_validators([LEAST_STAKE] * 2, STAKED, 1, [LARGEST_STAKE] * 3), "balance")
