"""What lesson 3.9 says of the power that security costs, and of its least share."""

import pytest

from defi_lib.evidence import effect, evidence, today
from defi_lib.evidence.staking import energy
from defi_lib.figures import figure


def one(id, **changed):
    found = effect(id)
    return float(found(today(found.assumptions, changed=changed))[0])


def test_today_is_of_the_order_of_what_was_counted():
    """138 TWh a year for some 15 billion dollars against 7.5 GWh for two: kWh a dollar."""
    work, stake = 138e9 / 15e9, 7.5e6 / 1.967e9
    assert one("P14a", raced=0) + 1 == pytest.approx(work / stake, rel=0.25)
    # When Ethereum changed over, the same payment went to both: 23 TWh became 2.6 GWh.
    before, after = figure("energy.ethereum_work").value * 1e3, figure("energy.ethereum.2022-09").value
    assert 5_000 < before / after < 10_000


def test_what_stakers_save_they_save_by_the_payment_not_by_the_machine():
    assert one("P14a", raced=0, payment=4e9) + 1 == pytest.approx(2 * (one("P14a", raced=0, payment=2e9) + 1))
    assert one("P14a", payment=7e7) < 99 < one("P14a", payment=7e8)
    assert one("P14a", raced=0.006) < 99  # who races for a hundredth of the pay burns it, coins or not


def test_at_a_firms_price_of_power_five_hundred_dollars_mine_at_a_profit():
    assert one("P14b") > 0.25  # a machine that stands still loses a quarter a year
    assert one("P14b", power=0.045) < 0 < one("P14b", power=0.06)
    assert one("P14b", power=0.245, heat=0.9) < 0
    assert one("P14b", amount=50) > 0.01
    assert one("P14b", gas_price=200, amount=50) < one("P14b", amount=50) - 0.4  # two swaps cost as much as all


def test_the_pools_fee_is_that_of_the_lesson_before():
    assert energy.MINING_FEE == 0.02


def test_a_vote_of_ones_own_costs_less_by_work():
    count = evidence("P14c")
    assert not count.true and "53,184" in count.says and "2,340" in count.says and "6,648" in count.other
